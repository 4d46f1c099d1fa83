/* Which namenodes an address of HDFS means, and where they speak HTTP.
 *
 *   hdfs://HOST:PORT/path      the address that Hadoop's tools take. Its port is that of RPC; WebHDFS has another one
 *   webhdfs://HOST:PORT/path   the HTTP address itself, as in Hadoop; swebhdfs:// the same with TLS
 *
 * HADOOP_CONF_DIR names the folder of core-site.xml and hdfs-site.xml, which know a nameservice's namenodes and the
 * HTTP address of each. Where they say nothing of HOST: the ports that RPC usually has (8020, 9000) and none stand for
 * WebHDFS on its usual one, 9870; any other is taken for that of HTTP. A path is as HDFS has it: every sign in
 * it is the name's own, so that %20 is not a blank, and ? and # end nothing.
 */
#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "webhdfs_internal.h"

/* ---- Hadoop's configuration: name and value of each property ---- */

typedef struct property {
    struct property *next;
    const char *name, *value;
} property;

typedef struct site {
    fs_arena *arena;
    property *first; /* the latest first: a later one wins */
    fs_buffer text, name, value;
    bool full; /* memory ran out */
} site;

static void start_element(void *context, const char *tag, const char **attributes)
{
    site *s = context;
    (void)attributes;
    fs_buffer_clear(&s->text);
    if (strcmp(tag, "property") == 0) fs_buffer_clear(&s->name), fs_buffer_clear(&s->value);
}

static void add_characters(void *context, const char *text, int bytes)
{
    site *s = context;
    if (fs_buffer_add(&s->text, text, (size_t)bytes) != FS_OK) s->full = true;
}

static const char *trimmed(fs_arena *arena, const fs_buffer *text)
{
    static const char blanks[] = " \t\r\n";
    const char *from = text->size ? text->data + strspn(text->data, blanks) : "";
    size_t bytes = strlen(from);
    while (bytes && strchr(blanks, from[bytes - 1])) bytes--;
    return fs_arena_strndup(arena, from, bytes);
}

static void end_element(void *context, const char *tag)
{
    site *s = context;
    fs_buffer *part = strcmp(tag, "name") == 0    ? &s->name
                      : strcmp(tag, "value") == 0 ? &s->value
                                                  : NULL;
    if (part) { /* what is kept of it; the old one takes the next text */
        fs_buffer kept = *part;
        *part = s->text;
        s->text = kept;
    }
    if (strcmp(tag, "property") != 0) return;
    property *p = fs_arena_zero(s->arena, sizeof *p);
    if (p) *p = (property){s->first, trimmed(s->arena, &s->name), trimmed(s->arena, &s->value)};
    if (p && p->name && p->value)
        s->first = p;
    else
        s->full = true;
}

static fs_status fail_xml(XML_Parser parser, const char *path, fs_error *error)
{
    fs_fail(error, FS_RESOURCE, "%s", XML_ErrorString(XML_GetErrorCode(parser)));
    fs_error_at(error, path, (int64_t)XML_GetCurrentLineNumber(parser), NULL);
    fs_error_remedy(error,
                    "HADOOP_CONF_DIR names its folder: correct the file, or unset the variable");
    return FS_RESOURCE;
}

static fs_status parse_site(site *s, FILE *file, const char *path, fs_error *error)
{
    char chunk[16384];
    size_t got = 1;
    XML_Parser parser = XML_ParserCreate(NULL);
    if (!parser) return fs_fail_memory(error, 64);
    XML_SetUserData(parser, s);
    XML_SetElementHandler(parser, start_element, end_element);
    XML_SetCharacterDataHandler(parser, add_characters);
    fs_status status = FS_OK;
    while (status == FS_OK && got) {
        got = fread(chunk, 1, sizeof chunk, file);
        if (XML_Parse(parser, chunk, (int)got, got == 0) == XML_STATUS_ERROR)
            status = fail_xml(parser, path, error);
    }
    XML_ParserFree(parser);
    return status == FS_OK && s->full ? fs_fail_memory(error, 64) : status;
}

