/* The operator fit_uplift: from rows of an experiment to a model of whom the treatment changes.
 *
 * The model is a table of plain columns, of terms as fit_classifier gives them and of nodes of trees; what is known of the
 * model as a whole stands in each of its rows. Each arm has a model of its own, against the control.
 */
#include <stdio.h>
#include <string.h>

#include "arms.h"
#include "vector.h"

enum { ROW_IN, OUTCOME_IN, TREATMENT_IN, TREATED_IN, DECLARED };

static const fs_column fit_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which row it is: a number, a date or a time"},
    {.name = "outcome",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "what the treatment may change: yes or no, or a number; null: the row is not used"},
    {.name = "treatment",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "how the row was treated; null: the row is not used"},
    {.name = "treated",
     .type = FS_TYPE_BOOL,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "in the place of treatment: whether the row was treated"},
    {.name = "*",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc = "every further column is a feature, known before the treatment: numbers, yes or no, "
            "dates, texts"},
    {0}};

enum {
    ARM,
    KIND,
    FEATURE,
    LEVEL,
    KNOT,
    COEFFICIENT,
    TREE,
    NODE,
    BELOW,
    ABOVE,
    LIMIT,
    PIVOT,
    LEVEL_ERROR,
    SLOPE_ERROR,
    CONTROL,
    MODEL,
    TREATED,
    CONTROLS,
    QINI,
    AUUC,
    TREATMENT_AUC,
    TREATMENT_P,
    NOTE
};

static const fs_column fit_output[] = {
    {.name = "arm",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the treatment that is compared with the control; of treated: true"},
    {.name = "kind",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "a term's value: intercept 1; linear x; hinge max(0, x - knot); level 1 where the text "
            "is that one; missing 1 where the number is null; or a node of a tree: split, leaf"},
    {.name = "feature",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the column x; null for the intercept and a leaf"},
    {.name = "level", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "the text of a level"},
    {.name = "knot",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "where a hinge bends, or a number is split"},
    {.name = "coefficient",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "what the term's value counts in the uplift, for values as they came; of a leaf what "
            "it adds; null for a split"},
    {.name = "tree", .type = FS_TYPE_INT, .role = FS_ROLE_RESULT, .doc = "of a node"},
    {.name = "node",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "in its tree; 0: the root"},
    {.name = "below",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "the node for numbers at most the knot, or for the text of the level"},
    {.name = "above",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "the node for all other rows, null as well"},
    {.name = "bound",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "greatest outcome less the least: no uplift is beyond it"},
    {.name = "centre",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "the uplift whose standard error is least; null, as the next two: too few rows"},
    {.name = "level_error",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "the standard error there"},
    {.name = "slope_error",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "the standard error of an uplift's distance from the centre, as a share of it"},
    {.name = "control", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "which arm that is"},
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the one that was given or chosen"},
    {.name = "treated",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "rows",
     .doc = "of the arm, that were learnt from"},
    {.name = "controls",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "rows",
     .doc = "of the control, that were learnt from"},
    {.name = "qini",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "Qini coefficient on rows that were not learnt from, the mean over the folds; null: "
            "too few rows, or outcomes all alike"},
    {.name = "auuc",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "area under the uplift curve, of the same"},
    {.name = "treatment_auc",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "how often features foretell which of a treated and a control row is the treated: 0.5 "
            "where the treatment was random"},
    {.name = "treatment_p",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "the chance of so much where it was"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "a warning where the treatment was not random, or rows are too few to tell"},
    {0}};

static const fs_param fit_params[] = {
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = "auto|s|t|x|transform|tree",
     .doc = "the S-, T- or X-learner, the class transformation, a forest of uplift trees; auto: "
            "that with the greatest Qini coefficient in cross-validation"},
    {.name = "control", .type = FS_TYPE_TEXT, .fallback = "", .doc = FS_ARMS_CONTROL_DOC},
    {.name = "knots",
     .type = FS_TYPE_INT,
     .fallback = "2",
     .minimum = 0,
     .maximum = FS_LOGISTIC_KNOTS,
     .doc = "hinges of each feature of numbers, at quantiles"},
    {.name = "folds",
     .type = FS_TYPE_INT,
     .fallback = "5",
     .minimum = 0,
     .maximum = 50,
     .doc = "of the cross-validation that chooses, tests the treatment and calibrates; below 2: "
            "none, and auto is s"},
    {.name = "trees",
     .type = FS_TYPE_INT,
     .fallback = "50",
     .minimum = 1,
     .maximum = 1000,
     .doc = "of the forest"},
    {.name = "criterion",
     .type = FS_TYPE_TEXT,
     .fallback = "ed",
     .choices = "ed|kl|chi",
     .doc = "by which trees are split: squared Euclidean, Kullback-Leibler or chi-squared "
            "divergence; outcomes other than 0 and 1 have the first only"},
    {.name = "weigh",
     .type = FS_TYPE_BOOL,
     .fallback = "true",
     .doc = "whether rows are weighted by the inverse of their treatment's probability where "
            "features foretell it"},
    {.name = "seed",
     .type = FS_TYPE_INT,
     .fallback = "1",
     .minimum = 0,
     .maximum = 1000000000,
     .doc = "of the folds and trees"},
    {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_features features;
    fs_arms arms;
    fs_uplift_settings settings;
    fs_uplift model;
    char note[256];
} workspace;

static void fit_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_features_free(&w->features);
    fs_arms_free(&w->arms);
    fs_uplift_free(&w->model);
    fs_free(w);
}

static void take_settings(fs_uplift_settings *s, const fs_options *options)
{
    const char *model = fs_option_text(options, "model");
    const char *criterion = fs_option_text(options, "criterion");
    s->model = FS_UPLIFT_AUTO;
    while (strcmp(fs_uplift_model_name(s->model), model) != 0) s->model++;
    s->criterion = strcmp(criterion, "ed") == 0   ? FS_UPLIFT_ED
                   : strcmp(criterion, "kl") == 0 ? FS_UPLIFT_KL
                                                  : FS_UPLIFT_CHI;
    s->knots = (int)fs_option_int(options, "knots");
    s->folds = (int)fs_option_int(options, "folds");
    s->trees = (int)fs_option_int(options, "trees");
    s->weigh = fs_option_bool(options, "weigh");
    s->seed = (uint64_t)fs_option_int(options, "seed");
}

static fs_status fit_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    take_settings(&w->settings, binding->options);
    FS_TRY(fs_features_open(&w->features, binding, DECLARED, error));
    return fs_arms_open(&w->arms, "fit_uplift", binding, TREATMENT_IN, TREATED_IN, error);
}

