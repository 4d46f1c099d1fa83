/* Regressors: effects are found again, taken out and put back, whatever else the series does. */
#include <stdio.h>

#include "method_test.h"

#define MOST 800

typedef struct sample {
    double y[MOST], promotion[MOST], price[MOST];
    const double *column[2];
    fs_regressors given;
} sample;

static const char *const names[] = {"promotion", "price"};

/* A fifth of the days have a promotion (in rows of three), the price walks between 8 and 12. */
static void fill_regressors(sample *s, fs_random *random)
{
    double price = 10;
    for (int t = 0; t < MOST; t++) {
        if (t % 3 == 0) s->promotion[t] = fs_random_below(random, 5) == 0;
        if (t % 3 != 0) s->promotion[t] = s->promotion[t - 1];
        if (fs_random_below(random, 10) == 0) price = 8 + 4 * fs_random_uniform(random);
        s->price[t] = price;
    }
    s->column[0] = s->promotion, s->column[1] = s->price;
    s->given = (fs_regressors){.count = 2, .value = s->column, .name = names};
}

/* What sells without them: grows by a half, with weekdays. */
static double usual(int t) { return 100 * (1 + 0.5 * t / MOST) * (1 + 0.3 * (t % 7 == 5)); }

static void fit(fs_effects *e, fs_series *series, const sample *s, int season, int n, int horizon)
{
    fs_scratch scratch = {0};
    assert_int_equal(fs_series_fill(series, s->y, NULL, n), FS_OK);
    assert_int_equal(fs_effects_fit(e, series, season, horizon, &s->given, &scratch), FS_OK);
    fs_scratch_free(&scratch);
}

/* ---- effects ---- */

static void effects_that_multiply_are_found_again(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    sample s;
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++)
        s.y[t] = usual(t) * (1 + 0.4 * s.promotion[t]) * exp(-0.1 * (s.price[t] - 10)) *
                 (1 + 0.1 * fs_random_normal(&random));
    fit(&e, &series, &s, 7, 760, 40);
    assert_true(e.multiplies);
    assert_true(fabs(fs_effects_of(&e, 0, 1) - 0.4) < 0.04 && fs_effects_of(&e, 0, 0) == 0);
    double halved = fs_effects_of(&e, 1, e.usual[1] + 1);
    assert_true(fabs(halved - expm1(-0.1)) < 0.02);
    fs_effects_remove(&e, &series);
    for (int t = 400; t < 760; t++)
        assert_true(fabs(series.y[t] * series.unit / usual(t) - exp(-0.1 * (e.usual[1] - 10))) <
                    0.5);
    fs_effects_free(&e);
    fs_series_free(&series);
}

static void effects_on_few_and_often_none_are_found_again(void **state)
{
    (void)state;
    fs_random random = fs_random_open(2, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    sample s;
    fill_regressors(&s, &random);
    s.given.count = 1;
    double sum = 0;
    for (int trial = 0; trial < 20; trial++) {
        for (int t = 0; t < MOST; t++)
            s.y[t] = (double)fs_random_poisson(&random, 0.5 * (1 + s.promotion[t]));
        fit(&e, &series, &s, 7, MOST - 10, 10);
        sum += fs_effects_of(&e, 0, 1) / 20;
    }
    assert_true(fabs(sum - 1) < 0.15);
    fs_effects_free(&e);
    fs_series_free(&series);
}

static void effects_that_add_are_found_again(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    sample s;
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++)
        s.y[t] = -20 + usual(t) - 100 + 60 * s.promotion[t] + 10 * fs_random_normal(&random);
    fit(&e, &series, &s, 7, MOST - 10, 10);
    assert_false(e.multiplies);
    assert_true(fabs(fs_effects_of(&e, 0, 1) * series.unit - 60) < 5);
    assert_true(fabs(fs_effects_of(&e, 1, e.usual[1] + 1) * series.unit) < 2);
    fs_effects_free(&e);
    fs_series_free(&series);
}

