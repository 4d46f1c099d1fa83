/* Where records end: the one serial part of reading delimited text.
 *
 * A line end ends a record unless it stands in quotes, so quotes have to be followed from the start
 * of the file; everything else can be left to several threads. The rules, which the cursor obeys too:
 *
 *   - quotes open only at the start of a field (blanks before them are allowed); elsewhere a
 *     quote is text:                                5" nail,3
 *   - inside, a doubled quote (or an escaped one) is text;
 *   - a quote closes only where a delimiter or line end follows (blanks between are allowed);
 *     otherwise it is text that somebody forgot to double:  "5" nail",3
 *
 * The last rule also brings a broken file back in step within a record or two, where pairing quotes
 * by count would turn the rest inside out.
 *
 * Whether a run of quotes closes does not depend on where the quotes were opened (unless they
 * were by that run), so where a scan found no closing up to some place, a second scan from a later
 * opening may jump there: `never`. It keeps a file of a million unclosed quotes linear.
 *
 * Cost: three masks for 64 bytes, then work for quotes only; 5-10 GB/s without quotes.
 */
#include <string.h>

#include "source_internal.h"

typedef struct scan {
    const fs_dialect *dialect;
    const char *data;
    size_t available;
    bool ended;
    fs_source_range never;
    size_t skip;    /* marks before this are used up */
    size_t escaped; /* the last byte with a backslash before it, plus 1 */
    bool jumped;    /* lines were not counted all the way */
    int64_t lines;  /* line ends before the chunk at hand */
    fs_source_split out;
} scan;

/* Does the quote at `at`, outside quotes, open some? */
static bool opens(const scan *s, size_t at)
{
    while (at > 0 && fs_source_is_blank(s->data[at - 1], s->dialect)) at--;
    if (at == 0) return true;
    char before = s->data[at - 1];
    if (before == '\n' || before == '\r') return true;
    return fs_source_is_delimiter(before, s->dialect) && s->escaped != at;
}

static bool closes(scan *s, size_t at)
{
    size_t next = at + 1;
    while (next < s->available && fs_source_is_blank(s->data[next], s->dialect)) next++;
    if (next == s->available) {
        s->out.more = !s->ended;
        return s->ended;
    }
    char c = s->data[next];
    return c == '\n' || c == '\r' || fs_source_is_delimiter(c, s->dialect);
}

/* The quotes at `at` are opened in a stretch without closing: look at their own run, then jump. */
static void jump(scan *s, size_t at)
{
    size_t end = at + 1;
    while (end < s->available && s->data[end] == s->dialect->quote) end++;
    s->skip = end;
    bool pairs = s->dialect->escape == s->dialect->quote;
    bool last_is_text = end - at == 1 || (pairs && (end - at) % 2 == 1);
    if (!last_is_text && closes(s, end - 1)) {
        s->skip = end - 1; /* it will be met again, and close */
        return;
    }
    if (s->never.to > end) {
        s->skip = s->never.to;
        s->jumped = true;
        s->out.escapes = true; /* there may be some */
    }
}

/* A quote or backslash outside quotes. True where it opens quotes. */
static bool outside(scan *s, size_t at)
{
    if (s->data[at] != s->dialect->quote) {
        s->skip = at + 2;
        s->escaped = at + 2;
        s->out.escapes = true;
        return false;
    }
    if (!opens(s, at)) return false;
    s->out.quoted = true;
    s->out.opened = at;
    if (at >= s->never.from && at < s->never.to) jump(s, at);
    return true;
}

/* A quote or backslash inside quotes. True where it closes them. */
static bool inside(scan *s, size_t at)
{
    char quote = s->dialect->quote;
    if (s->data[at] != quote) {
        s->skip = at + 2;
        s->out.escapes = true;
        return false;
    }
    if (s->dialect->escape == quote) {
        if (at + 1 == s->available && !s->ended) s->out.more = true;
        if (at + 1 < s->available && s->data[at + 1] == quote) {
            s->skip = at + 2;
            s->out.escapes = true;
            return false;
        }
    }
    if (!closes(s, at)) return false;
    s->out.quoted = false;
    return true;
}

