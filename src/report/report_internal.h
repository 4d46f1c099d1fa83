/* Inside the report room: figures in words, the document as JSON, its pages. */
#ifndef FORESELL_REPORT_INTERNAL_H
#define FORESELL_REPORT_INTERNAL_H

#include <jansson.h>

#include "foresell/report.h"

/* What a report is made from. Texts belong to the project; never NULL. */
typedef struct fs_report {
    fs_engine *engine;
    const char *folder;
    const char *name, *currency, *country, *period, *absent, *dates;
    char told_country[3];
    int64_t horizon;
    int64_t season;    /* periods after which sales repeat their pattern */
    int first_weekday; /* 1 Monday … 7 Sunday: where the reader's week begins */
    double low, high;  /* lowest and highest quantile that forecasts carry; both 0: none */
    char low_name[32], high_name[32];
    bool in_units; /* demand is forecast in units, else in money */
} fs_report;

/* ---- report.c ---- */
/* Settings, tables attached, what the forecasts carry. */
FS_MUST_CHECK fs_status fs_report_open(fs_engine *engine, fs_project *project, const char *folder,
                                       fs_report *report, fs_error *error);

/* ---- week_start.c ---- */
/* 1 Monday … 7 Sunday, by the setting ("monday" …, empty: by the country); the country as two letters, or empty. */
int fs_report_first_weekday(const char *week_start, const char *country);
/* Makes in_week(weekday) known to SELECTs: the place of an ISO weekday in the reader's week, 0 … 6. */
FS_MUST_CHECK fs_status fs_report_order_weekdays(const fs_report *report, fs_error *error);

/* SQL: "store north", but "Store 1" as it is; of a column. */
#define FS_REPORT_CALLED(what, column)                                                             \
    "case when starts_with(lower(" column "), '" what "') then " column " else '" what             \
    " ' || " column " end"

/* Why a row of quarantine was refused, without the values of that row ("another row with item = 'A' says …"), so that the
 * same reason counts as one. */
#define FS_REPORT_REASON                                                                           \
    "regexp_replace(reason, '^another row with .*$', 'another row with the same key says "         \
    "something else')"

/* Which rows of `peaks` the headline may tell, the one that ranks first of those coming, else of those past; the charts mark
 * and show both. */
#define FS_REPORT_PEAK_TOLD                                                                        \
    "(level = 'total' and expected > 0 and ((\"when\" = 'coming' and certainty >= 0.5) or "        \
    "(\"when\" = 'past' and coalesce(cause, '') <> 'one large order')))"

/* ---- query.c: tables of the run ---- */
/* Is FOLDER/tables/NAME.parquet there? */
bool fs_report_has(const fs_report *report, const char *table);
/* *any: the table is there and has a row. */
FS_MUST_CHECK fs_status fs_report_has_rows(const fs_report *report, const char *table, bool *any,
                                           fs_error *error);
/* *none: the run knows of no line of sales. */
FS_MUST_CHECK fs_status fs_report_no_sales(const fs_report *report, bool *none, fs_error *error);
/* Are products told apart at all, or is all of it one "(all)"? */
FS_MUST_CHECK fs_status fs_report_has_products(const fs_report *report, bool *products,
                                               fs_error *error);
/* Do the sales tell money? */
FS_MUST_CHECK fs_status fs_report_has_money(const fs_report *report, bool *money, fs_error *error);
/* All rows of `sql` as an array of arrays; dates as text, numbers as numbers. Caller: json_decref. */
FS_MUST_CHECK fs_status fs_report_rows(const fs_report *report, const char *sql, json_t **rows,
                                       fs_error *error);
/* First cell of the first row as a number; *known false where there is none. */
FS_MUST_CHECK fs_status fs_report_number(const fs_report *report, const char *sql, double *value,
                                         bool *known, fs_error *error);
