/* Any words as a command line, of every verb: understood, or refused with a message. What was understood
 * answers within its bounds. The words of the input stand a line each. */
#include <stdlib.h>
#include <string.h>

#include "../src/cli/cli_internal.h"

#define WORDS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_options(cli_call *call, const cli_option *o)
{
    for (; o && o->name; o++) {
        if (o->kind == CLI_INT || o->kind == CLI_NUMBER) {
            double value = fs_cli_number(call, o->name);
            bool bounded = o->minimum != 0 || o->maximum != 0;
            bool given = fs_cli_flag(call, o->name);
            if (bounded && given && !(value >= o->minimum && value <= o->maximum)) abort();
            if (value != value) abort();
            if (o->kind == CLI_INT && value >= -9e18 && value <= 9e18) fs_cli_int(call, o->name);
        }
        if (o->kind == CLI_BYTES && fs_cli_flag(call, o->name) && fs_cli_bytes(call, o->name) <= 0)
            abort();
        int count = 0;
        if (o->kind == CLI_LIST && !fs_cli_list(call, o->name, &count)) abort();
    }
}

static void parse(const cli_verb *verb, int count, char **word)
{
    cli_call call = {.verb = verb};
    fs_error error = {0};
    fs_status status = fs_cli_parse(&call, count, word, &error);
    if (status == FS_OK) {
        check_options(&call, verb->options);
        check_options(&call, fs_cli_common_options);
        if (verb->most >= 0 && call.arguments > verb->most) abort();
    } else if (status != FS_USAGE || !error.message[0]) {
        abort();
    }
    fs_arena_free(&call.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *word[WORDS], *rest = NULL;
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    int count = 0;
    for (char *w = strtok_r(text, "\n", &rest); w && count < WORDS; w = strtok_r(NULL, "\n", &rest))
        word[count++] = w;
    for (int i = 0; fs_cli_verb_at(i); i++) parse(fs_cli_verb_at(i), count, word);
    free(text);
    return 0;
}
