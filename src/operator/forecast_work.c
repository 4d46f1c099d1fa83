/* A forecaster fed from rows, for the operators forecast, backtest and forecast_paths. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "forecast_work.h"

const fs_column fs_forecast_work_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a date, a time or a whole number; absent periods count as missing, unless `absent` "
            "says that they are zeros"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "what is forecast; null: not known (which is not zero)"},
    FS_AHEAD_COLUMN,
    {.name = "event",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc =
         "the name of what makes the period special, such as a holiday; null: nothing. Each name "
         "has an effect of its own, drawn to that of all events"},
    {.name = "seasonal_index",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc =
         "what the group is thought to be multiplied by in the period, such as the season of its "
         "category, 1 as usual: a regressor whose effect is drawn to just that, and not to none. A "
         "season of a year is left to it. Null, or not above zero: not known"},
    {.name = "*",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc =
         "further columns are regressors, such as a promotion (0 or 1), a price or a holiday: "
         "their effect is taken out before a model is fitted, and put back into the forecast. Rows "
         "that are ahead, or else rows behind the last known value, or behind `end`, tell what "
         "they will be"},
    {0}};

int fs_forecast_work_nonnegative(const fs_options *options)
{
    const char *text = fs_option_text(options, "nonnegative");
    return strcmp(text, "yes") == 0 ? 1 : strcmp(text, "no") == 0 ? 0 : -1;
}

fs_status fs_forecast_work_end(const fs_binding *binding, bool *has_end, int64_t *period,
                               fs_error *error)
{
    const char *end = fs_option_text(binding->options, "end");
    *has_end = end[0] != '\0';
    if (!*has_end || fs_grid_read_period(binding->order_type, end, period)) return FS_OK;
    fs_fail(error, FS_USAGE, "parameter 'end' is '%s', which is no %s", end,
            binding->order_type == FS_TYPE_INT ? "whole number" : "date");
    fs_error_remedy(error, binding->order_type == FS_TYPE_INT
                               ? "write it as the order column has it, such as 156"
                               : "write it as YYYY-MM-DD");
    return FS_USAGE;
}

uint64_t fs_forecast_work_models(const fs_options *options)
{
    uint64_t models = 0;
    int count = 0;
    const char *const *word = fs_option_words(options, "models", &count);
    for (int i = 0; i < count; i++) models |= (uint64_t)1 << fs_forecast_model_find(word[i]);
    return models;
}

static fs_status refuse_form(const char *form, fs_error *error)
{
    fs_fail(error, FS_USAGE, "parameter 'form' is '%s', which is no form of exponential smoothing",
            form);
    fs_error_remedy(
        error, "write error (A, M, Z), trend (N, A, Ad, M, Md, Z) and season (N, A, M, Z), as in "
               "AAdM or ZZN; Z: chosen");
    return FS_USAGE;
}

#define LAMBDA_MOST 2

static fs_status read_box_cox(fs_forecast_settings *all, const fs_options *options, fs_error *error)
{
    const char *text = fs_option_text(options, "box_cox");
    char *end = NULL;
    all->transforms = strcmp(text, "no") != 0;
    all->lambda = -1;
    if (all->transforms && all->saves) {
        fs_fail(error, FS_USAGE, "a model of a series that was transformed can't be saved");
        fs_error_remedy(error, "leave out 'save' or 'box_cox'");
        return FS_USAGE;
    }
    if (!all->transforms || strcmp(text, "auto") == 0) return FS_OK;
    all->lambda = strtod(text, &end);
    if (end != text && !*end && all->lambda >= 0 && all->lambda <= LAMBDA_MOST) return FS_OK;
    fs_fail(error, FS_USAGE, "parameter 'box_cox' is '%s', and lambda is 0 to %d", text,
            LAMBDA_MOST);
    fs_error_remedy(error, "write no, auto or a number, such as 0 for logarithms or 0.5");
    return FS_USAGE;
}

#define CALENDAR_LEAST 61 /* days: two months */

