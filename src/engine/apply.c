/* Operators over SQL: the rows of a SELECT, in any order, through pipes into a file.
 *
 *   query → groups numbered, rows dealt out into hands          (series_index.c, deal.c)
 *     → where groups are wanted in order: sorted by their keys, dealt once more under their new numbers
 *     → turns of hands, in parallel, through pipes → the file   (hand.c, turns.c)
 *
 * Nothing but the keys is sorted, unless the rows of a group did not come in order. A SELECT that gives its
 * groups in order already is dealt once.
 */
#include <string.h>

#include "deal_internal.h"

/* ---- columns ---- */

static fs_status describe_result(duckdb_result *result, duckdb_arrow_options arrow,
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

/* What a pipe over the rows themselves would give; it tells what is wrong with the columns. */
static fs_status describe_output(fs_dealt *d, const struct ArrowSchema *whole, fs_error *error)
{
    const fs_apply *a = d->apply;
    fs_pipe *pipe;
    FS_TRY(fs_pipe_open(a->op, d->options, a->group, a->groups, a->order, whole, &pipe, error));
    fs_status status = fs_pipe_schema(pipe, &d->result, error);
    fs_pipe_close(pipe);
    return status;
}

/* The series' number, then the columns that are no groups. */
static fs_status describe_rows(fs_dealt *d, const struct ArrowSchema *whole,
                               const fs_deal_parts *parts, fs_error *error)
{
    struct ArrowSchema *out = &d->rows;
    int64_t at = 1;
    ArrowSchemaInit(out);
    int code = ArrowSchemaSetTypeStruct(out, 1 + whole->n_children - parts->groups);
    if (code == NANOARROW_OK) code = ArrowSchemaSetType(out->children[0], NANOARROW_TYPE_INT32);
    if (code == NANOARROW_OK) code = ArrowSchemaSetName(out->children[0], FS_DEAL_SERIES);
    for (int64_t i = 0; code == NANOARROW_OK && i < whole->n_children; i++) {
        if (fs_deal_is_group(parts, i)) continue;
        out->children[at]->release(out->children[at]);
        code = ArrowSchemaDeepCopy(whole->children[i], out->children[at++]);
    }
    return code == NANOARROW_OK ? FS_OK : fs_fail_memory(error, 64);
}

static fs_status describe(fs_dealt *d, fs_connection *connection, duckdb_result *result,
                          fs_deal_parts *parts, fs_error *error)
{
    const fs_apply *a = d->apply;
    struct ArrowSchema whole = {0};
    duckdb_arrow_options arrow = NULL;
    duckdb_connection_get_arrow_options(connection->handle, &arrow);
    fs_status status = describe_result(result, arrow, &whole, error);
    duckdb_destroy_arrow_options(&arrow);
    if (status == FS_OK) status = describe_output(d, &whole, error);
    if (status == FS_OK)
        status = fs_deal_find_parts(result, a->group, a->groups, a->order, parts, error);
    if (status == FS_OK) status = describe_rows(d, &whole, parts, error);
    if (whole.release) whole.release(&whole);
    return status;
}

/* ---- the query ---- */

static fs_status open_index(fs_dealt *d, duckdb_result *result, const fs_deal_parts *parts,
                            fs_error *error)
{
    fs_series_key key[FS_DEAL_COLUMNS];
    for (int i = 0; i < parts->groups; i++) {
        duckdb_type type = duckdb_column_type(result, (idx_t)parts->group[i]);
        key[i] =
            (fs_series_key){.index = parts->group[i], .type = type, .width = fs_deal_width(type)};
    }
    return fs_series_index_open(key, parts->groups, &d->index, error);
}

static fs_status deal_rows(fs_dealt *d, duckdb_result *result, fs_error *error)
{
    for (;;) {
        if (fs_progress_cancelled(d->engine->progress))
            return fs_fail(error, FS_CANCELLED, "cancelled");
        duckdb_data_chunk chunk = duckdb_fetch_chunk(*result);
        if (!chunk) break;
        fs_status status = fs_deal_add(d->deal, chunk, d->index, error);
        duckdb_destroy_data_chunk(&chunk);
        FS_TRY(status);
    }
    const char *fault = duckdb_result_error(result);
    return fault && *fault ? fs_engine_fault_of(d->engine, error, fault) : FS_OK;
}

static fs_status deal_result(fs_dealt *d, fs_connection *connection, duckdb_result *result,
                             fs_error *error)
{
    fs_deal_parts parts;
    FS_TRY(describe(d, connection, result, &parts, error));
    FS_TRY(open_index(d, result, &parts, error));
    FS_TRY(fs_deal_open(d->engine, result, &parts, &d->deal, error));
    return deal_rows(d, result, error);
}

static fs_status query(fs_dealt *d, fs_error *error)
{
    fs_connection *connection;
    duckdb_result result = {0};
    FS_TRY(fs_engine_acquire(d->engine, &connection, error));
    fs_status status = fs_engine_stream(d->engine, connection, d->apply->select, &result, error);
    if (status == FS_OK) {
        status = deal_result(d, connection, &result, error);
        duckdb_destroy_result(&result);
    }
    fs_engine_release(d->engine, connection, status == FS_OK);
    return status;
}

/* ---- all ---- */

static fs_status put_in_order(fs_dealt *d, fs_error *error)
{
    int32_t *rank = NULL;
    if (d->apply->as_they_come) return FS_OK;
    fs_status status = fs_series_index_sort(d->index, &rank, error);
    if (status == FS_OK && rank) status = fs_deal_again(d->deal, rank, error);
    fs_free(rank);
    return status;
}

static void close_dealt(fs_dealt *d)
{
    if (d->rows.release) d->rows.release(&d->rows);
    if (d->result.release) d->result.release(&d->result);
    fs_series_index_close(d->index);
    fs_deal_close(d->deal);
}

fs_status fs_engine_apply(fs_engine *engine, const fs_apply *apply, const char *path, int64_t *rows,
                          int64_t *series, fs_error *error)
{
    fs_options *options;
    const char *text = apply->options ? apply->options : "";
    FS_TRY(fs_options_parse(apply->op, text, &options, error));
    fs_dealt d = {.engine = engine, .apply = apply, .options = options};
    fs_status status = query(&d, error);
    if (status == FS_OK && apply->needs_rows && d.index->count == 0)
        status = fs_fail(error, FS_DATA, "there are no rows, only column names");
    if (status == FS_OK) status = put_in_order(&d, error);
    if (status == FS_OK) status = fs_dealt_write(&d, path, rows, error);
    if (status == FS_OK && series) *series = d.index->count;
    close_dealt(&d);
    fs_options_free(options);
    return status;
}
