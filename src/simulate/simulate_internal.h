/* Inside the simulator: the made-up shop, one day of it, and the files it is written to. */
#ifndef FORESELL_SIMULATE_INTERNAL_H
#define FORESELL_SIMULATE_INTERNAL_H

#include <stdio.h>

#include "foresell/numeric.h"
#include "foresell/simulate.h"

/* Keys of the random streams, so that each choice has its own. */
enum stream {
    STREAM_ITEM = 1,
    STREAM_STORE,
    STREAM_CUSTOMER,
    STREAM_PROMOTION,
    STREAM_FIT,
    STREAM_DEMAND,
    STREAM_STOCK,
    STREAM_VISIT,
    STREAM_BASKET,
    STREAM_LINE,
    STREAM_CAMPAIGN,
    STREAM_REVIEW,
    STREAM_DIRT,
    STREAM_PRICE,
    STREAM_SHIFT
};

typedef struct shop_item {
    int32_t category, subcategory, brand;
    int32_t launched, ended; /* days from the start; ended = days where it stays */
    int32_t halo;            /* item that sells along when this one is promoted */
    int32_t price_cents, cost_cents;
    float popularity;          /* units a day in a store of size 1, all else at rest */
    float elasticity;          /* d log units / d log price, below zero */
    float trend;               /* growth a year, as a log */
    float season, season_peak; /* log amplitude; day of the year of its peak */
    float dispersion;          /* size of the negative binomial */
    float return_rate, quality;
} shop_item;

typedef struct shop_store {
    float size;
    int32_t opened;
    bool sundays;
    int32_t town;
    double latitude, longitude;
} shop_store;

typedef struct shop_customer {
    int32_t joined, left; /* days from the start; left may lie after the end */
    int32_t store;
    float rate; /* visits a day while a customer */
    int16_t age, segment;
    bool female, loyal;
    float distance;
} shop_customer;

typedef struct shop_promotion {
    int32_t item, start, end; /* end is the last day */
    int32_t percent;          /* price cut */
    bool feature, display;
    float lift; /* log of what feature and display add beyond the price */
    double baseline, lifted, halo, cannibalised, pulled; /* expected units, summed as days pass */
} shop_promotion;

/* From a day on, for good, a store or a category sells `factor` times what it did. */
typedef struct shop_shift {
    int32_t start;
    bool of_store; /* else of a category */
    int32_t key;
    double factor;
} shop_shift;

#define CAMPAIGNS     4
#define CAMPAIGN_DAYS 28
#define SEGMENTS      3
typedef struct shop_campaign {
    int32_t start;
    float uplift[SEGMENTS]; /* extra visits of the treated, as a share of their own */
    uint8_t *group;         /* per customer: 0 not asked, 1 control, 2 treated */
    uint16_t *visits;
    float *spend;
} shop_campaign;

/* Factors of an item's demand on one day, apart so that effects can be laid to their causes. */
typedef struct item_day {
    double base;                                   /* trend, season, life; without promotions */
    double price, promotion, halo, cannibal, pull; /* factors around 1 */
    int32_t price_cents;                           /* what is paid */
    int32_t running;                               /* promotion that runs, or -1 */
    int32_t halo_of, pull_of;                      /* promotions that cause those factors, or -1 */
    double expected;                               /* units over all stores, as the day goes */
} item_day;

typedef struct shop_visit {
    int32_t customer; /* -1: not known */
    int32_t next;     /* in the day's list */
    bool extra;       /* brought by a campaign: starts no visits of its own */
} shop_visit;

typedef struct shop {
    fs_simulate_settings settings;
    int64_t first_day; /* since 1970 */
    int32_t categories, subcategories;
    shop_item *item;
    shop_store *store;
    shop_customer *customer;
    shop_promotion *promotion;
    int64_t promotions;
    int32_t *promotion_of; /* items + 1: promotions of an item are [of[i], of[i+1]) */
    shop_campaign campaign[CAMPAIGNS];
    shop_shift shift[FS_SIMULATE_SHIFTS_MOST];
    int32_t shifts;
    float *fit;        /* items × stores: how well the item suits the store; 0: not sold */
    int32_t *on_hand;  /* items × stores */
    item_day *today;   /* items */
    int32_t *promoted; /* subcategories: promotions running */
    double *taken;     /* subcategories: units lost to neighbours' promotions, of a day */
    double scale;      /* of all demand, so that about settings.lines come out */
    /* visits to come, a list a day */
    shop_visit *visit;
    int64_t visits, visit_capacity;
    int32_t free_visit;
    int32_t *visits_on; /* days: head of the list or -1 */
    fs_arena arena;
} shop;

