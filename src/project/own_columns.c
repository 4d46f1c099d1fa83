/* What a canonical table has beside the canonical columns: those that its mapping lets through under names of its own.
 *
 * Only the files know how they are called, so a step takes them by ${each c in customers.columns: …}. The list is made of the table
 * as it is written, when the files have been read; before that, as in a plan, it is empty. Names that no step can write are left out. A model must hold all their
 * levels: MOST columns of texts give 2,400 of the 4,000 coefficients that fs_logistic_fit takes of two classes, and leave
 * room for those of the canonical columns. Cost: the Parquet file's footer.
 */
#include <string.h>
#include <strings.h>

#include "project_internal.h"

#define MOST 40

static bool is_own(const fs_canonical_table *table, const fs_project_column *c)
{
    if (c->name[0] == '_' || strpbrk(c->name, "\r\n\\")) return false;
    for (const fs_canonical_column *known = table->column; known->name; known++)
        if (strcasecmp(known->name, c->name) == 0) return false;
    return c->type == FS_TYPE_TEXT || c->type == FS_TYPE_INT || c->type == FS_TYPE_DOUBLE ||
           c->type == FS_TYPE_BOOL;
}

static fs_status add_names(const fs_canonical_table *table, const fs_project_columns *columns,
                           fs_buffer *list)
{
    int count = 0;
    FS_TRY(fs_buffer_text(list, "["));
    for (int i = 0; i < columns->count && count < MOST; i++) {
        if (!is_own(table, &columns->column[i])) continue;
        FS_TRY(fs_buffer_printf(list, "%s%s", count++ ? ", " : "", columns->column[i].quoted));
    }
    return fs_buffer_text(list, "]");
}

fs_status fs_project_own_columns(fs_engine *engine, fs_arena *arena,
                                 const fs_canonical_table *table, const char *path,
                                 const char **list, fs_error *error)
{
    fs_project_columns columns = {0};
    fs_buffer names = {0};
    const char *file = fs_project_literal(arena, path);
    const char *select =
        file ? fs_arena_printf(arena, "select * from read_parquet(%s)", file) : NULL;
    if (!select) return fs_fail_memory(error, 0);
    FS_TRY(fs_project_columns_of(engine, arena, select, &columns, error));
    fs_status status = add_names(table, &columns, &names);
    if (status == FS_OK) *list = fs_arena_strdup(arena, names.data);
    fs_buffer_free(&names);
    return status == FS_OK && *list ? FS_OK : fs_fail_memory(error, 0);
}
