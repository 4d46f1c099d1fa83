/* The operator classify: probabilities of each class, by a model of fit_classifier.
 *
 * A group holds the rows of its model, those whose class is not null, and the rows to be scored: one table, put together by
 * UNION ALL. So a model needs no second way in, and rows may be scored in as many groups as one likes, each with a
 * copy of its model. Model rows are found wherever they stand; their place in the order is only that no two may share one.
 */
#include <math.h>
#include <string.h>

#include "vector.h"

enum {
    ROW_IN,
    CLASS_IN,
    KIND_IN,
    FEATURE_IN,
    LEVEL_IN,
    KNOT_IN,
    COEFFICIENT_IN,
    MEAN_IN,
    DECLARED
};

#define REASONS_MOST 5
#define TREES_MOST   64000 /* rounds × classes of fit_classifier are fewer */

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
    {.name = "mean",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of the model's term; wanted for reasons only"},
    {.name = "*",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc = "the features; one that the model does not know adds nothing, nor does a level"},
    {0}};

enum { ROW, CLASS, PROBABILITY, LIKELIEST, REASON };

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
    {.name = "reason_",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .each = "reasons",
     .doc = "the feature that moves the row's score of the class most, the next one, …; null where "
            "no further one does"},
    {.name = "effect_",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .each = "reasons",
     .doc = "by how much: on the logarithm of the odds of the class (of more than two, beside the "
            "mean of the others), against the mean over the rows that the model was fitted to"},
    {0}};

static const fs_param classify_params[] = {
    {.name = "reasons",
     .type = FS_TYPE_INT,
     .fallback = "0",
     .minimum = 0,
     .maximum = REASONS_MOST,
     .doc = "how many features to name that move each probability most, with columns reason_1, "
            "effect_1, …; the effects of all features and the mean score add up to the score"},
    {0}};

/* ---- workspace ---- */

/* A feature: the texts that the model knows, and its values in the rows that are being scored. */
typedef struct feature {
    fs_words words;
    double *number;
    int32_t *level;
    uint8_t *valid;
} feature;

typedef struct workspace {
    const char *const *name; /* of the block's columns */
    int features;
    fs_words classes;
    feature *
        feature; /* one more than there are, always null: what the model knows and the rows have not */
    fs_learn_column *column; /* of them */
    fs_class_term *term;
    fs_tree *tree;
    int64_t terms, trees, term_capacity, tree_capacity;
    bool meant; /* all terms have a mean */
    int reasons;
    int64_t *row;   /* FS_CLASS_ROWS: of the block, those to be scored */
    int64_t *place; /* 0, 1, … */
    double *score;  /* classes × FS_CLASS_ROWS */
    double *chance; /* classes, of one row */
    double *effect; /* classes × (features + 1) × FS_CLASS_ROWS */
    double *own;    /* features + 1: effects on one class in one row */
    int32_t class_capacity;
} workspace;

static void classify_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    for (int c = 0; w->feature && c <= w->features; c++) {
        fs_words_free(&w->feature[c].words);
        fs_free(w->feature[c].number);
        fs_free(w->feature[c].level);
        fs_free(w->feature[c].valid);
    }
    void *all[] = {w->feature, w->column, w->term,   w->tree, w->row,
                   w->place,   w->score,  w->effect, w->own,  w->chance};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) fs_free(all[i]);
    fs_words_free(&w->classes);
    fs_free(w);
}

static fs_status open_feature(workspace *w, int c)
{
    feature *f = &w->feature[c];
    f->number = fs_alloc_zero(FS_CLASS_ROWS, sizeof *f->number);
    f->level = fs_alloc_zero(FS_CLASS_ROWS, sizeof *f->level);
    f->valid = fs_alloc_zero(FS_CLASS_ROWS, sizeof *f->valid);
    return f->number && f->level && f->valid ? FS_OK : FS_MEMORY;
}

