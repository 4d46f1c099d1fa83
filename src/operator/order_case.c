/* From a group's rows to the case of an order: demand period by period, figures of the first row, and what was taken where they are missing or
 * make no sense. A row never fails: what is wrong is said in the note by name.
 */
#include "order_case.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vector.h"

/* ---- texts ---- */

static void add_to(fs_sentence *s, const char *format, va_list list)
{
    size_t room = sizeof s->text - s->length;
    int wanted = vsnprintf(s->text + s->length, room, format, list);
    if (wanted > 0) s->length += (size_t)wanted < room ? (size_t)wanted : room - 1;
}

void fs_sentence_add(fs_sentence *s, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add_to(s, format, list);
    va_end(list);
}

void fs_sentence_remark(fs_sentence *s, const char *format, ...)
{
    va_list list;
    if (s->length) fs_sentence_add(s, "; ");
    va_start(list, format);
    add_to(s, format, list);
    va_end(list);
}

const char *fs_units_text(double units, char out[32])
{
    double tenth = round(units * 10) / 10;
    bool whole = fabs(units) >= 10 || tenth == round(tenth);
    snprintf(out, 32, "%.*f", whole ? 0 : 1, whole ? round(units) + 0.0 : tenth);
    return out;
}

/* ---- quantiles ---- */

static bool probability_of(const char *name, double *p)
{
    char *end;
    if (name[0] != 'q') return false;
    *p = strtod(name + 1, &end);
    return end > name + 1 && !*end && *p > 0 && *p < 1;
}

static void insert(fs_quantile_columns *q, double p, int column)
{
    int at = q->count++;
    for (; at > 0 && q->probability[at - 1] > p; at--) {
        q->probability[at] = q->probability[at - 1];
        q->column[at] = q->column[at - 1];
    }
    q->probability[at] = p;
    q->column[at] = column;
}

fs_status fs_quantile_columns_find(fs_quantile_columns *q, const fs_binding *binding, int before,
                                   fs_error *error)
{
    for (int c = before; c < binding->columns; c++) {
        double p = 0;
        const char *name = binding->name[c];
        if (strcmp(name, "step") == 0) continue;
        if (!probability_of(name, &p)) {
            fs_fail(error, FS_USAGE, "order does not know the column %s", name);
            return fs_error_remedy(error,
                                   "leave it out, or call it as the reference of order does");
        }
        if (q->count == FS_ORDER_QUANTILES)
            return fs_fail(error, FS_USAGE, "order takes %d quantiles at most", FS_ORDER_QUANTILES);
        insert(q, p, c);
    }
    if (q->count >= 2) return FS_OK;
    fs_fail(error, FS_USAGE,
            "order wants two columns of quantiles at least, such as q0.05 and q0.95");
    return fs_error_remedy(error, "the operator forecast gives them");
}

/* ---- demand ---- */

static int take_demand(fs_order_rows *r, const fs_quantile_columns *q, const fs_block *block,
                       int64_t first, int count)
{
    const fs_vector *mean = &block->column[FS_ORDER_MEAN];
    int last = -1, unknown = 0;
    for (int t = 0; t < count; t++) {
        bool known = fs_vector_known(mean, first + t) && mean->number[first + t] >= 0;
        unknown += !known;
        if (known) last = t;
        r->mean[t] = last < 0 ? 0 : mean->number[first + last];
        for (int i = 0; i < q->count; i++) {
            const fs_vector *v = &block->column[q->column[i]];
            bool told = last >= 0 && (v->number || v->integer) && fs_vector_known(v, first + last);
            r->quantile[(int64_t)t * q->count + i] = told ? fs_vector_number(v, first + last) : NAN;
        }
    }
    r->known = last >= 0;
    return unknown;
}

static void take_arrivals(fs_order_rows *r, const fs_block *block, int64_t first, int count)
{
    const fs_vector *v = &block->column[FS_ORDER_ARRIVING];
    bool negative = false;
    memset(r->arriving, 0, sizeof *r->arriving * FS_ORDER_PERIODS);
    for (int t = 0; t < count; t++) {
        double units = fs_vector_known(v, first + t) ? v->number[first + t] : 0;
        negative |= units < 0;
        r->arriving[t] = fmax(units, 0);
    }
    if (negative) fs_sentence_remark(&r->note, "arrivals below zero: none taken");
}

/* ---- figures of the first row ---- */

typedef struct cells {
    const fs_block *block;
    int64_t row;
} cells;

static bool told(const cells *c, int column, double *value)
{
    const fs_vector *v = &c->block->column[column];
    if (!fs_vector_known(v, c->row)) return false;
    *value = v->number[c->row];
    return true;
}

/* The value; `missing` where it is not told or below zero, which is said. */
static double at_least_zero(fs_order_rows *r, const cells *c, int column, const char *what,
                            double missing)
{
    double value;
    if (!told(c, column, &value)) return missing;
    if (value >= 0) return value;
    fs_sentence_remark(&r->note, "%s below zero: not counted", what);
    return missing;
}

static void take_stock(fs_order_rows *r, const cells *c)
{
    char text[32];
    if (!told(c, FS_ORDER_ON_HAND, &r->now.on_hand)) {
        r->now.on_hand = 0;
        fs_sentence_remark(&r->note, "stock not told: 0 taken");
    } else if (r->now.on_hand < 0 && !r->now.later) {
        fs_sentence_remark(&r->note, "stock of %s is below zero: 0 taken",
                           fs_units_text(r->now.on_hand, text));
        r->now.on_hand = 0;
    }
}

