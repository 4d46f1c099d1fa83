/* A classifier: multinomial logistic regression, gradient-boosted trees, or both, and which of them.
 *
 * Each part is fitted to all rows (logistic.c, boost.c). How much each counts is told by scores of rows left out: those of the
 * trees are what ended the boosting, those of the logistic part come from one fit more for each fold, under the penalty found for
 * all rows (stack.c). Where rows are too few for that it is the logistic part alone, as it calibrates itself.
 *
 * Of each term the mean over the rows is kept, so that what it adds to a row can be told beside what it adds to all (class_scores.c).
 *
 * Memory: that of the parts, and the sample's scores. Cost: that of the parts, and a logistic fit of the sample for each fold.
 */
#include <string.h>

#include "classifier_internal.h"

#define SAMPLE                                                                                     \
    20000 /* rows in which a column that tells all is looked for; each tells the area to a thousandth */

struct fs_classifier_work {
    fs_logistic logistic, fold;
    fs_boost boost;
    fs_bins bins;
    int32_t *label; /* rows, those of one fold left out */
    int64_t *row;   /* the sample in which a telltale is looked for */
    int32_t *sample_label;
    double *score; /* sampled × classes: of the logistic part */
    double *tile;  /* classes × FS_CLASS_ROWS */
    fs_class_term *term, *fold_term;
    fs_tree *tree;
    int64_t row_capacity, score_capacity, class_capacity, term_capacity, fold_capacity,
        tree_capacity;
};

const char *fs_classifier_kind_name(fs_classifier_kind kind)
{
    static const char *const names[] = {
#define X(name, text) text,
        FS_CLASSIFIER_MAP(X)
#undef X
    };
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

void fs_classifier_free(fs_classifier *c)
{
    struct fs_classifier_work *w = c->work;
    if (w) {
        void *all[] = {w->label, w->row,  w->sample_label, w->score,
                       w->tile,  w->term, w->fold_term,    w->tree};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) fs_free(all[i]);
        fs_logistic_free(&w->logistic);
        fs_logistic_free(&w->fold);
        fs_boost_free(&w->boost);
        fs_bins_free(&w->bins);
    }
    fs_free(w);
    *c = (fs_classifier){0};
}

/* ---- memory ---- */

static fs_status reserve_rows(struct fs_classifier_work *w, int64_t rows, int classes)
{
    if (!w->row) FS_LEARN_GROW(w->row, SAMPLE);
    if (!w->sample_label) FS_LEARN_GROW(w->sample_label, SAMPLE);
    if (rows > w->row_capacity) {
        FS_LEARN_GROW(w->label, rows);
        w->row_capacity = rows;
    }
    if (classes > w->class_capacity) {
        FS_LEARN_GROW(w->tile, (int64_t)classes * FS_CLASS_ROWS);
        w->class_capacity = classes;
    }
    return FS_OK;
}

static fs_status reserve_scores(struct fs_classifier_work *w, int64_t scores)
{
    if (scores <= w->score_capacity) return FS_OK;
    FS_LEARN_GROW(w->score, scores);
    w->score_capacity = scores;
    return FS_OK;
}

static fs_status reserve_terms(fs_class_term **term, int64_t *capacity, int64_t terms)
{
    if (terms <= *capacity) return FS_OK;
    FS_LEARN_GROW(*term, terms);
    *capacity = terms;
    return FS_OK;
}

static fs_status reserve_trees(struct fs_classifier_work *w, int64_t trees)
{
    if (trees <= w->tree_capacity) return FS_OK;
    FS_LEARN_GROW(w->tree, trees);
    w->tree_capacity = trees;
    return FS_OK;
}

/* ---- a telltale ---- */

static fs_status find_telltale(fs_classifier *c, const fs_learn_column *column, int columns,
                               const int32_t *label, int classes, int64_t rows)
{
    struct fs_classifier_work *w = c->work;
    int64_t used = 0, taken = 0, seen = 0;
    c->telltale = -1;
    for (int64_t i = 0; i < rows; i++) used += label[i] >= 0;
    int64_t wanted = used < SAMPLE ? used : SAMPLE;
    for (int64_t i = 0; i < rows && taken < wanted; i++) {
        if (label[i] < 0 || seen++ != taken * used / wanted) continue;
        w->row[taken] = i;
        w->sample_label[taken++] = label[i];
    }
    if (classes < 2 || columns == 0) return FS_OK;
    FS_TRY(fs_bins_make(&w->bins, column, columns, w->row, taken));
    c->telltale = fs_find_telltale(&w->bins, w->sample_label, classes, &c->telltale_auc);
    return FS_OK;
}

