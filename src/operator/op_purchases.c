/* The operator purchases: who is still a customer, what he will buy and what that is worth, by a model of fit_purchases.
 *
 * As of classify, a group holds the rows of its model, those whose model is not null, and its customers: one table, put together by UNION ALL.
 * Customers of equal histories are worked out once.
 */
#include <math.h>
#include <string.h>

#include "foresell/customer.h"
#include "stretch_rows.h"
#include "vector.h"

enum {
    ROW_IN,
    MODEL_IN,
    PARAMETER_IN,
    ESTIMATE_IN,
    REPEATS_IN,
    RECENCY_IN,
    AGE_IN,
    VALUE_IN,
    CUSTOMER_IN,
    DECLARED
};

static const fs_column purchases_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which customer it is: a number, a date or a time; give rows of a model numbers below "
            "those of customers"},
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of a row of the model; null: the row is a customer"},
    {.name = "parameter",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of the model, as fit_purchases gives it"},
    {.name = "estimate",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "of the model's parameter"},
    {.name = "repeats",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .unit = "purchases",
     .doc = "of the customer, after the first; null of one of his stretches: it is to come"},
    {.name = "recency",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "time from his first purchase to the last, in the unit that the model was fitted in"},
    {.name = "age",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "time from his first purchase until which he was seen"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .unit = "money",
     .doc = "what a repeat purchase brought, his mean; null, 0 and below: not known"},
    {.name = "customer",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .any = true,
     .doc = "whose row it is: a text, a number or a date. Several rows of one are stretches of his "
            "time, as of fit_purchases; null, or no such column: each row is a customer"},
    {.name = "*",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .each = "covariates",
     .doc =
         "the columns that the parameter covariates names, called as for fit_purchases; null: as "
         "the mean customer"},
    {0}};

enum { ROW, AHEAD, ALIVE, EXPECTED, LOW, HIGH, ORDER_VALUE, VALUE, VALUE_LOW, VALUE_HIGH };

static const fs_column purchases_output[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "of the customer, of several the first"},
    {.name = "ahead",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "each of the parameter's, in the unit of age"},
    {.name = "alive",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "the probability that he is still a customer; null where his row is no history"},
    {.name = "expected",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "purchases",
     .doc = "that come in the time ahead, the mean"},
    {.name = "low",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "purchases",
     .doc = "and with probability `interval` at least, they lie between these whole numbers"},
    {.name = "high",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "purchases",
     .doc = "the upper one of these"},
    {.name = "order_value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "money",
     .doc = "what one more purchase brings, the mean; null without a gamma_gamma in the model"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "money",
     .doc = "what the purchases ahead bring, the mean, discounted to now"},
    {.name = "value_low",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "money",
     .doc = "and with probability `interval`, about, that lies between these"},
    {.name = "value_high",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "money",
     .doc = "the upper one of these"},
    {0}};

static const fs_param purchases_params[] = {
    {.name = "ahead",
     .type = FS_TYPE_LIST,
     .fallback = "52",
     .minimum = 0,
     .maximum = 1000000,
     .merges = true,
     .doc = "times to look ahead, in the unit of age"},
    {.name = "interval",
     .type = FS_TYPE_DOUBLE,
     .fallback = "0.9",
     .minimum = 0.01,
     .maximum = 0.999,
     .doc = "share of customers whose purchases, and money, are to lie between low and high"},
    {.name = "discount",
     .type = FS_TYPE_DOUBLE,
     .fallback = "0.1",
     .minimum = 0,
     .maximum = 10,
     .doc = "a year: money that comes a year later is worth 1 / (1 + discount) of it now"},
    {.name = "year",
     .type = FS_TYPE_DOUBLE,
     .fallback = "52.1786",
     .minimum = 0.000001,
     .maximum = 1000000000,
     .doc = "how long a year is, in the unit of age: weeks"},
    {.name = "covariates",
     .type = FS_TYPE_LIST,
     .fallback = "[]",
     .merges = true,
     .doc =
         "the columns that the model has learnt from as covariates, all of them; one that it has "
         "not is no matter"},
    {0}};

