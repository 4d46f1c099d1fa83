/* Tokens of SQL: comments, strings, quoted names, numbers, words, symbols, parentheses paired.
 *
 * This is no parser: DuckDB's own parser reads the SQL (and says what is wrong with it). The lint, the
 * header of a step and the messages only need to know which words stand outside comments and
 * strings, on which line, and how the parentheses nest. One pass over the text, one array out.
 *
 * Where engines differ in how they read characters (a backslash in a string, $$ texts, prefixes such
 * as e'…', numbers with _), the token keeps its text and the lint refuses it.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "plan_internal.h"

typedef struct scanner {
    const char *at, *end;
    int64_t line;
    int depth;
    fs_sql_token *token;
    int count, room;
    int *open; /* stack of indices of open parentheses */
} scanner;

static bool is_word_start(unsigned char c) { return isalpha(c) || c == '_' || c >= 0x80; }
static bool is_word(unsigned char c) { return isalnum(c) || c == '_' || c == '$' || c >= 0x80; }

static void step_over(scanner *s, size_t bytes)
{
    for (; bytes > 0 && s->at < s->end; bytes--, s->at++)
        if (*s->at == '\n') s->line++;
}

/* Size of the block comment at `at`, nested ones counted; 0 where it is not closed. */
static size_t block_comment(const char *at, const char *end)
{
    int depth = 0;
    for (const char *p = at; p + 1 < end; p++) {
        if (p[0] == '/' && p[1] == '*')
            depth++, p++;
        else if (p[0] == '*' && p[1] == '/') {
            p++;
            if (--depth == 0) return (size_t)(p + 1 - at);
        }
    }
    return 0;
}

/* Size of a text between `quote`s, doubled ones inside; 0 where it is not closed. */
static size_t quoted(const char *at, const char *end, char quote)
{
    for (const char *p = at + 1; p < end; p++) {
        if (*p != quote) continue;
        if (p + 1 < end && p[1] == quote)
            p++;
        else
            return (size_t)(p + 1 - at);
    }
    return 0;
}

static size_t digits(const char *at, const char *end)
{
    const char *p = at;
    while (p < end && (isdigit((unsigned char)*p) || *p == '_')) p++;
    return (size_t)(p - at);
}

/* 12, 1.5, .5, 2e-3; letters that follow at once stay with it, for the lint to refuse. */
static size_t number(const char *at, const char *end)
{
    const char *p = at + digits(at, end);
    if (p < end && *p == '.') p++, p += digits(p, end);
    if (p + 1 < end && (*p == 'e' || *p == 'E')) {
        const char *exponent = p + 1 + (p[1] == '-' || p[1] == '+');
        if (exponent < end && isdigit((unsigned char)*exponent))
            p = exponent + digits(exponent, end);
    }
    while (p < end && is_word((unsigned char)*p)) p++;
    return (size_t)(p - at);
}

static size_t symbol(const char *at, const char *end)
{
    static const char *const longer[] = {
        "!~~*", "->>", "<=>", "!~*", "!~~", "~~*", "::", "//", "**", "||",
        "->",   "=>",  "<=",  ">=",  "<>",  "!=",  "==", ":=", "<<", ">>",
        "!~",   "~~",  "~*",  "&&",  "@>",  "<@",  "^@", "$$", "..."};
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
        size_t size = strlen(longer[i]);
        if ((size_t)(end - at) >= size && memcmp(at, longer[i], size) == 0) return size;
    }
    return 1;
}

static size_t blank_or_comment(scanner *s)
{
    const char *p = s->at;
    if (isspace((unsigned char)*p)) return 1;
    if (s->end - p < 2) return 0;
    if (p[0] == '-' && p[1] == '-') {
        const char *newline = memchr(p, '\n', (size_t)(s->end - p));
        return (size_t)((newline ? newline : s->end) - p);
    }
    if (p[0] == '/' && p[1] == '*') return block_comment(p, s->end);
    return 0;
}

