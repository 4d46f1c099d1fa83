/* The result of foresell apply on standard output: CSV, or JSON row by row. */
#include <stdio.h>

#include "apply_internal.h"

static fs_status print_csv(cli_call *call, cli_session *s, const apply *a, fs_error *error)
{
    fs_cli_terminal_clear(s->terminal);
    FILE *file = fopen(a->printed, "rb");
    if (!file) return fs_fail_errno(error, "read", a->printed);
    char bytes[65536];
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        fwrite(bytes, 1, got, call->out);
    bool failed = ferror(file);
    fclose(file);
    return failed ? fs_fail(error, FS_RESOURCE, "cannot read %s", a->printed) : FS_OK;
}

static fs_status value_json(const fs_result *result, int column, fs_buffer *out)
{
    if (fs_result_null(result, column)) return fs_buffer_text(out, "null");
    switch (fs_result_type(result, column)) {
    case FS_TYPE_BOOL:
        return fs_buffer_text(out, fs_result_integer(result, column) ? "true" : "false");
    case FS_TYPE_INT:
        return fs_buffer_printf(out, "%lld", (long long)fs_result_integer(result, column));
    case FS_TYPE_DOUBLE: return fs_buffer_printf(out, "%.17g", fs_result_number(result, column));
    default: return fs_cli_json_text(out, fs_result_text(result, column));
    }
}

static fs_status row_json(const fs_result *result, fs_buffer *out)
{
    for (int i = 0; i < fs_result_columns(result); i++) {
        FS_TRY(fs_buffer_text(out, i ? ", " : "{"));
        FS_TRY(fs_cli_json_text(out, fs_result_name(result, i)));
        FS_TRY(fs_buffer_text(out, ": "));
        FS_TRY(value_json(result, i, out));
    }
    return fs_buffer_text(out, "}");
}

static fs_status print_json(cli_call *call, cli_session *s, const apply *a, fs_error *error)
{
    fs_result *result = NULL;
    fs_buffer row = {0};
    bool more = false, first = true;
    fs_status status = fs_buffer_printf(&row, "select * from read_parquet('%s')", a->printed);
    status = status == FS_OK ? fs_engine_query(s->engine, row.data, &result, error)
                             : fs_fail_memory(error, row.capacity);
    if (status == FS_OK) status = fs_result_next(result, &more, error);
    for (; status == FS_OK && more; status = fs_result_next(result, &more, error)) {
        fs_buffer_clear(&row);
        status = row_json(result, &row);
        if (status != FS_OK) break;
        fprintf(call->out, "%s%s", first ? "[\n" : ",\n", row.data);
        first = false;
    }
    if (status == FS_OK) fputs(first ? "[]\n" : "\n]\n", call->out);
    fs_buffer_free(&row);
    fs_result_close(result);
    return status;
}

fs_status fs_cli_apply_print(cli_call *call, cli_session *s, apply *a, fs_error *error)
{
    return fs_cli_flag(call, "json") ? print_json(call, s, a, error) : print_csv(call, s, a, error);
}
