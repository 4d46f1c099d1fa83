/* ${settings} in a step's text, and ${each …} for the members of a list.
 *
 * ${NAME} stands for the value of the setting, $${ for the two letters. ${each Q in NAME: TEXT} stands for TEXT once a
 * member of the list that is the setting's value, in its order and each member once, with ${Q} in it for the member;
 * numbers are written as the columns that operators name by them, and a member in "…" is what stands between. An each inside of another is refused. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "step_internal.h"

/* ---- where one is ---- */

typedef enum place { IN_SQL, IN_TEXT, IN_NAME, IN_LINE_COMMENT, IN_BLOCK_COMMENT } place;

/* Where the byte after `p` stands, when `p` stands in `now`. */
static place follow(place now, const char *p)
{
    switch (now) {
    case IN_SQL:
        if (*p == '\'') return IN_TEXT;
        if (*p == '"') return IN_NAME;
        if (p[0] == '-' && p[1] == '-') return IN_LINE_COMMENT;
        return p[0] == '/' && p[1] == '*' ? IN_BLOCK_COMMENT : IN_SQL;
    case IN_TEXT: return *p == '\'' ? IN_SQL : IN_TEXT;
    case IN_NAME: return *p == '"' ? IN_SQL : IN_NAME;
    case IN_LINE_COMMENT: return *p == '\n' ? IN_SQL : IN_LINE_COMMENT;
    default: return p[0] == '*' && p[1] == '/' ? IN_SQL : IN_BLOCK_COMMENT;
    }
}

static fs_status refuse_setting(reader *r, int64_t line, const char *remedy)
{
    fs_error_at(r->error, r->file, line, NULL);
    return fs_error_remedy(r->error, "%s", remedy), FS_USAGE;
}

/* A name of `each` and the member that it stands for now. */
typedef struct each_member {
    const char *name, *value;
    size_t size; /* of name */
} each_member;

static fs_status not_known(reader *r, int64_t line, const char *key)
{
    fs_fail(r->error, FS_USAGE, "the setting ${%s} is not known", key);
    return refuse_setting(
        r, line, "correct its name, or write it into foresell.yaml; $${ stands for ${ itself");
}

/* The value of the setting between `name` and `end`, or of the member that is called so. */
static fs_status look_up(reader *r, int64_t line, const each_member *each, const char *name,
                         const char *end, const char **value)
{
    size_t size = (size_t)(end - name);
    if (each && each->size == size && memcmp(each->name, name, size) == 0)
        return *value = each->value, FS_OK;
    char *key = fs_arena_strndup(r->arena, name, size);
    if (!key) return fs_fail_memory(r->error, size);
    *value = r->lookup ? r->lookup(r->context, key) : NULL;
    if (!*value) return not_known(r, line, key);
    if (!strpbrk(*value, "\r\n")) return FS_OK;
    fs_fail(r->error, FS_USAGE, "the setting ${%s} holds a line break", key);
    return refuse_setting(r, line, "write it on one line in foresell.yaml");
}

fs_status fs_sql_text(fs_buffer *out, const char *text)
{
    for (; *text; text++)
        FS_TRY(*text == '\'' ? fs_buffer_text(out, "' || chr(39) || '")
                             : fs_buffer_add(out, text, 1));
    return FS_OK;
}

static fs_status add_value(fs_buffer *out, const char *value, place where)
{
    if (where == IN_TEXT) return fs_sql_text(out, value);
    for (; *value; value++) {
        if (where == IN_NAME && *value == '"') FS_TRY(fs_buffer_add(out, value, 1));
        FS_TRY(fs_buffer_add(out, value, 1));
    }
    return FS_OK;
}

static bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '_' || c == '-';
}

static fs_status add_setting(reader *r, int64_t line, const each_member *each, const char **p,
                             place where, fs_buffer *out)
{
    const char *name = *p + 2, *end = name, *value = "";
    while (in_name(*end)) end++;
    if (*end != '}' || end == name) {
        fs_fail(r->error, FS_USAGE, "${ begins a setting, but no name and } follow");
        return refuse_setting(r, line, "write ${name}, or $${ for the letters themselves");
    }
    FS_TRY(look_up(r, line, each, name, end, &value));
    *p = end + 1;
    return add_value(out, value, where) == FS_OK ? FS_OK : fs_fail_memory(r->error, strlen(value));
}

/* ---- texts, and what stands for them again and again ---- */

static fs_status fill_each(reader *r, int64_t *line, const char **p, place where, fs_buffer *out);

