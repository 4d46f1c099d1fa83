/* The search for orders: stepwise, as Hyndman and Khandakar (2008, Journal of Statistical Software 27(3)) go about it.
 *
 * From a few simple models to the best of them; then to the neighbours of the best so far, whose p, q, P, Q differ by one, whose p and q
 * or P and Q differ by one together, or which have a constant or not, until no neighbour is better. Here eight models are fitted at
 * once, so neighbours are tried by eights and the best of them is gone to, where auto.arima goes to the first that is better.
 * A model begins at the estimates of the one it is a neighbour of: partial autocorrelations that are added are 0, which leaves
 * it as it is.
 *
 * Models are compared by their exact likelihood at its greatest; that at the estimates of conditional least squares tells which are
 * not worth going there. A series with gaps is searched by conditional sums, and the best model refined, for the
 * filter with gaps takes a hundred times as long. As in auto.arima there are 94 models at most.
 *
 * The full search goes on to all other models of at most five parameters beside the constant, each from what it has in common with the best so far;
 * its AICc is never above that of the stepwise one. There are 192 with a season, and it takes five times as long.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define LANES  FS_LSQ_LANES
#define ALL    FS_LSQ_PARAMETERS
#define MODELS 94
/* AICc above the best at which a model is not refined: then there is next to nothing to say for it (Burnham and Anderson
 * 2002, 2.6). */
#define HOPELESS 10

typedef struct walk {
    fs_arima_search *search;
    bool tried[FS_ARIMA_NEAR + 1][FS_ARIMA_NEAR + 1][FS_ARIMA_FAR + 1][FS_ARIMA_FAR + 1][2];
    fs_arima_tried batch[LANES];
    int waiting, models;
    fs_arima_tried best;
    double first; /* mean of w: where constants begin */
} walk;

/* Fits what is waiting; true where one of them is the best so far. */
static bool try_batch(walk *w)
{
    double before = w->best.aicc;
    if (w->waiting == 0) return false;
    fs_arima_fit_together(w->search, w->batch, w->waiting);
    for (int k = 0; k < w->waiting; k++) {
        fs_arima_tried *m = &w->batch[k];
        if (!(m->aicc < w->best.aicc + HOPELESS)) continue;
        if (!w->search->gaps) fs_arima_refine(w->search, m);
        if (m->aicc < w->best.aicc) w->best = *m;
    }
    w->waiting = 0;
    return w->best.aicc < before;
}

/* ---- models and their neighbours ---- */

static bool is_allowed(const walk *w, const fs_arima_order *o)
{
    const fs_arima_order *most = &w->search->most;
    if (o->p < 0 || o->q < 0 || o->P < 0 || o->Q < 0) return false;
    if (o->p > most->p || o->q > most->q || o->P > most->P || o->Q > most->Q) return false;
    if (o->constant && !most->constant) return false;
    return o->p + o->q + o->P + o->Q <= FS_ARIMA_ORDERS &&
           (w->search->is_full || w->models < MODELS);
}

/* Coordinates of one part from those of a neighbour's. */
static void carry(const double **from, int had, double **to, int has)
{
    for (int i = 0; i < has; i++) (*to)[i] = i < had ? (*from)[i] : 0;
    *from += had;
    *to += has;
}

/* Puts a model among those waiting, where it is new; parent: NULL or whose neighbour it is. */
static void propose(walk *w, fs_arima_order o, const fs_arima_tried *parent)
{
    if (!is_allowed(w, &o)) return;
    bool *tried = &w->tried[o.p][o.q][o.P][o.Q][o.constant];
    if (*tried) return;
    *tried = true;
    w->models++;
    fs_arima_tried *m = &w->batch[w->waiting++];
    *m = (fs_arima_tried){.order = o};
    if (parent) {
        const double *from = parent->x;
        double *to = m->x;
        carry(&from, parent->order.p, &to, o.p), carry(&from, parent->order.q, &to, o.q);
        carry(&from, parent->order.P, &to, o.P), carry(&from, parent->order.Q, &to, o.Q);
        if (o.constant) *to = parent->order.constant ? *from : w->first;
    } else if (o.constant) {
        m->x[o.p + o.q + o.P + o.Q] = w->first;
    }
}

static void propose_starts(walk *w)
{
    static const int starts[][4] = {{2, 2, 0, 0}, {0, 0, 0, 0}, {1, 0, 1, 0}, {0, 1, 0, 1},
                                    {1, 1, 0, 1}, {2, 1, 1, 1}, {2, 0, 1, 0}};
    const fs_arima_order *most = &w->search->most;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const int *s = starts[i];
        propose(w,
                (fs_arima_order){s[0] < most->p ? s[0] : most->p, s[1] < most->q ? s[1] : most->q,
                                 s[2] < most->P ? s[2] : most->P, s[3] < most->Q ? s[3] : most->Q,
                                 most->constant},
                NULL);
    }
    propose(w, (fs_arima_order){0}, NULL);
}

/* Goes to a better neighbour; false where there is none. */
static bool go_on(walk *w)
{
    static const int steps[][4] = {{0, 0, -1, 0},  {0, 0, 0, -1}, {0, 0, 1, 0},  {0, 0, 0, 1},
                                   {0, 0, -1, -1}, {0, 0, -1, 1}, {0, 0, 1, -1}, {0, 0, 1, 1},
                                   {-1, 0, 0, 0},  {0, -1, 0, 0}, {1, 0, 0, 0},  {0, 1, 0, 0},
                                   {-1, -1, 0, 0}, {-1, 1, 0, 0}, {1, -1, 0, 0}, {1, 1, 0, 0}};
    const fs_arima_tried at = w->best;
    fs_arima_order other = at.order;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const int *s = steps[i];
        propose(w,
                (fs_arima_order){at.order.p + s[0], at.order.q + s[1], at.order.P + s[2],
                                 at.order.Q + s[3], at.order.constant},
                &at);
        if (w->waiting == LANES && try_batch(w)) return true;
    }
    other.constant = !other.constant;
    propose(w, other, &at);
    return try_batch(w);
}

static void try_all(walk *w)
{
    const fs_arima_order *most = &w->search->most;
    const int models = (most->p + 1) * (most->q + 1) * (most->P + 1) * (most->Q + 1) * 2;
    for (int i = 0; i < models; i++) {
        const fs_arima_tried at = w->best;
        int rest = i / 2;
        fs_arima_order o = {.constant = i % 2};
        o.p = rest % (most->p + 1), rest /= most->p + 1;
        o.q = rest % (most->q + 1), rest /= most->q + 1;
        o.P = rest % (most->P + 1), o.Q = rest / (most->P + 1);
        propose(w, o, &at);
        if (w->waiting == LANES) try_batch(w);
    }
    try_batch(w);
}

static double mean_of(const fs_arima_past *past)
{
    double sum = 0;
    for (int64_t t = 0; t < past->count; t++)
        if (past->use[t]) sum += past->w[t];
    return sum / (double)past->known;
}

bool fs_arima_choose(fs_arima_search *search, fs_arima_tried *best)
{
    walk w = {.search = search, .first = mean_of(search->past)};
    w.best.aicc = INFINITY;
    propose_starts(&w);
    try_batch(&w);
    while (w.best.aicc < INFINITY && go_on(&w)) {
    }
    if (search->is_full && w.best.aicc < INFINITY) try_all(&w);
    *best = w.best;
    if (search->gaps && best->aicc < INFINITY) fs_arima_refine(search, best);
    return best->aicc < INFINITY;
}
