/* Random records written in random ways are read back as they were; no allocation that fails is
 * missed; and the fast marks agree with the plain ones. */
#include "source_test.h"

/* ---- random records ---- */

typedef struct dialect_case {
    fs_dialect dialect;
    const char *line_end;
} dialect_case;

static const dialect_case dialects[] = {
    {{.delimiter = ',', .quote = '"', .escape = '"', .header = true}, "\n"},
    {{.delimiter = ';', .quote = '"', .escape = '"', .header = true}, "\r\n"},
    {{.delimiter = '\t', .quote = '\'', .escape = '\'', .header = true}, "\r"},
    {{.delimiter = '|', .quote = '"', .escape = '\\', .header = true}, "\n"},
    {{.delimiter = ' ', .runs = true, .quote = '"', .escape = '"', .header = true}, "\r\n"},
};

/* A text of up to 12 characters, many of them awkward. */
static size_t random_text(uint64_t *state, const fs_dialect *d, char text[40])
{
    const char awkward[] = {d->delimiter, d->quote, '\n', '\r', ' ', 'x', '1', '\\', '"', '\''};
    size_t bytes = 0, letters = next_random(state) % 12;
    if (next_random(state) % 200 == 0) letters = 36;
    for (size_t i = 0; i < letters; i++) {
        uint32_t kind = next_random(state) % 40;
        if (kind < sizeof awkward)
            text[bytes++] = awkward[kind];
        else
            text[bytes++] = (char)('a' + kind % 26);
    }
    return bytes;
}

/* A quoted field: escapes what must be. */
static void write_quoted(fs_buffer *out, const fs_dialect *d, const char *text, size_t bytes)
{
    assert_int_equal(fs_buffer_add(out, &d->quote, 1), FS_OK);
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == d->quote || text[i] == d->escape)
            assert_int_equal(fs_buffer_add(out, &d->escape, 1), FS_OK);
        assert_int_equal(fs_buffer_add(out, &text[i], 1), FS_OK);
    }
    assert_int_equal(fs_buffer_add(out, &d->quote, 1), FS_OK);
}

static bool needs_quotes(const fs_dialect *d, const char *text, size_t bytes)
{
    if (bytes == 0) return d->runs;
    for (size_t i = 0; i < bytes; i++)
        if (strchr("\n\r \t", text[i]) || text[i] == d->delimiter || text[i] == d->escape ||
            (text[i] == d->quote && i == 0))
            return true;
    return false;
}

static int64_t count_ends(const char *text, size_t bytes)
{
    return fs_source_count_lines(text, bytes);
}

/* Writes a table, and what reading it must give. */
static void write_table(uint64_t *state, const dialect_case *c, fs_buffer *file,
                        fs_buffer *expected)
{
    const fs_dialect *d = &c->dialect;
    int columns = 2 + (int)(next_random(state) % 5), rows = (int)(next_random(state) % 40);
    int64_t line = 2;
    for (int i = 0; i < columns; i++) {
        assert_int_equal(fs_buffer_printf(file, "%.*sc%d", i > 0, &d->delimiter, i), FS_OK);
        assert_int_equal(fs_buffer_printf(expected, "%sc%d", i ? "," : "", i), FS_OK);
    }
    assert_int_equal(fs_buffer_text(file, c->line_end), FS_OK);
    assert_int_equal(fs_buffer_text(expected, "\n"), FS_OK);
    for (int row = 0; row < rows; row++) {
        int64_t lines = 1;
        assert_int_equal(fs_buffer_printf(expected, "%lld", (long long)line), FS_OK);
        for (int i = 0; i < columns; i++) {
            char text[40];
            size_t bytes = random_text(state, d, text);
            bool quoted = needs_quotes(d, text, bytes) || next_random(state) % 3 == 0;
            if (i > 0) assert_int_equal(fs_buffer_add(file, &d->delimiter, 1), FS_OK);
            if (quoted)
                write_quoted(file, d, text, bytes);
            else
                assert_int_equal(fs_buffer_add(file, text, bytes), FS_OK);
            assert_int_equal(fs_buffer_text(expected, quoted ? "|q" : "|"), FS_OK);
            assert_int_equal(fs_buffer_add(expected, text, bytes), FS_OK);
            /* a \r at a field's end may not meet a \n here: the field's quote is between */
            lines += count_ends(text, bytes);
        }
        bool last = row == rows - 1 && next_random(state) % 2;
        if (!last) assert_int_equal(fs_buffer_text(file, c->line_end), FS_OK);
        assert_int_equal(fs_buffer_text(expected, "\n"), FS_OK);
        line += lines;
    }
}

