/* The operator fit_purchases: from customers' histories to models of their purchases and of what one brings, a row for each parameter.
 *
 * As of fit_classifier, a model is a table of plain columns, which the operator purchases takes.
 */
#include <math.h>
#include <string.h>

#include "foresell/customer.h"
#include "foresell/operator.h"

static const fs_column fit_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which customer it is: a number, a date or a time"},
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
            "their regularity; p, q and gamma of money"},
    {.name = "estimate",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "of most likelihood; alpha and beta in the unit of age, gamma in that of value"},
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
     .doc = "why estimates say little; null: they are at the maximum of the likelihood"},
    {0}};

static const fs_param fit_params[] = {
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = "auto|all|nbd|bg_nbd|mbg_nbd|pareto_nbd|bg_cnbd_k|mbg_cnbd_k",
     .doc = "of purchases; all: each of them; auto: the one with the least of Akaike's criterion"},
    {0}};

typedef struct workspace {
    int model; /* -1: auto or all */
    bool all;
    double *number; /* the columns of the group but `row`, capacity each */
    int64_t capacity;
    fs_history_groups groups;
    fs_purchase_fit fit[FS_PURCHASE_MODELS];
    fs_spend_fit spend;
    int64_t paying; /* customers whose value is known */
} workspace;

static void fit_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_history_groups_free(&w->groups);
    fs_free(w->number);
    fs_free(w);
}

static fs_status fit_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    const char *model = fs_option_text(binding->options, "model");
    w->all = strcmp(model, "all") == 0;
    w->model = -1;
    for (int m = 0; m < FS_PURCHASE_MODELS; m++)
        if (strcmp(model, fs_purchase_model_name(m)) == 0) w->model = m;
    return FS_OK;
}

/* ---- from rows ---- */

enum { REPEATS, RECENCY, AGE, VALUE, LOG_WAITS, COLUMNS };

/* Null, or no column at all: NaN, which is no history and no value. */
static void take_column(const fs_vector *v, int64_t first, int64_t rows, double *out)
{
    for (int64_t i = 0; i < rows; i++)
        out[i] = v->name && (!v->valid || v->valid[first + i]) ? v->number[first + i] : NAN;
}

static fs_status take_group(workspace *w, const fs_block *block, int64_t first, int64_t rows)
{
    if (rows > w->capacity) {
        double *more = fs_realloc(w->number, COLUMNS * (size_t)rows * sizeof *more);
        if (!more) return FS_MEMORY;
        w->number = more, w->capacity = rows;
    }
    for (int c = 0; c < COLUMNS; c++)
        take_column(&block->column[1 + c], first, rows, w->number + c * w->capacity);
    return FS_OK;
}

static fs_status fit_models(workspace *w, int64_t rows)
{
    const double *repeats = w->number, *value = w->number + VALUE * w->capacity;
    fs_histories histories = {.count = rows,
                              .repeats = repeats,
                              .recency = w->number + RECENCY * w->capacity,
                              .age = w->number + AGE * w->capacity,
                              .log_waits = w->number + LOG_WAITS * w->capacity};
    double left;
    FS_TRY(fs_history_groups_make(&w->groups, &histories, &left));
    for (int m = 0; m < FS_PURCHASE_MODELS && w->groups.count > 0; m++)
        if (w->model < 0 || w->model == m) fs_purchase_fit_model(m, &w->groups, &w->fit[m]);
    w->paying = 0;
    for (int64_t i = 0; i < rows; i++) w->paying += repeats[i] > 0 && value[i] > 0;
    return fs_spend_fit_model(repeats, value, rows, &w->spend);
}

/* ---- to rows ---- */

static double criterion(const workspace *w, int m)
{
    return 2 * fs_purchase_parameters(m) - 2 * w->fit[m].log_likelihood;
}

/* Akaike's; one that was found is before one that was not. */
static int best(const workspace *w)
{
    int best = 0;
    for (int m = 1; m < FS_PURCHASE_MODELS; m++) {
        bool surer = w->fit[m].found && !w->fit[best].found;
        bool as_sure = w->fit[m].found == w->fit[best].found;
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

static fs_status add_model(const workspace *w, int m, int64_t g, fs_rows *out)
{
    const fs_purchase_fit *fit = &w->fit[m];
    parameter p = {.model = fs_purchase_model_name(m),
                   .note = note_of(&w->groups, m, fit->found),
                   .log_likelihood = fit->log_likelihood,
                   .customers = (int64_t)w->groups.customers};
    for (int k = 0; k < fs_purchase_parameters(m); k++) {
        p.name = fs_purchase_parameter_name(m, k);
        p.estimate = fit->parameter[k], p.deviation = fit->deviation[k];
        FS_TRY(add_row(out, g, &p));
    }
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

static fs_status fit_group(workspace *w, const fs_block *block, int64_t g, fs_rows *out)
{
    int64_t first = block->start[g], rows = block->start[g + 1] - first;
    FS_TRY(take_group(w, block, first, rows));
    FS_TRY(fit_models(w, rows));
    if (w->groups.count == 0) return FS_OK;
    int chosen = w->model < 0 ? best(w) : w->model;
    for (int m = 0; m < FS_PURCHASE_MODELS; m++)
        if (w->all || m == chosen) FS_TRY(add_model(w, m, g, out));
    return add_spend(w, g, out);
}

static fs_status fit_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) {
        fs_status status = fit_group(pointer, block, g, out);
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
