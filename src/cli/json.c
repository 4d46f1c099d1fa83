/* JSON that is written by hand where it streams; whole objects are built with jansson elsewhere. */
#include <string.h>

#include "cli_internal.h"

/* Text of any bytes: what is not valid UTF-8 is the caller's fault and passes through. */
fs_status fs_cli_json_text(fs_buffer *out, const char *text)
{
    FS_TRY(fs_buffer_text(out, "\""));
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            FS_TRY(fs_buffer_printf(out, "\\%c", *c));
        else if (*c < 0x20 || *c == 0x7f)
            FS_TRY(fs_buffer_printf(out, "\\u%04x", *c));
        else
            FS_TRY(fs_buffer_add(out, c, 1));
    }
    return fs_buffer_text(out, "\"");
}

static fs_status member(fs_buffer *out, const char *name, const char *text)
{
    if (!text[0]) return FS_OK;
    FS_TRY(fs_buffer_printf(out, ", \"%s\": ", name));
    return fs_cli_json_text(out, text);
}

fs_status fs_cli_json_error(const fs_error *error, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "{\"error\": "));
    FS_TRY(fs_cli_json_text(out, error->message));
    FS_TRY(member(out, "kind", fs_status_text(error->status)));
    FS_TRY(fs_buffer_printf(out, ", \"exit_code\": %d", fs_status_exit_code(error->status)));
    FS_TRY(member(out, "file", error->file));
    if (error->line > 0) FS_TRY(fs_buffer_printf(out, ", \"line\": %lld", (long long)error->line));
    FS_TRY(member(out, "column", error->column));
    FS_TRY(member(out, "remedy", error->remedy));
    return fs_buffer_text(out, "}");
}
