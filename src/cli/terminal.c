/* Progress for people, and Ctrl-C.
 *
 * On a terminal one line is drawn again, ten times a second at most: what is being done, how far it is, how long it
 * will still take (what is left at the pace so far). Elsewhere each new thing is a line of its own, once, so that a
 * log can be read. The engine's own reports ("query") only move the share of what is being done. Reports come from
 * any thread; a lock keeps them apart. The first Ctrl-C asks the work to stop at the next good moment, the second
 * ends the program at once.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli_internal.h"

struct cli_terminal {
    fs_progress progress;
    pthread_mutex_t lock;
    FILE *err;
    bool quiet, redraws, drawn;
    char what[160];
    double began, shown;
    uint64_t *said; /* hashes of the lines of a log */
    size_t saids, said_capacity;
    struct sigaction before_int, before_term;
};

static volatile sig_atomic_t stop_asked;

static void ask_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

char *fs_cli_duration(double seconds, char *out, size_t capacity)
{
    long long s = seconds > 0 ? (long long)(seconds + .5) : 0;
    if (s >= 3600)
        snprintf(out, capacity, "%lld h %lld min", s / 3600, s % 3600 / 60);
    else if (s >= 60)
        snprintf(out, capacity, "%lld min %lld s", s / 60, s % 60);
    else
        snprintf(out, capacity, "%lld s", s);
    return out;
}

static void draw(cli_terminal *t, double done, double total)
{
    char left[40], tail[80] = "";
    double share = total > 0 ? done / total : 0, spent = now() - t->began;
    if (share > 1) share = 1;
    if (share > 0 && spent > 1)
        snprintf(tail, sizeof tail, "  %3.0f %%  %s left", 100 * share,
                 fs_cli_duration(spent / share - spent, left, sizeof left));
    else if (share > 0)
        snprintf(tail, sizeof tail, "  %3.0f %%", 100 * share);
    fprintf(t->err, "\r\033[K%.60s%s", t->what, tail);
    fflush(t->err);
    t->drawn = true;
}

/* Is this the first time? Without memory it is, and the line is said twice. */
static bool is_new(cli_terminal *t, const char *what)
{
    uint64_t hash = fs_hash(what, strlen(what), 0);
    for (size_t i = 0; i < t->saids; i++)
        if (t->said[i] == hash) return false;
    if (t->saids == t->said_capacity) {
        size_t capacity = 2 * t->said_capacity + 32;
        uint64_t *more = fs_realloc(t->said, capacity * sizeof *more);
        if (!more) return true;
        t->said = more;
        t->said_capacity = capacity;
    }
    t->said[t->saids++] = hash;
    return true;
}

static void log_line(cli_terminal *t, const char *what)
{
    if (strcmp(what, "query") != 0 && is_new(t, what)) fprintf(t->err, "%s\n", what);
}

static void report(void *context, const char *what, double done, double total)
{
    cli_terminal *t = context;
    if (t->quiet || !what) return;
    pthread_mutex_lock(&t->lock);
    double time = now();
    bool detail = t->what[0] && strcmp(what, "query") == 0;
    bool fresh = !detail && strncmp(what, t->what, sizeof t->what - 1) != 0;
    if (!t->redraws) log_line(t, what);
    if (fresh) {
        snprintf(t->what, sizeof t->what, "%s", what);
        t->began = time;
    }
    if (t->redraws && (fresh || time - t->shown > .1)) {
        t->shown = time;
        draw(t, done, total);
    }
    pthread_mutex_unlock(&t->lock);
}

static bool cancelled(void *context)
{
    (void)context;
    return stop_asked != 0;
}

cli_terminal *fs_cli_terminal_open(FILE *err, bool quiet)
{
    cli_terminal *t = fs_alloc_zero(1, sizeof *t);
    if (!t) return NULL;
    t->progress = (fs_progress){.context = t, .report = report, .cancelled = cancelled};
    t->err = err;
    t->quiet = quiet;
    int file = fileno(err);
    t->redraws = file >= 0 && isatty(file);
    pthread_mutex_init(&t->lock, NULL);
    stop_asked = 0;
    struct sigaction action = {.sa_handler = ask_stop, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    sigaction(SIGINT, &action, &t->before_int);
    sigaction(SIGTERM, &action, &t->before_term);
    return t;
}

const fs_progress *fs_cli_terminal_progress(cli_terminal *t) { return &t->progress; }

void fs_cli_terminal_clear(cli_terminal *t)
{
    pthread_mutex_lock(&t->lock);
    if (t->drawn) {
        fputs("\r\033[K", t->err);
        fflush(t->err);
    }
    t->drawn = false;
    t->what[0] = '\0';
    pthread_mutex_unlock(&t->lock);
}

void fs_cli_terminal_close(cli_terminal *t)
{
    if (!t) return;
    fs_cli_terminal_clear(t);
    sigaction(SIGINT, &t->before_int, NULL);
    sigaction(SIGTERM, &t->before_term, NULL);
    pthread_mutex_destroy(&t->lock);
    fs_free(t->said);
    fs_free(t);
}
