/* What a file is and how it is written, from its first bytes. */
#include "source_test.h"

static fs_sniffed sniff(const char *data, size_t bytes)
{
    fs_sniffed s;
    fs_error error = {0};
    if (fs_sniff(data, bytes, &s, &error) != FS_OK) fail_msg("%s", error.message);
    return s;
}
#define SNIFF(text) sniff(text, sizeof(text) - 1)

/* "," or " " with '*' for runs, then h for a header, then lines to skip. */
static void assert_dialect(const char *text, const char *expected)
{
    fs_sniffed s = sniff(text, strlen(text));
    char found[32];
    snprintf(found, sizeof found, "%c%s%s%d", s.dialect.delimiter ? s.dialect.delimiter : '0',
             s.dialect.runs ? "*" : "", s.dialect.header ? "h" : "", (int)s.dialect.skip);
    assert_true(s.is_text);
    if (strcmp(found, expected) != 0)
        fail_msg("%s\nis \"%s\" (%s), not \"%s\"", text, found, s.reason, expected);
}

static void the_usual_delimiters_are_told_apart(void **state)
{
    (void)state;
    assert_dialect("day,item,units\n2024-01-01,apple,3\n2024-01-02,pear,4\n", ",h0");
    assert_dialect("day;item;units\n01.01.2024;apple;3,5\n02.01.2024;pear;4,25\n", ";h0");
    assert_dialect("day\titem\tunits\n2024-01-01\tapple, red\t3\n2024-01-02\tpear\t4\n", "\th0");
    assert_dialect("day|item|units\n2024-01-01|apple|3\n2024-01-02|pear|4\n", "|h0");
    assert_dialect("day^item^units\n2024-01-01^apple^3\n2024-01-02^pear^4\n", "^h0");
    assert_dialect("day~item~units\n2024-01-01~apple~3\n2024-01-02~pear~4\n", "~h0");
    assert_dialect(" id  day  n  amount\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n",
                   " *h0");
    assert_dialect("a:b:c\n1:2:3\n4:5:6\n", ":h0");
}

static void columns_that_blanks_line_up_are_found(void **state)
{
    (void)state;
    static const char text[] = "Sales of the shop\n"
                               "day         item         units  seller\n"
                               "2024-01-01  red apple        3  Ann Lee\n"
                               "2024-01-02  pear            12\n"
                               "2024-01-03                   1  Bo\n"
                               "2024-01-04  Gr\u00f6\u00dfe 5 x        2  Ann Lee\n"
                               "2024-01-05  plum             4  Ann Lee\n"
                               "2024-01-06  plum a fig       4  \n";
    fs_sniffed s = sniff(text, strlen(text));
    assert_int_equal(s.dialect.widths, 4);
    assert_int_equal(s.dialect.start[1], 12);
    assert_int_equal(s.dialect.start[2], 25);
    assert_int_equal(s.dialect.start[3], 32);
    assert_int_equal(s.dialect.skip, 1);
    assert_true(s.dialect.header);
    /* words of sentences, and delimited files that are lined up, are something else */
    assert_int_equal(SNIFF("a bird in the hand\nis worth two in\nthe bush but not\nif it sings\n"
                           "as they say here\n")
                         .dialect.widths,
                     0);
    assert_dialect("day       , item , units\n2024-01-01, a b  , 3\n2024-01-02, c    , 4\n"
                   "2024-01-03, d e  , 5\n2024-01-04, f    , 6\n2024-01-05, g    , 7\n",
                   ",h0");
    assert_dialect("day,item,units,price,\"a;b -\"\n2024-01-01,A0,3,2.50,note 0\n"
                   "2024-01-02,A1,3,2.50,note 1\n2024-01-03,A2,3,2.50,note 2\n"
                   "2024-01-04,A3,3,2.50,note 3\n2024-01-05,A4,3,2.50,note 4\n",
                   ",h0");
}