/* A shift that lasts is level, a day of a thousand is an outlier: neither is a promotion's doing. */
static void shifts_and_outliers_are_not_effects(void **state)
{
    (void)state;
    fs_random random = fs_random_open(4, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    sample s;
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++) {
        s.promotion[t] = t >= 500; /* began with the shift, and has not ended */
        s.y[t] = (t >= 500 ? 300 : 100) * (1 + 0.1 * fs_random_normal(&random));
    }
    fit(&e, &series, &s, 7, MOST - 10, 10);
    double lasting = fs_effects_of(&e, 0, 1);
    assert_true(lasting >= -0.05 && lasting < 3);
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++) s.y[t] = 100 * (1 + 0.1 * fs_random_normal(&random));
    for (int t = 100, set = 0; set < 3; t++)
        if (s.promotion[t]) s.y[t] = 1000, set++, t += 100;
    fit(&e, &series, &s, 7, MOST - 10, 10);
    assert_true(fabs(fs_effects_of(&e, 0, 1)) < 0.08);
    fs_effects_free(&e);
    fs_series_free(&series);
}

static void what_never_changes_or_is_not_known_does_nothing(void **state)
{
    (void)state;
    fs_random random = fs_random_open(5, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    sample s;
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++) {
        s.y[t] = usual(t) * (1 + 0.1 * fs_random_normal(&random));
        s.promotion[t] = t < 700 ? 1 : 5, s.price[t] = NAN;
    }
    fit(&e, &series, &s, 7, 700, 40);
    for (int t = 0; t < 740; t++) assert_true(e.effect[t] == 1);
    fs_effects_free(&e);
    fs_series_free(&series);
}

/* Not even of a last digit of the others. */
static void what_never_changes_leaves_the_others_alone(void **state)
{
    (void)state;
    fs_random random = fs_random_open(10, 0, 0, 0);
    fs_effects alone = {0}, beside = {0};
    fs_series series = {0};
    static double constant[MOST];
    const double *column[3];
    sample s;
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++) {
        constant[t] = 2.5;
        s.y[t] = usual(t) * (1 + 0.4 * s.promotion[t]) * (1 + 0.1 * fs_random_normal(&random));
    }
    fit(&alone, &series, &s, 7, 700, 40);
    column[0] = constant, column[1] = s.promotion, column[2] = s.price;
    s.given.count = 3, s.given.value = column;
    fit(&beside, &series, &s, 7, 700, 40);
    assert_memory_equal(alone.effect, beside.effect, 740 * sizeof(double));
    assert_memory_equal(alone.coefficient, beside.coefficient + 1, 2 * sizeof(double));
    assert_true(beside.coefficient[0] == 0);
    fs_effects_free(&alone);
    fs_effects_free(&beside);
    fs_series_free(&series);
}

/* ---- an index that others tell ---- */

static const double one_each[] = {1};

/* The log of an index that goes up and down by a half and more in a year of 52, as a regressor of which 1 is expected. */
static void give_index(sample *s, double prior[1])
{
    for (int t = 0; t < MOST; t++) s->price[t] = 0.6 * sin(2 * M_PI * t / 52);
    s->column[0] = s->price;
    s->given.count = 1;
    s->given.expected = one_each;
    s->given.prior = prior;
}

static void an_index_is_believed_where_little_was_sold(void **state)
{
    (void)state;
    fs_random random = fs_random_open(21, 0, 0, 0);
    fs_effects with = {0}, without = {0};
    fs_series series = {0};
    double prior[1] = {0.25};
    sample s;
    fill_regressors(&s, &random);
    give_index(&s, prior);
    for (int t = 0; t < MOST; t++) s.y[t] = (double)fs_random_poisson(&random, 0.1);
    fit(&with, &series, &s, 1, 60, 40);
    s.given.expected = NULL;
    fit(&without, &series, &s, 1, 60, 40);
    double more = fs_effects_of(&with, 0, with.usual[0] + 1);
    assert_true(fabs(more - expm1(1)) < 0.5);
    assert_true(fs_effects_of(&without, 0, without.usual[0] + 1) < 0.5 * more);
    fs_effects_free(&with);
    fs_effects_free(&without);
    fs_series_free(&series);
}