/* sin (even k) or cos of 2 pi i (d - 1) / n on day d of a month of n, i = 1, 2, 3. */
static double wave_at(int n, int day, int k)
{
    double at = 2 * M_PI * (k / 2 + 1) * (day - 1) / (double)n;
    return k % 2 == 0 ? sin(at) : cos(at);
}

double fs_calendar_wave(fs_civil date, int k)
{
    return wave_at(fs_days_in_month(date.year, date.month), date.day, k);
}

static void fill_waves(fs_forecast_work *w)
{
    for (int n = 28; n <= FS_MONTH_LONGEST; n++)
        for (int day = 1; day <= n; day++)
            for (int k = 0; k < FS_CALENDAR_WAVES; k++) w->wave[n][day][k] = wave_at(n, day, k);
}

double fs_regressor_value(const fs_vector *x, int64_t row)
{
    if (x->valid && !x->valid[row]) return NAN;
    return x->number ? x->number[row] : (double)x->integer[row];
}

bool fs_row_is_ahead(const fs_vector *ahead, int64_t row)
{
    return (!ahead->valid || ahead->valid[row]) && ahead->integer[row];
}

double fs_index_value(double index) { return index > 0 ? log(index) : NAN; }

/* Regressors come after the declared columns, those of the calendar last. */
static fs_status open_regressors(fs_forecast_work *w, fs_error *error)
{
    const fs_forecast_settings *s = &w->settings;
    bool has_auto = fs_forecast_has_auto(s);
    const char *calendar = fs_option_text(w->binding.options, "calendar");
    bool is_wanted = strcmp(calendar, "auto") == 0 ? has_auto : strcmp(calendar, "yes") == 0;
    w->given = w->binding.columns - FS_WORK_DECLARED;
    w->has_ahead = w->binding.name[FS_WORK_AHEAD] != NULL;
    w->has_events = w->binding.name[FS_WORK_EVENT] != NULL;
    w->has_index = w->binding.name[FS_WORK_INDEX] != NULL;
    w->uses_calendar = is_wanted && w->binding.order_type != FS_TYPE_INT;
    if (w->given > FS_REGRESSORS_MOST) {
        fs_fail(error, FS_USAGE,
                "%d columns beside the value would be regressors, and %d are the most", w->given,
                FS_REGRESSORS_MOST);
        fs_error_remedy(error, "leave out those that do not drive the value");
        return FS_USAGE;
    }
    size_t most = (size_t)w->given + 1 + FS_CALENDAR_WAVES;
    w->column = fs_alloc(most * sizeof *w->column);
    w->name = fs_alloc(most * sizeof *w->name);
    w->driver = fs_alloc(most * sizeof *w->driver);
    w->prior = fs_alloc(most * sizeof *w->prior);
    w->expected = fs_alloc(most * sizeof *w->expected);
    w->kind = fs_alloc(most);
    w->wave = fs_alloc((FS_MONTH_LONGEST + 1) * sizeof *w->wave);
    if (!w->column || !w->name || !w->driver || !w->prior || !w->expected || !w->kind || !w->wave)
        return fs_fail_memory(error, sizeof *w->wave);
    fill_waves(w);
    return FS_OK;
}

static fs_status refuse_seasons(const char *why, fs_error *error)
{
    fs_fail(error, FS_USAGE, "parameter 'seasons': %s", why);
    fs_error_remedy(error, "seasons: whole numbers of periods, such as [7, 365]");
    return FS_USAGE;
}

/* In ascending order, each once. */
static fs_status read_seasons(fs_forecast_work *w, fs_error *error)
{
    int count = 0;
    const double *season = fs_option_numbers(w->binding.options, "seasons", &count);
    for (int i = 0; i < count; i++) {
        int k = w->seasons;
        if (season[i] != floor(season[i])) return refuse_seasons("they are whole numbers", error);
        while (k > 0 && w->season_of[k - 1] > (int)season[i]) k--;
        if (k > 0 && w->season_of[k - 1] == (int)season[i]) continue;
        if (w->seasons == FS_SEASONS_MOST) return refuse_seasons("there may be 4 at most", error);
        for (int j = w->seasons++; j > k; j--) w->season_of[j] = w->season_of[j - 1];
        w->season_of[k] = (int)season[i];
    }
    return FS_OK;
}

