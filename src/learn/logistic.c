/* Penalised multinomial logistic regression (Hastie, Tibshirani, Friedman 2009, sec. 4.4).
 *
 * Minimised is the mean log-loss plus penalty / 2 times the squares of the coefficients of standardised terms (terms.c), of
 * all classes alike, by Newton's method (newton.c). Where no penalty is given it is chosen among 1, 0.1 and 0.01 by
 * cross-validation on at most SAMPLE rows, and the scores that this gave calibrate the model (choose.c). What is handed
 * out are coefficients for values as they came: those of standardised terms over their deviations, the means gone into the
 * intercept, and for each column of numbers what a null adds in the place of the mean.
 *
 * Memory: rows, terms² × pairs of classes, and the square of the coefficients; nothing is allocated once the sizes of a call
 * are known. Cost: see objective.c; some ten gradients and two or three curvatures a fit.
 */
#include <math.h>
#include <string.h>

#include "learn_internal.h"

#define COEFFICIENTS_MOST 4000
#define SAMPLE            2000
#define FALLBACK          0.01 /* the penalty where there are too few rows to choose one */
#define ROWS_A_FOLD       4
#define LARGEST_SCORE     1e300

struct fs_logistic_work {
    fs_learn_terms terms;
    fs_learn_objective objective;
    fs_learn_newton newton;
    fs_learn_choice choice;
    int64_t *row; /* those with a known class */
    int64_t row_capacity;
    double *weight;
    double *block; /* all arrays whose sizes follow from terms and classes */
    size_t block_capacity;
    fs_term *term; /* results */
    double *coefficient;
    int64_t result_capacity;
};

const char *fs_term_kind_name(fs_term_kind kind)
{
    static const char *const names[] = {
#define X(name, text) text,
        FS_TERM_MAP(X)
#undef X
    };
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

void fs_softmax(double *score, int classes)
{
    double most = -LARGEST_SCORE, sum = 0;
    for (int k = 0; k < classes; k++) {
        score[k] = fmax(-LARGEST_SCORE, fmin(score[k], LARGEST_SCORE));
        most = fmax(most, score[k]);
    }
    for (int k = 0; k < classes; k++) {
        score[k] = exp(score[k] - most);
        sum += score[k];
    }
    for (int k = 0; k < classes; k++) score[k] /= sum;
}

void fs_logistic_free(fs_logistic *model)
{
    struct fs_logistic_work *w = model->work;
    if (w) {
        fs_learn_terms_free(&w->terms);
        fs_free(w->row);
        fs_free(w->choice.row);
        fs_free(w->block);
        fs_free(w->term);
        fs_free(w->coefficient);
    }
    fs_free(w);
    *model = (fs_logistic){0};
}

/* ---- memory ---- */

static fs_status take_rows(struct fs_logistic_work *w, const int32_t *label, int64_t rows,
                           int64_t *used)
{
    *used = 0;
    if (rows > w->row_capacity) {
        FS_LEARN_GROW(w->row, rows);
        w->row_capacity = rows;
    }
    if (!w->choice.row) FS_LEARN_GROW(w->choice.row, SAMPLE);
    for (int64_t i = 0; i < rows; i++)
        if (label[i] >= 0) w->row[(*used)++] = i;
    return FS_OK;
}

/* Gives arrays their places, or only counts where `at` is NULL; 8 doubles further apart than they are long. */
static size_t lay_out(struct fs_logistic_work *w, double *at)
{
    size_t classes = (size_t)w->objective.classes, terms = (size_t)w->terms.count, used = 0;
    size_t all = classes * terms, reduced = (classes - 1) * terms;
    size_t folds = (size_t)w->choice.folds;
    struct {
        double **array;
        size_t size;
    } part[] = {{&w->weight, all},
                {&w->objective.tile, terms * FS_LEARN_TILE},
                {&w->objective.chance, classes * FS_LEARN_TILE},
                {&w->objective.product, FS_LEARN_TILE},
                {&w->objective.curvature, classes * (classes - 1) / 2 * terms * terms},
                {&w->newton.gradient, all},
                {&w->newton.step, all},
                {&w->newton.other, all},
                {&w->newton.other_gradient, all},
                {&w->newton.factor, reduced * reduced},
                {&w->newton.right, reduced},
                {&w->choice.weight, folds * all},
                {&w->choice.score, folds > 0 ? (size_t)w->choice.rows * classes : 0}};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        if (at) *part[i].array = at + used;
        used += part[i].size + 8;
    }
    return used;
}

