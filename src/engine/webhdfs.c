/* WebHDFS: what a file is, what a folder holds, and a file's bytes.
 *
 * Apache Hadoop 3.4, "WebHDFS REST API". A namenode answers in JSON, and for bytes leads to a datanode. What may
 * pass is tried again, six times in all, with waits that double and are drawn a little longer, so that many
 * clients do not come back at once: 8 to 12 seconds. Passing are a server that does not answer or breaks off, 5xx,
 * a namenode on standby or just starting (then the next one is asked), a block that no datanode gives. A
 * datanode that failed is left out of the next try, so that another one with the same blocks gets its turn.
 *
 * Who asks is HADOOP_USER_NAME, else this user; a delegation token in HADOOP_TOKEN goes before, and is never shown.
 */
#include <errno.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "webhdfs_internal.h"

#define TRIES      6
#define FIRST_WAIT 250 /* ms */

struct fs_hdfs {
    fs_arena arena;
    fs_engine *engine;
    bool taken; /* the engine's connections */
    const fs_progress *progress;
    const fs_hdfs_place *place;
    int active;       /* the namenode that is asked */
    const char *user; /* "user.name=…" or "delegation=…" */
    fs_http_answer answer;
    fs_buffer url;
    char without[256]; /* host of a datanode that failed */
    uint64_t dice;
};

/* ---- who asks ---- */

static fs_status add_encoded(fs_buffer *out, const char *text, const char *plain)
{
    for (const char *c = text; *c; c++) {
        bool as_it_is = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                        (*c >= '0' && *c <= '9') || strchr(plain, *c);
        FS_TRY(as_it_is ? fs_buffer_add(out, c, 1)
                        : fs_buffer_printf(out, "%%%02X", (unsigned char)*c));
    }
    return FS_OK;
}

static const char *login_name(void)
{
    const char *name = getenv("HADOOP_USER_NAME");
    if (name && *name) return name;
    const struct passwd *own = getpwuid(geteuid());
    name = own ? own->pw_name : getenv("USER");
    return name && *name ? name : "nobody";
}

static fs_status find_user(fs_hdfs *h, fs_error *error)
{
    const char *token = getenv("HADOOP_TOKEN"); /* several are split by commas, the first is ours */
    fs_buffer text = {0};
    bool known = token && *token;
    fs_status status = fs_buffer_text(&text, known ? "delegation=" : "user.name=");
    if (status == FS_OK) status = add_encoded(&text, known ? token : login_name(), "-_.~,");
    if (status == FS_OK) {
        if (known) text.data[strcspn(text.data, ",")] = '\0';
        h->user = fs_arena_strdup(&h->arena, text.data);
    }
    fs_buffer_free(&text);
    return h->user ? FS_OK : fs_fail_memory(error, 64);
}

/* One at a time: the network is the narrow place, and connections are kept from file to file. */
static fs_status take_connections(fs_hdfs *h, fs_error *error)
{
    pthread_mutex_lock(&h->engine->copying);
    h->taken = true;
    return h->engine->http ? FS_OK : fs_http_open(h->engine->progress, &h->engine->http, error);
}

fs_status fs_hdfs_open(fs_engine *engine, const fs_hdfs_place *place, fs_hdfs **hdfs,
                       fs_error *error)
{
    struct timespec now;
    fs_hdfs *h = fs_alloc_zero(1, sizeof *h);
    *hdfs = h;
    if (!h) return fs_fail_memory(error, sizeof *h);
    clock_gettime(CLOCK_MONOTONIC, &now);
    h->engine = engine;
    h->progress = engine->progress;
    h->place = place;
    h->dice = fs_hash(&now, sizeof now, (uint64_t)getpid());
    fs_status status = find_user(h, error);
    if (status == FS_OK) status = take_connections(h, error);
    if (status == FS_OK) return FS_OK;
    fs_hdfs_close(h);
    *hdfs = NULL;
    return status;
}

void fs_hdfs_close(fs_hdfs *hdfs)
{
    if (!hdfs) return;
    if (hdfs->taken) pthread_mutex_unlock(&hdfs->engine->copying);
    fs_http_answer_free(&hdfs->answer);
    fs_buffer_free(&hdfs->url);
    fs_arena_free(&hdfs->arena);
    fs_free(hdfs);
}

/* ---- trying again ---- */

