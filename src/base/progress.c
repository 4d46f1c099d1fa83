/* Progress: passed down by whoever can show it. */
#include "foresell/base.h"

void fs_progress_report(const fs_progress *progress, const char *what, double done, double total)
{
    if (progress && progress->report) progress->report(progress->context, what, done, total);
}

bool fs_progress_cancelled(const fs_progress *progress)
{
    return progress && progress->cancelled && progress->cancelled(progress->context);
}
