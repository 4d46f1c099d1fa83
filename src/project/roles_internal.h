/* roles_internal.h: kinds of canonical columns and the evidence that values give for them. */
#ifndef FORESELL_ROLES_INTERNAL_H
#define FORESELL_ROLES_INTERNAL_H

#include "detect_internal.h"

typedef enum fs_shape {
    FS_SHAPE_TIME,
    FS_SHAPE_KEY,
    FS_SHAPE_LINE,
    FS_SHAPE_MONEY,
    FS_SHAPE_COUNT,
    FS_SHAPE_RATING,
    FS_SHAPE_DEGREES,
    FS_SHAPE_COUNTRY,
    FS_SHAPE_FLAG,
    FS_SHAPE_WORDS,
    FS_SHAPE_GROUP,
    FS_SHAPE_ANY
} fs_shape;

/* Strength of evidence, 0 … 1. */
#define FS_EVIDENCE(name) double name(const fs_seen_table *table, const fs_seen_column *column)
FS_EVIDENCE(fs_is_date);
FS_EVIDENCE(fs_is_label);
FS_EVIDENCE(fs_is_label_or_value);
FS_EVIDENCE(fs_is_period_number);
FS_EVIDENCE(fs_is_no_time);
FS_EVIDENCE(fs_other_time);
FS_EVIDENCE(fs_is_constant);
FS_EVIDENCE(fs_is_code);
FS_EVIDENCE(fs_is_coded);
FS_EVIDENCE(fs_is_named);
FS_EVIDENCE(fs_refers);
FS_EVIDENCE(fs_refers_alike);
FS_EVIDENCE(fs_is_fractional);
FS_EVIDENCE(fs_is_whole);
FS_EVIDENCE(fs_is_numeric);
FS_EVIDENCE(fs_is_not_numeric);
FS_EVIDENCE(fs_is_yes_no);
FS_EVIDENCE(fs_is_no_age);
FS_EVIDENCE(fs_is_long_text);
FS_EVIDENCE(fs_is_text);
FS_EVIDENCE(fs_has_currency);
FS_EVIDENCE(fs_is_forecast);
FS_EVIDENCE(fs_is_not_sold);
FS_EVIDENCE(fs_is_plural);
FS_EVIDENCE(fs_is_cost_total);
FS_EVIDENCE(fs_is_cost_of_stock);
FS_EVIDENCE(fs_is_beside_holding);
FS_EVIDENCE(fs_is_coupon);
FS_EVIDENCE(fs_is_staff);
FS_EVIDENCE(fs_is_another_each_time);
FS_EVIDENCE(fs_is_of_people);
FS_EVIDENCE(fs_counts_no_people);
FS_EVIDENCE(fs_is_running_number);
FS_EVIDENCE(fs_names_other);
FS_EVIDENCE(fs_is_wanted_level);
FS_EVIDENCE(fs_is_kind);
FS_EVIDENCE(fs_describes_events);
FS_EVIDENCE(fs_names_a_period);
FS_EVIDENCE(fs_is_quantity_there);
FS_EVIDENCE(fs_is_share);
FS_EVIDENCE(fs_is_small_range);
FS_EVIDENCE(fs_is_degrees);
FS_EVIDENCE(fs_is_country);
FS_EVIDENCE(fs_is_not_country);
FS_EVIDENCE(fs_is_few);
FS_EVIDENCE(fs_is_many);
FS_EVIDENCE(fs_is_unique);
FS_EVIDENCE(fs_is_present);
FS_EVIDENCE(fs_is_empty);
FS_EVIDENCE(fs_is_sparse);
FS_EVIDENCE(fs_is_epoch);
FS_EVIDENCE(fs_is_few_words);
FS_EVIDENCE(fs_is_code_like);

/* How sure the column is the canonical one; `why` (may be NULL) gets the evidence in words. */
double fs_role_sure(const fs_seen_table *table, const fs_seen_column *column, int canonical,
                    int role, fs_buffer *why);
/* Column of the raw table that is `name` of the canonical table; -1. */
int fs_role_column(const fs_seen_table *table, int canonical, const char *name);
double fs_role_sureness(const fs_seen_table *table, int canonical, const char *name); /* 0: none */
int fs_role_index(int canonical, const char *name);
/* How to read the column where a time is wanted; kind TEXT: it can't be. */
fs_reading fs_time_reading(const fs_seen_column *column);
/* ISO code of a country's name or code, NULL: not known; its currency by fs_country_currency. */
const char *fs_country_code(const char *name);
const char *fs_country_currency(const char *code);

/* ---- detect.c: the raw table with the headers of the receipts, -1; `key` (may be NULL) its column ---- */
int fs_detect_header(const fs_detection *detection, const fs_seen_table *table, int *key);

/* ---- relations.c ---- */
bool fs_nearly_unique(const fs_seen_table *table, const fs_seen_column *column);
fs_status fs_detect_quoted(const char *name, fs_buffer *out);
/* Asks the rows for one number and frees `sql`; -1 where there is no engine. */
fs_status fs_detect_ask(const fs_detection *detection, fs_buffer *sql, int64_t *value,
                        fs_error *error);
fs_status fs_detect_key(const fs_detection *detection, const fs_seen_table *table, int a, int b,
                        bool *unique, fs_error *error);
/* Share of the values of `from` that stand in `to`; 0 where their names have nothing in common. */
double fs_link_strength(const fs_seen_column *from, const fs_seen_table *to_table,
                        const fs_seen_column *to);
fs_status fs_detect_product(const fs_detection *detection, const fs_seen_table *table, int amount,
                            int units, int price, double *share, fs_error *error);

#endif