/* ---- workspace ---- */

typedef struct workspace {
    const double *ahead;
    int times;
    double interval, discount; /* a unit of time, continuous */
    double *number;            /* four columns of the rows, then covariates, capacity each */
    double *bought, *mean;     /* of customers: repeats whose value is known, and that */
    int64_t *row;              /* of the block, those of customers */
    fs_outlook *outlook;       /* times × capacity */
    int64_t capacity, count;   /* outlooks of a time */
    fs_stretch_rows rows;
    fs_history_kinds kinds;
    fs_stretch_set stretches; /* where customers have several rows */
    int model;                /* -1: none is whole */
    double parameter[FS_PURCHASE_PARAMETERS];
    fs_covariate_effects effects;
    int column[FS_COVARIATES]; /* of the block, of each covariate that the model knows */
    fs_spend_fit spend;        /* p 0: none */
} workspace;

static void purchases_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_history_kinds_free(&w->kinds), fs_stretch_set_free(&w->stretches);
    fs_stretch_rows_free(&w->rows);
    fs_free(w->number), fs_free(w->row), fs_free(w->outlook);
    fs_free(w);
}

static fs_status purchases_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->ahead = fs_option_numbers(binding->options, "ahead", &w->times);
    w->interval = fs_option_double(binding->options, "interval");
    w->discount = log1p(fs_option_double(binding->options, "discount")) /
                  fs_option_double(binding->options, "year");
    return FS_OK;
}

static fs_status reserve(workspace *w, int64_t rows)
{
    if (rows <= w->capacity) return FS_OK;
    double *number = fs_realloc(w->number, (6 + FS_COVARIATES) * (size_t)rows * sizeof *number);
    if (!number) return FS_MEMORY;
    w->number = number, w->bought = number + (4 + FS_COVARIATES) * rows;
    w->mean = w->bought + rows;
    int64_t *row = fs_realloc(w->row, (size_t)rows * sizeof *row);
    if (!row) return FS_MEMORY;
    w->row = row;
    fs_outlook *outlook = fs_realloc(w->outlook, (size_t)rows * (size_t)w->times * sizeof *outlook);
    if (!outlook) return FS_MEMORY;
    w->outlook = outlook, w->capacity = rows;
    return FS_OK;
}

/* ---- the model ---- */

/* The estimate of a parameter; 0 where no row tells a usable one. */
static double estimate_of(const fs_block *block, int64_t g, const char *model, const char *name)
{
    for (int64_t i = block->start[g]; i < block->start[g + 1]; i++) {
        if (!fs_vector_is(&block->column[MODEL_IN], i, model) ||
            !fs_vector_is(&block->column[PARAMETER_IN], i, name) ||
            !fs_vector_known(&block->column[ESTIMATE_IN], i))
            continue;
        double estimate = block->column[ESTIMATE_IN].number[i];
        return estimate >= 1e-100 && estimate <= 1e100 ? estimate : 0;
    }
    return 0;
}

static bool take_model(workspace *w, const fs_block *block, int64_t g, int m)
{
    for (int k = 0; k < fs_purchase_parameters(m); k++)
        w->parameter[k] =
            estimate_of(block, g, fs_purchase_model_name(m), fs_purchase_parameter_name(m, k));
    if (!fs_purchase_usable(m, w->parameter)) return false;
    w->model = m;
    return true;
}

/* Whether a row of the model is of this number of a covariate, such as rate:NAME. */
static bool is_effect(const fs_block *block, int64_t i, const char *model, const char *of,
                      const char *name)
{
    size_t bytes, before = strlen(of), behind = strlen(name);
    if (!fs_vector_is(&block->column[MODEL_IN], i, model) ||
        !fs_vector_known(&block->column[PARAMETER_IN], i) ||
        !fs_vector_known(&block->column[ESTIMATE_IN], i))
        return false;
    const char *text = fs_vector_text(&block->column[PARAMETER_IN], i, &bytes);
    return bytes == before + behind && memcmp(text, of, before) == 0 &&
           memcmp(text + before, name, behind) == 0;
}

