/* Lots under steady demand: the economic lot, with production, back-orders, and discounts.
 *
 *   Q² = 2 K λ / (h (1 - λ / μ)) · (h + b) / b,   cost² = 2 K λ h (1 - λ / μ) · b / (h + b)
 *
 * (Harris 1913; Taft 1918; Zipkin 2000, Foundations of Inventory Management, section 3.3). With discounts the cost of each price is a curve of its
 * own, least at its own lot or at the quantity from which the price holds (Hadley and Whitin 1963, section 2.11).
 */
#include <math.h>

#include "stock_internal.h"

static fs_status check_lot(const fs_lot_problem *p, fs_error *error)
{
    FS_TRY(fs_stock_not_below("fixed", p->fixed, error));
    FS_TRY(fs_stock_above("holding", p->holding, error));
    FS_TRY(fs_stock_not_below("rate", p->rate, error));
    if (!(p->shortage > 0))
        return fs_fail(error, FS_DATA, "shortage is %g: it must be above 0", p->shortage);
    if (p->production > p->rate) return FS_OK;
    return fs_fail(error, FS_DATA, "production is %g: it must be above the rate of demand, %g",
                   p->production, p->rate);
}

static fs_status check_finite(const fs_lot *lot, fs_error *error)
{
    if (isfinite(lot->quantity) && isfinite(lot->cost) && isfinite(lot->cycle)) return FS_OK;
    return fs_fail(error, FS_DATA, "the lot is larger than numbers are");
}

fs_status fs_economic_lot(const fs_lot_problem *problem, fs_lot *out, fs_error *error)
{
    FS_TRY(check_lot(problem, error));
    double kept = 1 - problem->rate / problem->production, holding = problem->holding * kept;
    double waits =
        isinf(problem->shortage) ? 0 : problem->holding / (problem->holding + problem->shortage);
    double quantity = sqrt(2 * problem->fixed * problem->rate / holding / (1 - waits));
    fs_lot lot = {.quantity = quantity,
                  .waiting = quantity * waits * kept,
                  .cycle = problem->rate > 0 ? quantity / problem->rate : 0,
                  .cost = quantity * holding * (1 - waits)};
    FS_TRY(check_finite(&lot, error));
    *out = lot;
    return FS_OK;
}

/* ---- discounts ---- */

static fs_status check_discounts(double fixed, double share, double rate, const fs_discounts *d,
                                 fs_error *error)
{
    FS_TRY(fs_stock_not_below("fixed", fixed, error));
    FS_TRY(fs_stock_above("holding", share, error));
    FS_TRY(fs_stock_not_below("rate", rate, error));
    if (d->count < 1 || d->from[0] != 0)
        return fs_fail(error, FS_DATA, "the first price must hold from a quantity of 0 on");
    for (int k = 0; k < d->count; k++) {
        FS_TRY(fs_stock_above("price", d->price[k], error));
        FS_TRY(fs_stock_not_below("the quantity from which a price holds", d->from[k], error));
        if (k > 0 && !(d->from[k] > d->from[k - 1] && d->price[k] < d->price[k - 1]))
            return fs_fail(error, FS_DATA, "price %d does not fall with a larger quantity", k + 1);
    }
    return FS_OK;
}

/* Of price k, where `extra` is what the units before it cost more: least in [from, to], which the lot may leave only where another price is
 * better. */
static fs_lot lot_of_price(double fixed, double share, double rate, double price, double from,
                           double extra)
{
    double holding = share * price;
    double quantity = fmax(sqrt(2 * (fixed + extra) * rate / holding), from);
    fs_lot lot = {.quantity = quantity, .cycle = rate > 0 ? quantity / rate : 0};
    double lots = quantity > 0 ? rate / quantity : 0;
    lot.cost = rate * price + lots * (fixed + extra) + (holding * quantity + share * extra) / 2;
    return lot;
}

/* No demand: nothing is bought, whatever its price. Beyond its own range a curve lies above that of the next price, so it need not be cut there. */
fs_status fs_discount_lot(double fixed, double holding_share, double rate,
                          const fs_discounts *discounts, fs_lot *out, fs_error *error)
{
    FS_TRY(check_discounts(fixed, holding_share, rate, discounts, error));
    fs_lot best = {0};
    double extra = 0;
    for (int k = 0; k < discounts->count && rate > 0; k++) {
        double price = discounts->price[k];
        if (discounts->incremental && k > 0)
            extra += discounts->from[k] * (discounts->price[k - 1] - price);
        fs_lot lot = lot_of_price(fixed, holding_share, rate, price, discounts->from[k], extra);
        FS_TRY(check_finite(&lot, error));
        if (k == 0 || lot.cost < best.cost) best = lot;
    }
    *out = best;
    return FS_OK;
}
