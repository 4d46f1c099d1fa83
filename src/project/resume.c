/* Digests of canonical tables, and tables of an earlier run taken over.
 *
 * A table's digest covers all that it hangs on: the program's version, the text of its mappings, how
 * each raw table that they read is read, the content of its files, and the policies. An ingest
 * leaves `ingest.json` in its run folder as its last act; a later run with --resume that finds the
 * same digests there links the tables instead of making them. A local file whose size and times
 * of change are as noted has the digest noted, also of its inode, which nothing sets back; one that
 * was touched is read to see, and so is a database with a write-ahead file beside it; anything
 * remote is read again, and what was made of it decides which steps are.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "project_internal.h"

/* ---- digests ---- */

static void add_text(fs_digest *digest, const char *text)
{
    fs_digest_add(digest, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void add_number(fs_digest *digest, int64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)number);
    add_text(digest, text);
}

/* How a raw table is read, and what is in its files. */
static void add_raw(fs_digest *digest, const fs_project_ingest *in, int r)
{
    const fs_project_files *f = in->raw[r].files;
    add_text(digest, f->name);
    add_number(digest, f->format);
    for (int i = 0; i < f->tables; i++) add_text(digest, f->table[i]);
    add_number(digest, f->dialect.encoding * 1000 + (unsigned char)f->dialect.delimiter);
    add_number(digest, (unsigned char)f->dialect.quote * 1000 + (unsigned char)f->dialect.escape);
    add_number(digest, f->dialect.runs + 2 * f->dialect.header + 4 * f->merge);
    add_number(digest, f->dialect.skip);
    for (int i = 0; i < f->dialect.widths; i++) add_number(digest, f->dialect.start[i]);
    for (int i = 0; i < f->columns; i++) {
        char reading[64];
        fs_reading_format(f->column[i].reading, reading, sizeof reading);
        add_text(digest, f->column[i].name);
        add_text(digest, reading);
    }
    add_text(digest, f->dated);
    add_text(digest, f->unpivot.label);
    add_text(digest, f->unpivot.value);
    for (int i = 0; i < f->unpivot.items; i++) {
        add_text(digest, f->unpivot.item[i]);
        add_text(digest, f->unpivot.last[i]);
    }
    for (int i = 0; i < in->files; i++) {
        if (in->file[i].raw != r) continue;
        add_number(digest, in->file[i].number);
        add_text(digest, in->file[i].file);
        add_text(digest, in->file[i].digest);
    }
}

/* What comes from a server or a folder has no digest of its own: that of what was made of it stands for it. */
static void add_made(fs_digest *digest, const fs_project_ingest *in, const char *table)
{
    char path[4096], made[FS_DIGEST_HEX] = "";
    int64_t bytes;
    int length = snprintf(path, sizeof path, "%s/tables/%s.parquet", in->folder, table);
    if (length < 0 || (size_t)length >= sizeof path ||
        fs_engine_digest(in->engine, path, FS_FORMAT_PARQUET, &bytes, made, NULL) != FS_OK)
        made[0] = '\0';
    add_text(digest, made);
}

static bool has_no_digest(const fs_project_ingest *in, int r)
{
    for (int i = 0; i < in->files; i++)
        if (in->file[i].raw == r && !in->file[i].digest[0]) return true;
    return false;
}

static void table_digest(const fs_project_ingest *in, fs_project_table *t)
{
    bool made = false;
    fs_digest digest;
    fs_digest_start(&digest);
    add_text(&digest, fs_version());
    add_text(&digest, t->table->name);
    fs_project_identities_digest(&in->identities, &digest);
    for (int i = 0; i < t->mappings; i++) {
        const fs_project_mapping *m = &in->mapping[t->first + i];
        add_text(&digest, m->step->digest);
        for (int k = 0; k < m->raws; k++) {
            add_raw(&digest, in, m->raw[k]);
            made = made || has_no_digest(in, m->raw[k]);
        }
    }
    if (made) add_made(&digest, in, t->table->name);
    const fs_project *p = in->project;
    for (int i = 0; i < p->policies; i++) {
        if (p->policy[i].table != t->table) continue;
        add_text(&digest, p->policy[i].column);
        add_number(&digest, p->policy[i].missing);
        add_text(&digest, p->policy[i].fill);
    }
    fs_digest_end(&digest, t->digest);
}

fs_status fs_project_ingest_digests(fs_project_ingest *in, fs_error *error)
{
    (void)error;
    bool made = false;
    fs_digest digest;
    fs_digest_start(&digest);
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) {
        table_digest(in, &in->table[i]);
        add_text(&digest, in->table[i].digest);
    }
    for (int r = 0; r < in->raws; r++)
        if (in->raw[r].uses) {
            add_raw(&digest, in, r);
            made = made || has_no_digest(in, r);
        }
    if (made) add_made(&digest, in, "quarantine");
    fs_digest_end(&digest, in->digest);
    return FS_OK;
}

