/* Columns of fixed width: text that is lined up with blanks.
 *
 * A column begins where in all lines of the sample the character before is a blank and in some line the one
 * at hand is not. Titles above the table are passed over where the lines below have at least two columns more.
 * Places are counted in characters, not bytes. Cells may be empty or hold blanks; the last column goes on to
 * the line's end. `runs` says that blanks stand between the columns, so that a value that touches the next
 * column is a fault, not two wrong cells.
 *
 * Cost: one pass over the sample for each line that could be a title.
 */
#include <string.h>

#include "sniff_internal.h"

#define PLACES      2000 /* characters of a line that are looked at */
#define LINES       2000
#define LEAST_LINES 5
#define SURE_LINES  30 /* from so many on a gap of one blank is no chance */
#define TITLES      12

static bool starts_character(char c) { return ((unsigned char)c & 0xc0) != 0x80; }

/* ---- one record ---- */

/* Blanks around it cut. */
static fs_field cell(const char *text, const char *end)
{
    while (text < end && *text == ' ') text++;
    while (end > text && end[-1] == ' ') end--;
    return (fs_field){.text = text, .bytes = (size_t)(end - text)};
}

/* The byte where character `place` begins, at most `end`; `from` is that of character `at`. */
static const char *advance(const char *from, const char *end, int at, int place)
{
    while (at < place && from < end) {
        from++;
        while (from < end && !starts_character(*from)) from++;
        at++;
    }
    return from;
}

const char *fs_source_fixed(const fs_dialect *dialect, const char *text, size_t bytes,
                            fs_field *field, int capacity)
{
    const char *end = text + bytes, *at = text;
    bool torn = false;
    for (int i = 0; i < dialect->widths; i++) {
        bool last = i + 1 == dialect->widths;
        const char *next = last ? end : advance(at, end, dialect->start[i], dialect->start[i + 1]);
        torn = torn || (next < end && !last && next > text && next[-1] != ' ' && *next != ' ');
        if (i < capacity) field[i] = cell(at, next);
        at = next;
    }
    return torn && dialect->runs ? "a value runs into the next column" : NULL;
}

/* ---- finding the columns ---- */

typedef struct layout {
    int columns, lines;
    int start[PLACES];
} layout;

/* Adds `weight` to the places of a line that are not blank; false where all are. */
static bool count_line(const char *line, const char *end, int weight, int *filled)
{
    int place = 0;
    bool any = false;
    for (; line < end && place < PLACES; line++) {
        if (!starts_character(*line)) continue;
        any = any || *line != ' ';
        filled[place++] += *line != ' ' ? weight : 0;
    }
    return any;
}

static const char *line_end(const char *line, const char *end)
{
    const char *feed = memchr(line, '\n', (size_t)(end - line));
    return feed ? feed : end;
}

static const char *next_line(const char *line, const char *end)
{
    const char *stop = line_end(line, end);
    return stop < end ? stop + 1 : end;
}

/* The first line is the header: its words are never torn. */
static int count_lines(const char *text, const char *end, int *filled)
{
    int lines = 0;
    for (; text < end && lines < LINES; text = next_line(text, end)) {
        const char *last = line_end(text, end);
        if (last > text && last[-1] == '\r') last--;
        lines += count_line(text, last, lines ? 1 : LINES, filled);
    }
    return lines;
}

/* Most columns have something below the header: else its words are lined up with nothing, as in a
 * delimited file whose header is longer than its lines. */
static bool are_used(const layout *l, const int *filled)
{
    int used = 0;
    for (int c = 0; c < l->columns; c++) {
        int place = l->start[c], stop = c + 1 < l->columns ? l->start[c + 1] : PLACES;
        while (place < stop && filled[place] % LINES == 0) place++;
        used += place < stop;
    }
    return used * 2 > l->columns;
}

