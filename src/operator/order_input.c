/* What the operators order, service_levels and stock_outlook read, and the room in which a group's rows are held. */
#include <string.h>

#include "order_case.h"

#define ORDER_INPUT                                                                                \
    {.name = "period",                                                                             \
     .type = FS_TYPE_PERIOD,                                                                       \
     .role = FS_ROLE_ORDER,                                                                        \
     .doc = "the periods ahead, a row each, from the first after now on"},                         \
        {.name = "mean",                                                                           \
         .type = FS_TYPE_DOUBLE,                                                                   \
         .role = FS_ROLE_VALUE,                                                                    \
         .doc =                                                                                    \
             "expected demand of the period, as forecast gives it; null: as the period before"},   \
        FS_ORDER_FIGURE("on_hand", "units",                                                        \
                        "in the first row: stock now; null: 0; below zero: what is owed, where "   \
                        "unmet is later"),                                                         \
        FS_ORDER_FIGURE("arriving", "units",                                                       \
                        "open orders that arrive before the sales of this period; null: none"),    \
        FS_ORDER_FIGURE("lead_time", "period",                                                     \
                        "in the first row, as all that follow: an order now can be sold from "     \
                        "period lead_time + "                                                      \
                        "1 on; null: 1"),                                                          \
        FS_ORDER_FIGURE(                                                                           \
            "holding", "money",                                                                    \
            "of a unit that is left at the end of a period; null: a ninth of shortage"),           \
        FS_ORDER_FIGURE(                                                                           \
            "shortage", "money",                                                                   \
            "of a unit that is asked for and not there; null or 0: unit_profit, else 1"),          \
        FS_ORDER_FIGURE("unit_cost", "money", "what a unit costs; null: not known"),               \
        FS_ORDER_FIGURE("unit_profit", "money",                                                    \
                        "what a unit that is sold earns, only where shortage is null"),            \
        FS_ORDER_FIGURE("pack", "units", "orders are whole packs; null: 1"),                       \
        FS_ORDER_FIGURE("least", "units",                                                          \
                        "the least that may be ordered, if anything is; null: any"),               \
        FS_ORDER_FIGURE(                                                                           \
            "most", "units",                                                                       \
            "that the shelf takes: stock at arrival, as expected, and order; null: any"),          \
        FS_ORDER_FIGURE("order_cost", "money", "of an order, however large; null: 0"),             \
        FS_ORDER_FIGURE("shelf_life", "period",                                                    \
                        "in which the units of this order can be sold; null: for ever"),           \
        FS_ORDER_FIGURE("next_order", "period",                                                    \
                        "in the first row: until the next order may be placed, 1 to 200; null: "   \
                        "review")
#define QUANTILE_INPUT                                                                             \
    {                                                                                              \
        .name = "*", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_REGRESSOR,                            \
        .doc = "quantiles of the period's demand, named q0.05 and so on, two at least; a column "  \
               "step "                                                                             \
               "is left aside"                                                                     \
    }

const fs_column fs_order_input[] = {ORDER_INPUT, QUANTILE_INPUT, {0}};
const fs_column fs_outlook_input[] = {
    ORDER_INPUT,
    FS_ORDER_FIGURE("quantity", "units",
                    "in the first row: what is ordered now; null: what order would"),
    QUANTILE_INPUT,
    {0}};

fs_status fs_order_rows_open(fs_order_rows *rows, fs_quantile_columns *quantiles,
                             const fs_binding *binding, int inputs, fs_error *error)
{
    const fs_options *options = binding->options;
    rows->review = (int)fs_option_int(options, "review");
    rows->now.later = strcmp(fs_option_text(options, "unmet"), "later") == 0;
    rows->ahead.common = fs_option_double(options, "common");
    FS_TRY(fs_quantile_columns_find(quantiles, binding, inputs, error));
    size_t values = FS_ORDER_PERIODS * (size_t)quantiles->count;
    rows->mean = fs_alloc_zero(FS_ORDER_PERIODS, sizeof(double));
    rows->arriving = fs_alloc_zero(FS_ORDER_PERIODS, sizeof(double));
    rows->quantile = fs_alloc_zero(values, sizeof(double));
    if (rows->mean && rows->arriving && rows->quantile) return FS_OK;
    return fs_fail_memory(error, values * sizeof(double));
}

void fs_order_rows_close(fs_order_rows *rows)
{
    fs_free(rows->mean);
    fs_free(rows->arriving);
    fs_free(rows->quantile);
}
