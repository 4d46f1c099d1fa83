/* The operator uplift: by how much each arm of a treatment changes each row, by a model of fit_uplift.
 *
 * As of classify, a group holds the rows of its model, those whose arm is not null, and the rows to be scored, put together by
 * UNION ALL. Terms are added up, and a tree is gone down by the numbers of its nodes; a model that people have changed
 * by hand can hold anything, so a node that is not there ends its tree.
 */
#include <math.h>
#include <stdlib.h>

#include "foresell/numeric.h"
#include "vector.h"

enum {
    ROW_IN,
    ARM_IN,
    KIND_IN,
    FEATURE_IN,
    LEVEL_IN,
    KNOT_IN,
    COEFFICIENT_IN,
    TREE_IN,
    NODE_IN,
    BELOW_IN,
    ABOVE_IN,
    LIMIT_IN,
    PIVOT_IN,
    LEVEL_ERROR_IN,
    SLOPE_ERROR_IN,
    DECLARED
};

#define OF_MODEL(called, of, says)                                                                 \
    {                                                                                              \
        .name = (called), .type = (of), .role = FS_ROLE_VALUE, .optional = true, .doc = (says)     \
    }

static const fs_column uplift_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which row it is: a number, a date or a time; give rows of a model numbers below those "
            "of rows to score"},
    OF_MODEL("arm", FS_TYPE_TEXT, "of a row of the model; null: the row is to be scored"),
    OF_MODEL("kind", FS_TYPE_TEXT, "of the model's term or node, as fit_uplift gives it"),
    OF_MODEL("feature", FS_TYPE_TEXT, "the name of its column"),
    OF_MODEL("level", FS_TYPE_TEXT, "of the model"),
    OF_MODEL("knot", FS_TYPE_DOUBLE, "of the model"),
    OF_MODEL("coefficient", FS_TYPE_DOUBLE, "of the model; null: it adds nothing"),
    OF_MODEL("tree", FS_TYPE_INT, "of the model's node"),
    OF_MODEL("node", FS_TYPE_INT, "its number in the tree"),
    OF_MODEL("below", FS_TYPE_INT, "of a split: a node further on"),
    OF_MODEL("above", FS_TYPE_INT, "of a split: a node further on"),
    OF_MODEL("bound", FS_TYPE_DOUBLE, "of the model; null: none"),
    OF_MODEL("centre", FS_TYPE_DOUBLE, "of the model; null, as the next two: no low and high"),
    OF_MODEL("level_error", FS_TYPE_DOUBLE, "of the model"),
    OF_MODEL("slope_error", FS_TYPE_DOUBLE, "of the model"),
    {.name = "*",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc = "the features; one that the model does not know adds nothing, nor does a level"},
    {0}};

enum { ROW, ARM, UPLIFT, LOW, HIGH };

static const fs_column uplift_output[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "of the row that is scored"},
    {.name = "arm", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "each of the model's"},
    {.name = "uplift",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "as the outcome",
     .doc = "how much more of the outcome the row has when treated so"},
    {.name = "low",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "as the outcome",
     .doc = "between low and high lies the mean uplift of rows that score like this one, with the "
            "probability `interval`; the row's own may lie elsewhere"},
    {.name = "high",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "as the outcome",
     .doc = "as low; both are null where the model could not tell"},
    {0}};

static const fs_param uplift_params[] = {{.name = "interval",
                                          .type = FS_TYPE_DOUBLE,
                                          .fallback = "0.9",
                                          .minimum = 0.01,
                                          .maximum = 0.999,
                                          .doc = "probability of low to high"},
                                         {0}};

/* ---- workspace ---- */

enum { SPLIT = FS_TERM_MISSING + 1, LEAF, UNKNOWN };

/* A term or a node. */
typedef struct part {
    int kind;    /* fs_term_kind, SPLIT or LEAF */
    int column;  /* of the block; where there is none 0, of a split that names none -1 */
    int64_t row; /* of the block: where the level stands */
    int32_t arm; /* number of its arm */
    int64_t tree, node, below,
        above; /* numbers as they are given; then below and above are places, -1: none */
    double knot, coefficient;
} part;

typedef struct arm {
    int64_t first, terms, nodes; /* its parts, terms first; nodes by tree and number */
    int64_t row;                 /* of the block: what is said of the model */
} arm;

