/* wide.c: tables with a column per day, week or month, or per product (wide_products.c).
 *
 * A run of eight or more neighbouring columns is a series laid out sideways where their names are
 * dates, months or weeks (in the languages of wide_label.c), or one stem with numbers that go up
 * by one, and their cells are all numbers or all yes/no. Numbers alone are weak evidence: price1 …
 * price11 beside a column `week` are eleven prices, not eleven periods, so a run of numbers counts
 * only where nothing else in the table says when.
 *
 * The run is then replaced by two columns, label and value, as the reader of the file will do
 * (`unpivot` in foresell.yaml); all later work sees a long table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect_internal.h"

#define RUN_LEAST 8

bool fs_wide_periods(const fs_seen_table *table)
{
    return table->wide.kind != FS_LABEL_NONE && table->wide.kind != FS_LABEL_ITEM;
}

static bool is_number(fs_reading r)
{
    return r.kind == FS_READ_INTEGER || r.kind == FS_READ_NUMBER;
}

static bool is_measure(const fs_column_profile *p)
{
    return p->missing == p->rows || is_number(p->reading) || p->reading.kind == FS_READ_BOOL;
}

typedef struct label {
    fs_label kind;
    int64_t day;
    int step, stem;
    bool iso;
} label;

static bool follows(const label *a, const label *b)
{
    if (a->kind != b->kind || a->kind == FS_LABEL_NONE || b->day <= a->day) return false;
    if (a->kind == FS_LABEL_NUMBER) return a->stem == b->stem && b->day == a->day + 1;
    return b->day - a->day <= (a->kind == FS_LABEL_DAY ? 400 : 1);
}

/* The longest run of labels over columns that are measures. */
static void find_run(const fs_seen_table *table, const label *labels, int *first, int *count)
{
    *count = 0;
    for (int i = 0; i < table->columns;) {
        int j = i + 1;
        if (labels[i].kind == FS_LABEL_NONE || !is_measure(table->column[i].profile)) {
            i++;
            continue;
        }
        while (j < table->columns && is_measure(table->column[j].profile) &&
               follows(&labels[j - 1], &labels[j]) &&
               (labels[i].kind != FS_LABEL_NUMBER ||
                strncmp(table->column[i].name, table->column[j].name, (size_t)labels[i].stem) == 0))
            j++;
        if (j - i > *count) *first = i, *count = j - i;
        i = j;
    }
}

/* Does another column say when? */
static bool has_time(const fs_seen_table *table, int first, int count)
{
    const char *words = fs_canonical_at(FS_SALES)->column[0].words;
    for (int i = 0; i < table->columns; i++) {
        if (i >= first && i < first + count) continue;
        const fs_column_profile *p = table->column[i].profile;
        if (p->reading.kind >= FS_READ_DATE && p->distinct > 1) return true;
        if (p->reading.kind == FS_READ_INTEGER &&
            fs_words_fit(&table->column[i].words, words, NULL) > 0.4)
            return true;
    }
    return false;
}

/* Columns stem1 … stemN that are no run of periods. */
static void mark_numbered(fs_seen_table *table, const label *labels)
{
    for (int i = 0; i < table->columns; i++)
        if (labels[i].kind == FS_LABEL_NUMBER && labels[i].stem > 0)
            table->column[i].numbered = (int)labels[i].day;
}

/* ---- the two columns that take the run's place ------------------------------------------- */

static int common_step(const label *labels, int count)
{
    int64_t span = labels[count - 1].day - labels[0].day;
    double mean = (double)span / (count - 1);
    return mean < 4 ? 1 : mean < 11 ? 7 : mean < 45 ? 30 : mean < 120 ? 91 : 365;
}

static const char *value_name(const fs_seen_table *table, const fs_column_profile *values)
{
    static const char money[] =
        "amount revenue umsatz umsatze umsaetze erlos turnover betrag montant ca importe ventas "
        "valor receita fatturato omzet value dollars eur euro usd gbp";
    static const char pieces[] =
        "units qty quantity absatz menge stueck stuck pieces cantidad unidades quantite quantidade "
        "pezzi aantal ilosc volume demand";
    int named = fs_detect_named_table(&table->words);
    if (values->reading.kind == FS_READ_BOOL)
        return named == FS_PROMOTIONS ? "on_promotion" : "in_stock";
    if (named == FS_STOCK) return "on_hand";
    if (named == FS_PRICES) return "price";
    if (fs_words_has(&table->words, pieces)) return "units";
    if (fs_words_has(&table->words, money)) return "amount";
    return values->fractional * 20 > values->rows - values->missing ? "amount" : "units";
}

