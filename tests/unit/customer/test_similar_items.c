/* Products that go with each other, and what buyers may take up next. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "foresell/customer.h"
#include "foresell/numeric.h"

/* Four buyers, four products; 0 and 1 are bought together, 3 by one buyer alone. */
static const int64_t first[] = {0, 2, 4, 6, 8};
static const int32_t product[] = {0, 1, 0, 1, 1, 2, 2, 3};
static const fs_bought shop = {.buyers = 4, .products = 4, .first = first, .product = product};

static void similarity_is_the_cosine_of_columns(void **state)
{
    (void)state;
    fs_similar s = {0};
    fs_similar_settings settings = {.most = 9, .least = 1};
    assert_int_equal(fs_similar_items(&s, &shop, &settings), FS_OK);
    const int64_t ends[] = {0, 1, 3, 5, 6}, buyers[] = {2, 3, 2, 1};
    assert_memory_equal(s.first, ends, sizeof ends);
    assert_memory_equal(s.buyers, buyers, sizeof buyers);
    /* product 1: with 0 two of three buyers, lengths √3 and √2 */
    assert_int_equal(s.other[1], 0);
    assert_true(fabs(s.similarity[1] - 2 / sqrt(6)) < 1e-15);
    assert_int_equal(s.together[1], 2);
    assert_int_equal(s.other[2], 2);
    assert_true(fabs(s.similarity[2] - 1 / sqrt(6)) < 1e-15);
    settings.least = 2;
    assert_int_equal(fs_similar_items(&s, &shop, &settings), FS_OK);
    assert_int_equal(s.first[4], 2);
    settings = (fs_similar_settings){.most = 1, .least = 1};
    assert_int_equal(fs_similar_items(&s, &shop, &settings), FS_OK);
    assert_int_equal(s.first[4], 4);
    fs_similar_free(&s);
}

static void what_goes_with_the_purchases_is_told(void **state)
{
    (void)state;
    fs_similar s = {0};
    fs_recommended r = {0};
    fs_similar_settings settings = {.most = 9, .least = 1};
    assert_int_equal(fs_similar_items(&s, &shop, &settings), FS_OK);
    assert_int_equal(fs_recommend(&r, &s, &shop, &shop, 2), FS_OK);
    const int64_t ends[] = {0, 1, 2, 4, 5};
    assert_memory_equal(r.first, ends, sizeof ends);
    assert_int_equal(r.product[0], 2); /* who has 0 and 1 gets 2, because of 1 */
    assert_int_equal(r.because[0], 1);
    assert_int_equal(r.product[2], 0); /* who has 1 and 2 gets 0 before 3 */
    assert_true(fabs(r.score[2] - 2 / sqrt(6)) < 1e-15);
    assert_int_equal(r.product[3], 3);
    assert_int_equal(r.product[4], 1); /* who has 2 and 3 gets 1 */
    fs_recommended_free(&r);
    fs_similar_free(&s);
}

/* Two kinds of buyers, each buying of its own half, and who buys everything. */
static void kinds(int64_t *begin, int32_t *bought, int buyers)
{
    int64_t n = 0;
    for (int b = 0; b < buyers; b++) {
        fs_random random = fs_random_open(3, (uint64_t)b, 0, 0);
        begin[b] = n;
        for (int p = 0; p < 40; p++)
            if ((p < 20) == (b % 2 == 0) && fs_random_uniform(&random) < 0.3) bought[n++] = p;
    }
    begin[buyers] = n;
}

static void factors_find_kinds_of_products(void **state)
{
    (void)state;
    static int64_t begin[201];
    static int32_t bought[200 * 40];
    fs_similar s = {0}, again = {0};
    kinds(begin, bought, 200);
    begin[200] = begin[199] + 40; /* the last one has all */
    for (int p = 0; p < 40; p++) bought[begin[199] + p] = p;
    fs_bought b = {.buyers = 200, .products = 40, .first = begin, .product = bought};
    fs_similar_settings settings = {.most = 39, .least = 1, .factors = 2, .seed = 7};
    assert_int_equal(fs_similar_items(&s, &b, &settings), FS_OK);
    for (int p = 0; p < 40; p++)
        for (int64_t k = s.first[p]; k < s.first[p] + 15; k++) {
            assert_int_equal(s.other[k] < 20, p < 20);
            assert_true(s.similarity[k] >= 0 && s.similarity[k] <= 1);
        }
    assert_int_equal(fs_similar_items(&again, &b, &settings), FS_OK);
    assert_memory_equal(s.similarity, again.similarity, (size_t)s.first[40] * sizeof *s.similarity);
    fs_similar_free(&s);
    fs_similar_free(&again);
}

static void odd_bodies_of_purchases_are_fine(void **state)
{
    (void)state;
    static int64_t begin[3] = {0, FS_SIMILAR_LARGEST + 1, FS_SIMILAR_LARGEST + 2};
    static int32_t bought[FS_SIMILAR_LARGEST + 2];
    fs_similar s = {0};
    fs_recommended r = {0};
    fs_bought none = {.first = begin};
    fs_similar_settings settings = {.most = 5, .least = 1};
    for (int factors = 0; factors < 9; factors += 8) {
        settings.factors = factors;
        assert_int_equal(fs_similar_items(&s, &none, &settings), FS_OK);
        assert_int_equal(s.first[0], 0);
        assert_int_equal(fs_recommend(&r, &s, &none, &none, 3), FS_OK);
        for (int32_t p = 0; p <= FS_SIMILAR_LARGEST; p++) bought[p] = p;
        bought[FS_SIMILAR_LARGEST + 1] = 5;
        fs_bought all = {
            .buyers = 2, .products = FS_SIMILAR_LARGEST + 1, .first = begin, .product = bought};
        assert_int_equal(fs_similar_items(&s, &all, &settings), FS_OK);
        assert_int_equal(s.first[all.products], 0); /* who buys everything tells nothing */
        assert_int_equal(fs_recommend(&r, &s, &all, &all, 3), FS_OK);
        assert_int_equal(r.rows, 0);
    }
    fs_recommended_free(&r);
    fs_similar_free(&s);
}

static void memory_that_ends_is_told(void **state)
{
    (void)state;
    fs_similar_settings settings = {.most = 9, .least = 1, .factors = 2};
    for (int64_t after = 0;; after++) {
        fs_similar s = {0};
        fs_recommended r = {0};
        fs_alloc_fail_after(after);
        fs_status status = fs_similar_items(&s, &shop, &settings);
        if (status == FS_OK) status = fs_recommend(&r, &s, &shop, &shop, 2);
        bool failed = fs_alloc_count() > after;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_recommended_free(&r);
        fs_similar_free(&s);
        if (!failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(similarity_is_the_cosine_of_columns),
        cmocka_unit_test(what_goes_with_the_purchases_is_told),
        cmocka_unit_test(factors_find_kinds_of_products),
        cmocka_unit_test(odd_bodies_of_purchases_are_fine),
        cmocka_unit_test(memory_that_ends_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
