/* Column names: from the header, made unique and never empty; and the width of the table.
 *
 * The header's width is checked against the first records, because two habits are common: a
 * delimiter at the end of every line but the header's (or of the header's only), and a header that
 * leaves out the name of the first column, which holds row names.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "source_internal.h"

#define SAMPLE 256

/* The first record with all its fields, however many: the cursor is made again until they fit. */
static fs_status first_record(fs_text *t, const fs_text_block *block, fs_cursor **cursor,
                              fs_record *record, bool *found, fs_error *error)
{
    for (int capacity = 256;; capacity *= 4) {
        FS_TRY(fs_source_cursor_open(t, capacity, cursor, error));
        fs_cursor_start(*cursor, block);
        *found = fs_cursor_next(*cursor, record);
        if (!*found || record->fields < capacity) return FS_OK;
        fs_cursor_close(*cursor);
        *cursor = NULL;
    }
}

/* ---- names ---- */

/* Names taken so far, as a table of indices by hash of their lower case: engines don't tell
 * "ID" from "id". */
typedef struct names {
    char **name;
    int *next; /* by index: the number to try for the next of the same name */
    int *slot; /* index + 1; 0: free */
    size_t slots;
} names;

static uint64_t hash_lower(const char *name)
{
    uint64_t hash = 0;
    for (; *name; name++) {
        char c = (char)tolower((unsigned char)*name);
        hash = fs_hash(&c, 1, hash);
    }
    return hash;
}

/* Slot of `name` or the free one where it belongs. */
static size_t find_slot(const names *n, const char *name)
{
    size_t slot = hash_lower(name) & (n->slots - 1);
    while (n->slot[slot] && strcasecmp(n->name[n->slot[slot] - 1], name) != 0)
        slot = (slot + 1) & (n->slots - 1);
    return slot;
}

bool fs_column_is_ours(const char *name)
{
    static const char *const ours[] = {"_file", "_line", "_problem", "_row"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcasecmp(name, ours[i]) == 0) return true;
    return false;
}

/* The first of base, base_2, base_3 … that is free, at index `index`. */
static fs_status add_name(names *n, int index, const char *base, fs_error *error)
{
    size_t room = strlen(base) + 16;
    char *name = fs_alloc(room);
    if (!name) return fs_fail_memory(error, room);
    strcpy(name, base);
    int first = n->slot[find_slot(n, name)] - 1;
    int number = first >= 0 ? n->next[first] : fs_column_is_ours(name) ? 2 : 0;
    for (; n->slot[find_slot(n, name)] || fs_column_is_ours(name); number++)
        snprintf(name, room, "%s_%d", base, number);
    if (first >= 0) n->next[first] = number;
    n->next[index] = 2;
    n->name[index] = name;
    n->slot[find_slot(n, name)] = index + 1;
    return FS_OK;
}

/* What stands in the header, blanks cut; "column_3" where nothing does. */
static fs_status name_column(names *n, int index, const fs_field *field, fs_error *error)
{
    char numbered[32];
    const char *text = field ? field->text : "";
    size_t bytes = field ? field->bytes : 0;
    while (bytes && isspace((unsigned char)*text)) text++, bytes--;
    while (bytes && isspace((unsigned char)text[bytes - 1])) bytes--;
    if (bytes == 0) {
        snprintf(numbered, sizeof numbered, "column_%d", index + 1);
        return add_name(n, index, numbered, error);
    }
    char *base = fs_alloc(bytes + 1);
    if (!base) return fs_fail_memory(error, bytes + 1);
    memcpy(base, text, bytes);
    base[bytes] = '\0';
    fs_status status = add_name(n, index, base, error);
    fs_free(base);
    return status;
}

