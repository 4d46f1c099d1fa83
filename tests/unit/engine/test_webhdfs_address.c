/* Which namenodes an address of HDFS means: by Hadoop's configuration, and without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "webhdfs_internal.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/foresell-hadoop-XXXXXX");
    return mkdtemp(folder) && setenv("HADOOP_CONF_DIR", folder, 1) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    unsetenv("HADOOP_CONF_DIR");
    snprintf(command, sizeof command, "rm -r -- %s", folder);
    return system(command);
}

static void put(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The namenodes, then the path. */
static void means(const char *address, const char *expected)
{
    fs_arena arena = {0};
    fs_hdfs_place place;
    fs_error error = {0};
    char text[1024] = "";
    if (fs_hdfs_find(&arena, address, &place, &error) == FS_OK) {
        for (int i = 0; i < place.namenodes; i++) {
            strcat(text, place.namenode[i]);
            strcat(text, " ");
        }
        strcat(text, place.path);
    } else {
        strcat(text, error.message);
    }
    assert_string_equal(text, expected);
    fs_arena_free(&arena);
}

static void the_port_of_rpc_is_not_that_of_webhdfs(void **state)
{
    (void)state;
    means("hdfs://nn/a b%20c?d#e@f", "http://nn:9870 /a b%20c?d#e@f");
    means("hdfs://nn:8020/a", "http://nn:9870 /a");
    means("hdfs://nn:9000/a", "http://nn:9870 /a");
    means("hdfs://nn:50070", "http://nn:50070 /");
    means("hdfs://[::1]:8020/a", "http://[::1]:9870 /a");
    means("webhdfs://nn:8020/a", "http://nn:8020 /a");
    means("webhdfs://nn/a", "http://nn:9870 /a");
    means("swebhdfs://nn/a", "https://nn:9871 /a");
    means("hdfs://me@nn/a", "hdfs://me@nn/a names a user before the host");
    means("hdfs:///a", "hdfs:///a names no namenode");
}

static void a_configuration_knows_one_namenode(void **state)
{
    (void)state;
    put("core-site.xml",
        "<configuration><property><name>fs.defaultFS</name><value>hdfs://nn:9820/</value>"
        "</property></configuration>");
    put("hdfs-site.xml",
        "<?xml version='1.0'?>\n<!-- site --><configuration>"
        "<property><name>dfs.namenode.http-address</name><value>other:1</value></property>"
        "<property>\n <name>dfs.namenode.http-address</name>\n <final>true</final>"
        " <value>0.0.0.0:&#49;234</value> <description>a "
        "<b>port</b></description></property></configuration>");
    means("hdfs:///a", "http://nn:1234 /a");
    means("hdfs://nn/a", "http://nn:1234 /a");
    means("hdfs://NN:9820/a", "http://nn:1234 /a");
    means("hdfs://nn:5555/a", "http://nn:5555 /a");
    means("hdfs://elsewhere:8020/a", "http://elsewhere:9870 /a");
}

static void a_nameservice_has_several(void **state)
{
    (void)state;
    put("core-site.xml", "<configuration/>");
    put("hdfs-site.xml",
        "<configuration>"
        "<property><name>dfs.ha.namenodes.corner</name><value>a, b,c</value></property>"
        "<property><name>dfs.namenode.rpc-address.corner.a</name><value>one:8020</value></property>"
        "<property><name>dfs.namenode.http-address.corner.b</name><value>two:50070</value></"
        "property>"
        "<property><name>dfs.namenode.rpc-address.corner.c</name><value>three:8020</value></"
        "property>"
        "<property><name>dfs.namenode.http-address.corner.c</name><value>0.0.0.0:50070</value></"
        "property>"
        "</configuration>");
    means("hdfs://corner/a", "http://one:9870 http://two:50070 http://three:50070 /a");
}

static void a_broken_configuration_is_told_with_its_line(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_hdfs_place place;
    fs_error error = {0};
    put("hdfs-site.xml", "<configuration>\n<property>\n</configuration>");
    assert_int_equal(fs_hdfs_find(&arena, "hdfs://nn/a", &place, &error), FS_RESOURCE);
    assert_int_equal(error.line, 3);
    assert_non_null(strstr(error.file, "hdfs-site.xml"));
    put("hdfs-site.xml", "<configuration/>");
    fs_arena_free(&arena);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    put("core-site.xml",
        "<configuration><property><name>fs.defaultFS</name><value>hdfs://nn</value></property>"
        "</configuration>");
    fs_status status = FS_MEMORY;
    for (int64_t n = 0; status != FS_OK; n++) {
        fs_arena arena = {0};
        fs_hdfs_place place;
        assert_true(n < 200);
        fs_alloc_fail_after(n);
        status = fs_hdfs_find(&arena, "hdfs:///a", &place, NULL);
        fs_alloc_fail_after(-1);
        assert_true(status == FS_OK || status == FS_MEMORY);
        fs_arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_port_of_rpc_is_not_that_of_webhdfs),
        cmocka_unit_test(a_configuration_knows_one_namenode),
        cmocka_unit_test(a_nameservice_has_several),
        cmocka_unit_test(a_broken_configuration_is_told_with_its_line),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
