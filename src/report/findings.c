/* What the charts show, in a sentence each, from figures alone. The rules are those of sentences.c.
 *
 * What growth comes from is arithmetic, so it may be called what the change comes from; all else is said as it was seen.
 */
#include <math.h>
#include <string.h>

#include "report_internal.h"

/* Below this share two figures are about the same. */
#define ABOUT 0.02
/* From this ratio on one is told as so many times the other. */
#define TIMES 2.0
/* A season below this strength says too little to name its days. */
#define WEAK 0.3
/* A tenth that brings less than this is about as good as the others. */
#define EVEN 0.15

/* ---- growth ---- */

static const char *growth_words(const char *cause, double money)
{
    static const struct {
        const char *cause, *more, *less;
    } words[] = {
        {"pieces", "more pieces of the same products", "fewer pieces of the same products"},
        {"prices", "higher prices", "lower prices"},
        {"mix", "dearer products among those sold", "cheaper products among those sold"},
        {"same products", "the same products", "the same products"},
        {"new products", "new products", "new products"},
        {"lost products", "products no longer sold", "products no longer sold"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].cause, cause) == 0) return money > 0 ? words[i].more : words[i].less;
    return cause;
}

/* The cause of most money in the direction of `sign`; -1: none. */
static int strongest(const fs_figures_growth *f, double sign)
{
    int best = -1;
    for (int i = 0; i < f->causes; i++)
        if (f->cause[i].money * sign > 0 &&
            (best < 0 || fabs(f->cause[i].money) > fabs(f->cause[best].money)))
            best = i;
    return best;
}

static fs_status add_cause(fs_buffer *out, const fs_figures_growth *f, int i)
{
    FS_TRY(fs_buffer_text(out, growth_words(f->cause[i].name, f->cause[i].money)));
    FS_TRY(fs_buffer_text(out, " ("));
    FS_TRY(fs_report_money(out, fabs(f->cause[i].money), f->currency));
    return fs_buffer_text(out, ")");
}

static fs_status add_causes(fs_buffer *out, const fs_figures_growth *f, double change)
{
    int with = strongest(f, change), against = strongest(f, -change);
    if (with < 0) return FS_OK;
    bool most = fabs(f->cause[with].money) > fabs(change) / 2;
    FS_TRY(fs_buffer_text(out, most ? "; most of it came from " : "; the largest part came from "));
    FS_TRY(add_cause(out, f, with));
    if (against < 0 || fabs(f->cause[against].money) < fabs(change) / 3) return FS_OK;
    FS_TRY(fs_buffer_text(out, ", while "));
    FS_TRY(add_cause(out, f, against));
    return fs_buffer_text(out, change > 0 ? " took away" : " added");
}

fs_status fs_report_say_growth(fs_buffer *out, const fs_figures_growth *f)
{
    const char *than =
        f->same_season ? "the year before" : "the time before (another season, perhaps)";
    double change = f->now - f->before;
    if (!(f->before > 0)) return FS_OK;
    if (fabs(change) < ABOUT * f->before) {
        FS_TRY(fs_buffer_printf(out, "Revenue was about that of %s", than));
    } else {
        FS_TRY(fs_buffer_text(out, change > 0 ? "Revenue rose by " : "Revenue fell by "));
        FS_TRY(fs_report_money(out, fabs(change), f->currency));
        FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(fs_report_share(out, fabs(change) / f->before));
        FS_TRY(fs_buffer_printf(out, " %s than %s", change > 0 ? "more" : "less", than));
        FS_TRY(add_causes(out, f, change));
    }
    return fs_buffer_text(out, ".");
}

/* ---- a period beside others ---- */

/* Does a change go the way of the days that the other had more or fewer, and no more than twice as far? */
static bool is_of_days(double change, int days, int other)
{
    double by_days = other > 0 ? (double)days / other - 1 : 0;
    return by_days * change > 0 && fabs(change) <= 2 * fabs(by_days);
}

static fs_status add_share_of_change(fs_buffer *out, double ratio)
{
    if (ratio >= TIMES) return fs_buffer_printf(out, "%.1f times as much as ", ratio);
    if (fabs(ratio - 1) < ABOUT) return fs_buffer_text(out, "about as much as ");
    FS_TRY(fs_report_share(out, fabs(ratio - 1)));
    return fs_buffer_text(out, ratio > 1 ? " more than " : " less than ");
}

