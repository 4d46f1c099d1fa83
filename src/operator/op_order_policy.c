/* The operator order_policy: of each row, an item with its demand and costs, the levels of a policy of stock control and what they cost.
 *
 * A row stands by itself. What makes no sense in one is said in its note, and its figures are null.
 */
#include <math.h>
#include <string.h>

#include "foresell/stock.h"
#include "vector.h"

enum {
    ROW_IN,
    MEAN_IN,
    HOLDING_IN,
    SHORTAGE_IN,
    DEVIATION_IN,
    FIXED_IN,
    LEAD_IN,
    LEAD_DEVIATION_IN
};

#define GIVEN(column, must, said)                                                                  \
    {                                                                                              \
        .name = column, .type = FS_TYPE_DOUBLE, .role = FS_ROLE_VALUE, .optional = !(must),        \
        .doc = said                                                                                \
    }

static const fs_column policy_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which row it is: a number, a date or a time"},
    GIVEN("mean", true, "of demand a period"),
    GIVEN("holding", true, "what a unit costs that is left at the end of a period; above 0"),
    GIVEN("shortage", false,
          "what a unit costs that waits at the end of a period; above 0; null: nothing may wait, "
          "which only economic_lot can do"),
    GIVEN("deviation", false, "standard deviation of demand a period; null: as Poisson has it"),
    GIVEN("fixed", false, "what placing an order costs; null: 0"),
    GIVEN("lead_time", false, "periods until an order is there; null: 0"),
    GIVEN("lead_deviation", false, "standard deviation of lead_time; null: 0"),
    {0}};

enum { ROW, POINT, UPTO, LOT, COVER_MEAN, COVER_DEVIATION, SAFETY, COST, NOTE };

#define FIGURE(column, of_unit, said)                                                              \
    {                                                                                              \
        .name = column, .type = FS_TYPE_DOUBLE, .role = FS_ROLE_RESULT, .unit = of_unit,           \
        .doc = said                                                                                \
    }

static const fs_column policy_output[] = {
    {.name = "row", .type = FS_TYPE_PERIOD, .role = FS_ROLE_RESULT, .doc = "as it came"},
    FIGURE("point", "units",
           "an order is placed where what is on hand and on order, less what waits, is at or below "
           "it; null: at each review"),
    FIGURE("upto", "units", "up to what is ordered"),
    FIGURE("lot", "units", "what is ordered at once; null: up to the level, whatever it is"),
    FIGURE("cover_mean", "units", "demand until the next order is there"),
    FIGURE("cover_deviation", "units", "its standard deviation"),
    FIGURE("safety", "units", "of order_up_to upto, else point, less cover_mean"),
    FIGURE("cost", "money a period", "expected, of holding, shortage and orders"),
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "why there are no figures, or what was taken in the place of what is not known; else "
            "null"},
    {0}};

static const fs_param policy_params[] = {
    {.name = "policy",
     .type = FS_TYPE_TEXT,
     .fallback = "order_up_to",
     .choices = "order_up_to|s_S|r_Q|economic_lot",
     .doc = "order_up_to: to a level at each review; s_S: to a level where the point is reached, "
            "reviewed every period; r_Q: a lot as soon as the point is reached; economic_lot: the "
            "same under steady demand"},
    {.name = "review",
     .type = FS_TYPE_INT,
     .fallback = "1",
     .minimum = 1,
     .maximum = 366,
     .doc = "periods from one review to the next, of order_up_to"},
    {.name = "law",
     .type = FS_TYPE_TEXT,
     .fallback = "counts",
     .choices = "counts|normal",
     .doc =
         "of demand: counts: whole units, Poisson, or negative binomial where it is spread more; "
         "normal: any quantity"},
    {0}};

typedef enum policy { ORDER_UP_TO, S_S, R_Q, ECONOMIC_LOT } policy;

typedef struct workspace {
    policy policy;
    int64_t review;
    bool normal;
    fs_stock_work work, period_room, cover_room;
} workspace;

/* One row. */
typedef struct item {
    fs_moments period, lead;
    double holding, shortage, fixed;
    const char *note;
} item;

typedef struct figures {
    double point, upto, lot, cost; /* NAN: null */
    fs_moments cover;
} figures;