static bool are_stores(const fs_seen_table *table, const fs_wide *wide)
{
    for (int i = wide->first; i < wide->first + wide->count; i++)
        if (!fs_words_has(&table->column[i].words,
                          "store shop branch outlet filiale tienda magasin loja negozio"))
            return false;
    return true;
}

static const char *label_name(const fs_seen_table *table, const fs_wide *wide, fs_arena *arena)
{
    char stem[24];
    size_t n = 0;
    const char *name = table->column[wide->first].name;
    if (wide->kind == FS_LABEL_NUMBER) {
        for (int i = 0; i < wide->stem && n + 1 < sizeof stem; i++) {
            char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
            if (c >= 'a' && c <= 'z') stem[n++] = c;
        }
        stem[n] = 0;
        if (n) return fs_arena_strdup(arena, stem);
        return "period";
    }
    if (wide->kind == FS_LABEL_ITEM) return are_stores(table, wide) ? "store" : "item";
    return wide->kind == FS_LABEL_MONTH || wide->step == 30 ? "month"
           : wide->step == 7                                ? "week"
           : wide->step == 1                                ? "day"
                                                            : "period";
}

static const char *free_name(const fs_seen_table *table, const char *wanted, fs_arena *arena)
{
    const char *name = wanted;
    for (int k = 2; name; k++) {
        bool taken = false;
        for (int i = 0; i < table->columns; i++)
            taken = taken || strcasecmp(table->column[i].name, name) == 0;
        if (!taken) return name;
        name = fs_arena_printf(arena, "%s_%d", wanted, k);
    }
    return NULL;
}

static fs_status add_column(fs_detection *d, fs_seen_table *table, const char *name,
                            fs_column_profile *profile, int *index, fs_error *error)
{
    fs_seen_column *column = &table->column[table->columns];
    const char *free = name ? free_name(table, name, &d->arena) : NULL;
    if (!free) return fs_fail_memory(error, 32);
    *column = (fs_seen_column){.name = free,
                               .profile = profile,
                               .reading = profile->reading,
                               .numbered = -1,
                               .refers = -1};
    FS_TRY(fs_words_make(&d->arena, free, d->vocabulary, &column->words, error));
    *index = table->columns++;
    return FS_OK;
}

/* The labels as a column: all of the file's rows times the run. */
static fs_status label_profile(fs_detection *d, const fs_seen_table *table, fs_column_profile **out,
                               fs_error *error)
{
    const fs_wide *wide = &table->wide;
    fs_column_profile *p = fs_arena_alloc(&d->arena, sizeof *p);
    fs_profile *profile;
    if (!p) return fs_fail_memory(error, sizeof *p);
    FS_TRY(fs_profile_open(1, &profile, error));
    fs_status status = FS_OK;
    for (int i = 0; i < wide->count && status == FS_OK; i++) {
        const char *name = table->column[wide->first + i].name;
        status = fs_profile_add(profile, 0, name, strlen(name), false);
    }
    if (status == FS_OK)
        status = fs_profile_end(profile, error);
    else
        fs_fail_memory(error, sizeof *p);
    if (status == FS_OK) *p = *fs_profile_column(profile, 0);
    fs_profile_close(profile);
    FS_TRY(status);
    p->rows = table->rows * wide->count;
    p->ascending = false;
    if (wide->kind == FS_LABEL_DAY) {
        p->reading = (fs_reading){.kind = FS_READ_DATE, .order = FS_YMD};
        p->earliest = wide->day[0] * 86400000000LL;
        p->latest = wide->day[wide->count - 1] * 86400000000LL;
    }
    *out = p;
    return FS_OK;
}

static fs_status replace_run(fs_detection *d, fs_seen_table *table, fs_error *error)
{
    fs_wide *wide = &table->wide;
    fs_column_profile *labels = NULL, *values = fs_arena_alloc(&d->arena, sizeof *values);
    if (!values) return fs_fail_memory(error, sizeof *values);
    *values = *table->column[wide->first].profile;
    for (int i = wide->first; i < wide->first + wide->count; i++) {
        table->column[i].wide = true;
        if (i > wide->first) fs_detect_merge_profile(values, table->column[i].profile);
    }
    FS_TRY(label_profile(d, table, &labels, error));
    FS_TRY(add_column(d, table, label_name(table, wide, &d->arena), labels, &wide->label, error));
    table->column[wide->label].reading = (fs_reading){.kind = FS_READ_TEXT};
    return add_column(d, table, value_name(table, values), values, &wide->value, error);
}

static void read_labels(const fs_seen_table *table, bool month_first, label *labels)
{
    for (int i = 0; i < table->columns; i++)
        labels[i].kind = fs_label_read(table->column[i].name, month_first, &labels[i].day,
                                       &labels[i].step, &labels[i].stem, &labels[i].iso);
}

