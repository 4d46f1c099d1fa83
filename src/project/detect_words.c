/* detect_words.c: a name as words.
 *
 * "CustomerID", "customer_id", "Customer ID", "customerid" and "Kundennummer" all have to say the
 * same. So a name is folded (UTF-8 letters lose case and accents), cut at everything that is no
 * letter or digit, where the case changes and where digits begin, and what is left is split once
 * more where it is a compound of words that the canonical tables know ("unitprice", "artikelnr").
 * The head of such a name is its last word, but for words that only say what kind of value it is
 * (id, no, key … or name, desc …): those are kept as two flags, since a code and a name of the
 * same thing are different columns.
 *
 * Cost: a binary search in the vocabulary per possible cut; some microseconds a name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect_internal.h"

#define WORD_MAX  64
#define WORDS_MAX 24

static const char CODE_WORDS[] =
    "id ids no nr num number nummer numero key code cod codigo codice numer nbr uid guid "
    "uuid kod identifier ident ref kode kodu cislo номер код κωδικος رمز كود कोड 号 番号 コード "
    "编号 编码 "
    "代码 번호 코드";
/* The same where they come first, as in "Código do produto", "Kod towaru", "No. facture". */
static const char CODE_FIRST[] = "id no nr numero cod codigo codice code kod kode kodu ref numer "
                                 "cislo ma so код номер κωδικος رمز "
                                 "كود";
static const char NAME_WORDS[] =
    "name desc description bezeichnung text label title nom nombre nome naam nazwa "
    "english designation libelle descripcion descricao descrizione ad adi nama navn namn nimi "
    "nazev "
    "название назва 名 名称 명";
/* The same where they come first, as in "Nombre Producto", "Nome do produto". */
static const char NAME_FIRST[] =
    "nom nombre nome nume naziv nazwa nazev nama название наименование";
/* What comes last says of which period it is: "item_cnt_day", "Venta_hoy". */
static const char PERIOD_LAST[] = "day daily today week weekly month monthly tag woche monat jour "
                                  "semaine mois dia hoy semana mes";
/* Words that may stand beside known ones inside a compound. */
static const char JOINTS[] =
    "id no nr num number nummer key code name desc unit total per of the de du des date time "
    "day week month year log avg sum net gross start end first last type group band size in "
    "on prefix value method count is has sales flag list";

/* ---- folding -------------------------------------------------------------------------- */

/* Decodes one character; bytes that are no UTF-8 count as Latin-1. Returns its length. */
static size_t decode(const unsigned char *text, uint32_t *character)
{
    if (text[0] < 0x80) return *character = text[0], 1;
    if (text[0] >= 0xC2 && text[0] < 0xE0 && (text[1] & 0xC0) == 0x80)
        return *character = (uint32_t)(text[0] & 0x1F) << 6 | (text[1] & 0x3F), 2;
    if (text[0] >= 0xE0 && text[0] < 0xF0 && (text[1] & 0xC0) == 0x80 && (text[2] & 0xC0) == 0x80)
        return *character = (uint32_t)(text[0] & 0x0F) << 12 | (uint32_t)(text[1] & 0x3F) << 6 |
                            (text[2] & 0x3F),
               3;
    return *character = text[0], 1;
}

/* Latin letters of U+00C0 … U+017F without their accents. */
static const char *latin(uint32_t c)
{
    static const char base[] = "aaaaaaaceeeeiiiidnooooo*ouuuuyts"
                               "aaaaaaaceeeeiiiidnooooo/ouuuuyty"
                               "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllll"
                               "nnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
    if (c < 0xC0 || c - 0xC0 >= sizeof base - 1) return NULL;
    return &base[c - 0xC0];
}

static bool is_upper(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
           (c >= 0x391 && c <= 0x3A9) || (c >= 0x400 && c <= 0x42F) ||
           (c >= 0x100 && c <= 0x137 && !(c & 1));
}
static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= 0xC0 && c != 0xD7 && c != 0xF7 && c < 0x2000) || c >= 0x2E80;
}

