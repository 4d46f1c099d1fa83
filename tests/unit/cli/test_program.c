/* The program: verbs, options, help, exit codes, errors as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "cli_test.h"
#include "foresell/simulate.h"

static void without_words_it_lists_the_verbs(void **state)
{
    (void)state;
    said s = RUN(NULL);
    assert_int_equal(s.code, 0);
    for (int i = 0; fs_cli_verb_at(i); i++) {
        char line[64];
        snprintf(line, sizeof line, "\n  %s ", fs_cli_verb_at(i)->name);
        if (fs_cli_verb_at(i)->hidden)
            assert_null(strstr(s.out, line));
        else
            assert_non_null(strstr(s.out, line));
    }
    forget(&s);
}

static void every_verb_helps_with_its_options_and_an_example(void **state)
{
    (void)state;
    for (int i = 0; fs_cli_verb_at(i); i++) {
        const cli_verb *verb = fs_cli_verb_at(i);
        said s = RUN(verb->name, "--help");
        assert_int_equal(s.code, 0);
        assert_non_null(strstr(s.out, verb->summary));
        assert_non_null(strstr(s.out, "example"));
        for (const cli_option *o = verb->options; o && o->name; o++) {
            char option[64];
            snprintf(option, sizeof option, "--%s", o->name);
            assert_non_null(strstr(s.out, option));
        }
        said same = RUN("help", verb->name);
        assert_string_equal(s.out, same.out);
        forget(&same);
        forget(&s);
    }
}

static void every_example_is_understood(void **state)
{
    (void)state;
    for (int i = 0; fs_cli_verb_at(i); i++) {
        char text[512];
        snprintf(text, sizeof text, "%s", fs_cli_verb_at(i)->example);
        for (char *rest = text, *line; (line = strtok_r(rest, "\n", &rest));) {
            char *word[32];
            int count = 0;
            for (char *at = line, *w; (w = strtok_r(at, " ", &at));) word[count++] = w;
            assert_string_equal(word[0], "foresell");
            cli_call call = {.verb = fs_cli_verb_at(i)};
            fs_error error = {0};
            assert_string_equal(word[1], call.verb->name);
            if (fs_cli_parse(&call, count - 2, word + 2, &error) != FS_OK)
                fail_msg("%s: %s", call.verb->name, error.message);
            fs_arena_free(&call.arena);
        }
    }
}

static void a_wrong_word_is_told_with_the_right_one(void **state)
{
    (void)state;
    static const struct {
        const char *words[4], *told;
    } cases[] = {
        {{"rnu"}, "did you mean foresell run?"},
        {{"run", "x", "--reusme"}, "did you mean --resume?"},
        {{"operators", "forcast"}, "did you mean 'forecast'?"},
        {{"apply", "forecast", "x.csv", "--horizn"}, "did you mean --horizon?"},
        {{"run"}, "usage: foresell run DIR"},
        {{"run", "a", "b"}, "one argument too many"},
        {{"run", "a", "--threads"}, "needs a value"},
        {{"run", "a", "--threads=0"}, "not between 1 and 4096"},
        {{"run", "a", "--threads=two"}, "is not a whole number"},
        {{"run", "a", "--memory=lots"}, "write it as 2GiB"},
        {{"run", "a", "--engine=abacus"}, "not one of duckdb"},
        {{"run", "a", "--resume=yes"}, "takes no value"},
        {{"run", "a", "--resume", "--resume"}, "given twice"},
        {{"simulate", "a", "--dirt", "0.5"}, "not between 0 and 0.2"},
        {{"apply", "--horizon", "3"}, "name the operator before"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *const *w = (char *const *)cases[i].words;
        const char *words[5] = {w[0], w[1], w[2], w[3], NULL};
        said s = run_program(words);
        assert_int_equal(s.code, 2);
        assert_string_equal(s.out, "");
        if (!strstr(s.err, cases[i].told)) fail_msg("%s\nis not in\n%s", cases[i].told, s.err);
        forget(&s);
    }
}

static void progress_tells_how_far_and_how_long_still(void **state)
{
    (void)state;
    char text[160];
    fs_cli_progress_tail(11, 45, .25, 4, text, sizeof text);
    assert_string_equal(text, ", 12 of 45, 25 %, 4 s so far, about 12 s left");
    fs_cli_progress_tail(0, 45, 0, .2, text, sizeof text);
    assert_string_equal(text, ", 1 of 45");
    fs_cli_progress_tail(0, 0, 0, 75, text, sizeof text);
    assert_string_equal(text, ", 1 min 15 s so far");
    fs_cli_progress_tail(500000, 1e6, .5, 3, text, sizeof text);
    assert_string_equal(text, ", 50 %, 3 s so far, about 3 s left");
}

static void a_log_of_a_short_run_has_no_progress_in_it(void **state)
{
    (void)state;
    char *written = NULL;
    size_t size;
    FILE *err = open_memstream(&written, &size);
    cli_terminal *terminal = fs_cli_terminal_open(err, CLI_TELL_PEOPLE);
    const fs_progress *progress = fs_cli_terminal_progress(terminal);
    for (int i = 0; i < 40; i++) fs_progress_report(progress, "steps: one of many", i, 40);
    fs_progress_report(progress, "query", 50, 100);
    fs_cli_terminal_close(terminal);
    fclose(err);
    assert_string_equal(written, "");
    free(written);
}

static void progress_is_json_where_that_is_asked(void **state)
{
    (void)state;
    char *written = NULL;
    size_t size;
    FILE *err = open_memstream(&written, &size);
    cli_terminal *terminal = fs_cli_terminal_open(err, CLI_TELL_MACHINES);
    const fs_progress *progress = fs_cli_terminal_progress(terminal);
    fs_progress_report(progress, "cleaning: \"sales\"", 1, 4);
    fs_progress_report(progress, "cleaning: \"sales\"", 1, 4); /* at once again: not told twice */
    fs_progress_report(progress, "writing the report", 0, 0);
    fs_cli_terminal_close(terminal);
    fclose(err);
    json_t *line[3] = {0};
    int lines = 0;
    for (char *rest = written, *one; (one = strsep(&rest, "\n")) && *one && lines < 3;)
        line[lines++] = json_loads(one, 0, NULL);
    assert_int_equal(lines, 2);
    assert_string_equal(json_string_value(json_object_get(line[0], "progress")),
                        "cleaning: \"sales\"");
    assert_int_equal(json_integer_value(json_object_get(line[0], "done")), 1);
    assert_int_equal(json_integer_value(json_object_get(line[0], "total")), 4);
    assert_true(json_real_value(json_object_get(line[0], "share")) == .25);
    assert_true(json_is_null(json_object_get(line[1], "total")));
    assert_true(json_is_null(json_object_get(line[1], "left")));
    for (int i = 0; i < lines; i++) json_decref(line[i]);
    free(written);
}

