/* Medians, quantiles, sorting. Selection is Hoare's, with the median of three as pivot; small
 * ranges are sorted by insertion. Quantiles: Hyndman and Fan (1996), type 8, which is about median
 * unbiased whatever the distribution. */
#include <math.h>
#include <stdlib.h>

#include "foresell/numeric.h"

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

static void insertion_sort(double *values, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        double value = values[i];
        int64_t j = i;
        for (; j > 0 && values[j - 1] > value; j--) values[j] = values[j - 1];
        values[j] = value;
    }
}

static double middle_of_three(double a, double b, double c)
{
    if ((a <= b && b <= c) || (c <= b && b <= a)) return b;
    return (b <= a && a <= c) || (c <= a && a <= b) ? a : c;
}

double fs_select(double *values, int64_t n, int64_t k)
{
    int64_t low = 0, high = n - 1;
    while (high - low > 16) {
        double pivot = middle_of_three(values[low], values[low + (high - low) / 2], values[high]);
        int64_t i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot) i++;
            while (values[j] > pivot) j--;
            if (i <= j) swap(&values[i++], &values[j--]);
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            return values[k];
    }
    insertion_sort(values + low, high - low + 1);
    return values[k];
}

double fs_median(double *values, int64_t n)
{
    if (n == 0) return 0;
    double upper = fs_select(values, n, n / 2);
    if (n % 2 == 1) return upper;
    double lower = values[0]; /* what lies before the middle is not above it */
    for (int64_t i = 1; i < n / 2; i++) lower = values[i] > lower ? values[i] : lower;
    return lower + (upper - lower) / 2;
}

double fs_sorted_quantile(const double *sorted, int64_t n, double p)
{
    double at = ((double)n + 1.0 / 3) * p + 1.0 / 3 - 1;
    if (!(at > 0)) return sorted[0];
    if (at >= (double)(n - 1)) return sorted[n - 1];
    int64_t below = (int64_t)at;
    double share = at - (double)below;
    return sorted[below] * (1 - share) + sorted[below + 1] * share;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Quicksort down to short ranges, the longer part by the loop; where pivots keep falling badly the
 * library's sort, whose cost is bounded, takes over. */
static void sort_range(double *values, int64_t n, int depth)
{
    while (n > 32) {
        if (depth-- == 0) {
            qsort(values, (size_t)n, sizeof *values, compare);
            return;
        }
        double pivot = middle_of_three(values[0], values[n / 2], values[n - 1]);
        int64_t i = 0, j = n - 1;
        while (i <= j) {
            while (values[i] < pivot) i++;
            while (values[j] > pivot) j--;
            if (i <= j) swap(&values[i++], &values[j--]);
        }
        if (j + 1 < n - i) {
            sort_range(values, j + 1, depth);
            values += i;
            n -= i;
        } else {
            sort_range(values + i, n - i, depth);
            n = j + 1;
        }
    }
    insertion_sort(values, n);
}

void fs_sort(double *values, int64_t n) { sort_range(values, n, 64); }
