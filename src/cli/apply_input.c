/* The input of foresell apply: what its columns are, and which part each plays.
 *
 * Groups are what --group names. The order is what --order names, else the one date column, else a whole number
 * called like a period. A value of the operator takes the column that the user names for it, else the column of
 * its own name, else the first numeric column that is left. What is left goes to the regressors where the
 * operator takes any and the column is numeric; the rest is left alone, and said.
 */
#include <string.h>
#include <strings.h>

#include "apply_internal.h"

/* ---- parts ---- */

static bool is_numeric(const apply_column *c)
{
    fs_reading_kind kind = c->profile->reading.kind;
    return (kind == FS_READ_INTEGER || kind == FS_READ_NUMBER || kind == FS_READ_BOOL) &&
           c->profile->rows > c->profile->missing;
}

static bool is_dated(const apply_column *c)
{
    fs_reading_kind kind = c->profile->reading.kind;
    return kind == FS_READ_DATE || kind == FS_READ_TIME;
}

static apply_column *find(const apply *a, const char *name)
{
    for (int i = 0; i < a->columns.count; i++)
        if (strcmp(a->columns.column[i].name, name) == 0) return &a->columns.column[i];
    return NULL;
}

static fs_status fail_column(const apply *a, const char *name, fs_error *error)
{
    fs_buffer names = {0};
    fs_status status = FS_OK;
    for (int i = 0; status == FS_OK && i < a->columns.count; i++)
        status = fs_buffer_printf(&names, "%s%s", i ? ", " : "", a->columns.column[i].name);
    fs_fail(error, FS_USAGE, "there is no column '%s'", name);
    fs_error_at(error, a->path ? a->path[0] : NULL, 0, NULL);
    fs_error_remedy(error, "its columns are %s", names.data ? names.data : "");
    fs_buffer_free(&names);
    return FS_USAGE;
}

#define OURS "_foresell_" /* names of columns that sorting and joining the result need */

static fs_status claim(const apply *a, const char *name, apply_part part, const fs_column *input,
                       bool guessed, fs_error *error)
{
    apply_column *c = find(a, name);
    if (!c) return fail_column(a, name, error);
    if (c->part != APPLY_LEFT)
        return fs_fail(error, FS_USAGE, "column '%s' cannot be two things at once", name);
    if (strncasecmp(name, OURS, sizeof OURS - 1) == 0) {
        fs_fail(error, FS_USAGE, "column '%s' is called as foresell calls its own", name);
        fs_error_at(error, a->path ? a->path[0] : NULL, 0, NULL);
        return fs_error_remedy(error, "give it a name that does not begin with " OURS), FS_USAGE;
    }
    c->part = part;
    c->input = input;
    c->guessed = guessed;
    return FS_OK;
}

static const char *guess_order(const apply *a)
{
    static const char *const words[] = {"period", "date", "day",       "week", "month", "quarter",
                                        "year",   "time", "timestamp", "ds",   "t",     "step"};
    const char *dated = NULL;
    int dates = 0;
    for (int i = 0; i < a->columns.count; i++) {
        const apply_column *c = &a->columns.column[i];
        if (c->part != APPLY_LEFT || !is_dated(c)) continue;
        dates++;
        dated = c->name;
    }
    if (dates == 1) return dated;
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
        for (int i = 0; i < a->columns.count; i++) {
            const apply_column *c = &a->columns.column[i];
            bool fits = dates ? is_dated(c) : c->profile->reading.kind == FS_READ_INTEGER;
            if (c->part == APPLY_LEFT && fits && strcasecmp(c->name, words[w]) == 0) return c->name;
        }
    return NULL;
}

/* A column without one value is let through: the operator tells that a row has no period. */
static bool can_sort(const apply_column *c)
{
    fs_reading_kind kind = c->profile->reading.kind;
    return is_dated(c) || kind == FS_READ_INTEGER || c->profile->missing == c->profile->rows;
}

static fs_status take_order(apply *a, fs_error *error)
{
    bool guessed = !a->order;
    if (guessed) a->order = guess_order(a);
    if (!a->order) {
        fs_fail(error, FS_USAGE, "which column sorts the rows of a series cannot be told");
        fs_error_at(error, a->path ? a->path[0] : NULL, 0, NULL);
        return fs_error_remedy(error, "name it with --order");
    }
    FS_TRY(claim(a, a->order, APPLY_ORDER, NULL, guessed, error));
    if (can_sort(find(a, a->order))) return FS_OK;
    fs_fail(error, FS_DATA, "column '%s' holds neither dates nor whole numbers", a->order);
    fs_error_at(error, a->path ? a->path[0] : NULL, 0, NULL);
    return fs_error_remedy(error, "sort by a column that does, with --order"), FS_DATA;
}

