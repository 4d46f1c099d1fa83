/* A fitted model as a text, written and read: the format of docs/saved.md.
 *
 *   fs1;at=d,1,0,0,0,19875;season=7;unit=1p5;least=0;usual=1p-2;tail=0110.1;effects=…;events=…;errors=…;mix=mean;ets=WEIGHT,STATE,…;dotm=…;end
 *
 * Fields have one order and nothing is left out but `effects`, `events` (saved_effects.c) and `errors`, so reading is one walk. Numbers are hexadecimal with a power of
 * two: nothing is rounded, none depends on a locale, and Python's float.fromhex reads them. States of a model are a plain list, in
 * the order of its resume function: names for each would double the text.
 *
 * Cost: about 20 ns a number.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "saved_internal.h"

#define VERSION       "fs1"
#define END           ";end" /* so that a text that was cut off is seen */
#define DIGITS_MOST   14     /* 53 bits */
#define EXPONENT_MOST 1100   /* of any double */
#define ROUNDED_BITS  32     /* of quantiles of errors, which are not known so well */

/* ---- numbers ---- */

fs_status fs_saved_add_number(fs_buffer *text, double x)
{
    char digits[40];
    int exponent = 0, at = sizeof digits;
    uint64_t whole = (uint64_t)ldexp(frexp(fabs(x), &exponent), 53);
    exponent -= 53;
    if (whole == 0) return fs_buffer_add(text, "0", 1);
    for (; whole % 2 == 0; whole /= 2) exponent++;
    if (exponent != 0) {
        for (int left = abs(exponent); left > 0; left /= 10) digits[--at] = (char)('0' + left % 10);
        if (exponent < 0) digits[--at] = '-';
        digits[--at] = 'p';
    }
    for (; whole > 0; whole /= 16) digits[--at] = "0123456789abcdef"[whole % 16];
    if (x < 0) digits[--at] = '-';
    return fs_buffer_add(text, digits + at, sizeof digits - (size_t)at);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool skip(const char **at, const char *end, char c)
{
    if (*at >= end || **at != c) return false;
    ++*at;
    return true;
}

/* Digits of a base, at most so many; false where there is none. */
static bool take_digits(const char **at, const char *end, int base, int most, uint64_t *whole)
{
    const char *first = *at;
    *whole = 0;
    for (; *at < end && *at - first < most; ++*at) {
        int digit = digit_of(**at);
        if (digit < 0 || digit >= base) break;
        *whole = *whole * (uint64_t)base + (uint64_t)digit;
    }
    return *at > first;
}

bool fs_saved_take_number(const char **at, const char *end, double *x)
{
    uint64_t whole = 0, exponent = 0;
    bool is_less = skip(at, end, '-'), shrinks = false;
    if (!take_digits(at, end, 16, DIGITS_MOST, &whole)) return false;
    if (skip(at, end, 'p')) {
        shrinks = skip(at, end, '-');
        if (!take_digits(at, end, 10, 4, &exponent) || exponent > EXPONENT_MOST) return false;
    }
    *x = ldexp((double)whole, shrinks ? -(int)exponent : (int)exponent) * (is_less ? -1 : 1);
    return isfinite(*x);
}

static double rounded(double x)
{
    int exponent = 0;
    double part = frexp(x, &exponent);
    return ldexp(rint(ldexp(part, ROUNDED_BITS)), exponent - ROUNDED_BITS);
}

/* ---- writing ---- */

static fs_status add_field(fs_buffer *text, const char *name, double x)
{
    FS_TRY(fs_buffer_printf(text, ";%s=", name));
    return fs_saved_add_number(text, x);
}

static fs_status add_list(fs_buffer *text, const double *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        FS_TRY(fs_buffer_add(text, ",", 1));
        FS_TRY(fs_saved_add_number(text, x[i]));
    }
    return FS_OK;
}

static fs_status add_table(fs_buffer *text, const fs_error_table *table)
{
    FS_TRY(add_field(text, "errors", (double)table->errors.count));
    FS_TRY(add_list(text, &table->errors.deviation, 1));
    FS_TRY(add_list(text, &table->errors.factor, 1));
    for (int i = 0; i < table->points; i++) {
        double quantile = rounded(table->quantile[i]);
        FS_TRY(add_list(text, &table->p[i], 1));
        FS_TRY(add_list(text, &quantile, 1));
    }
    return FS_OK;
}

static fs_status add_time(fs_buffer *text, const fs_saved_time *time)
{
    const fs_step *s = &time->step;
    FS_TRY(fs_buffer_printf(text, "%s;at=%c,%lld,%d,%d,%d,%lld", VERSION, "idt"[s->kind],
                            (long long)s -> size, s -> months, s -> month_day, s -> irregular,
                            (long long)time -> end));
    return add_field(text, "season", time->season);
}

