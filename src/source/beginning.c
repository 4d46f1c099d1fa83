/* What the beginning of a column says of all of it.
 *
 * A profile needs every cell. Where only the reading is wanted, the first cells do, as long as whoever reads the rest looks at
 * each: fs_profile_holds tells where the cells so far rule out every other reading that decide.c could choose, whatever comes
 * that fs_read_cell_alike takes; and that one refuses what could be read but might have turned the choice.
 *
 *   numbers       all cells so far are plain ones; of each order of a date one of them is none
 *   dates, times  all cells so far are, with marks between their parts, and by each order that goes before one is none
 *   text          most cells are nothing else, or all are codes (00123), and none says that a value is missing
 *
 * Truths, digits that are dates (20240131) and columns still empty are left to the whole file.
 */
#include <math.h>
#include <string.h>

#include "source_internal.h"

#define LONGEST_WHOLE 15 /* digits; more make a column a code */
#define LONGEST       40 /* bytes; more are nothing but text */

static const fs_date_order calendar[] = {FS_YMD, FS_DMY,       FS_MDY,
                                         FS_YDM, FS_DATE_WEEK, FS_DATE_MONTH};
#define ORDERS (sizeof calendar / sizeof *calendar)

static int64_t most_dates(const fs_column_profile *p)
{
    int64_t most = 0;
    for (size_t i = 0; i < ORDERS; i++)
        if (p->dates[calendar[i]] > most) most = p->dates[calendar[i]];
    return most;
}

static bool holds_numbers(const fs_column_profile *p, int64_t cells)
{
    bool comma = p->reading.decimal == ',';
    if (p->leading_zeros || p->mixed > 0 || most_dates(p) == cells) return false;
    if (comma && p->numbers_point == cells) return false;
    if ((comma ? p->numbers_comma : p->numbers_point) < cells) return false;
    return fabs(p->least) < 1e15 && fabs(p->greatest) < 1e15;
}

/* Between year, day and month first the choice is by counts; the other orders never go before one that reads all cells. */
static bool holds_dates(const fs_column_profile *p, int64_t cells)
{
    if (p->reading.order > FS_MDY || p->integers > 0) return false;
    if (p->dates[p->reading.order] < cells) return false;
    for (fs_date_order o = FS_YMD; o <= FS_MDY; o++)
        if (o != p->reading.order && p->dates[o] == cells) return false;
    return true;
}

static bool holds_text(const fs_column_profile *p, int64_t cells)
{
    int64_t other = most_dates(p);
    for (int i = 0; i < p->examples; i++)
        if (fs_source_is_missing(p->example[i], strlen(p->example[i]))) return false;
    if (p->leading_zeros && other == 0) return true;
    if (p->numbers_point > other) other = p->numbers_point;
    if (p->numbers_comma > other) other = p->numbers_comma;
    if (p->bools > other) other = p->bools;
    return 2 * other < cells;
}

bool fs_profile_holds(const fs_column_profile *p)
{
    int64_t cells = p->rows - p->missing;
    if (cells == 0) return false;
    switch (p->reading.kind) {
    case FS_READ_INTEGER:
    case FS_READ_NUMBER: return holds_numbers(p, cells);
    case FS_READ_DATE:
    case FS_READ_TIME: return holds_dates(p, cells);
    case FS_READ_TEXT: return holds_text(p, cells);
    default: return false;
    }
}

/* ---- cells ---- */

static inline bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }
static inline bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* -12, 0.5, 1e-05: a minus, digits without a zero before them, a decimal mark and digits, an exponent. *whole: digits
 * before the mark; `parts` allows for what comes after them. */
static bool is_plain(const char *text, size_t bytes, char mark, bool parts)
{
    size_t i = text[0] == '-', first = i;
    while (i < bytes && is_digit(text[i])) i++;
    size_t whole = i - first;
    if (whole == 0 || whole > LONGEST_WHOLE || (whole > 1 && text[first] == '0')) return false;
    if (i == bytes) return bytes <= LONGEST_WHOLE || parts;
    if (!parts || bytes > LONGEST) return false;
    if (text[i] == mark)
        for (i++; i < bytes && is_digit(text[i]);) i++;
    if (i == bytes) return is_digit(text[i - 1]);
    if ((text[i] | 32) != 'e' || !is_digit(text[i - 1])) return false;
    i++;
    if (i < bytes && (text[i] == '-' || text[i] == '+')) i++;
    if (i == bytes) return false;
    while (i < bytes && is_digit(text[i])) i++;
    return i == bytes;
}

static bool is_bare(const char *text, size_t bytes)
{
    size_t i = 0;
    while (i < bytes && is_digit(text[i])) i++;
    return i == bytes;
}

static bool read_date(const char *text, size_t bytes, fs_reading reading, fs_cell *cell)
{
    const int64_t day = 86400000000;
    int64_t moment;
    bool has_time;
    if (bytes > LONGEST || is_bare(text, bytes)) return false;
    if (!fs_source_read_moment(text, bytes, reading.order, &moment, &has_time)) return false;
    cell->integer = moment;
    if (reading.kind == FS_READ_TIME) return true;
    cell->integer = moment / day;
    return moment % day == 0;
}

static bool read_alike(const char *text, size_t bytes, fs_reading reading, fs_cell *cell)
{
    char mark = reading.decimal == ',' ? ',' : '.';
    switch (reading.kind) {
    case FS_READ_INTEGER:
        return is_plain(text, bytes, mark, false) &&
               fs_source_read_integer(text, bytes, &cell->integer);
    case FS_READ_NUMBER:
        return is_plain(text, bytes, mark, true) &&
               fs_source_read_number(text, bytes, mark, &cell->number);
    default: return read_date(text, bytes, reading, cell);
    }
}

fs_cell_state fs_read_cell_alike(const char *text, size_t bytes, fs_reading reading, fs_cell *cell)
{
    if (reading.kind == FS_READ_TEXT || reading.kind == FS_READ_BOOL)
        return fs_read_cell(text, bytes, reading, cell);
    while (bytes && is_blank(text[0])) text++, bytes--;
    while (bytes && is_blank(text[bytes - 1])) bytes--;
    if (bytes == 0) return FS_CELL_MISSING;
    if (read_alike(text, bytes, reading, cell)) return FS_CELL_VALUE;
    return fs_source_is_missing(text, bytes) ? FS_CELL_MISSING : FS_CELL_BAD;
}
