/* Where bytes come from: files that change, compression, encodings. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source_test.h"

/* ---- files ---- */

static void make_file(char path[64], const char *data, size_t bytes)
{
    snprintf(path, 64, "%s/foresell-source-XXXXXX", P_tmpdir);
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, data, bytes), (ssize_t)bytes);
    close(descriptor);
}

static void a_file_is_read_whole(void **state)
{
    (void)state;
    char path[64], data[64];
    fs_reader reader;
    fs_error error = {0};
    size_t got;
    make_file(path, "a,b\n1,2\n", 8);
    assert_int_equal(fs_reader_open_file(path, &reader, &error), FS_OK);
    assert_int_equal(reader.size, 8);
    assert_int_equal(reader.read(reader.context, data, sizeof data, &got, &error), FS_OK);
    assert_int_equal(got, 8);
    assert_int_equal(reader.read(reader.context, data, sizeof data, &got, &error), FS_OK);
    assert_int_equal(got, 0);
    reader.close(reader.context);
    unlink(path);
}

static void missing_files_folders_and_permissions_are_told_apart(void **state)
{
    (void)state;
    fs_reader reader;
    fs_error error = {0};
    assert_int_equal(fs_reader_open_file("no/such/file.csv", &reader, &error), FS_RESOURCE);
    assert_non_null(strstr(error.message, "no such file"));
    assert_string_equal(error.file, "no/such/file.csv");
    assert_true(error.remedy[0]);
    assert_int_equal(fs_reader_open_file(P_tmpdir, &reader, &error), FS_RESOURCE);
    assert_non_null(strstr(error.message, "folder"));
    if (geteuid() == 0) return; /* may read everything */
    char path[64];
    make_file(path, "x", 1);
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(fs_reader_open_file(path, &reader, &error), FS_RESOURCE);
    assert_non_null(strstr(error.message, "permission"));
    unlink(path);
}

/* Opens a file of 8 bytes, changes it, reads it. */
static fs_error read_changed(void (*change)(const char *path))
{
    char path[64], data[64];
    fs_reader reader;
    fs_error error = {0};
    size_t got = 1;
    make_file(path, "a,b\n1,2\n", 8);
    assert_int_equal(fs_reader_open_file(path, &reader, &error), FS_OK);
    change(path);
    fs_status status = FS_OK;
    while (status == FS_OK && got)
        status = reader.read(reader.context, data, sizeof data, &got, &error);
    assert_int_equal(status, FS_DATA);
    reader.close(reader.context);
    unlink(path);
    return error;
}

