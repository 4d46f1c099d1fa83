/* What regressors and events do, as a part of a saved model: the coefficients, what they are of, and where they have no effect.
 *
 *   ;effects=times,c:promotion,COEFFICIENT,USUAL,MEAN,RANGE,…;events=COMMON,u:none,e:Black%20Friday,EFFECT,…
 *
 * One that never changed does nothing and is left out. Names are any bytes: those that are no ASCII letter, digit, '_', '-' or '.' are
 * written as % and two digits, so that a text stays one word of ASCII. Both fields may be missing, as they were before there were any.
 */
#include <math.h>
#include <string.h>

#include "saved_internal.h"

#define NAMES_MOST 4096 /* regressors and events */
#define NAME_MOST  1000 /* bytes */
#define KIND       'c'  /* where the caller has none */

static bool has_effects(const fs_forecaster *f)
{
    const fs_effects *e = &f->effects;
    if (!f->adjusted) return false;
    for (int j = 0; j < e->count; j++)
        if (e->range[j] > 0) return true;
    return e->events > 0;
}

static bool is_short(const char *name) { return strlen(name) <= NAME_MOST; }

bool fs_saved_can_write_effects(const fs_forecaster *f)
{
    const fs_effects *e = &f->effects;
    const fs_regressors *given = f->regressors;
    if (!has_effects(f)) return true;
    bool can = e->count + e->events <= NAMES_MOST;
    for (int j = 0; j < e->count; j++) can = can && is_short(given->name[j]);
    for (int j = 0; j < e->events; j++) can = can && is_short(given->event_name[j]);
    return can && (!given->event_usual || is_short(given->event_usual));
}

/* ---- writing ---- */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

static fs_status add_name(fs_buffer *text, char kind, const char *name)
{
    FS_TRY(fs_buffer_printf(text, ",%c:", kind));
    for (; *name; name++) {
        if (is_plain(*name))
            FS_TRY(fs_buffer_add(text, name, 1));
        else
            FS_TRY(fs_buffer_printf(text, "%%%02x", (unsigned)(unsigned char)*name));
    }
    return FS_OK;
}

static fs_status add_number(fs_buffer *text, double x)
{
    FS_TRY(fs_buffer_add(text, ",", 1));
    return fs_saved_add_number(text, x);
}

static fs_status add_regressor(const fs_forecaster *f, int j, fs_buffer *text)
{
    const fs_effects *e = &f->effects;
    const fs_regressors *given = f->regressors;
    if (!(e->range[j] > 0)) return FS_OK;
    FS_TRY(add_name(text, given->kind ? given->kind[j] : KIND, given->name[j]));
    FS_TRY(add_number(text, e->coefficient[j]));
    FS_TRY(add_number(text, e->usual[j]));
    FS_TRY(add_number(text, e->mean[j]));
    return add_number(text, e->range[j]);
}

fs_status fs_saved_write_effects(const fs_forecaster *f, fs_buffer *text)
{
    const fs_effects *e = &f->effects;
    const fs_regressors *given = f->regressors;
    if (!has_effects(f)) return FS_OK;
    FS_TRY(fs_buffer_text(text, e->multiplies ? ";effects=times" : ";effects=plus"));
    for (int j = 0; j < e->count; j++) FS_TRY(add_regressor(f, j, text));
    if (e->events == 0) return FS_OK;
    FS_TRY(fs_buffer_text(text, ";events="));
    FS_TRY(fs_saved_add_number(text, e->common));
    if (given->event_usual) FS_TRY(add_name(text, 'u', given->event_usual));
    for (int j = 0; j < e->events; j++) {
        FS_TRY(add_name(text, 'e', given->event_name[j]));
        FS_TRY(add_number(text, e->event[j]));
    }
    return FS_OK;
}

/* ---- reading ---- */

/* How many names come up to the end of the field. */
static int64_t count_names(const fs_saved_reader *r)
{
    int64_t names = 0;
    for (const char *at = r->at; at < r->end && *at != ';'; at++) names += *at == ':';
    return names;
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c - 'a' + 10; }
static bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/* One byte of a name; '\0' where none comes. */
static char take_byte(fs_saved_reader *r)
{
    const char *at = r->at;
    if (at < r->end && is_plain(*at)) return *r->at++;
    if (r->end - at < 3 || *at != '%' || !is_digit(at[1]) || !is_digit(at[2])) return '\0';
    char byte = (char)(16 * digit(at[1]) + digit(at[2]));
    if (byte) r->at += 3;
    return byte;
}