/* Cells of what fs_report_rows gave; NULL, 0 where there is none. */
const char *fs_report_cell_text(const json_t *rows, size_t row, size_t column);
double fs_report_cell_number(const json_t *rows, size_t row, size_t column);
bool fs_report_cell_null(const json_t *rows, size_t row, size_t column);

/* ---- text.c: figures in words ---- */
/* "12,345", "-3"; rounded to whole numbers. */
FS_MUST_CHECK fs_status fs_report_whole(fs_buffer *out, double value);
/* "GBP 12,345", "GBP 4.50" below 100; without the currency's name where it is empty. */
FS_MUST_CHECK fs_status fs_report_money(fs_buffer *out, double value, const char *currency);
/* Share of 1 as "3.7 %", "41 %", "less than 0.1 %". */
FS_MUST_CHECK fs_status fs_report_share(fs_buffer *out, double share);
/* "2024-01-02" as "2 Jan 2024", "2024-01" as "Jan 2024"; what is no such date stays as it is. */
FS_MUST_CHECK fs_status fs_report_date(fs_buffer *out, const char *iso);
/* "January" … "December" for 1 … 12; NULL: there is no such month. */
const char *fs_report_month(int month);
/* "28 days", "1 week". */
FS_MUST_CHECK fs_status fs_report_periods(fs_buffer *out, int64_t count, const char *period);

/* ---- sentences.c: what may be said, from figures alone. Each adds one sentence, or nothing ---- */
typedef struct fs_figures_total {
    bool has_revenue, has_units;
    double revenue, units;
    double return_share; /* of gross revenue; 0: none */
    const char *first, *last, *currency;
    const char *numbered; /* the period that the files only number; NULL: their days are told */
} fs_figures_total;
FS_MUST_CHECK fs_status fs_report_say_total(fs_buffer *out, const fs_figures_total *figures);

/* That there are no sales, and so no forecast; which other tables have rows ("customers, promotions"; NULL: none). */
FS_MUST_CHECK fs_status fs_report_say_no_sales(fs_buffer *out, const char *others);

typedef struct fs_figures_outlook {
    bool money;              /* else pieces */
    double expected, before; /* of the next and of the last `count` periods; before 0: not known */
    double
        range; /* half the mean width of the interval, as a share of the mean; below 0: not known */
    double likely; /* what the interval covers: 0.9 */
    int64_t count;
    const char *period, *currency;
    int64_t partial;          /* of the `count` before, so many are known only in part */
    const char *partial_from; /* the first of them, where they are the last ones; else NULL */
    const char *since;        /* from here on the files tell of all; NULL: they always did */
    double usual_before, usual_since; /* the mean of a period before and since */
} fs_figures_outlook;
FS_MUST_CHECK fs_status fs_report_say_outlook(fs_buffer *out, const fs_figures_outlook *figures);

typedef struct fs_figures_peak {
    bool coming;
    const char *date, *cause; /* cause NULL: none with evidence */
    const char *period;
    double times;     /* value over expected */
    double certainty; /* of one that is coming */
    bool foreseen;    /* by the forecast itself; else only years before had it then */
    bool orders;      /* single large orders made higher ones, which are left out */
    bool pieces;      /* the times are of pieces, where the report tells money as well */
} fs_figures_peak;
FS_MUST_CHECK fs_status fs_report_say_peak(fs_buffer *out, const fs_figures_peak *figures);

/* What the parts of a level would come to by themselves; below 0: there are none. */
typedef struct fs_figures_parts {
    double alone, whole;
    bool agreed; /* they are multiplied so that they add up to the whole; else left as they are */
} fs_figures_parts;
typedef struct fs_figures_levels {
    double total;
    double new_share; /* of products that are not sold yet */
    fs_figures_parts categories, stores, products;
    bool money;
    int64_t count;
    const char *period, *currency;
} fs_figures_levels;
/* What the parts would come to by themselves, where that is not the whole. */
FS_MUST_CHECK fs_status fs_report_say_levels(fs_buffer *out, const fs_figures_levels *figures);