/* `torn`: of a thousand lines so many may have something between two columns. */
static void find_columns(const char *text, const char *end, int torn, layout *l)
{
    int filled[PLACES + 1] = {0};
    l->columns = 0;
    l->lines = count_lines(text, end, filled);
    int gap = l->lines >= SURE_LINES ? 1 : 2, blanks = gap, most = l->lines * torn / 1000;
    for (int i = 0; i < PLACES; i++) {
        bool blank = filled[i] <= most;
        if (!blank && blanks >= (l->columns ? gap : 0)) l->start[l->columns++] = i;
        blanks = blank ? blanks + 1 : 0;
    }
    if (l->lines < LEAST_LINES || !are_used(l, filled)) l->columns = 0;
}

/* A line above the table: it has something in few of the columns, or is nothing but a rule. */
static bool is_title(const char *line, const char *end, const layout *l)
{
    int filled[PLACES + 1] = {0}, used = 0;
    const char *at = line;
    while (at < end && strchr("-=_*+ \r", *at)) at++;
    if (at == end) return true;
    count_line(line, end, 1, filled);
    for (int c = 0; c < l->columns; c++) {
        int stop = c + 1 < l->columns ? l->start[c + 1] : PLACES, place = l->start[c];
        while (place < stop && !filled[place]) place++;
        used += place < stop;
    }
    return used * 3 <= l->columns * 2;
}

static bool are_titles(const char *text, const char *to, const layout *l)
{
    for (; text < to; text = next_line(text, to))
        if (!is_title(text, line_end(text, to), l)) return false;
    return true;
}

/* Does a word of the line stand over the end of a column? Only then is the line surely none of the table. */
static bool runs_over(const char *line, const char *end, const layout *l)
{
    int filled[PLACES + 1] = {0};
    count_line(line, end, 1, filled);
    for (int c = 1; c < l->columns; c++)
        if (filled[l->start[c]] && filled[l->start[c] - 1]) return true;
    return false;
}

static void find_layout(const char *text, const char *end, int torn, layout *best, int *skip)
{
    const char *table = text;
    find_columns(text, end, torn, best);
    *skip = 0;
    for (int k = 1; k < TITLES && (table = next_line(table, end)) < end; k++) {
        layout now;
        find_columns(table, end, torn, &now);
        bool better = now.columns > best->columns ||
                      (now.columns == best->columns && runs_over(text, line_end(text, end), &now));
        if (!better || !are_titles(text, table, &now)) continue;
        *best = now;
        *skip = k;
    }
}

/* Cells that begin or end with a delimiter: a delimited file that is lined up. */
static bool is_delimited(const fs_sample *s)
{
    size_t marked = 0, cells = 0;
    for (size_t i = 0; i < s->cells; i++) {
        const fs_field *f = &s->cell[i];
        if (f->bytes == 0) continue;
        cells++;
        marked += strchr(",;|\t^~", f->text[f->bytes - 1]) || strchr(",;|\t^~", f->text[0]);
    }
    return marked * 10 > cells;
}

bool fs_source_find_fixed(const char *text, size_t bytes, bool whole, fs_dialect *dialect)
{
    const char *end = text + bytes;
    if (!whole)
        while (end > text && end[-1] != '\n') end--;
    if (memchr(text, '\t', (size_t)(end - text))) return false;
    layout best;
    int skip;
    find_layout(text, end, 0, &best, &skip);
    if (best.columns < 3) find_layout(text, end, 5, &best, &skip); /* a few bad lines */
    if (best.columns < 2 || best.columns > FS_FIXED_MOST) return false;
    *dialect = (fs_dialect){.widths = best.columns, .runs = true, .skip = skip};
    for (int i = 1; i < best.columns; i++) dialect->start[i] = (uint16_t)best.start[i];
    return true;
}

fs_status fs_source_judge_fixed(const char *text, size_t bytes, bool whole, int rows,
                                fs_dialect *dialect, fs_sample *sample, bool *good, fs_error *error)
{
    *good = false;
    if (!fs_source_find_fixed(text, bytes, whole, dialect)) return FS_OK;
    FS_TRY(fs_source_sample(text, bytes, whole, dialect, rows, sample, error));
    *good = !is_delimited(sample);
    if (!*good) fs_source_sample_free(sample);
    return FS_OK;
}
