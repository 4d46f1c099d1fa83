/* decompose DAYS ROBUST: milliseconds that fs_decompose takes for a series of DAYS days with a week and a year, on the
 * shared library (bench/measure.py). The mean over 64 series of demand, from rare to brisk. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"
#include "foresell/demand.h"
#include "foresell/numeric.h"

#define SERIES 64
#define ROUNDS 5

static void fill(double *y, int64_t days, int series)
{
    fs_random random = fs_random_open((uint64_t)series, 0, 0, 0);
    double level = 2 + series;
    for (int64_t t = 0; t < days; t++) {
        double season = 1 + 0.4 * sin(2 * 3.14159265358979 * (double)t / 365) + 0.3 * (t % 7 > 4);
        y[t] = (double)fs_random_poisson(&random, level * season);
    }
}

int main(int words, char **word)
{
    int64_t days = words > 1 ? atoll(word[1]) : 1941;
    double *y = malloc(SERIES * (size_t)days * sizeof *y);
    fs_decomposition parts = {0};
    fs_decompose_settings settings = {
        .seasons = 2, .season = {7, 365}, .robust = words > 2 ? atoi(word[2]) : 2};
    for (int i = 0; i < SERIES; i++) fill(y + i * days, days, i);
    double began = cpu_seconds();
    for (int i = 0; i < SERIES * ROUNDS; i++)
        if (fs_decompose(&parts, &settings, y + i % SERIES * days, NULL, days) != FS_OK) return 1;
    printf("%.4f\n", (cpu_seconds() - began) * 1000 / (SERIES * ROUNDS));
    fs_decomposition_free(&parts);
    free(y);
}
