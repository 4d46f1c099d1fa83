/* Files that grow day by day: sales, stock, reviews, and the truth about demand and shortages. */
#include <string.h>

#include "simulate_internal.h"

static const char *const payments[] = {"card", "cash", "mobile", "voucher"};

#define SALES                                                                                      \
    "line_id,time,basket_id,store_id,customer_id,product_id,quantity,unit_price,amount,discount,"  \
    "payment_method"
#define PANEL "date,store_id,product_id,units,price,on_promotion"

fs_status day_writers_open(const shop *s, const char *folder, day_writers *w, fs_error *error)
{
    *w = (day_writers){0};
    char truth[1024];
    snprintf(truth, sizeof truth, "%s-truth", folder);
    w->week = fs_alloc_zero((size_t)s->settings.items * 3, sizeof *w->week);
    if (!w->week) return fs_fail_memory(error, (size_t)s->settings.items * 24);
    FS_TRY(writer_open(folder, "sales.csv", s->settings.panel ? PANEL : SALES, &w->sales, error));
    FS_TRY(writer_open(folder, "stock.csv", "date,store_id,product_id,on_hand,in_stock", &w->stock,
                       error));
    FS_TRY(writer_open(folder, "reviews.csv",
                       "review_id,product_id,customer_id,date,rating,comment", &w->reviews, error));
    FS_TRY(
        writer_open(truth, "demand.csv", "week,product_id,expected,sold,lost", &w->weeks, error));
    FS_TRY(
        writer_open(truth, "shortages.csv", "date,store_id,product_id,lost", &w->shortages, error));
    return dirt_open(s, truth, &w->dirt, error);
}

static fs_status put_line(const shop *s, const shop_day *d, const sale *line, day_writers *w,
                          fs_error *error)
{
    char item[16], store[16], customer[16] = "", clock[40];
    name_item(line->item, item);
    name_store(line->store, store);
    if (line->customer >= 0) name_customer(line->customer, customer);
    snprintf(clock, sizeof clock, " %02d:%02d:%02d", line->second / 3600, line->second / 60 % 60,
             line->second % 60);
    int64_t paid = line->price_cents, sold = line->units > 0 ? line->units : 0;
    FS_TRY(writer_fields(&w->sales, error, "id", ++w->lines, s->first_day + d->number));
    if (fs_buffer_text(&w->sales.buffer, clock) != FS_OK) return fs_fail_memory(error, 16);
    return writer_fields(&w->sales, error, "ittticcct", line->basket, store, customer, item,
                         (int64_t)line->units, paid, paid * line->units,
                         (line->list_cents - paid) * sold, payments[line->payment]);
}

static fs_status put_total(const shop *s, const shop_day *d, const sale *row, day_writers *w,
                           fs_error *error)
{
    char item[16], store[16];
    name_item(row->item, item);
    name_store(row->store, store);
    w->lines++;
    return writer_fields(&w->sales, error, "dtticb", s->first_day + d->number, store, item,
                         (int64_t)row->units, (int64_t)row->price_cents, row->promoted);
}

static const char *comment_on(int rating, fs_random *r)
{
    static const char *const good[] = {"Just right.", "Would buy it again, \"highly recommended\"",
                                       "Arrived quickly;\nworks as it should",
                                       "Great value, thanks"};
    static const char *const bad[] = {"Broke after a week", "Not as pictured, sent it back",
                                      "=SUM(disappointed)", "Too small"};
    if (fs_random_uniform(r) < 0.4) return "";
    return rating >= 4 ? good[fs_random_below(r, 4)] : bad[fs_random_below(r, 4)];
}

/* About one line in eighty of known customers is reviewed, some days later. */
static fs_status review(const shop *s, const shop_day *d, const sale *line, day_writers *w,
                        fs_error *error)
{
    fs_random r = fs_random_open(s->settings.seed, STREAM_REVIEW, (uint64_t)line->basket,
                                 (uint64_t)line->line);
    if (line->customer < 0 || line->units < 0 || fs_random_uniform(&r) > 1.0 / 80) return FS_OK;
    int64_t when = d->number + 2 + fs_random_below(&r, 18);
    if (when >= s->settings.days) return FS_OK;
    double felt = s->item[line->item].quality + 0.9 * fs_random_normal(&r);
    int rating = felt < 1 ? 1 : felt > 4.5 ? 5 : (int)(felt + 0.5);
    char item[16], customer[16];
    name_item(line->item, item);
    name_customer(line->customer, customer);
    FS_TRY(writer_fields(&w->reviews, error, "ittdit", ++w->reviews_written, item, customer,
                         s->first_day + when, (int64_t)rating, comment_on(rating, &r)));
    return writer_end_row(&w->reviews, error);
}

