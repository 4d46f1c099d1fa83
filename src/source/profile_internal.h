/* Inside of profiling: one column's tallies while they grow. */
#ifndef FORESELL_PROFILE_INTERNAL_H
#define FORESELL_PROFILE_INTERNAL_H

#include "source_internal.h"

/* What one text is, apart from any column. */
enum {
    FS_CELL_IS_INTEGER = 1 << 0,
    FS_CELL_IS_POINT = 1 << 1, /* a number with decimal point */
    FS_CELL_IS_COMMA = 1 << 2,
    FS_CELL_IS_BOOL = 1 << 3,
    FS_CELL_IS_WORD_BOOL = 1 << 4,     /* and not 1 or 0 */
    FS_CELL_HAS_TIME = 1 << 5,         /* a date with a time of day */
    FS_CELL_IS_LATE = 1 << 6,          /* and that is not midnight */
    FS_CELL_IS_BARE = 1 << 7,          /* nothing but digits */
    FS_CELL_LEADS_ZERO = 1 << 8,       /* 00123 */
    FS_CELL_IS_LONG = 1 << 9,          /* more than 15 digits */
    FS_CELL_IS_MIXED = 1 << 10,        /* letters and digits, nothing that could be read */
    FS_CELL_IS_MISSING = 1 << 11,      /* a word for missing */
    FS_CELL_IS_SLASHED_HALF = 1 << 12, /* 1/2/2024 3:04 PM */
    FS_CELL_COULD_SWAP = 1 << 13       /* a date by dmy as well as by mdy */
};

typedef struct fs_cell_facts {
    unsigned flags;
    unsigned dates;      /* bit i: a date of fs_date_order i */
    double point, comma; /* value by either decimal mark, where it is one */
    int64_t moment[8];   /* where the bit in `dates` is set */
    int64_t characters;
} fs_cell_facts;
void fs_source_facts(const char *text, size_t bytes, fs_cell_facts *facts);

/* Sums over numbers of one decimal mark. */
typedef struct fs_number_tally {
    double least, greatest, sum, last;
    int64_t count, negative, zero, fractional;
    bool ascending;
} fs_number_tally;

#define FS_PROFILE_RECENT 64
typedef struct fs_recent_cell {
    uint64_t hash;
    int64_t count; /* cells not yet in the tallies; 0: free */
    fs_cell_facts facts;
} fs_recent_cell;

typedef struct fs_column_tally {
    fs_column_profile out;
    fs_recent_cell *recent;       /* FS_PROFILE_RECENT */
    const fs_recent_cell *before; /* the cell before, to see that nothing moved */
    int64_t word_bools, late, bare, leading_zeros, long_digits, words_missing, slashed_half,
        could_swap;
    int64_t bare_dates[8];
    int64_t any_date; /* cells that are a date of some order, not bare digits */
    int64_t date_least[8], date_greatest[8], date_last[8];
    unsigned date_seen, date_descends; /* bit per order */
    unsigned date_within;              /* bit per order: some day is not the first of its month */
    fs_number_tally point, comma;
    bool text_descends;
    char last_text[64];
    size_t last_bytes;
    uint64_t most;         /* the sketch takes no hash from here on */
    int64_t values, words; /* distinct values that came to the sketch; those that are no numbers */
    int64_t texts;         /* cells not missing, words for missing included */
} fs_column_tally;

/* Chooses the reading and fills in what depends on it. */
void fs_source_decide(fs_column_tally *tally);

/* ---- sketch.c ---- */

/* `hash` of a text; kept sorted, the smallest FS_SKETCH. True where it is new there. */
bool fs_source_sketch_add(fs_column_profile *profile, uint64_t hash);
double fs_source_sketch_distinct(const fs_column_profile *profile);

#endif
