/* Regressors and events of a saved model, found in new rows by their names.
 *
 * A model tells what it needs: columns, the seasonal index, waves of the calendar, events. Columns that it doesn't need are not looked at;
 * one that it needs and the table hasn't is an error, since its effect would be taken for the level's.
 *
 * Cost: a pass over the rows for each regressor; events n times how many names there are.
 */
#include <math.h>
#include <string.h>

#include "update_drivers.h"

#define NEEDS_MOST (FS_REGRESSORS_MOST + 1 + FS_CALENDAR_WAVES)

static fs_status refuse(const char *what, const char *name, fs_error *error)
{
    fs_fail(error, FS_DATA, "the saved model needs %s '%.80s', which is not in the data", what,
            name);
    fs_error_remedy(error, "give it in the rows that came since and in those of periods to come, "
                           "or fit anew without it");
    return FS_DATA;
}

static fs_status refuse_text(const char *name, fs_error *error)
{
    fs_fail(error, FS_DATA, "column '%.80s' is text, and a regressor of the saved model", name);
    fs_error_remedy(error, "give it as the numbers that it had in the forecast");
    return FS_DATA;
}

static fs_status refuse_other(fs_error *error)
{
    fs_fail(error, FS_DATA, "the saved model has regressors that no forecast has");
    fs_error_remedy(error, "fit anew: forecast with save = [model]");
    return FS_DATA;
}

/* ---- room ---- */

static fs_status reserve(fs_update_drivers *d, int64_t wanted, int64_t steps)
{
    if (!d->column) d->column = fs_alloc(NEEDS_MOST * sizeof *d->column);
    if (!d->driver) d->driver = fs_alloc(NEEDS_MOST * sizeof *d->driver);
    if (!d->column || !d->driver) return FS_MEMORY;
    if (wanted > d->capacity) {
        fs_free(d->room);
        d->capacity = 0;
        d->room = fs_alloc((size_t)(wanted + wanted / 4) * sizeof *d->room);
        if (!d->room) return FS_MEMORY;
        d->capacity = wanted + wanted / 4;
    }
    if (steps <= d->event_capacity) return FS_OK;
    fs_free(d->event);
    d->event_capacity = 0;
    d->event = fs_alloc((size_t)(steps + steps / 4) * sizeof *d->event);
    if (!d->event) return FS_MEMORY;
    d->event_capacity = steps + steps / 4;
    return FS_OK;
}

void fs_update_drivers_free(fs_update_drivers *d)
{
    fs_free(d->room);
    fs_free(d->column);
    fs_free(d->driver);
    fs_free(d->event);
    *d = (fs_update_drivers){0};
}

/* ---- regressors ---- */

static bool is_at(const fs_update_steps *steps, int64_t i)
{
    return steps->place[i] >= 1 && steps->place[i] <= steps->count;
}

static fs_status fill_column(const fs_vector *x, const char *name, const fs_block *block, int64_t g,
                             const fs_update_steps *steps, double *to, fs_error *error)
{
    int64_t start = block->start[g], rows = block->start[g + 1] - start;
    if (!x) return refuse("the column", name, error);
    if (!x->number && !x->integer) return refuse_text(name, error);
    for (int64_t t = 0; t < steps->count; t++) to[t] = NAN;
    for (int64_t i = 0; i < rows; i++) {
        if (!is_at(steps, i)) continue;
        double value = fs_regressor_value(x, start + i);
        if (isfinite(value)) to[steps->place[i] - 1] = value;
    }
    return FS_OK;
}

static const fs_vector *find_column(const fs_binding *binding, const fs_block *block,
                                    const char *name)
{
    for (int i = FS_UPDATE_DECLARED; i < binding->columns; i++)
        if (strcmp(block->column[i].name, name) == 0) return &block->column[i];
    return NULL;
}

static fs_status fill_index(const fs_binding *binding, const char *name, const fs_block *block,
                            int64_t g, const fs_update_steps *steps, double *to, fs_error *error)
{
    const fs_vector *x = binding->name[FS_UPDATE_INDEX] ? &block->column[FS_UPDATE_INDEX] : NULL;
    if (!x) return refuse("the seasonal_index", name, error);
    FS_TRY(fill_column(x, name, block, g, steps, to, error));
    for (int64_t t = 0; t < steps->count; t++) to[t] = fs_index_value(to[t]);
    return FS_OK;
}

