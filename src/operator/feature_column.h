/* feature_column.h: columns of a block as the room learn takes them. */
#ifndef FORESELL_FEATURE_COLUMN_H
#define FORESELL_FEATURE_COLUMN_H

#include "foresell/learn.h"
#include "foresell/operator.h"

/* One column: what texts it has, and its values, a row of the group each. Starts with {0}. */
typedef struct fs_feature {
    fs_words words; /* sorted by name */
    double *number;
    int32_t *level; /* null: -1 */
    int64_t capacity;
} fs_feature;

/* Rows first … first + rows - 1 of a column; `column` points into the block and into `feature`. FS_DATA: too many texts. */
FS_MUST_CHECK fs_status fs_feature_take(fs_feature *feature, const fs_vector *vector, int64_t first,
                                        int64_t rows, fs_learn_column *column);
void fs_feature_free(fs_feature *feature);

/* All features of an operator that fits: the columns of its input behind `before` others. Starts with {0}. */
typedef struct fs_features {
    const char *const *name; /* the binding's */
    int count, before;
    fs_feature *feature;
    fs_learn_column *column; /* of the group that was taken last */
} fs_features;
FS_MUST_CHECK fs_status fs_features_open(fs_features *features, const fs_binding *binding,
                                         int before, fs_error *error);
/* Rows of a group. */
FS_MUST_CHECK fs_status fs_features_take(fs_features *features, const fs_block *block,
                                         int64_t group, fs_error *error);
/* What it was that fs_feature_take of this column could not do. */
fs_status fs_feature_fail(fs_status status, const char *name, int64_t rows, fs_error *error);
void fs_features_free(fs_features *features);
#endif
