/* detect_group.c: files become raw tables.
 *
 * Exports come in pieces: a file per year, per month, per store, several sheets. Files are one raw
 * table where their columns have the same names (case, blanks and order aside) and nothing speaks
 * against it: a column that is a number in one and yes/no in the other, names of files that speak
 * of different things (sales_2023, stock_2023), or wide files about the same keys (then they are
 * different measures of the same things, not parts of one).
 *
 * The profiles of the pieces are added up; sketches are merged as bottom-k sketches are: the k
 * smallest hashes of the union (Beyer et al., SIGMOD 2007).
 */
#include <stdlib.h>
#include <string.h>

#include "detect_internal.h"

/* ---- adding up profiles -------------------------------------------------------------- */

static int by_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void merge_sketch(fs_column_profile *into, const fs_column_profile *from)
{
    uint64_t both[2 * FS_SKETCH];
    size_t n = 0, kept = 0;
    for (int i = 0; i < into->sketch_size; i++) both[n++] = into->sketch[i];
    for (int i = 0; i < from->sketch_size; i++) both[n++] = from->sketch[i];
    qsort(both, n, sizeof *both, by_hash);
    double most = into->distinct > from->distinct ? into->distinct : from->distinct;
    for (size_t i = 0; i < n && kept < FS_SKETCH; i++)
        if (!kept || into->sketch[kept - 1] != both[i]) into->sketch[kept++] = both[i];
    into->sketch_size = (int)kept;
    if (kept < FS_SKETCH)
        into->distinct = (double)kept;
    else {
        double estimate =
            (FS_SKETCH - 1) / ((double)into->sketch[FS_SKETCH - 1] / 18446744073709551616.0);
        into->distinct = estimate > most ? estimate : most;
    }
}

static fs_reading merge_reading(const fs_column_profile *a, const fs_column_profile *b)
{
    fs_reading x = a->reading, y = b->reading;
    if (a->missing == a->rows) return y;
    if (b->missing == b->rows) return x;
    if (x.kind == y.kind && (x.kind < FS_READ_DATE || x.order == y.order)) return x;
    bool numbers = (x.kind == FS_READ_INTEGER || x.kind == FS_READ_NUMBER) &&
                   (y.kind == FS_READ_INTEGER || y.kind == FS_READ_NUMBER);
    if (numbers) return x.kind == FS_READ_NUMBER ? x : y;
    if (x.kind >= FS_READ_DATE && y.kind >= FS_READ_DATE) {
        bool first = a->dates[x.order] + b->dates[x.order] >= a->dates[y.order] + b->dates[y.order];
        return (fs_reading){.kind = FS_READ_TIME, .order = first ? x.order : y.order};
    }
    return (fs_reading){.kind = FS_READ_TEXT};
}

static void merge_range(fs_column_profile *into, const fs_column_profile *from)
{
    int64_t here = into->rows - into->missing, there = from->rows - from->missing;
    if (there == 0) return;
    if (here == 0 || from->least < into->least) into->least = from->least;
    if (here == 0 || from->greatest > into->greatest) into->greatest = from->greatest;
    if (here == 0 || (from->latest && from->earliest < into->earliest) || !into->latest)
        into->earliest = from->earliest;
    if (from->latest > into->latest) into->latest = from->latest;
    if (here == 0 || from->shortest < into->shortest) into->shortest = from->shortest;
    if (from->longest > into->longest) into->longest = from->longest;
    into->mean = (into->mean * (double)here + from->mean * (double)there) / (double)(here + there);
}

static void merge_examples(fs_column_profile *into, const fs_column_profile *from)
{
    for (int i = 0; i < from->examples && into->examples < FS_EXAMPLES; i++) {
        bool there = false;
        for (int j = 0; j < into->examples; j++)
            there = there || strcmp(into->example[j], from->example[i]) == 0;
        if (!there)
            memcpy(into->example[into->examples++], from->example[i], sizeof into->example[0]);
    }
}

static void merge_profile(fs_column_profile *into, const fs_column_profile *from)
{
    fs_reading reading = merge_reading(into, from);
    merge_range(into, from);
    merge_sketch(into, from);
    merge_examples(into, from);
    into->rows += from->rows;
    into->missing += from->missing;
    into->integers += from->integers;
    into->numbers_point += from->numbers_point;
    into->numbers_comma += from->numbers_comma;
    into->bools += from->bools;
    for (int i = 0; i < 8; i++) into->dates[i] += from->dates[i];
    into->times += from->times;
    into->negative += from->negative;
    into->zero += from->zero;
    into->fractional += from->fractional;
    into->ascending = into->ascending && from->ascending;
    into->leading_zeros = into->leading_zeros || from->leading_zeros;
    into->unread += from->unread;
    into->reading = reading;
}

