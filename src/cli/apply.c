/* foresell apply: one operator on one table of a file.
 *
 * The columns are given their parts (groups, order, values, regressors), read as those parts need, and piped through the
 * operator. A cell that cannot be read refuses the file, with its line, for here nothing is cleaned in silence. The
 * result comes in the order in which the groups first stand in the input.
 *
 * What each column is, the types of the file tell, or its first rows, and then it is read once, each cell looked at: nearly
 * always all are like the first ones. Where one is not, or anything else goes wrong, all begins anew with a profile of the
 * whole file, which tells what is to be done or said.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "apply_internal.h"

/* ---- parameters: what was given becomes the operator's own text, which it checks itself ---- */

static const fs_param *param_named(const fs_operator *op, const char *name)
{
    for (const fs_param *p = op->params; p && p->name; p++)
        if (strcmp(p->name, name) == 0) return p;
    return NULL;
}

static fs_status quoted(fs_buffer *out, const char *text, size_t bytes)
{
    FS_TRY(fs_buffer_text(out, "'"));
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '\'') FS_TRY(fs_buffer_text(out, "'"));
        FS_TRY(fs_buffer_add(out, text + i, 1));
    }
    return fs_buffer_text(out, "'");
}

/* "0.1, 0.9" or "[0.1, 0.9]" */
static fs_status quoted_list(fs_buffer *out, const char *text)
{
    FS_TRY(fs_buffer_text(out, "["));
    const char *at = text + strspn(text, " [");
    for (bool first = true; *at && *at != ']'; first = false) {
        size_t bytes = strcspn(at, ",]"), kept = bytes;
        while (kept > 0 && at[kept - 1] == ' ') kept--;
        if (!first) FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(quoted(out, at, kept));
        at += bytes;
        at += strspn(at, ", ");
    }
    return fs_buffer_text(out, "]");
}

fs_status fs_cli_apply_options(const fs_operator *op, const cli_given *given, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, ""));
    for (const cli_given *g = given; g; g = g->next) {
        if (!g->is_param) continue;
        const fs_param *param = param_named(op, g->name);
        if (out->size) FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(fs_buffer_printf(out, "%s = ", g->name));
        if (param && param->type == FS_TYPE_LIST)
            FS_TRY(quoted_list(out, g->value));
        else
            FS_TRY(quoted(out, g->value, strlen(g->value)));
    }
    return FS_OK;
}

/* The columns that were found for values which the user did not name. */
static fs_status add_bindings(const apply_columns *columns, fs_buffer *options)
{
    for (int i = 0; i < columns->count; i++) {
        const apply_column *c = &columns->column[i];
        if (c->part != APPLY_VALUE || !c->guessed) continue;
        if (options->size) FS_TRY(fs_buffer_text(options, ", "));
        FS_TRY(fs_buffer_printf(options, "%s = ", c->input->name));
        FS_TRY(quoted(options, c->name, strlen(c->name)));
    }
    return FS_OK;
}

/* ---- SQL ---- */

static fs_status name_sql(fs_buffer *sql, const char *name)
{
    FS_TRY(fs_buffer_text(sql, "\""));
    for (const char *c = name; *c; c++) {
        if (*c == '"') FS_TRY(fs_buffer_text(sql, "\""));
        FS_TRY(fs_buffer_add(sql, c, 1));
    }
    return fs_buffer_text(sql, "\"");
}

static fs_status select_sql(fs_buffer *sql, const apply_columns *columns)
{
    static const apply_part order[] = {APPLY_GROUP, APPLY_ORDER, APPLY_VALUE, APPLY_REGRESSOR};
    bool first = true;
    FS_TRY(fs_buffer_text(sql, "select "));
    for (size_t part = 0; part < sizeof order / sizeof order[0]; part++)
        for (int i = 0; i < columns->count; i++) {
            if (columns->column[i].part != order[part]) continue;
            FS_TRY(fs_buffer_text(sql, first ? "" : ", "));
            FS_TRY(name_sql(sql, columns->column[i].name));
            first = false;
        }
    return fs_buffer_text(sql, " from foresell_input");
}

/* ---- steps ---- */

static fs_status refuse_problem(cli_session *s, const apply *a, fs_error *error)
{
    fs_result *result = NULL;
    bool more = false;
    if (a->typed || a->beginning) return FS_OK;
    FS_TRY(fs_engine_query(s->engine,
                           "select _file, _line, _problem from foresell_input "
                           "where _problem is not null order by _file, _line limit 1",
                           &result, error));
    fs_status status = fs_result_next(result, &more, error);
    if (status == FS_OK && more) {
        int64_t file = fs_result_integer(result, 0);
        status = fs_fail(error, FS_DATA, "%s", fs_result_text(result, 2));
        fs_error_at(error, file < a->paths ? a->path[file] : NULL, fs_result_integer(result, 1),
                    NULL);
        fs_error_remedy(error, "correct the row, or bring the file in with foresell init and run, "
                               "which keep such rows in quarantine");
    }
    fs_result_close(result);
    return status;
}

