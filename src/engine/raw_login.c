/* How other machines are reached and know us: certificates, keys of object stores, databases.
 *
 * Nothing of it stands in the project unless the user wrote it there: S3 keys, region and endpoint come
 * from the usual AWS_… variables, those of Azure from AZURE_STORAGE_CONNECTION_STRING, certificates of one's
 * own from SSL_CERT_FILE, a password from ${NAME} in the address, PGPASSWORD, ~/.pgpass or MYSQL_PWD. Passwords
 * go to DuckDB as secrets of this session, and are cut out of whatever its drivers say when they fail.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "raw_internal.h"

static const char *variable(const char *name, const char *other)
{
    const char *value = getenv(name);
    if ((!value || !*value) && other) value = getenv(other);
    return value && *value ? value : NULL;
}

/* Appends ", KEY 'VALUE'" where there is a value. */
static fs_status add_option(fs_buffer *sql, const char *key, const char *value)
{
    if (!value) return FS_OK;
    FS_TRY(fs_buffer_printf(sql, ", %s ", key));
    return fs_engine_add_text(sql, value);
}

static fs_status run(fs_engine *engine, fs_status written, fs_buffer *sql, fs_error *error)
{
    fs_status status =
        written == FS_OK ? fs_engine_execute(engine, sql->data, error) : fs_fail_memory(error, 256);
    fs_buffer_free(sql);
    return status;
}

/* ---- https ---- */

/* A server that is busy (429, 503, SlowDown), or breaks off, is asked again five times, in eight seconds. */
static fs_status be_patient(fs_engine *engine, fs_error *error)
{
    return fs_engine_execute(engine,
                             "set global http_retries = 5; set global http_retry_wait_ms = 250; "
                             "set global http_retry_backoff = 2",
                             error);
}

/* A shop's own authority: the usual variables of OpenSSL and curl. NULL: the system's. */
static fs_status find_certificates(const char **file, fs_error *error)
{
    *file = variable("SSL_CERT_FILE", "CURL_CA_BUNDLE");
    if (!*file || access(*file, R_OK) == 0) return FS_OK;
    fs_fail_errno(error, "read the certificates", *file);
    fs_error_remedy(error, "SSL_CERT_FILE names them: correct or unset it");
    return FS_RESOURCE;
}

static fs_status trust(fs_engine *engine, fs_error *error)
{
    const char *file;
    fs_buffer sql = {0};
    FS_TRY(find_certificates(&file, error));
    if (!file) return FS_OK;
    fs_status status = fs_buffer_text(&sql, "set global ca_cert_file = ");
    if (status == FS_OK) status = fs_engine_add_text(&sql, file);
    return run(engine, status, &sql, error);
}

/* ---- S3 ---- */

/* http://127.0.0.1:9000/ is a host and whether it speaks TLS. */
static fs_status add_endpoint(fs_buffer *sql, const char *endpoint)
{
    bool plain = strncasecmp(endpoint, "http://", 7) == 0;
    const char *host = strstr(endpoint, "://");
    host = host ? host + 3 : endpoint;
    size_t bytes = strlen(host);
    while (bytes && host[bytes - 1] == '/') bytes--;
    char name[512];
    if (bytes >= sizeof name) bytes = sizeof name - 1;
    memcpy(name, host, bytes);
    name[bytes] = '\0';
    FS_TRY(add_option(sql, "endpoint", name));
    /* only Amazon's own serves each bucket under a name of its own without being told */
    bool amazon = strstr(name, "amazonaws.com") != NULL;
    FS_TRY(add_option(sql, "url_style", amazon ? "vhost" : "path"));
    return fs_buffer_printf(sql, ", use_ssl %s", plain ? "false" : "true");
}

static fs_status write_s3(fs_buffer *sql)
{
    const char *endpoint = variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
    FS_TRY(fs_buffer_text(sql, "create or replace temporary secret fs_s3 (type s3"));
    FS_TRY(add_option(sql, "key_id", variable("AWS_ACCESS_KEY_ID", NULL)));
    FS_TRY(add_option(sql, "secret", variable("AWS_SECRET_ACCESS_KEY", NULL)));
    FS_TRY(add_option(sql, "session_token", variable("AWS_SESSION_TOKEN", NULL)));
    FS_TRY(add_option(sql, "region", variable("AWS_REGION", "AWS_DEFAULT_REGION")));
    if (endpoint) FS_TRY(add_endpoint(sql, endpoint));
    return fs_buffer_text(sql, ")");
}

/* ---- Azure ---- */

/* Its own transport looks for certificates where Red Hat keeps them; "curl" wherever a Linux does, and first in the
 * file that CURL_CA_INFO names. */
