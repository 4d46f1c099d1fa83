/* The operator replay_orders: what a policy of ordering would have cost in the past. */
#include <math.h>
#include <string.h>

#include "replay_rows.h"
#include "vector.h"

/* ---- declarations ---- */

enum {
    IN_PERIOD,
    IN_DEMAND,
    IN_LEVEL,
    IN_REORDER,
    IN_QUANTITY,
    IN_ARRIVING,
    IN_LEAD,
    IN_HOLDING,
    IN_SHORTAGE,
    IN_ORDER_COST,
    IN_UNIT_COST,
    IN_PACK,
    IN_LEAST,
    IN_LIFE,
    IN_OPENING,
    IN_SEEN,
    IN_AHEAD,
    IN_MEAN,
    IN_MOST,
    INPUTS
};

static const fs_column replay_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "the periods of the past, a row each; with policy order behind each those that are "
            "forecast at its end, numbered so that they stay there"},
    {.name = "demand",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .unit = "units",
     .doc = "what was asked for; null: not known, as when it was out of stock: the period sells "
            "nothing, bears no cost, and nothing gets older in it"},
    FS_ORDER_FIGURE(
        "level", "units",
        "up to which the order at the end of this period goes, with stock and what is under "
        "way, where policy is level; null: no order"),
    FS_ORDER_FIGURE(
        "reorder", "units",
        "with level: an order only where stock and what is under way are not above this; null: "
        "always"),
    FS_ORDER_FIGURE(
        "quantity", "units",
        "what is ordered at the end of this period, where policy is quantity; null: nothing"),
    FS_ORDER_FIGURE(
        "arriving", "units",
        "on the way before the replay begins, in the period in which it arrives; null: none"),
    FS_ORDER_FIGURE(
        "lead_time", "period",
        "in the first row, as all that follow: an order at the end of a period can be sold "
        "lead_time + 1 periods later; null: 1"),
    FS_ORDER_FIGURE("holding", "money",
                    "of a unit that is left at the end of a period; null: a ninth of shortage"),
    FS_ORDER_FIGURE("shortage", "money", "of a unit that is asked for and not there; null: 1"),
    FS_ORDER_FIGURE("order_cost", "money", "of an order, however large; null: 0"),
    FS_ORDER_FIGURE("unit_cost", "money", "of a unit that goes off; null: 0"),
    FS_ORDER_FIGURE("pack", "units", "orders are whole packs, rounded up; null: 1"),
    FS_ORDER_FIGURE("least", "units", "the least order, if there is one; null: any"),
    FS_ORDER_FIGURE("shelf_life", "period",
                    "in which a unit can be sold, the oldest first; null: for ever"),
    FS_ORDER_FIGURE(
        "opening", "units",
        "stock when the replay begins; null: the policy's own first level, or 0 where it has none; "
        "with policy order that of the moving average"),
    FS_ORDER_FIGURE("seen", "period",
                    "at the beginning that are seen and not replayed; null: the parameter past"),
    FS_ORDER_FIGURE(
        "ahead", "period",
        "with policy order, in a row of a forecast: how many periods after; null: a period's "
        "own row"),
    FS_ORDER_FIGURE("mean", "units",
                    "with policy order: expected demand of that period; null: as before it"),
    FS_ORDER_FIGURE("most", "units", "with policy order, as in the operator order; null: any"),
    {.name = "*",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_REGRESSOR,
     .doc = "with policy order: quantiles of that period's demand, named q0.05 and so on, two at "
            "least"},
    {0}};

enum {
    PERIOD,
    ARRIVED,
    ON_HAND,
    DEMAND,
    SOLD,
    MISSED,
    REMAINING,
    WASTE,
    ORDERED,
    COST_HOLDING,
    COST_SHORTAGE,
    COST_ORDERING,
    COST_WASTE,
    COST,
    NOTE
};

static const fs_column replay_output[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "each that is replayed"},
    FS_ORDER_RESULT("arrived", "units", "before sales"),
    FS_ORDER_RESULT("on_hand", "units", "before sales, with what arrived"),
    FS_ORDER_RESULT("demand", "units", "as given; null: not known"),
    FS_ORDER_RESULT("sold", "units", "what was owed before with it; null where demand is"),
    FS_ORDER_RESULT(
        "missed", "units",
        "asked for and not there; where unmet is later what is owed at the end; null where "
        "demand is"),
    FS_ORDER_RESULT("remaining", "units", "at the end"),
    FS_ORDER_RESULT("waste", "units", "that went off at the end"),
    FS_ORDER_RESULT("ordered", "units", "at the end"),
    FS_ORDER_RESULT("cost_holding", "money", "of what remains"),
    FS_ORDER_RESULT("cost_shortage", "money", "of what was missed"),
    FS_ORDER_RESULT("cost_ordering", "money", "of the order at the end"),
    FS_ORDER_RESULT("cost_waste", "money", "of what went off"),
    FS_ORDER_RESULT("cost", "money", "all four"),
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "in the group's first row: defaults that were taken, and what is wrong with the data; "
            "null: nothing"},
    {0}};

