/* What may be said, from figures alone.
 *
 * Rules that each sentence keeps, and tests/unit/report holds:
 *  - a change is named only by its size: never "increased by -3 %";
 *  - a difference that the forecast's own range covers is called no difference;
 *  - a cause is named only where the pipeline found evidence for it, and then as what coincides;
 *  - a leader is named only where it is ahead by more than a hundredth;
 *  - nothing is said of what is not known: a sentence without its figures is left out.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report_internal.h"

/* Below this share two figures are about the same. */
#define ABOUT 0.02

fs_status fs_report_say_total(fs_buffer *out, const fs_figures_total *f)
{
    if (!f->has_revenue && !f->has_units) return FS_OK;
    if (f->first && f->last) FS_TRY(fs_buffer_printf(out, "From %s to %s, ", f->first, f->last));
    if (f->has_units && f->units > 0) {
        FS_TRY(fs_report_whole(out, f->units));
        FS_TRY(fs_buffer_text(out, " pieces were sold"));
        if (f->has_revenue) {
            FS_TRY(fs_buffer_text(out, " for "));
            FS_TRY(fs_report_money(out, f->revenue, f->currency));
        }
    } else if (f->has_revenue) {
        FS_TRY(fs_buffer_text(out, "sales brought in "));
        FS_TRY(fs_report_money(out, f->revenue, f->currency));
    } else {
        FS_TRY(fs_buffer_text(out, "nothing was sold"));
    }
    if (f->has_revenue && f->return_share >= 0.0005) {
        FS_TRY(fs_buffer_text(out, ", after "));
        FS_TRY(fs_report_share(out, f->return_share));
        FS_TRY(fs_buffer_text(out, " of the money went back for returns and cancellations"));
    }
    return fs_buffer_text(out, ".");
}

static fs_status add_quantity(fs_buffer *out, const fs_figures_outlook *f, double value)
{
    if (f->money) return fs_report_money(out, value, f->currency);
    FS_TRY(fs_report_whole(out, value));
    return fs_buffer_text(out, " pieces");
}

/* ", 7.1 % more than the 28 days before (1,234 pieces)", or the two figures where the difference is not sure. */
static fs_status add_comparison(fs_buffer *out, const fs_figures_outlook *f)
{
    double change = f->expected / f->before - 1;
    bool unsure = fabs(change) >= ABOUT && (f->range < 0 || fabs(change) <= f->range);
    if (unsure) {
        FS_TRY(fs_buffer_text(out, "; the "));
    } else if (fabs(change) < ABOUT) {
        FS_TRY(fs_buffer_text(out, ", about as much as the "));
    } else {
        FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(fs_report_share(out, fabs(change)));
        FS_TRY(fs_buffer_text(out, change > 0 ? " more than the " : " less than the "));
    }
    FS_TRY(fs_report_periods(out, f->count, f->period));
    FS_TRY(fs_buffer_text(out, unsure ? " before brought " : " before ("));
    FS_TRY(add_quantity(out, f, f->before));
    return fs_buffer_text(out, unsure ? ", a difference within the forecast's range" : ")");
}

fs_status fs_report_say_outlook(fs_buffer *out, const fs_figures_outlook *f)
{
    if (f->count <= 0 || !(f->expected > 0)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "The next "));
    FS_TRY(fs_report_periods(out, f->count, f->period));
    FS_TRY(fs_buffer_text(out, " should bring "));
    FS_TRY(add_quantity(out, f, f->expected));
    if (f->before > 0) FS_TRY(add_comparison(out, f));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_peak(fs_buffer *out, const fs_figures_peak *f)
{
    if (!(f->times >= 1.1) || !isfinite(f->times)) return FS_OK;
    const char *lead = f->coming ? "A peak is to be expected " : "The highest peak was ";
    if (strcmp(f->period, "day") == 0)
        FS_TRY(fs_buffer_printf(out, "%son %s", lead, f->date));
    else
        FS_TRY(fs_buffer_printf(out, "%sin the %s of %s", lead, f->period, f->date));
    FS_TRY(fs_buffer_printf(
        out, f->coming ? ": about %.1f times the usual" : ": %.1f times the usual", f->times));
    if (f->cause)
        FS_TRY(fs_buffer_printf(out, ", as at other times of \"%s\"", f->cause));
    else if (f->coming)
        FS_TRY(fs_buffer_text(out, ", as the forecast or the years before say"));
    else
        FS_TRY(fs_buffer_text(out, "; the data name no cause"));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_products(fs_buffer *out, const fs_figures_products *f)
{
    if (f->products < 2 || f->enough < 1) return FS_OK;
    FS_TRY(fs_report_whole(out, (double)f->enough));
    FS_TRY(fs_buffer_text(out, " of "));
    FS_TRY(fs_report_whole(out, (double)f->products));
    FS_TRY(fs_buffer_text(out, f->enough == 1 ? " products brings " : " products bring "));
    FS_TRY(fs_report_share(out, f->share));
    FS_TRY(fs_buffer_text(out, " of the revenue"));
    if (f->first && f->first_revenue > 0 && f->first_revenue > 1.01 * f->second_revenue) {
        FS_TRY(fs_buffer_printf(out, "; %s leads with ", f->first));
        FS_TRY(fs_report_money(out, f->first_revenue, f->currency));
    }
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_trends(fs_buffer *out, int64_t growing, int64_t shrinking)
{
    if (growing <= 0 && shrinking <= 0) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of the products that make nine tenths of the revenue, "));
    FS_TRY(fs_report_whole(out, (double)growing));
    FS_TRY(fs_buffer_text(out, growing == 1 ? " surely grows and " : " surely grow and "));
    FS_TRY(fs_report_whole(out, (double)shrinking));
    return fs_buffer_text(out, shrinking == 1 ? " surely shrinks." : " surely shrink.");
}

fs_status fs_report_say_rows(fs_buffer *out, const fs_figures_rows *f)
{
    if (f->rows <= 0) return fs_buffer_text(out, "No rows were read.");
    if (f->refused == 0 && f->merged == 0) {
        FS_TRY(fs_buffer_text(out, "All "));
        FS_TRY(fs_report_whole(out, (double)f->rows));
        return fs_buffer_text(out, " rows read are used; none was refused.");
    }
    FS_TRY(fs_buffer_text(out, "Of "));
    FS_TRY(fs_report_whole(out, (double)f->rows));
    FS_TRY(fs_buffer_text(out, " rows read, "));
    FS_TRY(fs_report_whole(out, (double)f->kept));
    FS_TRY(fs_buffer_text(out, " are used"));
    if (f->merged > 0) {
        FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(fs_report_whole(out, (double)f->merged));
        FS_TRY(fs_buffer_text(out, f->merged == 1 ? " was the repetition of another"
                                                  : " were repetitions of others"));
    }
    FS_TRY(fs_buffer_text(out, " and "));
    FS_TRY(fs_report_whole(out, (double)f->refused));
    FS_TRY(fs_buffer_text(out, f->refused == 1 ? " was refused" : " were refused"));
    if (f->refused > 0 && f->reason)
        FS_TRY(fs_buffer_printf(out, ", most often because: %s", f->reason));
    return fs_buffer_text(out, ".");
}
