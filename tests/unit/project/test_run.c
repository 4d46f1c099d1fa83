/* The main job: a run appears whole or not at all, and --resume makes only what has changed. */
#include <sys/time.h>
#include <utime.h>

#include <jansson.h>

#include "tiny_shop.h"

static void a_shop(shop *s)
{
    shop_write(s, "foresell.yaml",
               "name: it's mine\nfiles:\n  lines: {path: lines.csv, columns: {day: date ymd, qty: "
               "number}}\n"
               "sources:\n  sales: sources/sales.sql\n");
    shop_write(s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l._file, "
               "l._line from lines as l\n");
    shop_write(s, "lines.csv", "day,sku,qty\n2024-01-01,A,1\n2024-01-02,A,3\n2024-01-03,B,2\n");
    shop_write(s, "models/10_totals.sql",
               "-- step: totals\n-- about: units of each item\n-- expect: unique(item)\n"
               "select item, cast(sum(exact(units)) as double) as units, '${name}' as shop\nfrom "
               "sales\ngroup by item\norder by item nulls last\n");
    shop_write(s, "models/20_best.sql",
               "-- step: best\n-- about: the greatest\nselect max(units) as units\nfrom totals\n");
}

static bool latest_is_there(const shop *s)
{
    char path[512];
    snprintf(path, sizeof path, "%s/runs/latest/manifest.json", s->folder);
    return access(path, F_OK) == 0;
}

static bool sources_skipped(const shop *s)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/manifest.json", s->outcome.folder);
    json_t *json = json_load_file(path, 0, NULL);
    assert_non_null(json);
    bool skipped = json_is_true(json_object_get(json, "sources_skipped"));
    json_decref(json);
    return skipped;
}

static void resume(shop *s, int skipped, bool sources)
{
    if (shop_run_with(s, true, NULL) != FS_OK) fail_msg("%s", s->error.message);
    assert_int_equal(s->outcome.steps, 2);
    assert_int_equal(s->outcome.skipped, skipped);
    assert_int_equal(sources_skipped(s), sources);
}

static void models_see_the_canonical_tables_and_the_settings(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    shop_run(&s);
    assert_int_equal(s.outcome.steps, 2);
    assert_int_equal(s.outcome.skipped, 0);
    assert_string_equal(
        shop_ask(&s, "select item || ' ' || units || ' ' || shop from @totals order by item"),
        "A 4.0 it's mine | B 2.0 it's mine");
    assert_string_equal(shop_ask(&s, "select units from @best"), "4.0");
    assert_true(latest_is_there(&s));
    shop_close(&s);
}

static void models_see_what_customers_have_beside_the_canonical_columns(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(&s, "foresell.yaml",
               "name: x\nfiles:\n  people: {path: people.csv}\n"
               "sources:\n  customers: sources/customers.sql\n");
    shop_write(&s, "sources/customers.sql",
               "-- step: customers\nselect id as customer, sex, \"plan, [a]\", \"7\", _file, "
               "_line from people\n");
    shop_write(&s, "people.csv", "id,sex,\"plan, [a]\",7\nA,f,gold,x\nB,m,,y\n");
    shop_write(&s, "models/10_seen.sql",
               "-- step: seen\n-- about: all of them\nselect customer${each c in "
               "customers.columns: , coalesce(\"${c}\", '?') as \"own_${c}\"} from customers\n");
    shop_run(&s);
    assert_string_equal(shop_ask(&s, "select customer || ' ' || \"own_plan, [a]\" || ' ' || own_7 "
                                     "from @seen order by customer"),
                        "A gold x | B ? y");
    assert_string_equal(shop_ask(&s, "select count(*) from (describe select * from @seen)"), "3");
    shop_close(&s);
}

static void resuming_with_nothing_changed_makes_nothing(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    shop_run(&s);
    resume(&s, 2, true);
    shop_adds_up(&s, 3, 3, 0, 0);
    assert_string_equal(shop_ask(&s, "select units from @best"), "4.0");
    assert_string_equal(shop_ask(&s, "select count(*) from @sales"), "3");
    shop_close(&s);
}

static void touching_a_file_changes_nothing_but_a_new_row_does(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    shop_run(&s);
    char path[512];
    snprintf(path, sizeof path, "%s/lines.csv", s.folder);
    struct utimbuf long_ago = {1000000000, 1000000000};
    assert_int_equal(utime(path, &long_ago), 0);
    resume(&s, 2, true);
    shop_write(&s, "lines.csv", "day,sku,qty\n2024-01-01,A,1\n2024-01-02,A,3\n2024-01-03,B,9\n");
    resume(&s, 0, false);
    assert_string_equal(shop_ask(&s, "select units from @best"), "9.0");
    shop_close(&s);
}

