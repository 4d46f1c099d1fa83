/* The operator order: how much to order now, why, and what it is worth. */
#include <math.h>
#include <string.h>

#include "order_case.h"
#include "vector.h"

/* ---- declarations ---- */

enum {
    LOT,
    QUANTITY,
    PACKS,
    LEVEL,
    STOCK,
    DEMAND,
    RISK,
    RISK_WITHOUT,
    SOLD,
    SOLD_WITHOUT,
    MISSED,
    MISSED_WITHOUT,
    GAIN,
    COST,
    COVER,
    REASON,
    NOTE
};

static const fs_column order_output[] = {
    {.name = "lot",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "1; with rows = pack or all the number of the lot in this group"},
    FS_ORDER_RESULT("quantity", "units",
                    "to order; with rows = pack or all of this lot, on top of those before"),
    FS_ORDER_RESULT("packs", NULL, "the same in packs"),
    FS_ORDER_RESULT("level", "units",
                    "expected stock when the order has arrived, it and the lots before it in"),
    FS_ORDER_RESULT("expected_stock", "units", "the same without any of it; below zero: owed"),
    FS_ORDER_RESULT(
        "demand", "units",
        "expected in the periods that this order answers for: from its arrival until the next "
        "can arrive"),
    FS_ORDER_RESULT("risk", "share of 1", "the probability that something is not there in them"),
    FS_ORDER_RESULT("risk_without", "share of 1", "the same without it"),
    FS_ORDER_RESULT("sold", "units",
                    "expected in them; null where unmet is later: all is sold in the end"),
    FS_ORDER_RESULT("sold_without", "units", "the same without it"),
    FS_ORDER_RESULT(
        "missed", "units",
        "expected not to be there in them; where unmet is later summed over the ends of periods"),
    FS_ORDER_RESULT("missed_without", "units", "the same without it"),
    FS_ORDER_RESULT(
        "gain", "money",
        "that it saves in expectation in them: holding, shortage, what goes off and the cost of "
        "the order"),
    FS_ORDER_RESULT("cost", "money", "of the goods: quantity times unit_cost"),
    FS_ORDER_RESULT("cover", "period",
                    "how long the level lasts at expected demand; null: for ever"),
    {.name = "reason", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "why, with figures"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "defaults that were taken, what is wrong with the data, and the constraint that binds; "
            "null: nothing"},
    {0}};

static const fs_param order_params[] = {
    FS_ORDER_REVIEW_PARAM,
    FS_ORDER_UNMET_PARAM,
    FS_ORDER_SERVICE_PARAM,
    FS_ORDER_COMMON_PARAM,
    {.name = "rows",
     .type = FS_TYPE_TEXT,
     .fallback = "order",
     .choices = "order|pack|all",
     .doc =
         "one row a group, or one a further lot that gains something (none: no row), to be "
         "ranked by gain over cost under a budget; all: also those that gain nothing or lose, for "
         "who must order more"},
    {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_order_plan plan;
    fs_quantile_columns quantiles;
    fs_order_rows rows;
    fs_order_lot *lot;
    fs_type order_type;
    bool by_lot, losing;
} workspace;

static void order_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_order_close(&w->plan);
    fs_order_rows_close(&w->rows);
    fs_free(w->lot);
    fs_free(w);
}

static fs_status order_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    const fs_options *options = binding->options;
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->order_type = binding->order_type;
    w->losing = strcmp(fs_option_text(options, "rows"), "all") == 0;
    w->by_lot = w->losing || strcmp(fs_option_text(options, "rows"), "pack") == 0;
    w->rows.now.service = fs_option_double(options, "service");
    if (w->by_lot && w->rows.now.service > 0)
        return fs_fail(
            error, FS_USAGE,
            "order ranks lots by what they gain: rows = %s and service don't go together",
            fs_option_text(options, "rows"));
    FS_TRY(fs_order_rows_open(&w->rows, &w->quantiles, binding, FS_ORDER_INPUTS, error));
    w->lot = fs_alloc_zero(FS_ORDER_LOTS, sizeof *w->lot);
    if (!w->lot || fs_order_open(&w->plan) != FS_OK)
        return fs_fail_memory(error, FS_ORDER_LOTS * sizeof *w->lot);
    return FS_OK;
}

/* ---- sentences ---- */

static const char *period_name(const workspace *w, const fs_block *block, int64_t group)
{
    int64_t first = block->start[group];
    const int64_t *period = block->column[0].integer + first;
    if (w->order_type != FS_TYPE_DATE || block->start[group + 1] - first < 2) return "period";
    int64_t days = period[1] - period[0];
    return days == 1 ? "day" : days == 7 ? "week" : days >= 28 && days <= 31 ? "month" : "period";
}

