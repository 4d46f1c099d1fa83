/* kernel OBSERVATIONS: nanoseconds of the smoothing recursion with its derivatives by six parameters, per observation and lane.
 *
 * Compiled once per instruction set (bench/measure.py), for the program itself chooses when it starts.
 */
#include "foresell/numeric.h"
#undef FS_LANES
#define FS_LANES
#include <stdio.h>
#include <stdlib.h>

#include "../src/forecast/ets_lanes.c"
#include "cpu.h"

#define PERIOD 7
#define ROUNDS 2000

static fs_ets_lanes lanes_of(void)
{
    fs_ets_lanes lanes = {.error = {FS_ETS_ADDITIVE, FS_ETS_ADDITIVE}};
    for (int k = 0; k < FS_LSQ_LANES; k++) {
        lanes.alpha[k] = 0.05 * k;
        lanes.gamma[k] = 0.01;
        lanes.phi[k] = 1;
        lanes.alpha_by_alpha[k] = lanes.gamma_by_gamma[k] = lanes.level_by_level[k] = 1;
    }
    return lanes;
}

int main(int words, char **word)
{
    int64_t count = words > 1 ? atoll(word[1]) : 419;
    double *y = calloc((size_t)count, sizeof *y), season[PERIOD] = {0}, best = 1e300;
    double *room = calloc(fs_ets_room(PERIOD), sizeof *room);
    uint8_t *use = malloc((size_t)count);
    fs_ets_lanes lanes = lanes_of();
    fs_lsq_sums sums = {{0}};
    for (int64_t t = 0; t < count; t++) y[t] = (double)(t * 7919 % 13), use[t] = 1;
    const fs_ets_past past = {y, use, count, PERIOD, season};
    for (int repeat = 0; repeat < 7; repeat++) { /* the least of several: the machine may be busy */
        double began = cpu_seconds();
        for (int i = 0; i < ROUNDS; i++)
            fs_ets_lanes_sums(&past, FS_ETS_ADDITIVE, FS_ETS_ADDITIVE, &lanes, room, &sums);
        double took = cpu_seconds() - began;
        if (took < best) best = took;
    }
    printf("%.4f\n", best * 1e9 / ((double)ROUNDS * (double)count * FS_LSQ_LANES));
    free(y), free(use), free(room);
    return sums.squares[0] < 0;
}
