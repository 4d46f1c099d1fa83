/* The operator fit_classifier: from rows with a known class to a model, a row for each class and term.
 *
 * A model is a table of plain columns, not a blob: people can read it, engines can compare it, a step can put it before the
 * rows that classify is to score. Texts become numbers by fs_words, in the order of their names, so that what the model is
 * does not depend on which came first.
 */
#include <string.h>

#include "foresell/learn.h"
#include "foresell/operator.h"

static const fs_column fit_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a number, a date or a time; cross-validation takes stretches of this order"},
    {.name = "label",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .doc = "the known class; null: the row is not used"},
    {.name = "*",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc = "every further column is a feature: numbers, yes or no, dates, texts"},
    {0}};

enum { CLASS, KIND, FEATURE, LEVEL, KNOT, COEFFICIENT, FITTED, PENALTY, TEMPERATURE };

static const fs_column fit_output[] = {
    {.name = "class", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "a class that was seen"},
    {.name = "kind",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the term's value: intercept 1; linear x; hinge max(0, x - knot); level 1 where the "
            "text is that one; missing 1 where the number is null"},
    {.name = "feature",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the column x; null for the intercept"},
    {.name = "level", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "the text of a level"},
    {.name = "knot", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_RESULT, .doc = "where a hinge bends"},
    {.name = "coefficient",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "what the term's value counts in the score of the class, for values as they came"},
    {.name = "fitted",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "rows",
     .doc = "rows of the group with a known class"},
    {.name = "penalty",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "that was given or chosen"},
    {.name = "temperature",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "factor that calibrates the scores; it is in the coefficients"},
    {0}};

static const fs_param fit_params[] = {
    {.name = "knots",
     .type = FS_TYPE_INT,
     .fallback = "2",
     .minimum = 0,
     .maximum = FS_LOGISTIC_KNOTS,
     .doc = "hinges of each feature of numbers, at quantiles of the rows with a known class"},
    {.name = "penalty",
     .type = FS_TYPE_DOUBLE,
     .fallback = "0",
     .minimum = 0,
     .maximum = 1000000,
     .doc = "half of it times the squares of the coefficients of standardised terms is added to "
            "the mean log-loss; 0: chosen by cross-validation (0.01 where rows are too few)"},
    {.name = "folds",
     .type = FS_TYPE_INT,
     .fallback = "5",
     .minimum = 0,
     .maximum = 50,
     .doc = "of the cross-validation that chooses the penalty and calibrates; below 2: none"},
    {.name = "method",
     .type = FS_TYPE_TEXT,
     .fallback = "foresell",
     .choices = "foresell|mllib",
     .on_spark = "mllib",
     .doc =
         "who fits: foresell, where the rows of a group are together; mllib, Spark's MLlib, over "
         "rows that are too many for that: on Spark only"},
    {0}};

/* ---- workspace ---- */

/* One regressor: what texts it has, and its values as the kernel takes them, a row of the group each. */
typedef struct feature {
    fs_words words;
    double *number;
    int32_t *level;
    int64_t capacity;
} feature;

typedef struct workspace {
    const char *const *name; /* of the features; the binding's */
    int features;
    feature label; /* words and levels only */
    feature *feature;
    fs_learn_column *column;
    fs_logistic_settings settings;
    fs_logistic model;
} workspace;

static void feature_free(feature *f)
{
    fs_words_free(&f->words);
    fs_free(f->number);
    fs_free(f->level);
}

static void fit_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    for (int c = 0; w->feature && c < w->features; c++) feature_free(&w->feature[c]);
    feature_free(&w->label);
    fs_logistic_free(&w->model);
    fs_free(w->feature);
    fs_free(w->column);
    fs_free(w);
}

static fs_status fit_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->features = binding->columns - 2;
    w->name = binding->name + 2;
    w->feature = fs_alloc_zero((size_t)w->features, sizeof *w->feature);
    w->column = fs_alloc_zero((size_t)w->features, sizeof *w->column);
    if (!w->feature || !w->column) return fs_fail_memory(error, sizeof *w->feature);
    w->settings.knots = (int)fs_option_int(binding->options, "knots");
    w->settings.folds = (int)fs_option_int(binding->options, "folds");
    w->settings.penalty = fs_option_double(binding->options, "penalty");
    return FS_OK;
}

static fs_status feature_reserve(feature *f, int64_t rows, bool text)
{
    if (rows <= f->capacity) return FS_OK;
    void *more = text ? fs_realloc(f->level, (size_t)rows * sizeof *f->level)
                      : fs_realloc(f->number, (size_t)rows * sizeof *f->number);
    if (!more) return FS_MEMORY;
    if (text)
        f->level = more;
    else
        f->number = more;
    f->capacity = rows;
    return FS_OK;
}

/* ---- columns ---- */

/* Levels of rows `first` … of a column of texts, numbered by name; null: -1. */
static fs_status take_texts(feature *f, const fs_vector *v, int64_t first, int64_t rows)
{
    const int32_t *renumbered;
    fs_words_clear(&f->words);
    FS_TRY(feature_reserve(f, rows, true));
    for (int64_t i = 0; i < rows; i++) {
        const int64_t *offset = v->offset + first + i;
        f->level[i] = -1;
        if (v->valid && !v->valid[first + i]) continue;
        FS_TRY(fs_words_add(&f->words, v->bytes + offset[0], (size_t)(offset[1] - offset[0]),
                            &f->level[i]));
    }
    FS_TRY(fs_words_sort(&f->words, &renumbered));
    for (int64_t i = 0; i < rows; i++)
        if (f->level[i] >= 0) f->level[i] = renumbered[f->level[i]];
    return FS_OK;
}