static void policy_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_stock_work_free(&w->work);
    fs_stock_work_free(&w->period_room);
    fs_stock_work_free(&w->cover_room);
    fs_free(w);
}

static fs_status policy_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    static const char *const name[] = {"order_up_to", "s_S", "r_Q", "economic_lot"};
    const char *asked = fs_option_text(binding->options, "policy");
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    while (strcmp(name[w->policy], asked) != 0) w->policy++;
    w->review = fs_option_int(binding->options, "review");
    w->normal = strcmp(fs_option_text(binding->options, "law"), "normal") == 0;
    if (w->review > 1 && w->policy != ORDER_UP_TO) {
        fs_fail(error, FS_USAGE, "operator order_policy: only order_up_to has reviews");
        return fs_error_remedy(error, "give demand and costs of a review period as those of one");
    }
    if (w->normal && w->policy == S_S)
        return fs_fail(error, FS_USAGE, "operator order_policy: s_S is for whole units");
    return FS_OK;
}

/* ---- a row ---- */

static double value_or(const fs_block *block, int column, int64_t row, double other)
{
    const fs_vector *v = &block->column[column];
    return fs_vector_known(v, row) ? v->number[row] : other;
}

static fs_status take_item(const workspace *w, const fs_block *block, int64_t row, item *i,
                           fs_error *error)
{
    double mean = value_or(block, MEAN_IN, row, NAN), lead = value_or(block, LEAD_IN, row, 0);
    double deviation = value_or(block, DEVIATION_IN, row, sqrt(fmax(mean, 0)));
    double lead_deviation = value_or(block, LEAD_DEVIATION_IN, row, 0);
    *i = (item){.period = {mean, deviation * deviation},
                .lead = {lead, lead_deviation * lead_deviation},
                .holding = value_or(block, HOLDING_IN, row, NAN),
                .shortage = value_or(block, SHORTAGE_IN, row, INFINITY),
                .fixed = value_or(block, FIXED_IN, row, 0)};
    if (deviation < 0 || lead_deviation < 0)
        return fs_fail(error, FS_DATA, "%s is below 0",
                       deviation < 0 ? "deviation" : "lead_deviation");
    if (isnan(mean) || isnan(i->holding))
        return fs_fail(error, FS_DATA, "%s is not known", isnan(mean) ? "mean" : "holding");
    if (isinf(i->shortage) && w->policy != ECONOMIC_LOT)
        return fs_fail(error, FS_DATA, "shortage is not known");
    if (i->fixed < 0 || lead < 0)
        return fs_fail(error, FS_DATA, "%s is below 0", lead < 0 ? "lead_time" : "fixed");
    if (!fs_vector_known(&block->column[LEAD_IN], row))
        i->note = "lead_time is not known: taken as 0";
    else if (!w->normal && w->policy != ECONOMIC_LOT && i->period.variance < mean * (1 - 1e-9))
        i->note = "spread less than Poisson demand: taken as Poisson";
    return FS_OK;
}

/* Demand over the lead time and so many periods. */
static fs_status cover_of(const item *i, double periods, fs_moments *out, fs_error *error)
{
    return fs_lead_moments(i->period, (fs_moments){i->lead.mean + periods, i->lead.variance}, out,
                           error);
}

static fs_count_law law_of(fs_moments m) { return fs_count_law_of(m.mean, m.variance); }

/* ---- order up to ---- */

/* Cost and service of a level, on average over the periods between reviews. */
static fs_status level_cost(const workspace *w, const item *i, double level, fs_newsvendor *out,
                            fs_error *error)
{
    double share = 1 / (double)w->review;
    *out = (fs_newsvendor){.level = level};
    for (int64_t k = 1; k <= w->review; k++) {
        fs_moments m;
        fs_newsvendor n;
        FS_TRY(cover_of(i, (double)k, &m, error));
        FS_TRY(w->normal ? fs_level_cost_normal(level, m.mean, sqrt(m.variance), i->holding,
                                                i->shortage, &n, error)
                         : fs_level_cost_law(level, law_of(m), i->holding, i->shortage, &n, error));
        out->cost += share * n.cost, out->service += share * n.service;
    }
    return FS_OK;
}