static void note_ends(scan *s, size_t base, uint64_t ends, uint64_t all)
{
    if (!ends) return;
    int top = 63 - __builtin_clzll(ends);
    s->out.end = base + (size_t)top + 1;
    s->out.lines = s->lines + __builtin_popcountll(all & (~0ull >> (63 - top)));
}

/* Bits from `from` up to, not with, `to`; both 0 … 64. */
static uint64_t between(int from, int to)
{
    uint64_t low = to == 64 ? ~0ull : (1ull << to) - 1;
    return from == 64 ? 0 : low & ~0ull << from;
}

static void chunk(scan *s, size_t base, uint64_t marks, uint64_t ends)
{
    int from = 0; /* where the stretch outside quotes began */
    for (; marks && !s->out.more; marks &= marks - 1) {
        int bit = __builtin_ctzll(marks);
        size_t at = base + (size_t)bit;
        if (at < s->skip) continue;
        if (s->out.quoted) {
            if (inside(s, at)) from = bit;
        } else if (outside(s, at)) {
            note_ends(s, base, ends & between(from, bit), ends);
        }
    }
    if (!s->out.quoted) note_ends(s, base, ends & between(from, 64), ends);
    s->lines += __builtin_popcountll(ends);
}

/* Line ends in a chunk: \n, and \r without \n behind it. A \r as the last byte at hand is none
 * unless the file ends there. */
static uint64_t line_ends(const scan *s, size_t base, uint64_t feeds, uint64_t turns)
{
    if (!turns) return feeds;
    size_t next = base + 64;
    uint64_t follows = next < s->available && s->data[next] == '\n' ? 1ull << 63 : 0;
    uint64_t ends = feeds | (turns & ~(feeds >> 1 | follows));
    size_t last = s->available - 1;
    if (!s->ended && last >= base && last < next && s->data[last] == '\r')
        ends &= ~(1ull << (last - base));
    return ends;
}

static void batch(scan *s, fs_source_marks find, size_t base, size_t to)
{
    const char *p = s->data + base;
    size_t bytes = to - base < 64 * FS_SOURCE_BATCH ? to - base : 64 * FS_SOURCE_BATCH;
    size_t chunks = (bytes + 63) / 64;
    char q = s->dialect->quote, e = s->dialect->escape ? s->dialect->escape : q;
    uint64_t marks[FS_SOURCE_BATCH], feeds[FS_SOURCE_BATCH], turns[FS_SOURCE_BATCH];
    if (q)
        find(p, chunks, (char[]){q, e, q, q, q, q}, marks);
    else
        memset(marks, 0, sizeof marks);
    find(p, chunks, (char[]){'\n', '\n', '\n', '\n', '\n', '\n'}, feeds);
    find(p, chunks, (char[]){'\r', '\r', '\r', '\r', '\r', '\r'}, turns);
    for (size_t i = 0; i < chunks && !s->out.more; i++, base += 64) {
        uint64_t within = to - base < 64 ? between(0, (int)(to - base)) : ~0ull;
        uint64_t ends = line_ends(s, base, feeds[i], turns[i]) & within;
        marks[i] &= within;
        if (marks[i]) {
            chunk(s, base, marks[i], ends);
        } else {
            if (!s->out.quoted) note_ends(s, base, ends, ends);
            s->lines += __builtin_popcountll(ends);
        }
    }
}

fs_source_split fs_source_split_scan(const fs_dialect *dialect, fs_source_marks marks,
                                     const char *data, size_t to, size_t available, bool ended,
                                     fs_source_range never)
{
    scan s = {
        .dialect = dialect, .data = data, .available = available, .ended = ended, .never = never};
    size_t step = 64 * FS_SOURCE_BATCH;
    for (size_t base = 0; base < to && !s.out.more; base += step)
        if (!s.out.quoted || s.skip < base + step) batch(&s, marks, base, to);
    if (s.jumped && s.out.end) s.out.lines = fs_source_count_lines(data, s.out.end);
    return s.out;
}