fs_status fs_saved_write(fs_forecaster *f)
{
    fs_saved *s = f->saved;
    fs_buffer *text = &s->text;
    const fs_mixed *m = &f->mixed;
    fs_buffer_clear(text);
    FS_TRY(add_time(text, &s->time));
    FS_TRY(add_field(text, "unit", s->unit));
    FS_TRY(add_field(text, "least", s->least));
    FS_TRY(add_field(text, "usual", s->usual));
    FS_TRY(fs_buffer_printf(text, ";tail=%s", s->tail));
    FS_TRY(fs_saved_write_effects(f, text));
    if (s->has_table) FS_TRY(add_table(text, &s->table));
    FS_TRY(fs_buffer_printf(text, ";mix=%s", m->is_median ? "median" : "mean"));
    for (int i = 0; i < m->parts; i++) {
        const fs_fit *fit = &f->fit[m->fit[i]];
        FS_TRY(add_field(text, fs_method_at(m->method[i])->name, m->weight[i]));
        FS_TRY(add_list(text, fit->state, fit->states));
    }
    return fs_buffer_text(text, END);
}

/* ---- reading ---- */

void fs_saved_expect(fs_saved_reader *r, const char *text)
{
    size_t size = strlen(text);
    if (r->fails || (size_t)(r->end - r->at) < size || memcmp(r->at, text, size) != 0)
        r->fails = true;
    else
        r->at += size;
}

double fs_saved_number(fs_saved_reader *r, double low, double high)
{
    double x = low;
    if (!r->fails && !fs_saved_take_number(&r->at, r->end, &x)) r->fails = true;
    if (!(x >= low && x <= high)) r->fails = true;
    return r->fails ? low : x;
}

/* In decimals, as periods are. */
static int64_t whole(fs_saved_reader *r, int64_t low, int64_t high)
{
    uint64_t size = 0;
    bool is_less = !r->fails && skip(&r->at, r->end, '-');
    if (r->fails || !take_digits(&r->at, r->end, 10, 19, &size) || size > INT64_MAX)
        r->fails = true;
    int64_t x = is_less ? -(int64_t)size : (int64_t)size;
    if (r->fails || x < low || x > high) r->fails = true;
    return r->fails ? low : x;
}

/* Characters up to one that `ends` names; at most `most`. */
static void word(fs_saved_reader *r, const char *ends, size_t most, char *to)
{
    size_t size = 0;
    while (!r->fails && r->at < r->end && size < most && !strchr(ends, *r->at))
        to[size++] = *r->at++;
    to[size] = '\0';
}

static void read_time(fs_saved_reader *r, fs_saved_time *time)
{
    static const char kinds[] = "idt";
    char kind[2];
    fs_saved_expect(r, VERSION ";at=");
    word(r, ",", 1, kind);
    const char *of = kind[0] ? strchr(kinds, kind[0]) : NULL;
    if (!of) r->fails = true;
    time->step.kind = of ? (fs_period_kind)(of - kinds) : FS_PERIOD_INTEGER;
    fs_saved_expect(r, ","), time->step.size = whole(r, 0, INT64_MAX);
    fs_saved_expect(r, ","), time->step.months = (int)whole(r, 0, 12000);
    fs_saved_expect(r, ","), time->step.month_day = (int)whole(r, 0, 31);
    fs_saved_expect(r, ","), time->step.irregular = whole(r, 0, 1) == 1;
    fs_saved_expect(r, ","), time->end = whole(r, -INT64_MAX, INT64_MAX);
    if (time->step.months + time->step.size == 0 && !time->step.irregular) r->fails = true;
    fs_saved_expect(r, ";season="), time->season = (int)fs_saved_number(r, 1, FS_SAVED_LONGEST);
}

