/* foresell run --engine spark: the driver is Python's (foresell.cluster of the Python package). It holds the Spark
 * session, and starts this program again with --maker, which then asks it for each step's table.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_internal.h"

#define WORDS_MOST 64

typedef struct words {
    const char *word[WORDS_MOST];
    int count;
} words;

static void add(words *w, const char *word)
{
    if (w->count < WORDS_MOST - 1) w->word[w->count++] = word;
}

static fs_status add_option(cli_call *call, words *w, const char *name)
{
    const char *value = fs_cli_text(call, name);
    if (!value) return FS_OK;
    char *text = fs_arena_printf(&call->arena, "--%s=%s", name, value);
    if (!text) return FS_MEMORY;
    add(w, text);
    return FS_OK;
}

static fs_status python_words(cli_call *call, words *w)
{
    const char *python = getenv("FORESELL_PYTHON");
    add(w, python && *python ? python : "python3");
    add(w, "-m"), add(w, "foresell.cluster"), add(w, call->argument[0]);
    FS_TRY(add_option(call, w, "master"));
    FS_TRY(add_option(call, w, "scratch"));
    FS_TRY(add_option(call, w, "driver-rows"));
    FS_TRY(add_option(call, w, "only"));
    FS_TRY(add_option(call, w, "memory"));
    if (fs_cli_flag(call, "resume")) add(w, "--resume");
    if (fs_cli_flag(call, "json")) add(w, "--json");
    if (fs_cli_flag(call, "progress")) add(w, "--progress");
    return FS_OK;
}

fs_status fs_cli_run_on_spark(cli_call *call, fs_error *error)
{
    words w = {0};
    char program[4096];
    ssize_t bytes = readlink("/proc/self/exe", program, sizeof program - 1);
    if (python_words(call, &w) != FS_OK) return fs_fail_memory(error, 1024);
    if (bytes > 0) {
        program[bytes] = '\0';
        setenv("FORESELL_PROGRAM", program, 1);
    }
    fflush(NULL);
    execvp(w.word[0], (char *const *)w.word);
    fs_fail_errno(error, "start", w.word[0]);
    return fs_error_remedy(error, "pip install 'foresell[spark]', and let FORESELL_PYTHON name the "
                                  "python that has it"),
           FS_RESOURCE;
}
