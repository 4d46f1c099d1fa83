/* The document as plain HTML: what is seen where the web bundle or JavaScript is not there.
 *
 * Headings, lists and tables only. A chart becomes a table of its first variant: over time of the last
 * values sold and of the first ones ahead, a heat map with its rows beside each other. All texts are escaped here; none of them is trusted.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

#define ROWS   100 /* of a table */
#define POINTS 30  /* of a series of time or of many dots */

fs_status fs_report_escape(fs_buffer *out, const char *text)
{
    for (; text && *text; text++) {
        switch (*text) {
        case '<': FS_TRY(fs_buffer_text(out, "&lt;")); break;
        case '>': FS_TRY(fs_buffer_text(out, "&gt;")); break;
        case '&': FS_TRY(fs_buffer_text(out, "&amp;")); break;
        case '"': FS_TRY(fs_buffer_text(out, "&quot;")); break;
        default: FS_TRY(fs_buffer_add(out, text, 1));
        }
    }
    return FS_OK;
}

static fs_status element(fs_buffer *out, const char *tag, const char *text)
{
    FS_TRY(fs_buffer_printf(out, "<%s>", tag));
    FS_TRY(fs_report_escape(out, text));
    return fs_buffer_printf(out, "</%s>\n", tag);
}

static fs_status add_number(fs_buffer *out, double value, const char *format, const char *currency)
{
    if (strcmp(format, "share") == 0) return fs_report_share(out, value);
    if (strcmp(format, "times") == 0) return fs_buffer_printf(out, "%.1f ×", value);
    if (strcmp(format, "money") == 0) return fs_report_money(out, value, currency);
    if (fabs(value - rint(value)) < 1e-9) return fs_report_whole(out, value);
    return fs_buffer_printf(out, "%.2f", value);
}

static fs_status add_value(fs_buffer *out, const json_t *value, const char *format,
                           const char *currency)
{
    if (json_is_string(value)) return fs_report_escape(out, json_string_value(value));
    if (json_is_boolean(value)) return fs_buffer_text(out, json_is_true(value) ? "yes" : "no");
    if (!json_is_number(value)) return FS_OK;
    return add_number(out, json_number_value(value), format ? format : "number", currency);
}

static fs_status add_figures(const json_t *block, fs_buffer *out, const char *currency)
{
    FS_TRY(fs_buffer_text(out, "<dl>\n"));
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(block, "items"), i, item)
    {
        FS_TRY(element(out, "dt", json_string_value(json_object_get(item, "label"))));
        FS_TRY(fs_buffer_text(out, "<dd>"));
        FS_TRY(add_value(out, json_object_get(item, "value"),
                         json_string_value(json_object_get(item, "format")), currency));
        FS_TRY(fs_buffer_text(out, "</dd>\n"));
    }
    return fs_buffer_text(out, "</dl>\n");
}

static fs_status add_notes(const json_t *block, fs_buffer *out)
{
    FS_TRY(element(out, "h3", json_string_value(json_object_get(block, "title"))));
    FS_TRY(fs_buffer_text(out, "<ul>\n"));
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(block, "items"), i, item)
        FS_TRY(element(out, "li", json_string_value(item)));
    return fs_buffer_text(out, "</ul>\n");
}

static fs_status add_row(const json_t *row, const json_t *columns, fs_buffer *out,
                         const char *currency)
{
    FS_TRY(fs_buffer_text(out, "<tr>"));
    size_t c;
    json_t *value;
    json_array_foreach(row, c, value)
    {
        const char *format =
            json_string_value(json_object_get(json_array_get(columns, c), "format"));
        FS_TRY(fs_buffer_text(out, json_is_number(value) ? "<td class=\"number\">" : "<td>"));
        FS_TRY(add_value(out, value, format, currency));
        FS_TRY(fs_buffer_text(out, "</td>"));
    }
    return fs_buffer_text(out, "</tr>\n");
}

static fs_status add_table(const json_t *block, fs_buffer *out, const char *currency)
{
    const json_t *columns = json_object_get(block, "columns"),
                 *rows = json_object_get(block, "rows");
    const char *finding = json_string_value(json_object_get(block, "finding"));
    FS_TRY(element(out, "h3", json_string_value(json_object_get(block, "title"))));
    if (finding) FS_TRY(element(out, "p", finding));
    FS_TRY(fs_buffer_text(out, "<table>\n<thead><tr>"));
    size_t i;
    json_t *item;
    json_array_foreach(columns, i, item)
        FS_TRY(element(out, "th", json_string_value(json_object_get(item, "label"))));
    FS_TRY(fs_buffer_text(out, "</tr></thead>\n<tbody>\n"));
    json_array_foreach(rows, i, item) if (i < ROWS) FS_TRY(add_row(item, columns, out, currency));
    FS_TRY(fs_buffer_text(out, "</tbody>\n</table>\n"));
    json_int_t total = json_integer_value(json_object_get(block, "total"));
    const char *file = json_string_value(json_object_get(block, "file"));
    if (total <= (json_int_t)json_array_size(rows) && json_array_size(rows) <= ROWS) return FS_OK;
    FS_TRY(fs_buffer_printf(out, "<p>%" JSON_INTEGER_FORMAT " rows in all", total));
    if (file) FS_TRY(fs_buffer_text(out, ": see "));
    FS_TRY(fs_report_escape(out, file));
    return fs_buffer_text(out, ".</p>\n");
}

