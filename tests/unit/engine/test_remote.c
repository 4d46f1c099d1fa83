/* Steps made elsewhere: requests, answers in any order, and another side that says nonsense or goes away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "foresell/engine.h"

static fs_engine *engine;
static int out[2], in[2]; /* requests, answers */
static fs_remote *remote;
static _Thread_local bool sound; /* of the last table made */

static int open_both(void **state)
{
    (void)state;
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(in), 0);
    fs_engine_settings settings = {.threads = 1};
    assert_int_equal(fs_engine_open(&settings, &engine, NULL), FS_OK);
    assert_int_equal(fs_remote_open(engine, out[1], in[0], &remote, NULL), FS_OK);
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    fs_remote_close(remote);
    fs_engine_close(engine);
    close(out[0]), close(out[1]), close(in[0]);
    if (in[1] >= 0) close(in[1]);
    return 0;
}

static void say(const char *text)
{
    assert_int_equal(write(in[1], text, strlen(text)), (ssize_t)strlen(text));
}

static fs_status make(const char *name, int64_t *rows, fs_error *error)
{
    static const char *const inputs[] = {"sales"};
    fs_step step = {.name = name, .sql = "select 'a\nb' as x", .input = inputs, .inputs = 1};
    static const char *const checks[] = {"select 0 from \"t\""};
    fs_making making = {
        .step = &step, .sort = "x", .check = checks, .checks = 1, .path = "/run/tables/t.parquet"};
    fs_status status = fs_remote_make(remote, &making, error);
    *rows = making.rows;
    sound = making.sound;
    return status;
}

static void a_request_says_all_that_makes_the_table(void **state)
{
    (void)state;
    int64_t rows = 0;
    char line[4096];
    say("{\"id\": 1, \"rows\": 7}\n");
    assert_int_equal(make("first", &rows, NULL), FS_OK);
    assert_int_equal(rows, 7);
    assert_false(sound);
    ssize_t bytes = read(out[0], line, sizeof line);
    assert_true(bytes > 0 && line[bytes - 1] == '\n' &&
                memchr(line, '\n', (size_t)bytes - 1) == NULL);
    json_t *asked = json_loadb(line, (size_t)bytes, 0, NULL);
    assert_non_null(asked);
    assert_string_equal(json_string_value(json_object_get(asked, "step")), "first");
    assert_string_equal(json_string_value(json_object_get(asked, "sql")), "select 'a\nb' as x");
    assert_string_equal(json_string_value(json_object_get(asked, "sort")), "x");
    assert_string_equal(json_string_value(json_object_get(asked, "path")), "/run/tables/t.parquet");
    assert_true(json_is_null(json_object_get(asked, "operator")));
    assert_string_equal(json_string_value(json_array_get(json_object_get(asked, "checks"), 0)),
                        "select 0 from \"t\"");
    json_decref(asked);
    say("{\"id\": 2, \"rows\": 7, \"sound\": true}\n");
    assert_int_equal(make("second", &rows, NULL), FS_OK);
    assert_true(sound);
}

typedef struct asked {
    const char *name;
    int64_t rows;
    fs_status status;
} asked;

static void *ask(void *context)
{
    asked *a = context;
    a->status = make(a->name, &a->rows, NULL);
    return NULL;
}

/* The id under which a step was asked for, from all that was asked so far. */
static long long id_of(const char *all, const char *name)
{
    char mark[64];
    snprintf(mark, sizeof mark, "\"step\":\"%s\"", name);
    const char *at = strstr(all, mark);
    assert_non_null(at);
    while (strncmp(at, "\"id\":", 5) != 0) at--;
    return atoll(at + 5);
}

static void answers_come_in_any_order(void **state)
{
    (void)state;
    enum { STEPS = 8 };
    static const char *const names[STEPS] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    asked a[STEPS];
    pthread_t thread[STEPS];
    char all[1 << 15] = "", answer[64];
    size_t size = 0;
    for (int i = 0; i < STEPS; i++) {
        a[i] = (asked){.name = names[i]};
        pthread_create(&thread[i], NULL, ask, &a[i]);
    }
    for (int lines = 0; lines < STEPS;) {
        ssize_t bytes = read(out[0], all + size, sizeof all - 1 - size);
        assert_true(bytes > 0);
        for (ssize_t i = 0; i < bytes; i++) lines += all[size + (size_t)i] == '\n';
        size += (size_t)bytes;
        all[size] = '\0';
    }
    for (int i = STEPS - 1; i >= 0; i--) { /* the last first, and in pieces */
        snprintf(answer, sizeof answer, "{\"id\": %lld, \"rows\": %d}\n", id_of(all, names[i]),
                 10 * i);
        char second[64];
        strcpy(second, answer + 5);
        answer[5] = '\0';
        say(answer), usleep(1000), say(second);
    }
    for (int i = 0; i < STEPS; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(a[i].status, FS_OK);
        assert_int_equal(a[i].rows, 10 * i);
    }
}

static void a_fault_is_told_as_it_was_told(void **state)
{
    (void)state;
    fs_error error = {0};
    int64_t rows = 0;
    say("{\"id\": 1, \"error\": \"no column x\", \"status\": \"usage\", \"remedy\": \"name "
        "it\"}\n");
    assert_int_equal(make("first", &rows, &error), FS_USAGE);
    assert_string_equal(error.message, "no column x");
    assert_string_equal(error.remedy, "name it");
}

static void nonsense_is_no_answer(void **state)
{
    (void)state;
    fs_error error = {0};
    int64_t rows = 0;
    say("\n}{\n[1]\n{\"id\": \"x\"}\n{\"id\": 99, \"rows\": 3}\n{\"id\": 1, \"rows\": \"many\"}\n");
    assert_int_equal(make("first", &rows, &error), FS_FAILED);
    assert_non_null(strstr(error.message, "no answer"));
}

static void the_other_side_may_go_away(void **state)
{
    (void)state;
    fs_error error = {0};
    int64_t rows = 0;
    say("{\"id\": 1, \"ro");
    close(in[1]);
    in[1] = -1;
    assert_int_equal(make("first", &rows, &error), FS_FAILED);
    assert_non_null(strstr(error.message, "gone away"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_says_all_that_makes_the_table, open_both,
                                        close_both),
        cmocka_unit_test_setup_teardown(answers_come_in_any_order, open_both, close_both),
        cmocka_unit_test_setup_teardown(a_fault_is_told_as_it_was_told, open_both, close_both),
        cmocka_unit_test_setup_teardown(nonsense_is_no_answer, open_both, close_both),
        cmocka_unit_test_setup_teardown(the_other_side_may_go_away, open_both, close_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