/* Planners' changes to the forecast: those ahead, and those that are over and were held against the models. */
typedef struct fs_figures_overrides {
    int64_t ahead, judged, nearer;
    double error_models, error_planners; /* sums, pieces or money */
    bool money;
    const char *currency;
} fs_figures_overrides;
FS_MUST_CHECK fs_status fs_report_say_overrides(fs_buffer *out,
                                                const fs_figures_overrides *figures);

typedef struct fs_figures_products {
    bool money;               /* else pieces are counted, where no sale tells its money */
    int64_t products, enough; /* `enough` of them bring `share` of the revenue */
    double share;
    const char *first; /* name of the first by revenue */
    double first_revenue, second_revenue;
    const char *currency;
} fs_figures_products;
FS_MUST_CHECK fs_status fs_report_say_products(fs_buffer *out, const fs_figures_products *figures);

/* Products whose trend is surely above and below zero; they make most of the money, else of the pieces. */
FS_MUST_CHECK fs_status fs_report_say_trends(fs_buffer *out, int64_t growing, int64_t shrinking,
                                             bool money);

/* What is known of people where there are no sales. Numbers below 0: not known. */
typedef struct fs_figures_people {
    double customers, left;            /* and how many of them have left */
    double reached, response;          /* by a promotion; share that responded */
    double left_out, response_without; /* not reached, to compare */
} fs_figures_people;
FS_MUST_CHECK fs_status fs_report_say_left(fs_buffer *out, const fs_figures_people *figures);
FS_MUST_CHECK fs_status fs_report_say_response(fs_buffer *out, const fs_figures_people *figures);
/* Which of several stores sells most, and what share of the whole. */
FS_MUST_CHECK fs_status fs_report_say_stores(fs_buffer *out, int64_t stores, const char *first,
                                             double share);

typedef struct fs_figures_rows {
    int64_t rows, kept, refused, merged;
    const char *reason; /* most frequent one for refusing; NULL: none */
} fs_figures_rows;
FS_MUST_CHECK fs_status fs_report_say_rows(fs_buffer *out, const fs_figures_rows *figures);

/* ---- findings.c: what the charts show, in a sentence each ---- */
typedef struct fs_figures_growth {
    double now, before; /* money */
    bool same_season;   /* a year against the year before */
    struct {
        const char *name; /* as the step growth calls it */
        double money;
    } cause[5];
    int causes;
    const char *currency;
} fs_figures_growth;
FS_MUST_CHECK fs_status fs_report_say_growth(fs_buffer *out, const fs_figures_growth *figures);

typedef struct fs_figures_period {
    const char *name; /* "November 2011" */
    double now;
    int days;   /* how long it is */
    bool money; /* else pieces */
    const char *currency;
    struct {
        const char *name; /* NULL: there is none to compare with */
        double value;
        int days;
    } other[2]; /* the one before, and the same a year before */
} fs_figures_period;
FS_MUST_CHECK fs_status fs_report_say_period(fs_buffer *out, const fs_figures_period *figures);

typedef struct fs_figures_week {
    const char *first; /* the day with most lines; NULL: not known */
    double first_share, second_share;
    int hour; /* the busiest; -1: files tell no hours */
    const char *hour_day;
} fs_figures_week;
FS_MUST_CHECK fs_status fs_report_say_week(fs_buffer *out, const fs_figures_week *figures);

typedef struct fs_figures_season {
    bool of_week;
    const char *highest, *lowest; /* weekdays or months; NULL: not known */
    double high, low;             /* above or below the trend, as shares of it */
    double strength;              /* 0 … 1 */
} fs_figures_season;
FS_MUST_CHECK fs_status fs_report_say_season(fs_buffer *out, const fs_figures_season *figures);

