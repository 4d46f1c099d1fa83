/* detect_internal.h: what the files of init share: how a name is taken apart, what a raw table
 * looks like, what it was taken for, and the mapping that follows from it.
 *
 * The order of the work, one file each:
 *   detect_words.c   a column's or file's name as words, in lower case, without accents
 *   detect_group.c   files with the same columns become one raw table, their profiles one
 *   name_date.c      periods that files' names tell
 *   wide.c           runs of columns that are periods
 *   roles.c          how well each column fits each canonical column: a table of evidence
 *   roles_shape.c    the evidence that values give
 *   roles_values.c   what the rows say where names of sales say nothing
 *   relations.c      keys, foreign keys, amount = units x price
 *   detect.c         which canonical table each raw table is, all of them together
 *   detect_link.c    look-ups: order headers, labels of periods, anchors of period numbers
 *   mapping.c        the SELECT of each canonical table
 *   mapping_arrivals.c  open orders side by side, by when they arrive
 *   mapping_more.c   tables that follow from the lines of another one
 *   yaml_write.c     foresell.yaml;  detect_said.c  what is said to people and machines
 *   init.c           the files there are, corrections by --set, and all of the above in a row
 *
 * Everything lives in one arena and dies with it.
 */
#ifndef FORESELL_DETECT_INTERNAL_H
#define FORESELL_DETECT_INTERNAL_H

#include "foresell/project.h"
#include "names_internal.h"

#define FS_DOUBTS    4
#define FS_ROLES_MAX 24 /* columns of the widest canonical table, and some */

enum {
    FS_SALES,
    FS_PRODUCTS,
    FS_CUSTOMERS,
    FS_PROMOTIONS,
    FS_STORES,
    FS_CALENDAR,
    FS_STOCK,
    FS_PRICES,
    FS_REVIEWS,
    FS_OVERRIDES,
    FS_SUPPLIERS
};

/* ---- names as words -------------------------------------------------------------- */

typedef struct fs_words {
    const char *joined;      /* all words without anything between them */
    const char *const *word; /* lower case, no accents; a compound of known words is split */
    int count;
    int before; /* of these before the first parenthesis */
    bool coded; /* ends in id, no, nr, code, key … */
    bool named; /* ends in name, desc, text … */
} fs_words;

/* The words of `name`; known compounds are split by `vocabulary` (may be NULL). */
typedef struct fs_vocabulary fs_vocabulary;
fs_status fs_vocabulary_make(fs_arena *arena, fs_vocabulary **vocabulary, fs_error *error);
bool fs_vocabulary_has(const fs_vocabulary *vocabulary, const char *word, size_t bytes);
fs_status fs_words_make(fs_arena *arena, const char *name, const fs_vocabulary *vocabulary,
                        fs_words *words, fs_error *error);
bool fs_words_has(const fs_words *words, const char *list); /* any word of a blank-separated list */
bool fs_word_in(const char *word, size_t bytes, const char *list);
/* How well the name fits a list of words, 0 … 1; `own` are words of its table, that it may repeat. */
double fs_words_fit(const fs_words *words, const char *list, const fs_words *own);
/* Without case, accents, blanks and punctuation; for matching names of columns. */
fs_status fs_words_fold(fs_arena *arena, const char *name, const char **folded, fs_error *error);

/* ---- raw tables ------------------------------------------------------------------- */

typedef enum fs_use { FS_USE_NONE, FS_USE_LOOKUP, FS_USE_HOME } fs_use;

typedef struct fs_seen_column {
    const char *name;
    fs_words words;
    fs_column_profile *profile;
    fs_reading reading; /* as the mapping wants it */
    bool reading_set;   /* by the user */
    bool used;          /* some mapping names it */
    bool unique;        /* each value once */
    bool personal;      /* left out, as it tells who somebody is */
    bool wide;          /* one of the run of periods */
    int refers;         /* raw table whose key it is in; -1 */
    int refers_column;
    bool referred;   /* other tables' columns are in it */
    int numbered;    /* of a stem with numbers (price1, price2 …): its number, else -1 */
    const char *why; /* what became of it, where no mapping uses it */
} fs_seen_column;

/* What the price of a list is called. */
#define FS_LISTED "list listed msrp rrp catalog catalogue"

/* A run of columns that are periods, or products. */
typedef enum fs_label {
    FS_LABEL_NONE,
    FS_LABEL_DAY,    /* a date, a month with its year, a week with its year: `day` says which day */
    FS_LABEL_MONTH,  /* a month without a year: `day` is its number */
    FS_LABEL_NUMBER, /* a stem and consecutive numbers: `day` is the number */
    FS_LABEL_ITEM    /* a product: no period */
} fs_label;
typedef struct fs_wide {
    fs_label kind;
    int first, count; /* of columns; they stand beside one another */
    int64_t *day;     /* per column: days since 1970, or a number */
    bool iso;         /* labels are written 2021-04-12 */
    int step;         /* days from one to the next: 1, 7, 30; 0 unknown */
    int stem;         /* characters before the number */
    int label, value; /* the two columns of the table that take their place */
} fs_wide;
/* What a column's name says as a period; FS_LABEL_NONE: nothing. */
fs_label fs_label_read(const char *name, bool month_first, int64_t *day, int *step, int *stem,
                       bool *iso);

/* A canonical column's place in a raw table. */
typedef struct fs_fit_column {
    int column;      /* of the raw table; -1: none */
    double sure;     /* 0 … 1 */
    const char *why; /* the evidence, in words */
    bool set;        /* by the user */
    bool per_line;   /* of the line where the canonical one is of a piece */
} fs_fit_column;
typedef struct fs_fit {
    double score;  /* of the table as a whole */
    bool possible; /* what it needs is there */
    fs_fit_column role[FS_ROLES_MAX];
} fs_fit;

