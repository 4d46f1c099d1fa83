/* What the pages of customers say, in a sentence each, from figures alone. The rules are those of sentences.c.
 *
 * Money that is only expected is told with its interval where the table has one, and what such expectations were worth on the past stands
 * beside it. A list of leavers is acted on only where a replay shows, beyond chance, that those it puts first left more often.
 */
#include <inttypes.h>
#include <math.h>

#include "report_internal.h"

/* A leader is named only where it is ahead by more than this share. */
#define AHEAD 0.01
/* Of a normal distribution: 95 % lie within so many standard deviations. */
#define SURE 1.96

static fs_status add_count(fs_buffer *out, int64_t count, const char *one, const char *many)
{
    FS_TRY(fs_report_whole(out, (double)count));
    return fs_buffer_printf(out, " %s", count == 1 ? one : many);
}

/* " (GBP 1 to GBP 2, if the model holds)"; nothing where no interval is known. */
static fs_status add_range(fs_buffer *out, double low, double high, const char *currency,
                           const char *if_)
{
    if (!(high > low)) return FS_OK;
    FS_TRY(fs_buffer_text(out, " ("));
    FS_TRY(fs_report_money(out, low, currency));
    FS_TRY(fs_buffer_text(out, " to "));
    FS_TRY(fs_report_money(out, high, currency));
    return fs_buffer_printf(out, ", if %s)", if_);
}

/* ---- who they are ---- */

