/* The SQL subset as a page: docs/sql.md is this text, and a test compares the two. */
#include "plan_internal.h"

/* Text of a cell: a | would end it. */
static fs_status add_cell(fs_buffer *out, const char *text)
{
    for (; *text; text++)
        FS_TRY(fs_buffer_text(out, *text == '|' ? "\\|" : (char[2]){*text, '\0'}));
    return FS_OK;
}

static fs_status add_arguments(fs_buffer *out, const fs_lint_function *f)
{
    if (f->most < 0) return fs_buffer_printf(out, "%d …", f->least);
    if (f->least == f->most) return fs_buffer_printf(out, "%d", f->least);
    return fs_buffer_printf(out, "%d … %d", f->least, f->most);
}

static fs_status add_function(fs_buffer *out, const fs_lint_function *f)
{
    FS_TRY(fs_buffer_printf(out, "| `%s` | ", f->name));
    if (!f->instead)
        FS_TRY(add_arguments(out, f));
    else
        FS_TRY(add_cell(out, f->note));
    FS_TRY(fs_buffer_text(out, " | "));
    FS_TRY(add_cell(out, f->instead ? f->instead : f->note));
    return fs_buffer_text(out, " |\n");
}

static fs_status add_functions(fs_buffer *out, fs_lint_use use)
{
    const fs_lint_function *f;
    for (int i = 0; (f = fs_engine_lint_function_at(i)); i++)
        if (f->use == use) FS_TRY(add_function(out, f));
    return FS_OK;
}

static fs_status add_construct(fs_buffer *out, const fs_lint_construct *c, bool code)
{
    const char *tick = !code ? "" : c->word[0] == '`' ? "`` " : "`";
    FS_TRY(fs_buffer_printf(out, "| %s", tick));
    FS_TRY(add_cell(out, c->word));
    FS_TRY(fs_buffer_printf(out, "%s%s%s | %s | ", c->then ? " " : "", c->then ? c->then : "",
                            tick[0] && tick[1] ? " ``" : tick, c->why));
    FS_TRY(add_cell(out, c->instead));
    return fs_buffer_text(out, " |\n");
}

static fs_status add_types(fs_buffer *out)
{
    const char *type;
    FS_TRY(fs_buffer_text(out, "\n## Types\n\nIn `cast(x as …)`:"));
    for (int i = 0; (type = fs_engine_lint_type_at(i)); i++)
        FS_TRY(fs_buffer_printf(out, "%s `%s`", i ? "," : "", type));
    return fs_buffer_text(
        out, ". `decimal` with its digits: `decimal(18, 2)`. The columns of a step's table may be "
             "all of\n"
             "these but `decimal`: cast it to double. A sum of whole numbers is cast to bigint.\n");
}

fs_status fs_engine_lint_reference(fs_buffer *out)
{
    const fs_lint_construct *c;
    FS_TRY(fs_buffer_text(
        out, "## Functions of the prelude\n\nDefined for both engines with one meaning.\n\n"
             "| function | arguments | gives |\n|---|---|---|\n"));
    FS_TRY(add_functions(out, FS_LINT_PRELUDE));
    FS_TRY(fs_buffer_text(
        out,
        "\nThe table `numbers` has one column, `n`: 0, 1 … 99,999. A series of days is\n"
        "`select add_days(first, n) as day from bounds join numbers on n <= days_between(first, "
        "last)`.\n"
        "\n## Functions that are the same\n\n| function | arguments | remark |\n|---|---|---|\n"));
    FS_TRY(add_functions(out, FS_LINT_ALLOWED));
    FS_TRY(fs_buffer_text(
        out, "\n## Functions that are the same but for their type\n\nAs a column of the result "
             "they stand in "
             "`cast(… as int)`.\n\n| function | arguments | remark |\n|---|---|---|\n"));
    FS_TRY(add_functions(out, FS_LINT_RESULT));
    FS_TRY(fs_buffer_text(
        out, "\n## Functions that want a cast\n\n| function | why | write |\n|---|---|---|\n"));
    FS_TRY(add_functions(out, FS_LINT_CAST));
    FS_TRY(fs_buffer_text(
        out, "\n## Functions that are refused\n\nAnd every function that is not on this page.\n\n"
             "| function | why | write instead |\n|---|---|---|\n"));
    FS_TRY(add_functions(out, FS_LINT_FORBIDDEN));
    FS_TRY(add_types(out));
    FS_TRY(fs_buffer_text(out, "\n## Words and signs that are refused\n\n| word | why | write "
                               "instead |\n|---|---|---|\n"));
    for (int i = 0; (c = fs_engine_lint_construct_at(i)); i++) FS_TRY(add_construct(out, c, true));
    FS_TRY(fs_buffer_text(out, "\n## Forms that are refused\n\n| the message begins | why | write "
                               "instead |\n|---|---|---|\n"));
    for (int i = 0; (c = fs_engine_lint_shape_at(i)); i++) FS_TRY(add_construct(out, c, false));
    return FS_OK;
}
