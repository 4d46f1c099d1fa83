/* Delimited text: records, fields, lines, faults. */
#include <pthread.h>
#include <stdatomic.h>

#include "source_test.h"

static void a_header_and_records_are_read(void **state)
{
    (void)state;
    READS(&comma, "a,b\n1,2\n3,4\n", "a,b\n2|1|2\n3|3|4\n");
    READS(&comma, "a,b\r\n1,2\r\n3,4", "a,b\n2|1|2\n3|3|4\n");
    READS(&comma, "a,b\r1,2\r3,4\r", "a,b\n2|1|2\n3|3|4\n");
    READS(&comma, "a,b\n,\n,x\n", "a,b\n2||\n3||x\n");
}

static void a_file_without_header_names_its_columns(void **state)
{
    (void)state;
    fs_dialect d = comma;
    d.header = false;
    READS(&d, "1,2\n3,4\n", "column_1,column_2\n1|1|2\n2|3|4\n");
}

static void empty_files_and_lone_headers_have_no_records(void **state)
{
    (void)state;
    READS(&comma, "", "\n");
    READS(&comma, "\n\n\r\n", "\n");
    READS(&comma, "a,b\n", "a,b\n");
    READS(&comma, "a,b", "a,b\n");
    READS(&comma, "\xef\xbb\xbf", "\n");
}

static void blank_lines_are_passed_over_but_counted(void **state)
{
    (void)state;
    READS(&comma, "\na,b\n\n1,2\r\n\r\n  \n3,4\n\n", "a,b\n4|1|2\n7|3|4\n");
    fs_dialect one = comma;
    one.delimiter = 0;
    READS(&one, "a\nx,y\n\nz\n", "a\n2|x,y\n3|\n4|z\n");
}

static void quotes_hold_delimiters_and_line_ends(void **state)
{
    (void)state;
    READS(&comma, "a,b\n\"x,y\",\"1\n2\r\n3\"\nz,\"\"\n", "a,b\n2|qx,y|q1\n2\r\n3\n5|z|q\n");
    READS(&comma, "a,b\n\"he said \"\"no\"\"\",\"\"\"\"\n", "a,b\n2|qhe said \"no\"|q\"\n");
    READS(&comma, "\"a\",\"b\"\r\"1\r2\",3\r4,5\r", "a,b\n2|q1\r2|3\n4|4|5\n");
}

static void blanks_around_quotes_do_not_matter(void **state)
{
    (void)state;
    READS(&comma, "a,b\n \"x,y\" , \"z\"  \n", "a,b\n2|qx,y|qz\n");
}

static void a_quote_elsewhere_is_text(void **state)
{
    (void)state;
    READS(&comma, "a,b\n5\" nail,3\nx\"y\"z,\"4\"\n", "a,b\n2|5\" nail|3\n3|x\"y\"z|q4\n");
    READS(&comma, "a,b\n\"5\" nail\",3\n6,7\n", "a,b\n2|q5\" nail|3\n3|6|7\n");
}

static void an_unclosed_quote_costs_its_line_only(void **state)
{
    (void)state;
    READS(&comma, "a,b\n1,\"x\n2,y\n3,z\n", "a,b\n2!unclosed quote!|1,\"x\n3|2|y\n4|3|z\n");
    READS(&comma, "a,b\n1,x\n2,\"y", "a,b\n2|1|x\n3!unclosed quote!|2,\"y\n");
    READS(&comma, "a,b\n\"1\n\"2\n\"3\n4,z\n",
          "a,b\n2!unclosed quote!|\"1\n3!unclosed quote!|\"2\n4!unclosed quote!|\"3\n5|4|z\n");
    READS(&comma, "a,b\n\"k\nl\",\"m\n5,6\n", "a,b\n2!unclosed quote!|\"k\nl\",\"m\n4|5|6\n");
    READS(&comma, "a,b\n1,\"\"\"\n2,y\n", "a,b\n2!unclosed quote!|1,\"\"\"\n3|2|y\n");
}

static void ragged_records_are_faults_with_their_text(void **state)
{
    (void)state;
    READS(&comma, "a,b\n1\n1,2,3\n4,5\n",
          "a,b\n2!too few fields!|1\n3!too many fields!|1|2|3\n4|4|5\n");
}