/* Waits before try `number` (1: the second); false where it was cancelled. */
static bool wait_before(fs_hdfs *h, int number)
{
    h->dice = fs_hash(&number, sizeof number, h->dice);
    int64_t wait = (int64_t)FIRST_WAIT << (number - 1);
    wait += (int64_t)(h->dice % 1000) * wait / 2000;
    for (; wait > 0; wait -= 50) {
        if (fs_progress_cancelled(h->progress)) return false;
        nanosleep(&(struct timespec){.tv_nsec = (wait < 50 ? wait : 50) * 1000000}, NULL);
    }
    return true;
}

/* ---- what went wrong ---- */

typedef enum outcome {
    DONE,
    AGAIN,     /* may pass */
    ELSEWHERE, /* may pass, or another namenode knows */
    NOT_THERE, /* no such file */
    NOT_KNOWN, /* the server knows no such operation */
    GIVEN_UP   /* will not pass */
} outcome;

static const struct {
    const char *exception; /* or what is in the message */
    outcome outcome;
    const char *what, *remedy;
} known[] = {
    {"FileNotFoundException", NOT_THERE, "there is no such file or folder", "check the address"},
    {"StandbyException", ELSEWHERE, "the namenode is on standby",
     "name the nameservice in the address, and in HADOOP_CONF_DIR the folder of the hdfs-site.xml "
     "that "
     "knows its namenodes"},
    {"RetriableException", ELSEWHERE, "the namenode is not ready",
     "try again when it is (hdfs dfsadmin -safemode get)"},
    {"SafeModeException", AGAIN, "the cluster is in safe mode",
     "try again when it has left it (hdfs dfsadmin -safemode get)"},
    {"Failed to find datanode", AGAIN, "no datanode that has its bytes is up",
     "check the health of the cluster (hdfs dfsadmin -report, hdfs fsck), then start again"},
    {"No active nodes contain", AGAIN, "no datanode that has its bytes is up",
     "check the health of the cluster (hdfs dfsadmin -report, hdfs fsck), then start again"},
    {"BlockMissingException", AGAIN, "no datanode has its bytes",
     "check the health of the cluster (hdfs fsck), then start again"},
    {"Could not obtain block", AGAIN, "no datanode has its bytes",
     "check the health of the cluster (hdfs fsck), then start again"},
    {"is not a valid GET operation", NOT_KNOWN, "the server does not know what it was asked", NULL},
    {"Hadoop IPC port", GIVEN_UP, "this is the port of RPC, not that of WebHDFS",
     "name the other port, which is 9870 where nobody changed it: webhdfs://HOST:9870/path; or set "
     "HADOOP_CONF_DIR, which knows it"},
    {"InvalidToken", GIVEN_UP, "the delegation token of HADOOP_TOKEN is not valid, or no longer",
     "fetch a new one: hdfs fetchdt, or op=GETDELEGATIONTOKEN of WebHDFS"},
};

static bool says(const fs_http_answer *answer, const char *words)
{
    return answer->body.size && strstr(answer->body.data, words);
}

/* The text of a RemoteException; NULL where the answer is none. Owned by the arena. */
static const char *remote_message(fs_hdfs *h)
{
    json_t *answer =
        json_loadb(h->answer.body.size ? h->answer.body.data : "", h->answer.body.size, 0, NULL);
    const char *text =
        json_string_value(json_object_get(json_object_get(answer, "RemoteException"), "message"));
    const char *kept = text ? fs_arena_strndup(&h->arena, text, strcspn(text, "\n")) : NULL;
    json_decref(answer);
    return kept;
}

static const char *server_name(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? host + 3 : url;
}

/* Who was asked, and what is wrong with it. The address of a redirect may hold a token: only its host is told. */
static void say(fs_hdfs *h, const char *path, const char *what, fs_error *error)
{
    const char *server = server_name(h->url.data);
    fs_fail(error, FS_RESOURCE, "cannot read %s%s: %s (%.*s)", h->place->before, path, what,
            (int)strcspn(server, "/"), server);
}

