/* Is the first row a header, and are there titles above the table?
 *
 * Each column votes. A first cell that could not stand further down (a word above numbers, a date
 * above counts) is a vote for a header, one of the same kind as its column a vote against. Columns of
 * text vote a little, by whether the first cell comes again below it and looks like a name.
 * Numbers and dates may be names too, in wide files with a column per day or year: a row
 * of steadily rising first cells does not vote against.
 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "sniff_internal.h"

#define TITLES_MOST 40
#define ROWS_ASKED  200

static const fs_field *cell_at(const fs_sample *s, int row, int column)
{
    return column < s->row[row].fields ? &s->cell[s->row[row].first + (size_t)column] : NULL;
}

/* ---- titles ---- */

static int filled(const fs_sample *s, int row)
{
    int count = 0;
    for (int i = 0; i < s->row[row].fields; i++)
        count += fs_source_sample_kind(cell_at(s, row, i)) != FS_SAMPLE_EMPTY;
    return count;
}

/* A row that could be the header of a table of `width`: as wide, or off by the one field that
 * row names or a delimiter at the line's end make. */
static bool fits(const fs_sample *s, int row, int width)
{
    int fields = s->row[row].fields;
    if (s->row[row].fault) return false;
    if (fields == width) return width < 3 || filled(s, row) > 1;
    return width > 2 && (fields == width - 1 || fields == width + 1) && filled(s, row) > width / 2;
}

/* Names of groups over some of the columns, and the header below: Region,North,,South, */
static bool is_over_header(const fs_sample *s, int row, int width)
{
    if (width < 3 || row + 2 >= s->rows || s->row[row + 1].fields != width) return false;
    if (3 * filled(s, row) > 2 * width) return false;
    for (int i = 0; i < width; i++)
        if (fs_source_sample_kind(cell_at(s, row + 1, i)) != FS_SAMPLE_TEXT) return false;
    return filled(s, row + 2) > 0;
}

int fs_source_first_row(const fs_sample *s, int width)
{
    if (width < 2) return 0;
    for (int i = 0; i < s->rows && i < TITLES_MOST; i++) {
        bool goes_on = i + 1 >= s->rows || s->row[i + 1].fields == width;
        if (fits(s, i, width) && goes_on) return i + is_over_header(s, i, width);
    }
    return 0;
}

/* ---- header ---- */

/* The kind of most filled cells below the first row, FS_SAMPLE_EMPTY where there is none. */
static fs_sample_kind kind_below(const fs_sample *s, int first, int column)
{
    int count[5] = {0}, seen = 0;
    for (int i = first + 1; i < s->rows && i <= first + ROWS_ASKED; i++) {
        const fs_field *f = cell_at(s, i, column);
        if (!f) continue;
        fs_sample_kind kind = fs_source_sample_kind(f);
        count[kind]++;
        seen += kind != FS_SAMPLE_EMPTY;
    }
    for (int kind = FS_SAMPLE_NUMBER; kind < FS_SAMPLE_TEXT; kind++)
        if (count[kind] * 10 >= seen * 8 && count[kind] > 0) return (fs_sample_kind)kind;
    return seen ? FS_SAMPLE_TEXT : FS_SAMPLE_EMPTY;
}

static bool comes_again(const fs_sample *s, int first, int column)
{
    const fs_field *name = cell_at(s, first, column);
    for (int i = first + 1; i < s->rows; i++) {
        const fs_field *f = cell_at(s, i, column);
        if (f && f->bytes == name->bytes && memcmp(f->text, name->text, f->bytes) == 0) return true;
    }
    return false;
}

/* Letters first, no digits but at its end, not long. */
static bool looks_like_name(const fs_field *f)
{
    size_t i = 0, digits = 0;
    while (i < f->bytes && f->text[i] == ' ') i++;
    if (i == f->bytes || f->bytes > 60) return false;
    unsigned char c = (unsigned char)f->text[i];
    if (!isalpha(c) && c < 128 && c != '_' && c != '#') return false;
    for (; i < f->bytes; i++) {
        if (isdigit((unsigned char)f->text[i])) digits++;
        if (strchr("@;|=<>{}", f->text[i])) return false;
    }
    return digits * 2 <= f->bytes;
}

/* First cells, numbers or dates, that rise steadily over their columns: 2019, 2020, 2021 … */
static bool rises(const fs_sample *s, int first, int width)
{
    const fs_reading as_number = {.kind = FS_READ_NUMBER, .decimal = '.'};
    int count = 0;
    double last = 0, step = 0;
    for (int i = 0; i < width; i++) {
        const fs_field *f = cell_at(s, first, i);
        fs_cell cell;
        if (!f || fs_read_cell(f->text, f->bytes, as_number, &cell) != FS_CELL_VALUE) continue;
        double now = cell.number - last;
        if (count >= 2 && fabs(now - step) > 1e-9) return false;
        if (count == 1 && now <= 0) return false;
        step = now;
        last = cell.number;
        count++;
    }
    return count >= 3;
}

static double vote(const fs_sample *s, int first, int column, bool steady)
{
    const fs_field *name = cell_at(s, first, column);
    if (!name) return 0;
    fs_sample_kind here = fs_source_sample_kind(name), below = kind_below(s, first, column);
    if (name->bytes == 0) return below == FS_SAMPLE_EMPTY ? 0 : -0.1;
    if (below == FS_SAMPLE_EMPTY) return looks_like_name(name) ? 0.5 : 0;
    if (here == FS_SAMPLE_EMPTY) return -0.5;
    if (here != FS_SAMPLE_TEXT && here == below) return steady && here == FS_SAMPLE_NUMBER ? 0 : -1;
    if (here != below && below != FS_SAMPLE_TEXT) return here == FS_SAMPLE_TEXT ? 1 : 0.7;
    if (here != FS_SAMPLE_TEXT) return here == FS_SAMPLE_DATE ? 0.2 : -0.3;
    if (comes_again(s, first, column)) return -0.6;
    return looks_like_name(name) ? 0.25 : -0.3;
}

bool fs_source_has_header(const fs_sample *s, int first, int width)
{
    if (s->rows <= first) return false;
    if (s->rows == first + 1) { /* nothing below to compare with: names or not */
        int names = 0;
        for (int i = 0; i < s->row[first].fields; i++)
            names += looks_like_name(cell_at(s, first, i));
        return names * 2 > s->row[first].fields;
    }
    bool steady = rises(s, first, width);
    double votes = 0;
    for (int i = 0; i < width && i < s->row[first].fields; i++) votes += vote(s, first, i, steady);
    return votes > 0;
}