static fs_status add_sales(const shop *s, const shop_day *d, day_writers *w, fs_error *error)
{
    for (int64_t k = 0; k < d->sales; k++) {
        const sale *line = &d->sale[k];
        FS_TRY(s->settings.panel ? put_total(s, d, line, w, error)
                                 : put_line(s, d, line, w, error));
        FS_TRY(dirt_end_row(w->dirt, &w->sales, error));
        if (!s->settings.panel) FS_TRY(review(s, d, line, w, error));
        w->units += line->units;
        w->cents += (int64_t)line->units * line->price_cents;
        w->returns += line->units < 0;
        if (line->units > 0) w->week[line->item * 3 + 1] += line->units;
    }
    return FS_OK;
}

static fs_status put_stock(const shop *s, const shop_day *d, int32_t store, int32_t item,
                           day_writers *w, fs_error *error)
{
    char item_id[16], store_id[16];
    int32_t there = s->on_hand[(int64_t)item * s->settings.stores + store];
    name_item(item, item_id);
    name_store(store, store_id);
    FS_TRY(writer_fields(&w->stock, error, "dttib", s->first_day + d->number, store_id, item_id,
                         (int64_t)there, there > 0));
    return writer_end_row(&w->stock, error);
}

/* Counted on Mondays, and whenever a shelf was empty in the evening. */
static fs_status add_stock(const shop *s, const shop_day *d, day_writers *w, fs_error *error)
{
    bool counting = fs_weekday(s->first_day + d->number) == 1;
    for (int32_t i = 0; i < s->settings.items; i++) {
        if (s->today[i].base <= 0) continue;
        for (int32_t j = 0; j < s->settings.stores; j++) {
            int64_t shelf = (int64_t)i * s->settings.stores + j;
            if (d->number < s->store[j].opened) continue;
            if (s->fit[shelf] > 0 && (counting || s->on_hand[shelf] == 0))
                FS_TRY(put_stock(s, d, j, i, w, error));
        }
    }
    return FS_OK;
}

static fs_status add_shortages(const shop *s, const shop_day *d, day_writers *w, fs_error *error)
{
    for (int64_t k = 0; k < d->shortages; k++) {
        const shortage *lost = &d->shortage[k];
        char item[16], store[16];
        name_item(lost->item, item);
        name_store(lost->store, store);
        w->week[lost->item * 3 + 2] += lost->lost;
        FS_TRY(writer_fields(&w->shortages, error, "dtti", s->first_day + d->number, store, item,
                             (int64_t)lost->lost));
        FS_TRY(writer_end_row(&w->shortages, error));
    }
    return FS_OK;
}

/* A week's truth is written on its Sunday, and on the last day. */
static fs_status end_week(const shop *s, int32_t number, day_writers *w, fs_error *error)
{
    int64_t day = s->first_day + number, monday = day - fs_weekday(day) + 1;
    for (int32_t i = 0; i < s->settings.items; i++) {
        double *week = &w->week[i * 3];
        if (week[0] + week[1] + week[2] <= 0) continue;
        char item[16];
        name_item(i, item);
        FS_TRY(writer_fields(&w->weeks, error, "dt400", monday, item, week[0], week[1], week[2]));
        FS_TRY(writer_end_row(&w->weeks, error));
    }
    memset(w->week, 0, (size_t)s->settings.items * 3 * sizeof *w->week);
    return FS_OK;
}

fs_status day_writers_add(const shop *s, const shop_day *d, day_writers *w, fs_error *error)
{
    FS_TRY(add_sales(s, d, w, error));
    FS_TRY(add_stock(s, d, w, error));
    FS_TRY(add_shortages(s, d, w, error));
    for (int32_t i = 0; i < s->settings.items; i++) w->week[i * 3] += s->today[i].expected;
    bool sunday = fs_weekday(s->first_day + d->number) == 7;
    return sunday || d->number == s->settings.days - 1 ? end_week(s, d->number, w, error) : FS_OK;
}

fs_status day_writers_close(const shop *s, day_writers *w, fs_error *error)
{
    (void)s;
    writer *all[] = {&w->sales, &w->stock, &w->reviews, &w->weeks, &w->shortages};
    fs_status status = FS_OK;
    for (int k = 0; k < 5; k++) {
        fs_status closed = writer_close(all[k], status == FS_OK ? error : NULL);
        if (status == FS_OK) status = closed;
    }
    fs_status closed = dirt_close(w->dirt, status == FS_OK ? error : NULL);
    fs_free(w->week);
    w->week = NULL;
    w->dirt = NULL;
    return status == FS_OK ? closed : status;
}
