/* The uplift of a treatment: by how much it changes a row's outcome, foretold from the row's features.
 *
 * Candidates are the learners of uplift_learners.c, each with the penalties 1, 0.1 and 0.01, and the forest of uplift_tree.c. Rows
 * (a sample of SAMPLE) are dealt out to folds at random by key, each arm by itself, and each candidate foretells each fold from
 * the others; the greatest mean Qini coefficient over the folds (qini.c) is chosen. It is that of the best of at most thirteen, so a
 * little too high. The same forecasts tell whether the treatment was random (uplift_treatment.c) and how large
 * the uplift of rows with a score really is (uplift_calibrate.c); the result, fitted on all rows, is put on that line.
 *
 * Sums are made once for each fold and arm, so a candidate costs a linear system, not a pass (uplift_sums.c). Outcomes are divided by
 * their greatest size, so that no square overflows. Memory: rows, candidates × sample, terms² × folds. Nothing is allocated once
 * sizes are known. Cost: two passes over all rows, and the forest's.
 */
#include <math.h>
#include <string.h>

#include "uplift_internal.h"
#include "foresell/numeric.h"

#define TERMS_MOST  1000
#define SAMPLE      50000
#define ROWS_A_FOLD 4 /* of each arm, at least */
#define LARGEST     1e140
#define FALLBACK    1.0 /* the penalty where there are too few rows to choose one */

typedef struct candidate {
    fs_uplift_model model;
    double penalty;
    double qini, auuc;
    bool judged;
} candidate;

#define CANDIDATES 13
static const double grid[] = {1, 1e-1, 1e-2};

struct fs_uplift_work {
    fs_learn_terms terms;
    fs_uplift_data data;
    int64_t *row, rows;       /* that are used */
    double *outcome, *weight; /* of each row of the caller */
    int32_t *label;
    int64_t capacity, sample_capacity;
    /* the sample by place: those of a fold together, its controls first; from[2 fold + arm] is where they begin */
    int64_t *place, *drawn, *from, sample;
    int32_t *fold_of;
    int8_t *arm;
    double *place_outcome, *place_weight, *residual, *other;
    int folds, candidates;
    double scale;
    candidate candidate[CANDIDATES];
    fs_uplift_sums *sums, part[2],
        all[2]; /* sums: of each fold and arm; part: of all but one fold */
    double *tile, *effect, *expected,
        *score; /* effect: folds × terms; score: candidates × sample */
    fs_uplift_room room;
    double *block;
    fs_term *term;
    double *coefficient;
    fs_qini qini;
    fs_logistic treatment;
    fs_uplift_forest forest;
};

const char *fs_uplift_model_name(fs_uplift_model model)
{
    static const char *const names[] = {
#define X(name, text) text,
        FS_UPLIFT_MAP(X)
#undef X
    };
    return (size_t)model < sizeof names / sizeof *names ? names[model] : "unknown";
}

void fs_uplift_free(fs_uplift *model)
{
    struct fs_uplift_work *w = model->work;
    if (w) {
        void *own[] = {w->row,   w->outcome, w->weight,       w->label,    w->place,
                       w->drawn, w->fold_of, w->arm,          w->from,     w->place_outcome,
                       w->block, w->sums,    w->place_weight, w->residual, w->other,
                       w->term,  w->score,   w->coefficient};
        for (size_t i = 0; i < sizeof own / sizeof *own; i++) fs_free(own[i]);
        fs_learn_terms_free(&w->terms);
        fs_qini_free(&w->qini);
        fs_logistic_free(&w->treatment);
        fs_uplift_forest_free(&w->forest);
    }
    fs_free(w);
    *model = (fs_uplift){0};
}

/* ---- rows ---- */

static fs_status reserve_rows(struct fs_uplift_work *w, int64_t rows)
{
    if (rows <= w->capacity) return FS_OK;
    FS_LEARN_GROW(w->row, rows);
    FS_LEARN_GROW(w->outcome, rows);
    FS_LEARN_GROW(w->weight, rows);
    FS_LEARN_GROW(w->label, rows);
    w->capacity = rows;
    return FS_OK;
}

static double bounded(double value) { return fmax(-LARGEST, fmin(value, LARGEST)); }

