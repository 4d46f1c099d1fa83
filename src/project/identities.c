/* What becomes of customers' numbers in this project: the setting privacy.customer, the salt, and the list of those
 * who are forgotten.
 *
 *     PROJECT/forgotten.txt
 *         # remarks
 *         key 64 hexadecimal digits, drawn when the file is made
 *         32 hexadecimal digits a customer: the keyed digest of the number, or of the pseudonym
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "project_internal.h"

#define SALT_NAME    "FORESELL_SALT"
#define SALT_LEAST   16 /* bytes: what nobody tries out */
#define KEY_LETTERS  (2 * sizeof(fs_identity_key))
#define MARK_LETTERS (FS_IDENTITY_TEXT - 2)

/* ---- the salt ---- */

static fs_status no_salt(bool given, fs_error *error)
{
    if (given)
        fs_fail(error, FS_USAGE, "privacy.customer: " SALT_NAME " is shorter than %d bytes",
                SALT_LEAST);
    else
        fs_fail(error, FS_USAGE,
                "privacy.customer: hash needs a salt, and " SALT_NAME " is not set");
    return fs_error_remedy(error,
                           "put a secret of %d signs or more into " SALT_NAME
                           " and keep it: with another one the same customers get other names",
                           SALT_LEAST),
           FS_USAGE;
}

static unsigned char from_hex(const char *two)
{
    char text[3] = {two[0], two[1], 0};
    return (unsigned char)strtoul(text, NULL, 16);
}

static void key_from_hex(const char *hex, fs_identity_key *key)
{
    for (size_t i = 0; i < sizeof key->byte; i++) key->byte[i] = from_hex(hex + 2 * i);
}

static fs_status read_salt(fs_project *project, fs_identities *identities, fs_error *error)
{
    if (strcmp(fs_project_setting(project, "privacy.customer"), "hash") != 0) return FS_OK;
    const char *salt = getenv(SALT_NAME);
    size_t bytes = salt ? strlen(salt) : 0;
    if (bytes < SALT_LEAST) return no_salt(bytes > 0, error);
    fs_digest digest;
    char hex[FS_DIGEST_HEX];
    fs_digest_start(&digest);
    fs_digest_add(&digest, salt, bytes);
    fs_digest_end(&digest, hex);
    key_from_hex(hex, &identities->salt);
    identities->salted = true;
    return FS_OK;
}

/* ---- the list ---- */

