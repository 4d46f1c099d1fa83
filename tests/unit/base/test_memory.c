/* Memory: allocations that can be made to fail, growable bytes, arenas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "foresell/base.h"

static void the_nth_allocation_fails_once(void **state)
{
    (void)state;
    for (int64_t n = 0; n < 4; n++) {
        fs_alloc_fail_after(n);
        for (int64_t i = 0; i < 6; i++) {
            void *memory = fs_alloc(8);
            if (i == n)
                assert_null(memory);
            else
                assert_non_null(memory);
            fs_free(memory);
        }
        assert_int_equal(fs_alloc_count(), 6);
    }
    fs_alloc_fail_after(-1);
}

static void nothing_can_be_asked_for_and_given_back(void **state)
{
    (void)state;
    void *memory[] = {fs_alloc(0), fs_alloc_zero(0, 8), fs_alloc_zero(8, 0), fs_realloc(NULL, 0)};
    for (int i = 0; i < 4; i++) {
        assert_non_null(memory[i]);
        fs_free(memory[i]);
    }
    fs_free(NULL);
    assert_null(fs_alloc_zero(SIZE_MAX / 2, 4));
}

static void a_buffer_grows_and_stays_ended(void **state)
{
    (void)state;
    fs_buffer buffer = {0};
    for (int i = 0; i < 1000; i++) assert_int_equal(fs_buffer_printf(&buffer, "%03d,", i), FS_OK);
    assert_int_equal(buffer.size, 4000);
    assert_int_equal(strlen(buffer.data), 4000);
    assert_memory_equal(buffer.data + 4 * 517, "517,", 4);
    size_t capacity = buffer.capacity;
    fs_buffer_clear(&buffer);
    assert_int_equal(buffer.capacity, capacity);
    assert_string_equal(buffer.data, "");
    assert_int_equal(fs_buffer_add(&buffer, "a\0b", 3), FS_OK);
    assert_memory_equal(buffer.data, "a\0b\0", 4);
    fs_buffer_free(&buffer);
    assert_null(buffer.data);
    fs_buffer_clear(&buffer);
}

static void a_buffer_that_cannot_grow_keeps_what_it_has(void **state)
{
    (void)state;
    fs_buffer buffer = {0};
    assert_int_equal(fs_buffer_text(&buffer, "kept"), FS_OK);
    assert_int_equal(fs_buffer_reserve(&buffer, SIZE_MAX - 2), FS_MEMORY);
    char large[4096];
    memset(large, 'x', sizeof large);
    fs_alloc_fail_after(0);
    assert_int_equal(fs_buffer_add(&buffer, large, sizeof large), FS_MEMORY);
    fs_alloc_fail_after(0);
    assert_int_equal(fs_buffer_printf(&buffer, "%2000d", 1), FS_MEMORY);
    fs_alloc_fail_after(-1);
    assert_string_equal(buffer.data, "kept");
    assert_int_equal(buffer.size, 4);
    fs_buffer_free(&buffer);
}

static void an_arena_gives_aligned_memory_that_stays(void **state)
{
    (void)state;
    fs_arena arena = {0};
    char *first = fs_arena_strdup(&arena, "first");
    for (size_t i = 0; i < 5000; i++) {
        unsigned char *memory = fs_arena_zero(&arena, 1 + i % 700);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        assert_int_equal(memory[i % 700], 0);
        memset(memory, 0xAB, 1 + i % 700);
    }
    char *large = fs_arena_alloc(&arena, 5u << 20);
    assert_non_null(large);
    memset(large, 1, 5u << 20);
    assert_string_equal(first, "first");
    assert_string_equal(fs_arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
    assert_string_equal(fs_arena_strndup(&arena, "abcdef", 3), "abc");
    assert_null(fs_arena_alloc(&arena, SIZE_MAX - 8));
    fs_arena_free(&arena);
    assert_null(arena.page);
}

static void an_arena_without_memory_gives_null(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_alloc_fail_after(0);
    assert_null(fs_arena_strdup(&arena, "x"));
    fs_alloc_fail_after(0);
    assert_null(fs_arena_printf(&arena, "%d", 1));
    fs_alloc_fail_after(-1);
    assert_non_null(fs_arena_strdup(&arena, "x"));
    fs_arena_free(&arena);
}

static void a_list_in_an_arena_grows_and_keeps_its_items(void **state)
{
    (void)state;
    fs_arena arena = {0};
    int *item = NULL, room = 0;
    for (int i = 0; i < 1000; i++) {
        item = fs_arena_grow(&arena, item, i, &room, sizeof *item);
        assert_non_null(item);
        item[i] = i;
    }
    assert_true(room >= 1000);
    for (int i = 0; i < 1000; i++) assert_int_equal(item[i], i);
    int full = room;
    for (int i = 1000; i < full; i++) item[i] = i;
    fs_alloc_fail_after(0);
    assert_null(fs_arena_grow(&arena, item, full, &room, 1 << 20));
    fs_alloc_fail_after(-1);
    assert_int_equal(room, full);
    assert_int_equal(item[999], 999);
    fs_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nth_allocation_fails_once),
        cmocka_unit_test(nothing_can_be_asked_for_and_given_back),
        cmocka_unit_test(a_buffer_grows_and_stays_ended),
        cmocka_unit_test(a_buffer_that_cannot_grow_keeps_what_it_has),
        cmocka_unit_test(an_arena_gives_aligned_memory_that_stays),
        cmocka_unit_test(an_arena_without_memory_gives_null),
        cmocka_unit_test(a_list_in_an_arena_grows_and_keeps_its_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