/* A file that is not there says nothing: a client need not have both. */
static fs_status read_site(site *s, const char *folder, const char *name, fs_error *error)
{
    const char *path = fs_arena_printf(s->arena, "%s/%s", folder, name);
    if (!path) return fs_fail_memory(error, 64);
    FILE *file = fopen(path, "rb");
    if (!file) return errno == ENOENT ? FS_OK : fs_fail_errno(error, "read", path);
    fs_status status = parse_site(s, file, path, error);
    fclose(file);
    return status;
}

static fs_status read_sites(site *s, fs_error *error)
{
    const char *folder = getenv("HADOOP_CONF_DIR");
    if (!folder || !*folder) return FS_OK;
    fs_status status = read_site(s, folder, "core-site.xml", error);
    if (status == FS_OK) status = read_site(s, folder, "hdfs-site.xml", error);
    fs_buffer_free(&s->text);
    fs_buffer_free(&s->name);
    fs_buffer_free(&s->value);
    return status;
}

/* The value of KEY, KEY.a, KEY.a.b; NULL where it is not set. */
static const char *setting(const site *s, const char *key, const char *a, const char *b)
{
    const char *name = fs_arena_printf(s->arena, "%s%s%s%s%s", key, a ? "." : "", a ? a : "",
                                       b ? "." : "", b ? b : "");
    for (const property *p = s->first; name && p; p = p->next)
        if (strcmp(p->name, name) == 0 && *p->value) return p->value;
    return NULL;
}

/* ---- namenodes ---- */

static fs_status add_namenode(fs_arena *arena, fs_hdfs_place *place, bool tls, const char *host,
                              size_t bytes, const char *port, fs_error *error)
{
    if (place->namenodes == FS_NAMENODES_MOST) return FS_OK;
    const char *url =
        fs_arena_printf(arena, "http%s://%.*s:%s", tls ? "s" : "", (int)bytes, host, port);
    if (!url) return fs_fail_memory(error, bytes);
    place->namenode[place->namenodes++] = url;
    return FS_OK;
}

/* Where the port begins in host:port, [::1]:port; NULL: there is none. */
static const char *port_of(const char *authority)
{
    const char *bracket = strchr(authority, ']'), *colon = strrchr(authority, ':');
    return colon && colon > (bracket ? bracket : authority) && colon[1] ? colon + 1 : NULL;
}

static size_t host_bytes(const char *authority)
{
    const char *port = port_of(authority);
    return port ? (size_t)(port - 1 - authority) : strlen(authority);
}

/* 0.0.0.0:9870 is every address of the namenode's own machine. */
static fs_status add_known(const site *s, fs_hdfs_place *place, const char *service,
                           const char *node, const char *rpc, fs_error *error)
{
    const char *policy = setting(s, "dfs.http.policy", NULL, NULL);
    bool tls = policy && strcmp(policy, "HTTPS_ONLY") == 0;
    const char *key = tls ? "dfs.namenode.https-address" : "dfs.namenode.http-address";
    const char *http = setting(s, key, service, node);
    if (!http && !rpc) return FS_OK;
    if (!http) http = tls ? "0.0.0.0:9871" : "0.0.0.0:9870";
    const char *port = port_of(http);
    bool any = strncmp(http, "0.0.0.0", 7) == 0;
    const char *host = any && rpc ? rpc : http;
    return add_namenode(s->arena, place, tls, host, host_bytes(host),
                        port  ? port
                        : tls ? "9871"
                              : "9870",
                        error);
}

/* The namenodes of a nameservice; none where it is no nameservice. */
static fs_status add_service(const site *s, fs_hdfs_place *place, const char *service,
                             fs_error *error)
{
    const char *nodes = setting(s, "dfs.ha.namenodes", service, NULL);
    while (nodes && *nodes) {
        nodes += strspn(nodes, ", ");
        size_t bytes = strcspn(nodes, ", ");
        const char *node = bytes ? fs_arena_strndup(s->arena, nodes, bytes) : NULL;
        if (bytes && !node) return fs_fail_memory(error, bytes);
        const char *rpc = node ? setting(s, "dfs.namenode.rpc-address", service, node) : NULL;
        if (node) FS_TRY(add_known(s, place, service, node, rpc, error));
        nodes += bytes;
    }
    return FS_OK;
}