static double there_until_arrival(const fs_order_rows *r)
{
    double sum = r->now.on_hand;
    for (int t = 0; t <= r->now.lead; t++) sum += r->now.arriving[t];
    return sum;
}

static void say_stock(const workspace *w, const char *period, fs_sentence *s)
{
    char left[32], there[32], asked[32];
    int lead = w->rows.now.lead;
    fs_units_text(w->plan.stock < 0 ? -w->plan.stock : w->plan.stock, left);
    fs_units_text(there_until_arrival(&w->rows), there);
    fs_units_text(w->plan.demand, asked);
    if (w->plan.stock < 0)
        fs_sentence_add(s, "%s are owed", left);
    else
        fs_sentence_add(s, "%s are left of %s", left, there);
    if (lead > 0)
        fs_sentence_add(s, " when it arrives in %d %s%s", lead, period, lead == 1 ? "" : "s");
    fs_sentence_add(s, ", %s are asked for until the next: ", asked);
}

static void say_order(const workspace *w, double packs, fs_sentence *s)
{
    char units[32], pack[32];
    if (packs == 0) {
        fs_sentence_add(s, "no order");
        return;
    }
    fs_sentence_add(s, "order %s", fs_units_text(packs * w->rows.now.pack, units));
    if (w->rows.now.pack != 1)
        fs_sentence_add(s, " (%.0f pack%s of %s)", packs, packs == 1 ? "" : "s",
                        fs_units_text(w->rows.now.pack, pack));
}

static void say_bound(const workspace *w, fs_sentence *s)
{
    char units[32], shelf[32];
    const fs_order_case *now = &w->rows.now;
    fs_units_text(now->least > 0 ? now->least : now->pack, units);
    fs_units_text(now->most, shelf);
    switch (w->plan.bound) {
    case FS_ORDER_FREE: break;
    case FS_ORDER_SHELF: fs_sentence_remark(s, "held down by the shelf of %s", shelf); break;
    case FS_ORDER_LEAST: fs_sentence_remark(s, "raised to the least order of %s", units); break;
    case FS_ORDER_NO_ROOM:
        fs_sentence_remark(s, "%s more are too many for the shelf of %s", units, shelf);
        break;
    case FS_ORDER_NOT_WORTH:
        fs_sentence_remark(s, now->order_cost > 0 ? "not worth the cost of an order"
                                                  : "not worth the least order");
        break;
    }
}

/* ---- rows ---- */

/* Periods that `units` last from the order's arrival on; below zero: for ever. */
static double cover_of(const fs_order_rows *r, double units)
{
    double cover = 0;
    for (int t = r->now.lead; units > 0; t++) {
        bool end = t >= r->ahead.periods - 1;
        double asked = fmax(r->mean[end ? r->ahead.periods - 1 : t], 0);
        if (end && asked == 0) return -1;
        if (end || asked >= units) return cover + units / asked;
        units -= asked;
        cover++;
    }
    return 0;
}

static void set_figures(const workspace *w, double before, double packs, fs_rows *out, int64_t row)
{
    double pack = w->rows.now.pack, all = before + packs, level = w->plan.stock + all * pack;
    fs_order_outlook with = fs_order_look(&w->plan, all), without = fs_order_look(&w->plan, before);
    fs_rows_set_number(out, QUANTITY, row, packs * pack);
    fs_rows_set_number(out, PACKS, row, packs);
    fs_rows_set_number(out, LEVEL, row, level);
    fs_rows_set_number(out, STOCK, row, w->plan.stock);
    fs_rows_set_number(out, DEMAND, row, w->plan.demand);
    fs_rows_set_number(out, RISK, row, 1 - with.safe);
    fs_rows_set_number(out, RISK_WITHOUT, row, 1 - without.safe);
    fs_rows_set_number(out, MISSED, row, with.missed);
    fs_rows_set_number(out, MISSED_WITHOUT, row, without.missed);
    fs_rows_set_number(out, GAIN, row, without.cost - with.cost);
    if (w->rows.unit_cost >= 0)
        fs_rows_set_number(out, COST, row, packs * pack * w->rows.unit_cost);
    double cover = cover_of(&w->rows, level);
    if (cover >= 0) fs_rows_set_number(out, COVER, row, cover);
    if (w->rows.now.later) return;
    fs_rows_set_number(out, SOLD, row, fmax(w->plan.demand - with.missed, 0));
    fs_rows_set_number(out, SOLD_WITHOUT, row, fmax(w->plan.demand - without.missed, 0));
}

static fs_status set_note(const workspace *w, fs_rows *out, int64_t row)
{
    return w->rows.note.length ? fs_rows_set_string(out, NOTE, row, w->rows.note.text) : FS_OK;
}

