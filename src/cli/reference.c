/* The reference of operators, from their declarations. */
#include <string.h>

#include "cli_internal.h"

enum { WIDTH = 92 };

static const char *role_in_words(const fs_column *c)
{
    if (c->role == FS_ROLE_ORDER) return "order";
    if (c->role == FS_ROLE_REGRESSOR) return "regressor";
    return c->optional ? "value, may be absent" : "value";
}

/* "double, units" of a column. */
static fs_status type_text(fs_buffer *out, const fs_column *c)
{
    FS_TRY(fs_buffer_text(out, fs_type_name(c->type)));
    return c->unit ? fs_buffer_printf(out, ", %s", c->unit) : FS_OK;
}

static fs_status bounds_text(fs_buffer *out, const fs_param *p)
{
    if (p->choices) return fs_buffer_printf(out, "one of %s", p->choices);
    if (p->minimum == 0 && p->maximum == 0) return FS_OK;
    return fs_buffer_printf(out, "%.15g to %.15g", p->minimum, p->maximum);
}

static fs_status paragraphs(fs_buffer *out, const char *text)
{
    for (const char *at = text; at && *at;) {
        const char *end = strstr(at, "\n\n");
        size_t bytes = end ? (size_t)(end - at) : strlen(at);
        fs_buffer one = {0};
        fs_status status = fs_buffer_add(&one, at, bytes);
        if (status == FS_OK) status = fs_buffer_text(out, "\n");
        if (status == FS_OK) status = fs_cli_wrap(out, one.data, 0, 0, WIDTH);
        fs_buffer_free(&one);
        FS_TRY(status);
        at += bytes + (end ? 2 : 0);
    }
    return FS_OK;
}

/* ---- text ---- */

static fs_status columns_text(fs_buffer *out, const char *title, const fs_column *columns,
                              bool input)
{
    FS_TRY(fs_buffer_printf(out, "\n%s:\n", title));
    for (const fs_column *c = columns; c->name; c++) {
        FS_TRY(fs_buffer_printf(out, "  %s%s  (", c->name, c->each && !input ? "…" : ""));
        FS_TRY(type_text(out, c));
        if (input) FS_TRY(fs_buffer_printf(out, "; %s", role_in_words(c)));
        if (c->each && !input) FS_TRY(fs_buffer_printf(out, "; one for each %s", c->each));
        FS_TRY(fs_buffer_text(out, ")\n      "));
        FS_TRY(fs_cli_wrap(out, c->doc ? c->doc : "", 6, 6, WIDTH));
    }
    return FS_OK;
}

static fs_status params_text(fs_buffer *out, const fs_operator *op)
{
    FS_TRY(fs_buffer_text(out, "\nparameters:\n"));
    for (const fs_param *p = op->params; p && p->name; p++) {
        FS_TRY(fs_buffer_printf(out, "  %s  (%s", p->name, fs_type_name(p->type)));
        if (p->choices || p->minimum != 0 || p->maximum != 0) FS_TRY(fs_buffer_text(out, "; "));
        FS_TRY(bounds_text(out, p));
        FS_TRY(p->fallback ? fs_buffer_printf(out, "; default %s)\n      ",
                                              p->fallback[0] ? p->fallback : "empty")
                           : fs_buffer_text(out, "; must be given)\n      "));
        FS_TRY(fs_cli_wrap(out, p->doc ? p->doc : "", 6, 6, WIDTH));
    }
    return FS_OK;
}

fs_status fs_cli_operator_text(const fs_operator *op, fs_buffer *out)
{
    FS_TRY(fs_buffer_printf(out, "%s, version %d\n\n", op->name, op->version));
    FS_TRY(fs_cli_wrap(out, op->summary, 0, 0, WIDTH));
    FS_TRY(paragraphs(out, op->details));
    FS_TRY(columns_text(out, "takes", op->input, true));
    FS_TRY(columns_text(out, "gives (after the group columns)", op->output, false));
    FS_TRY(params_text(out, op));
    return op->example ? fs_buffer_printf(out, "\nexample:\n  %s\n", op->example) : FS_OK;
}

/* ---- Markdown ---- */

