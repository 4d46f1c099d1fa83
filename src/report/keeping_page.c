/* The page "Whom to keep": who is likely to leave, what that costs, whom it pays to contact, and how right such lists were on the past.
 *
 * Where the run has two kinds of leaving, that of the files' own label comes before silence. The interval of the money lost is that
 * of independent customers, 1.645 standard deviations of sum(worth x leaves): it holds if the probabilities do, and the replay
 * beside it says whether they did.
 */
#include <math.h>
#include <stdio.h>

#include "report_internal.h"

#define CHURN                                                                                      \
    "c as (select * from customer_churn where kind = (select min(kind) from customer_churn) and "  \
    "probability is not null)"
/* Rows of each date, else those of no date: labels have none. */
#define REPLAY                                                                                     \
    "told_of as (select * from churn_replay where kind = (select min(kind) from "                  \
    "customer_churn)), "                                                                           \
    "p as (select * from told_of where (as_of is not null) = (select count(as_of) > 0 from "       \
    "told_of))"

/* ---- figures ---- */

/* The first tenth beside all, of all dates together. */
static fs_status read_gains(const fs_report *report, fs_figures_gains *f, fs_error *error)
{
    bool any;
    json_t *rows;
    *f = (fs_figures_gains){.currency = report->currency};
    FS_TRY(fs_report_has_rows(report, "churn_replay", &any, error));
    if (!any) return FS_OK;
    FS_TRY(fs_report_rows(
        report,
        "with " REPLAY ", tenths as (select tenth, sum(profit) as profit from p group by tenth), "
        "best as (select tenth, profit from tenths where profit > 0 order by profit desc, tenth "
        "limit 1) select count(distinct as_of), coalesce(sum(customers) filter (where tenth = 1), "
        "0)::bigint, coalesce(sum(customers * left_share) filter (where tenth = 1), 0), "
        "sum(customers * left_share) / nullif(sum(customers), 0), count(profit) > 0, (select tenth "
        "from best), (select profit from best) from p",
        &rows, error));
    double members = fs_report_cell_number(rows, 0, 1), left = fs_report_cell_number(rows, 0, 2);
    f->dates = (int64_t)fs_report_cell_number(rows, 0, 0);
    f->tried = members > 0;
    f->first_left = members > 0 ? left / members : 0;
    f->left = fs_report_cell_number(rows, 0, 3);
    f->sure = fs_report_sure_gain(left, members, f->left);
    f->money = json_is_true(json_array_get(json_array_get(rows, 0), 4));
    f->best = (int64_t)fs_report_cell_number(rows, 0, 5);
    f->profit = fs_report_cell_number(rows, 0, 6);
    json_decref(rows);
    return FS_OK;
}

static void set_leaving(fs_figures_leaving *f, const json_t *rows)
{
    f->customers = (int64_t)fs_report_cell_number(rows, 0, 0);
    f->horizon = (int64_t)fs_report_cell_number(rows, 0, 1);
    f->leavers = fs_report_cell_number(rows, 0, 2);
    f->contact = (int64_t)fs_report_cell_number(rows, 0, 3);
    f->profit = fs_report_cell_number(rows, 0, 4);
    f->whole = fs_report_cell_number(rows, 0, 5);
    f->lost = fs_report_cell_number(rows, 0, 6);
    double deviation = fs_report_cell_number(rows, 0, 7);
    f->low = fmax(f->lost - 1.645 * deviation, 0);
    f->high = f->lost + 1.645 * deviation;
    f->dated = json_is_true(json_array_get(json_array_get(rows, 0), 8));
}

fs_status fs_report_read_leaving(const fs_report *report, fs_figures_leaving *f, bool *found,
                                 fs_error *error)
{
    json_t *rows;
    fs_figures_gains gains;
    *f = (fs_figures_leaving){.currency = report->currency};
    FS_TRY(fs_report_has_rows(report, "customer_churn", found, error));
    if (!*found) return FS_OK;
    FS_TRY(read_gains(report, &gains, error));
    FS_TRY(fs_report_rows(
        report,
        "with " CHURN " select count(*), coalesce(max(horizon_days), 0), sum(probability), "
        "count(*) filter (where contact), coalesce(sum(expected_profit) filter (where contact), "
        "0), coalesce(sum(worth), 0), coalesce(sum(worth * probability), 0), "
        "coalesce(sqrt(sum(worth * worth * probability * (1 - probability))), 0), bool_and(kind "
        "<> 'label') from c",
        &rows, error));
    set_leaving(f, rows);
    f->sure = gains.sure;
    json_decref(rows);
    return FS_OK;
}

