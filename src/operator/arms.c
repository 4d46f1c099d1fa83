/* Which rows were treated, how, and which are the control.
 *
 * A treatment is a text, with as many arms as there are texts but the control's, or yes or no. Each arm is compared with the
 * control by itself.
 */
#include <string.h>
#include <strings.h>

#include "arms.h"

void fs_arms_free(fs_arms *arms)
{
    fs_feature_free(&arms->treatment);
    fs_free(arms->arm);
}

fs_status fs_arms_open(fs_arms *arms, const char *operator_name, const fs_binding *binding,
                       int treatment, int treated, fs_error *error)
{
    arms->operator_name = operator_name;
    arms->wanted = fs_option_text(binding->options, "control");
    arms->yes_or_no = binding->name[treated] != NULL;
    if (arms->yes_or_no != (binding->name[treatment] != NULL)) return FS_OK;
    fs_fail(error, FS_USAGE, "operator %s: it needs one of the inputs treatment and treated",
            operator_name);
    return fs_error_remedy(error, "name a column of texts as treatment, or one of yes and no as "
                                  "treated"),
           FS_USAGE;
}

/* ---- the control ---- */

static bool is_word(const fs_words *words, int32_t number, const char *text)
{
    const int64_t *at = words->offset + number;
    size_t bytes = (size_t)(at[1] - at[0]);
    return bytes == strlen(text) && strncasecmp(words->bytes + at[0], text, bytes) == 0;
}

static bool is_like_control(const fs_words *words, int32_t number)
{
    static const char *const names[] = {"none", "no", "control", "false", "0"};
    const int64_t *at = words->offset + number;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_word(words, number, names[i])) return true;
    return at[1] - at[0] > 3 && strncasecmp(words->bytes + at[0], "no ", 3) == 0;
}

static bool is_control(const fs_arms *arms, int32_t number)
{
    const fs_words *words = &arms->treatment.words;
    if (!*arms->wanted) return is_like_control(words, number);
    size_t bytes = (size_t)(words->offset[number + 1] - words->offset[number]);
    return bytes == strlen(arms->wanted) &&
           memcmp(words->bytes + words->offset[number], arms->wanted, bytes) == 0;
}

static int64_t rows_of(const fs_arms *arms, int32_t number, int64_t rows)
{
    int64_t count = 0;
    for (int64_t i = 0; i < rows; i++) count += arms->treatment.level[i] == number;
    return count;
}

static fs_status find_control(fs_arms *arms, int64_t rows, fs_error *error)
{
    int32_t words = arms->treatment.words.count;
    int64_t fewest = rows + 1;
    arms->control = -1;
    for (int32_t k = 0; k < words; k++) {
        if (!is_control(arms, k)) continue;
        int64_t own = rows_of(arms, k, rows);
        if (own < fewest) {
            fewest = own;
            arms->control = k;
        }
    }
    arms->count = arms->control >= 0 ? words - 1 : 0;
    if (arms->control >= 0 || *arms->wanted || words < 2) return FS_OK;
    fs_fail(error, FS_DATA, "operator %s: none of %d treatments is called like a control",
            arms->operator_name, (int)words);
    return fs_error_remedy(error, "say which one it is: control = '…'"), FS_DATA;
}

/* ---- arms ---- */

/* The words "false" and "true", and of each row which it is. */
static fs_status take_yes_or_no(fs_arms *arms, const fs_vector *v, int64_t first, int64_t rows)
{
    fs_feature *f = &arms->treatment;
    bool seen[2] = {false, false};
    int32_t no, yes;
    fs_words_clear(&f->words);
    FS_TRY(fs_words_add(&f->words, "false", 5, &no));
    FS_TRY(fs_words_add(&f->words, "true", 4, &yes));
    if (rows > f->capacity) {
        void *more = fs_realloc(f->level, (size_t)rows * sizeof *f->level);
        if (!more) return FS_MEMORY;
        f->level = more;
        f->capacity = rows;
    }
    for (int64_t i = 0; i < rows; i++) {
        bool known = !v->valid || v->valid[first + i];
        f->level[i] = known ? (v->integer[first + i] ? yes : no) : -1;
        if (known) seen[f->level[i]] = true;
    }
    arms->control = no;
    arms->count = seen[0] && seen[1];
    return FS_OK;
}

static fs_status reserve_rows(fs_arms *arms, int64_t rows)
{
    if (rows <= arms->capacity) return FS_OK;
    int8_t *more = fs_realloc(arms->arm, (size_t)rows);
    if (!more) return FS_MEMORY;
    arms->arm = more;
    arms->capacity = rows;
    return FS_OK;
}

fs_status fs_arms_take(fs_arms *arms, const fs_block *block, int64_t group, int treatment,
                       int treated, fs_error *error)
{
    int64_t first = block->start[group], rows = block->start[group + 1] - first;
    fs_learn_column column;
    fs_status status = reserve_rows(arms, rows);
    if (status == FS_OK)
        status = arms->yes_or_no ? take_yes_or_no(arms, &block->column[treated], first, rows)
                                 : fs_feature_take(&arms->treatment, &block->column[treatment],
                                                   first, rows, &column);
    if (status == FS_DATA)
        return fs_fail(error, FS_DATA, "operator %s: there are too many treatments",
                       arms->operator_name);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)rows);
    return arms->yes_or_no ? FS_OK : find_control(arms, rows, error);
}

static int32_t word_of(const fs_arms *arms, int32_t number)
{
    return number < 0 ? arms->control : number + (number >= arms->control);
}

void fs_arms_against(fs_arms *arms, int32_t number, const fs_vector *outcome, int64_t first,
                     int64_t rows)
{
    int32_t word = word_of(arms, number);
    for (int64_t i = 0; i < rows; i++) {
        bool known = !outcome->valid || outcome->valid[first + i];
        int32_t own = arms->treatment.level[i];
        arms->arm[i] = -1;
        if (known && own == word) arms->arm[i] = 1;
        if (known && own == arms->control) arms->arm[i] = 0;
    }
}

const char *fs_arms_name(const fs_arms *arms, int32_t number, size_t *bytes)
{
    const int64_t *at = arms->treatment.words.offset + word_of(arms, number);
    *bytes = (size_t)(at[1] - at[0]);
    return arms->treatment.words.bytes + at[0];
}
