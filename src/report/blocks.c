/* Parts of a page, as the web bundle and the plain page read them: figures, text, notes, tables.
 *
 * Every function takes over the JSON it is given. A block that would be empty is not added.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

fs_status fs_report_add(json_t *array, json_t *item, fs_error *error)
{
    if (!item || !array || json_array_append_new(array, item) != 0) return fs_fail_memory(error, 0);
    return FS_OK;
}

json_t *fs_report_page(const char *id, const char *title, const char *intro)
{
    return json_pack("{s:s, s:s, s:s, s:[]}", "id", id, "title", title, "intro", intro, "blocks");
}

json_t *fs_report_blocks(json_t *page) { return json_object_get(page, "blocks"); }

fs_status fs_report_add_text(json_t *page, const char *text, fs_error *error)
{
    return fs_report_add(fs_report_blocks(page),
                         json_pack("{s:s, s:s}", "type", "text", "text", text), error);
}

void fs_report_fail_said(const fs_buffer *text, fs_error *error)
{
    if (error && !error->message[0]) fs_fail_memory(error, text->size);
}

fs_status fs_report_add_said(json_t *page, fs_status said, fs_buffer *text, fs_error *error)
{
    fs_status status = said;
    if (status != FS_OK)
        fs_report_fail_said(text, error);
    else if (text->size > 0)
        status = fs_report_add_text(page, text->data, error);
    fs_buffer_free(text);
    return status;
}

fs_status fs_report_add_notes(json_t *page, const char *title, json_t *items, fs_error *error)
{
    if (json_array_size(items) == 0) {
        json_decref(items);
        return items ? FS_OK : fs_fail_memory(error, 0);
    }
    return fs_report_add(
        fs_report_blocks(page),
        json_pack("{s:s, s:s, s:o}", "type", "notes", "title", title, "items", items), error);
}

/* "name:Label:format" of `length` bytes as an object. */
static json_t *column(const char *text, size_t length)
{
    const char *label = memchr(text, ':', length);
    if (!label) return NULL;
    size_t name_length = (size_t)(label - text);
    label++;
    const char *format = memchr(label, ':', length - name_length - 1);
    if (!format) return NULL;
    size_t label_length = (size_t)(format - label);
    format++;
    return json_pack("{s:s%, s:s%, s:s%}", "name", text, name_length, "label", label, label_length,
                     "format", format, length - name_length - label_length - 2);
}

static json_t *columns(const char *text)
{
    json_t *all = json_array();
    while (all && *text) {
        size_t length = strcspn(text, ",");
        json_t *one = column(text, length);
        if (!one || json_array_append_new(all, one) != 0) {
            json_decref(all);
            return NULL;
        }
        text += length;
        if (*text == ',') text++;
    }
    return all;
}

static fs_status count_rows(const fs_report *report, const char *sql, int64_t *count,
                            fs_error *error)
{
    fs_buffer text = {0};
    fs_status status = fs_buffer_printf(&text, "select count(*) from (%s) as counted", sql);
    if (status == FS_OK)
        status = fs_engine_integer(report->engine, text.data, count, error);
    else
        fs_fail_memory(error, 0);
    fs_buffer_free(&text);
    return status;
}

/* At most `limit` rows, and how many there are in all: one more than is shown tells whether they have to be counted. */
static fs_status limited_rows(const fs_report *report, const fs_report_query *query, json_t **rows,
                              int64_t *total, fs_error *error)
{
    fs_buffer text = {0};
    fs_status status = fs_buffer_printf(&text, "select * from (%s) as counted limit %" PRId64,
                                        query->sql, query->limit + 1);
    if (status == FS_OK)
        status = fs_report_rows(report, text.data, rows, error);
    else
        fs_fail_memory(error, 0);
    fs_buffer_free(&text);
    FS_TRY(status);
    *total = (int64_t)json_array_size(*rows);
    if (*total <= query->limit) return FS_OK;
    json_array_remove(*rows, (size_t)query->limit);
    return count_rows(report, query->sql, total, error);
}

/* Where all rows are: a table that is too long has no CSV (export.c). */
static fs_status add_file(const fs_report *report, json_t *block, const fs_report_query *query,
                          fs_error *error)
{
    char select[256];
    int64_t rows = 0;
    snprintf(select, sizeof select, "select count(*) from %s", query->table);
    if (query->table) FS_TRY(fs_engine_integer(report->engine, select, &rows, error));
    json_t *file = rows > FS_REPORT_CSV_ROWS ? json_sprintf("tables/%s.parquet", query->table)
                                             : json_string(query->file);
    return json_object_set_new(block, "file", file) == 0 ? FS_OK : fs_fail_memory(error, 0);
}

fs_status fs_report_add_table(const fs_report *report, json_t *page, const fs_report_query *query,
                              fs_error *error)
{
    if (query->table && !fs_report_has(report, query->table)) return FS_OK;
    int64_t total = 0;
    json_t *rows = NULL;
    fs_status status = limited_rows(report, query, &rows, &total, error);
    if (status != FS_OK || total == 0) {
        json_decref(rows);
        return status;
    }
    json_t *block = json_pack("{s:s, s:s, s:s, s:o, s:o, s:I}", "type", "table", "id", query->id,
                              "title", query->title, "columns", columns(query->columns), "rows",
                              rows, "total", (json_int_t)total);
    if (block && query->finding &&
        json_object_set_new(block, "finding", json_string(query->finding)) != 0)
        status = fs_fail_memory(error, 0);
    if (status == FS_OK && block && query->file) status = add_file(report, block, query, error);
    if (status != FS_OK) {
        json_decref(block);
        return status;
    }
    return fs_report_add(fs_report_blocks(page), block, error);
}

fs_status fs_report_add_said_table(const fs_report *report, json_t *page, fs_status said,
                                   fs_buffer *text, fs_report_query query, fs_error *error)
{
    fs_status status = said;
    query.finding = text->size > 0 ? text->data : NULL;
    if (status != FS_OK)
        fs_report_fail_said(text, error);
    else
        status = fs_report_add_table(report, page, &query, error);
    fs_buffer_free(text);
    return status;
}

json_t *fs_report_series(const char *name, const json_t *rows, size_t x, size_t y)
{
    json_t *xs = json_array(), *ys = json_array();
    bool fine = xs && ys;
    for (size_t r = 0; fine && r < json_array_size(rows); r++) {
        const json_t *row = json_array_get(rows, r);
        fine = json_array_append(xs, json_array_get(row, x)) == 0 &&
               json_array_append(ys, json_array_get(row, y)) == 0;
    }
    if (fine)
        return json_pack("{s:s, s:s, s:o, s:o}", "name", name, "kind", "line", "x", xs, "y", ys);
    json_decref(xs);
    json_decref(ys);
    return NULL;
}
