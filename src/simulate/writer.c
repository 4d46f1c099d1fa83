/* Plain CSV, written in large pieces through a buffer: rows that never hold NaN, the same bytes on
 * every machine (no locale, decimals from integers). */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "simulate_internal.h"

#define FLUSH (1u << 20)

fs_status writer_open(const char *folder, const char *name, const char *header, writer *w,
                      fs_error *error)
{
    *w = (writer){.name = name, .line = 2};
    snprintf(w->path, sizeof w->path, "%s/%s", folder, name);
    w->file = fopen(w->path, "wb");
    if (!w->file) return fs_fail_errno(error, "write", w->path);
    if (fs_buffer_printf(&w->buffer, "%s\n", header) != FS_OK)
        return fs_fail_memory(error, strlen(header));
    w->row = w->buffer.size;
    return FS_OK;
}

static fs_status separator(writer *w)
{
    return w->buffer.size > w->row ? fs_buffer_add(&w->buffer, ",", 1) : FS_OK;
}

/* An empty first field would look like no field to `separator`; no table here begins with one. */
fs_status writer_text(writer *w, const char *text)
{
    FS_TRY(separator(w));
    if (!strpbrk(text, "\",\n\r")) return fs_buffer_text(&w->buffer, text);
    FS_TRY(fs_buffer_add(&w->buffer, "\"", 1));
    for (const char *p = text; *p; p++)
        FS_TRY(fs_buffer_add(&w->buffer, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1));
    return fs_buffer_add(&w->buffer, "\"", 1);
}

static fs_status digits(writer *w, int64_t value, int least)
{
    char text[24];
    int at = sizeof text;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        text[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0 || (int)sizeof text - at < least);
    if (value < 0) text[--at] = '-';
    return fs_buffer_add(&w->buffer, text + at, sizeof text - (size_t)at);
}

fs_status writer_integer(writer *w, int64_t value)
{
    FS_TRY(separator(w));
    return digits(w, value, 1);
}

fs_status writer_cents(writer *w, int64_t cents)
{
    FS_TRY(separator(w));
    int64_t size = cents < 0 ? -cents : cents;
    if (cents < 0) FS_TRY(fs_buffer_add(&w->buffer, "-", 1));
    FS_TRY(digits(w, size / 100, 1));
    FS_TRY(fs_buffer_add(&w->buffer, ".", 1));
    return digits(w, size % 100, 2);
}

fs_status writer_decimal(writer *w, double value, int places)
{
    static const double power[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    int64_t whole = (int64_t)llround(fabs(value) * power[places]);
    FS_TRY(separator(w));
    if (value < 0 && whole > 0) FS_TRY(fs_buffer_add(&w->buffer, "-", 1));
    FS_TRY(digits(w, whole / (int64_t)power[places], 1));
    if (places == 0) return FS_OK;
    FS_TRY(fs_buffer_add(&w->buffer, ".", 1));
    return digits(w, whole % (int64_t)power[places], places);
}

fs_status writer_date(writer *w, int64_t days)
{
    fs_civil date = fs_civil_from_days(days);
    FS_TRY(separator(w));
    FS_TRY(digits(w, date.year, 4));
    FS_TRY(fs_buffer_add(&w->buffer, "-", 1));
    FS_TRY(digits(w, date.month, 2));
    FS_TRY(fs_buffer_add(&w->buffer, "-", 1));
    return digits(w, date.day, 2);
}

static fs_status flush(writer *w, fs_error *error)
{
    errno = 0;
    if (fwrite(w->buffer.data, 1, w->buffer.size, w->file) != w->buffer.size)
        return fs_fail_errno(error, "write", w->path);
    fs_buffer_clear(&w->buffer);
    w->row = 0;
    return FS_OK;
}

fs_status writer_end_row(writer *w, fs_error *error)
{
    if (fs_buffer_add(&w->buffer, "\n", 1) != FS_OK) return fs_fail_memory(error, 1);
    for (size_t k = w->row; k < w->buffer.size; k++) w->line += w->buffer.data[k] == '\n';
    w->rows++;
    w->row = w->buffer.size;
    return w->buffer.size >= FLUSH ? flush(w, error) : FS_OK;
}

static fs_status put_field(writer *w, char kind, va_list *arguments)
{
    switch (kind) {
    case 't': return writer_text(w, va_arg(*arguments, const char *));
    case 'i': return writer_integer(w, va_arg(*arguments, int64_t));
    case 'c': return writer_cents(w, va_arg(*arguments, int64_t));
    case 'd': return writer_date(w, va_arg(*arguments, int64_t));
    case 'b': return writer_text(w, va_arg(*arguments, int) ? "yes" : "no");
    default: return writer_decimal(w, va_arg(*arguments, double), kind - '0');
    }
}

fs_status writer_fields(writer *w, fs_error *error, const char *kinds, ...)
{
    va_list arguments;
    va_start(arguments, kinds);
    fs_status status = FS_OK;
    for (const char *kind = kinds; *kind && status == FS_OK; kind++)
        status = put_field(w, *kind, &arguments);
    va_end(arguments);
    return status == FS_OK ? FS_OK : fs_fail_memory(error, 64);
}

fs_status writer_close(writer *w, fs_error *error)
{
    if (!w->file) return FS_OK;
    fs_status status = w->buffer.size ? flush(w, error) : FS_OK;
    if (fclose(w->file) != 0 && status == FS_OK) status = fs_fail_errno(error, "write", w->path);
    w->file = NULL;
    fs_buffer_free(&w->buffer);
    return status;
}
