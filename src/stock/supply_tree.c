/* Safety stock of a network that is a tree, by guaranteed service.
 *
 * Stages are taken off from the ends of the tree inwards: each has then one neighbour that is left, below it (its customer) or above it. For that neighbour
 * it tells what it and all behind it cost: by its service time where the neighbour is a customer, f(S), by the time its supplies take where it is a supplier, g(SI)
 * (Graves and Willems 2000, M&SOM 2, 68-83, equations (4)-(7) and their algorithm).
 *
 *   c(S, SI) = h bound sqrt(SI + T - S) + Σ suppliers min_{x <= SI} f(x) + Σ customers min_{y >= S} g(y)
 *
 * Memory: four tables a stage, as long as the longest time through what is above it. Cost: the squares of these times.
 */
#include <math.h>
#include <string.h>

#include "stock_internal.h"

typedef struct stage {
    int64_t most;              /* longest time until it can deliver */
    int64_t parent;            /* the neighbour that is left; -1: none */
    bool below;                /* the parent is its customer */
    double *up, *down, *value; /* most + 1: of suppliers by SI, of customers by S; what it tells */
    double *best, *other;      /* where that is, and SI of S, or S of SI */
    int64_t service, inbound;
} stage;

typedef struct network {
    const fs_supply_tree *t;
    stage *stage;
    int64_t *first, *link; /* links of a stage: link[first[i]] … */
    int64_t *order, *left; /* in which stages are taken off; neighbours that are left */
    double *table;
} network;

/* ---- checks, neighbours ---- */

static fs_status check_link(const fs_supply_tree *t, int64_t l, fs_error *error)
{
    bool known = t->from[l] >= 0 && t->from[l] < t->stages && t->to[l] >= 0 &&
                 t->to[l] < t->stages && t->from[l] != t->to[l];
    return known ? FS_OK : fs_fail(error, FS_DATA, "link %lld joins no two stages", (long long)l);
}

static fs_status check_stage(const fs_supply_tree *t, int64_t i, fs_error *error)
{
    int64_t inbound = t->inbound ? t->inbound[i] : 0;
    if (t->time[i] < 0 || t->time[i] > FS_SUPPLY_LONGEST || inbound < 0 ||
        inbound > FS_SUPPLY_LONGEST)
        return fs_fail(error, FS_DATA, "the time of stage %lld must be from 0 to %d", (long long)i,
                       FS_SUPPLY_LONGEST);
    FS_TRY(fs_stock_not_below("bound", t->bound[i], error));
    return fs_stock_not_below("holding", t->holding[i], error);
}

static fs_status check(const fs_supply_tree *t, fs_error *error)
{
    if (t->stages < 1 || t->links != t->stages - 1)
        return fs_fail(error, FS_DATA, "a tree has one link less than stages");
    for (int64_t l = 0; l < t->links; l++) FS_TRY(check_link(t, l, error));
    for (int64_t i = 0; i < t->stages; i++) FS_TRY(check_stage(t, i, error));
    return FS_OK;
}

static void find_links(network *n)
{
    const fs_supply_tree *t = n->t;
    for (int64_t l = 0; l < t->links; l++) n->left[t->from[l]]++, n->left[t->to[l]]++;
    for (int64_t i = 0; i < t->stages; i++) n->first[i + 1] = n->first[i] + n->left[i];
    for (int64_t l = t->links - 1; l >= 0; l--) {
        n->link[n->first[t->from[l]] + --n->left[t->from[l]]] = l;
        n->link[n->first[t->to[l]] + --n->left[t->to[l]]] = l;
    }
    for (int64_t i = 0; i < t->stages; i++) n->left[i] = n->first[i + 1] - n->first[i];
}

static int64_t beyond(const fs_supply_tree *t, int64_t link, int64_t i)
{
    return t->from[link] == i ? t->to[link] : t->from[link];
}

/* The neighbour that is left of a stage that is taken off. */
static void choose_parent(network *n, int64_t i)
{
    stage *s = &n->stage[i];
    s->parent = -1;
    for (int64_t k = n->first[i]; k < n->first[i + 1]; k++) {
        int64_t j = beyond(n->t, n->link[k], i);
        if (n->left[j] < 0) continue;
        s->parent = j, s->below = n->t->from[n->link[k]] == i;
    }
}