static outcome judge_no_answer(fs_hdfs *h, const char *path, bool datanode, fs_error *error)
{
    say(h, path, h->answer.why, error);
    if (h->answer.no_such_host) {
        fs_error_remedy(
            error, datanode
                       ? "let this machine know the names of the datanodes"
                       : "check the address; a nameservice needs HADOOP_CONF_DIR, the folder of "
                         "the hdfs-site.xml that knows its namenodes");
        return datanode ? AGAIN : ELSEWHERE;
    }
    if (strstr(h->answer.why, "certificate"))
        return fs_error_remedy(error,
                               "name the file of the authority that made it in SSL_CERT_FILE"),
               GIVEN_UP;
    fs_error_remedy(
        error,
        datanode ? "check that the datanode runs, and that this machine reaches it"
                 : "check the address, that the namenode runs, and the network; WebHDFS has a port "
                   "of its own, 9870 where nobody changed it");
    return datanode ? AGAIN : ELSEWHERE;
}

static outcome judge_refusal(fs_hdfs *h, const char *path, fs_error *error)
{
    const char *said = remote_message(h);
    if (says(&h->answer, "AccessControlException")) {
        say(h, path, said ? said : "no permission", error);
        fs_error_remedy(
            error,
            "give this user the right to read it (hdfs dfs -chmod, -setfacl), or name another one "
            "in HADOOP_USER_NAME");
        return GIVEN_UP;
    }
    if (h->answer.code == 401) {
        say(h, path, "the cluster wants Kerberos, which is not spoken here", error);
        fs_error_remedy(
            error,
            "put a delegation token into HADOOP_TOKEN (op=GETDELEGATIONTOKEN of WebHDFS by curl "
            "--negotiate), or copy the files with Spark or hdfs dfs -get");
        return GIVEN_UP;
    }
    char text[64];
    snprintf(text, sizeof text, "the server says %d", h->answer.code);
    say(h, path, said ? said : text, error);
    fs_error_remedy(error, "check the address, and that it is one of WebHDFS");
    return h->answer.code >= 500 || h->answer.code == 429 ? AGAIN : GIVEN_UP;
}

/* What the last answer means; `error` is filled where it is not DONE. `good`: the code that is wanted. */
static outcome judge(fs_hdfs *h, const char *path, int good, bool datanode, fs_error *error)
{
    if (h->answer.code == 0) return judge_no_answer(h, path, datanode, error);
    if (h->answer.code == good) return DONE;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!says(&h->answer, known[i].exception)) continue;
        say(h, path, known[i].what, error);
        if (known[i].remedy) fs_error_remedy(error, "%s", known[i].remedy);
        return known[i].outcome;
    }
    return judge_refusal(h, path, error);
}

/* ---- asking a namenode ---- */

static fs_status write_question(fs_hdfs *h, const char *path, const char *question)
{
    fs_buffer_clear(&h->url);
    FS_TRY(fs_buffer_printf(&h->url, "%s/webhdfs/v1", h->place->namenode[h->active]));
    FS_TRY(add_encoded(&h->url, path, "/-_.~"));
    FS_TRY(fs_buffer_printf(&h->url, "?%s&%s", question, h->user));
    return *h->without ? fs_buffer_printf(&h->url, "&excludedatanodes=%s", h->without) : FS_OK;
}

/* Asks until there is an answer of code `good`, or none is to be had. */
static fs_status ask(fs_hdfs *h, const char *path, const char *question, int good, outcome *result,
                     fs_error *error)
{
    for (int number = 0;; number++) {
        if (number && !wait_before(h, number)) return fs_fail(error, FS_CANCELLED, "cancelled");
        if (write_question(h, path, question) != FS_OK) return fs_fail_memory(error, strlen(path));
        FS_TRY(fs_http_get(h->engine->http, h->url.data, NULL, NULL, &h->answer, error));
        *result = judge(h, path, good, false, error);
        if (*result == DONE) return FS_OK;
        if ((*result != AGAIN && *result != ELSEWHERE) || number + 1 == TRIES) return FS_RESOURCE;
        if (*result == ELSEWHERE) h->active = (h->active + 1) % h->place->namenodes;
        *h->without = '\0';
    }
}

static fs_status fail_answer(fs_hdfs *h, const char *path, fs_error *error)
{
    say(h, path, "the server's answer is not one of WebHDFS", error);
    fs_error_remedy(error, "check the address and the port");
    return FS_RESOURCE;
}

/* The object `name` of the answer; the caller gives *whole back. */
static fs_status ask_json(fs_hdfs *h, const char *path, const char *question, const char *name,
                          json_t **whole, const json_t **object, outcome *result, fs_error *error)
{
    *whole = NULL;
    FS_TRY(ask(h, path, question, 200, result, error));
    *whole =
        json_loadb(h->answer.body.size ? h->answer.body.data : "", h->answer.body.size, 0, NULL);
    *object = json_object_get(*whole, name);
    if (*object) return FS_OK;
    json_decref(*whole);
    *whole = NULL;
    return fail_answer(h, path, error);
}

