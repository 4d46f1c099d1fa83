/* Customers' rows are put together by counting: each row costs the look-up of its customer. */
#include <string.h>

#include "stretch_rows.h"
#include "vector.h"

void fs_stretch_rows_free(fs_stretch_rows *s)
{
    fs_words_free(&s->words);
    fs_free(s->first), fs_free(s->row), fs_free(s->of), fs_free(s->known);
    *s = (fs_stretch_rows){0};
}

static fs_status reserve(fs_stretch_rows *s, int64_t count)
{
    if (count < s->room) return FS_OK;
    int64_t **const column[] = {&s->first, &s->row, &s->of, &s->known};
    for (int c = 0; c < 4; c++) {
        int64_t *more = fs_realloc(*column[c], ((size_t)count + 2) * sizeof *more);
        if (!more) return FS_MEMORY;
        *column[c] = more;
    }
    s->room = count + 1;
    return FS_OK;
}

/* The number of the word that the cell is; whole numbers and others are words of eight bytes. */
static fs_status word_of(fs_stretch_rows *s, const fs_vector *v, int64_t row, int32_t *word)
{
    size_t bytes;
    if (v->offset) {
        const char *text = fs_vector_text(v, row, &bytes);
        return fs_words_add(&s->words, text, bytes, word);
    }
    double number = v->number ? v->number[row] + 0.0 : 0;
    const void *cell = v->number ? (const void *)&number : &v->integer[row];
    return fs_words_add(&s->words, cell, 8, word);
}

static fs_status number_rows(fs_stretch_rows *s, const fs_vector *v, const int64_t *row,
                             int64_t count)
{
    s->customers = 0;
    fs_words_clear(&s->words);
    for (int64_t i = 0; i < count; i++) {
        int32_t word, words = s->words.count;
        s->of[i] = s->customers;
        if (fs_vector_known(v, row[i])) {
            FS_TRY(word_of(s, v, row[i], &word));
            if (word == words) s->known[word] = s->customers;
            s->of[i] = s->known[word];
        }
        s->customers += s->of[i] == s->customers;
    }
    s->several = s->customers < count;
    return FS_OK;
}

fs_status fs_stretch_rows_read(fs_stretch_rows *s, const fs_vector *v, const int64_t *row,
                               int64_t count)
{
    FS_TRY(reserve(s, count));
    FS_TRY(number_rows(s, v, row, count));
    /* first[k + 1] counts, then is where k's next row goes, and at last where k ends. */
    memset(s->first, 0, ((size_t)s->customers + 1) * sizeof *s->first);
    for (int64_t i = 0; i < count; i++) s->first[s->of[i] + 1]++;
    for (int64_t k = 0, at = 0; k < s->customers; k++) {
        int64_t rows = s->first[k + 1];
        s->first[k + 1] = at, at += rows;
    }
    for (int64_t i = 0; i < count; i++) s->row[s->first[s->of[i] + 1]++] = row[i];
    return FS_OK;
}

void fs_stretch_rows_spend(const fs_stretch_rows *s, const double *repeats, const double *value,
                           double *bought, double *mean)
{
    for (int64_t k = 0; k < s->customers; k++) {
        double money = 0;
        bought[k] = mean[k] = 0;
        for (int64_t i = s->first[k]; i < s->first[k + 1]; i++)
            if (repeats[i] > 0 && value[i] > 0)
                bought[k] += repeats[i], money += repeats[i] * value[i];
        if (bought[k] > 0) mean[k] = money / bought[k];
    }
}

fs_status fs_stretch_rows_check(const fs_stretch_rows *s, const char *op, const char *model,
                                fs_error *error)
{
    if (!s->several || strcmp(model, "pareto_nbd") == 0) return FS_OK;
    fs_fail(error, FS_USAGE,
            "operator %s: a customer has several rows, stretches of time that '%s' does not know",
            op, model);
    fs_error_remedy(error, "model = pareto_nbd does; else give one row a customer, or leave out "
                           "the column customer");
    return FS_USAGE;
}

fs_status fs_stretch_rows_fail(fs_status status, const char *op, fs_error *error)
{
    if (status != FS_DATA) return fs_fail_memory(error, 0);
    return fs_fail(error, FS_DATA, "operator %s: there are too many different customers", op);
}
