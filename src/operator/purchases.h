/* Who bought what, as the operators similar_items and recommend read it from a group of rows. */
#ifndef FORESELL_OPERATOR_PURCHASES_H
#define FORESELL_OPERATOR_PURCHASES_H

#include "foresell/customer.h"
#include "foresell/learn.h"
#include "foresell/operator.h"

typedef struct fs_purchases {
    fs_words buyers, items; /* by name */
    fs_bought had;
    struct fs_purchase *purchase; /* had's, by buyer and product */
    int64_t *first;
    int32_t *product;
    int64_t count, room;
} fs_purchases;
/* Starts with {0}. FS_DATA: too many different texts. */
fs_status fs_purchases_read(fs_purchases *purchases, const fs_block *block, int64_t group,
                            int buyer, int item);
/* Of each buyer the `most` products that he bought last, by the order of the rows, into room of the caller's: first
 * (buyers + 1) and product (purchases.count). */
void fs_purchases_latest(fs_purchases *purchases, int most, int64_t *first, int32_t *product);
fs_status fs_purchases_set(const fs_words *words, fs_rows *out, int column, int64_t row,
                           int32_t number);
fs_status fs_purchases_fail(fs_status status, const fs_block *block, fs_error *error);
void fs_purchases_free(fs_purchases *purchases);

#endif