static int64_t number_at(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static bool is_folder(const json_t *status)
{
    const char *type = json_string_value(json_object_get(status, "type"));
    return type && strcmp(type, "DIRECTORY") == 0;
}

fs_status fs_hdfs_look(fs_hdfs *hdfs, const char *path, bool *there, fs_hdfs_status *status,
                       fs_error *error)
{
    json_t *whole;
    const json_t *found;
    outcome result = DONE;
    fs_status done =
        ask_json(hdfs, path, "op=GETFILESTATUS", "FileStatus", &whole, &found, &result, error);
    *there = result != NOT_THERE;
    FS_TRY(done);
    *status = (fs_hdfs_status){.folder = is_folder(found),
                               .length = number_at(found, "length"),
                               .modified = number_at(found, "modificationTime")};
    json_decref(whole);
    return FS_OK;
}

fs_status fs_hdfs_is_open(fs_hdfs *hdfs, const char *path, bool *open, fs_error *error)
{
    json_t *whole;
    const json_t *blocks;
    outcome result = DONE;
    *open = false;
    fs_status status = ask_json(hdfs, path, "op=GET_BLOCK_LOCATIONS&offset=0&length=1",
                                "LocatedBlocks", &whole, &blocks, &result, error);
    if (result == NOT_KNOWN) return FS_OK; /* HttpFS */
    FS_TRY(status);
    *open = json_is_true(json_object_get(blocks, "isUnderConstruction"));
    json_decref(whole);
    return FS_OK;
}

/* ---- listing ---- */

typedef struct listing {
    fs_arena *arena;
    fs_hdfs_entry *entry;
    int count, room;
} listing;

static fs_status add_entry(listing *l, const json_t *status, fs_error *error)
{
    fs_hdfs_entry *grown = fs_arena_grow(l->arena, l->entry, l->count, &l->room, sizeof *grown);
    if (!grown) return fs_fail_memory(error, sizeof *grown);
    l->entry = grown;
    const char *name = json_string_value(json_object_get(status, "pathSuffix"));
    fs_hdfs_entry *e = &l->entry[l->count++];
    *e = (fs_hdfs_entry){fs_arena_strdup(l->arena, name ? name : ""), is_folder(status)};
    return e->name ? FS_OK : fs_fail_memory(error, 64);
}

static fs_status add_entries(listing *l, const json_t *statuses, fs_error *error)
{
    const json_t *all = json_object_get(statuses, "FileStatus");
    for (size_t i = 0; i < json_array_size(all); i++)
        FS_TRY(add_entry(l, json_array_get(all, i), error));
    return FS_OK;
}

static fs_status list_at_once(fs_hdfs *h, listing *l, const char *path, fs_error *error)
{
    json_t *whole;
    const json_t *statuses;
    outcome result;
    FS_TRY(ask_json(h, path, "op=LISTSTATUS", "FileStatuses", &whole, &statuses, &result, error));
    fs_status status = add_entries(l, statuses, error);
    json_decref(whole);
    return status;
}

/* The next piece of a listing, behind the last entry that is there. */
static fs_status list_piece(fs_hdfs *h, listing *l, const char *path, bool *more, outcome *result,
                            fs_error *error)
{
    json_t *whole;
    const json_t *piece;
    fs_buffer question = {0};
    fs_status status = fs_buffer_text(&question, "op=LISTSTATUS_BATCH");
    if (status == FS_OK && l->count) status = fs_buffer_text(&question, "&startAfter=");
    if (status == FS_OK && l->count)
        status = add_encoded(&question, l->entry[l->count - 1].name, "");
    status = status == FS_OK ? ask_json(h, path, question.data, "DirectoryListing", &whole, &piece,
                                        result, error)
                             : fs_fail_memory(error, 64);
    fs_buffer_free(&question);
    FS_TRY(status);
    int before = l->count;
    status = add_entries(
        l, json_object_get(json_object_get(piece, "partialListing"), "FileStatuses"), error);
    *more = number_at(piece, "remainingEntries") > 0 && l->count > before;
    json_decref(whole);
    return status;
}

fs_status fs_hdfs_list(fs_hdfs *hdfs, fs_arena *arena, const char *path, fs_hdfs_entry **entry,
                       int *count, fs_error *error)
{
    listing l = {.arena = arena};
    bool more = true;
    while (more) {
        outcome result = DONE;
        fs_status status = list_piece(hdfs, &l, path, &more, &result, error);
        if (result == NOT_KNOWN) { /* Hadoop 2 */
            l.count = 0;
            status = list_at_once(hdfs, &l, path, error);
            more = false;
        }
        FS_TRY(status);
    }
    *entry = l.entry;
    *count = l.count;
    return FS_OK;
}

/* ---- bytes ---- */

typedef struct sink {
    fs_hdfs *hdfs;
    const char *path;
    char work[96]; /* what progress says */
    int descriptor;
    int64_t done, length;
} sink;

static fs_status fail_longer(const sink *s, fs_error *error)
{
    fs_fail(error, FS_DATA, "%s%s grows while it is read", s->hdfs->place->before, s->path);
    fs_error_remedy(error, "wait until whatever writes the file has finished, then start again");
    return FS_DATA;
}

static fs_status write_piece(void *context, const void *data, size_t bytes, fs_error *error)
{
    sink *s = context;
    const char *from = data;
    if (s->done + (int64_t)bytes > s->length) return fail_longer(s, error);
    while (bytes) {
        ssize_t written = write(s->descriptor, from, bytes);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fs_fail_errno(error, "write into", "the scratch folder");
        from += written;
        bytes -= (size_t)written;
        s->done += written;
    }
    fs_progress_report(s->hdfs->progress, s->work, (double)s->done, (double)s->length);
    return FS_OK;
}

/* The datanode that failed has no turn in the next try. */
static void leave_out(fs_hdfs *h)
{
    const char *server = server_name(h->url.data);
    snprintf(h->without, sizeof h->without, "%.*s", (int)strcspn(server, "/:"), server);
}

/* Where the namenode leads to, into h->url: never from TLS to none. */
static fs_status follow(fs_hdfs *h, const char *path, fs_error *error)
{
    const char *to = h->answer.redirect.size ? h->answer.redirect.data : "";
    bool tls = strncmp(h->url.data, "https:", 6) == 0;
    if (strncmp(to, "https://", 8) != 0 && (tls || strncmp(to, "http://", 7) != 0))
        return fail_answer(h, path, error);
    fs_buffer_clear(&h->url);
    return fs_buffer_text(&h->url, to) == FS_OK ? FS_OK : fs_fail_memory(error, strlen(to));
}

/* One try, from where the last one broke off. */
static fs_status read_on(fs_hdfs *h, sink *s, outcome *result, fs_error *error)
{
    char question[64];
    snprintf(question, sizeof question, "op=OPEN&offset=%lld", (long long)s->done);
    fs_status asked = ask(h, s->path, question, 307, result, error);
    *result = GIVEN_UP; /* the namenode was asked often enough */
    FS_TRY(asked);
    FS_TRY(follow(h, s->path, error));
    FS_TRY(fs_http_get(h->engine->http, h->url.data, write_piece, s, &h->answer, error));
    *result = judge(h, s->path, 200, true, error);
    if (*result == DONE && s->done < s->length) {
        say(h, s->path, "the file became shorter while it was read", error);
        fs_error_remedy(error,
                        "wait until whatever writes the file has finished, then start again");
        *result = GIVEN_UP;
    }
    if (*result == DONE) return FS_OK;
    leave_out(h);
    return FS_RESOURCE;
}

fs_status fs_hdfs_read(fs_hdfs *hdfs, const char *path, int64_t length, int descriptor,
                       fs_error *error)
{
    sink s = {.hdfs = hdfs, .path = path, .descriptor = descriptor, .length = length};
    fs_status status = FS_OK;
    snprintf(s.work, sizeof s.work, "copying: %s", strrchr(path, '/') + 1);
    *hdfs->without = '\0';
    for (int number = 0; s.done < length; number++) {
        int64_t before = s.done;
        outcome result = DONE;
        if (number && !wait_before(hdfs, number)) return fs_fail(error, FS_CANCELLED, "cancelled");
        status = read_on(hdfs, &s, &result, error);
        if (status == FS_OK) break;
        bool may_pass = status == FS_RESOURCE && result == AGAIN;
        if (s.done > before) number = 0; /* it goes on, if by pieces */
        if (!may_pass || number + 1 >= TRIES) return status;
    }
    *hdfs->without = '\0';
    return status;
}