/* Which rows are used, and their outcomes within ±1. */
static void take_rows(fs_uplift *m, const int8_t *arm, const double *outcome, int64_t rows)
{
    struct fs_uplift_work *w = m->work;
    double most = -LARGEST, least = LARGEST;
    w->rows = m->treated = m->control = 0;
    w->data.binary = true;
    for (int64_t i = 0; i < rows; i++) {
        w->label[i] = arm[i];
        w->weight[i] = 1;
        if (arm[i] < 0) continue;
        w->row[w->rows++] = i;
        m->treated += arm[i];
        m->control += !arm[i];
        w->outcome[i] = bounded(outcome[i]);
        most = fmax(most, w->outcome[i]);
        least = fmin(least, w->outcome[i]);
        w->data.binary = w->data.binary && (outcome[i] == 0 || outcome[i] == 1);
    }
    w->scale = fmax(fabs(most), fabs(least));
    if (!isfinite(1 / w->scale)) w->scale = 1; /* all outcomes 0, or as good as */
    m->limit = w->rows > 0 ? most - least : 0;
    for (int64_t i = 0; i < w->rows; i++) w->outcome[w->row[i]] /= w->scale;
}

/* ---- folds ---- */

static fs_status reserve_sample(struct fs_uplift_work *w, int folds)
{
    int64_t most = w->rows < SAMPLE ? w->rows : SAMPLE;
    w->sample = most;
    FS_LEARN_GROW(w->from, 2 * (int64_t)folds + 3);
    FS_LEARN_GROW(w->score, most * (w->candidates + 1));
    if (most <= w->sample_capacity) return FS_OK;
    FS_LEARN_GROW(w->place, most);
    FS_LEARN_GROW(w->drawn, most);
    FS_LEARN_GROW(w->fold_of, most);
    FS_LEARN_GROW(w->arm, most);
    FS_LEARN_GROW(w->place_outcome, most);
    FS_LEARN_GROW(w->place_weight, most);
    FS_LEARN_GROW(w->residual, most);
    FS_LEARN_GROW(w->other, most);
    w->sample_capacity = most;
    return FS_OK;
}

/* Draws the sample in a random order, and deals each arm out to the folds in turn. */
static void deal(struct fs_uplift_work *w, int folds, uint64_t seed)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    int64_t seen[2] = {0, 0}, *from = w->from;
    for (int64_t i = 0; i < w->sample; i++) w->drawn[i] = w->row[i * w->rows / w->sample];
    for (int64_t i = w->sample - 1; i > 0; i--) {
        int64_t at = fs_random_below(&random, i + 1), row = w->drawn[at];
        w->drawn[at] = w->drawn[i];
        w->drawn[i] = row;
    }
    for (int64_t i = 0; i < w->sample; i++) seen[w->label[w->drawn[i]]]++;
    bool enough = folds >= 2 && seen[0] >= ROWS_A_FOLD * folds && seen[1] >= ROWS_A_FOLD * folds;
    w->folds = enough ? folds : 0;
    if (!enough) return;
    memset(from, 0, (2 * (size_t)folds + 3) * sizeof *from);
    seen[0] = seen[1] = 0;
    for (int64_t i = 0; i < w->sample; i++) {
        int arm = w->label[w->drawn[i]];
        w->fold_of[i] = (int32_t)(2 * (seen[arm]++ % folds) + arm);
        from[w->fold_of[i] + 2]++;
    }
    for (int f = 2; f <= 2 * folds; f++) from[f] += from[f - 1];
    for (int64_t i = 0; i < w->sample; i++) w->place[from[w->fold_of[i] + 1]++] = w->drawn[i];
}

static void take_places(struct fs_uplift_work *w)
{
    for (int64_t i = 0; i < w->sample; i++) {
        w->arm[i] = (int8_t)w->label[w->place[i]];
        w->place_outcome[i] = w->outcome[w->place[i]];
        w->place_weight[i] = w->weight[w->place[i]];
    }
}

/* ---- memory of terms ---- */

