/* The operator uplift_curve: what targeting rows in the order of a score would have gained, on an experiment. */
#include "arms.h"

enum { ROW_IN, SCORE_IN, OUTCOME_IN, TREATMENT_IN, TREATED_IN };

static const fs_column curve_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which row it is: a number, a date or a time"},
    {.name = "score",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "the highest is targeted first; null: the row does not count"},
    {.name = "outcome",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "yes or no, or a number; null: the row does not count"},
    {.name = "treatment",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "how the row was treated; null: the row does not count"},
    {.name = "treated",
     .type = FS_TYPE_BOOL,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "in the place of treatment: whether the row was treated"},
    {0}};

enum {
    ARM,
    SHARE,
    ROWS,
    TREATED,
    CONTROLS,
    UPLIFT,
    BY_GROUP,
    GAINED,
    RANDOM,
    UPLIFT_GAINED,
    QINI,
    AUUC
};

static const fs_column curve_output[] = {
    {.name = "arm",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the treatment that is compared with the control; of treated: true"},
    {.name = "share",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "of the rows that are targeted"},
    {.name = "rows",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "rows",
     .doc = "that are targeted"},
    {.name = "treated",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "rows",
     .doc = "of the arm among them"},
    {.name = "controls",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "rows",
     .doc = "of the control among them"},
    {.name = "uplift",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "as the outcome",
     .doc = "mean outcome of those treated less that of those controls; null: one has no row"},
    {.name = "uplift_by_group",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "as the outcome",
     .doc = "the same of the first share of each by itself"},
    {.name = "gained",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "as the outcome",
     .doc = "the Qini curve: outcomes that those treated have more than as many controls"},
    {.name = "random",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "as the outcome",
     .doc = "what a random choice of as many would gain"},
    {.name = "uplift_gained",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "as the outcome",
     .doc = "the uplift curve: uplift times rows, what treating them all gains"},
    {.name = "qini",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "of all: area between gained and random, over that of the best order; null where no "
            "order gains anything"},
    {.name = "auuc",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "of all: the same of the uplift curve"},
    {0}};

static const fs_param curve_params[] = {
    {.name = "points",
     .type = FS_TYPE_INT,
     .fallback = "10",
     .minimum = 1,
     .maximum = 1000,
     .doc = "of the curve, at even shares up to all rows"},
    {.name = "control", .type = FS_TYPE_TEXT, .fallback = "", .doc = FS_ARMS_CONTROL_DOC},
    {0}};

typedef struct workspace {
    fs_arms arms;
    fs_qini qini;
    int points;
} workspace;

static void curve_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_arms_free(&w->arms);
    fs_qini_free(&w->qini);
    fs_free(w);
}

static fs_status curve_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->points = (int)fs_option_int(binding->options, "points");
    return fs_arms_open(&w->arms, "uplift_curve", binding, TREATMENT_IN, TREATED_IN, error);
}

static fs_status set_point(const workspace *w, int32_t arm, double share, fs_rows *out, int64_t row)
{
    size_t bytes;
    const char *name = fs_arms_name(&w->arms, arm, &bytes);
    fs_qini_point p = fs_qini_at(&w->qini, share);
    fs_rows_set_number(out, SHARE, row, share);
    fs_rows_set_integer(out, ROWS, row, p.rows);
    fs_rows_set_integer(out, TREATED, row, p.treated);
    fs_rows_set_integer(out, CONTROLS, row, p.control);
    if (p.known) fs_rows_set_number(out, UPLIFT, row, p.uplift);
    if (p.known_by_group) fs_rows_set_number(out, BY_GROUP, row, p.by_group);
    fs_rows_set_number(out, GAINED, row, p.gained);
    fs_rows_set_number(out, RANDOM, row, w->qini.gained * ((double)p.rows / (double)w->qini.rows));
    fs_rows_set_number(out, UPLIFT_GAINED, row, p.uplift_gained);
    if (w->qini.known) fs_rows_set_number(out, QINI, row, w->qini.qini);
    if (w->qini.known) fs_rows_set_number(out, AUUC, row, w->qini.auuc);
    return fs_rows_set_text(out, ARM, row, name, bytes);
}

static fs_status curve_arm(workspace *w, const fs_block *block, int64_t g, int32_t arm,
                           fs_rows *out, fs_error *error)
{
    int64_t row = 0, first = block->start[g], rows = block->start[g + 1] - first;
    const fs_vector *score = &block->column[SCORE_IN], *outcome = &block->column[OUTCOME_IN];
    fs_arms_against(&w->arms, arm, outcome, first, rows);
    for (int64_t i = 0; score->valid && i < rows; i++)
        if (!score->valid[first + i]) w->arms.arm[i] = -1;
    if (fs_qini_measure(&w->qini, score->number + first, w->arms.arm, outcome->number + first, NULL,
                        rows) != FS_OK)
        return fs_fail_memory(error, (size_t)rows * 32);
    if (w->qini.treated == 0 || w->qini.control == 0) return FS_OK;
    FS_TRY(fs_rows_extend(out, g, w->points, &row));
    for (int k = 1; k <= w->points; k++)
        FS_TRY(set_point(w, arm, (double)k / w->points, out, row++));
    return FS_OK;
}

static fs_status curve_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        FS_TRY(fs_arms_take(&w->arms, block, g, TREATMENT_IN, TREATED_IN, error));
        for (int32_t a = 0; a < w->arms.count; a++) FS_TRY(curve_arm(w, block, g, a, out, error));
    }
    return FS_OK;
}

const fs_operator fs_uplift_curve_operator = {
    .name = "uplift_curve",
    .summary = "Says what targeting rows in the order of a score would have gained.",
    .details =
        "On rows of an experiment, which the score should not be learnt from: the Qini curve "
        "(Radcliffe 2007) and the uplift curve, by the share of rows that is targeted, against a "
        "random choice; and the areas under them, over those of the best order that outcomes "
        "allow, as "
        "scikit-uplift defines them: qini_auc_score, uplift_auc_score, and uplift_at_k by both of "
        "its strategies. "
        "Rows of equal score are one step of the areas; at a point within them those that "
        "come later stand first. Each arm is compared with the control by itself; with several, "
        "uplift's rows of one arm are what to give.\n\n"
        "A group without a treated row or without a control has no row.",
    .example = "foresell apply uplift_curve sales.csv --order line_id --score unit_price --outcome "
               "quantity "
               "--treatment payment_method --control cash",
    .version = 1,
    .input = curve_input,
    .output = curve_output,
    .params = curve_params,
    .open = curve_open,
    .block = curve_block,
    .close = curve_close,
};
