/* Columns of a block as the room learn takes them.
 *
 * Texts become numbers in the order of their names, so that what is learnt does not depend on which came first; whole
 * numbers, dates and yes or no become numbers.
 */
#include "feature_column.h"

void fs_feature_free(fs_feature *feature)
{
    fs_words_free(&feature->words);
    fs_free(feature->number);
    fs_free(feature->level);
    *feature = (fs_feature){0};
}

static fs_status reserve(fs_feature *f, int64_t rows, bool text)
{
    if (rows <= f->capacity) return FS_OK;
    void *more = text ? fs_realloc(f->level, (size_t)rows * sizeof *f->level)
                      : fs_realloc(f->number, (size_t)rows * sizeof *f->number);
    if (!more) return FS_MEMORY;
    if (text)
        f->level = more;
    else
        f->number = more;
    f->capacity = rows;
    return FS_OK;
}

static fs_status take_texts(fs_feature *f, const fs_vector *v, int64_t first, int64_t rows)
{
    const int32_t *renumbered;
    fs_words_clear(&f->words);
    FS_TRY(reserve(f, rows, true));
    for (int64_t i = 0; i < rows; i++) {
        const int64_t *offset = v->offset + first + i;
        f->level[i] = -1;
        if (v->valid && !v->valid[first + i]) continue;
        FS_TRY(fs_words_add(&f->words, v->bytes + offset[0], (size_t)(offset[1] - offset[0]),
                            &f->level[i]));
    }
    FS_TRY(fs_words_sort(&f->words, &renumbered));
    for (int64_t i = 0; i < rows; i++)
        if (f->level[i] >= 0) f->level[i] = renumbered[f->level[i]];
    return FS_OK;
}

fs_status fs_feature_take(fs_feature *f, const fs_vector *v, int64_t first, int64_t rows,
                          fs_learn_column *column)
{
    *column = (fs_learn_column){.valid = v->valid ? v->valid + first : NULL};
    if (v->offset) {
        FS_TRY(take_texts(f, v, first, rows));
        column->level = f->level;
        column->levels = f->words.count;
        return FS_OK;
    }
    if (v->number) {
        column->number = v->number + first;
        return FS_OK;
    }
    FS_TRY(reserve(f, rows, false));
    for (int64_t i = 0; i < rows; i++) f->number[i] = (double)v->integer[first + i];
    column->number = f->number;
    return FS_OK;
}

fs_status fs_features_open(fs_features *f, const fs_binding *binding, int before, fs_error *error)
{
    f->count = binding->columns - before;
    f->before = before;
    f->name = binding->name + before;
    f->feature = fs_alloc_zero((size_t)f->count, sizeof *f->feature);
    f->column = fs_alloc_zero((size_t)f->count, sizeof *f->column);
    if (f->feature && f->column) return FS_OK;
    return fs_fail_memory(error, (size_t)f->count * sizeof *f->feature);
}

fs_status fs_feature_fail(fs_status status, const char *name, int64_t rows, fs_error *error)
{
    if (status != FS_DATA) return fs_fail_memory(error, (size_t)rows * sizeof(double));
    return fs_fail(error, FS_DATA, "column %s has too many different texts", name);
}

fs_status fs_features_take(fs_features *f, const fs_block *block, int64_t group, fs_error *error)
{
    int64_t first = block->start[group], rows = block->start[group + 1] - first;
    for (int c = 0; c < f->count; c++) {
        fs_status status = fs_feature_take(&f->feature[c], &block->column[f->before + c], first,
                                           rows, &f->column[c]);
        if (status != FS_OK) return fs_feature_fail(status, f->name[c], rows, error);
    }
    return FS_OK;
}

void fs_features_free(fs_features *f)
{
    for (int c = 0; f->feature && c < f->count; c++) fs_feature_free(&f->feature[c]);
    fs_free(f->feature);
    fs_free(f->column);
}
