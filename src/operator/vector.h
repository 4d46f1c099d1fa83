/* vector.h: single cells of a block's columns, and texts of results. */
#ifndef FORESELL_VECTOR_H
#define FORESELL_VECTOR_H

#include "foresell/learn.h"
#include "foresell/operator.h"

/* Whether the column is there and tells a value in this row. */
bool fs_vector_known(const fs_vector *vector, int64_t row);
/* Of a column of texts; owned by the block. */
const char *fs_vector_text(const fs_vector *vector, int64_t row, size_t *bytes);
/* Whether the cell is known and is this text. */
bool fs_vector_is(const fs_vector *vector, int64_t row, const char *text);
/* Whether two cells hold the same text; null is as empty. */
bool fs_vector_same(const fs_vector *a, int64_t i, const fs_vector *b, int64_t j);
/* Of a column of numbers, whole ones too. */
double fs_vector_number(const fs_vector *vector, int64_t row);

FS_MUST_CHECK fs_status fs_rows_set_word(fs_rows *rows, int column, int64_t row,
                                         const fs_words *words, int32_t number);
FS_MUST_CHECK fs_status fs_rows_set_string(fs_rows *rows, int column, int64_t row,
                                           const char *text);
#endif
