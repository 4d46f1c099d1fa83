/* detect_settings.c: what holds for the whole project: the period of forecasts, what an absent
 * period means, country and currency. Each with the reason; what can't be told stays empty. */
#include <stdlib.h>
#include <string.h>

#include "mapping_internal.h"

#define DAY    86400000000.0
#define SPARSE 40 /* per cent */

static const fs_seen_column *sales_column(const fs_detection *d, const char *role)
{
    if (d->sales < 0) return NULL;
    int c = fs_role_column(&d->table[d->sales], FS_SALES, role);
    return c < 0 ? NULL : &d->table[d->sales].column[c];
}

static bool has_receipts(const fs_detection *d)
{
    return sales_column(d, "basket") || sales_column(d, "customer");
}

/* ---- period --------------------------------------------------------------------------------- */

static void period_of_days(fs_detection *d, double spacing, const char *why)
{
    d->period = spacing > 20 ? "month" : spacing > 4 ? "week" : "day";
    d->period_why = why;
}

/* The usual distance where a date like 9999-12-31 makes the mean one nonsense. */
static fs_status usual_gap(const fs_detection *d, const char *time, int64_t *days, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "with days as (select distinct cast(");
    if (status == FS_OK) status = fs_detect_quoted(time, &sql);
    if (status == FS_OK)
        status = fs_buffer_printf(
            &sql,
            " as date) as day from %s), gaps as (select day - lag(day) over (order by day) as gap "
            "from days where day is not null) select coalesce(cast(median(gap) as bigint), 1) "
            "from gaps",
            d->table[d->sales].name);
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 128);
    return fs_detect_ask(d, &sql, days, error);
}

static bool is_far(const fs_column_profile *p)
{
    return (double)p->earliest < -25567 * DAY || (double)p->latest >= 84006 * DAY;
}

static fs_status find_period(fs_detection *d, fs_error *error)
{
    const fs_seen_column *time = sales_column(d, "time");
    d->period = "day";
    d->period_why = "sales have their own times";
    if (d->sales < 0) return d->period_why = "no sales", FS_OK;
    const fs_wide *wide = &d->table[d->sales].wide;
    for (int u = 0; u < 6; u++)
        if (d->anchor[u].known && time && fs_time_reading(time).kind == FS_READ_TEXT &&
            !(wide->kind != FS_LABEL_NONE && wide->kind != FS_LABEL_NUMBER))
            return period_of_days(d, d->anchor[u].step, "the numbers of its periods"), FS_OK;
    if (wide->kind != FS_LABEL_NONE && wide->step)
        return period_of_days(d, wide->step, "the names of its columns"), FS_OK;
    int step = time ? fs_time_step(d, &d->table[d->sales], time) : 0;
    if (step) return period_of_days(d, step, "the numbers of its periods"), FS_OK;
    if (!time || has_receipts(d) || time->profile->times || time->profile->distinct < 3)
        return FS_OK;
    const fs_column_profile *p = time->profile;
    double spacing = ((double)p->latest - (double)p->earliest) / DAY / (p->distinct - 1);
    int64_t gap = 0;
    if (d->engine && is_far(p) && fs_time_reading(time).kind >= FS_READ_DATE) {
        FS_TRY(usual_gap(d, time->name, &gap, error));
        spacing = (double)gap;
    }
    if (fs_time_reading(time).order == FS_DATE_MONTH) spacing = 30;
    if (fs_time_reading(time).order == FS_DATE_WEEK) spacing = 7;
    period_of_days(d, spacing, "the distance between its dates");
    return FS_OK;
}

/* ---- absence ----------------------------------------------------------------------------------- */

