/* The operator recommend: from who bought what to what each buyer may take up next. */
#include "purchases.h"
#include "vector.h"

enum { ROW_IN, BUYER_IN, ITEM_IN };

static const fs_column recommend_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a number, a date or a time, each once: what was bought later stands later"},
    {.name = "buyer",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .doc = "who bought; null: the row tells nothing"},
    {.name = "item",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .doc = "what; the same again counts once, as the latest; null: the row tells nothing"},
    {0}};

enum { BUYER, PLACE, ITEM, SCORE, BECAUSE };

static const fs_column recommend_output[] = {
    {.name = "buyer", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "who"},
    {.name = "place", .type = FS_TYPE_INT, .role = FS_ROLE_RESULT, .doc = "1: the likeliest"},
    {.name = "item",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "a product that the buyer does not have yet"},
    {.name = "score",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "the sum of its similarities to the products that the buyer has"},
    {.name = "because",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the one of these that it is most like"},
    {0}};

static const fs_param recommend_params[] = {
    {.name = "most",
     .type = FS_TYPE_INT,
     .fallback = "5",
     .minimum = 1,
     .maximum = 1000,
     .doc = "products that are told to each buyer"},
    {.name = "history",
     .type = FS_TYPE_INT,
     .fallback = "50",
     .minimum = 1,
     .maximum = 100000,
     .doc = "products of each buyer that count, the latest"},
    {.name = "neighbours",
     .type = FS_TYPE_INT,
     .fallback = "20",
     .minimum = 1,
     .maximum = 1000,
     .doc = "products like it that each of these speaks for"},
    FS_SIMILAR_PARAMS,
    {0}};

typedef struct workspace {
    fs_similar_settings settings;
    int most, history;
    fs_purchases purchases;
    fs_similar similar;
    fs_recommended recommended;
} workspace;

static void recommend_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_purchases_free(&w->purchases);
    fs_similar_free(&w->similar);
    fs_recommended_free(&w->recommended);
    fs_free(w);
}

static fs_status recommend_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->most = (int)fs_option_int(binding->options, "most");
    w->history = (int)fs_option_int(binding->options, "history");
    w->settings = fs_similar_settings_of(binding->options, "neighbours");
    return FS_OK;
}

static fs_status recommend_latest(workspace *w)
{
    fs_purchases *p = &w->purchases;
    int64_t *first = fs_alloc(((size_t)p->had.buyers + 1) * sizeof *first);
    int32_t *product = fs_alloc(((size_t)p->count + 1) * sizeof *product);
    fs_status status = first && product ? FS_OK : FS_MEMORY;
    if (status == FS_OK) {
        fs_bought recent = p->had;
        fs_purchases_latest(p, w->history, first, product);
        recent.first = first;
        recent.product = product;
        status = fs_recommend(&w->recommended, &w->similar, &p->had, &recent, w->most);
    }
    fs_free(first);
    fs_free(product);
    return status;
}

static fs_status write_group(const workspace *w, int64_t g, fs_rows *out)
{
    const fs_recommended *r = &w->recommended;
    const fs_words *items = &w->purchases.items;
    int64_t row;
    FS_TRY(fs_rows_extend(out, g, r->rows, &row));
    for (int32_t b = 0; b < w->purchases.buyers.count; b++)
        for (int64_t k = r->first[b]; k < r->first[b + 1]; k++, row++) {
            FS_TRY(fs_rows_set_word(out, BUYER, row, &w->purchases.buyers, b));
            fs_rows_set_integer(out, PLACE, row, k - r->first[b] + 1);
            FS_TRY(fs_rows_set_word(out, ITEM, row, items, r->product[k]));
            fs_rows_set_number(out, SCORE, row, r->score[k]);
            FS_TRY(fs_rows_set_word(out, BECAUSE, row, items, r->because[k]));
        }
    return FS_OK;
}

static fs_status recommend_group(workspace *w, const fs_block *block, int64_t g, fs_rows *out)
{
    FS_TRY(fs_purchases_read(&w->purchases, block, g, BUYER_IN, ITEM_IN));
    FS_TRY(fs_similar_items(&w->similar, &w->purchases.had, &w->settings));
    FS_TRY(recommend_latest(w));
    return write_group(w, g, out);
}

static fs_status recommend_block(void *pointer, const fs_block *block, fs_rows *out,
                                 fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) {
        fs_status status = recommend_group(pointer, block, g, out);
        if (status != FS_OK) return fs_purchases_fail(status, block, error);
    }
    return FS_OK;
}

const fs_operator fs_recommend_operator = {
    .name = "recommend",
    .summary = "Tells what each buyer may take up next, by what others bought.",
    .details =
        "Item-based collaborative filtering (Karypis 2001, Evaluation of item-based top-N "
        "recommendation algorithms): the products with the largest sums of similarities to those "
        "that a buyer bought last, less those that he has. How alike two products are tells the "
        "operator similar_items, which is used inside.",
    .example = "foresell apply recommend sales.csv --order line_id --buyer customer_id --item "
               "product_id",
    .version = 1,
    .input = recommend_input,
    .output = recommend_output,
    .params = recommend_params,
    .open = recommend_open,
    .block = recommend_block,
    .close = recommend_close,
};
