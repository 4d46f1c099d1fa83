/* Pareto/NBD: purchases at a gamma distributed rate, until the customer leaves, at a gamma distributed rate too.
 *
 *   L = Γ(r + x) / Γ(r) α^r β^s ((α + T)^-(r + x) (β + T)^-s + s ∫ (α + y)^-(r + x) (β + y)^-(s + 1) dy,  y from the last purchase to T)
 *
 * The integral is a hypergeometric function (Fader and Hardie 2005, "A note on deriving the Pareto/NBD model and related expressions").
 * With A = α + t, C = α + T, k = r + s + x, where α >= β, it is the series
 *
 *   A^-k Σ_n (s + 1)_n / n! ρ^n (1 - (A / C)^(k + n)) / (k + n),  ρ = (α - β) / A
 *
 * whose terms are all above zero; where α < β the same with both changed, and (r + x)_n. Its derivatives are taken term by term. Histories of as many
 * purchases share the coefficients, and go through the series in lanes. Where it would need too many terms, since α and β are far
 * apart, the integral is worked out as one (pareto_integral.c).
 *
 * Cost: .1 µs a history where ρ is .2, and as many terms more as ρ^n needs to fall below 1e-15.
 */
#include <math.h>
#include <string.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define LANES  8
#define TERMS  512
#define FAR    0.8  /* ρ from which on the series is too long */
#define WIDE   40.0 /* terms that it begins with, before they fall */
#define ENOUGH 1e-15

typedef double vector __attribute__((vector_size(LANES * 8), aligned(8), may_alias));

/* Of the terms of a group: (q)_n / n!, its derivative by q over it, and 1 / (k + n). */
typedef struct coefficients {
    double k, q;
    int made;
    double size[TERMS], by_q[TERMS], inverse[TERMS];
} coefficients;

/* The sums of the series, over A^-k: the integral, and what it changes by k, q, the distance of α and β, A and C. */
typedef struct sums {
    double value[LANES], by_k[LANES], by_q[LANES], by_distance[LANES], by_from[LANES], by_to[LANES];
} sums;

static void make_term(coefficients *c, int n)
{
    c->size[n] = n ? c->size[n - 1] * (c->q + n - 1) / n : 1;
    c->by_q[n] = n ? c->by_q[n - 1] + 1 / (c->q + n - 1) : 0;
    c->inverse[n] = 1 / (c->k + n);
    c->made = n + 1;
}

/* share: ρ. What by_distance is over: A. */
FS_LANES static void add_terms(coefficients *c, const double from[LANES], const double to[LANES],
                               const double log_ratio[LANES], const double share[LANES], sums *out)
{
    vector a, b, ratio, power, step, before = {0}, rest, value = {0}, by_k = {0}, by_q = {0};
    vector by_distance = {0}, by_from = {0}, by_to = {0};
    double most = 0, far = 1;
    memcpy(&a, from, sizeof a), memcpy(&b, to, sizeof b), memcpy(&ratio, log_ratio, sizeof ratio);
    memcpy(&step, share, sizeof step);
    for (int i = 0; i < LANES; i++) {
        rest[i] = exp(-c->k * log_ratio[i]);
        most = fmax(most, share[i]);
    }
    power = 1 + before;
    for (int n = 0; n < TERMS; n++) {
        if (n >= c->made) make_term(c, n);
        vector part = (1 - rest) * c->inverse[n], term = c->size[n] * power;
        value += term * part;
        by_k += term * (rest * ratio - part) * c->inverse[n];
        by_q += term * part * c->by_q[n];
        by_distance += n * c->size[n] * before * part;
        by_from += term;
        by_to += term * rest;
        if (n > 2 && c->size[n] * far < ENOUGH) break;
        before = power, power *= step, rest *= a / b, far *= most;
    }
    by_distance /= a, by_from /= a, by_to /= b;
    memcpy(out->value, &value, sizeof value), memcpy(out->by_k, &by_k, sizeof by_k);
    memcpy(out->by_q, &by_q, sizeof by_q), memcpy(out->by_from, &by_from, sizeof by_from);
    memcpy(out->by_distance, &by_distance, sizeof by_distance);
    memcpy(out->by_to, &by_to, sizeof by_to);
}

/* ---- the integral ---- */

typedef struct lanes {
    double from[LANES], to[LANES], log_from[LANES], log_to[LANES], log_ratio[LANES], share[LANES];
    bool far[LANES];
} lanes;

