/* Operators over SQL: the rows of a SELECT, sorted by group and order, through one pipe into a file.
 *
 * The sorted rows are streamed: DuckDB spills what does not fit, the pipe holds one block.
 */
#include <string.h>

#include "engine_internal.h"
#include "nanoarrow/nanoarrow.h"

typedef struct applied {
    fs_engine *engine;
    fs_connection *connection;
    duckdb_result result;
    duckdb_arrow_options arrow;
    fs_pipe *pipe;
    bool queried, ended;
} applied;

static fs_status write_sorted(fs_buffer *sql, const char *select, const char *const *group,
                              int groups, const char *order)
{
    FS_TRY(fs_buffer_printf(sql, "select * from (%s\n) order by ", select));
    for (int i = 0; i < groups; i++) {
        FS_TRY(fs_engine_add_name(sql, group[i]));
        FS_TRY(fs_buffer_text(sql, " nulls first, "));
    }
    FS_TRY(fs_engine_add_name(sql, order));
    return fs_buffer_text(sql, " nulls first");
}

fs_status fs_engine_result_schema(duckdb_result *result, duckdb_arrow_options arrow,
                                  struct ArrowSchema *schema, fs_error *error)
{
    idx_t columns = duckdb_column_count(result);
    duckdb_logical_type *type = fs_alloc_zero(columns, sizeof *type);
    const char **name = fs_alloc_zero(columns, sizeof *name);
    fs_status status = type && name ? FS_OK : fs_fail_memory(error, columns * 16);
    for (idx_t i = 0; status == FS_OK && i < columns; i++) {
        type[i] = duckdb_column_logical_type(result, i);
        name[i] = duckdb_column_name(result, i);
    }
    if (status == FS_OK)
        status =
            fs_engine_fault_data(error, duckdb_to_arrow_schema(arrow, type, name, columns, schema));
    for (idx_t i = 0; type && i < columns; i++)
        if (type[i]) duckdb_destroy_logical_type(&type[i]);
    fs_free(type);
    fs_free(name);
    return status;
}

static fs_status push_next(applied *a, fs_error *error)
{
    duckdb_data_chunk chunk = duckdb_fetch_chunk(a->result);
    if (!chunk) {
        const char *fault = duckdb_result_error(&a->result);
        if (fault && *fault) return fs_engine_fault_of(a->engine, error, fault);
        a->ended = true;
        return fs_pipe_end(a->pipe, error);
    }
    struct ArrowArray batch = {0};
    fs_status status =
        fs_engine_fault_data(error, duckdb_data_chunk_to_arrow(a->arrow, chunk, &batch));
    duckdb_destroy_data_chunk(&chunk);
    return status == FS_OK ? fs_pipe_push(a->pipe, &batch, error) : status;
}

static fs_status produce(void *context, struct ArrowArray *batch, bool *more, fs_error *error)
{
    applied *a = context;
    for (;;) {
        *more = fs_pipe_pull(a->pipe, batch);
        if (*more || a->ended) return FS_OK;
        if (fs_progress_cancelled(a->engine->progress))
            return fs_fail(error, FS_CANCELLED, "cancelled");
        FS_TRY(push_next(a, error));
    }
}

static fs_status run_pipe(applied *a, const char *path, int64_t *rows, fs_error *error)
{
    struct ArrowSchema schema = {0};
    FS_TRY(fs_pipe_schema(a->pipe, &schema, error));
    fs_status status = fs_engine_write_batches(a->engine, &schema, produce, a, path, rows, error);
    if (schema.release) schema.release(&schema);
    return status;
}

static fs_status start_query(applied *a, const char *sql, fs_error *error)
{
    FS_TRY(fs_engine_acquire(a->engine, &a->connection, error));
    duckdb_connection_get_arrow_options(a->connection->handle, &a->arrow);
    FS_TRY(fs_engine_run(a->engine, a->connection, sql, true, &a->result, error));
    a->queried = true;
    return FS_OK;
}

static void close_applied(applied *a)
{
    fs_pipe_close(a->pipe);
    if (a->queried) duckdb_destroy_result(&a->result);
    if (a->arrow) duckdb_destroy_arrow_options(&a->arrow);
    if (a->connection) fs_engine_release(a->engine, a->connection, a->queried);
}

fs_status fs_engine_apply(fs_engine *engine, const fs_operator *op, const char *options,
                          const char *const *group, int groups, const char *order,
                          const char *select, const char *path, int64_t *rows, fs_error *error)
{
    fs_options *parsed;
    struct ArrowSchema schema = {0};
    fs_buffer sql = {0};
    applied a = {.engine = engine};
    FS_TRY(fs_options_parse(op, options ? options : "", &parsed, error));
    fs_status status = write_sorted(&sql, select, group, groups, order);
    if (status != FS_OK) fs_fail_memory(error, strlen(select));
    if (status == FS_OK) status = start_query(&a, sql.data, error);
    if (status == FS_OK) status = fs_engine_result_schema(&a.result, a.arrow, &schema, error);
    if (status == FS_OK)
        status = fs_pipe_open(op, parsed, group, groups, order, &schema, &a.pipe, error);
    if (schema.release) schema.release(&schema);
    if (status == FS_OK) status = run_pipe(&a, path, rows, error);
    close_applied(&a);
    fs_buffer_free(&sql);
    fs_options_free(parsed);
    return status;
}