/* 0 where no row tells it. */
static double effect_of(const fs_block *block, int64_t g, const char *model, const char *of,
                        const char *name)
{
    for (int64_t i = block->start[g]; i < block->start[g + 1]; i++)
        if (is_effect(block, i, model, of, name)) return block->column[ESTIMATE_IN].number[i];
    return 0;
}

/* The covariates of the model, among the columns that are given. */
static void find_effects(workspace *w, const fs_block *block, int64_t g)
{
    fs_covariate_effects *e = &w->effects;
    *e = (fs_covariate_effects){0};
    for (int c = DECLARED; w->model >= 0 && c < block->columns && e->columns < FS_COVARIATES; c++) {
        const char *model = fs_purchase_model_name(w->model), *name = block->column[c].name;
        int k = e->columns;
        e->mean[k] = effect_of(block, g, model, "mean:", name);
        e->rate[k] = effect_of(block, g, model, "rate:", name);
        e->leaving[k] = effect_of(block, g, model, "leaving:", name);
        w->column[k] = c;
        e->columns += e->rate[k] != 0 || e->leaving[k] != 0;
    }
}

/* The covariate of a row of the model whose coefficient matters, but whose column is not given; NULL: none. */
static const char *lacking(const workspace *w, const fs_block *block, int64_t i, int *bytes)
{
    static const char rate[] = "rate:";
    size_t size;
    const fs_vector *parameter = &block->column[PARAMETER_IN];
    const char *model = fs_purchase_model_name(w->model);
    if (!fs_vector_is(&block->column[MODEL_IN], i, model) || !fs_vector_known(parameter, i) ||
        !fs_vector_known(&block->column[ESTIMATE_IN], i) ||
        block->column[ESTIMATE_IN].number[i] == 0)
        return NULL;
    const char *text = fs_vector_text(parameter, i, &size);
    if (size < strlen(rate) || memcmp(text, rate, strlen(rate)) != 0) return NULL;
    for (int c = DECLARED; c < block->columns; c++)
        if (is_effect(block, i, model, rate, block->column[c].name)) return NULL;
    *bytes = (int)(size - strlen(rate));
    return text + strlen(rate);
}

static fs_status check_effects(const workspace *w, const fs_block *block, int64_t g,
                               fs_error *error)
{
    for (int c = 0; c < w->effects.columns; c++) {
        const fs_vector *v = &block->column[w->column[c]];
        if (!v->offset) continue;
        fs_fail(error, FS_DATA, "operator purchases: covariate '%s' is a text", v->name);
        return fs_error_remedy(error, "make numbers of it, as for fit_purchases"), FS_DATA;
    }
    for (int64_t i = block->start[g]; w->model >= 0 && i < block->start[g + 1]; i++) {
        int bytes;
        const char *name = lacking(w, block, i, &bytes);
        if (!name) continue;
        fs_fail(error, FS_USAGE, "operator purchases: the model has the covariate '%.*s'", bytes,
                name);
        return fs_error_remedy(error, "name its column: covariates = [%.*s]", bytes, name),
               FS_USAGE;
    }
    return FS_OK;
}

/* Of several models, the first by row. */
static void find_model(workspace *w, const fs_block *block, int64_t g)
{
    w->model = -1;
    for (int64_t i = block->start[g]; i < block->start[g + 1] && w->model < 0; i++)
        for (int m = 0; m < FS_PURCHASE_MODELS && w->model < 0; m++)
            if (fs_vector_is(&block->column[MODEL_IN], i, fs_purchase_model_name(m)) &&
                take_model(w, block, g, m))
                break;
    w->spend = (fs_spend_fit){.p = estimate_of(block, g, "gamma_gamma", "p"),
                              .q = estimate_of(block, g, "gamma_gamma", "q"),
                              .gamma = estimate_of(block, g, "gamma_gamma", "gamma")};
    bool whole = w->spend.p > 3e-14 && w->spend.p < 3e13 && w->spend.q > 3e-14 &&
                 w->spend.q < 3e13 && w->spend.gamma > 0;
    if (!whole) w->spend.p = 0;
    find_effects(w, block, g);
}

/* ---- customers ---- */

