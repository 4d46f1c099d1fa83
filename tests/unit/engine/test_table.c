/* Tables as files: the same bytes for any number of threads, whole or not at all, harmless cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "foresell/engine.h"
#include "nanoarrow/nanoarrow.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/foresell-table-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char path[4][256];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static fs_engine *open_engine(int threads)
{
    fs_engine_settings settings = {.memory = 1 << 30, .threads = threads};
    fs_engine *engine = NULL;
    assert_int_equal(fs_engine_open(&settings, &engine, NULL), FS_OK);
    return engine;
}

static char *read_whole(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*bytes + 1);
    assert_int_equal(fread(data, 1, *bytes, file), *bytes);
    data[*bytes] = '\0';
    fclose(file);
    return data;
}

static bool same_bytes(const char *a, const char *b)
{
    size_t bytes_a, bytes_b;
    char *x = read_whole(a, &bytes_a), *y = read_whole(b, &bytes_b);
    bool same = bytes_a == bytes_b && memcmp(x, y, bytes_a) == 0;
    free(x);
    free(y);
    return same;
}

static void parquet_has_the_same_bytes_for_any_number_of_threads(void **state)
{
    (void)state;
    static const char select[] = "select range as n, hash(range) % 1000 / 7 as x,"
                                 " 'item ' || cast(hash(range) % 500 as varchar) as item"
                                 " from range(700000)";
    static const char *const names[] = {"one.parquet", "two.parquet", "four.parquet"};
    static const int threads[] = {1, 2, 4};
    for (int i = 0; i < 3; i++) {
        fs_engine *engine = open_engine(threads[i]);
        int64_t rows = 0;
        assert_int_equal(fs_engine_write_parquet(engine, select, in_folder(names[i]), &rows, NULL),
                         FS_OK);
        assert_int_equal(rows, 700000);
        /* and read back from a file of several row groups, with a filter, in order */
        char again[600];
        snprintf(again, sizeof again, "select * from read_parquet('%s') where n %% 3 = 0",
                 in_folder(names[i]));
        char copy[32];
        snprintf(copy, sizeof copy, "copy_%s", names[i]);
        assert_int_equal(fs_engine_write_parquet(engine, again, in_folder(copy), NULL, NULL),
                         FS_OK);
        fs_engine_close(engine);
    }
    assert_true(same_bytes(in_folder("one.parquet"), in_folder("two.parquet")));
    assert_true(same_bytes(in_folder("one.parquet"), in_folder("four.parquet")));
    assert_true(same_bytes(in_folder("copy_one.parquet"), in_folder("copy_two.parquet")));
    assert_true(same_bytes(in_folder("copy_one.parquet"), in_folder("copy_four.parquet")));
}

static void a_write_that_fails_leaves_no_file(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(1);
    fs_error error = {0};
    assert_int_not_equal(fs_engine_write_parquet(engine, "select error('stop') from range(3)",
                                                 in_folder("none.parquet"), NULL, &error),
                         FS_OK);
    assert_int_equal(access(in_folder("none.parquet"), F_OK), -1);
    assert_int_equal(access(in_folder("none.parquet.tmp"), F_OK), -1);
    assert_int_equal(
        fs_engine_write_parquet(engine, "select 1 as a", "/nowhere/at/all.parquet", NULL, &error),
        FS_RESOURCE);
    fs_engine_close(engine);
}

static void an_attached_file_is_a_view(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(2);
    int64_t value = 0;
    fs_error error = {0};
    assert_int_equal(fs_engine_write_parquet(engine, "select range as n from range(10)",
                                             in_folder("it's.parquet"), NULL, &error),
                     FS_OK);
    assert_int_equal(fs_engine_attach(engine, "odd \"name\"", in_folder("it's.parquet"), &error),
                     FS_OK);
    assert_int_equal(
        fs_engine_integer(engine, "select sum(n) from \"odd \"\"name\"\"\"", &value, &error),
        FS_OK);
    assert_int_equal(value, 45);
    assert_int_equal(fs_engine_attach(engine, "x", in_folder("missing.parquet"), &error),
                     FS_RESOURCE);
    fs_engine_close(engine);
}