typedef struct workspace {
    const char *const *name;
    int columns;
    double width; /* standard errors from the middle to low and high */
    fs_words arms;
    part *part;
    int64_t parts, capacity;
    arm *arm;
    int32_t arm_capacity;
} workspace;

static void uplift_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_words_free(&w->arms);
    fs_free(w->part);
    fs_free(w->arm);
    fs_free(w);
}

static fs_status uplift_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->name = binding->name;
    w->columns = binding->columns;
    w->width = fs_normal_quantile((1 + fs_option_double(binding->options, "interval")) / 2);
    return FS_OK;
}

static fs_status reserve(workspace *w)
{
    if (w->parts < w->capacity) return FS_OK;
    int64_t most = w->capacity > 0 ? 2 * w->capacity : 64;
    part *more = fs_realloc(w->part, (size_t)most * sizeof *more);
    if (!more) return FS_MEMORY;
    w->part = more;
    w->capacity = most;
    return FS_OK;
}

static fs_status reserve_arms(workspace *w)
{
    if (w->arms.count <= w->arm_capacity) return FS_OK;
    arm *more = fs_realloc(w->arm, (size_t)w->arms.count * sizeof *more);
    if (!more) return FS_MEMORY;
    w->arm = more;
    w->arm_capacity = w->arms.count;
    return FS_OK;
}

/* ---- the model ---- */

static int kind_of(const fs_block *block, int64_t row)
{
    const fs_vector *kind = &block->column[KIND_IN];
    for (int k = FS_TERM_INTERCEPT; k <= FS_TERM_MISSING; k++)
        if (fs_vector_is(kind, row, fs_term_kind_name((fs_term_kind)k))) return k;
    return fs_vector_is(kind, row, "split")  ? SPLIT
           : fs_vector_is(kind, row, "leaf") ? LEAF
                                             : UNKNOWN;
}

static double number_of(const fs_block *block, int column, int64_t row)
{
    return fs_vector_known(&block->column[column], row) ? block->column[column].number[row] : 0;
}

static int64_t whole_of(const fs_block *block, int column, int64_t row)
{
    return fs_vector_known(&block->column[column], row) ? block->column[column].integer[row] : -1;
}

/* Column of the block that a row of the model names; -1: none, or not of the part's type. */
static int column_of(const workspace *w, const fs_block *block, const part *p)
{
    bool of_text = p->kind == FS_TERM_LEVEL ||
                   (p->kind == SPLIT && !fs_vector_known(&block->column[KNOT_IN], p->row));
    if (p->kind == FS_TERM_INTERCEPT || p->kind == LEAF) return 0;
    for (int c = DECLARED; c < w->columns; c++)
        if (fs_vector_is(&block->column[FEATURE_IN], p->row, w->name[c]))
            return (block->column[c].offset != NULL) == of_text ? c : -1;
    return -1;
}

/* Whether a row of the model says all that its kind needs. */
static bool is_whole(const fs_block *block, const part *p)
{
    bool level = fs_vector_known(&block->column[LEVEL_IN], p->row);
    bool knot = fs_vector_known(&block->column[KNOT_IN], p->row);
    bool counts = fs_vector_known(&block->column[COEFFICIENT_IN], p->row);
    switch (p->kind) {
    case UNKNOWN: return false;
    case SPLIT: return knot || level; /* of a column that is not there all rows go above */
    case LEAF: return counts;
    case FS_TERM_HINGE: return knot && counts && p->column >= 0;
    case FS_TERM_LEVEL: return level && counts && p->column >= 0;
    default: return counts && p->column >= 0;
    }
}

static fs_status add_part(workspace *w, const fs_block *block, int64_t row)
{
    size_t bytes;
    const char *name = fs_vector_text(&block->column[ARM_IN], row, &bytes);
    part p = {.row = row, .kind = kind_of(block, row)};
    FS_TRY(fs_words_add(&w->arms, name, bytes, &p.arm));
    p.column = column_of(w, block, &p);
    if (!is_whole(block, &p)) return FS_OK;
    p.knot = number_of(block, KNOT_IN, row);
    p.coefficient = number_of(block, COEFFICIENT_IN, row);
    p.tree = whole_of(block, TREE_IN, row);
    p.node = whole_of(block, NODE_IN, row);
    p.below = whole_of(block, BELOW_IN, row);
    p.above = whole_of(block, ABOVE_IN, row);
    FS_TRY(reserve(w));
    w->part[w->parts++] = p;
    return FS_OK;
}

