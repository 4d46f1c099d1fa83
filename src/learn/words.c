/* Texts as numbers: a table of hashes with open addressing beside the texts, one behind the other.
 *
 * Looking up costs a hash and, nearly always, one comparison. The table is at most half full.
 */
#include <stdlib.h>
#include <string.h>

#include "learn_internal.h"

struct fs_words_work {
    int32_t *slot; /* number + 1 of the text that stands there; 0: none */
    int64_t slots; /* a power of two */
    int64_t capacity;
    size_t bytes_capacity;
    int32_t *order, *renumbered;
    int64_t *other_offset; /* for sorting: these take the place of the others */
    char *other_bytes;
};

static size_t size_of(const fs_words *words, int32_t number)
{
    return (size_t)(words->offset[number + 1] - words->offset[number]);
}

/* Where a text stands, or would. */
static int64_t slot_of(const fs_words *words, const char *text, size_t bytes)
{
    const struct fs_words_work *w = words->work;
    int64_t at = (int64_t)(fs_hash(text, bytes, 0) & (uint64_t)(w->slots - 1));
    for (;; at = (at + 1) & (w->slots - 1)) {
        int32_t number = w->slot[at] - 1;
        if (number < 0) return at;
        if (size_of(words, number) == bytes &&
            memcmp(words->bytes + words->offset[number], text, bytes) == 0)
            return at;
    }
}

static void fill_slots(fs_words *words)
{
    struct fs_words_work *w = words->work;
    memset(w->slot, 0, (size_t)w->slots * sizeof *w->slot);
    for (int32_t i = 0; i < words->count; i++)
        w->slot[slot_of(words, words->bytes + words->offset[i], size_of(words, i))] = i + 1;
}

/* Room for one more text. */
static fs_status reserve_one(fs_words *words)
{
    struct fs_words_work *w = words->work;
    if (words->count < w->capacity) return FS_OK;
    int64_t most = w->capacity > 0 ? 2 * w->capacity : 16;
    if (most > INT32_MAX) return FS_DATA;
    FS_LEARN_GROW(words->offset, most + 1);
    FS_LEARN_GROW(w->slot, 2 * most);
    if (w->capacity == 0) words->offset[0] = 0;
    w->capacity = most;
    w->slots = 2 * most;
    fill_slots(words);
    return FS_OK;
}

static fs_status reserve_bytes(fs_words *words, size_t more)
{
    struct fs_words_work *w = words->work;
    size_t used = (size_t)words->offset[words->count];
    if (words->bytes && used + more <= w->bytes_capacity) return FS_OK;
    size_t most = 2 * (used + more) + 64;
    FS_LEARN_GROW(words->bytes, most);
    w->bytes_capacity = most;
    return FS_OK;
}

fs_status fs_words_add(fs_words *words, const char *text, size_t bytes, int32_t *number)
{
    if (!words->work) words->work = fs_alloc_zero(1, sizeof *words->work);
    if (!words->work) return FS_MEMORY;
    FS_TRY(reserve_one(words));
    int64_t at = slot_of(words, text, bytes);
    *number = words->work->slot[at] - 1;
    if (*number >= 0) return FS_OK;
    FS_TRY(reserve_bytes(words, bytes));
    *number = words->count++;
    if (bytes > 0) memcpy(words->bytes + words->offset[*number], text, bytes);
    words->offset[*number + 1] = words->offset[*number] + (int64_t)bytes;
    words->work->slot[at] = *number + 1;
    return FS_OK;
}

int32_t fs_words_find(const fs_words *words, const char *text, size_t bytes)
{
    return words->count > 0 ? words->work->slot[slot_of(words, text, bytes)] - 1 : -1;
}

/* ---- order ---- */

static int compare(const void *left, const void *right, void *context)
{
    const fs_words *words = context;
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    size_t a_size = size_of(words, a), b_size = size_of(words, b);
    int by_bytes = memcmp(words->bytes + words->offset[a], words->bytes + words->offset[b],
                          a_size < b_size ? a_size : b_size);
    return by_bytes ? by_bytes : (a_size > b_size) - (a_size < b_size);
}

static void swap_texts(fs_words *words)
{
    struct fs_words_work *w = words->work;
    int64_t *offset = words->offset;
    char *bytes = words->bytes;
    words->offset = w->other_offset;
    words->bytes = w->other_bytes;
    w->other_offset = offset;
    w->other_bytes = bytes;
}

fs_status fs_words_sort(fs_words *words, const int32_t **renumbered)
{
    struct fs_words_work *w = words->work;
    *renumbered = NULL;
    if (words->count == 0) return FS_OK;
    FS_LEARN_GROW(w->order, w->capacity);
    FS_LEARN_GROW(w->renumbered, w->capacity);
    FS_LEARN_GROW(w->other_offset, w->capacity + 1);
    FS_LEARN_GROW(w->other_bytes, w->bytes_capacity);
    for (int32_t i = 0; i < words->count; i++) w->order[i] = i;
    qsort_r(w->order, (size_t)words->count, sizeof *w->order, compare, words);
    w->other_offset[0] = 0;
    for (int32_t i = 0; i < words->count; i++) {
        size_t bytes = size_of(words, w->order[i]);
        memcpy(w->other_bytes + w->other_offset[i], words->bytes + words->offset[w->order[i]],
               bytes);
        w->other_offset[i + 1] = w->other_offset[i] + (int64_t)bytes;
        w->renumbered[w->order[i]] = i;
    }
    swap_texts(words);
    fill_slots(words);
    *renumbered = w->renumbered;
    return FS_OK;
}

void fs_words_clear(fs_words *words)
{
    if (words->count == 0) return;
    words->count = 0;
    memset(words->work->slot, 0, (size_t)words->work->slots * sizeof *words->work->slot);
}

void fs_words_free(fs_words *words)
{
    if (words->work) {
        fs_free(words->work->slot);
        fs_free(words->work->order);
        fs_free(words->work->renumbered);
        fs_free(words->work->other_offset);
        fs_free(words->work->other_bytes);
    }
    fs_free(words->work);
    fs_free(words->offset);
    fs_free(words->bytes);
    *words = (fs_words){0};
}
