/* The watcher: a thread of the engine that looks, while queries run, at how far they are, tells the listener, and interrupts them
 * once he wants no more. It sleeps while none runs, and starts with the first that somebody listens to.
 *
 * So a query is DuckDB's alone from its text to its rows. Driven task by task instead it would have to be a prepared statement,
 * and DuckDB plans that anew when it runs, wherever it reads Parquet: a small run spent a tenth of its time on that.
 *
 * DuckDB counts how far a query is at each of its tasks, which took a fifteenth of a small run. So it counts only where much is
 * read, or once a query has lasted.
 */
#include <errno.h>
#include <time.h>

#include "engine_internal.h"

#define LOOK_EVERY_NS 50000000L
#define LASTS         10      /* looks */
#define MUCH          1048576 /* bytes */

/* Failing costs the listener some reports, no more. */
static void count(fs_connection *connection)
{
    duckdb_query(connection->handle,
                 "SET enable_progress_bar = true; SET enable_progress_bar_print = false", NULL);
    connection->counts = true;
}

static void look_at(const fs_progress *listener, bool cancelled, fs_connection *connection)
{
    if (cancelled) duckdb_interrupt(connection->handle);
    if (cancelled || !connection->counts) return;
    duckdb_query_progress_type progress = duckdb_query_progress(connection->handle);
    if (progress.percentage > 0) fs_progress_report(listener, "query", progress.percentage, 100);
}

/* Until the next look, or until there is something to look at. */
static void sleep_on(fs_watch *watch)
{
    struct timespec until;
    if (!watch->running) {
        pthread_cond_wait(&watch->begun, &watch->lock);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_EVERY_NS;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    while (!watch->over && pthread_cond_timedwait(&watch->begun, &watch->lock, &until) != ETIMEDOUT)
        ;
}

static void *watch_over(void *context)
{
    fs_engine *engine = context;
    fs_watch *watch = &engine->watch;
    pthread_mutex_lock(&watch->lock);
    while (!watch->over) {
        sleep_on(watch);
        bool cancelled = fs_progress_cancelled(engine->progress);
        for (fs_connection *c = watch->running; c; c = c->beside) {
            if (++c->looks > LASTS) watch->counting = true;
            look_at(engine->progress, cancelled, c);
        }
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

void fs_watch_expect(fs_engine *engine, int64_t bytes)
{
    if (bytes < MUCH) return;
    pthread_mutex_lock(&engine->watch.lock);
    engine->watch.counting = true;
    pthread_mutex_unlock(&engine->watch.lock);
}

/* Where no thread can be had the queries run all the same, and are not stopped before they end. */
void fs_watch_begin(fs_engine *engine, fs_connection *connection)
{
    fs_watch *watch = &engine->watch;
    if (!engine->progress) return;
    pthread_mutex_lock(&watch->lock);
    bool starts_to_count = watch->counting && !connection->counts;
    pthread_mutex_unlock(&watch->lock);
    if (starts_to_count) count(connection);
    pthread_mutex_lock(&watch->lock);
    connection->looks = 0;
    if (!watch->started)
        watch->started = pthread_create(&watch->thread, NULL, watch_over, engine) == 0;
    if (!watch->running) pthread_cond_signal(&watch->begun);
    connection->beside = watch->running;
    watch->running = connection;
    pthread_mutex_unlock(&watch->lock);
}

void fs_watch_end(fs_engine *engine, fs_connection *connection)
{
    fs_watch *watch = &engine->watch;
    if (!engine->progress) return;
    pthread_mutex_lock(&watch->lock);
    fs_connection **at = &watch->running;
    while (*at != connection) at = &(*at)->beside;
    *at = connection->beside;
    pthread_mutex_unlock(&watch->lock);
}

void fs_watch_open(fs_watch *watch)
{
    pthread_mutex_init(&watch->lock, NULL);
    pthread_cond_init(&watch->begun, NULL);
}

void fs_watch_close(fs_watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    watch->over = true;
    pthread_cond_signal(&watch->begun);
    pthread_mutex_unlock(&watch->lock);
    if (watch->started) pthread_join(watch->thread, NULL);
    pthread_cond_destroy(&watch->begun);
    pthread_mutex_destroy(&watch->lock);
}
