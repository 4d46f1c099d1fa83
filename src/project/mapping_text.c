/* mapping_text.c: a mapping as the text of its file: a step's header, then one column a line with
 * what it was taken from, how sure that is and why. */
#include <string.h>

#include "mapping_internal.h"

/* Text for a comment: one line, nothing that a step's header or ${…} would take for its own. */
static fs_status add_comment(fs_buffer *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        unsigned char c = (unsigned char)*at;
        char one = c < 0x20 ? ' ' : c == '$' && at[1] == '{' ? '_' : *at;
        FS_TRY(fs_buffer_add(out, &one, 1));
    }
    return FS_OK;
}

/* SQL as a step's file has it: ${ in a column's name is not the place of a setting. */
static fs_status add_sql(fs_buffer *out, const char *sql)
{
    for (const char *at = sql; *at; at++) {
        if (at[0] == '$' && at[1] == '{') FS_TRY(fs_buffer_text(out, "$"));
        FS_TRY(fs_buffer_add(out, at, 1));
    }
    return FS_OK;
}

/* No password or token: mappings are shown around. */
static fs_status add_base_name(const char *path, fs_buffer *out)
{
    fs_arena arena = {0};
    const char *shown = fs_url_shown(&arena, path), *slash = shown ? strrchr(shown, '/') : NULL;
    fs_status status = shown ? add_comment(out, slash ? slash + 1 : shown) : FS_MEMORY;
    fs_arena_free(&arena);
    return status;
}

static fs_status base_names(const fs_seen_table *t, fs_buffer *out)
{
    for (int p = 0; p < t->paths && p < 3; p++) {
        FS_TRY(fs_buffer_text(out, p ? ", " : ""));
        FS_TRY(add_base_name(t->path[p], out));
        if (!t->sheet[p]) continue;
        FS_TRY(fs_buffer_text(out, " ("));
        FS_TRY(add_comment(out, t->sheet[p]));
        FS_TRY(fs_buffer_text(out, ")"));
    }
    return t->paths > 3 ? fs_buffer_printf(out, " and %d more", t->paths - 3) : FS_OK;
}

static fs_status header(const fs_detection *d, const fs_map *map, fs_buffer *out)
{
    const char *file = strrchr(map->file, '/') + 1;
    FS_TRY(fs_buffer_printf(out, "-- step: %.*s\n-- about: ", (int)strcspn(file, "."), file));
    FS_TRY(fs_buffer_printf(out, "%s; from ",
                            map->about ? map->about : fs_canonical_at(map->table)->doc));
    FS_TRY(base_names(&d->table[map->home], out));
    return fs_buffer_text(out, map->derived ? "\n-- derived: yes\n" : "\n");
}

static fs_status note(const fs_map_column *c, const char *before, fs_buffer *out)
{
    if (!*c->note) return FS_OK;
    FS_TRY(fs_buffer_text(out, before));
    FS_TRY(add_comment(out, c->from ? c->from : "no column"));
    FS_TRY(fs_buffer_printf(out, ", %.0f %%", 100 * c->sure));
    FS_TRY(fs_buffer_text(out, ": "));
    return add_comment(out, c->note);
}

/* "a"."b" as "b" is just "a"."b". */
static bool says_name(const char *sql, const char *name)
{
    size_t a = strlen(sql), b = strlen(name);
    if (strpbrk(sql, "( ")) return strcmp(sql, name) == 0;
    return a >= b && strcmp(sql + a - b, name) == 0 && (a == b || sql[a - b - 1] == '.');
}

static fs_status personal(const fs_seen_table *home, fs_buffer *out)
{
    for (int i = 0; i < home->columns; i++) {
        if (!home->column[i].personal) continue;
        FS_TRY(fs_buffer_text(out, "    -- left out, as it tells who somebody is: "));
        FS_TRY(add_comment(out, home->column[i].name));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    return FS_OK;
}

static fs_status columns(const fs_map *map, fs_buffer *out, bool home)
{
    bool rest = false;
    for (int i = 0; i < map->columns; i++) {
        const fs_map_column *c = &map->column[i];
        if (!*c->note && !rest && home) {
            rest = true;
            FS_TRY(fs_buffer_text(out, "    -- columns that pass through under their own names\n"));
        }
        FS_TRY(fs_buffer_text(out, "    "));
        FS_TRY(add_sql(out, c->sql));
        if (!says_name(c->sql, c->name)) {
            FS_TRY(fs_buffer_text(out, " as "));
            FS_TRY(add_sql(out, c->name));
        }
        FS_TRY(fs_buffer_text(out, home || i + 1 < map->columns ? "," : ""));
        FS_TRY(note(c, "  -- ", out));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    return FS_OK;
}

static fs_status body(const fs_map *map, fs_buffer *out)
{
    FS_TRY(add_sql(out, map->body));
    FS_TRY(fs_buffer_text(out, "\n"));
    for (int i = 0; i < map->columns; i++) {
        if (!*map->column[i].note) continue;
        FS_TRY(fs_buffer_printf(out, "-- %s", map->column[i].name));
        FS_TRY(note(&map->column[i], " is ", out));
        FS_TRY(fs_buffer_text(out, "\n"));
    }
    return FS_OK;
}

fs_status fs_mapping_text(const fs_detection *d, const fs_map *map, fs_buffer *out, fs_error *error)
{
    fs_status status = header(d, map, out);
    if (status == FS_OK && map->body)
        status = body(map, out);
    else if (status == FS_OK) {
        const char *home = strpbrk(map->from, "\n") ? d->table[map->home].name : NULL;
        status = fs_buffer_text(out, "select\n");
        if (status == FS_OK) status = columns(map, out, !map->derived);
        if (status == FS_OK && !map->derived) status = personal(&d->table[map->home], out);
        if (status == FS_OK && !map->derived)
            status = home ? fs_buffer_printf(out, "    %s._file,\n    %s._line\n", home, home)
                          : fs_buffer_text(out, "    _file,\n    _line\n");
        if (status == FS_OK) status = fs_buffer_text(out, "from ");
        if (status == FS_OK) status = add_sql(out, map->from);
        if (status == FS_OK) status = fs_buffer_text(out, "\n");
    }
    return status == FS_OK ? FS_OK : fs_fail_memory(error, 256);
}