static fs_status classify_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->name = binding->name;
    w->features = binding->columns - DECLARED;
    w->reasons = (int)fs_option_int(binding->options, "reasons");
    size_t features = (size_t)w->features + 1;
    w->feature = fs_alloc_zero(features, sizeof *w->feature);
    w->column = fs_alloc_zero(features, sizeof *w->column);
    w->own = fs_alloc_zero(features, sizeof *w->own);
    w->row = fs_alloc_zero(FS_CLASS_ROWS, sizeof *w->row);
    w->place = fs_alloc_zero(FS_CLASS_ROWS, sizeof *w->place);
    if (!w->feature || !w->column || !w->own || !w->row || !w->place)
        return fs_fail_memory(error, FS_CLASS_ROWS);
    for (int c = 0; c <= w->features; c++)
        if (open_feature(w, c) != FS_OK) return fs_fail_memory(error, FS_CLASS_ROWS);
    for (int i = 0; i < FS_CLASS_ROWS; i++) w->place[i] = i;
    return FS_OK;
}

static fs_status grow_terms(workspace *w)
{
    int64_t most = w->term_capacity > 0 ? 2 * w->term_capacity : 64;
    fs_class_term *more = fs_realloc(w->term, (size_t)most * sizeof *more);
    if (!more) return FS_MEMORY;
    w->term = more;
    w->term_capacity = most;
    return FS_OK;
}

static fs_status grow_trees(workspace *w, int64_t needed)
{
    int64_t most = w->tree_capacity;
    while (most < needed) most = most > 0 ? 2 * most : 64;
    if (most == w->tree_capacity) return FS_OK;
    fs_tree *more = fs_realloc(w->tree, (size_t)most * sizeof *more);
    if (!more) return FS_MEMORY;
    w->tree = more;
    w->tree_capacity = most;
    return FS_OK;
}

static fs_status reserve_scores(workspace *w)
{
    int32_t classes = w->classes.count;
    if (classes <= w->class_capacity) return FS_OK;
    size_t size = (size_t)classes * FS_CLASS_ROWS * sizeof(double);
    double *score = fs_realloc(w->score, size);
    if (!score) return FS_MEMORY;
    w->score = score;
    double *chance = fs_realloc(w->chance, (size_t)classes * sizeof *chance);
    if (!chance) return FS_MEMORY;
    w->chance = chance;
    if (w->reasons > 0) {
        double *effect = fs_realloc(w->effect, size * (size_t)(w->features + 1));
        if (!effect) return FS_MEMORY;
        w->effect = effect;
    }
    w->class_capacity = classes;
    return FS_OK;
}

/* ---- the model ---- */

/* Feature that a row of the model names; that of nulls where there is none, or none of the term's type. */
static int feature_of(const workspace *w, const fs_block *block, int64_t row, bool text)
{
    for (int c = 0; c < w->features; c++)
        if (fs_vector_is(&block->column[FEATURE_IN], row, w->name[DECLARED + c]))
            return !block->column[DECLARED + c].offset == !text ? c : w->features;
    return w->features;
}

static fs_term_kind kind_of(const fs_block *block, int64_t row)
{
    fs_term_kind kind = FS_TERM_INTERCEPT;
    while (kind <= FS_TERM_MISSING &&
           !fs_vector_is(&block->column[KIND_IN], row, fs_term_kind_name(kind)))
        kind++;
    return kind;
}

/* The number of a level of a feature; -1: the row names none. */
static fs_status level_of(workspace *w, const fs_block *block, int64_t row, int c, int32_t *level)
{
    size_t bytes;
    *level = -1;
    if (!fs_vector_known(&block->column[LEVEL_IN], row)) return FS_OK;
    const char *text = fs_vector_text(&block->column[LEVEL_IN], row, &bytes);
    return fs_words_add(&w->feature[c].words, text, bytes, level);
}

