/* The letters of a step's file: which comment lines are its header, what continues them, lists of
 * names. step.c says what the words mean. */
#include <ctype.h>
#include <string.h>

#include "step_internal.h"

/* ---- lines ---- */

typedef struct text_line {
    const char *at; /* first byte that is not blank */
    size_t size;    /* without line break and blanks at the end */
    const char *next;
} text_line;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static text_line line_at(const char *p)
{
    const char *end = strchr(p, '\n');
    text_line line = {.next = end ? end + 1 : p + strlen(p)};
    if (!end) end = line.next;
    while (p < end && is_blank(*p)) p++;
    while (end > p && is_blank(end[-1])) end--;
    line.at = p;
    line.size = (size_t)(end - p);
    return line;
}

static bool is_comment(const text_line *line)
{
    return line->size >= 2 && line->at[0] == '-' && line->at[1] == '-';
}

/* Bytes of the word in `-- word: text`; 0 where the comment is a remark. */
static size_t header_word(const text_line *line, const char **word)
{
    const char *end = line->at + line->size, *p = line->at + 2;
    while (p < end && is_blank(*p)) p++;
    *word = p;
    while (p < end && (isalpha((unsigned char)*p) || *p == '_')) p++;
    bool colon = p > *word && p < end && *p == ':' && (p + 1 == end || is_blank(p[1]));
    return colon ? (size_t)(p - *word) : 0;
}

/* `--` and at least two blanks: goes on with the header line before. */
static bool continues(const text_line *line)
{
    return line->size > 4 && is_blank(line->at[2]) && is_blank(line->at[3]);
}

static fs_status add_text(reader *r, header_line *h, const char *text, const char *end, int breaks)
{
    while (text < end && is_blank(*text)) text++;
    size_t had = h->text ? strlen(h->text) : 0, more = (size_t)(end - text);
    char *joined = fs_arena_alloc(r->arena, had + (size_t)breaks + more + 1);
    if (!joined) return fs_fail_memory(r->error, had + more + 1);
    if (had) memcpy(joined, h->text, had);
    memset(joined + had, '\n', (size_t)breaks);
    memcpy(joined + had + breaks, text, more);
    joined[had + (size_t)breaks + more] = '\0';
    h->text = joined;
    return FS_OK;
}

static fs_status add_header(reader *r, header_line **lines, int *count, const char *word,
                            size_t size, int64_t line)
{
    if ((*count & (*count - 1)) == 0) { /* full at each power of two */
        size_t room = *count ? (size_t)*count * 2 : 1;
        header_line *grown = fs_arena_zero(r->arena, room * sizeof *grown);
        if (!grown) return fs_fail_memory(r->error, room * sizeof *grown);
        if (*count) memcpy(grown, *lines, (size_t)*count * sizeof *grown);
        *lines = grown;
    }
    header_line *h = &(*lines)[(*count)++];
    *h = (header_line){.word = fs_arena_strndup(r->arena, word, size), .line = line};
    return h->word ? FS_OK : fs_fail_memory(r->error, size);
}

fs_status fs_engine_header_lines(reader *r, header_line **lines, int *count, const char **rest,
                                 int64_t *line)
{
    const char *p = r->text;
    if (strncmp(p, "\xEF\xBB\xBF", 3) == 0) p += 3;
    int64_t number = 1, last = 0; /* last: line of the header text so far; 0: none to continue */
    *lines = NULL;
    *count = 0;
    for (;; number++) {
        text_line t = line_at(p);
        if (*p == '\0' || (t.size > 0 && !is_comment(&t))) break;
        const char *word, *end = t.at + t.size;
        size_t size = t.size ? header_word(&t, &word) : 0;
        if (last && t.size && continues(&t)) { /* first: a continued text may hold a colon */
            FS_TRY(add_text(r, &(*lines)[*count - 1], t.at + 2, end, (int)(number - last)));
            last = number;
        } else if (size) {
            FS_TRY(add_header(r, lines, count, word, size, number));
            FS_TRY(add_text(r, &(*lines)[*count - 1], word + size + 1, end, 0));
            last = number;
        } else {
            last = 0;
        }
        p = t.next;
    }
    bool cut = *p == '\0' && p > r->text && p[-1] != '\n'; /* the last line has no line break */
    *rest = p;
    *line = number - (cut && number > 1);
    return FS_OK;
}

/* ---- names ---- */

static fs_status not_names(reader *r, const header_line *h)
{
    fs_fail(r->error, FS_USAGE, "'%s' is no list of names", h->text);
    fs_error_at(r->error, r->file, h->line, NULL);
    return fs_error_remedy(r->error, "write -- %s: a, b, \"a name with blanks\"", h->word),
           FS_USAGE;
}

fs_status fs_engine_header_names(reader *r, const header_line *h, const char *const **names,
                                 int *count)
{
    fs_sql_token *token;
    int tokens;
    FS_TRY(fs_engine_sql_tokens(r->arena, h->text, &token, &tokens, r->error));
    const char **list = fs_arena_alloc(r->arena, ((size_t)tokens + 1) * sizeof *list);
    if (!list) return fs_fail_memory(r->error, (size_t)tokens * sizeof *list);
    *count = 0;
    for (int i = 0; i < tokens; i++) {
        bool name = token[i].kind == FS_SQL_WORD || token[i].kind == FS_SQL_QUOTED;
        if (i % 2 == 0 ? !name : !fs_engine_sql_is(&token[i], ",")) return not_names(r, h);
        if (i % 2) continue;
        list[*count] = fs_engine_sql_name(r->arena, &token[i]);
        if (!list[(*count)++]) return fs_fail_memory(r->error, token[i].size);
    }
    if (tokens % 2 == 0) return not_names(r, h);
    *names = list;
    return FS_OK;
}