static void a_delimiter_at_each_end_is_an_unnamed_column(void **state)
{
    (void)state;
    READS(&comma, "a,b,\n1,2,\n3,4,\n", "a,b,column_3\n2|1|2|\n3|3|4|\n");
    READS(&comma, "a,b\n1,2,\n3,4,\n", "a,b,column_3\n2|1|2|\n3|3|4|\n");
    READS(&comma, "a,b,\n1,2\n3,4\n", "a,b\n2|1|2\n3|3|4\n");
    READS(&comma, "a,b\nr1,2,3\nr2,4,5\n", "column_1,a,b\n2|r1|2|3\n3|r2|4|5\n");
}

static void nul_bytes_and_broken_utf8_are_faults_of_their_record(void **state)
{
    (void)state;
    const char data[] = "a,b\n1,\0\n2,\xff\n3,\xc3\xa9\n";
    const char expected[] = "a,b\n2!NUL byte!|1|\0\n3!invalid UTF-8!|2|\xff\n4|3|\xc3\xa9\n";
    fs_buffer out = {0};
    fs_error error = {0};
    assert_int_equal(read_all(data, sizeof data - 1, &comma, 0, 16, &out, NULL, &error), FS_OK);
    assert_int_equal(out.size, sizeof expected - 1);
    assert_memory_equal(out.data, expected, out.size);
    fs_buffer_free(&out);
}

static void names_are_unique_and_never_empty(void **state)
{
    (void)state;
    READS(&comma, "a,A,,a, b ,a_2,\"x\"\"y; drop table\"\n",
          "a,A_2,column_3,a_3,b,a_2_2,x\"y; drop table\n");
}

static void lines_before_the_table_are_skipped(void **state)
{
    (void)state;
    fs_dialect d = comma;
    d.skip = 3;
    READS(&d, "Report \"of\r\n\r\nMay\r\na,b\r\n1,2\r\n", "a,b\n5|1|2\n");
    READS(&d, "one\ntwo", "\n");
}

static void other_delimiters_work_the_same(void **state)
{
    (void)state;
    for (const char *c = ";\t|^~:\x01\x1f"; *c; c++) {
        char data[] = "a;b\n1;\"2;3\"\n";
        for (char *p = data; *p; p++)
            if (*p == ';') *p = *c;
        char expected[] = "a,b\n2|1|q2;3\n";
        expected[10] = *c;
        fs_dialect d = comma;
        d.delimiter = *c;
        assert_reads(&d, data, strlen(data), expected);
    }
}

static void runs_of_blanks_separate_once(void **state)
{
    (void)state;
    const fs_dialect d = {
        .delimiter = ' ', .runs = true, .quote = '"', .escape = '"', .header = true};
    READS(&d, "  id   date  n\n 00001 19970101  1  \n2\t3 \t\"4 5\" \n\n  \n6 7\n",
          "id,date,n\n2|00001|19970101|1\n3|2|3|q4 5\n6!too few fields!|6|7\n");
}

static void backslashes_escape_where_the_dialect_says_so(void **state)
{
    (void)state;
    const fs_dialect d = {.delimiter = ',', .quote = '"', .escape = '\\', .header = true};
    READS(&d, "a,b\n\"x\\\"y\",\"C:\\temp\"\n\\\"x,y\\,z\n\"\\\\\",\"\\\n\"\n\"1\\\",2\n3,4\n",
          "a,b\n2|qx\"y|qC:\\temp\n3|\"x|y,z\n4|q\\|q\n\n6!unclosed quote!|\"1\\\",2\n7|3|4\n");
}

static void no_quote_means_none(void **state)
{
    (void)state;
    const fs_dialect d = {.delimiter = ',', .header = true};
    READS(&d, "a,b\n\"1,2\"\n", "a,b\n2|\"1|2\"\n");
}

static void stats_count_lines_records_and_bytes(void **state)
{
    (void)state;
    const char data[] = "a,b\r\n1,\"x\ny\"\n\n3,4";
    fs_buffer out = {0};
    fs_text_stats stats;
    fs_error error = {0};
    assert_int_equal(read_all(data, sizeof data - 1, &comma, 1, 8, &out, &stats, &error), FS_OK);
    assert_int_equal(stats.bytes, sizeof data - 1);
    assert_int_equal(stats.lines, 5);
    assert_int_equal(stats.records, 2);
    fs_digest digest;
    char hex[FS_DIGEST_HEX];
    fs_digest_start(&digest);
    fs_digest_add(&digest, data, sizeof data - 1);
    fs_digest_end(&digest, hex);
    assert_string_equal(stats.digest, hex);
    fs_buffer_free(&out);
}

