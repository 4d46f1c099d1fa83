/* Inside foresell apply: the input's columns and the parts they play. */
#ifndef FORESELL_CLI_APPLY_INTERNAL_H
#define FORESELL_CLI_APPLY_INTERNAL_H

#include "cli_internal.h"

typedef enum apply_part {
    APPLY_LEFT,
    APPLY_GROUP,
    APPLY_ORDER,
    APPLY_VALUE,
    APPLY_REGRESSOR
} apply_part;

typedef struct apply_column {
    const char *name;                 /* owned by the profile */
    const fs_column_profile *profile; /* over the first file */
    apply_part part;
    const fs_column *input; /* VALUE: which one of the operator */
    bool guessed;           /* found, not named by the user */
    fs_reading reading;
} apply_column;

typedef struct apply_columns {
    apply_column *column;
    int count;
} apply_columns;

typedef struct apply {
    const fs_operator *op;
    fs_file_profile **profile; /* of each file: all its tables */
    int *profile_count;
    const fs_file_profile **table; /* of each file: the one that is read */
    const char **path;
    int paths;
    const char **group;
    int groups;
    const char *order;
    apply_columns columns;
    bool typed;     /* by the file itself: no cell can be bad, and no row was read to tell */
    bool beginning; /* by the first rows: each cell is looked at while the operator gets the rows */
    fs_buffer options;   /* the operator's parameters */
    const char *scratch; /* a folder */
    const char *printed; /* in it: what is printed, CSV or, for JSON, Parquet */
    const char *result;  /* where the operator writes to: this, or the file that the user named */
    int64_t rows, series;
} apply;

/* apply_input.c: finds the parts of the columns, makes the view foresell_input. By types or first rows where these are enough
 * and `whole` is not said, else by a profile of the files. */
fs_status fs_cli_apply_open(cli_call *call, cli_session *session, apply *a, bool whole,
                            fs_error *error);
void fs_cli_apply_close(apply *a);
/* Do the first rows tell the parts and readings of the columns, if all others are like them? */
bool fs_cli_apply_holds(const apply *a);
/* Gives each column its part; `named` finds what the user gave for an input of the operator. */
fs_status fs_cli_apply_parts(const fs_operator *op, const cli_given *given, apply *a,
                             fs_error *error);
/* The operator's parameter text from what was given. */
fs_status fs_cli_apply_options(const fs_operator *op, const cli_given *given, fs_buffer *out);
/* apply_print.c: the result on standard output, as CSV or JSON. */
fs_status fs_cli_apply_print(cli_call *call, cli_session *session, apply *a, fs_error *error);

#endif
