/* Texts as numbers: each text has one, sorting tells the new ones, and clearing forgets them all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "foresell/learn.h"

static int32_t add(fs_words *words, const char *text)
{
    int32_t number = -1;
    assert_int_equal(fs_words_add(words, text, strlen(text), &number), FS_OK);
    return number;
}

static void a_text_has_one_number(void **state)
{
    (void)state;
    fs_words words = {0};
    assert_int_equal(fs_words_find(&words, "b", 1), -1);
    assert_int_equal(add(&words, "b"), 0);
    assert_int_equal(add(&words, ""), 1);
    assert_int_equal(add(&words, "ab"), 2);
    assert_int_equal(add(&words, "b"), 0);
    assert_int_equal(fs_words_find(&words, "ab", 2), 2);
    assert_int_equal(fs_words_find(&words, "ab", 1), -1);
    assert_int_equal(words.count, 3);
    fs_words_free(&words);
}

static void sorting_goes_by_bytes_and_tells_the_new_numbers(void **state)
{
    (void)state;
    static const char *const sorted[] = {"", "a", "ab", "b", "\xc3\xa9"};
    fs_words words = {0};
    const int32_t *renumbered;
    for (int i = 0; i < 5; i++) add(&words, sorted[i * 3 % 5]);
    assert_int_equal(fs_words_sort(&words, &renumbered), FS_OK);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(fs_words_find(&words, sorted[i], strlen(sorted[i])), i);
        assert_int_equal(renumbered[i], i * 3 % 5);
    }
    assert_int_equal(add(&words, "c"), 5);
    fs_words_clear(&words);
    assert_int_equal(fs_words_find(&words, "a", 1), -1);
    assert_int_equal(add(&words, "z"), 0);
    fs_words_free(&words);
}

static void many_texts_are_kept_apart(void **state)
{
    (void)state;
    fs_words words = {0};
    const int32_t *renumbered;
    char text[16];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 5000; i++) {
            snprintf(text, sizeof text, "%d", i);
            assert_int_equal(add(&words, text), i);
        }
    assert_int_equal(fs_words_sort(&words, &renumbered), FS_OK);
    assert_int_equal(renumbered[10], fs_words_find(&words, "10", 2));
    assert_int_equal(words.count, 5000);
    fs_words_free(&words);
}

static fs_status use(fs_words *words)
{
    const int32_t *renumbered;
    int32_t number;
    char text[16];
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "%d", i);
        FS_TRY(fs_words_add(words, text, strlen(text), &number));
    }
    return fs_words_sort(words, &renumbered);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    bool failed = true;
    for (int64_t n = 0; failed; n++) {
        fs_words words = {0};
        fs_alloc_fail_after(n);
        fs_status status = use(&words);
        failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_words_free(&words);
        assert_in_range(n, 0, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_has_one_number),
        cmocka_unit_test(sorting_goes_by_bytes_and_tells_the_new_numbers),
        cmocka_unit_test(many_texts_are_kept_apart),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