/* Days of the week with less than half of the usual lines. */
static fs_status quiet_weekdays(const fs_detection *d, int64_t *count, fs_error *error)
{
    const fs_seen_column *time = sales_column(d, "time");
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "with days as (select isodow(cast(");
    if (status == FS_OK) status = fs_detect_quoted(time->name, &sql);
    if (status == FS_OK)
        status = fs_buffer_printf(
            &sql,
            " as date)) as day, count(*) as n from %s group by 1) "
            "select 7 - count(*) + coalesce(sum(case when n < 0.5 * most then 1 else 0 end), 0) "
            "from (select n, max(n) over () as most from days where day is not null)",
            d->table[d->sales].name);
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 128);
    return fs_detect_ask(d, &sql, count, error);
}

/* Of what lies between the first and the last period of each product (in each store), what per cent is written; of a million rows or so. */
static fs_status written_cells(const fs_detection *d, int64_t *percent, fs_error *error)
{
    const fs_seen_column *item = sales_column(d, "item"), *store = sales_column(d, "store");
    const fs_seen_table *t = &d->table[d->sales];
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "with cells as (select distinct ");
    if (status == FS_OK) status = fs_detect_quoted(item->name, &sql);
    if (status == FS_OK) status = fs_buffer_text(&sql, " as item, ");
    if (status == FS_OK)
        status = store ? fs_detect_quoted(store->name, &sql) : fs_buffer_text(&sql, "0");
    if (status == FS_OK) status = fs_buffer_text(&sql, " as store, ");
    if (status == FS_OK) status = fs_detect_quoted(sales_column(d, "time")->name, &sql);
    if (status == FS_OK)
        status = fs_buffer_printf(
            &sql,
            " as period from %s where hash(item) %% %lld = 0), places as (select period, "
            "row_number() over (order by period) as place from (select distinct period from cells "
            "where period is not null)), series as (select count(*) as written, max(place) - "
            "min(place) + 1 as span from cells join places using (period) group by item, store) "
            "select coalesce(cast(100 * sum(written) / sum(span) as bigint), 100) from series",
            t->name, (long long)(t->rows / 1000000 + 1));
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 128);
    return fs_detect_ask(d, &sql, percent, error);
}

static fs_status find_absent(fs_detection *d, fs_error *error)
{
    const fs_seen_column *units = sales_column(d, "units"), *amount = sales_column(d, "amount");
    const fs_seen_column *time = sales_column(d, "time"), *measure = units ? units : amount;
    d->absent = "zero";
    d->absent_why = "sales are single lines: no line, nothing sold";
    if (d->sales < 0) return d->absent_why = "no sales", FS_OK;
    if (has_receipts(d) || (time && time->profile->times) || !measure) return FS_OK;
    if (time && fs_clock_column(&d->table[d->sales]) >= 0) return FS_OK;
    if (fs_role_sureness(&d->table[d->sales], FS_CALENDAR, "open") > 0.6)
        return d->absent = "closed", d->absent_why = "the panel has an open flag", FS_OK;
    if (measure->profile->zero > 0) {
        d->absent_why = "the panel writes zeros";
        return FS_OK;
    }
    int64_t quiet = 0, written = 100;
    if (time && sales_column(d, "item") && d->table[d->sales].wide.kind == FS_LABEL_NONE &&
        d->engine)
        FS_TRY(written_cells(d, &written, error));
    if (written < SPARSE) {
        d->absent_why = "most products are written in few of their periods: no line, nothing sold";
        return FS_OK;
    }
    bool dates = time && fs_time_reading(time).kind >= FS_READ_DATE &&
                 d->table[d->sales].wide.kind == FS_LABEL_NONE;
    if (strcmp(d->period, "day") == 0 && dates) FS_TRY(quiet_weekdays(d, &quiet, error));
    d->absent = quiet > 0 && quiet < 7 ? "closed" : "missing";
    d->absent_why =
        quiet > 0 && quiet < 7 ? "the same weekdays are absent" : "the panel writes no zeros";
    return FS_OK;
}

/* ---- country and currency ------------------------------------------------------------------------- */