/* Fills the text from `p` up to `end`, which begins in `where`. */
static fs_status fill(reader *r, int64_t line, const each_member *each, const char *p,
                      const char *end, place where, fs_buffer *out)
{
    while (p < end) {
        if (strncmp(p, "${each ", 7) == 0 && !each) {
            FS_TRY(fill_each(r, &line, &p, where, out));
            continue;
        }
        if (strncmp(p, "${", 2) == 0) {
            FS_TRY(add_setting(r, line, each, &p, where, out));
            continue;
        }
        if (strncmp(p, "$${", 3) == 0) p++;
        where = follow(where, p);
        if (*p == '\n') line++;
        bool pair = strncmp(p, "${", 2) == 0; /* of $${: both letters at once */
        if (fs_buffer_add(out, p, pair ? 2 : 1) != FS_OK)
            return fs_fail_memory(r->error, out->size);
        p += pair ? 2 : 1;
    }
    return FS_OK;
}

/* An `each` as it is written: ${each NAME in LIST: TEXT}. */
typedef struct repeat {
    const char *name, *name_end;
    const char *list, *list_end;
    const char *text, *text_end; /* text_end: its } */
} repeat;

static const char *blanks(const char *p)
{
    while (*p == ' ') p++;
    return p;
}

/* The } that ends the text from `p` on; NULL: there is none. */
static const char *closing(const char *p)
{
    int deep = 0;
    for (; *p; p++) {
        if (strncmp(p, "${", 2) == 0) deep++;
        if (*p == '}' && deep-- == 0) return p;
    }
    return NULL;
}

static bool read_repeat(const char *p, repeat *of)
{
    of->name = of->name_end = blanks(p + 7);
    while (in_name(*of->name_end)) of->name_end++;
    const char *in = blanks(of->name_end);
    if (of->name == of->name_end || strncmp(in, "in ", 3) != 0) return false;
    of->list = of->list_end = blanks(in + 3);
    while (in_name(*of->list_end)) of->list_end++;
    if (of->list == of->list_end || *of->list_end != ':') return false;
    of->text = blanks(of->list_end + 1);
    of->text_end = closing(of->text);
    return of->text_end != NULL;
}

/* The member "…" that begins at *at, where "" stands for a quote: a name that may hold what parts members. NULL: no memory. */
static char *quoted_member(reader *r, const char **at)
{
    const char *p = *at + 1;
    char *word = fs_arena_alloc(r->arena, strlen(p) + 1), *end = word;
    for (; word && *p && (*p != '"' || p[1] == '"'); p++) {
        if (*p == '"') p++;
        *end++ = *p;
    }
    if (word) *end = '\0';
    *at = p + (*p == '"');
    return word;
}

/* The member of a list that begins at *at, as columns are called by it; NULL: no more, or no memory. */
static char *next_member(reader *r, const char **at)
{
    const char *begin = *at + strspn(*at, "[], ");
    if (*begin == '"') return *at = begin, quoted_member(r, at);
    size_t size = strcspn(begin, "[], ");
    char number[32], *end, *word = size ? fs_arena_strndup(r->arena, begin, size) : NULL;
    *at = begin + size;
    if (!word) return NULL;
    double value = strtod(word, &end);
    if (*end) return word;
    fs_option_number_text(value, number);
    return fs_arena_strndup(r->arena, number, strlen(number));
}

static bool seen_before(char *const *member, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(member[i], member[count]) == 0) return true;
    return false;
}

static fs_status fill_each(reader *r, int64_t *line, const char **p, place where, fs_buffer *out)
{
    repeat of;
    const char *value, *at;
    if (!read_repeat(*p, &of)) {
        fs_fail(r->error, FS_USAGE, "${each begins a list, but not as one is written");
        return refuse_setting(r, *line, "write ${each q in forecast.quantiles: text with ${q},}");
    }
    FS_TRY(look_up(r, *line, NULL, of.list, of.list_end, &value));
    int count = 0, room = (int)strlen(value) + 1;
    char **list = fs_arena_alloc(r->arena, (size_t)room * sizeof *list);
    if (!list) return fs_fail_memory(r->error, (size_t)room);
    for (at = value; at[strspn(at, "[], ")] != '\0'; count++) {
        list[count] = next_member(r, &at);
        if (!list[count]) return fs_fail_memory(r->error, 1);
        if (seen_before(list, count)) continue;
        each_member each = {of.name, list[count], (size_t)(of.name_end - of.name)};
        if (count && fs_buffer_text(out, " ") != FS_OK) return fs_fail_memory(r->error, 1);
        FS_TRY(fill(r, *line, &each, of.text, of.text_end, where, out));
    }
    for (const char *c = *p; c < of.text_end; c++) *line += *c == '\n';
    *p = of.text_end + 1;
    return FS_OK;
}

fs_status fs_engine_step_fill(reader *r, int64_t line, const char *text, char **out)
{
    fs_buffer buffer = {0};
    fs_status status = fill(r, line, NULL, text, text + strlen(text), IN_SQL, &buffer);
    if (status == FS_OK) {
        *out = fs_arena_strndup(r->arena, buffer.data ? buffer.data : "", buffer.size);
        if (!*out) status = fs_fail_memory(r->error, buffer.size);
    }
    fs_buffer_free(&buffer);
    return status;
}
