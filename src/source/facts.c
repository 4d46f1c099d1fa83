/* What one text could be: every reading is tried that its characters allow.
 *
 * The kinds of characters in the text are collected first; they rule most readings out: no digit, no
 * date by number; letters other than e, no plain number; over 40 bytes, nothing but text.
 */
#include <string.h>

#include "profile_internal.h"

#define LONGEST_VALUE 40

typedef struct kinds {
    int digits, letters, marks; /* marks: everything else */
    int minuses, never;         /* of the marks: '-'; those that stand in no number */
    bool high;                  /* bytes over 127 */
    int64_t characters;
} kinds;

static kinds look(const char *text, size_t bytes)
{
    kinds k = {0};
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        k.characters += (c & 0xc0) != 0x80;
        if (c - 48u < 10u)
            k.digits++;
        else if ((c | 32u) - 97u < 26u)
            k.letters++;
        else if (c >= 128)
            k.high = true;
        else
            k.marks++;
        k.minuses += c == '-';
        k.never += c == ':' || c == '/' || c == '_' || c == '#' || c == '&';
    }
    return k;
}

static void try_bool(const char *text, size_t bytes, fs_cell_facts *f)
{
    const fs_reading as_bool = {.kind = FS_READ_BOOL};
    fs_cell cell;
    if (bytes > 5 || fs_read_cell(text, bytes, as_bool, &cell) != FS_CELL_VALUE) return;
    f->flags |= FS_CELL_IS_BOOL;
    if (text[0] != '0' && text[0] != '1') f->flags |= FS_CELL_IS_WORD_BOOL;
}

static void try_number(const char *text, size_t bytes, const kinds *k, fs_cell_facts *f)
{
    int64_t integer;
    if (fs_source_read_integer(text, bytes, &integer)) f->flags |= FS_CELL_IS_INTEGER;
    if (k->marks == 0 && !k->high && k->letters == 0 && (f->flags & FS_CELL_IS_INTEGER)) {
        f->point = f->comma = (double)integer;
        f->flags |= FS_CELL_IS_POINT | FS_CELL_IS_COMMA;
        return;
    }
    if (fs_source_read_number(text, bytes, '.', &f->point)) f->flags |= FS_CELL_IS_POINT;
    if (fs_source_read_number(text, bytes, ',', &f->comma)) f->flags |= FS_CELL_IS_COMMA;
}

static bool ends_in_half(const char *text, size_t bytes)
{
    char last = text[bytes - 1];
    return last == 'm' || last == 'M' || last == '.';
}

/* 1980 to 2080: more would take every number for a serial or an epoch. */
static bool is_recent(int64_t moment)
{
    return moment >= 315532800000000 && moment < 3471292800000000;
}

static void try_date(const char *text, size_t bytes, const kinds *k, fs_cell_facts *f)
{
    bool timed;
    bool bare = f->flags & FS_CELL_IS_BARE, number = f->flags & FS_CELL_IS_POINT;
    f->dates = fs_source_read_moments(text, bytes, number, f->moment, &timed);
    if (!is_recent(f->moment[FS_DATE_SERIAL])) f->dates &= ~(1u << FS_DATE_SERIAL);
    if (!is_recent(f->moment[FS_DATE_EPOCH])) f->dates &= ~(1u << FS_DATE_EPOCH);
    unsigned calendar = 1u << FS_YMD | 1u << FS_DMY | 1u << FS_MDY | 1u << FS_YDM;
    if (bare && bytes == 6) f->dates &= ~calendar; /* 240131 says too little by itself */
    if (!(f->dates & ~(1u << FS_DATE_SERIAL | 1u << FS_DATE_EPOCH))) return;
    if (timed) f->flags |= FS_CELL_HAS_TIME;
    int first = __builtin_ctz(f->dates);
    if (timed && f->moment[first] % 86400000000 != 0) f->flags |= FS_CELL_IS_LATE;
    unsigned both = 1u << FS_DMY | 1u << FS_MDY;
    if ((f->dates & both) == both && f->moment[FS_DMY] != f->moment[FS_MDY])
        f->flags |= FS_CELL_COULD_SWAP;
    if (timed && k->letters && ends_in_half(text, bytes) && memchr(text, '/', bytes))
        f->flags |= FS_CELL_IS_SLASHED_HALF;
}

void fs_source_facts(const char *text, size_t bytes, fs_cell_facts *f)
{
    *f = (fs_cell_facts){0};
    kinds k = look(text, bytes);
    f->characters = k.characters;
    if (fs_source_is_missing(text, bytes)) {
        f->flags = FS_CELL_IS_MISSING;
        return;
    }
    if (k.letters && k.digits) f->flags |= FS_CELL_IS_MIXED;
    if (bytes > LONGEST_VALUE) return;
    if (k.digits == 0) {
        try_bool(text, bytes, f);
        return;
    }
    bool plain = k.letters == 0 && k.marks == 0 && !k.high;
    if (plain) {
        f->flags |= FS_CELL_IS_BARE;
        if (k.digits > 1 && text[0] == '0') f->flags |= FS_CELL_LEADS_ZERO;
    }
    if (plain && k.digits > 15) f->flags |= FS_CELL_IS_LONG;
    if (bytes == 1) try_bool(text, bytes, f);
    if (k.letters <= 3 && k.minuses < 2 && k.never == 0) try_number(text, bytes, &k, f);
    if (bytes >= 5 && k.digits >= 2) try_date(text, bytes, &k, f);
    bool glued = k.marks == 0 && !k.high && (text[0] | 32) - 97u < 26u; /* TL101 is a code */
    if (((f->flags & (FS_CELL_IS_POINT | FS_CELL_IS_COMMA)) && !glued) || f->dates)
        f->flags &= ~FS_CELL_IS_MIXED;
}