/* ",k:name", which stays where names->bytes are. */
static const char *take_name(fs_saved_reader *r, fs_saved_names *names, char *kind)
{
    char *name = names->bytes + names->used, c;
    fs_saved_expect(r, ",");
    *kind = !r->fails && r->at < r->end ? *r->at++ : '\0';
    if (!(*kind >= 'a' && *kind <= 'z')) r->fails = true;
    fs_saved_expect(r, ":");
    while (!r->fails && (c = take_byte(r))) names->bytes[names->used++] = c;
    names->bytes[names->used++] = '\0';
    if (!is_short(name)) r->fails = true;
    return name;
}

/* Room for all names of a text; those that were read before are gone. */
static fs_status reserve_names(fs_saved_names *names, size_t bytes, int count)
{
    names->used = 0;
    names->needs = (fs_regressors){0};
    if (bytes > names->size) {
        fs_free(names->bytes);
        names->size = 0;
        names->bytes = fs_alloc(bytes);
        if (!names->bytes) return FS_MEMORY;
        names->size = bytes;
    }
    if (count <= names->capacity) return FS_OK;
    fs_free(names->name);
    names->capacity = 0;
    names->name = fs_alloc((size_t)count * sizeof *names->name);
    if (!names->name) return FS_MEMORY;
    names->capacity = count;
    return FS_OK;
}

static void read_regressors(fs_saved_reader *r, int count, fs_saved_names *names, fs_effects *e)
{
    char *kind = names->bytes + names->used;
    names->used += (size_t)count + 1;
    for (int j = 0; j < count && !r->fails; j++) {
        names->name[j] = take_name(r, names, &kind[j]);
        fs_saved_expect(r, ","),
            e->coefficient[j] = fs_saved_number(r, -FS_STATE_BOUND, FS_STATE_BOUND);
        fs_saved_expect(r, ","), e->usual[j] = fs_saved_number(r, -HUGE_VAL, HUGE_VAL);
        fs_saved_expect(r, ","), e->mean[j] = fs_saved_number(r, -HUGE_VAL, HUGE_VAL);
        fs_saved_expect(r, ","), e->range[j] = fs_saved_number(r, 0, HUGE_VAL);
        if (!(e->range[j] > 0)) r->fails = true;
    }
    kind[count] = '\0';
    names->needs.count = count;
    names->needs.name = names->name;
    names->needs.kind = kind;
}

static void read_events(fs_saved_reader *r, int count, fs_saved_names *names, fs_effects *e)
{
    const char **name = names->name + names->needs.count, *usual = NULL;
    int events = 0;
    char kind;
    fs_saved_expect(r, ";events="), e->common = fs_saved_number(r, -FS_STATE_BOUND, FS_STATE_BOUND);
    for (int i = 0; i < count && !r->fails; i++) {
        const char *one = take_name(r, names, &kind);
        if (i == 0 && kind == 'u')
            usual = one;
        else if (kind != 'e')
            r->fails = true;
        if (kind != 'e') continue;
        fs_saved_expect(r, ","),
            e->event[events] = fs_saved_number(r, -FS_STATE_BOUND, FS_STATE_BOUND);
        name[events++] = one;
    }
    if (events == 0) r->fails = true;
    e->events = names->needs.events = events;
    names->needs.event_name = name;
    names->needs.event_usual = usual;
}

fs_status fs_saved_read_effects(fs_forecaster *f, fs_saved_reader *r)
{
    fs_saved *s = f->saved;
    fs_effects *e = &f->effects;
    s->names.needs = (fs_regressors){0};
    s->has_effects = fs_saved_comes(r, ";effects=");
    if (!s->has_effects) return FS_OK;
    fs_saved_expect(r, ";effects=");
    e->multiplies = fs_saved_comes(r, "times");
    fs_saved_expect(r, e->multiplies ? "times" : "plus");
    fs_saved_reader events = *r;
    int64_t regressors = count_names(r), named = 0;
    while (events.at < events.end && *events.at != ';') events.at++;
    bool has_events = fs_saved_comes(&events, ";events=");
    if (has_events) events.at++, named = count_names(&events);
    if (regressors + named > NAMES_MOST) r->fails = true;
    if (regressors + named == 0) r->fails = true;
    if (r->fails) return FS_OK;
    FS_TRY(reserve_names(&s->names, s->text.size + 2 * NAMES_MOST, (int)(regressors + named)));
    FS_TRY(fs_effects_reserve(e, (int)regressors, (int)named, 0));
    e->common = 0;
    read_regressors(r, (int)regressors, &s->names, e);
    if (has_events) read_events(r, (int)named, &s->names, e);
    return FS_OK;
}
