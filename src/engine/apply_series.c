/* Operators over rows in any order: numbered and dealt out (deal.c), then ranges of series in parallel.
 *
 *   query → hands                                          this thread
 *   turn n: some hands → in order → one pipe → slot n      workers, at most SLOTS ahead of the writer
 *   slot 0, 1, 2 … → the file                              the thread that writes
 *
 * A turn is as many hands as make TURN_ROWS rows, so that many short series don't open a pipe each.
 *
 * A pipe gets whole groups only and what a group gives depends on nothing else, so the rows are the same
 * for any number of threads; they are written in order of series. Of several failures that of the first
 * turn is told.
 */
#include <string.h>

#include "deal_internal.h"
#include "nanoarrow/nanoarrow.h"

#define SLOTS      16
#define BATCH_ROWS 65536
#define TURN_ROWS  65536
#define SERIES     "_foresell_series"

/* What a turn gave. */
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
    const char *const *group;
    int groups;
    const char *order;
    struct ArrowSchema rows, keys; /* series and columns; series and groups */
    fs_series_index *index;
    fs_deal *deal;
    int64_t *turn; /* first hand of each turn; turns + 1 */
    int64_t turns, keyed;

    pthread_mutex_t lock;
    pthread_cond_t ready, room;
    slot slot[SLOTS];
    int64_t taken, written; /* turns */
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
        fs_status status = fs_deal_add(w->deal, chunk, w->index, error);
        duckdb_destroy_data_chunk(&chunk);
        FS_TRY(status);
    }
    const char *fault = duckdb_result_error(result);
    return fault && *fault ? fs_engine_fault_of(w->engine, error, fault) : FS_OK;
}

static bool is_group(const work *w, const char *name)
{
    for (int i = 0; i < w->groups; i++)
        if (strcmp(w->group[i], name) == 0) return true;
    return false;
}

/* The series' number, then the columns of `whole` that are groups, or are not. */
static fs_status choose_fields(const work *w, const struct ArrowSchema *whole, bool groups,
                               struct ArrowSchema *out, fs_error *error)
{
    int64_t kept = 1, at = 1;
    for (int64_t i = 0; i < whole->n_children; i++)
        kept += is_group(w, whole->children[i]->name) == groups;
    ArrowSchemaInit(out);
    int code = ArrowSchemaSetTypeStruct(out, kept);
    if (code == NANOARROW_OK) code = ArrowSchemaSetType(out->children[0], NANOARROW_TYPE_INT32);
    if (code == NANOARROW_OK) code = ArrowSchemaSetName(out->children[0], SERIES);
    for (int64_t i = 0; code == NANOARROW_OK && i < whole->n_children; i++)
        if (is_group(w, whole->children[i]->name) == groups) {
            out->children[at]->release(out->children[at]);
            code = ArrowSchemaDeepCopy(whole->children[i], out->children[at++]);
        }
    return code == NANOARROW_OK ? FS_OK : fs_fail_memory(error, 64);
}

static fs_status describe(work *w, fs_connection *connection, duckdb_result *result,
                          fs_error *error)
{
    struct ArrowSchema whole = {0};
    duckdb_arrow_options arrow = NULL;
    FS_TRY(fs_deal_check(result, w->group, w->groups, w->order, error));
    duckdb_connection_get_arrow_options(connection->handle, &arrow);
    fs_status status = fs_engine_result_schema(result, arrow, &whole, error);
    duckdb_destroy_arrow_options(&arrow);
    if (status == FS_OK) status = choose_fields(w, &whole, false, &w->rows, error);
    if (status == FS_OK) status = choose_fields(w, &whole, true, &w->keys, error);
    if (whole.release) whole.release(&whole);
    return status;
}

