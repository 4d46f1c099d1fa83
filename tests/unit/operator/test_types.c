/* Every Arrow type that is taken, as value, as order and as key; and which column is taken for what. */
#include "pipe_helpers.h"

/* One group key, one order column, one value, two rows of each given by `fill`. */
typedef struct three {
    enum ArrowType key, order, value;
} three;
static const char *const names[] = {"k", "t", "v"};

static void append(struct ArrowArray *array, enum ArrowType type, int64_t number)
{
    char text[16];
    struct ArrowDecimal decimal;
    snprintf(text, sizeof text, "x%d", (int)number);
    switch (type) {
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_STRING_VIEW:
        assert_int_equal(ArrowArrayAppendString(array, ArrowCharView(text)), 0);
        break;
    case NANOARROW_TYPE_DECIMAL128:
        ArrowDecimalInit(&decimal, 128, 38, 2);
        ArrowDecimalSetInt(&decimal, number * 100);
        assert_int_equal(ArrowArrayAppendDecimal(array, &decimal), 0);
        break;
    case NANOARROW_TYPE_NA: assert_int_equal(ArrowArrayAppendNull(array, 1), 0); break;
    default: assert_int_equal(ArrowArrayAppendInt(array, number), 0);
    }
}

/* Rows (1,10,5) (1,11,6) (2,10,7); gives the result as text. */
static fs_status run(three type, fs_buffer *out, char *key_format, fs_error *error)
{
    static const int64_t rows[3][3] = {{1, 10, 5}, {1, 11, 6}, {2, 10, 7}};
    const enum ArrowType types[] = {type.key, type.order, type.value};
    const char *const group[] = {"k"};
    struct ArrowSchema schema, result;
    struct ArrowArray batch;
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    int64_t times = type.order == NANOARROW_TYPE_TIMESTAMP ? 1000
                    : type.order == NANOARROW_TYPE_DATE64  ? 86400000
                                                           : 1;
    make_schema(&schema, 3, names, types);
    start_batch(&batch, &schema);
    for (int i = 0; i < 3; i++) {
        append(batch.children[0], type.key, rows[i][0] - (type.key == NANOARROW_TYPE_BOOL));
        append(batch.children[1], type.order, rows[i][1] * times);
        append(batch.children[2], type.value, rows[i][2]);
        assert_int_equal(ArrowArrayFinishElement(&batch), 0);
    }
    end_batch(&batch);
    assert_int_equal(fs_options_parse(&echo, "value = v", &options, NULL), FS_OK);
    fs_status status = fs_pipe_open(&echo, options, group, 1, "t", &schema, &pipe, error);
    if (status == FS_OK) {
        status = fs_pipe_push(pipe, &batch, error);
        if (status == FS_OK) status = fs_pipe_end(pipe, error);
        if (status == FS_OK) drain(pipe, out);
        assert_int_equal(fs_pipe_schema(pipe, &result, NULL), FS_OK);
        snprintf(key_format, 16, "%s %s", result.children[0]->format, result.children[1]->format);
        ArrowSchemaRelease(&result);
    } else {
        ArrowArrayRelease(&batch);
    }
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    return status;
}

static void expect(three type, const char *text, const char *formats)
{
    fs_buffer out = {0};
    char format[16];
    fs_error error = {0};
    fs_status status = run(type, &out, format, &error);
    if (status != FS_OK) print_message("%s\n", error.message);
    assert_int_equal(status, FS_OK);
    assert_string_equal(out.data, text);
    assert_string_equal(format, formats);
    fs_buffer_free(&out);
}

#define NUMBERS "1,10,5,null,2\n1,11,6,null,2\n2,10,7,null,1\n"
#define TEXTS   "x1,10,5,null,2\nx1,11,6,null,2\nx2,10,7,null,1\n"

