/* saved_internal.h: a fitted model as a text: what its files share. */
#ifndef FORESELL_SAVED_INTERNAL_H
#define FORESELL_SAVED_INTERNAL_H

#include "forecaster_internal.h"

#define FS_SAVED_TABLE   128 /* points of a table of quantiles */
#define FS_SAVED_TAIL    (FS_CLOSED_SEASONS * FS_CLOSED_LONGEST)
#define FS_SAVED_LONGEST 10000 /* season */

/* Errors of one step: quantiles of those that were made, in units of their deviation, ascending in p from 0 to 1. */
typedef struct fs_error_table {
    fs_errors errors; /* without those that it came from */
    int points;
    double p[FS_SAVED_TABLE], quantile[FS_SAVED_TABLE];
} fs_error_table;

/* What the effects of a saved model are of. */
typedef struct fs_saved_names {
    fs_regressors needs; /* count, name, kind, events, event_name, event_usual */
    fs_regressors given; /* the same, with what an update was told */
    char *bytes;         /* of all texts */
    const char **name;   /* regressors, then events */
    size_t size, used;   /* bytes */
    int capacity;
} fs_saved_names;

/* Goes through a text once. */
typedef struct fs_saved_reader {
    const char *at, *end;
    bool fails;
} fs_saved_reader;

typedef struct fs_saved {
    fs_saved_time time;
    double unit;                  /* of the states; a power of two */
    double least;                 /* value known, in units */
    double usual;                 /* size of those that are not 0, in units; 0: too few */
    char tail[FS_SAVED_TAIL + 1]; /* last seasons: '.' not known, '0' zero, '1' else */
    bool has_table;
    fs_error_table table;
    fs_mixed mixed; /* of what was read */
    bool has_effects;
    fs_saved_names names; /* of what was read */
    fs_buffer text;       /* as it was read, or as it is given */
} fs_saved;

/* Writes f->saved and the states of f->fit to f->saved->text. */
FS_MUST_CHECK fs_status fs_saved_write(fs_forecaster *f);
/* Reads f->saved->text back into them; FS_DATA where that is none. */
FS_MUST_CHECK fs_status fs_saved_read(fs_forecaster *f, fs_error *error);

/* A number as hexadecimal digits times a power of two, "-1c8p-4": exact, and short where the number is simple. */
FS_MUST_CHECK fs_status fs_saved_add_number(fs_buffer *text, double x);
/* Reads one from `at`, which is moved behind it; false where there is none, or it is not finite. */
bool fs_saved_take_number(const char **at, const char *end, double *x);

/* What comes next must be `text`; a number inside bounds, else `low` and it fails; is it `text` that comes? */
void fs_saved_expect(fs_saved_reader *r, const char *text);
double fs_saved_number(fs_saved_reader *r, double low, double high);
bool fs_saved_comes(const fs_saved_reader *r, const char *text);

/* Can what regressors do be saved, where they do anything? */
bool fs_saved_can_write_effects(const fs_forecaster *f);
/* Those of f->effects, where there are any; and back, into it and f->saved->names. */
FS_MUST_CHECK fs_status fs_saved_write_effects(const fs_forecaster *f, fs_buffer *text);
FS_MUST_CHECK fs_status fs_saved_read_effects(fs_forecaster *f, fs_saved_reader *r);

/* The table from f->errors, exact at the quantiles of the settings. */
void fs_saved_tabulate(fs_forecaster *f, fs_error_table *table);
/* New errors of one step, in the series' scale: their size tells how wide the next ones are. */
void fs_saved_learn(fs_error_table *table, const fs_fit *fit, const fs_series *news);
/* An fs_fit.quantiles by fit->errors. */
void fs_saved_quantiles(const fs_fit *fit, int64_t h, const double *p, int n, double *quantile);

#endif
