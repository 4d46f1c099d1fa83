/* Rows of stages as a network that is a tree.
 *
 * A row tells at most one stage that supplies it and one that it supplies, which is enough for any tree: seen from any one stage, each other has one link
 * towards it and tells that one. A link may be told at both of its ends. Stages that are joined have one root (union-find), so that a link between two of one root is
 * the one too many, and is named by the row that tells it.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "order_case.h"
#include "supply_rows.h"
#include "vector.h"

#define MOST 1e15 /* of any number but times */

/* ---- declaration ---- */

#define INPUT(column, of_type, must, of_unit, said)                                                \
    {                                                                                              \
        .name = column, .type = of_type, .role = FS_ROLE_VALUE, .optional = !(must),               \
        .unit = of_unit, .doc = said                                                               \
    }

const fs_column fs_supply_input[] = {
    {.name = "row",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "which row it is: a number, a date or a time"},
    INPUT("stage", FS_TYPE_TEXT, true, NULL,
          "its name: a plant, a depot, a store, an item of a bill of materials"),
    INPUT("lead_time", FS_TYPE_DOUBLE, true, "period",
          "that it takes to make or bring what is asked for, once all that it needs is there; a "
          "whole number"),
    INPUT("holding", FS_TYPE_DOUBLE, true, "money", "what a unit of its stock costs a period"),
    INPUT("upstream", FS_TYPE_TEXT, false, NULL,
          "the stage that supplies it; null: none, or it is told there"),
    INPUT("downstream", FS_TYPE_TEXT, false, NULL,
          "the stage that it supplies; null: none, or it is told there"),
    INPUT("deviation", FS_TYPE_DOUBLE, false, "units",
          "standard deviation a period of demand from outside the network; null: as Poisson has "
          "it where mean is known, else it has no such demand"),
    INPUT("mean", FS_TYPE_DOUBLE, false, "units",
          "of demand a period from outside; null: not known, and no base_stock"),
    INPUT("promised", FS_TYPE_DOUBLE, false, "period",
          "the longest service time, a whole number; null: 0 where it has demand from outside, "
          "else any"),
    INPUT("inbound", FS_TYPE_DOUBLE, false, "period",
          "service time of what it gets from outside, a whole number; null: 0"),
    INPUT("factor", FS_TYPE_DOUBLE, false, NULL,
          "safety factor: standard deviations of demand that are kept; null: that of service"),
    {0}};

/* ---- memory ---- */

static fs_status reserve(fs_supply_rows *s, int64_t count, fs_error *error)
{
    int64_t **whole[] = {&s->from,     &s->to,       &s->time,       &s->outside,
                         &s->promised, &s->upstream, &s->downstream, &s->root,
                         &s->taken,    &s->service,  &s->inbound};
    double **part[] = {&s->mean, &s->deviation, &s->bound, &s->holding, &s->safety};
    size_t wholes = sizeof whole / sizeof *whole, parts = sizeof part / sizeof *part;
    if (count <= s->capacity) return FS_OK;
    size_t capacity = (size_t)(count + count / 4);
    fs_free(s->whole), fs_free(s->part);
    s->capacity = 0;
    s->whole = fs_alloc_zero(wholes * capacity, sizeof *s->whole);
    s->part = fs_alloc_zero(parts * capacity, sizeof *s->part);
    if (!s->whole || !s->part)
        return fs_fail_memory(error, (wholes + parts) * capacity * sizeof *s->part);
    for (size_t k = 0; k < wholes; k++) *whole[k] = s->whole + k * capacity;
    for (size_t k = 0; k < parts; k++) *part[k] = s->part + k * capacity;
    s->capacity = (int64_t)capacity;
    return FS_OK;
}

void fs_supply_rows_close(fs_supply_rows *s)
{
    fs_words_free(&s->names);
    fs_free(s->whole), fs_free(s->part);
}

/* ---- what is wrong, and where ---- */

typedef struct reader {
    fs_supply_rows *s;
    const fs_vector *column;
    int64_t first, count; /* rows of the group in the block */
    fs_error *error;
} reader;

/* A name in a message, cut between characters. */
typedef struct shown {
    int bytes;
    const char *text;
} shown;