static fs_status log_in_to_azure(fs_engine *engine, fs_error *error)
{
    const char *connection = variable("AZURE_STORAGE_CONNECTION_STRING", NULL), *file;
    fs_buffer sql = {0};
    FS_TRY(find_certificates(&file, error));
    FS_TRY(fs_engine_execute(engine, "set global azure_transport_option_type = 'curl'", error));
    if (!connection) return FS_OK;
    fs_status status =
        fs_buffer_text(&sql, "create or replace temporary secret fs_azure (type azure");
    if (status == FS_OK) status = add_option(&sql, "connection_string", connection);
    if (status == FS_OK) status = fs_buffer_text(&sql, ")");
    return run(engine, status, &sql, error);
}

/* ---- once each ---- */

static fs_status log_in_to_web(fs_engine *engine, fs_error *error)
{
    FS_TRY(be_patient(engine, error));
    FS_TRY(trust(engine, error));
    fs_buffer sql = {0};
    fs_status status = write_s3(&sql);
    return run(engine, status, &sql, error);
}

fs_status fs_raw_login(fs_engine *engine, const char *extension, fs_error *error)
{
    bool azure = strcmp(extension, "azure") == 0;
    bool *known = azure ? &engine->known_to_azure : &engine->known_to_web;
    fs_status status = FS_OK;
    pthread_mutex_lock(&engine->introducing);
    if (!*known) status = azure ? log_in_to_azure(engine, error) : log_in_to_web(engine, error);
    *known = status == FS_OK;
    pthread_mutex_unlock(&engine->introducing);
    return status;
}

/* ---- databases ---- */

typedef struct driver {
    const char *type, *extension;
} driver;

static driver driver_of(const char *path)
{
    if (strncasecmp(path, "postgres", 8) == 0 && fs_url_is(path))
        return (driver){"postgres", "postgres_scanner"};
    if (strncasecmp(path, "mysql://", 8) == 0) return (driver){"mysql", "mysql_scanner"};
    return (driver){"sqlite", "sqlite_scanner"};
}

const char *fs_raw_sqlite_file(const char *path)
{
    return strncasecmp(path, "sqlite://", 9) == 0 ? path + 9 : path;
}

/* What else the address says (sslmode=require) goes to the driver as it is; ours are `table` of a source, `schema` of
 * what is written to. */
static fs_status add_options(fs_arena *arena, fs_buffer *sql, const fs_url *url, bool write,
                             fs_error *error)
{
    const char *query = url->query, *key, *value;
    fs_buffer options = {0};
    fs_status status = FS_OK;
    for (;;) {
        status = fs_url_option(arena, &query, &key, &value, error);
        if (status != FS_OK || !key) break;
        if (strcmp(key, write ? "schema" : "table") == 0) continue;
        if (fs_buffer_printf(&options, "%s%s='%s'", options.size ? " " : "", key, value) != FS_OK)
            status = fs_fail_memory(error, 64);
    }
    if (status == FS_OK && fs_engine_add_text(sql, options.size ? options.data : "") != FS_OK)
        status = fs_fail_memory(error, 64);
    fs_buffer_free(&options);
    return status;
}

static fs_status make_secret(fs_engine *engine, const fs_url *url, const char *type,
                             long long number, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(
        &sql, "create or replace temporary secret fs_secret_%lld (type %s", number, type);
    if (status == FS_OK) status = add_option(&sql, "host", url->host);
    if (status == FS_OK) status = add_option(&sql, "port", url->port);
    if (status == FS_OK) status = add_option(&sql, "database", url->path);
    if (status == FS_OK) status = add_option(&sql, "user", url->user);
    if (status == FS_OK) status = add_option(&sql, "password", url->password);
    if (status == FS_OK) status = fs_buffer_text(&sql, ")");
    return run(engine, status, &sql, error);
}

static fs_status attach_server(fs_engine *engine, fs_arena *arena, const fs_url *url,
                               const char *type, long long number, bool write, fs_error *error)
{
    fs_buffer sql = {0};
    FS_TRY(make_secret(engine, url, type, number, error));
    fs_status status = fs_buffer_text(&sql, "attach ") == FS_OK
                           ? add_options(arena, &sql, url, write, error)
                           : fs_fail_memory(error, 64);
    if (status != FS_OK) {
        fs_buffer_free(&sql);
        return status;
    }
    status = fs_buffer_printf(&sql, " as fs_db_%lld (type %s, secret fs_secret_%lld%s)", number,
                              type, number, write ? "" : ", read_only");
    return run(engine, status, &sql, error);
}

static fs_status attach_file(fs_engine *engine, const char *path, long long number, bool write,
                             fs_error *error)
{
    fs_buffer sql = {0};
    FS_TRY(fs_engine_execute(engine,
                             write ? "set global sqlite_all_varchar = false"
                                   : "set global sqlite_all_varchar = true",
                             error));
    fs_status status = fs_buffer_text(&sql, "attach ");
    if (status == FS_OK) status = fs_engine_add_text(&sql, path);
    if (status == FS_OK)
        status = fs_buffer_printf(&sql, " as fs_db_%lld (type sqlite%s)", number,
                                  write ? "" : ", read_only");
    return run(engine, status, &sql, error);
}

/* ---- what is said when it fails ---- */