/* A cell of a table: a bar would end it. */
static fs_status cell(fs_buffer *out, const char *text)
{
    FS_TRY(fs_buffer_text(out, " "));
    for (const char *c = text ? text : ""; *c; c++) {
        if (*c == '|') FS_TRY(fs_buffer_text(out, "\\"));
        FS_TRY(fs_buffer_add(out, *c == '\n' ? " " : c, 1));
    }
    return fs_buffer_text(out, " |");
}

static fs_status columns_markdown(fs_buffer *out, const char *title, const fs_column *columns,
                                  bool input)
{
    FS_TRY(fs_buffer_printf(out, "\n%s\n\n| column | type | %s | |\n|---|---|---|---|\n", title,
                            input ? "role" : "of"));
    for (const fs_column *c = columns; c->name; c++) {
        fs_buffer type = {0};
        FS_TRY(fs_buffer_printf(out, "| `%s%s` |", c->name, c->each && !input ? "…" : ""));
        fs_status status = type_text(&type, c);
        if (status == FS_OK) status = cell(out, type.data);
        fs_buffer_free(&type);
        FS_TRY(status);
        FS_TRY(cell(out, input ? role_in_words(c) : c->each ? c->each : ""));
        FS_TRY(cell(out, c->doc));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    return FS_OK;
}

static fs_status params_markdown(fs_buffer *out, const fs_operator *op)
{
    FS_TRY(fs_buffer_text(out, "\nParameters\n\n| name | type | default | bounds | |\n"
                               "|---|---|---|---|---|\n"));
    for (const fs_param *p = op->params; p && p->name; p++) {
        fs_buffer bounds = {0};
        FS_TRY(fs_buffer_printf(out, "| `%s` | %s |", p->name, fs_type_name(p->type)));
        FS_TRY(cell(out, p->fallback ? p->fallback : "must be given"));
        fs_status status = bounds_text(&bounds, p);
        if (status == FS_OK) status = cell(out, bounds.data);
        fs_buffer_free(&bounds);
        FS_TRY(status);
        FS_TRY(cell(out, p->doc));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    return FS_OK;
}

fs_status fs_cli_operator_markdown(const fs_operator *op, fs_buffer *out)
{
    FS_TRY(fs_buffer_printf(out, "## %s\n\n%s\n", op->name, op->summary));
    FS_TRY(paragraphs(out, op->details));
    FS_TRY(columns_markdown(out, "Takes", op->input, true));
    FS_TRY(columns_markdown(out, "Gives, after the group columns", op->output, false));
    FS_TRY(params_markdown(out, op));
    return op->example ? fs_buffer_printf(out, "\n```\n%s\n```\n", op->example) : FS_OK;
}

/* ---- the verb ---- */

static fs_status print_json(cli_call *call, const fs_operator *only, fs_error *error)
{
    fs_buffer text = {0};
    fs_status status = fs_operator_describe(only, &text, error);
    if (status == FS_OK) fprintf(call->out, "%s\n", text.data);
    fs_buffer_free(&text);
    return status;
}

static fs_status list(fs_buffer *out)
{
    for (int i = 0; i < fs_operator_count(); i++) {
        const fs_operator *op = fs_operator_at(i);
        FS_TRY(fs_buffer_printf(out, "%-18s ", op->name));
        FS_TRY(fs_cli_wrap(out, op->summary, 19, 19, WIDTH));
    }
    return fs_buffer_text(out, "\nforesell operators NAME tells all about one.\n");
}

fs_status fs_cli_run_operators(cli_call *call, fs_error *error)
{
    const fs_operator *op = NULL;
    if (call->arguments > 0) {
        op = fs_operator_find(call->argument[0], error);
        if (!op) return FS_USAGE;
    }
    if (fs_cli_flag(call, "json")) return print_json(call, op, error);
    fs_buffer out = {0};
    bool markdown = fs_cli_flag(call, "markdown");
    fs_status status = !op && markdown ? fs_cli_operators_markdown(&out)
                       : !op           ? list(&out)
                       : markdown      ? fs_cli_operator_markdown(op, &out)
                                       : fs_cli_operator_text(op, &out);
    if (status == FS_OK)
        fputs(out.data, call->out);
    else
        fs_fail_memory(error, out.capacity * 2);
    fs_buffer_free(&out);
    return status;
}