static fs_status level_after(const workspace *w, const item *i, double periods, double *level,
                             fs_error *error)
{
    fs_moments m;
    fs_newsvendor n;
    FS_TRY(cover_of(i, periods, &m, error));
    FS_TRY(w->normal
               ? fs_newsvendor_normal(m.mean, sqrt(m.variance), i->holding, i->shortage, &n, error)
               : fs_newsvendor_law(law_of(m), i->holding, i->shortage, &n, error));
    *level = n.level;
    return FS_OK;
}

/* Between the best levels of the first and the last period: where the mean service is what costs ask for. */
static fs_status best_level(const workspace *w, const item *i, fs_newsvendor *best, fs_error *error)
{
    double low, high, share = i->shortage / (i->shortage + i->holding);
    FS_TRY(level_after(w, i, 1, &low, error));
    FS_TRY(level_after(w, i, (double)w->review, &high, error));
    for (int k = 0; k < 200 && high - low > (w->normal ? 1e-12 * (1 + fabs(high)) : 0.5); k++) {
        double middle = w->normal ? (low + high) / 2 : floor((low + high) / 2);
        FS_TRY(level_cost(w, i, middle, best, error));
        if (best->service >= share - 1e-14)
            high = middle;
        else
            low = w->normal ? middle : middle + 1;
    }
    return level_cost(w, i, high, best, error);
}

/* At each review before which something was sold. */
static fs_status order_up_to(const workspace *w, const item *i, figures *f, fs_error *error)
{
    fs_newsvendor best, none = {0};
    double review = (double)w->review;
    fs_moments sold = {review * i->period.mean, review * i->period.variance};
    FS_TRY(best_level(w, i, &best, error));
    FS_TRY(cover_of(i, review, &f->cover, error));
    if (!w->normal) FS_TRY(fs_level_cost_law(0, law_of(sold), 1, 1, &none, error));
    f->upto = best.level, f->point = w->normal ? NAN : best.level - 1;
    f->cost = best.cost + i->fixed / review * (1 - none.service);
    return FS_OK;
}

/* ---- point and level, point and lot ---- */

static fs_status counts_of(fs_moments m, fs_stock_work *room, fs_counts *counts, fs_error *error)
{
    fs_count_law law = law_of(m);
    size_t wanted = (size_t)fs_counts_room(law);
    if (wanted > room->capacity) {
        fs_stock_work_free(room);
        room->room = fs_alloc(wanted * sizeof *room->room);
        if (!room->room) return fs_fail_memory(error, wanted * sizeof *room->room);
        room->capacity = wanted;
    }
    counts->p = room->room;
    return fs_counts_fill(law, counts, error);
}

static fs_status point_and_level(workspace *w, const item *i, figures *f, fs_error *error)
{
    fs_counts period, cover;
    fs_reorder r;
    FS_TRY(cover_of(i, 1, &f->cover, error));
    FS_TRY(counts_of(i->period, &w->period_room, &period, error));
    FS_TRY(counts_of(f->cover, &w->cover_room, &cover, error));
    FS_TRY(
        fs_reorder_up_to(&period, &cover, i->fixed, i->holding, i->shortage, &w->work, &r, error));
    f->point = (double)r.point, f->upto = (double)r.upto, f->cost = r.cost;
    return FS_OK;
}

static fs_status point_and_lot(workspace *w, const item *i, figures *f, fs_error *error)
{
    fs_counts lead;
    fs_reorder r;
    fs_reorder_normal n;
    FS_TRY(cover_of(i, 0, &f->cover, error));
    if (w->normal) {
        FS_TRY(fs_reorder_lot_normal(i->period.mean, f->cover.mean, sqrt(f->cover.variance),
                                     i->fixed, i->holding, i->shortage, &n, error));
        f->point = n.point, f->lot = n.lot, f->upto = n.point + n.lot, f->cost = n.cost;
        return FS_OK;
    }
    FS_TRY(counts_of(f->cover, &w->cover_room, &lead, error));
    FS_TRY(fs_reorder_lot(i->period.mean, &lead, i->fixed, i->holding, i->shortage, &w->work, &r,
                          error));
    f->point = (double)r.point, f->lot = (double)r.lot, f->upto = (double)r.upto, f->cost = r.cost;
    return FS_OK;
}