static void fill_lane(const fs_history_groups *groups, int64_t h, const fs_pareto_place *p,
                      double q, fs_kept_logs *kept, lanes *l, int i)
{
    double larger = fmax(p->alpha, p->beta), distance = fabs(p->alpha - p->beta);
    l->from[i] = larger + groups->recency[h], l->to[i] = larger + groups->age[h];
    l->log_from[i] = fs_customer_log(kept, l->from[i]);
    l->log_to[i] = fs_customer_log(kept, l->to[i]);
    l->log_ratio[i] = log1p((groups->age[h] - groups->recency[h]) / l->from[i]);
    l->share[i] = distance / l->from[i];
    l->far[i] = l->share[i] > FAR || q * l->share[i] > WIDE * (1 - l->share[i]);
    if (l->far[i]) l->share[i] = 0;
}

/* Histories `first` and on; what lies behind the last is the first once more. */
static void fill_lanes(const fs_history_groups *groups, int64_t first, int count,
                       const fs_pareto_place *p, double q, fs_kept_logs *kept, lanes *l)
{
    for (int i = 0; i < LANES; i++)
        fill_lane(groups, i < count ? first + i : first, p, q, kept, l, i);
}

/* Its logarithm, and what that changes by r, α, s, β. */
static fs_pareto_integral take_sums(const fs_pareto_place *p, const lanes *l, const sums *at, int i)
{
    fs_pareto_integral out = {.log = -INFINITY};
    double value = at->value[i];
    if (!(value > 0)) return out;
    double by_k = at->by_k[i] / value - l->log_from[i], by_q = at->by_q[i] / value;
    double apart = at->by_distance[i] / value, moved = (at->by_to[i] - at->by_from[i]) / value;
    bool by_alpha = p->alpha >= p->beta;
    out.log = log(value) - (p->power + p->s) * l->log_from[i];
    out.by[0] = by_k + (by_alpha ? 0 : by_q), out.by[2] = by_k + (by_alpha ? by_q : 0);
    out.by[1] = by_alpha ? moved + apart : -apart, out.by[3] = by_alpha ? -apart : moved + apart;
    return out;
}

/* log((α + T)^-(r + x) (β + T)^-s + s I), and its derivatives. */
static double add_history(const fs_pareto_place *p, const fs_pareto_integral *gone, double age,
                          double by[FS_PURCHASE_PARAMETERS], double *alive, fs_kept_logs *kept)
{
    double end = p->alpha + age, other = p->beta + age, left = log(p->s) + gone->log;
    double log_end = fs_customer_log(kept, end), log_other = fs_customer_log(kept, other);
    double there = -p->power * log_end - p->s * log_other;
    double more = exp(-fabs(there - left)), q = (there > left ? more : 1) / (1 + more);
    by[0] = -log_end, by[1] = -p->power / end, by[2] = -log_other, by[3] = -p->s / other;
    for (int k = 0; k < FS_PURCHASE_PARAMETERS; k++)
        by[k] += q * (gone->by[k] + (k == 2 ? 1 / p->s : 0) - by[k]);
    *alive = 1 - q;
    return fmax(there, left) + log1p(more);
}

/* ---- the likelihood ---- */

double fs_customer_pareto_nbd(const fs_history_groups *groups, const double *parameter,
                              double *gradient, double *alive, fs_kept_logs *kept)
{
    fs_pareto_place p = {
        .r = parameter[0], .alpha = parameter[1], .s = parameter[2], .beta = parameter[3]};
    double sum = 0, now, by[FS_PURCHASE_PARAMETERS];
    double log_alpha = log(p.alpha), log_beta = log(p.beta);
    coefficients c;
    lanes l;
    sums at;
    memset(gradient, 0, FS_PURCHASE_PARAMETERS * sizeof *gradient);
    for (int64_t g = 0; g < groups->groups; g++) {
        fs_customer_rate rate = fs_customer_rate_of(p.r, log_alpha, groups->repeats[g]);
        p.power = p.r + groups->repeats[g];
        c.k = p.power + p.s, c.q = p.alpha >= p.beta ? p.s + 1 : p.power, c.made = 0;
        for (int64_t first = groups->first[g]; first < groups->first[g + 1]; first += LANES) {
            int64_t left = groups->first[g + 1] - first;
            int count = left < LANES ? (int)left : LANES;
            fill_lanes(groups, first, count, &p, c.q, kept, &l);
            add_terms(&c, l.from, l.to, l.log_ratio, l.share, &at);
            for (int i = 0; i < count; i++) {
                int64_t h = first + i;
                fs_pareto_integral gone =
                    l.far[i] ? fs_customer_pareto_integral(&p, groups->recency[h], groups->age[h])
                             : take_sums(&p, &l, &at, i);
                double w = groups->weight[h],
                       one = add_history(&p, &gone, groups->age[h], by, &now, kept);
                if (alive) alive[h] = now;
                sum += w * (rate.log + p.s * log_beta + one);
                gradient[0] += w * (rate.by_shape + by[0]),
                    gradient[1] += w * (p.r / p.alpha + by[1]);
                gradient[2] += w * (log_beta + by[2]), gradient[3] += w * (p.s / p.beta + by[3]);
            }
        }
    }
    return sum;
}

