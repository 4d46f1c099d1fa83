/* Steps made elsewhere: a request a step, a line of JSON each, to the one that drives the other engine (Spark).
 *
 *   → {"id": 3, "step": "demand_item", "sql": "…", "sort": null, "operator": null, "inputs": ["…"], "checks": ["…"], "path": "…"}
 *   ← {"id": 3, "rows": 1200, "sound": true}      or {"id": 3, "error": "…", "status": "usage", "remedy": "…"}
 *
 * `checks` count what breaks the step's expectations; `sound` says that all of them gave 0.
 *
 * Several steps may be under way at once and answers come in any order: whoever waits reads, and keeps what is
 * for others. When this side ends, the other sees the end of the requests.
 */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_internal.h"
#include "plan_internal.h"

#define LINE_MOST (16 << 20)

struct fs_remote {
    fs_engine *engine;
    int requests, answers;
    int64_t ids;
    bool reading, ended;
    fs_buffer line;   /* read so far */
    json_t *answered; /* id → answer */
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

fs_status fs_remote_open(fs_engine *engine, int requests, int answers, fs_remote **remote,
                         fs_error *error)
{
    fs_remote *r = fs_alloc_zero(1, sizeof *r);
    *remote = r;
    if (!r) return fs_fail_memory(error, sizeof *r);
    *r = (fs_remote){.engine = engine, .requests = requests, .answers = answers};
    r->answered = json_object();
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    if (r->answered) return FS_OK;
    fs_remote_close(r);
    *remote = NULL;
    return fs_fail_memory(error, 64);
}

void fs_remote_close(fs_remote *remote)
{
    if (!remote) return;
    json_decref(remote->answered);
    fs_buffer_free(&remote->line);
    pthread_cond_destroy(&remote->changed);
    pthread_mutex_destroy(&remote->lock);
    fs_free(remote);
}

/* ---- asking ---- */

static json_t *operator_of(const fs_step *step)
{
    if (!step->op) return json_null();
    return json_pack("{s:s, s:s, s:o, s:s}", "name", step->op, "options",
                     step->options ? step->options : "", "group",
                     fs_engine_json_names(step->group, step->groups), "order", step->order);
}

static json_t *request_of(int64_t id, const fs_making *m)
{
    const fs_step *step = m->step;
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:s}", "id", (json_int_t)id, "step",
                     step->name, "sql", step->sql, "sort", fs_engine_json_text(m->sort), "operator",
                     operator_of(step), "inputs", fs_engine_json_names(step->input, step->inputs),
                     "checks", fs_engine_json_names(m->check, m->checks), "path", m->path);
}

static fs_status fail_gone(fs_error *error)
{
    fs_fail(error, FS_FAILED, "the engine that makes the steps has gone away");
    return fs_error_remedy(error, "see what it said last; foresell run --resume goes on"),
           FS_FAILED;
}

static fs_status write_line(fs_remote *r, const char *text, fs_error *error)
{
    size_t bytes = strlen(text);
    while (bytes > 0) {
        ssize_t written = write(r->requests, text, bytes);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return fail_gone(error);
        text += written;
        bytes -= (size_t)written;
    }
    return FS_OK;
}

static fs_status ask(fs_remote *r, int64_t id, const fs_making *making, fs_error *error)
{
    json_t *request = request_of(id, making);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    fs_buffer line = {0};
    fs_status status = text && fs_buffer_printf(&line, "%s\n", text) == FS_OK
                           ? FS_OK
                           : fs_fail_memory(error, strlen(making->step->sql));
    free(text);
    if (status == FS_OK) status = write_line(r, line.data, error);
    fs_buffer_free(&line);
    return status;
}

/* ---- answers ---- */

/* One whole line out of what was read, as JSON, under its id. Under the lock. */
static void keep_line(fs_remote *r)
{
    char *end;
    while (r->line.size > 0 && (end = memchr(r->line.data, '\n', r->line.size))) {
        size_t bytes = (size_t)(end - r->line.data);
        json_t *answer = json_loadb(r->line.data, bytes, 0, NULL);
        char id[32];
        snprintf(id, sizeof id, "%lld",
                 (long long)json_integer_value(json_object_get(answer, "id")));
        if (answer) json_object_set_new(r->answered, id, answer);
        memmove(r->line.data, end + 1, r->line.size - bytes - 1);
        r->line.size -= bytes + 1;
    }
}

/* Waits a little for more. Without the lock; only one thread at a time. */
static ssize_t read_some(fs_remote *r, char *room, size_t bytes)
{
    struct pollfd wait = {.fd = r->answers, .events = POLLIN};
    int ready = poll(&wait, 1, 200);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return -1;
    return ready < 0 ? 0 : read(r->answers, room, bytes);
}

static void read_more(fs_remote *r)
{
    char room[1 << 14];
    r->reading = true;
    pthread_mutex_unlock(&r->lock);
    ssize_t got = read_some(r, room, sizeof room);
    pthread_mutex_lock(&r->lock);
    r->reading = false;
    if (got == 0 || r->line.size > LINE_MOST) r->ended = true;
    if (got > 0 && fs_buffer_add(&r->line, room, (size_t)got) != FS_OK) r->ended = true;
    if (got > 0) keep_line(r);
    pthread_cond_broadcast(&r->changed);
}

static json_t *await_answer(fs_remote *r, int64_t id)
{
    char key[32];
    json_t *answer;
    snprintf(key, sizeof key, "%lld", (long long)id);
    while (!(answer = json_object_get(r->answered, key)) && !r->ended) {
        if (fs_progress_cancelled(r->engine->progress)) break;
        if (r->reading)
            pthread_cond_wait(&r->changed, &r->lock);
        else
            read_more(r);
    }
    json_incref(answer);
    json_object_del(r->answered, key);
    return answer;
}

static fs_status status_named(const char *name)
{
    static const struct {
        const char *name;
        fs_status status;
    } known[] = {{"usage", FS_USAGE},   {"data", FS_DATA},           {"resource", FS_RESOURCE},
                 {"memory", FS_MEMORY}, {"cancelled", FS_CANCELLED}, {"failed", FS_FAILED}};
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0) return known[i].status;
    return FS_FAILED;
}

static fs_status take_answer(fs_remote *r, json_t *answer, fs_making *making, fs_error *error)
{
    if (!answer && fs_progress_cancelled(r->engine->progress))
        return fs_fail(error, FS_CANCELLED, "cancelled");
    if (!answer) return fail_gone(error);
    json_t *count = json_object_get(answer, "rows");
    const char *message = json_string_value(json_object_get(answer, "error"));
    const char *remedy = json_string_value(json_object_get(answer, "remedy"));
    if (!message && json_is_integer(count)) {
        making->rows = json_integer_value(count);
        making->sound = json_is_true(json_object_get(answer, "sound"));
        return FS_OK;
    }
    fs_status status = status_named(json_string_value(json_object_get(answer, "status")));
    fs_fail(error, status, "%s", message ? message : "the answer of the other engine is no answer");
    if (remedy) fs_error_remedy(error, "%s", remedy);
    return status;
}

fs_status fs_remote_make(void *context, fs_making *making, fs_error *error)
{
    fs_remote *r = context;
    pthread_mutex_lock(&r->lock);
    int64_t id = ++r->ids;
    fs_status status = ask(r, id, making, error);
    if (status == FS_OK) {
        json_t *answer = await_answer(r, id);
        status = take_answer(r, answer, making, error);
        json_decref(answer);
    }
    pthread_mutex_unlock(&r->lock);
    return status;
}
