/* The operator classify: probabilities of each class, by a model of fit_classifier.
 *
 * A group holds the rows of its model, those whose class is not null, and the rows to be scored: one table, put together by
 * UNION ALL. So a model needs no second way in, and rows may be scored in as many groups as one likes, each with a
 * copy of its model. Model rows are found wherever they stand; their place in the order is only that no two may share one.
 */
#include <string.h>

#include "foresell/learn.h"
#include "foresell/operator.h"

enum { ROW_IN, CLASS_IN, KIND_IN, FEATURE_IN, LEVEL_IN, KNOT_IN, COEFFICIENT_IN, DECLARED };

static const fs_column classify_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which row it is: a number, a date or a time; give rows of a model numbers below those "
            "of rows to score"},
    {.name = "class",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of a row of the model; null: the row is to be scored"},
    {.name = "kind",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of the model's term, as fit_classifier gives it"},
    {.name = "feature",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "the name of the term's column"},
    {.name = "level",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of the model's term"},
    {.name = "knot",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of the model's term"},
    {.name = "coefficient",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of the model's term; null: the term adds nothing"},
    {.name = "*",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc = "the features; one that the model does not know adds nothing, nor does a level"},
    {0}};

enum { ROW, CLASS, PROBABILITY, LIKELIEST };

static const fs_column classify_output[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "of the row that is scored"},
    {.name = "class", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "each of the model's"},
    {.name = "probability",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "that the row is of the class; those of a row sum to 1"},
    {.name = "likeliest",
     .type = FS_TYPE_BOOL,
     .role = FS_ROLE_RESULT,
     .doc = "whether no other class of the row has more; of equal ones the first by name"},
    {0}};

static const fs_param classify_params[] = {{0}};

/* ---- workspace ---- */

typedef struct term {
    fs_term_kind kind;
    int column;    /* of the block; the intercept: 0 */
    int64_t row;   /* of the block: where the level stands */
    int32_t class; /* number of its class */
    double knot, coefficient;
} term;

typedef struct workspace {
    const char *const *name;
    int columns;
    fs_words classes;
    term *term;
    int64_t terms, capacity;
    double *score;
    int32_t score_capacity;
} workspace;

static void classify_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_words_free(&w->classes);
    fs_free(w->term);
    fs_free(w->score);
    fs_free(w);
}

static fs_status classify_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->name = binding->name;
    w->columns = binding->columns;
    return FS_OK;
}

static fs_status grow_terms(workspace *w)
{
    int64_t most = w->capacity > 0 ? 2 * w->capacity : 64;
    term *more = fs_realloc(w->term, (size_t)most * sizeof *more);
    if (!more) return FS_MEMORY;
    w->term = more;
    w->capacity = most;
    return FS_OK;
}

static fs_status reserve_scores(workspace *w)
{
    if (w->classes.count <= w->score_capacity) return FS_OK;
    double *more = fs_realloc(w->score, (size_t)w->classes.count * sizeof *more);
    if (!more) return FS_MEMORY;
    w->score = more;
    w->score_capacity = w->classes.count;
    return FS_OK;
}

/* ---- the model ---- */

static bool is_known(const fs_vector *v, int64_t row)
{
    return v->name && (!v->valid || v->valid[row]);
}

static const char *text_at(const fs_vector *v, int64_t row, size_t *bytes)
{
    *bytes = (size_t)(v->offset[row + 1] - v->offset[row]);
    return v->bytes + v->offset[row];
}

static bool is_text(const fs_vector *v, int64_t row, const char *text)
{
    size_t bytes;
    if (!is_known(v, row)) return false;
    const char *own = text_at(v, row, &bytes);
    return bytes == strlen(text) && memcmp(own, text, bytes) == 0;
}

/* Column of the block that a row of the model names; -1: none, or none of the term's type. */
static int column_of(const workspace *w, const fs_block *block, int64_t row, fs_term_kind kind)
{
    if (kind == FS_TERM_INTERCEPT) return 0;
    for (int c = DECLARED; c < w->columns; c++)
        if (is_text(&block->column[FEATURE_IN], row, w->name[c]))
            return !block->column[c].offset == (kind != FS_TERM_LEVEL) ? c : -1;
    return -1;
}

static fs_term_kind kind_of(const fs_block *block, int64_t row)
{
    fs_term_kind kind = FS_TERM_INTERCEPT;
    while (kind <= FS_TERM_MISSING &&
           !is_text(&block->column[KIND_IN], row, fs_term_kind_name(kind)))
        kind++;
    return kind;
}

/* A row of the model as a term; what cannot be used is left out, its class is there all the same. */
static fs_status add_term(workspace *w, const fs_block *block, int64_t row)
{
    size_t bytes;
    const char *class = text_at(&block->column[CLASS_IN], row, &bytes);
    term new = {.row = row, .kind = kind_of(block, row)};
    FS_TRY(fs_words_add(&w->classes, class, bytes, &new.class));
    new.column = new.kind > FS_TERM_MISSING ? -1 : column_of(w, block, row, new.kind);
    bool whole = new.kind != FS_TERM_HINGE || is_known(&block->column[KNOT_IN], row);
    if (new.kind == FS_TERM_LEVEL) whole = is_known(&block->column[LEVEL_IN], row);
    if (!whole || new.column < 0 || !is_known(&block->column[COEFFICIENT_IN], row)) return FS_OK;
    if (new.kind == FS_TERM_HINGE) new.knot = block->column[KNOT_IN].number[row];
    new.coefficient = block->column[COEFFICIENT_IN].number[row];
    if (w->terms == w->capacity) FS_TRY(grow_terms(w));
    w->term[w->terms++] = new;
    return FS_OK;
}

static fs_status take_model(workspace *w, const fs_block *block, int64_t from, int64_t to)
{
    const int32_t *renumbered;
    w->terms = 0;
    fs_words_clear(&w->classes);
    for (int64_t i = from; i < to; i++)
        if (is_known(&block->column[CLASS_IN], i)) FS_TRY(add_term(w, block, i));
    FS_TRY(fs_words_sort(&w->classes, &renumbered));
    for (int64_t t = 0; t < w->terms; t++) w->term[t].class = renumbered[w->term[t].class];
    return reserve_scores(w);
}

/* ---- scores ---- */

static bool same_text(const fs_vector *a, int64_t i, const fs_vector *b, int64_t j)
{
    size_t a_bytes, b_bytes;
    const char *own = text_at(a, i, &a_bytes), *other = text_at(b, j, &b_bytes);
    return a_bytes == b_bytes && memcmp(own, other, a_bytes) == 0;
}

static double number_at(const fs_vector *v, int64_t row)
{
    return v->number ? v->number[row] : (double)v->integer[row];
}

static double value_of(const term *t, const fs_block *block, int64_t row)
{
    const fs_vector *v = &block->column[t->column];
    bool known = !v->valid || v->valid[row];
    switch (t->kind) {
    case FS_TERM_LINEAR: return known ? number_at(v, row) : 0;
    case FS_TERM_HINGE:
        return known && number_at(v, row) > t->knot ? number_at(v, row) - t->knot : 0;
    case FS_TERM_LEVEL: return known && same_text(v, row, &block->column[LEVEL_IN], t->row);
    case FS_TERM_MISSING: return !known;
    default: return 1;
    }
}

/* Of numbers beyond all bounds, still one. */
static double bounded(double value)
{
    return value > 1e300 ? 1e300 : value < -1e300 ? -1e300 : value;
}

static void find_scores(workspace *w, const fs_block *block, int64_t row)
{
    for (int32_t k = 0; k < w->classes.count; k++) w->score[k] = 0;
    for (int64_t t = 0; t < w->terms; t++) {
        const term *one = &w->term[t];
        double share = bounded(one->coefficient * bounded(value_of(one, block, row)));
        w->score[one->class] = bounded(w->score[one->class] + share);
    }
    fs_softmax(w->score, (int)w->classes.count);
}

static fs_status score_row(workspace *w, const fs_block *block, int64_t g, int64_t row,
                           fs_rows *out)
{
    int64_t first = 0;
    int32_t best = 0, count = w->classes.count;
    find_scores(w, block, row);
    FS_TRY(fs_rows_extend(out, g, count, &first));
    for (int32_t k = 1; k < count; k++)
        if (w->score[k] > w->score[best]) best = k;
    for (int32_t k = 0; k < count; k++) {
        const int64_t *offset = w->classes.offset + k;
        fs_rows_set_integer(out, ROW, first + k, block->column[ROW_IN].integer[row]);
        fs_rows_set_number(out, PROBABILITY, first + k, w->score[k]);
        fs_rows_set_integer(out, LIKELIEST, first + k, k == best);
        FS_TRY(fs_rows_set_text(out, CLASS, first + k, w->classes.bytes + offset[0],
                                (size_t)(offset[1] - offset[0])));
    }
    return FS_OK;
}

static fs_status classify_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        int64_t from = block->start[g], to = block->start[g + 1];
        if (take_model(w, block, from, to) != FS_OK) return fs_fail_memory(error, 0);
        for (int64_t i = from; w->classes.count > 0 && i < to; i++)
            if (!is_known(&block->column[CLASS_IN], i)) FS_TRY(score_row(w, block, g, i, out));
    }
    return FS_OK;
}

const fs_operator fs_classify_operator = {
    .name = "classify",
    .summary = "Tells the probability of each class, by a model of fit_classifier.",
    .details =
        "Each group holds its model, the rows of fit_classifier's table, and the rows to be "
        "scored: select row, class, kind, feature, level, knot, coefficient and the features, "
        "null in the model's rows, from both, put together by union all. A score of a class is "
        "the sum of its coefficients times its terms; the softmax of a row's scores are the "
        "probabilities.\n\n"
        "A group without a model has no row.",
    .example = "foresell apply classify both.csv --group shop --order row -o classes.csv",
    .version = 1,
    .input = classify_input,
    .output = classify_output,
    .params = classify_params,
    .open = classify_open,
    .block = classify_block,
    .close = classify_close,
};