static void a_changed_mapping_or_reading_is_seen(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    shop_run(&s);
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, 2 * l.qty as units, l._file, "
               "l._line from lines as l\n");
    resume(&s, 0, false);
    assert_string_equal(shop_ask(&s, "select units from @best"), "8.0");
    shop_write(&s, "foresell.yaml",
               "files:\n  lines: {path: lines.csv, columns: {day: date ydm, qty: "
               "number}}\nsources:\n  sales: sources/sales.sql\n");
    assert_int_equal(shop_run_with(&s, true, NULL), FS_OK);
    assert_false(sources_skipped(&s));
    assert_string_equal(shop_ask(&s, "select max(cast(time as date)) from @sales"), "2024-03-01");
    shop_close(&s);
}

static void without_resume_everything_is_made_again(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    shop_run(&s);
    shop_run(&s);
    assert_int_equal(s.outcome.skipped, 0);
    assert_false(sources_skipped(&s));
    shop_close(&s);
}

static fs_status break_off(void *context, fs_engine *engine, fs_project *project,
                           const char *folder, fs_error *error)
{
    (void)engine;
    shop *s = context;
    assert_string_equal(fs_project_folder(project), s->folder);
    char path[1200];
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    assert_int_equal(access(path, F_OK), 0);
    return fs_fail(error, FS_RESOURCE, "the printer is on fire");
}

static void a_run_whose_end_fails_never_appears_but_can_be_resumed(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    assert_int_equal(shop_run_with(&s, false, break_off), FS_RESOURCE);
    assert_string_equal(s.error.message, "the printer is on fire");
    assert_false(latest_is_there(&s));
    resume(&s, 2, true);
    assert_true(latest_is_there(&s));
    assert_string_equal(shop_ask(&s, "select units from @best"), "4.0");
    shop_close(&s);
}

static void a_fault_in_a_model_shows_before_any_file_is_read(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    char path[512];
    snprintf(path, sizeof path, "%s/lines.csv", s.folder);
    unlink(path); /* a read would fail on it */
    shop_write(&s, "models/20_best.sql",
               "-- step: best\nselect max(units) as units\nfrom tottals\n");
    assert_int_not_equal(shop_run_with(&s, false, NULL), FS_OK);
    assert_non_null(strstr(s.error.message, "tottals"));
    shop_close(&s);
}

static void only_the_step_asked_for_and_what_it_needs_is_made(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    fs_project *project;
    char models[512];
    snprintf(models, sizeof models, "%s/no_models", s.folder);
    assert_int_equal(fs_project_open(s.folder, &project, &s.error), FS_OK);
    fs_run_settings settings = {.models = models, .only = "totals"};
    assert_int_equal(fs_project_run(project, s.engine, &settings, NULL, NULL, &s.outcome, &s.error),
                     FS_OK);
    assert_int_equal(s.outcome.steps, 1);
    fs_project_close(project);
    shop_close(&s);
}

static fs_status make_nothing(void *context, fs_making *making, fs_error *error)
{
    (void)context;
    return fs_fail(error, FS_FAILED, "asked for %s", making->step->name);
}