/* ---- who, and worth what ---- */

/* The risk map by fifths of worth, in the currency of the files. */
static fs_status map_query(fs_buffer *out, const char *currency)
{
    FS_TRY(fs_buffer_text(out, "with unit as (select '"));
    if (currency && *currency) {
        FS_TRY(fs_sql_text(out, currency));
        FS_TRY(fs_buffer_text(out, " "));
    }
    FS_TRY(fs_buffer_text(out, "' as name), "));
    return fs_buffer_text(
        out, CHURN
        ", fifths as (select *, case when worth is not null then ntile(5) over "
        "(partition by worth is null order by worth, customer) else 0 end as fifth, "
        "least(cast(floor(probability * 10) as bigint), 9) as bin from c), down as (select "
        "fifth, case when fifth = 0 then 'worth not known' else format('{}: {}{:,} to {:,}', "
        "case fifth when 5 then 'worth most' when 1 then 'least' else cast(6 - fifth as "
        "varchar) || case fifth when 4 then 'nd' when 3 then 'rd' else 'th' end end, "
        "max(unit.name), cast(round(min(worth)) as bigint), cast(round(max(worth)) as bigint)) "
        "end as name from fifths cross join unit group by fifth), across as (select "
        "unnest(range(10)) as bin), points as "
        "(select 1 as o, 'Customers' as variant, 'integer' as unit, fifth, bin, "
        "cast(count(*) as double) as y from fifths group by fifth, bin union all select 2, "
        "'Money expected to be lost', 'money', fifth, bin, sum(worth * probability) from "
        "fifths group by fifth, bin union all select 3, 'Profit expected of contacting', "
        "'money', fifth, bin, sum(expected_profit) filter (where contact) from fifths group by "
        "fifth, bin), kinds as (select o, variant, unit from points group by o, variant, unit "
        "having max(abs(y)) > 0) select kinds.variant, kinds.unit, down.name, format('{} to "
        "{} %', 10 * across.bin, 10 * across.bin + 10), round(points.y, 2), null, null, null "
        "from kinds cross join down cross join across left join points on points.o = kinds.o "
        "and points.fifth = down.fifth and points.bin = across.bin order by kinds.o, "
        "down.fifth desc, across.bin");
}

static fs_status add_map(const fs_report *report, json_t *page, const fs_figures_leaving *f,
                         fs_error *error)
{
    fs_buffer text = {0}, sql = {0};
    fs_status said = map_query(&sql, report->currency);
    if (said == FS_OK) said = fs_report_say_loss(&text, f);
    fs_report_plot plot = {
        .id = "churn-map",
        .title = "How likely customers leave (across), by what they are worth if they stay (down)",
        .kind = "heat",
        .x = "category",
        .unit = "integer",
        .sql = sql.data};
    fs_status status = fs_report_add_said_plot(report, page, said, &text, plot, error);
    fs_buffer_free(&sql);
    return status;
}

static fs_status add_leaving(const fs_report *report, json_t *page, const fs_figures_leaving *f,
                             fs_error *error)
{
    fs_buffer text = {0};
    fs_status said = fs_report_say_leaving(&text, f);
    FS_TRY(fs_report_add_said(page, said, &text, error));
    return add_map(report, page, f, error);
}

/* ---- the replay ---- */

/* All dates together first, then each, the newest first; a replay from one date has no other. */
#define DATES                                                                                      \
    "dates as (select cast(null as date) as d where (select count(distinct as_of) from p) > 1 "    \
    "union all select distinct as_of from p), sums as (select d, tenth, sum(customers) as n, "     \
    "sum(customers * left_share) as gone, sum(customers * foretold) as foretold, sum(profit) as "  \
    "profit from dates join p on d is null or p.as_of = d group by d, tenth), told as (select *, " \
    "coalesce(strftime(d, 'As of %-d %b %Y'), 'All dates together') as variant, sum(gone) over "   \
    "(partition by d order by tenth) / nullif(sum(gone) over (partition by d), 0) as gain, "       \
    "sum(n) over (partition by d order by tenth) / nullif(sum(n) over (partition by d), 0) as "    \
    "reached from sums)"
#define NEWEST "d is not null, d desc"