static fs_status deal_result(work *w, fs_connection *connection, duckdb_result *result,
                             fs_error *error)
{
    fs_series_key key[FS_DEAL_COLUMNS];
    FS_TRY(describe(w, connection, result, error));
    int keys = fs_deal_keys(result, w->group, w->groups, key);
    FS_TRY(fs_series_index_open(key, keys, &w->index, error));
    FS_TRY(fs_deal_open(w->engine, result, w->group, w->groups, w->order, &w->deal, error));
    return deal_rows(w, result, error);
}

static fs_status query(work *w, const char *select, fs_error *error)
{
    fs_connection *connection;
    duckdb_result result = {0};
    FS_TRY(fs_engine_acquire(w->engine, &connection, error));
    fs_status status = fs_engine_run(w->engine, connection, select, true, &result, error);
    if (status == FS_OK) {
        status = deal_result(w, connection, &result, error);
        duckdb_destroy_result(&result);
    }
    fs_engine_release(w->engine, connection, status == FS_OK);
    return status;
}

static fs_status cut_turns(work *w, fs_error *error)
{
    int64_t hands = fs_deal_hands(w->deal), rows = TURN_ROWS;
    w->turn = fs_alloc((size_t)(hands + 1) * sizeof *w->turn);
    if (!w->turn) return fs_fail_memory(error, (size_t)hands * sizeof *w->turn);
    for (int64_t h = 0; h < hands; h++) {
        if (rows >= TURN_ROWS) {
            w->turn[w->turns++] = h;
            rows = 0;
        }
        rows += fs_deal_rows(w->deal, h);
    }
    w->turn[w->turns] = hands;
    return FS_OK;
}

/* ---- the table of series ---- */

static fs_status produce_keys(void *context, struct ArrowArray *batch, bool *more, fs_error *error)
{
    work *w = context;
    int64_t left = fs_series_index_count(w->index) - w->keyed;
    int64_t count = left < BATCH_ROWS ? left : BATCH_ROWS;
    *more = count > 0;
    if (!*more) return FS_OK;
    FS_TRY(fs_series_index_batch(w->index, w->keyed, count, &w->keys, batch, error));
    w->keyed += count;
    return FS_OK;
}

static fs_status make_table(work *w, const char *table, fs_error *error)
{
    fs_stream *stream;
    fs_buffer sql = {0};
    FS_TRY(fs_stream_open(w->engine, &w->keys, produce_keys, w, &stream, error));
    fs_status status = fs_buffer_text(&sql, "create or replace table ");
    if (status == FS_OK) status = fs_engine_add_name(&sql, table);
    if (status == FS_OK)
        status =
            fs_buffer_printf(&sql, " as select * from fs_stream(%lld)", fs_stream_number(stream));
    status =
        status == FS_OK ? fs_engine_execute(w->engine, sql.data, error) : fs_fail_memory(error, 64);
    fs_buffer_free(&sql);
    return fs_stream_close(w->engine, stream, status, error);
}

/* ---- a turn through a pipe ---- */

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
        FS_TRY(fs_deal_batch(w->deal, table, first, count, &w->rows, &batch, error));
        FS_TRY(fs_pipe_push(pipe, &batch, error));
        FS_TRY(keep_batches(pipe, out, error));
    }
    return FS_OK;
}

static fs_status play_hand(const work *w, int64_t hand, fs_pipe *pipe, slot *out, fs_error *error)
{
    fs_deal_table table;
    FS_TRY(fs_deal_take(w->deal, hand, &table, error));
    fs_deal_drop(w->deal, hand);
    fs_status status = push_table(w, &table, pipe, out, error);
    fs_deal_table_free(&table);
    return status;
}

static fs_status open_pipe(const work *w, fs_pipe **pipe, fs_error *error)
{
    static const char *const series[] = {SERIES};
    return fs_pipe_open(w->op, w->options, series, 1, w->order, &w->rows, pipe, error);
}