static shown show(const char *text, size_t bytes)
{
    size_t most = bytes < 60 ? bytes : 60;
    while (most > 0 && most < bytes && ((unsigned char)text[most] & 0xC0) == 0x80) most--;
    return (shown){(int)most, text};
}

static shown name_of(const reader *r, int64_t stage)
{
    const int64_t *offset = r->s->names.offset + stage;
    return show(r->s->names.bytes + offset[0], (size_t)(offset[1] - offset[0]));
}

static void add_row(const reader *r, int64_t i, fs_sentence *said)
{
    int64_t row = r->column[FS_SUPPLY_ROW].integer[r->first + i];
    if (r->s->order_type == FS_TYPE_INT) {
        fs_sentence_add(said, "row %lld", (long long)row);
        return;
    }
    int64_t days = (row - (row < 0 ? 86399999999 : 0)) / 86400000000;
    fs_civil day = fs_civil_from_days(r->s->order_type == FS_TYPE_TIME ? days : row);
    fs_sentence_add(said, "row %04d-%02d-%02d", day.year, day.month, day.day);
}

/* "row 3, stage 'x': " and what is said. */
static fs_status refuse(const reader *r, int64_t i, int column, const char *format, ...)
    FS_PRINTF(4, 5);
static fs_status refuse(const reader *r, int64_t i, int column, const char *format, ...)
{
    fs_sentence said = {.length = 0};
    char what[240];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    add_row(r, i, &said);
    if (i < r->s->names.count) {
        shown name = name_of(r, i);
        fs_sentence_add(&said, ", stage '%.*s'", name.bytes, name.text);
    }
    fs_fail(r->error, FS_DATA, "%s: %s", said.text, what);
    return fs_error_at(r->error, NULL, 0, r->column[column].name), FS_DATA;
}

/* ---- names and links ---- */

static fs_status name_stages(const reader *r)
{
    const fs_vector *v = &r->column[FS_SUPPLY_STAGE];
    fs_words_clear(&r->s->names);
    for (int64_t i = 0; i < r->count; i++) {
        size_t bytes;
        int32_t number;
        const char *text = fs_vector_text(v, r->first + i, &bytes); /* null is as empty */
        if (bytes == 0) return refuse(r, i, FS_SUPPLY_STAGE, "the stage has no name");
        fs_status status = fs_words_add(&r->s->names, text, bytes, &number);
        if (status == FS_MEMORY) return fs_fail_memory(r->error, bytes);
        FS_TRY(status);
        if (number == i) continue;
        shown name = show(text, bytes);
        return refuse(r, i, FS_SUPPLY_STAGE, "stage '%.*s' has a row before this one", name.bytes,
                      name.text);
    }
    return FS_OK;
}

/* Which stage a row tells; -1: none. An empty text is none. */
static fs_status take_other(const reader *r, int64_t i, int column, int64_t *other)
{
    const fs_vector *v = &r->column[column];
    const char *side = column == FS_SUPPLY_UPSTREAM ? "upstream" : "downstream";
    size_t bytes;
    *other = -1;
    if (!fs_vector_known(v, r->first + i)) return FS_OK;
    const char *text = fs_vector_text(v, r->first + i, &bytes);
    if (bytes == 0) return FS_OK;
    *other = fs_words_find(&r->s->names, text, bytes);
    shown name = show(text, bytes);
    if (*other < 0)
        return refuse(r, i, column, "its %s stage '%.*s' has no row", side, name.bytes, name.text);
    if (*other == i) return refuse(r, i, column, "it is its own %s stage", side);
    return FS_OK;
}

static int64_t root_of(int64_t *root, int64_t i)
{
    for (; root[i] != i; i = root[i]) root[i] = root[root[i]];
    return i;
}

/* Whether goods of `start` come to `end`: marks are spread until there is none more. Only where there is an error. */
static bool reaches(fs_supply_rows *s, int64_t start, int64_t end)
{
    int64_t *mark = s->service;
    bool more = true;
    memset(mark, 0, (size_t)s->tree.stages * sizeof *mark);
    mark[start] = 1;
    while (more) {
        more = false;
        for (int64_t l = 0; l < s->tree.links; l++)
            if (mark[s->from[l]] && !mark[s->to[l]]) mark[s->to[l]] = 1, more = true;
    }
    return mark[end] != 0;
}