static void words_of_a_long_header_are_no_columns(void **state)
{
    (void)state;
    char text[8192];
    size_t bytes = (size_t)snprintf(text, sizeof text,
                                    "Order No,Order Day,First Name of the Buyer,"
                                    "Country Code of the Address,Item Name\n");
    for (int i = 0; i < 60; i++)
        bytes += (size_t)snprintf(text + bytes, sizeof text - bytes,
                                  "%d,2024-01-%02d,Al,ES,Wool %d\n", 1000 + i, i % 28 + 1, i % 7);
    fs_sniffed s = sniff(text, bytes);
    assert_int_equal(s.dialect.widths, 0);
    assert_int_equal(s.dialect.delimiter, ',');
    assert_int_equal(s.fields, 5);
}

static void decimal_commas_do_not_make_commas_delimiters(void **state)
{
    (void)state;
    assert_dialect("1,5;2,5;3,5\n4,5;5,5;6,5\n7,5;8,5;9,5\n", ";0");
    assert_dialect("x;y\n1,5;2,5\n4,5;5,5\n7,5;8,5\n", ";h0");
}

static void quoted_delimiters_and_line_ends_do_not_mislead(void **state)
{
    (void)state;
    assert_dialect("id,text\n1,\"a;b;c\nd\"\n2,\"e;f;g\"\n3,\"h;i;j\n\nk\"\n", ",h0");
    fs_sniffed s = SNIFF("id;note\n1;'a;b'\n2;'c;d'\n3;'e'\n");
    assert_int_equal(s.dialect.quote, '\'');
    s = SNIFF("id,note\n1,\"say \\\"a\\\", b\"\n2,\"c, \\\"d\\\" e\"\n");
    assert_int_equal(s.dialect.escape, '\\');
}

static void one_column_is_possible(void **state)
{
    (void)state;
    assert_dialect("item\napple\npear\ncherry\n", "0h0");
    assert_dialect("when\n2024-01-01 08:00:00\n2024-01-02 09:00:00\n2024-01-02 09:30:00\n", "0h0");
    assert_dialect("units\n3\n4\n5\n", "0h0");
    assert_dialect("3\n4\n5\n", "00");
}

static void headers_are_seen_by_what_stands_below(void **state)
{
    (void)state;
    assert_dialect("apple,3\npear,4\ncherry,5\n", ",0");
    assert_dialect("1,2\n3,4\n", ",0");
    assert_dialect("name,town\nAda,London\nEmmy,Erlangen\nMarie,Paris\n", ",h0");
    assert_dialect("item,2019,2020,2021\napple,3,4,5\npear,6,7,8\n", ",h0");
    assert_dialect("store,item,2021-04-12,2021-04-19\n0,126,0.0,3.0\n0,182,1.0,0.0\n", ",h0");
    assert_dialect("a,b,c\n", ",h0");
    assert_dialect("1,2,3\n", ",0");
    assert_dialect("2024-01-01,5\n2024-01-02,6\n", ",0");
}

static void titles_above_the_table_are_skipped(void **state)
{
    (void)state;
    assert_dialect(
        "Sales report May 2024\n\nday,item,units\n2024-01-01,apple,3\n2024-01-02,pear,4\n", ",h2");
    assert_dialect("Report;;\n;;\nday;item;units\n2024-01-01;apple;3\n2024-01-02;pear;4\n", ";h2");
    assert_dialect("Region,North,,South,\nday,units,sales,units,sales\n1,2,3,4,5\n2,3,4,5,6\n",
                   ",h1");
    assert_dialect("# made by shop 3.1\nday,item,units\n2024-01-01,apple,3\n2024-01-02,pear,4\n",
                   ",h1");
}

static void encodings_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(SNIFF("a,b\n1,caf\xc3\xa9\n").dialect.encoding, FS_UTF8);
    assert_int_equal(SNIFF("a,b\n1,caf\xe9\n").dialect.encoding, FS_LATIN1);
    assert_int_equal(SNIFF("\xff\xfe"
                           "a\0,\0b\0\n\0")
                         .dialect.encoding,
                     FS_UTF16LE);
    assert_int_equal(SNIFF("\0a\0,\0b\0\n\0"
                           "1\0,\0"
                           "2\0\n")
                         .dialect.encoding,
                     FS_UTF16BE);
    assert_true(SNIFF("a,b\n1,2\n").ascii);
    assert_false(SNIFF("a,b\n1,caf\xc3\xa9\n").ascii);
    fs_sniffed s = SNIFF("a\0;\0b\0\n\0"
                         "1\0;\0"
                         "2\0\n\0");
    assert_int_equal(s.dialect.encoding, FS_UTF16LE);
    assert_int_equal(s.dialect.delimiter, ';');
    assert_true(s.is_text);
}