static fs_status reserve(struct fs_logistic_work *w, int columns)
{
    size_t size = lay_out(w, NULL);
    int64_t terms = w->terms.count + columns, results = terms * w->objective.classes;
    if (size > w->block_capacity) {
        FS_LEARN_GROW(w->block, size);
        w->block_capacity = size;
    }
    if (results > w->result_capacity) {
        FS_LEARN_GROW(w->term, results);
        FS_LEARN_GROW(w->coefficient, results);
        w->result_capacity = results;
    }
    lay_out(w, w->block);
    return FS_OK;
}

static void take_sample(struct fs_logistic_work *w, int64_t used, int folds)
{
    fs_learn_choice *c = &w->choice;
    c->rows = used < SAMPLE ? used : SAMPLE;
    c->folds = folds >= 2 && c->rows >= (int64_t)ROWS_A_FOLD * folds ? folds : 0;
    for (int64_t i = 0; i < c->rows; i++) c->row[i] = w->row[i * used / c->rows];
}

/* ---- results ---- */

/* What the terms of column c add at their means: first[k], per class. */
static double at_means(const struct fs_logistic_work *w, int c, int k)
{
    const fs_learn_terms *t = &w->terms;
    double sum = 0;
    for (int i = 1; i < t->count; i++)
        if (t->term[i].column == c &&
            (t->term[i].kind == FS_TERM_LINEAR || t->term[i].kind == FS_TERM_HINGE))
            sum += w->weight[k * t->count + i] * t->inverse[i] * t->mean[i];
    return sum;
}

static int32_t index_of_missing(const fs_learn_terms *t, int c)
{
    for (int i = 1; i < t->count; i++)
        if (t->term[i].column == c && t->term[i].kind == FS_TERM_MISSING) return i;
    return -1;
}

static bool has_curve(const fs_learn_terms *t, int c)
{
    for (int i = 1; i < t->count; i++)
        if (t->term[i].column == c && t->term[i].kind == FS_TERM_LINEAR) return true;
    return false;
}

/* The terms that are handed out: as they are, and a missing one for each column of numbers that has others. */
static int list_terms(const struct fs_logistic_work *w, const fs_learn_column *column, int columns)
{
    const fs_learn_terms *t = &w->terms;
    int count = 0;
    w->term[count++] = t->term[0];
    for (int c = 0; c < columns; c++) {
        for (int i = 1; i < t->count; i++)
            if (t->term[i].column == c && t->term[i].kind != FS_TERM_MISSING)
                w->term[count++] = t->term[i];
        if (column[c].number && (has_curve(t, c) || index_of_missing(t, c) > 0))
            w->term[count++] = (fs_term){.kind = FS_TERM_MISSING, .column = c};
    }
    return count;
}

static double intercept_of(const struct fs_logistic_work *w, int k)
{
    const fs_learn_terms *t = &w->terms;
    double sum = w->weight[k * t->count];
    for (int i = 1; i < t->count; i++)
        sum -= w->weight[k * t->count + i] * t->inverse[i] * t->mean[i];
    return sum;
}