static void take_review(fs_order_rows *r, const cells *c)
{
    double next = 0;
    r->now.review = r->review;
    if (!told(c, FS_ORDER_NEXT, &next)) return;
    if (!(next >= 1 && next <= FS_ORDER_PERIODS / 2))
        fs_sentence_remark(&r->note, "next order not in 1 to %d periods: %d taken",
                           FS_ORDER_PERIODS / 2, r->review);
    else
        r->now.review = (int)ceil(next);
}

static void take_lead(fs_order_rows *r, const cells *c)
{
    double lead = 1;
    if (!told(c, FS_ORDER_LEAD_TIME, &lead))
        fs_sentence_remark(&r->note, "lead time not told: 1 taken");
    else if (lead < 0) {
        fs_sentence_remark(&r->note, "lead time below zero: 1 taken");
        lead = 1;
    } else if (lead == 0)
        fs_sentence_remark(&r->note, "lead time zero: can be sold at once");
    int most = FS_ORDER_PERIODS - r->now.review;
    if (lead > most) fs_sentence_remark(&r->note, "lead time too long: %d taken", most);
    r->now.lead = (int)fmin(ceil(lead), most);
}

static void take_costs(fs_order_rows *r, const cells *c)
{
    double profit = at_least_zero(r, c, FS_ORDER_UNIT_PROFIT, "profit", 0);
    r->unit_cost = at_least_zero(r, c, FS_ORDER_UNIT_COST, "unit cost", -1);
    r->now.order_cost = at_least_zero(r, c, FS_ORDER_COST, "cost of an order", 0);
    r->now.shortage = at_least_zero(r, c, FS_ORDER_SHORTAGE, "shortage", 0);
    if (r->now.shortage == 0) {
        r->now.shortage = profit > 0 ? profit : 1;
        fs_sentence_remark(&r->note, profit > 0 ? "shortage not told: the profit taken"
                                                : "shortage not told: 1 taken");
    }
    r->now.holding = at_least_zero(r, c, FS_ORDER_HOLDING, "holding", -1);
    if (r->now.holding < 0) {
        r->now.holding = r->now.shortage / FS_ORDER_USUAL_RATIO;
        fs_sentence_remark(&r->note, "holding not told: a ninth of shortage taken");
    }
}

static void take_lots(fs_order_rows *r, const cells *c)
{
    r->now.pack = 1;
    if (told(c, FS_ORDER_PACK, &r->now.pack) && !(r->now.pack > 0)) {
        fs_sentence_remark(&r->note, "pack not above zero: 1 taken");
        r->now.pack = 1;
    }
    r->now.least = at_least_zero(r, c, FS_ORDER_LEAST_ORDER, "least order", 0);
    r->now.most = at_least_zero(r, c, FS_ORDER_MOST, "shelf", 0);
    double shelf;
    if (told(c, FS_ORDER_MOST, &shelf) && shelf == 0) r->fault = "no place on the shelf: no order";
    if (r->now.most > 0 && r->now.least > r->now.most) {
        char least[32], most[32];
        fs_sentence_remark(&r->note, "least order of %s above the shelf of %s: left out",
                           fs_units_text(r->now.least, least), fs_units_text(r->now.most, most));
        r->now.least = 0;
    }
}

static void take_life(fs_order_rows *r, const cells *c, int count)
{
    double life = 0;
    r->now.life = 0;
    r->now.expiry = r->unit_cost > 0 ? r->unit_cost : r->now.shortage;
    if (!told(c, FS_ORDER_SHELF_LIFE, &life)) return;
    if (!(life >= 1))
        fs_sentence_remark(&r->note, "shelf life below 1: not counted");
    else if (life > fmax(count - r->now.lead, r->now.review))
        fs_sentence_remark(&r->note, "shelf life ends after the forecast: not counted");
    else {
        r->now.life = (int)life;
        if (!(r->unit_cost > 0))
            fs_sentence_remark(&r->note, "unit cost not told: shortage taken for what goes off");
    }
}

void fs_order_rows_take(fs_order_rows *r, const fs_quantile_columns *q, const fs_block *block,
                        int64_t group)
{
    int64_t first = block->start[group], rows = block->start[group + 1] - first;
    int count = (int)(rows < FS_ORDER_PERIODS ? rows : FS_ORDER_PERIODS);
    cells c = {block, first};
    r->note = (fs_sentence){0};
    r->fault = NULL;
    int unknown = take_demand(r, q, block, first, count);
    take_arrivals(r, block, first, count);
    take_stock(r, &c);
    take_review(r, &c);
    take_lead(r, &c);
    take_costs(r, &c);
    take_lots(r, &c);
    take_life(r, &c, count);
    if (!r->known)
        r->fault = "demand not known: no order";
    else if (unknown > 0)
        fs_sentence_remark(&r->note, "%d period%s without a forecast: as before", unknown,
                           unknown == 1 ? "" : "s");
    int missing = r->now.lead + r->now.review - count;
    if (missing > 0)
        fs_sentence_remark(&r->note, "the forecast ends %d period%s early: its last one goes on",
                           missing, missing == 1 ? "" : "s");
    r->now.arriving = r->arriving;
    r->ahead.periods = count;
    r->ahead.probabilities = q->count;
    r->ahead.probability = q->probability;
    r->ahead.mean = r->mean;
    r->ahead.quantile = r->quantile;
}