/* ---- the logistic part ---- */

static void take_terms(const fs_logistic *m, double factor, fs_class_term *to)
{
    for (int k = 0; k < m->classes; k++)
        for (int t = 0; t < m->terms; t++)
            *to++ = (fs_class_term){.term = m->term[t],
                                    .class = k,
                                    .coefficient = factor * m->coefficient[k * m->terms + t]};
}

static void score_fold(struct fs_classifier_work *w, const fs_learn_column *column, int columns,
                       int64_t from, int64_t to)
{
    const fs_logistic *m = &w->fold;
    fs_class_model model = {
        .classes = m->classes, .terms = (int64_t)m->classes * m->terms, .term = w->fold_term};
    for (int64_t at = from; at < to; at += FS_CLASS_ROWS) {
        int count = (int)(to - at < FS_CLASS_ROWS ? to - at : FS_CLASS_ROWS);
        fs_class_scores(&model, column, columns, w->boost.sample + at, count, w->tile, NULL);
        for (int i = 0; i < count; i++)
            for (int k = 0; k < m->classes; k++)
                w->score[(at + i) * m->classes + k] = w->tile[k * FS_CLASS_ROWS + i];
    }
}

/* Labels of the sample but for those of a fold; of all other rows -1. */
static void hide_fold(struct fs_classifier_work *w, const int32_t *label, int64_t rows,
                      int64_t from, int64_t to)
{
    const fs_boost *b = &w->boost;
    memset(w->label, -1, (size_t)rows * sizeof *w->label);
    for (int64_t i = 0; i < b->sampled; i++)
        if (i < from || i >= to) w->label[b->sample[i]] = label[b->sample[i]];
}

/* Scores of the sample by fits that have not seen the row. */
static fs_status score_outside(struct fs_classifier_work *w, fs_logistic_settings settings,
                               const fs_learn_column *column, int columns, const int32_t *label,
                               int64_t rows, fs_error *error)
{
    const fs_boost *b = &w->boost;
    settings.penalty = w->logistic.penalty;
    settings.folds = 0;
    if (reserve_scores(w, b->sampled * b->classes) != FS_OK) return fs_fail_memory(error, 0);
    for (int f = 0; f < b->folds; f++) {
        int64_t from = b->sampled * f / b->folds, to = b->sampled * (f + 1) / b->folds;
        hide_fold(w, label, rows, from, to);
        FS_TRY(fs_logistic_fit(&w->fold, &settings, column, columns, w->label, b->classes, rows,
                               error));
        int64_t terms = (int64_t)b->classes * w->fold.terms;
        if (reserve_terms(&w->fold_term, &w->fold_capacity, terms) != FS_OK)
            return fs_fail_memory(error, 0);
        take_terms(&w->fold, 1, w->fold_term);
        score_fold(w, column, columns, from, to);
    }
    return FS_OK;
}

/* ---- the whole ---- */

static fs_status find_factors(fs_classifier *c, const fs_classifier_settings *settings,
                              const fs_learn_column *column, int columns, const int32_t *label,
                              int64_t rows, fs_error *error)
{
    struct fs_classifier_work *w = c->work;
    const fs_boost *b = &w->boost;
    fs_classifier_kind kind = settings->kind;
    bool wanted[2] = {kind != FS_CLASSIFIER_TREES, kind != FS_CLASSIFIER_LOGISTIC};
    c->factor[0] = w->logistic.temperature;
    c->factor[1] = 0;
    if (kind == FS_CLASSIFIER_LOGISTIC || (b->folds == 0 && kind != FS_CLASSIFIER_TREES))
        return FS_OK;
    c->factor[0] = 0;
    c->factor[1] = 1;
    if (b->folds == 0) return FS_OK;
    if (wanted[0])
        FS_TRY(score_outside(w, settings->logistic, column, columns, label, rows, error));
    hide_fold(w, label, rows, 0, 0);
    for (int64_t i = 0; i < b->sampled; i++) w->label[i] = label[b->sample[i]];
    fs_stack stack = {.score = {w->score, b->score},
                      .label = w->label,
                      .rows = b->sampled,
                      .classes = b->classes};
    if (kind == FS_CLASSIFIER_AUTO)
        fs_stack_choose(&stack, c->factor);
    else
        fs_stack_factors(&stack, wanted, c->factor);
    return FS_OK;
}

