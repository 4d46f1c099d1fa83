/* options_internal.h: parsed parameters, between the reader of the text and the checker. */
#ifndef FORESELL_OPTIONS_INTERNAL_H
#define FORESELL_OPTIONS_INTERNAL_H

#include "operator_internal.h"

/* What stands for one parameter, as written, then as checked. */
typedef struct fs_option_value {
    bool given;
    bool listed;       /* written in [ ] */
    int count;         /* words; 1 where not a list */
    const char **word; /* as written, unquoted */
    double *number;    /* LIST of numbers */
    bool numbers;
    int64_t integer; /* BOOL, INT, DATE */
    double real;     /* INT, DOUBLE */
} fs_option_value;

typedef struct fs_option_column {
    const char *input;  /* declared name */
    const char *column; /* of the data */
    struct fs_option_column *next;
} fs_option_column;

struct fs_options {
    const fs_operator *op;
    fs_arena arena;
    int params;
    fs_option_value *value;    /* by declared order */
    fs_option_column *binding; /* sorted by declared order */
};

/* Checks one value against its declaration and fills its numbers. */
FS_MUST_CHECK fs_status fs_option_check(fs_options *options, const fs_param *param,
                                        fs_option_value *value, fs_error *error);
/* Days of "YYYY-MM-DD"; false where it is no date. */
bool fs_option_date(const char *text, int64_t *days);

#endif