/* Gives arrays their places, or only counts where `at` is NULL. */
static size_t lay_out(struct fs_uplift_work *w, double *at)
{
    size_t p = (size_t)w->terms.count, folds = (size_t)w->folds, used = 0;
    struct {
        double **array;
        size_t size;
    } part[] = {{&w->tile, (p + 4) * FS_LEARN_TILE},
                {&w->effect, (folds + 1) * p},
                {&w->expected, p},
                {&w->room.factor, 4 * p * p},
                {&w->room.right, 4 * p},
                {&w->part[0].gram, p * p},
                {&w->part[1].gram, p * p},
                {&w->all[0].gram, p * p},
                {&w->all[1].gram, p * p},
                {&w->part[0].moment, p},
                {&w->part[1].moment, p},
                {&w->all[0].moment, p},
                {&w->all[1].moment, p}};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        if (at) *part[i].array = at + used;
        used += part[i].size;
    }
    for (size_t i = 0; i < 2 * folds; i++) {
        if (at) w->sums[i].gram = at + used;
        if (at) w->sums[i].moment = at + used + p * p;
        used += p * p + p;
    }
    return used;
}

static fs_status reserve_terms(struct fs_uplift_work *w)
{
    int64_t results = (int64_t)w->terms.count + w->data.columns;
    FS_LEARN_GROW(w->sums, 2 * (int64_t)w->folds + 1);
    FS_LEARN_GROW(w->block, lay_out(w, NULL));
    FS_LEARN_GROW(w->term, results);
    FS_LEARN_GROW(w->coefficient, results);
    lay_out(w, w->block);
    return FS_OK;
}

/* ---- cross-validation ---- */

static void add_folds(struct fs_uplift_work *w)
{
    for (int i = 0; i < 2 * w->folds; i++) {
        fs_uplift_clear(w->terms.count, &w->sums[i]);
        fs_uplift_add(&w->terms, &w->data, w->place + w->from[i], w->from[i + 1] - w->from[i],
                      w->tile, &w->sums[i]);
    }
}

/* w->part: both arms, without a fold. */
static void leave_out(struct fs_uplift_work *w, int fold)
{
    for (int a = 0; a < 2; a++) {
        fs_uplift_clear(w->terms.count, &w->part[a]);
        for (int f = 0; f < w->folds; f++)
            if (f != fold) fs_uplift_merge(w->terms.count, &w->part[a], &w->sums[2 * f + a]);
    }
}

/* Sums of the fold's terms times weights. */
static void score_fold(struct fs_uplift_work *w, int fold, const double *weight, double *score)
{
    int64_t to = w->from[2 * fold + 2];
    for (int64_t at = w->from[2 * fold]; at < to; at += FS_LEARN_TILE) {
        int some = (int)(to - at < FS_LEARN_TILE ? to - at : FS_LEARN_TILE);
        fs_learn_terms_fill(&w->terms, w->data.column, w->place + at, some, w->tile);
        for (int i = 0; i < some; i++) score[at + i] = 0;
        for (int t = 0; t < w->terms.count; t++)
            for (int i = 0; i < some; i++)
                score[at + i] += weight[t] * w->tile[t * FS_LEARN_TILE + i];
    }
}

static void test_treatment(fs_uplift *m)
{
    struct fs_uplift_work *w = m->work;
    for (int f = 0; f < w->folds; f++) {
        leave_out(w, f);
        fs_uplift_learn_treatment(w->terms.count, w->part, &w->room, w->expected);
        score_fold(w, f, w->expected, w->other);
    }
    fs_uplift_test_treatment(w->other, w->from, w->folds, w->residual, &m->treatment_auc,
                             &m->treatment_p);
    m->tested = true;
}

static fs_status weigh(fs_uplift *m, const fs_uplift_settings *settings, int64_t rows,
                       fs_error *error)
{
    struct fs_uplift_work *w = m->work;
    fs_logistic_settings how = {.knots = settings->knots, .folds = settings->folds};
    double share = (double)m->treated / (double)(m->treated + m->control);
    FS_TRY(fs_logistic_fit(&w->treatment, &how, w->data.column, w->data.columns, w->label, 2, rows,
                           error));
    m->overlap = fs_uplift_weigh(&w->treatment, &w->data, w->row, w->rows, share, w->weight);
    m->weighted = true;
    take_places(w);
    add_folds(w);
    return FS_OK;
}

static void list_candidates(struct fs_uplift_work *w, fs_uplift_model wanted)
{
    w->candidates = 0;
    for (int model = FS_UPLIFT_S; model <= FS_UPLIFT_TREE; model++) {
        if (wanted != FS_UPLIFT_AUTO && (int)wanted != model) continue;
        for (int g = 0; g < (model == FS_UPLIFT_TREE ? 1 : 3); g++)
            w->candidate[w->candidates++] =
                (candidate){.model = (fs_uplift_model)model, .penalty = grid[g]};
    }
}