static const char *named_for(const cli_given *given, const char *input)
{
    for (const cli_given *g = given; g; g = g->next)
        if (g->is_param && strcmp(g->name, input) == 0) return g->value;
    return NULL;
}

/* Named columns first, so that none of them is taken by a guess. */
static fs_status take_named(const fs_operator *op, const cli_given *given, apply *a,
                            fs_error *error)
{
    for (const fs_column *in = op->input; in->name; in++) {
        if (in->role != FS_ROLE_VALUE) continue;
        const char *name = named_for(given, in->name);
        if (name) FS_TRY(claim(a, name, APPLY_VALUE, in, false, error));
    }
    for (const fs_column *in = op->input; in->name; in++) {
        if (in->role != FS_ROLE_VALUE || named_for(given, in->name)) continue;
        apply_column *own = find(a, in->name);
        if (own && own->part == APPLY_LEFT)
            FS_TRY(claim(a, in->name, APPLY_VALUE, in, false, error));
    }
    return FS_OK;
}

/* What takes all that is left over, or what a parameter names; NULL: nothing does. */
static const fs_column *regressors_of(const fs_operator *op)
{
    for (const fs_column *in = op->input; in->name; in++)
        if (in->role == FS_ROLE_REGRESSOR) return in;
    return NULL;
}

static fs_status claim_listed(const fs_options *options, const fs_column *rest, const apply *a,
                              fs_error *error)
{
    int count;
    const char *const *name = fs_option_words(options, rest->each, &count);
    for (int i = 0; i < count; i++) FS_TRY(claim(a, name[i], APPLY_REGRESSOR, rest, false, error));
    return FS_OK;
}

/* The columns that a parameter names for "*". */
static fs_status take_listed(const fs_operator *op, const cli_given *given, apply *a,
                             fs_error *error)
{
    const fs_column *rest = regressors_of(op);
    fs_buffer text = {0};
    fs_options *options = NULL;
    if (!rest || !rest->each) return FS_OK;
    fs_status status = fs_cli_apply_options(op, given, &text);
    if (status != FS_OK) status = fs_fail_memory(error, text.capacity);
    if (status == FS_OK) status = fs_options_parse(op, text.data, &options, error);
    if (status == FS_OK) status = claim_listed(options, rest, a, error);
    fs_options_free(options);
    fs_buffer_free(&text);
    return status;
}

static bool is_taken(const apply *a, const fs_column *input)
{
    for (int i = 0; i < a->columns.count; i++)
        if (a->columns.column[i].input == input) return true;
    return false;
}

static bool suits(const fs_column *input, const apply_column *c)
{
    if (c->part != APPLY_LEFT) return false;
    if (input->type == FS_TYPE_TEXT) return true;
    if (input->type == FS_TYPE_DATE || input->type == FS_TYPE_TIME) return is_dated(c);
    return is_numeric(c);
}

static fs_status take_guessed(const fs_operator *op, apply *a, fs_error *error)
{
    for (const fs_column *in = op->input; in->name; in++) {
        if (in->role != FS_ROLE_VALUE || in->optional || is_taken(a, in)) continue;
        const char *name = NULL;
        for (int i = 0; i < a->columns.count && !name; i++)
            if (suits(in, &a->columns.column[i])) name = a->columns.column[i].name;
        if (!name) {
            fs_fail(error, FS_USAGE, "operator %s needs a column for '%s'", op->name, in->name);
            fs_error_at(error, a->path ? a->path[0] : NULL, 0, NULL);
            return fs_error_remedy(error, "name it with --%s", in->name);
        }
        FS_TRY(claim(a, name, APPLY_VALUE, in, true, error));
    }
    return FS_OK;
}

/* A key stays as it is written, unless all of it is plain whole numbers. */
static fs_reading key_reading(const fs_column_profile *p)
{
    bool whole = p->reading.kind == FS_READ_INTEGER && p->unread == 0 && !p->leading_zeros &&
                 p->longest <= 15;
    return whole || p->reading.kind == FS_READ_DATE ? p->reading
                                                    : (fs_reading){.kind = FS_READ_TEXT};
}

static fs_reading part_reading(const apply_column *c)
{
    switch (c->part) {
    case APPLY_GROUP: return key_reading(c->profile);
    case APPLY_VALUE:
        /* Read as a number even where most cells are not: then the first bad cell is named. */
        if (c->input->type == FS_TYPE_TEXT) return (fs_reading){.kind = FS_READ_TEXT};
        if (c->input->type == FS_TYPE_BOOL) return (fs_reading){.kind = FS_READ_BOOL};
        if (c->profile->reading.kind == FS_READ_TEXT && c->input->type == FS_TYPE_DOUBLE)
            return (fs_reading){.kind = FS_READ_NUMBER, .decimal = '.'};
        return c->profile->reading;
    case APPLY_ORDER:
    case APPLY_REGRESSOR: return c->profile->reading;
    default: return (fs_reading){.kind = FS_READ_TEXT};
    }
}