static void errors_are_json_where_that_is_asked(void **state)
{
    (void)state;
    said s = RUN("run", "no\"such\nfolder", "--json");
    assert_int_equal(s.code, 4);
    json_t *error = json_loads(s.err, 0, NULL);
    assert_non_null(error);
    assert_int_equal(json_integer_value(json_object_get(error, "exit_code")), 4);
    assert_true(json_string_length(json_object_get(error, "error")) > 10);
    json_decref(error);
    forget(&s);
}

static void options_may_stand_anywhere_and_dashes_end_them(void **state)
{
    (void)state;
    char *words[] = {"--group", "a, b",   "forecast", "--horizon=3", "-o",
                     "out.csv", "in.csv", "--",       "--odd.csv"};
    cli_call call = {.verb = fs_cli_verb_find("apply", NULL)};
    fs_error error = {0};
    assert_int_equal(fs_cli_parse(&call, 9, words, &error), FS_OK);
    assert_int_equal(call.arguments, 3);
    assert_string_equal(call.argument[2], "--odd.csv");
    assert_string_equal(fs_cli_text(&call, "group"), "a, b");
    assert_string_equal(fs_cli_text(&call, "output"), "out.csv");
    assert_string_equal(fs_cli_text(&call, "seed"), "1");
    assert_null(fs_cli_text(&call, "order"));
    fs_arena_free(&call.arena);
}

