/* The operator fit_purchases: from customers' histories to models of their purchases and of what one brings, a row for each parameter.
 *
 * As of fit_classifier, a model is a table of plain columns, which the operator purchases takes.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "foresell/customer.h"
#include "stretch_rows.h"
#include "vector.h"

static const fs_column fit_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which customer it is: a number, a date or a time, each once; where customers have "
            "several "
            "rows, one for each row"},
    {.name = "repeats",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .unit = "purchases",
     .doc = "how many came after the first; those of one moment are one"},
    {.name = "recency",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc =
         "time from the first purchase to the last, in weeks, say; 0 where there are no repeats"},
    {.name = "age",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "time from the first purchase until which the customer was seen, in the same unit"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .unit = "money",
     .doc = "what a repeat purchase brought, the customer's mean; null, 0 and below: not known"},
    {.name = "log_waits",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "the sum of the natural logarithms of the times between his purchases, in the unit of "
            "age, of those with repeats; it tells how regular purchases are"},
    {.name = "customer",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .any = true,
     .doc = "whose row it is: a text, a number or a date. Several rows of one are stretches of his "
            "time, one after the other, between which covariates change; null, or no such column: "
            "each row is a customer"},
    {.name = "*",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .each = "covariates",
     .doc = "the columns that the parameter covariates names: numbers, or "
            "yes or no; null: the customer is not learnt from, but for what a purchase brings"},
    {0}};

enum { MODEL, PARAMETER, ESTIMATE, DEVIATION, LOG_LIKELIHOOD, CUSTOMERS, NOTE };

static const fs_column fit_output[] = {
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc =
         "nbd, bg_nbd, mbg_nbd, pareto_nbd, bg_cnbd_k or mbg_cnbd_k, of purchases; gamma_gamma, of "
         "what one brings"},
    {.name = "parameter",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "r and alpha of the rate of purchases; a and b, or s and beta, of leaving; k of "
            "their regularity; p, q and gamma of money. Of a covariate x: mean:x, over customers, "
            "and the coefficients rate:x and leaving:x"},
    {.name = "estimate",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "of most likelihood; alpha and beta in the unit of age, gamma in that of value; "
            "coefficients may be below 0"},
    {.name = "deviation",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "standard error; null where the likelihood is flat"},
    {.name = "log_likelihood",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "of the model, natural logarithm"},
    {.name = "customers",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "customers",
     .doc = "that it has learnt from"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "why estimates say little; null: they are at the maximum of the likelihood. Of a "
            "covariate's mean: how many customers were left out, as a covariate of theirs is null"},
    {0}};

static const fs_param fit_params[] = {
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = "auto|all|nbd|bg_nbd|mbg_nbd|pareto_nbd|bg_cnbd_k|mbg_cnbd_k",
     .doc = "of purchases; all: each of them; auto: the one with the least of Akaike's criterion"},
    {.name = "covariates",
     .type = FS_TYPE_LIST,
     .fallback = "[]",
     .merges = true,
     .doc = "columns, 8 at most, with what is known of customers from the beginning, such as "
            "[distance, loyal]: they scale how often each buys and how soon he leaves"},
    {0}};

typedef struct workspace {
    int model; /* -1: auto or all */
    bool all_models;
    double *number; /* the columns of the group but `row`, then covariates, capacity each */
    int64_t *row;   /* those of the group */
    int64_t capacity;
    fs_stretch_rows rows;
    double *bought, *mean;   /* of customers of several rows, capacity each */
    int covariates;          /* the columns behind those declared */
    const char *const *name; /* of them */
    char *text;              /* room for the name of a coefficient */
    size_t room;
    fs_history_kinds kinds;
    fs_stretch_set stretches;
    const fs_history_groups *all; /* of the one or the other */
    fs_covariate_fit fit[FS_PURCHASE_MODELS];
    int64_t unknown; /* customers who lack a covariate */
    fs_spend_fit spend;
    int64_t paying; /* customers whose value is known */
} workspace;

static void fit_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_history_kinds_free(&w->kinds), fs_stretch_set_free(&w->stretches);
    fs_stretch_rows_free(&w->rows);
    fs_free(w->number), fs_free(w->row), fs_free(w->text);
    fs_free(w);
}

