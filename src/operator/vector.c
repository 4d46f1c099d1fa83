/* Cells of columns as operators that apply a model read them, and texts of their results. */
#include "vector.h"

#include <string.h>

bool fs_vector_known(const fs_vector *v, int64_t row)
{
    return v->name && (!v->valid || v->valid[row]);
}

const char *fs_vector_text(const fs_vector *v, int64_t row, size_t *bytes)
{
    *bytes = (size_t)(v->offset[row + 1] - v->offset[row]);
    return v->bytes + v->offset[row];
}

bool fs_vector_is(const fs_vector *v, int64_t row, const char *text)
{
    size_t bytes;
    if (!fs_vector_known(v, row)) return false;
    const char *own = fs_vector_text(v, row, &bytes);
    return bytes == strlen(text) && memcmp(own, text, bytes) == 0;
}

bool fs_vector_same(const fs_vector *a, int64_t i, const fs_vector *b, int64_t j)
{
    size_t a_bytes, b_bytes;
    const char *own = fs_vector_text(a, i, &a_bytes), *other = fs_vector_text(b, j, &b_bytes);
    return a_bytes == b_bytes && memcmp(own, other, a_bytes) == 0;
}

double fs_vector_number(const fs_vector *v, int64_t row)
{
    return v->number ? v->number[row] : (double)v->integer[row];
}

fs_status fs_rows_set_word(fs_rows *rows, int column, int64_t row, const fs_words *words,
                           int32_t number)
{
    const int64_t *offset = words->offset + number;
    return fs_rows_set_text(rows, column, row, words->bytes + offset[0],
                            (size_t)(offset[1] - offset[0]));
}

fs_status fs_rows_set_string(fs_rows *rows, int column, int64_t row, const char *text)
{
    return fs_rows_set_text(rows, column, row, text, strlen(text));
}