static bool is_hex(const char *text, size_t bytes)
{
    return strspn(text, "0123456789abcdef") >= bytes;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static fs_status bad_line(const char *path, int64_t line, fs_error *error)
{
    fs_fail(error, FS_USAGE, "not a line that foresell forget writes");
    fs_error_at(error, path, line, NULL);
    return fs_error_remedy(error, "take the line out, or bring back the file as it was"), FS_USAGE;
}

typedef struct list {
    fs_arena *arena;
    fs_identities *identities;
    const char **mark;
    int room;
    bool has_key;
} list;

static fs_status add_mark(list *l, const char *mark, size_t bytes, fs_error *error)
{
    int count = l->identities->count;
    const char **more = fs_arena_grow(l->arena, l->mark, count, &l->room, sizeof *more);
    if (!more) return fs_fail_memory(error, bytes);
    l->mark = more;
    more[count] = fs_arena_strndup(l->arena, mark, bytes);
    if (!more[count]) return fs_fail_memory(error, bytes);
    l->identities->forgotten = more;
    l->identities->count++;
    return FS_OK;
}

static fs_status read_line(list *l, char *line, const char *path, int64_t number, fs_error *error)
{
    size_t bytes = strcspn(line, "\r");
    line[bytes] = '\0';
    if (!bytes || line[0] == '#') return FS_OK;
    if (strncmp(line, "key ", 4) == 0 && bytes == 4 + KEY_LETTERS &&
        is_hex(line + 4, KEY_LETTERS)) {
        key_from_hex(line + 4, &l->identities->key);
        l->has_key = true;
        return FS_OK;
    }
    if (!l->has_key || bytes != MARK_LETTERS || !is_hex(line, bytes))
        return bad_line(path, number, error);
    return add_mark(l, line, bytes, error);
}

static fs_status read_list(list *l, const char *path, fs_error *error)
{
    size_t bytes;
    if (access(path, F_OK) != 0) return FS_OK;
    char *text = fs_project_read_file(l->arena, path, &bytes, error);
    if (!text) return error ? error->status : FS_FAILED;
    int64_t number = 0;
    for (char *line; (line = strsep(&text, "\n"));)
        FS_TRY(read_line(l, line, path, ++number, error));
    if (l->mark) qsort(l->mark, (size_t)l->identities->count, sizeof *l->mark, compare_texts);
    return FS_OK;
}

static const char *list_path(const fs_project *project, fs_arena *arena)
{
    return fs_project_path(arena, project->folder, "forgotten.txt");
}

fs_status fs_project_identities(fs_project *project, fs_arena *arena, fs_identities *identities,
                                fs_error *error)
{
    *identities = (fs_identities){0};
    const char *path = list_path(project, arena);
    if (!path) return fs_fail_memory(error, 0);
    list l = {.arena = arena, .identities = identities};
    FS_TRY(read_salt(project, identities, error));
    return read_list(&l, path, error);
}

void fs_project_identities_digest(const fs_identities *identities, fs_digest *digest)
{
    fs_digest_add(digest, &identities->salted, sizeof identities->salted);
    fs_digest_add(digest, &identities->salt, sizeof identities->salt);
    for (int i = 0; i < identities->count; i++)
        fs_digest_add(digest, identities->forgotten[i], MARK_LETTERS);
}

/* ---- writing it ---- */

static fs_status draw_key(fs_identity_key *key, fs_error *error)
{
    if (getrandom(key->byte, sizeof key->byte, 0) == (ssize_t)sizeof key->byte) return FS_OK;
    return fs_fail_errno(error, "draw", "a random key");
}

static fs_status list_text(const fs_identities *identities, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(
        out,
        "# Customers who are forgotten, as foresell forget wrote them down: digests of their\n"
        "# numbers. Runs leave them out. Keep this file as long as their rows stand in yours.\n"
        "key "));
    for (size_t i = 0; i < sizeof identities->key.byte; i++)
        FS_TRY(fs_buffer_printf(out, "%02x", identities->key.byte[i]));
    FS_TRY(fs_buffer_text(out, "\n"));
    for (int i = 0; i < identities->count; i++)
        FS_TRY(fs_buffer_printf(out, "%s\n", identities->forgotten[i]));
    return FS_OK;
}

fs_status fs_project_forget_marks(fs_project *project, fs_arena *arena, fs_identities *identities,
                                  const char *const *customer, int customers, fs_error *error)
{
    static const fs_identity_key none = {{0}};
    list l = {.arena = arena, .identities = identities};
    for (int i = 0; i < identities->count; i++) { /* a copy that may grow */
        int at = i;
        l.mark = fs_arena_grow(arena, l.mark, at, &l.room, sizeof *l.mark);
        if (!l.mark) return fs_fail_memory(error, 0);
        l.mark[i] = identities->forgotten[i];
    }
    if (memcmp(&identities->key, &none, sizeof none) == 0)
        FS_TRY(draw_key(&identities->key, error));
    for (int i = 0; i < customers; i++) {
        char mark[FS_IDENTITY_TEXT];
        if (fs_identity_forgotten(identities, customer[i], strlen(customer[i]))) continue;
        fs_identity_mark(identities, customer[i], strlen(customer[i]), mark);
        FS_TRY(add_mark(&l, mark, strlen(mark), error));
        qsort(l.mark, (size_t)identities->count, sizeof *l.mark, compare_texts);
    }
    fs_buffer text = {0};
    const char *path = list_path(project, arena);
    fs_status status = path ? list_text(identities, &text) : FS_MEMORY;
    status = status == FS_OK ? fs_engine_write_file(path, text.data, text.size, error)
                             : fs_fail_memory(error, text.size);
    fs_buffer_free(&text);
    return status;
}
