/* The operator lot_sizes: from what is needed in each period to what to order in each. */
#include <math.h>
#include <string.h>

#include "foresell/stock.h"
#include "vector.h"

enum { PERIOD_IN, DEMAND_IN };

static const fs_column lots_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a date, a time or a whole number; each row is a period, the next row the next one"},
    {.name = "demand",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "needed at the start of the period, at least 0; null: nothing is"},
    {0}};

enum { PERIOD, ORDERED, LEFT, COST };

static const fs_column lots_output[] = {
    {.name = "period", .type = FS_TYPE_PERIOD, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "ordered",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "units",
     .doc = "to come at the start of the period"},
    {.name = "left",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "units",
     .doc = "there at its end"},
    {.name = "cost",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "money",
     .doc = "of the order and of what is left"},
    {0}};

static const fs_param lots_params[] = {
    {.name = "setup",
     .type = FS_TYPE_DOUBLE,
     .minimum = 0,
     .maximum = 1e15,
     .doc = "what an order costs, whatever its size"},
    {.name = "holding",
     .type = FS_TYPE_DOUBLE,
     .minimum = 0,
     .maximum = 1e15,
     .doc = "what a unit costs that is left at the end of a period"},
    {.name = "method",
     .type = FS_TYPE_TEXT,
     .fallback = "wagner_whitin",
     .choices = "wagner_whitin|silver_meal|least_unit_cost|part_period|lot_for_lot|period_quantity",
     .doc = "wagner_whitin costs least; the others are the usual rules"},
    {0}};

typedef struct workspace {
    int method;
    double setup, holding;
    double *room, *demand, *ordered; /* as many periods as the longest group so far; all in room */
    int64_t capacity;
} workspace;

static void lots_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_free(w->room);
    fs_free(w);
}

static fs_status lots_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    const char *method = fs_option_text(binding->options, "method");
    while (strcmp(fs_lot_method_name(w->method), method) != 0) w->method++;
    w->setup = fs_option_double(binding->options, "setup");
    w->holding = fs_option_double(binding->options, "holding");
    return FS_OK;
}

static fs_status reserve(workspace *w, int64_t count, fs_error *error)
{
    if (count <= w->capacity) return FS_OK;
    int64_t capacity = count + count / 4;
    size_t bytes = (FS_LOT_ROOM(capacity) + 2 * (size_t)capacity) * sizeof *w->room;
    fs_free(w->room);
    w->capacity = 0, w->room = fs_alloc(bytes);
    if (!w->room) return fs_fail_memory(error, bytes);
    w->capacity = capacity;
    w->demand = w->room + FS_LOT_ROOM(capacity), w->ordered = w->demand + capacity;
    return FS_OK;
}

static fs_status one_group(workspace *w, const fs_block *block, int64_t g, fs_rows *out,
                           fs_error *error)
{
    int64_t first = block->start[g], count = block->start[g + 1] - first, row;
    double cost, left = 0;
    FS_TRY(reserve(w, count, error));
    for (int64_t t = 0; t < count; t++) {
        const fs_vector *demand = &block->column[DEMAND_IN];
        w->demand[t] = fs_vector_known(demand, first + t) ? demand->number[first + t] : 0;
    }
    FS_TRY(fs_lot_sizes(w->method, w->demand, count, w->setup, w->holding, w->room, w->ordered,
                        &cost, error));
    FS_TRY(fs_rows_extend(out, g, count, &row));
    fs_rows_set_integers(out, PERIOD, row, block->column[PERIOD_IN].integer + first, count);
    fs_rows_set_numbers(out, ORDERED, row, w->ordered, count);
    for (int64_t t = 0; t < count; t++) {
        /* an order comes when nothing is left */
        left = fmax((w->ordered[t] > 0 ? w->ordered[t] : left) - w->demand[t], 0);
        fs_rows_set_number(out, LEFT, row + t, left);
        fs_rows_set_number(out, COST, row + t,
                           (w->ordered[t] > 0 ? w->setup : 0) + w->holding * left);
    }
    return FS_OK;
}

static fs_status lots_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) {
        fs_status status = one_group(pointer, block, g, out, error);
        if (status == FS_DATA) fs_rows_refuse(out, g);
        FS_TRY(status);
    }
    return FS_OK;
}

const fs_operator fs_lot_sizes_operator = {
    .name = "lot_sizes",
    .summary = "Says what to order in each period so that what is needed is there, at least cost.",
    .details =
        "Demand is known, as from a plan or a production schedule; an order costs `setup` and each "
        "unit that is left at the end of a period `holding`. wagner_whitin is the plan of least "
        "cost (Wagner and Whitin 1958), in time linear in the periods (Wagelmans, van Hoesel and "
        "Kolen 1992). The rules begin an order where something is needed and take in the "
        "next periods as long as theirs allows (Silver, Pyke and Thomas 2017, section 6.6).",
    .example =
        "foresell apply lot_sizes stock.csv --group product_id,store_id --order date --demand "
        "on_hand --setup 50 --holding 0.2 -o lots.csv",
    .version = 1,
    .input = lots_input,
    .output = lots_output,
    .params = lots_params,
    .open = lots_open,
    .block = lots_block,
    .close = lots_close,
};