static void what_was_written_is_read_however_it_is_cut(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < 400; round++) {
        const dialect_case *c = &dialects[(size_t)round % (sizeof dialects / sizeof *dialects)];
        fs_buffer file = {0}, expected = {0}, out = {0};
        fs_error error = {0};
        write_table(&random, c, &file, &expected);
        size_t piece = next_random(&random) % 20, block = 1 + next_random(&random) % 300;
        fs_status status =
            read_all(file.data, file.size, &c->dialect, piece, block, &out, NULL, &error);
        if (status != FS_OK) fail_msg("%s", error.message);
        assert_int_equal(out.size, expected.size);
        assert_memory_equal(out.data, expected.data, expected.size);
        fs_buffer_free(&file);
        fs_buffer_free(&expected);
        fs_buffer_free(&out);
    }
}

/* Bytes that make no sense, too, must be read the same however they are cut. */
static void nonsense_is_read_the_same_however_it_is_cut(void **state)
{
    (void)state;
    static const char bytes[] = "aa,,\"\"\n\r\\ 1;";
    uint64_t random = 7;
    for (int round = 0; round < 3000; round++) {
        char file[120];
        size_t size = next_random(&random) % sizeof file;
        for (size_t i = 0; i < size; i++)
            file[i] = bytes[next_random(&random) % (sizeof bytes - 1)];
        fs_dialect d = dialects[round % 2 ? 0 : 3].dialect;
        d.delimiter = ',';
        d.header = round % 3 == 0;
        fs_buffer first = {0}, second = {0};
        fs_error error = {0}, error2 = {0};
        fs_status one = read_all(file, size, &d, 0, 1 << 20, &first, NULL, &error);
        fs_status two = read_all(file, size, &d, 1 + next_random(&random) % 9,
                                 1 + next_random(&random) % 40, &second, NULL, &error2);
        assert_int_equal(one, two);
        assert_int_equal(first.size, second.size);
        if (first.size) assert_memory_equal(first.data, second.data, first.size);
        fs_buffer_free(&first);
        fs_buffer_free(&second);
    }
}

/* ---- allocation ---- */

static void each_allocation_that_fails_is_reported(void **state)
{
    (void)state;
    const char file[] = "a,b,b\n1,\"2\"\"\n\",3\n4,\"5\n6,7,8\n9,\"never";
    int64_t failures = 0;
    for (int64_t n = 0;; n++) {
        fs_buffer out = {0};
        fs_error error = {0};
        fs_alloc_fail_after(n);
        fs_status status = read_all(file, sizeof file - 1, &comma, 5, 9, &out, NULL, &error);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        fs_buffer_free(&out);
        if (!failed) break;
        assert_int_equal(status, FS_MEMORY);
        failures++;
    }
    assert_true(failures > 15);
}

/* ---- marks ---- */

static void fast_marks_are_the_plain_ones(void **state)
{
    (void)state;
    enum { CHUNKS = 5 };
    char data[64 * CHUNKS + 3];
    uint64_t random = 3, fast[CHUNKS], plain[CHUNKS];
    for (int round = 0; round < 200; round++) {
        char set[FS_SOURCE_SET];
        for (size_t i = 0; i < sizeof data; i++)
            data[i] = (char)(next_random(&random) % (round % 2 ? 256 : 5));
        for (int i = 0; i < FS_SOURCE_SET; i++) set[i] = data[next_random(&random) % sizeof data];
        fs_source_marks_best()(data + round % 3, CHUNKS, set, fast);
        fs_source_marks_reference(data + round % 3, CHUNKS, set, plain);
        assert_memory_equal(fast, plain, sizeof fast);
    }
}

static void odd_bytes_are_found_wherever_they_stand(void **state)
{
    (void)state;
    char data[600];
    memset(data, 'x', sizeof data);
    assert_false(fs_source_has_odd(data, sizeof data));
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = i % 2 ? '\0' : '\x80';
        assert_true(fs_source_has_odd(data, sizeof data));
        data[i] = 127;
        assert_false(fs_source_has_odd(data, sizeof data));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_however_it_is_cut),
        cmocka_unit_test(nonsense_is_read_the_same_however_it_is_cut),
        cmocka_unit_test(each_allocation_that_fails_is_reported),
        cmocka_unit_test(fast_marks_are_the_plain_ones),
        cmocka_unit_test(odd_bytes_are_found_wherever_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