/* A row of the model as a term; what cannot be used is left out. */
static fs_status add_term(workspace *w, const fs_block *block, int64_t row, int32_t class)
{
    const fs_vector *mean = &block->column[MEAN_IN];
    fs_class_term new = {.term = {.kind = kind_of(block, row), .column = -1}, .class = class};
    fs_term *term = &new.term;
    if (term->kind > FS_TERM_MISSING || !fs_vector_known(&block->column[COEFFICIENT_IN], row))
        return FS_OK;
    if (term->kind != FS_TERM_INTERCEPT)
        term->column = feature_of(w, block, row, term->kind == FS_TERM_LEVEL);
    if (term->column == w->features) return FS_OK;
    if (term->kind == FS_TERM_LEVEL) {
        FS_TRY(level_of(w, block, row, term->column, &term->level));
        if (term->level < 0) return FS_OK;
    }
    if (term->kind == FS_TERM_HINGE) {
        if (!fs_vector_known(&block->column[KNOT_IN], row)) return FS_OK;
        term->knot = block->column[KNOT_IN].number[row];
    }
    new.coefficient = block->column[COEFFICIENT_IN].number[row];
    if (fs_vector_known(mean, row)) new.mean = mean->number[row];
    w->meant = w->meant && (term->kind == FS_TERM_INTERCEPT || fs_vector_known(mean, row));
    if (w->terms == w->term_capacity) FS_TRY(grow_terms(w));
    w->term[w->terms++] = new;
    return FS_OK;
}

/* ---- trees of the model ---- */

/* Reads a number behind a blank; 0: there is none. */
static int64_t read_number(const char **at, const char *end)
{
    int64_t number = 0;
    if (*at == end || *(*at)++ != ' ') return 0;
    while (*at < end && **at >= '0' && **at <= '9' && number < TREES_MOST)
        number = 10 * number + (*(*at)++ - '0');
    return number;
}

/* "split T N" and "leaf T N"; false: it is neither. */
static bool read_node(const fs_block *block, int64_t row, bool *leaf, int64_t *tree, int64_t *node)
{
    size_t bytes;
    if (!fs_vector_known(&block->column[KIND_IN], row)) return false;
    const char *at = fs_vector_text(&block->column[KIND_IN], row, &bytes), *end = at + bytes;
    *leaf = bytes > 4 && memcmp(at, "leaf", 4) == 0;
    if (!*leaf && !(bytes > 5 && memcmp(at, "split", 5) == 0)) return false;
    at += *leaf ? 4 : 5;
    *tree = read_number(&at, end);
    *node = read_number(&at, end);
    int64_t most = *leaf ? FS_TREE_NODES : FS_TREE_NODES / 2;
    return at == end && *tree > 0 && *tree <= TREES_MOST && *node > 0 && *node < most;
}

/* Room for a tree, and those before it; they are leaves of 0 until their rows come. */
static fs_status reserve_tree(workspace *w, int64_t number)
{
    FS_TRY(grow_trees(w, number));
    for (; w->trees < number; w->trees++) {
        w->tree[w->trees] = (fs_tree){0};
        for (int n = 0; n < FS_TREE_NODES; n++) w->tree[w->trees].node[n].column = -1;
    }
    return FS_OK;
}

static fs_status set_split(workspace *w, const fs_block *block, int64_t row, fs_tree_node *node)
{
    bool text = fs_vector_known(&block->column[LEVEL_IN], row);
    bool cut = fs_vector_known(&block->column[KNOT_IN], row);
    node->bare = !text && !cut;
    node->column = feature_of(w, block, row, text);
    if (node->bare && node->column == w->features) node->column = feature_of(w, block, row, true);
    node->share = block->column[COEFFICIENT_IN].number[row];
    if (cut) node->knot = block->column[KNOT_IN].number[row];
    return text ? level_of(w, block, row, node->column, &node->level) : FS_OK;
}

