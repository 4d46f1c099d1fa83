/* Networks made of any bytes through the operator safety_stock: what is no tree is refused with a message, and what is one keeps its promises:
 * no stage delivers later than it may or needs stock for less than no time, and costs add up. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresell/operator.h"
#include "nanoarrow/nanoarrow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COLUMNS 11
#define BYTES   8 /* of a row */

static const char *const names[COLUMNS] = {"row",      "stage",      "lead_time", "holding",
                                           "upstream", "downstream", "deviation", "mean",
                                           "promised", "inbound",    "factor"};

static void must(int code)
{
    if (code != 0) abort();
}

static bool is_text(int column) { return column == 1 || column == 4 || column == 5; }

static void make_schema(struct ArrowSchema *schema)
{
    ArrowSchemaInit(schema);
    must(ArrowSchemaSetTypeStruct(schema, COLUMNS));
    for (int i = 0; i < COLUMNS; i++) {
        must(ArrowSchemaSetType(schema->children[i], i == 0       ? NANOARROW_TYPE_INT64
                                                     : is_text(i) ? NANOARROW_TYPE_STRING
                                                                  : NANOARROW_TYPE_DOUBLE));
        must(ArrowSchemaSetName(schema->children[i], names[i]));
    }
}

static void append_name(struct ArrowArray *to, uint8_t byte)
{
    char name[2] = {(char)('a' + byte % 32), 0};
    if (byte < 64)
        must(ArrowArrayAppendNull(to, 1));
    else
        must(ArrowArrayAppendString(to, ArrowCharView(name)));
}

/* Few periods or units, seldom what cannot be. */
static void append_number(struct ArrowArray *to, uint8_t byte, bool whole)
{
    double value = byte % 16;
    if (byte >= 252) value = ldexp((double)byte - 253.5, 300);
    if (byte < 64)
        must(ArrowArrayAppendNull(to, 1));
    else
        must(ArrowArrayAppendDouble(to, whole ? value : value * 1.5));
}

/* Where a row says nothing of its name it is the next letter, so that trees are found soon. */
static void append_row(struct ArrowArray *batch, const uint8_t *byte, int64_t row)
{
    must(ArrowArrayAppendInt(batch->children[0], row));
    append_name(batch->children[1], byte[0] < 250 ? (uint8_t)(64 + row % 32) : byte[0]);
    append_number(batch->children[2], byte[1] < 240 ? 64 + byte[1] % 8 : byte[1], true);
    append_number(batch->children[3], byte[2] < 240 ? 64 + byte[2] % 16 : byte[2], false);
    append_name(batch->children[4], byte[3]);
    append_name(batch->children[5], byte[4]);
    append_number(batch->children[6], byte[5], false);
    append_number(batch->children[7], (uint8_t)(byte[5] * 7), false);
    append_number(batch->children[8], byte[6], true);
    append_number(batch->children[9], (uint8_t)(byte[6] * 7), true);
    append_number(batch->children[10], byte[7], false);
    must(ArrowArrayFinishElement(batch));
}

static void check(const struct ArrowArrayView *out, const struct ArrowArray *given)
{
    double cost = 0, whole = 0;
    const double *promised = given->children[8]->buffers[1];
    const uint8_t *known = given->children[8]->buffers[0];
    for (int64_t i = 0; i < out->length; i++) {
        int64_t service = ArrowArrayViewGetIntUnsafe(out->children[3], i);
        bool limit = given->children[8]->null_count == 0 || ArrowBitGet(known, i);
        double safety = ArrowArrayViewGetDoubleUnsafe(out->children[7], i);
        if (service < 0 || (limit && (double)service > promised[i])) abort();
        if (ArrowArrayViewGetIntUnsafe(out->children[4], i) < 0 || !(safety >= 0)) abort();
        cost += ArrowArrayViewGetDoubleUnsafe(out->children[8], i);
        whole = ArrowArrayViewGetDoubleUnsafe(out->children[9], i);
    }
    if (!(fabs(cost - whole) <= 1e-9 * whole)) abort();
}

static void pull(fs_pipe *pipe, const struct ArrowArray *given)
{
    struct ArrowArray out;
    struct ArrowArrayView view;
    struct ArrowSchema schema;
    must(fs_pipe_schema(pipe, &schema, NULL));
    if (!fs_pipe_pull(pipe, &out) || out.length != given->length) abort();
    must(ArrowArrayViewInitFromSchema(&view, &schema, NULL));
    must(ArrowArrayViewSetArray(&view, &out, NULL));
    must(ArrowArrayViewValidate(&view, NANOARROW_VALIDATION_LEVEL_FULL, NULL));
    check(&view, given);
    ArrowArrayViewReset(&view);
    ArrowArrayRelease(&out);
    ArrowSchemaRelease(&schema);
}

static void make_batch(struct ArrowArray *batch, const struct ArrowSchema *schema,
                       const uint8_t *data, int64_t rows)
{
    must(ArrowArrayInitFromSchema(batch, schema, NULL));
    must(ArrowArrayStartAppending(batch));
    for (int64_t i = 0; i < rows; i++) append_row(batch, data + i * BYTES, i);
    must(ArrowArrayFinishBuildingDefault(batch, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t rows = (int64_t)(size / BYTES);
    if (rows < 1 || rows > 32) return 0;
    const fs_operator *op = fs_operator_find("safety_stock", NULL);
    struct ArrowSchema schema;
    struct ArrowArray batch, given;
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    fs_error error = {0};
    make_schema(&schema);
    make_batch(&batch, &schema, data, rows), make_batch(&given, &schema, data, rows);
    must(fs_options_parse(op, "", &options, NULL));
    must(fs_pipe_open(op, options, NULL, 0, "row", &schema, &pipe, NULL));
    must(fs_pipe_push(pipe, &batch, NULL));
    fs_status status = fs_pipe_end(pipe, &error);
    if (status == FS_OK) pull(pipe, &given);
    if (status != FS_OK && (status != FS_DATA || !strstr(error.message, "row"))) abort();
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowArrayRelease(&given);
    ArrowSchemaRelease(&schema);
    return 0;
}