static void fill_wave(int k, const fs_update_steps *steps, double *to)
{
    const fs_step *step = &steps->time->step;
    for (int64_t t = 0; t < steps->count; t++) {
        int64_t period = fs_step_add(step, steps->time->end, t + 1);
        to[t] = fs_calendar_wave(fs_step_date(step, period), k);
    }
}

static fs_status fill_regressor(const fs_binding *binding, const fs_block *block, int64_t g,
                                const fs_update_steps *steps, int j, double *to, fs_error *error)
{
    const char *name = steps->needs->name[j];
    char kind = steps->needs->kind[j];
    int wave = kind - FS_KIND_WAVE;
    if (kind == FS_KIND_COLUMN)
        return fill_column(find_column(binding, block, name), name, block, g, steps, to, error);
    if (kind == FS_KIND_INDEX) return fill_index(binding, name, block, g, steps, to, error);
    if (wave < 0 || wave >= FS_CALENDAR_WAVES || !fs_step_is_day(&steps->time->step))
        return refuse_other(error);
    fill_wave(wave, steps, to);
    return FS_OK;
}

/* Waves are told as one. */
static int driver_of(const fs_regressors *needs, int j)
{
    while (needs->kind[j] >= FS_KIND_WAVE && j > 0 && needs->kind[j - 1] >= FS_KIND_WAVE) j--;
    return j;
}

/* ---- events ---- */

static int event_of(const fs_regressors *needs, const fs_event_row *row)
{
    char name[FS_EVENT_LENGTH];
    fs_events_copy_name(row, name);
    for (int j = 0; j < needs->events; j++)
        if (strcmp(needs->event_name[j], name) == 0) return j;
    bool is_usual = needs->event_usual && strcmp(needs->event_usual, name) == 0;
    return is_usual ? FS_EVENT_NONE : FS_EVENT_OTHER;
}

static fs_status fill_events(fs_update_drivers *d, const fs_binding *binding, const fs_block *block,
                             int64_t g, const fs_update_steps *steps, fs_error *error)
{
    const fs_vector *text = &block->column[FS_UPDATE_EVENT];
    int64_t start = block->start[g], rows = block->start[g + 1] - start;
    if (!binding->name[FS_UPDATE_EVENT]) return refuse("the column", "event", error);
    for (int64_t t = 0; t < steps->count; t++) d->event[t] = FS_EVENT_NONE;
    for (int64_t i = 0; i < rows; i++) {
        int64_t row = start + i, bytes = text->offset[row + 1] - text->offset[row];
        if (!is_at(steps, i) || (text->valid && !text->valid[row]) || bytes == 0) continue;
        fs_event_row named = {text->bytes + text->offset[row], bytes, 0};
        d->event[steps->place[i] - 1] = event_of(steps->needs, &named);
    }
    d->given.event = d->event;
    return FS_OK;
}

fs_status fs_update_drivers_fill(fs_update_drivers *d, const fs_binding *binding,
                                 const fs_block *block, int64_t g, const fs_update_steps *steps,
                                 fs_error *error)
{
    const fs_regressors *needs = steps->needs;
    d->given = (fs_regressors){0};
    if (needs->count == 0 && needs->events == 0) return FS_OK;
    if (needs->count > NEEDS_MOST) return refuse_other(error);
    fs_status status = reserve(d, needs->count * steps->count, steps->count);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)steps->count * sizeof(double));
    for (int j = 0; j < needs->count; j++) {
        double *to = d->room + j * steps->count;
        FS_TRY(fill_regressor(binding, block, g, steps, j, to, error));
        d->column[j] = to;
        d->driver[j] = driver_of(needs, j);
    }
    d->given.count = needs->count;
    d->given.value = d->column;
    d->given.driver = d->driver;
    return needs->events > 0 ? fill_events(d, binding, block, g, steps, error) : FS_OK;
}
