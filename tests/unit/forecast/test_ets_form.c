/* Exponential smoothing by name: letters, likelihoods at given parameters, the admissible region, what is refused, and whether
 * the parameters that made a series are found. */
#include "ets_internal.h"
#include "method_test.h"

#define FORMS 30

/* Log likelihoods of 24 values at alpha .3, beta .1, gamma .2, phi .9 by statsforecast 2.1.1: -.5 times the last result of
 * ets.pegelsresid_C(y, 4 or 1, state, ..., .3, .1, .2, .9, 1); its seasonal states go backwards. */
static const struct {
    const char *form;
    double likelihood;
} theirs[FORMS] = {
    {"ANN", -67.525741595006068},  {"ANA", -54.717414742219162},  {"ANM", -55.424009422162712},
    {"AAN", -68.306891118587373},  {"AAA", -54.587341437942953},  {"AAM", -55.80252313937558},
    {"AAdN", -68.252182623373798}, {"AAdA", -54.625584731012466}, {"AAdM", -55.733731277314071},
    {"AMN", -68.365318303711391},  {"AMA", -54.640560342574361},  {"AMM", -55.879585503897445},
    {"AMdN", -68.261588545063233}, {"AMdA", -54.629823689149966}, {"AMdM", -55.756351363959659},
    {"MNN", -68.002970760251785},  {"MNA", -55.606521810548699},  {"MNM", -55.932488025280691},
    {"MAN", -68.563326550198511},  {"MAA", -55.213175411796982},  {"MAM", -55.652129132756428},
    {"MAdN", -68.60661266113236},  {"MAdA", -55.331021468560721}, {"MAdM", -55.772853020581529},
    {"MMN", -68.54998192741715},   {"MMA", -55.254178409150363},  {"MMM", -55.679695521211798},
    {"MMdN", -68.565167675863563}, {"MMdA", -55.330521672574868}, {"MMdM", -55.767092018322543}};

static const fs_method *const named[] = {&fs_ses_method, &fs_holt_method, &fs_holt_damped_method,
                                         &fs_holt_winters_method,
                                         &fs_holt_winters_multiplicative_method};
#define NAMED (sizeof named / sizeof *named)

static fs_ets_part part_of(char letter)
{
    return letter == 'A' ? FS_ETS_ADDITIVE : letter == 'M' ? FS_ETS_MULTIPLICATIVE : FS_ETS_NONE;
}

static fs_ets form_of(const char *form)
{
    fs_ets_letters letters = fs_ets_letters_of(form);
    return (fs_ets){.error = part_of(letters.error),
                    .trend = part_of(letters.trend),
                    .damped = letters.damped,
                    .season = part_of(letters.season)};
}

