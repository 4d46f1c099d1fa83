/* The operator segment: the segment of each row, by a model of fit_segments.
 *
 * A group holds the rows of its model, those whose segment is not null, and the rows to be placed: one table, put together by
 * UNION ALL, as classify takes it.
 */
#include <math.h>
#include <string.h>

#include "vector.h"

enum {
    ROW_IN,
    SEGMENT_IN,
    FEATURE_IN,
    UNIT_IN,
    SHIFT_IN,
    SCALE_IN,
    CENTRE_IN,
    DEVIATION_IN,
    WEIGHT_IN,
    DECLARED
};

#define OF_MODEL(column, of_type, said)                                                            \
    {                                                                                              \
        .name = column, .type = of_type, .role = FS_ROLE_VALUE, .optional = true, .doc = said      \
    }

static const fs_column segment_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which row it is: a number, a date or a time; give rows of a model numbers below those "
            "of rows to place"},
    OF_MODEL("segment", FS_TYPE_INT, "of a row of the model; null: the row is to be placed"),
    OF_MODEL("feature", FS_TYPE_TEXT, "of the model: the name of its column"),
    OF_MODEL("unit", FS_TYPE_DOUBLE, "of the model"),
    OF_MODEL("shift", FS_TYPE_DOUBLE, "of the model"),
    OF_MODEL("scale", FS_TYPE_DOUBLE, "of the model"),
    OF_MODEL("centre", FS_TYPE_DOUBLE, "of the model"),
    OF_MODEL("deviation", FS_TYPE_DOUBLE, "of the model; null: segments are told by distance"),
    OF_MODEL("weight", FS_TYPE_DOUBLE, "of the model"),
    {.name = "*",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc = "the features; one that the model does not know adds nothing"},
    {0}};

enum { ROW, SEGMENT, DISTANCE, PROBABILITY };

static const fs_column segment_output[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "of the row that is placed"},
    {.name = "segment",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "the nearest, by a mixture the likeliest; of equal ones the first"},
    {.name = "distance",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "deviations",
     .doc = "to its centre, Euclid's over standardised features"},
    {.name = "probability",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "that the row is of the segment, by a mixture; else null"},
    {0}};

static const fs_param segment_params[] = {{0}};

/* ---- workspace ---- */

#define CELLS (FS_SEGMENTS_MOST * FS_SEGMENT_COLUMNS)

typedef struct workspace {
    const char *const *name;
    int columns;
    fs_segments model;
    int64_t number[FS_SEGMENTS_MOST]; /* what the model calls its segments, ascending */
    int feature[FS_SEGMENT_COLUMNS];  /* column of the block */
    fs_segment_scale scale[FS_SEGMENT_COLUMNS];
    double centre[CELLS], deviation[CELLS];
} workspace;

static void segment_close(void *pointer) { fs_free(pointer); }

static fs_status segment_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->name = binding->name;
    w->columns = binding->columns;
    w->model.centre = w->centre;
    w->model.deviation = w->deviation;
    return FS_OK;
}

/* ---- the model ---- */

static double known_or(const fs_block *block, int column, int64_t row, double other)
{
    const fs_vector *v = &block->column[column];
    return fs_vector_known(v, row) ? v->number[row] : other;
}

/* Column of the block that a row of the model names; -1: none, or a text. */
static int column_of(const workspace *w, const fs_block *block, int64_t row)
{
    const fs_vector *v = &block->column[FEATURE_IN];
    if (!fs_vector_known(v, row) || !fs_vector_known(&block->column[CENTRE_IN], row)) return -1;
    for (int c = DECLARED; c < w->columns; c++)
        if (fs_vector_is(v, row, w->name[c])) return block->column[c].offset ? -1 : c;
    return -1;
}

static fs_status too_large(fs_error *error)
{
    fs_fail(error, FS_DATA, "operator segment: a model has more than %d segments or %d features",
            FS_SEGMENTS_MOST, FS_SEGMENT_COLUMNS);
    return fs_error_remedy(error, "give each group the rows of one model"), FS_DATA;
}

/* Puts a segment's number in its place. */
static fs_status add_number(workspace *w, int64_t number, fs_error *error)
{
    int at = 0, count = w->model.segments;
    while (at < count && w->number[at] < number) at++;
    if (at < count && w->number[at] == number) return FS_OK;
    if (count == FS_SEGMENTS_MOST) return too_large(error);
    memmove(w->number + at + 1, w->number + at, (size_t)(count - at) * sizeof *w->number);
    w->number[at] = number;
    w->model.segments++;
    return FS_OK;
}