typedef struct fs_figures_calendar {
    int64_t looked, sure; /* days of the calendar, and those that surely moved sales */
    int64_t shut;         /* of the sure ones, those on which nothing is sold */
    const char *name; /* the one that moved them most; of those with sales, where there are some */
    double effect;    /* as a share of the usual */
} fs_figures_calendar;
FS_MUST_CHECK fs_status fs_report_say_calendar(fs_buffer *out, const fs_figures_calendar *figures);

/* What a tenth of the products, customers or stores (`kind`) brings. */
FS_MUST_CHECK fs_status fs_report_say_concentration(fs_buffer *out, const char *kind, double share);

typedef struct fs_figures_underperformers {
    int64_t products;
    double tied_up; /* money; 0: not known */
    bool at_price;  /* of some the cost is not known */
    const char *currency;
} fs_figures_underperformers;
FS_MUST_CHECK fs_status fs_report_say_underperformers(fs_buffer *out,
                                                      const fs_figures_underperformers *figures);

typedef struct fs_figures_country {
    const char *country; /* NULL: not known */
    int64_t holidays, closed_holidays,
        closed_days; /* what tells it; no holidays: the settings do */
} fs_figures_country;
FS_MUST_CHECK fs_status fs_report_say_country(fs_buffer *out, const fs_figures_country *figures);

typedef struct fs_figures_shifts {
    int64_t shifts;
    const char *what, *date; /* the one of most money: of what, and its first day */
    double change;           /* as a share of before */
    double money;            /* a year; 0: not known */
    const char *cause;       /* what coincides with it; NULL: nothing known */
    const char *currency;
} fs_figures_shifts;
FS_MUST_CHECK fs_status fs_report_say_shifts(fs_buffer *out, const fs_figures_shifts *figures);

typedef struct fs_figures_replay {
    bool demand;                    /* the kind of demand; else the class by revenue */
    int64_t quarters;               /* that were foretold, 0: none */
    double right_model, right_same; /* shares of products */
    bool wins;                      /* more than chance would have it */
} fs_figures_replay;
/* Whether classes of the next quarter can be foretold: how often they were, against products that stayed. */
FS_MUST_CHECK fs_status fs_report_say_replay(fs_buffer *out, const fs_figures_replay *figures);

/* What share of the revenue is sold at a discount, and the money taken off. */
FS_MUST_CHECK fs_status fs_report_say_discounts(fs_buffer *out, double share, double money,
                                                const char *currency);

typedef struct fs_figures_accuracy {
    const char *level;               /* of forecast_accuracy; NULL: nothing was tried */
    int64_t trials, steps, compared; /* so many trials of so many periods; values in all */
    double off,
        naive; /* sums of errors as shares of what was sold; naive: of the last season repeated */
    double saved;        /* share of the naive error, below 0: it is exceeded */
    double inside, due;  /* shares of values in the range: were, should be; due 0: no range */
    const char *verdict; /* better, worse, unsure, too short */
    const char *period;
    int64_t season;
} fs_figures_accuracy;
/* How far off forecasts would have been, beside repeating the last season; or that too little is known to tell. */
FS_MUST_CHECK fs_status fs_report_say_accuracy(fs_buffer *out, const fs_figures_accuracy *figures);
/* "the last week", "the last year", "the last 14 days". */
#define FS_REPORT_SEASON 48
void fs_report_last_season(char out[FS_REPORT_SEASON], int64_t season, const char *period);

/* ---- customer_findings.c: what the pages of customers say, in a sentence each ---- */
typedef struct fs_figures_segments {
    const char *first;          /* the segment that brings most; NULL: there are none */
    bool money;                 /* shares are of money; else of orders */
    double share, second_share; /* of all, of the first and of the one behind it */
    int64_t members, customers; /* of the first, of all */
} fs_figures_segments;
FS_MUST_CHECK fs_status fs_report_say_segments(fs_buffer *out, const fs_figures_segments *figures);