static void letters_are_those_of_the_book(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",    "A",    "AA",    "NNN", "AAdMx", "ANdN", "AZdN",
                                        "aaa", "ZZZZ", "A,A,N", "dAN", "AANd",  "AAd"};
    for (int i = 0; i < FORMS; i++) assert_true(fs_ets_form_is_valid(theirs[i].form));
    assert_true(fs_ets_form_is_valid("ZZZ") && fs_ets_form_is_valid("MZN"));
    assert_true(fs_ets_form_is_valid("ZAdZ"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(fs_ets_form_is_valid(wrong[i]));
    assert_false(fs_ets_form_is_valid(NULL));
}

static void likelihoods_are_those_of_another_program(void **state)
{
    (void)state;
    static const double season[4] = {3, -1, -4, 2}, factor[4] = {1.125, 0.9375, 0.8125, 1.125};
    double y[24], running[4];
    uint8_t use[24];
    for (int t = 0; t < 24; t++) use[t] = 1, y[t] = 18 + 0.25 * t + season[t % 4] + 7 * t % 5;
    for (int i = 0; i < FORMS; i++) {
        fs_ets ets = form_of(theirs[i].form);
        const double *first = ets.season == FS_ETS_MULTIPLICATIVE ? factor : season;
        fs_ets_past past = {y, use, 24, ets.season ? 4 : 1, first};
        ets.alpha = 0.3, ets.beta = ets.trend ? 0.1 : 0, ets.gamma = ets.season ? 0.2 : 0;
        ets.phi = ets.damped ? 0.9 : 1;
        ets.first_level = 20;
        if (ets.trend) ets.first_slope = ets.trend == FS_ETS_ADDITIVE ? 0.25 : 1.0125;
        memcpy(running, first, sizeof running);
        double ours = fs_ets_likelihood(&past, &ets, running);
        assert_true(fabs(ours - theirs[i].likelihood) < 1e-10 * fabs(ours));
    }
}

/* ETS(A,N,N), alpha 0: errors 1, -1 and what is missing between, so -ln 2; of none at all, and of a mean of zero. */
static void a_likelihood_is_finite_and_of_what_is_known(void **state)
{
    (void)state;
    const double y[] = {6, 0, 4}, none[] = {5, 5, 5};
    const uint8_t use[] = {1, 0, 1};
    fs_ets_past past = {.y = y, .use = use, .count = 3, .period = 1};
    fs_ets ets = {.error = FS_ETS_ADDITIVE, .phi = 1, .first_level = 5};
    double season[1] = {0};
    assert_true(fabs(fs_ets_likelihood(&past, &ets, season) + log(2)) < 1e-12);
    past.y = none;
    assert_true(fs_ets_likelihood(&past, &ets, season) == 1e300);
    ets.error = FS_ETS_MULTIPLICATIVE, ets.first_level = 0;
    assert_true(fs_ets_likelihood(&past, &ets, season) == -1e300);
}

/* As statsforecast's ets.admissible has it, which looks for the roots. */
static void what_is_admissible_is_known(void **state)
{
    (void)state;
    static const struct {
        double alpha, beta, gamma, phi;
        int period;
        bool is;
    } cases[] = {{0.6, 0.5, 0.3, 1, 7, false},     {0.6, 0.2, 0.3, 1, 7, true},
                 {0.7, 0.6, 0.1, 0.95, 7, false},  {0.3, 0.02, 0.1, 1, 52, false},
                 {0.3, 0.02, 0.1, 0.9, 52, false}, {0.3, 0.002, 0.5, 1, 52, true},
                 {0.9, 0.8, 0.05, 0.98, 4, true},  {0.5, 0.1, 0.2, 1, 12, true},
                 {0.5, 0.2, 0.2, 1, 12, false},    {0.5, 0.2, 0.2, 0.85, 12, false}};
    double room[54];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fs_ets ets = form_of("AAA");
        ets.alpha = cases[i].alpha, ets.beta = cases[i].beta;
        ets.gamma = cases[i].gamma, ets.phi = cases[i].phi;
        assert_true(fs_ets_is_admissible(&ets, cases[i].period, room) == cases[i].is);
        ets.trend = FS_ETS_NONE;
        assert_true(fs_ets_is_admissible(&ets, cases[i].period, room));
    }
}

/* ---- fits ---- */

static void make_shop(double *y, int n, int season)
{
    fs_random random = fs_random_open(21, 0, 0, 0);
    double level = 30;
    for (int t = 0; t < n; t++) {
        double e = fs_random_normal(&random);
        y[t] = level + 5 * sin(t % season * 6.2832 / season) + e;
        level += 0.2 + 0.3 * e;
    }
}

static void each_of_the_thirty_is_fitted_where_it_is_named(void **state)
{
    (void)state;
    double y[96];
    method_work w = {0};
    make_shop(y, 96, 4);
    for (int i = 0; i < FORMS; i++) {
        char name[FS_MODEL_NAME];
        fs_ets form = form_of(theirs[i].form);
        w.form = theirs[i].form;
        fs_ets_name(&form, name);
        assert_true(method_fit(&w, &fs_ets_method, 4, y, NULL, 96));
        assert_string_equal(w.fit.model, name);
        method_check_sane(&w);
        assert_true(fabs(w.mean[0] - y[92]) < 15);
    }
    method_free(&w);
}

