/* Any text as the parameters of every operator: refused with a message, or read so that its normal
 * form reads back the same. */
#include <stdlib.h>
#include <string.h>

#include "foresell/operator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_normal_form(const fs_operator *op, const fs_options *options)
{
    fs_buffer first = {0}, second = {0};
    fs_options *again = NULL;
    if (fs_options_format(options, &first) != FS_OK) abort();
    if (fs_options_parse(op, first.data, &again, NULL) != FS_OK) abort();
    if (fs_options_format(again, &second) != FS_OK) abort();
    if (strcmp(first.data, second.data) != 0) abort();
    fs_options_free(again);
    fs_buffer_free(&first);
    fs_buffer_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    for (int i = 0; i < fs_operator_count(); i++) {
        const fs_operator *op = fs_operator_at(i);
        fs_options *options = NULL;
        fs_error error = {0};
        if (fs_options_parse(op, text, &options, &error) == FS_OK)
            check_normal_form(op, options);
        else if (!error.message[0])
            abort();
        fs_options_free(options);
    }
    free(text);
    return 0;
}