/* Of the handed out term `term`, whose like among the standardised is `i` (below 0: none). */
static double coefficient_of(const struct fs_logistic_work *w, const fs_term *term, int i, int k)
{
    const fs_learn_terms *t = &w->terms;
    double own = i < 0 ? 0 : w->weight[k * t->count + i] * t->inverse[i];
    if (term->kind == FS_TERM_INTERCEPT) return intercept_of(w, k);
    return term->kind == FS_TERM_MISSING ? own + at_means(w, term->column, k) : own;
}

static void set_results(fs_logistic *model, const fs_learn_column *column, int columns)
{
    struct fs_logistic_work *w = model->work;
    model->terms = list_terms(w, column, columns);
    model->term = w->term;
    model->coefficient = w->coefficient;
    for (int j = 0, i = 0; j < model->terms; j++) {
        bool missing = w->term[j].kind == FS_TERM_MISSING;
        int like = missing ? index_of_missing(&w->terms, w->term[j].column) : i;
        for (int k = 0; k < model->classes; k++)
            w->coefficient[k * model->terms + j] =
                model->temperature * coefficient_of(w, &w->term[j], like, k);
        if (!missing || like == i) i++;
    }
}

/* ---- the fit ---- */

static void fit(fs_logistic *model, double penalty)
{
    struct fs_logistic_work *w = model->work;
    fs_learn_objective *o = &w->objective;
    size_t all = (size_t)o->classes * (size_t)w->terms.count;
    memset(w->weight, 0, all * sizeof *w->weight);
    model->temperature = 1;
    model->penalty = penalty > 0 ? penalty : FALLBACK;
    if (o->classes == 1) return;
    o->penalty = penalty;
    w->newton.curved = false;
    w->newton.enough = FS_LEARN_TIGHT;
    if (w->choice.folds > 0) {
        fs_learn_choose(o, &w->newton, &w->choice);
        model->penalty = w->choice.penalty;
        model->temperature = w->choice.temperature;
        memcpy(w->weight, w->choice.weight, all * sizeof *w->weight);
    }
    o->penalty = model->penalty;
    if (o->rows.count > SAMPLE)
        o->sample = (fs_learn_rows){.row = w->choice.row, .count = w->choice.rows};
    fs_learn_minimise(o, &w->newton, w->weight);
}

static fs_status too_large(fs_error *error, int terms, int classes)
{
    fs_fail(error, FS_DATA, "%d terms for %d classes are more than %d coefficients", terms, classes,
            COEFFICIENTS_MOST);
    return fs_error_remedy(error, "give it fewer columns, or fewer classes"), FS_DATA;
}

fs_status fs_logistic_fit(fs_logistic *model, const fs_logistic_settings *settings,
                          const fs_learn_column *column, int columns, const int32_t *label,
                          int classes, int64_t rows, fs_error *error)
{
    int64_t used;
    if (!model->work) model->work = fs_alloc_zero(1, sizeof *model->work);
    struct fs_logistic_work *w = model->work;
    if (!w) return fs_fail_memory(error, sizeof *w);
    model->terms = 0;
    model->classes = classes;
    if (take_rows(w, label, rows, &used) != FS_OK) return fs_fail_memory(error, (size_t)rows * 8);
    model->rows = used;
    if (used == 0) return FS_OK;
    w->objective = (fs_learn_objective){.terms = &w->terms,
                                        .column = column,
                                        .label = label,
                                        .rows = {.row = w->row, .count = used},
                                        .classes = classes};
    if (fs_learn_terms_make(&w->terms, settings->knots, column, columns, &w->objective.rows) !=
        FS_OK)
        return fs_fail_memory(error, (size_t)used * sizeof(double));
    if ((int64_t)(classes - 1) * w->terms.count > COEFFICIENTS_MOST)
        return too_large(error, w->terms.count, classes);
    take_sample(w, used, settings->folds);
    if (reserve(w, columns) != FS_OK) return fs_fail_memory(error, lay_out(w, NULL));
    fit(model, settings->penalty);
    set_results(model, column, columns);
    return FS_OK;
}