/* Numbers alone from 2009 to 2024 are years. */
static void years_are_dates(label *labels, int count)
{
    bool bare = labels[0].kind == FS_LABEL_NUMBER && labels[0].stem == 0;
    if (!bare || labels[0].day < 1900 || labels[count - 1].day >= 2200) return;
    for (int i = 0; i < count; i++) {
        labels[i].kind = FS_LABEL_DAY;
        labels[i].day = fs_days_from_civil((int32_t)labels[i].day, 1, 1);
    }
}

fs_status fs_detect_wide(fs_detection *d, fs_seen_table *table, fs_error *error)
{
    int first = 0, count = 0;
    label *labels = fs_arena_zero(&d->arena, sizeof *labels * (size_t)(table->columns + 1));
    if (!labels) return fs_fail_memory(error, sizeof *labels * (size_t)table->columns);
    read_labels(table, false, labels);
    find_run(table, labels, &first, &count);
    int days_first = count;
    read_labels(table, true, labels);
    find_run(table, labels, &first, &count);
    if (count <= days_first) {
        read_labels(table, false, labels);
        find_run(table, labels, &first, &count);
    }
    mark_numbered(table, labels);
    bool headless = table->file->format == FS_FORMAT_CSV && !table->file->sniffed.dialect.header;
    if (count < RUN_LEAST && !headless && fs_products_sideways(d, table, &first, &count)) {
        table->wide = (fs_wide){.kind = FS_LABEL_ITEM, .first = first, .count = count};
        return replace_run(d, table, error);
    }
    if (count < RUN_LEAST || headless) return FS_OK;
    if (labels[first].kind == FS_LABEL_NUMBER && has_time(table, first, count)) return FS_OK;
    years_are_dates(labels + first, count);
    fs_wide *wide = &table->wide;
    *wide = (fs_wide){.kind = labels[first].kind,
                      .first = first,
                      .count = count,
                      .iso = true,
                      .stem = labels[first].stem};
    wide->day = fs_arena_alloc(&d->arena, sizeof *wide->day * (size_t)count);
    if (!wide->day) return fs_fail_memory(error, sizeof *wide->day * (size_t)count);
    for (int i = 0; i < count; i++) {
        wide->day[i] = labels[first + i].day;
        wide->iso = wide->iso && labels[first + i].iso;
        table->column[first + i].numbered = -1;
    }
    if (wide->kind == FS_LABEL_DAY)
        wide->step = common_step(labels + first, count);
    else if (wide->kind == FS_LABEL_MONTH)
        wide->step = 30;
    else
        wide->step = labels[first].step;
    return replace_run(d, table, error);
}

/* ---- files dated by their names ------------------------------------------------------------- */

static bool says_when(const fs_seen_table *table)
{
    if (table->wide.kind != FS_LABEL_NONE || has_time(table, 0, 0)) return true;
    for (int i = 0; i < table->columns; i++) {
        const fs_column_profile *p = table->column[i].profile;
        int64_t cells = p->rows - p->missing;
        for (int order = 0; order < 8 && cells; order++)
            if (order != FS_DATE_SERIAL && order != FS_DATE_EPOCH && p->distinct > 1 &&
                p->dates[order] > cells / 2)
                return true;
    }
    return false;
}

/* Several files of which none says inside when, but each name another day, week or month. */
fs_status fs_detect_dated(fs_detection *d, fs_seen_table *table, fs_error *error)
{
    int64_t day = 0;
    int files = table->paths;
    if (files < 2 || says_when(table)) return FS_OK;
    fs_profile *profile;
    fs_column_profile *p = fs_arena_alloc(&d->arena, sizeof *p);
    if (!p) return fs_fail_memory(error, sizeof *p);
    FS_TRY(fs_profile_open(1, &profile, error));
    fs_status status = FS_OK;
    for (int i = 0; i < files && status == FS_OK; i++) {
        if (!fs_project_name_date(table->path[i], &day)) files = 0;
        fs_civil c = fs_civil_from_days(files ? day : 0);
        char text[16];
        int bytes = snprintf(text, sizeof text, "%04d-%02d-%02d", (int)c.year % 10000,
                             (int)c.month % 100, (int)c.day % 100);
        status = fs_profile_add(profile, 0, text, (size_t)bytes, false);
    }
    if (status == FS_OK) status = fs_profile_end(profile, error);
    if (status == FS_OK) *p = *fs_profile_column(profile, 0);
    fs_profile_close(profile);
    FS_TRY(status);
    if (!files || p->distinct < table->paths) return FS_OK; /* several of one period: parts */
    p->rows = table->rows;
    p->reading = (fs_reading){.kind = FS_READ_DATE, .order = FS_YMD};
    return add_column(d, table, "file_date", p, &table->dated, error);
}
