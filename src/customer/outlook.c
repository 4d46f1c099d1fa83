/* How many purchases may come of each customer: not their mean alone, but between which numbers they lie, and what is needed to say so of money.
 *
 * Of one who is alive, purchases that come before he leaves are N of a negative binomial (size k, chance z); where he leaves after purchases,
 * independent of their rate,
 *
 *   P(N >= m) = P(NB(k, z) >= m) (b')_(m-1) / (a + b')_(m-1),   b' = b + x, of MBG/NBD b + x + 1
 *
 * with k = r + x, z = t / (α + T + t): exact of NBD, BG/NBD and MBG/NBD; where purchases take several events each, a mixture of such (phases.c), exact
 * too. Under Pareto/NBD he leaves at a time whose first two moments L, L2 until
 * t are known, and k and z are those of the negative binomial with his mean m and variance,
 *
 *   k = m² / (E λ² L2 - m²),  E λ² = (r + x)(r + x + 1) / (α + T)²
 *
 * With probability 1 - P(alive) there is none. One walk over m gives all. Beyond some hundreds of purchases the logarithm is taken as normal.
 *
 * Cost: 5 ns a purchase that may come, some fifty of them.
 */
#include <math.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define MOST   100000
#define KEPT   FS_MONEY_KEPT
#define TINY   -600.0 /* logarithm of a first chance that is too small to begin with */
#define MANY   2000.0 /* purchases from which on whole numbers are no matter */
#define RARE   1e-7   /* what is left when a walk ends: far beyond any interval */
#define POINTS 3      /* discounted purchases are smooth in time */

typedef fs_counts counts;
typedef fs_money_logs money;

/* ---- who he is ---- */

/* E L² of the time L that one stays of t more: 2 B² ((e^(2-s)V - 1) / (2 - s) - (e^(1-s)V - 1) / (1 - s)), B = β + T, V = log(1 + t / B). */
static double part(double c, double v) { return fabs(c * v) < 1e-9 ? v : expm1(c * v) / c; }

double fs_customer_squared_stay(double s, double b, double t)
{
    double v = log1p(t / b);
    if (v < 1e-5) return t * t;
    return 2 * b * b * (part(2 - s, v) - part(1 - s, v));
}

static void match_pareto(const double *p, double x, double age, double t, counts *c)
{
    double rate = (p[0] + x) / (p[1] + age), square = rate * rate * (1 + 1 / (p[0] + x));
    double more = square * fs_customer_squared_stay(p[2], p[3] + age, t) - c->mean * c->mean;
    double least = c->mean * c->mean / (p[0] + x); /* if nobody left */
    c->of.size = c->mean * c->mean / fmax(more, least);
    c->of.chance = c->mean / (c->mean + c->of.size);
}

/* A customer as of now, and how much later. */
typedef struct history {
    double repeats, recency, age;
} history;

static counts counts_of(int model, const double *p, const history *h, double t, double alive)
{
    counts c = {.of = fs_customer_phases(model, p, h->repeats, h->recency, h->age, t),
                .alive = alive};
    c.mean = fs_customer_expected(model, p, h->repeats, h->recency, h->age, t);
    if (model == FS_PARETO_NBD && c.mean > 0) match_pareto(p, h->repeats, h->age, t, &c);
    (void)fs_customer_may_leave(model, p, h->repeats, &c.leave, &c.stay);
    return c;
}

/* Too many to walk over. */
static bool are_many(const counts *c)
{
    if (c->of.phases > 1) return c->mean > MANY || fs_customer_many_events(&c->of);
    return c->mean > MANY || c->of.size * log1p(-c->of.chance) < TINY;
}

/* ---- how many ---- */

static double mean_of(money *m, int n)
{
    for (; m->made <= n && m->made < KEPT; m->made++) {
        double at = m->p * (m->made ? m->made : 1);
        m->mean[m->made] = fs_digamma(at), m->variance[m->made] = fs_trigamma(at);
    }
    return n < KEPT ? m->mean[n] : log(m->p * n);
}

static double variance_of(const money *m, int n)
{
    return n < KEPT ? m->variance[n] : 1 / (m->p * n);
}

typedef struct sums {
    double chance, mean, square, variance;
} sums;

static void add_money(money *m, int n, double chance, sums *s)
{
    double mean = mean_of(m, n);
    s->chance += chance, s->mean += chance * mean, s->square += chance * mean * mean;
    s->variance += chance * variance_of(m, n);
}

static void take_money(const sums *s, fs_outlook *out)
{
    if (!(s->chance > 0)) return;
    double mean = s->mean / s->chance;
    out->log_money = mean;
    out->log_variance = fmax(s->square / s->chance - mean * mean, 0) + s->variance / s->chance;
}

/* reach: P(N >= m) when alive. low and high begin as below zero, for not found yet. */
static void walk(const counts *c, double interval, money *m, fs_outlook *out)
{
    double stays = 1, reach = 1;
    sums s = {0};
    fs_phase_walk w;
    fs_customer_start_walk(&c->of, &w);
    out->low = out->high = -1;
    for (int n = 0; n < MOST; n++) {
        double next = fs_customer_next_purchase(&w) * stays, below = 1 - c->alive * next;
        if (n == 0)
            out->none = below;
        else if (m->p > 0)
            add_money(m, n, reach - next, &s);
        if (out->low < 0 && below >= 0.5 - interval / 2) out->low = n;
        if (out->high < 0 && below >= 0.5 + interval / 2) out->high = n;
        if (out->high >= 0 && next < RARE) break;
        reach = next;
        if (c->leave > 0) stays *= (c->stay + n) / (c->leave + c->stay + n);
    }
    out->low = fmax(out->low, 0), out->high = fmax(out->high, out->low);
    take_money(&s, out);
}

