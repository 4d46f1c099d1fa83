/* What campaigns changed: how many responded of those reached and of those left out, and whom each moves most.
 *
 * Where those reached were not chosen by lot the difference is in part theirs: it is told, and a sentence warns of it.
 */
#include "report_internal.h"

static fs_status say_campaigns(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select count(distinct promotion) filter (where not random), "
                          "count(distinct promotion) from campaign_uplift",
                          &rows, error));
    fs_status status = fs_report_say_campaigns(out, (int64_t)fs_report_cell_number(rows, 0, 0),
                                               (int64_t)fs_report_cell_number(rows, 0, 1));
    json_decref(rows);
    return status;
}

static const char each_campaign[] =
    "with told as (select promotion, count(*) filter (where treated) as reached, count(*) filter "
    "(where not treated) as left_out, avg(cast(responded as integer)) filter (where treated) as "
    "y1, avg(cast(responded as integer)) filter (where not treated) as y0, count(*) filter (where "
    "low > 0) as moved, count(*) filter (where high < 0) as put_off, bool_and(random) as random "
    "from campaign_uplift group by promotion) select nullif(promotion, '(none)'), reached, "
    "left_out, round(y1, 4), "
    "round(y0, 4), round(y1 - y0, 4), moved, nullif(put_off, 0), case when random then 'by lot, as "
    "far as can be seen' when not random then 'by what is known of them' else 'too few to tell' "
    "end from told order by reached + left_out desc, promotion";

fs_status fs_report_add_campaigns(const fs_report *report, json_t *page, fs_error *error)
{
    bool any;
    FS_TRY(fs_report_has_rows(report, "campaign_uplift", &any, error));
    if (!any) return FS_OK;
    fs_buffer text = {0};
    fs_status said = say_campaigns(report, &text, error);
    fs_report_query query = {
        .id = "campaigns",
        .title = "What campaigns changed",
        .table = "campaign_uplift",
        .file = "csv/campaign_uplift.csv",
        .limit = 50,
        .columns = "campaign:Campaign:text,reached:Reached:integer,left:Left out:integer,y1:Of "
                   "those reached responded:share,y0:Of those left out:share,more:Difference:share,"
                   "moved:Respond rather if reached:integer,off:Rather not:integer,chosen:How they "
                   "were chosen:text",
        .sql = each_campaign};
    FS_TRY(fs_report_add_said_table(report, page, said, &text, query, error));
    TABLE(page, .id = "campaign-customers", .title = "Whom campaigns change most",
          .table = "campaign_uplift", .file = "csv/campaign_uplift.csv", .limit = 300,
          .columns = "campaign:Campaign:text,customer:Customer:text,more:Chance to respond changes "
                     "by:share,low:From:share,high:To:share,reached:Was reached:bool",
          .sql = "select nullif(promotion, '(none)'), customer, round(uplift, 4), round(low, 4), "
                 "round(high, 4), "
                 "treated from campaign_uplift order by uplift desc nulls last, promotion, "
                 "customer");
    return FS_OK;
}
