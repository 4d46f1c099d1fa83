/* Which column of the data is which input of the operator, and what the results look like.
 *
 * Keys and order are named by the caller. A declared input takes the column that the options name
 * for it, else the column of its own name; then a required one that is still without takes the
 * first column left. What is left after that goes to "*", or is an error. Names are compared as they
 * are, and without regard to case where that finds exactly one.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "options_internal.h"

typedef struct binder {
    const fs_operator *op;
    const fs_options *options;
    const struct ArrowSchema *input;
    fs_operator_bound *bound;
    bool *taken;           /* per child of input */
    int declared;          /* inputs without "*" */
    int *source;           /* per declared input: child of input, or -1 */
    const fs_column *rest; /* the "*" input or NULL */
    fs_error *error;
} binder;

static const char *child_name(const binder *b, int64_t index)
{
    const char *name = b->input->children[index]->name;
    return name ? name : "";
}

/* Index of the column, or -1; never one of two that differ by case only. */
static int find_column(const binder *b, const char *name)
{
    int found = -1, alike = 0;
    for (int64_t i = 0; i < b->input->n_children; i++) {
        if (strcmp(child_name(b, i), name) == 0) return (int)i;
        if (strcasecmp(child_name(b, i), name) != 0) continue;
        found = (int)i;
        alike++;
    }
    return alike == 1 ? found : -1;
}

#define NAMES_MOST 64

static fs_status fail_column(const binder *b, const char *role, const char *name)
{
    const char *names[NAMES_MOST];
    char list[320] = "";
    int count = 0;
    for (int64_t i = 0; i < b->input->n_children && count < NAMES_MOST; i++) {
        names[count++] = child_name(b, i);
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", child_name(b, i));
    }
    fs_fail(b->error, FS_USAGE, "operator %s: there is no column '%s' (%s) in the data",
            b->op->name, name, role);
    int nearest = fs_operator_nearest(name, names, count);
    if (nearest >= 0)
        fs_error_remedy(b->error, "did you mean '%s'? The columns are: %s", names[nearest], list);
    else
        fs_error_remedy(b->error, "the columns are: %s", list);
    return fs_error_at(b->error, NULL, 0, name), FS_USAGE;
}

static fs_status take(binder *b, const char *role, const char *name, int *index)
{
    *index = find_column(b, name);
    if (*index < 0) return fail_column(b, role, name);
    if (b->taken[*index]) {
        fs_fail(b->error, FS_USAGE, "operator %s: column '%s' is wanted twice (%s)", b->op->name,
                name, role);
        return fs_error_at(b->error, NULL, 0, name), FS_USAGE;
    }
    b->taken[*index] = true;
    return FS_OK;
}

/* ---- keys ---- */

static bool is_key_type(fs_type type) { return type != FS_TYPE_LIST && type != FS_TYPE_DOUBLE; }

static fs_status bind_key(binder *b, const char *name, fs_operator_reader *key)
{
    int index = -1;
    FS_TRY(take(b, "group", name, &index));
    const struct ArrowSchema *schema = b->input->children[index];
    fs_type type = fs_operator_natural_type(schema);
    bool nothing = schema->format && strcmp(schema->format, "n") == 0;
    if (!is_key_type(type) && !nothing) {
        fs_fail(b->error, FS_DATA, "operator %s: column '%s' (Arrow type '%s') cannot be a group",
                b->op->name, name, schema->format ? schema->format : "?");
        fs_error_remedy(b->error, "cast it to a text, a date or a bigint");
        return fs_error_at(b->error, NULL, 0, name), FS_DATA;
    }
    return fs_operator_reader_open(key, schema, index, nothing ? FS_TYPE_INT : type, b->error);
}

static fs_status bind_keys(binder *b, const char *const *group, int groups)
{
    b->bound->key = fs_alloc_zero((size_t)groups, sizeof *b->bound->key);
    if (!b->bound->key) return fs_fail_memory(b->error, (size_t)groups * sizeof *b->bound->key);
    for (int i = 0; i < groups; i++) {
        FS_TRY(bind_key(b, group[i], &b->bound->key[i]));
        b->bound->keys++;
    }
    return FS_OK;
}

