/* The profile of whole columns, cell by cell.
 *
 * A text is looked at closely (facts.c) only where it is not among the column's recent distinct
 * texts, a small table by hash: most columns of a shop repeat a few hundred values, or repeat the
 * value above. A recent text keeps a count, which is added to the tallies when it leaves the table,
 * so a repeated cell costs its hash and one comparison. (Texts are told apart by 64 bits of hash:
 * in a column of ten million values two are confused with a chance of three in a million.)
 *
 * Whether a column ascends must be asked of each cell in its order; that is done from the facts of
 * the recent text as well, and not at all for a cell equal to the one before.
 */
#include <math.h>
#include <string.h>

#include "profile_internal.h"

struct fs_profile {
    int columns;
    fs_column_tally *column;
    fs_recent_cell *recent; /* columns x FS_PROFILE_RECENT */
};

fs_status fs_profile_open(int columns, fs_profile **profile, fs_error *error)
{
    *profile = NULL;
    size_t count = columns > 0 ? (size_t)columns : 0, recent = count * FS_PROFILE_RECENT;
    fs_profile *p = fs_alloc_zero(1, sizeof *p);
    if (!p) return fs_fail_memory(error, sizeof *p);
    p->columns = (int)count;
    p->column = fs_alloc_zero(count, sizeof *p->column);
    p->recent = fs_alloc_zero(recent, sizeof *p->recent);
    if (!p->column || !p->recent) {
        fs_profile_close(p);
        return fs_fail_memory(error, count * sizeof *p->column + recent * sizeof *p->recent);
    }
    for (int i = 0; i < p->columns; i++) {
        p->column[i].recent = p->recent + (size_t)i * FS_PROFILE_RECENT;
        p->column[i].most = UINT64_MAX;
    }
    *profile = p;
    return FS_OK;
}

void fs_profile_close(fs_profile *p)
{
    if (!p) return;
    fs_free(p->column);
    fs_free(p->recent);
    fs_free(p);
}

/* ---- tallies ---- */

static void tally_number(fs_number_tally *t, double value, int64_t count)
{
    if (t->count == 0 || value < t->least) t->least = value;
    if (t->count == 0 || value > t->greatest) t->greatest = value;
    t->count += count;
    t->sum += value * (double)count;
    t->negative += value < 0 ? count : 0;
    t->zero += value == 0 ? count : 0;
    t->fractional += value != floor(value) ? count : 0;
}

/* Once it is known of an order it is not asked again. */
static void see_within(fs_column_tally *t, int order, int64_t moment)
{
    const int64_t day = 86400000000;
    if (t->date_within & 1u << order) return;
    int64_t days = moment / day - (moment % day < 0);
    if (fs_civil_from_days(days).day != 1) t->date_within |= 1u << order;
}

static void tally_dates(fs_column_tally *t, const fs_cell_facts *f, int64_t count)
{
    if (!(f->flags & (FS_CELL_IS_BARE | FS_CELL_IS_POINT))) t->any_date += count;
    for (unsigned left = f->dates; left; left &= left - 1) {
        int order = __builtin_ctz(left);
        int64_t moment = f->moment[order];
        bool first = t->out.dates[order] == 0;
        if (first || moment < t->date_least[order]) t->date_least[order] = moment;
        if (first || moment > t->date_greatest[order]) t->date_greatest[order] = moment;
        t->out.dates[order] += count;
        see_within(t, order, moment);
        if (f->flags & FS_CELL_IS_BARE) t->bare_dates[order] += count;
    }
}

/* Adds a recent text's count to the tallies. */
static void settle(fs_column_tally *t, fs_recent_cell *r)
{
    const fs_cell_facts *f = &r->facts;
    int64_t n = r->count;
    unsigned flags = f->flags;
    fs_column_profile *out = &t->out;
    if (n == 0) return;
    r->count = 0;
    t->words_missing += flags & FS_CELL_IS_MISSING ? n : 0;
    out->integers += flags & FS_CELL_IS_INTEGER ? n : 0;
    out->bools += flags & FS_CELL_IS_BOOL ? n : 0;
    out->times += flags & FS_CELL_HAS_TIME ? n : 0;
    out->mixed += flags & FS_CELL_IS_MIXED ? n : 0;
    t->word_bools += flags & FS_CELL_IS_WORD_BOOL ? n : 0;
    t->late += flags & FS_CELL_IS_LATE ? n : 0;
    t->bare += flags & FS_CELL_IS_BARE ? n : 0;
    t->leading_zeros += flags & FS_CELL_LEADS_ZERO ? n : 0;
    t->long_digits += flags & FS_CELL_IS_LONG ? n : 0;
    t->slashed_half += flags & FS_CELL_IS_SLASHED_HALF ? n : 0;
    t->could_swap += flags & FS_CELL_COULD_SWAP ? n : 0;
    if (flags & FS_CELL_IS_POINT) tally_number(&t->point, f->point, n);
    if (flags & FS_CELL_IS_COMMA) tally_number(&t->comma, f->comma, n);
    if (f->dates) tally_dates(t, f, n);
}

