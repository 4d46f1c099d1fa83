/* yaml_write.c: foresell.yaml as init writes it: few lines, each with its reason, in the order in which
 * a person asks. Texts are quoted wherever YAML could take them for something else. */
#include <stdio.h>
#include <string.h>

#include "detect_internal.h"

static bool plain(const char *text)
{
    size_t bytes = strlen(text);
    static const char words[] = "true false yes no on off null y n";
    if (!bytes || fs_word_in(text, bytes, words)) return false;
    bool letter = (text[0] | 32) >= 'a' && (text[0] | 32) <= 'z';
    for (const char *at = text; *at && letter; at++)
        letter = ((*at | 32) >= 'a' && (*at | 32) <= 'z') || (*at >= '0' && *at <= '9') ||
                 strchr("_-./", *at);
    return letter && strcasecmp(text, "nan") != 0 && strcasecmp(text, "inf") != 0;
}

static fs_status scalar(fs_buffer *out, const char *text)
{
    if (plain(text)) return fs_buffer_text(out, text);
    FS_TRY(fs_buffer_text(out, "\""));
    for (const char *at = text; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == '"' || c == '\\')
            FS_TRY(fs_buffer_printf(out, "\\%c", c));
        else if (c < 0x20 || c == 0x7F)
            FS_TRY(fs_buffer_printf(out, "\\x%02x", c));
        else
            FS_TRY(fs_buffer_add(out, at, 1));
    }
    return fs_buffer_text(out, "\"");
}

static fs_status remark(fs_buffer *out, const char *text)
{
    FS_TRY(fs_buffer_text(out, "  # "));
    for (const char *at = text; *at; at++) {
        char c = (unsigned char)*at < 0x20 ? ' ' : *at;
        FS_TRY(fs_buffer_add(out, &c, 1));
    }
    return fs_buffer_text(out, "\n");
}

static fs_status setting(fs_buffer *out, const char *key, const char *value, const char *why)
{
    FS_TRY(fs_buffer_printf(out, "%s: ", key));
    FS_TRY(scalar(out, value ? value : ""));
    return remark(out, why);
}

/* ---- files ---------------------------------------------------------------------------------- */

static const char *const formats[] = {[FS_FORMAT_CSV] = "csv",
                                      [FS_FORMAT_PARQUET] = "parquet",
                                      [FS_FORMAT_JSON] = "json",
                                      [FS_FORMAT_XLSX] = "xlsx",
                                      [FS_FORMAT_DATABASE] = "database"};
static const char *const encodings[] = {[FS_UTF8] = "utf-8",
                                        [FS_LATIN1] = "latin-1",
                                        [FS_UTF16LE] = "utf-16le",
                                        [FS_UTF16BE] = "utf-16be"};

static fs_status mark(fs_buffer *out, const char *key, char c)
{
    FS_TRY(fs_buffer_printf(out, "    %s: ", key));
    if (c == '\t')
        FS_TRY(fs_buffer_text(out, "tab"));
    else if (c == ' ')
        FS_TRY(fs_buffer_text(out, "space"));
    else if (c == 0)
        FS_TRY(fs_buffer_text(out, "none"));
    else if (c == '"' || c == '\\')
        FS_TRY(fs_buffer_printf(out, "'%c'", c));
    else if ((unsigned char)c < 0x20)
        FS_TRY(fs_buffer_printf(out, "\"\\x%02x\"", (unsigned)c));
    else
        FS_TRY(fs_buffer_printf(out, "\"%c\"", c));
    return fs_buffer_text(out, "\n");
}

/* Of the last column the width is open. */
static fs_status widths(fs_buffer *out, const fs_dialect *d)
{
    FS_TRY(fs_buffer_text(out, "    widths: ["));
    for (int i = 1; i < d->widths; i++)
        FS_TRY(fs_buffer_printf(out, "%d, ", d->start[i] - d->start[i - 1]));
    return fs_buffer_text(out, "rest]  # characters of each column\n");
}

static fs_status dialect(fs_buffer *out, const fs_dialect *d)
{
    if (d->encoding != FS_UTF8)
        FS_TRY(fs_buffer_printf(out, "    encoding: %s\n", encodings[d->encoding]));
    if (d->widths)
        FS_TRY(widths(out, d));
    else
        FS_TRY(mark(out, "delimiter", d->delimiter));
    if (d->runs) FS_TRY(fs_buffer_text(out, "    runs: true\n"));
    if (!d->widths && d->quote != '"') FS_TRY(mark(out, "quote", d->quote));
    if (!d->widths && d->escape != '"') FS_TRY(mark(out, "escape", d->escape));
    if (!d->header) FS_TRY(fs_buffer_text(out, "    header: false\n"));
    return d->skip ? fs_buffer_printf(out, "    skip: %lld\n", (long long)d->skip) : FS_OK;
}

