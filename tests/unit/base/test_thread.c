/* Threads: every task once, the first failure by number, whatever the number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "foresell/base.h"

enum { TASKS = 2000 };

typedef struct record {
    atomic_int done[TASKS];
    atomic_int strange_workers;
    int threads;
    int64_t fail_at, fail_too;
} record;

static fs_status note(void *context, int64_t index, int worker, fs_error *error)
{
    record *r = context;
    atomic_fetch_add(&r->done[index], 1);
    if (worker < 0 || worker >= r->threads) atomic_fetch_add(&r->strange_workers, 1);
    if (index == r->fail_at || index == r->fail_too)
        return fs_fail(error, FS_DATA, "task %lld", (long long)index);
    return FS_OK;
}

static void every_task_is_done_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 8; threads *= 2) {
        record r = {.threads = threads, .fail_at = -1, .fail_too = -1};
        assert_int_equal(fs_parallel(TASKS, threads, note, &r, NULL), FS_OK);
        for (int i = 0; i < TASKS; i++) assert_int_equal(r.done[i], 1);
        assert_int_equal(r.strange_workers, 0);
    }
}

static void the_first_failure_by_number_is_told(void **state)
{
    (void)state;
    for (int repeat = 0; repeat < 20; repeat++) {
        record r = {.threads = 4, .fail_at = 700, .fail_too = 701};
        fs_error error = {0};
        assert_int_equal(fs_parallel(TASKS, 4, note, &r, &error), FS_DATA);
        assert_string_equal(error.message, "task 700");
        for (int i = 0; i <= 700; i++) assert_int_equal(r.done[i], 1);
        assert_int_equal(r.done[TASKS - 1], 0);
    }
}

static void without_memory_nothing_is_started(void **state)
{
    (void)state;
    record r = {.threads = 2, .fail_at = -1, .fail_too = -1};
    fs_error error = {0};
    fs_alloc_fail_after(0);
    assert_int_equal(fs_parallel(TASKS, 2, note, &r, &error), FS_MEMORY);
    fs_alloc_fail_after(-1);
    assert_int_equal(r.done[0], 0);
    assert_true(error.message[0]);
}

static void no_task_is_no_work(void **state)
{
    (void)state;
    assert_int_equal(fs_parallel(0, 4, note, NULL, NULL), FS_OK);
    assert_int_equal(fs_parallel(-3, 4, note, NULL, NULL), FS_OK);
    assert_true(fs_cpu_count() >= 1);
}

static void say(void *context, const char *what, double done, double total)
{
    snprintf(context, 64, "%s %g of %g", what, done, total);
}

static bool yes(void *context) { return context != NULL; }

static void progress_is_optional_in_every_part(void **state)
{
    (void)state;
    char said[64] = "";
    fs_progress nothing = {0}, all = {.context = said, .report = say, .cancelled = yes};
    fs_progress_report(NULL, "x", 1, 2);
    fs_progress_report(&nothing, "x", 1, 2);
    assert_false(fs_progress_cancelled(NULL));
    assert_false(fs_progress_cancelled(&nothing));
    fs_progress_report(&all, "x", 1, 2);
    assert_string_equal(said, "x 1 of 2");
    assert_true(fs_progress_cancelled(&all));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_is_done_once),
        cmocka_unit_test(the_first_failure_by_number_is_told),
        cmocka_unit_test(without_memory_nothing_is_started),
        cmocka_unit_test(no_task_is_no_work),
        cmocka_unit_test(progress_is_optional_in_every_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