static fs_status add_nothing(workspace *w, int64_t group, fs_rows *out)
{
    int64_t row = 0;
    if (w->by_lot) return FS_OK;
    FS_TRY(fs_rows_extend(out, group, 1, &row));
    fs_rows_set_integer(out, LOT, row, 1);
    fs_rows_set_number(out, QUANTITY, row, 0);
    fs_rows_set_number(out, PACKS, row, 0);
    FS_TRY(fs_rows_set_string(out, REASON, row, w->rows.fault));
    return set_note(w, out, row);
}

static fs_status add_order(workspace *w, const char *period, int64_t group, fs_rows *out)
{
    fs_sentence reason = {0};
    int64_t row = 0;
    FS_TRY(fs_rows_extend(out, group, 1, &row));
    fs_rows_set_integer(out, LOT, row, 1);
    set_figures(w, 0, w->plan.packs, out, row);
    say_stock(w, period, &reason);
    say_order(w, w->plan.packs, &reason);
    say_bound(w, &w->rows.note);
    FS_TRY(fs_rows_set_string(out, REASON, row, reason.text));
    return set_note(w, out, row);
}

static fs_status add_lots(workspace *w, const char *period, int64_t group, fs_rows *out)
{
    int count = fs_order_lots(&w->plan, w->losing, w->lot);
    int64_t first = 0;
    double before = 0;
    FS_TRY(fs_rows_extend(out, group, count, &first));
    for (int i = 0; i < count; i++) {
        fs_sentence reason = {0};
        char already[32];
        fs_rows_set_integer(out, LOT, first + i, i + 1);
        set_figures(w, before, w->lot[i].packs, out, first + i);
        if (w->losing) fs_rows_set_number(out, GAIN, first + i, w->lot[i].gain);
        say_stock(w, period, &reason);
        say_order(w, w->lot[i].packs, &reason);
        if (before > 0)
            fs_sentence_add(&reason, " more than %s",
                            fs_units_text(before * w->rows.now.pack, already));
        before += w->lot[i].packs;
        FS_TRY(fs_rows_set_string(out, REASON, first + i, reason.text));
        FS_TRY(set_note(w, out, first + i));
    }
    return FS_OK;
}

static fs_status order_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        const char *period = period_name(w, block, g);
        fs_order_rows_take(&w->rows, &w->quantiles, block, g);
        if (w->rows.fault) {
            FS_TRY(add_nothing(w, g, out));
            continue;
        }
        fs_order_make(&w->plan, &w->rows.ahead, &w->rows.now);
        FS_TRY(w->by_lot ? add_lots(w, period, g, out) : add_order(w, period, g, out));
    }
    return FS_OK;
}

const fs_operator fs_order_operator = {
    .name = "order",
    .summary = "Says how much of each item to order now, why, and what it is worth.",
    .details =
        "In each period what arrives is there before sales; an order is placed before "
        "period 1 and can be sold from period lead_time + 1 on. "
        "Demand of each period is a distribution on whole units (where demand is large, on "
        "a grid of 256 steps) with the forecast's quantiles and "
        "its mean, zeros too. The distribution of the stock that is left when the order "
        "arrives is carried "
        "from period to period exactly, open orders with it; what is not there is lost, so "
        "that stock is never below zero, or owed "
        "(`unmet` later).\n\n"
        "The quantity is the one of least expected cost over the periods that this order "
        "alone answers for, `review` of them from its arrival "
        "on: holding of what is left at their ends, shortage of what is missed, what goes "
        "off at the end of its life, the cost of "
        "an order. This is the myopic policy, near the best one under lost sales (Zipkin "
        "2008; Bijvank and Vis 2011). It is in whole packs; "
        "none where the least order or the cost of an order is not worth it. What goes off "
        "is counted of this order only, older units sold first.\n\n"
        "Periods do not depend on one another given their forecasts, unless `common` says "
        "how far one wrong level is in all of them: a factor that "
        "correlates their normal scores (Gaussian copula), which leaves each period's "
        "distribution as it is.\n\n"
        "With `rows` pack the gain of each further lot is told. It never increases from lot "
        "to lot: what must be ordered together "
        "(the least order, or as many as the cost of an order asks for) is one lot, so the "
        "best under a budget are the first lots of all "
        "groups by gain over cost. With `rows` all it goes on behind the best order, to lots "
        "that lose: where a supplier wants more than that, those that lose least for their "
        "money are the first of them.\n\n"
        "A group never fails: what is missing or makes no sense is said in the note, with "
        "what was taken.",
    .example = "foresell apply order ahead.csv --group item,store --order week -o orders.csv",
    .version = 1,
    .input = fs_order_input,
    .output = order_output,
    .params = order_params,
    .open = order_open,
    .block = order_block,
    .close = order_close,
};