/* Is one season that is given no more than a usual one of the step, beside which auto may find others? */
static bool is_usual(const fs_forecast_work *w, const int *season, int count)
{
    if (!fs_forecast_has_auto(&w->settings)) return false;
    for (int i = 0; i < count; i++)
        if (season[i] == w->season) return true;
    return false;
}

/* Seasons of the group, for the forecaster; the one season is found too where its step has none by custom. */
static void tell_seasons(fs_forecast_work *w)
{
    int season[FS_SEASONS_MOST], count = fs_step_seasons(&w->grid.step, season);
    if (w->season > 0 && !is_usual(w, season, count)) count = 0;
    if (w->seasons > 0)
        fs_forecaster_set_seasons(w->forecaster, w->season_of, w->seasons, true);
    else
        fs_forecaster_set_seasons(w->forecaster, season, count, false);
    if (w->season == 0 && w->grid.season == 1 && (count != 0 || w->seasons > 0)) w->grid.season = 0;
}

void fs_forecast_work_close(void *pointer)
{
    fs_forecast_work *w = pointer;
    if (!w) return;
    fs_grid_free(&w->grid);
    fs_events_free(&w->events);
    fs_free(w->wave);
    fs_free(w->room);
    fs_free(w->driver);
    fs_free(w->prior);
    fs_free(w->expected);
    fs_free(w->kind);
    fs_free(w->column);
    fs_free(w->name);
    fs_forecaster_close(w->forecaster);
    fs_free(w);
}

#define PATHS_ROOM 10000000 /* steps of paths: some 100 MB a thread */

static fs_status read_paths(fs_forecast_settings *all, const fs_options *options, fs_error *error)
{
    all->seed = (uint64_t)fs_option_int(options, "seed");
    if (all->paths == 0) {
        all->quantile = fs_option_numbers(options, "quantile", &all->quantiles);
        all->sums = strcmp(fs_option_text(options, "of"), "sum") == 0;
        all->is_conformal = strcmp(fs_option_text(options, "intervals"), "conformal") == 0;
        all->paths = all->sums ? fs_option_int(options, "paths") : 0;
    }
    if (all->sums && all->is_conformal) {
        fs_fail(error, FS_USAGE, "conformal intervals are of single steps, not of sums");
        fs_error_remedy(error, "leave out intervals = conformal, or of = sum");
        return FS_USAGE;
    }
    if (all->paths * all->horizon <= PATHS_ROOM) return FS_OK;
    fs_fail(error, FS_USAGE, "%lld paths of %lld steps are more than memory is meant for",
            (long long)all->paths, (long long)all->horizon);
    fs_error_remedy(error, "choose fewer paths or a shorter horizon: %d steps of paths at most",
                    PATHS_ROOM);
    return FS_USAGE;
}

fs_status fs_forecast_work_open(const fs_binding *binding, const fs_forecast_settings *settings,
                                void **pointer, fs_error *error)
{
    const fs_options *options = binding->options;
    fs_forecast_work *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->binding = *binding;
    w->settings = *settings;
    w->season = fs_option_int(options, "season");
    fs_grid_open(&w->grid, options);
    fs_forecast_settings *all = &w->settings;
    all->horizon = fs_option_int(options, "horizon");
    all->nonnegative = fs_forecast_work_nonnegative(options);
    all->form = fs_option_text(options, "form");
    if (!fs_ets_form_is_valid(all->form)) return refuse_form(all->form, error);
    all->is_fast = strcmp(fs_option_text(options, "effort"), "fast") == 0;
    all->searches_all = strcmp(fs_option_text(options, "search"), "full") == 0;
    all->origins = (int)fs_option_int(options, "origins");
    FS_TRY(read_box_cox(all, options, error));
    FS_TRY(read_paths(all, options, error));
    FS_TRY(fs_forecast_work_end(&w->binding, &w->has_end, &w->end, error));
    FS_TRY(read_seasons(w, error));
    FS_TRY(open_regressors(w, error));
    return fs_forecaster_open(all, &w->forecaster, error);
}