/* Ends first; `order` is the queue of those that have become ends. */
static fs_status take_off(network *n, fs_error *error)
{
    int64_t known = 0, done = 0;
    for (int64_t i = 0; i < n->t->stages; i++)
        if (n->left[i] <= 1) n->order[known++] = i;
    for (; done < known; done++) {
        int64_t i = n->order[done];
        n->left[i] = -1;
        choose_parent(n, i);
        int64_t j = n->stage[i].parent;
        if (j >= 0 && --n->left[j] == 1) n->order[known++] = j;
    }
    if (done == n->t->stages && n->stage[n->order[done - 1]].parent < 0) return FS_OK;
    return fs_fail(error, FS_DATA, "the links are no tree: some stages are in a ring");
}

/* ---- the longest time ---- */

/* Suppliers come before their customers: by Kahn's queue, in `queue`; a tree has no rings. */
static int64_t find_times(network *n, int64_t *queue)
{
    const fs_supply_tree *t = n->t;
    int64_t known = 0, total = 0;
    memset(n->left, 0, (size_t)t->stages * sizeof *n->left);
    for (int64_t l = 0; l < t->links; l++) n->left[t->to[l]]++;
    for (int64_t i = 0; i < t->stages; i++) {
        n->stage[i].most = t->inbound ? t->inbound[i] : 0;
        if (n->left[i] == 0) queue[known++] = i;
    }
    for (int64_t done = 0; done < known; done++) {
        int64_t i = queue[done];
        n->stage[i].most += t->time[i], total += n->stage[i].most + 1;
        for (int64_t k = n->first[i]; k < n->first[i + 1]; k++) {
            int64_t j = t->to[n->link[k]];
            if (j == i) continue;
            if (n->stage[j].most < n->stage[i].most) n->stage[j].most = n->stage[i].most;
            if (--n->left[j] == 0) queue[known++] = j;
        }
    }
    return total;
}

static fs_status cut_tables(network *n, int64_t total, fs_error *error)
{
    if (total > FS_COUNTS_MOST)
        return fs_fail(error, FS_DATA, "the times through the tree are too long");
    n->table = fs_alloc_zero(5 * (size_t)total, sizeof *n->table);
    if (!n->table) return fs_fail_memory(error, 5 * (size_t)total * sizeof *n->table);
    double *at = n->table;
    for (int64_t i = 0; i < n->t->stages; i++) {
        stage *s = &n->stage[i];
        double **part[] = {&s->up, &s->down, &s->value, &s->best, &s->other};
        for (int k = 0; k < 5; k++) *part[k] = at, at += s->most + 1;
    }
    return FS_OK;
}

/* ---- what a stage tells ---- */

static double cost_of(const network *n, int64_t i, int64_t service, int64_t inbound)
{
    const stage *s = &n->stage[i];
    double net = (double)(inbound + n->t->time[i] - service);
    return n->t->holding[i] * n->t->bound[i] * sqrt(net) + s->up[inbound] + s->down[service];
}

static int64_t most_service(const network *n, int64_t i)
{
    int64_t promised = n->t->promised[i], most = n->stage[i].most;
    return promised >= 0 && promised < most ? promised : most;
}

static int64_t least_inbound(const network *n, int64_t i)
{
    return n->t->inbound ? n->t->inbound[i] : 0;
}

/* One S, or one SI: the least over the other. INFINITY: cannot be. */
static void look(network *n, int64_t i, int64_t x, bool by_service)
{
    stage *s = &n->stage[i];
    int64_t time = n->t->time[i], from = 0, to = most_service(n, i);
    bool can = by_service ? x <= to : x >= least_inbound(n, i) && x <= s->most - time;
    if (by_service) {
        from = x - time > least_inbound(n, i) ? x - time : least_inbound(n, i);
        to = s->most - time;
    } else if (to > x + time) {
        to = x + time;
    }
    s->value[x] = INFINITY, s->best[x] = (double)x, s->other[x] = 0;
    for (int64_t y = from; y <= to && can; y++) {
        double cost = by_service ? cost_of(n, i, x, y) : cost_of(n, i, y, x);
        if (cost < s->value[x]) s->value[x] = cost, s->other[x] = (double)y;
    }
}

/* Of all service times up to x, or of all times of supplies from x on, the best; of equal ones the shortest. */
static void spread(stage *s)
{
    for (int64_t k = 1; k <= s->most; k++) {
        int64_t x = s->below ? k : s->most - k, before = s->below ? x - 1 : x + 1;
        if (s->value[before] < s->value[x] || (s->below && s->value[before] == s->value[x]))
            s->value[x] = s->value[before], s->best[x] = s->best[before],
            s->other[x] = s->other[before];
    }
}

