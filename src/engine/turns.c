/* Hands (hand.c) through an operator, in parallel, into a file.
 *
 *   turn n: some hands → in order → one pipe → groups named → slot n   workers, at most SLOTS ahead of the writer
 *   slot 0, 1, 2 … → the file                                          the thread that writes
 *
 * A turn is as many hands as make TURN_ROWS rows, so that many short series don't open a pipe each, and at most
 * TURN_HANDS, as results may be longer than series. Workers pause while WAITING_ROWS of results wait. A pipe
 * knows a group by its series' number; its results, and its errors, get the keys instead.
 *
 * A pipe gets whole groups only and what a group gives depends on nothing else, so the rows are the same
 * for any number of threads; they are written in order of series. Of several failures that of the first
 * turn is told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deal_internal.h"

#define SLOTS        16
#define BATCH_ROWS   65536
#define TURN_ROWS    65536
#define TURN_HANDS   128
#define WAITING_ROWS (1 << 20)

/* What a turn gave. */
typedef struct slot {
    bool ready;
    struct ArrowArray *batch;
    int batches, given;
    fs_status status;
    fs_error error;
} slot;

typedef struct work {
    const fs_dealt *dealt;
    const fs_progress *progress;
    int64_t *turn; /* first hand of each turn; turns + 1 */
    int64_t turns;

    pthread_mutex_t lock;
    pthread_cond_t ready, room;
    slot slot[SLOTS];
    int64_t taken, written; /* turns */
    int64_t waiting;        /* rows of results that no one has taken yet */
    bool stopped;
    pthread_t *thread;
    int threads;
} work;

static fs_status cut_turns(work *w, fs_error *error)
{
    const fs_deal *deal = w->dealt->deal;
    int64_t rows = TURN_ROWS, first = 0;
    w->turn = fs_alloc((size_t)(deal->hands + 1) * sizeof *w->turn);
    if (!w->turn) return fs_fail_memory(error, (size_t)deal->hands * sizeof *w->turn);
    for (int64_t h = 0; h < deal->hands; h++) {
        if (rows >= TURN_ROWS || h - first == TURN_HANDS) {
            w->turn[w->turns++] = first = h;
            rows = 0;
        }
        rows += deal->hand[h].rows;
    }
    w->turn[w->turns] = deal->hands;
    return FS_OK;
}

/* ---- groups by name ---- */

/* `keys`: of the rows of `number`, appended. */
static fs_status append_keys(const fs_dealt *d, const int32_t *number, int64_t rows,
                             struct ArrowArray *const *keys)
{
    for (int i = 0; i < d->index->columns; i++)
        if (ArrowArrayStartAppending(keys[i]) != NANOARROW_OK) return FS_MEMORY;
    for (int64_t first = 0, end; first < rows; first = end) {
        for (end = first + 1; end < rows && number[end] == number[first];) end++;
        FS_TRY(fs_series_index_append(d->index, number[first], end - first, keys));
    }
    for (int i = 0; i < d->index->columns; i++)
        if (ArrowArrayFinishBuilding(keys[i], NANOARROW_VALIDATION_LEVEL_NONE, NULL) !=
            NANOARROW_OK)
            return FS_MEMORY;
    return FS_OK;
}

/* A pipe's batch with the keys of its groups instead of their numbers. */
static fs_status put_keys(const fs_dealt *d, struct ArrowArray *batch, fs_error *error)
{
    struct ArrowArray named = {0};
    int keys = d->index->columns;
    fs_status status =
        ArrowArrayInitFromSchema(&named, &d->result, NULL) == NANOARROW_OK ? FS_OK : FS_MEMORY;
    if (status == FS_OK)
        status = append_keys(d, batch->children[0]->buffers[1], batch->length, named.children);
    for (int64_t i = 1; status == FS_OK && i < batch->n_children; i++) {
        struct ArrowArray *to = named.children[keys + i - 1];
        to->release(to);
        ArrowArrayMove(batch->children[i], to);
    }
    if (status != FS_OK) {
        if (named.release) named.release(&named);
        return fs_fail_memory(error, (size_t)batch->length * 8);
    }
    named.length = batch->length;
    batch->release(batch);
    *batch = named;
    return FS_OK;
}

/* An error that names a group by its number names it by its keys. */
static void name_series(const fs_dealt *d, fs_error *error)
{
    static const char mark[] = FS_DEAL_SERIES "='";
    char *at = strstr(error->message, mark), *end = NULL, name[320], message[sizeof error->message];
    if (!at) return;
    long long series = strtoll(at + sizeof mark - 1, &end, 10);
    if (*end != '\'' || series < 0 || series >= d->index->count) return;
    fs_series_index_name(d->index, series, d->result.children, name, sizeof name);
    snprintf(message, sizeof message, "%.*s%s%s", (int)(at - error->message), error->message, name,
             end + 1);
    memcpy(error->message, message, sizeof message);
}

/* ---- a turn through a pipe ---- */

static fs_status keep_batch(slot *out, struct ArrowArray *batch)
{
    void *grown = fs_realloc(out->batch, (size_t)(out->batches + 1) * sizeof *out->batch);
    if (!grown) return FS_MEMORY;
    out->batch = grown;
    out->batch[out->batches++] = *batch;
    return FS_OK;
}

