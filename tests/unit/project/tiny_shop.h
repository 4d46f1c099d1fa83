/* A tiny made-up shop in a temporary folder: write files, run, ask the tables of the run. */
#ifndef TINY_SHOP_H
#define TINY_SHOP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "project_internal.h"

typedef struct shop {
    char folder[256]; /* the project's */
    fs_engine *engine;
    fs_run_outcome outcome;
    fs_error error;
    char answer[4096];
} shop;

static inline void shop_write(shop *s, const char *name, const char *text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", s->folder, name);
    for (char *c = path + strlen(s->folder) + 1; *c; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(path, 0777);
        *c = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static inline void shop_engine(shop *s, int threads)
{
    fs_engine_settings settings = {
        .threads = threads, .memory = 512 << 20, .extensions = getenv("FORESELL_EXTENSIONS")};
    if (s->engine) fs_engine_close(s->engine);
    s->engine = NULL;
    if (fs_engine_open(&settings, &s->engine, &s->error) != FS_OK) fail_msg("%s", s->error.message);
}

/* Names with blanks, quotes and a picture in them: everything must bear them. */
static inline void shop_open(shop *s)
{
    *s = (shop){0};
    char base[] = "/tmp/foresell_shop_XXXXXX";
    assert_non_null(mkdtemp(base));
    snprintf(s->folder, sizeof s->folder, "%s/it's a \"shop\" \xf0\x9f\x8d\x8e", base);
    assert_int_equal(mkdir(s->folder, 0777), 0);
    shop_write(s, "no_models/empty.txt", "");
    shop_engine(s, 2);
}

static inline void shop_close(shop *s)
{
    fs_engine_close(s->engine);
    char command[600] = "rm -r -- \"$SHOP\"";
    *strrchr(s->folder, '/') = '\0';
    setenv("SHOP", s->folder, 1);
    assert_int_equal(system(command), 0);
}

static inline fs_status shop_run_with(shop *s, bool resume, fs_finish finish)
{
    fs_project *project = NULL;
    char models[512];
    snprintf(models, sizeof models, "%s/no_models", s->folder);
    fs_run_settings settings = {.models = models, .resume = resume};
    s->error = (fs_error){0};
    fs_status status = fs_project_open(s->folder, &project, &s->error);
    if (status == FS_OK)
        status = fs_project_run(project, s->engine, &settings, finish, s, &s->outcome, &s->error);
    fs_project_close(project);
    return status;
}

static inline void shop_run(shop *s)
{
    if (shop_run_with(s, false, NULL) == FS_OK) return;
    char said[2048];
    fail_msg("%s", fs_error_format(&s->error, said, sizeof said));
}

/* First column of all rows, joined by " | ". In `sql`, @name is a table of the run. */
static inline const char *shop_ask(shop *s, const char *sql)
{
    fs_buffer full = {0};
    fs_arena arena = {0};
    for (const char *c = sql; *c; c++) {
        if (*c != '@') {
            assert_int_equal(fs_buffer_add(&full, c, 1), FS_OK);
            continue;
        }
        size_t bytes = strspn(c + 1, "abcdefghijklmnopqrstuvwxyz_");
        char path[2048];
        snprintf(path, sizeof path, "%s/tables/%.*s.parquet", s->outcome.folder, (int)bytes, c + 1);
        assert_int_equal(
            fs_buffer_printf(&full, "read_parquet(%s)", fs_project_literal(&arena, path)), FS_OK);
        c += bytes;
    }
    fs_result *result;
    fs_error error = {0};
    if (fs_engine_query(s->engine, full.data, &result, &error) != FS_OK)
        fail_msg("%s", error.message);
    s->answer[0] = '\0';
    bool more;
    for (size_t n = 0;
         fs_result_next(result, &more, NULL) == FS_OK && more && n < sizeof s->answer;) {
        const char *text = fs_result_null(result, 0) ? "null" : fs_result_text(result, 0);
        n += (size_t)snprintf(s->answer + n, sizeof s->answer - n, "%s%s", n ? " | " : "", text);
    }
    fs_result_close(result);
    fs_buffer_free(&full);
    fs_arena_free(&arena);
    return s->answer;
}

/* "in = kept + quarantined + merged" of the whole run. */
static inline void shop_adds_up(shop *s, int64_t in, int64_t kept, int64_t quarantined,
                                int64_t merged)
{
    assert_int_equal(s->outcome.rows_in, in);
    assert_int_equal(s->outcome.rows_kept, kept);
    assert_int_equal(s->outcome.rows_quarantined, quarantined);
    assert_int_equal(s->outcome.rows_merged, merged);
    assert_int_equal(in, kept + quarantined + merged);
}

#endif
