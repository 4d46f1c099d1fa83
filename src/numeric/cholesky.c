/* Symmetric positive definite systems by Cholesky's factor (Golub and Van Loan, Matrix Computations, 4.2). */
#include <math.h>

#include "foresell/numeric.h"

double fs_dot(const double *a, const double *b, int64_t count)
{
    double lane[4] = {0}, rest = 0;
    int64_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (int v = 0; v < 4; v++) lane[v] += a[i + v] * b[i + v];
    for (; i < count; i++) rest += a[i] * b[i];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]) + rest;
}

bool fs_cholesky_factorise(double *a, int64_t size)
{
    bool definite = true;
    for (int64_t i = 0; i < size; i++) {
        double *row = a + i * size;
        for (int64_t j = 0; j < i; j++)
            row[j] = (row[j] - fs_dot(row, a + j * size, j)) * a[j * size + j];
        double left = row[i] - fs_dot(row, row, i);
        definite = definite && left > 0;
        row[i] = 1 / sqrt(fmax(left, 1e-12 * fmax(row[i], 1e-6)));
    }
    return definite;
}

void fs_cholesky_solve(const double *a, int64_t size, double *x)
{
    for (int64_t i = 0; i < size; i++) x[i] = (x[i] - fs_dot(a + i * size, x, i)) * a[i * size + i];
    for (int64_t i = size - 1; i >= 0; i--) {
        x[i] *= a[i * size + i];
        for (int64_t j = 0; j < i; j++) x[j] -= a[i * size + j] * x[i];
    }
}