/* One line of the till. */
typedef struct sale {
    int64_t basket;
    int32_t line;                  /* inside the basket */
    int32_t store, item, customer; /* customer -1: not known */
    int32_t units;                 /* below zero: came back */
    int32_t price_cents, list_cents;
    int32_t second; /* of the day */
    int8_t payment;
    bool promoted;
} sale;

typedef struct shortage {
    int32_t store, item, lost;
} shortage;

/* What happened on one day. */
typedef struct shop_day {
    int32_t number;
    sale *sale;
    int64_t sales, capacity;
    shortage *shortage;
    int64_t shortages, shortage_capacity;
    int64_t baskets; /* so far, over all days */
    struct returns *returns;
} shop_day;

/* shop_build.c */
fs_status shop_build(const fs_simulate_settings *settings, shop *out, fs_error *error);
void shop_free(shop *s);
double shop_event_effect(const shop *s, int32_t number, const char **event, bool *closed);
/* demand.c */
void shop_item_day(shop *s, int32_t number); /* fills s->today */
int32_t shop_list_price(const shop *s, int32_t item, int32_t number);
double shop_store_day(const shop *s, int32_t store, int32_t number); /* 0: closed */
void shop_lay_effects(shop *s);      /* to their promotions, after a day */
double shop_expected_lines(shop *s); /* with scale 1 */
/* visits.c */
fs_status shop_visits_start(shop *s, fs_error *error);
fs_status shop_visits_today(shop *s, int32_t number, int32_t **customers, int64_t *count,
                            fs_error *error); /* array owned by caller; by store */
/* day.c */
fs_status day_open(shop_day *d, fs_error *error);
fs_status day_simulate(shop *s, int32_t number, shop_day *d, fs_error *error);
void day_close(shop_day *d);
/* writer.c */
typedef struct writer {
    FILE *file;
    char path[1024];
    const char *name;
    fs_buffer buffer; /* rows not yet written */
    size_t row;       /* where the current row begins in it */
    int64_t rows;     /* written, without the header */
    int64_t line;     /* physical line of the current row, 1-based */
} writer;
fs_status writer_open(const char *folder, const char *name, const char *header, writer *w,
                      fs_error *error);
/* Fields of a row, in order; text is quoted where it must be. */
fs_status writer_text(writer *w, const char *text);
fs_status writer_integer(writer *w, int64_t value);
fs_status writer_cents(writer *w, int64_t cents); /* 1234 → 12.34 */
fs_status writer_decimal(writer *w, double value, int digits);
fs_status writer_date(writer *w, int64_t days);
/* Several at once, a letter each: t text, i int64_t, c int64_t cents, d int64_t days, b bool as yes or
 * no, 0 … 6 double with so many decimals. */
fs_status writer_fields(writer *w, fs_error *error, const char *kinds, ...);
fs_status writer_end_row(writer *w, fs_error *error);
fs_status writer_close(writer *w, fs_error *error);
/* dirt.c */
typedef struct dirt dirt;
fs_status dirt_open(const shop *s, const char *folder, dirt **d, fs_error *error);
/* Ends a row as writer_end_row does, but may spoil it first; says so in truth/dirt.csv. */
fs_status dirt_end_row(dirt *d, writer *w, fs_error *error);
fs_status dirt_close(dirt *d, fs_error *error);
/* tables.c */
/* Tables that are known once the days are over: all but sales, stock and reviews. */
fs_status shop_write_tables(const shop *s, const char *folder, fs_error *error);
/* Tables that grow day by day. */
typedef struct day_writers {
    writer sales, stock, reviews, weeks, shortages;
    dirt *dirt;
    int64_t reviews_written;
    double *week; /* items × 3: expected, sold, lost units of the current week */
    int64_t lines, returns, units, cents;
} day_writers;
fs_status day_writers_open(const shop *s, const char *folder, day_writers *w, fs_error *error);
fs_status day_writers_add(const shop *s, const shop_day *d, day_writers *w, fs_error *error);
fs_status day_writers_close(const shop *s, day_writers *w, fs_error *error);
/* truth.c */
fs_status shop_write_truth(const shop *s, const char *folder, fs_error *error);

/* names of things */
void name_item(int32_t item, char out[16]);
void name_store(int32_t store, char out[16]);
void name_customer(int32_t customer, char out[16]);
void name_category(int32_t category, char out[32]);

#endif
