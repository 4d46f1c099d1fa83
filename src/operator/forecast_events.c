/* Named events (a holiday, a sale) as regressors: one that is common to all of them, and one for each name, so that an effect is
 * drawn to what events do, and that of a rare one more than that of a frequent one (Gelman and Hill 2007, partial pooling). One that was
 * never seen is an event like the others.
 *
 * Cost: n log n of the rows that name one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "forecast_events.h"

static fs_status reserve(fs_events *e, int64_t rows)
{
    if (rows <= e->capacity && e->named && e->event) return FS_OK;
    size_t capacity = (size_t)rows + (size_t)rows / 4 + 64;
    fs_events_free(e);
    e->named = fs_alloc(capacity * sizeof *e->named);
    e->event = fs_alloc(capacity * sizeof *e->event);
    if (!e->named || !e->event) return FS_MEMORY;
    e->capacity = (int64_t)capacity;
    return FS_OK;
}

void fs_events_free(fs_events *e)
{
    fs_free(e->named);
    fs_free(e->event);
    e->named = NULL, e->event = NULL, e->capacity = 0;
}

/* ---- names ---- */

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
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static int64_t gather(fs_events *e, const fs_vector *text, int64_t start, const fs_grid *grid)
{
    int64_t count = 0;
    for (int64_t i = 0; i < grid->rows; i++) {
        int64_t row = start + i, length = text->offset[row + 1] - text->offset[row];
        e->event[i] = FS_EVENT_NONE;
        if ((text->valid && !text->valid[row]) || length == 0) continue;
        e->named[count++] =
            (fs_event_row){text->bytes + text->offset[row], length, i, grid->place[i]};
    }
    qsort(e->named, (size_t)count, sizeof *e->named, by_name);
    return count;
}

/* Cut where a character ends. */
static void copy_name(const fs_event_row *from, char to[FS_EVENT_LENGTH])
{
    int64_t length = from->length < FS_EVENT_LENGTH - 1 ? from->length : FS_EVENT_LENGTH - 1;
    while (length > 0 && length < from->length &&
           ((unsigned char)from->text[length] & 0xC0) == 0x80)
        length--;
    memcpy(to, from->text, (size_t)length);
    to[length] = '\0';
}

/* ---- which have an effect of their own ---- */

typedef struct run {
    int64_t first, end; /* of e->named */
    int64_t known;      /* periods of the past with a value */
} run;

static bool next_run(const fs_events *e, int64_t count, const fs_grid *grid, run *r)
{
    r->first = r->end, r->known = 0;
    if (r->first >= count) return false;
    for (; r->end < count && is_same(&e->named[r->first], &e->named[r->end]); r->end++) {
        int64_t t = e->named[r->end].place;
        r->known += t < grid->count && grid->valid[t];
    }
    return true;
}

/* How often an event must be there so that no more than FS_EVENTS_MOST are, apart from the usual day's. */
static int64_t find_least(const fs_events *e, int64_t count, const fs_grid *grid, int64_t usual)
{
    for (int64_t least = 1;; least++) {
        int64_t kept = 0;
        for (run r = {0}; next_run(e, count, grid, &r);)
            kept += r.known >= least && r.known <= usual;
        if (kept <= FS_EVENTS_MOST) return least;
    }
}

fs_status fs_events_find(fs_events *e, const fs_vector *text, int64_t start, const fs_grid *grid)
{
    FS_TRY(reserve(e, grid->rows));
    int64_t known = 0, count = gather(e, text, start, grid);
    for (int64_t t = 0; t < grid->count; t++) known += grid->valid[t];
    int64_t usual = known / 2, least = find_least(e, count, grid, usual);
    e->count = 0;
    e->rows = grid->rows;
    for (run r = {0}; next_run(e, count, grid, &r);) {
        if (r.known > usual) continue;
        bool own = r.known >= least;
        for (int64_t i = r.first; i < r.end; i++)
            e->event[e->named[i].row] = own ? e->count : FS_EVENT_OTHER;
        if (own) copy_name(&e->named[r.first], e->name[e->count++]);
    }
    return FS_OK;
}

void fs_events_fill(const fs_events *e, const fs_grid *grid, int64_t length, double *to)
{
    int64_t last = grid->rows > 0 ? grid->place[grid->rows - 1] : -1;
    for (int j = 0; j <= e->count; j++)
        for (int64_t t = 0; t < length; t++) to[j * length + t] = t <= last ? 0 : NAN;
    for (int64_t i = 0; i < e->rows; i++) {
        int64_t t = grid->place[i];
        if (e->event[i] == FS_EVENT_NONE || t >= length) continue;
        to[t] = 1;
        if (e->event[i] >= 0) to[(e->event[i] + 1) * length + t] = 1;
    }
}
