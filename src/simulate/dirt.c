/* Dirt on request: the faults that real files have, each written down in DIR-truth/dirt.csv with its
 * file, line and kind, so that a test can ask whether it was found.
 *
 *   duplicate   the row stands there twice (the second is the fault)
 *   ragged      a field too many
 *   number      a letter in the units: "1O"
 *   date        day/month/year where the rest is ISO
 *   missing     the item is left blank
 */
#include <string.h>

#include "simulate_internal.h"

enum { DUPLICATE, RAGGED, NUMBER, DATE, MISSING, FAULTS };
static const char *const fault_name[FAULTS] = {"duplicate", "ragged", "number", "date", "missing"};

struct dirt {
    const shop *shop;
    writer truth;
    int64_t row;
};

fs_status dirt_open(const shop *s, const char *folder, dirt **d, fs_error *error)
{
    *d = fs_alloc_zero(1, sizeof **d);
    if (!*d) return fs_fail_memory(error, sizeof **d);
    (*d)->shop = s;
    return writer_open(folder, "dirt.csv", "file,line,fault", &(*d)->truth, error);
}

fs_status dirt_close(dirt *d, fs_error *error)
{
    if (!d) return FS_OK;
    fs_status status = writer_close(&d->truth, error);
    fs_free(d);
    return status;
}

/* Begin and size of the n-th field of the current row; sales rows have no quoted fields. */
static size_t find_field(const writer *w, int n, size_t *bytes)
{
    size_t at = w->row, end = w->buffer.size;
    for (; n > 0 && at < end; at++) n -= w->buffer.data[at] == ',';
    const char *stop = memchr(w->buffer.data + at, ',', end - at);
    *bytes = stop ? (size_t)(stop - (w->buffer.data + at)) : end - at;
    return at;
}

static fs_status replace_field(writer *w, int n, const char *text)
{
    size_t bytes, at = find_field(w, n, &bytes), size = strlen(text);
    size_t tail = w->buffer.size - at - bytes;
    FS_TRY(fs_buffer_reserve(&w->buffer, size));
    memmove(w->buffer.data + at + size, w->buffer.data + at + bytes, tail);
    memcpy(w->buffer.data + at, text, size);
    w->buffer.size = at + size + tail;
    return FS_OK;
}

/* Fields of sales: panel (date, store, product, units …), lines (line, time, basket, store, customer,
 * product, quantity …). */
static fs_status spoil_date(const dirt *d, writer *w)
{
    int n = d->shop->settings.panel ? 0 : 1;
    size_t bytes, at = find_field(w, n, &bytes);
    char iso[32], text[32];
    snprintf(iso, sizeof iso, "%.*s", (int)bytes, w->buffer.data + at);
    snprintf(text, sizeof text, "%.2s/%.2s/%.4s%s", iso + 8, iso + 5, iso, iso + 10);
    return replace_field(w, n, text);
}

static fs_status spoil(const dirt *d, writer *w, int fault)
{
    bool panel = d->shop->settings.panel;
    switch (fault) {
    case RAGGED: return fs_buffer_text(&w->buffer, ",surplus");
    case NUMBER: return replace_field(w, panel ? 3 : 6, "1O");
    case DATE: return spoil_date(d, w);
    case MISSING: return replace_field(w, panel ? 2 : 5, "");
    default: return FS_OK;
    }
}

static fs_status note(dirt *d, const char *file, int64_t line, int fault, fs_error *error)
{
    FS_TRY(writer_fields(&d->truth, error, "tit", file, line, fault_name[fault]));
    return writer_end_row(&d->truth, error);
}

static fs_status write_twice(dirt *d, writer *w, fs_error *error)
{
    fs_buffer copy = {0};
    fs_status status = fs_buffer_add(&copy, w->buffer.data + w->row, w->buffer.size - w->row);
    if (status == FS_OK) status = writer_end_row(w, error);
    if (status == FS_OK) status = note(d, w->name, w->line, DUPLICATE, error);
    if (status == FS_OK) status = fs_buffer_add(&w->buffer, copy.data, copy.size);
    fs_buffer_free(&copy);
    return status == FS_OK ? writer_end_row(w, error) : status;
}

fs_status dirt_end_row(dirt *d, writer *w, fs_error *error)
{
    const fs_simulate_settings *set = &d->shop->settings;
    fs_random r = fs_random_open(set->seed, STREAM_DIRT, (uint64_t)d->row++, 0);
    if (set->dirt <= 0 || fs_random_uniform(&r) >= set->dirt) return writer_end_row(w, error);
    int fault = (int)fs_random_below(&r, FAULTS);
    if (set->panel && fault == DUPLICATE) fault = MISSING; /* no line number tells them apart */
    if (fault == DUPLICATE) return write_twice(d, w, error);
    FS_TRY(note(d, w->name, w->line, fault, error));
    if (spoil(d, w, fault) != FS_OK) return fs_fail_memory(error, 64);
    return writer_end_row(w, error);
}
