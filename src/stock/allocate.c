/* Short stock over stores: unit by unit where one is worth most.
 *
 * A unit more in store i, which then has x + 1, sells with probability P(D > x …): value (E min(D, x + 1) - E min(D, x)), which falls with x, so that giving each
 * unit where it is worth most is exact (Fox 1966). The stores stand in a heap by what their next unit is worth; of equal ones the first comes first.
 *
 * Cost: a unit: the levels, and log count steps.
 */
#include <math.h>

#include "stock_internal.h"

/* E min(D, x) of quantiles between which the distribution is even. */
static double expected_sold(const fs_stores *s, int64_t i, double x)
{
    const double *q = s->quantile + i * s->levels, *p = s->p;
    int last = s->levels - 1;
    double sum = p[0] * fmin(q[0], x) + (1 - p[last]) * fmin(q[last], x);
    for (int k = 1; k <= last; k++) {
        double a = q[k - 1], b = q[k], within = fmin(fmax(x, a), b), part = p[k] - p[k - 1];
        double share = b > a ? (within - a) / (b - a) : x >= b;
        sum += part * (share * (a + within) / 2 + (1 - share) * fmin(x, b));
    }
    return sum;
}

static double value_of(const fs_stores *s, int64_t i) { return s->value ? s->value[i] : 1; }

static double next_worth(const fs_stores *s, int64_t i, int64_t given)
{
    double x = (s->have ? s->have[i] : 0) + (double)given;
    return value_of(s, i) * (expected_sold(s, i, x + 1) - expected_sold(s, i, x));
}

static fs_status check_store(const fs_stores *s, int64_t i, fs_error *error)
{
    FS_TRY(fs_stock_not_below("value", value_of(s, i), error));
    FS_TRY(fs_stock_not_below("have", s->have ? s->have[i] : 0, error));
    for (int k = 0; k < s->levels; k++) {
        double q = s->quantile[i * s->levels + k];
        FS_TRY(fs_stock_not_below("quantile", q, error));
        if (k > 0 && q < s->quantile[i * s->levels + k - 1])
            return fs_fail(error, FS_DATA, "quantiles of store %lld fall", (long long)i);
    }
    return FS_OK;
}

static fs_status check(const fs_stores *s, int64_t units, double keep, fs_error *error)
{
    if (s->count < 0 || s->levels < 1 || units < 0)
        return fs_fail(error, FS_DATA, "there must be units, and levels of quantiles");
    FS_TRY(fs_stock_not_below("keep", keep, error));
    for (int k = 0; k < s->levels; k++)
        if (!(s->p[k] > 0 && s->p[k] < 1) || (k > 0 && s->p[k] <= s->p[k - 1]))
            return fs_fail(error, FS_DATA, "levels of quantiles must rise between 0 and 1");
    for (int64_t i = 0; i < s->count; i++) FS_TRY(check_store(s, i, error));
    return FS_OK;
}

/* ---- the heap: stores by number, in doubles ---- */

typedef struct heap {
    double *store, *worth; /* worth: by store */
    int64_t count;
} heap;

static bool comes_first(const heap *h, int64_t a, int64_t b)
{
    int64_t i = (int64_t)h->store[a], j = (int64_t)h->store[b];
    return h->worth[i] != h->worth[j] ? h->worth[i] > h->worth[j] : i < j;
}

static void sink(heap *h, int64_t at)
{
    for (;;) {
        int64_t first = at, child = 2 * at + 1;
        if (child < h->count && comes_first(h, child, first)) first = child;
        if (child + 1 < h->count && comes_first(h, child + 1, first)) first = child + 1;
        if (first == at) return;
        double spare = h->store[at];
        h->store[at] = h->store[first], h->store[first] = spare, at = first;
    }
}

fs_status fs_allocate(const fs_stores *stores, int64_t units, double keep, double *room,
                      int64_t *given, double *worth, fs_error *error)
{
    FS_TRY(check(stores, units, keep, error));
    heap h = {room, room + stores->count, stores->count};
    for (int64_t i = 0; i < h.count; i++)
        given[i] = 0, h.store[i] = (double)i, h.worth[i] = next_worth(stores, i, 0);
    for (int64_t at = h.count / 2; at-- > 0;) sink(&h, at);
    *worth = 0;
    for (int64_t unit = 0; unit < units && h.count > 0; unit++) {
        int64_t i = (int64_t)h.store[0];
        if (!(h.worth[i] > keep + 1e-12 * value_of(stores, i))) break;
        *worth += h.worth[i], given[i]++;
        h.worth[i] = next_worth(stores, i, given[i]);
        sink(&h, 0);
    }
    return FS_OK;
}
