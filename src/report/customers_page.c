/* The page "Customers": segments, who comes back, what they are worth, what to offer them, whom campaigns change, what each kind that the
 * files tell brings. */
#include "report_internal.h"

/* One group of all says nothing. */
#define SEVERAL                                                                                    \
    "exists (select * from fifths where bought > 0) and subject in (select subject from fifths "   \
    "group by subject having count(*) > 1)"

static fs_status add_kinds(const fs_report *report, json_t *page, fs_error *error)
{
    PLOT(page, .id = "fifths", .title = "What one brings, in five groups of equal size",
         .table = "fifths", .kind = "whisker", .x = "category", .unit = "money",
         .sql = "select case subject when 'distance' then 'Customers by distance, km' when "
                "'tenure' then 'Customers by months as a customer' else 'Products by rating' end, "
                "null, 'mean, with its 95 % interval', case when measure_from = measure_to then "
                "printf('%.4g', measure_from) else printf('%.4g to %.4g', measure_from, "
                "measure_to) end, round(revenue, 2), round(low, 2), round(high, 2), printf('%d "
                "of them', members) from fifths where exists (select * from fifths where revenue "
                "<> 0) and " SEVERAL " order by subject, fifth");
    TABLE(page, .id = "fifths-numbers", .title = "Five groups of equal size in numbers",
          .table = "fifths", .limit = 15, .file = "csv/fifths.csv",
          .columns = "subject:By:text,from:From:number,to:To:number,members:Of them:integer,bought:"
                     "Bought or sold:integer,revenue:One brings:money,units:Pieces each:number,"
                     "back:Returned:share",
          .sql = "select subject, measure_from, measure_to, members, bought, round(revenue, 2), "
                 "round(units, 2), round(return_rate, 4) from fifths where " SEVERAL
                 " order by subject, fifth");
    TABLE(page, .id = "people", .title = "Kinds of customers", .table = "breakdowns", .limit = 500,
          .file = "csv/breakdowns.csv",
          .columns = "by:By:text,value:Which:text,members:Customers:integer,revenue:Revenue:money,"
                     "each:Each:money,share:Of the revenue:share,change:Change:share,back:Returned:"
                     "share,off:Discount:share",
          .sql = "select dimension, value, members, round(revenue, 2), round(revenue / "
                 "nullif(members, 0), 2), round(share, 4), round(change, 4), round(return_rate, "
                 "4), round(discount_rate, 4) from breakdowns where dimension in ('loyalty', "
                 "'age', 'sex', 'income', 'household', 'country of the customer', 'region of the "
                 "customer', 'town of the customer') order by dimension, place");
    return FS_OK;
}

fs_status fs_report_add_customers(const fs_report *report, json_t *page, fs_error *error)
{
    bool churn;
    FS_TRY(fs_report_add_segments(report, page, error));
    FS_TRY(fs_report_add_cohorts(report, page, error));
    FS_TRY(fs_report_add_worth(report, page, error));
    FS_TRY(fs_report_has_rows(report, "customer_churn", &churn, error));
    if (!churn) FS_TRY(fs_report_add_customer_list(report, page, error));
    FS_TRY(fs_report_add_offers(report, page, error));
    FS_TRY(fs_report_add_campaigns(report, page, error));
    return add_kinds(report, page, error);
}
