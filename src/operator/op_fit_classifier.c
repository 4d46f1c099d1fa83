/* The operator fit_classifier: from rows with a known class to a model, a row for each class and term, and for each node of a tree.
 *
 * A model is a table of plain columns, not a blob: people can read it, engines can compare it, a step can put it before the
 * rows that classify is to score. Texts become numbers by fs_words, in the order of their names, so that what the model is
 * does not depend on which came first.
 */
#include <stdio.h>
#include <string.h>

#include "feature_column.h"
#include "vector.h"

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

enum { CLASS, KIND, FEATURE, LEVEL, KNOT, COEFFICIENT, FITTED, PENALTY, TEMPERATURE, MEAN, NOTE };

static const fs_column fit_output[] = {
    {.name = "class", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "a class that was seen"},
    {.name = "kind",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the term's value: intercept 1; linear x; hinge max(0, x - knot); level 1 where the "
            "text is that one; missing 1 where the number is null. Of trees: split T N, node N of "
            "tree T, whose condition is that the number is above the knot, or the text the level, "
            "or, without either, that it is not null; leaf T N. Node 1 is the root, from node N it "
            "goes on to 2 N, or to 2 N + 1 where the condition holds"},
    {.name = "feature",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the column x; null for the intercept and for leaves"},
    {.name = "level",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the text of a level, or of a split"},
    {.name = "knot",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "where a hinge bends, or a split cuts"},
    {.name = "coefficient",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "what the term's value counts in the score of the class, for values as they came; of a "
            "leaf, what it adds to the score; of a split, the share of the fitted rows at the node "
            "for which the condition holds"},
    {.name = "fitted",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "rows",
     .doc = "rows of the group with a known class"},
    {.name = "penalty",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "that was given or chosen; 0 where there is no logistic part"},
    {.name = "temperature",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "factor that calibrates the scores, of trees that of the trees; it is in the "
            "coefficients"},
    {.name = "mean",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "of the term's value over the fitted rows; null for trees"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc =
         "of an intercept: what makes the model doubtful, such as a feature that alone tells the "
         "class all but surely, as it does if it is known only afterwards"},
    {0}};

static const fs_param fit_params[] = {
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = "auto|logistic|trees|both",
     .doc = "logistic: logistic regression; trees: gradient-boosted trees; both: the sum of their "
            "scores, each by a factor; auto: whichever foretells rows left out best"},
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
     .doc = "of the cross-validation that chooses the penalty, ends the boosting, weighs and "
            "calibrates; below 2: none, and no trees"},
    {.name = "method",
     .type = FS_TYPE_TEXT,
     .fallback = "foresell",
     .choices = "foresell|mllib",
     .on_spark = "mllib",
     .doc =
         "who fits: foresell, where the rows of a group are together; mllib, Spark's MLlib, over "
         "rows that are too many for that: on Spark only, and logistic regression only"},
    {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_feature label; /* words and levels only */
    fs_features features;
    fs_classifier_settings settings;
    fs_classifier fitted;
} workspace;

static void fit_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_features_free(&w->features);
    fs_feature_free(&w->label);
    fs_classifier_free(&w->fitted);
    fs_free(w);
}

static fs_classifier_kind kind_of(const char *name)
{
    fs_classifier_kind kind = FS_CLASSIFIER_AUTO;
    while (kind < FS_CLASSIFIER_BOTH && strcmp(name, fs_classifier_kind_name(kind)) != 0) kind++;
    return kind;
}

static fs_status fit_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->settings.kind = kind_of(fs_option_text(binding->options, "model"));
    w->settings.logistic.knots = (int)fs_option_int(binding->options, "knots");
    w->settings.logistic.folds = (int)fs_option_int(binding->options, "folds");
    w->settings.logistic.penalty = fs_option_double(binding->options, "penalty");
    return fs_features_open(&w->features, binding, 2, error);
}

static fs_status take_group(workspace *w, const fs_block *block, int64_t g, fs_error *error)
{
    int64_t first = block->start[g], rows = block->start[g + 1] - first;
    fs_learn_column label;
    fs_status status = fs_feature_take(&w->label, &block->column[1], first, rows, &label);
    if (status != FS_OK) return fs_feature_fail(status, block->column[1].name, rows, error);
    return fs_features_take(&w->features, block, g, error);
}

/* ---- results ---- */

static fs_status set_name(const workspace *w, fs_rows *out, int64_t row, int column)
{
    return fs_rows_set_string(out, FEATURE, row, w->features.name[column]);
}

/* What all rows of a class have; part: 0 the logistic one, 1 trees. */
static fs_status set_common(const workspace *w, int32_t class, int part, fs_rows *out, int64_t row)
{
    const fs_classifier *c = &w->fitted;
    fs_rows_set_integer(out, FITTED, row, c->rows);
    fs_rows_set_number(out, PENALTY, row, c->penalty);
    fs_rows_set_number(out, TEMPERATURE, row, c->factor[part] > 0 ? c->factor[part] : c->factor[1]);
    return fs_rows_set_word(out, CLASS, row, &w->label.words, class);
}

