/* Peaks: the values furthest above what is usual. The best `top` are kept in order as they are
 * found, by excess; of equal ones the earlier comes first. */
#include "foresell/demand.h"

static void keep(fs_peak *peak, int64_t *found, int64_t top, fs_peak candidate)
{
    int64_t at = *found;
    double excess = candidate.value - candidate.expected;
    while (at > 0 && peak[at - 1].value - peak[at - 1].expected < excess) at--;
    if (at >= top) return;
    if (*found < top) (*found)++;
    for (int64_t i = *found - 1; i > at; i--) peak[i] = peak[i - 1];
    peak[at] = candidate;
}

int64_t fs_peaks_find(const fs_usual *usual, double minimum, const double *value,
                      const uint8_t *valid, int64_t count, fs_peak *peak, int64_t top)
{
    int64_t found = 0;
    for (int64_t t = 0; t < count; t++) {
        if ((valid && !valid[t]) || !(usual->deviation[t] > 0)) continue;
        double z = (value[t] - usual->expected[t]) / usual->deviation[t];
        if (!(z >= minimum) || z <= 0) continue;
        double certainty = z > 1e6 ? 1 : z * z / (1 + z * z);
        keep(peak, &found, top, (fs_peak){t, value[t], usual->expected[t], z, certainty});
    }
    return found;
}
