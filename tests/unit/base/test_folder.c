/* Folders are made with those above them, and what stands in the way is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "foresell/base.h"

static char root[64];

static int open_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/foresell-folder-XXXXXX");
    return mkdtemp(root) && chdir(root) == 0 ? 0 : -1;
}

static int close_root(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r -- %s", root);
    return chdir("/") == 0 ? system(command) : -1;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static void a_folder_is_made_with_those_above_it(void **state)
{
    (void)state;
    fs_error error = {0};
    char whole[128];
    snprintf(whole, sizeof whole, "%s/x/y", root);
    assert_int_equal(fs_make_folder("a", &error), FS_OK);
    assert_int_equal(fs_make_folder("b/c//d/", &error), FS_OK);
    assert_int_equal(fs_make_folder(whole, &error), FS_OK);
    assert_true(is_folder("a") && is_folder("b/c/d") && is_folder("x/y"));
}

static void one_that_is_there_is_fine(void **state)
{
    (void)state;
    static const char *const there[] = {"e/f", "e/f/", "e", ".", "/", "link"};
    assert_int_equal(fs_make_folder("e/f", NULL), FS_OK);
    assert_int_equal(symlink("e", "link"), 0);
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        assert_int_equal(fs_make_folder(there[i], NULL), FS_OK);
}

static void what_stands_in_the_way_is_told(void **state)
{
    (void)state;
    static const char *const wrong[] = {"file", "file/under", "file/far/under", ""};
    FILE *file = fopen("file", "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fs_error error = {0};
        assert_int_equal(fs_make_folder(wrong[i], &error), FS_RESOURCE);
        assert_non_null(strstr(error.message, "cannot make the folder"));
        assert_string_equal(error.file, wrong[i]);
        if (*wrong[i]) assert_non_null(strstr(error.message, "is a file, not a folder"));
    }
}

static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    fs_error error = {0};
    fs_alloc_fail_after(0);
    assert_int_equal(fs_make_folder("g/h/i", &error), FS_MEMORY);
    fs_alloc_fail_after(-1);
    assert_int_equal(fs_make_folder("g/h/i", &error), FS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_made_with_those_above_it),
        cmocka_unit_test(one_that_is_there_is_fine),
        cmocka_unit_test(what_stands_in_the_way_is_told),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, open_root, close_root);
}
