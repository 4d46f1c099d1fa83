/* Addresses: scheme://user:password@host:port/path?query.
 *
 * Two things matter beside taking them apart. A password is never shown: whatever goes into a message, a
 * manifest or a report goes through fs_url_shown first. And it need not stand in a file: ${NAME} means
 * the value of that variable of the environment. It is filled in after the address was taken apart, so
 * that any sign may stand in it; what is written out needs %40 for @ only where it could be misread: the
 * last @ before the query ends the password.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "foresell/source.h"

bool fs_url_is(const char *path)
{
    size_t letters = 0;
    while (isalnum((unsigned char)path[letters]) || (letters && strchr("+-.", path[letters])))
        if (!path[letters++]) return false;
    return letters > 1 && strncmp(path + letters, "://", 3) == 0;
}

/* ---- ${NAME} and %40 ---- */

static fs_status fail_unset(const char *name, size_t bytes, fs_error *error)
{
    fs_fail(error, FS_USAGE, "the environment has no %.*s, which the address of a source names",
            (int)bytes, name);
    fs_error_remedy(error, "set it where foresell is started: export %.*s=...", (int)bytes, name);
    return FS_USAGE;
}

/* The variable at `text`, which begins with ${; *used is what it takes of the text, 0: it is none. */
static fs_status variable(const char *text, size_t left, fs_buffer *out, size_t *used,
                          fs_error *error)
{
    const char *end = memchr(text, '}', left);
    char name[128];
    size_t bytes = end ? (size_t)(end - text) - 2 : 0;
    *used = 0;
    if (bytes == 0 || bytes >= sizeof name) return FS_OK;
    memcpy(name, text + 2, bytes);
    name[bytes] = '\0';
    const char *value = getenv(name);
    if (!value) return fail_unset(name, bytes, error);
    *used = bytes + 3;
    return fs_buffer_text(out, value) == FS_OK ? FS_OK : fs_fail_memory(error, strlen(value));
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `percents`: %40 is @. */
static fs_status fill(const char *text, size_t bytes, bool percents, fs_buffer *out,
                      fs_error *error)
{
    for (size_t i = 0; i < bytes;) {
        size_t used = 0;
        if (text[i] == '$' && i + 1 < bytes && text[i + 1] == '{')
            FS_TRY(variable(text + i, bytes - i, out, &used, error));
        i += used;
        if (used) continue;
        char c = text[i];
        bool coded =
            percents && c == '%' && i + 2 < bytes && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
        if (coded) c = (char)(hex(text[i + 1]) * 16 + hex(text[i + 2]));
        i += coded ? 3 : 1;
        if (fs_buffer_add(out, &c, 1) != FS_OK) return fs_fail_memory(error, bytes);
    }
    return FS_OK;
}

static fs_status part(fs_arena *arena, const char *text, size_t bytes, bool percents,
                      const char **out, fs_error *error)
{
    fs_buffer filled = {0};
    fs_status status = fill(text, bytes, percents, &filled, error);
    if (status == FS_OK) {
        *out = fs_arena_strndup(arena, filled.size ? filled.data : "", filled.size);
        if (!*out) status = fs_fail_memory(error, filled.size);
    }
    fs_buffer_free(&filled);
    return status;
}

fs_status fs_url_fill(fs_arena *arena, const char *url, const char **filled, fs_error *error)
{
    return part(arena, url, strlen(url), false, filled, error);
}

/* ---- the parts ---- */

/* Where the parts stand: text and bytes of each, NULL where it is not there. */
typedef struct places {
    struct {
        const char *text;
        size_t bytes;
    } scheme, user, password, host, port, path, query;
} places;

static void set(const char **text, size_t *bytes, const char *from, const char *to)
{
    *text = from;
    *bytes = (size_t)(to - from);
}
#define SET(place, from, to) set(&(place).text, &(place).bytes, from, to)

static const char *last_sign(const char *from, const char *to, char sign)
{
    while (to > from)
        if (*--to == sign) return to;
    return NULL;
}

static void find_user(places *p, const char *from, const char *sign)
{
    const char *colon = memchr(from, ':', (size_t)(sign - from));
    SET(p->user, from, colon ? colon : sign);
    if (colon) SET(p->password, colon + 1, sign);
}

/* host, host:port, [::1]:port */
static void find_host(places *p, const char *from, const char *to)
{
    const char *colon = last_sign(from, to, ':');
    bool bracket = from < to && *from == '[' && to[-1] == ']';
    if (colon && !bracket) {
        SET(p->port, colon + 1, to);
        to = colon;
    }
    if (from + 1 < to && *from == '[' && to[-1] == ']') from++, to--;
    if (from < to) SET(p->host, from, to);
}

/* Every sign of a path in HDFS is part of a name: no query begins there, and no password ends. */
static bool has_plain_path(const char *scheme, size_t bytes)
{
    return bytes >= 4 && strncasecmp(scheme + bytes - 4, "hdfs", 4) == 0;
}

static places find_places(const char *url)
{
    places p = {0};
    const char *at = strstr(url, "://"), *end = url + strlen(url);
    SET(p.scheme, url, at);
    bool plain = has_plain_path(url, p.scheme.bytes);
    at += 3;
    const char *query = plain ? NULL : memchr(at, '?', (size_t)(end - at));
    const char *stop = query ? query : end;
    const char *sign = last_sign(at, plain ? at + strcspn(at, "/") : stop, '@');
    if (query) SET(p.query, query + 1, end);
    if (sign) find_user(&p, at, sign);
    const char *host = sign ? sign + 1 : at;
    const char *slash = memchr(host, '/', (size_t)(stop - host));
    find_host(&p, host, slash ? slash : stop);
    if (slash && slash + 1 < stop) SET(p.path, slash + 1, stop);
    return p;
}

fs_status fs_url_parse(fs_arena *arena, const char *text, fs_url *url, fs_error *error)
{
    places p = find_places(text);
    *url = (fs_url){0};
    const struct {
        const char *text;
        size_t bytes;
        const char **out;
    } parts[] = {{p.scheme.text, p.scheme.bytes, &url->scheme},
                 {p.user.text, p.user.bytes, &url->user},
                 {p.password.text, p.password.bytes, &url->password},
                 {p.host.text, p.host.bytes, &url->host},
                 {p.port.text, p.port.bytes, &url->port},
                 {p.path.text, p.path.bytes, &url->path}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].text)
            FS_TRY(part(arena, parts[i].text, parts[i].bytes, true, parts[i].out, error));
    return p.query.text ? part(arena, p.query.text, p.query.bytes, false, &url->query, error)
                        : FS_OK;
}