static const fs_param replay_params[] = {
    {.name = "policy",
     .type = FS_TYPE_TEXT,
     .fallback = "level",
     .choices = "level|quantity|moving_average|order",
     .doc = "orders up to the column level, of the column quantity, up to what the next `cover` "
            "periods sell by a moving average, or what the operator order does by the forecast "
            "made at that moment"},
    {.name = "window",
     .type = FS_TYPE_INT,
     .fallback = "13",
     .minimum = 1,
     .maximum = 100000,
     .doc = "periods of the moving average"},
    {.name = "season",
     .type = FS_TYPE_INT,
     .fallback = "0",
     .minimum = 0,
     .maximum = 100000,
     .doc = "periods of a season that is taken out of the moving average, such as 52 of weeks; 0: "
            "none"},
    {.name = "cover",
     .type = FS_TYPE_INT,
     .fallback = "4",
     .minimum = 0,
     .maximum = 100000,
     .doc =
         "periods after its own that an order by the moving average is to last for; 0: lead time "
         "and review and a third more, rounded up"},
    {.name = "review",
     .type = FS_TYPE_INT,
     .fallback = "1",
     .minimum = 1,
     .maximum = 100000,
     .doc = "periods from one order to the next"},
    {.name = "past",
     .type = FS_TYPE_INT,
     .fallback = "0",
     .minimum = 0,
     .maximum = 1000000,
     .doc = "periods at the beginning that are seen and not replayed; groups that have no more "
            "have no row"},
    FS_ORDER_UNMET_PARAM,
    {0}};

/* ---- workspace ---- */

enum { DEMANDS, LEVELS, REORDERS, QUANTITIES, ARRIVALS, SERIES };

typedef struct workspace {
    fs_replay replay;
    fs_replay_case now;
    fs_replay_rows rows;
    int64_t past, cover;
    double *series[SERIES];
    fs_replay_period *out;
    int64_t capacity;
    fs_sentence note;
} workspace;

static void replay_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    for (int i = 0; i < SERIES; i++) fs_free(w->series[i]);
    fs_free(w->out);
    fs_replay_free(&w->replay);
    fs_replay_rows_free(&w->rows);
    fs_free(w);
}

static fs_replay_policy policy_of(const char *name)
{
    if (strcmp(name, "quantity") == 0) return FS_REPLAY_QUANTITY;
    if (strcmp(name, "order") == 0) return FS_REPLAY_ORDER;
    return strcmp(name, "level") == 0 ? FS_REPLAY_LEVEL : FS_REPLAY_MOVING_AVERAGE;
}

/* Where a policy reads a column that is not there, it would order nothing and say nothing. */
static fs_status check_column(const fs_binding *binding, fs_replay_policy policy, fs_error *error)
{
    int column = policy == FS_REPLAY_LEVEL ? IN_LEVEL : IN_QUANTITY;
    if (policy == FS_REPLAY_ORDER) column = binding->name[IN_AHEAD] ? IN_MEAN : IN_AHEAD;
    if (policy == FS_REPLAY_MOVING_AVERAGE || binding->name[column]) return FS_OK;
    fs_fail(error, FS_USAGE, "replay_orders wants the column %s", replay_input[column].name);
    return fs_error_remedy(error, "give it, or take policy = moving_average");
}

/* Quantiles that no policy reads would be left out without a word. */
static fs_status find_quantiles(workspace *w, const fs_binding *binding, fs_error *error)
{
    if (w->now.policy == FS_REPLAY_ORDER)
        return fs_quantile_columns_find(&w->rows.quantiles, binding, INPUTS, error);
    if (binding->columns == INPUTS) return FS_OK;
    fs_fail(error, FS_USAGE, "replay_orders has no use for column '%s'", binding->name[INPUTS]);
    return fs_error_remedy(error, "leave it out, or take policy = order");
}

static fs_status replay_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    const fs_options *options = binding->options;
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->now.policy = policy_of(fs_option_text(options, "policy"));
    w->now.window = fs_option_int(options, "window");
    w->now.season = fs_option_int(options, "season");
    w->cover = fs_option_int(options, "cover");
    w->now.review = fs_option_int(options, "review");
    w->past = fs_option_int(options, "past");
    w->now.later = strcmp(fs_option_text(options, "unmet"), "later") == 0;
    w->rows.ahead_column = IN_AHEAD;
    w->rows.mean_column = IN_MEAN;
    if (w->now.policy == FS_REPLAY_ORDER && w->now.review >= FS_ORDER_PERIODS)
        return fs_fail(error, FS_USAGE, "replay_orders: policy order takes a review below %d",
                       FS_ORDER_PERIODS);
    FS_TRY(check_column(binding, w->now.policy, error));
    return find_quantiles(w, binding, error);
}