static fs_status economic_lot(const item *i, figures *f, fs_error *error)
{
    fs_lot_problem problem = {i->fixed, i->holding, i->period.mean, INFINITY, i->shortage};
    fs_lot lot;
    FS_TRY(cover_of(i, 0, &f->cover, error));
    FS_TRY(fs_economic_lot(&problem, &lot, error));
    f->point = f->cover.mean - lot.waiting, f->lot = lot.quantity;
    f->upto = f->point + f->lot, f->cost = lot.cost;
    return FS_OK;
}

static fs_status solve(workspace *w, const item *i, figures *f, fs_error *error)
{
    *f = (figures){.point = NAN, .lot = NAN};
    switch (w->policy) {
    case S_S: return point_and_level(w, i, f, error);
    case R_Q: return point_and_lot(w, i, f, error);
    case ECONOMIC_LOT: return economic_lot(i, f, error);
    default: return order_up_to(w, i, f, error);
    }
}

/* ---- results ---- */

static void set_known(fs_rows *out, int column, int64_t at, double value)
{
    if (isfinite(value)) fs_rows_set_number(out, column, at, value);
}

static void set_figures(const figures *f, bool to_level, fs_rows *out, int64_t at)
{
    set_known(out, POINT, at, f->point), set_known(out, UPTO, at, f->upto);
    set_known(out, LOT, at, f->lot), set_known(out, COST, at, f->cost);
    set_known(out, COVER_MEAN, at, f->cover.mean);
    set_known(out, COVER_DEVIATION, at, sqrt(f->cover.variance));
    set_known(out, SAFETY, at, (to_level ? f->upto : f->point) - f->cover.mean);
}

/* What a row's data are refused for is its note; memory is the whole's. */
static fs_status one_row(workspace *w, const fs_block *block, int64_t row, int64_t g, fs_rows *out,
                         fs_error *error)
{
    item i = {.note = NULL};
    figures f;
    int64_t at;
    fs_error refused = {0};
    FS_TRY(fs_rows_extend(out, g, 1, &at));
    fs_rows_set_integer(out, ROW, at, block->column[ROW_IN].integer[row]);
    fs_status status = take_item(w, block, row, &i, &refused);
    if (status == FS_OK) status = solve(w, &i, &f, &refused);
    if (status == FS_OK) {
        set_figures(&f, w->policy == ORDER_UP_TO, out, at);
        return i.note ? fs_rows_set_string(out, NOTE, at, i.note) : FS_OK;
    }
    if (status != FS_DATA) {
        if (error) *error = refused;
        return status;
    }
    return fs_rows_set_string(out, NOTE, at, refused.message);
}

static fs_status policy_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++)
        for (int64_t row = block->start[g]; row < block->start[g + 1]; row++)
            FS_TRY(one_row(pointer, block, row, g, out, error));
    return FS_OK;
}

const fs_operator fs_order_policy_operator = {
    .name = "order_policy",
    .summary = "Says when to order and how much, from demand, lead time and costs.",
    .details =
        "Each row is an item: demand a period, lead time, and costs. What is asked for and not "
        "there waits.\n\n"
        "order_up_to: the level that costs least on average over the periods between two reviews; "
        "with one period the newsvendor's of demand over lead time and one period. s_S: the best "
        "point and level by Zheng and Federgruen (1991), costs counted at the end of each period. "
        "r_Q: the best point and lot under continuous review by Federgruen and Zheng (1992), of "
        "normal demand by Zheng (1992). economic_lot: Harris (1913), with back-orders where "
        "shortage is known.\n\n"
        "Demand over a lead time that is not certain has its exact mean and variance, and is "
        "taken as of the same law; else all is exact of independent periods, r_Q of Poisson "
        "demand. A row whose figures make no sense says so in its note.",
    .example = "foresell apply order_policy sales.csv --group product_id --order line_id --mean "
               "quantity --holding unit_price --shortage amount --policy s_S -o policies.csv",
    .version = 1,
    .input = policy_input,
    .output = policy_output,
    .params = policy_params,
    .open = policy_open,
    .block = policy_block,
    .close = policy_close,
};