enum { REPEATS, RECENCY, AGE, VALUE, LOG_WAITS, COLUMNS }; /* behind `row` */
enum { CUSTOMER_IN = 1 + COLUMNS, DECLARED };

static fs_status find_covariates(workspace *w, const fs_binding *binding, fs_error *error)
{
    w->covariates = binding->columns - DECLARED, w->name = binding->name + DECLARED;
    if (w->covariates > FS_COVARIATES)
        return fs_fail(error, FS_USAGE,
                       "operator fit_purchases: %d covariates, and %d are the most", w->covariates,
                       FS_COVARIATES);
    for (int c = 0; c < w->covariates; c++) {
        size_t room = strlen(w->name[c]) + sizeof "leaving:";
        if (room > w->room) w->room = room;
    }
    if (w->covariates > 0) w->text = fs_alloc(w->room);
    return w->covariates > 0 && !w->text ? fs_fail_memory(error, w->room) : FS_OK;
}

static fs_status fit_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    const char *model = fs_option_text(binding->options, "model");
    w->all_models = strcmp(model, "all") == 0;
    w->model = -1;
    for (int m = 0; m < FS_PURCHASE_MODELS; m++)
        if (strcmp(model, fs_purchase_model_name(m)) == 0) w->model = m;
    return find_covariates(w, binding, error);
}

/* ---- from rows ---- */

/* Null, or no column at all: NaN, which is no history, no value and no covariate. */
static void take_column(const fs_vector *v, const int64_t *row, int64_t rows, double *out)
{
    for (int64_t i = 0; i < rows; i++)
        out[i] = fs_vector_known(v, row[i]) ? fs_vector_number(v, row[i]) : NAN;
}

static fs_status reserve(workspace *w, int64_t rows)
{
    if (rows <= w->capacity) return FS_OK;
    size_t columns = COLUMNS + (size_t)w->covariates + 2;
    double *more = fs_realloc(w->number, columns * (size_t)rows * sizeof *more);
    if (!more) return FS_MEMORY;
    w->number = more;
    int64_t *row = fs_realloc(w->row, (size_t)rows * sizeof *row);
    if (!row) return FS_MEMORY;
    w->row = row, w->capacity = rows;
    w->bought = more + (columns - 2) * (size_t)rows, w->mean = w->bought + rows;
    return FS_OK;
}

/* The rows of a customer beside each other. */
static fs_status take_group(workspace *w, const fs_block *block, int64_t first, int64_t rows)
{
    FS_TRY(reserve(w, rows));
    for (int64_t i = 0; i < rows; i++) w->row[i] = first + i;
    FS_TRY(fs_stretch_rows_read(&w->rows, &block->column[CUSTOMER_IN], w->row, rows));
    for (int c = 0; c < COLUMNS; c++)
        take_column(&block->column[1 + c], w->rows.row, rows, w->number + c * w->capacity);
    for (int c = 0; c < w->covariates; c++)
        take_column(&block->column[DECLARED + c], w->rows.row, rows,
                    w->number + (COLUMNS + c) * w->capacity);
    return FS_OK;
}

/* Whether a covariate of one of these rows is not known; what is to come is no matter. */
static bool lacks(const workspace *w, const fs_covariates *all, int64_t first, int64_t end)
{
    for (int64_t i = first; i < end; i++) {
        if (w->rows.several && isnan(w->number[i])) continue;
        for (int c = 0; c < all->columns; c++)
            if (isnan(all->of[c][i])) return true;
    }
    return false;
}

static fs_covariates covariates_of(workspace *w)
{
    fs_covariates all = {.columns = w->covariates};
    w->unknown = 0;
    for (int c = 0; c < w->covariates; c++) all.of[c] = w->number + (COLUMNS + c) * w->capacity;
    for (int64_t k = 0; k < w->rows.customers; k++)
        w->unknown += lacks(w, &all, w->rows.first[k], w->rows.first[k + 1]);
    return all;
}

static fs_status fit_spend(workspace *w, const double *repeats, const double *value)
{
    w->paying = 0;
    for (int64_t i = 0; i < w->rows.customers; i++) w->paying += repeats[i] > 0 && value[i] > 0;
    return fs_spend_fit_model(repeats, value, w->rows.customers, &w->spend);
}