/* But for how quick its trend may be. */
static void a_method_is_its_form(void **state)
{
    (void)state;
    static const char *const form[NAMED] = {"ANN", "AAN", "AAdN", "AAA", "MAM"};
    double y[60], mean[METHOD_HORIZON];
    char model[FS_MODEL_NAME];
    method_work w = {0};
    make_shop(y, 60, 7);
    for (size_t i = 0; i < NAMED; i++) {
        w.form = form[(i + 1) % NAMED]; /* is not for it */
        assert_true(method_fit(&w, named[i], 7, y, NULL, 60));
        memcpy(mean, w.mean, sizeof mean);
        memcpy(model, w.fit.model, sizeof model);
        w.form = form[i];
        assert_true(method_fit(&w, &fs_ets_method, 7, y, NULL, 60));
        assert_string_equal(model, w.fit.model);
        if (i == 0) assert_memory_equal(mean, w.mean, sizeof mean);
        assert_true(fabs(mean[0] / w.mean[0] - 1) < 0.1);
    }
    method_free(&w);
}

static double aicc_of(method_work *w, const char *form, const double *y)
{
    w->form = form;
    assert_true(method_fit(w, &fs_ets_method, 4, y, NULL, 80));
    return w->fit.aicc;
}

static void a_letter_left_open_is_chosen_by_aicc(void **state)
{
    (void)state;
    double y[80];
    method_work w = {0};
    make_shop(y, 80, 4);
    double least = fmin(fmin(aicc_of(&w, "ANN", y), aicc_of(&w, "ANA", y)), aicc_of(&w, "MNN", y));
    least = fmin(fmin(least, aicc_of(&w, "MNA", y)), aicc_of(&w, "MNM", y));
    assert_true(aicc_of(&w, "ZNZ", y) == least);
    assert_true(aicc_of(&w, NULL, y) == aicc_of(&w, "ZZZ", y));
    assert_true(fmin(aicc_of(&w, "AMdN", y), aicc_of(&w, "MMdN", y)) == aicc_of(&w, "ZMdN", y));
    method_free(&w);
}

/* Seasons of factors with errors of one size. */
static void unstable_forms_are_taken_where_they_are_named_only(void **state)
{
    (void)state;
    fs_random random = fs_random_open(22, 0, 0, 0);
    const double factor[4] = {1.5, 0.9, 0.2, 1.4};
    double y[80];
    method_work w = {0};
    for (int t = 0; t < 80; t++) y[t] = (20 + t) * factor[t % 4] + fs_random_normal(&random);
    assert_true(aicc_of(&w, "AAM", y) < aicc_of(&w, "MAM", y));
    assert_true(aicc_of(&w, "ZAM", y) == aicc_of(&w, "MAM", y));
    assert_true(aicc_of(&w, "AAZ", y) == aicc_of(&w, "AAA", y));
    for (int t = 0; t < 80; t++) y[t] = exp(0.05 * t) * (1 + 0.01 * fs_random_normal(&random));
    assert_true(aicc_of(&w, "MMN", y) < aicc_of(&w, "ZZN", y));
    fs_ets_letters any = fs_ets_letters_of("ZZZ");
    fs_ets grows = form_of("MMN");
    assert_false(fs_ets_allows(&any, &grows, 1));
    method_free(&w);
}

