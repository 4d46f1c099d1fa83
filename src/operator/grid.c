/* A group's rows as a series at even steps: periods that are absent become missing values, or zeros. */
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "options_internal.h"

static fs_period_kind kind_of(fs_type type)
{
    if (type == FS_TYPE_DATE) return FS_PERIOD_DATE;
    return type == FS_TYPE_TIME ? FS_PERIOD_TIME : FS_PERIOD_INTEGER;
}

static fs_status reserve(fs_grid *grid, int64_t count)
{
    if (count <= grid->capacity && grid->value) return FS_OK;
    size_t capacity = (size_t)count + (size_t)count / 4 + 64;
    void *value = fs_realloc(grid->value, capacity * sizeof *grid->value);
    if (!value) return FS_MEMORY;
    grid->value = value;
    void *valid = fs_realloc(grid->valid, capacity);
    if (!valid) return FS_MEMORY;
    grid->valid = valid;
    grid->capacity = (int64_t)capacity;
    return FS_OK;
}

static fs_status reserve_rows(fs_grid *grid, int64_t rows)
{
    if (rows <= grid->row_capacity && grid->place) return FS_OK;
    size_t capacity = (size_t)rows + (size_t)rows / 4 + 64;
    void *place = fs_realloc(grid->place, capacity * sizeof *grid->place);
    if (!place) return FS_MEMORY;
    grid->place = place;
    grid->row_capacity = (int64_t)capacity;
    return FS_OK;
}

/* false where two rows fall on one step: the step is too long for these rows. */
static bool place_rows(fs_grid *grid, const int64_t *period)
{
    for (int64_t i = 0; i < grid->rows; i++) {
        grid->place[i] =
            grid->step.irregular ? i : fs_step_between(&grid->step, period[0], period[i]);
        if (i > 0 && grid->place[i] <= grid->place[i - 1]) return false;
    }
    return true;
}

#define STEPS_MOST (INT64_C(1) << 26)

fs_status fs_grid_fill(fs_grid *grid, const fs_binding *binding, const fs_block *block,
                       int64_t group, int64_t season)
{
    int64_t start = block->start[group];
    const int64_t *period = block->column[0].integer + start;
    const fs_vector *value = &block->column[1];
    grid->rows = block->start[group + 1] - start;
    fs_step_infer(kind_of(binding->order_type), period, grid->rows, grid->period_name, &grid->step);
    FS_TRY(reserve_rows(grid, grid->rows));
    bool placed = place_rows(grid, period) && grid->place[grid->rows - 1] < STEPS_MOST;
    if (!placed) {
        grid->step.irregular = true;
        place_rows(grid, period);
    }
    grid->first = period[0];
    grid->last = period[grid->rows - 1];
    grid->count = grid->place[grid->rows - 1] + 1;
    grid->season = season > 0 ? (int)season : fs_step_season(&grid->step);
    FS_TRY(reserve(grid, grid->count));
    memset(grid->value, 0, (size_t)grid->count * sizeof *grid->value);
    memset(grid->valid, grid->absent_is_zero, (size_t)grid->count);
    for (int64_t i = 0; i < grid->rows; i++) {
        grid->value[grid->place[i]] = value->number[start + i];
        grid->valid[grid->place[i]] = !value->valid || value->valid[start + i];
    }
    return FS_OK;
}

fs_status fs_grid_end_at(fs_grid *grid, int64_t end)
{
    int64_t more = fs_step_between(&grid->step, grid->last, end);
    if (more > STEPS_MOST) more = STEPS_MOST;
    if (more < -grid->count) more = -grid->count;
    if (more > 0) {
        FS_TRY(reserve(grid, grid->count + more));
        memset(grid->value + grid->count, 0, (size_t)more * sizeof *grid->value);
        memset(grid->valid + grid->count, grid->absent_is_zero, (size_t)more);
    }
    grid->count += more;
    grid->last = fs_step_add(&grid->step, grid->last, more);
    return FS_OK;
}

int64_t fs_grid_row_at(const fs_grid *grid, int64_t t)
{
    int64_t low = 0, high = grid->rows - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (grid->place[middle] < t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool fs_grid_read_period(fs_type order, const char *text, int64_t *period)
{
    if (order == FS_TYPE_INT) {
        char *end = NULL;
        *period = strtoll(text, &end, 10);
        return end != text && *end == '\0';
    }
    if (!fs_option_date(text, period)) return false;
    if (order == FS_TYPE_TIME) *period *= INT64_C(86400000000);
    return true;
}

void fs_grid_open(fs_grid *grid, const fs_options *options)
{
    grid->period_name = fs_option_text(options, "period");
    grid->absent_is_zero = strcmp(fs_option_text(options, "absent"), "missing") != 0;
}

void fs_grid_free(fs_grid *grid)
{
    fs_free(grid->value);
    fs_free(grid->valid);
    fs_free(grid->place);
    *grid = (fs_grid){0};
}