static fs_status take_column(feature *f, const fs_vector *v, int64_t first, int64_t rows,
                             fs_learn_column *column)
{
    *column = (fs_learn_column){.valid = v->valid ? v->valid + first : NULL};
    if (v->offset) {
        FS_TRY(take_texts(f, v, first, rows));
        column->level = f->level;
        column->levels = f->words.count;
        return FS_OK;
    }
    if (v->number) {
        column->number = v->number + first;
        return FS_OK;
    }
    FS_TRY(feature_reserve(f, rows, false));
    for (int64_t i = 0; i < rows; i++) f->number[i] = (double)v->integer[first + i];
    column->number = f->number;
    return FS_OK;
}

static fs_status take_group(workspace *w, const fs_block *block, int64_t g, fs_error *error)
{
    int64_t first = block->start[g], rows = block->start[g + 1] - first;
    fs_status status = take_texts(&w->label, &block->column[1], first, rows);
    for (int c = 0; c < w->features && status == FS_OK; c++)
        status = take_column(&w->feature[c], &block->column[2 + c], first, rows, &w->column[c]);
    if (status == FS_DATA) return fs_fail(error, FS_DATA, "a column has too many different texts");
    return status == FS_OK ? FS_OK : fs_fail_memory(error, (size_t)rows * sizeof(double));
}

/* ---- results ---- */

static fs_status set_word(fs_rows *out, int column, int64_t row, const fs_words *words,
                          int32_t number)
{
    const int64_t *offset = words->offset + number;
    return fs_rows_set_text(out, column, row, words->bytes + offset[0],
                            (size_t)(offset[1] - offset[0]));
}

static fs_status set_term(const workspace *w, int k, int t, fs_rows *out, int64_t row)
{
    const fs_term *term = &w->model.term[t];
    const char *kind = fs_term_kind_name(term->kind);
    FS_TRY(set_word(out, CLASS, row, &w->label.words, k));
    FS_TRY(fs_rows_set_text(out, KIND, row, kind, strlen(kind)));
    fs_rows_set_number(out, COEFFICIENT, row, w->model.coefficient[k * w->model.terms + t]);
    fs_rows_set_integer(out, FITTED, row, w->model.rows);
    fs_rows_set_number(out, PENALTY, row, w->model.penalty);
    fs_rows_set_number(out, TEMPERATURE, row, w->model.temperature);
    if (term->column < 0) return FS_OK;
    const char *name = w->name[term->column];
    FS_TRY(fs_rows_set_text(out, FEATURE, row, name, strlen(name)));
    if (term->kind == FS_TERM_HINGE) fs_rows_set_number(out, KNOT, row, term->knot);
    if (term->kind != FS_TERM_LEVEL) return FS_OK;
    return set_word(out, LEVEL, row, &w->feature[term->column].words, term->level);
}

static fs_status too_many(fs_error *error, int32_t classes)
{
    fs_fail(error, FS_DATA, "operator fit_classifier: a group has %d classes, and %d are the most",
            (int)classes, FS_LOGISTIC_CLASSES);
    return fs_error_remedy(error, "put rare ones together into one class"), FS_DATA;
}

static fs_status fit_group(workspace *w, const fs_block *block, int64_t g, fs_rows *out,
                           fs_error *error)
{
    int64_t row = 0, rows = block->start[g + 1] - block->start[g];
    FS_TRY(take_group(w, block, g, error));
    int32_t classes = w->label.words.count;
    if (classes == 0) return FS_OK;
    if (classes > FS_LOGISTIC_CLASSES) return too_many(error, classes);
    FS_TRY(fs_logistic_fit(&w->model, &w->settings, w->column, w->features, w->label.level, classes,
                           rows, error));
    FS_TRY(fs_rows_extend(out, g, (int64_t)classes * w->model.terms, &row));
    for (int k = 0; k < classes; k++)
        for (int t = 0; t < w->model.terms; t++) FS_TRY(set_term(w, k, t, out, row++));
    return FS_OK;
}

static fs_status fit_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) FS_TRY(fit_group(pointer, block, g, out, error));
    return FS_OK;
}

const fs_operator fs_fit_classifier_operator = {
    .name = "fit_classifier",
    .summary = "Learns to tell classes from rows whose class is known.",
    .details =
        "Penalised multinomial logistic regression (Hastie, Tibshirani, Friedman 2009, sec. 4.4): "
        "of each class a score, the sum of coefficients times terms, whose softmax are the "
        "probabilities. A number gives itself and hinges at quantiles, where its effect may "
        "bend, and a mark where it is null; a text a term for each of its 30 most frequent "
        "levels. All terms are standardised, the mean log-loss plus the penalty is minimised by "
        "Newton's method, and coefficients are handed out for values as they came. The penalty "
        "is chosen from 1, 0.1 and 0.01 by cross-validation on 2,000 rows at most, whose folds "
        "are stretches of the order; its scores then give the temperature that calibrates (Guo "
        "et al. 2017).\n\n"
        "The result is the model as a table, which classify takes. 32 classes at most. Groups "
        "without a known class have no row.",
    .example = "foresell apply fit_classifier sales.csv --order line_id --label payment_method -o "
               "model.csv",
    .version = 1,
    .input = fit_input,
    .output = fit_output,
    .params = fit_params,
    .open = fit_open,
    .block = fit_block,
    .close = fit_close,
};