static fs_status score_candidates(struct fs_uplift_work *w, const fs_uplift_settings *settings)
{
    const candidate *last = &w->candidate[w->candidates - 1];
    bool forest = last->model == FS_UPLIFT_TREE;
    int linear = forest ? w->candidates - 1 : w->candidates;
    double *score = w->score + linear * w->sample;
    if (forest)
        FS_TRY(fs_uplift_forest_open(&w->forest, &w->data, w->drawn, w->sample, settings->trees));
    for (int f = 0; f < w->folds; f++) {
        int64_t from = w->from[2 * f], to = w->from[2 * f + 2];
        fs_learn_rows rows = {w->place, w->sample, from, to};
        leave_out(w, f);
        for (int c = 0; c < linear; c++) {
            fs_uplift_learn(w->candidate[c].model, w->candidate[c].penalty, w->terms.count, w->part,
                            &w->room, w->effect);
            score_fold(w, f, w->effect, w->score + c * w->sample);
        }
        if (!forest) continue;
        fs_uplift_forest_grow(&w->forest, &w->data, settings, &rows);
        for (int64_t i = from; i < to; i++)
            score[i] = fs_uplift_forest_score(&w->forest, &w->data, w->place[i]);
    }
    return FS_OK;
}

/* Means over the folds that tell anything. */
static fs_status judge(struct fs_uplift_work *w, candidate *c, const double *score)
{
    int known = 0;
    for (int f = 0; f < w->folds; f++) {
        int64_t from = w->from[2 * f], count = w->from[2 * f + 2] - from;
        FS_TRY(fs_qini_measure(&w->qini, score + from, w->arm + from, w->place_outcome + from,
                               w->place_weight + from, count));
        known += w->qini.known;
        c->qini += w->qini.qini;
        c->auuc += w->qini.auuc;
    }
    c->judged = known > 0;
    if (known > 0) c->qini /= known;
    if (known > 0) c->auuc /= known;
    return FS_OK;
}

static fs_status choose(struct fs_uplift_work *w, const fs_uplift_settings *settings, int *best)
{
    *best = 0;
    FS_TRY(score_candidates(w, settings));
    for (int c = 0; c < w->candidates; c++) {
        FS_TRY(judge(w, &w->candidate[c], w->score + c * w->sample));
        const candidate *now = &w->candidate[c], *then = &w->candidate[*best];
        if (now->judged && (!then->judged || now->qini > then->qini)) *best = c;
    }
    return FS_OK;
}

/* ---- the fit ---- */

static void find_residuals(struct fs_uplift_work *w)
{
    for (int f = 0; f < w->folds; f++) {
        leave_out(w, f);
        fs_uplift_learn_outcome(w->terms.count, w->part, &w->room, w->expected);
        score_fold(w, f, w->expected, w->other);
    }
    for (int64_t i = 0; i < w->sample; i++) w->residual[i] = w->place_outcome[i] - w->other[i];
}

static fs_uplift_line calibrate(fs_uplift *m, int best)
{
    struct fs_uplift_work *w = m->work;
    double treated = 0, all = 0;
    find_residuals(w);
    for (int64_t i = 0; i < w->sample; i++) {
        treated += w->place_weight[i] * w->arm[i];
        all += w->place_weight[i];
    }
    fs_uplift_line l = fs_uplift_calibrate(w->score + best * w->sample, w->residual, w->arm,
                                           w->place_weight, treated / all, w->sample);
    m->calibrated = l.known;
    m->pivot = l.pivot * w->scale;
    m->level_error = l.level_error * w->scale;
    m->slope_error = l.slope_error;
    return l;
}

static fs_status fit_forest(fs_uplift *m, const fs_uplift_settings *settings, double factor)
{
    struct fs_uplift_work *w = m->work;
    fs_learn_rows all = {.row = w->row, .count = w->rows};
    FS_TRY(fs_uplift_forest_open(&w->forest, &w->data, w->row, w->rows, settings->trees));
    fs_uplift_forest_grow(&w->forest, &w->data, settings, &all);
    for (int64_t n = 0; n < w->forest.nodes; n++)
        w->forest.node[n].value *= factor / settings->trees;
    m->nodes = w->forest.nodes;
    m->node = w->forest.node;
    return FS_OK;
}