/* ---- customers with parameters of their own ---- */

/* Histories of as many purchases whose α are above their β, or all below: they share coefficients. */
typedef struct pack {
    coefficients c;
    lanes l;
    fs_pareto_place place[LANES];
    int64_t history[LANES];
    int count;
} pack;

/* What they are summed up to: the log likelihood, and by the logarithms of r and s; what each changes by those of α and β stands
 * in place of these afterwards. */
typedef struct total {
    const fs_history_groups *groups;
    double *alpha, *beta, value, by_r, by_s;
    fs_customer_rate rate; /* of α = 1 */
    fs_kept_logs *kept;
} total;

static void add_to_total(total *t, const fs_pareto_place *p, const fs_pareto_integral *gone,
                         int64_t h)
{
    double by[FS_PURCHASE_PARAMETERS], alive, w = t->groups->weight[h];
    double one = add_history(p, gone, t->groups->age[h], by, &alive, t->kept);
    double log_alpha = fs_customer_log(t->kept, p->alpha);
    double log_beta = fs_customer_log(t->kept, p->beta);
    t->value += w * (t->rate.log + p->r * log_alpha + p->s * log_beta + one);
    t->by_r += w * p->r * (t->rate.by_shape + log_alpha + by[0]);
    t->by_s += w * p->s * (log_beta + by[2]);
    t->alpha[h] = w * (p->r + p->alpha * by[1]), t->beta[h] = w * (p->s + p->beta * by[3]);
}

static void empty(pack *k, total *t)
{
    sums at;
    if (k->count == 0) return;
    for (int i = 0; i < LANES; i++) {
        int from = i < k->count ? i : 0;
        fill_lane(t->groups, k->history[from], &k->place[from], k->c.q, t->kept, &k->l, i);
    }
    add_terms(&k->c, k->l.from, k->l.to, k->l.log_ratio, k->l.share, &at);
    for (int i = 0; i < k->count; i++) {
        int64_t h = k->history[i];
        fs_pareto_integral gone =
            k->l.far[i] ? fs_customer_pareto_integral(&k->place[i], t->groups->recency[h],
                                                      t->groups->age[h])
                        : take_sums(&k->place[i], &k->l, &at, i);
        add_to_total(t, &k->place[i], &gone, h);
    }
    k->count = 0;
}

double fs_customer_pareto_each(const fs_history_groups *groups, double r, double s, double *alpha,
                               double *beta, double by[2], fs_kept_logs *kept)
{
    pack packs[2]; /* α above β, and below */
    total t = {.groups = groups, .alpha = alpha, .beta = beta, .kept = kept};
    for (int64_t g = 0; g < groups->groups; g++) {
        double power = r + groups->repeats[g];
        t.rate = fs_customer_rate_of(r, 0, groups->repeats[g]);
        for (int side = 0; side < 2; side++) {
            coefficients *c = &packs[side].c;
            c->k = power + s, c->q = side == 0 ? s + 1 : power, c->made = 0;
            packs[side].count = 0;
        }
        for (int64_t h = groups->first[g]; h < groups->first[g + 1]; h++) {
            pack *k = &packs[alpha[h] < beta[h]];
            k->place[k->count] = (fs_pareto_place){r, alpha[h], s, beta[h], power};
            k->history[k->count++] = h;
            if (k->count == LANES) empty(k, &t);
        }
        empty(&packs[0], &t), empty(&packs[1], &t);
    }
    by[0] = t.by_r, by[1] = t.by_s;
    return t.value;
}
