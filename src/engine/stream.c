/* A stream of Arrow batches as a table function, so that COPY or INSERT can read what our own code
 * makes: `select * from fs_stream(17)`.
 *
 * SQL sees a number, never an address; numbers are looked up among the streams that are open, so
 * that no text of a user can make the function read memory that is not a stream. One thread reads a
 * stream, in order: what is written from it has the order of its batches.
 */
#include <string.h>

#include "engine_internal.h"
#include "nanoarrow/nanoarrow.h"

struct fs_stream {
    struct fs_stream *next;
    long long number;
    fs_arrow_reader *reader;
    fs_produce produce;
    void *context;
    struct ArrowArray batch; /* the current one; released: release NULL */
    int64_t row;             /* next row of it */
    bool ended;
    fs_status status;
    fs_error error;
};

long long fs_stream_number(const fs_stream *stream) { return stream->number; }

static void drop_batch(fs_stream *stream)
{
    if (stream->batch.release) stream->batch.release(&stream->batch);
    stream->batch.release = NULL;
    stream->row = 0;
}

fs_status fs_stream_open(fs_engine *engine, const struct ArrowSchema *schema, fs_produce produce,
                         void *context, fs_stream **out, fs_error *error)
{
    fs_stream *stream = fs_alloc_zero(1, sizeof *stream);
    if (!stream) return fs_fail_memory(error, sizeof *stream);
    fs_status status = fs_arrow_reader_open(schema, &stream->reader, error);
    if (status != FS_OK) {
        fs_free(stream);
        return status;
    }
    stream->produce = produce;
    stream->context = context;
    stream->number = fs_engine_serial(engine);
    pthread_mutex_lock(&engine->lock);
    stream->next = engine->streams;
    engine->streams = stream;
    pthread_mutex_unlock(&engine->lock);
    *out = stream;
    return FS_OK;
}

fs_status fs_stream_close(fs_engine *engine, fs_stream *stream, fs_status status, fs_error *error)
{
    pthread_mutex_lock(&engine->lock);
    fs_stream **at = &engine->streams;
    while (*at && *at != stream) at = &(*at)->next;
    if (*at) *at = stream->next;
    pthread_mutex_unlock(&engine->lock);
    if (stream->status != FS_OK) { /* the cause, rather than what DuckDB made of it */
        status = stream->status;
        if (error) *error = stream->error;
    }
    drop_batch(stream);
    fs_arrow_reader_close(stream->reader);
    fs_free(stream);
    return status;
}

static fs_stream *find(fs_engine *engine, long long number)
{
    pthread_mutex_lock(&engine->lock);
    fs_stream *at = engine->streams;
    while (at && at->number != number) at = at->next;
    pthread_mutex_unlock(&engine->lock);
    return at;
}

/* ---- the table function ---- */

static void bind(duckdb_bind_info info)
{
    fs_engine *engine = duckdb_bind_get_extra_info(info);
    duckdb_value value = duckdb_bind_get_parameter(info, 0);
    fs_stream *stream = find(engine, duckdb_get_int64(value));
    duckdb_destroy_value(&value);
    if (!stream) {
        duckdb_bind_set_error(info, "there is no such stream");
        return;
    }
    for (int i = 0; i < fs_arrow_reader_columns(stream->reader); i++) {
        duckdb_logical_type type = fs_arrow_reader_type(stream->reader, i);
        duckdb_bind_add_result_column(info, fs_arrow_reader_name(stream->reader, i), type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_bind_set_bind_data(info, stream, NULL);
}

static void init(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }

/* The next batch that has rows, or the end. */
static fs_status next_batch(fs_stream *stream)
{
    while (!stream->ended && (!stream->batch.release || stream->row >= stream->batch.length)) {
        drop_batch(stream);
        bool more = true;
        FS_TRY(stream->produce(stream->context, &stream->batch, &more, &stream->error));
        if (!more) {
            drop_batch(stream);
            stream->ended = true;
        }
    }
    return FS_OK;
}

/* Fills the chunk from as many batches as it takes: what is written depends on the rows only, not on
 * how they were cut into batches. */
static fs_status fill(fs_stream *stream, duckdb_data_chunk output)
{
    int64_t filled = 0, room = (int64_t)duckdb_vector_size();
    duckdb_data_chunk_set_size(output, 0);
    while (filled < room) {
        FS_TRY(next_batch(stream));
        if (stream->ended) break;
        int64_t count = stream->batch.length - stream->row;
        if (count > room - filled) count = room - filled;
        for (int i = 0; i < fs_arrow_reader_columns(stream->reader); i++)
            FS_TRY(fs_arrow_reader_copy(stream->reader, i, &stream->batch, stream->row, count,
                                        duckdb_data_chunk_get_vector(output, (idx_t)i), filled,
                                        &stream->error));
        stream->row += count;
        filled += count;
    }
    duckdb_data_chunk_set_size(output, (idx_t)filled);
    return FS_OK;
}

static void scan(duckdb_function_info info, duckdb_data_chunk output)
{
    fs_engine_seam();
    fs_stream *stream = duckdb_function_get_bind_data(info);
    if (stream->status == FS_OK) stream->status = fill(stream, output);
    if (stream->status != FS_OK) duckdb_function_set_error(info, "the stream failed");
    fs_engine_seam();
}

fs_status fs_engine_add_streams(fs_engine *engine, fs_connection *connection, fs_error *error)
{
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_table_function_set_name(function, "fs_stream");
    duckdb_table_function_add_parameter(function, number);
    duckdb_table_function_set_extra_info(function, engine, NULL);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, scan);
    duckdb_state state = duckdb_register_table_function(connection->handle, function);
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_table_function(&function);
    if (state == DuckDBSuccess) return FS_OK;
    return fs_fail(error, FS_FAILED, "the function that reads streams could not be added");
}