/* ---- results ---- */

/* The gravest first. */
static void write_note(workspace *w)
{
    const fs_uplift *m = &w->model;
    w->note[0] = 0;
    if (!m->tested)
        snprintf(w->note, sizeof w->note,
                 "too few rows to tell whether the treatment was random, or how good the model is");
    else if (m->treatment_p < FS_UPLIFT_NOT_BY_CHANCE && m->overlap < 0.5)
        snprintf(w->note, sizeof w->note,
                 "treatment was not random: features all but tell it (AUC %.2f), and hardly a row "
                 "has its like in the other arm; do not trust the uplift",
                 m->treatment_auc);
    else if (m->treatment_p < FS_UPLIFT_NOT_BY_CHANCE)
        snprintf(w->note, sizeof w->note,
                 "treatment was not random: features foretell it (AUC %.2f, p < %g); rows are %s",
                 m->treatment_auc, FS_UPLIFT_NOT_BY_CHANCE,
                 m->weighted ? "weighted by the inverse of its probability, which cannot mend what "
                               "no feature tells"
                             : "not weighted, and the uplift is in part their difference");
}

/* What each row of the model says of it. */
static fs_status set_model(const workspace *w, int32_t arm, fs_rows *out, int64_t row)
{
    const fs_uplift *m = &w->model;
    size_t bytes, control_bytes;
    const char *name = fs_arms_name(&w->arms, arm, &bytes);
    const char *control = fs_arms_name(&w->arms, -1, &control_bytes);
    FS_TRY(fs_rows_set_text(out, ARM, row, name, bytes));
    FS_TRY(fs_rows_set_text(out, CONTROL, row, control, control_bytes));
    FS_TRY(fs_rows_set_string(out, MODEL, row, fs_uplift_model_name(m->model)));
    fs_rows_set_number(out, LIMIT, row, m->limit);
    fs_rows_set_integer(out, TREATED, row, m->treated);
    fs_rows_set_integer(out, CONTROLS, row, m->control);
    if (m->calibrated) {
        fs_rows_set_number(out, PIVOT, row, m->pivot);
        fs_rows_set_number(out, LEVEL_ERROR, row, m->level_error);
        fs_rows_set_number(out, SLOPE_ERROR, row, m->slope_error);
    }
    if (m->judged) {
        fs_rows_set_number(out, QINI, row, m->qini);
        fs_rows_set_number(out, AUUC, row, m->auuc);
    }
    if (m->tested) {
        fs_rows_set_number(out, TREATMENT_AUC, row, m->treatment_auc);
        fs_rows_set_number(out, TREATMENT_P, row, m->treatment_p);
    }
    return w->note[0] ? fs_rows_set_string(out, NOTE, row, w->note) : FS_OK;
}

static fs_status set_term(const workspace *w, int t, fs_rows *out, int64_t row)
{
    const fs_term *term = &w->model.term[t];
    FS_TRY(fs_rows_set_string(out, KIND, row, fs_term_kind_name(term->kind)));
    fs_rows_set_number(out, COEFFICIENT, row, w->model.coefficient[t]);
    if (term->column < 0) return FS_OK;
    FS_TRY(fs_rows_set_string(out, FEATURE, row, w->features.name[term->column]));
    if (term->kind == FS_TERM_HINGE) fs_rows_set_number(out, KNOT, row, term->knot);
    if (term->kind != FS_TERM_LEVEL) return FS_OK;
    return fs_rows_set_word(out, LEVEL, row, &w->features.feature[term->column].words, term->level);
}