/* ---- inputs ---- */

static fs_status bind_order(binder *b, const char *order)
{
    if (!order || !order[0]) {
        fs_fail(b->error, FS_USAGE, "operator %s needs the column that orders a group",
                b->op->name);
        fs_error_remedy(b->error, "name it: --order COLUMN, or \"-- order: COLUMN\" in a step");
        return FS_USAGE;
    }
    return take(b, "order", order, &b->source[0]);
}

static fs_status bind_named(binder *b)
{
    for (int i = 1; i < b->declared; i++) {
        const char *column = fs_options_column(b->options, b->op->input[i].name);
        if (column) FS_TRY(take(b, b->op->input[i].name, column, &b->source[i]));
    }
    for (int i = 1; i < b->declared; i++) {
        if (b->source[i] >= 0) continue;
        int index = find_column(b, b->op->input[i].name);
        if (index < 0 || b->taken[index]) continue;
        b->taken[index] = true;
        b->source[i] = index;
    }
    return FS_OK;
}

/* The columns that a parameter names for "*". */
static const char *const *listed(const binder *b, int *count)
{
    *count = 0;
    return b->rest && b->rest->each ? fs_option_words(b->options, b->rest->each, count) : NULL;
}

static fs_status bind_listed(binder *b)
{
    int count, index;
    const char *const *name = listed(b, &count);
    for (int i = 0; i < count; i++) FS_TRY(take(b, b->rest->each, name[i], &index));
    return FS_OK;
}

static int first_left(const binder *b)
{
    for (int64_t i = 0; i < b->input->n_children; i++)
        if (!b->taken[i]) return (int)i;
    return -1;
}

static fs_status bind_required(binder *b)
{
    for (int i = 1; i < b->declared; i++) {
        const fs_column *column = &b->op->input[i];
        if (b->source[i] >= 0 || column->optional) continue;
        b->source[i] = first_left(b);
        if (b->source[i] < 0) {
            fs_fail(b->error, FS_USAGE, "operator %s needs a column for '%s'", b->op->name,
                    column->name);
            return fs_error_remedy(b->error, "%s; name it: %s = COLUMN",
                                   column->doc ? column->doc : "", column->name),
                   FS_USAGE;
        }
        b->taken[b->source[i]] = true;
    }
    return FS_OK;
}

static fs_status open_input(binder *b, int index, fs_type type, int input,
                            fs_operator_reader *reader)
{
    if (index < 0) {
        reader->index = -1;
        reader->type = type;
        return FS_OK;
    }
    fs_status status =
        fs_operator_reader_open(reader, b->input->children[index], index, type, b->error);
    if (status == FS_DATA && b->error) {
        char message[sizeof b->error->message];
        snprintf(message, sizeof message, "operator %s: as '%s', %.500s", b->op->name,
                 input < b->declared ? b->op->input[input].name : "*", b->error->message);
        memcpy(b->error->message, message, sizeof message);
    }
    return status;
}

static fs_status refuse_left(binder *b)
{
    int left = first_left(b);
    if (left < 0 || (b->rest && !b->rest->each)) return FS_OK;
    fs_fail(b->error, FS_USAGE, "operator %s has no use for column '%s'", b->op->name,
            child_name(b, left));
    fs_error_remedy(b->error, "leave it out of the SELECT, or say which input it is: INPUT = %s",
                    child_name(b, left));
    return fs_error_at(b->error, NULL, 0, child_name(b, left)), FS_USAGE;
}

static fs_status open_rest(binder *b, int index)
{
    fs_type type = fs_operator_natural_type(b->input->children[index]);
    if (type == FS_TYPE_LIST) type = FS_TYPE_DOUBLE; /* says that it can't be read */
    return open_input(b, index, type, b->declared, &b->bound->column[b->bound->columns++]);
}

/* What is of any type comes as it is. */
static fs_type input_type(const binder *b, int i)
{
    const fs_column *column = &b->op->input[i];
    fs_type type = column->type;
    if (column->any && b->source[i] >= 0)
        type = fs_operator_natural_type(b->input->children[b->source[i]]);
    return type == FS_TYPE_LIST ? column->type : type; /* says that it can't be read */
}

