/* The program from the first word to the exit code. */
#include <string.h>

#include "cli_internal.h"

static void print_error(const fs_error *error, bool json, FILE *err)
{
    char text[2048];
    fs_buffer out = {0};
    if (json && fs_cli_json_error(error, &out) == FS_OK)
        fprintf(err, "%s\n", out.data);
    else
        fprintf(err, "foresell: %s\n", fs_error_format(error, text, sizeof text));
    fs_buffer_free(&out);
}

static fs_status print_help(cli_call *call, fs_error *error)
{
    fs_buffer out = {0};
    fs_status status = fs_cli_help(call->verb, &out);
    if (status == FS_OK && call->op) status = fs_cli_help_operator(call->op, &out);
    if (status == FS_OK)
        fputs(out.data, call->out);
    else
        fs_fail_memory(error, out.capacity * 2);
    fs_buffer_free(&out);
    return status;
}

static fs_status run_verb(cli_call *call, int count, char **words, fs_error *error)
{
    FS_TRY(fs_cli_parse(call, count, words, error));
    if (fs_cli_flag(call, "help")) return print_help(call, error);
    return call->verb->run(call, error);
}

/* What was printed must have arrived: a full disk behind a pipe is a failure too. */
static fs_status flush(FILE *out, fs_error *error)
{
    if (fflush(out) == 0 && !ferror(out)) return FS_OK;
    return fs_fail_errno(error, "write", "standard output");
}

static bool asks_json(int count, char **words)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--") == 0) return false;
        if (strcmp(words[i], "--json") == 0) return true;
    }
    return false;
}

/* --help and --version are understood where a verb is expected, too. */
static const char *verb_word(int count, char **words)
{
    if (count < 2) return "help";
    if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) return "help";
    if (strcmp(words[1], "--version") == 0) return "version";
    return words[1];
}

int fs_cli_main(int count, char **words, FILE *out, FILE *err)
{
    fs_error error = {0};
    cli_call call = {.out = out, .err = err};
    call.verb = fs_cli_verb_find(verb_word(count, words), &error);
    fs_status status = call.verb ? FS_OK : FS_USAGE;
    if (status == FS_OK)
        status = run_verb(&call, count > 2 ? count - 2 : 0, words + (count > 2 ? 2 : 0), &error);
    if (status == FS_OK) status = flush(out, &error);
    if (status != FS_OK) {
        if (!error.status) fs_fail(&error, status, "%s", fs_status_text(status));
        print_error(&error, asks_json(count, words), err);
    }
    fs_arena_free(&call.arena);
    return fs_status_exit_code(status);
}
