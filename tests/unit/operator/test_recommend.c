/* The operators recommend and similar_items, from Arrow to Arrow: who bought what to what is like it, and what to offer. */
#include "pipe_helpers.h"

static const char *const names[] = {"shop", "row", "buyer", "item"};
static const enum ArrowType types[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,
                                       NANOARROW_TYPE_STRING, NANOARROW_TYPE_STRING};

typedef struct line {
    const char *shop, *buyer, *item; /* NULL: null */
} line;

static void append(struct ArrowArray *batch, int row, const line *l)
{
    const char *const cell[] = {l->shop, NULL, l->buyer, l->item};
    for (int c = 0; c < 4; c++)
        if (c == 1)
            assert_int_equal(ArrowArrayAppendInt(batch->children[c], row), 0);
        else if (cell[c])
            assert_int_equal(ArrowArrayAppendString(batch->children[c], ArrowCharView(cell[c])), 0);
        else
            assert_int_equal(ArrowArrayAppendNull(batch->children[c], 1), 0);
    assert_int_equal(ArrowArrayFinishElement(batch), 0);
}

static fs_status open_pipe(const char *name, const char *text, struct ArrowSchema *schema,
                           fs_options **options, fs_pipe **pipe)
{
    static const char *const by[] = {"shop"};
    const fs_operator *op = fs_operator_find(name, NULL);
    FS_TRY(fs_options_parse(op, text, options, NULL));
    return fs_pipe_open(op, *options, by, 1, "row", schema, pipe, NULL);
}

/* In batches of `cut` rows; the allocation after `fail_after` others is made to fail, once (below 0: none). */
static fs_status apply(const char *name, const char *text, const line *lines, int count, int cut,
                       fs_buffer *out, int64_t fail_after, bool *failed)
{
    struct ArrowSchema schema;
    struct ArrowArray *batch = calloc((size_t)count + 1, sizeof *batch);
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    int batches = 0;
    make_schema(&schema, 4, names, types);
    for (int at = 0; at < count; at += cut) {
        start_batch(&batch[batches], &schema);
        for (int i = at; i < at + cut && i < count; i++) append(&batch[batches], i, &lines[i]);
        end_batch(&batch[batches++]);
    }
    fs_alloc_fail_after(fail_after);
    fs_status status = open_pipe(name, text, &schema, &options, &pipe);
    for (int b = 0; b < batches && status == FS_OK; b++)
        status = fs_pipe_push(pipe, &batch[b], NULL);
    if (status == FS_OK) status = fs_pipe_end(pipe, NULL);
    if (failed) *failed = fs_alloc_count() > fail_after;
    fs_alloc_fail_after(-1);
    if (status == FS_OK && out) drain(pipe, out);
    for (int b = 0; b < batches; b++)
        if (batch[b].release) ArrowArrayRelease(&batch[b]);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    free(batch);
    return status;
}

/* In shop x tea and milk go together, pens and ink; dora bought tea twice, and an old pen. */
static const line bought[] = {
    {"x", "anna", "tea"},  {"x", "anna", "milk"}, {"x", "bob", "milk"}, {"x", "bob", "tea"},
    {"x", "carl", "pen"},  {"x", "carl", "ink"},  {"x", "eve", "ink"},  {"x", "eve", "pen"},
    {"x", "dora", "pen"},  {"x", "dora", "tea"},  {"x", NULL, "milk"},  {"x", "dora", NULL},
    {"x", "dora", "tea"},  {"y", "anna", "tea"},  {"y", "bob", "tea"},  {"y", "bob", "milk"},
    {"y", "anna", "milk"}, {"y", "zoe", "milk"},
};
enum { LINES = sizeof bought / sizeof bought[0] };