static fs_status add_compared(const json_t *item, fs_buffer *out, const char *currency)
{
    static const char *const values[] = {"now", "before", "year_before"};
    const char *format = json_string_value(json_object_get(item, "format"));
    FS_TRY(fs_buffer_text(out, "<tr>"));
    FS_TRY(element(out, "th", json_string_value(json_object_get(item, "label"))));
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        FS_TRY(fs_buffer_text(out, "<td class=\"number\">"));
        FS_TRY(add_value(out, json_object_get(item, values[v]), format, currency));
        FS_TRY(fs_buffer_text(out, "</td>"));
    }
    return fs_buffer_text(out, "</tr>\n");
}

/* The first of them: with what it is compared, and how that was. */
static fs_status add_periods(const json_t *block, fs_buffer *out, const char *currency)
{
    const json_t *one = json_array_get(json_object_get(block, "choose"), 0);
    const char *finding = json_string_value(json_object_get(one, "finding"));
    FS_TRY(element(out, "h3", json_string_value(json_object_get(block, "title"))));
    if (finding) FS_TRY(element(out, "p", finding));
    FS_TRY(fs_buffer_text(out, "<table>\n<thead><tr><td></td>"));
    FS_TRY(element(out, "th", json_string_value(json_object_get(one, "name"))));
    FS_TRY(element(out, "th", json_string_value(json_object_get(one, "before"))));
    FS_TRY(element(out, "th", json_string_value(json_object_get(one, "year_before"))));
    FS_TRY(fs_buffer_text(out, "</tr></thead>\n<tbody>\n"));
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(one, "items"), i, item)
        FS_TRY(add_compared(item, out, currency));
    return fs_buffer_text(out, "</tbody>\n</table>\n");
}

/* ---- charts ---- */

/* One variant of a chart, and what its table has beside the values. */
typedef struct sheet {
    const json_t *series;
    const char *format, *currency;
    const char *place, *place_format; /* what x is */
    const char *up;                   /* what y is */
    bool dated, listed, several, low, label;
} sheet;

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool any_has(const json_t *series, const char *name)
{
    size_t i;
    json_t *one;
    json_array_foreach(series, i, one) if (json_is_array(json_object_get(one, name))) return true;
    return false;
}

static sheet read_chart(const json_t *block, const char *currency)
{
    const json_t *first = json_array_get(json_object_get(block, "choose"), 0);
    const json_t *along = json_object_get(block, "along");
    const char *x = text_of(block, "x"), *unit = text_of(first, "unit");
    sheet s = {.series = json_object_get(first ? first : block, "series"), .currency = currency};
    s.format = unit ? unit : text_of(block, "unit");
    s.dated = x && strcmp(x, "date") == 0;
    s.listed = x && strcmp(x, "category") == 0;
    s.place = s.dated ? "When" : text_of(along, "label");
    s.place_format = text_of(along, "unit");
    s.up = text_of(block, "up");
    s.several = json_array_size(s.series) > 1;
    s.low = any_has(s.series, "low");
    s.label = any_has(s.series, "label");
    return s;
}

static fs_status add_cell(fs_buffer *out, const json_t *value, const char *format,
                          const char *currency)
{
    FS_TRY(fs_buffer_text(out, json_is_string(value) ? "<td>" : "<td class=\"number\">"));
    FS_TRY(add_value(out, value, format, currency));
    return fs_buffer_text(out, "</td>");
}

static fs_status add_point(const json_t *one, size_t i, const sheet *s, fs_buffer *out)
{
    static const char *const values[] = {"y", "low", "high"};
    FS_TRY(fs_buffer_text(out, "<tr>"));
    FS_TRY(
        add_cell(out, json_array_get(json_object_get(one, "x"), i), s->place_format, s->currency));
    if (s->several) FS_TRY(element(out, "td", text_of(one, "name")));
    for (size_t v = 0; v < (s->low ? 3 : 1); v++)
        FS_TRY(add_cell(out, json_array_get(json_object_get(one, values[v]), i), s->format,
                        s->currency));
    if (s->label)
        FS_TRY(element(out, "td",
                       json_string_value(json_array_get(json_object_get(one, "label"), i))));
    return fs_buffer_text(out, "</tr>\n");
}

/* Of time the last values of the first series and the first of the others; categories all. */
static fs_status add_points(const json_t *one, bool last, const sheet *s, fs_buffer *out)
{
    size_t count = json_array_size(json_object_get(one, "x")), most = s->listed ? ROWS : POINTS;
    size_t from = last && count > most ? count - most : 0;
    for (size_t i = from; i < count && i < from + most; i++) FS_TRY(add_point(one, i, s, out));
    return FS_OK;
}