/* The country of most rows. */
static fs_status commonest(fs_detection *d, const fs_seen_table *t, int column, fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *result;
    bool more;
    if (t->column[column].profile->distinct <= 1 || !d->engine) {
        d->country = t->column[column].profile->examples
                         ? fs_country_code(t->column[column].profile->example[0])
                         : NULL;
        return FS_OK;
    }
    fs_status status = fs_buffer_text(&sql, "select ");
    if (status == FS_OK) status = fs_detect_quoted(t->column[column].name, &sql);
    if (status == FS_OK)
        status = fs_buffer_printf(&sql, " from %s group by 1 order by count(*) desc, 1 limit 1",
                                  t->name);
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 64);
    status = fs_engine_query_few(d->engine, sql.data, &result, error);
    fs_buffer_free(&sql);
    FS_TRY(status);
    status = fs_result_next(result, &more, error);
    if (status == FS_OK && more && !fs_result_null(result, 0))
        d->country = fs_country_code(fs_result_text(result, 0));
    fs_result_close(result);
    return status;
}

static fs_status find_country(fs_detection *d, fs_error *error)
{
    static const int where[] = {FS_SALES, FS_STORES, FS_CUSTOMERS};
    for (size_t k = 0; k < 3 && !d->country; k++)
        for (int t = 0; t < d->tables && !d->country; t++) {
            int column = fs_role_column(&d->table[t], where[k], "country");
            if (column < 0 || d->table[t].use == FS_USE_NONE ||
                d->table[t].wide.kind != FS_LABEL_NONE)
                continue;
            FS_TRY(commonest(d, &d->table[t], column, error));
            if (d->country) d->country_why = "the country of most rows";
        }
    return FS_OK;
}

static const char *currency_of(fs_detection *d, const char *text)
{
    char code[4];
    const char *own = d->country ? fs_country_currency(d->country) : NULL;
    const char *found = fs_currency_written(text, own, code);
    return found ? fs_arena_strdup(&d->arena, found) : NULL;
}

static bool currency_column(const fs_seen_column *c)
{
    const fs_column_profile *p = c->profile;
    return p->distinct <= 3 && p->longest == 3 && p->shortest == 3 &&
           fs_words_has(
               &c->words,
               "currency curr waers wahrung waehrung moneda moeda devise valuta waluta mena "
               "parabirimi валюта 通貨 货币 币种 통화");
}

static void find_currency(fs_detection *d)
{
    for (int t = 0; t < d->tables && !d->currency; t++) {
        const fs_seen_table *table = &d->table[t];
        for (int i = 0; i < table->columns && table->use != FS_USE_NONE && !d->currency; i++) {
            const fs_seen_column *c = &table->column[i];
            if (c->wide || !c->profile->examples) continue;
            if (currency_column(c))
                d->currency = c->profile->example[0], d->currency_why = "a column of currencies";
            else if (fs_words_has(&c->words, "eur euro euros"))
                d->currency = "EUR", d->currency_why = "the name of a column";
            else if (fs_words_has(&c->words, "usd dollar dollars"))
                d->currency = "USD", d->currency_why = "the name of a column";
            else if (fs_words_has(&c->words, "gbp pounds"))
                d->currency = "GBP", d->currency_why = "the name of a column";
            else if (fs_has_currency(table, c) > 0) {
                for (int e = 0; e < c->profile->examples && !d->currency; e++)
                    d->currency = currency_of(d, c->profile->example[e]);
                d->currency_why = "the sign beside its amounts";
            } else if ((c->profile->reading.kind == FS_READ_NUMBER ||
                        c->profile->reading.kind == FS_READ_INTEGER) &&
                       (d->currency = currency_of(d, c->name)))
                d->currency_why = "the name of a column";
        }
    }
    if (!d->currency && d->country && (d->currency = fs_country_currency(d->country)))
        d->currency_why = "the country's own";
}

fs_status fs_detect_settings(fs_detection *d, fs_error *error)
{
    FS_TRY(find_period(d, error));
    FS_TRY(find_absent(d, error));
    FS_TRY(find_country(d, error));
    find_currency(d);
    return FS_OK;
}
