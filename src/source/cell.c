/* One cell by a reading, and the text form of readings. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "source_internal.h"

/* ---- readings as text ---- */

static const char *const kinds[] = {"text", "integer", "number", "bool", "date", "time"};
static const char *const orders[] = {"ymd",    "dmy",   "mdy",  "ydm",
                                     "serial", "epoch", "week", "month"};
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static int find_word(const char *const *words, int count, const char *text, size_t bytes)
{
    for (int i = 0; i < count; i++)
        if (strlen(words[i]) == bytes && memcmp(words[i], text, bytes) == 0) return i;
    return -1;
}

static fs_status fail_reading(const char *format, fs_error *error)
{
    fs_fail(error, FS_USAGE, "\"%s\" is no way to read a column", format);
    fs_error_remedy(error, "use text, integer, number, \"number ,\" (decimal comma), bool, or date "
                           "or time with one of ymd, dmy, mdy, ydm, serial, epoch, week, month");
    return FS_USAGE;
}

fs_status fs_reading_parse(const char *format, fs_reading *reading, fs_error *error)
{
    size_t bytes = strcspn(format, " ");
    const char *rest = format + bytes + strspn(format + bytes, " ");
    int kind = find_word(kinds, COUNT(kinds), format, bytes);
    *reading =
        (fs_reading){.kind = kind < 0 ? FS_READ_TEXT : (fs_reading_kind)kind, .decimal = '.'};
    if (kind < 0) return fail_reading(format, error);
    if (kind == FS_READ_DATE || kind == FS_READ_TIME) {
        int order = find_word(orders, COUNT(orders), rest, strlen(rest));
        if (order < 0) return fail_reading(format, error);
        reading->order = (fs_date_order)order;
        return FS_OK;
    }
    if (kind == FS_READ_NUMBER && (strcmp(rest, ",") == 0 || strcmp(rest, ".") == 0)) {
        reading->decimal = rest[0];
        return FS_OK;
    }
    return *rest ? fail_reading(format, error) : FS_OK;
}

void fs_reading_format(fs_reading reading, char *out, size_t capacity)
{
    const char *kind = kinds[reading.kind];
    if (reading.kind == FS_READ_DATE || reading.kind == FS_READ_TIME)
        snprintf(out, capacity, "%s %s", kind, orders[reading.order]);
    else if (reading.kind == FS_READ_NUMBER && reading.decimal == ',')
        snprintf(out, capacity, "number ,");
    else
        snprintf(out, capacity, "%s", kind);
}

/* ---- cells ---- */

/* `word` is in small letters. */
static bool is_word(const char *text, size_t bytes, const char *word)
{
    for (size_t i = 0; i < bytes; i++)
        if (word[i] == '\0' || tolower((unsigned char)text[i]) != word[i]) return false;
    return word[bytes] == '\0';
}

#define LONGEST_WORD 13

/* Of the sign of a currency before it, with blanks. */
static size_t sign_bytes(const char *text, size_t bytes)
{
    static const char *const signs[] = {"$", "\u20ac", "\u00a3", "\u00a5"};
    for (int i = 0; i < COUNT(signs); i++) {
        size_t length = strlen(signs[i]);
        if (bytes <= length || memcmp(text, signs[i], length) != 0) continue;
        while (length + 1 < bytes && text[length] == ' ') length++;
        return length;
    }
    return 0;
}

/* "$ -" is how workbooks write no money. Nearly all cells are none of the words by their first letter or their size. */
bool fs_source_is_missing(const char *text, size_t bytes)
{
    static const char *const words[] = {
        "na",        "n/a",   "null",    "none",       "nan",     "-",         "--",
        "?",         "#n/a",  "nil",     "\\n",        "n.a.",    "#na",       "(null)",
        "<na>",      "-nan",  "#null!",  "#ref!",      "#value!", "#div/0!",   "#name?",
        "#num!",     "error", "unknown", "missing",    "n.d.",    "undefined", "not available",
        "unbekannt", "k.a.",  "inconnu", "desconocido"};
    static const char first[] = "nN-?#\\(<eEuUmMkKiIdD";
    if (bytes == 0) return true;
    size_t sign = text[0] == '$' || (unsigned char)text[0] >= 0xC2 ? sign_bytes(text, bytes) : 0;
    text += sign, bytes -= sign;
    if (bytes > LONGEST_WORD || !memchr(first, text[0], sizeof first - 1)) return false;
    for (int i = 0; i < COUNT(words); i++)
        if (is_word(text, bytes, words[i])) return true;
    return false;
}

static bool read_bool(const char *text, size_t bytes, int64_t *value)
{
    static const char *const yes[] = {"1", "true", "yes", "y", "t"};
    static const char *const no[] = {"0", "false", "no", "n", "f"};
    if (bytes == 0 || bytes > 5) return false;
    for (int i = 0; i < COUNT(yes); i++) {
        if (is_word(text, bytes, yes[i])) return *value = 1, true;
        if (is_word(text, bytes, no[i])) return *value = 0, true;
    }
    return false;
}

static bool read_day(const char *text, size_t bytes, fs_date_order order, int64_t *days)
{
    const int64_t day = 86400000000;
    int64_t moment;
    bool has_time;
    if (!fs_source_read_moment(text, bytes, order, &moment, &has_time)) return false;
    *days = moment / day - (moment % day < 0);
    return true;
}

static inline bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool read_value(const char *text, size_t bytes, fs_reading reading, fs_cell *cell)
{
    bool has_time;
    switch (reading.kind) {
    case FS_READ_INTEGER: return fs_source_read_integer(text, bytes, &cell->integer);
    case FS_READ_NUMBER:
        return fs_source_read_number(text, bytes, reading.decimal == ',' ? ',' : '.',
                                     &cell->number);
    case FS_READ_BOOL: return read_bool(text, bytes, &cell->integer);
    case FS_READ_DATE: return read_day(text, bytes, reading.order, &cell->integer);
    case FS_READ_TIME:
        return fs_source_read_moment(text, bytes, reading.order, &cell->integer, &has_time);
    default: return true;
    }
}

fs_cell_state fs_read_cell(const char *text, size_t bytes, fs_reading reading, fs_cell *cell)
{
    while (bytes && is_blank(text[0])) text++, bytes--;
    while (bytes && is_blank(text[bytes - 1])) bytes--;
    if (bytes == 0) return FS_CELL_MISSING;
    if (read_value(text, bytes, reading, cell)) return FS_CELL_VALUE;
    return fs_source_is_missing(text, bytes) ? FS_CELL_MISSING : FS_CELL_BAD;
}