/* The last period with a known value; the last one where there is none. */
static int64_t last_known(const fs_forecast_work *w)
{
    int64_t t = w->grid.count - 1;
    while (t > 0 && !w->grid.valid[t]) t--;
    if (!w->grid.valid[t]) return w->grid.last;
    return fs_step_add(&w->grid.step, w->grid.last, t - (w->grid.count - 1));
}

static fs_status refuse_regressor(const fs_vector *x, fs_error *error)
{
    fs_fail(error, FS_USAGE, "column '%s' is text, and regressors are numbers", x->name);
    fs_error_remedy(error, "leave it out, or give 0 and 1 for each of its words");
    return FS_USAGE;
}

#define PRIOR_INDEX 0.25 /* of the power of an index, about 1 */
#define PRIOR_CALENDAR                                                                             \
    0.15 /* deviation of an effect that is thought likely, of what follows from the date alone */

/* Adds one that is told as part of `driver`, of values that stand in w->room where they come next. */
static double *add_regressor(fs_forecast_work *w, int64_t length, const char *name, int driver,
                             double prior)
{
    int j = w->regressors++;
    double *at = w->room + j * length;
    w->column[j] = at;
    w->name[j] = name;
    w->driver[j] = driver;
    w->prior[j] = prior;
    w->expected[j] = 0;
    w->kind[j] = FS_KIND_COLUMN;
    return at;
}

/* Of a group that knows nothing of it there is none: it is forecast as if the column were not there. */
static fs_status add_column(fs_forecast_work *w, const fs_vector *x, int64_t start, int64_t length,
                            fs_error *error)
{
    if (!x->number && !x->integer) return refuse_regressor(x, error);
    double *to = add_regressor(w, length, x->name, w->regressors, FS_REGRESSOR_PRIOR);
    bool is_known = false;
    for (int64_t t = 0; t < length; t++) to[t] = NAN;
    for (int64_t i = 0; i < w->grid.rows; i++) {
        int64_t row = start + i, t = w->grid.place[i];
        if (t >= length || (x->valid && !x->valid[row])) continue;
        to[t] = fs_regressor_value(x, row);
        is_known = true;
    }
    if (!is_known) w->regressors--;
    return FS_OK;
}

/* Its log, of which 1 is expected. */
static fs_status add_index(fs_forecast_work *w, const fs_vector *x, int64_t start, int64_t length,
                           fs_error *error)
{
    int j = w->regressors;
    FS_TRY(add_column(w, x, start, length, error));
    if (w->regressors == j) return FS_OK;
    double *index = w->room + j * length;
    for (int64_t t = 0; t < length; t++) index[t] = fs_index_value(index[t]);
    w->prior[j] = PRIOR_INDEX;
    w->expected[j] = 1;
    w->kind[j] = FS_KIND_INDEX;
    return FS_OK;
}

static void add_calendar(fs_forecast_work *w, int64_t length)
{
    double *room = w->room + w->regressors * length;
    for (int j = 0; j < FS_CALENDAR_WAVES; j++) {
        add_regressor(w, length, FS_CALENDAR_NAME, w->given, PRIOR_CALENDAR);
        w->kind[w->regressors - 1] = (char)(FS_KIND_WAVE + j);
    }
    for (int64_t t = 0; t < length; t++) {
        fs_civil date = fs_step_date(&w->grid.step, fs_step_add(&w->grid.step, w->grid.first, t));
        const double *wave = w->wave[fs_days_in_month(date.year, date.month)][date.day];
        for (int j = 0; j < FS_CALENDAR_WAVES; j++) room[j * length + t] = wave[j];
    }
}

static fs_status reserve_room(fs_forecast_work *w, int64_t wanted)
{
    if (wanted <= w->capacity) return FS_OK;
    fs_free(w->room);
    w->capacity = 0;
    w->room = fs_alloc((size_t)(wanted + wanted / 4) * sizeof *w->room);
    if (!w->room) return FS_MEMORY;
    w->capacity = wanted + wanted / 4;
    return FS_OK;
}

