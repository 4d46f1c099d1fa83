/* The operator similar_items: from who bought what to the products that go with each. */
#include "purchases.h"
#include "vector.h"

enum { ROW_IN, BUYER_IN, ITEM_IN };

static const fs_column similar_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a number, a date or a time, each once; it counts for nothing"},
    {.name = "buyer",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .doc = "who bought: a customer, or a basket; null: the row tells nothing"},
    {.name = "item",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .doc = "what; the same again counts once; null: the row tells nothing"},
    {0}};

enum { ITEM, OTHER, PLACE, SIMILARITY, TOGETHER, BUYERS };

static const fs_column similar_output[] = {
    {.name = "item", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "a product"},
    {.name = "other",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "one that is bought by the same buyers"},
    {.name = "place",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "1: the most alike of them"},
    {.name = "similarity",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "1: bought by the same alone"},
    {.name = "together",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "buyers",
     .doc = "who bought both"},
    {.name = "buyers",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "buyers",
     .doc = "who bought the product"},
    {0}};

static const fs_param similar_params[] = {{.name = "most",
                                           .type = FS_TYPE_INT,
                                           .fallback = "20",
                                           .minimum = 1,
                                           .maximum = 1000,
                                           .doc = "others that are told of each product"},
                                          FS_SIMILAR_PARAMS,
                                          {0}};

typedef struct workspace {
    fs_similar_settings settings;
    fs_purchases purchases;
    fs_similar similar;
} workspace;

static void similar_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_purchases_free(&w->purchases);
    fs_similar_free(&w->similar);
    fs_free(w);
}

static fs_status similar_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->settings = fs_similar_settings_of(binding->options, "most");
    return FS_OK;
}

/* ---- results ---- */

static fs_status write_group(const workspace *w, int64_t g, fs_rows *out)
{
    const fs_similar *s = &w->similar;
    const fs_words *items = &w->purchases.items;
    int64_t row;
    FS_TRY(fs_rows_extend(out, g, s->first[items->count], &row));
    for (int32_t p = 0; p < items->count; p++)
        for (int64_t k = s->first[p]; k < s->first[p + 1]; k++, row++) {
            FS_TRY(fs_rows_set_word(out, ITEM, row, items, p));
            FS_TRY(fs_rows_set_word(out, OTHER, row, items, s->other[k]));
            fs_rows_set_integer(out, PLACE, row, k - s->first[p] + 1);
            fs_rows_set_number(out, SIMILARITY, row, s->similarity[k]);
            fs_rows_set_integer(out, TOGETHER, row, s->together[k]);
            fs_rows_set_integer(out, BUYERS, row, s->buyers[p]);
        }
    return FS_OK;
}

static fs_status similar_group(workspace *w, const fs_block *block, int64_t g, fs_rows *out)
{
    FS_TRY(fs_purchases_read(&w->purchases, block, g, BUYER_IN, ITEM_IN));
    FS_TRY(fs_similar_items(&w->similar, &w->purchases.had, &w->settings));
    return write_group(w, g, out);
}

static fs_status similar_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) {
        fs_status status = similar_group(pointer, block, g, out);
        if (status != FS_OK) return fs_purchases_fail(status, block, error);
    }
    return FS_OK;
}

const fs_operator fs_similar_items_operator = {
    .name = "similar_items",
    .summary = "Finds the products that go with each product, by who bought them.",
    .details =
        "Item-based collaborative filtering. With the method buyers, each buyer counts 1 for all "
        "of "
        "his products together, and two products are as alike as the cosine of their columns "
        "(Karypis 2001, Evaluation of item-based top-N recommendation algorithms). With the method "
        "factors, vectors of products come from the factorisation of Hu, Koren and Volinsky (2008, "
        "Collaborative filtering for implicit feedback datasets), and two products that somebody "
        "bought both are as alike as the cosine of these. What a buyer may want next are the "
        "products with the largest sums of similarities to those he has: a join of this table with "
        "his purchases. Buyers of more than 2,000 different products are left out.",
    .example = "foresell apply similar_items sales.csv --order line_id --buyer customer_id --item "
               "product_id",
    .version = 1,
    .input = similar_input,
    .output = similar_output,
    .params = similar_params,
    .open = similar_open,
    .block = similar_block,
    .close = similar_close,
};