static void read_scale(fs_saved_reader *r, fs_saved *s)
{
    int exponent = 0;
    fs_saved_expect(r, ";unit="), s->unit = fs_saved_number(r, 0, HUGE_VAL);
    if (frexp(s->unit, &exponent) != 0.5) r->fails = true;
    fs_saved_expect(r, ";least="), s->least = fs_saved_number(r, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_saved_expect(r, ";usual="), s->usual = fs_saved_number(r, 0, FS_STATE_BOUND);
    fs_saved_expect(r, ";tail="), word(r, ";", FS_SAVED_TAIL, s->tail);
    if (strspn(s->tail, ".01") != strlen(s->tail)) r->fails = true;
}

bool fs_saved_comes(const fs_saved_reader *r, const char *text)
{
    size_t size = strlen(text);
    return !r->fails && (size_t)(r->end - r->at) >= size && memcmp(r->at, text, size) == 0;
}

/* Points that do not ascend would make quantiles that do not. */
static void read_table(fs_saved_reader *r, fs_error_table *table)
{
    table->points = 0;
    fs_saved_expect(r, ";errors="),
        table->errors.count = (int64_t)fs_saved_number(r, 0, (double)FS_STATE_COUNT);
    fs_saved_expect(r, ","), table->errors.deviation = fs_saved_number(r, 0, FS_STATE_BOUND);
    fs_saved_expect(r, ","), table->errors.factor = fs_saved_number(r, 0, FS_STATE_BOUND);
    while (fs_saved_comes(r, ",") && table->points < FS_SAVED_TABLE) {
        int i = table->points++;
        fs_saved_expect(r, ","), table->p[i] = fs_saved_number(r, 0, 1);
        fs_saved_expect(r, ","),
            table->quantile[i] = fs_saved_number(r, -FS_STATE_BOUND, FS_STATE_BOUND);
        if (i > 0 && !(table->p[i] > table->p[i - 1])) r->fails = true;
        if (i > 0 && !(table->quantile[i] >= table->quantile[i - 1])) r->fails = true;
    }
    if (table->points < 2 || table->p[0] != 0 || table->p[table->points - 1] != 1) r->fails = true;
}

static fs_status read_part(fs_forecaster *f, fs_saved_reader *r, int i)
{
    fs_mixed *m = &f->saved->mixed;
    fs_fit *fit = &f->fit[i];
    char name[64];
    fs_saved_expect(r, ";"), word(r, "=", sizeof name - 1, name);
    m->fit[i] = i;
    m->method[i] = fs_forecast_model_find(name);
    if (m->method[i] < 0 || !fs_method_at(m->method[i])->resume) r->fails = true;
    fs_saved_expect(r, "="), m->weight[i] = fs_saved_number(r, 0, 1);
    if (r->fails) return FS_OK;
    FS_TRY(fs_fit_reserve_states(fit, f->saved->time.season));
    while (fs_saved_comes(r, ",") && fit->states < FS_STATES_MOST(f->saved->time.season)) {
        fs_saved_expect(r, ",");
        fit->state[fit->states++] = fs_saved_number(r, -HUGE_VAL, HUGE_VAL);
    }
    return FS_OK;
}

static fs_status read_parts(fs_forecaster *f, fs_saved_reader *r)
{
    fs_mixed *m = &f->saved->mixed;
    double weights = 0;
    fs_saved_expect(r, ";mix=");
    m->is_median = fs_saved_comes(r, "median");
    fs_saved_expect(r, m->is_median ? "median" : "mean");
    for (m->parts = 0;
         fs_saved_comes(r, ";") && !fs_saved_comes(r, END) && m->parts < FS_COMBINED - 1;
         m->parts++) {
        FS_TRY(read_part(f, r, m->parts));
        weights += m->weight[m->parts];
    }
    fs_saved_expect(r, END);
    if (m->parts == 0 || r->at != r->end) r->fails = true;
    if (!m->is_median && !(fabs(weights - 1) < 1e-6)) r->fails = true;
    return FS_OK;
}

static fs_status refuse(const fs_saved_reader *r, const fs_buffer *text, fs_error *error)
{
    bool is_ours = text->size >= 4 && memcmp(text->data, "fs", 2) == 0 && text->data[2] != '1';
    if (is_ours && digit_of(text->data[2]) >= 0)
        fs_fail(error, FS_DATA, "the saved model is of another version, '%.3s', and this reads %s",
                text->data, VERSION);
    else
        fs_fail(error, FS_DATA, "what should be a saved model is none, from character %lld on",
                (long long)(r->at - text->data) + 1);
    fs_error_remedy(error, "give the column saved_model as forecast or update wrote it, or fit "
                           "anew: forecast with save = [model]");
    return FS_DATA;
}

fs_status fs_saved_read(fs_forecaster *f, fs_error *error)
{
    fs_saved *s = f->saved;
    const fs_buffer *text = &s->text;
    fs_saved_reader r = {
        .at = text->data, .end = text->data + text->size, .fails = text->size == 0};
    read_time(&r, &s->time);
    read_scale(&r, s);
    if (!r.fails) FS_TRY(fs_saved_read_effects(f, &r));
    s->has_table = fs_saved_comes(&r, ";errors=");
    if (s->has_table) read_table(&r, &s->table);
    if (!r.fails) FS_TRY(read_parts(f, &r));
    return r.fails ? refuse(&r, text, error) : FS_OK;
}