fs_status fs_cli_apply_parts(const fs_operator *op, const cli_given *given, apply *a,
                             fs_error *error)
{
    for (int i = 0; i < a->groups; i++)
        FS_TRY(claim(a, a->group[i], APPLY_GROUP, NULL, false, error));
    if (a->order) FS_TRY(take_order(a, error));
    FS_TRY(take_named(op, given, a, error));
    FS_TRY(take_listed(op, given, a, error));
    if (!a->order) FS_TRY(take_order(a, error));
    FS_TRY(take_guessed(op, a, error));
    const fs_column *rest = regressors_of(op);
    for (int i = 0; i < a->columns.count; i++) {
        apply_column *c = &a->columns.column[i];
        if (rest && !rest->each && suits(rest, c)) c->part = APPLY_REGRESSOR;
        c->reading = part_reading(c);
    }
    return FS_OK;
}

/* A column that was passed over when parts were guessed, or would have been a regressor as a number, plays a part too. */
static bool plays(const apply *a, const apply_column *c)
{
    const fs_column *rest = regressors_of(a->op);
    if (c->part != APPLY_LEFT || (rest && !rest->each)) return true;
    for (int i = 0; i < a->columns.count; i++)
        if (a->columns.column[i].guessed) return true;
    return false;
}

bool fs_cli_apply_holds(const apply *a)
{
    for (int i = 0; i < a->columns.count; i++) {
        const apply_column *c = &a->columns.column[i];
        if (plays(a, c) && !fs_profile_holds(c->profile)) return false;
    }
    return true;
}

/* ---- files ---- */

static fs_status choose_table(const cli_call *call, apply *a, int file, fs_error *error)
{
    const char *wanted = fs_cli_text(call, "table");
    const fs_file_profile *profiles = a->profile[file];
    for (int i = 0; i < a->profile_count[file] && !a->table[file]; i++)
        if (!wanted || (profiles[i].table && strcmp(profiles[i].table, wanted) == 0))
            a->table[file] = &profiles[i];
    if (a->table[file]) return FS_OK;
    fs_fail(error, FS_USAGE, "there is no table or sheet '%s'", wanted ? wanted : "");
    return fs_error_at(error, a->path[file], 0, NULL);
}

/* Several files are one table where their columns have the same names in the same order. */
static fs_status check_same(const apply *a, int file, fs_error *error)
{
    const fs_file_profile *first = a->table[0], *this = a->table[file];
    bool same = first->columns == this->columns && first->format == this->format;
    for (int i = 0; same && i < this->columns; i++)
        same = strcmp(first->name[i], this->name[i]) == 0;
    if (same) return FS_OK;
    fs_fail(error, FS_DATA, "its columns are not those of %s", a->path[0]);
    fs_error_at(error, a->path[file], 0, NULL);
    return fs_error_remedy(error, "apply the operator to files of one kind at a time");
}

static fs_status start_profiles(cli_call *call, apply *a, fs_error *error)
{
    a->paths = call->arguments - 1;
    a->path = call->argument + 1;
    size_t count = (size_t)a->paths;
    a->profile = fs_arena_zero(&call->arena, count * sizeof *a->profile);
    a->profile_count = fs_arena_zero(&call->arena, count * sizeof *a->profile_count);
    a->table = fs_arena_zero(&call->arena, count * sizeof *a->table);
    if (!a->profile || !a->profile_count || !a->table)
        return fs_fail_memory(error, count * sizeof *a->profile);
    return FS_OK;
}

static void free_profiles(apply *a)
{
    for (int i = 0; a->profile && i < a->paths; i++) {
        if (a->profile[i]) fs_file_profile_free(a->profile[i], a->profile_count[i]);
        a->profile[i] = NULL;
    }
}

static fs_status read_profiles(cli_call *call, cli_session *s, apply *a, fs_error *error)
{
    for (int i = 0; i < a->paths; i++) {
        FS_TRY(
            fs_engine_profile(s->engine, a->path[i], &a->profile[i], &a->profile_count[i], error));
        if (a->profile_count[i] == 0) {
            if (!error->status) fs_fail(error, FS_DATA, "this is not a table");
            return fs_error_at(error, a->path[i], 0, NULL), FS_DATA;
        }
        FS_TRY(choose_table(call, a, i, error));
        FS_TRY(check_same(a, i, error));
    }
    return FS_OK;
}

