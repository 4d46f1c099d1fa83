/* Run folders: whole or not there, one run at a time, resumed or removed; also when killed anywhere. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "plan_internal.h"

static char project[64];

static int make_project(void **state)
{
    (void)state;
    strcpy(project, "/tmp/foresell-runs-XXXXXX");
    return mkdtemp(project) ? 0 : -1;
}

static int drop_project(void **state)
{
    (void)state;
    char command[256];
    snprintf(command, sizeof command, "chmod -R u+w %s; rm -r %s", project, project);
    return system(command);
}

static fs_run_folder *open_run(bool resume)
{
    fs_run_folder *run;
    fs_error error = {0};
    if (fs_run_folder_open(project, resume, &run, &error) != FS_OK) fail_msg("%s", error.message);
    return run;
}

static void put(const fs_run_folder *run, const char *name, const char *text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", fs_run_folder_path(run), name);
    fs_error error = {0};
    assert_int_equal(fs_engine_write_file(path, text, strlen(text), &error), FS_OK);
}

static bool there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static bool in_latest(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/runs/latest/%s", project, name);
    return there(path);
}

static void a_run_is_seen_when_it_is_whole(void **state)
{
    (void)state;
    fs_run_folder *run = open_run(false);
    assert_null(fs_run_folder_earlier(run));
    put(run, "one", "1");
    assert_non_null(strstr(fs_run_folder_path(run), ".partial"));
    assert_false(in_latest("one"));
    const char *path;
    fs_error error = {0};
    assert_int_equal(fs_run_folder_publish(run, &path, &error), FS_OK);
    assert_null(strstr(path, ".partial"));
    assert_true(in_latest("one") && in_latest("done"));
    fs_run_folder_close(run);
}

static void a_second_run_is_told_who_is_at_work(void **state)
{
    (void)state;
    fs_run_folder *run = open_run(false), *other;
    fs_error error = {0};
    char process[32];
    snprintf(process, sizeof process, "process %ld, since ", (long)getpid());
    assert_int_equal(fs_run_folder_open(project, false, &other, &error), FS_BUSY);
    assert_null(other);
    assert_non_null(strstr(error.message, process));
    fs_run_folder_close(run);
    fs_run_folder_close(open_run(false));
}

static void what_was_not_published_is_resumed_or_removed(void **state)
{
    (void)state;
    char path[1024];
    fs_run_folder *run = open_run(false);
    put(run, "half", "1");
    snprintf(path, sizeof path, "%s", fs_run_folder_path(run));
    fs_run_folder_close(run);
    assert_true(there(path));

    run = open_run(true);
    assert_string_equal(fs_run_folder_path(run), path);
    assert_string_equal(fs_run_folder_earlier(run), path);
    fs_run_folder_close(run);

    run = open_run(false);
    put(run, "fresh", "1");
    assert_true(strcmp(fs_run_folder_path(run), path) == 0 || !there(path));
    snprintf(path, sizeof path, "%s/half", fs_run_folder_path(run));
    assert_false(there(path));
    fs_run_folder_close(run);
}

static void resuming_without_a_partial_takes_from_the_latest(void **state)
{
    (void)state;
    fs_error error = {0};
    const char *path;
    char first[1024];
    fs_run_folder *run = open_run(false);
    assert_int_equal(fs_run_folder_publish(run, &path, &error), FS_OK);
    snprintf(first, sizeof first, "%s", path);
    fs_run_folder_close(run);
    run = open_run(true);
    assert_string_equal(fs_run_folder_earlier(run), first);
    assert_string_not_equal(fs_run_folder_path(run), first);
    fs_run_folder_close(run);
}

static void only_our_partial_folders_are_removed(void **state)
{
    (void)state;
    char path[1024], command[1200];
    snprintf(path, sizeof path, "%s/runs/my notes.partial", project);
    snprintf(command, sizeof command,
             "mkdir -p '%s' && ln -s /etc %s/runs/2020-01-01T000000Z.partial", path, project);
    assert_int_equal(system(command), 0);
    fs_run_folder_close(open_run(false));
    assert_true(there(path));
    assert_true(there("/etc/passwd")); /* a link is removed, not what it points to */
}