/* A row a customer. */
static fs_status fit_models(workspace *w)
{
    const double *repeats = w->number;
    fs_histories histories = {.count = w->rows.customers,
                              .repeats = repeats,
                              .recency = w->number + RECENCY * w->capacity,
                              .age = w->number + AGE * w->capacity,
                              .log_waits = w->number + LOG_WAITS * w->capacity};
    fs_covariates covariates = covariates_of(w);
    double left;
    FS_TRY(fs_history_kinds_make(&w->kinds, &histories, &covariates, &left));
    w->all = &w->kinds.all;
    for (int m = 0; m < FS_PURCHASE_MODELS && w->kinds.count > 0; m++)
        if (w->model < 0 || w->model == m) fs_covariate_fit_model(m, &w->kinds, &w->fit[m]);
    return fit_spend(w, repeats, w->number + VALUE * w->capacity);
}

/* A row a stretch. */
static fs_status fit_stretches(workspace *w)
{
    fs_stretches stretches = {.customers = w->rows.customers,
                              .first = w->rows.first,
                              .repeats = w->number,
                              .recency = w->number + RECENCY * w->capacity,
                              .length = w->number + AGE * w->capacity,
                              .covariates = covariates_of(w)};
    int64_t left;
    FS_TRY(fs_stretch_set_make(&w->stretches, &stretches, &left));
    w->all = &w->stretches.all;
    if (w->stretches.customers > 0) fs_stretch_fit_model(&w->stretches, &w->fit[FS_PARETO_NBD]);
    fs_stretch_rows_spend(&w->rows, w->number, w->number + VALUE * w->capacity, w->bought, w->mean);
    return fit_spend(w, w->bought, w->mean);
}

/* ---- to rows ---- */

static double criterion(const workspace *w, int m)
{
    int parameters = fs_purchase_parameters(m);
    for (int c = 0; c < w->covariates; c++)
        if (w->fit[m].told[c]) parameters += m == FS_NBD ? 1 : 2;
    return 2 * parameters - 2 * w->fit[m].base.log_likelihood;
}

/* Akaike's; one that was found is before one that was not. */
static int best(const workspace *w)
{
    int best = 0;
    for (int m = 1; m < FS_PURCHASE_MODELS; m++) {
        bool surer = w->fit[m].base.found && !w->fit[best].base.found;
        bool as_sure = w->fit[m].base.found == w->fit[best].base.found;
        if (surer || (as_sure && criterion(w, m) < criterion(w, best))) best = m;
    }
    return best;
}

typedef struct parameter {
    const char *model, *name, *note;
    double estimate, deviation, log_likelihood;
    int64_t customers;
} parameter;

static fs_status set_text(fs_rows *out, int column, int64_t row, const char *text)
{
    return text ? fs_rows_set_text(out, column, row, text, strlen(text)) : FS_OK;
}

static fs_status add_row(fs_rows *out, int64_t g, const parameter *p)
{
    int64_t row;
    FS_TRY(fs_rows_extend(out, g, 1, &row));
    fs_rows_set_number(out, ESTIMATE, row, p->estimate);
    if (p->deviation > 0) fs_rows_set_number(out, DEVIATION, row, p->deviation);
    fs_rows_set_number(out, LOG_LIKELIHOOD, row, p->log_likelihood);
    fs_rows_set_integer(out, CUSTOMERS, row, p->customers);
    FS_TRY(set_text(out, MODEL, row, p->model));
    FS_TRY(set_text(out, PARAMETER, row, p->name));
    return set_text(out, NOTE, row, p->note);
}

static const char *note_of(const fs_history_groups *groups, int m, bool found)
{
    bool regular = m == FS_BG_CNBD_K || m == FS_MBG_CNBD_K;
    if (groups->repeats[groups->groups - 1] == 0) return "nobody bought twice";
    if (regular && !groups->waits_known)
        return "k is 1, as the times between purchases are not known";
    return found ? NULL : "the likelihood has no maximum: estimates are at its edge";
}