static void binary_files_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *what;
    } cases[] = {{"PAR1....", "parquet"},
                 {"%PDF-1.7", "pdf document"},
                 {"SQLite format 3", "sqlite database"},
                 {"\x89PNG\r\n\x1a\n", "png image"},
                 {"\xff\xd8\xff\xe0", "jpeg image"},
                 {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old office file (xls)"},
                 {"BZh9", "bzip2"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fs_sniffed s = sniff(cases[i].bytes, strlen(cases[i].bytes) + 1);
        assert_false(s.is_text);
        assert_string_equal(s.what, cases[i].what);
    }
    assert_string_equal(SNIFF("PK\3\4....xl/workbook.xml").what, "xlsx");
    char noise[1000];
    uint64_t random = 2;
    for (size_t i = 0; i < sizeof noise; i++) noise[i] = (char)next_random(&random);
    assert_false(sniff(noise, sizeof noise).is_text);
}

static void a_stray_nul_does_not_make_a_file_binary(void **state)
{
    (void)state;
    assert_true(SNIFF("a,b\n1,\0\n2,3\n4,5\n").is_text);
}

static void text_that_is_no_table_is_named(void **state)
{
    (void)state;
    assert_string_equal(SNIFF("{\"a\": 1}\n{\"a\": 2}\n").what, "json");
    assert_string_equal(SNIFF(" [ {\"a\": 1} ]").what, "json");
    assert_string_equal(SNIFF("<?xml version=\"1.0\"?><a/>").what, "xml");
    assert_string_equal(SNIFF("<!DOCTYPE html><html>").what, "html");
    assert_string_equal(SNIFF("").what, "empty file");
}

static void compressed_samples_are_looked_into_even_if_cut(void **state)
{
    (void)state;
    fs_buffer text = {0};
    unsigned char packed[40000];
    assert_int_equal(fs_buffer_text(&text, "day;units\n"), FS_OK);
    uint64_t random = 4;
    for (int i = 0; i < 20000; i++)
        assert_int_equal(
            fs_buffer_printf(&text, "2024-01-%02d;%u\n", i % 28 + 1, next_random(&random)), FS_OK);
    z_stream z = {.next_in = (unsigned char *)text.data,
                  .avail_in = (unsigned)text.size,
                  .next_out = packed,
                  .avail_out = sizeof packed};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_OK); /* there is more than fits */
    deflateEnd(&z);
    fs_sniffed s = sniff((char *)packed, sizeof packed);
    assert_true(s.is_text);
    assert_string_equal(s.what, "gzip");
    assert_int_equal(s.dialect.delimiter, ';');
    assert_true(s.dialect.header);
    assert_true(s.certainty == 1);
    fs_buffer_free(&text);
}

static void each_allocation_of_sniffing_may_fail(void **state)
{
    (void)state;
    const char text[] = "day;units\n2024-01-01;1\n2024-01-02;2\n";
    int64_t n = 0;
    for (;; n++) {
        fs_sniffed s;
        fs_error error = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_sniff(text, sizeof text - 1, &s, &error);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        if (!failed) break;
        assert_int_equal(status, FS_MEMORY);
    }
    assert_true(n > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_delimiters_are_told_apart),
        cmocka_unit_test(columns_that_blanks_line_up_are_found),
        cmocka_unit_test(words_of_a_long_header_are_no_columns),
        cmocka_unit_test(decimal_commas_do_not_make_commas_delimiters),
        cmocka_unit_test(quoted_delimiters_and_line_ends_do_not_mislead),
        cmocka_unit_test(one_column_is_possible),
        cmocka_unit_test(headers_are_seen_by_what_stands_below),
        cmocka_unit_test(titles_above_the_table_are_skipped),
        cmocka_unit_test(encodings_are_told_apart),
        cmocka_unit_test(binary_files_are_named),
        cmocka_unit_test(a_stray_nul_does_not_make_a_file_binary),
        cmocka_unit_test(text_that_is_no_table_is_named),
        cmocka_unit_test(compressed_samples_are_looked_into_even_if_cut),
        cmocka_unit_test(each_allocation_of_sniffing_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
