/* The integral of Pareto/NBD where α and β are far apart: ∫ (α + y)^-(r + x) (β + y)^-(s + 1) dy from the last purchase to now.
 *
 * In v = log(m + y), m the smaller of α and β, e^-(P - 1) v (e^v + d)^-Q is smooth. It is cut into panels over which it falls by a factor
 * e^6 at most, with sixteen points each (Gauss and Legendre), until what is left is nothing beside what there was.
 *
 * A stretch that is short beside α and β, over which the integrand falls by a factor e^2 at most, has eight points in y itself: there is nothing
 * left of the logarithms' difference where it is very short.
 *
 * Cost: 20 ns a point, some five panels.
 */
#include <math.h>

#include "customer_internal.h"

#define POINTS 8 /* on either side of the middle */
#define FALLS  6.0
#define WIDEST 1.0
#define GONE   45.0 /* e^-45 is 3e-20 */
#define PANELS 100000

static const double place[POINTS] = {0.095012509837637441, 0.28160355077925891, 0.45801677765722739,
                                     0.61787624440264377,  0.755404408355003,   0.86563120238783176,
                                     0.9445750230732326,   0.98940093499164994};
static const double weight[POINTS] = {
    0.18945061045506859, 0.18260341504492361,  0.16915651939500262,  0.14959598881657676,
    0.12462897125553403, 0.095158511682492591, 0.062253523938647706, 0.027152459411754037};

typedef struct sums {
    double top; /* of the exponents so far: the sums are over e^top */
    double value, by[4];
} sums;

static void rescale(sums *s, double top)
{
    double share = exp(s->top - top);
    s->value *= share;
    for (int k = 0; k < 4; k++) s->by[k] *= share;
    s->top = top;
}

static void add_point(const fs_pareto_place *p, double base, double apart, double at, double by,
                      sums *s)
{
    bool alpha_is_less = base == p->alpha;
    double near = exp(at), far = near + apart, log_far = log(far);
    double log_end = alpha_is_less ? at : log_far, log_other = alpha_is_less ? log_far : at;
    double exponent = at - p->power * log_end - (p->s + 1) * log_other;
    if (exponent > s->top) rescale(s, exponent);
    double part = by * exp(exponent - s->top);
    s->value += part;
    s->by[0] -= part * log_end;
    s->by[1] -= part * p->power / (alpha_is_less ? near : far);
    s->by[2] -= part * log_other;
    s->by[3] -= part * (p->s + 1) / (alpha_is_less ? far : near);
}

fs_pareto_integral fs_customer_pareto_integral(const fs_pareto_place *p, double recency, double age)
{
    double base = fmin(p->alpha, p->beta), apart = fabs(p->alpha - p->beta);
    double at = log(base + recency), end = log(base + age);
    double own = fabs((base == p->alpha ? p->power : p->s + 1) - 1),
           other = base == p->alpha ? p->s + 1 : p->power;
    sums s = {.top = -INFINITY};
    fs_pareto_integral out = {.log = -INFINITY};
    s.top = -1e300;
    for (int n = 0; n < PANELS && at < end; n++) {
        double ahead = exp(at + WIDEST), rate = own + other * ahead / (ahead + apart);
        double width = fmin(fmin(WIDEST, FALLS / rate), end - at), before = s.value;
        double top = s.top;
        for (int i = 0; i < POINTS; i++) {
            add_point(p, base, apart, at + width * (1 - place[i]) / 2, weight[i] * width / 2, &s);
            add_point(p, base, apart, at + width * (1 + place[i]) / 2, weight[i] * width / 2, &s);
        }
        at += width;
        if (n > 0 && s.top == top && s.value - before < exp(-GONE) * s.value) break;
    }
    if (!(s.value > 0)) return out;
    out.log = s.top + log(s.value);
    for (int k = 0; k < 4; k++) out.by[k] = s.by[k] / s.value;
    return out;
}

/* ---- short ones ---- */

#define SHORT      0.5 /* of α and β */
#define SHORT_FALL 2.0

static void add_short(const fs_pareto_place *p, double at, double by, sums *s)
{
    double log_end = log1p(at / p->alpha), log_other = log1p(at / p->beta);
    double part = by * exp(-p->power * log_end - (p->s + 1) * log_other);
    s->value += part;
    s->by[0] -= part * log_end, s->by[2] -= part * log_other;
    s->by[1] -= part / (p->alpha + at), s->by[3] -= part / (p->beta + at);
}

static fs_pareto_integral integrate_short(const fs_pareto_place *p, double length)
{
    static const double at[] = {0.1834346424956498, 0.525532409916329, 0.7966664774136267,
                                0.9602898564975363};
    static const double share[] = {0.362683783378362, 0.3137066458778873, 0.2223810344533745,
                                   0.1012285362903763};
    double log_alpha = log(p->alpha), log_beta = log(p->beta);
    fs_pareto_integral out = {.log = -INFINITY};
    sums s = {0};
    for (int i = 0; i < 4; i++) {
        add_short(p, length * (1 - at[i]) / 2, share[i] / 2, &s);
        add_short(p, length * (1 + at[i]) / 2, share[i] / 2, &s);
    }
    if (!(length > 0)) return out;
    out.log = log(length) + log(s.value) - p->power * log_alpha - (p->s + 1) * log_beta;
    out.by[0] = s.by[0] / s.value - log_alpha, out.by[2] = s.by[2] / s.value - log_beta;
    out.by[1] = p->power * s.by[1] / s.value, out.by[3] = (p->s + 1) * s.by[3] / s.value;
    return out;
}

fs_pareto_integral fs_customer_pareto_stretch(const fs_pareto_place *p, double length)
{
    double fall = p->power * length / p->alpha + (p->s + 1) * length / p->beta;
    bool is_short = length <= SHORT * fmin(p->alpha, p->beta) && fall <= SHORT_FALL;
    return is_short ? integrate_short(p, length) : fs_customer_pareto_integral(p, 0, length);
}