void fs_detect_merge_profile(fs_column_profile *into, const fs_column_profile *from)
{
    merge_profile(into, from);
}

/* ---- which files belong together ---------------------------------------------------- */

static bool is_number(fs_reading r)
{
    return r.kind == FS_READ_INTEGER || r.kind == FS_READ_NUMBER;
}

static bool types_clash(const fs_column_profile *a, const fs_column_profile *b)
{
    if (a->missing == a->rows || b->missing == b->rows) return false;
    bool bool_number =
        (a->reading.kind == FS_READ_BOOL && is_number(b->reading) && b->greatest > 1) ||
        (b->reading.kind == FS_READ_BOOL && is_number(a->reading) && a->greatest > 1);
    bool date_number = (a->reading.kind >= FS_READ_DATE && is_number(b->reading)) ||
                       (b->reading.kind >= FS_READ_DATE && is_number(a->reading));
    bool words = (a->reading.kind == FS_READ_BOOL) != (b->reading.kind == FS_READ_BOOL) &&
                 a->fractional + b->fractional;
    return bool_number || date_number || words;
}

/* The canonical table that a file's name speaks of; -1: none or several. */
int fs_detect_named_table(const fs_words *words)
{
    int found = -1;
    for (int t = 0; t < FS_CANONICAL_TABLES; t++) {
        if (!fs_words_has(words, fs_canonical_at(t)->words)) continue;
        if (found >= 0) return -1;
        found = t;
    }
    return found;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Letters of a file's name without digits and signs: "year_2009-2010.csv.gz" gives "year". */
static void stem_letters(const char *path, char *out, size_t room)
{
    size_t n = 0;
    for (const char *at = base_name(path); *at && *at != '.' && n + 1 < room; at++) {
        unsigned char c = (unsigned char)*at;
        if (c >= 'A' && c <= 'Z') c = (unsigned char)(c + 32);
        if ((c >= 'a' && c <= 'z') || c >= 0x80) out[n++] = (char)c;
    }
    out[n] = 0;
}

static bool same_stem(const char *a, const char *b)
{
    char x[128], y[128];
    stem_letters(a, x, sizeof x);
    stem_letters(b, y, sizeof y);
    return strcmp(x, y) == 0;
}

/* "public.sales_2023" is called sales_2023. */
static const char *after_schema(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot ? dot + 1 : name;
}

static int find_folded(const fs_seen_table *table, const char *folded)
{
    for (int i = 0; i < table->columns; i++)
        if (strcmp(table->column[i].why, folded) == 0) return i;
    return -1;
}

/* Wide files with the same keys are different measures. */
static bool same_keys(const fs_seen_table *table, const fs_file_profile *file, const int *place)
{
    if (file->columns < 12) return false;
    for (int i = 0; i < file->columns && i < 3; i++) {
        const fs_column_profile *a = &file->column[i], *b = table->column[place[i]].profile;
        if (a->distinct < 2 || is_number(a->reading) != is_number(b->reading)) continue;
        if (fs_profile_within(a, b) > 0.5) return true;
    }
    return false;
}

/* One raw table is read in one way. What is ASCII can be read in any encoding of bytes. */
static bool same_dialect(const fs_sniffed *first, const fs_sniffed *file)
{
    fs_dialect a = first->dialect, b = file->dialect;
    if (file->ascii && a.encoding == FS_LATIN1) b.encoding = a.encoding;
    return a.encoding == b.encoding && a.delimiter == b.delimiter && a.runs == b.runs &&
           a.widths == b.widths && memcmp(a.start, b.start, sizeof a.start) == 0 &&
           a.quote == b.quote && a.escape == b.escape && a.header == b.header && a.skip == b.skip;
}

/* Fills place[file column] = table column. (While grouping, `why` of a column is its folded name.) */
static fs_status belongs(fs_detection *d, const fs_seen_table *table, const fs_file_profile *file,
                         const fs_words *words, int *place, bool *yes, fs_error *error)
{
    const fs_file_profile *first = table->file;
    *yes = false;
    if (first->format != file->format || table->columns != file->columns) return FS_OK;
    if (!same_dialect(&first->sniffed, &file->sniffed)) return FS_OK;
    for (int i = 0; i < file->columns; i++) {
        const char *folded;
        FS_TRY(fs_words_fold(&d->arena, file->name[i], &folded, error));
        place[i] = find_folded(table, folded);
        if (place[i] < 0 || types_clash(&file->column[i], table->column[place[i]].profile))
            return FS_OK;
        for (int j = 0; j < i; j++)
            if (place[j] == place[i]) return FS_OK;
        if (place[i] != i && file->format != FS_FORMAT_CSV && file->format != FS_FORMAT_PARQUET)
            return FS_OK;
    }
    bool database = file->format == FS_FORMAT_DATABASE;
    bool stem = database ? same_stem(after_schema(table->sheet[0]), after_schema(file->table))
                         : same_stem(table->path[0], file->path);
    if (database && !stem) return FS_OK;
    if (file->format == FS_FORMAT_CSV && !file->sniffed.dialect.header && !stem) return FS_OK;
    int here = fs_detect_named_table(&table->words), there = fs_detect_named_table(words);
    if (here >= 0 && there >= 0 && here != there) return FS_OK;
    *yes = stem || !same_keys(table, file, place);
    return FS_OK;
}

/* ---- names of raw tables --------------------------------------------------------------- */

/* What SQL would have to quote, and the prelude's own table. */
static const char TAKEN[] =
    "numbers "
    "order group table select user index values end case from where join left right on as by "
    "all and or not null true false date time timestamp day week month year union set default in "
    "is like limit offset primary references to view create insert update delete column check "
    "unique when then else cross full inner natural using with window partition over distinct "
    "having desc asc any some cast";

static bool name_free(const fs_detection *d, const char *name)
{
    size_t bytes = strlen(name);
    if (!fs_table_name_good(name) || fs_table_is_of_files(name)) return false;
    if (fs_word_in(name, bytes, TAKEN) || fs_word_in(name, bytes, d->steps)) return false;
    for (int i = 0; i < d->tables; i++)
        if (d->table[i].name && strcmp(d->table[i].name, name) == 0) return false;
    return true;
}

/* A file's stem, or what the stems of several begin with, as [a-z][a-z0-9_]*. */
static fs_status name_table(fs_detection *d, fs_seen_table *table, fs_error *error)
{
    const char *first = base_name(table->path[0]);
    size_t same = strcspn(first, ".");
    for (int p = 1; p < table->paths; p++) {
        const char *other = base_name(table->path[p]);
        size_t n = 0;
        while (n < same && first[n] == other[n]) n++;
        same = n;
    }
    if (table->paths > 1)
        while (same && !((first[same - 1] | 32) >= 'a' && (first[same - 1] | 32) <= 'z')) same--;
    char stem[80];
    size_t n = 0;
    const char *part[2] = {first, table->file->table};
    for (int k = 0; k < 2 && part[k]; k++) {
        size_t bytes = k ? strlen(part[k]) : same;
        if (k && n && stem[n - 1] != '_') stem[n++] = '_';
        for (size_t i = 0; i < bytes && n < 60; i++) {
            char c = part[k][i];
            if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
            bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (good)
                stem[n++] = c;
            else if (n && stem[n - 1] != '_')
                stem[n++] = '_';
        }
    }
    while (n && stem[n - 1] == '_') n--;
    stem[n] = 0;
    bool letter = stem[0] >= 'a' && stem[0] <= 'z';
    const char *name = fs_arena_printf(&d->arena, "%s%s",
                                       n == 0   ? "table"
                                       : letter ? ""
                                                : "file_",
                                       stem);
    if (name && !name_free(d, name)) name = fs_arena_printf(&d->arena, "%s_file", name);
    for (int k = 2; name && !name_free(d, name); k++)
        name = fs_arena_printf(&d->arena, "%s%s_%d", letter ? "" : "file_", stem, k);
    if (!name) return fs_fail_memory(error, 80);
    table->name = name;
    return FS_OK;
}

/* ---- putting together -------------------------------------------------------------------- */

static fs_status file_words(fs_detection *d, const fs_file_profile *file, fs_words *words,
                            const char **text, fs_error *error)
{
    const char *base = base_name(file->path), *copy;
    size_t stem = strcspn(base, ".");
    bool plain =
        file->table &&
        (strncmp(file->table, "Sheet", 5) == 0 || strncmp(file->table, "Tabelle", 7) == 0 ||
         strncmp(file->table, "Feuil", 5) == 0 || strncmp(file->table, "Hoja", 4) == 0);
    copy = file->table && !plain ? fs_arena_printf(&d->arena, "%s", file->table)
                                 : fs_arena_strndup(&d->arena, base, stem);
    if (!copy) return fs_fail_memory(error, stem);
    *text = copy;
    return fs_words_make(&d->arena, copy, d->vocabulary, words, error);
}

static fs_status add_table(fs_detection *d, const fs_file_profile *file, const fs_words *words,
                           const char *text, fs_error *error)
{
    fs_seen_table *table = &d->table[d->tables];
    const char **path = fs_arena_alloc(&d->arena, 2 * sizeof *path);
    fs_seen_column *column = fs_arena_zero(&d->arena, sizeof *column * (size_t)(file->columns + 3));
    if (!path || !column) return fs_fail_memory(error, sizeof *column * (size_t)file->columns);
    path[0] = file->path;
    path[1] = file->table;
    *table = (fs_seen_table){.path = path,
                             .sheet = path + 1,
                             .paths = 1,
                             .file = file,
                             .rows = file->records,
                             .faults = file->faults,
                             .words = *words,
                             .file_words = text,
                             .column = column,
                             .columns = file->columns,
                             .dated = -1,
                             .home = -1};
    for (int i = 0; i < file->columns; i++) {
        column[i].name = file->name[i];
        column[i].numbered = column[i].refers = -1;
        column[i].profile = fs_arena_alloc(&d->arena, sizeof *column[i].profile);
        if (!column[i].profile) return fs_fail_memory(error, sizeof *column[i].profile);
        *column[i].profile = file->column[i];
        FS_TRY(fs_words_make(&d->arena, file->name[i], d->vocabulary, &column[i].words, error));
        FS_TRY(fs_words_fold(&d->arena, file->name[i], &column[i].why, error));
    }
    d->tables++;
    return FS_OK;
}

static fs_status join_table(fs_detection *d, fs_seen_table *table, const fs_file_profile *file,
                            const int *place, fs_error *error)
{
    size_t paths = (size_t)table->paths;
    const char **path = fs_arena_alloc(&d->arena, 2 * sizeof *path * (paths + 1));
    if (!path) return fs_fail_memory(error, sizeof *path * paths);
    const char **sheet = path + paths + 1;
    memcpy(path, table->path, sizeof *path * paths);
    memcpy(sheet, table->sheet, sizeof *path * paths);
    path[paths] = file->path;
    sheet[paths] = file->table;
    table->paths++;
    table->path = path;
    table->sheet = sheet;
    table->rows += file->records;
    table->faults += file->faults;
    for (int i = 0; i < file->columns; i++)
        merge_profile(table->column[place[i]].profile, &file->column[i]);
    return FS_OK;
}

static fs_status place_file(fs_detection *d, const fs_file_profile *file, int *place,
                            fs_error *error)
{
    fs_words words;
    const char *text = NULL;
    FS_TRY(file_words(d, file, &words, &text, error));
    for (int t = 0; t < d->tables; t++) {
        bool yes;
        FS_TRY(belongs(d, &d->table[t], file, &words, place, &yes, error));
        if (yes) return join_table(d, &d->table[t], file, place, error);
    }
    return add_table(d, file, &words, text, error);
}

fs_status fs_detect_group(fs_detection *d, const fs_file_profile *profile, int count,
                          fs_error *error)
{
    int most = 1;
    for (int i = 0; i < count; i++)
        if (profile[i].columns > most) most = profile[i].columns;
    d->table = fs_arena_zero(&d->arena, sizeof *d->table * (size_t)(count + 1));
    int *place = fs_arena_alloc(&d->arena, sizeof *place * (size_t)most);
    if (!d->table || !place) return fs_fail_memory(error, sizeof *d->table * (size_t)count);
    for (int i = 0; i < count; i++)
        if (profile[i].columns > 0) FS_TRY(place_file(d, &profile[i], place, error));
    for (int t = 0; t < d->tables; t++) {
        FS_TRY(name_table(d, &d->table[t], error));
        for (int i = 0; i < d->table[t].columns; i++) {
            fs_seen_column *column = &d->table[t].column[i];
            column->why = NULL;
            column->reading = column->profile->reading;
        }
    }
    return FS_OK;
}