/* Whether the row is one of a tree. */
static fs_status add_node(workspace *w, const fs_block *block, int64_t row, int32_t class,
                          bool *taken)
{
    bool leaf;
    int64_t number, n;
    *taken = read_node(block, row, &leaf, &number, &n);
    if (!*taken || !fs_vector_known(&block->column[COEFFICIENT_IN], row)) return FS_OK;
    FS_TRY(reserve_tree(w, number));
    w->tree[number - 1].class = class;
    fs_tree_node *node = &w->tree[number - 1].node[n];
    if (!leaf) return set_split(w, block, row, node);
    node->value = block->column[COEFFICIENT_IN].number[row];
    return FS_OK;
}

static fs_status add_row(workspace *w, const fs_block *block, int64_t row)
{
    size_t bytes;
    int32_t class;
    bool taken;
    const char *name = fs_vector_text(&block->column[CLASS_IN], row, &bytes);
    FS_TRY(fs_words_add(&w->classes, name, bytes, &class));
    FS_TRY(add_node(w, block, row, class, &taken));
    return taken ? FS_OK : add_term(w, block, row, class);
}

static fs_status take_model(workspace *w, const fs_block *block, int64_t from, int64_t to)
{
    const int32_t *renumbered;
    w->terms = w->trees = 0;
    w->meant = true;
    fs_words_clear(&w->classes);
    for (int c = 0; c <= w->features; c++) fs_words_clear(&w->feature[c].words);
    for (int64_t i = from; i < to; i++)
        if (fs_vector_known(&block->column[CLASS_IN], i)) FS_TRY(add_row(w, block, i));
    FS_TRY(fs_words_sort(&w->classes, &renumbered));
    for (int64_t t = 0; t < w->terms; t++) w->term[t].class = renumbered[w->term[t].class];
    for (int64_t t = 0; t < w->trees && renumbered; t++)
        w->tree[t].class = renumbered[w->tree[t].class];
    return reserve_scores(w);
}

/* ---- rows to score ---- */

/* Levels that the model does not know are -1. */
static void take_values(workspace *w, const fs_block *block, int c, int count)
{
    const fs_vector *v = &block->column[DECLARED + c];
    feature *f = &w->feature[c];
    for (int i = 0; i < count; i++) {
        int64_t row = w->row[i];
        size_t bytes;
        f->valid[i] = fs_vector_known(v, row);
        if (v->offset) {
            const char *text = fs_vector_text(v, row, &bytes);
            f->level[i] = fs_words_find(&f->words, text, bytes);
        } else
            f->number[i] = fs_vector_number(v, row);
    }
    w->column[c] = (fs_learn_column){.number = v->offset ? NULL : f->number,
                                     .valid = f->valid,
                                     .level = f->level,
                                     .levels = f->words.count};
}

static void find_scores(workspace *w, const fs_block *block, int count)
{
    fs_class_model model = {.classes = w->classes.count,
                            .terms = w->terms,
                            .trees = w->trees,
                            .term = w->term,
                            .tree = w->tree};
    for (int c = 0; c < w->features; c++) take_values(w, block, c, count);
    w->column[w->features] = (fs_learn_column){.number = w->feature[w->features].number,
                                               .valid = w->feature[w->features].valid};
    fs_class_scores(&model, w->column, w->features + 1, w->place, count, w->score,
                    w->reasons > 0 ? w->effect : NULL);
}

/* ---- reasons ---- */

/* What each feature does to the score of class k beside the mean of the others'. */
static void take_effects(workspace *w, int32_t k, int i)
{
    int32_t classes = w->classes.count;
    int columns = w->features + 1;
    for (int c = 0; c < w->features; c++) {
        double own = w->effect[((int64_t)k * columns + c) * FS_CLASS_ROWS + i], others = 0;
        for (int32_t l = 0; l < classes; l++)
            if (l != k)
                others += w->effect[((int64_t)l * columns + c) * FS_CLASS_ROWS + i] / (classes - 1);
        w->own[c] = own - others;
    }
}

