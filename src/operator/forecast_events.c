/* Named events (a holiday, a sale): which period has which, as numbers.
 *
 * Cost: n log n of the rows that name one.
 */
#include <stdlib.h>
#include <string.h>

#include "forecast_events.h"

/* Room for so many rows and periods; one more, so that it is never none. */
static fs_status reserve(fs_events *e, int64_t rows, int64_t periods)
{
    if (rows < e->capacity && periods < e->periods) return FS_OK;
    size_t capacity = (size_t)rows + (size_t)rows / 4 + 64;
    size_t length = (size_t)periods + (size_t)periods / 4 + 64;
    fs_events_free(e);
    e->named = fs_alloc(capacity * sizeof *e->named);
    e->name = fs_alloc(capacity * sizeof *e->name);
    e->text = fs_alloc(capacity * sizeof *e->text);
    e->event = fs_alloc(length * sizeof *e->event);
    if (!e->named || !e->name || !e->text || !e->event) return FS_MEMORY;
    e->capacity = (int64_t)capacity;
    e->periods = (int64_t)length;
    return FS_OK;
}

void fs_events_free(fs_events *e)
{
    fs_free(e->named);
    fs_free(e->name);
    fs_free(e->text);
    fs_free(e->event);
    *e = (fs_events){0};
}

static bool is_same(const fs_event_row *a, const fs_event_row *b)
{
    return a->length == b->length && memcmp(a->text, b->text, (size_t)a->length) == 0;
}

static int by_name(const void *left, const void *right)
{
    const fs_event_row *a = left, *b = right;
    int64_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, (size_t)shorter);
    if (order == 0) order = (a->length > b->length) - (a->length < b->length);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static int64_t gather(fs_events *e, const fs_vector *text, int64_t start, const fs_grid *grid,
                      int64_t length)
{
    int64_t count = 0;
    for (int64_t i = 0; i < grid->rows; i++) {
        int64_t row = start + i, bytes = text->offset[row + 1] - text->offset[row];
        if ((text->valid && !text->valid[row]) || bytes == 0 || grid->place[i] >= length) continue;
        e->named[count++] = (fs_event_row){text->bytes + text->offset[row], bytes, grid->place[i]};
    }
    if (count > 0) qsort(e->named, (size_t)count, sizeof *e->named, by_name);
    return count;
}

void fs_events_copy_name(const fs_event_row *from, char to[FS_EVENT_LENGTH])
{
    int64_t length = from->length < FS_EVENT_LENGTH - 1 ? from->length : FS_EVENT_LENGTH - 1;
    while (length > 0 && length < from->length &&
           ((unsigned char)from->text[length] & 0xC0) == 0x80)
        length--;
    memcpy(to, from->text, (size_t)length);
    to[length] = '\0';
}

/* How many of the rows first … end - 1 have a known value. */
static int64_t count_known(const fs_events *e, int64_t first, int64_t end, const fs_grid *grid)
{
    int64_t known = 0;
    for (int64_t i = first; i < end; i++) {
        int64_t t = e->named[i].place;
        known += t < grid->count && grid->valid[t];
    }
    return known;
}

fs_status fs_events_find(fs_events *e, const fs_vector *text, int64_t start, const fs_grid *grid,
                         int64_t length)
{
    FS_TRY(reserve(e, grid->rows, length));
    int64_t known = 0, count = gather(e, text, start, grid, length);
    for (int64_t t = 0; t < grid->count; t++) known += grid->valid[t];
    for (int64_t t = 0; t < length; t++) e->event[t] = FS_EVENT_NONE;
    e->count = 0;
    e->usual[0] = '\0';
    for (int64_t first = 0, end = 0; first < count; first = end) {
        while (end < count && is_same(&e->named[first], &e->named[end])) end++;
        int64_t seen = count_known(e, first, end, grid);
        if (seen > known / 2) fs_events_copy_name(&e->named[first], e->usual);
        if (seen > known / 2) continue;
        for (int64_t i = first; i < end; i++)
            e->event[e->named[i].place] = seen > 0 ? e->count : FS_EVENT_OTHER;
        if (seen == 0) continue;
        fs_events_copy_name(&e->named[first], e->text[e->count]);
        e->name[e->count] = e->text[e->count];
        e->count++;
    }
    return FS_OK;
}