/* Letters of Vietnamese without their accents. */
static const char *vietnamese(uint32_t c)
{
    static const struct {
        uint32_t last;
        const char *base;
    } runs[] = {{0x1EB7, "a"}, {0x1EC7, "e"}, {0x1ECB, "i"},
                {0x1EE3, "o"}, {0x1EF1, "u"}, {0x1EF9, "y"}};
    if (c == 0x1A0 || c == 0x1A1) return "o";
    if (c == 0x1AF || c == 0x1B0) return "u";
    for (size_t i = 0; c >= 0x1EA0 && i < sizeof runs / sizeof *runs; i++)
        if (c <= runs[i].last) return runs[i].base;
    return NULL;
}

/* Small Greek and Cyrillic letters, Greek without accents. */
static uint32_t small(uint32_t c)
{
    static const uint32_t accented[][2] = {
        {0x386, 0x3B1}, {0x388, 0x3B5}, {0x389, 0x3B7}, {0x38A, 0x3B9}, {0x38C, 0x3BF},
        {0x38E, 0x3C5}, {0x38F, 0x3C9}, {0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7},
        {0x3AF, 0x3B9}, {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CE, 0x3C9}, {0x3C2, 0x3C3}};
    for (size_t i = 0; i < sizeof accented / sizeof *accented; i++)
        if (accented[i][0] == c) return accented[i][1];
    if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) return c + 32;
    return c >= 0x400 && c <= 0x40F ? c + 80 : c;
}

/* Writes a folded letter; returns its bytes (at most 4; an accent of its own is none). */
static size_t fold_letter(uint32_t c, const unsigned char *raw, size_t bytes, char *out)
{
    if (c < 0x80) return out[0] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c), 1;
    if (c == 0xDF) return out[0] = 's', out[1] = 's', 2;
    if (c >= 0x300 && c <= 0x36F) return 0;
    const char *base = latin(c);
    if (!base) base = vietnamese(c);
    if (base) return out[0] = *base, 1;
    c = small(c);
    if (c >= 0x370 && c < 0x800)
        return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
    memcpy(out, raw, bytes);
    return bytes;
}

/* ---- vocabulary --------------------------------------------------------------------------- */

