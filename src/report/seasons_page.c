/* The page "Seasons": the trend, what the weekday, the hour and the month do, and what holidays and events did. */
#include <string.h>

#include "report_internal.h"

#define WEEKDAYS "['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']"
#define MONTHS                                                                                     \
    "['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', "     \
    "'October', 'November', 'December']"

static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};

/* The name that a cell with a number from 1 on stands for; NULL: there is no such cell. */
static const char *weekday_of(const json_t *rows, size_t row, size_t column)
{
    int day = (int)fs_report_cell_number(rows, row, column);
    return day >= 1 && day <= 7 ? weekdays[day - 1] : NULL;
}

static const char *month_of(const json_t *rows, size_t row, size_t column)
{
    return fs_report_month((int)fs_report_cell_number(rows, row, column));
}

/* The level at which everything together is told: money where there is some. */
#define WHOLE                                                                                      \
    "(case when exists (select * from season_shapes where level = 'money') then 'money' else "     \
    "'total' end)"

/* ---- trend ---- */

/* The largest categories and stores beside the whole; of these the last 800 periods. */
static fs_status add_trend(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "demand_category") || !fs_report_has(report, "demand_store") ||
        !fs_report_has(report, "demand_total"))
        return FS_OK;
    PLOT(page, .id = "trend", .title = "The trend, and what is usual at the time of week and year",
         .table = "trend_and_seasons", .kind = "line", .x = "date",
         .unit = report->in_units ? "units" : "money",
         .sql =
             "with sizes as (select 'category' as level, category as key, sum(value) as size "
             "from demand_category group by category union all select 'store', store, "
             "sum(value) from demand_store group by store), placed as (select level, key, "
             "row_number() over (partition by level order by size desc nulls last, key) as "
             "place from sizes), chosen as (select 'money' as level, '(all)' as key, 0 as "
             "place union all select 'total', '(all)', 1 union all select level, key, place + "
             "case level when 'category' then 1 else 100 end from placed where place <= 8), "
             "parts as (select chosen.place, parts.*, row_number() over (partition by "
             "parts.level, parts.key order by parts.period desc) as back from "
             "trend_and_seasons as parts join chosen on chosen.level = parts.level and "
             "chosen.key = parts.key where parts.period not in (select period from demand_total "
             "where state = 'closed')), points as (select place, level, key, period, 1 as o, "
             "'sold' as series, value as y, back from parts union all select place, level, "
             "key, period, 2, 'usual', case when value is not null then case when trend > 0 then "
             "greatest(trend + season, 0) else trend + season end end, back from parts union all "
             "select place, "
             "level, key, period, 3, 'trend', trend, back from parts) select case level when "
             "'money' then 'All, in money' when 'total' then 'All together' when 'store' then "
             "'Store ' || key else key end, case level when 'money' then 'money' end, series, "
             "cast(period as varchar), round(y, 2), null, null, null from points where back <= "
             "case when level in ('money', 'total') then 4000 else 800 end and (level <> "
             "'total' or (select count(*) from demand_total where units is not null) > 0 or "
             "not exists (select * from parts where level = 'money')) order by place, level, "
             "key, o, period");
    return FS_OK;
}

/* ---- shapes of week and year ---- */

static fs_status say_shape(const fs_report *report, bool week, fs_buffer *out, fs_error *error)
{
    const char *(*name)(const json_t *, size_t, size_t) = week ? weekday_of : month_of;
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          week ? "select place, effect, strength from season_shapes where season = "
                                 "'week' and level = " WHOLE " order by effect desc, place"
                               : "select place, effect, strength from season_shapes where season = "
                                 "'year' and level = " WHOLE " order by effect desc, place",
                          &rows, error));
    size_t last = json_array_size(rows) > 0 ? json_array_size(rows) - 1 : 0;
    fs_figures_season f = {.of_week = week,
                           .highest = name(rows, 0, 0),
                           .lowest = name(rows, last, 0),
                           .high = fs_report_cell_number(rows, 0, 1),
                           .low = fs_report_cell_number(rows, last, 1),
                           .strength = fs_report_cell_number(rows, 0, 2)};
    fs_status status = fs_report_say_season(out, &f);
    json_decref(rows);
    return status;
}

