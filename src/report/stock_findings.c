/* What the page of orders says, in a sentence each, from figures alone. The rules are those of sentences.c. */
#include <math.h>

#include "report_internal.h"

/* Below this share two costs are about the same. */
#define ABOUT 0.02

/* "1,200 products in stores", "1 product" */
static fs_status add_looked(fs_buffer *out, int64_t looked, int64_t stores)
{
    FS_TRY(fs_report_whole(out, (double)looked));
    FS_TRY(fs_buffer_text(out, looked == 1 ? " product" : " products"));
    return fs_buffer_text(out, stores > 1 ? " in stores" : "");
}

static fs_status add_waiting(fs_buffer *out, const fs_figures_orders *f)
{
    if (f->waiting <= 0) return FS_OK;
    if (f->waiting == f->lines)
        return fs_buffer_text(out, f->lines == 1
                                       ? " It waits for the day on which its supplier takes orders."
                                       : " All wait for the day on which their supplier takes "
                                         "orders.");
    FS_TRY(fs_buffer_text(out, " Of them "));
    FS_TRY(fs_report_whole(out, (double)f->waiting));
    return fs_buffer_text(out, f->waiting == 1
                                   ? " waits for the day on which its supplier takes orders."
                                   : " wait for the day on which their supplier takes orders.");
}

fs_status fs_report_say_orders(fs_buffer *out, const fs_figures_orders *f)
{
    if (f->looked <= 0) return FS_OK;
    if (f->lines <= 0) {
        FS_TRY(fs_buffer_text(out, "Nothing is worth ordering now: of "));
        FS_TRY(add_looked(out, f->looked, f->stores));
        return fs_buffer_text(out, " enough is there or on its way.");
    }
    FS_TRY(fs_buffer_text(out, f->waiting < f->lines ? "Order now " : "Order next "));
    FS_TRY(fs_report_whole(out, f->units));
    FS_TRY(fs_buffer_text(out, " pieces of "));
    FS_TRY(fs_report_whole(out, (double)f->lines));
    FS_TRY(fs_buffer_text(out, " of the "));
    FS_TRY(add_looked(out, f->looked, f->stores));
    if (f->gain > 0) {
        FS_TRY(fs_buffer_text(out, ", which should save "));
        FS_TRY(fs_report_money(out, f->gain, f->currency));
        FS_TRY(fs_buffer_text(out, " against not ordering"));
    }
    if (f->cost > 0) {
        FS_TRY(fs_buffer_text(out, f->no_cost > 0 ? "; the goods whose cost is known come to "
                                                  : "; the goods cost "));
        FS_TRY(fs_report_money(out, f->cost, f->currency));
    }
    FS_TRY(fs_buffer_text(out, "."));
    return add_waiting(out, f);
}

fs_status fs_report_say_stock_levels(fs_buffer *out, const fs_figures_stock_levels *f)
{
    if (f->lines <= 0 || !(f->units > 0)) return FS_OK;
    FS_TRY(fs_buffer_text(
        out, f->orders ? "No file says what is in stock of some products. Hold "
                       : "No file says what is in stock, so this is how much to hold: "));
    FS_TRY(fs_report_whole(out, f->units));
    FS_TRY(fs_buffer_text(out, f->units < 1.5 ? " piece of " : " pieces of "));
    FS_TRY(fs_buffer_text(out, f->lines > 1 ? "the " : ""));
    FS_TRY(add_looked(out, f->lines, f->stores));
    FS_TRY(fs_buffer_text(out, f->lines > 1 ? " that sell most" : ""));
    if (f->money > 0) {
        FS_TRY(fs_buffer_text(out, " ("));
        FS_TRY(fs_report_money(out, f->money, f->currency));
        FS_TRY(fs_buffer_text(out,
                              f->by_price ? " at a cost worked out from the price)" : " at cost)"));
    }
    FS_TRY(fs_buffer_text(out, ", there and on the way together, after each order"));
    if (f->lead_time >= 0 && f->review >= 0) {
        FS_TRY(fs_buffer_text(out, "; goods can be sold "));
        FS_TRY(fs_report_periods(out, f->lead_time, f->period));
        FS_TRY(fs_buffer_text(out, " after it, and the next is placed after "));
        FS_TRY(fs_report_periods(out, f->review, f->period));
    }
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_order_replay(fs_buffer *out, const fs_figures_order_replay *f)
{
    double saved = f->plain_cost - f->cost;
    if (!(f->plain_cost > 0) || f->periods <= 0) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Over the last "));
    FS_TRY(fs_report_periods(out, f->periods, f->period));
    FS_TRY(fs_buffer_text(out, " such orders would have cost "));
    FS_TRY(fs_report_money(out, f->cost, f->currency));
    FS_TRY(fs_buffer_text(out, " in stock and missed sales, "));
    if (fabs(saved) < ABOUT * f->plain_cost) {
        FS_TRY(fs_buffer_text(out, "about as much as"));
    } else {
        FS_TRY(fs_report_share(out, fabs(saved) / f->plain_cost));
        FS_TRY(fs_buffer_text(out, saved > 0 ? " less than" : " more than"));
    }
    FS_TRY(fs_buffer_text(out, " a planner with moving averages ("));
    FS_TRY(fs_report_money(out, f->plain_cost, f->currency));
    FS_TRY(fs_buffer_text(out, "); "));
    FS_TRY(fs_report_share(out, f->missed));
    FS_TRY(fs_buffer_text(out, " of the demand would have been missed, against "));
    FS_TRY(fs_report_share(out, f->plain_missed));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_overstock(fs_buffer *out, const fs_figures_overstock *f)
{
    if (f->lines <= 0 || !(f->units > 0)) return FS_OK;
    FS_TRY(fs_report_whole(out, f->units));
    FS_TRY(fs_buffer_text(out, f->units < 1.5 ? " piece is" : " pieces are"));
    FS_TRY(fs_buffer_text(out, " more than it is worth keeping"));
    if (f->tied_up > 0) {
        FS_TRY(fs_buffer_text(out, ", with "));
        FS_TRY(fs_report_money(out, f->tied_up, f->currency));
        FS_TRY(fs_buffer_text(out, " tied up"));
    }
    if (f->holding_year > 0) {
        FS_TRY(fs_buffer_text(out, f->tied_up > 0 ? " and " : ", at "));
        FS_TRY(fs_report_money(out, f->holding_year, f->currency));
        FS_TRY(fs_buffer_text(out, " a year for holding them"));
    }
    if (f->moved > 0) {
        FS_TRY(fs_buffer_text(out, "; "));
        FS_TRY(fs_report_whole(out, f->moved));
        FS_TRY(fs_buffer_text(out, " of them are wanted in other stores"));
    }
    return fs_buffer_text(out, ".");
}