static void sizes_are_read_in_all_their_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = {{"1", 1},
                {"2GiB", 2147483648},
                {"2 gib", 2147483648},
                {"2G", 2147483648},
                {"1.5GB", 1500000000},
                {"500MB", 500000000},
                {"64MiB", 67108864},
                {"10 k", 10240}};
    static const char *const bad[] = {"", "GB", "-1", "0", "1 XB", "1e30", "nan", "2GiBs"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t bytes = 0;
        assert_true(fs_cli_read_bytes(good[i].text, &bytes));
        assert_int_equal(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t bytes = 0;
        assert_false(fs_cli_read_bytes(bad[i], &bytes));
    }
}

static void operators_come_as_text_markdown_and_json(void **state)
{
    (void)state;
    said s = RUN("operators", "--json");
    json_t *all = json_loads(s.out, 0, NULL);
    assert_int_equal(json_array_size(all), fs_operator_count());
    for (int i = 0; i < fs_operator_count(); i++) {
        const fs_operator *op = fs_operator_at(i);
        said text = RUN("operators", op->name), markdown = RUN("operators", op->name, "--markdown");
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(all, (size_t)i), "name")), op->name);
        for (const fs_param *p = op->params; p && p->name; p++) {
            assert_non_null(strstr(text.out, p->name));
            assert_non_null(strstr(markdown.out, p->name));
        }
        forget(&text);
        forget(&markdown);
    }
    json_decref(all);
    forget(&s);
}

static void defaults_of_simulate_are_those_of_the_library(void **state)
{
    (void)state;
    char *words[] = {"x"};
    fs_simulate_settings settings = fs_simulate_defaults();
    cli_call call = {.verb = fs_cli_verb_find("simulate", NULL)};
    assert_int_equal(fs_cli_parse(&call, 1, words, NULL), FS_OK);
    assert_int_equal(fs_cli_int(&call, "items"), settings.items);
    assert_int_equal(fs_cli_int(&call, "stores"), settings.stores);
    assert_int_equal(fs_cli_int(&call, "customers"), settings.customers);
    assert_int_equal(fs_cli_int(&call, "days"), settings.days);
    assert_int_equal(fs_cli_int(&call, "lines"), settings.lines);
    assert_int_equal(fs_cli_int(&call, "shifts"), settings.shifts);
    assert_int_equal(fs_cli_int(&call, "seed"), (int64_t)settings.seed);
    assert_string_equal(fs_cli_text(&call, "start"), settings.start);
    assert_string_equal(fs_cli_text(&call, "currency"), settings.currency);
    assert_string_equal(fs_cli_text(&call, "country"), settings.country);
    fs_arena_free(&call.arena);
}

/* Every allocation of parsing and of help fails in turn: an error, never a crash or a half text. */
static void each_allocation_may_fail(void **state)
{
    (void)state;
    const char *const words[][8] = {{"help", "run"},
                                    {"apply", "forecast", "a.csv", "--horizon", "7", "--help"},
                                    {"operators", "forecast"},
                                    {"run", "nowhere", "--json"}};
    for (int w = 0; w < 4; w++) {
        said whole = run_program(words[w]);
        int64_t n = 0;
        for (bool failed = true; failed; n++) {
            fs_alloc_fail_after(n);
            said s = run_program(words[w]);
            failed = fs_alloc_count() > n;
            fs_alloc_fail_after(-1);
            if (s.code == whole.code)
                assert_string_equal(s.out, whole.out);
            else
                assert_true(s.err[0] != '\0');
            if (!failed) assert_int_equal(s.code, whole.code);
            forget(&s);
        }
        assert_true(n > 2);
        forget(&whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_words_it_lists_the_verbs),
        cmocka_unit_test(every_verb_helps_with_its_options_and_an_example),
        cmocka_unit_test(every_example_is_understood),
        cmocka_unit_test(a_wrong_word_is_told_with_the_right_one),
        cmocka_unit_test(progress_tells_how_far_and_how_long_still),
        cmocka_unit_test(a_log_of_a_short_run_has_no_progress_in_it),
        cmocka_unit_test(progress_is_json_where_that_is_asked),
        cmocka_unit_test(errors_are_json_where_that_is_asked),
        cmocka_unit_test(options_may_stand_anywhere_and_dashes_end_them),
        cmocka_unit_test(sizes_are_read_in_all_their_units),
        cmocka_unit_test(operators_come_as_text_markdown_and_json),
        cmocka_unit_test(defaults_of_simulate_are_those_of_the_library),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
