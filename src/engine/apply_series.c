/* Operators over rows whose series are numbered: dealt out (deal.c), then hands in parallel.
 *
 *   query → hands                                   this thread
 *   hand n → in order → a pipe of its own → slot n  workers, at most SLOTS ahead of the writer
 *   slot 0, 1, 2 … → the file                       the thread that writes
 *
 * A pipe gets whole groups only and what a group gives depends on nothing else, so the rows are the same
 * for any number of threads; they are written in order of series. Of several failures that of the first
 * hand is told.
 */
#include <string.h>

#include "deal_internal.h"
#include "nanoarrow/nanoarrow.h"

#define SLOTS      16
#define BATCH_ROWS 65536

/* What a hand gave. */
typedef struct slot {
    bool ready;
    struct ArrowArray *batch;
    int batches, given;
    fs_status status;
    fs_error error;
} slot;

typedef struct work {
    fs_engine *engine;
    const fs_operator *op;
    const fs_options *options;
    const char *series, *order;
    struct ArrowSchema schema; /* of the rows */
    fs_deal *deal;
    int hands;

    pthread_mutex_t lock;
    pthread_cond_t ready, room;
    slot slot[SLOTS];
    int taken, written; /* hands */
    bool stopped;
    pthread_t *thread;
    int threads;
} work;

/* ---- the query ---- */

static fs_status deal_rows(work *w, duckdb_result *result, fs_error *error)
{
    for (;;) {
        if (fs_progress_cancelled(w->engine->progress))
            return fs_fail(error, FS_CANCELLED, "cancelled");
        duckdb_data_chunk chunk = duckdb_fetch_chunk(*result);
        if (!chunk) break;
        fs_status status = fs_deal_add(w->deal, chunk, error);
        duckdb_destroy_data_chunk(&chunk);
        FS_TRY(status);
    }
    const char *fault = duckdb_result_error(result);
    return fault && *fault ? fs_engine_fault_of(w->engine, error, fault) : FS_OK;
}

/* *dealt false: the rows have a column that can't be dealt; nothing is done yet. */
static fs_status query(work *w, const char *select, int64_t count, bool *dealt, fs_error *error)
{
    fs_connection *connection;
    duckdb_result result = {0};
    duckdb_arrow_options arrow = NULL;
    FS_TRY(fs_engine_acquire(w->engine, &connection, error));
    fs_status status = fs_engine_run(w->engine, connection, select, true, &result, error);
    if (status != FS_OK) {
        fs_engine_release(w->engine, connection, false);
        return status;
    }
    *dealt = fs_deal_can(&result, w->series, w->order);
    if (*dealt) {
        duckdb_connection_get_arrow_options(connection->handle, &arrow);
        status = fs_engine_result_schema(&result, arrow, &w->schema, error);
        duckdb_destroy_arrow_options(&arrow);
        if (status == FS_OK)
            status = fs_deal_open(w->engine, &result, w->series, count, w->order, &w->deal, error);
        if (status == FS_OK) status = deal_rows(w, &result, error);
    }
    duckdb_destroy_result(&result);
    fs_engine_release(w->engine, connection, status == FS_OK);
    return status;
}

/* ---- a hand through a pipe ---- */

static fs_status keep_batches(fs_pipe *pipe, slot *out, fs_error *error)
{
    struct ArrowArray batch;
    while (fs_pipe_pull(pipe, &batch)) {
        void *grown = fs_realloc(out->batch, (size_t)(out->batches + 1) * sizeof *out->batch);
        if (!grown) {
            batch.release(&batch);
            return fs_fail_memory(error, sizeof batch);
        }
        out->batch = grown;
        out->batch[out->batches++] = batch;
    }
    return FS_OK;
}

static fs_status push_table(const work *w, const fs_deal_table *table, fs_pipe *pipe, slot *out,
                            fs_error *error)
{
    for (int64_t first = 0; first < table->rows; first += BATCH_ROWS) {
        struct ArrowArray batch;
        int64_t count = table->rows - first < BATCH_ROWS ? table->rows - first : BATCH_ROWS;
        FS_TRY(fs_deal_batch(w->deal, table, first, count, &w->schema, &batch, error));
        FS_TRY(fs_pipe_push(pipe, &batch, error));
        FS_TRY(keep_batches(pipe, out, error));
    }
    FS_TRY(fs_pipe_end(pipe, error));
    return keep_batches(pipe, out, error);
}

static fs_status play(const work *w, int hand, slot *out, fs_error *error)
{
    fs_deal_table table;
    fs_pipe *pipe;
    FS_TRY(fs_deal_take(w->deal, hand, &table, error));
    fs_deal_drop(w->deal, hand);
    fs_status status =
        fs_pipe_open(w->op, w->options, &w->series, 1, w->order, &w->schema, &pipe, error);
    if (status == FS_OK) {
        status = push_table(w, &table, pipe, out, error);
        fs_pipe_close(pipe);
    }
    fs_deal_table_free(&table);
    return status;
}

