/* Who bought what, as the operators similar_items and recommend read it from a group of rows. */
#ifndef FORESELL_OPERATOR_PURCHASES_H
#define FORESELL_OPERATOR_PURCHASES_H

#include "foresell/customer.h"
#include "foresell/learn.h"
#include "foresell/operator.h"

/* Parameters of both operators. */
#define FS_SIMILAR_PARAMS                                                                          \
    {.name = "least",                                                                              \
     .type = FS_TYPE_INT,                                                                          \
     .fallback = "2",                                                                              \
     .minimum = 1,                                                                                 \
     .maximum = 1000000,                                                                           \
     .doc = "buyers of both; fewer tell nothing"},                                                 \
        {.name = "method",                                                                         \
         .type = FS_TYPE_TEXT,                                                                     \
         .fallback = "buyers",                                                                     \
         .choices = "buyers|factors",                                                              \
         .doc = "how alike two products are: by the buyers that they have in common, or by the "   \
                "vectors "                                                                         \
                "of a factorisation of who bought what, which also sees buyers of buyers"},        \
        {.name = "factors",                                                                        \
         .type = FS_TYPE_INT,                                                                      \
         .fallback = "16",                                                                         \
         .minimum = 1,                                                                             \
         .maximum = FS_SIMILAR_FACTORS,                                                            \
         .doc = "length of the vectors, for the method factors"},                                  \
    {                                                                                              \
        .name = "seed", .type = FS_TYPE_INT, .fallback = "1", .minimum = 0,                        \
        .maximum = 9007199254740991., .doc = "of the vectors' start"                               \
    }

/* `most` is the parameter that says how many products are alike to each. */
fs_similar_settings fs_similar_settings_of(const fs_options *options, const char *most);

typedef struct fs_purchases {
    fs_words buyers, items; /* by name */
    fs_bought had;
    struct fs_purchase *purchase, *other; /* had's, by buyer and product; room for sorting them */
    int64_t *first, *below;
    int32_t *product;
    int64_t rows, count, room; /* of the group; purchases */
} fs_purchases;
/* Starts with {0}. FS_DATA: too many different texts. */
fs_status fs_purchases_read(fs_purchases *purchases, const fs_block *block, int64_t group,
                            int buyer, int item);
/* Of each buyer the `most` products that he bought last, by the order of the rows, into room of the caller's: first
 * (buyers + 1) and product (purchases.count). */
void fs_purchases_latest(fs_purchases *purchases, int most, int64_t *first, int32_t *product);
fs_status fs_purchases_fail(fs_status status, const fs_block *block, fs_error *error);
void fs_purchases_free(fs_purchases *purchases);

#endif
