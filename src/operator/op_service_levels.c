/* The operator service_levels: what it costs to have everything there with a given probability. */
#include <math.h>

#include "order_case.h"
#include "vector.h"

/* ---- declarations ---- */

enum { SERVICE, PACKS, QUANTITY, HOLDING, SHORTAGE, MISSED, DEMAND };

static const double levels[] = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99};
#define LEVELS ((int)(sizeof levels / sizeof *levels))

static const fs_column levels_output[] = {
    FS_ORDER_RESULT(
        "service", "share of 1",
        "the probability that nothing is missed in the periods that the order answers for"),
    FS_ORDER_RESULT("packs", NULL, "of the least order that reaches it, as far as constraints let"),
    FS_ORDER_RESULT("quantity", "units", "the same in units"),
    FS_ORDER_RESULT(
        "holding_cost", "money",
        "expected in them: of what is left at their ends, what goes off, and of the order"),
    FS_ORDER_RESULT("shortage_cost", "money", "expected in them: of what is missed"),
    FS_ORDER_RESULT(
        "missed", "units",
        "expected not to be there in them; where unmet is later summed over the ends of periods"),
    FS_ORDER_RESULT("demand", "units", "expected in them"),
    {0}};

static const fs_param levels_params[] = {
    FS_ORDER_REVIEW_PARAM, FS_ORDER_UNMET_PARAM, FS_ORDER_COMMON_PARAM, {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_order_plan plan;
    fs_quantile_columns quantiles;
    fs_order_rows rows;
} workspace;

static void levels_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_order_close(&w->plan);
    fs_order_rows_close(&w->rows);
    fs_free(w);
}

static fs_status levels_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    FS_TRY(fs_order_rows_open(&w->rows, &w->quantiles, binding, FS_ORDER_INPUTS, error));
    return fs_order_open(&w->plan) == FS_OK ? FS_OK : fs_fail_memory(error, sizeof w->plan);
}

/* ---- rows ---- */

static void set_level(const workspace *w, double service, fs_rows *out, int64_t row)
{
    double packs = fs_order_for_service(&w->plan, service);
    fs_order_outlook look = fs_order_look(&w->plan, packs);
    double shortage = look.missed * w->rows.now.shortage;
    fs_rows_set_number(out, SERVICE, row, service);
    fs_rows_set_number(out, PACKS, row, packs);
    fs_rows_set_number(out, QUANTITY, row, packs * w->rows.now.pack);
    fs_rows_set_number(out, HOLDING, row, fmax(look.cost - shortage, 0));
    fs_rows_set_number(out, SHORTAGE, row, shortage);
    fs_rows_set_number(out, MISSED, row, look.missed);
    fs_rows_set_number(out, DEMAND, row, w->plan.demand);
}

static fs_status levels_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        int64_t row = 0;
        fs_order_rows_take(&w->rows, &w->quantiles, block, g);
        if (w->rows.fault) continue;
        fs_order_make(&w->plan, &w->rows.ahead, &w->rows.now);
        FS_TRY(fs_rows_extend(out, g, LEVELS, &row));
        for (int i = 0; i < LEVELS; i++) set_level(w, levels[i], out, row + i);
    }
    return FS_OK;
}

const fs_operator fs_service_levels_operator = {
    .name = "service_levels",
    .summary = "Says what it would cost to have everything there with a probability of 50 % to "
               "99 %.",
    .details = "For each of the probabilities .5, .6, .7, .8, .9, .95, .98 and .99 the least order "
               "that reaches it, and the money that holding and shortage are expected to cost in "
               "the periods that this order answers for, as the operator `order` counts them. The "
               "curve of service against cost is their sum over all groups. Groups for which "
               "there can be no order have no row.",
    .example = "foresell apply service_levels ahead.csv --group item,store --order week -o "
               "levels.csv",
    .version = 1,
    .input = fs_order_input,
    .output = levels_output,
    .params = levels_params,
    .open = levels_open,
    .block = levels_block,
    .close = levels_close,
};
