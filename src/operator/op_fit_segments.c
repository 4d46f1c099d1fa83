/* The operator fit_segments: from rows to a model of segments, a row for each segment and feature.
 *
 * As with fit_classifier, a model is a table of plain columns, which segment takes before the rows that it is to place. How
 * the number of segments was found, and how far each may be trusted, stands in every row of it.
 */
#include <string.h>

#include "feature_column.h"
#include "vector.h"

static const fs_column fit_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a number, a date or a time; samples are spread over this order"},
    {.name = "*",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc = "every further column is a feature, a number; a null stands at the mean"},
    {0}};

enum {
    SEGMENT,
    FEATURE,
    UNIT,
    SHIFT,
    SCALE,
    CENTRE,
    DEVIATION,
    VALUE,
    WEIGHT,
    STABILITY,
    SILHOUETTE,
    WITHIN,
    BIC,
    FITTED
};

static const fs_column fit_output[] = {
    {.name = "segment",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "1, 2 … by size, the largest first"},
    {.name = "feature",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the column; one that does not differ is left out"},
    {.name = "unit",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "of a feature x that is taken as asinh(x / unit); null: it is taken as it is"},
    {.name = "shift",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "the feature's mean, so taken"},
    {.name = "scale",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "its standard deviation"},
    {.name = "centre",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "deviations",
     .doc = "mean of the segment, in standard deviations from the mean of all"},
    {.name = "deviation",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "deviations",
     .doc = "of the component, by a mixture; null by k-means"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "the centre as a value of the feature"},
    {.name = "weight",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "of the rows that are in the segment"},
    {.name = "stability",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "how much of the segment is found again in resamples: mean Jaccard coefficient (Hennig "
            "2007); from 0.75 on it may be believed, below 0.6 it should not be"},
    {.name = "silhouette",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "mean silhouette width of this number of segments, -1 to 1 (Rousseeuw 1987)"},
    {.name = "within",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "sum of squares from all rows to their centres, by k-means"},
    {.name = "bic",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "of the mixture: less is better; null by k-means"},
    {.name = "fitted",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "rows",
     .doc = "that the fit has seen"},
    {0}};

static const fs_param fit_params[] = {
    {.name = "segments",
     .type = FS_TYPE_INT,
     .fallback = "0",
     .minimum = 0,
     .maximum = FS_SEGMENTS_MOST,
     .doc = "how many; 0: chosen from least to most"},
    {.name = "least",
     .type = FS_TYPE_INT,
     .fallback = "2",
     .minimum = 1,
     .maximum = FS_SEGMENTS_MOST,
     .doc = "the fewest that may be chosen"},
    {.name = "most",
     .type = FS_TYPE_INT,
     .fallback = "8",
     .minimum = 1,
     .maximum = FS_SEGMENTS_MOST,
     .doc = "the most that may be chosen"},
    {.name = "method",
     .type = FS_TYPE_TEXT,
     .fallback = "kmeans",
     .choices = "kmeans|mixture",
     .doc = "kmeans, or a mixture of Gaussians with variances of their own"},
    {.name = "transform",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = "auto|none|log",
     .doc = "log: a feature x is taken as asinh(x / unit), a logarithm for large values of either "
            "sign; auto: where its skewness is above 1"},
    {.name = "seed",
     .type = FS_TYPE_INT,
     .fallback = "1",
     .minimum = 0,
     .maximum = 1000000000,
     .doc = "of the random starts and resamples"},
    {.name = "fitter",
     .type = FS_TYPE_TEXT,
     .fallback = "foresell",
     .choices = "foresell|mllib",
     .on_spark = "mllib",
     .doc =
         "who fits: foresell, where the rows of a group are together; mllib, Spark's MLlib, over "
         "rows that are too many for that: on Spark only, and k-means only"},
    {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_features features;
    fs_segments_settings settings;
    fs_segments model;
} workspace;

static void fit_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_features_free(&w->features);
    fs_segments_free(&w->model);
    fs_free(w);
}

static void take_settings(const fs_options *options, fs_segments_settings *s)
{
    const char *transform = fs_option_text(options, "transform");
    s->segments = (int)fs_option_int(options, "segments");
    s->least = (int)fs_option_int(options, "least");
    s->most = (int)fs_option_int(options, "most");
    s->mixture = strcmp(fs_option_text(options, "method"), "mixture") == 0;
    s->transform = strcmp(transform, "log") == 0    ? FS_SEGMENT_LOG
                   : strcmp(transform, "none") == 0 ? FS_SEGMENT_PLAIN
                                                    : FS_SEGMENT_AUTO;
    s->seed = (uint64_t)fs_option_int(options, "seed");
}

static fs_status fit_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    FS_TRY(fs_features_open(&w->features, binding, 1, error));
    take_settings(binding->options, &w->settings);
    if (w->settings.least <= w->settings.most) return FS_OK;
    fs_fail(error, FS_USAGE, "operator fit_segments: least = %d is above most = %d",
            w->settings.least, w->settings.most);
    return fs_error_remedy(error, "give most a value that is not below least"), FS_USAGE;
}