/* Of all periods of the grid, and of those to come. */
static fs_status fill_regressors(fs_forecast_work *w, const fs_block *block, int64_t g,
                                 fs_error *error)
{
    const fs_vector *event = &block->column[FS_WORK_EVENT];
    int64_t start = block->start[g], length = w->grid.count + w->settings.horizon;
    bool waves =
        w->uses_calendar && fs_step_is_day(&w->grid.step) && w->grid.count >= CALENDAR_LEAST;
    w->regressors = 0;
    if (w->has_events) FS_TRY(fs_events_find(&w->events, event, start, &w->grid, length));
    FS_TRY(reserve_room(w, length * (w->given + w->has_index + (waves ? FS_CALENDAR_WAVES : 0))));
    for (int j = 0; j < w->given; j++)
        FS_TRY(add_column(w, &block->column[FS_WORK_DECLARED + j], start, length, error));
    if (w->has_index) FS_TRY(add_index(w, &block->column[FS_WORK_INDEX], start, length, error));
    if (waves) add_calendar(w, length);
    return FS_OK;
}

/* Forgets values of periods that are ahead; the last period that is not, or that before the first where all are. */
static int64_t drop_ahead(fs_forecast_work *w, const fs_block *block, int64_t g)
{
    const fs_vector *ahead = &block->column[FS_WORK_AHEAD];
    int64_t last = fs_step_add(&w->grid.step, w->grid.first, -1);
    for (int64_t i = 0; i < w->grid.rows; i++) {
        int64_t row = block->start[g] + i;
        if (fs_row_is_ahead(ahead, row))
            w->grid.valid[w->grid.place[i]] = 0;
        else
            last = block->column[FS_WORK_PERIOD].integer[row];
    }
    return last;
}

/* Where the past of the grid ends. */
static fs_status end_grid(fs_forecast_work *w, const fs_block *block, int64_t g)
{
    int64_t last = w->has_ahead ? drop_ahead(w, block, g) : 0;
    if (w->has_end) return fs_grid_end_at(&w->grid, w->end);
    if (w->has_ahead) return fs_grid_end_at(&w->grid, last);
    if (w->given == 0 && !w->has_events && !w->has_index) return FS_OK;
    return fs_grid_end_at(&w->grid, last_known(w));
}

/* Does the group's index tell periods apart? */
static bool index_tells(const fs_block *block, int64_t g)
{
    const fs_vector *x = &block->column[FS_WORK_INDEX];
    if (!x->number && !x->integer) return false;
    for (int64_t row = block->start[g]; row < block->start[g + 1]; row++) {
        if (x->valid && !x->valid[row]) continue;
        double index = x->number ? x->number[row] : (double)x->integer[row];
        if (index > 0 && index != 1) return true;
    }
    return false;
}

#define YEAR_LEAST 300 /* days of a season that is a year's */

/* The index holds the season of the year, which is not to be learnt a second time from the few years of one group. */
static void leave_year_to_index(fs_forecast_work *w, const fs_block *block, int64_t g)
{
    const fs_step *step = &w->grid.step;
    if (step->kind != FS_PERIOD_DATE || w->grid.season <= 1 || !index_tells(block, g)) return;
    if (fs_step_add(step, w->grid.first, w->grid.season) - w->grid.first >= YEAR_LEAST)
        w->grid.season = 1;
}

fs_status fs_forecast_work_fill(fs_forecast_work *w, const fs_block *block, int64_t g,
                                fs_error *error)
{
    FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, w->season));
    tell_seasons(w);
    if (w->has_index) leave_year_to_index(w, block, g);
    FS_TRY(end_grid(w, block, g));
    return fill_regressors(w, block, g, error);
}

fs_regressors fs_forecast_work_regressors(const fs_forecast_work *w)
{
    return (fs_regressors){.count = w->regressors,
                           .value = w->column,
                           .name = w->name,
                           .driver = w->driver,
                           .prior = w->prior,
                           .expected = w->expected,
                           .kind = w->kind,
                           .event = w->has_events ? w->events.event : NULL,
                           .events = w->events.count,
                           .event_name = w->events.name,
                           .event_usual = w->events.usual[0] ? w->events.usual : NULL};
}