static void cells_that_a_sheet_would_run_are_made_harmless(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(1);
    size_t bytes;
    assert_int_equal(
        fs_engine_export(
            engine,
            "select * from (values ('=1+1', -5, 1), ('+x', 2, 2), ('-y', 3, 3), ('@z', 4, 4),"
            " (chr(9) || 't', 5, 5), ('fine', 6, 6), (null, 7, 7)) v(\"=name\", number, k) order "
            "by k",
            in_folder("cells.csv"), NULL),
        FS_OK);
    char *text = read_whole(in_folder("cells.csv"), &bytes);
    assert_string_equal(
        text, "'=name,number,k\n'=1+1,-5,1\n'+x,2,2\n'-y,3,3\n'@z,4,4\n'\tt,5,5\nfine,6,6\n,7,7\n");
    free(text);
    assert_int_equal(fs_engine_export(engine, "select '=1' as a", in_folder("raw.jsonl"), NULL),
                     FS_OK);
    text = read_whole(in_folder("raw.jsonl"), &bytes);
    assert_string_equal(text, "{\"a\":\"=1\"}\n");
    free(text);
    assert_int_equal(fs_engine_export(engine, "select 1 as a", in_folder("what.docx"), NULL),
                     FS_USAGE);
    assert_int_equal(fs_engine_check_export("what.docx", NULL), FS_USAGE);
    assert_int_equal(fs_engine_check_export("what.csv.gz", NULL), FS_OK);
    fs_engine_close(engine);
}

static void workbooks_are_written_and_their_limit_is_told(void **state)
{
    (void)state;
    if (!getenv("FORESELL_EXTENSIONS")) skip();
    fs_engine *engine = open_engine(2);
    fs_error error = {0};
    int64_t value = 0;
    char sql[600];
    assert_int_equal(fs_engine_export(engine,
                                      "select '=1+1' as t, date '2011-12-09' as d, 2.5 as x",
                                      in_folder("a.xlsx"), &error),
                     FS_OK);
    snprintf(sql, sizeof sql,
             "select count(*) from read_xlsx('%s') where t = '''=1+1' and d = date '2011-12-09' "
             "and x = 2.5",
             in_folder("a.xlsx"));
    assert_int_equal(fs_engine_integer(engine, sql, &value, &error), FS_OK);
    assert_int_equal(value, 1);
    assert_int_equal(
        fs_engine_export(engine, "select range from range(1048577)", in_folder("b.xlsx"), &error),
        FS_DATA);
    assert_non_null(strstr(error.message, "1,048,576"));
    assert_true(error.remedy[0]);
    assert_int_equal(access(in_folder("b.xlsx"), F_OK), -1);
    fs_engine_close(engine);
}

/* ---- streams ---- */

typedef struct source {
    int64_t rows, each, given;
    int64_t fail_at; /* -1: never */
} source;

static void declare(struct ArrowSchema *schema)
{
    ArrowSchemaInit(schema);
    assert_int_equal(ArrowSchemaSetTypeStruct(schema, 4), NANOARROW_OK);
    static const enum ArrowType types[] = {NANOARROW_TYPE_INT64, NANOARROW_TYPE_STRING,
                                           NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_BOOL};
    static const char *const names[] = {"n", "t", "x", "b"};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(ArrowSchemaSetType(schema->children[i], types[i]), NANOARROW_OK);
        assert_int_equal(ArrowSchemaSetName(schema->children[i], names[i]), NANOARROW_OK);
    }
}

static void append_row(struct ArrowArray *batch, int64_t n)
{
    char text[32];
    snprintf(text, sizeof text, n % 2 ? "%lld" : "a rather long text %lld", (long long)n);
    assert_int_equal(ArrowArrayAppendInt(batch->children[0], n), NANOARROW_OK);
    assert_int_equal(n % 5 ? ArrowArrayAppendString(batch->children[1], ArrowCharView(text))
                           : ArrowArrayAppendNull(batch->children[1], 1),
                     NANOARROW_OK);
    assert_int_equal(n % 7 ? ArrowArrayAppendDouble(batch->children[2], (double)n / 4)
                           : ArrowArrayAppendNull(batch->children[2], 1),
                     NANOARROW_OK);
    assert_int_equal(ArrowArrayAppendInt(batch->children[3], n % 3 == 0), NANOARROW_OK);
    assert_int_equal(ArrowArrayFinishElement(batch), NANOARROW_OK);
}