/* The row of one of its numbers, such as rate:NAME. */
static fs_status add_named(const workspace *w, const char *of, int c, int64_t g, parameter *p,
                           fs_rows *out)
{
    snprintf(w->text, w->room, "%s:%s", of, w->name[c]);
    p->name = w->text;
    return add_row(out, g, p);
}

/* p: what all rows of the model have. */
static fs_status add_covariate(const workspace *w, int m, int c, int64_t g, const parameter *p,
                               fs_rows *out)
{
    char left[96];
    const fs_covariate_fit *fit = &w->fit[m];
    parameter mean = *p, rate = *p, leaving = *p;
    snprintf(left, sizeof left, "%lld customers who lack a covariate are left out",
             (long long)w->unknown);
    mean.estimate = fit->effects.mean[c], mean.deviation = 0;
    mean.note = w->unknown > 0 ? left : NULL;
    rate.estimate = fit->effects.rate[c], rate.deviation = fit->rate_deviation[c];
    leaving.estimate = fit->effects.leaving[c], leaving.deviation = fit->leaving_deviation[c];
    if (!fit->told[c])
        rate.note = leaving.note = "it is the same for all, or a sum of covariates before it";
    FS_TRY(add_named(w, "mean", c, g, &mean, out));
    FS_TRY(add_named(w, "rate", c, g, &rate, out));
    return m == FS_NBD ? FS_OK : add_named(w, "leaving", c, g, &leaving, out);
}

static fs_status add_model(const workspace *w, int m, int64_t g, fs_rows *out)
{
    const fs_purchase_fit *fit = &w->fit[m].base;
    parameter p = {.model = fs_purchase_model_name(m),
                   .note = note_of(w->all, m, fit->found),
                   .log_likelihood = fit->log_likelihood,
                   .customers = (int64_t)w->all->customers};
    for (int k = 0; k < fs_purchase_parameters(m); k++) {
        p.name = fs_purchase_parameter_name(m, k);
        p.estimate = fit->parameter[k], p.deviation = fit->deviation[k];
        FS_TRY(add_row(out, g, &p));
    }
    for (int c = 0; c < w->covariates; c++) FS_TRY(add_covariate(w, m, c, g, &p, out));
    return FS_OK;
}

static fs_status add_spend(const workspace *w, int64_t g, fs_rows *out)
{
    static const char *const name[] = {"p", "q", "gamma"};
    const fs_spend_fit *fit = &w->spend;
    const double estimate[] = {fit->p, fit->q, fit->gamma};
    if (!(fit->p > 0)) return FS_OK; /* nobody's value is known */
    parameter p = {.model = "gamma_gamma",
                   .note = fit->found ? NULL
                                      : "the likelihood has no maximum: estimates are at its edge",
                   .log_likelihood = fit->log_likelihood,
                   .customers = w->paying};
    for (int k = 0; k < 3; k++) {
        p.name = name[k], p.estimate = estimate[k], p.deviation = fit->deviation[k];
        FS_TRY(add_row(out, g, &p));
    }
    return FS_OK;
}

static fs_status fit_group(workspace *w, int64_t g, fs_rows *out)
{
    FS_TRY(w->rows.several ? fit_stretches(w) : fit_models(w));
    if (w->all->count == 0) return FS_OK;
    int chosen = w->model < 0 ? best(w) : w->model;
    for (int m = 0; m < FS_PURCHASE_MODELS; m++)
        if (w->all_models || m == chosen) FS_TRY(add_model(w, m, g, out));
    return add_spend(w, g, out);
}

static fs_status check_covariates(const workspace *w, const fs_block *block, fs_error *error)
{
    for (int c = 0; c < w->covariates; c++) {
        if (!block->column[DECLARED + c].offset) continue;
        fs_fail(error, FS_DATA, "operator fit_purchases: covariate '%s' is a text", w->name[c]);
        return fs_error_remedy(error, "make numbers of it, as 1 and 0 for yes and no"), FS_DATA;
    }
    return FS_OK;
}

static fs_status take_rows(workspace *w, const fs_block *block, int64_t g, fs_rows *out,
                           fs_error *error)
{
    int64_t first = block->start[g], rows = block->start[g + 1] - first;
    fs_status status = take_group(w, block, first, rows);
    if (status != FS_OK) return fs_stretch_rows_fail(status, "fit_purchases", error);
    const char *model = w->model >= 0   ? fs_purchase_model_name(w->model)
                        : w->all_models ? "all"
                                        : "auto";
    status = fs_stretch_rows_check(&w->rows, "fit_purchases", model, error);
    if (status != FS_OK) fs_rows_refuse(out, g);
    return status;
}

