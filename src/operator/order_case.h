/* order_case.h: from a group's rows to the case of an order, with the defaults that were taken; see order_case.c. */
#ifndef FORESELL_ORDER_CASE_H
#define FORESELL_ORDER_CASE_H

#include "foresell/operator.h"
#include "foresell/stock.h"

#define FS_ORDER_USUAL_RATIO                                                                       \
    9 /* shortage over holding where neither is told: nine of ten orders suffice */

/* A number that operators of stock may be given, and one that they give, in an array of columns. */
#define FS_ORDER_FIGURE(column, its_unit, its_doc)                                                 \
    {                                                                                              \
        .name = column, .type = FS_TYPE_DOUBLE, .role = FS_ROLE_VALUE, .optional = true,           \
        .unit = its_unit, .doc = its_doc                                                           \
    }
#define FS_ORDER_RESULT(column, its_unit, its_doc)                                                 \
    {                                                                                              \
        .name = column, .type = FS_TYPE_DOUBLE, .role = FS_ROLE_RESULT, .unit = its_unit,          \
        .doc = its_doc                                                                             \
    }

/* Columns that the operators order and service_levels read, and stock_outlook with one more, as declared; the quantiles come last. */
extern const fs_column fs_order_input[], fs_outlook_input[];
enum {
    FS_ORDER_MEAN = 1,
    FS_ORDER_ON_HAND,
    FS_ORDER_ARRIVING,
    FS_ORDER_LEAD_TIME,
    FS_ORDER_HOLDING,
    FS_ORDER_SHORTAGE,
    FS_ORDER_UNIT_COST,
    FS_ORDER_UNIT_PROFIT,
    FS_ORDER_PACK,
    FS_ORDER_LEAST_ORDER,
    FS_ORDER_MOST,
    FS_ORDER_COST,
    FS_ORDER_SHELF_LIFE,
    FS_ORDER_NEXT,
    FS_ORDER_INPUTS,
    FS_OUTLOOK_QUANTITY = FS_ORDER_INPUTS,
    FS_OUTLOOK_INPUTS
};

/* The parameters that they share. */
#define FS_ORDER_REVIEW_PARAM                                                                      \
    {                                                                                              \
        .name = "review", .type = FS_TYPE_INT, .fallback = "1", .minimum = 1, .maximum = 200,      \
        .doc = "periods until the next order may be placed, where next_order does not say it"      \
    }
#define FS_ORDER_UNMET_PARAM                                                                       \
    {                                                                                              \
        .name = "unmet", .type = FS_TYPE_TEXT, .fallback = "lost", .choices = "lost|later",        \
        .doc = "what is asked for and not there is lost, or owed and delivered later; then "       \
               "shortage is money a unit and period"                                               \
    }
#define FS_ORDER_COMMON_PARAM                                                                      \
    {                                                                                              \
        .name = "common", .type = FS_TYPE_DOUBLE, .fallback = "0", .minimum = 0, .maximum = 0.95,  \
        .doc = "the correlation of the demands of any two periods about their forecasts, since "   \
               "the level may be wrong for all of them"                                            \
    }

#define FS_ORDER_SERVICE_PARAM                                                                     \
    {                                                                                              \
        .name = "service", .type = FS_TYPE_DOUBLE, .fallback = "0", .minimum = 0,                  \
        .maximum = 0.9999,                                                                         \
        .doc = "the probability that nothing is missed, in place of the least cost; 0: the least " \
               "cost"                                                                              \
    }

/* A short text that grows and never overflows. */
typedef struct fs_sentence {
    char text[600];
    size_t length;
} fs_sentence;
void fs_sentence_add(fs_sentence *sentence, const char *format, ...) FS_PRINTF(2, 3);
/* The same as a further remark, after "; ". */
void fs_sentence_remark(fs_sentence *sentence, const char *format, ...) FS_PRINTF(2, 3);
/* As people say it: 12, 3.4, 0. */
const char *fs_units_text(double units, char out[32]);

/* The quantile columns of a binding, ascending. */
typedef struct fs_quantile_columns {
    int count, column[FS_ORDER_QUANTILES];
    double probability[FS_ORDER_QUANTILES];
} fs_quantile_columns;
FS_MUST_CHECK fs_status fs_quantile_columns_find(fs_quantile_columns *columns,
                                                 const fs_binding *binding, int before,
                                                 fs_error *error);

/* What a group's rows say. Arrays hold FS_ORDER_PERIODS periods and are the workspace's. */
typedef struct fs_order_rows {
    double *mean, *quantile, *arriving;
    fs_ahead ahead;
    fs_order_case now;
    double unit_cost;  /* below zero: not told */
    int review;        /* the option */
    bool known;        /* some demand is */
    const char *fault; /* what makes an order impossible; NULL: nothing */
    fs_sentence note;
} fs_order_rows;
/* Options review, unmet and common, and the arrays; rows starts with {0} and is closed in any case. `inputs`: columns before
 * the quantiles. */
FS_MUST_CHECK fs_status fs_order_rows_open(fs_order_rows *rows, fs_quantile_columns *quantiles,
                                           const fs_binding *binding, int inputs, fs_error *error);
void fs_order_rows_close(fs_order_rows *rows);
/* now: service is set by the caller. */
void fs_order_rows_take(fs_order_rows *rows, const fs_quantile_columns *quantiles,
                        const fs_block *block, int64_t group);
#endif