static fs_status add_link(const reader *r, int64_t i, int column, int64_t from, int64_t to)
{
    fs_supply_rows *s = r->s;
    int64_t above = root_of(s->root, from), below = root_of(s->root, to);
    shown other = name_of(r, from == i ? to : from);
    if (above != below) {
        s->root[above] = below;
        s->from[s->tree.links] = from, s->to[s->tree.links++] = to;
        return FS_OK;
    }
    if (reaches(s, to, from))
        refuse(r, i, column, "with '%.*s' it is in a circle, each supplying the other in the end",
               other.bytes, other.text);
    else
        refuse(r, i, column, "there is more than one way between it and '%.*s'", other.bytes,
               other.text);
    fs_error_remedy(r->error, "the network must be a tree: one way between any two stages");
    return FS_DATA;
}

static fs_status join_stages(const reader *r)
{
    fs_supply_rows *s = r->s;
    s->tree.links = 0;
    for (int64_t i = 0; i < r->count; i++) s->root[i] = i;
    for (int64_t i = 0; i < r->count; i++) {
        FS_TRY(take_other(r, i, FS_SUPPLY_UPSTREAM, &s->upstream[i]));
        FS_TRY(take_other(r, i, FS_SUPPLY_DOWNSTREAM, &s->downstream[i]));
    }
    for (int64_t i = 0; i < r->count; i++) {
        int64_t above = s->upstream[i], below = s->downstream[i];
        if (above >= 0 && s->downstream[above] != i)
            FS_TRY(add_link(r, i, FS_SUPPLY_UPSTREAM, above, i));
        if (below >= 0) FS_TRY(add_link(r, i, FS_SUPPLY_DOWNSTREAM, i, below));
    }
    shown first = name_of(r, 0);
    for (int64_t i = 1; i < r->count; i++)
        if (root_of(s->root, i) != root_of(s->root, 0))
            return refuse(r, i, FS_SUPPLY_STAGE, "nothing joins it with stage '%.*s'", first.bytes,
                          first.text);
    return FS_OK;
}

/* ---- numbers ---- */

static bool known(const reader *r, int column, int64_t i)
{
    return fs_vector_known(&r->column[column], r->first + i);
}

static const char *declared(int column) { return fs_supply_input[column].name; }

/* `other` where it is not known; not a number: it must be. */
static fs_status take_amount(const reader *r, int64_t i, int column, double other, double *amount)
{
    *amount = known(r, column, i) ? r->column[column].number[r->first + i] : other;
    if (isnan(*amount)) return refuse(r, i, column, "%s is not known", declared(column));
    if (*amount >= 0 && *amount <= MOST) return FS_OK;
    return refuse(r, i, column, "%s is %g: it must be from 0 to %g", declared(column), *amount,
                  MOST);
}

static fs_status take_time(const reader *r, int64_t i, int column, double other, int64_t *time)
{
    double periods = known(r, column, i) ? r->column[column].number[r->first + i] : other;
    if (isnan(periods)) return refuse(r, i, column, "%s is not known", declared(column));
    *time = 0;
    if (periods >= 0 && periods <= FS_SUPPLY_LONGEST && periods == floor(periods)) {
        *time = (int64_t)periods;
        return FS_OK;
    }
    refuse(r, i, column, "%s is %g: it must be a whole number from 0 to %d", declared(column),
           periods, FS_SUPPLY_LONGEST);
    if (periods > 0)
        fs_error_remedy(r->error, "tell all times, holding and demand in %s periods",
                        periods > FS_SUPPLY_LONGEST ? "longer" : "shorter");
    return FS_DATA;
}

