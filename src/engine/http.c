/* One GET over HTTP, by libcurl.
 *
 * libcurl is loaded when an address first needs it: it brings some thirty libraries along, which every other
 * use of the program would wait for, and the Python wheel would have to carry. Redirects are not followed
 * here: whoever asked wants to know which of the two servers failed. A connection that gives nothing
 * for a minute counts as broken.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "webhdfs_internal.h"

#define FUNCTIONS(X)                                                                               \
    X(global_init) X(easy_init) X(easy_setopt) X(easy_perform) X(easy_getinfo) X(easy_cleanup)

#define ANSWER_MOST (64u << 20) /* a listing of one piece; more is no answer of a namenode */

struct fs_http {
    void *library;
#define X(name) __typeof__(curl_##name) *name;
    FUNCTIONS(X)
#undef X
    CURL *handle;
    const fs_progress *progress;
};

/* ---- the library ---- */

static fs_status fail_library(fs_error *error)
{
    fs_fail(error, FS_RESOURCE,
            "the library that speaks HTTP (libcurl.so.4) is not on this machine");
    fs_error_remedy(
        error,
        "install it: apt-get install libcurl4, or the package of that name on other systems");
    return FS_RESOURCE;
}

static bool find_functions(fs_http *http)
{
#define X(name)                                                                                    \
    *(void **)&http->name = dlsym(http->library, "curl_" #name);                                   \
    if (!http->name) return false;
    FUNCTIONS(X)
#undef X
    return true;
}

static size_t take_body(char *data, size_t size, size_t count, void *context);
static int go_on(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d);

static void set_up(fs_http *h)
{
    h->easy_setopt(h->handle, CURLOPT_NOSIGNAL, 1L);
    h->easy_setopt(h->handle, CURLOPT_USERAGENT, "foresell");
    h->easy_setopt(h->handle, CURLOPT_CONNECTTIMEOUT, 10L);
    h->easy_setopt(h->handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    h->easy_setopt(h->handle, CURLOPT_LOW_SPEED_TIME, 60L);
    h->easy_setopt(h->handle, CURLOPT_WRITEFUNCTION, take_body);
    h->easy_setopt(h->handle, CURLOPT_NOPROGRESS, 0L);
    h->easy_setopt(h->handle, CURLOPT_XFERINFOFUNCTION, go_on);
    h->easy_setopt(h->handle, CURLOPT_XFERINFODATA, h);
    const char *own = getenv("SSL_CERT_FILE");
    if (!own || !*own) own = getenv("CURL_CA_BUNDLE");
    if (own && *own) h->easy_setopt(h->handle, CURLOPT_CAINFO, own);
}

fs_status fs_http_open(const fs_progress *progress, fs_http **http, fs_error *error)
{
    fs_http *h = fs_alloc_zero(1, sizeof *h);
    *http = h;
    if (!h) return fs_fail_memory(error, sizeof *h);
    h->progress = progress;
    h->library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    fs_status status = h->library && find_functions(h) ? FS_OK : fail_library(error);
    if (status == FS_OK) {
        h->global_init(CURL_GLOBAL_DEFAULT);
        h->handle = h->easy_init();
        if (!h->handle) status = fs_fail_memory(error, 64);
    }
    if (status == FS_OK) return set_up(h), FS_OK;
    fs_http_close(h);
    *http = NULL;
    return status;
}

/* The library stays loaded: it has threads' and OpenSSL's own business to keep. */
void fs_http_close(fs_http *http)
{
    if (!http) return;
    if (http->handle) http->easy_cleanup(http->handle);
    fs_free(http);
}

/* ---- a transfer ---- */

typedef struct transfer {
    fs_http *http;
    fs_http_take take;
    void *context;
    fs_http_answer *answer;
    fs_error *error;
    fs_status status; /* why we ended it ourselves */
} transfer;

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    transfer *t = context;
    size_t bytes = size * count;
    long code = 0;
    t->http->easy_getinfo(t->http->handle, CURLINFO_RESPONSE_CODE, &code);
    if (code == 200 && t->take)
        t->status = t->take(t->context, data, bytes, t->error);
    else if (t->answer->body.size + bytes > ANSWER_MOST)
        t->status = fs_fail(t->error, FS_RESOURCE, "the server's answer has no end");
    else if (fs_buffer_add(&t->answer->body, data, bytes) != FS_OK)
        t->status = fs_fail_memory(t->error, bytes);
    return t->status == FS_OK ? bytes : 0;
}

static int go_on(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const fs_http *http = context;
    (void)a, (void)b, (void)c, (void)d;
    return fs_progress_cancelled(http->progress);
}

static const char *in_words(CURLcode result)
{
    switch (result) {
    case CURLE_OK: return NULL;
    case CURLE_COULDNT_RESOLVE_HOST: return "there is no server of that name";
    case CURLE_COULDNT_CONNECT: return "the server does not answer";
    case CURLE_OPERATION_TIMEDOUT: return "the server does not answer in time";
    case CURLE_PARTIAL_FILE: return "the server broke off in the middle of the file";
    case CURLE_PEER_FAILED_VERIFICATION:
        return "the server's certificate is not one that this machine trusts";
    case CURLE_SSL_CONNECT_ERROR: return "the server does not speak TLS";
    case CURLE_SSL_CACERT_BADFILE: return "the certificates of SSL_CERT_FILE cannot be read";
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY: return "what answers there does not speak HTTP";
    default: return "the connection broke";
    }
}

static fs_status finish(transfer *t, CURLcode result)
{
    fs_http *h = t->http;
    long code = 0;
    const char *redirect = NULL;
    if (t->status != FS_OK) return t->status;
    if (result == CURLE_ABORTED_BY_CALLBACK) return fs_fail(t->error, FS_CANCELLED, "cancelled");
    if (result == CURLE_OUT_OF_MEMORY) return fs_fail_memory(t->error, 64);
    h->easy_getinfo(h->handle, CURLINFO_RESPONSE_CODE, &code);
    h->easy_getinfo(h->handle, CURLINFO_REDIRECT_URL, &redirect);
    t->answer->code = result == CURLE_OK ? (int)code : 0;
    t->answer->why = in_words(result);
    t->answer->no_such_host = result == CURLE_COULDNT_RESOLVE_HOST;
    if (redirect && fs_buffer_text(&t->answer->redirect, redirect) != FS_OK)
        return fs_fail_memory(t->error, strlen(redirect));
    return FS_OK;
}

fs_status fs_http_get(fs_http *http, const char *url, fs_http_take take, void *context,
                      fs_http_answer *answer, fs_error *error)
{
    transfer t = {.http = http, .take = take, .context = context, .answer = answer, .error = error};
    fs_buffer_clear(&answer->body);
    fs_buffer_clear(&answer->redirect);
    http->easy_setopt(http->handle, CURLOPT_URL, url);
    http->easy_setopt(http->handle, CURLOPT_WRITEDATA, &t);
    return finish(&t, http->easy_perform(http->handle));
}

void fs_http_answer_free(fs_http_answer *answer)
{
    fs_buffer_free(&answer->body);
    fs_buffer_free(&answer->redirect);
}