/* ---- records that are too long ---- */

/* "a,b\n1,2\n", then `bytes` times `fill`, then "\n3,4\n". */
typedef struct long_file {
    const char *head;
    char fill;
    size_t bytes;
    const char *tail;
} long_file;

static fs_status long_read(void *context, void *data, size_t capacity, size_t *got, fs_error *error)
{
    long_file *f = context;
    (void)error;
    const char **part = *f->head ? &f->head : &f->tail;
    if (!*f->head && f->bytes) {
        *got = f->bytes < capacity ? f->bytes : capacity;
        memset(data, f->fill, *got);
        f->bytes -= *got;
        return FS_OK;
    }
    *got = strlen(*part) < capacity ? strlen(*part) : capacity;
    memcpy(data, *part, *got);
    *part += *got;
    return FS_OK;
}

typedef struct seen {
    int records;
    int64_t fault_line, last_line;
    size_t fault_bytes;
    const char *fault;
} seen;

static seen read_long(long_file f)
{
    fs_text *text;
    fs_cursor *cursor;
    fs_text_block *block;
    fs_record r;
    fs_error error = {0};
    seen s = {0};
    fs_reader reader = {.context = &f, .read = long_read, .size = -1};
    assert_int_equal(fs_text_open(reader, "long.csv", &comma, &text, &error), FS_OK);
    assert_int_equal(fs_cursor_open(text, &cursor, &error), FS_OK);
    while (assert_int_equal(fs_text_next(text, &block, &error), FS_OK), block) {
        fs_cursor_start(cursor, block);
        for (; fs_cursor_next(cursor, &r); s.records++) {
            s.last_line = r.line;
            if (!r.fault) continue;
            s.fault = r.fault;
            s.fault_line = r.line;
            s.fault_bytes = r.bytes;
        }
        fs_text_block_free(block);
    }
    assert_true(text->capacity < 3 * (size_t)FS_RECORD_MAX);
    fs_cursor_close(cursor);
    fs_text_close(text);
    return s;
}

static void a_line_that_is_too_long_is_cut_in_bounded_memory(void **state)
{
    (void)state;
    seen s = read_long((long_file){"a,b\n1,2\n", 'x', 5 * (size_t)FS_RECORD_MAX, "\r\n3,4\n"});
    assert_int_equal(s.records, 3);
    assert_string_equal(s.fault, "record too long");
    assert_int_equal(s.fault_line, 3);
    assert_int_equal(s.fault_bytes, 4096);
    assert_int_equal(s.last_line, 4);
}

static void a_long_quoted_line_is_cut_as_well(void **state)
{
    (void)state;
    seen s = read_long((long_file){"a,b\n1,\"", 'x', 3 * (size_t)FS_RECORD_MAX, "\"\n3,4\n"});
    assert_int_equal(s.records, 2);
    assert_string_equal(s.fault, "record too long");
    assert_int_equal(s.last_line, 3);
}

static void quotes_open_for_too_long_are_given_up_line_by_line(void **state)
{
    (void)state;
    seen s =
        read_long((long_file){"a,b\n1,\"x\n", '\n', 2 * (size_t)FS_RECORD_MAX, "3,4\"\n5,6\n"});
    assert_int_equal(s.records, 3);
    assert_string_equal(s.fault, "unclosed quote");
    assert_int_equal(s.fault_line, 2);
    assert_int_equal(s.last_line, 4 + 2 * (int64_t)FS_RECORD_MAX);
}

static void a_million_unclosed_quotes_take_no_longer_than_a_million_lines(void **state)
{
    (void)state;
    enum { LINES = 300000 };
    fs_buffer data = {0}, out = {0};
    fs_error error = {0};
    assert_int_equal(fs_buffer_text(&data, "a,b\n"), FS_OK);
    for (int i = 0; i < LINES; i++)
        assert_int_equal(fs_buffer_text(&data, "1,\"never closed\n"), FS_OK);
    fs_text_stats stats;
    assert_int_equal(
        read_all(data.data, data.size, &comma, 0, FS_SOURCE_BLOCK, &out, &stats, &error), FS_OK);
    assert_int_equal(stats.records, LINES);
    fs_buffer_free(&data);
    fs_buffer_free(&out);
}