/* ---- workers ---- */

static void *run_worker(void *argument)
{
    work *w = argument;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->stopped && w->taken < w->hands && w->taken - w->written >= SLOTS)
            pthread_cond_wait(&w->room, &w->lock);
        if (w->stopped || w->taken == w->hands) break;
        int hand = w->taken++;
        slot *out = &w->slot[hand % SLOTS];
        *out = (slot){0};
        pthread_mutex_unlock(&w->lock);
        out->status = play(w, hand, out, &out->error);
        pthread_mutex_lock(&w->lock);
        out->ready = true;
        pthread_cond_broadcast(&w->ready);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static fs_status start_workers(work *w, fs_error *error)
{
    int wanted = w->engine->threads < w->hands ? w->engine->threads : w->hands;
    if (wanted < 1) wanted = 1;
    w->thread = fs_alloc_zero((size_t)wanted, sizeof *w->thread);
    if (!w->thread) return fs_fail_memory(error, sizeof *w->thread);
    while (w->threads < wanted && pthread_create(&w->thread[w->threads], NULL, run_worker, w) == 0)
        w->threads++;
    if (w->threads > 0) return FS_OK;
    return fs_fail(error, FS_RESOURCE, "no thread could be started");
}

static void free_slot(slot *s)
{
    for (int i = s->given; i < s->batches; i++) s->batch[i].release(&s->batch[i]);
    fs_free(s->batch);
    *s = (slot){0};
}

static void stop_workers(work *w)
{
    pthread_mutex_lock(&w->lock);
    w->stopped = true;
    pthread_cond_broadcast(&w->room);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->threads; i++) pthread_join(w->thread[i], NULL);
    for (int i = 0; i < SLOTS; i++) free_slot(&w->slot[i]);
}

/* ---- writing ---- */

/* The next batch in order of hands. */
static fs_status produce(void *context, struct ArrowArray *batch, bool *more, fs_error *error)
{
    work *w = context;
    fs_status status = FS_OK;
    *more = false;
    pthread_mutex_lock(&w->lock);
    while (w->written < w->hands) {
        slot *s = &w->slot[w->written % SLOTS];
        while (w->taken == w->written || !s->ready) pthread_cond_wait(&w->ready, &w->lock);
        status = s->status;
        if (status != FS_OK && error) *error = s->error;
        *more = status == FS_OK && s->given < s->batches;
        if (*more) *batch = s->batch[s->given++];
        if (*more || status != FS_OK) break;
        free_slot(s);
        w->written++;
        pthread_cond_broadcast(&w->room);
    }
    pthread_mutex_unlock(&w->lock);
    if (status == FS_OK && fs_progress_cancelled(w->engine->progress))
        return fs_fail(error, FS_CANCELLED, "cancelled");
    return status;
}

/* What the operator gives: the schema of a pipe that gets no rows. */
static fs_status output_schema(const work *w, struct ArrowSchema *schema, fs_error *error)
{
    fs_pipe *pipe;
    FS_TRY(fs_pipe_open(w->op, w->options, &w->series, 1, w->order, &w->schema, &pipe, error));
    fs_status status = fs_pipe_schema(pipe, schema, error);
    fs_pipe_close(pipe);
    return status;
}

static fs_status write_hands(work *w, const char *path, int64_t *rows, fs_error *error)
{
    struct ArrowSchema schema = {0};
    FS_TRY(output_schema(w, &schema, error));
    w->hands = fs_deal_hands(w->deal);
    fs_status status = start_workers(w, error);
    if (status == FS_OK)
        status = fs_engine_write_batches(w->engine, &schema, produce, w, path, rows, error);
    stop_workers(w);
    schema.release(&schema);
    return status;
}

static fs_status run(work *w, const char *options, int64_t count, const char *select,
                     const char *path, int64_t *rows, fs_error *error)
{
    bool dealt = false;
    FS_TRY(query(w, select, count, &dealt, error));
    if (dealt) return write_hands(w, path, rows, error);
    return fs_engine_apply(w->engine, w->op, options, &w->series, 1, w->order, select, path, rows,
                           error);
}

fs_status fs_engine_apply_series(fs_engine *engine, const fs_operator *op, const char *options,
                                 const char *series, int64_t count, const char *order,
                                 const char *select, const char *path, int64_t *rows,
                                 fs_error *error)
{
    fs_options *parsed;
    FS_TRY(fs_options_parse(op, options ? options : "", &parsed, error));
    work w = {.engine = engine, .op = op, .options = parsed, .series = series, .order = order};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.ready, NULL);
    pthread_cond_init(&w.room, NULL);
    fs_status status = run(&w, options, count, select, path, rows, error);
    if (w.schema.release) w.schema.release(&w.schema);
    fs_deal_close(w.deal);
    fs_free(w.thread);
    pthread_cond_destroy(&w.ready);
    pthread_cond_destroy(&w.room);
    pthread_mutex_destroy(&w.lock);
    fs_options_free(parsed);
    return status;
}
