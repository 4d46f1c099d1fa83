/* customers CUSTOMERS WHAT: CPU seconds of models of purchases over made-up customers, the least of a few times (bench/measure.py).
 *
 * WHAT is fit (histories put together, BG/NBD, Gamma-Gamma), pareto (histories, Pareto/NBD), covariates (of Pareto/NBD: a yes or no, and a number that
 * no two customers have alike) or outlook (of BG/NBD: P(alive), expected and discounted
 * purchases of a year, money, intervals of nine in ten). Customers are seen for 26 to 80 weeks, by the day. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "foresell/customer.h"
#include "foresell/numeric.h"

#define REPEATS 3

static const double bg_nbd[FS_PURCHASE_PARAMETERS] = {0.25, 4.4, 0.8, 2.4};

typedef struct customers {
    int64_t count;
    double *repeats, *recency, *age, *mean;
} customers;

/* Purchases of one day are one. */
static void draw(customers *c, int64_t i)
{
    fs_random random = fs_random_open(1, (uint64_t)i, 0, 0);
    double rate = fs_random_gamma(&random, bg_nbd[0]) / bg_nbd[1], day = 0, money = 0;
    double chance = fs_random_beta(&random, bg_nbd[2], bg_nbd[3]), time = 0;
    double cost = fs_random_gamma(&random, 3.7) / 15.4;
    c->age[i] = (double)(182 + fs_random_below(&random, 378)) / 7;
    c->repeats[i] = 0;
    do {
        time += fs_random_exponential(&random) / rate;
        if (!(time <= c->age[i])) break;
        if (floor(7 * time) == day) continue;
        day = floor(7 * time), c->repeats[i]++, money += fs_random_gamma(&random, 6.2) / cost;
    } while (fs_random_uniform(&random) > chance);
    c->recency[i] = day / 7, c->mean[i] = c->repeats[i] > 0 ? money / c->repeats[i] : 0;
}

static customers draw_all(int64_t count)
{
    customers c = {.count = count, .repeats = calloc(4 * (size_t)count, sizeof(double))};
    if (!c.repeats) exit(1);
    c.recency = c.repeats + count, c.age = c.recency + count, c.mean = c.age + count;
    for (int64_t i = 0; i < count; i++) draw(&c, i);
    return c;
}

static void put_together(const customers *c, fs_history_groups *groups)
{
    fs_histories histories = {c->count, c->repeats, c->recency, c->age, NULL, NULL};
    double left;
    if (fs_history_groups_make(groups, &histories, &left) != FS_OK) exit(1);
}

static double fit(const customers *c, int model, fs_history_groups *groups)
{
    fs_purchase_fit purchases;
    fs_spend_fit spend = {0};
    double began = cpu_seconds(), together, fitted;
    put_together(c, groups);
    together = cpu_seconds();
    fs_purchase_fit_model(model, groups, &purchases);
    fitted = cpu_seconds();
    if (model == FS_BG_NBD && fs_spend_fit_model(c->repeats, c->mean, c->count, &spend) != FS_OK)
        exit(1);
    double done = cpu_seconds();
    fprintf(stderr, "histories %lld %.3f, %s %.3f (%d evaluations), gamma_gamma %.3f (%d)\n",
            (long long)groups->count, together - began, fs_purchase_model_name(model),
            fitted - together, purchases.evaluations, done - fitted, spend.evaluations);
    return done - began;
}

static double fit_covariates(const customers *c)
{
    double *value = malloc(2 * (size_t)c->count * sizeof *value), left;
    if (!value) exit(1);
    for (int64_t i = 0; i < c->count; i++) {
        fs_random random = fs_random_open(2, (uint64_t)i, 0, 0);
        value[i] = (double)fs_random_below(&random, 2);
        value[c->count + i] = fs_random_normal(&random);
    }
    fs_histories histories = {c->count, c->repeats, c->recency, c->age, NULL, NULL};
    fs_covariates covariates = {.columns = 2, .of = {value, value + c->count}};
    fs_history_kinds kinds = {0};
    fs_covariate_fit fitted;
    double began = cpu_seconds();
    if (fs_history_kinds_make(&kinds, &histories, &covariates, &left) != FS_OK) exit(1);
    fs_covariate_fit_model(FS_PARETO_NBD, &kinds, &fitted);
    double done = cpu_seconds();
    fs_history_kinds_free(&kinds);
    free(value);
    return done - began;
}

static double look(const customers *c, fs_history_groups *groups)
{
    static const fs_spend_fit spend = {.p = 6.2, .q = 3.7, .gamma = 15.4};
    fs_outlook_settings settings = {52, 0.1 / 52, 0.9, spend.p};
    double began = cpu_seconds(), sum = 0;
    put_together(c, groups);
    fs_outlook *out = malloc((size_t)groups->count * sizeof *out);
    if (!out || fs_purchase_look_ahead(FS_BG_NBD, bg_nbd, groups, &settings, out) != FS_OK) exit(1);
    double looked = cpu_seconds();
    for (int64_t i = 0; i < c->count; i++)
        sum += fs_spend_foretell(&spend, c->repeats[i], c->mean[i], &out[groups->of[i]], 0.9).high;
    double done = cpu_seconds();
    fprintf(stderr, "outlook %.3f, money %.3f (%g)\n", looked - began, done - looked, sum);
    free(out);
    return done - began;
}

int main(int arguments, char **argument)
{
    if (arguments != 3) return 2;
    customers c = draw_all(atoll(argument[1]));
    double least = INFINITY;
    for (int k = 0; k < REPEATS; k++) {
        fs_history_groups groups = {0};
        const char *what = argument[2];
        double one = strcmp(what, "outlook") == 0      ? look(&c, &groups)
                     : strcmp(what, "covariates") == 0 ? fit_covariates(&c)
                     : strcmp(what, "pareto") == 0     ? fit(&c, FS_PARETO_NBD, &groups)
                                                       : fit(&c, FS_BG_NBD, &groups);
        least = fmin(least, one);
        fs_history_groups_free(&groups);
    }
    free(c.repeats);
    printf("%.3f\n", least);
    return 0;
}
