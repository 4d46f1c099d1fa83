/* The errors of the Theta method for one smoothing parameter, plainly. theta_lanes.c does the same for eight at once; a
 * test holds that both give the same bits. */
#include "forecast_internal.h"

void fs_theta_reference_sums(const double *y, const uint8_t *use, const fs_theta_line *line,
                             int64_t count, int64_t from, double alpha, int lane,
                             fs_theta_sums *sums)
{
    double rest = 1 - alpha, inverse = 1 / alpha, power = rest, level = y[0], b = rest, c = 0;
    double aa = 0, ab = 0, ac = 0, bb = 0, bc = 0, cc = 0;
    for (int64_t t = 1; t < count; t++) {
        double next = power * rest;
        double drift = line[t].intercept * power + line[t].slope * ((1 - next) * inverse);
        double a = y[t] - level, whole = c + drift;
        if (use[t] && t >= from) {
            aa += a * a, ab += a * b, ac += a * whole;
            bb += b * b, bc += b * whole, cc += whole * whole;
        }
        if (use[t]) {
            level = alpha * y[t] + rest * level;
            b = rest * b;
            c = rest * c;
        } else {
            c = c + alpha * drift;
        }
        power = next;
    }
    sums->aa[lane] = aa, sums->ab[lane] = ab, sums->ac[lane] = ac;
    sums->bb[lane] = bb, sums->bc[lane] = bc, sums->cc[lane] = cc;
}