/* Two values, a value of zero, no season: what there is to fall back on is the caller's to say. */
static void what_a_series_has_no_room_for_is_refused(void **state)
{
    (void)state;
    double y[40];
    method_work w = {0};
    make_shop(y, 40, 4);
    for (size_t i = 0; i < NAMED; i++) {
        assert_false(method_fit(&w, named[i], 4, y, NULL, 2));
        assert_true(method_fit(&w, named[i], 1, y, NULL, 40) == (i < 3));
        assert_true(method_fit(&w, named[i], 4, y, NULL, 40));
        assert_true(method_fit(&w, named[i], 30, y, NULL, 40) == (i < 3));
    }
    y[20] = 0;
    for (int i = 0; i < FORMS; i++) {
        w.form = theirs[i].form;
        bool multiplies = strchr(w.form, 'M') != NULL;
        assert_true(method_fit(&w, &fs_ets_method, 4, y, NULL, 40) == !multiplies);
    }
    w.form = "ZZZ";
    assert_true(method_fit(&w, &fs_ets_method, 4, y, NULL, 1));
    method_free(&w);
}

/* ---- the parameters that made a series ---- */

#define LONG 2000

typedef struct maker {
    fs_ets ets;
    double season[12], deviation;
    int period, count;
} maker;

/* By the equations of ets_internal.h, states moved by an error that is drawn. */
static void make(maker *m, uint64_t seed, double *y)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    double l = m->ets.first_level, b = m->ets.first_slope;
    bool factors = m->ets.season == FS_ETS_MULTIPLICATIVE;
    for (int t = 0; t < m->count; t++) {
        double *s = &m->season[t % m->period], e = m->deviation * fs_random_normal(&random);
        b *= m->ets.phi;
        l += b;
        double mean = factors ? l * *s : l + *s;
        if (m->ets.error == FS_ETS_MULTIPLICATIVE) e *= mean;
        y[t] = mean + e;
        double u = factors ? e / *s : e, v = factors ? e / l : e;
        *s += m->ets.gamma * v;
        b += m->ets.beta * u;
        l += m->ets.alpha * u;
    }
}

/* The best of the starts of a form. */
static fs_ets fit_form(const char *form, int period, const double *y, int count)
{
    fs_series series = {0};
    fs_ets best = {.aicc = INFINITY};
    double first[12], scratch[12], room[12 * 7 * 4];
    assert_int_equal(fs_series_fill(&series, y, NULL, count), FS_OK);
    fs_ets_group g = {.past = {series.y, series.use, series.count, period, first},
                      .period = period,
                      .trend = FS_ETS_ADDITIVE,
                      .season = part_of(form[strlen(form) - 1]),
                      .trend_is_named = true,
                      .trend_is_quick = true,
                      .room = room};
    int half = form[0] == 'M' ? FS_ETS_STARTS : 0;
    for (int k = 0; k < FS_ETS_STARTS; k++) g.form[half + k] = form_of(form);
    assert_true(fs_ets_room(period) <= sizeof room / sizeof *room);
    fs_ets_begin(&series, period, g.season, &g.start, first, scratch);
    fs_ets_fit(&g);
    for (int k = 0; k < FS_LSQ_LANES; k++)
        if (g.form[k].error && g.form[k].aicc < best.aicc) best = g.form[k];
    fs_series_free(&series);
    return best;
}

/* Within three deviations of the estimates or so. */
static void check_found(const char *form, maker m)
{
    static double y[LONG];
    const fs_ets *truth = &m.ets;
    for (uint64_t seed = 0; seed < 5; seed++) {
        maker now = m;
        make(&now, 50 + seed, y);
        fs_ets found = fit_form(form, m.period, y, m.count);
        assert_true(fabs(found.alpha - truth->alpha) < 0.1);
        assert_true(fabs(found.beta - truth->beta) < 0.06);
        assert_true(fabs(found.gamma - truth->gamma) < 0.06);
        assert_true(fabs(found.phi - truth->phi) < 0.05);
    }
}