struct fs_vocabulary {
    const char **word;
    int words;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static fs_status collect(fs_arena *arena, fs_vocabulary *v, int *room, const char *list,
                         fs_error *error)
{
    for (const char *at = list; at && *at;) {
        at += strspn(at, " ~");
        size_t bytes = strcspn(at, " ");
        if (bytes) {
            if (v->words == *room) {
                const char **more = fs_arena_alloc(arena, sizeof *more * (size_t)*room * 2);
                if (!more) return fs_fail_memory(error, sizeof *more * (size_t)*room * 2);
                memcpy(more, v->word, sizeof *more * (size_t)v->words);
                v->word = more;
                *room *= 2;
            }
            v->word[v->words] = fs_arena_strndup(arena, at, bytes);
            if (!v->word[v->words++]) return fs_fail_memory(error, bytes);
        }
        at += bytes;
    }
    return FS_OK;
}

fs_status fs_vocabulary_make(fs_arena *arena, fs_vocabulary **vocabulary, fs_error *error)
{
    int room = 1024;
    fs_vocabulary *v = fs_arena_zero(arena, sizeof *v);
    if (!v) return fs_fail_memory(error, sizeof *v);
    v->word = fs_arena_alloc(arena, sizeof *v->word * (size_t)room);
    if (!v->word) return fs_fail_memory(error, sizeof *v->word * (size_t)room);
    for (int t = 0; t < FS_CANONICAL_TABLES; t++) {
        const fs_canonical_table *table = fs_canonical_at(t);
        FS_TRY(collect(arena, v, &room, table->words, error));
        for (int c = 0; table->column[c].name; c++)
            FS_TRY(collect(arena, v, &room, table->column[c].words, error));
    }
    FS_TRY(collect(arena, v, &room, CODE_WORDS, error));
    FS_TRY(collect(arena, v, &room, NAME_WORDS, error));
    FS_TRY(collect(arena, v, &room, JOINTS, error));
    qsort(v->word, (size_t)v->words, sizeof *v->word, by_text);
    *vocabulary = v;
    return FS_OK;
}

bool fs_vocabulary_has(const fs_vocabulary *vocabulary, const char *word, size_t bytes)
{
    int low = 0, high = vocabulary ? vocabulary->words : 0;
    while (low < high) {
        int middle = (low + high) / 2;
        const char *here = vocabulary->word[middle];
        int order = strncmp(here, word, bytes);
        if (order == 0 && here[bytes]) order = 1;
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* ---- cutting ------------------------------------------------------------------------------ */

typedef struct cutter {
    fs_arena *arena;
    const fs_vocabulary *vocabulary;
    const char *word[WORDS_MAX];
    int words;
    int before; /* words before the first parenthesis */
} cutter;

static bool put(cutter *c, const char *text, size_t bytes)
{
    if (bytes == 0 || c->words == WORDS_MAX) return true;
    const char *copy = fs_arena_strndup(c->arena, text, bytes);
    if (!copy) return false;
    c->word[c->words++] = copy;
    return true;
}

static bool knows(const cutter *c, const char *text, size_t bytes)
{
    if (fs_vocabulary_has(c->vocabulary, text, bytes)) return true;
    return bytes > 3 && text[bytes - 1] == 's' && fs_vocabulary_has(c->vocabulary, text, bytes - 1);
}

/* Into how few known words `text` can be cut; marks the cuts. 0: it can't. */
static int compound(const cutter *c, const char *text, size_t bytes, size_t *cut, int depth)
{
    if (bytes >= 2 && knows(c, text, bytes)) return cut[0] = bytes, 1;
    if (depth == 0) return 0;
    for (size_t first = bytes - 2; first >= 3 && first < bytes; first--) {
        if (!knows(c, text, first)) continue;
        size_t skip = first < bytes - 2 && text[first] == 'n' && bytes - first > 3
                          ? 1
                          : 0; /* kunde-n-nummer */
        for (size_t joint = 0; joint <= skip; joint++) {
            int rest = compound(c, text + first + joint, bytes - first - joint, cut + 1, depth - 1);
            if (rest) return cut[0] = first + (joint << 16), rest + 1;
        }
    }
    return 0;
}

static bool put_split(cutter *c, const char *text, size_t bytes)
{
    size_t cut[4];
    int parts = c->vocabulary && bytes >= 5 ? compound(c, text, bytes, cut, 2) : 0;
    if (parts < 2) return put(c, text, bytes);
    for (int i = 0; i < parts; i++) {
        size_t take = cut[i] & 0xFFFF;
        if (!put(c, text, take)) return false;
        text += take + (cut[i] >> 16);
    }
    return true;
}

static bool cut_name(cutter *c, const char *name)
{
    const unsigned char *at = (const unsigned char *)name;
    char word[WORD_MAX + 8];
    size_t size = 0;
    uint32_t before = 0;
    while (*at) {
        uint32_t here, after = 0;
        size_t bytes = decode(at, &here);
        if (at[bytes]) decode(at + bytes, &after);
        bool part = is_letter(here) || is_digit(here);
        bool opens = here == '(' && !c->before;
        bool turn =
            size && (is_digit(here) != is_digit(before) || (is_upper(here) && !is_upper(before)) ||
                     (is_upper(here) && is_upper(before) && is_letter(after) && !is_upper(after) &&
                      !(after == 's' && !is_letter(at[bytes + 1]))));
        if (size && (!part || turn || size >= WORD_MAX)) {
            if (!put_split(c, word, size)) return false;
            size = 0;
        }
        if (opens) c->before = c->words;
        if (part) size += fold_letter(here, at, bytes, word + size);
        before = part ? here : 0;
        at += bytes;
    }
    return put_split(c, word, size);
}

fs_status fs_words_fold(fs_arena *arena, const char *name, const char **folded, fs_error *error)
{
    size_t room = strlen(name) * 2 + 1, size = 0;
    char *out = fs_arena_alloc(arena, room);
    if (!out) return fs_fail_memory(error, room);
    for (const unsigned char *at = (const unsigned char *)name; *at;) {
        uint32_t here;
        size_t bytes = decode(at, &here);
        if (is_letter(here) || is_digit(here)) size += fold_letter(here, at, bytes, out + size);
        at += bytes;
    }
    out[size] = 0;
    *folded = out;
    return FS_OK;
}

bool fs_word_in(const char *word, size_t bytes, const char *list)
{
    for (const char *at = list; at && *at;) {
        at += strspn(at, " ~");
        size_t length = strcspn(at, " ");
        if (length == bytes && memcmp(at, word, bytes) == 0) return true;
        at += length;
    }
    return false;
}

/* "Cod. producto"; but "no. of units" counts. */
static bool code_first(const char *const *word, int words)
{
    return words > 1 && fs_word_in(word[0], strlen(word[0]), CODE_FIRST) &&
           strcmp(word[1], "of") != 0;
}

static bool name_first(const char *const *word, int words)
{
    return words > 1 && fs_word_in(word[0], strlen(word[0]), NAME_FIRST);
}

fs_status fs_words_make(fs_arena *arena, const char *name, const fs_vocabulary *vocabulary,
                        fs_words *words, fs_error *error)
{
    cutter c = {.arena = arena, .vocabulary = vocabulary};
    size_t size = 1;
    if (!cut_name(&c, name)) return fs_fail_memory(error, strlen(name));
    for (int i = 0; i < c.words; i++) size += strlen(c.word[i]);
    const char **word = fs_arena_alloc(arena, sizeof *word * (size_t)(c.words + 1));
    char *joined = fs_arena_alloc(arena, size);
    if (!word || !joined) return fs_fail_memory(error, size);
    joined[0] = 0;
    for (int i = 0; i < c.words; i++) {
        word[i] = c.word[i];
        strcat(joined, word[i]);
    }
    const char *last = c.words ? word[c.words - 1] : "";
    bool first = c.words > 1 && code_first(word, c.words);
    *words = (fs_words){.joined = joined,
                        .word = word,
                        .count = c.words,
                        .before = c.before ? c.before : c.words,
                        .coded = first || fs_word_in(last, strlen(last), CODE_WORDS),
                        .named = fs_word_in(last, strlen(last), NAME_WORDS) ||
                                 name_first(word, c.words)};
    return FS_OK;
}

bool fs_words_has(const fs_words *words, const char *list)
{
    for (int i = 0; i < words->count; i++)
        if (fs_word_in(words->word[i], strlen(words->word[i]), list)) return true;
    return words->count > 1 && fs_word_in(words->joined, strlen(words->joined), list);
}

/* ---- fitting --------------------------------------------------------------------------------- */

/* 1: in the list, .5: as a weak word (~), 0: not. A plural counts as its singular. */
static double listed(const char *text, size_t bytes, const char *list)
{
    double best = 0;
    for (const char *at = list; at && *at;) {
        at += strspn(at, " ");
        double worth = *at == '~' ? 0.5 : 1;
        if (*at == '~') at++;
        size_t length = strcspn(at, " ");
        bool same = length == bytes && memcmp(at, text, bytes) == 0;
        bool plural = length &&
                      ((bytes == length + 1 && text[length] == 's') ||
                       (length == bytes + 1 && at[bytes] == 's')) &&
                      memcmp(at, text, length < bytes ? length : bytes) == 0 && bytes > 2;
        if (same && worth > best) best = worth;
        if (plural && worth * 0.9 > best) best = worth * 0.9;
        at += length;
    }
    return best;
}

/* Best run of words [from, to) that stands in the list. The head is the last word. */
static double fit_runs(const fs_words *words, int from, int to, const char *list)
{
    double best = 0;
    char joined[WORDS_MAX * WORD_MAX];
    for (int first = from; first < to; first++) {
        size_t size = 0;
        for (int last = first; last < to; last++) {
            size_t bytes = strlen(words->word[last]);
            if (size + bytes >= sizeof joined) break;
            memcpy(joined + size, words->word[last], bytes);
            size += bytes;
            double share = (double)(last - first + 1) / (to - from);
            double place = last == to - 1 ? 0.55 + 0.4 * share : 0.15 + 0.3 * share;
            bool kind = first == last && last == to - 1 && first > from &&
                        fs_word_in(words->word[last], bytes, NAME_WORDS);
            if (kind) place = 0.3; /* the category's name is not the name */
            double fit = listed(joined, size, list) * place;
            if (fit > best) best = fit;
        }
    }
    return best;
}

static bool own_word(const char *word, const fs_words *own)
{
    for (int i = 0; own && i < own->count; i++) {
        size_t a = strlen(word), b = strlen(own->word[i]), n = a < b ? a : b;
        if (n > 2 && memcmp(word, own->word[i], n) == 0 &&
            (a == b || (a + 1 == b && own->word[i][a] == 's') || (b + 1 == a && word[b] == 's')))
            return true;
    }
    return false;
}

static double fit_whole(const fs_words *words, const char *list, const fs_words *own)
{
    if (!words->count) return 0;
    int to = words->count, from = 0;
    double best = listed(words->joined, strlen(words->joined), list);
    while (to > 1 && words->word[to - 1][0] >= '0' && words->word[to - 1][0] <= '9')
        to--; /* price_2 */
    int head = to;
    bool kind = fs_word_in(words->word[to - 1], strlen(words->word[to - 1]), CODE_WORDS) ||
                fs_word_in(words->word[to - 1], strlen(words->word[to - 1]), NAME_WORDS);
    if (kind && to > 1) head--;
    if (head > 1 && code_first(words->word, head)) from++;
    while (from < head - 1 && own_word(words->word[from], own)) from++;
    double whole = fit_runs(words, 0, to, list), bare = fit_runs(words, 0, head, list) * 0.95;
    double inner = from > 0 ? fit_runs(words, from, to, list) * 0.9 : 0;
    double inmost = from > 0 ? fit_runs(words, from, head, list) * 0.85 : 0;
    if (to < words->count) whole *= 0.85, bare *= 0.85;
    bool period =
        to > 1 && fs_word_in(words->word[to - 1], strlen(words->word[to - 1]), PERIOD_LAST);
    double timeless = period ? fit_runs(words, 0, to - 1, list) * 0.9 : 0;
    double name = name_first(words->word, words->count)
                      ? listed(words->word[0], strlen(words->word[0]), list) * 0.85
                      : 0;
    if (timeless > best) best = timeless;
    if (name > best) best = name;
    if (whole > best) best = whole;
    if (bare > best) best = bare;
    if (inner > best) best = inner;
    return inmost > best ? inmost : best;
}

/* What stands in parentheses says it more closely, or only adds to it: "Sales (units)", "Email (billing)". */
double fs_words_fit(const fs_words *words, const char *list, const fs_words *own)
{
    double whole = fit_whole(words, list, own);
    if (words->before >= words->count) return whole;
    char joined[WORDS_MAX * WORD_MAX] = "";
    size_t size = 0;
    for (int i = 0; i < words->before && size + strlen(words->word[i]) < sizeof joined; i++)
        size += (size_t)sprintf(joined + size, "%s", words->word[i]);
    fs_words outer = *words;
    outer.count = outer.before = words->before;
    outer.joined = joined;
    double before = 0.7 * fit_whole(&outer, list, own);
    return before > whole ? before : whole;
}
