/* How a file is written, from a sample of it.
 *
 * After decompression and decoding, the sample is split by every likely dialect with the very code
 * that reads files, and the fit is judged: a good dialect gives the same number of fields in nearly
 * every record, and cells that are numbers, dates, quoted or plain words rather than text with
 * other delimiters in it (G. van den Burg, A. Nazábal, C. Sutton, "Wrangling messy CSV files by
 * detecting row and type patterns", Data Mining and Knowledge Discovery 33, 2019).
 */
#include <stdio.h>
#include <string.h>

#include "sniff_internal.h"

#define DECODED_MOST (1u << 20)
#define ROWS         2000
#define CELLS_JUDGED 6000

typedef struct candidate {
    char delimiter;
    bool runs;
    double prior; /* how likely before looking */
    const char *name;
} candidate;

static const candidate candidates[] = {
    {',', false, 1.00, "comma"}, {';', false, 1.00, "semicolon"},
    {'\t', false, 1.00, "tab"},  {'|', false, 1.00, "bar"},
    {'^', false, 0.90, "caret"}, {'~', false, 0.90, "tilde"},
    {1, false, 1.00, "Ctrl-A"},  {0x1f, false, 1.00, "unit separator"},
    {':', false, 0.55, "colon"}, {' ', true, 0.75, "blanks"},
    {0, false, 0.50, "none"}};

typedef struct fit {
    fs_dialect dialect;
    double score, certainty;
    int width, rows, agreeing, first;
} fit;

/* ---- judging one dialect ---- */

static bool is_strange(const fs_field *f)
{
    for (size_t i = 0; i < f->bytes; i++)
        if (strchr(";\t|\"^~", f->text[i]) && f->text[i]) return true;
    return false;
}

static double cell_quality(const fs_field *f)
{
    if (fs_source_sample_kind(f) != FS_SAMPLE_TEXT) return 1;
    if (f->quoted) return 0.95;
    return is_strange(f) ? 0.1 : 0.8;
}

/* The number of fields that most rows have. */
static int usual_width(const fs_sample *s)
{
    int width = 0, most = 0;
    for (int i = 0; i < s->rows && most * 2 < s->rows; i++) {
        int count = 0;
        if (s->row[i].fields == width || s->row[i].fault) continue;
        for (int j = 0; j < s->rows; j++)
            count += s->row[j].fields == s->row[i].fields && !s->row[j].fault;
        if (count <= most) continue;
        most = count;
        width = s->row[i].fields;
    }
    return width;
}

static double sample_quality(const fs_sample *s, int first)
{
    double sum = 0;
    int count = 0;
    for (int i = first; i < s->rows && count < CELLS_JUDGED; i++)
        for (int j = 0; j < s->row[i].fields && count < CELLS_JUDGED; j++, count++)
            sum += cell_quality(&s->cell[s->row[i].first + (size_t)j]);
    return count ? sum / count : 0;
}

/* A file of one column has no delimiter to agree on: the better its cells read, the likelier. */
static double one_column_score(double quality) { return quality > 0.97 ? 0.8 : 0.3 * quality; }

static void judge(const fs_sample *s, const candidate *c, fit *f)
{
    f->rows = s->rows;
    f->width = usual_width(s);
    f->first = fs_source_first_row(s, f->width);
    f->agreeing = 0;
    for (int i = f->first; i < s->rows; i++)
        f->agreeing += s->row[i].fields == f->width && !s->row[i].fault;
    int judged = s->rows - f->first;
    f->certainty = judged ? (double)f->agreeing / judged : 0;
    double quality = sample_quality(s, f->first);
    if (c->delimiter == 0) { /* the first row may be a header, which is worse to read */
        f->score = one_column_score(s->rows > 1 ? sample_quality(s, 1) : quality);
        return;
    }
    if (f->width < 2) {
        f->score = 0;
        return;
    }
    if (c->runs && f->width < 3 && quality < 0.95) quality *= 0.3; /* words of a sentence */
    double thin = judged < 3 ? 0.9 : 1, titles = s->rows ? 1 - 0.5 * f->first / s->rows : 1;
    f->score = c->prior * thin * titles * f->certainty * f->certainty * (0.25 + 0.75 * quality);
}

/* ---- quotes and escapes ---- */

static int count_pair(const char *text, size_t bytes, char first, char second)
{
    int count = 0;
    for (size_t i = 0; i + 1 < bytes; i++) count += text[i] == first && text[i + 1] == second;
    return count;
}

