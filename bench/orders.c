/* orders [PERIODS]: microseconds that fs_order_make takes for an item in a store with demand quantiles of 28 days, and nanoseconds a period of
 * fs_replay_run, on the shared library (bench/measure.py). The mean over 512 items, from rare to brisk, lead of 3 days, next order after
 * PERIODS days, lost sales; replays of 52 weeks by the moving average with a season of 52. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"
#include "foresell/numeric.h"
#include "foresell/stock.h"

#define ITEMS     512
#define DAYS      28
#define QUANTILES 9
#define WEEKS     156
#define ROUNDS    40

static const double probability[QUANTILES] = {.01, .05, .1, .25, .5, .75, .9, .95, .99};

/* Whole numbers of about a gamma distribution with the variance of a negative binomial of size 2. */
static void fill(double *mean, double *quantile, int item)
{
    for (int t = 0; t < DAYS; t++) {
        double level = .05 * exp(item * 6.5 / ITEMS) * (1 + .4 * (t % 7 > 4));
        double spread = sqrt(level + level * level / 2);
        mean[t] = level;
        for (int q = 0; q < QUANTILES; q++)
            quantile[t * QUANTILES + q] =
                floor(fmax(0, level + spread * fs_normal_quantile(probability[q])));
    }
}

static double orders(int review)
{
    static double mean[ITEMS][DAYS], quantile[ITEMS][DAYS * QUANTILES];
    fs_order_plan plan = {0};
    for (int i = 0; i < ITEMS; i++) fill(mean[i], quantile[i], i);
    if (fs_order_open(&plan) != FS_OK) exit(1);
    double began = cpu_seconds();
    for (int i = 0; i < ITEMS * ROUNDS; i++) {
        fs_ahead ahead = {.periods = DAYS,
                          .probabilities = QUANTILES,
                          .mean = mean[i % ITEMS],
                          .quantile = quantile[i % ITEMS],
                          .probability = probability};
        fs_order_case now = {.on_hand = floor(4 * mean[i % ITEMS][0]),
                             .lead = 3,
                             .review = review,
                             .holding = .01,
                             .shortage = 1,
                             .pack = 1 + i % 5};
        fs_order_make(&plan, &ahead, &now);
    }
    double seconds = cpu_seconds() - began;
    fs_order_close(&plan);
    return seconds * 1e6 / (ITEMS * ROUNDS);
}

static double replays(void)
{
    static double demand[WEEKS];
    static fs_replay_period out[WEEKS];
    fs_replay replay = {0};
    fs_random random = fs_random_open(8, 0, 0, 0);
    for (int t = 0; t < WEEKS; t++) demand[t] = (double)fs_random_poisson(&random, 4);
    fs_replay_case now = {.count = WEEKS,
                          .past = WEEKS - 52,
                          .demand = demand,
                          .policy = FS_REPLAY_MOVING_AVERAGE,
                          .window = 13,
                          .season = 52,
                          .cover = 4,
                          .lead = 2,
                          .review = 1,
                          .opening = NAN,
                          .holding = .2,
                          .shortage = 1,
                          .pack = 1};
    double began = cpu_seconds();
    for (int i = 0; i < 10000; i++)
        if (fs_replay_run(&replay, &now, out) != FS_OK) exit(1);
    double seconds = cpu_seconds() - began;
    fs_replay_free(&replay);
    return seconds * 1e9 / (10000.0 * 52);
}

int main(int words, char **word)
{
    int review = words > 1 ? atoi(word[1]) : 1;
    printf("%.4f\n", review > 0 ? orders(review) : replays());
    return 0;
}
