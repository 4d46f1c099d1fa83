/* The part `files:` of foresell.yaml: how each raw table is read. What is left out has the default of
 * a plain CSV file; the format follows from the name where it is not given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "yaml_internal.h"

/* ---- files: ---- */

/* A dialect's character: itself, a word for it, or none. */
static fs_status character_of(fs_yaml *r, const fs_yaml_node *e, char *character)
{
    const char *text;
    FS_TRY(fs_yaml_text_of(r, e, &text));
    static const struct {
        const char *word;
        char character;
    } words[] = {{"tab", '\t'}, {"\\t", '\t'},  {"space", ' '},     {"none", 0},
                 {"", 0},       {"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}};
    for (int i = 0; i < COUNT(words); i++)
        if (strcmp(words[i].word, text) == 0) return *character = words[i].character, FS_OK;
    if (strlen(text) != 1)
        return fs_yaml_fault(r, e->line, e->key,
                             "one character, tab, space or none is wanted here");
    *character = text[0];
    return FS_OK;
}

static fs_status skip_of(fs_yaml *r, const fs_yaml_node *e, int64_t *skip)
{
    const char *text;
    FS_TRY(fs_yaml_text_of(r, e, &text));
    if (!*text || strlen(text) > 9 || strspn(text, "0123456789") < strlen(text))
        return fs_yaml_fault(r, e->line, e->key, "a number of lines is wanted here");
    *skip = strtoll(text, NULL, 10);
    return FS_OK;
}

/* widths: [10, 8, rest]: characters of each column, the last one open. */
static fs_status widths_of(fs_yaml *r, const fs_yaml_node *e, fs_dialect *dialect)
{
    const char **text;
    int64_t at = 0;
    FS_TRY(fs_yaml_texts_of(r, e, &text, &dialect->widths));
    if (dialect->widths > FS_FIXED_MOST)
        return fs_yaml_fault(r, e->line, e->key, "there can be at most 256 columns of fixed width");
    for (int i = 0; i < dialect->widths; i++) {
        bool last = i + 1 == dialect->widths, rest = last && strcmp(text[i], "rest") == 0;
        dialect->start[i] = (uint16_t)at;
        if (rest) break;
        size_t digits = strspn(text[i], "0123456789");
        at += strtoll(text[i], NULL, 10);
        if (!digits || digits > 5 || text[i][digits] || at > UINT16_MAX)
            return fs_yaml_fault(r, e->line, e->key,
                                 "numbers of characters are wanted here, as in [10, 8, rest]");
    }
    return FS_OK;
}

/* columns: {Price: number, …} */
static fs_status columns_of(fs_yaml *r, const fs_yaml_node *e, fs_project_files *files)
{
    FS_TRY(fs_yaml_want_map(r, e));
    files->column =
        fs_arena_zero(&r->project->arena, sizeof *files->column * (size_t)(e->items + 1));
    if (!files->column) return fs_yaml_no_memory(r);
    for (const fs_yaml_node *column = e->child; column; column = column->next) {
        const char *format;
        FS_TRY(fs_yaml_text_of(r, column, &format));
        fs_raw_column *c = &files->column[files->columns++];
        c->name = column->key;
        if (fs_reading_parse(format, &c->reading, r->error) != FS_OK)
            return fs_error_at(r->error, r->project->file, column->line, column->key), FS_USAGE;
    }
    return FS_OK;
}

/* "d_1 .. d_9" is a range, anything else a column's name. */
static fs_status split_range(fs_yaml *r, fs_project_unpivot *u, int i)
{
    const char *dots = strstr(u->item[i], " .. ");
    if (!dots) return FS_OK;
    fs_arena *arena = &r->project->arena;
    u->last[i] = fs_arena_strdup(arena, dots + 4);
    u->item[i] = fs_arena_strndup(arena, u->item[i], (size_t)(dots - u->item[i]));
    return u->item[i] && u->last[i] ? FS_OK : fs_yaml_no_memory(r);
}

static fs_status unpivot_of(fs_yaml *r, const fs_yaml_node *e, fs_project_unpivot *u)
{
    static const char *const known[] = {"columns", "label", "value"};
    FS_TRY(fs_yaml_want_map(r, e));
    for (const fs_yaml_node *part = e->child; part; part = part->next) {
        if (strcmp(part->key, "columns") == 0)
            FS_TRY(fs_yaml_texts_of(r, part, &u->item, &u->items));
        else if (strcmp(part->key, "label") == 0)
            FS_TRY(fs_yaml_text_of(r, part, &u->label));
        else if (strcmp(part->key, "value") == 0)
            FS_TRY(fs_yaml_text_of(r, part, &u->value));
        else
            return fs_yaml_unknown(r, part->line, part->key, "in unpivot", known, COUNT(known));
    }
    if (!u->items || !u->label || !*u->label || !u->value || !*u->value ||
        !strcmp(u->label, u->value))
        return fs_yaml_fault(r, e->line, e->key,
                             "unpivot wants columns, label and value, of different names");
    u->last = fs_arena_zero(&r->project->arena, sizeof *u->last * (size_t)u->items);
    if (!u->last) return fs_yaml_no_memory(r);
    for (int i = 0; i < u->items; i++) FS_TRY(split_range(r, u, i));
    return FS_OK;
}

enum {
    PATH,
    PATHS,
    FORMAT,
    ENCODING,
    DELIMITER,
    RUNS,
    QUOTE,
    ESCAPE,
    HEADER,
    SKIP,
    WIDTHS,
    TABLE,
    TABLES,
    COLUMNS,
    UNPIVOT,
    DATED,
    MERGE,
    USE
};
static const char *const file_keys[] = {
    "path", "paths",  "format", "encoding", "delimiter", "runs",    "quote", "escape", "header",
    "skip", "widths", "table",  "tables",   "columns",   "unpivot", "dated", "merge",  "use"};

static fs_status file_key(fs_yaml *r, const fs_yaml_node *e, fs_project_files *f,
                          bool *format_given)
{
    static const char *const formats[] = {"csv", "parquet", "json", "xlsx", "database"};
    static const char *const encodings[] = {"utf-8", "latin-1", "utf-16le", "utf-16be"};
    static const char *const merges[] = {"nothing", "across files"};
    static const char *const uses[] = {"home", "lookup", "none"};
    int key = 0, choice = 0;
    while (key < COUNT(file_keys) && strcmp(file_keys[key], e->key) != 0) key++;
    switch (key) {
    case PATH:
    case PATHS: return fs_yaml_texts_of(r, e, &f->path, &f->paths);
    case FORMAT:
        FS_TRY(fs_yaml_choice_of(r, e, formats, COUNT(formats), &choice));
        *format_given = true;
        return f->format = (fs_format)choice, FS_OK;
    case ENCODING:
        FS_TRY(fs_yaml_choice_of(r, e, encodings, COUNT(encodings), &choice));
        return f->dialect.encoding = (fs_encoding)choice, FS_OK;
    case DELIMITER: return character_of(r, e, &f->dialect.delimiter);
    case QUOTE: return character_of(r, e, &f->dialect.quote);
    case ESCAPE: return character_of(r, e, &f->dialect.escape);
    case RUNS: return fs_yaml_bool_of(r, e, &f->dialect.runs);
    case HEADER: return fs_yaml_bool_of(r, e, &f->dialect.header);
    case SKIP: return skip_of(r, e, &f->dialect.skip);
    case WIDTHS: return widths_of(r, e, &f->dialect);
    case TABLE:
    case TABLES: return fs_yaml_texts_of(r, e, &f->table, &f->tables);
    case COLUMNS: return columns_of(r, e, f);
    case UNPIVOT: return unpivot_of(r, e, &f->unpivot);
    case DATED: return fs_yaml_text_of(r, e, &f->dated);
    case MERGE:
        FS_TRY(fs_yaml_choice_of(r, e, merges, COUNT(merges), &choice));
        return f->merge = choice == 1, FS_OK;
    case USE:
        FS_TRY(fs_yaml_choice_of(r, e, uses, COUNT(uses), &choice));
        return f->use = (fs_project_use)choice, FS_OK;
    default: break;
    }
    return fs_yaml_unknown(r, e->line, e->key, "in files", file_keys, COUNT(file_keys));
}

/* Format of a path whose entry does not say it; csv where the name tells nothing. */
static fs_format format_of_name(const char *path)
{
    static const struct {
        const char *end;
        fs_format format;
    } ends[] = {{".parquet", FS_FORMAT_PARQUET}, {".json", FS_FORMAT_JSON},
                {".jsonl", FS_FORMAT_JSON},      {".ndjson", FS_FORMAT_JSON},
                {".xlsx", FS_FORMAT_XLSX},       {".sqlite", FS_FORMAT_DATABASE},
                {".db", FS_FORMAT_DATABASE},     {".sqlite3", FS_FORMAT_DATABASE}};
    static const char *const servers[] = {"postgres://", "postgresql://", "mysql://", "sqlite://"};
    for (int i = 0; i < COUNT(servers); i++)
        if (strncasecmp(path, servers[i], strlen(servers[i])) == 0) return FS_FORMAT_DATABASE;
    size_t bytes = strlen(path);
    static const char *const packings[] = {".gz", ".zst"};
    for (int i = 0; i < COUNT(packings); i++) {
        size_t n = strlen(packings[i]);
        if (bytes > n && strcasecmp(path + bytes - n, packings[i]) == 0) bytes -= n;
    }
    for (int i = 0; i < COUNT(ends); i++) {
        size_t n = strlen(ends[i].end);
        if (bytes > n && strncasecmp(path + bytes - n, ends[i].end, n) == 0) return ends[i].format;
    }
    return FS_FORMAT_CSV;
}

static fs_status check_name(fs_yaml *r, const fs_yaml_node *e)
{
    if (!fs_table_name_good(e->key)) return fs_yaml_fault(r, e->line, e->key, fs_table_name_rule);
    if (fs_table_is_of_files(e->key))
        return fs_yaml_fault(r, e->line, e->key,
                             "a raw table can't have the name of a table that the run makes");
    return FS_OK;
}

static fs_status file_entry(fs_yaml *r, const fs_yaml_node *e, fs_project_files *f)
{
    FS_TRY(check_name(r, e));
    FS_TRY(fs_yaml_want_map(r, e));
    *f = (fs_project_files){.name = e->key, .line = e->line, .merge = true};
    f->dialect = (fs_dialect){.delimiter = ',', .quote = '"', .escape = '"', .header = true};
    bool format_given = false;
    for (const fs_yaml_node *part = e->child; part; part = part->next)
        FS_TRY(file_key(r, part, f, &format_given));
    if (!f->paths || !*f->path[0])
        return fs_yaml_fault(r, e->line, e->key, "paths is missing: which files are these?");
    if (f->dialect.widths) f->dialect.delimiter = f->dialect.quote = f->dialect.escape = 0;
    if (f->tables > 1 && f->paths > 1 && f->tables != f->paths)
        return fs_yaml_fault(
            r, e->line, e->key,
            "as many tables are wanted as there are paths, or one for all of them");
    if (!format_given) f->format = format_of_name(f->path[0]);
    return FS_OK;
}

fs_status fs_yaml_files(fs_yaml *r, const fs_yaml_node *e)
{
    FS_TRY(fs_yaml_want_map(r, e));
    fs_project *p = r->project;
    p->files = fs_arena_zero(&p->arena, sizeof *p->files * (size_t)(e->items + 1));
    if (!p->files) return fs_yaml_no_memory(r);
    for (const fs_yaml_node *part = e->child; part; part = part->next) {
        FS_TRY(file_entry(r, part, &p->files[p->files_count]));
        p->files_count++;
    }
    return FS_OK;
}