typedef struct fs_figures_moves {
    const char *before;       /* the day of the segments before, NULL: not known */
    int64_t customers, moved; /* who were customers then; and are in another segment now */
    const char *from, *to;    /* the most frequent way; NULL: nobody moved */
    int64_t most, second;     /* customers that went it, and the one behind it */
} fs_figures_moves;
FS_MUST_CHECK fs_status fs_report_say_moves(fs_buffer *out, const fs_figures_moves *figures);

typedef struct fs_figures_cohorts {
    bool quarters; /* else months */
    int64_t
        customers; /* of all cohorts whose next stretch is known, without the first, which holds those from before */
    int known; /* ages that are told; the first is 1 */
    int age[3];
    double share[3]; /* of the customers whose age is known, bought then */
} fs_figures_cohorts;
FS_MUST_CHECK fs_status fs_report_say_cohorts(fs_buffer *out, const fs_figures_cohorts *figures);

typedef struct fs_figures_worth {
    int64_t customers;
    bool money;                 /* else days with a purchase */
    double expected, low, high; /* of the next 52 weeks, all together; low = high: not known */
    int64_t first;              /* so many customers, those worth most, … */
    double first_share;         /* … bring this share */
    const char *currency;
} fs_figures_worth;
FS_MUST_CHECK fs_status fs_report_say_worth(fs_buffer *out, const fs_figures_worth *figures);

typedef struct fs_figures_purchases {
    int64_t dates;              /* from which it was tried on the past */
    double least, most;         /* purchases that came over those expected */
    double own_least, own_most; /* the same of everybody going on as before; 0: not known */
} fs_figures_purchases;
FS_MUST_CHECK fs_status fs_report_say_purchases(fs_buffer *out,
                                                const fs_figures_purchases *figures);

typedef struct fs_figures_leaving {
    int64_t horizon;   /* days; 0: not known */
    int64_t customers; /* of whom a probability is known */
    int64_t contact;   /* of them, those whom it should pay to contact, likely to leave or not */
    double leavers;    /* expected to leave: the sum of the probabilities */
    double whole, lost, low,
        high;      /* money of all if they stay; expected to be lost, and its interval */
    double profit; /* expected of contacting */
    bool sure;     /* those put first left more often in the past, beyond chance */
    bool dated;    /* they leave within the horizon; a label of the files does not say when */
    const char *currency;
} fs_figures_leaving;
/* How many are expected to leave, and what contacting brings; nothing where the past does not bear the list out. */
FS_MUST_CHECK fs_status fs_report_say_leaving(fs_buffer *out, const fs_figures_leaving *figures);
FS_MUST_CHECK fs_status fs_report_say_loss(fs_buffer *out, const fs_figures_leaving *figures);

typedef struct fs_figures_gains {
    bool tried;              /* on customers of whom it is known what became of them */
    int64_t dates;           /* from which, in the past; 0: labels have none */
    double first_left, left; /* shares that left, of the first tenth and of all */
    bool sure;               /* the first is more, beyond chance */
    bool money;
    int64_t best; /* contacting so many tenths would have brought most; 0: nobody */
    double profit;
    const char *currency;
} fs_figures_gains;
FS_MUST_CHECK fs_status fs_report_say_gains(fs_buffer *out, const fs_figures_gains *figures);
/* Do `left` of `members` leave more often than `left_share` of all, beyond chance (1.96 standard deviations of a binomial)? */
bool fs_report_sure_gain(double left, double members, double left_share);
FS_MUST_CHECK fs_status fs_report_say_calibration(fs_buffer *out, double foretold, double left);

typedef struct fs_figures_offers {
    int64_t customers; /* who bought something new to them in the replay's 60 days */
    double hit,
        best_hit; /* shares of them that bought one of the five told, of the five best sellers */
} fs_figures_offers;
FS_MUST_CHECK fs_status fs_report_say_offers(fs_buffer *out, const fs_figures_offers *figures);
FS_MUST_CHECK fs_status fs_report_say_overdue(fs_buffer *out, int64_t overdue, int64_t customers);
/* A warning where `chosen` of the campaigns did not reach their customers by lot; else nothing. */
FS_MUST_CHECK fs_status fs_report_say_campaigns(fs_buffer *out, int64_t chosen, int64_t campaigns);