static fs_status columns(fs_buffer *out, const fs_seen_table *t)
{
    bool any = false;
    for (int i = 0; i < t->columns; i++) {
        const fs_seen_column *c = &t->column[i];
        char form[32];
        bool label = t->wide.kind != FS_LABEL_NONE && i == t->wide.label;
        if (!c->used || c->wide || label || i == t->dated) continue;
        fs_reading_format(c->reading, form, sizeof form);
        FS_TRY(fs_buffer_text(out, any ? "      " : "    columns:\n      "));
        any = true;
        FS_TRY(scalar(out, c->name));
        FS_TRY(fs_buffer_text(out, ": "));
        FS_TRY(scalar(out, form));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    return FS_OK;
}

static fs_status unpivot(fs_buffer *out, const fs_seen_table *t)
{
    const fs_wide *w = &t->wide;
    if (w->kind == FS_LABEL_NONE) return FS_OK;
    fs_buffer range = {0};
    fs_status status = fs_buffer_printf(&range, "%s .. %s", t->column[w->first].name,
                                        t->column[w->first + w->count - 1].name);
    if (status == FS_OK) status = fs_buffer_text(out, "    unpivot:\n      columns: [");
    if (status == FS_OK) status = scalar(out, range.data);
    fs_buffer_free(&range);
    FS_TRY(status);
    FS_TRY(fs_buffer_printf(out, "]  # %d columns, one a period\n      label: ", w->count));
    FS_TRY(scalar(out, t->column[w->label].name));
    FS_TRY(fs_buffer_text(out, "\n      value: "));
    FS_TRY(scalar(out, t->column[w->value].name));
    return fs_buffer_text(out, "\n");
}

/* Sheets or database tables: one for all paths, or one each. */
static fs_status tables(fs_buffer *out, const fs_seen_table *t)
{
    bool same = true;
    for (int i = 1; i < t->paths; i++) same = same && strcmp(t->sheet[i], t->sheet[0]) == 0;
    FS_TRY(fs_buffer_text(out, same ? "    table: " : "    tables:\n"));
    for (int i = 0; i < (same ? 1 : t->paths); i++) {
        if (!same) FS_TRY(fs_buffer_text(out, "      - "));
        FS_TRY(scalar(out, t->sheet[i]));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    return FS_OK;
}

static fs_status file(fs_buffer *out, const fs_seen_table *t)
{
    static const char *const uses[] = {
        [FS_USE_NONE] = "none", [FS_USE_LOOKUP] = "lookup", [FS_USE_HOME] = "home"};
    FS_TRY(fs_buffer_printf(out, "  %s:", t->name));
    FS_TRY(remark(out, t->use == FS_USE_HOME ? fs_canonical_at(t->home)->name : t->why));
    FS_TRY(fs_buffer_text(out, t->paths == 1 ? "    path: " : "    paths:\n"));
    for (int p = 0; p < t->paths; p++) {
        if (t->paths > 1) FS_TRY(fs_buffer_text(out, "      - "));
        FS_TRY(scalar(out, t->path[p]));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    FS_TRY(fs_buffer_printf(out, "    format: %s\n", formats[t->file->format]));
    if (t->file->table) FS_TRY(tables(out, t));
    const fs_dialect *d = &t->file->sniffed.dialect;
    if (t->file->format == FS_FORMAT_CSV) FS_TRY(dialect(out, d));
    if (t->file->format == FS_FORMAT_XLSX && d->skip)
        FS_TRY(
            fs_buffer_printf(out, "    skip: %lld  # rows above the header\n", (long long)d->skip));
    if (t->use != FS_USE_NONE) FS_TRY(columns(out, t));
    if (t->use != FS_USE_NONE) FS_TRY(unpivot(out, t));
    if (t->use != FS_USE_NONE && t->dated >= 0) {
        FS_TRY(fs_buffer_text(out, "    dated: "));
        FS_TRY(scalar(out, t->column[t->dated].name));
        FS_TRY(remark(out, "column with the first day of the period that the file's name tells"));
    }
    if (t->paths > 1)
        FS_TRY(fs_buffer_text(out, "    merge: across files  # a row that stands in several files "
                                   "counts once; or: nothing\n"));
    return fs_buffer_printf(out, "    use: %s\n", uses[t->use]);
}

/* ---- sources ----------------------------------------------------------------------------------- */

static fs_status source(fs_buffer *out, const fs_detection *d, int canonical)
{
    int count = 0, n = 0;
    for (int i = 0; i < d->maps; i++) count += d->map[i].table == canonical;
    if (!count) return FS_OK;
    FS_TRY(
        fs_buffer_printf(out, "  %s: %s", fs_canonical_at(canonical)->name, count > 1 ? "[" : ""));
    for (int i = 0; i < d->maps; i++)
        if (d->map[i].table == canonical)
            FS_TRY(fs_buffer_printf(out, "%s%s", n++ ? ", " : "", d->map[i].file));
    return fs_buffer_text(out, count > 1 ? "]\n" : "\n");
}

static fs_status extra_settings(fs_buffer *out, const fs_detection *d)
{
    static const char known[] = "name currency country week_start period absent dates";
    for (int s = 0; s < d->sets; s++) {
        const char *equals = strchr(d->set[s], '=');
        if (!equals) continue;
        char key[64];
        size_t bytes = (size_t)(equals - d->set[s]);
        if (bytes >= sizeof key || fs_word_in(d->set[s], bytes, known)) continue;
        memcpy(key, d->set[s], bytes);
        key[bytes] = 0;
        if (!fs_setting_find(key)) continue;
        d->set_used[s] = true;
        FS_TRY(fs_buffer_printf(out, "%s: %s  # as you said\n", key, equals + 1));
    }
    return FS_OK;
}

static bool was_set(const fs_detection *d, const char *key)
{
    size_t bytes = strlen(key);
    for (int s = 0; s < d->sets; s++)
        if (strncmp(d->set[s], key, bytes) == 0 && d->set[s][bytes] == '=') return true;
    return false;
}

/* What is ordered hangs on these more than on anything else: they stand where stock is told. */
static fs_status stock_settings(fs_buffer *out, const fs_detection *d)
{
    static const char *const keys[][2] = {
        {"stock.lead_time",
         "from an order until it is on sale, where no file says it: write yours"},
        {"stock.review", "periods from one day of ordering to the next"},
        {"stock.holding", "of one unit: a share of its cost a year, or money a period, as in 0.2"},
        {"stock.shortage", "of a unit that was wanted and not there: margin, or money, as in 1"}};
    bool told = false;
    for (int m = 0; m < d->maps; m++)
        for (int c = 0; d->map[m].table == FS_STOCK && c < d->map[m].columns; c++)
            told = told || strcmp(d->map[m].column[c].name, "on_hand") == 0;
    for (size_t k = 0; k < sizeof keys / sizeof *keys && told; k++) {
        const fs_setting *s = fs_setting_find(keys[k][0]);
        int period = fs_project_period_index(d->period);
        if (!was_set(d, s->name))
            FS_TRY(setting(out, s->name, s->fallback ? s->fallback : s->by_period[period],
                           keys[k][1]));
    }
    return FS_OK;
}

static fs_status all(const fs_detection *d, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "# What this shop's files are and what is wanted of them. Edit "
                               "freely; `foresell run` reads it.\n\n"));
    FS_TRY(setting(out, "name", d->name, "stands in reports"));
    FS_TRY(setting(out, "currency", d->currency,
                   d->currency ? d->currency_why : "not told by the files: write EUR, GBP, USD …"));
    FS_TRY(
        setting(out, "country", d->country,
                d->country ? d->country_why : "not told by the files: two letters, for holidays"));
    FS_TRY(setting(out, "week_start", d->week_start,
                   "first day of the week in the report: monday, sunday or saturday; empty: the "
                   "country's"));
    FS_TRY(setting(out, "period", d->period, d->period_why));
    FS_TRY(setting(out, "absent", d->absent, d->absent_why));
    if (d->dates) FS_TRY(setting(out, "dates", d->dates, d->dates_why));
    FS_TRY(stock_settings(out, d));
    FS_TRY(extra_settings(out, d));
    FS_TRY(fs_buffer_text(out, d->tables ? "\nfiles:\n" : "\nfiles: {}\n"));
    for (int t = 0; t < d->tables; t++) FS_TRY(file(out, &d->table[t]));
    FS_TRY(fs_buffer_text(out, d->maps ? "\nsources:  # one mapping each, to read and to edit\n"
                                       : "\nsources: {}\n"));
    for (int k = 0; k < FS_CANONICAL_TABLES; k++) FS_TRY(source(out, d, k));
    return FS_OK;
}

fs_status fs_yaml_write(const fs_detection *detection, fs_buffer *out, fs_error *error)
{
    return all(detection, out) == FS_OK ? FS_OK : fs_fail_memory(error, 1024);
}