static fs_status pull_batches(const work *w, fs_pipe *pipe, slot *out, fs_error *error)
{
    struct ArrowArray batch;
    while (fs_pipe_pull(pipe, &batch)) {
        fs_status status = put_keys(w->dealt, &batch, error);
        if (status == FS_OK && keep_batch(out, &batch) != FS_OK)
            status = fs_fail_memory(error, sizeof batch);
        if (status == FS_OK) continue;
        batch.release(&batch);
        return status;
    }
    return FS_OK;
}

static fs_status push_table(const work *w, const fs_deal_table *table, fs_pipe *pipe, slot *out,
                            fs_error *error)
{
    for (int64_t first = 0; first < table->rows; first += BATCH_ROWS) {
        struct ArrowArray batch;
        int64_t count = table->rows - first < BATCH_ROWS ? table->rows - first : BATCH_ROWS;
        if (fs_progress_cancelled(w->progress)) return fs_fail(error, FS_CANCELLED, "cancelled");
        FS_TRY(fs_deal_batch(w->dealt->deal, table, first, count, &w->dealt->rows, &batch, error));
        FS_TRY(fs_pipe_push(pipe, &batch, error));
        FS_TRY(pull_batches(w, pipe, out, error));
    }
    return FS_OK;
}

static fs_status play_hand(const work *w, int64_t hand, fs_pipe *pipe, slot *out, fs_error *error)
{
    fs_deal_table table;
    FS_TRY(fs_deal_take(w->dealt->deal, hand, &table, error));
    fs_status status = push_table(w, &table, pipe, out, error);
    fs_deal_table_free(&table);
    return status;
}

static fs_status play(const work *w, int64_t turn, slot *out, fs_error *error)
{
    static const char *const series[] = {FS_DEAL_SERIES};
    const fs_dealt *d = w->dealt;
    fs_pipe *pipe;
    FS_TRY(
        fs_pipe_open(d->apply->op, d->options, series, 1, d->apply->order, &d->rows, &pipe, error));
    fs_status status = FS_OK;
    for (int64_t h = w->turn[turn]; status == FS_OK && h < w->turn[turn + 1]; h++)
        status = play_hand(w, h, pipe, out, error);
    if (status == FS_OK) status = fs_pipe_end(pipe, error);
    if (status == FS_OK) status = pull_batches(w, pipe, out, error);
    fs_pipe_close(pipe);
    if (status != FS_OK) name_series(d, error);
    return status;
}

/* ---- workers ---- */

/* The turn that the writer waits for is always played. */
static bool must_wait(const work *w)
{
    int64_t ahead = w->taken - w->written;
    return !w->stopped && w->taken < w->turns &&
           (ahead >= SLOTS || (ahead > 0 && w->waiting >= WAITING_ROWS));
}

static int64_t rows_of(const slot *s)
{
    int64_t rows = 0;
    for (int i = 0; i < s->batches; i++) rows += s->batch[i].length;
    return rows;
}

static void *run_worker(void *argument)
{
    work *w = argument;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (must_wait(w)) pthread_cond_wait(&w->room, &w->lock);
        if (w->stopped || w->taken == w->turns) break;
        int64_t turn = w->taken++;
        slot *out = &w->slot[turn % SLOTS];
        *out = (slot){0};
        pthread_mutex_unlock(&w->lock);
        out->status = play(w, turn, out, &out->error);
        pthread_mutex_lock(&w->lock);
        out->ready = true;
        w->waiting += rows_of(out);
        pthread_cond_broadcast(&w->ready);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static fs_status start_workers(work *w, fs_error *error)
{
    int wanted = w->dealt->engine->threads;
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
        if (*more) {
            *batch = s->batch[s->given++];
            w->waiting -= batch->length;
            pthread_cond_broadcast(&w->room);
        }
        if (*more || status != FS_OK) break;
        free_slot(s);
        w->written++;
        pthread_cond_broadcast(&w->room);
    }
    pthread_mutex_unlock(&w->lock);
    if (status == FS_OK && fs_progress_cancelled(w->progress))
        return fs_fail(error, FS_CANCELLED, "cancelled");
    return status;
}

static fs_status write_turns(work *w, const char *path, int64_t *rows, fs_error *error)
{
    const fs_dealt *d = w->dealt;
    FS_TRY(cut_turns(w, error));
    fs_status status = start_workers(w, error);
    if (status == FS_OK)
        status = fs_engine_write_batches(d->engine, &d->result, produce, w, path, rows, error);
    stop_workers(w);
    return status;
}

fs_status fs_dealt_write(const fs_dealt *dealt, const char *path, int64_t *rows, fs_error *error)
{
    work w = {.dealt = dealt, .progress = dealt->engine->progress};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.ready, NULL);
    pthread_cond_init(&w.room, NULL);
    fs_status status = write_turns(&w, path, rows, error);
    fs_free(w.turn);
    fs_free(w.thread);
    pthread_cond_destroy(&w.ready);
    pthread_cond_destroy(&w.room);
    pthread_mutex_destroy(&w.lock);
    return status;
}