static fs_status set_reasons(workspace *w, int32_t k, int i, fs_rows *out, int64_t row)
{
    take_effects(w, k, i);
    for (int r = 0; r < w->reasons; r++) {
        int most = -1;
        for (int c = 0; c < w->features; c++)
            if (fabs(w->own[c]) > (most < 0 ? 0 : fabs(w->own[most]))) most = c;
        if (most < 0) return FS_OK;
        FS_TRY(fs_rows_set_string(out, REASON + r, row, w->name[DECLARED + most]));
        fs_rows_set_number(out, REASON + w->reasons + r, row, w->own[most]);
        w->own[most] = 0;
    }
    return FS_OK;
}

static fs_status no_means(fs_rows *out, int64_t g, fs_error *error)
{
    fs_fail(
        error, FS_DATA,
        "operator classify: reasons need the mean of each term, and a row of the model has none");
    fs_error_remedy(error,
                    "select mean too, from the table of fit_classifier; or leave reasons at 0");
    return fs_rows_refuse(out, g), FS_DATA;
}

/* ---- results ---- */

static fs_status set_row(workspace *w, const fs_block *block, int64_t g, int i, fs_rows *out)
{
    int64_t first = 0;
    int32_t best = 0, count = w->classes.count;
    double *chance = w->chance;
    for (int32_t k = 0; k < count; k++) chance[k] = w->score[(int64_t)k * FS_CLASS_ROWS + i];
    fs_softmax(chance, (int)count);
    for (int32_t k = 1; k < count; k++)
        if (chance[k] > chance[best]) best = k;
    FS_TRY(fs_rows_extend(out, g, count, &first));
    for (int32_t k = 0; k < count; k++) {
        fs_rows_set_integer(out, ROW, first + k, block->column[ROW_IN].integer[w->row[i]]);
        fs_rows_set_number(out, PROBABILITY, first + k, chance[k]);
        fs_rows_set_integer(out, LIKELIEST, first + k, k == best);
        FS_TRY(fs_rows_set_word(out, CLASS, first + k, &w->classes, k));
        if (w->reasons > 0) FS_TRY(set_reasons(w, k, i, out, first + k));
    }
    return FS_OK;
}

static fs_status score_tile(workspace *w, const fs_block *block, int64_t g, int count, fs_rows *out)
{
    find_scores(w, block, count);
    for (int i = 0; i < count; i++) FS_TRY(set_row(w, block, g, i, out));
    return FS_OK;
}

static fs_status score_group(workspace *w, const fs_block *block, int64_t g, fs_rows *out)
{
    int count = 0;
    for (int64_t i = block->start[g]; i < block->start[g + 1]; i++) {
        if (fs_vector_known(&block->column[CLASS_IN], i)) continue;
        w->row[count++] = i;
        if (count < FS_CLASS_ROWS) continue;
        FS_TRY(score_tile(w, block, g, count, out));
        count = 0;
    }
    return count > 0 ? score_tile(w, block, g, count, out) : FS_OK;
}

static fs_status classify_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        if (take_model(w, block, block->start[g], block->start[g + 1]) != FS_OK)
            return fs_fail_memory(error, 0);
        if (w->reasons > 0 && !w->meant) return no_means(out, g, error);
        if (w->classes.count > 0) FS_TRY(score_group(w, block, g, out));
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
        "the sum of its coefficients times its terms, and of the leaves of its trees; the softmax "
        "of a row's scores are the probabilities.\n\n"
        "Reasons: what a feature adds to a score are its terms beside their means, and of each "
        "tree the Shapley value (Lundberg et al. 2020). They add up exactly to how far the score "
        "is from the mean score. Select the model's mean too.\n\n"
        "A group without a model has no row.",
    .example = "foresell apply classify both.csv --group shop --order row -o classes.csv",
    .version = 2,
    .input = classify_input,
    .output = classify_output,
    .params = classify_params,
    .open = classify_open,
    .block = classify_block,
    .close = classify_close,
};
