/* mapping_more.c: tables that follow from the lines of another one.
 *
 * Where no file has its home in products, customers or stores, but the sales lines carry their
 * attributes (a description, a category, a country), those tables are made from the lines: of each
 * key the combination of attributes that most lines have, ties by text, so that the same lines
 * always give the same table. A panel (totals per product, place and period) with prices gives
 * prices; with flags of features and displays, promotions; with holidays or an open flag, a calendar.
 * Derived tables carry no `_file` and `_line`: their lines are accounted for where they have their home.
 */
#include <string.h>

#include "mapping_internal.h"

static bool is_home(const fs_detection *d, int canonical)
{
    for (int t = 0; t < d->tables; t++)
        if (d->table[t].use == FS_USE_HOME && d->table[t].home == canonical) return true;
    return false;
}

static fs_status about(fs_draft *draft, const char *text)
{
    draft->map->about = fs_draft_text(draft->d, "%s", text);
    return draft->map->about ? FS_OK : fs_fail_memory(draft->error, 64);
}

/* ---- one row a key ------------------------------------------------------------------------------- */

/* Does the column say something about the key, rather than about the line? Asked of the rows. */
fs_status fs_depends(fs_detection *d, const fs_seen_table *t, int key, int column, double slack,
                     bool *yes, fs_error *error)
{
    double keys = t->column[key].profile->distinct, values = t->column[column].profile->distinct;
    int64_t pairs = -1;
    *yes = values <= keys * 1.5;
    if (!*yes || !d->engine || t->wide.kind != FS_LABEL_NONE) return FS_OK;
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "select count(*) from (select distinct ");
    if (status == FS_OK) status = fs_detect_quoted(t->column[key].name, &sql);
    if (status == FS_OK) status = fs_buffer_text(&sql, ", ");
    if (status == FS_OK) status = fs_detect_quoted(t->column[column].name, &sql);
    if (status == FS_OK) status = fs_buffer_printf(&sql, " from %s where ", t->name);
    if (status == FS_OK) status = fs_detect_quoted(t->column[column].name, &sql);
    if (status == FS_OK) status = fs_buffer_text(&sql, " is not null)");
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 64);
    FS_TRY(fs_detect_ask(d, &sql, &pairs, error));
    *yes = pairs < 0 || (double)pairs <= slack * keys + (slack > 1 && keys > 10 ? 2 : 0.5);
    return FS_OK;
}

/* Attributes of `canonical` in the table, other than its key; their columns of the draft. */
static fs_status attributes(fs_draft *draft, int key, const char *key_name, fs_error *error)
{
    const fs_canonical_table *c = fs_canonical_at(draft->canonical);
    for (int k = 0; c->column[k].name; k++) {
        const fs_fit_column *fit = &draft->home->fit[draft->canonical].role[k];
        const char *sql, *note;
        bool fits = false;
        if (fit->column < 0 || fit->column == key || strcmp(c->column[k].name, key_name) == 0)
            continue;
        if (c->column[k].type != FS_TYPE_TEXT && c->column[k].type != FS_TYPE_BOOL) continue;
        FS_TRY(fs_depends(draft->d, draft->home, key, fit->column, 1.6, &fits, error));
        if (!fits) continue;
        FS_TRY(fs_role_sql(draft, draft->canonical, k, fit->column, &sql, &note));
        if (sql)
            FS_TRY(fs_draft_add(draft, c->column[k].name, sql,
                                draft->home->column[fit->column].name, fit->sure, fit->why));
    }
    return FS_OK;
}