static fs_status add_feature(workspace *w, const fs_block *block, int64_t row, fs_error *error)
{
    int column = column_of(w, block, row), at = 0, count = w->model.columns;
    double scale = known_or(block, SCALE_IN, row, 1), unit = known_or(block, UNIT_IN, row, 0);
    while (at < count && w->feature[at] != column) at++;
    if (column < 0 || at < count) return FS_OK;
    if (count == FS_SEGMENT_COLUMNS) return too_large(error);
    w->feature[at] = column;
    w->scale[at] = (fs_segment_scale){.unit = unit > 0 ? unit : 0,
                                      .shift = known_or(block, SHIFT_IN, row, 0),
                                      .scale = scale > 0 ? scale : 1};
    w->model.columns++;
    return FS_OK;
}

static void set_cell(workspace *w, const fs_block *block, int64_t row)
{
    fs_segments *m = &w->model;
    int column = column_of(w, block, row), k = 0, c = 0;
    while (w->number[k] != block->column[SEGMENT_IN].integer[row]) k++;
    m->weight[k] = known_or(block, WEIGHT_IN, row, m->weight[k]);
    if (column < 0) return;
    while (w->feature[c] != column) c++;
    w->centre[k * m->columns + c] = known_or(block, CENTRE_IN, row, 0);
    w->deviation[k * m->columns + c] = known_or(block, DEVIATION_IN, row, 1);
    m->mixture |= fs_vector_known(&block->column[DEVIATION_IN], row);
}

static fs_status take_model(workspace *w, const fs_block *block, int64_t from, int64_t to,
                            fs_error *error)
{
    const fs_vector *of = &block->column[SEGMENT_IN];
    fs_segments *m = &w->model;
    m->segments = m->columns = 0;
    m->mixture = false;
    for (int64_t i = from; i < to; i++) {
        if (!fs_vector_known(of, i)) continue;
        FS_TRY(add_number(w, of->integer[i], error));
        FS_TRY(add_feature(w, block, i, error));
    }
    for (int i = 0; i < m->segments * m->columns; i++) {
        w->centre[i] = 0;
        w->deviation[i] = 1;
    }
    for (int k = 0; k < m->segments; k++) m->weight[k] = 1;
    for (int64_t i = from; m->segments > 0 && i < to; i++)
        if (fs_vector_known(of, i)) set_cell(w, block, i);
    return FS_OK;
}

/* ---- rows ---- */

static fs_status place_row(const workspace *w, const fs_block *block, int64_t g, int64_t row,
                           fs_rows *out)
{
    double z[FS_SEGMENT_COLUMNS], chance[FS_SEGMENTS_MOST], distance;
    int64_t at;
    for (int c = 0; c < w->model.columns; c++) {
        const fs_vector *v = &block->column[w->feature[c]];
        z[c] = 0;
        if (v->valid && !v->valid[row]) continue;
        z[c] = fs_segment_value(&w->scale[c], fs_vector_number(v, row));
    }
    int k = fs_segment_nearest(&w->model, z, chance, &distance);
    FS_TRY(fs_rows_extend(out, g, 1, &at));
    fs_rows_set_integer(out, ROW, at, block->column[ROW_IN].integer[row]);
    fs_rows_set_integer(out, SEGMENT, at, w->number[k]);
    fs_rows_set_number(out, DISTANCE, at, fmin(distance, 1e300));
    if (w->model.mixture) fs_rows_set_number(out, PROBABILITY, at, chance[k]);
    return FS_OK;
}

static fs_status segment_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        int64_t from = block->start[g], to = block->start[g + 1];
        FS_TRY(take_model(w, block, from, to, error));
        for (int64_t i = from; w->model.segments > 0 && i < to; i++)
            if (!fs_vector_known(&block->column[SEGMENT_IN], i))
                FS_TRY(place_row(w, block, g, i, out));
    }
    return FS_OK;
}

const fs_operator fs_segment_operator = {
    .name = "segment",
    .summary = "Places rows in segments, by a model of fit_segments.",
    .details =
        "Each group holds its model, the rows of fit_segments' table, and the rows to be placed: "
        "select row, segment, feature, unit, shift, scale, centre, deviation, weight and the "
        "features, null in the model's rows, from both, put together by union all. A null feature "
        "stands at the mean.\n\n"
        "A group without a model has no row.",
    .example = "foresell apply segment both.csv --group shop --order row -o placed.csv",
    .version = 1,
    .input = segment_input,
    .output = segment_output,
    .params = segment_params,
    .open = segment_open,
    .block = segment_block,
    .close = segment_close,
};