static void what_only_spark_can_do_is_told_before_any_file_is_read(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    shop_write(&s, "models/30_learnt.sql",
               "-- step: learnt\n-- about: a model\n-- operator: fit_classifier(label = item, "
               "method = mllib)\n-- order: place\nselect cast(row_number() over (order by units "
               "nulls last, item nulls last) as bigint) as place, item, units from totals\n");
    char models[512], path[512];
    snprintf(models, sizeof models, "%s/no_models", s.folder);
    snprintf(path, sizeof path, "%s/runs", s.folder);
    fs_project *project;
    assert_int_equal(fs_project_open(s.folder, &project, &s.error), FS_OK);
    fs_run_settings settings = {.models = models};
    assert_int_equal(fs_project_run(project, s.engine, &settings, NULL, NULL, NULL, &s.error),
                     FS_USAGE);
    assert_non_null(strstr(s.error.message, "only Spark can do method = mllib"));
    assert_non_null(strstr(s.error.file, "30_learnt.sql"));
    assert_int_equal(s.error.line, 3);
    assert_int_not_equal(access(path, F_OK), 0);
    settings.maker = (fs_maker){.make = make_nothing};
    assert_int_equal(fs_project_run(project, s.engine, &settings, NULL, NULL, NULL, &s.error),
                     FS_FAILED);
    assert_non_null(strstr(s.error.message, "asked for totals"));
    settings.maker.least = 1000; /* what is little is made here, but for what only Spark can do */
    assert_int_equal(fs_project_run(project, s.engine, &settings, NULL, NULL, NULL, &s.error),
                     FS_FAILED);
    assert_non_null(strstr(s.error.message, "asked for learnt"));
    settings.maker.least = 2; /* totals reads more rows than that */
    assert_int_equal(fs_project_run(project, s.engine, &settings, NULL, NULL, NULL, &s.error),
                     FS_FAILED);
    assert_non_null(strstr(s.error.message, "asked for totals"));
    settings = (fs_run_settings){.models = models, .only = "totals"};
    assert_int_equal(fs_project_run(project, s.engine, &settings, NULL, NULL, NULL, &s.error),
                     FS_OK);
    fs_project_close(project);
    shop_close(&s);
}

static void a_step_that_is_not_there_is_told_before_any_file_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *only, *says, *remedy;
    } wrong[] = {{"totlas", "there is no step totlas", "did you mean totals?"},
                 {"zzzzzzzzzz", "there is no step zzzzzzzzzz", "foresell plan lists the steps"},
                 {"sales", "sales is no step", "foresell plan"}};
    shop s;
    shop_open(&s);
    a_shop(&s);
    char models[512], path[512];
    snprintf(models, sizeof models, "%s/no_models", s.folder);
    snprintf(path, sizeof path, "%s/runs", s.folder);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fs_project *project;
        fs_run_settings settings = {.models = models, .only = wrong[i].only};
        assert_int_equal(fs_project_open(s.folder, &project, &s.error), FS_OK);
        assert_int_equal(fs_project_run(project, s.engine, &settings, NULL, NULL, NULL, &s.error),
                         FS_USAGE);
        assert_non_null(strstr(s.error.message, wrong[i].says));
        assert_non_null(strstr(s.error.remedy, wrong[i].remedy));
        assert_int_not_equal(access(path, F_OK), 0); /* no run was begun */
        fs_project_close(project);
    }
    shop_close(&s);
}

static void the_plan_shows_mappings_and_models_without_running(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    a_shop(&s);
    fs_project *project;
    fs_plan *plan;
    char models[512];
    snprintf(models, sizeof models, "%s/no_models", s.folder);
    assert_int_equal(fs_project_open(s.folder, &project, &s.error), FS_OK);
    if (fs_project_plan(project, s.engine, models, &plan, &s.error) != FS_OK)
        fail_msg("%s", s.error.message);
    assert_int_equal(fs_plan_steps(plan), 3);
    assert_string_equal(fs_plan_step(plan, 0)->name, "sales");
    assert_string_equal(fs_plan_step(plan, 2)->name, "best");
    fs_plan_close(plan);
    fs_project_close(project);
    shop_close(&s);
}

static void a_folder_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        print_message("root may write everywhere: not tried\n");
        skip();
    }
    shop s;
    shop_open(&s);
    a_shop(&s);
    assert_int_equal(chmod(s.folder, 0555), 0);
    fs_status status = shop_run_with(&s, false, NULL);
    chmod(s.folder, 0755);
    assert_int_equal(status, FS_RESOURCE);
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_see_the_canonical_tables_and_the_settings),
        cmocka_unit_test(models_see_what_customers_have_beside_the_canonical_columns),
        cmocka_unit_test(resuming_with_nothing_changed_makes_nothing),
        cmocka_unit_test(touching_a_file_changes_nothing_but_a_new_row_does),
        cmocka_unit_test(a_changed_mapping_or_reading_is_seen),
        cmocka_unit_test(without_resume_everything_is_made_again),
        cmocka_unit_test(a_run_whose_end_fails_never_appears_but_can_be_resumed),
        cmocka_unit_test(a_fault_in_a_model_shows_before_any_file_is_read),
        cmocka_unit_test(only_the_step_asked_for_and_what_it_needs_is_made),
        cmocka_unit_test(what_only_spark_can_do_is_told_before_any_file_is_read),
        cmocka_unit_test(a_step_that_is_not_there_is_told_before_any_file_is_read),
        cmocka_unit_test(the_plan_shows_mappings_and_models_without_running),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