static fs_status fit_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    FS_TRY(check_covariates(pointer, block, error));
    for (int64_t g = 0; g < block->groups; g++) {
        FS_TRY(take_rows(pointer, block, g, out, error));
        fs_status status = fit_group(pointer, g, out);
        if (status != FS_OK) return fs_fail_memory(error, 0);
    }
    return FS_OK;
}

const fs_operator fs_fit_purchases_operator = {
    .name = "fit_purchases",
    .summary = "Learns from customers' purchases so far how often they buy, when they leave, and "
               "what a purchase brings.",
    .details =
        "While a customer is one, purchases come at random at a rate of his own, gamma distributed "
        "over customers (shape r, rate alpha). nbd: for ever (Ehrenberg 1959). bg_nbd: until, "
        "after "
        "any repeat purchase, he leaves with a probability of his own, beta distributed (a, b; "
        "Fader, Hardie and Lee 2005). mbg_nbd: the same, and after the first purchase too "
        "(Batislam, Denizel and Filiztekin 2007). pareto_nbd: until he leaves, which may be at any "
        "time, at a rate of his own, gamma distributed (s, beta; Schmittlein, Morrison and Colombo "
        "1987). bg_cnbd_k and mbg_cnbd_k: as bg_nbd and mbg_nbd, but the times between purchases "
        "are "
        "more regular than at random, Erlang-k distributed, and the rate is that of k events a "
        "purchase (Platzer and Reutterer 2016; Reutterer, Platzer and Schroeder 2021); k from 1, "
        "purchases at random, to 12 is the one of most likelihood, which log_waits tells: without "
        "it "
        "k is 1. Where value is given, gamma_gamma says what a purchase brings: it is gamma "
        "distributed (shape p), its scale too over customers (q, gamma), whatever their rates "
        "(Fader and Hardie 2013). All by maximum likelihood, with standard errors from its "
        "curvature.\n\n"
        "Covariates are what is known of a customer from the beginning and does not change (Fader "
        "and Hardie 2007): his rate of purchases is exp(rate:x (x - mean:x)) times that of the "
        "mean "
        "customer, whose parameters the others are, so alpha is divided by it; and the rate at "
        "which "
        "he leaves is exp(leaving:x (x - mean:x)) times as large, so beta is divided by it, or, "
        "where he leaves after purchases, the odds a / b of leaving, so a is multiplied. A "
        "coefficient of 0.1 is about 10 % more for each unit of x. k is that without covariates. "
        "Whose covariates are not all known is not learnt from. The coefficients of what is the "
        "same for all customers, or a sum of covariates before it, are 0.\n\n"
        "Covariates that change over time, of pareto_nbd (Bachmann, Meierer and Naef 2021): cut "
        "each customer's time since the first purchase into stretches over which they are "
        "constant, and give a row for each, with the same customer and in the order of row. age "
        "is then how long it lasts, repeats the purchases in it but for the first of all, recency "
        "the time from its beginning to the last of them, 0 where there are none, and value what "
        "one of them brought. He buys and leaves in each at rates scaled by its covariates; "
        "mean:x is over customers, of the mean over each one's time. Rows behind these whose "
        "repeats is null are stretches to come, which purchases takes, and not learnt from. A "
        "customer is left out where one of his stretches so far is no history, or lacks a "
        "covariate. Other models, and auto "
        "and all, refuse several rows of a customer.\n\n"
        "The result is the model as a table, which purchases takes. A history is no history where "
        "a number is null or below 0, repeats is no whole number, recency is above age, or above 0 "
        "without repeats: such rows are not learnt from. Customers of age 0 and of one purchase "
        "are. Groups without a history have no row.",
    .example = "foresell apply fit_purchases customers.csv --order row --value value -o model.csv",
    .version = 2,
    .input = fit_input,
    .output = fit_output,
    .params = fit_params,
    .open = fit_open,
    .block = fit_block,
    .close = fit_close,
};
