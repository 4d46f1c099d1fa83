/* Rows made of any bytes, cut into batches by other bytes, through an operator: never a crash, never a
 * result that is not finite, and always the same whatever the cuts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foresell/operator.h"
#include "nanoarrow/nanoarrow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    const uint8_t *data;
    size_t size, at;
} input;

static uint8_t take(input *in) { return in->at < in->size ? in->data[in->at++] : 0; }

static void must(int code)
{
    if (code != 0) abort();
}

static void make_schema(struct ArrowSchema *schema)
{
    static const char *const names[] = {"item", "day", "value"};
    static const enum ArrowType types[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_DATE32,
                                           NANOARROW_TYPE_DOUBLE};
    ArrowSchemaInit(schema);
    must(ArrowSchemaSetTypeStruct(schema, 3));
    for (int i = 0; i < 3; i++) {
        must(ArrowSchemaSetType(schema->children[i], types[i]));
        must(ArrowSchemaSetName(schema->children[i], names[i]));
    }
}

/* A value from two bytes: small ones, huge ones, none. */
static double value_of(uint8_t a, uint8_t b)
{
    if (a >= 250) return ldexp((double)b - 128, 1010);
    if (a >= 240) return (double)NAN;
    return ((double)b - 20) * (double)(a % 8);
}

static void append_row(struct ArrowArray *batch, input *in, int64_t *day, char *item)
{
    uint8_t a = take(in), b = take(in), c = take(in);
    if (c % 16 == 0) item[0] = (char)('a' + c / 16);
    *day = c == 255 ? *day - 1 : *day + 1 + c % 3;
    if (c == 3)
        must(ArrowArrayAppendNull(batch->children[0], 1));
    else
        must(ArrowArrayAppendString(batch->children[0], ArrowCharView(item)));
    must(ArrowArrayAppendInt(batch->children[1], *day));
    must(ArrowArrayAppendDouble(batch->children[2], value_of(a, b)));
    must(ArrowArrayFinishElement(batch));
}

static uint64_t drain(fs_pipe *pipe, uint64_t hash, int64_t *rows)
{
    struct ArrowArray out;
    struct ArrowArrayView view;
    struct ArrowSchema schema;
    must(fs_pipe_schema(pipe, &schema, NULL));
    while (fs_pipe_pull(pipe, &out)) {
        must(ArrowArrayViewInitFromSchema(&view, &schema, NULL));
        must(ArrowArrayViewSetArray(&view, &out, NULL));
        must(ArrowArrayViewValidate(&view, NANOARROW_VALIDATION_LEVEL_FULL, NULL));
        for (int64_t c = 0; c < view.n_children; c++) {
            if (view.children[c]->storage_type != NANOARROW_TYPE_DOUBLE) continue;
            for (int64_t i = 0; i < out.length; i++) {
                double value = ArrowArrayViewGetDoubleUnsafe(view.children[c], i);
                if (!isfinite(value)) abort();
                hash += fs_hash(&value, sizeof value, (uint64_t)(*rows + i) * 64 + (uint64_t)c);
            }
        }
        *rows += out.length;
        ArrowArrayViewReset(&view);
        ArrowArrayRelease(&out);
    }
    ArrowSchemaRelease(&schema);
    return hash;
}

/* As a caller writes it: the numbers that must be given, each 1. */
static fs_options *options_of(const fs_operator *op)
{
    char text[256] = "";
    size_t used = 0;
    fs_options *options = NULL;
    for (const fs_param *p = op->params; p && p->name; p++)
        if (!p->fallback && (p->type == FS_TYPE_INT || p->type == FS_TYPE_DOUBLE))
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s = 1", used ? ", " : "",
                                     p->name);
    must(fs_options_parse(op, text, &options, NULL));
    return options;
}

/* Hash of all results with batches of `cut` rows; 0 where the rows were refused. */
static uint64_t run(const fs_operator *op, const uint8_t *data, size_t size, int cut)
{
    input in = {data, size, 0};
    struct ArrowSchema schema;
    fs_options *options = options_of(op);
    fs_pipe *pipe = NULL;
    const char *const group[] = {"item"};
    int64_t day = 0, rows = 0;
    uint64_t hash = 1;
    char item[2] = "a";
    make_schema(&schema);
    fs_status status = fs_pipe_open(op, options, group, 1, "day", &schema, &pipe, NULL);
    while (status == FS_OK && in.at < size) {
        struct ArrowArray batch;
        must(ArrowArrayInitFromSchema(&batch, &schema, NULL));
        must(ArrowArrayStartAppending(&batch));
        for (int i = 0; i < cut && in.at < size; i++) append_row(&batch, &in, &day, item);
        must(ArrowArrayFinishBuildingDefault(&batch, NULL));
        status = fs_pipe_push(pipe, &batch, NULL);
        hash = drain(pipe, hash, &rows);
    }
    if (status == FS_OK) status = fs_pipe_end(pipe, NULL);
    if (status == FS_OK) hash = drain(pipe, hash, &rows);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    return status == FS_OK ? hash : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 3000) return 0;
    const fs_operator *op = fs_operator_at(data[0] % fs_operator_count());
    int cut = 1 + data[1];
    if (run(op, data + 2, size - 2, cut) != run(op, data + 2, size - 2, 4096)) abort();
    return 0;
}
