/* Linear recursions of the first order, four steps at a time: running sums and the levels of exponential smoothing.
 *
 * One step waits for the one before it, a multiplication and an addition, eight cycles or so. Written out over four steps only
 * the last of them waits for what was before all four: y[i + 4] = r⁴ y[i] + a (x[i + 3] + r x[i + 2] + r² x[i + 1] + r³ x[i]), and
 * the three between follow from the same. The order of all operations is fixed, so results are the same everywhere; they
 * differ from those of single steps by rounding alone.
 *
 * Cost: 1 ns an observation with AVX2.
 */
#include "forecast_internal.h"

#define WIDTH 4

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

#define AT(pointer) (*(const vector *)(const void *)(pointer))

FS_LANES void fs_running(const double *x, int64_t count, double a, double r, double before,
                         double *y)
{
    double r2 = r * r, r3 = r2 * r, r4 = r2 * r2;
    vector by_last = {0, a * r, a * r, a * r}, by_second = {0, 0, a * r2, a * r2};
    vector by_third = {0, 0, 0, a * r3}, by_before = {r, r2, r3, r4};
    int64_t i = 0;
    y[0] = before;
    for (; i < count && i < WIDTH - 1; i++) y[i + 1] = before = a * x[i] + r * before;
    for (; i + WIDTH <= count; i += WIDTH) {
        vector own = (a * AT(x + i) + by_last * AT(x + i - 1)) +
                     (by_second * AT(x + i - 2) + by_third * AT(x + i - 3));
        *(vector *)(void *)(y + i + 1) = own + by_before * before;
        before = own[WIDTH - 1] + r4 * before;
    }
    for (; i < count; i++) y[i + 1] = before = a * x[i] + r * before;
}