static void tell(network *n, int64_t i)
{
    stage *s = &n->stage[i], *to = s->parent >= 0 ? &n->stage[s->parent] : NULL;
    for (int64_t x = 0; x <= s->most; x++) look(n, i, x, s->below || !to);
    if (!to) return;
    spread(s);
    for (int64_t x = 0; x <= to->most; x++) {
        int64_t at = x < s->most ? x : s->most;
        *(s->below ? &to->up[x] : &to->down[x]) += s->value[at];
    }
}

/* ---- */

/* From the last stage outwards: what its parent chose tells what a stage had found best. */
static void choose(network *n, int64_t i)
{
    stage *s = &n->stage[i];
    int64_t x = 0;
    if (s->parent < 0) {
        for (int64_t k = 1; k <= s->most; k++)
            if (s->value[k] < s->value[x]) x = k;
        s->service = x, s->inbound = (int64_t)s->other[x];
        return;
    }
    x = s->below ? n->stage[s->parent].inbound : n->stage[s->parent].service;
    if (x > s->most) x = s->most;
    int64_t best = (int64_t)s->best[x], other = (int64_t)s->other[x];
    s->service = s->below ? best : other;
    s->inbound = s->below ? other : best;
}

static fs_status solve(network *n, int64_t *service, double *safety, double *cost, fs_error *error)
{
    const fs_supply_tree *t = n->t;
    find_links(n);
    FS_TRY(take_off(n, error));
    FS_TRY(cut_tables(n, find_times(n, service), error));
    for (int64_t k = 0; k < t->stages; k++) tell(n, n->order[k]);
    for (int64_t k = t->stages - 1; k >= 0; k--) choose(n, n->order[k]);
    *cost = 0;
    for (int64_t i = 0; i < t->stages; i++) {
        const stage *s = &n->stage[i];
        service[i] = s->service;
        safety[i] = t->bound[i] * sqrt((double)(s->inbound + t->time[i] - s->service));
        *cost += t->holding[i] * safety[i];
    }
    return FS_OK;
}

static fs_status open_network(network *n, fs_error *error)
{
    size_t stages = (size_t)n->t->stages;
    n->stage = fs_alloc_zero(stages, sizeof *n->stage);
    n->first = fs_alloc_zero(5 * stages + 1, sizeof *n->first);
    if (!n->stage || !n->first)
        return fs_fail_memory(error, stages * (sizeof *n->stage + 5 * sizeof *n->first));
    n->link = n->first + stages + 1, n->order = n->link + 2 * stages, n->left = n->order + stages;
    return FS_OK;
}

static void close_network(network *n) { fs_free(n->stage), fs_free(n->first), fs_free(n->table); }

fs_status fs_supply_tree_solve(const fs_supply_tree *tree, int64_t *service, double *safety,
                               double *cost, fs_error *error)
{
    FS_TRY(check(tree, error));
    network n = {.t = tree};
    fs_status status = open_network(&n, error);
    if (status == FS_OK) status = solve(&n, service, safety, cost, error);
    close_network(&n);
    return status;
}

/* ---- demand that comes through a stage ---- */

/* What customers need goes up to their suppliers, the last first; squares: of standard deviations. */
static void add_up(network *n, double *value, bool squares)
{
    const fs_supply_tree *t = n->t;
    find_links(n);
    find_times(n, n->order);
    for (int64_t k = t->stages; k-- > 0;) {
        int64_t i = n->order[k];
        for (int64_t l = n->first[i]; l < n->first[i + 1]; l++) {
            double below = value[t->to[n->link[l]]];
            if (t->from[n->link[l]] == i)
                value[i] = squares ? hypot(value[i], below) : value[i] + below;
        }
    }
}

static fs_status gather(const fs_supply_tree *tree, double *value, bool squares, fs_error *error)
{
    FS_TRY(check(tree, error));
    network n = {.t = tree};
    fs_status status = open_network(&n, error);
    if (status == FS_OK) add_up(&n, value, squares);
    close_network(&n);
    return status;
}

fs_status fs_supply_tree_means(const fs_supply_tree *tree, double *mean, fs_error *error)
{
    return gather(tree, mean, false, error);
}

fs_status fs_supply_tree_deviations(const fs_supply_tree *tree, double *deviation, fs_error *error)
{
    for (int64_t i = 0; i < tree->stages; i++)
        FS_TRY(fs_stock_not_below("deviation", deviation[i], error));
    return gather(tree, deviation, true, error);
}
