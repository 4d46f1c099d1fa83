/* foresell docs: writes every page that is generated: manual, completions, docs/cli.md, docs/operators.md,
 * docs/tables.md. A test compares them with what is kept, so they cannot grow old. */
#include <string.h>

#include "cli_internal.h"

static fs_status write_file(const char *path, const fs_buffer *text, fs_error *error)
{
    FILE *file = fopen(path, "wb");
    if (!file) return fs_fail_errno(error, "write", path);
    bool whole = fwrite(text->data, 1, text->size, file) == text->size;
    whole = fclose(file) == 0 && whole;
    return whole ? FS_OK : fs_fail_errno(error, "write", path);
}

fs_status fs_cli_operators_markdown(fs_buffer *out)
{
    FS_TRY(fs_buffer_text(
        out,
        "# Operators\n\nMade from their declarations by `foresell docs`; `foresell operators NAME` "
        "prints the same.\n"));
    for (int i = 0; i < fs_operator_count(); i++) {
        FS_TRY(fs_buffer_text(out, "\n"));
        FS_TRY(fs_cli_operator_markdown(fs_operator_at(i), out));
    }
    return FS_OK;
}

/* ---- all of it ---- */

static fs_status main_page(fs_buffer *out) { return fs_cli_man_page(NULL, out); }

static const struct {
    const char *path;
    fs_status (*write)(fs_buffer *out);
} pages[] = {
    {"cli.md", fs_cli_markdown},
    {"operators.md", fs_cli_operators_markdown},
    {"tables.md", fs_canonical_reference},
    {"man/foresell.1", main_page},
    {"completion/foresell.bash", fs_cli_complete_bash},
    {"completion/_foresell", fs_cli_complete_zsh},
    {"completion/foresell.fish", fs_cli_complete_fish},
};

static fs_status write_page(cli_call *call, const char *name, fs_status made, const fs_buffer *text,
                            fs_error *error)
{
    if (made != FS_OK) return fs_fail_memory(error, text->capacity * 2);
    const char *path = fs_arena_printf(&call->arena, "%s/%s", fs_cli_text(call, "into"), name);
    return path ? write_file(path, text, error) : fs_fail_memory(error, strlen(name));
}

static fs_status write_verb(cli_call *call, const cli_verb *verb, fs_error *error)
{
    fs_buffer text = {0};
    const char *name = fs_arena_printf(&call->arena, "man/foresell-%s.1", verb->name);
    fs_status status = name ? write_page(call, name, fs_cli_man_page(verb, &text), &text, error)
                            : fs_fail_memory(error, strlen(verb->name));
    fs_buffer_free(&text);
    return status;
}

fs_status fs_cli_run_docs(cli_call *call, fs_error *error)
{
    static const char *const folders[] = {"", "/man", "/completion"};
    for (int i = 0; i < 3; i++) {
        const char *path =
            fs_arena_printf(&call->arena, "%s%s", fs_cli_text(call, "into"), folders[i]);
        if (!path) return fs_fail_memory(error, 64);
        FS_TRY(fs_make_folder(path, error));
    }
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        fs_buffer text = {0};
        fs_status status = write_page(call, pages[i].path, pages[i].write(&text), &text, error);
        fs_buffer_free(&text);
        FS_TRY(status);
    }
    for (int i = 0; fs_cli_verb_at(i); i++)
        if (!fs_cli_verb_at(i)->hidden) FS_TRY(write_verb(call, fs_cli_verb_at(i), error));
    return FS_OK;
}
