/* The digest of a source: a database's write-ahead file belongs to it, and a change of either is seen by the same
 * engine. */
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

static char folder[64];
static fs_engine *engine;

static int open_all(void **state)
{
    (void)state;
    fs_engine_settings settings = {.threads = 1, .extensions = getenv("FORESELL_EXTENSIONS")};
    snprintf(folder, sizeof folder, "/tmp/foresell-digest-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) != 0) return -1;
    return fs_engine_open(&settings, &engine, NULL) == FS_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    char command[128];
    fs_engine_close(engine);
    snprintf(command, sizeof command, "rm -r -- %s", folder);
    return chdir("/") == 0 ? system(command) : -1;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, false);
    assert_int_equal(fclose(file), 0);
}

/* A digest of what stands there, and how many bytes it covers. */
static const char *digest(const char *path, fs_format format, int64_t size)
{
    static char hex[4][FS_DIGEST_HEX];
    static int next;
    char *out = hex[next++ % 4];
    int64_t bytes = -1;
    assert_int_equal(fs_engine_digest(engine, path, format, &bytes, out, NULL), FS_OK);
    assert_int_equal(bytes, size);
    return out;
}

static void a_database_is_its_file_and_its_log(void **state)
{
    (void)state;
    put("shop.db", "rows");
    put("both", "rowsmore");
    const char *alone = digest("shop.db", FS_FORMAT_DATABASE, 4);
    assert_string_equal(alone, digest("shop.db", FS_FORMAT_CSV, 4));
    put("shop.db-wal", "");
    assert_string_equal(alone, digest("sqlite://shop.db", FS_FORMAT_DATABASE, 4));
    put("shop.db-wal", "more");
    assert_string_equal(digest("both", FS_FORMAT_CSV, 8), digest("shop.db", FS_FORMAT_DATABASE, 8));
    assert_string_equal(digest("shop.db", FS_FORMAT_CSV, 4), digest("shop.db", FS_FORMAT_CSV, 4));
}

static void a_change_of_either_is_seen(void **state)
{
    (void)state;
    put("till.db", "rows");
    put("till.db-wal", "more");
    const char *first = digest("till.db", FS_FORMAT_DATABASE, 8);
    assert_string_equal(first, digest("till.db", FS_FORMAT_DATABASE, 8)); /* as kept */
    put("till.db-wal", "more and more");
    assert_string_not_equal(first, digest("till.db", FS_FORMAT_DATABASE, 17));
    unlink("till.db-wal");
    digest("till.db", FS_FORMAT_DATABASE, 4);
    put("till.db", "other rows");
    digest("till.db", FS_FORMAT_DATABASE, 10);
}

static void what_has_no_bytes_has_no_digest(void **state)
{
    (void)state;
    assert_int_equal(mkdir("lake", 0777), 0);
    assert_string_equal(digest("lake", FS_FORMAT_PARQUET, 0), "");
    assert_string_equal(digest("postgres://host/shop", FS_FORMAT_DATABASE, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_database_is_its_file_and_its_log),
        cmocka_unit_test(a_change_of_either_is_seen),
        cmocka_unit_test(what_has_no_bytes_has_no_digest),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