/* Names `columns` columns; `field` may be NULL; `shift`: the first has no name in it. */
static fs_status name_columns(fs_text *t, const fs_field *field, int fields, int columns, int shift,
                              fs_error *error)
{
    names n = {.slots = 16};
    while (n.slots < 2 * (size_t)columns) n.slots *= 2;
    t->column = fs_alloc_zero((size_t)columns, sizeof *t->column);
    n.slot = fs_alloc_zero(n.slots, sizeof *n.slot);
    n.next = fs_alloc_zero((size_t)columns, sizeof *n.next);
    n.name = t->column;
    t->columns = n.name && n.slot && n.next ? columns : 0;
    fs_status status = t->columns ? FS_OK : fs_fail_memory(error, n.slots * sizeof *n.slot);
    for (int i = 0; i < columns && status == FS_OK; i++) {
        bool named = field && i >= shift && i - shift < fields;
        status = name_column(&n, i, named ? &field[i - shift] : NULL, error);
    }
    fs_free(n.slot);
    fs_free(n.next);
    return status;
}

/* ---- width ---- */

typedef struct widths {
    int records, one_more, one_less;
    int last_empty; /* of those with one more: the last field is empty */
} widths;

static widths look_at_widths(fs_cursor *cursor, int width)
{
    widths w = {0};
    fs_record record;
    while (w.records < SAMPLE && fs_cursor_next(cursor, &record)) {
        if (record.fault && strstr(record.fault, "fields") == NULL) continue;
        w.records++;
        w.one_less += record.fields == width - 1;
        if (record.fields != width + 1) continue;
        w.one_more++;
        w.last_empty += record.field[width].bytes == 0;
    }
    return w;
}

static fs_status fail_header(fs_text *t, const fs_record *record, fs_error *error)
{
    fs_fail(error, FS_DATA, "the header cannot be read: %s", record->fault);
    fs_error_at(error, t->stream.name, record->line, NULL);
    fs_error_remedy(error, "mend that line, or say with `skip` and `encoding` where the header "
                           "is and how it is written");
    return FS_DATA;
}

static fs_status from_header(fs_text *t, fs_cursor *cursor, const fs_record *record,
                             fs_error *error)
{
    if (record->fault) return fail_header(t, record, error);
    int fields = record->fields, columns = fields;
    bool last_named = record->field[fields - 1].bytes > 0;
    fs_field *field = fs_alloc((size_t)fields * sizeof *field);
    if (!field) return fs_fail_memory(error, (size_t)fields * sizeof *field);
    memcpy(field, record->field, (size_t)fields * sizeof *field);
    fs_status status = name_columns(t, field, fields, columns, 0, error); /* before scratch goes */
    widths w = look_at_widths(cursor, fields);
    int shift = 0;
    if (w.records > 0 && w.one_more == w.records) {
        columns++;
        shift = w.last_empty < w.records;
    } else if (w.records > 0 && w.one_less == w.records && !last_named && fields > 1) {
        columns--;
    }
    if (status == FS_OK && columns != fields) {
        for (int i = 0; i < fields; i++)
            field[i] = (fs_field){t->column[i], strlen(t->column[i]), false};
        char **before = t->column;
        t->column = NULL;
        t->columns = 0;
        status = name_columns(t, field, fields, columns, shift, error);
        for (int i = 0; i < fields; i++) fs_free(before[i]);
        fs_free(before);
    }
    fs_free(field);
    return status;
}

fs_status fs_source_header(fs_text *t, const fs_text_block *block, bool *found, size_t *bytes,
                           int64_t *lines, fs_error *error)
{
    fs_cursor *cursor = NULL;
    fs_record record;
    fs_status status = first_record(t, block, &cursor, &record, found, error);
    if (status == FS_OK && *found && t->dialect.header) {
        *bytes = cursor->at;
        *lines = cursor->line - block->line;
        status = from_header(t, cursor, &record, error);
    } else if (status == FS_OK && *found) {
        status = name_columns(t, NULL, 0, record.fields, 0, error);
    }
    fs_cursor_close(cursor);
    __atomic_store_n(&t->records, 0, __ATOMIC_RELAXED);
    return status;
}