/* ---- stock_findings.c: what the page of orders says, in a sentence each ---- */
typedef struct fs_figures_orders {
    int64_t looked, lines; /* products in stores whose stock is known; of them those to order */
    int64_t stores;
    double units, gain; /* to order; money saved against not ordering, as expected */
    double cost;        /* of the goods; 0: not known */
    int64_t no_cost;    /* lines whose cost is not known */
    int64_t waiting;    /* lines that wait for their supplier's day */
    const char *currency;
} fs_figures_orders;
FS_MUST_CHECK fs_status fs_report_say_orders(fs_buffer *out, const fs_figures_orders *figures);

typedef struct fs_figures_stock_levels {
    int64_t lines, stores;     /* products in stores whose stock no file tells */
    double units, money;       /* to hold of them; at cost, 0: not known */
    int64_t lead_time, review; /* periods, of all of them alike; -1: they differ */
    bool by_price;             /* their cost is worked out from the price */
    bool orders;               /* the stock of others is told */
    const char *period, *currency;
} fs_figures_stock_levels;
FS_MUST_CHECK fs_status fs_report_say_stock_levels(fs_buffer *out,
                                                   const fs_figures_stock_levels *figures);

typedef struct fs_figures_order_replay {
    int64_t periods;
    double cost, plain_cost;     /* money, of these orders and of a plain planner's */
    double missed, plain_missed; /* shares of the demand */
    const char *period, *currency;
} fs_figures_order_replay;
FS_MUST_CHECK fs_status fs_report_say_order_replay(fs_buffer *out,
                                                   const fs_figures_order_replay *figures);

typedef struct fs_figures_overstock {
    int64_t lines;
    double units, tied_up,
        moved; /* more than is worth keeping; money, 0: not known; units that other stores lack */
    double holding_year; /* money; 0: not known */
    const char *currency;
} fs_figures_overstock;
FS_MUST_CHECK fs_status fs_report_say_overstock(fs_buffer *out,
                                                const fs_figures_overstock *figures);

/* ---- stock_page.c: what to order, and what is too much ---- */
FS_MUST_CHECK fs_status fs_report_add_orders(const fs_report *report, json_t *page,
                                             fs_error *error);
/* *found: there is a list of orders. */
FS_MUST_CHECK fs_status fs_report_read_orders(const fs_report *report, fs_figures_orders *figures,
                                              bool *found, fs_error *error);

/* ---- headlines.c ---- */
/* Up to five {"text", "page"}. Caller: json_decref. */
FS_MUST_CHECK fs_status fs_report_headline_list(const fs_report *report, json_t **list,
                                                fs_error *error);

/* A longer table has no CSV: all its rows are in tables/ (export.c). */
#define FS_REPORT_CSV_ROWS 5000000

/* ---- blocks.c: parts of a page. Each takes over what it is given, also on failure ---- */
FS_MUST_CHECK fs_status fs_report_add(json_t *array, json_t *item, fs_error *error);
json_t *fs_report_page(const char *id, const char *title, const char *intro);
json_t *fs_report_blocks(json_t *page); /* borrowed */
FS_MUST_CHECK fs_status fs_report_add_text(json_t *page, const char *text, fs_error *error);
/* Where something could not be said: the error of its SELECT stays; without one it was memory. */
void fs_report_fail_said(const fs_buffer *text, fs_error *error);
/* What was said into `text`, which is freed; nothing is added where it is empty. `said`: whether it could be written. */
FS_MUST_CHECK fs_status fs_report_add_said(json_t *page, fs_status said, fs_buffer *text,
                                           fs_error *error);
