/* The operator safety_stock: of the stages of a network that is a tree, how much safety stock each keeps so that all promises are kept at least cost. */
#include <math.h>

#include "foresell/numeric.h"
#include "order_case.h"
#include "supply_rows.h"
#include "vector.h"

enum {
    ROW,
    STAGE,
    INBOUND_TIME,
    SERVICE_TIME,
    NET_TIME,
    COVER_DEVIATION,
    BASE_STOCK,
    SAFETY,
    COST,
    NETWORK_COST,
    NOTE
};

static const fs_column safety_output[] = {
    {.name = "row", .type = FS_TYPE_PERIOD, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "stage", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "inbound_time",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "until all that it needs is there: the longest service time of its suppliers"},
    {.name = "service_time",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "after which it delivers what is asked for, always"},
    {.name = "net_time",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "net replenishment time: inbound_time and lead_time less service_time, for which "
            "stock must suffice"},
    FS_ORDER_RESULT("cover_deviation", "units",
                    "standard deviation of the demand of net_time that comes through the stage"),
    FS_ORDER_RESULT("base_stock", "units",
                    "base-stock level: expected demand of net_time, and safety; null: a mean is "
                    "not known"),
    FS_ORDER_RESULT("safety", "units", "safety stock: factor times cover_deviation"),
    FS_ORDER_RESULT("cost", "money a period", "of holding it"),
    FS_ORDER_RESULT("network_cost", "money a period", "of all stages of the network"),
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "what was taken in the place of what is not known; else null"},
    {0}};

static const fs_param safety_params[] = {
    {.name = "service",
     .type = FS_TYPE_DOUBLE,
     .fallback = "0.95",
     .minimum = 0.5,
     .maximum = 0.9999,
     .doc = "the probability that the stock of a stage suffices for normal demand of net_time, "
            "where factor is null"},
    {0}};

static void safety_close(void *pointer)
{
    fs_supply_rows *s = pointer;
    if (!s) return;
    fs_supply_rows_close(s);
    fs_free(s);
}

static fs_status safety_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    fs_supply_rows *s = fs_alloc_zero(1, sizeof *s);
    if (!s) return fs_fail_memory(error, sizeof *s);
    *pointer = s;
    s->factor = fs_normal_quantile(fs_option_double(binding->options, "service"));
    s->order_type = binding->order_type;
    return FS_OK;
}

static fs_status set_note(int64_t taken, fs_rows *out, int64_t row)
{
    static const char *const said[] = {"promised is not known: taken as 0",
                                       "inbound is not known: taken as 0",
                                       "deviation is not known: taken as Poisson has it",
                                       "mean is not known: no base_stock, nor upstream"};
    fs_sentence note = {.length = 0};
    for (int k = 0; k < 4; k++)
        if (taken & (1 << k)) fs_sentence_remark(&note, "%s", said[k]);
    return note.length > 0 ? fs_rows_set_string(out, NOTE, row, note.text) : FS_OK;
}

static fs_status set_stage(const fs_supply_rows *s, int64_t i, fs_rows *out, int64_t row)
{
    int64_t net = s->inbound[i] + s->tree.time[i] - s->service[i];
    const int64_t *offset = s->names.offset + i;
    fs_rows_set_integer(out, NET_TIME, row, net);
    fs_rows_set_number(out, COVER_DEVIATION, row, s->deviation[i] * sqrt((double)net));
    if (!isnan(s->mean[i]))
        fs_rows_set_number(out, BASE_STOCK, row, s->mean[i] * (double)net + s->safety[i]);
    fs_rows_set_number(out, COST, row, s->tree.holding[i] * s->safety[i]);
    FS_TRY(fs_rows_set_text(out, STAGE, row, s->names.bytes + offset[0],
                            (size_t)(offset[1] - offset[0])));
    return set_note(s->taken[i], out, row);
}

static fs_status one_group(fs_supply_rows *s, const fs_block *block, int64_t g, fs_rows *out,
                           fs_error *error)
{
    int64_t first = block->start[g], count = block->start[g + 1] - first, row;
    double cost;
    FS_TRY(fs_supply_rows_take(s, block, g, error));
    FS_TRY(fs_supply_rows_solve(s, &cost, error));
    FS_TRY(fs_rows_extend(out, g, count, &row));
    fs_rows_set_integers(out, ROW, row, block->column[FS_SUPPLY_ROW].integer + first, count);
    fs_rows_set_integers(out, INBOUND_TIME, row, s->inbound, count);
    fs_rows_set_integers(out, SERVICE_TIME, row, s->service, count);
    fs_rows_set_numbers(out, SAFETY, row, s->safety, count);
    for (int64_t i = 0; i < count; i++) {
        fs_rows_set_number(out, NETWORK_COST, row + i, cost);
        FS_TRY(set_stage(s, i, out, row + i));
    }
    return FS_OK;
}

static fs_status safety_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) {
        fs_status status = one_group(pointer, block, g, out, error);
        if (status == FS_DATA) fs_rows_refuse(out, g);
        FS_TRY(status);
    }
    return FS_OK;
}

const fs_operator fs_safety_stock_operator = {
    .name = "safety_stock",
    .summary = "Says how much safety stock each stage of a supply network is to keep, and what "
               "delivery times to promise, at least cost.",
    .details =
        "A group is a network, a row one of its stages. A stage that is asked for something asks "
        "its suppliers for what it needs at once, has it after their longest service time, works "
        "on it for `lead_time`, and delivers after its own service time, which it always keeps: "
        "guaranteed service (Graves and Willems 2000; Snyder and Shen 2019, sections 6.3 and 6.5)."
        " What it cannot wait for comes from stock: factor times the standard deviation of demand "
        "over the net replenishment time. Longer service times upstream save stock there and "
        "cost stock downstream; those that cost least in all are found exactly, by dynamic "
        "programming.\n\n"
        "The network is a tree: one way between any two stages. Each stage may name one that "
        "supplies it and one that it supplies, and a link may be told at either end or at both: "
        "stores name their depot as `upstream`, parts name what they go into as `downstream`. "
        "One unit of a stage goes into one unit of the next; demands from outside do not depend "
        "on one another, so that variances add up on the way upstream. Where demand is more than "
        "the stock is kept for, the stage is taken to hasten its supply.\n\n"
        "Work grows with the stages and with the square of the longest time through the network: "
        "count time in weeks where days are not wanted. A network that is no tree, and a row that "
        "makes no sense, end the call with an error that names the group and the row.",
    .example = "foresell apply safety_stock network.csv --group product --order row --service 0.98 "
               "-o stages.csv",
    .version = 1,
    .input = fs_supply_input,
    .output = safety_output,
    .params = safety_params,
    .open = safety_open,
    .block = safety_block,
    .close = safety_close,
};