/* Terms and trees by their factors; without the logistic part there is an intercept of each class all the same. */
static fs_status put_together(fs_classifier *c, int classes)
{
    struct fs_classifier_work *w = c->work;
    const fs_boost *b = &w->boost;
    bool curved = c->factor[0] > 0;
    int64_t terms = curved ? (int64_t)classes * w->logistic.terms : classes;
    c->model = (fs_class_model){
        .classes = classes, .terms = terms, .trees = c->factor[1] > 0 ? b->trees : 0};
    FS_TRY(reserve_terms(&w->term, &w->term_capacity, terms));
    FS_TRY(reserve_trees(w, c->model.trees));
    if (curved) take_terms(&w->logistic, c->factor[0] / w->logistic.temperature, w->term);
    for (int k = 0; k < classes; k++) {
        if (!curved)
            w->term[k] =
                (fs_class_term){.term = {.kind = FS_TERM_INTERCEPT, .column = -1}, .class = k};
        if (c->factor[1] > 0)
            w->term[k * (terms / classes)].coefficient += c->factor[1] * b->base[k];
    }
    for (int64_t t = 0; t < c->model.trees; t++) {
        w->tree[t] = b->tree[t];
        for (int n = 1; n < FS_TREE_NODES; n++) w->tree[t].node[n].value *= c->factor[1];
    }
    c->model.term = w->term;
    c->model.tree = w->tree;
    return FS_OK;
}

/* The mean of each term of the first class, which are those of all. */
static void find_means(fs_classifier *c, const fs_learn_column *column, const int32_t *label,
                       int64_t rows)
{
    int64_t own = c->model.terms / c->model.classes;
    fs_class_term *term = c->work->term;
    for (int64_t t = 0; t < own; t++) {
        double mean = fs_class_term_mean(&term[t].term, column, label, rows);
        for (int k = 0; k < c->model.classes; k++) term[k * own + t].mean = mean;
    }
}

static fs_status fit_parts(fs_classifier *c, const fs_classifier_settings *settings,
                           const fs_learn_column *column, int columns, const int32_t *label,
                           int classes, int64_t rows, fs_error *error)
{
    struct fs_classifier_work *w = c->work;
    fs_classifier_kind kind = settings->kind;
    fs_boost_settings boost = {.folds = settings->logistic.folds, .seed = 1};
    w->logistic.penalty = 0;
    w->logistic.temperature = 1;
    c->rows = 0;
    for (int64_t i = 0; i < rows; i++) c->rows += label[i] >= 0;
    if (kind != FS_CLASSIFIER_TREES)
        FS_TRY(fs_logistic_fit(&w->logistic, &settings->logistic, column, columns, label, classes,
                               rows, error));
    if (kind != FS_CLASSIFIER_LOGISTIC &&
        fs_boost_fit(&w->boost, &boost, column, columns, label, classes, rows) != FS_OK)
        return fs_fail_memory(error, (size_t)rows * sizeof(double));
    return find_factors(c, settings, column, columns, label, rows, error);
}

fs_status fs_classifier_fit(fs_classifier *c, const fs_classifier_settings *settings,
                            const fs_learn_column *column, int columns, const int32_t *label,
                            int classes, int64_t rows, fs_error *error)
{
    if (!c->work) c->work = fs_alloc_zero(1, sizeof *c->work);
    if (!c->work) return fs_fail_memory(error, sizeof *c->work);
    if (reserve_rows(c->work, rows, classes) != FS_OK ||
        find_telltale(c, column, columns, label, classes, rows) != FS_OK)
        return fs_fail_memory(error, (size_t)rows * sizeof(double));
    FS_TRY(fit_parts(c, settings, column, columns, label, classes, rows, error));
    c->penalty = c->factor[0] > 0 ? c->work->logistic.penalty : 0;
    if (c->rows == 0) {
        c->model = (fs_class_model){.classes = classes};
        return FS_OK;
    }
    if (put_together(c, classes) != FS_OK) return fs_fail_memory(error, 0);
    find_means(c, column, label, rows);
    return FS_OK;
}