static fs_status produce(void *context, struct ArrowArray *batch, bool *more, fs_error *error)
{
    source *s = context;
    if (s->fail_at >= 0 && s->given >= s->fail_at)
        return fs_fail(error, FS_DATA, "the producer stopped at row %lld", (long long)s->given);
    *more = s->given < s->rows;
    if (!*more) return FS_OK;
    struct ArrowSchema schema;
    declare(&schema);
    assert_int_equal(ArrowArrayInitFromSchema(batch, &schema, NULL), NANOARROW_OK);
    assert_int_equal(ArrowArrayStartAppending(batch), NANOARROW_OK);
    /* three rows before the first that counts: the offset must be honoured */
    for (int64_t i = -3; i < s->each && s->given + i < s->rows; i++)
        append_row(batch, s->given + i);
    assert_int_equal(ArrowArrayFinishBuildingDefault(batch, NULL), NANOARROW_OK);
    batch->offset = 3;
    batch->length -= 3;
    s->given += batch->length;
    schema.release(&schema);
    return FS_OK;
}

static void batches_give_a_file_that_does_not_show_how_they_were_cut(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(2);
    struct ArrowSchema schema;
    int64_t rows = 0, value = 0;
    declare(&schema);
    source big = {.rows = 300001, .each = 50000, .fail_at = -1},
           small = {.rows = 300001, .each = 777, .fail_at = -1};
    assert_int_equal(fs_engine_write_batches(engine, &schema, produce, &big,
                                             in_folder("big.parquet"), &rows, NULL),
                     FS_OK);
    assert_int_equal(rows, 300001);
    assert_int_equal(fs_engine_write_batches(engine, &schema, produce, &small,
                                             in_folder("small.parquet"), NULL, NULL),
                     FS_OK);
    assert_true(same_bytes(in_folder("big.parquet"), in_folder("small.parquet")));
    assert_int_equal(fs_engine_attach(engine, "s", in_folder("small.parquet"), NULL), FS_OK);
    assert_int_equal(
        fs_engine_integer(
            engine,
            "select count(*) from (select *, row_number() over () - 1 as r from s) where n = r"
            " and t is not distinct from case when n % 5 = 0 then null when n % 2 = 1 then cast(n "
            "as varchar)"
            " else 'a rather long text ' || cast(n as varchar) end"
            " and x is not distinct from case when n % 7 = 0 then null else n / 4 end and b = (n % "
            "3 = 0)",
            &value, NULL),
        FS_OK);
    assert_int_equal(value, 300001);
    schema.release(&schema);
    fs_engine_close(engine);
}

static void a_producer_that_fails_is_told_and_leaves_no_file(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(2);
    struct ArrowSchema schema;
    fs_error error = {0};
    declare(&schema);
    source s = {.rows = 300001, .each = 5000, .fail_at = 20000};
    assert_int_equal(fs_engine_write_batches(engine, &schema, produce, &s,
                                             in_folder("failed.parquet"), NULL, &error),
                     FS_DATA);
    assert_string_equal(error.message, "the producer stopped at row 20000");
    assert_int_equal(access(in_folder("failed.parquet"), F_OK), -1);
    source none = {.rows = 0, .each = 10, .fail_at = -1};
    int64_t rows = -1, value = -1;
    assert_int_equal(fs_engine_write_batches(engine, &schema, produce, &none,
                                             in_folder("empty.parquet"), &rows, &error),
                     FS_OK);
    assert_int_equal(rows, 0);
    assert_int_equal(fs_engine_attach(engine, "e", in_folder("empty.parquet"), NULL), FS_OK);
    assert_int_equal(fs_engine_integer(engine, "select count(n) + count(t) from e", &value, NULL),
                     FS_OK);
    assert_int_equal(value, 0);
    assert_int_not_equal(fs_engine_execute(engine, "select * from fs_stream(1)", &error), FS_OK);
    schema.release(&schema);
    fs_engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parquet_has_the_same_bytes_for_any_number_of_threads),
        cmocka_unit_test(a_write_that_fails_leaves_no_file),
        cmocka_unit_test(an_attached_file_is_a_view),
        cmocka_unit_test(cells_that_a_sheet_would_run_are_made_harmless),
        cmocka_unit_test(workbooks_are_written_and_their_limit_is_told),
        cmocka_unit_test(batches_give_a_file_that_does_not_show_how_they_were_cut),
        cmocka_unit_test(a_producer_that_fails_is_told_and_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