/* Cuts every `secret` out of `text`; one of less than three letters would tear words apart. */
static void cut_out(char *text, const char *secret)
{
    size_t bytes = secret ? strlen(secret) : 0;
    if (bytes < 3) return;
    for (char *at = text; (at = strstr(at, secret)); at += 3) {
        memcpy(at, "***", 3);
        memmove(at + 3, at + bytes, strlen(at + bytes) + 1);
    }
}

static fs_status fail_database(const char *doing, const char *path, const fs_url *url,
                               fs_arena *arena, fs_error *error)
{
    fs_error cause = *error;
    if (url) cut_out(cause.message, url->password);
    const char *shown = fs_url_shown(arena, path), *said = cause.message;
    /* 'Unable to connect to Postgres at "…": why': the address comes from us */
    const char *why = strstr(said, "\": ");
    if (url && why) said = why + 3;
    return fs_fail(error, FS_RESOURCE, "cannot %s the database %s: %s", doing, shown ? shown : "",
                   said);
}

static bool is_told(const fs_error *error)
{
    return !error || error->status == FS_MEMORY || error->status == FS_CANCELLED;
}

fs_status fs_raw_fail_database(const char *doing, const char *path, fs_error *error)
{
    fs_arena arena = {0};
    fs_url url;
    if (is_told(error)) return error ? error->status : FS_RESOURCE;
    bool server = driver_of(path).type[0] != 's' && fs_url_parse(&arena, path, &url, NULL) == FS_OK;
    fail_database(doing, path, server ? &url : NULL, &arena, error);
    fs_arena_free(&arena);
    return FS_RESOURCE;
}

static fs_status fail_attach(const char *path, const fs_url *url, fs_arena *arena, fs_error *error)
{
    if (is_told(error)) return error ? error->status : FS_RESOURCE;
    fail_database("open", path, url, arena, error);
    bool mysql = url && strcasecmp(url->scheme, "mysql") == 0;
    if (url)
        fs_error_remedy(error,
                        "check that the server runs, its address, user, password and database; the "
                        "password may stand as ${NAME} in the address, or in %s",
                        mysql ? "MYSQL_PWD" : "PGPASSWORD or ~/.pgpass");
    else
        fs_error_remedy(error, "is it an SQLite database, and whole?");
    return FS_RESOURCE;
}

/* ---- databases, once each ---- */

static bool find_attached(fs_engine *engine, const char *path, long long *number)
{
    pthread_mutex_lock(&engine->lock);
    const struct fs_attached *at = engine->attached;
    while (at && strcmp(at->path, path) != 0) at = at->next;
    if (at) *number = at->number;
    pthread_mutex_unlock(&engine->lock);
    return at != NULL;
}

static void note_attached(fs_engine *engine, const char *path, long long number)
{
    pthread_mutex_lock(&engine->lock);
    struct fs_attached *entry = fs_arena_zero(&engine->names, sizeof *entry);
    char *copy = fs_arena_strdup(&engine->names, path);
    if (entry && copy) { /* else it is attached once more, under another name */
        *entry = (struct fs_attached){.next = engine->attached, .path = copy, .number = number};
        engine->attached = entry;
    }
    pthread_mutex_unlock(&engine->lock);
}

static fs_status attach(fs_engine *engine, fs_arena *arena, const char *path, long long number,
                        bool write, fs_error *error)
{
    driver d = driver_of(path);
    fs_url url;
    FS_TRY(fs_engine_extension(engine, d.extension, error));
    if (strcmp(d.type, "sqlite") == 0) {
        const char *file = fs_raw_sqlite_file(path);
        FS_TRY(fs_raw_local(engine, file, &file, error));
        if (!write && access(file, R_OK) != 0) return fs_fail_errno(error, "read", file);
        if (attach_file(engine, file, number, write, error) == FS_OK) return FS_OK;
        return fail_attach(path, NULL, arena, error);
    }
    FS_TRY(fs_url_parse(arena, path, &url, error));
    if (attach_server(engine, arena, &url, d.type, number, write, error) == FS_OK) return FS_OK;
    return fail_attach(path, &url, arena, error);
}

static fs_status attach_new(fs_engine *engine, const char *path, bool write, long long *number,
                            fs_error *error)
{
    fs_arena arena = {0};
    fs_error fault = {0};
    *number = fs_engine_serial(engine);
    fs_status status = attach(engine, &arena, path, *number, write, &fault);
    fs_arena_free(&arena);
    if (status != FS_OK && error) *error = fault;
    return status;
}

fs_status fs_raw_attach(fs_engine *engine, const char *path, long long *number, fs_error *error)
{
    if (find_attached(engine, path, number)) return FS_OK;
    FS_TRY(attach_new(engine, path, false, number, error));
    note_attached(engine, path, *number);
    return FS_OK;
}

fs_status fs_raw_attach_to_write(fs_engine *engine, const char *path, long long *number,
                                 fs_error *error)
{
    return attach_new(engine, path, true, number, error);
}
