/* Any bytes as a step's file: read or refused with a line of the file; the same text gives the same step. */
#include <stdlib.h>
#include <string.h>

#include "../src/engine/plan_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *setting(void *context, const char *name)
{
    (void)context;
    return name[0] == 'x' ? NULL : "it's \"28\"";
}

static fs_status read_once(const char *text, int64_t lines, char digest[FS_DIGEST_HEX])
{
    fs_arena arena = {0};
    fs_step_node node;
    fs_error error = {0};
    fs_status status = fs_engine_step_read(&arena, "fuzz.txt", text, setting, NULL, &node, &error);
    if (status != FS_OK && (error.line < 1 || error.line > lines || !error.message[0])) abort();
    if (status == FS_OK) {
        if (!node.step.name || !*node.step.sql || node.sql_line > lines) abort();
        memcpy(digest, node.step.digest, FS_DIGEST_HEX);
        fs_engine_step_free(&node);
    }
    fs_arena_free(&arena);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), one[FS_DIGEST_HEX] = "", two[FS_DIGEST_HEX] = "";
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    int64_t lines = 1;
    for (const char *p = text; *p; p++) lines += *p == '\n';
    fs_status status = read_once(text, lines, one);
    if (read_once(text, lines, two) != status || strcmp(one, two) != 0) abort();
    free(text);
    return 0;
}