static fs_status reserve(workspace *w, int64_t count)
{
    if (count <= w->capacity) return FS_OK;
    w->capacity = 0;
    for (int i = 0; i < SERIES; i++) {
        double *more = fs_realloc(w->series[i], (size_t)count * sizeof *more);
        if (!more) return FS_MEMORY;
        w->series[i] = more;
    }
    fs_replay_period *more = fs_realloc(w->out, (size_t)count * sizeof *more);
    if (!more) return FS_MEMORY;
    w->out = more;
    w->capacity = count;
    return FS_OK;
}

/* ---- a group's case ---- */

/* Values below zero count as zero; *below: there was one. */
static const double *series_of(const workspace *w, int which, const fs_vector *v, bool *below)
{
    double *to = w->series[which];
    if (!v->name) return NULL;
    for (int64_t t = 0; t < w->now.count; t++) {
        int64_t row = w->rows.row[t];
        to[t] = fs_vector_known(v, row) ? v->number[row] : NAN;
        if (!(to[t] < 0)) continue;
        to[t] = 0;
        *below = true;
    }
    return to;
}

static void take_series(workspace *w, const fs_block *block)
{
    bool returned = false, below = false;
    const fs_vector *column = block->column;
    w->now.demand = series_of(w, DEMANDS, &column[IN_DEMAND], &returned);
    w->now.level = series_of(w, LEVELS, &column[IN_LEVEL], &below);
    w->now.reorder = series_of(w, REORDERS, &column[IN_REORDER], &below);
    w->now.quantity = series_of(w, QUANTITIES, &column[IN_QUANTITY], &below);
    w->now.arriving = series_of(w, ARRIVALS, &column[IN_ARRIVING], &below);
    if (returned) fs_sentence_remark(&w->note, "demand below zero: 0 taken");
    if (below) fs_sentence_remark(&w->note, "levels or orders below zero: 0 taken");
}

/* The figure of the first row; `missing` where it is not told or less than `least`, which is said. */
static double figure(workspace *w, const fs_block *block, int64_t row, int column, double least,
                     double missing)
{
    char text[32];
    const fs_vector *v = &block->column[column];
    if (!fs_vector_known(v, row)) return missing;
    if (v->number[row] >= least) return v->number[row];
    fs_sentence_remark(&w->note, "%s of %s not counted", replay_input[column].name,
                       fs_units_text(v->number[row], text));
    return missing;
}

/* What the order list needs and cannot be without. */
static void take_list_figures(workspace *w, const fs_block *block, int64_t row)
{
    fs_replay_case *now = &w->now;
    int64_t most = FS_ORDER_PERIODS - now->review;
    now->most = figure(w, block, row, IN_MOST, 0, 0);
    if (now->lead > most) {
        fs_sentence_remark(&w->note, "lead time too long: %d taken", (int)most);
        now->lead = most;
    }
    if (now->shortage == 0) {
        fs_sentence_remark(&w->note, "shortage of 0: 1 taken");
        now->shortage = 1;
    }
    now->ahead = (fs_ahead){.periods = (int)w->rows.horizon,
                            .probabilities = w->rows.quantiles.count,
                            .mean = w->rows.mean,
                            .quantile = w->rows.quantile,
                            .probability = w->rows.quantiles.probability};
}

static void take_figures(workspace *w, const fs_block *block, int64_t row)
{
    fs_replay_case *now = &w->now;
    double lead = figure(w, block, row, IN_LEAD, 0, -1);
    if (lead < 0) fs_sentence_remark(&w->note, "lead time not told: 1 taken");
    now->lead = lead < 0 ? 1 : (int64_t)fmin(ceil(lead), 1e6);
    now->shortage = figure(w, block, row, IN_SHORTAGE, 0, -1);
    if (now->shortage < 0) fs_sentence_remark(&w->note, "shortage not told: 1 taken");
    if (now->shortage < 0) now->shortage = 1;
    now->holding = figure(w, block, row, IN_HOLDING, 0, -1);
    if (now->holding < 0)
        fs_sentence_remark(&w->note, "holding not told: a ninth of shortage taken");
    if (now->holding < 0) now->holding = now->shortage / FS_ORDER_USUAL_RATIO;
    now->order_cost = figure(w, block, row, IN_ORDER_COST, 0, 0);
    now->expiry = figure(w, block, row, IN_UNIT_COST, 0, 0);
    now->pack = figure(w, block, row, IN_PACK, 1e-9, 1);
    now->least = figure(w, block, row, IN_LEAST, 0, 0);
    now->life = (int64_t)fmin(figure(w, block, row, IN_LIFE, 1, 0), 1e6);
    now->opening = figure(w, block, row, IN_OPENING, 0, NAN);
    now->cover = w->cover > 0 ? w->cover : (4 * (now->lead + now->review) + 2) / 3;
    if (now->policy == FS_REPLAY_ORDER) take_list_figures(w, block, row);
}