static fs_status run_operator(cli_session *s, apply *a, fs_error *error)
{
    fs_buffer select = {0};
    fs_status status = select_sql(&select, &a->columns);
    fs_apply what = {.op = a->op,
                     .options = a->options.data,
                     .group = a->group,
                     .groups = a->groups,
                     .order = a->order,
                     .select = select.data,
                     .as_they_come = true,
                     .needs_rows = true};
    if (status == FS_OK)
        status = fs_engine_apply(s->engine, &what, a->result, &a->rows, &a->series, error);
    else
        fs_fail_memory(error, select.capacity);
    fs_buffer_free(&select);
    if (status == FS_DATA && error && strncmp(error->message, "there are no rows", 17) == 0)
        fs_error_at(error, a->path[0], 0, NULL);
    return status;
}

/* What was taken for what, where the user did not say it. */
static void say_parts(const cli_call *call, const apply *a)
{
    for (int i = 0; i < a->columns.count; i++) {
        const apply_column *c = &a->columns.column[i];
        if (c->part == APPLY_ORDER && c->guessed)
            fprintf(call->err, "%s: taken as the order\n", c->name);
        else if (c->part == APPLY_VALUE && c->guessed)
            fprintf(call->err, "%s: taken as %s\n", c->name, c->input->name);
        else if (c->part == APPLY_LEFT)
            fprintf(call->err, "%s: left alone\n", c->name);
    }
}

/* Has each column the part that it had before? */
static bool same_parts(const apply_columns *a, const apply_columns *b)
{
    bool same = a->count == b->count;
    for (int i = 0; same && i < a->count; i++)
        same = a->column[i].part == b->column[i].part && a->column[i].input == b->column[i].input;
    return same;
}

/* Up to where rows are read: a wrong parameter is told at once. */
static fs_status set_up(cli_call *call, cli_session *s, apply *a, bool whole, fs_error *error)
{
    apply_columns said = a->columns;
    FS_TRY(fs_cli_apply_open(call, s, a, whole, error));
    if (!fs_cli_flag(call, "json") && !same_parts(&said, &a->columns)) {
        fs_cli_terminal_clear(s->terminal);
        say_parts(call, a);
    }
    fs_buffer_clear(&a->options);
    fs_status status = fs_cli_apply_options(a->op, call->given, &a->options);
    if (status == FS_OK) status = add_bindings(&a->columns, &a->options);
    if (status != FS_OK) return fs_fail_memory(error, a->options.capacity);
    fs_options *options = NULL;
    FS_TRY(fs_options_parse(a->op, a->options.data, &options, error));
    status = fs_options_check_here(options, error);
    fs_options_free(options);
    return status;
}

static fs_status prepare(cli_call *call, cli_session *s, apply *a, fs_error *error)
{
    fs_error fault = {0};
    FS_TRY(set_up(call, s, a, false, error));
    fs_status status = refuse_problem(s, a, &fault);
    if (status == FS_OK) status = run_operator(s, a, &fault);
    if (status == FS_DATA && a->beginning) {
        fault = (fs_error){0};
        FS_TRY(set_up(call, s, a, true, error));
        status = refuse_problem(s, a, &fault);
        if (status == FS_OK) status = run_operator(s, a, &fault);
    }
    if (status != FS_OK && error) *error = fault;
    return status;
}

static fs_status apply_with(cli_call *call, cli_session *s, apply *a, fs_error *error)
{
    const char *out = fs_cli_text(call, "output");
    if (out) {
        FS_TRY(fs_engine_check_export(out, error));
        a->result = out;
    }
    FS_TRY(prepare(call, s, a, error));
    if (!out) return fs_cli_apply_print(call, s, a, error);
    fs_cli_terminal_clear(s->terminal);
    if (!fs_cli_flag(call, "json")) {
        fprintf(call->out, "%lld rows of %lld series in %s\n", (long long)a->rows,
                (long long)a->series, out);
        return FS_OK;
    }
    fs_buffer name = {0};
    fs_status status = fs_cli_json_text(&name, out);
    if (status == FS_OK)
        fprintf(call->out, "{\"rows\": %lld, \"series\": %lld, \"output\": %s}\n",
                (long long)a->rows, (long long)a->series, name.data);
    fs_buffer_free(&name);
    return status;
}

/* A folder for the result where it is to be printed. */
static fs_status make_scratch(cli_call *call, apply *a, fs_error *error)
{
    const char *base = getenv("TMPDIR");
    char *folder =
        fs_arena_printf(&call->arena, "%s/foresell-XXXXXX", base && *base ? base : "/tmp");
    if (!folder) return fs_fail_memory(error, 64);
    if (strchr(folder, '\''))
        return fs_fail(error, FS_RESOURCE, "TMPDIR must not contain a quote: %s", folder);
    if (!mkdtemp(folder)) return fs_fail_errno(error, "make the temporary folder", folder);
    a->scratch = folder;
    a->printed = fs_arena_printf(&call->arena, "%s/result.%s", folder,
                                 fs_cli_flag(call, "json") ? "parquet" : "csv");
    a->result = a->printed;
    return a->printed ? FS_OK : fs_fail_memory(error, strlen(folder));
}

fs_status fs_cli_run_apply(cli_call *call, fs_error *error)
{
    apply a = {.op = call->op};
    cli_session session = {0};
    FS_TRY(make_scratch(call, &a, error));
    fs_status status = fs_cli_session_open(call, &session, error);
    if (status == FS_OK) status = apply_with(call, &session, &a, error);
    fs_cli_apply_close(&a);
    fs_cli_session_close(&session);
    if (a.printed) unlink(a.printed);
    rmdir(a.scratch);
    return status;
}
