/* Cohorts: of those who first bought in one month or quarter, how many came back in each that followed, as a triangle.
 *
 * The share of the first stretch itself is 1 by definition and would take all colour from the others, so it is left out. In what is
 * said the first cohort is left out too: the files begin with it, so it holds customers from before.
 */
#include <inttypes.h>

#include "report_internal.h"

/* How many months a cohort covers: from the gaps between cohorts and how much longer the older ones are known. */
#define STEP                                                                                       \
    "spans as (select 12 * year(cohort) + month(cohort) as m, max(age) as a from cohorts group "   \
    "by cohort), step as (select coalesce(cast((max(m) - min(m)) / nullif(max(a) - min(a), 0) as " \
    "bigint), 1) as months from spans)"

static fs_status read_step(const fs_report *report, bool *quarters, fs_error *error)
{
    double months = 1;
    bool known;
    FS_TRY(
        fs_report_number(report, "with " STEP " select months from step", &months, &known, error));
    *quarters = known && months > 1;
    return FS_OK;
}

/* Shares of all cohorts whose stretch of that age is known: the next one, and those half a year or a year apart. */
static fs_status say_cohorts(const fs_report *report, bool quarters, fs_buffer *out,
                             fs_error *error)
{
    json_t *rows;
    const char *ages = quarters ? "(1, 4, 8)" : "(1, 6, 12)";
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(
        &sql,
        "select age, sum(active) / nullif(sum(customers), 0), sum(customers)::bigint from cohorts "
        "where age in %s and cohort > (select min(cohort) from cohorts) group by age having "
        "sum(customers) > 0 order by age",
        ages);
    if (status == FS_OK)
        status = fs_report_rows(report, sql.data, &rows, error);
    else
        fs_fail_memory(error, sql.size);
    fs_buffer_free(&sql);
    FS_TRY(status);
    fs_figures_cohorts f = {.quarters = quarters,
                            .customers = (int64_t)fs_report_cell_number(rows, 0, 2)};
    for (size_t r = 0; r < json_array_size(rows) && r < 3; r++) {
        f.age[r] = (int)fs_report_cell_number(rows, r, 0);
        f.share[r] = fs_report_cell_number(rows, r, 1);
        f.known++;
    }
    if (f.known > 0 && f.age[0] != 1) f.known = 0;
    status = fs_report_say_cohorts(out, &f);
    json_decref(rows);
    return status;
}

static const char triangle[] =
    "with " STEP ", told as (select cohort, age, customers, active, orders, revenue, case when "
    "months = 3 then format('Q{} {}', quarter(cohort), year(cohort)) else strftime(cohort, '%b "
    "%Y') end || format(' ({:,})', customers) as name from cohorts cross join step where cohort "
    "in (select cohort from cohorts where age > 0)), points as (select 1 as o, 'Share that bought "
    "again' as variant, 'share' as unit, cohort, name, age, active / nullif(customers, 0) as y "
    "from told where age > 0 union all select 2, 'Customers who bought', 'integer', cohort, name, "
    "age, active from told union all select 3, 'Money', 'money', cohort, name, age, revenue from "
    "told union all select 4, 'Money for each who began then', 'money', cohort, name, age, "
    "revenue / nullif(customers, 0) from told) select variant, unit, name, cast(age as varchar), "
    "round(y, 2), null, null, null from points where o in (select o from points group by o having "
    "count(nullif(y, 0)) > 0) order by o, cohort, age";

fs_status fs_report_add_cohorts(const fs_report *report, json_t *page, fs_error *error)
{
    bool any, quarters;
    FS_TRY(fs_report_has_rows(report, "cohorts", &any, error));
    if (!any) return FS_OK;
    FS_TRY(read_step(report, &quarters, error));
    fs_buffer text = {0};
    fs_status said = say_cohorts(report, quarters, &text, error);
    fs_report_plot plot = {.id = "cohorts",
                           .title = quarters ? "Who comes back: by the quarter of the first "
                                               "purchase (down), so many quarters later (across)"
                                             : "Who comes back: by the month of the first "
                                               "purchase (down), so many months later (across)",
                           .kind = "heat",
                           .x = "category",
                           .unit = "share",
                           .sql = triangle};
    return fs_report_add_said_plot(report, page, said, &text, plot, error);
}
