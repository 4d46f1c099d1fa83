/* classifier ROWS COLUMNS CLASSES [auto]: CPU seconds of one fs_logistic_fit, on the shared library (bench/measure.py). Three terms a
 * column of numbers; the penalty is chosen and the scores are calibrated, as in the step. auto: of fs_classifier_fit, which boosts trees
 * as well, and of the scores of all rows with what each column adds to them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"
#include "foresell/learn.h"
#include "foresell/numeric.h"

/* Trees and lines, and the scores of all rows. */
static int fit_and_score(const fs_learn_column *column, int columns, const int32_t *label,
                         int classes, int64_t rows)
{
    fs_classifier c = {0};
    fs_classifier_settings settings = {.kind = FS_CLASSIFIER_AUTO,
                                       .logistic = {.knots = 2, .folds = 5}};
    double *score = malloc((size_t)classes * FS_CLASS_ROWS * sizeof *score);
    double *effect = malloc((size_t)(classes * columns) * FS_CLASS_ROWS * sizeof *effect);
    double began = cpu_seconds();
    if (fs_classifier_fit(&c, &settings, column, columns, label, classes, rows, NULL) != FS_OK)
        return 1;
    for (int64_t at = 0; at < rows; at += FS_CLASS_ROWS) {
        int64_t row[FS_CLASS_ROWS];
        int count = (int)(rows - at < FS_CLASS_ROWS ? rows - at : FS_CLASS_ROWS);
        for (int i = 0; i < count; i++) row[i] = at + i;
        fs_class_scores(&c.model, column, columns, row, count, score, effect);
    }
    printf("%.3f\n", cpu_seconds() - began);
    fs_classifier_free(&c);
    free(score), free(effect);
    return 0;
}

int main(int words, char **word)
{
    int64_t rows = words > 1 ? atoll(word[1]) : 800000;
    int columns = words > 2 ? atoi(word[2]) : 13, classes = words > 3 ? atoi(word[3]) : 3;
    double *number = malloc((size_t)rows * (size_t)columns * sizeof *number);
    int32_t *label = malloc((size_t)rows * sizeof *label);
    fs_learn_column *column = calloc((size_t)columns, sizeof *column);
    fs_random random = fs_random_open(1, 0, 0, 0);
    for (int c = 0; c < columns; c++) column[c].number = number + c * rows;
    for (int64_t i = 0; i < rows; i++) {
        double best = -INFINITY;
        for (int c = 0; c < columns; c++) number[c * rows + i] = fs_random_normal(&random);
        for (int k = 0; k < classes; k++) {
            double score =
                number[k % columns * rows + i] * (k + 1) - log(fs_random_exponential(&random));
            if (score > best) label[i] = k;
            best = fmax(best, score);
        }
    }
    if (words > 4) return fit_and_score(column, columns, label, classes, rows);
    fs_logistic model = {0};
    fs_logistic_settings settings = {.knots = 2, .folds = 5};
    double began = cpu_seconds();
    if (fs_logistic_fit(&model, &settings, column, columns, label, classes, rows, NULL) != FS_OK)
        return 1;
    printf("%.3f\n", cpu_seconds() - began);
    fs_logistic_free(&model);
    free(number), free(label), free(column);
}
