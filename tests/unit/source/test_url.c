/* Addresses: taken apart, filled from the environment, shown without what is secret. */
#include "source_test.h"

static fs_url parse(fs_arena *arena, const char *text)
{
    fs_url url;
    fs_error error = {0};
    if (fs_url_parse(arena, text, &url, &error) != FS_OK) fail_msg("%s", error.message);
    return url;
}

static void addresses_are_told_from_files(void **state)
{
    (void)state;
    assert_true(fs_url_is("postgres://host/db"));
    assert_true(fs_url_is("s3://bucket/key"));
    assert_false(fs_url_is("sales.csv"));
    assert_false(fs_url_is("/data/a://b.csv"));
    assert_false(fs_url_is("://x"));
}

static void an_address_has_its_parts(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_url u = parse(&arena, "postgres://me:a b%40c@db.example:5433/shop?sslmode=require&table=x");
    assert_string_equal(u.scheme, "postgres");
    assert_string_equal(u.user, "me");
    assert_string_equal(u.password, "a b@c");
    assert_string_equal(u.host, "db.example");
    assert_string_equal(u.port, "5433");
    assert_string_equal(u.path, "shop");
    const char *query = u.query, *key, *value;
    assert_int_equal(fs_url_option(&arena, &query, &key, &value, NULL), FS_OK);
    assert_string_equal(key, "sslmode");
    assert_string_equal(value, "require");
    assert_int_equal(fs_url_option(&arena, &query, &key, &value, NULL), FS_OK);
    assert_string_equal(value, "x");
    assert_int_equal(fs_url_option(&arena, &query, &key, &value, NULL), FS_OK);
    assert_null(key);
    u = parse(&arena, "mysql://[::1]:3306/");
    assert_string_equal(u.host, "::1");
    assert_string_equal(u.port, "3306");
    assert_null(u.user);
    assert_null(u.path);
    u = parse(&arena, "mysql://root:"
                      "p@ss/w@host");
    assert_string_equal(u.password, "p@ss/w");
    assert_string_equal(u.host, "host");
    fs_arena_free(&arena);
}

static void variables_are_filled_in_as_they_are(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_error error = {0};
    fs_url u;
    setenv("FS_TEST_WORD", "a@b/c%20:d", 1);
    unsetenv("FS_TEST_NONE");
    u = parse(&arena, "postgres://me:${FS_TEST_WORD}@host/db");
    assert_string_equal(u.password, "a@b/c%20:d");
    assert_string_equal(u.host, "host");
    assert_int_equal(fs_url_parse(&arena, "s3://${FS_TEST_NONE}/x", &u, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "FS_TEST_NONE"));
    const char *filled;
    assert_int_equal(fs_url_fill(&arena, "s3://${FS_TEST_WORD}/$x/${", &filled, NULL), FS_OK);
    assert_string_equal(filled, "s3://a@b/c%20:d/$x/${");
    fs_arena_free(&arena);
}

static void what_is_secret_is_not_shown(void **state)
{
    (void)state;
    static const char *const shown[][2] = {
        {"postgres://me:secret@host/db", "postgres://me:"
                                         "***@host/db"},
        {"postgres://me:"
         "se@cr/et@host/db?x=1",
         "postgres://me:"
         "***@host/db?x=1"},
        {"https://host/a.csv?X-Amz-Signature=abc&page=2",
         "https://host/a.csv?X-Amz-Signature=***&page=2"},
        {"postgres://host/db?password=abc", "postgres://host/db?password=***"},
        {"postgres://me:${WORD}@host/db", "postgres://me:${WORD}@host/db"},
        {"mysql://host/db", "mysql://host/db"},
        {"a:b@c.csv", "a:b@c.csv"},
    };
    fs_arena arena = {0};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        assert_string_equal(fs_url_shown(&arena, shown[i][0]), shown[i][1]);
        assert_int_equal(fs_url_has_secret(shown[i][0]), strcmp(shown[i][0], shown[i][1]) != 0);
    }
    fs_arena_free(&arena);
}

static void a_path_of_hdfs_holds_any_sign(void **state)
{
    (void)state;
    fs_arena arena = {0};
    const char *path = "hdfs://namenode:9870/a@b?token=x#y.csv";
    assert_string_equal(fs_url_shown(&arena, path), path);
    assert_false(fs_url_has_secret(path));
    assert_string_equal(fs_url_shown(&arena, "webhdfs://me:wrong@namenode/a@b"),
                        "webhdfs://me:"
                        "***@namenode/a@b");
    fs_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_told_from_files),
        cmocka_unit_test(an_address_has_its_parts),
        cmocka_unit_test(variables_are_filled_in_as_they_are),
        cmocka_unit_test(what_is_secret_is_not_shown),
        cmocka_unit_test(a_path_of_hdfs_holds_any_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
