/* foresell apply: one operator on one table of a file.
 *
 * The file is profiled (what is each column, over all rows), the columns are given their parts (groups, order,
 * values, regressors), read as those parts need, and piped through the operator. A cell that cannot be read
 * refuses the file, with its line, for here nothing is cleaned in silence. The result comes in the order in which
 * the groups first stand in the input.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
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

static fs_status group_names_sql(fs_buffer *sql, const apply *a, const char *prefix)
{
    for (int i = 0; i < a->groups; i++) {
        FS_TRY(fs_buffer_text(sql, i ? ", " : ""));
        FS_TRY(fs_buffer_text(sql, prefix));
        FS_TRY(name_sql(sql, a->group[i]));
    }
    return FS_OK;
}

#define SERIES "_foresell_series"

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

static fs_status result_columns_sql(cli_session *s, const apply *a, fs_buffer *sql, fs_error *error)
{
    fs_buffer probe = {0};
    fs_result *result = NULL;
    fs_status status =
        fs_buffer_printf(&probe, "select * from read_parquet('%s') limit 0", a->result);
    if (status == FS_OK) status = fs_engine_query(s->engine, probe.data, &result, error);
    fs_buffer_free(&probe);
    FS_TRY(status);
    for (int i = 1; status == FS_OK && i < fs_result_columns(result); i++) {
        status = fs_buffer_text(sql, i > 1 || a->groups ? ", r." : "r.");
        if (status == FS_OK) status = name_sql(sql, fs_result_name(result, i));
    }
    fs_result_close(result);
    return status;
}

/* The rows of the result, which come in the order of the series, with the names of the groups. */
static fs_status ordered_sql(cli_session *s, const apply *a, fs_buffer *sql, fs_error *error)
{
    FS_TRY(fs_buffer_text(sql, "select "));
    FS_TRY(group_names_sql(sql, a, "p."));
    FS_TRY(result_columns_sql(s, a, sql, error));
    return fs_buffer_printf(sql,
                            " from read_parquet('%s', file_row_number = true) r join "
                            "foresell_places p using (" SERIES ") order by r.file_row_number",
                            a->result);
}

/* ---- steps ---- */

static fs_status refuse_problem(cli_session *s, const apply *a, fs_error *error)
{
    fs_result *result = NULL;
    bool more = false;
    if (a->typed) return FS_OK;
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

/* "item='X', store='1'" of a series, as errors of the operator name a group. */
static fs_status names_of(cli_session *s, const apply *a, long long series, fs_buffer *out)
{
    fs_buffer sql = {0};
    fs_result *result = NULL;
    bool more = false;
    if (a->groups == 0) return fs_buffer_text(out, "all rows");
    fs_status status = fs_buffer_text(&sql, "select ");
    if (status == FS_OK) status = group_names_sql(&sql, a, "");
    if (status == FS_OK)
        status = fs_buffer_printf(&sql, " from foresell_places where " SERIES " = %lld", series);
    if (status == FS_OK) status = fs_engine_query(s->engine, sql.data, &result, NULL);
    if (status == FS_OK) status = fs_result_next(result, &more, NULL);
    for (int i = 0; status == FS_OK && more && i < a->groups; i++) {
        const char *text = fs_result_null(result, i) ? NULL : fs_result_text(result, i);
        status = fs_buffer_printf(out, text ? "%s%s='%.80s'" : "%s%s=null", i ? ", " : "",
                                  a->group[i], text);
    }
    fs_result_close(result);
    fs_buffer_free(&sql);
    return status;
}

/* The operator knows a series by its number; people know it by its names. */
static fs_status name_series(cli_session *s, const apply *a, fs_status status, fs_error *error)
{
    char *at = error ? strstr(error->message, SERIES "='") : NULL;
    if (status == FS_OK || !at) return status;
    char *end = NULL, message[sizeof error->message];
    long long series = strtoll(at + strlen(SERIES "='"), &end, 10);
    fs_buffer names = {0};
    if (*end == '\'' && names_of(s, a, series, &names) == FS_OK && names.size) {
        snprintf(message, sizeof message, "%.*s%.320s%s", (int)(at - error->message),
                 error->message, names.data, end + 1);
        memcpy(error->message, message, sizeof message);
    }
    fs_buffer_free(&names);
    return status;
}

static fs_status run_operator(cli_session *s, apply *a, fs_error *error)
{
    fs_buffer select = {0};
    fs_status status = select_sql(&select, &a->columns);
    if (status == FS_OK)
        status =
            fs_engine_apply_series(s->engine, a->op, a->options.data, a->group, a->groups, a->order,
                                   select.data, "foresell_places", a->result, &a->rows, error);
    fs_buffer_free(&select);
    FS_TRY(name_series(s, a, status, error));
    FS_TRY(fs_engine_integer(s->engine, "select count(*) from foresell_places", &a->series, error));
    if (a->series > 0) return FS_OK;
    fs_fail(error, FS_DATA, "there are no rows, only column names");
    return fs_error_at(error, a->path[0], 0, NULL);
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

static fs_status prepare(cli_call *call, cli_session *s, apply *a, fs_error *error)
{
    FS_TRY(fs_cli_apply_open(call, s, a, error));
    if (!fs_cli_flag(call, "json")) {
        fs_cli_terminal_clear(s->terminal);
        say_parts(call, a);
    }
    fs_status status = fs_cli_apply_options(a->op, call->given, &a->options);
    if (status == FS_OK) status = add_bindings(&a->columns, &a->options);
    if (status != FS_OK) return fs_fail_memory(error, a->options.capacity);
    /* Before any data are read: a wrong parameter is told at once. */
    fs_options *options = NULL;
    FS_TRY(fs_options_parse(a->op, a->options.data, &options, error));
    fs_options_free(options);
    FS_TRY(refuse_problem(s, a, error));
    FS_TRY(run_operator(s, a, error));
    status = ordered_sql(s, a, &a->ordered, error);
    if (status == FS_MEMORY) fs_fail_memory(error, a->ordered.capacity);
    return status;
}

static fs_status apply_with(cli_call *call, cli_session *s, apply *a, fs_error *error)
{
    FS_TRY(prepare(call, s, a, error));
    const char *out = fs_cli_text(call, "output");
    if (!out) return fs_cli_apply_print(call, s, a, error);
    FS_TRY(fs_engine_export(s->engine, a->ordered.data, out, error));
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

/* A folder for the result until it is in order. */
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
    a->result = fs_arena_printf(&call->arena, "%s/result.parquet", folder);
    a->csv = fs_arena_printf(&call->arena, "%s/result.csv", folder);
    return a->result && a->csv ? FS_OK : fs_fail_memory(error, strlen(folder));
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
    if (a.result) unlink(a.result);
    if (a.csv) unlink(a.csv);
    rmdir(a.scratch);
    return status;
}