/* By arm; terms before nodes, in their order; nodes by tree and number. */
static int compare(const void *left, const void *right)
{
    const part *a = left, *b = right;
    bool a_node = a->kind >= SPLIT, b_node = b->kind >= SPLIT;
    if (a->arm != b->arm) return a->arm < b->arm ? -1 : 1;
    if (a_node != b_node) return a_node ? 1 : -1;
    if (a_node && a->tree != b->tree) return a->tree < b->tree ? -1 : 1;
    if (a_node && a->node != b->node) return a->node < b->node ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* Where a node stands, further on than `from`, which it must: so a tree always ends. */
static int64_t place_of(const workspace *w, int64_t from, int64_t to, int64_t node)
{
    int64_t low = from + 1, high = to;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        const part *p = &w->part[middle];
        if (p->tree < w->part[from].tree || (p->tree == w->part[from].tree && p->node < node))
            low = middle + 1;
        else
            high = middle;
    }
    bool there = low < to && w->part[low].tree == w->part[from].tree && w->part[low].node == node;
    return there ? low : -1;
}

static void set_arms(workspace *w)
{
    for (int32_t a = 0; a < w->arms.count; a++) w->arm[a] = (arm){.row = -1};
    for (int64_t i = 0; i < w->parts; i++) {
        arm *own = &w->arm[w->part[i].arm];
        if (own->row < 0) *own = (arm){.first = i, .row = w->part[i].row};
        if (w->part[i].kind < SPLIT)
            own->terms++;
        else
            own->nodes++;
    }
    for (int32_t a = 0; a < w->arms.count; a++) {
        int64_t from = w->arm[a].first + w->arm[a].terms, to = from + w->arm[a].nodes;
        for (int64_t i = from; i < to; i++) {
            w->part[i].below = place_of(w, i, to, w->part[i].below);
            w->part[i].above = place_of(w, i, to, w->part[i].above);
        }
    }
}

static fs_status take_model(workspace *w, const fs_block *block, int64_t from, int64_t to)
{
    const int32_t *renumbered;
    w->parts = 0;
    fs_words_clear(&w->arms);
    for (int64_t i = from; i < to; i++)
        if (fs_vector_known(&block->column[ARM_IN], i)) FS_TRY(add_part(w, block, i));
    FS_TRY(fs_words_sort(&w->arms, &renumbered));
    for (int64_t i = 0; i < w->parts; i++) w->part[i].arm = renumbered[w->part[i].arm];
    if (w->parts > 0) qsort(w->part, (size_t)w->parts, sizeof *w->part, compare);
    FS_TRY(reserve_arms(w));
    set_arms(w);
    return FS_OK;
}

/* ---- scores ---- */

/* Of numbers beyond all bounds, still one. */
static double bounded(double value)
{
    return value > 1e300 ? 1e300 : value < -1e300 ? -1e300 : value;
}

static double value_of(const part *p, const fs_block *block, int64_t row)
{
    const fs_vector *v = &block->column[p->column];
    bool known = !v->valid || v->valid[row];
    switch (p->kind) {
    case FS_TERM_LINEAR: return known ? bounded(fs_vector_number(v, row)) : 0;
    case FS_TERM_HINGE:
        return known && fs_vector_number(v, row) > p->knot
                   ? bounded(fs_vector_number(v, row) - p->knot)
                   : 0;
    case FS_TERM_LEVEL: return known && fs_vector_same(v, row, &block->column[LEVEL_IN], p->row);
    case FS_TERM_MISSING: return !known;
    default: return 1;
    }
}

static bool goes_below(const part *p, const fs_block *block, int64_t row)
{
    if (p->column < 0) return false;
    const fs_vector *v = &block->column[p->column];
    if (v->valid && !v->valid[row]) return false;
    return v->offset ? fs_vector_same(v, row, &block->column[LEVEL_IN], p->row)
                     : fs_vector_number(v, row) <= p->knot;
}