static fs_status play(const work *w, int64_t turn, slot *out, fs_error *error)
{
    fs_pipe *pipe;
    FS_TRY(open_pipe(w, &pipe, error));
    fs_status status = FS_OK;
    for (int64_t h = w->turn[turn]; status == FS_OK && h < w->turn[turn + 1]; h++)
        status = play_hand(w, h, pipe, out, error);
    if (status == FS_OK) status = fs_pipe_end(pipe, error);
    if (status == FS_OK) status = keep_batches(pipe, out, error);
    fs_pipe_close(pipe);
    return status;
}

/* ---- workers ---- */

static void *run_worker(void *argument)
{
    work *w = argument;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->stopped && w->taken < w->turns && w->taken - w->written >= SLOTS)
            pthread_cond_wait(&w->room, &w->lock);
        if (w->stopped || w->taken == w->turns) break;
        int64_t turn = w->taken++;
        slot *out = &w->slot[turn % SLOTS];
        *out = (slot){0};
        pthread_mutex_unlock(&w->lock);
        out->status = play(w, turn, out, &out->error);
        pthread_mutex_lock(&w->lock);
        out->ready = true;
        pthread_cond_broadcast(&w->ready);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static fs_status start_workers(work *w, fs_error *error)
{
    int wanted = w->engine->threads;
    if (wanted > w->turns) wanted = (int)w->turns;
    w->thread = fs_alloc_zero((size_t)wanted + 1, sizeof *w->thread);
    if (!w->thread) return fs_fail_memory(error, sizeof *w->thread);
    while (w->threads < wanted && pthread_create(&w->thread[w->threads], NULL, run_worker, w) == 0)
        w->threads++;
    if (w->threads > 0 || wanted == 0) return FS_OK;
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

/* The next batch in order of turns. */
static fs_status produce(void *context, struct ArrowArray *batch, bool *more, fs_error *error)
{
    work *w = context;
    fs_status status = FS_OK;
    *more = false;
    pthread_mutex_lock(&w->lock);
    while (w->written < w->turns) {
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
    FS_TRY(open_pipe(w, &pipe, error));
    fs_status status = fs_pipe_schema(pipe, schema, error);
    fs_pipe_close(pipe);
    return status;
}

static fs_status write_turns(work *w, const char *path, int64_t *rows, fs_error *error)
{
    struct ArrowSchema schema = {0};
    FS_TRY(output_schema(w, &schema, error));
    fs_status status = start_workers(w, error);
    if (status == FS_OK)
        status = fs_engine_write_batches(w->engine, &schema, produce, w, path, rows, error);
    stop_workers(w);
    schema.release(&schema);
    return status;
}

static fs_status run(work *w, const char *select, const char *table, const char *path,
                     int64_t *rows, fs_error *error)
{
    FS_TRY(query(w, select, error));
    FS_TRY(cut_turns(w, error));
    FS_TRY(make_table(w, table, error));
    return write_turns(w, path, rows, error);
}

static void close_work(work *w)
{
    if (w->rows.release) w->rows.release(&w->rows);
    if (w->keys.release) w->keys.release(&w->keys);
    fs_series_index_close(w->index);
    fs_deal_close(w->deal);
    fs_free(w->turn);
    fs_free(w->thread);
    pthread_cond_destroy(&w->ready);
    pthread_cond_destroy(&w->room);
    pthread_mutex_destroy(&w->lock);
}

fs_status fs_engine_apply_series(fs_engine *engine, const fs_operator *op, const char *options,
                                 const char *const *group, int groups, const char *order,
                                 const char *select, const char *table, const char *path,
                                 int64_t *rows, fs_error *error)
{
    fs_options *parsed;
    FS_TRY(fs_options_parse(op, options ? options : "", &parsed, error));
    work w = {.engine = engine,
              .op = op,
              .options = parsed,
              .group = group,
              .groups = groups,
              .order = order};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.ready, NULL);
    pthread_cond_init(&w.room, NULL);
    fs_status status = run(&w, select, table, path, rows, error);
    close_work(&w);
    fs_options_free(parsed);
    return status;
}