fs_status fs_url_option(fs_arena *arena, const char **query, const char **key, const char **value,
                        fs_error *error)
{
    *key = *value = NULL;
    if (!*query || !**query) return FS_OK;
    size_t bytes = strcspn(*query, "&"), name = strcspn(*query, "=&");
    size_t from = name < bytes ? name + 1 : bytes;
    FS_TRY(part(arena, *query, name, true, key, error));
    FS_TRY(part(arena, *query + from, bytes - from, true, value, error));
    *query += bytes + ((*query)[bytes] == '&');
    return FS_OK;
}

/* ---- what may be shown ---- */

static bool is_secret(const char *name, size_t bytes)
{
    static const char *const words[] = {"password",  "passwd",     "pwd", "secret", "token",
                                        "signature", "credential", "key", "sig"};
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        size_t length = strlen(words[w]);
        for (size_t i = 0; i + length <= bytes; i++)
            if (strncasecmp(name + i, words[w], length) == 0) return true;
    }
    return false;
}

static fs_status show_query(fs_buffer *out, const char *query)
{
    for (char mark = '?'; *query; mark = '&') {
        size_t bytes = strcspn(query, "&"), name = strcspn(query, "=&");
        bool secret = name < bytes && is_secret(query, name) && query[name + 1] != '$';
        FS_TRY(fs_buffer_add(out, &mark, 1));
        FS_TRY(fs_buffer_add(out, query, secret ? name + 1 : bytes));
        if (secret) FS_TRY(fs_buffer_text(out, "***"));
        query += bytes + (query[bytes] == '&');
    }
    return FS_OK;
}

static fs_status show(fs_buffer *out, const char *url)
{
    places p = find_places(url);
    const char *end = p.query.text ? p.query.text - 1 : url + strlen(url);
    bool secret = p.password.bytes > 0 && strncmp(p.password.text, "${", 2) != 0;
    if (secret) {
        FS_TRY(fs_buffer_add(out, url, (size_t)(p.password.text - url)));
        FS_TRY(fs_buffer_text(out, "***"));
        url = p.password.text + p.password.bytes;
    }
    FS_TRY(fs_buffer_add(out, url, (size_t)(end - url)));
    return p.query.text ? show_query(out, p.query.text) : FS_OK;
}

const char *fs_url_shown(fs_arena *arena, const char *path)
{
    if (!fs_url_is(path)) return fs_arena_strdup(arena, path);
    fs_buffer text = {0};
    const char *shown = show(&text, path) == FS_OK ? fs_arena_strdup(arena, text.data) : NULL;
    fs_buffer_free(&text);
    return shown;
}

bool fs_url_has_secret(const char *path)
{
    fs_arena arena = {0};
    const char *shown = fs_url_shown(&arena, path);
    bool secret = shown && strcmp(shown, path) != 0;
    fs_arena_free(&arena);
    return secret;
}
