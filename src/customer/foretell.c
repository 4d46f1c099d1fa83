/* Who is still a customer, and how many purchases will come.
 *
 * P(alive) is the share of the likelihood that the customer has not left. Of one who is alive, in the time t that follows the age T:
 *
 *   NBD     (r + x) t / (α + T)
 *   Pareto  (r + x) / (α + T) (β + T) (1 - u^(s - 1)) / (s - 1),  u = (β + T) / (β + T + t), where s = 1 its limit
 *   BG      purchases until he leaves, each time with probability p: (1 - (1 + p t / c)^-k) / p, c = α + T, k = r + x, over p of beta(a, b').
 *           With z = t / (c + t) that is (1 - z)^k Σ_n (k)_n / n! z^n Σ_{j < n} (b')_j / (a + b')_j, in which all is above zero and a = 1 is
 *           nothing special; Fader and Hardie's hypergeometric function is the same. b' = b + x, of MBG b + x + 1
 *   CNBD-k  Σ_m P(m purchases or more, if he does not leave) (b')_(m-1) / (a + b')_(m-1), by a walk over events (phases.c)
 */
#include <math.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define MOST   100000
#define ENOUGH 1e-15
#define TINY   -600.0  /* of a logarithm: below it products of doubles lose digits */
#define RARE   1e-12   /* what is left when a walk ends */
#define EVENTS 20000.0 /* from which on their times are no matter */

/* ---- of one who is alive ---- */

static double lasting(double s, double b, double t)
{
    double log_u = -log1p(t / b);
    return fabs(s - 1) < 1e-12 ? -log_u : -expm1((s - 1) * log_u) / (s - 1);
}

double fs_customer_stay(double s, double b, double t) { return b * lasting(s, b, t); }

static double by_pareto(const double p[4], double x, double age, double t)
{
    return (p[0] + x) / (p[1] + age) * (p[3] + age) * lasting(p[2], p[3] + age, t);
}

/* The weights (1 - z)^k (k)_n / n! z^n are those of a negative binomial: each from the one before, by logarithms while they are too small. */
static double by_leaving(double k, double c, double a, double b, double t)
{
    double z = t / (c + t), log_weight = k * log1p(-z), rest = 1, until = 0, sum = 0, chance = 1;
    double weight = exp(log_weight);
    for (int n = 0; n < MOST; n++) {
        sum += weight * until;
        rest -= weight;
        if (n * (1 - z) > k * z && weight * until < ENOUGH * sum) break;
        until += chance;
        chance *= (b + n) / (a + b + n);
        if (log_weight > TINY)
            weight *= (k + n) / (n + 1) * z;
        else
            weight = exp(log_weight += log((k + n) / (n + 1) * z));
    }
    return sum + (rest > ENOUGH * MOST ? rest * until : 0);
}

bool fs_customer_may_leave(int model, const double *p, double x, double *leave, double *stay)
{
    bool modified = model == FS_MBG_NBD || model == FS_MBG_CNBD_K;
    *leave = *stay = 0;
    if (!modified && model != FS_BG_NBD && model != FS_BG_CNBD_K) return false;
    *leave = p[2], *stay = p[3] + x + modified;
    return true;
}

fs_phases fs_customer_phases(int model, const double *p, double x, double recency, double age,
                             double t)
{
    int k = model == FS_BG_CNBD_K || model == FS_MBG_CNBD_K ? (int)p[4] : 1;
    double end = p[1] + age;
    return (fs_phases){k, p[0] + k * x, t / (end + t), (age - recency) / end};
}

/* size + 1: the tail is as long where few come. */
bool fs_customer_many_events(const fs_phases *p)
{
    return (p->size + 1) * p->chance > EVENTS * (1 - p->chance);
}

static double by_phases(int model, const double *p, double x, double recency, double age, double t)
{
    fs_phases phases = fs_customer_phases(model, p, x, recency, age, t);
    double leave, stay, reach = 1, stays = 1, sum = 0;
    (void)fs_customer_may_leave(model, p, x, &leave, &stay);
    if (fs_customer_many_events(&phases))
        return by_leaving(phases.size, phases.phases * (p[1] + age), leave, stay, t);
    fs_phase_walk walk;
    fs_customer_start_walk(&phases, &walk);
    for (int m = 0; m < MOST && reach > RARE; m++) {
        reach = fs_customer_next_purchase(&walk);
        sum += reach * stays;
        stays *= (stay + m) / (leave + stay + m);
    }
    return sum;
}

double fs_customer_expected(int model, const double *p, double x, double recency, double age,
                            double t)
{
    double leave, stay;
    bool regular = model == FS_BG_CNBD_K || model == FS_MBG_CNBD_K;
    if (!(t > 0)) return 0;
    if (regular && p[4] > 1) return by_phases(model, p, x, recency, age, t); /* 1: at random */
    switch (model) {
    case FS_NBD: return (p[0] + x) / (p[1] + age) * t;
    case FS_PARETO_NBD: return by_pareto(p, x, age, t);
    default:
        (void)fs_customer_may_leave(model, p, x, &leave, &stay);
        return by_leaving(p[0] + x, p[1] + age, leave, stay, t);
    }
}

/* ---- of all ---- */

fs_status fs_purchase_foretell(int model, const double parameter[FS_PURCHASE_PARAMETERS],
                               const fs_history_groups *groups, const double *ahead, int times,
                               double *alive, double *expected)
{
    double *chance =
        alive ? alive : fs_alloc((size_t)(groups->count ? groups->count : 1) * sizeof *chance);
    if (!chance) return FS_MEMORY;
    fs_kept_logs kept = {0};
    fs_customer_alive(model, groups, parameter, &kept, chance);
    for (int64_t g = 0; g < groups->groups; g++)
        for (int64_t i = groups->first[g]; i < groups->first[g + 1]; i++)
            for (int k = 0; k < times; k++)
                expected[k * groups->count + i] =
                    chance[i] * fs_customer_expected(model, parameter, groups->repeats[g],
                                                     groups->recency[i], groups->age[i], ahead[k]);
    if (!alive) fs_free(chance);
    return FS_OK;
}