/* The rows of a customer beside each other; what covariates are not known are as the mean. */
static fs_status take_customers(workspace *w, const fs_block *block, int64_t g)
{
    int64_t rows = 0;
    for (int64_t i = block->start[g]; i < block->start[g + 1]; i++)
        if (!fs_vector_known(&block->column[MODEL_IN], i)) w->row[rows++] = i;
    FS_TRY(fs_stretch_rows_read(&w->rows, &block->column[CUSTOMER_IN], w->row, rows));
    for (int64_t k = 0; k < rows; k++) {
        int64_t i = w->rows.row[k];
        for (int c = 0; c < 4; c++) {
            const fs_vector *v = &block->column[REPEATS_IN + c];
            w->number[c * w->capacity + k] = fs_vector_known(v, i) ? v->number[i] : NAN;
        }
        for (int c = 0; c < w->effects.columns; c++) {
            const fs_vector *v = &block->column[w->column[c]];
            w->number[(4 + c) * w->capacity + k] =
                fs_vector_known(v, i) ? fs_vector_number(v, i) : w->effects.mean[c];
        }
    }
    return FS_OK;
}

static fs_covariates covariates_of(const workspace *w)
{
    fs_covariates covariates = {.columns = w->effects.columns};
    for (int c = 0; c < covariates.columns; c++)
        covariates.of[c] = w->number + (4 + c) * w->capacity;
    return covariates;
}

static fs_outlook_settings settings_of(const workspace *w, int k)
{
    return (fs_outlook_settings){w->ahead[k], w->discount, w->interval, w->spend.p};
}

/* A row a customer. */
static fs_status look_ahead(workspace *w)
{
    const double *n = w->number;
    fs_histories histories = {.count = w->rows.customers,
                              .repeats = n,
                              .recency = n + w->capacity,
                              .age = n + 2 * w->capacity};
    fs_covariates covariates = covariates_of(w);
    double left;
    FS_TRY(fs_history_kinds_make(&w->kinds, &histories, &covariates, &left));
    w->count = w->kinds.count;
    for (int k = 0; k < w->times && w->model >= 0; k++) {
        fs_outlook_settings settings = settings_of(w, k);
        FS_TRY(fs_covariate_look_ahead(w->model, w->parameter, &w->effects, &w->kinds, &settings,
                                       w->outlook + k * w->count));
    }
    return FS_OK;
}

/* A row a stretch. */
static fs_status look_along(workspace *w)
{
    const double *n = w->number;
    fs_stretches stretches = {.customers = w->rows.customers,
                              .first = w->rows.first,
                              .repeats = n,
                              .recency = n + w->capacity,
                              .length = n + 2 * w->capacity,
                              .covariates = covariates_of(w)};
    int64_t left;
    FS_TRY(fs_stretch_set_make(&w->stretches, &stretches, &left));
    fs_stretch_rows_spend(&w->rows, n, n + 3 * w->capacity, w->bought, w->mean);
    w->count = w->stretches.customers;
    for (int k = 0; k < w->times && w->model >= 0; k++) {
        fs_outlook_settings settings = settings_of(w, k);
        FS_TRY(fs_stretch_look_ahead(&w->stretches, w->parameter, &w->effects, &settings,
                                     w->outlook + k * w->count));
    }
    return FS_OK;
}

static void set_value(const workspace *w, int64_t i, const fs_outlook *o, fs_rows *out, int64_t row)
{
    if (!(w->spend.p > 0)) return;
    bool several = w->rows.several;
    double repeats = several ? w->bought[i] : w->number[i];
    double value = several ? w->mean[i] : w->number[3 * w->capacity + i];
    fs_spend_outlook s = fs_spend_foretell(&w->spend, repeats, value, o, w->interval);
    fs_rows_set_number(out, ORDER_VALUE, row, s.order_value);
    fs_rows_set_number(out, VALUE, row, s.value);
    fs_rows_set_number(out, VALUE_LOW, row, s.low);
    fs_rows_set_number(out, VALUE_HIGH, row, s.high);
}