/* select key, attributes from (… row_number() by number of lines …) where place = 1 */
static const char *most_frequent(fs_draft *draft, const char *key_name)
{
    fs_buffer out = {0};
    const fs_map *map = draft->map;
    fs_status status = fs_buffer_text(&out, "with variants as (\n    select\n");
    for (int i = 0; i < map->columns && status == FS_OK; i++)
        status =
            fs_buffer_printf(&out, "        %s as %s,\n", map->column[i].sql, map->column[i].name);
    if (status == FS_OK)
        status = fs_buffer_printf(
            &out, "        count(*) as lines\n    from %s\n    where %s is not null\n    group by ",
            draft->home->name, map->column[0].sql);
    for (int i = 0; i < map->columns && status == FS_OK; i++)
        status = fs_buffer_printf(&out, "%s%s", i ? ", " : "", map->column[i].sql);
    if (status == FS_OK) status = fs_buffer_text(&out, "\n),\nranked as (\n    select\n");
    for (int i = 0; i < map->columns && status == FS_OK; i++)
        status = fs_buffer_printf(&out, "        %s,\n", map->column[i].name);
    if (status == FS_OK)
        status = fs_buffer_printf(
            &out, "        row_number() over (partition by %s order by lines desc nulls last",
            key_name);
    for (int i = 1; i < map->columns && status == FS_OK; i++)
        status = fs_buffer_printf(&out, ", %s nulls last", map->column[i].name);
    if (status == FS_OK)
        status = fs_buffer_text(&out, ") as place\n    from variants\n)\nselect\n");
    for (int i = 0; i < map->columns && status == FS_OK; i++)
        status = fs_buffer_printf(&out, "    %s%s\n", map->column[i].name,
                                  i + 1 < map->columns ? "," : "");
    if (status == FS_OK)
        status = fs_buffer_printf(&out, "from ranked\nwhere place = 1\norder by %s nulls last",
                                  key_name);
    const char *copy = status == FS_OK ? fs_arena_strdup(&draft->d->arena, out.data) : NULL;
    fs_buffer_free(&out);
    return copy;
}

static fs_status derive_entity(fs_detection *d, int source, int canonical, const char *key_name,
                               fs_error *error)
{
    fs_seen_table *t = &d->table[source];
    int key = fs_role_column(t, t->home == FS_SALES ? FS_SALES : canonical, key_name);
    fs_draft draft;
    const char *sql, *note;
    if (key < 0 || is_home(d, canonical)) return FS_OK;
    FS_TRY(fs_draft_open(d, canonical, source, true, &draft, error));
    fs_status status =
        fs_role_sql(&draft, canonical, fs_role_index(canonical, key_name), key, &sql, &note);
    if (status == FS_OK && sql)
        status = fs_draft_add(&draft, key_name, sql, t->column[key].name, 0.95, "key of the lines");
    if (status == FS_OK && sql) status = attributes(&draft, key, key_name, error);
    if (status == FS_OK && draft.map->columns < 2) {
        d->maps--; /* nothing but the key: no table */
        fs_buffer_free(&draft.join);
        return FS_OK;
    }
    if (status == FS_OK)
        status = about(&draft, "of each key the attributes that most of its lines have");
    if (status == FS_OK && !(draft.map->body = most_frequent(&draft, key_name)))
        status = fs_fail_memory(error, 64);
    fs_status closed = fs_draft_close(&draft);
    return status != FS_OK ? status : closed;
}

/* ---- panels ---------------------------------------------------------------------------------------------- */

static bool panel(const fs_seen_table *t)
{
    int time = fs_role_column(t, FS_SALES, "time");
    bool receipts =
        fs_role_column(t, FS_SALES, "basket") >= 0 || fs_role_column(t, FS_SALES, "customer") >= 0;
    return time >= 0 && !receipts && t->wide.kind == FS_LABEL_NONE &&
           !t->column[time].profile->times;
}

static fs_status add_from(fs_draft *draft, int canonical, const char *role, const char *as)
{
    int index = fs_role_index(canonical, role);
    const fs_fit_column *fit = &draft->home->fit[canonical].role[index];
    const char *sql, *note;
    if (fit->column < 0 || fs_draft_has(draft, as)) return FS_OK;
    FS_TRY(fs_role_sql(draft, canonical, index, fit->column, &sql, &note));
    return sql ? fs_draft_add(draft, as, sql, draft->home->column[fit->column].name, fit->sure,
                              fit->why)
               : FS_OK;
}

/* " order by" all output columns, so that the rows always come in the same order. */
static fs_status ordered(const fs_draft *draft, const char *first, fs_buffer *out)
{
    FS_TRY(
        fs_buffer_printf(out, "\norder by %s%s", first ? first : "", first ? " nulls last" : ""));
    for (int i = 0; i < draft->map->columns; i++)
        FS_TRY(fs_buffer_printf(out, "%s%s nulls last", i || first ? ", " : "",
                                draft->map->column[i].name));
    return FS_OK;
}

static const char *select_distinct(fs_draft *draft, const char *where)
{
    fs_buffer out = {0};
    fs_status status = fs_buffer_text(&out, "select distinct\n");
    for (int i = 0; i < draft->map->columns && status == FS_OK; i++)
        status =
            fs_buffer_printf(&out, "    %s as %s%s\n", draft->map->column[i].sql,
                             draft->map->column[i].name, i + 1 < draft->map->columns ? "," : "");
    if (status == FS_OK)
        status = fs_buffer_printf(&out, "from %s%s\nwhere %s", draft->home->name,
                                  draft->join.data ? draft->join.data : "", where);
    if (status == FS_OK) status = ordered(draft, NULL, &out);
    const char *copy = status == FS_OK ? fs_arena_strdup(&draft->d->arena, out.data) : NULL;
    fs_buffer_free(&out);
    return copy;
}