static void an_index_that_the_sales_contradict_is_left(void **state)
{
    (void)state;
    fs_random random = fs_random_open(22, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    double prior[1] = {0.25};
    sample s;
    fill_regressors(&s, &random);
    give_index(&s, prior);
    for (int t = 0; t < MOST; t++) s.y[t] = (double)fs_random_poisson(&random, 50);
    fit(&e, &series, &s, 1, 300, 40);
    assert_true(fabs(fs_effects_of(&e, 0, e.usual[0] + 1)) < 0.25);
    fs_effects_free(&e);
    fs_series_free(&series);
}

/* The three periods that are known say nothing of the index, and those ahead have it all the same. */
static void an_index_holds_for_what_is_new(void **state)
{
    (void)state;
    fs_random random = fs_random_open(23, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    double prior[1] = {0.25};
    sample s;
    fill_regressors(&s, &random);
    give_index(&s, prior);
    for (int t = 0; t < MOST; t++) s.price[t] = t < 3 ? 0 : log(2), s.y[t] = 4;
    fit(&e, &series, &s, 1, 3, 5);
    for (int t = 0; t < 3; t++) assert_true(fabs(e.effect[t] - 1) < 1e-9);
    for (int t = 3; t < 8; t++) assert_true(fabs(e.effect[t] - 2) < 1e-6);
    fs_effects_free(&e);
    fs_series_free(&series);
}

static void an_index_is_of_no_use_where_effects_add(void **state)
{
    (void)state;
    fs_random random = fs_random_open(24, 0, 0, 0);
    fs_effects with = {0}, without = {0};
    fs_series series = {0};
    double prior[1] = {0.25};
    sample s;
    fill_regressors(&s, &random);
    give_index(&s, prior);
    for (int t = 0; t < MOST; t++) s.y[t] = 10 * fs_random_normal(&random);
    fit(&with, &series, &s, 1, 300, 40);
    s.given.expected = NULL;
    fit(&without, &series, &s, 1, 300, 40);
    assert_memory_equal(with.effect, without.effect, 340 * sizeof(double));
    fs_effects_free(&with);
    fs_effects_free(&without);
    fs_series_free(&series);
}

/* ---- events ---- */

static void events_have_effects_of_their_own(void **state)
{
    (void)state;
    fs_random random = fs_random_open(12, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    int event[MOST];
    sample s;
    fill_regressors(&s, &random);
    s.given.event = event, s.given.events = 2;
    for (int t = 0; t < MOST; t++) {
        event[t] = t % 50 == 20 ? 0 : t % 80 == 35 ? 1 : FS_EVENT_NONE;
        s.y[t] = usual(t) *
                 (event[t] == 0   ? 2
                  : event[t] == 1 ? 0.3
                                  : 1) *
                 (1 + 0.4 * s.promotion[t]) * (1 + 0.05 * fs_random_normal(&random));
    }
    fit(&e, &series, &s, 7, 760, 40);
    assert_true(fabs(fs_event_effect(&e, 0) - log(2)) < 0.05);
    assert_true(fabs(fs_event_effect(&e, 1) - log(0.3)) < 0.1);
    assert_true(fs_event_effect(&e, FS_EVENT_NONE) == 0);
    assert_true(fabs(fs_effects_of(&e, 0, 1) - 0.4) < 0.05);
    fs_effects_free(&e);
    fs_series_free(&series);
}

/* Thirty of half as much again, each seen once among noise of a third: nearer to the truth than what was seen on the day. */
static void rare_events_are_drawn_to_what_events_do(void **state)
{
    (void)state;
    fs_random random = fs_random_open(13, 0, 0, 0);
    fs_effects e = {0};
    fs_series series = {0};
    int event[MOST];
    double alone = 0, pooled = 0;
    sample s;
    fill_regressors(&s, &random);
    s.given.count = 0, s.given.event = event, s.given.events = 30;
    for (int t = 0; t < MOST; t++) {
        event[t] = t % 25 == 7 && t < 750 ? t / 25 : FS_EVENT_NONE;
        double noise = exp(0.3 * fs_random_normal(&random));
        s.y[t] = 100 * (event[t] >= 0 ? 1.5 : 1) * noise;
        if (event[t] >= 0) alone += fabs(log(noise)) / 30;
    }
    fit(&e, &series, &s, 1, 760, 40);
    for (int j = 0; j < 30; j++) pooled += fabs(fs_event_effect(&e, j) - log(1.5)) / 30;
    assert_true(pooled < 0.7 * alone);
    assert_true(fabs(fs_event_effect(&e, FS_EVENT_OTHER) - log(1.5)) < 0.15);
    fs_effects_free(&e);
    fs_series_free(&series);
}

/* ---- forecasts with them ---- */

static fs_forecaster *open_forecaster(int64_t horizon)
{
    static const double quantile[] = {0.1, 0.9};
    fs_forecast_settings settings = {.horizon = horizon,
                                     .model = FS_FORECAST_AUTO,
                                     .nonnegative = -1,
                                     .origins = 3,
                                     .quantiles = 2,
                                     .quantile = quantile};
    fs_forecaster *f = NULL;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    return f;
}

static void forecasts_follow_what_is_planned(void **state)
{
    (void)state;
    fs_random random = fs_random_open(6, 0, 0, 0);
    fs_forecaster *f = open_forecaster(40);
    fs_forecast plain, with;
    double off[2] = {0, 0};
    sample s;
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++)
        s.y[t] = usual(t) * (1 + 0.5 * s.promotion[t]) * (1 + 0.05 * fs_random_normal(&random));
    assert_int_equal(fs_forecaster_run(f, 7, s.y, NULL, 760, NULL, &plain, NULL), FS_OK);
    assert_null(plain.drivers);
    for (int h = 0; h < 40; h++) off[0] += fabs(plain.mean[h] - s.y[760 + h]);
    s.price[790] = NAN;
    assert_int_equal(fs_forecaster_run(f, 7, s.y, NULL, 760, &s.given, &with, NULL), FS_OK);
    for (int h = 0; h < 40; h++) {
        const char *drivers = with.drivers + h * FS_DRIVERS;
        off[1] += fabs(with.mean[h] - s.y[760 + h]);
        assert_true((strncmp(drivers, "promotion +", 11) == 0) == (s.promotion[760 + h] == 1));
        assert_true(with.quantile[2 * h] < with.mean[h] && with.mean[h] < with.quantile[2 * h + 1]);
    }
    assert_true(off[1] < off[0] / 2);
    assert_non_null(strstr(with.note, "price not known of 1 of 40 periods, taken as its mean"));
    fs_forecaster_close(f);
}

/* Slow movers: their distribution moves with what is planned, and stays one of whole numbers. */
static void counts_follow_what_is_planned(void **state)
{
    (void)state;
    fs_random random = fs_random_open(11, 0, 0, 0);
    fs_forecaster *f = open_forecaster(40);
    fs_forecast made;
    double sum[2] = {0, 0}, count[2] = {0, 0};
    sample s;
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++)
        s.y[t] = (double)fs_random_negative_binomial(&random, 0.8 * (1 + s.promotion[t]), 2);
    assert_int_equal(fs_forecaster_run(f, 7, s.y, NULL, 760, &s.given, &made, NULL), FS_OK);
    assert_string_equal(made.model, "counts");
    for (int h = 0; h < 40; h++) {
        int on = s.promotion[760 + h] == 1;
        sum[on] += made.mean[h], count[on]++;
        assert_true(made.quantile[2 * h + 1] == floor(made.quantile[2 * h + 1]));
    }
    assert_true(count[0] > 10 && count[1] > 3);
    assert_true(fabs(sum[0] / count[0] - 0.8) < 0.25 && fabs(sum[1] / count[1] - 1.6) < 0.4);
    fs_forecaster_close(f);
}

/* Values behind an origin change nothing of what is forecast from it. */
static void effects_of_an_origin_see_no_future(void **state)
{
    (void)state;
    fs_random random = fs_random_open(7, 0, 0, 0);
    fs_forecaster *f = open_forecaster(20);
    fs_forecast forecast;
    double before[20];
    int64_t at = 0, steps = 0;
    sample s;
    fill_regressors(&s, &random);
    for (int t = 0; t < MOST; t++)
        s.y[t] = usual(t) * (1 + 0.5 * s.promotion[t]) * (1 + 0.05 * fs_random_normal(&random));
    assert_int_equal(fs_forecaster_backtest(f, 7, s.y, NULL, 700, &s.given, &forecast, NULL),
                     FS_OK);
    memcpy(before, fs_forecaster_past(f, FS_FORECAST_AUTO, 1, &at, &steps), sizeof before);
    assert_true(at == 660 && steps == 20);
    for (int t = 660; t < 700; t++) s.y[t] = 5000 * s.promotion[t];
    assert_int_equal(fs_forecaster_backtest(f, 7, s.y, NULL, 700, &s.given, &forecast, NULL),
                     FS_OK);
    assert_memory_equal(before, fs_forecaster_past(f, FS_FORECAST_AUTO, 1, &at, &steps),
                        sizeof before);
    fs_forecaster_close(f);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    fs_random random = fs_random_open(8, 0, 0, 0);
    fs_forecaster *f = open_forecaster(13);
    const char *const event_name[] = {"fair", "strike", ""};
    uint8_t valid[300];
    int event[320];
    sample s;
    for (int trial = 0; trial < 1500; trial++) {
        int64_t n = 1 + fs_random_below(&random, trial % 10 == 0 ? 300 : 60);
        fs_forecast forecast;
        method_make_nasty(&random, s.y, valid, n);
        fill_regressors(&s, &random);
        for (int t = 0; t < 320; t++) {
            if (fs_random_below(&random, 9) == 0) s.promotion[t] = trial % 3 ? NAN : 1e308;
            if (trial % 4 == 0) s.price[t] = s.y[t < n ? t : n - 1]; /* tells all */
            if (trial % 7 == 0) s.price[t] = s.promotion[t];         /* the same twice */
            if (trial % 11 == 0) s.price[t] = t % 2 ? -1e308 : 1e308;
            event[t] = (int)fs_random_below(&random, 5) - 2;
        }
        if (trial % 2) s.given.event = event, s.given.events = 3, s.given.event_name = event_name;
        if (trial % 10 == 1) s.given.count = 0; /* events alone */
        assert_int_equal(
            fs_forecaster_run(f, trial % 5 ? 7 : 12, s.y, valid, n, &s.given, &forecast, NULL),
            FS_OK);
        for (int h = 0; h < 13; h++) {
            assert_true(isfinite(forecast.mean[h]));
            assert_true(isfinite(forecast.quantile[2 * h]) &&
                        isfinite(forecast.quantile[2 * h + 1]));
            assert_true(forecast.quantile[2 * h] <= forecast.quantile[2 * h + 1]);
            assert_true(strlen(forecast.drivers + h * FS_DRIVERS) < FS_DRIVERS);
        }
    }
    fs_forecaster_close(f);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fs_random random = fs_random_open(9, 0, 0, 0);
    sample s;
    fill_regressors(&s, &random);
    const char *const event_name[] = {"fair"};
    int event[MOST];
    for (int t = 0; t < MOST; t++) s.y[t] = usual(t), event[t] = t % 9 ? FS_EVENT_NONE : 0;
    s.given.event = event, s.given.events = 1, s.given.event_name = event_name;
    for (int64_t n = 0;; n++) {
        fs_forecaster *f = open_forecaster(5);
        fs_forecast forecast;
        fs_alloc_fail_after(n);
        fs_status status = fs_forecaster_run(f, 7, s.y, NULL, 60, &s.given, &forecast, NULL);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        assert_int_equal(fs_forecaster_run(f, 7, s.y, NULL, 60, &s.given, &forecast, NULL), FS_OK);
        fs_forecaster_close(f);
        if (!failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_that_multiply_are_found_again),
        cmocka_unit_test(effects_on_few_and_often_none_are_found_again),
        cmocka_unit_test(effects_that_add_are_found_again),
        cmocka_unit_test(shifts_and_outliers_are_not_effects),
        cmocka_unit_test(what_never_changes_or_is_not_known_does_nothing),
        cmocka_unit_test(what_never_changes_leaves_the_others_alone),
        cmocka_unit_test(an_index_is_believed_where_little_was_sold),
        cmocka_unit_test(an_index_that_the_sales_contradict_is_left),
        cmocka_unit_test(an_index_holds_for_what_is_new),
        cmocka_unit_test(an_index_is_of_no_use_where_effects_add),
        cmocka_unit_test(events_have_effects_of_their_own),
        cmocka_unit_test(rare_events_are_drawn_to_what_events_do),
        cmocka_unit_test(forecasts_follow_what_is_planned),
        cmocka_unit_test(counts_follow_what_is_planned),
        cmocka_unit_test(effects_of_an_origin_see_no_future),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
