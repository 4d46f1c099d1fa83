/* detect_said.c: what init understood, for people (a table per file) and for machines (JSON). */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roles_internal.h"

/* ---- words -------------------------------------------------------------------------------- */

static fs_status number(fs_buffer *out, int64_t n)
{
    char digits[32], grouped[48];
    int size = snprintf(digits, sizeof digits, "%lld", (long long)n), k = 0;
    for (int i = 0; i < size; i++) {
        if (i && (size - i) % 3 == 0 && digits[i - 1] != '-') grouped[k++] = ',';
        grouped[k++] = digits[i];
    }
    return fs_buffer_add(out, grouped, (size_t)k);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static fs_status add_base_name(const char *path, fs_buffer *out)
{
    fs_arena arena = {0};
    const char *shown = fs_url_shown(&arena, path);
    fs_status status = shown ? fs_buffer_text(out, base_name(shown)) : FS_MEMORY;
    fs_arena_free(&arena);
    return status;
}

/* Characters, not bytes, of UTF-8. */
static int width_of(const char *text)
{
    int n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static fs_status padded(fs_buffer *out, const char *text, int width)
{
    for (const char *at = text; *at; at++) {
        char c = (unsigned char)*at < 0x20 ? ' ' : *at;
        FS_TRY(fs_buffer_add(out, &c, 1));
    }
    for (int n = width_of(text); n < width; n++) FS_TRY(fs_buffer_text(out, " "));
    return FS_OK;
}

/* Which way round a column's dates are, and by how many cells that is decided. */
static fs_status date_order(const fs_seen_column *c, fs_buffer *out)
{
    const fs_column_profile *p = c->profile;
    fs_reading r = fs_time_reading(c);
    if (r.kind < FS_READ_DATE || (r.order != FS_DMY && r.order != FS_MDY)) return FS_OK;
    int64_t cells = p->rows - p->missing;
    int64_t other = p->dates[r.order == FS_DMY ? FS_MDY : FS_DMY], decided = cells - other;
    FS_TRY(
        fs_buffer_text(out, r.order == FS_DMY ? "; day before month: " : "; month before day: "));
    if (decided <= 0)
        return fs_buffer_text(out, p->date_ambiguous ? "no date decides it, assumed"
                                                     : "so they are first days of months");
    FS_TRY(number(out, decided));
    FS_TRY(fs_buffer_text(out, " of "));
    FS_TRY(number(out, cells));
    return fs_buffer_printf(out, " have a %s number over 12",
                            r.order == FS_DMY ? "first" : "second");
}

/* ---- for people ------------------------------------------------------------------------------- */

static fs_status what(const fs_seen_table *t, fs_buffer *out)
{
    for (int p = 0; p < t->paths && p < 4; p++) {
        FS_TRY(fs_buffer_text(out, p ? ", " : ""));
        FS_TRY(add_base_name(t->path[p], out));
        if (t->sheet[p]) FS_TRY(fs_buffer_printf(out, " (%s)", t->sheet[p]));
    }
    if (t->paths > 4) FS_TRY(fs_buffer_printf(out, " and %d more", t->paths - 4));
    FS_TRY(fs_buffer_text(out, ": "));
    FS_TRY(number(out, t->rows));
    FS_TRY(fs_buffer_text(out, " rows"));
    if (t->wide.kind != FS_LABEL_NONE)
        FS_TRY(fs_buffer_printf(out, " x %d %s side by side", t->wide.count,
                                t->wide.kind == FS_LABEL_ITEM ? "products" : "periods"));
    if (t->use == FS_USE_HOME)
        FS_TRY(fs_buffer_printf(out, ", %s (%.0f %%: %s)\n", fs_canonical_at(t->home)->name,
                                100 * t->sure, t->why));
    else
        FS_TRY(fs_buffer_printf(out, ", %s: %s\n",
                                t->use == FS_USE_LOOKUP ? "look-up" : "left alone", t->why));
    if (t->file->format != FS_FORMAT_CSV || t->use == FS_USE_NONE) return FS_OK;
    return t->file->sniffed.reason[0]
               ? fs_buffer_printf(out, "    written: %s\n", t->file->sniffed.reason)
               : FS_OK;
}

static const fs_seen_column *raw_column(const fs_seen_table *t, const char *name)
{
    for (int i = 0; name && i < t->columns; i++)
        if (strcmp(t->column[i].name, name) == 0) return &t->column[i];
    return NULL;
}

/* "a, b": the columns that tell who somebody is. */
static fs_status personal(const fs_seen_table *t, const char *before, fs_buffer *out)
{
    int found = 0;
    for (int i = 0; i < t->columns; i++)
        if (t->column[i].personal)
            FS_TRY(fs_buffer_printf(out, "%s%s", found++ ? ", " : before, t->column[i].name));
    return found ? fs_buffer_text(out, "\n") : FS_OK;
}

static fs_status map_lines(const fs_detection *d, const fs_map *map, fs_buffer *out)
{
    const fs_seen_table *t = &d->table[map->home];
    if (map->derived)
        FS_TRY(fs_buffer_printf(out, "    from its lines also %s\n",
                                fs_canonical_at(map->table)->name));
    for (int i = 0; i < map->columns; i++) {
        const fs_map_column *c = &map->column[i];
        if (!*c->note) continue;
        FS_TRY(fs_buffer_text(out, "    "));
        FS_TRY(padded(out, c->from ? c->from : "(no column)", 26));
        FS_TRY(fs_buffer_text(out, "  "));
        FS_TRY(padded(out, c->name, 15));
        FS_TRY(fs_buffer_printf(out, " %3.0f %%  %s", 100 * c->sure, c->note));
        const fs_seen_column *raw = raw_column(t, c->from);
        if (raw) FS_TRY(date_order(raw, out));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    int rest = 0;
    for (int i = 0; i < map->columns; i++) {
        if (*map->column[i].note || map->derived) continue;
        FS_TRY(fs_buffer_printf(
            out, "%s%s", rest++ ? ", " : "    kept under their own names: ", map->column[i].from));
    }
    if (rest) FS_TRY(fs_buffer_text(out, "\n"));
    if (map->derived) return FS_OK;
    return personal(t, "    left out, as they tell who somebody is: ", out);
}

static fs_status one_table(const fs_detection *d, int t, fs_buffer *out)
{
    FS_TRY(what(&d->table[t], out));
    for (int m = 0; m < d->maps; m++)
        if (d->map[m].home == t) FS_TRY(map_lines(d, &d->map[m], out));
    return FS_OK;
}

static fs_status settings(const fs_detection *d, fs_buffer *out)
{
    FS_TRY(fs_buffer_printf(out, "\nperiod %s (%s); an absent period means %s (%s)\n", d->period,
                            d->period_why, d->absent, d->absent_why));
    FS_TRY(fs_buffer_printf(out, "currency %s (%s); ", d->currency ? d->currency : "unknown",
                            d->currency ? d->currency_why : "--set currency=EUR"));
    return fs_buffer_printf(
        out, "country %s (%s)\n", d->country ? d->country : "unknown",
        d->country ? d->country_why
                   : "--set country=DE; else run asks on which days the shop was closed");
}

static bool mapped(const fs_detection *d, int canonical)
{
    for (int m = 0; m < d->maps; m++)
        if (d->map[m].table == canonical) return true;
    return false;
}

static fs_status missing_kinds(const fs_detection *d, fs_buffer *out)
{
    int n = 0;
    for (int k = 0; k < FS_CANONICAL_TABLES; k++)
        if (!mapped(d, k) && k != FS_OVERRIDES &&
            k != FS_SUPPLIERS) /* what nobody changed or asks for is not missing */
            FS_TRY(fs_buffer_printf(
                out, "%s%s", n++ ? ", " : "nothing was found for: ", fs_canonical_at(k)->name));
    if (n) FS_TRY(fs_buffer_text(out, "; what needs them is left out and the report says so\n"));
    if (d->sales < 0)
        FS_TRY(fs_buffer_text(out, "there are NO SALES in these files: no forecast can be made of "
                                   "them; if there are, name the file: "
                                   "--set sales.file=NAME\n"));
    return FS_OK;
}

/* ---- corrections that name nothing ------------------------------------------------------------ */

#define KNOWN 512

static int names_of_columns(const fs_detection *d, const char **known)
{
    int n = 0;
    for (int t = 0; t < d->tables; t++)
        for (int i = 0; i < d->table[t].columns && n < KNOWN; i++)
            if (!d->table[t].column[i].wide) known[n++] = d->table[t].column[i].name;
    return n;
}

static int names_of_tables(const fs_detection *d, const char **known)
{
    int n = 0;
    for (int t = 0; t < d->tables && n + 1 < KNOWN; t++) {
        known[n++] = d->table[t].name;
        known[n++] = base_name(d->table[t].path[0]);
    }
    return n;
}

/* sales.item, sales.file, currency …; texts live in the arena. */
static int names_of_keys(fs_arena *arena, const char **known)
{
    int n = 0;
    for (int k = 0; k < FS_CANONICAL_TABLES; k++) {
        const fs_canonical_table *t = fs_canonical_at(k);
        const char *file = fs_arena_printf(arena, "%s.file", t->name);
        if (file && n < KNOWN) known[n++] = file;
        for (int c = 0; t->column[c].name && n < KNOWN; c++) {
            const char *role = fs_arena_printf(arena, "%s.%s", t->name, t->column[c].name);
            if (role) known[n++] = role;
        }
    }
    static const char *const settings[] = {"name",       "currency", "country",
                                           "week_start", "period",   "absent"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings && n < KNOWN; i++)
        known[n++] = settings[i];
    return n;
}

static bool is_among(const char *word, const char *const *known, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(known[i], word) == 0) return true;
    return false;
}

/* Which part of a --set that was not used is no name, and what it may have meant. */
static fs_status not_used(const fs_detection *d, const char *set, fs_buffer *out)
{
    fs_arena arena = {0};
    const char *known[KNOWN], *nearest, *equals = strchr(set, '='), *what = "setting";
    char word[160] = "";
    size_t bytes = (size_t)(equals - set);
    int count = names_of_keys(&arena, known);
    if (bytes < sizeof word) memcpy(word, set, bytes), word[bytes] = 0;
    const char *dot = strrchr(word, '.');
    if (strncmp(word, "files.", 6) == 0) {
        what = "file";
        count = names_of_tables(d, known);
        word[6 + strcspn(word + 6, ".")] = 0;
        memmove(word, word + 6, strlen(word + 6) + 1);
        if (is_among(word, known, count)) what = "column", count = names_of_columns(d, known);
        const char *at = strstr(set, ".columns.");
        if (*what == 'c' && at) snprintf(word, sizeof word, "%.*s", (int)(equals - at - 9), at + 9);
        if (*what == 'c' && !at)
            return fs_arena_free(&arena),
                   fs_buffer_printf(
                       out,
                       "NOT USED: --set %s: of a file, use=none and columns.COLUMN can "
                       "be set; the rest stands in foresell.yaml\n",
                       set);
    } else if (is_among(word, known, count)) {
        bool file = dot && strcmp(dot, ".file") == 0;
        what = file ? "file" : "column";
        count = file ? names_of_tables(d, known) : names_of_columns(d, known);
        snprintf(word, sizeof word, "%s", equals + 1);
    }
    nearest = fs_project_nearest(word, known, count);
    for (int i = 0; i < count && !nearest && strlen(word) > 2; i++)
        if (strncasecmp(known[i], word, strlen(word)) == 0) nearest = known[i];
    fs_status status =
        fs_buffer_printf(out, "NOT USED: --set %s: there is no %s %s", set, what, word);
    if (status == FS_OK && nearest) status = fs_buffer_printf(out, "; the nearest is %s", nearest);
    fs_arena_free(&arena);
    return status == FS_OK ? fs_buffer_text(out, "\n") : status;
}

static fs_status corrections(const fs_detection *d, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(
        out, "\nTo correct: foresell init again with --force and, as often as you like,\n"
             "    --set sales.item=COLUMN  --set sales.file=FILE  --set "
             "'files.NAME.columns.COLUMN=date dmy'\n"
             "    --set files.NAME.use=none  --set currency=EUR  --set sales.start=2020-01-06\n"
             "or edit foresell.yaml and sources/*.sql.\n"));
    for (int s = 0; s < d->sets; s++)
        if (!d->set_used[s]) FS_TRY(not_used(d, d->set[s], out));
    return FS_OK;
}

static fs_status people(const fs_detection *d, fs_buffer *out)
{
    for (int t = 0; t < d->tables; t++) FS_TRY(one_table(d, t, out));
    for (int i = 0; i < d->lefts; i++) FS_TRY(fs_buffer_printf(out, "%s\n", d->left[i]));
    FS_TRY(settings(d, out));
    FS_TRY(missing_kinds(d, out));
    for (int i = 0; i < d->assumptions; i++)
        FS_TRY(fs_buffer_printf(out, "%s%s\n", i ? "  - " : "assumed:\n  - ", d->assumption[i]));
    if (fs_detect_has_secret(d))
        FS_TRY(fs_buffer_text(
            out, "foresell.yaml holds a PASSWORD as you gave it, and only you may read the file; "
                 "better write\n${NAME} in its place and set that variable where foresell runs\n"));
    return corrections(d, out);
}

bool fs_detect_has_secret(const fs_detection *d)
{
    for (int t = 0; t < d->tables; t++)
        for (int p = 0; p < d->table[t].paths; p++)
            if (fs_url_has_secret(d->table[t].path[p])) return true;
    return false;
}

fs_status fs_detect_say(const fs_detection *d, fs_buffer *out, fs_error *error)
{
    return people(d, out) == FS_OK ? FS_OK : fs_fail_memory(error, 1024);
}

/* ---- for machines -------------------------------------------------------------------------------- */

static json_t *map_json(const fs_map *map, const fs_seen_table *home)
{
    json_t *columns = json_array();
    for (int i = 0; i < map->columns; i++) {
        const fs_map_column *c = &map->column[i];
        bool rest = !*c->note;
        json_array_append_new(columns, json_pack("{s:s?, s:s, s:f, s:b, s:s}", "from", c->from,
                                                 "to", c->name, "sure", rest ? 0.0 : c->sure,
                                                 "passes_through", rest, "why", c->note));
    }
    json_t *personal = json_array();
    for (int i = 0; !map->derived && i < home->columns; i++)
        if (home->column[i].personal)
            json_array_append_new(personal, json_string(home->column[i].name));
    return json_pack("{s:s, s:s, s:b, s:o, s:o}", "table", fs_canonical_at(map->table)->name,
                     "mapping", map->file, "derived", map->derived, "columns", columns, "personal",
                     personal);
}

static json_t *shown_json(const char *path)
{
    fs_arena arena = {0};
    const char *shown = fs_url_shown(&arena, path);
    json_t *text = json_string(shown ? shown : "");
    fs_arena_free(&arena);
    return text;
}

static json_t *table_json(const fs_detection *d, int t)
{
    static const char *const uses[] = {
        [FS_USE_NONE] = "none", [FS_USE_LOOKUP] = "lookup", [FS_USE_HOME] = "home"};
    const fs_seen_table *table = &d->table[t];
    json_t *paths = json_array(), *maps = json_array();
    for (int p = 0; p < table->paths; p++) json_array_append_new(paths, shown_json(table->path[p]));
    for (int m = 0; m < d->maps; m++)
        if (d->map[m].home == t)
            json_array_append_new(maps, map_json(&d->map[m], &d->table[d->map[m].home]));
    return json_pack("{s:s, s:o, s:s?, s:I, s:s, s:s?, s:f, s:s?, s:i, s:o}", "name", table->name,
                     "paths", paths, "sheet", table->file->table, "rows", (json_int_t)table->rows,
                     "use", uses[table->use], "table",
                     table->use == FS_USE_HOME ? fs_canonical_at(table->home)->name : NULL, "sure",
                     table->sure, "why", table->why, "periods",
                     table->wide.kind != FS_LABEL_NONE ? table->wide.count : 0, "mappings", maps);
}

static json_t *texts(const char **text, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) json_array_append_new(list, json_string(text[i]));
    return list;
}

fs_status fs_detect_json(const fs_detection *d, fs_buffer *out, fs_error *error)
{
    json_t *files = json_array();
    for (int t = 0; t < d->tables; t++) json_array_append_new(files, table_json(d, t));
    json_t *root = json_pack(
        "{s:s, s:s?, s:s?, s:s, s:s, s:o, s:o, s:o}", "name", d->name, "currency", d->currency,
        "country", d->country, "period", d->period, "absent", d->absent, "files", files,
        "left_alone", texts(d->left, d->lefts), "assumed", texts(d->assumption, d->assumptions));
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
    fs_status status = text ? fs_buffer_printf(out, "%s\n", text) : FS_MEMORY;
    free(text);
    json_decref(root);
    return status == FS_OK ? FS_OK : fs_fail_memory(error, 1024);
}
