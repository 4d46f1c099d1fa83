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
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

/* Below this share two figures are about the same. */
#define ABOUT 0.02

/* Here alone a currency that the files do not name is missed aloud. */
static fs_status add_named_money(fs_buffer *out, const fs_figures_total *f)
{
    FS_TRY(fs_report_money(out, f->revenue, f->currency));
    bool named = f->currency && *f->currency;
    return named ? FS_OK : fs_buffer_text(out, " (in a currency that the files do not name)");
}

fs_status fs_report_say_total(fs_buffer *out, const fs_figures_total *f)
{
    if (!f->has_revenue && !f->has_units) return FS_OK;
    if (f->first && f->last) {
        FS_TRY(fs_buffer_text(out, "From "));
        FS_TRY(fs_report_date(out, f->first));
        FS_TRY(fs_buffer_text(out, " to "));
        FS_TRY(fs_report_date(out, f->last));
        if (f->numbered)
            FS_TRY(fs_buffer_printf(out, " (made-up days: the files only number their %ss)",
                                    f->numbered));
        FS_TRY(fs_buffer_text(out, ", "));
    }
    if (f->has_units && f->units > 0) {
        FS_TRY(fs_report_whole(out, f->units));
        FS_TRY(fs_buffer_text(out, " pieces were sold"));
        if (f->has_revenue) {
            FS_TRY(fs_buffer_text(out, " for "));
            FS_TRY(add_named_money(out, f));
        }
    } else if (f->has_revenue) {
        FS_TRY(fs_buffer_text(out, "sales brought in "));
        FS_TRY(add_named_money(out, f));
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

fs_status fs_report_say_no_sales(fs_buffer *out, const char *others)
{
    FS_TRY(fs_buffer_text(out, "The files hold no sales, so nothing can be forecast and no product "
                               "ranked"));
    if (others) FS_TRY(fs_buffer_printf(out, "; what they hold is: %s", others));
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

/* "on 29 Nov 2024", "in the week of 25 Nov 2024", "in Nov 2024". */
static fs_status add_when(fs_buffer *out, const char *period, const char *date)
{
    fs_buffer text = {0};
    fs_status status = fs_report_date(&text, date);
    const char *month = status == FS_OK ? strchr(text.data, ' ') : NULL;
    if (status == FS_OK && strcmp(period, "month") == 0 && month)
        status = fs_buffer_printf(out, "in%s", month);
    else if (status == FS_OK)
        status = fs_buffer_printf(out, strcmp(period, "day") == 0 ? "on %s" : "in the week of %s",
                                  text.data);
    fs_buffer_free(&text);
    return status;
}

/* Why nothing is compared: periods that are known only in part. */
static fs_status add_partial(fs_buffer *out, const fs_figures_outlook *f)
{
    FS_TRY(fs_buffer_text(out, " Nothing is compared: "));
    if (f->partial_from) {
        FS_TRY(fs_buffer_text(out, "the last "));
        if (f->partial == 1)
            FS_TRY(fs_buffer_text(out, f->period));
        else
            FS_TRY(fs_report_periods(out, f->partial, f->period));
        FS_TRY(fs_buffer_text(out, " of the files, from "));
        FS_TRY(fs_report_date(out, f->partial_from));
        return fs_buffer_text(out, f->partial == 1 ? " on, is known only in part."
                                                   : " on, are known only in part.");
    }
    FS_TRY(fs_report_whole(out, (double)f->partial));
    FS_TRY(fs_buffer_text(out, " of the "));
    FS_TRY(fs_report_periods(out, f->count, f->period));
    return fs_buffer_text(out, f->partial == 1 ? " before is known only in part."
                                               : " before are known only in part.");
}

/* Why the forecast is not like most of what was sold: most of it came into the files late. */
static fs_status add_break(fs_buffer *out, const fs_figures_outlook *f)
{
    FS_TRY(fs_buffer_text(out, " Most of what sells today came into the files only "));
    FS_TRY(add_when(out, f->period, f->since));
    FS_TRY(fs_buffer_printf(out, ": an average %s brought ", f->period));
    FS_TRY(add_quantity(out, f, f->usual_before));
    FS_TRY(fs_buffer_text(out, " before and "));
    FS_TRY(add_quantity(out, f, f->usual_since));
    return fs_buffer_printf(out, " since, and the forecast goes by the %ss since alone.",
                            f->period);
}

fs_status fs_report_say_outlook(fs_buffer *out, const fs_figures_outlook *f)
{
    if (f->count <= 0 || !(f->expected > 0)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "The next "));
    FS_TRY(fs_report_periods(out, f->count, f->period));
    FS_TRY(fs_buffer_text(out, " should bring "));
    if (f->money && !(f->currency && *f->currency)) FS_TRY(fs_buffer_text(out, "revenue of "));
    FS_TRY(add_quantity(out, f, f->expected));
    if (f->before > 0) FS_TRY(add_comparison(out, f));
    FS_TRY(fs_buffer_text(out, "."));
    if (!(f->before > 0) && f->partial > 0) FS_TRY(add_partial(out, f));
    return f->since ? add_break(out, f) : FS_OK;
}

static fs_status add_level_sum(fs_buffer *out, const fs_figures_levels *f, double value)
{
    if (f->money) return fs_report_money(out, value, f->currency);
    FS_TRY(fs_report_whole(out, value));
    return fs_buffer_text(out, " pieces");
}

static bool is_apart(const fs_figures_parts *parts)
{
    return parts->alone >= 0 && fabs(parts->alone - parts->whole) > ABOUT * parts->whole;
}

/* Those parts that were brought to agree, or were left, and come to something else than the whole. */
static fs_status add_parts(fs_buffer *out, const fs_figures_levels *f, bool agreed)
{
    static const char *const name[] = {"categories", "stores", "products"};
    const fs_figures_parts *parts[] = {&f->categories, &f->stores, &f->products};
    int said = 0;
    for (int i = 0; i < 3; i++) {
        if (!is_apart(parts[i]) || parts[i]->agreed != agreed) continue;
        const char *begin = agreed ? " Forecast by themselves, " : " But ";
        FS_TRY(fs_buffer_printf(out, "%sall %s %s ", said++ ? ", " : begin, name[i],
                                agreed ? "would come to" : "come to"));
        FS_TRY(add_level_sum(out, f, parts[i]->alone));
    }
    if (!said) return FS_OK;
    return fs_buffer_text(
        out, agreed ? ", and were multiplied until they agree with it."
                    : ", less than half of it, and are left so: what is sold seldom and in bulk is "
                      "in the total only.");
}

fs_status fs_report_say_levels(fs_buffer *out, const fs_figures_levels *f)
{
    bool apart = is_apart(&f->categories) || is_apart(&f->stores) || is_apart(&f->products);
    bool is_new = f->new_share >= 0.005;
    if (!(f->total > 0) || !(apart || is_new)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "For the next "));
    FS_TRY(fs_report_periods(out, f->count, f->period));
    FS_TRY(fs_buffer_text(out, " the models expect "));
    FS_TRY(add_level_sum(out, f, f->total));
    FS_TRY(fs_buffer_text(out, " of everything together"));
    if (is_new) {
        FS_TRY(fs_buffer_text(out, ", about "));
        FS_TRY(fs_report_share(out, f->new_share));
        FS_TRY(fs_buffer_text(
            out, " of it from products that are not sold yet and have no forecast of their own"));
    }
    FS_TRY(fs_buffer_text(out, "."));
    FS_TRY(add_parts(out, f, true));
    return add_parts(out, f, false);
}

static fs_status add_override_error(fs_buffer *out, const fs_figures_overrides *f, double error)
{
    if (f->money) return fs_report_money(out, error, f->currency);
    FS_TRY(fs_report_whole(out, error));
    return fs_buffer_text(out, " pieces");
}

/* Less than one part in a hundred is neither nearer nor farther. */
static fs_status add_override_worth(fs_buffer *out, const fs_figures_overrides *f)
{
    double saved = f->error_models - f->error_planners,
           most = fmax(f->error_models, f->error_planners);
    FS_TRY(fs_buffer_printf(out,
                            "Of %lld that are over, %lld came nearer to what was sold than the "
                            "models alone",
                            (long long)f->judged, (long long)f->nearer));
    if (!(fabs(saved) > 0.01 * most))
        return fs_buffer_text(out, "; together they made no difference.");
    FS_TRY(fs_buffer_text(out, saved > 0 ? "; together they took " : "; together they added "));
    FS_TRY(add_override_error(out, f, fabs(saved)));
    FS_TRY(fs_buffer_text(out,
                          saved > 0 ? " off the models' error of " : " to the models' error of "));
    FS_TRY(add_override_error(out, f, f->error_models));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_overrides(fs_buffer *out, const fs_figures_overrides *f)
{
    if (f->ahead > 0)
        FS_TRY(fs_buffer_printf(out, "%lld %s to the forecast %s in it.%s", (long long)f->ahead,
                                f->ahead == 1 ? "planner's change" : "changes of planners",
                                f->ahead == 1 ? "is" : "are", f->judged > 0 ? " " : ""));
    return f->judged > 0 ? add_override_worth(out, f) : FS_OK;
}

/* What speaks for it, and how sure it is. */
static fs_status add_coming(fs_buffer *out, const fs_figures_peak *f)
{
    FS_TRY(fs_buffer_text(
        out, f->foreseen ? ", as the forecast says"
                         : ", as before at this time of the year; the forecast does not hold it"));
    FS_TRY(fs_buffer_text(out, " (certainty "));
    FS_TRY(fs_report_share(out, f->certainty));
    return fs_buffer_text(out, ")");
}

/* One that is no likelier than not only may come. */
static const char *peak_begins(const fs_figures_peak *f)
{
    if (f->coming) return f->certainty > 0.5 ? "A peak is to be expected " : "A peak may come ";
    return f->orders ? "Single large orders apart, the highest peak was " : "The highest peak was ";
}

fs_status fs_report_say_peak(fs_buffer *out, const fs_figures_peak *f)
{
    if (!(f->times >= 1.1) || !isfinite(f->times)) return FS_OK;
    FS_TRY(fs_buffer_text(out, peak_begins(f)));
    FS_TRY(add_when(out, f->period, f->date));
    FS_TRY(fs_buffer_printf(
        out, f->coming ? ": about %.1f times the usual" : ": %.1f times the usual", f->times));
    if (f->pieces) FS_TRY(fs_buffer_text(out, " number of pieces"));
    if (f->cause && strcmp(f->cause, "promotion") == 0)
        FS_TRY(fs_buffer_text(out, ", with far more on promotion than usual"));
    else if (f->cause)
        FS_TRY(fs_buffer_printf(out, ", as at other times of \"%s\" in the calendar", f->cause));
    else if (!f->coming)
        FS_TRY(fs_buffer_text(out, "; the data name no cause"));
    if (f->coming) FS_TRY(add_coming(out, f));
    return fs_buffer_text(out, ".");
}

/* "; CAKESTAND leads with GBP 300,000", or nothing where it is not ahead. */
static fs_status add_leader(fs_buffer *out, const fs_figures_products *f, const char *before)
{
    if (!f->first || !(f->first_revenue > 0) || f->first_revenue <= 1.01 * f->second_revenue)
        return FS_OK;
    FS_TRY(fs_buffer_printf(out, "%s%s leads with ", before, f->first));
    return f->money ? fs_report_money(out, f->first_revenue, f->currency)
                    : fs_report_whole(out, f->first_revenue);
}

/* Of so few all are looked at anyway: which is first. */
static fs_status say_few_products(fs_buffer *out, const fs_figures_products *f)
{
    char before[32];
    snprintf(before, sizeof before, "Of %lld products, ", (long long)f->products);
    FS_TRY(add_leader(out, f, before));
    return out->size > 0 ? fs_buffer_text(out, ".") : FS_OK;
}

fs_status fs_report_say_products(fs_buffer *out, const fs_figures_products *f)
{
    if (f->products < 2 || f->enough < 1) return FS_OK;
    if (f->products < 5) return say_few_products(out, f);
    FS_TRY(fs_report_whole(out, (double)f->enough));
    FS_TRY(fs_buffer_text(out, " of "));
    FS_TRY(fs_report_whole(out, (double)f->products));
    FS_TRY(fs_buffer_text(out, f->money ? " products with revenue bring" : " products bring"));
    FS_TRY(fs_buffer_text(out, f->enough == 1 ? "s " : " "));
    FS_TRY(fs_report_share(out, f->share));
    FS_TRY(fs_buffer_text(out, f->money ? " of it" : " of the pieces sold"));
    FS_TRY(add_leader(out, f, "; "));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_stores(fs_buffer *out, int64_t stores, const char *first, double share)
{
    if (stores < 2 || !first || !(share > 0)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of "));
    FS_TRY(fs_report_whole(out, (double)stores));
    FS_TRY(fs_buffer_printf(out, " stores, %s sells most: ", first));
    FS_TRY(fs_report_share(out, share));
    return fs_buffer_text(out, " of the whole.");
}

fs_status fs_report_say_trends(fs_buffer *out, int64_t growing, int64_t shrinking, bool money)
{
    if (growing <= 0 && shrinking <= 0) return FS_OK;
    FS_TRY(fs_buffer_printf(out, "Of the products that make nine tenths of the %s, ",
                            money ? "revenue" : "pieces sold"));
    FS_TRY(fs_report_whole(out, (double)growing));
    FS_TRY(fs_buffer_text(out, growing == 1 ? " surely grows and " : " surely grow and "));
    FS_TRY(fs_report_whole(out, (double)shrinking));
    return fs_buffer_text(out, shrinking == 1 ? " surely shrinks." : " surely shrink.");
}

fs_status fs_report_say_left(fs_buffer *out, const fs_figures_people *f)
{
    if (!(f->customers > 0) || !(f->left >= 0)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of "));
    FS_TRY(fs_report_whole(out, f->customers));
    FS_TRY(fs_buffer_text(out, " customers, "));
    FS_TRY(fs_report_whole(out, f->left));
    FS_TRY(fs_buffer_text(out, f->left == 1 ? " has left (" : " have left ("));
    FS_TRY(fs_report_share(out, f->left / f->customers));
    return fs_buffer_text(out, ").");
}

fs_status fs_report_say_response(fs_buffer *out, const fs_figures_people *f)
{
    if (!(f->reached > 0) || !(f->left_out > 0) || !(f->response >= 0) ||
        !(f->response_without >= 0))
        return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of "));
    FS_TRY(fs_report_whole(out, f->reached));
    FS_TRY(fs_buffer_text(out, " people that a promotion reached, "));
    FS_TRY(fs_report_share(out, f->response));
    FS_TRY(fs_buffer_text(out, " responded; of "));
    FS_TRY(fs_report_whole(out, f->left_out));
    FS_TRY(fs_buffer_text(out, " left out, "));
    FS_TRY(fs_report_share(out, f->response_without));
    return fs_buffer_text(out, " did.");
}

fs_status fs_report_say_rows(fs_buffer *out, const fs_figures_rows *f)
{
    if (f->rows <= 0) return fs_buffer_text(out, "No rows were read.");
    if (f->rows == 1 && f->kept == 1) return fs_buffer_text(out, "The one row read is used.");
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
        FS_TRY(fs_buffer_text(out, f->refused > 0 ? ", " : " and "));
        FS_TRY(fs_report_whole(out, (double)f->merged));
        FS_TRY(fs_buffer_text(out, f->merged == 1 ? " was the repetition of another"
                                                  : " were repetitions of others"));
    }
    if (f->refused == 0) return fs_buffer_text(out, "; none was refused.");
    FS_TRY(fs_buffer_text(out, " and "));
    FS_TRY(fs_report_whole(out, (double)f->refused));
    FS_TRY(fs_buffer_text(out, f->refused == 1 ? " was refused" : " were refused"));
    if (f->reason) FS_TRY(fs_buffer_printf(out, ", most often because: %s", f->reason));
    return fs_buffer_text(out, ".");
}

void fs_report_last_season(char out[FS_REPORT_SEASON], int64_t season, const char *period)
{
    bool in_days = strcmp(period, "day") == 0, in_weeks = strcmp(period, "week") == 0;
    if (season <= 1)
        snprintf(out, FS_REPORT_SEASON, "the last %s", period);
    else if (in_days && season == 7)
        snprintf(out, FS_REPORT_SEASON, "the last week");
    else if (season == (in_days ? 365 : in_weeks ? 52 : 12))
        snprintf(out, FS_REPORT_SEASON, "the last year");
    else
        snprintf(out, FS_REPORT_SEASON, "the last %" PRId64 " %ss", season, period);
}

static fs_status say_too_short(fs_buffer *out, const fs_figures_accuracy *f)
{
    FS_TRY(fs_buffer_text(out, "Too little is known to tell how good the forecasts are: "));
    if (f->compared <= 0)
        return fs_buffer_text(out, "there is no past on which they could be tried.");
    FS_TRY(fs_buffer_text(out, "on the past they could be tried on "));
    FS_TRY(fs_report_periods(out, f->compared, f->period));
    return fs_buffer_text(out, " only.");
}

/* By how much less or more than the last season repeated; no difference is named that chance may make. */
static fs_status add_naive(fs_buffer *out, const fs_figures_accuracy *f)
{
    char naive[FS_REPORT_SEASON];
    fs_report_last_season(naive, f->season, f->period);
    bool is_better = strcmp(f->verdict, "better") == 0 && f->saved > 0;
    bool is_worse = strcmp(f->verdict, "worse") == 0 && f->saved < 0;
    if (is_better || is_worse) {
        FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(fs_report_share(out, fabs(f->saved)));
        return fs_buffer_printf(out, " %s than repeating %s would have been%s",
                                is_better ? "less" : "more", naive,
                                is_better ? "" : ", so that was the better forecast");
    }
    FS_TRY(fs_buffer_printf(out, "; repeating %s would have been off by ", naive));
    FS_TRY(fs_report_share(out, f->naive));
    return fs_buffer_text(out, ", a difference that may be chance");
}

static const char *named_level(const char *level)
{
    static const char *const name[][2] = {{"money", "all sales together, in money,"},
                                          {"total", "all sales together"},
                                          {"category", "single categories"},
                                          {"store", "single stores"}};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (strcmp(level, name[i][0]) == 0) return name[i][1];
    return "single products";
}

fs_status fs_report_say_accuracy(fs_buffer *out, const fs_figures_accuracy *f)
{
    if (!f->level || strcmp(f->verdict, "too short") == 0) return say_too_short(out, f);
    if (!(f->off >= 0) || !(f->naive > 0)) return FS_OK;
    FS_TRY(fs_buffer_printf(out, "In %" PRId64 " %s on the past, forecasts of %s for ", f->trials,
                            f->trials == 1 ? "trial" : "trials", named_level(f->level)));
    FS_TRY(fs_report_periods(out, f->steps, f->period));
    FS_TRY(fs_buffer_text(out, " were off by "));
    FS_TRY(fs_report_share(out, f->off));
    FS_TRY(fs_buffer_printf(out, " of what was sold, %s by %s", f->period, f->period));
    FS_TRY(add_naive(out, f));
    if (f->due > 0)
        FS_TRY(fs_buffer_printf(out, "; %.0f of 100 %ss lay in the range that should hold %.0f",
                                100 * f->inside, f->period, 100 * f->due));
    return fs_buffer_text(out, ".");
}