static const char *sql_of(const fs_draft *draft, const char *name)
{
    for (int i = 0; i < draft->map->columns; i++)
        if (strcmp(draft->map->column[i].name, name) == 0) return draft->map->column[i].sql;
    return NULL;
}

/* The draft's different rows in which `needed` is known; no table where no column is it. */
static fs_status close_distinct(fs_draft *draft, const char *needed, fs_status status)
{
    const char *sql = sql_of(draft, needed);
    if (status == FS_OK && sql) {
        draft->map->body = select_distinct(draft, fs_draft_text(draft->d, "%s is not null", sql));
        if (!draft->map->body) status = fs_fail_memory(draft->error, 64);
    } else
        draft->d->maps--;
    fs_status closed = fs_draft_close(draft);
    return status != FS_OK ? status : closed;
}

static fs_status derive_prices(fs_detection *d, int source, fs_error *error)
{
    fs_seen_table *t = &d->table[source];
    fs_draft draft;
    bool base = fs_role_column(t, FS_PRICES, "base_price") >= 0;
    if (is_home(d, FS_PRICES) || !base || fs_role_column(t, FS_SALES, "item") < 0) return FS_OK;
    FS_TRY(fs_draft_open(d, FS_PRICES, source, true, &draft, error));
    fs_status status = add_from(&draft, FS_SALES, "item", "item");
    if (status == FS_OK) status = add_from(&draft, FS_SALES, "store", "store");
    if (status == FS_OK) status = add_from(&draft, FS_SALES, "time", "start");
    if (status == FS_OK) status = add_from(&draft, FS_SALES, "price", "price");
    if (status == FS_OK) status = add_from(&draft, FS_PRICES, "base_price", "base_price");
    if (status == FS_OK)
        status = about(
            &draft, "prices as they stand in the sales panel, one row a product, place and period");
    return close_distinct(&draft, "price", status);
}

/* What is there now, as a list of products says it. */
static fs_status derive_stock(fs_detection *d, int source, fs_error *error)
{
    fs_seen_table *t = &d->table[source];
    fs_draft draft;
    bool sold = source == d->sales;
    int home = sold ? FS_SALES : FS_PRODUCTS;
    if (is_home(d, FS_STOCK) || fs_role_sureness(t, FS_STOCK, "on_hand") < 0.6 ||
        fs_role_column(t, home, "item") < 0)
        return FS_OK;
    FS_TRY(fs_draft_open(d, FS_STOCK, source, true, &draft, error));
    fs_status status = add_from(&draft, home, "item", "item");
    if (status == FS_OK && fs_role_sureness(t, FS_STOCK, "store") > 0.8)
        status = add_from(&draft, FS_STOCK, "store", "store");
    if (status == FS_OK && sold) status = add_from(&draft, FS_SALES, "time", "day");
    if (status == FS_OK) status = add_from(&draft, FS_STOCK, "on_hand", "on_hand");
    if (status == FS_OK) status = add_from(&draft, FS_STOCK, "on_order", "on_order");
    if (status == FS_OK)
        status = about(&draft,
                       sold ? "what was there, as it stands beside what was sold"
                            : "what is there and on its way, as it stands in the list of products");
    return close_distinct(&draft, "on_hand", status);
}

static fs_status derive_calendar(fs_detection *d, int source, fs_error *error)
{
    fs_seen_table *t = &d->table[source];
    fs_draft draft;
    bool event = fs_role_sureness(t, FS_CALENDAR, "event") > 0.6,
         open = fs_role_sureness(t, FS_CALENDAR, "open") > 0.6;
    bool school = fs_role_sureness(t, FS_CALENDAR, "school_holiday") > 0.6;
    if (is_home(d, FS_CALENDAR) || (!event && !open && !school)) return FS_OK;
    FS_TRY(fs_draft_open(d, FS_CALENDAR, source, true, &draft, error));
    fs_status status = add_from(&draft, FS_SALES, "time", "day");
    if (status == FS_OK) status = add_from(&draft, FS_SALES, "store", "store");
    if (status == FS_OK && event) status = add_from(&draft, FS_CALENDAR, "event", "event");
    if (status == FS_OK && open) status = add_from(&draft, FS_CALENDAR, "open", "open");
    if (status == FS_OK && school)
        status = add_from(&draft, FS_CALENDAR, "school_holiday", "school_holiday");
    if (status == FS_OK)
        status = about(&draft, "days and holidays as they stand in the sales panel");
    return close_distinct(&draft, "day", status);
}