static fs_status list_columns(cli_call *call, apply *a, fs_error *error)
{
    const fs_file_profile *table = a->table[0];
    size_t bytes = (size_t)table->columns * sizeof *a->columns.column;
    a->columns.column = fs_arena_zero(&call->arena, bytes);
    if (!a->columns.column) return fs_fail_memory(error, bytes);
    a->columns.count = table->columns;
    for (int i = 0; i < table->columns; i++)
        a->columns.column[i] = (apply_column){.name = table->name[i], .profile = &table->column[i]};
    return FS_OK;
}

/* "item, store" to names; a name that holds a comma is given as it is where it is a column. */
static fs_status split_groups(cli_call *call, apply *a, fs_error *error)
{
    const char *text = fs_cli_text(call, "group");
    if (!text || !*text) return FS_OK;
    a->group = fs_cli_names(call, text, &a->groups);
    if (!a->group) return fs_fail_memory(error, strlen(text));
    if (find(a, text)) {
        a->group[0] = text;
        a->groups = 1;
    }
    return FS_OK;
}

static fs_status make_view(cli_call *call, cli_session *s, apply *a, fs_error *error)
{
    const fs_file_profile *table = a->table[0];
    size_t bytes = (size_t)a->columns.count * sizeof(fs_raw_column);
    fs_raw_column *columns = fs_arena_alloc(&call->arena, bytes);
    const char **tables = fs_arena_zero(&call->arena, (size_t)a->paths * sizeof *tables);
    if (!columns || !tables) return fs_fail_memory(error, bytes);
    for (int i = 0; i < a->paths; i++) tables[i] = a->table[i]->table;
    for (int i = 0; i < a->columns.count; i++) {
        const apply_column *c = &a->columns.column[i];
        bool checked = a->beginning && c->part == APPLY_LEFT && plays(a, c);
        columns[i] =
            (fs_raw_column){.name = c->name, .reading = checked ? c->profile->reading : c->reading};
    }
    fs_raw raw = {.name = "foresell_input",
                  .path = a->path,
                  .paths = a->paths,
                  .format = table->format,
                  .dialect = table->sniffed.dialect,
                  .table = table->table ? tables : NULL,
                  .column = columns,
                  .columns = a->columns.count,
                  .strict = a->beginning};
    return fs_engine_raw_view(s->engine, &raw, "foresell_input", error);
}

static fs_status find_parts(cli_call *call, apply *a, fs_error *error)
{
    FS_TRY(list_columns(call, a, error));
    a->groups = 0;
    FS_TRY(split_groups(call, a, error));
    a->order = fs_cli_text(call, "order");
    return fs_cli_apply_parts(a->op, call->given, a, error);
}

/* A text as the order or as a value that is none: its rows must tell what is in it. */
static bool has_text_to_read(const apply *a)
{
    for (int i = 0; i < a->columns.count; i++) {
        const apply_column *c = &a->columns.column[i];
        bool wants_text = c->part == APPLY_VALUE && c->input->type == FS_TYPE_TEXT;
        bool read = c->part == APPLY_ORDER || (c->part == APPLY_VALUE && !wants_text);
        if (read && c->profile->reading.kind == FS_READ_TEXT) return true;
    }
    return false;
}

/* Parts by the types that the files themselves say, without reading a row, or by the first rows of texts; a->typed or
 * a->beginning where that is enough. Whatever goes wrong is told by the longer way. */
static bool look_at_types(cli_call *call, cli_session *s, apply *a)
{
    bool all = true;
    for (int i = 0; all && i < a->paths; i++) {
        all = fs_engine_columns(s->engine, a->path[i], &a->profile[i], &a->profile_count[i],
                                NULL) == FS_OK &&
              a->profile_count[i] == 1 && choose_table(call, a, i, NULL) == FS_OK &&
              check_same(a, i, NULL) == FS_OK;
    }
    all = all && find_parts(call, a, NULL) == FS_OK && !has_text_to_read(a);
    a->beginning = all && a->table[0]->beginning;
    if (all && (!a->beginning || fs_cli_apply_holds(a))) return true;
    a->beginning = false;
    free_profiles(a);
    return false;
}

fs_status fs_cli_apply_open(cli_call *call, cli_session *s, apply *a, bool whole, fs_error *error)
{
    free_profiles(a);
    a->typed = a->beginning = false;
    FS_TRY(start_profiles(call, a, error));
    if (whole || !look_at_types(call, s, a)) {
        FS_TRY(start_profiles(call, a, error));
        FS_TRY(read_profiles(call, s, a, error));
        FS_TRY(find_parts(call, a, error));
    } else {
        a->typed = !a->beginning;
    }
    return make_view(call, s, a, error);
}

void fs_cli_apply_close(apply *a)
{
    free_profiles(a);
    fs_buffer_free(&a->options);
}