#define SHAPES(season, place, order)                                                               \
    "with sized as (select *, case when level in ('money', 'total') then 0 else row_number() "     \
    "over (partition by level, place order by strength desc, key) end as rank from season_shapes " \
    "where season = '" season "' and (level = " WHOLE " or level in ('category', 'store'))) "      \
    "select case level when 'category' then key when 'store' then 'Store ' || key else 'All "      \
    "together' end, null, 'against the trend', " place ", round(effect, 4), null, null, null "     \
    "from sized where rank <= 12 order by level in ('money', 'total') desc, level, key, " order

static fs_status add_shape(const fs_report *report, json_t *page, bool week, fs_error *error)
{
    fs_buffer text = {0};
    fs_status status = say_shape(report, week, &text, error);
    if (status == FS_OK && text.size > 0)
        status = fs_report_add_plot(
            report, page,
            &(fs_report_plot){
                .id = week ? "weekdays" : "year",
                .title = week ? "What the weekday does" : "What the month does",
                .finding = text.data,
                .kind = "bar",
                .x = "category",
                .unit = "share",
                .sql = week ? SHAPES("week", WEEKDAYS "[sized.place]", "in_week(sized.place)")
                            : SHAPES("year", MONTHS "[sized.place]", "sized.place")},
            error);
    fs_buffer_free(&text);
    return status;
}

/* ---- hours ---- */

static fs_status say_week(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *days, *hour;
    FS_TRY(fs_report_rows(report,
                          "select weekday, sum(share) from hours_of_week group by weekday order by "
                          "2 desc, 1 limit 2",
                          &days, error));
    fs_status status = fs_report_rows(report,
                                      "select weekday, hour from hours_of_week where hour is not "
                                      "null order by lines desc, weekday, hour limit 1",
                                      &hour, error);
    if (status == FS_OK) {
        bool told = json_array_size(hour) > 0;
        fs_figures_week f = {.first = weekday_of(days, 0, 0),
                             .first_share = fs_report_cell_number(days, 0, 1),
                             .second_share = fs_report_cell_number(days, 1, 1),
                             .hour = told ? (int)fs_report_cell_number(hour, 0, 1) : -1,
                             .hour_day = weekday_of(hour, 0, 0)};
        status = fs_report_say_week(out, &f);
        json_decref(hour);
    }
    json_decref(days);
    return status;
}

static fs_status add_hours(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "hours_of_week")) return FS_OK;
    fs_buffer text = {0};
    fs_status status = say_week(report, &text, error);
    if (status == FS_OK)
        status = fs_report_add_plot(
            report, page,
            &(fs_report_plot){
                .id = "hours",
                .title = "When in a usual week people buy",
                .finding = text.size > 0 ? text.data : NULL,
                .kind = "heat",
                .x = "category",
                .sql = "with told as (select weekday, hour, lines, revenue, units from "
                       "hours_of_week where hour is not null), days as (select distinct weekday "
                       "from told), hours as (select unnest(range(min(hour), max(hour) + 1)) as "
                       "hour from told), cells as (select days.weekday, hours.hour, told.lines, "
                       "told.revenue, told.units from days cross join hours left join told on "
                       "told.weekday = days.weekday and told.hour = hours.hour), points as "
                       "(select 1 as o, 'Money' as v, 'money' as u, weekday, hour, revenue as y "
                       "from cells union all select 2, 'Pieces', 'number', weekday, hour, units "
                       "from cells union all select 3, 'Lines', 'number', weekday, hour, lines "
                       "from cells) select v, u, " WEEKDAYS "[weekday]"
                       ", printf('%02d:00', hour), "
                       "round(y, 2), null, null, null from points where o in "
                       "(select o from "
                       "points group by o having max(y) > 0) order by o, in_week(weekday), hour"},
            error);
    fs_buffer_free(&text);
    FS_TRY(status);
    TABLE(page, .id = "week", .title = "A usual week", .table = "hours_of_week", .limit = 7,
          .file = "csv/hours_of_week.csv",
          .columns = "day:Day:text,revenue:Revenue:money,units:Pieces:number,lines:Lines:number,"
                     "share:Of the week:share,busiest:Busiest hour:text",
          .sql = "select " WEEKDAYS "[weekday]"
                 ", round(nullif(sum(revenue), 0), 2), "
                 "round(sum(units), 1), round(sum(lines), 1), "
                 "round(sum(share), 4), case when "
                 "max(hour) is not null then printf('%02d:00', "
                 "arg_max(hour, lines)) end from "
                 "hours_of_week group by weekday order by in_week(weekday)");
    return FS_OK;
}