static void a_taken_stamp_gets_a_number(void **state)
{
    (void)state;
    fs_error error = {0};
    for (int i = 0; i < 3; i++) {
        fs_run_folder *run = open_run(false);
        assert_int_equal(fs_run_folder_publish(run, NULL, &error), FS_OK);
        fs_run_folder_close(run);
    }
    char command[256];
    snprintf(command, sizeof command,
             "test $(ls -d %s/runs/2*Z %s/runs/2*Z-[23] 2>/dev/null | wc -l) = 3", project,
             project);
    assert_int_equal(system(command), 0);
}

static void without_permission_the_folder_is_named(void **state)
{
    (void)state;
    fs_run_folder *run;
    fs_error error = {0};
    assert_int_equal(fs_run_folder_open("/proc/no-such-project", false, &run, &error), FS_RESOURCE);
    assert_non_null(strstr(error.message, "/proc/no-such-project/runs"));
    if (geteuid() == 0) return; /* root may write anywhere */
    chmod(project, 0500);
    assert_int_equal(fs_run_folder_open(project, false, &run, &error), FS_RESOURCE);
    assert_non_null(strstr(error.message, "no permission"));
}

/* What the child does for ever: runs of two files each that must be seen together. */
static void run_for_ever(void)
{
    fs_error error = {0};
    for (int n = 0;; n++) {
        fs_run_folder *run;
        if (fs_run_folder_open(project, n % 3 == 0, &run, &error) != FS_OK) _exit(1);
        char path[1024];
        for (int part = 0; part < 2; part++) {
            snprintf(path, sizeof path, "%s/part%d", fs_run_folder_path(run), part);
            if (fs_engine_write_file(path, "whole", 5, &error) != FS_OK) _exit(2);
        }
        if (fs_run_folder_publish(run, NULL, &error) != FS_OK) _exit(3);
        fs_run_folder_close(run);
    }
}

static bool every_whole_run_is_whole(void)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/runs", project);
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool whole = true;
    while (folder && (entry = readdir(folder))) {
        if (entry->d_name[0] != '2' || strstr(entry->d_name, ".partial")) continue;
        for (int part = 0; part < 2; part++) {
            snprintf(path, sizeof path, "%s/runs/%s/part%d", project, entry->d_name, part);
            struct stat info;
            whole = whole && stat(path, &info) == 0 && info.st_size == 5;
        }
    }
    if (folder) closedir(folder);
    return whole;
}

static void pause_for(int64_t microseconds)
{
    struct timespec wait = {.tv_sec = microseconds / 1000000,
                            .tv_nsec = microseconds % 1000000 * 1000};
    nanosleep(&wait, NULL);
}

static void killed_at_any_moment_latest_is_a_whole_run(void **state)
{
    (void)state;
    unsigned random = 4711;
    int seen = 0;
    int64_t first = 1000; /* microseconds until the first whole run */
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (child == 0) run_for_ever();
        for (; i == 0 && first < 60000000 && !in_latest("done"); first += 100) pause_for(100);
        random = random * 1103515245u + 12345u;
        if (i > 0) pause_for((random >> 8) % (2 * first));
        int status;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status)); /* it never failed by itself */
        bool one = in_latest("part0"), two = in_latest("part1"), done = in_latest("done");
        assert_true(one == two && two == done);
        assert_true(one || seen == 0); /* once there, always there */
        seen += one;
        assert_true(every_whole_run_is_whole());
    }
    assert_int_equal(seen, 60);
    fs_run_folder_close(open_run(false)); /* no lock stays behind */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_project, drop_project)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_is_seen_when_it_is_whole),
        TEST(a_second_run_is_told_who_is_at_work),
        TEST(what_was_not_published_is_resumed_or_removed),
        TEST(resuming_without_a_partial_takes_from_the_latest),
        TEST(only_our_partial_folders_are_removed),
        TEST(a_taken_stamp_gets_a_number),
        TEST(without_permission_the_folder_is_named),
        TEST(killed_at_any_moment_latest_is_a_whole_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