static void fit_terms(struct fs_uplift_work *w, const candidate *c)
{
    for (int a = 0; a < 2; a++) fs_uplift_clear(w->terms.count, &w->all[a]);
    for (int a = 0; a < 2; a++) {
        int64_t count = 0; /* rows of an arm, in the place of those drawn */
        for (int64_t i = 0; i < w->rows; i++) {
            if (w->data.arm[w->row[i]] == a) w->drawn[count++] = w->row[i];
            if (count < w->sample && i + 1 < w->rows) continue;
            fs_uplift_add(&w->terms, &w->data, w->drawn, count, w->tile, &w->all[a]);
            count = 0;
        }
    }
    fs_uplift_learn(c->model, c->penalty, w->terms.count, w->all, &w->room, w->effect);
}

static fs_status fit(fs_uplift *m, const fs_uplift_settings *settings, const candidate *c,
                     const fs_uplift_line *l)
{
    struct fs_uplift_work *w = m->work;
    double factor = l->slope * w->scale, offset = (l->level - l->slope * l->centre) * w->scale;
    bool forest = c->model == FS_UPLIFT_TREE;
    m->model = c->model;
    m->judged = c->judged;
    m->qini = c->qini;
    m->auuc = c->auuc;
    if (forest)
        FS_TRY(fit_forest(m, settings, factor));
    else
        fit_terms(w, c);
    m->terms = fs_uplift_list_terms(&w->terms, &w->data, forest ? NULL : w->effect, factor, offset,
                                    w->term, w->coefficient);
    m->term = w->term;
    m->coefficient = w->coefficient;
    return FS_OK;
}

static fs_status prepare(fs_uplift *m, const fs_uplift_settings *settings, fs_error *error)
{
    struct fs_uplift_work *w = m->work;
    fs_learn_rows all = {.row = w->row, .count = w->rows};
    list_candidates(w, settings->model);
    fs_status status = reserve_sample(w, settings->folds);
    if (status == FS_OK)
        status =
            fs_learn_terms_make(&w->terms, settings->knots, w->data.column, w->data.columns, &all);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)w->rows * sizeof(double));
    if (w->terms.count > TERMS_MOST) {
        fs_fail(error, FS_DATA, "%d terms are more than %d", w->terms.count, TERMS_MOST);
        return fs_error_remedy(error, "give it fewer columns"), FS_DATA;
    }
    deal(w, settings->folds, settings->seed);
    if (reserve_terms(w) != FS_OK) return fs_fail_memory(error, lay_out(w, NULL) * sizeof(double));
    return FS_OK;
}

/* What cross-validation tells: the candidate, and the line. */
static fs_status validate(fs_uplift *m, const fs_uplift_settings *settings, int64_t rows, int *best,
                          fs_uplift_line *line, fs_error *error)
{
    struct fs_uplift_work *w = m->work;
    take_places(w);
    add_folds(w);
    test_treatment(m);
    if (settings->weigh && m->treatment_p < FS_UPLIFT_NOT_BY_CHANCE)
        FS_TRY(weigh(m, settings, rows, error));
    if (choose(w, settings, best) != FS_OK) return fs_fail_memory(error, 0);
    *line = calibrate(m, *best);
    return FS_OK;
}

fs_status fs_uplift_fit(fs_uplift *model, const fs_uplift_settings *settings,
                        const fs_learn_column *column, int columns, const int8_t *arm,
                        const double *outcome, int64_t rows, fs_error *error)
{
    int best = 0;
    fs_uplift_line line = {.slope = 1};
    if (!model->work) model->work = fs_alloc_zero(1, sizeof *model->work);
    struct fs_uplift_work *w = model->work;
    if (!w) return fs_fail_memory(error, sizeof *w);
    *model = (fs_uplift){.work = w, .overlap = 1};
    if (reserve_rows(w, rows) != FS_OK) return fs_fail_memory(error, (size_t)rows * 28);
    w->data = (fs_uplift_data){column, columns, arm, w->outcome, w->weight, true};
    take_rows(model, arm, outcome, rows);
    if (model->treated == 0 || model->control == 0) return FS_OK;
    FS_TRY(prepare(model, settings, error));
    w->candidate[0].penalty = w->folds > 0 ? w->candidate[0].penalty : FALLBACK;
    if (w->folds > 0) FS_TRY(validate(model, settings, rows, &best, &line, error));
    if (fit(model, settings, &w->candidate[best], &line) != FS_OK) return fs_fail_memory(error, 0);
    return FS_OK;
}