static fs_status set_node(const workspace *w, const fs_uplift_node *node, fs_rows *out, int64_t row)
{
    FS_TRY(fs_rows_set_string(out, KIND, row, node->below < 0 ? "leaf" : "split"));
    fs_rows_set_integer(out, TREE, row, node->tree);
    fs_rows_set_integer(out, NODE, row, node->node);
    if (node->below < 0) {
        fs_rows_set_number(out, COEFFICIENT, row, node->value);
        return FS_OK;
    }
    fs_rows_set_integer(out, BELOW, row, node->below);
    fs_rows_set_integer(out, ABOVE, row, node->above);
    FS_TRY(fs_rows_set_string(out, FEATURE, row, w->features.name[node->column]));
    if (!w->features.column[node->column].number)
        return fs_rows_set_word(out, LEVEL, row, &w->features.feature[node->column].words,
                                node->level);
    fs_rows_set_number(out, KNOT, row, node->knot);
    return FS_OK;
}

static fs_status fit_arm(workspace *w, const fs_block *block, int64_t g, int32_t arm, fs_rows *out,
                         fs_error *error)
{
    int64_t row = 0, first = block->start[g], rows = block->start[g + 1] - first;
    const fs_vector *outcome = &block->column[OUTCOME_IN];
    fs_arms_against(&w->arms, arm, outcome, first, rows);
    FS_TRY(fs_uplift_fit(&w->model, &w->settings, w->features.column, w->features.count,
                         w->arms.arm, outcome->number + first, rows, error));
    write_note(w);
    FS_TRY(fs_rows_extend(out, g, w->model.terms + w->model.nodes, &row));
    for (int t = 0; t < w->model.terms; t++) {
        FS_TRY(set_model(w, arm, out, row));
        FS_TRY(set_term(w, t, out, row++));
    }
    for (int64_t n = 0; n < w->model.nodes; n++) {
        FS_TRY(set_model(w, arm, out, row));
        FS_TRY(set_node(w, &w->model.node[n], out, row++));
    }
    return FS_OK;
}

static fs_status fit_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        FS_TRY(fs_arms_take(&w->arms, block, g, TREATMENT_IN, TREATED_IN, error));
        if (w->arms.count == 0) continue;
        FS_TRY(fs_features_take(&w->features, block, g, error));
        for (int32_t a = 0; a < w->arms.count; a++) FS_TRY(fit_arm(w, block, g, a, out, error));
    }
    return FS_OK;
}

const fs_operator fs_fit_uplift_operator = {
    .name = "fit_uplift",
    .summary = "Learns from an experiment whom a treatment changes.",
    .details =
        "The uplift of a row is how much more of the outcome it has treated than not treated. "
        "Ridge regressions of the S-, T- and X-learner (Künzel, Sekhon, Bickel, Yu 2019), with "
        "the treatment's products with all terms in S; the class transformation (Jaskowski, "
        "Jaroszewicz 2012) in its form for any outcome and any share of treated; a forest of "
        "honest uplift trees (Rzepakowski, Jaroszewicz 2012; Athey, Imbens 2016). Features become "
        "terms as in fit_classifier. On 50,000 rows at most, each fold is foretold from the others "
        "by each learner with the penalties 1, 0.1 and 0.01 and by the forest; auto takes what has "
        "the greatest Qini coefficient (Radcliffe 2007), the mean over the folds. qini is that of "
        "the best of thirteen, so a little too high; uplift_curve on rows kept apart says what it "
        "is worth. What is foretold so is then put on the line that fits the folds best "
        "(Chernozhukov, Demirer, Duflo, Fernández-Val 2018): where scores tell nothing all rows "
        "have the mean uplift.\n\n"
        "Only an experiment tells what a treatment does. Where features foretell the treatment of "
        "rows that were not learnt from (Mann and Whitney's test, p < 0.01), it was not random: "
        "note says so, and rows are weighted by the inverse of its probability, at most tenfold. "
        "What no feature tells stays in the uplift. A column that is made of the treatment, or "
        "came after it, is no feature.\n\n"
        "The result is the model as a table, which uplift takes: of each arm against the control "
        "its terms and the nodes of its trees. A group without a treated row or without a control "
        "has "
        "no row.",
    .example = "foresell apply fit_uplift sales.csv --order line_id --outcome quantity --treatment "
               "payment_method --control cash -o model.csv",
    .version = 1,
    .input = fit_input,
    .output = fit_output,
    .params = fit_params,
    .open = fit_open,
    .block = fit_block,
    .close = fit_close,
};
