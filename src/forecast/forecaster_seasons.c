/* The seasons of a forecaster's series, for methods that take several: those that its user gives, or those that are found (seasons.c)
 * in what lies before each point that is forecast from.
 *
 * Whether such methods are part of AUTO is told once, by the whole series, so that all points try the same models.
 */
#include <stdio.h>
#include <string.h>

#include "forecaster_internal.h"

void fs_forecaster_set_seasons(fs_forecaster *f, const int *length, int count, bool are_given)
{
    f->expected = count > FS_SEASONS_MOST ? FS_SEASONS_MOST : count;
    f->are_given = are_given;
    for (int i = 0; i < f->expected; i++) f->expected_of[i] = length[i];
}

/* Is a model with several seasons asked for, whether there are such or not? */
static bool are_named(const fs_forecast_settings *s)
{
    for (int m = 0; m < FS_FORECAST_MODELS; m++)
        if (fs_method_at(m)->seasons == FS_SEASONS_SEVERAL &&
            (s->model == m || s->parts >> m & 1 || s->tries >> m & 1))
            return true;
    return false;
}

static fs_status find(fs_forecaster *f, const fs_series *series)
{
    f->seasons = 0;
    if (f->expected == 0) return FS_OK; /* that of the call */
    f->seasons = f->expected;
    memcpy(f->season_of, f->expected_of, sizeof f->season_of);
    if (f->are_given) return FS_OK;
    double *scratch = fs_scratch_reserve(&f->scratch, FS_SEASONS_SCRATCH(series->count));
    if (!scratch) return FS_MEMORY;
    f->seasons = fs_seasons_find(series, f->expected_of, f->expected, f->season_of, scratch);
    if (f->seasons == 0) f->season_of[f->seasons++] = 1;
    return FS_OK;
}

fs_status fs_seasons_open(fs_forecaster *f, bool is_owned, int *season)
{
    bool is_auto = fs_forecast_has_auto(&f->settings);
    f->seasons = 0;
    f->several = f->found = false;
    f->named = are_named(&f->settings);
    if (f->series.known == 0 || (*season > 0 && !f->named && (!is_auto || is_owned))) {
        if (*season == 0) *season = 1;
        return FS_OK;
    }
    FS_TRY(find(f, &f->series));
    f->several = f->seasons > 1;
    f->shortest = f->seasons > 0 ? f->season_of[0] : 1;
    f->found = *season == 0 && !f->are_given && f->shortest > 1;
    if (*season == 0) *season = f->shortest;
    return FS_OK;
}

fs_status fs_seasons_begin(fs_forecaster *f, const fs_series *series)
{
    if (series->known == 0 || (!f->several && !f->named)) return FS_OK;
    return find(f, series);
}

bool fs_seasons_suit(const fs_forecaster *f, int model)
{
    return f->several || f->settings.parts || fs_method_at(model)->seasons != FS_SEASONS_SEVERAL;
}

void fs_seasons_note(const fs_forecaster *f, fs_forecast *forecast)
{
    char text[96];
    size_t used = 0;
    bool takes = f->named || (f->settings.model == FS_FORECAST_AUTO && !f->owner);
    if (f->several && f->seasons > 1 && takes && !f->are_given) {
        for (int i = 0; i < f->seasons; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%d",
                                     i == 0               ? "seasons of "
                                     : i + 1 < f->seasons ? ", "
                                                          : " and ",
                                     f->season_of[i]);
        snprintf(text + used, sizeof text - used, " found");
    } else if (f->found)
        snprintf(text, sizeof text, "season of %d found", f->shortest);
    else
        return;
    fs_forecast_note(forecast, text);
}
