/* The operator stock_outlook: the stock of each period ahead, with the order of today and without it. */
#include <math.h>

#include "order_case.h"
#include "vector.h"

/* ---- declarations ---- */

enum { PERIOD, STEP, STOCK, LOW, HIGH, WITHOUT, DEMAND, ORDERED };

static const fs_column outlook_output[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "ahead, a row each, as they came"},
    {.name = "step",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "1 for the first"},
    FS_ORDER_RESULT("stock", "units",
                    "expected at the end of the period, with the order; below zero: owed"),
    FS_ORDER_RESULT("low", "units", "that it is not above with a probability of 5 %"),
    FS_ORDER_RESULT("high", "units", "that it is not above with a probability of 95 %"),
    FS_ORDER_RESULT("stock_without", "units",
                    "expected at the end of the period without the order"),
    FS_ORDER_RESULT("demand", "units", "expected in the period"),
    FS_ORDER_RESULT("ordered", "units", "that arrive of the order in this period"),
    {0}};

static const fs_param outlook_params[] = {FS_ORDER_REVIEW_PARAM,
                                          FS_ORDER_UNMET_PARAM,
                                          FS_ORDER_COMMON_PARAM,
                                          FS_ORDER_SERVICE_PARAM,
                                          {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_order_plan plan;
    fs_stock_fan fan;
    fs_quantile_columns quantiles;
    fs_order_rows rows;
    fs_stock_end with[FS_ORDER_PERIODS], without[FS_ORDER_PERIODS];
} workspace;

static void outlook_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_order_close(&w->plan);
    fs_stock_fan_close(&w->fan);
    fs_order_rows_close(&w->rows);
    fs_free(w);
}

static fs_status outlook_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->rows.now.service = fs_option_double(binding->options, "service");
    FS_TRY(fs_order_rows_open(&w->rows, &w->quantiles, binding, FS_OUTLOOK_INPUTS, error));
    if (fs_order_open(&w->plan) != FS_OK || fs_stock_fan_open(&w->fan) != FS_OK)
        return fs_fail_memory(error, sizeof w->plan);
    return FS_OK;
}

/* ---- rows ---- */

static double units_of(workspace *w, const fs_block *block, int64_t first)
{
    const fs_vector *given = &block->column[FS_OUTLOOK_QUANTITY];
    if (fs_vector_known(given, first)) return fmax(given->number[first], 0);
    if (w->rows.fault) return 0;
    fs_order_make(&w->plan, &w->rows.ahead, &w->rows.now);
    return w->plan.packs * w->rows.now.pack;
}

static fs_status add_periods(workspace *w, const fs_block *block, int64_t group, fs_rows *out)
{
    int64_t row = 0, periods = w->rows.ahead.periods, first = block->start[group];
    double units = units_of(w, block, first);
    fs_stock_fan_make(&w->fan, &w->rows.ahead, &w->rows.now, units, w->with);
    fs_stock_fan_make(&w->fan, &w->rows.ahead, &w->rows.now, 0, w->without);
    FS_TRY(fs_rows_extend(out, group, periods, &row));
    for (int64_t t = 0; t < periods; t++, row++) {
        fs_rows_set_integer(out, PERIOD, row, block->column[0].integer[first + t]);
        fs_rows_set_integer(out, STEP, row, t + 1);
        fs_rows_set_number(out, STOCK, row, w->with[t].mean);
        fs_rows_set_number(out, LOW, row, w->with[t].low);
        fs_rows_set_number(out, HIGH, row, w->with[t].high);
        fs_rows_set_number(out, WITHOUT, row, w->without[t].mean);
        fs_rows_set_number(out, DEMAND, row, fmax(w->rows.mean[t], 0));
        fs_rows_set_number(out, ORDERED, row, t == w->rows.now.lead ? units : 0);
    }
    return FS_OK;
}

static fs_status outlook_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        fs_order_rows_take(&w->rows, &w->quantiles, block, g);
        if (w->rows.known) FS_TRY(add_periods(w, block, g, out));
    }
    return FS_OK;
}

const fs_operator fs_stock_outlook_operator = {
    .name = "stock_outlook",
    .summary = "Says how much stock there will be at the end of each period ahead, with the order "
               "of today and without it.",
    .details = "The order is `quantity`, else that of the operator `order`, and the distribution "
               "of the stock is "
               "carried from period to period exactly as there, to the end of the forecast. It is "
               "taken as the last one: what is ordered at the next review and after it is not in "
               "the figures. Nothing goes off. Groups without any known demand have no row.",
    .example = "foresell apply stock_outlook ahead.csv --group item,store --order week -o "
               "outlook.csv",
    .version = 1,
    .input = fs_outlook_input,
    .output = outlook_output,
    .params = outlook_params,
    .open = outlook_open,
    .block = outlook_block,
    .close = outlook_close,
};