typedef struct fs_seen_table {
    const char *name; /* of the raw table */
    const char *const *path;
    const char *const *sheet; /* of each path: sheet or database table, or NULL */
    int paths;
    const fs_file_profile *file; /* of the first path */
    int64_t rows, faults;
    fs_words words;         /* of the file's name and the sheet's */
    const char *file_words; /* for `said` */
    fs_seen_column *column;
    int columns;
    fs_wide wide;
    int dated; /* column that the files' names give; -1 */
    fs_fit fit[FS_CANONICAL_TABLES];
    fs_use use;
    int home; /* canonical table; -1: none */
    double sure;
    const char *why;              /* what it is, or why it was left alone */
    const char *doubt[FS_DOUBTS]; /* assumptions about its sales */
    int doubts;
    bool set; /* by the user */
} fs_seen_table;

/* ---- mappings ---------------------------------------------------------------------- */

typedef struct fs_map_column {
    const char *name; /* canonical, or of a column that passes through */
    const char *sql;
    const char *note; /* "Quantity, 97 %: …" */
    const char *from; /* raw column, for the table that is said; may be NULL */
    double sure;
} fs_map_column;
typedef struct fs_map {
    int table;        /* canonical */
    int home;         /* raw table */
    bool derived;     /* rows of a raw table that has its home elsewhere */
    const char *file; /* "sources/sales.sql" */
    const char *about;
    const char *body; /* whole SELECT where it isn't columns + from */
    const char *from; /* after FROM: raw table and joins */
    fs_map_column *column;
    int columns, room;
} fs_map;

typedef struct fs_anchor { /* what a period number means */
    bool known;
    bool assumed; /* made up */
    int64_t zero; /* day on which number 0 begins */
    int step;     /* days; 30, 91, 365 stand for months, quarters, years, 0 for hours */
    const char *why;
} fs_anchor;

typedef struct fs_detection {
    fs_arena arena;
    fs_engine *engine; /* may be NULL: then nothing is asked of the rows */
    fs_vocabulary *vocabulary;
    const char *const *set; /* corrections, "sales.item=StockCode" */
    int sets;
    bool *set_used;
    fs_seen_table *table;
    int tables;
    fs_map *map;
    int maps, map_room;
    const char **left; /* files that are no tables: "logo.png: png image" */
    int lefts, left_room;
    const char **assumption;
    int assumptions, assumption_room;
    fs_anchor anchor[6]; /* hour, day, week, month, quarter, year */
    /* settings */
    const char *name, *currency, *currency_why, *country, *country_why;
    const char *week_start; /* NULL: by the country */
    const char *period, *period_why, *absent, *absent_why;
    const char *dates, *dates_why; /* NULL: as told */
    int sales;                     /* raw table of sales; -1 */
    const char *steps;             /* names that the run's steps have, a space between two */
} fs_detection;

void fs_detection_free(fs_detection *detection);
/* init.c: corrections have the form NAME=VALUE, and settings values that they may have. */
fs_status fs_detect_check_sets(const char *const *set, int sets, fs_error *error);
/* init.c: everything from the profiles of the files to mappings and settings; all below is part of it. */
fs_status fs_detect_decide(fs_detection *detection, const fs_file_profile *profile, int count,
                           fs_error *error);
fs_status fs_detect_group(fs_detection *detection, const fs_file_profile *profile, int count,
                          fs_error *error);
fs_status fs_detect_wide(fs_detection *detection, fs_seen_table *table, fs_error *error);
/* Do its columns stand for periods? */
bool fs_wide_periods(const fs_seen_table *table);
/* Is it called as sales are, or the only one? */
bool fs_called_sales(const fs_detection *d, const fs_seen_table *table);
/* wide_products.c: a run of products, in a file of a row a period. */
bool fs_products_sideways(const fs_detection *d, const fs_seen_table *table, int *first,
                          int *count);
fs_status fs_detect_dated(fs_detection *detection, fs_seen_table *table, fs_error *error);
fs_status fs_detect_views(fs_detection *detection, fs_error *error);
fs_status fs_detect_roles(fs_detection *detection, fs_seen_table *table, fs_error *error);
fs_status fs_detect_values(fs_detection *detection, fs_seen_table *table, fs_error *error);
fs_status fs_detect_relations(fs_detection *detection, fs_error *error);
fs_status fs_detect_choose(fs_detection *detection, fs_error *error);
fs_status fs_detect_settings(fs_detection *detection, fs_error *error);
fs_status fs_mapping_make(fs_detection *detection, fs_error *error);
fs_status fs_mapping_more(fs_detection *detection, fs_error *error);
fs_status fs_mapping_text(const fs_detection *detection, const fs_map *map, fs_buffer *out,
                          fs_error *error);
fs_status fs_yaml_write(const fs_detection *detection, fs_buffer *out, fs_error *error);
/* Does a path that foresell.yaml will hold carry a password? */
bool fs_detect_has_secret(const fs_detection *detection);
fs_status fs_detect_say(const fs_detection *detection, fs_buffer *out, fs_error *error);
fs_status fs_detect_json(const fs_detection *detection, fs_buffer *out, fs_error *error);

/* Is it the raw table's name, or that of one of its files, with or without the ending? */
bool fs_detect_called(const fs_seen_table *table, const char *name, size_t bytes);
/* Adds the counts, ranges and sketch of `from` to `into`. */
void fs_detect_merge_profile(fs_column_profile *into, const fs_column_profile *from);
/* The canonical table that a file's name speaks of; -1: none or several. */
int fs_detect_named_table(const fs_words *words);

#endif
