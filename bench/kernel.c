/* kernel OBSERVATIONS: nanoseconds of the smoothing recursion, per observation and set of parameters.
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

int main(int words, char **word)
{
    int64_t count = words > 1 ? atoll(word[1]) : 419;
    double *y = calloc((size_t)count, sizeof *y), season[PERIOD] = {0}, sse[FS_SEARCH_LANES];
    double state[PERIOD * FS_SEARCH_LANES], best = 1e300;
    uint8_t *use = malloc((size_t)count);
    fs_ets_lanes lanes = {0};
    for (int64_t t = 0; t < count; t++) y[t] = (double)(t * 7919 % 13), use[t] = 1;
    for (int k = 0; k < FS_SEARCH_LANES; k++) lanes.alpha[k] = 0.01 * k, lanes.gamma[k] = 0.01;
    for (int repeat = 0; repeat < 7; repeat++) { /* the least of several: the machine may be busy */
        double began = cpu_seconds();
        for (int i = 0; i < ROUNDS; i++)
            fs_ets_lanes_sse(y, use, count, PERIOD, season, &lanes, state, sse);
        double took = cpu_seconds() - began;
        if (took < best) best = took;
    }
    printf("%.4f\n", best * 1e9 / ((double)ROUNDS * (double)count * FS_SEARCH_LANES));
    free(y);
    free(use);
    return sse[0] < 0;
}