static fs_status add_list(const sheet *s, fs_buffer *out)
{
    FS_TRY(element(out, "th", s->place));
    if (s->several) FS_TRY(element(out, "th", ""));
    FS_TRY(element(out, "th", s->up ? s->up : "Value"));
    if (s->low) FS_TRY(fs_buffer_text(out, "<th>Low</th><th>High</th>"));
    if (s->label) FS_TRY(element(out, "th", ""));
    FS_TRY(fs_buffer_text(out, "</tr></thead>\n<tbody>\n"));
    size_t i;
    json_t *one;
    json_array_foreach(s->series, i, one) FS_TRY(add_points(one, s->dated && i == 0, s, out));
    return FS_OK;
}

/* The value of a series at the place x; NULL where it has none. */
static const json_t *value_at(const json_t *one, const json_t *x)
{
    size_t i;
    json_t *place;
    json_array_foreach(
        json_object_get(one, "x"), i,
        place) if (json_equal(place, x)) return json_array_get(json_object_get(one, "y"), i);
    return NULL;
}

/* The rows of a heat map beside each other. */
static fs_status add_matrix(const sheet *s, fs_buffer *out)
{
    size_t i, k;
    json_t *one, *x;
    FS_TRY(element(out, "th", ""));
    json_array_foreach(s->series, i, one) FS_TRY(element(out, "th", text_of(one, "name")));
    FS_TRY(fs_buffer_text(out, "</tr></thead>\n<tbody>\n"));
    json_array_foreach(json_object_get(json_array_get(s->series, 0), "x"), i, x)
    {
        FS_TRY(fs_buffer_text(out, "<tr>"));
        FS_TRY(add_cell(out, x, NULL, s->currency));
        json_array_foreach(s->series, k, one)
            FS_TRY(add_cell(out, value_at(one, x), s->format, s->currency));
        FS_TRY(fs_buffer_text(out, "</tr>\n"));
    }
    return FS_OK;
}

static fs_status add_chart(const json_t *block, fs_buffer *out, const char *currency)
{
    const json_t *first = json_array_get(json_object_get(block, "choose"), 0);
    const char *finding = text_of(first, "finding"), *kind;
    sheet s = read_chart(block, currency);
    if (!finding) finding = text_of(block, "finding");
    kind = text_of(json_array_get(s.series, 0), "kind");
    FS_TRY(element(out, "h3", text_of(block, "title")));
    if (finding) FS_TRY(element(out, "p", finding));
    if (first) FS_TRY(element(out, "h4", text_of(first, "name")));
    FS_TRY(fs_buffer_text(out, "<table>\n<thead><tr>"));
    FS_TRY(kind && strcmp(kind, "heat") == 0 ? add_matrix(&s, out) : add_list(&s, out));
    return fs_buffer_text(out, "</tbody>\n</table>\n");
}

static fs_status add_block(const json_t *block, fs_buffer *out, const char *currency)
{
    const char *type = json_string_value(json_object_get(block, "type"));
    if (!type) return FS_OK;
    if (strcmp(type, "figures") == 0) return add_figures(block, out, currency);
    if (strcmp(type, "text") == 0)
        return element(out, "p", json_string_value(json_object_get(block, "text")));
    if (strcmp(type, "notes") == 0) return add_notes(block, out);
    if (strcmp(type, "table") == 0) return add_table(block, out, currency);
    if (strcmp(type, "periods") == 0) return add_periods(block, out, currency);
    if (strcmp(type, "chart") == 0) return add_chart(block, out, currency);
    return FS_OK;
}

static fs_status add_page(const json_t *page, fs_buffer *out, const char *currency)
{
    FS_TRY(element(out, "h2", json_string_value(json_object_get(page, "title"))));
    const char *intro = json_string_value(json_object_get(page, "intro"));
    if (intro && *intro) FS_TRY(element(out, "p", intro));
    size_t i;
    json_t *block;
    json_array_foreach(json_object_get(page, "blocks"), i, block)
        FS_TRY(add_block(block, out, currency));
    return FS_OK;
}

fs_status fs_report_plain(const json_t *document, fs_buffer *out)
{
    const json_t *meta = json_object_get(document, "meta");
    const char *currency = json_string_value(json_object_get(meta, "currency"));
    FS_TRY(element(out, "h1", json_string_value(json_object_get(meta, "name"))));
    FS_TRY(fs_buffer_text(out, "<ul class=\"headlines\">\n"));
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(document, "headlines"), i, item)
        FS_TRY(element(out, "li", json_string_value(json_object_get(item, "text"))));
    FS_TRY(fs_buffer_text(out, "</ul>\n"));
    json_array_foreach(json_object_get(document, "pages"), i, item)
        FS_TRY(add_page(item, out, currency));
    return FS_OK;
}