/* ---- holidays and events ---- */

#define BESIDE                                                                                     \
    "case days_before when 0 then '' when -1 then ', the day after' when 1 then ', the day "       \
    "before' else printf(', %d days before', days_before) end"

static fs_status say_calendar(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "with told as (select *, sure and effect <= -0.995 as shut from "
                          "calendar_effects where level = 'total'), placed as (select *, " BESIDE
                          " as beside, row_number() over (order by sure desc, shut, abs(effect) "
                          "desc, name, days_before) as place from told) select count(*), count(*) "
                          "filter (where sure), count(*) filter (where shut), max(name || beside) "
                          "filter (where place = 1), max(effect) filter (where place = 1) from "
                          "placed",
                          &rows, error));
    fs_figures_calendar f = {.looked = (int64_t)fs_report_cell_number(rows, 0, 0),
                             .sure = (int64_t)fs_report_cell_number(rows, 0, 1),
                             .shut = (int64_t)fs_report_cell_number(rows, 0, 2),
                             .name = fs_report_cell_text(rows, 0, 3),
                             .effect = fs_report_cell_number(rows, 0, 4)};
    fs_status status = fs_report_say_calendar(out, &f);
    json_decref(rows);
    return status;
}

static fs_status add_calendar(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "calendar_effects")) return FS_OK;
    fs_buffer text = {0};
    fs_status status = say_calendar(report, &text, error);
    if (status == FS_OK && text.size > 0)
        status = fs_report_add_plot(
            report, page,
            &(fs_report_plot){
                .id = "calendar-effects",
                .title = "What holidays and events did",
                .finding = text.data,
                .kind = "whisker",
                .x = "category",
                .unit = "share",
                .sql = "select null, null, 'against the usual, with its 95 % interval', name "
                       "|| " BESIDE
                       ", round(effect, 4), round(low, 4), round(high, 4), printf('seen %d "
                       "times', times) || coalesce(', next ' || cast(next_period as varchar), '') "
                       "from (select *, row_number() over (order by abs(effect) desc, name, "
                       "days_before) as place from calendar_effects where level = 'total' and "
                       "sure) as placed where place <= 25 order by effect desc, name, days_before"},
            error);
    fs_buffer_free(&text);
    FS_TRY(status);
    TABLE(page, .id = "calendar", .title = "The same, next ones first", .table = "calendar_effects",
          .limit = 100, .file = "csv/calendar_effects.csv",
          .columns =
              "name:Day:text,before:Which:text,effect:Against the usual:share,low:From:share,"
              "high:To:share,times:Times seen:integer,next:Next:date",
          .sql = "select name, case days_before when 0 then 'the day itself' when -1 then 'the day "
                 "after' when 1 then 'the day before' else printf('%d days before', days_before) "
                 "end, round(effect, 4), round(low, 4), round(high, 4), times, cast(next_period as "
                 "varchar) from calendar_effects where level = 'total' and sure order by "
                 "next_period nulls last, abs(effect) desc, name, days_before");
    return FS_OK;
}

fs_status fs_report_add_seasons(const fs_report *report, json_t *page, fs_error *error)
{
    FS_TRY(add_trend(report, page, error));
    if (fs_report_has(report, "season_shapes")) {
        FS_TRY(add_shape(report, page, true, error));
        FS_TRY(add_shape(report, page, false, error));
    }
    FS_TRY(add_hours(report, page, error));
    return add_calendar(report, page, error);
}