/* ---- what an earlier run noted ---- */

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int64_t fs_project_nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t number_at(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* A write-ahead file that is not empty may hold what is not in its database yet. */
static bool has_log(const char *path)
{
    char log[4096];
    struct stat info;
    int length = snprintf(log, sizeof log, "%s-wal", path);
    if (length < 0 || (size_t)length >= sizeof log) return true;
    return stat(log, &info) == 0 && info.st_size > 0;
}

/* The file is as noted, by its size and times; else by its bytes. */
static bool is_unchanged(fs_engine *engine, const json_t *note, const char *path, fs_format format,
                         const fs_project_file_account *f, const struct stat *info)
{
    char digest[FS_DIGEST_HEX];
    int64_t bytes;
    bool database = format == FS_FORMAT_DATABASE;
    if (S_ISDIR(info->st_mode)) return false; /* what changed in it, its own times don't tell */
    if (f->modified == number_at(note, "modified") && f->changed == number_at(note, "changed") &&
        info->st_size == number_at(note, "size") &&
        !(database && (has_log(path) || f->bytes != info->st_size)))
        return true;
    return fs_engine_digest(engine, path, format, &bytes, digest, NULL) == FS_OK &&
           strcmp(digest, f->digest) == 0;
}

/* The file's account from the note, if the file still is what was noted. */
static bool same_file(fs_engine *engine, const json_t *note, const char *path, fs_format format,
                      fs_project_file_account *f)
{
    struct stat info;
    if (strcmp(text_at(note, "path"), f->file) != 0 || stat(path, &info) != 0) return false;
    f->bytes = number_at(note, "bytes");
    f->rows = number_at(note, "rows");
    f->kept = number_at(note, "kept");
    f->quarantined = number_at(note, "quarantined");
    f->merged = number_at(note, "merged");
    f->modified = fs_project_nanoseconds(info.st_mtim);
    f->changed = fs_project_nanoseconds(info.st_ctim);
    snprintf(f->digest, sizeof f->digest, "%s", text_at(note, "digest"));
    return is_unchanged(engine, note, path, format, f, &info);
}

static bool same_files(fs_project_ingest *in, const json_t *note)
{
    const json_t *files = json_object_get(note, "files");
    int count = 0;
    for (int r = 0; r < in->raws; r++)
        if (in->raw[r].uses) count += in->raw[r].raw.paths;
    if (json_array_size(files) != (size_t)count) return false;
    fs_project_file_account *file = fs_arena_zero(&in->arena, sizeof *file * (size_t)(count + 1));
    if (!file) return false;
    for (int r = 0; r < in->raws; r++) {
        const fs_project_raw *raw = &in->raw[r];
        for (int i = 0; raw->uses && i < raw->raw.paths; i++) {
            int number = raw->first_file + i;
            file[number] =
                (fs_project_file_account){.file = raw->shown[i], .raw = r, .number = number};
            if (!same_file(in->engine, json_array_get(files, (size_t)number), raw->raw.path[i],
                           raw->raw.format, &file[number]))
                return false;
        }
    }
    in->file = file;
    in->files = count;
    return true;
}

static void read_table(const json_t *note, fs_project_table *t)
{
    t->rows = number_at(note, "rows");
    t->refused = number_at(note, "refused");
    t->merged = number_at(note, "merged");
    t->superseded = number_at(note, "superseded");
    const json_t *columns = json_object_get(note, "columns");
    for (int i = 0; t->table->column[i].name; i++) {
        const json_t *column = json_object_get(columns, t->table->column[i].name);
        t->count[i].missing = number_at(column, "missing");
        t->count[i].not_finite = number_at(column, "not_finite");
    }
}

static void read_note(fs_project_ingest *in, const json_t *note)
{
    const json_t *tables = json_object_get(note, "tables"), *homes = json_object_get(note, "homes");
    for (int i = 0; i < FS_CANONICAL_TABLES; i++)
        read_table(json_object_get(tables, in->table[i].table->name), &in->table[i]);
    for (int r = 0; r < in->raws; r++) {
        const json_t *home = json_object_get(homes, in->raw[r].files->name);
        in->home[r] = home ? (int)json_integer_value(home) : -1;
        if (in->home[r] < 0 || in->home[r] >= FS_CANONICAL_TABLES) in->home[r] = -1;
    }
    in->quarantined = number_at(note, "quarantined");
}

/* ---- taking tables over ---- */

static bool copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wb") : NULL;
    char chunk[65536];
    size_t got;
    bool good = in && out;
    while (good && (got = fread(chunk, 1, sizeof chunk, in)) > 0)
        good = fwrite(chunk, 1, got, out) == got;
    if (in) good = !ferror(in) && good, fclose(in);
    if (out) good = fclose(out) == 0 && good;
    return good;
}

static bool take_over(fs_project_ingest *in, const char *earlier, const char *name)
{
    const char *from = fs_arena_printf(&in->arena, "%s/tables/%s.parquet", earlier, name);
    const char *to = fs_arena_printf(&in->arena, "%s/tables/%s.parquet", in->folder, name);
    if (!from || !to || access(from, R_OK) != 0) return false;
    if (strcmp(earlier, in->folder) == 0) return true;
    unlink(to);
    return link(from, to) == 0 || copy_file(from, to);
}

static bool take_all(fs_project_ingest *in, const char *earlier)
{
    bool good = take_over(in, earlier, "quarantine") && take_over(in, earlier, "source_files");
    for (int i = 0; i < FS_CANONICAL_TABLES && good; i++)
        good = take_over(in, earlier, in->table[i].table->name);
    return good;
}

bool fs_project_ingest_reuse(fs_project_ingest *in, const char *earlier)
{
    const char *path = fs_arena_printf(&in->arena, "%s/ingest.json", earlier);
    json_t *note = path ? json_load_file(path, 0, NULL) : NULL;
    bool same = note && same_files(in, note) && fs_project_ingest_digests(in, NULL) == FS_OK &&
                strcmp(text_at(note, "digest"), in->digest) == 0 && take_all(in, earlier);
    if (same) read_note(in, note);
    json_decref(note);
    if (!same) {
        in->file = NULL;
        in->files = 0;
        return false;
    }
    in->skipped = true;
    const char *to = fs_arena_printf(&in->arena, "%s/ingest.json", in->folder);
    return to && fs_project_ingest_save(in, to, NULL) == FS_OK;
}