static fs_status open_inputs(binder *b)
{
    int count;
    fs_operator_bound *bound = b->bound;
    size_t most = (size_t)b->declared + (size_t)b->input->n_children;
    bound->column = fs_alloc_zero(most, sizeof *bound->column);
    if (!bound->column) return fs_fail_memory(b->error, most * sizeof *bound->column);
    for (int i = 0; i < b->declared; i++) {
        bound->columns++;
        FS_TRY(open_input(b, b->source[i], input_type(b, i), i, &bound->column[i]));
    }
    FS_TRY(refuse_left(b));
    const char *const *name = listed(b, &count);
    for (int i = 0; i < count; i++) FS_TRY(open_rest(b, find_column(b, name[i])));
    for (int64_t i = 0; b->rest && i < b->input->n_children; i++)
        if (!b->taken[i]) FS_TRY(open_rest(b, (int)i));
    bound->order_type = bound->column[0].type;
    return FS_OK;
}

/* ---- outputs ---- */

/* The parameter is a number: columns are numbered from 1 up to it. */
static bool is_counted(const binder *b, const fs_column *column)
{
    for (const fs_param *p = b->op->params; column->each && p->name; p++)
        if (strcmp(p->name, column->each) == 0) return p->type == FS_TYPE_INT;
    return false;
}

static int spread_of(const binder *b, const fs_column *column)
{
    int count = 1;
    if (is_counted(b, column)) return (int)fs_option_int(b->options, column->each);
    if (column->each) fs_option_words(b->options, column->each, &count);
    return count;
}

static bool is_taken(const fs_operator_bound *bound, const char *name)
{
    for (int i = 0; i < bound->keys; i++)
        if (strcasecmp(bound->key[i].name, name) == 0) return true;
    for (int i = 0; i < bound->outputs; i++)
        if (strcasecmp(bound->output_name[i], name) == 0) return true;
    return false;
}

/* A result that is called as a group column gets a number: mean_2. */
static char *output_name(const binder *b, const fs_column *column, int value)
{
    char number[32], *name;
    const char *suffix = "";
    int numbers = 0, words = 0;
    if (is_counted(b, column)) {
        snprintf(number, sizeof number, "%d", value + 1);
        suffix = number;
    } else if (column->each) {
        const double *list = fs_option_numbers(b->options, column->each, &numbers);
        const char *const *word = fs_option_words(b->options, column->each, &words);
        if (numbers > 0) fs_option_number_text(list[value], number);
        suffix = numbers > 0 ? number : word[value];
    }
    size_t bytes = strlen(column->name) + strlen(suffix) + 16;
    name = fs_alloc(bytes);
    if (!name) return NULL;
    snprintf(name, bytes, "%s%s", column->name, suffix);
    for (int k = 2; is_taken(b->bound, name); k++)
        snprintf(name, bytes, "%s%s_%d", column->name, suffix, k);
    return name;
}

static fs_status name_outputs(binder *b)
{
    fs_operator_bound *bound = b->bound;
    int total = 0;
    for (const fs_column *c = b->op->output; c->name; c++) total += spread_of(b, c);
    bound->output_name = fs_alloc_zero((size_t)total, sizeof *bound->output_name);
    bound->output_type = fs_alloc_zero((size_t)total, sizeof *bound->output_type);
    if (!bound->output_name || !bound->output_type) return fs_fail_memory(b->error, 0);
    for (const fs_column *c = b->op->output; c->name; c++)
        for (int i = 0; i < spread_of(b, c); i++) {
            char *name = output_name(b, c, i);
            if (!name) return fs_fail_memory(b->error, strlen(c->name));
            bound->output_name[bound->outputs] = name;
            bound->output_type[bound->outputs++] =
                c->type == FS_TYPE_PERIOD ? bound->order_type : c->type;
        }
    return FS_OK;
}

/* Which declared output stands in column `index` of the results. */
static const fs_column *declared_output(const binder *b, int index)
{
    const fs_column *c = b->op->output;
    int at = spread_of(b, c);
    while (index >= at) at += spread_of(b, ++c);
    return c;
}