/* Demand from outside; whether there is any is told. */
static fs_status take_demand(const reader *r, int64_t i, bool *any)
{
    fs_supply_rows *s = r->s;
    bool mean = known(r, FS_SUPPLY_MEAN, i), deviation = known(r, FS_SUPPLY_DEVIATION, i);
    *any = mean || deviation;
    FS_TRY(take_amount(r, i, FS_SUPPLY_MEAN, 0, &s->mean[i]));
    FS_TRY(take_amount(r, i, FS_SUPPLY_DEVIATION, sqrt(s->mean[i]), &s->deviation[i]));
    if (mean && !deviation) s->taken[i] |= FS_SUPPLY_POISSON;
    if (deviation && !mean) s->taken[i] |= FS_SUPPLY_NO_MEAN, s->mean[i] = NAN;
    return FS_OK;
}

static fs_status take_stage(const reader *r, int64_t i)
{
    fs_supply_rows *s = r->s;
    bool demand;
    s->taken[i] = 0, s->promised[i] = -1;
    FS_TRY(take_time(r, i, FS_SUPPLY_LEAD_TIME, NAN, &s->time[i]));
    FS_TRY(take_amount(r, i, FS_SUPPLY_HOLDING, NAN, &s->holding[i]));
    FS_TRY(take_amount(r, i, FS_SUPPLY_FACTOR, s->factor, &s->bound[i]));
    FS_TRY(take_demand(r, i, &demand));
    FS_TRY(take_time(r, i, FS_SUPPLY_INBOUND, 0, &s->outside[i]));
    if (demand || known(r, FS_SUPPLY_PROMISED, i))
        FS_TRY(take_time(r, i, FS_SUPPLY_PROMISED, 0, &s->promised[i]));
    if (demand && !known(r, FS_SUPPLY_PROMISED, i)) s->taken[i] |= FS_SUPPLY_AT_ONCE;
    return FS_OK;
}

/* What stages at the ends lack. upstream and downstream are used anew: whether there is any. */
static fs_status look_at_ends(const reader *r)
{
    fs_supply_rows *s = r->s;
    size_t bytes = (size_t)r->count * sizeof *s->upstream;
    memset(s->upstream, 0, bytes), memset(s->downstream, 0, bytes);
    for (int64_t l = 0; l < s->tree.links; l++)
        s->downstream[s->from[l]] = s->upstream[s->to[l]] = 1;
    for (int64_t i = 0; i < r->count; i++) {
        bool demand = known(r, FS_SUPPLY_MEAN, i) || known(r, FS_SUPPLY_DEVIATION, i);
        if (!s->upstream[i] && !known(r, FS_SUPPLY_INBOUND, i)) s->taken[i] |= FS_SUPPLY_FROM_STOCK;
        if (s->downstream[i] || demand) continue;
        refuse(r, i, FS_SUPPLY_DEVIATION, "it supplies no stage and has no demand");
        fs_error_remedy(r->error, "tell deviation or mean of its demand a period");
        return FS_DATA;
    }
    return FS_OK;
}

/* ---- a group ---- */

fs_status fs_supply_rows_take(fs_supply_rows *s, const fs_block *block, int64_t group,
                              fs_error *error)
{
    int64_t first = block->start[group], count = block->start[group + 1] - first;
    reader r = {s, block->column, first, count, error};
    FS_TRY(reserve(s, count, error));
    s->tree = (fs_supply_tree){count,      0,           s->from,  s->to,     s->time,
                               s->outside, s->promised, s->bound, s->holding};
    FS_TRY(name_stages(&r));
    FS_TRY(join_stages(&r));
    for (int64_t i = 0; i < count; i++) FS_TRY(take_stage(&r, i));
    FS_TRY(look_at_ends(&r));
    FS_TRY(fs_supply_tree_means(&s->tree, s->mean, error));
    FS_TRY(fs_supply_tree_deviations(&s->tree, s->deviation, error));
    for (int64_t i = 0; i < count; i++) s->bound[i] *= s->deviation[i];
    return FS_OK;
}

fs_status fs_supply_rows_solve(fs_supply_rows *s, double *cost, fs_error *error)
{
    FS_TRY(fs_supply_tree_solve(&s->tree, s->service, s->safety, cost, error));
    memcpy(s->inbound, s->outside, (size_t)s->tree.stages * sizeof *s->inbound);
    for (int64_t l = 0; l < s->tree.links; l++)
        if (s->inbound[s->to[l]] < s->service[s->from[l]])
            s->inbound[s->to[l]] = s->service[s->from[l]];
    return FS_OK;
}