/* ---- threads ---- */

typedef struct shared {
    pthread_mutex_t lock;
    fs_text *text;
    atomic_llong records, fields;
} shared;

static fs_status read_blocks(void *context, int64_t index, int worker, fs_error *error)
{
    shared *s = context;
    fs_cursor *cursor;
    (void)index;
    (void)worker;
    FS_TRY(fs_cursor_open(s->text, &cursor, error));
    for (;;) {
        fs_text_block *block;
        fs_record record;
        pthread_mutex_lock(&s->lock);
        fs_status status = fs_text_next(s->text, &block, error);
        pthread_mutex_unlock(&s->lock);
        if (status != FS_OK || !block) {
            fs_cursor_close(cursor);
            return status;
        }
        fs_cursor_start(cursor, block);
        while (fs_cursor_next(cursor, &record)) {
            atomic_fetch_add(&s->records, 1);
            atomic_fetch_add(&s->fields, record.fields);
        }
        fs_text_block_free(block);
    }
}

static void several_threads_read_a_file_together(void **state)
{
    (void)state;
    enum { LINES = 20000 };
    fs_buffer data = {0};
    fs_error error = {0};
    assert_int_equal(fs_buffer_text(&data, "a,b,c\n"), FS_OK);
    for (int i = 0; i < LINES; i++)
        assert_int_equal(fs_buffer_printf(&data, "%d,\"say \"\"%d\"\"\n\",x\n", i, i), FS_OK);
    fs_source_memory memory = {data.data, data.size};
    shared s = {.lock = PTHREAD_MUTEX_INITIALIZER};
    assert_int_equal(fs_source_text_open(fs_source_reader_memory(&memory), "t.csv", &comma, 5000,
                                         &s.text, &error),
                     FS_OK);
    assert_int_equal(fs_parallel(4, 4, read_blocks, &s, &error), FS_OK);
    fs_text_stats stats;
    fs_text_stats_get(s.text, &stats);
    assert_int_equal(s.records, LINES);
    assert_int_equal(stats.records, LINES);
    assert_int_equal(s.fields, 3 * LINES);
    assert_int_equal(stats.lines, 1 + 2 * LINES);
    fs_text_close(s.text);
    fs_buffer_free(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_and_records_are_read),
        cmocka_unit_test(a_file_without_header_names_its_columns),
        cmocka_unit_test(empty_files_and_lone_headers_have_no_records),
        cmocka_unit_test(blank_lines_are_passed_over_but_counted),
        cmocka_unit_test(quotes_hold_delimiters_and_line_ends),
        cmocka_unit_test(blanks_around_quotes_do_not_matter),
        cmocka_unit_test(a_quote_elsewhere_is_text),
        cmocka_unit_test(an_unclosed_quote_costs_its_line_only),
        cmocka_unit_test(ragged_records_are_faults_with_their_text),
        cmocka_unit_test(a_delimiter_at_each_end_is_an_unnamed_column),
        cmocka_unit_test(nul_bytes_and_broken_utf8_are_faults_of_their_record),
        cmocka_unit_test(names_are_unique_and_never_empty),
        cmocka_unit_test(lines_before_the_table_are_skipped),
        cmocka_unit_test(other_delimiters_work_the_same),
        cmocka_unit_test(runs_of_blanks_separate_once),
        cmocka_unit_test(backslashes_escape_where_the_dialect_says_so),
        cmocka_unit_test(no_quote_means_none),
        cmocka_unit_test(stats_count_lines_records_and_bytes),
        cmocka_unit_test(a_line_that_is_too_long_is_cut_in_bounded_memory),
        cmocka_unit_test(a_long_quoted_line_is_cut_as_well),
        cmocka_unit_test(quotes_open_for_too_long_are_given_up_line_by_line),
        cmocka_unit_test(several_threads_read_a_file_together),
        cmocka_unit_test(a_million_unclosed_quotes_take_no_longer_than_a_million_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