/* ---- rows ---- */

static void set_period(const workspace *w, int64_t t, fs_rows *out, int64_t row)
{
    const fs_replay_period *p = &w->out[t];
    fs_rows_set_number(out, ARRIVED, row, p->arrived);
    fs_rows_set_number(out, ON_HAND, row, p->on_hand);
    fs_rows_set_number(out, REMAINING, row, p->left);
    fs_rows_set_number(out, WASTE, row, p->waste);
    fs_rows_set_number(out, ORDERED, row, p->ordered);
    fs_rows_set_number(out, COST_HOLDING, row, p->holding);
    fs_rows_set_number(out, COST_SHORTAGE, row, p->shortage);
    fs_rows_set_number(out, COST_ORDERING, row, p->ordering);
    fs_rows_set_number(out, COST_WASTE, row, p->expiry);
    fs_rows_set_number(out, COST, row, p->holding + p->shortage + p->ordering + p->expiry);
    if (isnan(p->sold)) return;
    fs_rows_set_number(out, DEMAND, row, w->now.demand[w->now.past + t]);
    fs_rows_set_number(out, SOLD, row, p->sold);
    fs_rows_set_number(out, MISSED, row, p->missed);
}

static fs_status replay_group(workspace *w, const fs_block *block, int64_t group, fs_rows *out)
{
    int64_t first, row = 0;
    w->note = (fs_sentence){0};
    FS_TRY(fs_replay_rows_take(&w->rows, block, group));
    first = w->rows.row[0];
    w->now.count = w->rows.count;
    if (w->now.count == 0) return FS_OK;
    w->now.past = (int64_t)fmin(figure(w, block, first, IN_SEEN, 0, (double)w->past), 1e9);
    if (w->now.count <= w->now.past) return FS_OK;
    FS_TRY(reserve(w, w->now.count));
    take_series(w, block);
    take_figures(w, block, first);
    FS_TRY(fs_replay_run(&w->replay, &w->now, w->out));
    FS_TRY(fs_rows_extend(out, group, w->now.count - w->now.past, &row));
    if (w->note.length) FS_TRY(fs_rows_set_string(out, NOTE, row, w->note.text));
    for (int64_t t = 0; t < w->now.count - w->now.past; t++) {
        fs_rows_set_integer(out, PERIOD, row + t,
                            block->column[IN_PERIOD].integer[w->rows.row[w->now.past + t]]);
        set_period(w, t, out, row + t);
    }
    return FS_OK;
}

static fs_status replay_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) {
        fs_status status = replay_group(pointer, block, g, out);
        if (status == FS_MEMORY) return fs_fail_memory(error, (size_t)block->rows * sizeof(double));
        if (status != FS_OK) return status;
    }
    return FS_OK;
}

const fs_operator fs_replay_orders_operator = {
    .name = "replay_orders",
    .summary = "Plays a policy of ordering through the past, and counts what it would have cost.",
    .details = "In each period what was ordered lead_time + 1 periods before arrives, then what is "
               "asked for is sold, the oldest units first, then what is "
               "too old goes, and the costs of what remains and of what was missed are counted. "
               "Then, every `review` periods, the order is placed, by what "
               "is known at that moment. So opening stock and arrivals are what was sold, remains, "
               "went off, less what is owed. Timing is that of the operator "
               "order, whose period 1 is the one after the order.\n\n"
               "A column level or quantity belongs to the order at the end of its own row's "
               "period: it must come from that period and those before, which "
               "is in the hands of who gives it. The moving average sees no later period, but "
               "demand, not only what it would have sold itself.\n\n"
               "The moving average is the plain planner to compare with: the mean of what is known "
               "of the last `window` periods, times `cover`; with a season "
               "both times the factors of its places, the mean of each over the mean of all, of "
               "what is known up to then. Stock and what is under way are "
               "brought up to it. The first order is placed at the end of the first period that is "
               "replayed.\n\n"
               "Policy order is the order list itself, made anew at each moment: stock and what is "
               "under way are those of the replay, demand is the forecast in the rows behind that "
               "period, which must come from that period and those before. Where a period tells no "
               "forecast of the one after it, nothing is ordered.",
    .example = "foresell apply replay_orders demand.csv --group item,store --order week --policy "
               "moving_average --past 104 -o replay.csv",
    .version = 2,
    .input = replay_input,
    .output = replay_output,
    .params = replay_params,
    .open = replay_open,
    .block = replay_block,
    .close = replay_close,
};