static void shrink(const char *path) { assert_int_equal(truncate(path, 3), 0); }
static void grow_it(const char *path) { assert_int_equal(truncate(path, 30), 0); }
static void touch(const char *path)
{
    const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void a_file_that_changes_while_it_is_read_is_an_error(void **state)
{
    (void)state;
    assert_non_null(strstr(read_changed(shrink).message, "became shorter"));
    assert_non_null(strstr(read_changed(grow_it).message, "grew"));
    assert_non_null(strstr(read_changed(touch).message, "was written to"));
}

/* ---- compression ---- */

static void add_gzip(fs_buffer *out, const char *text)
{
    unsigned char packed[4096];
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (unsigned)strlen(text);
    z.next_out = packed;
    z.avail_out = sizeof packed;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(fs_buffer_add(out, packed, sizeof packed - z.avail_out), FS_OK);
    deflateEnd(&z);
}

static void add_zstd(fs_buffer *out, const char *text)
{
    char packed[4096];
    size_t bytes = ZSTD_compress(packed, sizeof packed, text, strlen(text), 3);
    assert_false(ZSTD_isError(bytes));
    assert_int_equal(fs_buffer_add(out, packed, bytes), FS_OK);
}

static void gzip_and_zstd_are_seen_and_may_have_several_parts(void **state)
{
    (void)state;
    fs_buffer file = {0};
    add_gzip(&file, "a,b\n1,");
    add_gzip(&file, "");
    add_gzip(&file, "2\n3,4\n");
    assert_int_equal(fs_buffer_add(&file, "\0\0\0", 3), FS_OK);
    assert_reads(&comma, file.data, file.size, "a,b\n2|1|2\n3|3|4\n");
    fs_buffer_clear(&file);
    add_zstd(&file, "a,b\n1,");
    add_zstd(&file, "2\n3,4\n");
    assert_reads(&comma, file.data, file.size, "a,b\n2|1|2\n3|3|4\n");
    fs_buffer_free(&file);
}

static void an_unpacking_reader_gives_the_plain_bytes_and_closes_what_it_was_given(void **state)
{
    (void)state;
    char path[64], data[64];
    fs_buffer file = {0};
    fs_reader stored, plain;
    fs_error error = {0};
    size_t got, all = 0;
    add_gzip(&file, "[1, ");
    add_gzip(&file, "2]");
    make_file(path, file.data, file.size);
    assert_int_equal(fs_reader_open_file(path, &stored, &error), FS_OK);
    assert_int_equal(fs_reader_unpack(stored, path, &plain, &error), FS_OK);
    do {
        assert_int_equal(plain.read(plain.context, data + all, 3, &got, &error), FS_OK);
        all += got;
    } while (got);
    assert_int_equal(all, 6);
    assert_memory_equal(data, "[1, 2]", 6);
    plain.close(plain.context);
    for (int n = 0; n < 3; n++) { /* closed also where there is no memory: the sanitizer sees it */
        assert_int_equal(fs_reader_open_file(path, &stored, &error), FS_OK);
        fs_alloc_fail_after(n);
        assert_int_equal(fs_reader_unpack(stored, path, &plain, &error), FS_MEMORY);
        fs_alloc_fail_after(-1);
    }
    unlink(path);
    fs_buffer_free(&file);
}

static void the_digest_is_that_of_the_stored_bytes(void **state)
{
    (void)state;
    fs_buffer file = {0}, out = {0};
    fs_error error = {0};
    fs_text_stats stats;
    fs_digest digest;
    char hex[FS_DIGEST_HEX];
    add_gzip(&file, "a,b\n1,2\n");
    fs_digest_start(&digest);
    fs_digest_add(&digest, file.data, file.size);
    fs_digest_end(&digest, hex);
    assert_int_equal(read_all(file.data, file.size, &comma, 3, 100, &out, &stats, &error), FS_OK);
    assert_string_equal(stats.digest, hex);
    assert_int_equal(stats.bytes, file.size);
    fs_buffer_free(&file);
    fs_buffer_free(&out);
}

static fs_status read_damaged(const fs_buffer *file, fs_error *error)
{
    fs_buffer out = {0};
    fs_status status = read_all(file->data, file->size, &comma, 4, 50, &out, NULL, error);
    fs_buffer_free(&out);
    return status;
}

static void damaged_compression_is_an_error_with_its_place(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        fs_buffer file = {0};
        fs_error error = {0};
        (kind ? add_zstd : add_gzip)(&file, "a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n");
        size_t whole = file.size;
        file.size = whole - 5;
        assert_int_equal(read_damaged(&file, &error), FS_DATA);
        assert_non_null(strstr(error.message, "end too early"));
        assert_non_null(strstr(error.message, "at byte"));
        assert_string_equal(error.file, "test.csv");
        file.size = whole;
        if (kind == 0)
            file.data[whole - 6] ^= 1; /* the check sum */
        else
            file.data[6] ^= 0x55;
        assert_int_equal(read_damaged(&file, &error), FS_DATA);
        fs_buffer_free(&file);
    }
}

static void something_else_behind_a_gzip_member_is_an_error(void **state)
{
    (void)state;
    fs_buffer file = {0};
    fs_error error = {0};
    add_gzip(&file, "a,b\n1,2\n");
    assert_int_equal(fs_buffer_text(&file, "3,4\n"), FS_OK);
    assert_int_equal(read_damaged(&file, &error), FS_DATA);
    assert_non_null(strstr(error.message, "followed by something else"));
    fs_buffer_free(&file);
}