static void values_of_every_numeric_type_are_read(void **state)
{
    (void)state;
    const enum ArrowType types[] = {
        NANOARROW_TYPE_INT8,   NANOARROW_TYPE_UINT8,      NANOARROW_TYPE_INT16,
        NANOARROW_TYPE_UINT16, NANOARROW_TYPE_INT32,      NANOARROW_TYPE_UINT32,
        NANOARROW_TYPE_INT64,  NANOARROW_TYPE_UINT64,     NANOARROW_TYPE_FLOAT,
        NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_HALF_FLOAT, NANOARROW_TYPE_DECIMAL128};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        expect((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_INT64, types[i]}, NUMBERS, "l l");
    expect((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_INT64, NANOARROW_TYPE_BOOL},
           "1,10,1,null,2\n1,11,1,null,2\n2,10,1,null,1\n", "l l");
    expect((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_INT64, NANOARROW_TYPE_NA},
           "1,10,null,null,2\n1,11,null,null,2\n2,10,null,null,1\n", "l l");
}

static void keys_leave_in_the_type_they_came_in(void **state)
{
    (void)state;
    const struct {
        enum ArrowType type;
        const char *format;
    } kinds[] = {{NANOARROW_TYPE_INT8, "c l"},   {NANOARROW_TYPE_UINT8, "C l"},
                 {NANOARROW_TYPE_INT16, "s l"},  {NANOARROW_TYPE_UINT16, "S l"},
                 {NANOARROW_TYPE_INT32, "i l"},  {NANOARROW_TYPE_UINT32, "I l"},
                 {NANOARROW_TYPE_UINT64, "L l"}, {NANOARROW_TYPE_DATE32, "tdD l"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        expect((three){kinds[i].type, NANOARROW_TYPE_INT64, NANOARROW_TYPE_DOUBLE}, NUMBERS,
               kinds[i].format);
    expect((three){NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64, NANOARROW_TYPE_DOUBLE}, TEXTS,
           "u l");
    expect((three){NANOARROW_TYPE_LARGE_STRING, NANOARROW_TYPE_INT64, NANOARROW_TYPE_DOUBLE}, TEXTS,
           "U l");
    expect((three){NANOARROW_TYPE_STRING_VIEW, NANOARROW_TYPE_INT64, NANOARROW_TYPE_DOUBLE}, TEXTS,
           "u l");
    expect((three){NANOARROW_TYPE_BOOL, NANOARROW_TYPE_INT64, NANOARROW_TYPE_DOUBLE},
           "0,10,5,null,2\n0,11,6,null,2\n1,10,7,null,1\n", "b l");
}

static void periods_leave_in_the_type_they_came_in(void **state)
{
    (void)state;
    expect((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_UINT8, NANOARROW_TYPE_DOUBLE}, NUMBERS,
           "l C");
    expect((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_DATE32, NANOARROW_TYPE_DOUBLE}, NUMBERS,
           "l tdD");
    expect((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_DATE64, NANOARROW_TYPE_DOUBLE},
           "1,864000000,5,null,2\n1,950400000,6,null,2\n2,864000000,7,null,1\n", "l tdm");
    expect((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_TIMESTAMP, NANOARROW_TYPE_DOUBLE},
           "1,10000,5,null,2\n1,11000,6,null,2\n2,10000,7,null,1\n", "l tsn:");
}

static void columns_that_cannot_be_read_are_refused_by_name(void **state)
{
    (void)state;
    fs_buffer out = {0};
    fs_error error = {0};
    char format[16];
    assert_int_equal(run((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_INT64, NANOARROW_TYPE_STRING},
                         &out, format, &error),
                     FS_DATA);
    assert_non_null(strstr(error.message, "operator echo"));
    assert_string_equal(error.column, "v");
    assert_int_equal(
        run((three){NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_INT64, NANOARROW_TYPE_DOUBLE}, &out,
            format, &error),
        FS_DATA);
    assert_string_equal(error.column, "k");
    assert_int_equal(
        run((three){NANOARROW_TYPE_INT64, NANOARROW_TYPE_STRING, NANOARROW_TYPE_DOUBLE}, &out,
            format, &error),
        FS_DATA);
    assert_string_equal(error.column, "t");
    fs_buffer_free(&out);
}

static void null_keys_are_a_group_of_their_own(void **state)
{
    (void)state;
    fs_buffer out = {0};
    const enum ArrowType types[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,
                                    NANOARROW_TYPE_DOUBLE};
    const char *const group[] = {"k"};
    struct ArrowSchema schema;
    struct ArrowArray batch;
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    make_schema(&schema, 3, names, types);
    start_batch(&batch, &schema);
    for (int i = 0; i < 4; i++) {
        if (i < 2)
            assert_int_equal(ArrowArrayAppendNull(batch.children[0], 1), 0);
        else
            assert_int_equal(ArrowArrayAppendString(batch.children[0], ArrowCharView("")), 0);
        append(batch.children[1], NANOARROW_TYPE_INT64, i % 2);
        append(batch.children[2], NANOARROW_TYPE_DOUBLE, i);
        assert_int_equal(ArrowArrayFinishElement(&batch), 0);
    }
    end_batch(&batch);
    assert_int_equal(fs_options_parse(&echo, "", &options, NULL), FS_OK);
    assert_int_equal(fs_pipe_open(&echo, options, group, 1, "t", &schema, &pipe, NULL), FS_OK);
    assert_int_equal(fs_pipe_push(pipe, &batch, NULL), FS_OK);
    assert_int_equal(fs_pipe_end(pipe, NULL), FS_OK);
    drain(pipe, &out);
    assert_string_equal(out.data, "null,0,0,null,2\nnull,1,1,null,2\n,0,2,null,2\n,1,3,null,2\n");
    fs_buffer_free(&out);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
}

static void dictionaries_of_text_are_read_through(void **state)
{
    (void)state;
    static const char *const values[] = {"pear", "apple"};
    const enum ArrowType types[] = {NANOARROW_TYPE_INT8, NANOARROW_TYPE_INT64,
                                    NANOARROW_TYPE_DOUBLE};
    const char *const group[] = {"k"};
    struct ArrowSchema schema;
    struct ArrowArray batch;
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    fs_buffer out = {0};
    make_schema(&schema, 3, names, types);
    assert_int_equal(ArrowSchemaAllocateDictionary(schema.children[0]), 0);
    assert_int_equal(ArrowSchemaInitFromType(schema.children[0]->dictionary, NANOARROW_TYPE_STRING),
                     0);
    start_batch(&batch, &schema);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            ArrowArrayAppendString(batch.children[0]->dictionary, ArrowCharView(values[i])), 0);
    for (int i = 0; i < 2; i++) {
        append(batch.children[0], NANOARROW_TYPE_INT8, 1 - i);
        append(batch.children[1], NANOARROW_TYPE_INT64, 1);
        append(batch.children[2], NANOARROW_TYPE_DOUBLE, i);
        assert_int_equal(ArrowArrayFinishElement(&batch), 0);
    }
    end_batch(&batch);
    assert_int_equal(fs_options_parse(&echo, "", &options, NULL), FS_OK);
    assert_int_equal(fs_pipe_open(&echo, options, group, 1, "t", &schema, &pipe, NULL), FS_OK);
    assert_int_equal(fs_pipe_push(pipe, &batch, NULL), FS_OK);
    assert_int_equal(fs_pipe_end(pipe, NULL), FS_OK);
    drain(pipe, &out);
    assert_string_equal(out.data, "apple,1,0,null,1\npear,1,1,null,1\n");
    fs_buffer_free(&out);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
}

/* ---- binding ---- */

static fs_status bind(int columns, const char *const *name, const enum ArrowType *type,
                      const char *const *group, int groups, const char *order, const char *text,
                      fs_operator_bound *bound, fs_error *error)
{
    struct ArrowSchema schema;
    fs_options *options = NULL;
    make_schema(&schema, columns, name, type);
    assert_int_equal(fs_options_parse(&echo, text, &options, NULL), FS_OK);
    fs_status status =
        fs_operator_bind(&echo, options, group, groups, order, &schema, bound, error);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    return status;
}

static const enum ArrowType four[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_DATE32,
                                      NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE};
static const char *const by_item[] = {"item"};

static void a_value_is_bound_by_option_then_by_name_then_by_place(void **state)
{
    (void)state;
    fs_operator_bound bound;
    const char *const plain[] = {"item", "day", "units"};
    const char *const named[] = {"item", "day", "word", "value"};
    const enum ArrowType worded[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_DATE32,
                                     NANOARROW_TYPE_STRING, NANOARROW_TYPE_DOUBLE};
    assert_int_equal(bind(3, plain, four, by_item, 1, "day", "", &bound, NULL), FS_OK);
    assert_string_equal(bound.column[1].name, "units");
    fs_operator_unbind(&bound);
    assert_int_equal(bind(3, plain, four, by_item, 1, "DAY", "value = Units", &bound, NULL), FS_OK);
    assert_string_equal(bound.column[1].name, "units");
    assert_int_equal(bound.column[2].index, -1);
    fs_operator_unbind(&bound);
    assert_int_equal(bind(4, named, worded, by_item, 1, "day", "", &bound, NULL), FS_OK);
    assert_string_equal(bound.column[1].name, "value");
    assert_string_equal(bound.column[2].name, "word");
    fs_operator_unbind(&bound);
}

static void a_column_that_is_not_there_is_answered_with_the_nearest(void **state)
{
    (void)state;
    fs_operator_bound bound;
    fs_error error = {0};
    const char *const columns[] = {"item", "day", "units"};
    const char *const wrong[] = {"itme"};
    assert_int_equal(bind(3, columns, four, wrong, 1, "day", "", &bound, &error), FS_USAGE);
    assert_non_null(strstr(error.remedy, "did you mean 'item'"));
    assert_int_equal(bind(3, columns, four, by_item, 1, NULL, "", &bound, &error), FS_USAGE);
    assert_int_equal(bind(3, columns, four, by_item, 1, "item", "", &bound, &error), FS_USAGE);
    assert_int_equal(bind(2, columns, four, by_item, 1, "day", "", &bound, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "'value'"));
}

static void a_column_without_use_is_refused(void **state)
{
    (void)state;
    fs_operator_bound bound;
    fs_error error = {0};
    const char *const columns[] = {"item", "day", "units", "price"};
    assert_int_equal(bind(4, columns, four, by_item, 1, "day", "", &bound, &error), FS_USAGE);
    assert_string_equal(error.column, "price");
}

static void a_result_named_like_a_group_gets_a_number(void **state)
{
    (void)state;
    fs_operator_bound bound;
    fs_error error = {0};
    const char *const columns[] = {"size", "day", "units"};
    const char *const group[] = {"size"};
    assert_int_equal(bind(3, columns, four, group, 1, "day", "", &bound, &error), FS_OK);
    assert_string_equal(bound.schema.children[0]->name, "size");
    bool found = false;
    for (int i = 0; i < bound.outputs; i++) found |= strcmp(bound.output_name[i], "size_2") == 0;
    assert_true(found);
    fs_operator_unbind(&bound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_numeric_type_are_read),
        cmocka_unit_test(keys_leave_in_the_type_they_came_in),
        cmocka_unit_test(periods_leave_in_the_type_they_came_in),
        cmocka_unit_test(columns_that_cannot_be_read_are_refused_by_name),
        cmocka_unit_test(null_keys_are_a_group_of_their_own),
        cmocka_unit_test(dictionaries_of_text_are_read_through),
        cmocka_unit_test(a_value_is_bound_by_option_then_by_name_then_by_place),
        cmocka_unit_test(a_column_that_is_not_there_is_answered_with_the_nearest),
        cmocka_unit_test(a_column_without_use_is_refused),
        cmocka_unit_test(a_result_named_like_a_group_gets_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