static fs_status add_curve(const fs_report *report, json_t *page, fs_error *error)
{
    fs_figures_gains f;
    fs_buffer text = {0};
    FS_TRY(read_gains(report, &f, error));
    fs_status said = fs_report_say_gains(&text, &f);
    fs_report_plot plot = {
        .id = "churn-gains",
        .title = "How many of those who left the list would have reached",
        .kind = "line",
        .x = "number",
        .unit = "share",
        .along = "share of the customers contacted, most at risk first",
        .along_unit = "share",
        .up = "share of those who left",
        .sql = "with " REPLAY ", " DATES ", points as (select d, variant, 1 as o, 'by the list' as "
               "series, reached as x, gain as y from told union all select d, variant, 2, 'by "
               "chance', reached, reached from told union all select distinct d, variant, o, "
               "series, 0.0, 0.0 from told cross join (values (1, 'by the list'), (2, 'by "
               "chance')) as s(o, series)) select variant, null, series, round(x, 4), round(y, "
               "4), null, null, null from points where y is not null order by " NEWEST ", o, x"};
    return fs_report_add_said_plot(report, page, said, &text, plot, error);
}

static fs_status say_calibration(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "with " REPLAY " select sum(customers * foretold) / "
                          "nullif(sum(customers), 0), sum(customers * left_share) / "
                          "nullif(sum(customers), 0) from p",
                          &rows, error));
    fs_status status = fs_report_say_calibration(out, fs_report_cell_number(rows, 0, 0),
                                                 fs_report_cell_number(rows, 0, 1));
    json_decref(rows);
    return status;
}

static fs_status add_replay(const fs_report *report, json_t *page, fs_error *error)
{
    bool any;
    FS_TRY(fs_report_has_rows(report, "churn_replay", &any, error));
    if (!any) return FS_OK;
    FS_TRY(add_curve(report, page, error));
    PLOT(page, .id = "churn-profit", .title = "What contacting by the list would have brought",
         .kind = "line", .x = "number", .unit = "money",
         .along = "share of the customers contacted, most at risk first", .along_unit = "share",
         .up = "profit of contacting",
         .sql = "with " REPLAY ", " DATES ", points as (select d, variant, reached as x, profit as "
                "y from told union all select distinct d, variant, 0.0, 0.0 from told) select "
                "variant, null, 'profit', round(x, 4), round(y, 2), null, null, null from points "
                "where y is not null and (select count(profit) from p) > 0 order by " NEWEST ", x");
    fs_buffer text = {0};
    fs_status said = say_calibration(report, &text, error);
    fs_report_plot plot = {
        .id = "churn-calibration",
        .title = "How many were foretold to leave, and how many did",
        .kind = "bar",
        .x = "category",
        .unit = "share",
        .sql = "with " REPLAY ", " DATES ", points as (select d, variant, tenth, 1 as o, "
               "'foretold' as series, foretold / nullif(n, 0) as y from told union all select d, "
               "variant, tenth, 2, 'left', gone / nullif(n, 0) from told) select variant, null, "
               "series, case tenth when 1 then 'most at risk' when 10 then 'least at risk' else "
               "cast(tenth as varchar) end, round(y, 4), null, null, null from points where y is "
               "not null order by " NEWEST ", o, tenth"};
    return fs_report_add_said_plot(report, page, said, &text, plot, error);
}

/* ---- what the figures are ---- */

static fs_status add_notes(json_t *page, fs_error *error)
{
    json_t *items = json_array();
    static const char *const notes[] = {
        "The probabilities are of customers as they are now: that somebody is on the list is no "
        "cause of his leaving, and the reasons are what sets him apart in the model's eyes.",
        "Contacting pays where what may be lost outweighs the offer and its cost. So a customer "
        "who is worth much can be on the list although he will probably stay.",
        "What contacting brings rests on what a contact costs and how many of those contacted it "
        "keeps: both are settings of the project, and only a test of one's own tells them.",
        "A list that is tried was made by a model that knew nothing of what became of its "
        "customers."};
    fs_status status = FS_OK;
    for (size_t i = 0; status == FS_OK && i < sizeof notes / sizeof *notes; i++)
        status = fs_report_add(items, json_string(notes[i]), error);
    if (status == FS_OK)
        return fs_report_add_notes(page, "What these figures are, and what they are not", items,
                                   error);
    json_decref(items);
    return status;
}

fs_status fs_report_add_keeping(const fs_report *report, json_t *page, fs_error *error)
{
    bool found;
    fs_figures_leaving f;
    FS_TRY(fs_report_read_leaving(report, &f, &found, error));
    if (!found) return FS_OK;
    FS_TRY(add_leaving(report, page, &f, error));
    FS_TRY(fs_report_add_customer_list(report, page, error));
    FS_TRY(add_replay(report, page, error));
    return add_notes(page, error);
}
