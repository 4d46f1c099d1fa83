/* segments ROWS COLUMNS CLUSTERS [FILE]: CPU seconds of one fs_kmeans_fit of ten starts, on the shared library (bench/measure.py). Rows
 * lie around centres, some of which overlap. FILE gets them for others to fit, doubles column by column; the sum of squares is said then. */
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"
#include "foresell/learn.h"
#include "foresell/numeric.h"

int main(int words, char **word)
{
    int64_t rows = words > 1 ? atoll(word[1]) : 1000000;
    int columns = words > 2 ? atoi(word[2]) : 3, clusters = words > 3 ? atoi(word[3]) : 5;
    double *x = malloc((size_t)rows * (size_t)columns * sizeof *x);
    fs_random random = fs_random_open(1, 0, 0, 0);
    for (int64_t i = 0; i < rows; i++) {
        int64_t around = fs_random_below(&random, clusters);
        for (int c = 0; c < columns; c++) {
            fs_random centre = fs_random_open(2, (uint64_t)around, (uint64_t)c, 0);
            x[c * rows + i] = 2 * fs_random_normal(&centre) + fs_random_normal(&random);
        }
    }
    const char *to = words > 4 ? word[4] : NULL;
    FILE *file = to ? fopen(to, "wb") : NULL;
    if (file) {
        fwrite(x, sizeof *x, (size_t)rows * (size_t)columns, file);
        fclose(file);
    }
    fs_kmeans model = {0};
    fs_kmeans_settings settings = {.clusters = clusters, .starts = 10, .seed = 1};
    double began = cpu_seconds();
    if (fs_kmeans_fit(&model, &settings, x, columns, rows, NULL) != FS_OK) return 1;
    printf("%.3f\n", cpu_seconds() - began);
    if (to) printf("%.3f\n", model.within);
    fs_kmeans_free(&model);
    free(x);
}