static double score_of(const workspace *w, const arm *a, const fs_block *block, int64_t row)
{
    double sum = 0;
    int64_t nodes = a->first + a->terms;
    for (int64_t i = a->first; i < nodes; i++)
        sum = bounded(sum + bounded(w->part[i].coefficient * value_of(&w->part[i], block, row)));
    for (int64_t i = nodes; i < nodes + a->nodes; i++) {
        if (i > nodes && w->part[i].tree == w->part[i - 1].tree) continue;
        int64_t at = i;
        while (at >= 0 && w->part[at].kind == SPLIT)
            at = goes_below(&w->part[at], block, row) ? w->part[at].below : w->part[at].above;
        if (at >= 0) sum = bounded(sum + w->part[at].coefficient);
    }
    return sum;
}

static void set_interval(const workspace *w, const arm *a, const fs_block *block, double uplift,
                         double limit, fs_rows *out, int64_t at)
{
    if (a->row < 0 || !fs_vector_known(&block->column[PIVOT_IN], a->row) ||
        !fs_vector_known(&block->column[LEVEL_ERROR_IN], a->row))
        return;
    double level = number_of(block, LEVEL_ERROR_IN, a->row);
    double slope = number_of(block, SLOPE_ERROR_IN, a->row);
    double away = bounded(slope * bounded(uplift - number_of(block, PIVOT_IN, a->row)));
    double error = bounded(w->width * sqrt(level * level + away * away));
    fs_rows_set_number(out, LOW, at, fmax(-limit, bounded(uplift - error)));
    fs_rows_set_number(out, HIGH, at, fmin(limit, bounded(uplift + error)));
}

static fs_status score_row(const workspace *w, const fs_block *block, int64_t g, int64_t row,
                           fs_rows *out)
{
    int64_t first = 0;
    FS_TRY(fs_rows_extend(out, g, w->arms.count, &first));
    for (int32_t k = 0; k < w->arms.count; k++) {
        const arm *a = &w->arm[k];
        const int64_t *offset = w->arms.offset + k;
        bool limited = a->row >= 0 && fs_vector_known(&block->column[LIMIT_IN], a->row);
        double limit = limited ? fabs(number_of(block, LIMIT_IN, a->row)) : 1e300;
        double uplift = fmax(-limit, fmin(score_of(w, a, block, row), limit));
        fs_rows_set_integer(out, ROW, first + k, block->column[ROW_IN].integer[row]);
        fs_rows_set_number(out, UPLIFT, first + k, uplift);
        set_interval(w, a, block, uplift, limit, out, first + k);
        FS_TRY(fs_rows_set_text(out, ARM, first + k, w->arms.bytes + offset[0],
                                (size_t)(offset[1] - offset[0])));
    }
    return FS_OK;
}

static fs_status uplift_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        int64_t from = block->start[g], to = block->start[g + 1];
        if (take_model(w, block, from, to) != FS_OK) return fs_fail_memory(error, 0);
        for (int64_t i = from; w->arms.count > 0 && i < to; i++)
            if (!fs_vector_known(&block->column[ARM_IN], i)) FS_TRY(score_row(w, block, g, i, out));
    }
    return FS_OK;
}

const fs_operator fs_uplift_operator = {
    .name = "uplift",
    .summary = "Tells whom a treatment changes and by how much, by a model of fit_uplift.",
    .details =
        "Each group holds its model, the rows of fit_uplift's table, and the rows to be scored: "
        "select row, arm, kind, feature, level, knot, coefficient, tree, node, below, above, "
        "bound, centre, level_error, slope_error and the features, null in the model's rows, from "
        "both, put together by union all. The uplift is the sum of coefficients times terms and of "
        "the leaves that a row falls into, within the bound. A feature that is called as a column "
        "of "
        "the model (kind, level …) must have another name before it is fitted.\n\n"
        "low and high are those of the mean uplift of all rows with this score, from its errors "
        "on rows that were not learnt from; what one row does cannot be known so well, since "
        "nobody "
        "was both treated and not. They are null where the model could not tell.\n\n"
        "A group without a model has no row.",
    .example = "foresell apply uplift both.csv --group shop --order row -o uplift.csv",
    .version = 1,
    .input = uplift_input,
    .output = uplift_output,
    .params = uplift_params,
    .open = uplift_open,
    .block = uplift_block,
    .close = uplift_close,
};