/* host:port of fs.defaultFS; NULL where it is no address of HDFS. */
static const char *default_authority(const site *s)
{
    const char *url = setting(s, "fs.defaultFS", NULL, NULL);
    if (!url || strncmp(url, "hdfs://", 7) != 0) return NULL;
    return fs_arena_strndup(s->arena, url + 7, strcspn(url + 7, "/"));
}

static bool same_host(const char *a, const char *b)
{
    size_t bytes = host_bytes(a);
    return bytes == host_bytes(b) && strncasecmp(a, b, bytes) == 0;
}

/* Is it the one namenode that the configuration knows? */
static bool is_configured(const site *s, const char *authority, const char *rpc)
{
    const char *port = port_of(authority), *own = port_of(rpc);
    if (!setting(s, "dfs.namenode.http-address", NULL, NULL)) return false;
    if (!same_host(authority, rpc)) return false;
    return !port || strcmp(port, own ? own : "8020") == 0;
}

static fs_status by_rpc(const site *s, fs_hdfs_place *place, const char *authority, fs_error *error)
{
    FS_TRY(add_service(s, place, authority, error));
    if (place->namenodes) return FS_OK;
    const char *rpc = setting(s, "dfs.namenode.rpc-address", NULL, NULL);
    if (!rpc) rpc = default_authority(s);
    if (rpc && is_configured(s, authority, rpc)) return add_known(s, place, NULL, NULL, rpc, error);
    const char *port = port_of(authority);
    bool usual = !port || strcmp(port, "8020") == 0 || strcmp(port, "9000") == 0;
    return add_namenode(s->arena, place, false, authority, host_bytes(authority),
                        usual ? "9870" : port, error);
}

/* ---- the address ---- */

static fs_status fail_no_host(const char *address, fs_error *error)
{
    fs_fail(error, FS_USAGE, "%s names no namenode", address);
    fs_error_remedy(
        error, "write hdfs://HOST/path, or set HADOOP_CONF_DIR to the folder of a core-site.xml "
               "that has fs.defaultFS");
    return FS_USAGE;
}

static fs_status fail_user(const char *address, fs_error *error)
{
    fs_fail(error, FS_USAGE, "%s names a user before the host", address);
    fs_error_remedy(error, "name the user in HADOOP_USER_NAME, a delegation token in HADOOP_TOKEN");
    return FS_USAGE;
}

static fs_status find_namenodes(site *s, const char *scheme, const char *authority,
                                fs_hdfs_place *place, fs_error *error)
{
    bool tls = strncasecmp(scheme, "swebhdfs:", 9) == 0;
    const char *port = port_of(authority);
    if (tls || strncasecmp(scheme, "webhdfs:", 8) == 0)
        return add_namenode(s->arena, place, tls, authority, host_bytes(authority),
                            port  ? port
                            : tls ? "9871"
                                  : "9870",
                            error);
    return by_rpc(s, place, authority, error);
}

fs_status fs_hdfs_find(fs_arena *arena, const char *address, fs_hdfs_place *place, fs_error *error)
{
    site s = {.arena = arena};
    const char *filled;
    *place = (fs_hdfs_place){0};
    FS_TRY(fs_url_fill(arena, address, &filled, error));
    const char *from = strstr(filled, "://") + 3;
    size_t bytes = strcspn(from, "/");
    place->before = fs_arena_strndup(arena, filled, (size_t)(from - filled) + bytes);
    place->path = from[bytes] ? from + bytes : "/";
    const char *authority = fs_arena_strndup(arena, from, bytes);
    if (!place->before || !authority) return fs_fail_memory(error, bytes);
    if (strchr(authority, '@')) return fail_user(address, error);
    FS_TRY(read_sites(&s, error));
    if (!*authority) authority = default_authority(&s);
    if (!authority || !host_bytes(authority)) return fail_no_host(address, error);
    return find_namenodes(&s, filled, authority, place, error);
}