static void each_allocation_of_a_compressed_file_may_fail(void **state)
{
    (void)state;
    fs_buffer file = {0};
    add_gzip(&file, "a,b\n1,2\n");
    int64_t n = 0;
    for (;; n++) {
        fs_error error = {0};
        fs_alloc_fail_after(n);
        fs_status status = read_damaged(&file, &error);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        if (!failed) break;
        assert_int_equal(status, FS_MEMORY);
    }
    assert_true(n > 8);
    fs_buffer_free(&file);
}

/* ---- encodings ---- */

static void latin1_is_read_as_windows_writes_it(void **state)
{
    (void)state;
    fs_dialect d = comma;
    d.encoding = FS_LATIN1;
    READS(&d, "caf\xe9,\x80\nna\xefve 0123456789,\x81\n",
          "caf\xc3\xa9,\xe2\x82\xac\n2|na\xc3\xafve 0123456789|\xc2\x81\n");
}

static void utf16_is_read_with_and_without_mark(void **state)
{
    (void)state;
    fs_dialect d = comma;
    d.encoding = FS_UTF16LE;
    READS(&d, "a\0,\0b\0\n\0\xe9\0,\0\x3d\xd8\x00\xde\r\0\n\0",
          "a,b\n2|\xc3\xa9|\xf0\x9f\x98\x80\n");
    d.encoding = FS_UTF8; /* the mark knows better */
    READS(&d,
          "\xff\xfe"
          "a\0,\0b\0\n\0"
          "1\0,\0"
          "2\0",
          "a,b\n2|1|2\n");
    READS(&d,
          "\xfe\xff\0a\0,\0b\0\n\0"
          "1\0,\0"
          "2",
          "a,b\n2|1|2\n");
}

static void broken_utf16_is_a_fault_and_not_lost(void **state)
{
    (void)state;
    fs_dialect d = comma;
    d.encoding = FS_UTF16LE;
    READS(&d,
          "a\0,\0b\0\n\0"
          "1\0,\0\x00\xd8\n\0"
          "3\0,\0"
          "4\0\n\0",
          "a,b\n2!invalid UTF-8!|1|\xed\xa0\x80\n3|3|4\n");
    READS(&d,
          "a\0,\0b\0\n\0"
          "1\0,\0"
          "2\0x",
          "a,b\n2!invalid UTF-8!|1|2\xff\n");
}

static void a_mark_of_utf8_is_not_part_of_the_first_name(void **state)
{
    (void)state;
    READS(&comma,
          "\xef\xbb\xbf"
          "a,b\n1,2\n",
          "a,b\n2|1|2\n");
    READS(&comma, "\xef\xbb\xbf\"a\",b\n1,2\n", "a,b\n2|1|2\n");
}

static void only_well_formed_utf8_is_valid(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "plain",
                                       "\xc3\xa9",
                                       "\xe2\x82\xac",
                                       "\xf0\x9f\x98\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\xaf",
                                      "\xc3",
                                      "\xe0\x80\x80",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80\x80",
                                      "\xe2\x82",
                                      "12345678\xff"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(fs_source_is_utf8(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fs_source_is_utf8(bad[i], strlen(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_whole),
        cmocka_unit_test(missing_files_folders_and_permissions_are_told_apart),
        cmocka_unit_test(a_file_that_changes_while_it_is_read_is_an_error),
        cmocka_unit_test(gzip_and_zstd_are_seen_and_may_have_several_parts),
        cmocka_unit_test(an_unpacking_reader_gives_the_plain_bytes_and_closes_what_it_was_given),
        cmocka_unit_test(the_digest_is_that_of_the_stored_bytes),
        cmocka_unit_test(damaged_compression_is_an_error_with_its_place),
        cmocka_unit_test(something_else_behind_a_gzip_member_is_an_error),
        cmocka_unit_test(each_allocation_of_a_compressed_file_may_fail),
        cmocka_unit_test(latin1_is_read_as_windows_writes_it),
        cmocka_unit_test(utf16_is_read_with_and_without_mark),
        cmocka_unit_test(broken_utf16_is_a_fault_and_not_lost),
        cmocka_unit_test(a_mark_of_utf8_is_not_part_of_the_first_name),
        cmocka_unit_test(only_well_formed_utf8_is_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