static size_t measure(const scanner *s, fs_sql_kind *kind)
{
    unsigned char c = (unsigned char)*s->at;
    size_t size = 0;
    if (c == '\'' || c == '"') {
        size = quoted(s->at, s->end, (char)c);
        *kind = size == 0 ? FS_SQL_FAULT : c == '"' ? FS_SQL_QUOTED : FS_SQL_STRING;
        return size ? size : (size_t)(s->end - s->at);
    }
    if (s->end - s->at >= 2 && c == '/' && s->at[1] == '*') { /* a comment without end */
        *kind = FS_SQL_FAULT;
        return (size_t)(s->end - s->at);
    }
    if (is_word_start(c)) {
        *kind = FS_SQL_WORD;
        while (s->at + size < s->end && is_word((unsigned char)s->at[size])) size++;
        return size;
    }
    bool fraction = c == '.' && s->end - s->at >= 2 && isdigit((unsigned char)s->at[1]);
    if (isdigit(c) || fraction) {
        *kind = FS_SQL_NUMBER;
        return number(s->at, s->end);
    }
    *kind = c < 0x20 || c == 0x7f ? FS_SQL_FAULT : FS_SQL_SYMBOL;
    return symbol(s->at, s->end);
}

static fs_status add(scanner *s, fs_arena *arena, fs_sql_token token, fs_error *error)
{
    if (s->count == s->room) {
        int room = s->room ? s->room * 2 : 128;
        fs_sql_token *grown = fs_arena_alloc(arena, (size_t)room * sizeof *grown);
        int *open = fs_arena_alloc(arena, (size_t)room * sizeof *open);
        if (!grown || !open) return fs_fail_memory(error, (size_t)room * sizeof *grown);
        if (s->count) {
            memcpy(grown, s->token, (size_t)s->count * sizeof *grown);
            memcpy(open, s->open, (size_t)s->depth * sizeof *open);
        }
        s->token = grown;
        s->open = open;
        s->room = room;
    }
    s->token[s->count++] = token;
    return FS_OK;
}

/* Pairs the parenthesis that was added last. */
static void pair(scanner *s)
{
    int index = s->count - 1;
    fs_sql_token *token = &s->token[index];
    if (token->kind != FS_SQL_SYMBOL || token->size != 1) return;
    if (*token->text == '(') {
        s->open[s->depth++] = index;
    } else if (*token->text == ')' && s->depth > 0) {
        int partner = s->open[--s->depth];
        token->depth = s->depth;
        token->match = partner;
        s->token[partner].match = index;
    }
}

fs_status fs_engine_sql_tokens(fs_arena *arena, const char *sql, fs_sql_token **tokens, int *count,
                               fs_error *error)
{
    scanner s = {.at = sql, .end = sql + strlen(sql), .line = 1};
    while (s.at < s.end) {
        size_t size = blank_or_comment(&s);
        if (size == 0) {
            fs_sql_token token = {.text = s.at, .line = s.line, .depth = s.depth, .match = -1};
            size = token.size = measure(&s, &token.kind);
            FS_TRY(add(&s, arena, token, error));
            pair(&s);
        }
        step_over(&s, size);
    }
    FS_TRY(add(&s, arena,
               (fs_sql_token){.kind = FS_SQL_END, .text = s.end, .line = s.line, .match = -1},
               error));
    *tokens = s.token;
    *count = s.count - 1;
    return FS_OK;
}

bool fs_engine_sql_is(const fs_sql_token *token, const char *word)
{
    if (token->kind != FS_SQL_WORD && token->kind != FS_SQL_SYMBOL) return false;
    return strlen(word) == token->size && strncasecmp(token->text, word, token->size) == 0;
}

char *fs_engine_sql_name(fs_arena *arena, const fs_sql_token *token)
{
    if (token->kind != FS_SQL_QUOTED) return fs_arena_strndup(arena, token->text, token->size);
    char *name = fs_arena_alloc(arena, token->size);
    if (!name) return NULL;
    size_t used = 0;
    for (size_t i = 1; i + 1 < token->size; i++) {
        name[used++] = token->text[i];
        if (token->text[i] == '"') i++;
    }
    name[used] = '\0';
    return name;
}

char *fs_engine_sql_quote(fs_arena *arena, const char *name)
{
    char *quoted_name = fs_arena_alloc(arena, 2 * strlen(name) + 3);
    if (!quoted_name) return NULL;
    char *p = quoted_name;
    *p++ = '"';
    for (; *name; name++) {
        if (*name == '"') *p++ = '"';
        *p++ = *name;
    }
    *p++ = '"';
    *p = '\0';
    return quoted_name;
}
