/* change_points DAYS SHARE: milliseconds that fs_changes_find takes for a series of DAYS days with a week and a year, on
 * the shared library (bench/measure.py). The mean over 64 series of demand, from rare to brisk, of which SHARE in 100 sell
 * half as much again from a day on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"
#include "foresell/demand.h"
#include "foresell/numeric.h"

#define SERIES 64
#define ROUNDS 5

static void fill(double *y, int64_t days, int series, bool shifts)
{
    fs_random random = fs_random_open((uint64_t)series, 0, 0, 0);
    double level = 2 + series;
    for (int64_t t = 0; t < days; t++) {
        double season = 1 + 0.4 * sin(2 * 3.14159265358979 * (double)t / 365) + 0.3 * (t % 7 > 4);
        double now = shifts && 5 * t > 3 * days ? 1.5 * level : level;
        y[t] = (double)fs_random_poisson(&random, now * season);
    }
}

int main(int words, char **word)
{
    int64_t days = words > 1 ? atoll(word[1]) : 1941;
    int share = words > 2 ? atoi(word[2]) : 0;
    double *y = malloc(SERIES * (size_t)days * sizeof *y);
    fs_changes changes = {0};
    fs_changes_settings settings = {
        .season = 7, .year = 365.25, .minimum = 56, .limit = 4, .least = 0.05};
    for (int i = 0; i < SERIES; i++) fill(y + i * days, days, i, i * 37 % 100 < share);
    double began = cpu_seconds();
    for (int i = 0; i < SERIES * ROUNDS; i++)
        if (fs_changes_find(&changes, &settings, y + i % SERIES * days, NULL, days) != FS_OK)
            return 1;
    printf("%.4f\n", (cpu_seconds() - began) * 1000 / (SERIES * ROUNDS));
    fs_changes_free(&changes);
    free(y);
}
