/* stock [demand]: CPU microseconds of one problem of stock control, the least of a few rounds (bench/measure.py); a line each: name, microseconds, result.
 *
 * With `demand` only the weeks of demand for wagner_whitin are told. Each round of a problem does so many that it takes some ten milliseconds. Costs and demand change a little from one to the next, so that nothing
 * is computed once for all; the result that is told is that of the first. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"
#include "foresell/numeric.h"
#include "foresell/stock.h"

#define ROUNDS 7
#define WEEKS  52
#define STAGES 50

typedef struct bench {
    fs_stock_work work;
    double demand[WEEKS], ordered[WEEKS], room[FS_LOT_ROOM(WEEKS)];
    fs_counts counts;
    int64_t from[STAGES], to[STAGES], time[STAGES], promised[STAGES], service[STAGES];
    double bound[STAGES], holding[STAGES], safety[STAGES];
    fs_supply_tree tree;
} bench;

static void must(fs_status status)
{
    if (status != FS_OK) exit(1);
}

/* Each problem: number `i` of a round; gives what its policy costs. Distributions are made within the time. */
static double wagner_whitin(bench *b, int i)
{
    double cost;
    must(fs_lot_sizes(FS_WAGNER_WHITIN, b->demand, WEEKS, 500 + i % 7, 2, b->room, b->ordered,
                      &cost, NULL));
    return cost;
}

static double up_to(bench *b, double mean, double fixed, double shortage)
{
    fs_reorder r;
    must(fs_counts_fill((fs_count_law){mean, INFINITY}, &b->counts, NULL));
    must(fs_reorder_up_to(&b->counts, &b->counts, fixed, 1, shortage, &b->work, &r, NULL));
    return r.cost;
}

static double up_to_6(bench *b, int i) { return up_to(b, 6, 5 + 1e-3 * (i % 7), 4); }
static double up_to_20(bench *b, int i) { return up_to(b, 20, 64 + 1e-3 * (i % 7), 9); }

static double lot(bench *b, int i)
{
    fs_reorder r;
    must(fs_counts_fill((fs_count_law){3, INFINITY}, &b->counts, NULL));
    must(fs_reorder_lot(1.5, &b->counts, 100 + 1e-3 * (i % 7), 20, 150, &b->work, &r, NULL));
    return r.cost;
}

static double lot_normal(bench *b, int i)
{
    fs_reorder_normal r;
    (void)b;
    must(fs_reorder_lot_normal(1300, 1300 / 12.0, 150 / sqrt(12), 8 + 1e-3 * (i % 7), 0.225, 7.5,
                               &r, NULL));
    return r.cost;
}

static double newsvendor(bench *b, int i)
{
    fs_newsvendor n;
    (void)b;
    must(fs_newsvendor_normal(50 + i % 7, 8, 0.18, 0.70, &n, NULL));
    return n.cost;
}

static double newsvendor_poisson(bench *b, int i)
{
    fs_newsvendor n;
    (void)b;
    must(fs_newsvendor_law((fs_count_law){50 + i % 7, INFINITY}, 0.18, 0.70, &n, NULL));
    return n.cost;
}

/* Each stage joined with one before it, as its customer or its supplier; those at the lower ends have demand. */
static void make_tree(bench *b)
{
    for (int64_t i = 0; i < STAGES; i++) {
        fs_random r = fs_random_open(2, (uint64_t)i, 0, 0);
        int64_t other = i > 0 ? fs_random_below(&r, i) : 0;
        bool supplier = fs_random_uniform(&r) < 0.3;
        if (i > 0) b->from[i - 1] = supplier ? i : other, b->to[i - 1] = supplier ? other : i;
        b->time[i] = 1 + fs_random_below(&r, 5), b->holding[i] = 0.5 + fs_random_uniform(&r);
        b->promised[i] = 0, b->bound[i] = 10 * fs_random_uniform(&r);
    }
    for (int l = 0; l < STAGES - 1; l++) b->promised[b->from[l]] = -1, b->bound[b->from[l]] = 0;
    b->tree = (fs_supply_tree){STAGES, STAGES - 1,  b->from,  b->to,     b->time,
                               NULL,   b->promised, b->bound, b->holding};
    must(fs_supply_tree_deviations(&b->tree, b->bound, NULL));
}

static double tree(bench *b, int i)
{
    double cost;
    b->holding[0] = 1 + 1e-3 * (i % 7);
    must(fs_supply_tree_solve(&b->tree, b->service, b->safety, &cost, NULL));
    return cost;
}

static const struct {
    const char *name;
    double (*solve)(bench *, int);
    int times;
} problems[] = {{"wagner_whitin", wagner_whitin, 10000},
                {"s_S_poisson_6", up_to_6, 2000},
                {"s_S_poisson_20", up_to_20, 500},
                {"r_Q_poisson", lot, 10000},
                {"r_Q_normal", lot_normal, 2000},
                {"newsvendor_normal", newsvendor, 100000},
                {"newsvendor_poisson", newsvendor_poisson, 20000},
                {"supply_tree_50", tree, 500}};

int main(int arguments, char **argument)
{
    (void)argument;
    bench b = {.counts = {.p = malloc(4096 * sizeof(double))}};
    if (!b.counts.p) return 1;
    make_tree(&b);
    for (int t = 0; t < WEEKS; t++) {
        fs_random random = fs_random_open(1, (uint64_t)t, 0, 0);
        b.demand[t] = (double)fs_random_poisson(&random, 100);
        if (arguments > 1) printf("%g ", b.demand[t]);
    }
    for (size_t k = 0; arguments == 1 && k < sizeof problems / sizeof problems[0]; k++) {
        double least = INFINITY, sum = 0, first = problems[k].solve(&b, 0);
        for (int round = 0; round < ROUNDS; round++) {
            double began = cpu_seconds();
            for (int i = 0; i < problems[k].times; i++) sum += problems[k].solve(&b, i);
            least = fmin(least, cpu_seconds() - began);
        }
        if (!isfinite(sum)) return 1;
        printf("%s %.3f %.12g\n", problems[k].name, least / problems[k].times * 1e6, first);
    }
    fs_stock_work_free(&b.work), free(b.counts.p);
    return 0;
}
