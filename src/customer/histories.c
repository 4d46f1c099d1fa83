/* Equal histories put together: most customers bought once, or a few times, and days are few. A table of the different ones, with open
 * addresses, then an order of them that does not depend on that of the customers.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "customer_internal.h"

typedef struct history {
    double repeats, recency, age, weight;
    int64_t number; /* in the order in which they came */
} history;

struct fs_history_work {
    history *row;  /* the different ones */
    int64_t *slot; /* their numbers from 1 on; 0: free */
    int64_t rows, slots, capacity;
};
typedef struct fs_history_work fs_history_work;

static bool is_history(double repeats, double recency, double age)
{
    if (!(repeats >= 0 && recency >= 0 && recency <= age && age <= 1e15 && repeats <= 1e15))
        return false;
    return repeats == floor(repeats) && (repeats > 0 || recency == 0);
}

static int64_t slot_of(const fs_history_work *w, const history *h)
{
    int64_t at = (int64_t)(fs_hash(h, 3 * sizeof(double), 0) & (uint64_t)(w->slots - 1));
    for (;; at = (at + 1) & (w->slots - 1)) {
        const history *there = &w->row[w->slot[at] - 1];
        if (w->slot[at] == 0) return at;
        if (there->repeats == h->repeats && there->recency == h->recency && there->age == h->age)
            return at;
    }
}

/* At most half of the slots are taken. */
static fs_status make_room(fs_history_work *w)
{
    if (w->rows < w->capacity) return FS_OK;
    int64_t capacity = w->capacity ? 2 * w->capacity : 1024;
    history *row = fs_realloc(w->row, (size_t)capacity * sizeof *row);
    if (!row) return FS_MEMORY;
    w->row = row;
    int64_t *slot = fs_realloc(w->slot, 2 * (size_t)capacity * sizeof *slot);
    if (!slot) return FS_MEMORY;
    w->slot = slot, w->capacity = capacity, w->slots = 2 * capacity;
    memset(slot, 0, (size_t)w->slots * sizeof *slot);
    for (int64_t i = 0; i < w->rows; i++) slot[slot_of(w, &w->row[i])] = i + 1;
    return FS_OK;
}

static int in_order(const void *left, const void *right)
{
    const history *a = left, *b = right;
    if (a->repeats != b->repeats) return a->repeats < b->repeats ? -1 : 1;
    if (a->recency != b->recency) return a->recency < b->recency ? -1 : 1;
    return a->age < b->age ? -1 : a->age > b->age;
}

static fs_status add(fs_history_work *w, const history *h, int64_t *of)
{
    FS_TRY(make_room(w));
    int64_t at = slot_of(w, h);
    if (w->slot[at] == 0) {
        w->row[w->rows] = *h, w->row[w->rows].weight = 0, w->row[w->rows].number = w->rows;
        w->slot[at] = ++w->rows;
    }
    *of = w->slot[at] - 1;
    w->row[*of].weight += h->weight;
    return FS_OK;
}

/* Where the sorted ones stand now, by the numbers under which they came; the slots are not needed any more. */
static void renumber(fs_history_work *w, int64_t *of, int64_t count)
{
    for (int64_t i = 0; i < w->rows; i++) w->slot[w->row[i].number] = i;
    for (int64_t i = 0; i < count; i++)
        if (of[i] >= 0) of[i] = w->slot[of[i]];
}

/* The geometric mean of waits is not above their mean: a sum of logarithms that says otherwise is none. */
static void add_waits(fs_history_groups *g, const history *h, double log_waits)
{
    if (h->repeats == 0) return;
    double most = h->recency > 0 ? h->repeats * log(h->recency / h->repeats) : -INFINITY;
    if (!(log_waits > -1e300 && log_waits <= most + 1e-6 * h->repeats)) g->waits_known = false;
    if (g->waits_known) g->log_waits += h->weight * log_waits;
}

static fs_status give_out(const fs_history_work *w, fs_history_groups *g)
{
    size_t room = (size_t)w->rows + 1;
    double *numbers = fs_realloc(g->recency, 4 * room * sizeof *numbers);
    if (!numbers) return FS_MEMORY;
    g->recency = numbers;
    int64_t *first = fs_realloc(g->first, (room + 1) * sizeof *first);
    if (!first) return FS_MEMORY;
    g->first = first;
    g->age = numbers + room, g->weight = numbers + 2 * room, g->repeats = numbers + 3 * room;
    g->count = w->rows, g->groups = 0, g->customers = 0;
    for (int64_t i = 0; i < w->rows; i++) {
        const history *h = &w->row[i];
        if (i == 0 || h->repeats != h[-1].repeats)
            g->repeats[g->groups] = h->repeats, first[g->groups++] = i;
        g->recency[i] = h->recency, g->age[i] = h->age, g->weight[i] = h->weight;
        g->customers += h->weight;
    }
    first[g->groups] = w->rows;
    return FS_OK;
}

fs_status fs_history_groups_make(fs_history_groups *g, const fs_histories *of, double *left)
{
    if (!g->work) g->work = fs_alloc_zero(1, sizeof *g->work);
    if (!g->work) return FS_MEMORY;
    fs_history_work *w = g->work;
    int64_t *number = fs_realloc(g->of, ((size_t)of->count + 1) * sizeof *number);
    if (!number) return FS_MEMORY;
    g->of = number;
    *left = 0;
    w->rows = 0;
    g->log_waits = 0, g->waits_known = of->log_waits != NULL;
    if (w->slots) memset(w->slot, 0, (size_t)w->slots * sizeof *w->slot);
    for (int64_t i = 0; i < of->count; i++) {
        history h = {of->repeats[i] + 0.0, of->recency[i] + 0.0, of->age[i] + 0.0,
                     of->weight ? of->weight[i] : 1, 0};
        if (!is_history(h.repeats, h.recency, h.age) || !(h.weight > 0)) {
            *left += h.weight > 0 ? h.weight : 0;
            number[i] = -1;
            continue;
        }
        FS_TRY(add(w, &h, &number[i]));
        if (g->waits_known) add_waits(g, &h, of->log_waits[i]);
    }
    if (w->rows) qsort(w->row, (size_t)w->rows, sizeof *w->row, in_order);
    renumber(w, number, of->count);
    return give_out(w, g);
}

void fs_history_groups_free(fs_history_groups *g)
{
    if (g->work) fs_free(g->work->row), fs_free(g->work->slot);
    fs_free(g->work), fs_free(g->recency), fs_free(g->first), fs_free(g->of);
    *g = (fs_history_groups){0};
}
