/* Progress for people, and Ctrl-C.
 *
 * What is reported as "work: detail" is one piece of work with its own clock: how far it is, how long it has taken and
 * how long it will about still take (what is left at the pace so far). On a terminal one line is drawn again, ten times
 * a second at most, never wider than the terminal. Elsewhere, in a log, a line comes after two seconds and then at
 * growing pauses, so that a short run leaves none and a long one does not look dead. A program that asks for it gets each
 * as an object of JSON, as often as a terminal. The engine's own reports
 * ("query") only move the share of what is being done. Reports come from any thread; a lock keeps them apart. The
 * first Ctrl-C asks the work to stop at the next good moment, the second ends the program at once.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli_internal.h"

#define LOG_FIRST   2.0 /* seconds until the first line of a log */
#define LOG_LONGEST 60.0

struct cli_terminal {
    fs_progress progress;
    pthread_mutex_t lock;
    FILE *err;
    cli_telling telling;
    bool redraws, drawn;
    char what[160];
    size_t work; /* so many bytes of `what` name the work */
    double done, total, share;
    double began; /* the work */
    double shown, pause;
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

static bool is_terminal(FILE *file)
{
    int number = fileno(file);
    return number >= 0 && isatty(number);
}

int fs_cli_width(FILE *file)
{
    struct winsize size;
    if (!is_terminal(file)) return 0;
    if (ioctl(fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
    return size.ws_col;
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

void fs_cli_progress_tail(double done, double total, double share, double spent, char *out,
                          size_t capacity)
{
    char so_far[40], left[40];
    int used = 0;
    *out = '\0';
    if (total > 1 && total < 1000)
        used = snprintf(out, capacity, ", %.0f of %.0f", done < total ? done + 1 : total, total);
    if (share > 0) used += snprintf(out + used, capacity - (size_t)used, ", %.0f %%", 100 * share);
    if (spent < 1) return;
    used += snprintf(out + used, capacity - (size_t)used, ", %s so far",
                     fs_cli_duration(spent, so_far, sizeof so_far));
    if (share > .02 && share < 1)
        snprintf(out + used, capacity - (size_t)used, ", about %s left",
                 fs_cli_duration(spent / share - spent, left, sizeof left));
}

/* Bytes of `text` that make at most `width` characters. */
static size_t fitting(const char *text, int width)
{
    size_t bytes = 0;
    for (int count = 0; text[bytes]; bytes++) {
        if (((unsigned char)text[bytes] & 0xC0) == 0x80) continue;
        if (count++ == width) break;
    }
    return bytes;
}

static void draw(cli_terminal *t, const char *tail)
{
    int width = fs_cli_width(t->err) - 1, room = width - (int)strlen(tail);
    int name = room < 10 ? 10 : room;
    if (name > 64) name = 64;
    char line[400];
    snprintf(line, sizeof line, "%.*s%s", (int)fitting(t->what, name), t->what, tail);
    fprintf(t->err, "\r\033[K%.*s", (int)fitting(line, width), line);
    fflush(t->err);
    t->drawn = true;
}

/* {"progress": "steps: forecast_item", "done": 12, "total": 45, "share": 0.27, "seconds": 4.1, "left": 11.1}; total and
 * left are null where they are not known. A line is written whole or not at all. */
static void tell(const cli_terminal *t, double spent)
{
    fs_buffer line = {0};
    char total[32] = "null", left[32] = "null";
    if (t->total > 0) snprintf(total, sizeof total, "%.0f", t->total);
    if (t->share > .02 && t->share < 1)
        snprintf(left, sizeof left, "%.1f", spent / t->share - spent);
    fs_status status = fs_buffer_text(&line, "{\"progress\": ");
    if (status == FS_OK) status = fs_cli_json_text(&line, t->what);
    if (status == FS_OK)
        status = fs_buffer_printf(
            &line,
            ", \"done\": %.0f, \"total\": %s, \"share\": %.4f, \"seconds\": %.1f, \"left\": %s}",
            t->done, total, t->share, spent, left);
    if (status == FS_OK) fprintf(t->err, "%s\n", line.data), fflush(t->err);
    fs_buffer_free(&line);
}

static void show(cli_terminal *t, double time)
{
    char tail[160];
    fs_cli_progress_tail(t->done, t->total, t->share, time - t->began, tail, sizeof tail);
    if (t->telling == CLI_TELL_MACHINES)
        tell(t, time - t->began);
    else if (t->redraws)
        draw(t, tail);
    else
        fprintf(t->err, "%s%s\n", t->what, tail);
    t->shown = time;
}

static bool is_due(const cli_terminal *t, double time, bool fresh)
{
    if (t->redraws || t->telling == CLI_TELL_MACHINES) return fresh || time - t->shown > .1;
    return time - t->shown >= t->pause;
}

static void take_detail(cli_terminal *t, double done, double total)
{
    double whole = t->total > 0 ? t->total : 1;
    double part = total > 0 ? done / total : 0;
    double share = ((t->total > 0 ? t->done : 0) + (part < 1 ? part : 1)) / whole;
    if (share > t->share && share <= 1) t->share = share;
}

/* Another piece of work has a clock of its own. Of the same work, threads may report a little out of turn: how far it
 * is never goes back, unless it begins again. */
static void take_work(cli_terminal *t, const char *what, double done, double total, double time)
{
    size_t work = strcspn(what, ":");
    bool same = work == t->work && strncmp(what, t->what, work) == 0 && done > 0;
    if (!same) {
        t->began = time;
        t->share = 0;
    } else if (done < t->done) {
        done = t->done;
    }
    snprintf(t->what, sizeof t->what, "%s", what);
    t->work = work;
    t->done = done;
    t->total = total;
    double share = total > 0 ? done / total : 0;
    if (share > t->share) t->share = share < 1 ? share : 1;
}

static void report(void *context, const char *what, double done, double total)
{
    cli_terminal *t = context;
    if (t->telling == CLI_TELL_NOBODY || !what) return;
    pthread_mutex_lock(&t->lock);
    double time = now();
    bool detail = strcmp(what, "query") == 0;
    bool fresh = !detail && strncmp(what, t->what, sizeof t->what - 1) != 0;
    if (detail && !t->what[0]) take_work(t, "working", 0, 0, time);
    if (detail)
        take_detail(t, done, total);
    else
        take_work(t, what, done, total, time);
    if (is_due(t, time, fresh)) {
        show(t, time);
        if (!t->redraws && (t->pause *= 2) > LOG_LONGEST) t->pause = LOG_LONGEST;
    }
    pthread_mutex_unlock(&t->lock);
}

static bool cancelled(void *context)
{
    (void)context;
    return stop_asked != 0;
}

cli_terminal *fs_cli_terminal_open(FILE *err, cli_telling telling)
{
    cli_terminal *t = fs_alloc_zero(1, sizeof *t);
    if (!t) return NULL;
    const char *kind = getenv("TERM");
    t->progress = (fs_progress){.context = t, .report = report, .cancelled = cancelled};
    t->err = err;
    t->telling = telling;
    t->redraws =
        telling == CLI_TELL_PEOPLE && is_terminal(err) && !(kind && strcmp(kind, "dumb") == 0);
    t->pause = LOG_FIRST;
    t->shown = t->redraws ? 0 : now();
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
    fs_free(t);
}