static fs_status set_note(const workspace *w, fs_rows *out, int64_t row)
{
    char note[256];
    const fs_classifier *c = &w->fitted;
    if (c->telltale < 0) return FS_OK;
    snprintf(note, sizeof note,
             "%.120s alone tells a class (area under the ROC curve %.4f in rows left out): is it "
             "known beforehand?",
             w->features.name[c->telltale], c->telltale_auc);
    return fs_rows_set_string(out, NOTE, row, note);
}

static fs_status set_term(const workspace *w, const fs_class_term *one, fs_rows *out, int64_t row)
{
    const fs_term *term = &one->term;
    const char *kind = fs_term_kind_name(term->kind);
    FS_TRY(set_common(w, one->class, 0, out, row));
    FS_TRY(fs_rows_set_string(out, KIND, row, kind));
    fs_rows_set_number(out, COEFFICIENT, row, one->coefficient);
    fs_rows_set_number(out, MEAN, row, one->mean);
    if (term->column < 0) return set_note(w, out, row);
    FS_TRY(set_name(w, out, row, term->column));
    if (term->kind == FS_TERM_HINGE) fs_rows_set_number(out, KNOT, row, term->knot);
    if (term->kind != FS_TERM_LEVEL) return FS_OK;
    return fs_rows_set_word(out, LEVEL, row, &w->features.feature[term->column].words, term->level);
}

static fs_status set_node(const workspace *w, int64_t t, int n, fs_rows *out, int64_t row)
{
    char kind[40];
    const fs_tree *tree = &w->fitted.model.tree[t];
    const fs_tree_node *node = &tree->node[n];
    bool leaf = node->column < 0;
    snprintf(kind, sizeof kind, "%s %lld %d", leaf ? "leaf" : "split", (long long)t + 1, n);
    FS_TRY(set_common(w, tree->class, 1, out, row));
    FS_TRY(fs_rows_set_string(out, KIND, row, kind));
    fs_rows_set_number(out, COEFFICIENT, row, leaf ? node->value : node->share);
    if (leaf) return FS_OK;
    FS_TRY(set_name(w, out, row, node->column));
    if (node->bare) return FS_OK;
    if (!w->features.column[node->column].number)
        return fs_rows_set_word(out, LEVEL, row, &w->features.feature[node->column].words,
                                node->level);
    fs_rows_set_number(out, KNOT, row, node->knot);
    return FS_OK;
}

static bool is_there(const fs_tree *tree, int n) { return n == 1 || tree->node[n / 2].column >= 0; }

static fs_status set_trees(const workspace *w, int64_t g, fs_rows *out)
{
    for (int64_t t = 0; t < w->fitted.model.trees; t++) {
        const fs_tree *tree = &w->fitted.model.tree[t];
        int64_t nodes = 0, row;
        for (int n = 1; n < FS_TREE_NODES; n++) nodes += is_there(tree, n);
        FS_TRY(fs_rows_extend(out, g, nodes, &row));
        for (int n = 1; n < FS_TREE_NODES; n++)
            if (is_there(tree, n)) FS_TRY(set_node(w, t, n, out, row++));
    }
    return FS_OK;
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
    FS_TRY(fs_classifier_fit(&w->fitted, &w->settings, w->features.column, w->features.count,
                             w->label.level, classes, rows, error));
    const fs_class_model *model = &w->fitted.model;
    FS_TRY(fs_rows_extend(out, g, model->terms, &row));
    for (int64_t t = 0; t < model->terms; t++) FS_TRY(set_term(w, &model->term[t], out, row++));
    return set_trees(w, g, out);
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
        "Two methods, and by default what is best of them: of each class a score, whose softmax "
        "are the probabilities.\n\n"
        "Penalised multinomial logistic regression (Hastie, Tibshirani, Friedman 2009, sec. 4.4): "
        "the score is the sum of coefficients times terms. A number gives itself and hinges at "
        "quantiles, where its effect may "
        "bend, and a mark where it is null; a text a term for each of its 30 most frequent "
        "levels. All terms are standardised, the mean log-loss plus the penalty is minimised by "
        "Newton's method, and coefficients are handed out for values as they came. The penalty "
        "is chosen from 1, 0.1 and 0.01 by cross-validation on 2,000 rows at most, whose folds "
        "are stretches of the order; its scores then give the temperature that calibrates (Guo "
        "et al. 2017).\n\n"
        "Gradient-boosted trees (Friedman 2001, 2002; Chen, Guestrin 2016): the score is the sum "
        "of "
        "the leaves of trees of at most three splits deep, each fitted to half of the rows and "
        "columns and to what the trees before it left unexplained, and shrunk to a fortieth. "
        "Numbers are cut at 62 quantiles at most, texts at their 30 most frequent levels. The "
        "boosting ends where the log-loss of rows left out, of 20,000 at most, was least.\n\n"
        "Both: the sum of the two scores by factors under which the log-loss of those rows is "
        "least (stacking: Breiman 1996), which calibrates as well. auto takes both where that is "
        "better than either by more than 1 in log-likelihood (Akaike 1974), else the better one; "
        "with fewer than 20 rows a fold the logistic regression.\n\n"
        "The result is the model as a table, which classify takes. 32 classes at most. Groups "
        "without a known class have no row.",
    .example = "foresell apply fit_classifier sales.csv --order line_id --label payment_method -o "
               "model.csv",
    .version = 2,
    .input = fit_input,
    .output = fit_output,
    .params = fit_params,
    .open = fit_open,
    .block = fit_block,
    .close = fit_close,
};
