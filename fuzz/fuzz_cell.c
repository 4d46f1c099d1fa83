/* Fuzzing of cells: any bytes by any reading; values must be finite and in range, the profile of a column of them must be,
 * too, and a cell that is alike must have the value that it has anyhow. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../src/source/source_internal.h"

#define ORDERS 8

static void read_cell(const char *text, size_t size, fs_reading reading)
{
    fs_cell cell = {0}, alike = {0};
    fs_cell_state state = fs_read_cell(text, size, reading, &cell);
    if (fs_read_cell_alike(text, size, reading, &alike) == FS_CELL_VALUE &&
        (state != FS_CELL_VALUE || memcmp(&cell, &alike, sizeof cell) != 0))
        abort();
    if (state != FS_CELL_VALUE) return;
    if (reading.kind == FS_READ_NUMBER && !isfinite(cell.number)) abort();
    if (reading.kind == FS_READ_BOOL && (cell.integer & ~1)) abort();
    if (reading.kind == FS_READ_DATE && (cell.integer < -3000000 || cell.integer > 3000000))
        abort();
}

static void read_all_ways(const char *text, size_t size)
{
    for (int kind = FS_READ_TEXT; kind <= FS_READ_BOOL; kind++) {
        read_cell(text, size, (fs_reading){.kind = (fs_reading_kind)kind, .decimal = '.'});
        read_cell(text, size, (fs_reading){.kind = (fs_reading_kind)kind, .decimal = ','});
    }
    for (int order = 0; order < ORDERS; order++) {
        read_cell(text, size, (fs_reading){.kind = FS_READ_DATE, .order = (fs_date_order)order});
        read_cell(text, size, (fs_reading){.kind = FS_READ_TIME, .order = (fs_date_order)order});
    }
}

static void check_profile(const fs_column_profile *p)
{
    if (p->missing < 0 || p->missing > p->rows || p->unread < 0 || p->unread > p->rows) abort();
    if (!isfinite(p->mean) || !isfinite(p->least) || !isfinite(p->greatest)) abort();
    if (p->distinct < 0 || p->examples > FS_EXAMPLES) abort();
    char format[32];
    fs_reading again;
    fs_reading_format(p->reading, format, sizeof format);
    if (fs_reading_parse(format, &again, NULL) != FS_OK || again.kind != p->reading.kind) abort();
}

/* The input is a column, one cell a line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fs_profile *profile;
    if (size > 4096 || fs_profile_open(1, &profile, NULL) != FS_OK) return 0;
    char *column = malloc(size + 1);
    if (!column) abort();
    if (size) memcpy(column, data, size);
    for (size_t at = 0; at < size;) {
        const char *end = memchr(column + at, '\n', size - at);
        size_t bytes = end ? (size_t)(end - column) - at : size - at;
        char *exact = malloc(bytes ? bytes : 1); /* so that a read beyond it is seen */
        if (!exact) abort();
        memcpy(exact, column + at, bytes);
        read_all_ways(exact, bytes);
        if (fs_profile_add(profile, 0, exact, bytes, false) != FS_OK) abort();
        free(exact);
        at += bytes + 1;
    }
    if (fs_profile_end(profile, NULL) != FS_OK) abort();
    check_profile(fs_profile_column(profile, 0));
    fs_profile_close(profile);
    free(column);
    return 0;
}