/* Of very many. */
static double many_at(const counts *c, double level, double centre, double spread)
{
    double rest = (level - (1 - c->alive)) / c->alive;
    return rest > 0 ? round(exp(centre + spread * fs_normal_quantile(rest))) : 0;
}

static void take_many(const counts *c, double interval, const money *m, fs_outlook *out)
{
    double variance = log1p(1 / (c->of.phases * c->mean) + 1 / c->of.size),
           centre = log(c->mean) - variance / 2;
    out->none = 1 - c->alive;
    out->low = out->high = 0;
    if (m->p > 0) out->log_money = centre + log(m->p), out->log_variance = variance;
    if (!(c->alive > 0)) return;
    out->low = many_at(c, 0.5 - interval / 2, centre, sqrt(variance));
    out->high = many_at(c, 0.5 + interval / 2, centre, sqrt(variance));
}

void fs_customer_spread(const counts *c, double interval, money *m, fs_outlook *out)
{
    if (are_many(c))
        take_many(c, interval, m, out);
    else
        walk(c, interval, m, out);
}

/* ---- what a purchase later is worth now ---- */

/* e^-dH E(H) + d ∫ e^-dt E(t) dt, by Gauss and Legendre. */
static double discounted(int model, const double *p, const history *c,
                         const fs_outlook_settings *settings, double expected)
{
    static const double place[POINTS] = {0.11270166537925831, 0.5, 0.88729833462074169};
    static const double weight[POINTS] = {5.0 / 18, 8.0 / 18, 5.0 / 18};
    double d = settings->discount, h = settings->ahead, sum = 0;
    if (!(d > 0)) return expected;
    for (int i = 0; i < POINTS; i++)
        sum += weight[i] * exp(-d * h * place[i]) *
               fs_customer_expected(model, p, c->repeats, c->recency, c->age, h * place[i]);
    return fmin(exp(-d * h) * expected + d * h * sum, expected);
}

static void look(int model, const double *p, const history *h, double alive,
                 const fs_outlook_settings *settings, money *m, fs_outlook *out)
{
    *out = (fs_outlook){.alive = alive, .none = 1};
    if (!(settings->ahead > 0)) return;
    counts c = counts_of(model, p, h, settings->ahead, alive);
    if (!(c.mean > 0)) return;
    out->expected = alive * c.mean;
    out->discounted = alive * discounted(model, p, h, settings, c.mean);
    fs_customer_spread(&c, settings->interval, m, out);
}

/* What is kept from one to the next: logarithms, digammas, and room for who is alive. */
typedef struct keeping {
    fs_kept_logs logs;
    money money;
    double *alive;
} keeping;

static fs_status keep(const fs_outlook_settings *settings, int64_t count, keeping **k)
{
    *k = fs_alloc_zero(1, sizeof **k + (size_t)count * sizeof *(*k)->alive);
    if (!*k) return FS_MEMORY;
    (*k)->money.p = settings->p;
    (*k)->alive = (double *)(*k + 1);
    return FS_OK;
}

static void look_at(int model, const double *parameter, const fs_history_groups *groups,
                    const fs_outlook_settings *settings, keeping *k, fs_outlook *out)
{
    fs_customer_alive(model, groups, parameter, &k->logs, k->alive);
    for (int64_t g = 0; g < groups->groups; g++)
        for (int64_t i = groups->first[g]; i < groups->first[g + 1]; i++) {
            history h = {groups->repeats[g], groups->recency[i], groups->age[i]};
            look(model, parameter, &h, k->alive[i], settings, &k->money, &out[i]);
        }
}

fs_status fs_purchase_look_ahead(int model, const double parameter[FS_PURCHASE_PARAMETERS],
                                 const fs_history_groups *groups,
                                 const fs_outlook_settings *settings, fs_outlook *out)
{
    keeping *k;
    FS_TRY(keep(settings, groups->count, &k));
    look_at(model, parameter, groups, settings, k, out);
    fs_free(k);
    return FS_OK;
}

fs_status fs_covariate_look_ahead(int model, const double parameter[FS_PURCHASE_PARAMETERS],
                                  const fs_covariate_effects *effects,
                                  const fs_history_kinds *kinds,
                                  const fs_outlook_settings *settings, fs_outlook *out)
{
    keeping *k;
    FS_TRY(keep(settings, kinds->count, &k));
    for (int64_t i = 0; i < kinds->kinds; i++) {
        double own[FS_PURCHASE_PARAMETERS];
        fs_covariate_parameters(model, parameter, effects, kinds->covariate + i * kinds->columns,
                                own);
        look_at(model, own, &kinds->kind[i], settings, k, out);
        out += kinds->kind[i].count;
    }
    fs_free(k);
    return FS_OK;
}
