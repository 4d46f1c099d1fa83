/* Where the table of a sheet begins: titles, dates of printing and blank rows often stand above it.
 *
 * DuckDB takes the first row for the header and its width for that of the table, so rows of wider data below
 * a title would lose their cells. The header is the first row that is nearly as full as the fullest of
 * the rows looked at. Costs one reading of the sheet, which DuckDB does not break off.
 */
#include <stdio.h>
#include <string.h>

#include "raw_internal.h"

#define ROWS 40

typedef struct head {
    int rows, filled[ROWS], last[ROWS]; /* per row: cells that hold something, column of the last */
} head;

static fs_status read_rows(fs_result *rows, head *h, fs_error *error)
{
    bool more = true;
    while (h->rows < ROWS) {
        FS_TRY(fs_result_next(rows, &more, error));
        if (!more) return FS_OK;
        for (int i = 0; i < fs_result_columns(rows); i++) {
            if (fs_result_null(rows, i) || !*fs_result_text(rows, i)) continue;
            h->filled[h->rows]++;
            h->last[h->rows] = i + 1;
        }
        h->rows++;
    }
    return FS_OK;
}

static fs_status look(fs_engine *engine, const char *path, const char *sheet, head *h,
                      fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *rows;
    const char *file;
    FS_TRY(fs_raw_local(engine, path, &file, error));
    FS_TRY(fs_engine_extension(engine, "excel", error));
    fs_status status = fs_buffer_text(&sql, "select * from read_xlsx(");
    if (status == FS_OK) status = fs_engine_add_text(&sql, file);
    if (status == FS_OK && sheet) status = fs_buffer_text(&sql, ", sheet = ");
    if (status == FS_OK && sheet) status = fs_engine_add_text(&sql, sheet);
    if (status == FS_OK)
        status = fs_buffer_printf(&sql,
                                  ", header = false, all_varchar = true, stop_at_empty = false, "
                                  "range = 'A1:ZZ%d')",
                                  ROWS);
    if (status != FS_OK) fs_fail_memory(error, 256);
    if (status == FS_OK) status = fs_engine_query_few(engine, sql.data, &rows, error);
    fs_buffer_free(&sql);
    FS_TRY(status);
    status = read_rows(rows, h, error);
    fs_result_close(rows);
    return status;
}

fs_status fs_raw_sheet_skip(fs_engine *engine, const char *path, const char *sheet, int64_t *skip,
                            fs_error *error)
{
    head h = {0};
    int most = 0;
    *skip = 0;
    FS_TRY(look(engine, path, sheet, &h, error));
    for (int i = 0; i < h.rows; i++)
        if (h.filled[i] > most) most = h.filled[i];
    for (int i = 0; i < h.rows && most > 1; i++) {
        if (h.filled[i] * 3 < most * 2) continue;
        *skip = i;
        return FS_OK;
    }
    return FS_OK;
}

static void write_column(int column, char name[4])
{
    if (column > 26)
        snprintf(name, 4, "%c%c", 'A' + (column - 1) / 26 - 1, 'A' + (column - 1) % 26);
    else
        snprintf(name, 4, "%c", 'A' + column - 1);
}

fs_status fs_raw_sheet_range(fs_engine *engine, const char *path, const char *sheet, int64_t skip,
                             char range[48], fs_error *error)
{
    head h = {0};
    char last[4];
    int width = 1;
    FS_TRY(look(engine, path, sheet, &h, error));
    for (int64_t i = skip; i < h.rows; i++)
        if (h.last[i] > width) width = h.last[i];
    write_column(width, last);
    snprintf(range, 48, "A%lld:%s", (long long)skip + 1, last);
    return FS_OK;
}