/* One SELECT a flag, put together by union all: a row where the flag is set. */
static fs_status promotion_flag(fs_draft *draft, int column, fs_buffer *out, int *flags)
{
    const fs_seen_column *c = &draft->home->column[column];
    const char *sql, *note;
    FS_TRY(
        fs_role_sql(draft, FS_SALES, fs_role_index(FS_SALES, "on_promotion"), column, &sql, &note));
    fs_status status = fs_buffer_printf(out, "%sselect\n    '", (*flags)++ ? "\nunion all\n" : "");
    if (status == FS_OK) status = fs_sql_text(out, c->name);
    if (status == FS_OK) status = fs_buffer_text(out, "' as kind");
    for (int i = 0; i < draft->map->columns && status == FS_OK; i++)
        status = fs_buffer_printf(out, ",\n    %s as %s", draft->map->column[i].sql,
                                  draft->map->column[i].name);
    if (status == FS_OK)
        status = fs_buffer_printf(out, "\nfrom %s%s\nwhere %s", draft->home->name,
                                  draft->join.data ? draft->join.data : "", sql);
    return status == FS_OK ? FS_OK : fs_fail_memory(draft->error, 64);
}

static fs_status derive_promotions(fs_detection *d, int source, fs_error *error)
{
    fs_seen_table *t = &d->table[source];
    fs_draft draft;
    fs_buffer body = {0};
    int role = fs_role_index(FS_SALES, "on_promotion"), flags = 0;
    if (is_home(d, FS_PROMOTIONS) || t->fit[FS_SALES].role[role].column < 0) return FS_OK;
    FS_TRY(fs_draft_open(d, FS_PROMOTIONS, source, true, &draft, error));
    fs_status status = add_from(&draft, FS_SALES, "item", "item");
    if (status == FS_OK) status = add_from(&draft, FS_SALES, "store", "store");
    if (status == FS_OK) status = add_from(&draft, FS_SALES, "time", "start");
    for (int i = 0; i < t->columns && status == FS_OK; i++) {
        const fs_seen_column *c = &t->column[i];
        bool other = c->wide || c->profile->fractional ||
                     (draft.taken[i] && i != t->fit[FS_SALES].role[role].column);
        if (!other && fs_role_sure(t, c, FS_SALES, role, NULL) >= 0.5)
            status = promotion_flag(&draft, i, &body, &flags);
    }
    if (status == FS_OK)
        status = about(&draft, "a row for each flag that is set in the sales panel");
    if (status == FS_OK && flags)
        status = ordered(&draft, "kind", &body) == FS_OK ? FS_OK : fs_fail_memory(error, 64);
    if (status == FS_OK && flags) draft.map->body = fs_arena_strdup(&d->arena, body.data);
    if (status == FS_OK && !flags)
        d->maps--;
    else if (status == FS_OK && !draft.map->body)
        status = fs_fail_memory(error, 64);
    fs_buffer_free(&body);
    fs_status closed = fs_draft_close(&draft);
    return status != FS_OK ? status : closed;
}

fs_status fs_mapping_more(fs_detection *d, fs_error *error)
{
    if (d->sales >= 0) {
        FS_TRY(derive_entity(d, d->sales, FS_PRODUCTS, "item", error));
        FS_TRY(derive_entity(d, d->sales, FS_CUSTOMERS, "customer", error));
        FS_TRY(derive_entity(d, d->sales, FS_STORES, "store", error));
    }
    for (int t = 0; t < d->tables; t++) /* a list of products per store says what the stores are */
        if (t != d->sales && d->table[t].home == FS_PRODUCTS && !is_home(d, FS_STORES) &&
            (d->sales < 0 || fs_role_column(&d->table[t], FS_STORES, "kind") >= 0))
            FS_TRY(derive_entity(d, t, FS_STORES, "store", error));
    for (int t = 0; t < d->tables; t++)
        if (d->table[t].home == FS_PRODUCTS && d->table[t].use == FS_USE_HOME)
            FS_TRY(derive_stock(d, t, error));
    if (d->sales < 0 || !panel(&d->table[d->sales])) return FS_OK;
    FS_TRY(derive_prices(d, d->sales, error));
    FS_TRY(derive_stock(d, d->sales, error));
    FS_TRY(derive_calendar(d, d->sales, error));
    return derive_promotions(d, d->sales, error);
}
