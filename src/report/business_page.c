/* The page "Business": key figures over time, where growth comes from, when people buy, and on how few the money rests. */
#include "report_internal.h"

#define MEASURES                                                                                   \
    "revenue:Revenue:money,change:Than before:share,year:Than a year before:share,units:Pieces:"   \
    "number,orders:Orders:integer,value:An order:money,customers:Customers:integer,new:Of them "   \
    "new:integer,margin:Margin:share,returned:Returned:share,off:Discount:share,part:Files "       \
    "hold:text"
#define PERIODS(grain, letters, year)                                                              \
    "select left(cast(first_day as varchar), " letters "), round(nullif(revenue, 0), 2), "         \
    "round(change, 4), " year ", round(units, 2), nullif(orders, 0), round(order_value, 2), "      \
    "nullif(customers, 0), case when customers > 0 then new_customers end, round(margin, 4), "     \
    "round(return_rate, 4), round(discount_rate, 4), case when not complete then 'a part' end "    \
    "from "                                                                                        \
    "business_periods where grain = '" grain "' order by first_day desc"

static fs_status add_periods(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "years", .title = "Year by year", .table = "business_periods", .limit = 50,
          .file = "csv/business_periods.csv", .columns = "first:Year:text," MEASURES,
          .sql = PERIODS("year", "4", "cast(null as double)"));
    TABLE(page, .id = "months", .title = "Month by month", .table = "business_periods",
          .limit = 480, .file = "csv/business_periods.csv", .columns = "first:Month:date," MEASURES,
          .sql = PERIODS("month", "7", "round(change_in_a_year, 4)"));
    return FS_OK;
}

/* Signs say the direction; the five causes add up to the whole. */
static fs_status add_growth(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "growth", .title = "Where the change in revenue comes from",
          .table = "growth", .limit = 5, .file = "csv/growth.csv",
          .columns = "cause:Cause:text,money:Money:money,share:Of the revenue before:share",
          .sql =
              "select case cause when 'pieces' then 'more or fewer pieces of the same products' "
              "when 'prices' then 'higher or lower prices' when 'mix' then 'dearer or cheaper "
              "products among them' else cause end, round(money, 2), round(share, 4) from growth "
              "where level = 'total' order by abs(money) desc, cause");
    TABLE(page, .id = "growth-categories", .title = "The same by category, most money first",
          .table = "growth", .limit = 200, .file = "csv/growth.csv",
          .columns =
              "category:Category:text,now:Revenue:money,before:Before:money,pieces:Pieces:money,"
              "prices:Prices:money,mix:Mix:money,new:New products:money,lost:Lost "
              "products:money",
          .sql =
              "select key, round(max(revenue_now), 2), round(max(revenue_before), 2), "
              "round(max(money) filter (where cause = 'pieces'), 2), round(max(money) filter "
              "(where cause = 'prices'), 2), round(max(money) filter (where cause = 'mix'), 2), "
              "round(max(money) filter (where cause = 'new products'), 2), round(max(money) filter "
              "(where cause = 'lost products'), 2) from growth where level = 'category' and "
              "(select count(distinct key) from growth where level = 'category') > 1 group by key "
              "order by max(revenue_now) desc, key");
    return FS_OK;
}

static fs_status add_week(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "week", .title = "A usual week", .table = "hours_of_week", .limit = 7,
          .file = "csv/hours_of_week.csv",
          .columns = "day:Day:text,revenue:Revenue:money,units:Pieces:number,lines:Lines:number,"
                     "share:Of the week:share,busiest:Busiest hour:text",
          .sql = "select ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', "
                 "'Sunday'][weekday], round(nullif(sum(revenue), 0), 2), round(sum(units), 1), "
                 "round(sum(lines), 1), round(sum(share), 4), case when max(hour) is not null then "
                 "printf('%02d:00', arg_max(hour, lines)) end from hours_of_week group by weekday "
                 "order by weekday");
    return FS_OK;
}

static fs_status add_concentration(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "concentration", .title = "On how few the money rests",
          .table = "concentration", .limit = 30, .file = "csv/concentration.csv",
          .columns =
              "kind:Of all:text,count:The first:share,members:That is:integer,share:Bring:share",
          .sql = "select kind, round(count_share, 2), first_members, round(share, 4) from "
                 "concentration where count_share in (0.01, 0.05, 0.1, 0.2, 0.5) order by kind, "
                 "count_share");
    return FS_OK;
}

fs_status fs_report_add_business(const fs_report *report, json_t *page, fs_error *error)
{
    FS_TRY(add_periods(report, page, error));
    FS_TRY(add_growth(report, page, error));
    FS_TRY(add_week(report, page, error));
    return add_concentration(report, page, error);
}