/* ---- columns ---- */

static fs_status take_group(workspace *w, const fs_block *block, int64_t g, fs_error *error)
{
    for (int c = 0; c < w->features.count; c++) {
        if (!block->column[1 + c].offset) continue;
        fs_fail(error, FS_DATA, "operator fit_segments: column %s is a text", w->features.name[c]);
        return fs_error_remedy(error, "give it numbers, or 1 and 0 for a level"), FS_DATA;
    }
    return fs_features_take(&w->features, block, g, error);
}

/* ---- results ---- */

static fs_status set_feature(const workspace *w, int k, int c, fs_rows *out, int64_t row)
{
    const fs_segments *m = &w->model;
    const fs_segment_scale *scale = &m->scale[c];
    double centre = m->centre[k * m->columns + c];
    fs_rows_set_integer(out, SEGMENT, row, k + 1);
    fs_rows_set_number(out, SHIFT, row, scale->shift);
    fs_rows_set_number(out, SCALE, row, scale->scale);
    fs_rows_set_number(out, CENTRE, row, centre);
    fs_rows_set_number(out, VALUE, row, fs_segment_value_back(scale, centre));
    fs_rows_set_number(out, WEIGHT, row, m->weight[k]);
    fs_rows_set_number(out, STABILITY, row, m->stability[k]);
    fs_rows_set_number(out, SILHOUETTE, row, m->silhouette);
    fs_rows_set_integer(out, FITTED, row, m->fitted);
    if (scale->unit > 0) fs_rows_set_number(out, UNIT, row, scale->unit);
    if (m->mixture) {
        fs_rows_set_number(out, DEVIATION, row, m->deviation[k * m->columns + c]);
        fs_rows_set_number(out, BIC, row, m->bic);
    } else {
        fs_rows_set_number(out, WITHIN, row, m->within);
    }
    return fs_rows_set_string(out, FEATURE, row, w->features.name[m->column[c]]);
}

static fs_status fit_group(workspace *w, const fs_block *block, int64_t g, fs_rows *out,
                           fs_error *error)
{
    int64_t row = 0, rows = block->start[g + 1] - block->start[g];
    FS_TRY(take_group(w, block, g, error));
    FS_TRY(fs_segments_fit(&w->model, &w->settings, w->features.column, w->features.count, rows,
                           error));
    if (w->model.segments == 0) return FS_OK;
    FS_TRY(fs_rows_extend(out, g, (int64_t)w->model.segments * w->model.columns, &row));
    for (int k = 0; k < w->model.segments; k++)
        for (int c = 0; c < w->model.columns; c++) FS_TRY(set_feature(w, k, c, out, row++));
    return FS_OK;
}

static fs_status fit_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) FS_TRY(fit_group(pointer, block, g, out, error));
    return FS_OK;
}

const fs_operator fs_fit_segments_operator = {
    .name = "fit_segments",
    .summary = "Finds segments of rows that are alike.",
    .details =
        "Features are standardised, skewed ones as logarithms, and rows divided by k-means (the "
        "best of ten starts by k-means++, Arthur and Vassilvitskii 2007, and Lloyd's rounds to "
        "their end) or by a mixture of Gaussians (expectation and maximisation, Dempster, Laird, "
        "Rubin 1977). How many segments there are is chosen on 1,000 rows: by k-means the number "
        "with the widest silhouette (Rousseeuw 1987) among those all of whose segments are found "
        "again in 20 resamples with a mean Jaccard coefficient of 0.75 (Hennig 2007), where none "
        "is so stable the most stable; by mixtures the number with the least BIC (Fraley, Raftery "
        "2002).\n\n"
        "The result is the model as a table, which segment takes. A group whose features do not "
        "differ has no row. A mixture is fitted to 50,000 rows at most.",
    .example = "foresell apply fit_segments sales.csv --order line_id -o segments.csv",
    .version = 1,
    .input = fit_input,
    .output = fit_output,
    .params = fit_params,
    .open = fit_open,
    .block = fit_block,
    .close = fit_close,
};
