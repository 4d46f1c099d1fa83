/* What is asked of arguments, said by name; and memory that is taken once. */
#include <math.h>

#include "stock_internal.h"

fs_status fs_stock_not_below(const char *name, double value, fs_error *error)
{
    if (isfinite(value) && value >= 0) return FS_OK;
    fs_fail(error, FS_DATA, "%s is %g: it must be a number that is not below 0", name, value);
    return FS_DATA;
}

fs_status fs_stock_above(const char *name, double value, fs_error *error)
{
    if (isfinite(value) && value > 0) return FS_OK;
    fs_fail(error, FS_DATA, "%s is %g: it must be a number above 0", name, value);
    return FS_DATA;
}

fs_status fs_stock_costs(double holding, double shortage, fs_error *error)
{
    FS_TRY(fs_stock_above("holding", holding, error));
    return fs_stock_above("shortage", shortage, error);
}

/* Above the mean a tail falls by 1 + mean / size numbers to a third, or as that of a normal. */
fs_status fs_stock_law(fs_count_law law, fs_error *error)
{
    FS_TRY(fs_stock_not_below("mean", law.mean, error));
    if (!(law.size > 0)) return fs_fail(error, FS_DATA, "size is %g: it must be above 0", law.size);
    double fall = 1 + law.mean / law.size, numbers = 50 * fall + 20 * sqrt(law.mean * fall);
    if (numbers <= (double)FS_COUNTS_MOST && law.mean <= 1e15) return FS_OK;
    fs_fail(error, FS_DATA, "demand of mean %g is spread over too many numbers", law.mean);
    return fs_error_remedy(error, "count it in larger units");
}

fs_status fs_stock_counts(const char *name, const fs_counts *counts, fs_error *error)
{
    double sum = 0;
    if (counts->first < 0 || counts->count < 1 || counts->count > FS_COUNTS_MOST)
        return fs_fail(error, FS_DATA, "%s has no probabilities of whole numbers", name);
    for (int64_t k = 0; k < counts->count; k++) {
        if (!(counts->p[k] >= 0)) sum = NAN;
        sum += counts->p[k];
    }
    if (fabs(sum - 1) < 1.001e-4) return FS_OK;
    return fs_fail(error, FS_DATA, "the probabilities of %s add up to %g", name, sum);
}

fs_status fs_stock_room(fs_stock_work *work, size_t count, fs_error *error)
{
    if (count <= work->capacity) return FS_OK;
    double *room = fs_realloc(work->room, count * sizeof *room);
    if (!room) return fs_fail_memory(error, count * sizeof *room);
    work->room = room, work->capacity = count;
    return FS_OK;
}

void fs_stock_work_free(fs_stock_work *work)
{
    fs_free(work->room);
    *work = (fs_stock_work){0};
}