/* ---- order ---- */

static void follow_number(fs_number_tally *t, double value, bool first)
{
    if (first)
        t->ascending = true;
    else if (value < t->last)
        t->ascending = false;
    t->last = value;
}

static void follow_text(fs_column_tally *t, const char *text, size_t bytes)
{
    size_t kept = bytes < sizeof t->last_text ? bytes : sizeof t->last_text;
    size_t common = kept < t->last_bytes ? kept : t->last_bytes;
    int order = memcmp(text, t->last_text, common);
    if (order < 0 || (order == 0 && kept < t->last_bytes)) t->text_descends = true;
    memcpy(t->last_text, text, kept);
    t->last_bytes = kept;
}

/* Whether columns ascend, by every way to read them. */
static void follow(fs_column_tally *t, const fs_cell_facts *f, const char *text, size_t bytes)
{
    if (f->flags & FS_CELL_IS_POINT) follow_number(&t->point, f->point, isnan(t->point.last));
    if (f->flags & FS_CELL_IS_COMMA) follow_number(&t->comma, f->comma, isnan(t->comma.last));
    for (unsigned left = f->dates & ~t->date_descends; left; left &= left - 1) {
        int order = __builtin_ctz(left);
        unsigned bit = 1u << order;
        if (t->date_seen & bit && f->moment[order] < t->date_last[order]) t->date_descends |= bit;
        t->date_seen |= bit;
        t->date_last[order] = f->moment[order];
    }
    if (!t->text_descends) follow_text(t, text, bytes);
}

/* ---- cells ---- */

static void add_example(fs_column_profile *out, const char *text, size_t bytes)
{
    if (out->examples == FS_EXAMPLES) return;
    char *example = out->example[out->examples];
    size_t kept = fs_source_whole(text, bytes, sizeof out->example[0] - 1);
    for (int i = 0; i < out->examples; i++)
        if (strlen(out->example[i]) == kept && memcmp(out->example[i], text, kept) == 0) return;
    for (size_t i = 0; i < kept; i++) example[i] = text[i] ? text[i] : '?';
    example[kept] = '\0';
    out->examples++;
}

static void note_length(fs_column_tally *t, int64_t characters)
{
    fs_column_profile *out = &t->out;
    if (t->texts == 1 || characters < out->shortest) out->shortest = characters;
    if (characters > out->longest) out->longest = characters;
}

static void note_value(fs_column_tally *t, unsigned flags)
{
    if (t->out.sketch_size == FS_SKETCH) t->most = t->out.sketch[FS_SKETCH - 1];
    if (flags & FS_CELL_IS_MISSING) return;
    t->values++;
    t->words += !(flags & (FS_CELL_IS_POINT | FS_CELL_IS_COMMA));
}

static void add_text(fs_column_tally *t, const char *text, size_t bytes)
{
    uint64_t hash = fs_hash(text, bytes, 0);
    if (t->texts == 0) t->point.last = t->comma.last = NAN;
    t->texts++;
    if (t->before && t->before->hash == hash && t->before->count) {
        ((fs_recent_cell *)t->before)->count++;
        return;
    }
    fs_recent_cell *r = &t->recent[hash % FS_PROFILE_RECENT];
    if (r->count == 0 || r->hash != hash) {
        settle(t, r);
        r->hash = hash;
        fs_source_facts(text, bytes, &r->facts);
        if (hash < t->most && fs_source_sketch_add(&t->out, hash)) note_value(t, r->facts.flags);
        add_example(&t->out, text, bytes);
        note_length(t, r->facts.characters);
    }
    r->count++;
    t->before = r;
    if (!(r->facts.flags & FS_CELL_IS_MISSING)) follow(t, &r->facts, text, bytes);
}

static inline bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

fs_status fs_profile_add(fs_profile *p, int column, const char *text, size_t bytes, bool missing)
{
    if (column < 0 || column >= p->columns) return FS_USAGE;
    fs_column_tally *t = &p->column[column];
    t->out.rows++;
    while (bytes && is_blank(text[0])) text++, bytes--;
    while (bytes && is_blank(text[bytes - 1])) bytes--;
    if (missing || bytes == 0)
        t->out.missing++;
    else
        add_text(t, text, bytes);
    return FS_OK;
}

fs_status fs_profile_end(fs_profile *p, fs_error *error)
{
    (void)error;
    for (int i = 0; i < p->columns; i++) {
        fs_column_tally *t = &p->column[i];
        for (int j = 0; j < FS_PROFILE_RECENT; j++) settle(t, &t->recent[j]);
        t->before = NULL;
        t->out.distinct = fs_source_sketch_distinct(&t->out);
        fs_source_decide(t);
    }
    return FS_OK;
}

const fs_column_profile *fs_profile_column(const fs_profile *p, int column)
{
    return column >= 0 && column < p->columns ? &p->column[column].out : NULL;
}