/* Single quotes are quotes only where they enclose whole fields and double ones never do. */
static char guess_quote(const char *text, size_t bytes, char delimiter)
{
    int doubles = 0, singles = 0, closed = 0;
    for (size_t i = 0; i < bytes; i++) {
        bool start =
            i == 0 || text[i - 1] == delimiter || text[i - 1] == '\n' || text[i - 1] == '\r';
        bool end = i + 1 == bytes || text[i + 1] == delimiter || text[i + 1] == '\n' ||
                   text[i + 1] == '\r';
        doubles += text[i] == '"' && start;
        singles += text[i] == '\'' && start;
        closed += text[i] == '\'' && end;
    }
    return doubles == 0 && singles > 2 && closed * 10 >= singles * 9 && singles * 10 >= closed * 9
               ? '\''
               : '"';
}

static void guess_quoting(const char *text, size_t bytes, fs_dialect *d)
{
    d->quote = guess_quote(text, bytes, d->delimiter);
    bool backslash = count_pair(text, bytes, '\\', d->quote) > 0;
    if (backslash) { /* not "C:\", which ends a field */
        int ends = 0;
        for (size_t i = 0; i + 2 < bytes; i++)
            ends += text[i] == '\\' && text[i + 1] == d->quote &&
                    (text[i + 2] == d->delimiter || text[i + 2] == '\n' || text[i + 2] == '\r');
        backslash = ends * 2 < count_pair(text, bytes, '\\', d->quote);
    }
    d->escape = backslash ? '\\' : d->quote;
}

/* ---- the whole ---- */

static fs_status try_candidate(const char *text, size_t bytes, bool whole, const candidate *c,
                               fit *best, fs_error *error)
{
    if (c->delimiter && !memchr(text, c->delimiter, bytes) &&
        !(c->runs && memchr(text, '\t', bytes)))
        return FS_OK;
    fit f = {.dialect = {.delimiter = c->delimiter, .runs = c->runs}};
    guess_quoting(text, bytes, &f.dialect);
    fs_sample s;
    FS_TRY(fs_source_sample(text, bytes, whole, &f.dialect, ROWS, &s, error));
    judge(&s, c, &f);
    if (f.score > best->score) {
        bool one = f.width < 2;
        if (f.first > 0) f.dialect.skip = s.row[f.first].line - 1;
        f.dialect.header = fs_source_has_header(&s, f.first, one ? 1 : f.width);
        *best = f;
    }
    fs_source_sample_free(&s);
    return FS_OK;
}

/* Columns lined up by blanks, unless each line splits into the same number of words, which is simpler, or into
 * as many fields by a delimiter: the parts of delimited lines may stand below one another by chance. */
static fs_status try_fixed(const char *text, size_t bytes, bool whole, fit *best, fs_error *error)
{
    bool words = best->dialect.runs && best->certainty == 1, good;
    fit f = {0};
    fs_sample s;
    if (words) return FS_OK;
    FS_TRY(fs_source_judge_fixed(text, bytes, whole, ROWS, &f.dialect, &s, &good, error));
    if (!good) return FS_OK;
    bool delimited = best->dialect.delimiter && !best->dialect.runs && best->certainty > 0.9;
    if (delimited && best->width >= f.dialect.widths) {
        fs_source_sample_free(&s);
        return FS_OK;
    }
    f.rows = f.agreeing = s.rows;
    f.width = f.dialect.widths;
    while (f.first < s.rows - 1 && s.row[f.first].line <= f.dialect.skip) f.first++;
    f.agreeing -= f.first;
    f.certainty = 1;
    double quality = sample_quality(&s, f.first);
    if (f.width < 3 && quality < 0.95) quality *= 0.3; /* words of a sentence */
    f.score = 0.25 + 0.75 * quality;
    if (f.score > best->score) {
        f.dialect.header = fs_source_has_header(&s, f.first, f.width);
        *best = f;
    }
    fs_source_sample_free(&s);
    return FS_OK;
}

static const char *delimiter_name(const fs_dialect *d)
{
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (candidates[i].delimiter == d->delimiter && candidates[i].runs == d->runs)
            return candidates[i].name;
    return "?";
}

static void describe(const fit *f, fs_sniffed *out)
{
    int rows = f->rows - f->first;
    out->dialect = f->dialect;
    out->certainty = f->certainty;
    out->fields = f->width;
    if (f->dialect.widths)
        snprintf(out->reason, sizeof out->reason,
                 "fixed width: blanks line %d records up in %d columns", rows, f->width);
    else if (f->dialect.delimiter == 0)
        snprintf(out->reason, sizeof out->reason,
                 "one column: no delimiter splits its %d records alike", rows);
    else
        snprintf(out->reason, sizeof out->reason, "%s splits %d of %d records into %d fields",
                 delimiter_name(&f->dialect), f->agreeing, rows, f->width);
}