/* `items`: array of texts; nothing is added where it is empty. */
FS_MUST_CHECK fs_status fs_report_add_notes(json_t *page, const char *title, json_t *items,
                                            fs_error *error);
/* columns: "name:Label:format,…" in the order of the query's columns; finding: a sentence below the title, NULL: none. `limit` rows are shown; nothing is added for a
 * query without rows, or whose table (`table`, may be NULL) is not there. */
typedef struct fs_report_query {
    const char *id, *title, *table, *columns, *sql, *file;
    int64_t limit;
    const char *finding;
} fs_report_query;
FS_MUST_CHECK fs_status fs_report_add_table(const fs_report *report, json_t *page,
                                            const fs_report_query *query, fs_error *error);
/* The same with what was said into `text` as its finding; frees it. `said`: whether it could be written. */
FS_MUST_CHECK fs_status fs_report_add_said_table(const fs_report *report, json_t *page,
                                                 fs_status said, fs_buffer *text,
                                                 fs_report_query query, fs_error *error);
/* The same from fields, inside a function that has `report` and `error`. */
#define TABLE(page_, ...)                                                                          \
    FS_TRY(fs_report_add_table(report, page_, &(fs_report_query){__VA_ARGS__}, error))
/* One series from rows whose columns `x` and `y` … count; NULL where memory ran out. */
json_t *fs_report_series(const char *name, const json_t *rows, size_t x, size_t y);

/* ---- charts.c ---- */
/* Sold and forecast of a level with a drop-down of its keys. `level`: total, revenue, category, store, item. */
typedef struct fs_report_chart {
    const char *id, *title, *level;
    int64_t keys;    /* at most so many variants, by size */
    int64_t periods; /* at most so many of the last ones each; 0: all */
} fs_report_chart;
FS_MUST_CHECK fs_status fs_report_add_chart(const fs_report *report, json_t *page,
                                            const fs_report_chart *chart, fs_error *error);

/* ---- plots.c ---- */
/* A chart from one SELECT of the columns variant, unit, series, x, y, low, high, label; nothing is added for one without rows, or
 * whose table (`table`, may be NULL) is not there. variant: its name in the drop-down, unit: that of its values (null: the
 * chart's); low, high, label: null where there is none. Rows of one variant, and of one series in it, follow one another. */
typedef struct fs_report_plot {
    const char *id, *title;
    const char *finding; /* a sentence below the title; NULL: none */
    const char *table;
    const char *kind;  /* line, bar, points, heat, floating (a waterfall), whisker */
    const char *x;     /* date, category, number */
    const char *unit;  /* as the format of a column */
    const char *grain; /* what a point covers where x is a date; NULL: the report's period */
    const char *along, *along_unit; /* what x counts where it is a number */
    const char *up;                 /* what y counts there */
    bool log, stacked;
    const char *sql;
} fs_report_plot;
FS_MUST_CHECK fs_status fs_report_add_plot(const fs_report *report, json_t *page,
                                           const fs_report_plot *plot, fs_error *error);
/* The same with what was said into `text` as its finding; frees it. `said`: whether it could be written. */
FS_MUST_CHECK fs_status fs_report_add_said_plot(const fs_report *report, json_t *page,
                                                fs_status said, fs_buffer *text,
                                                fs_report_plot plot, fs_error *error);
/* The same from fields, inside a function that has `report` and `error`. */
#define PLOT(page_, ...)                                                                           \
    FS_TRY(fs_report_add_plot(report, page_, &(fs_report_plot){__VA_ARGS__}, error))

/* ---- overrides.c: planners' changes to the forecast, what became of them and what they were worth ---- */
FS_MUST_CHECK fs_status fs_report_add_overrides(const fs_report *report, json_t *page,
                                                fs_error *error);

/* ---- compared_periods.c ---- */
/* {"type": "periods", "id", "title", "choose": [{"name", "grain", "first", "before", "year_before", "finding", "items": [{"label",
 * "format", "now", "before", "year_before"}]}]}: names and figures of what there is not are left out or null. */