fs_status fs_report_say_segments(fs_buffer *out, const fs_figures_segments *f)
{
    if (!f->first || f->customers <= 0 || f->share - f->second_share <= AHEAD) return FS_OK;
    FS_TRY(fs_buffer_printf(out, "\"%s\" bring most: ", f->first));
    FS_TRY(fs_report_share(out, f->share));
    FS_TRY(fs_buffer_printf(out, " of the %s, from ", f->money ? "money" : "orders"));
    FS_TRY(fs_report_share(out, (double)f->members / (double)f->customers));
    FS_TRY(fs_buffer_text(out, " of the "));
    FS_TRY(add_count(out, f->customers, "customer", "customers"));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_moves(fs_buffer *out, const fs_figures_moves *f)
{
    if (f->customers <= 0) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of "));
    FS_TRY(add_count(out, f->customers, "customer", "customers"));
    FS_TRY(fs_buffer_text(out, " who were there "));
    if (f->before) FS_TRY(fs_buffer_text(out, "on "));
    FS_TRY(f->before ? fs_report_date(out, f->before) : fs_buffer_text(out, "already"));
    FS_TRY(fs_buffer_text(out, ", "));
    FS_TRY(fs_report_share(out, (double)f->moved / (double)f->customers));
    FS_TRY(fs_buffer_text(out, " are in another segment now"));
    if (f->from && f->to && (double)(f->most - f->second) > AHEAD * (double)f->moved) {
        FS_TRY(fs_buffer_printf(out, "; most often they went from \"%s\" to \"%s\" (", f->from,
                                f->to));
        FS_TRY(fs_report_whole(out, (double)f->most));
        FS_TRY(fs_buffer_text(out, ")"));
    }
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_cohorts(fs_buffer *out, const fs_figures_cohorts *f)
{
    const char *stretch = f->quarters ? "quarter" : "month";
    if (f->known <= 0 || f->customers <= 0) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of "));
    FS_TRY(add_count(out, f->customers, "new customer", "new customers"));
    for (int i = 0; i < f->known; i++) {
        bool last = i > 0 && i + 1 == f->known;
        FS_TRY(fs_buffer_text(out, i == 0 ? " " : last ? " and " : ", "));
        FS_TRY(fs_report_share(out, f->share[i]));
        if (i == 0)
            FS_TRY(fs_buffer_printf(out, " bought again in the next %s", stretch));
        else
            FS_TRY(fs_buffer_printf(out, " in the %dth after", f->age[i]));
    }
    return fs_buffer_text(out, ".");
}

/* ---- what they are worth ---- */

static fs_status add_worth(fs_buffer *out, const fs_figures_worth *f)
{
    if (!f->money) {
        FS_TRY(fs_buffer_text(out, "buy on "));
        return add_count(out, (int64_t)llround(f->expected), "day", "days");
    }
    FS_TRY(fs_buffer_text(out, "bring "));
    FS_TRY(fs_report_money(out, f->expected, f->currency));
    return add_range(out, f->low, f->high, f->currency, "the model holds");
}

fs_status fs_report_say_worth(fs_buffer *out, const fs_figures_worth *f)
{
    if (f->customers <= 0 || !(f->expected > 0)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "In the next 52 weeks "));
    FS_TRY(add_count(out, f->customers, "customer", "customers"));
    FS_TRY(fs_buffer_text(out, " known today should "));
    FS_TRY(add_worth(out, f));
    if (f->first > 0 && f->first_share > 0) {
        FS_TRY(fs_buffer_text(out, "; "));
        FS_TRY(fs_report_share(out, f->first_share));
        FS_TRY(fs_buffer_text(out, " of that comes from "));
        FS_TRY(fs_report_whole(out, (double)f->first));
        FS_TRY(fs_buffer_text(out, " of them"));
    }
    return fs_buffer_text(out, ".");
}

/* "92 % to 108 %", or one of them where they are the same. */
static fs_status add_shares(fs_buffer *out, double least, double most)
{
    FS_TRY(fs_report_share(out, least));
    if (most - least < 0.005) return FS_OK;
    FS_TRY(fs_buffer_text(out, " to "));
    return fs_report_share(out, most);
}

fs_status fs_report_say_purchases(fs_buffer *out, const fs_figures_purchases *f)
{
    if (f->dates <= 0 || !(f->most > 0)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Tried on the past, from "));
    FS_TRY(add_count(out, f->dates, "date", "dates"));
    FS_TRY(fs_buffer_text(out, ": the purchases that came were "));
    FS_TRY(add_shares(out, f->least, f->most));
    FS_TRY(fs_buffer_text(out, " of those expected"));
    if (f->own_most > 0) {
        FS_TRY(fs_buffer_text(out, ", and "));
        FS_TRY(add_shares(out, f->own_least, f->own_most));
        FS_TRY(fs_buffer_text(out, " of what it would be if everybody went on as before"));
    }
    return fs_buffer_text(out, ".");
}

/* ---- who leaves ---- */

static fs_status add_when(fs_buffer *out, const fs_figures_leaving *f)
{
    if (f->horizon <= 0 || !f->dated) return FS_OK;
    return fs_buffer_printf(out, "In the next %" PRId64 " days, ", f->horizon);
}

/* What comes in the horizon, where nothing else has named it. */
static fs_status add_horizon(fs_buffer *out, const fs_figures_leaving *f)
{
    if (f->horizon <= 0 || f->dated) return FS_OK;
    return fs_buffer_printf(out, " in %" PRId64 " days", f->horizon);
}

static fs_status add_contact(fs_buffer *out, const fs_figures_leaving *f)
{
    if (f->contact <= 0 || !(f->profit > 0)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "; it should pay to contact "));
    FS_TRY(fs_report_whole(out, (double)f->contact));
    if ((double)f->contact > round(f->leavers))
        FS_TRY(fs_buffer_text(out, ", some of whom would stay anyway"));
    FS_TRY(fs_buffer_text(out, f->contact == 1 ? ", which is expected to bring "
                                               : ", which together is expected to bring "));
    return fs_report_money(out, f->profit, f->currency);
}

fs_status fs_report_say_leaving(fs_buffer *out, const fs_figures_leaving *f)
{
    int64_t leavers = (int64_t)llround(f->leavers);
    if (leavers <= 0 || !f->sure) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of "));
    FS_TRY(add_count(out, f->customers, "customer", "customers"));
    FS_TRY(fs_buffer_text(out, ", "));
    FS_TRY(fs_report_whole(out, (double)leavers));
    FS_TRY(fs_buffer_text(out, leavers == 1 ? " is expected to leave" : " are expected to leave"));
    if (f->dated && f->horizon > 0)
        FS_TRY(fs_buffer_printf(out, " in the next %" PRId64 " days", f->horizon));
    FS_TRY(add_contact(out, f));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_loss(fs_buffer *out, const fs_figures_leaving *f)
{
    if (f->customers <= 0 || !(f->lost > 0)) return FS_OK;
    FS_TRY(add_when(out, f));
    FS_TRY(fs_report_money(out, f->lost, f->currency));
    FS_TRY(add_range(out, f->low, f->high, f->currency, "the probabilities hold"));
    FS_TRY(fs_buffer_text(out, f->horizon > 0 && f->dated
                                   ? " is expected to go with customers who leave, of "
                                   : " is expected to go with those who leave, of "));
    FS_TRY(fs_report_money(out, f->whole, f->currency));
    FS_TRY(fs_buffer_text(out, " that "));
    FS_TRY(add_count(out, f->customers, "customer", "customers"));
    FS_TRY(fs_buffer_text(out, " would bring"));
    FS_TRY(add_horizon(out, f));
    return fs_buffer_text(out, " if all stayed.");
}

bool fs_report_sure_gain(double left, double members, double left_share)
{
    double chance = left_share * (1 - left_share) / members;
    return members > 0 && chance > 0 && left / members - left_share > SURE * sqrt(chance);
}

static fs_status add_best(fs_buffer *out, const fs_figures_gains *f)
{
    if (!f->money) return FS_OK;
    if (f->best <= 0 || !(f->profit > 0))
        return fs_buffer_text(out, ", and contacting nobody would have been best");
    if (f->best < 10)
        FS_TRY(fs_buffer_printf(out, "; contacting the first %" PRId64 " %%", 10 * f->best));
    else
        FS_TRY(fs_buffer_text(out, "; contacting everybody"));
    FS_TRY(fs_buffer_text(out, " would have brought most, "));
    return fs_report_money(out, f->profit, f->currency);
}

fs_status fs_report_say_gains(fs_buffer *out, const fs_figures_gains *f)
{
    if (!f->tried) return FS_OK;
    FS_TRY(fs_buffer_text(out, f->dates > 0 ? "Tried on the past, from "
                                            : "Tried on customers whom the model had not seen"));
    if (f->dates > 0) FS_TRY(add_count(out, f->dates, "date", "dates"));
    if (!f->sure)
        return fs_buffer_text(out, ": those whom the list puts first did not surely leave more "
                                   "often than others, so it is not to be acted on.");
    FS_TRY(fs_buffer_text(out, ": of the tenth that the list puts first "));
    FS_TRY(fs_report_share(out, f->first_left));
    FS_TRY(fs_buffer_text(out, " left, of all "));
    FS_TRY(fs_report_share(out, f->left));
    FS_TRY(add_best(out, f));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_calibration(fs_buffer *out, double foretold, double left)
{
    if (!(foretold > 0)) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of all customers tried, "));
    FS_TRY(fs_report_share(out, foretold));
    FS_TRY(fs_buffer_text(out, " were foretold to leave and "));
    FS_TRY(fs_report_share(out, left));
    return fs_buffer_text(out, " did.");
}

/* ---- what to offer, and to whom ---- */

fs_status fs_report_say_offers(fs_buffer *out, const fs_figures_offers *f)
{
    if (f->customers <= 0) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Tried on the past: of "));
    FS_TRY(add_count(out, f->customers, "customer", "customers"));
    FS_TRY(fs_buffer_text(out, " who took up something new in the last 60 days, "));
    FS_TRY(fs_report_share(out, f->hit));
    FS_TRY(fs_buffer_text(out, " bought one of the five told; of the five best sellers "));
    FS_TRY(fs_report_share(out, f->best_hit));
    if (!fs_report_sure_gain(f->hit * (double)f->customers, (double)f->customers, f->best_hit))
        FS_TRY(fs_buffer_text(out, ", so the list is not surely the better offer"));
    return fs_buffer_text(out, ".");
}

fs_status fs_report_say_overdue(fs_buffer *out, int64_t overdue, int64_t customers)
{
    if (overdue <= 0 || customers <= 0) return FS_OK;
    FS_TRY(fs_buffer_text(out, "Of "));
    FS_TRY(add_count(out, customers, "customer", "customers"));
    FS_TRY(fs_buffer_text(out, " who bought on three days or more, "));
    FS_TRY(fs_report_share(out, (double)overdue / (double)customers));
    return fs_buffer_text(out, " have been away longer than after three of four of their "
                               "purchases; who is late by far has rather left.");
}

fs_status fs_report_say_campaigns(fs_buffer *out, int64_t chosen, int64_t campaigns)
{
    if (chosen <= 0 || campaigns <= 0) return FS_OK;
    if (campaigns == 1) {
        FS_TRY(fs_buffer_text(out, "The campaign chose whom it reached"));
    } else {
        FS_TRY(fs_report_whole(out, (double)chosen));
        FS_TRY(fs_buffer_text(out, " of "));
        FS_TRY(add_count(out, campaigns, "campaign", "campaigns"));
        FS_TRY(fs_buffer_text(out, " chose whom they reached"));
    }
    return fs_buffer_text(out, ", not by lot: what seems the effect is in part the "
                               "difference between customers.");
}
