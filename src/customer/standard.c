/* Covariates made standard, for the search of their coefficients: over customers each has the mean 0, the variance 1, and nothing in common
 * with those before it (Gram and Schmidt). One of which nothing is left tells nothing: it is constant, or a sum of others.
 *
 *   z_c = mean_c + Σ_j factor_cj standard_j,  j <= c
 *
 * Cost: columns² operations a row.
 */
#include <math.h>
#include <string.h>

#include "customer_internal.h"

#define CONSTANT 1e-10  /* of the largest value: a deviation that is rounding */
#define NOTHING  1e-7   /* of a deviation: what is left of a covariate that tells nothing new */
#define LEAST    1e-100 /* a covariate whose values are all below it is constant */

/* The mean over customers of products of two columns; b NULL: of one. */
static double mean_of(const fs_covariate_rows *r, const double *a, const double *b)
{
    double sum = 0;
    for (int64_t i = 0; i < r->count; i++)
        sum += r->weight[i] * a[i * r->columns] * (b ? b[i * r->columns] : 1);
    return sum / r->customers;
}

/* Over the largest value, so that squares are finite; false where all are as good as 0. */
static bool take_column(const fs_covariate_rows *r, double *column, int c, double *scale)
{
    *scale = 0;
    for (int64_t i = 0; i < r->count; i++)
        *scale = fmax(*scale, fabs(r->value[i * r->columns + c]));
    for (int64_t i = 0; i<r->count && * scale> LEAST; i++)
        column[i * r->columns] = r->value[i * r->columns + c] / *scale;
    return *scale > LEAST;
}

static void add_to(const fs_covariate_rows *r, double *column, double factor, const double *other)
{
    for (int64_t i = 0; i < r->count; i++)
        column[i * r->columns] += factor * (other ? other[i * r->columns] : 1);
}

static bool make_standard(const fs_covariate_rows *r, int c, fs_standard *out)
{
    double *column = out->value + c, scale;
    if (!take_column(r, column, c, &scale)) return false;
    double mean = mean_of(r, column, NULL);
    out->mean[c] = mean * scale;
    add_to(r, column, -mean, NULL);
    double whole = sqrt(mean_of(r, column, column));
    for (int again = 0; again < 2; again++)
        for (int j = 0; j < c; j++) {
            double factor = out->told[j] ? mean_of(r, column, out->value + j) : 0;
            add_to(r, column, -factor, out->value + j);
            out->factor[c][j] += factor * scale;
        }
    double left = sqrt(mean_of(r, column, column));
    out->factor[c][c] = left * scale;
    if (!(whole > CONSTANT && left > NOTHING * whole)) return false;
    for (int64_t i = 0; i < r->count; i++) column[i * r->columns] /= left;
    return true;
}

void fs_customer_standardise(const fs_covariate_rows *r, fs_standard *out)
{
    memset(out->mean, 0, sizeof out->mean), memset(out->factor, 0, sizeof out->factor);
    memset(out->told, 0, sizeof out->told);
    for (int c = 0; c < r->columns && r->count > 0; c++) {
        out->told[c] = make_standard(r, c, out);
        for (int64_t i = 0; i < r->count && !out->told[c]; i++) out->value[i * r->columns + c] = 0;
    }
}