/* "24 % more than October 2011"; that it had other days, where these alone may make the change. */
static fs_status add_other(fs_buffer *out, const fs_figures_period *f, int i)
{
    double ratio = f->now / f->other[i].value;
    int days = f->other[i].days - f->days;
    FS_TRY(add_share_of_change(out, ratio));
    FS_TRY(fs_buffer_text(out, f->other[i].name));
    if (fabs(ratio - 1) < ABOUT || !is_of_days(ratio - 1, f->days, f->other[i].days)) return FS_OK;
    return fs_buffer_printf(out, " (%d %s %s)", days > 0 ? days : -days,
                            days == 1 || days == -1 ? "day" : "days",
                            days > 0 ? "longer" : "shorter");
}

fs_status fs_report_say_period(fs_buffer *out, const fs_figures_period *f)
{
    bool known[2], capital = strncmp(f->name, "the ", 4) == 0;
    for (int i = 0; i < 2; i++) known[i] = f->other[i].name && f->other[i].value > 0;
    if (!(f->now > 0) || (!known[0] && !known[1])) return FS_OK;
    FS_TRY(
        fs_buffer_printf(out, "%s%s brought ", capital ? "The " : "", f->name + (capital ? 4 : 0)));
    FS_TRY(f->money ? fs_report_money(out, f->now, f->currency) : fs_report_whole(out, f->now));
    FS_TRY(fs_buffer_text(out, f->money ? ", " : " pieces, "));
    if (known[0]) FS_TRY(add_other(out, f, 0));
    if (known[0] && known[1]) FS_TRY(fs_buffer_text(out, " and "));
    if (known[1]) FS_TRY(add_other(out, f, 1));
    return fs_buffer_text(out, ".");
}

/* ---- the week and the seasons ---- */

fs_status fs_report_say_week(fs_buffer *out, const fs_figures_week *f)
{
    if (!f->first || f->first_share < f->second_share * 1.01) return FS_OK;
    FS_TRY(fs_buffer_printf(out, "%s has most: ", f->first));
    FS_TRY(fs_report_share(out, f->first_share));
    FS_TRY(fs_buffer_text(out, " of all lines sold"));
    if (f->hour >= 0)
        FS_TRY(fs_buffer_printf(out, ". The hour with most of them is %s from %d to %d",
                                f->hour_day, f->hour, f->hour + 1));
    return fs_buffer_text(out, ".");
}

/* "Saturday is highest, 34 % above the trend, Monday lowest, 12 % below it" */
static fs_status add_ends(fs_buffer *out, const fs_figures_season *f)
{
    FS_TRY(fs_buffer_printf(out, "%s is highest, ", f->highest));
    FS_TRY(fs_report_share(out, fabs(f->high)));
    FS_TRY(fs_buffer_printf(out, " %s the trend, %s lowest, ", f->high > 0 ? "above" : "below",
                            f->lowest));
    FS_TRY(fs_report_share(out, fabs(f->low)));
    return fs_buffer_text(out, f->low > 0 ? " above it." : " below it.");
}

fs_status fs_report_say_season(fs_buffer *out, const fs_figures_season *f)
{
    if (!f->highest || !f->lowest) return FS_OK;
    if (f->strength >= WEAK && f->high - f->low >= ABOUT) return add_ends(out, f);
    return fs_buffer_printf(out, "The %s tells little of what is sold here.",
                            f->of_week ? "weekday" : "time of the year");
}

/* ---- what moved sales, and what money is bound in ---- */

/* Days on which the shop is shut are no competitors of those on which it sells. */
static fs_status add_shut(fs_buffer *out, const fs_figures_calendar *f)
{
    FS_TRY(fs_buffer_printf(out, "%lld days of the calendar surely moved sales; on ",
                            (long long)f->sure));
    if (f->shut == f->sure) return fs_buffer_text(out, "all of them nothing was sold.");
    FS_TRY(fs_buffer_printf(out, "%lld of them nothing was sold, and of the others ",
                            (long long)f->shut));
    FS_TRY(fs_buffer_printf(out, "%s moved them most: ", f->name));
    FS_TRY(fs_report_share(out, fabs(f->effect)));
    return fs_buffer_text(out, f->effect > 0 ? " above the usual." : " below the usual.");
}

fs_status fs_report_say_calendar(fs_buffer *out, const fs_figures_calendar *f)
{
    if (f->sure == 0)
        return fs_buffer_text(out, f->looked > 0 ? "No holiday and no event moved sales by more "
                                                   "than ordinary days differ."
                                                 : "");
    if (f->sure > 1 && f->shut > 0) return add_shut(out, f);
    if (f->sure == 1)
        FS_TRY(fs_buffer_printf(out, "One day of the calendar surely moved sales: %s, ", f->name));
    else
        FS_TRY(fs_buffer_printf(out,
                                "%lld days of the calendar surely moved sales, most of all %s: ",
                                (long long)f->sure, f->name));
    FS_TRY(fs_report_share(out, fabs(f->effect)));
    return fs_buffer_text(out, f->effect > 0 ? " above the usual." : " below the usual.");
}

