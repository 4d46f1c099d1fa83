/* What comes of customers whose covariates change, by the stretches to come.
 *
 * Of one who is there at T, purchases come at a rate λ b(t), λ of Γ(r + x, α + B(T)), until he leaves at a rate μ d(t), μ of Γ(s, β + D(T)). In a stretch
 * to come that begins when A = β + D, with W behind it of what b adds up to, S the probability of being still there and E that of purchases,
 *
 *   E λ = (r + x) / (α + B(T)),  S_k = Π (A / (A + d length))^s over the stretches before
 *   E N = E λ Σ S_k b_k ∫ (A_k / (A_k + d_k u))^s du
 *   E N (N - 1) = E λ² Σ 2 S_k b_k ∫ (W_k + b_k u) (A_k / (A_k + d_k u))^s du
 *
 * in closed form, as of a customer whose covariates do not change (foretell.c, outlook.c). N of one who is there is taken as the negative binomial of that
 * mean and variance. The last stretch lasts on.
 *
 * Cost: 0.1 µs a stretch, and the walk over purchases (outlook.c).
 */
#include <math.h>

#include "customer_internal.h"

#define POINTS 3

/* A customer from now on. */
typedef struct walk {
    double time, there, beta, weight; /* S; A; W */
    double mean, square, discounted;  /* the sums above, over E λ and E λ² */
} walk;

/* ∫ e^-δu S(u) du over a stretch, of which he stays `stay`: e^-δl I(l) + δ ∫ e^-δu I(u) du, by Gauss and Legendre. */
static double discounted(const fs_stretch_step *k, double s, double beta, double discount,
                         double length, double stay)
{
    static const double place[POINTS] = {0.11270166537925831, 0.5, 0.88729833462074169};
    static const double weight[POINTS] = {5.0 / 18, 8.0 / 18, 5.0 / 18};
    double sum = 0;
    if (!(discount > 0)) return stay;
    for (int i = 0; i < POINTS; i++)
        sum += weight[i] * exp(-discount * length * place[i]) *
               fs_customer_stay(s, beta, k->d * length * place[i]) / k->d;
    return fmin(exp(-discount * length) * stay + discount * length * sum, stay);
}

static void pass(const fs_stretch_step *k, double s, double discount, double length, walk *w)
{
    double behind = k->d * length, stay = fs_customer_stay(s, w->beta, behind) / k->d;
    double half_square = fs_customer_squared_stay(s, w->beta, behind) / (2 * k->d * k->d);
    double now = discounted(k, s, w->beta, discount, length, stay);
    w->mean += w->there * k->b * stay;
    w->square += 2 * w->there * k->b * (w->weight * stay + k->b * half_square);
    w->discounted += w->there * k->b * exp(-discount * w->time) * now;
    w->there *= exp(-s * log1p(behind / w->beta));
    w->beta += behind, w->weight += k->b * length, w->time += length;
}

/* step: of the last stretch so far, which lasts on where none is to come. */
static walk walk_ahead(const fs_covariate_place *at, const fs_stretch_work *work,
                       const fs_stretch_customer *p, const fs_stretch_end *e, fs_stretch_step step,
                       const fs_outlook_settings *settings)
{
    walk w = {.there = 1, .beta = e->beta};
    for (int64_t i = p->next; i < p->next_end && w.time < settings->ahead; i++) {
        double left = settings->ahead - w.time, length = work->next_length[i];
        fs_customer_scale_stretch(at, work->next_covariate + i * work->columns, &step);
        pass(&step, at->parameter[2], settings->discount,
             i + 1 < p->next_end ? fmin(length, left) : left, &w);
    }
    if (p->next == p->next_end)
        pass(&step, at->parameter[2], settings->discount, settings->ahead, &w);
    return w;
}

/* Their negative binomial: mean² / size beyond a Poisson's variance, which is not below what the rates alone make it. */
static fs_counts counts_of(const walk *w, const fs_stretch_end *e)
{
    double rate = e->power / e->alpha, mean = rate * w->mean;
    double more = rate * rate * (1 + 1 / e->power) * w->square - mean * mean;
    double size = mean * mean / fmax(more, mean * mean / e->power);
    return (fs_counts){.of = {1, size, mean / (mean + size), 0}, .alive = e->alive, .mean = mean};
}

static void look(const fs_covariate_place *at, fs_stretch_work *work, const fs_stretch_customer *p,
                 const fs_outlook_settings *settings, fs_money_logs *money, fs_outlook *out)
{
    fs_stretch_end e = fs_customer_walk_stretches(at, work, p, work->covariate);
    *out = (fs_outlook){.alive = e.alive, .none = 1};
    if (!(settings->ahead > 0)) return;
    walk w = walk_ahead(at, work, p, &e, work->step[p->end - 1 - p->first], settings);
    fs_counts counts = counts_of(&w, &e);
    if (!(counts.mean > 0)) return;
    out->expected = e.alive * counts.mean;
    out->discounted = fmin(e.alive * w.discounted * (e.power / e.alpha), out->expected);
    fs_customer_spread(&counts, settings->interval, money, out);
}

fs_status fs_stretch_look_ahead(const fs_stretch_set *set,
                                const double parameter[FS_PURCHASE_PARAMETERS],
                                const fs_covariate_effects *effects,
                                const fs_outlook_settings *settings, fs_outlook *out)
{
    fs_covariate_place at = fs_customer_place(FS_PARETO_NBD, parameter, effects);
    fs_money_logs *money = fs_alloc_zero(1, sizeof *money);
    if (!money) return FS_MEMORY;
    money->p = settings->p;
    for (int64_t i = 0; i < set->customers; i++)
        look(&at, set->work, &set->work->customer[i], settings, money, &out[i]);
    fs_free(money);
    return FS_OK;
}