static fs_status describe_output(binder *b, int index, struct ArrowSchema *out)
{
    fs_operator_bound *bound = b->bound;
    fs_operator_writer *writer = &bound->writer[bound->keys + index];
    if (declared_output(b, index)->type == FS_TYPE_PERIOD)
        FS_TRY(fs_operator_writer_same(b->input->children[b->source[0]], writer, out, b->error));
    else
        FS_TRY(fs_operator_writer_plain(bound->output_type[index], writer, out, b->error));
    if (ArrowSchemaSetName(out, bound->output_name[index]) != NANOARROW_OK)
        return fs_fail_memory(b->error, strlen(bound->output_name[index]));
    return FS_OK;
}

static fs_status describe(binder *b)
{
    fs_operator_bound *bound = b->bound;
    int columns = bound->keys + bound->outputs;
    bound->writer = fs_alloc_zero((size_t)columns, sizeof *bound->writer);
    if (!bound->writer) return fs_fail_memory(b->error, (size_t)columns * sizeof *bound->writer);
    ArrowSchemaInit(&bound->schema);
    if (ArrowSchemaSetTypeStruct(&bound->schema, columns) != NANOARROW_OK)
        return fs_fail_memory(b->error, (size_t)columns * sizeof bound->schema);
    for (int i = 0; i < columns; i++) {
        struct ArrowSchema *child = bound->schema.children[i];
        ArrowSchemaRelease(child);
        if (i >= bound->keys) {
            FS_TRY(describe_output(b, i - bound->keys, child));
            continue;
        }
        FS_TRY(fs_operator_writer_same(b->input->children[bound->key[i].index], &bound->writer[i],
                                       child, b->error));
    }
    return FS_OK;
}

/* ---- all ---- */

static fs_status bind_all(binder *b, const char *const *group, int groups, const char *order)
{
    FS_TRY(bind_keys(b, group, groups));
    FS_TRY(bind_order(b, order));
    FS_TRY(bind_named(b));
    FS_TRY(bind_listed(b));
    FS_TRY(bind_required(b));
    FS_TRY(open_inputs(b));
    FS_TRY(name_outputs(b));
    return describe(b);
}

fs_status fs_operator_bind(const fs_operator *op, const fs_options *options,
                           const char *const *group, int groups, const char *order,
                           const struct ArrowSchema *input, fs_operator_bound *bound,
                           fs_error *error)
{
    *bound = (fs_operator_bound){0};
    binder b = {.op = op, .options = options, .input = input, .bound = bound, .error = error};
    if (!input || !input->format || strcmp(input->format, "+s") != 0)
        return fs_fail(error, FS_FAILED, "operator %s: the input is not a table", op->name);
    for (const fs_column *c = op->input; c->name; c++) {
        if (c->role == FS_ROLE_REGRESSOR)
            b.rest = c;
        else
            b.declared++;
    }
    b.taken = fs_alloc_zero((size_t)input->n_children, sizeof *b.taken);
    b.source = fs_alloc_zero((size_t)b.declared, sizeof *b.source);
    for (int i = 0; b.source && i < b.declared; i++) b.source[i] = -1;
    fs_status status = b.taken && b.source ? bind_all(&b, group, groups, order)
                                           : fs_fail_memory(error, sizeof *b.source);
    fs_free(b.taken);
    fs_free(b.source);
    if (status != FS_OK) fs_operator_unbind(bound);
    return status;
}

void fs_operator_unbind(fs_operator_bound *bound)
{
    for (int i = 0; bound->key && i < bound->keys; i++) fs_operator_reader_close(&bound->key[i]);
    for (int i = 0; bound->column && i < bound->columns; i++)
        fs_operator_reader_close(&bound->column[i]);
    for (int i = 0; bound->output_name && i < bound->outputs; i++) fs_free(bound->output_name[i]);
    fs_free(bound->key);
    fs_free(bound->column);
    fs_free(bound->output_name);
    fs_free(bound->output_type);
    fs_free(bound->writer);
    if (bound->schema.release) ArrowSchemaRelease(&bound->schema);
    *bound = (fs_operator_bound){0};
}