static void parameters_that_made_a_series_are_found(void **state)
{
    (void)state;
    maker m = {.ets = form_of("ANN"), .deviation = 1, .period = 1, .count = LONG};
    m.ets.alpha = 0.3, m.ets.phi = 1, m.ets.first_level = 100;
    check_found("ANN", m);
    m.ets.trend = FS_ETS_ADDITIVE, m.ets.beta = 0.15, m.ets.alpha = 0.6, m.ets.first_slope = 0.5;
    check_found("AAN", m);
    m.ets.damped = true, m.ets.phi = 0.9, m.ets.beta = 0.3;
    check_found("AAdN", m);
    m = (maker){.ets = form_of("ANA"),
                .season = {6, -2, -9, 5},
                .deviation = 1,
                .period = 4,
                .count = LONG};
    m.ets.alpha = 0.4, m.ets.gamma = 0.2, m.ets.phi = 1, m.ets.first_level = 100;
    check_found("ANA", m);
    m = (maker){.ets = form_of("MAM"),
                .season = {1.2, 0.9, 0.7, 1.2},
                .period = 4,
                .count = 1000}; /* later it falls below zero */
    m.ets.alpha = 0.3, m.ets.beta = 0.01, m.ets.gamma = 0.2, m.ets.phi = 1, m.deviation = 0.004;
    m.ets.first_level = 100, m.ets.first_slope = 1;
    check_found("MAM", m);
}

/* Few seasons of twelve: the best points of three in ten such series lie beyond what is admissible. */
static void a_fit_stays_where_it_forgets(void **state)
{
    (void)state;
    static double y[LONG];
    double room[14];
    maker m = {.ets = form_of("AAA"), .deviation = 1, .period = 12, .count = 42};
    m.ets.alpha = 0.6, m.ets.beta = 0.5, m.ets.gamma = 0.3, m.ets.phi = 1;
    assert_false(fs_ets_is_admissible(&m.ets, 12, room));
    for (uint64_t seed = 0; seed < 40; seed++) {
        maker now = m;
        make(&now, 100 + seed, y);
        fs_ets found = fit_form("AAA", 12, y, m.count);
        assert_true(isfinite(found.aicc) && fs_ets_is_admissible(&found, 12, room));
        assert_true(found.beta > 0 && found.beta < found.alpha && found.gamma < 1 - found.alpha);
    }
}

/* ---- series that break things ---- */

static void nasty_series_get_finite_forecasts_of_any_form(void **state)
{
    (void)state;
    static const int seasons[] = {1, 2, 4, 7, 12, 52};
    fs_random random = fs_random_open(23, 0, 0, 0);
    method_work w = {0};
    double y[200];
    uint8_t valid[200];
    for (int trial = 0; trial < 3000; trial++) {
        int64_t n = 1 + fs_random_below(&random, trial % 10 == 0 ? 200 : 60);
        method_make_nasty(&random, y, valid, n);
        for (int64_t t = 0; t < n && trial % 2; t++)
            y[t] = fabs(y[t]) + 1e-3; /* for those that multiply */
        w.form = theirs[trial % FORMS].form;
        if (method_fit(&w, &fs_ets_method, seasons[trial / FORMS % 6], y, valid, n))
            method_check_sane(&w);
    }
    method_free(&w);
    for (size_t i = 0; i < NAMED; i++) method_check_nasty(named[i], 30 + i);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_holt_winters_method, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_those_of_the_book),
        cmocka_unit_test(likelihoods_are_those_of_another_program),
        cmocka_unit_test(a_likelihood_is_finite_and_of_what_is_known),
        cmocka_unit_test(what_is_admissible_is_known),
        cmocka_unit_test(each_of_the_thirty_is_fitted_where_it_is_named),
        cmocka_unit_test(a_method_is_its_form),
        cmocka_unit_test(a_letter_left_open_is_chosen_by_aicc),
        cmocka_unit_test(unstable_forms_are_taken_where_they_are_named_only),
        cmocka_unit_test(what_a_series_has_no_room_for_is_refused),
        cmocka_unit_test(parameters_that_made_a_series_are_found),
        cmocka_unit_test(a_fit_stays_where_it_forgets),
        cmocka_unit_test(nasty_series_get_finite_forecasts_of_any_form),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