FS_MUST_CHECK fs_status fs_report_add_compared_periods(const fs_report *report, json_t *page,
                                                       fs_error *error);

/* A table's column `model` in words, and what it takes the column `methods` for. */
#define FS_REPORT_METHODS                                                                          \
    "regexp_replace(model, '[(][^)]*[)]|[[][0-9]+[]]| with (non-zero mean|zero mean|drift)| "      \
    "[0-9]+ %', '', 'g')"
#define FS_REPORT_MODEL                                                                            \
    "case when model = 'counts' then 'slow mover: how often few are sold, and how many' when "     \
    "model = 'none' then 'no forecast: too little is known' when model = 'snaive' then 'seasonal " \
    "naive: as one season ago' when model like '% \\%' escape '\\' then 'mean of ' || methods || " \
    "', by how good each was' when model like '%), %' then 'median of ' || methods else model end"

/* ---- accuracy_page.c, business_page.c, seasons_page.c, products_page.c, customers_page.c, keeping_page.c: the blocks of one page each ---- */
FS_MUST_CHECK fs_status fs_report_add_accuracy(const fs_report *report, json_t *page,
                                               fs_error *error);
FS_MUST_CHECK fs_status fs_report_add_business(const fs_report *report, json_t *page,
                                               fs_error *error);
FS_MUST_CHECK fs_status fs_report_add_seasons(const fs_report *report, json_t *page,
                                              fs_error *error);
FS_MUST_CHECK fs_status fs_report_add_products(const fs_report *report, json_t *page,
                                               fs_error *error);
FS_MUST_CHECK fs_status fs_report_add_customers(const fs_report *report, json_t *page,
                                                fs_error *error);

FS_MUST_CHECK fs_status fs_report_add_keeping(const fs_report *report, json_t *page,
                                              fs_error *error);

/* ---- customer_segments.c, customer_cohorts.c, customer_worth.c, customer_offers.c, customer_campaigns.c: blocks of the pages of customers; none without their tables ---- */
FS_MUST_CHECK fs_status fs_report_add_segments(const fs_report *report, json_t *page,
                                               fs_error *error);
FS_MUST_CHECK fs_status fs_report_add_cohorts(const fs_report *report, json_t *page,
                                              fs_error *error);
FS_MUST_CHECK fs_status fs_report_add_worth(const fs_report *report, json_t *page, fs_error *error);
FS_MUST_CHECK fs_status fs_report_add_offers(const fs_report *report, json_t *page,
                                             fs_error *error);
FS_MUST_CHECK fs_status fs_report_add_campaigns(const fs_report *report, json_t *page,
                                                fs_error *error);

/* ---- customer_list.c ---- */
/* Customers one by one: what each is worth, how likely he leaves and why, what to do first. */
FS_MUST_CHECK fs_status fs_report_add_customer_list(const fs_report *report, json_t *page,
                                                    fs_error *error);

/* ---- keeping_page.c ---- */
/* The figures of those who are likely to leave, and of the replay; *found false: the run has none. */
FS_MUST_CHECK fs_status fs_report_read_leaving(const fs_report *report, fs_figures_leaving *figures,
                                               bool *found, fs_error *error);

/* ---- pages.c ---- */
/* The whole document; `items` bounds the item charts. */
FS_MUST_CHECK fs_status fs_report_document(const fs_report *report, int64_t items,
                                           json_t **document, fs_error *error);

/* ---- plain.c ---- */
/* The document as plain HTML: headings, lists and tables; charts as the tables of their last values. */
FS_MUST_CHECK fs_status fs_report_plain(const json_t *document, fs_buffer *out);
/* Text with <, >, &, " escaped. */
FS_MUST_CHECK fs_status fs_report_escape(fs_buffer *out, const char *text);

#endif
