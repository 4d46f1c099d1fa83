/* Text in lines. */
#include <string.h>

#include "cli_internal.h"

/* Characters (not bytes) in the first `bytes` of UTF-8 text. */
static int characters(const char *text, size_t bytes)
{
    int count = 0;
    for (size_t i = 0; i < bytes; i++) count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

static fs_status start_line(fs_buffer *out, int indent)
{
    return fs_buffer_printf(out, "%*s", indent, "");
}

fs_status fs_cli_wrap(fs_buffer *out, const char *text, int column, int indent, int width)
{
    bool first = true;
    for (const char *word = text; *word;) {
        size_t bytes = strcspn(word, " \n");
        int size = characters(word, bytes);
        if (!first && column + 1 + size > width) {
            FS_TRY(fs_buffer_text(out, "\n"));
            FS_TRY(start_line(out, indent));
            column = indent;
        } else if (!first) {
            FS_TRY(fs_buffer_text(out, " "));
            column++;
        }
        FS_TRY(fs_buffer_add(out, word, bytes));
        column += size;
        first = false;
        word += bytes;
        word += strspn(word, " \n");
    }
    return fs_buffer_text(out, "\n");
}