/* The words of each line of results, without its numbers with a point. */
static void assert_offers(const fs_buffer *out, const char *const *offer, int count)
{
    const char *at = out->data ? out->data : "";
    for (int i = 0; i < count; i++) {
        char words[5][16], told[96];
        assert_int_equal(sscanf(at, "%15[^,],%15[^,],%15[^,],%15[^,],%*[^,],%15[^\n]", words[0],
                                words[1], words[2], words[3], words[4]),
                         5);
        snprintf(told, sizeof told, "%s %s %s %s %s", words[0], words[1], words[2], words[3],
                 words[4]);
        assert_string_equal(told, offer[i]);
        at = strchr(at, '\n') + 1;
    }
    assert_int_equal(*at, 0);
}

/* ---- tests ---- */

static void buyers_are_told_what_goes_with_what_they_bought(void **state)
{
    (void)state;
    static const char *const offer[] = {"x dora 1 ink pen", "x dora 2 milk tea",
                                        "y zoe 1 tea milk"};
    fs_buffer out = {0};
    assert_int_equal(apply("recommend", "least = 2", bought, LINES, LINES, &out, -1, NULL), FS_OK);
    assert_offers(&out, offer, 3);
    fs_buffer_free(&out);
}

static void only_the_latest_products_of_a_buyer_speak(void **state)
{
    (void)state;
    static const char *const offer[] = {"x dora 1 milk tea", "y zoe 1 tea milk"};
    fs_buffer out = {0};
    assert_int_equal(apply("recommend", "history = 1", bought, LINES, LINES, &out, -1, NULL),
                     FS_OK);
    assert_offers(&out, offer, 2);
    fs_buffer_free(&out);
}

static void the_order_of_buyers_does_not_matter(void **state)
{
    (void)state;
    line other[LINES];
    int n = 0;
    for (int i = 8; i < 13; i++) other[n++] = bought[i];
    for (int i = 0; i < 8; i++) other[n++] = bought[i];
    for (int i = 13; i < LINES; i++) other[n++] = bought[i];
    for (int k = 0; k < 2; k++) {
        const char *op = k ? "recommend" : "similar_items";
        fs_buffer one = {0}, two = {0};
        assert_int_equal(apply(op, "least = 1", bought, LINES, LINES, &one, -1, NULL), FS_OK);
        assert_int_equal(apply(op, "least = 1", other, LINES, LINES, &two, -1, NULL), FS_OK);
        assert_string_equal(one.data, two.data);
        fs_buffer_free(&one), fs_buffer_free(&two);
    }
}

static void rows_may_be_cut_anywhere(void **state)
{
    (void)state;
    for (int cut = 1; cut < LINES; cut += 3)
        for (int k = 0; k < 2; k++) {
            const char *op = k ? "recommend" : "similar_items";
            fs_buffer whole = {0}, parts = {0};
            assert_int_equal(apply(op, "", bought, LINES, LINES, &whole, -1, NULL), FS_OK);
            assert_int_equal(apply(op, "", bought, LINES, cut, &parts, -1, NULL), FS_OK);
            assert_string_equal(whole.data, parts.data);
            fs_buffer_free(&whole), fs_buffer_free(&parts);
        }
}

static void without_buyers_there_is_nothing_to_tell(void **state)
{
    (void)state;
    const line nobody[] = {{"x", NULL, "tea"}, {"x", "anna", NULL}};
    fs_buffer out = {0};
    assert_int_equal(apply("recommend", "", nobody, 2, 2, &out, -1, NULL), FS_OK);
    assert_int_equal(apply("similar_items", "", nobody, 2, 2, &out, -1, NULL), FS_OK);
    assert_string_equal(out.data ? out.data : "", "");
    fs_buffer_free(&out);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        const char *op = k % 2 ? "recommend" : "similar_items";
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 2000; n++) {
            fs_status status =
                apply(op, k / 2 ? "method = factors" : "", bought, LINES, LINES, NULL, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_in_range(n, 20, 1999);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buyers_are_told_what_goes_with_what_they_bought),
        cmocka_unit_test(only_the_latest_products_of_a_buyer_speak),
        cmocka_unit_test(the_order_of_buyers_does_not_matter),
        cmocka_unit_test(rows_may_be_cut_anywhere),
        cmocka_unit_test(without_buyers_there_is_nothing_to_tell),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