static fs_status sniff_text(const char *text, size_t bytes, bool whole, fs_sniffed *out,
                            fs_error *error)
{
    fit best = {.score = -1};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        FS_TRY(try_candidate(text, bytes, whole, &candidates[i], &best, error));
    FS_TRY(try_fixed(text, bytes, whole, &best, error));
    fs_encoding encoding = out->dialect.encoding;
    describe(&best, out);
    out->dialect.encoding = encoding;
    return FS_OK;
}

/* The sample as UTF-8. */
static fs_status decode(const unsigned char *data, size_t bytes, fs_encoding encoding,
                        fs_buffer *text, fs_error *error)
{
    fs_encoding marked = encoding;
    size_t mark = fs_source_mark(data, bytes, &marked), used;
    size_t room = FS_SOURCE_WIDEN(bytes);
    if (fs_buffer_reserve(text, room) != FS_OK) return fs_fail_memory(error, room);
    text->size = fs_source_decode(encoding, data + mark, bytes - mark, false, text->data, &used);
    text->data[text->size] = '\0';
    return FS_OK;
}

static fs_status sniff_plain(const unsigned char *data, size_t bytes, bool whole, fs_sniffed *out,
                             fs_error *error)
{
    const char *magic = fs_source_magic(data, bytes);
    if (magic) {
        snprintf(out->what, sizeof out->what, "%s", magic);
        snprintf(out->reason, sizeof out->reason, "its first bytes are those of %s", magic);
        return FS_OK;
    }
    fs_buffer text = {0};
    out->dialect.encoding = fs_source_guess_encoding(data, bytes, &out->ascii);
    FS_TRY(decode(data, bytes, out->dialect.encoding, &text, error));
    out->is_text = !fs_source_is_binary(text.data, text.size);
    const char *kind = out->is_text ? fs_source_text_kind(text.data, text.size) : "binary data";
    if (!out->what[0] || kind) snprintf(out->what, sizeof out->what, "%s", kind ? kind : "text");
    fs_status status = FS_OK;
    if (out->is_text)
        status = sniff_text(text.data, text.size, whole, out, error);
    else
        snprintf(out->reason, sizeof out->reason, "it is full of bytes that no text has");
    fs_buffer_free(&text);
    return status;
}

/* ---- compressed samples ---- */

/* Decompresses as far as the sample goes; that it is cut is no fault. */
static fs_status unpack(const void *sample, size_t bytes, fs_buffer *out, bool *whole,
                        fs_error *error)
{
    fs_source_memory memory = {sample, bytes};
    fs_source_stream stream;
    fs_error ignored = {0};
    FS_TRY(fs_source_stream_open(&stream, fs_source_reader_memory(&memory), "sample", error));
    fs_status status = FS_OK;
    size_t got = 1;
    *whole = false;
    while (out->size < DECODED_MOST && got && status == FS_OK) {
        status = fs_buffer_reserve(out, 65536);
        if (status == FS_OK)
            status = fs_source_stream_read(&stream, out->data + out->size, 65536, &got, &ignored);
        if (status == FS_OK) out->size += got;
    }
    *whole = status == FS_OK && got == 0;
    fs_source_stream_close(&stream);
    return status == FS_MEMORY ? fs_fail_memory(error, 65536) : FS_OK;
}

fs_status fs_sniff(const void *sample, size_t bytes, fs_sniffed *sniffed, fs_error *error)
{
    const size_t enough = 65536;
    *sniffed = (fs_sniffed){.dialect = {.delimiter = ',', .quote = '"', .escape = '"'}};
    if (bytes == 0) {
        sniffed->is_text = true;
        snprintf(sniffed->what, sizeof sniffed->what, "empty file");
        snprintf(sniffed->reason, sizeof sniffed->reason, "it has no bytes");
        return FS_OK;
    }
    if (fs_source_packing_of(sample, bytes) == FS_SOURCE_PLAIN)
        return sniff_plain(sample, bytes < DECODED_MOST ? bytes : DECODED_MOST, bytes < enough,
                           sniffed, error);
    fs_buffer plain = {0};
    bool whole;
    fs_status status = unpack(sample, bytes, &plain, &whole, error);
    snprintf(sniffed->what, sizeof sniffed->what, "%s",
             fs_source_magic(sample, bytes) ? fs_source_magic(sample, bytes) : "");
    if (status == FS_OK && plain.size > 0)
        status = sniff_plain((unsigned char *)plain.data, plain.size, whole, sniffed, error);
    fs_buffer_free(&plain);
    return status;
}