static void set_customer(const workspace *w, const fs_block *block, int64_t i, fs_rows *out,
                         int64_t row)
{
    int64_t history = w->rows.several ? w->stretches.of[i] : w->kinds.of[i];
    int64_t first = w->rows.row[w->rows.first[i]];
    for (int k = 0; k < w->times; k++, row++) {
        fs_rows_set_integer(out, ROW, row, block->column[ROW_IN].integer[first]);
        fs_rows_set_number(out, AHEAD, row, w->ahead[k]);
        if (w->model < 0 || history < 0) continue;
        const fs_outlook *o = &w->outlook[k * w->count + history];
        fs_rows_set_number(out, ALIVE, row, o->alive);
        fs_rows_set_number(out, EXPECTED, row, o->expected);
        fs_rows_set_number(out, LOW, row, o->low);
        fs_rows_set_number(out, HIGH, row, o->high);
        set_value(w, i, o, out, row);
    }
}

static fs_status take_rows(workspace *w, const fs_block *block, int64_t g, fs_rows *out,
                           fs_error *error)
{
    if (reserve(w, block->start[g + 1] - block->start[g]) != FS_OK) return fs_fail_memory(error, 0);
    find_model(w, block, g);
    FS_TRY(check_effects(w, block, g, error));
    fs_status status = take_customers(w, block, g);
    if (status != FS_OK) return fs_stretch_rows_fail(status, "purchases", error);
    if (w->model < 0) return FS_OK;
    status = fs_stretch_rows_check(&w->rows, "purchases", fs_purchase_model_name(w->model), error);
    if (status != FS_OK) fs_rows_refuse(out, g);
    return status;
}

static fs_status purchases_block(void *pointer, const fs_block *block, fs_rows *out,
                                 fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        int64_t row = 0;
        FS_TRY(take_rows(w, block, g, out, error));
        fs_status status = w->rows.several ? look_along(w) : look_ahead(w);
        if (status != FS_OK) return fs_fail_memory(error, 0);
        FS_TRY(fs_rows_extend(out, g, w->rows.customers * w->times, &row));
        for (int64_t i = 0; i < w->rows.customers; i++)
            set_customer(w, block, i, out, row + i * w->times);
    }
    return FS_OK;
}

const fs_operator fs_purchases_operator = {
    .name = "purchases",
    .summary = "Tells who is still a customer, how often he will buy and what that is worth, by a "
               "model of fit_purchases.",
    .details =
        "Each group holds its model, the rows of fit_purchases' table, and its customers: select "
        "row, model, parameter, estimate, repeats, recency, age and value, null where they do not "
        "belong, from both, put together by union all. Of several models of purchases the first "
        "by row is taken. Where it has covariates, select their columns too and name them: each "
        "customer is then foretold with his own alpha, and beta or a (see fit_purchases).\n\n"
        "Of a customer of several rows, stretches of his time whose covariates differ (see "
        "fit_purchases; pareto_nbd alone), those whose repeats is null are stretches to come, "
        "behind the others: age is how long each will last, and covariates what is planned or "
        "known to come then, such as promotions and seasons. The last one lasts on, of the "
        "stretches so far where none is to come. Mean and variance of his purchases are exact too. "
        "His result has the row of his first.\n\n"
        "The purchases that come are distributed exactly as the model says where customers leave "
        "after purchases or never, those of bg_cnbd_k and mbg_cnbd_k too, by a finite sum over the "
        "events that have passed of the wait at hand; of pareto_nbd the distribution has the exact "
        "mean and variance, "
        "with a negative binomial for those who are there. Money is that of as many purchases, "
        "whose logarithm is taken as normal with its mean and variance. Intervals do not tell how "
        "far off the parameters are.\n\n"
        "A row that is no history (see fit_purchases), and any in a group without a model, is "
        "there with nulls. A customer whose value is not known, is 0 or below has the value of the "
        "mean customer.",
    .example = "foresell apply purchases both.csv --order row --ahead 13,52 -o customers.csv",
    .version = 2,
    .input = purchases_input,
    .output = purchases_output,
    .params = purchases_params,
    .open = purchases_open,
    .block = purchases_block,
    .close = purchases_close,
};