fs_status fs_report_say_concentration(fs_buffer *out, const char *kind, double share)
{
    if (!(share >= EVEN)) return FS_OK;
    FS_TRY(fs_buffer_printf(out, "A tenth of the %s brings ", kind));
    FS_TRY(fs_report_share(out, share));
    return fs_buffer_text(out, " of the money.");
}

fs_status fs_report_say_country(fs_buffer *out, const fs_figures_country *f)
{
    if (!f->country)
        return fs_buffer_text(out, "Whose holidays count is not known: neither the files nor the "
                                   "days on which the shop was closed tell the country (setting "
                                   "country).");
    FS_TRY(fs_buffer_printf(out, "The holidays are those of %s", f->country));
    if (f->holidays <= 0) return fs_buffer_text(out, ", which the settings name.");
    FS_TRY(fs_buffer_text(out, ": most stores were closed on "));
    FS_TRY(fs_report_whole(out, (double)f->closed_holidays));
    FS_TRY(fs_buffer_text(out, " of its "));
    FS_TRY(fs_report_whole(out, (double)f->holidays));
    FS_TRY(fs_buffer_text(out, " public holidays and on "));
    FS_TRY(fs_report_whole(out, (double)(f->closed_days - f->closed_holidays)));
    return fs_buffer_text(out, f->closed_days - f->closed_holidays == 1
                                   ? " other day (setting country)."
                                   : " other days (setting country).");
}

fs_status fs_report_say_underperformers(fs_buffer *out, const fs_figures_underperformers *f)
{
    if (f->products <= 0) return FS_OK;
    FS_TRY(fs_report_whole(out, (double)f->products));
    FS_TRY(fs_buffer_text(out, f->products == 1 ? " product on offer earns little or nothing"
                                                : " products on offer earn little or nothing"));
    if (f->tied_up > 0) {
        FS_TRY(fs_buffer_text(out, f->products == 1 ? "; its stock ties up "
                                                    : "; their stock ties up "));
        FS_TRY(fs_report_money(out, f->tied_up, f->currency));
        FS_TRY(fs_buffer_text(out, f->at_price ? " at the money that it would bring" : " at cost"));
    }
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_discounts(fs_buffer *out, double share, double money, const char *currency)
{
    if (!(share > 0) || !(money > 0)) return FS_OK;
    FS_TRY(fs_report_share(out, share));
    FS_TRY(fs_buffer_text(out, " of the revenue is sold at a discount; "));
    FS_TRY(fs_report_money(out, money, currency));
    return fs_buffer_text(out, " were taken off.");
}

fs_status fs_report_say_shifts(fs_buffer *out, const fs_figures_shifts *f)
{
    if (f->shifts <= 0 || !f->what || !f->date || f->change == 0) return FS_OK;
    FS_TRY(fs_report_whole(out, (double)f->shifts));
    FS_TRY(fs_buffer_text(out, f->shifts == 1  ? " lasting shift: on "
                               : f->money != 0 ? " lasting shifts, the one of most money on "
                                               : " lasting shifts, the one of most pieces on "));
    FS_TRY(fs_report_date(out, f->date));
    FS_TRY(fs_buffer_printf(out, f->shifts == 1 ? " %s %s by " : ": %s %s by ", f->what,
                            f->change > 0 ? "rose" : "fell"));
    FS_TRY(fs_report_share(out, fabs(f->change)));
    if (f->money != 0) {
        FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(fs_report_money(out, fabs(f->money), f->currency));
        FS_TRY(fs_buffer_text(out, " a year"));
    }
    if (f->cause) FS_TRY(fs_buffer_printf(out, " (at the same time: %s)", f->cause));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_replay(fs_buffer *out, const fs_figures_replay *f)
{
    if (f->quarters <= 0) return FS_OK;
    FS_TRY(fs_buffer_text(out, f->demand ? "Kind of demand: " : "Class by revenue: "));
    if (!f->wins)
        return fs_buffer_printf(out,
                                "in the last %lld quarters \"same as now\" was as good a guess, so "
                                "nothing is foretold.",
                                (long long)f->quarters);
    FS_TRY(fs_buffer_printf(out, "in the last %lld quarters ", (long long)f->quarters));
    FS_TRY(fs_report_share(out, f->right_model));
    FS_TRY(fs_buffer_text(out, " of products were where this said they would be; "));
    FS_TRY(fs_report_share(out, f->right_same));
    return fs_buffer_text(out, " stayed where they were.");
}
