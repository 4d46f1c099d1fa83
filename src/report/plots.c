/* Charts from one SELECT each, whatever they show: lines, bars, points, heat maps, waterfalls, intervals.
 *
 * A row of the SELECT is one point: which variant of the drop-down it belongs to, the unit of that variant, its series, x, y,
 * and, where there are any, low, high and a label. Rows of one variant, and of one series within it, follow one another.
 */
#include <string.h>

#include "report_internal.h"

enum { VARIANT, UNIT, SERIES, X, Y, LOW, HIGH, LABEL };

static bool same(const json_t *rows, size_t a, size_t b, size_t column)
{
    return json_equal(json_array_get(json_array_get(rows, a), column),
                      json_array_get(json_array_get(rows, b), column));
}

/* Behind the last row that follows `first` with the same variant (and series). */
static size_t run_end(const json_t *rows, size_t first, bool series)
{
    size_t end = first + 1;
    while (end < json_array_size(rows) && same(rows, first, end, VARIANT) &&
           (!series || same(rows, first, end, SERIES)))
        end++;
    return end;
}

/* Rows `first` to `end` of a column as an array; NULL where memory ends. */
static json_t *cells(const json_t *rows, size_t first, size_t end, size_t column)
{
    json_t *all = json_array();
    for (size_t r = first; all && r < end; r++)
        if (json_array_append(all, json_array_get(json_array_get(rows, r), column)) != 0) {
            json_decref(all);
            return NULL;
        }
    return all;
}

static bool has_any(const json_t *rows, size_t first, size_t end, size_t column)
{
    for (size_t r = first; r < end; r++)
        if (!fs_report_cell_null(rows, r, column)) return true;
    return false;
}

static fs_status set_cells(json_t *series, const char *name, const json_t *rows, size_t first,
                           size_t end, size_t column, fs_error *error)
{
    json_t *all = cells(rows, first, end, column);
    if (!all || json_object_set_new(series, name, all) != 0) return fs_fail_memory(error, 0);
    return FS_OK;
}

static fs_status fill_series(json_t *series, const json_t *rows, size_t first, size_t end,
                             fs_error *error)
{
    static const struct {
        const char *name;
        size_t column;
    } more[] = {{"low", LOW}, {"high", HIGH}, {"label", LABEL}};
    FS_TRY(set_cells(series, "x", rows, first, end, X, error));
    FS_TRY(set_cells(series, "y", rows, first, end, Y, error));
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (has_any(rows, first, end, more[i].column))
            FS_TRY(set_cells(series, more[i].name, rows, first, end, more[i].column, error));
    return FS_OK;
}

/* The series of one variant, rows `first` to `end`, into `list`. */
static fs_status add_series(const fs_report_plot *plot, const json_t *rows, size_t first,
                            size_t end, json_t *list, fs_error *error)
{
    while (first < end) {
        size_t next = run_end(rows, first, true);
        const char *name = fs_report_cell_text(rows, first, SERIES);
        json_t *series = json_pack("{s:s, s:s}", "name", name ? name : "", "kind", plot->kind);
        FS_TRY(fs_report_add(list, series, error));
        FS_TRY(fill_series(series, rows, first, next, error));
        first = next;
    }
    return FS_OK;
}

static fs_status add_variants(const fs_report_plot *plot, const json_t *rows, json_t *choose,
                              fs_error *error)
{
    for (size_t first = 0, end; first < json_array_size(rows); first = end) {
        end = run_end(rows, first, false);
        const char *name = fs_report_cell_text(rows, first, VARIANT);
        const char *unit = fs_report_cell_text(rows, first, UNIT);
        json_t *one =
            json_pack("{s:s, s:s*, s:[]}", "name", name ? name : "", "unit", unit, "series");
        FS_TRY(fs_report_add(choose, one, error));
        FS_TRY(add_series(plot, rows, first, end, json_object_get(one, "series"), error));
    }
    return FS_OK;
}

/* The block without its variants; NULL where memory ends. */
static json_t *frame(const fs_report_plot *plot)
{
    json_t *block =
        json_pack("{s:s, s:s, s:s, s:s*, s:s, s:s, s:s*, s:s*, s:b, s:b}", "type", "chart", "id",
                  plot->id, "title", plot->title, "finding", plot->finding, "unit",
                  plot->unit ? plot->unit : "number", "x", plot->x, "grain", plot->grain, "up",
                  plot->up, "log", plot->log, "stacked", plot->stacked);
    if (block && plot->along)
        json_object_set_new(block, "along",
                            json_pack("{s:s, s:s}", "label", plot->along, "unit",
                                      plot->along_unit ? plot->along_unit : "number"));
    return block;
}

/* One variant stands in the block itself. */
static fs_status set_variants(json_t *block, json_t *choose, fs_error *error)
{
    json_t *one = json_array_get(choose, 0), *unit = json_object_get(one, "unit");
    bool many = json_array_size(choose) > 1;
    int failed = many ? json_object_set(block, "choose", choose) : 0;
    failed |= many ? json_object_set_new(block, "series", json_array())
                   : json_object_set(block, "series", json_object_get(one, "series"));
    if (!many && unit) failed |= json_object_set(block, "unit", unit);
    return failed ? fs_fail_memory(error, 0) : FS_OK;
}

fs_status fs_report_add_plot(const fs_report *report, json_t *page, const fs_report_plot *plot,
                             fs_error *error)
{
    if (plot->table && !fs_report_has(report, plot->table)) return FS_OK;
    json_t *rows, *choose = json_array(), *block = NULL;
    fs_status status = choose ? FS_OK : fs_fail_memory(error, 0);
    if (status == FS_OK) status = fs_report_rows(report, plot->sql, &rows, error);
    if (status != FS_OK) {
        json_decref(choose);
        return status;
    }
    status = add_variants(plot, rows, choose, error);
    if (status == FS_OK && json_array_size(choose) > 0) {
        block = frame(plot);
        status = block ? set_variants(block, choose, error) : fs_fail_memory(error, 0);
        if (status == FS_OK)
            status = fs_report_add(fs_report_blocks(page), json_incref(block), error);
    }
    json_decref(block);
    json_decref(choose);
    json_decref(rows);
    return status;
}

fs_status fs_report_add_said_plot(const fs_report *report, json_t *page, fs_status said,
                                  fs_buffer *text, fs_report_plot plot, fs_error *error)
{
    fs_status status = said;
    plot.finding = text->size > 0 ? text->data : NULL;
    if (status != FS_OK)
        fs_report_fail_said(text, error);
    else
        status = fs_report_add_plot(report, page, &plot, error);
    fs_buffer_free(text);
    return status;
}
