/* mapping_links.c: what other raw tables add to a mapping: the header of a receipt (time, customer,
 * store …), how it was paid, who a customer really is, where a postal code lies, when a campaign
 * ran, what a category is called. All are left joins on keys made unique, so no row is lost or
 * doubled; the tables they use become look-ups.
 */
#include <string.h>

#include "mapping_internal.h"

#define TEXT   ((fs_reading){.kind = FS_READ_TEXT})
#define LINKED 0.9

/* ---- the receipt's header ---------------------------------------------------------------------- */

/* Canonical columns that belong to the line, not to its receipt. */
static const char LINE_ONLY[] =
    "item line units price amount discount cost basket note on_promotion visitors";

/* The role's SQL as if `table` were home, written with another alias. */
static const char *of_alias(fs_detection *d, const char *sql, const char *alias)
{
    fs_buffer out = {0};
    fs_status status = FS_OK;
    for (const char *at = sql; *at && status == FS_OK; at++)
        status =
            *at == FS_HOME[0] ? fs_buffer_printf(&out, "%s.", alias) : fs_buffer_add(&out, at, 1);
    const char *copy = status == FS_OK && out.data ? fs_arena_strdup(&d->arena, out.data) : NULL;
    fs_buffer_free(&out);
    return copy;
}

static fs_status header_role(fs_draft *draft, fs_draft *other, int role, const char *alias)
{
    const fs_canonical_column *c = &fs_canonical_at(FS_SALES)->column[role];
    const fs_fit_column *here = &draft->home->fit[FS_SALES].role[role],
                        *there = &other->home->fit[FS_SALES].role[role];
    const char *sql, *note;
    bool better = here->column < 0 ||
                  (!here->set && there->sure > here->sure + 0.05 && c->type == FS_TYPE_TIME);
    if (there->column < 0 || there->sure < 0.6 || !better ||
        fs_word_in(c->name, strlen(c->name), LINE_ONLY))
        return FS_OK;
    FS_TRY(fs_role_sql(other, FS_SALES, role, there->column, &sql, &note));
    if (!sql) return FS_OK;
    sql = of_alias(draft->d, sql, alias);
    return fs_draft_add(draft, c->name, sql, other->home->column[there->column].name, there->sure,
                        fs_draft_text(draft->d, "from %s; %s", other->home->name, there->why));
}

static fs_status join_header(fs_draft *draft, int table, int key_column)
{
    fs_detection *d = draft->d;
    fs_seen_table *header = &d->table[table];
    int basket = fs_role_column(draft->home, FS_SALES, "basket");
    fs_map unused = {.column = NULL};
    fs_draft other = {
        .d = d, .map = &unused, .home = header, .canonical = FS_SALES, .error = draft->error};
    other.taken = fs_arena_zero(&d->arena, (size_t)header->columns + 1);
    const char *key = fs_draft_other(d, table, key_column, TEXT),
               *home = fs_draft_home(draft, basket, TEXT);
    if (!other.taken || !key || !home) return fs_fail_memory(draft->error, 64);
    const char *alias = header->column[key_column].unique ? header->name : "headers";
    if (header->column[key_column].unique)
        FS_TRY(fs_draft_join(
            draft, fs_draft_text(d, "\nleft join %s\n    on %s.%s = %s", alias, alias, key, home)));
    else
        FS_TRY(fs_draft_join(
            draft,
            fs_draft_text(
                d,
                "\nleft join (\n    select header.*, row_number() over (partition by %s order by "
                "_file nulls last, _line nulls last) as place\n"
                "    from %s as header\n) as headers\n    on headers.%s = %s and headers.place = 1",
                key, header->name, key, home)));
    for (int k = 0; fs_canonical_at(FS_SALES)->column[k].name; k++)
        FS_TRY(header_role(draft, &other, k, alias));
    fs_buffer_free(&other.join);
    return FS_OK;
}

/* ---- how it was paid ------------------------------------------------------------------------------ */

static fs_status join_payment(fs_draft *draft)
{
    fs_detection *d = draft->d;
    int basket = fs_role_column(draft->home, FS_SALES, "basket");
    if (basket < 0 || fs_draft_has(draft, "payment") ||
        fs_role_column(draft->home, FS_SALES, "payment") >= 0)
        return FS_OK;
    for (int o = 0; o < d->tables; o++) {
        const fs_seen_table *t = &d->table[o];
        int key = fs_role_column(t, FS_SALES, "basket"),
            how = fs_role_column(t, FS_SALES, "payment");
        if (t == draft->home || key < 0 || how < 0 || t->use == FS_USE_HOME) continue;
        if (fs_link_strength(&draft->home->column[basket], t, &t->column[key]) < LINKED) continue;
        int amount = fs_role_column(t, FS_SALES, "amount");
        const char *k = fs_draft_other(d, o, key, TEXT), *p = fs_draft_other(d, o, how, TEXT);
        const char *a =
            amount < 0 ? NULL : fs_draft_other(d, o, amount, t->column[amount].profile->reading);
        const char *home = fs_draft_home(draft, basket, TEXT);
        const char *order = a ? fs_draft_text(d, "%s desc nulls last, %s nulls last", a, p)
                              : fs_draft_text(d, "%s nulls last", p);
        FS_TRY(fs_draft_join(
            draft,
            fs_draft_text(
                d,
                "\nleft join (\n    select %s as basket, %s as payment,\n           row_number() "
                "over (partition by %s order by %s) as place\n    from %s\n) as payments\n"
                "    on payments.basket = %s and payments.place = 1",
                k, p, k, order, t->name, home)));
        d->table[o].why = "how each receipt was paid; of several ways, the one of the largest part";
        return fs_draft_add(draft, "payment", "payments.payment", t->column[how].name,
                            t->fit[FS_SALES].role[fs_role_index(FS_SALES, "payment")].sure,
                            fs_draft_text(d, "from %s", t->name));
    }
    return FS_OK;
}

/* ---- who the customer is ------------------------------------------------------------------------------ */

/* A key of customers that no receipt has twice, beside another one that comes back: the other one
 * is the customer, the first only stands for the receipt. */
static int true_customer(const fs_detection *d, int table, int key)
{
    const fs_seen_table *t = &d->table[table];
    const char *words = fs_canonical_at(FS_CUSTOMERS)->column[0].words;
    for (int i = 0; i < t->columns; i++) {
        const fs_seen_column *c = &t->column[i];
        const fs_column_profile *p = c->profile;
        bool code = p->reading.kind == FS_READ_TEXT || p->reading.kind == FS_READ_INTEGER;
        if (i == key || !code || c->unique || p->fractional || p->distinct < 0.3 * (double)t->rows)
            continue;
        if (c->words.coded && fs_words_has(&c->words, words)) return i;
    }
    return -1;
}

/* The customers' table that the column refers to; *key gets its column. */
static int customers_of(const fs_detection *d, const fs_seen_column *customer, int *key)
{
    for (int o = 0; o < d->tables; o++) {
        const fs_seen_table *t = &d->table[o];
        if (t->use != FS_USE_HOME || t->home != FS_CUSTOMERS) continue;
        *key = fs_role_column(t, FS_CUSTOMERS, "customer");
        if (*key >= 0 && &t->column[*key] != customer &&
            fs_link_strength(customer, t, &t->column[*key]) >= LINKED)
            return o;
    }
    return -1;
}

static fs_status join_customer(fs_draft *draft)
{
    fs_detection *d = draft->d;
    int header = fs_detect_header(d, draft->home, NULL), key, other, real;
    const fs_seen_table *t = header >= 0 ? &d->table[header] : draft->home;
    int customer = fs_role_column(t, FS_SALES, "customer");
    if (customer < 0 || !fs_nearly_unique(t, &t->column[customer])) return FS_OK;
    if ((other = customers_of(d, &t->column[customer], &key)) < 0) return FS_OK;
    if ((real = true_customer(d, other, key)) < 0) return FS_OK;
    const fs_seen_table *people = &d->table[other];
    const char *k = fs_draft_other(d, other, key, TEXT), *v = fs_draft_other(d, other, real, TEXT),
               *home = NULL;
    fs_map_column *place = NULL;
    for (int i = 0; i < draft->map->columns; i++)
        if (strcmp(draft->map->column[i].name, "customer") == 0) place = &draft->map->column[i];
    home = place ? place->sql : fs_draft_home(draft, customer, TEXT);
    if (!k || !v || !home) return fs_fail_memory(draft->error, 64);
    FS_TRY(fs_draft_join(draft, fs_draft_text(d, "\nleft join %s\n    on %s.%s = %s", people->name,
                                              people->name, k, home)));
    const char *sql = fs_draft_text(d, "coalesce(%s.%s, %s)", people->name, v, home);
    const char *why =
        fs_draft_text(d, "from %s: %s is another one on each receipt, %s comes back", people->name,
                      t->column[customer].name, people->column[real].name);
    FS_TRY(fs_assume(d, draft->error,
                     "customers are told by %s, since %s is another one on each receipt",
                     people->column[real].name, t->column[customer].name));
    fs_fit_column *role =
        &d->table[other].fit[FS_CUSTOMERS].role[fs_role_index(FS_CUSTOMERS, "customer")];
    role->column = real; /* customers.sql follows */
    role->why = why;
    if (!place) return fs_draft_add(draft, "customer", sql, people->column[real].name, 0.9, why);
    *place = (fs_map_column){.name = "customer",
                             .sql = sql,
                             .note = why,
                             .sure = 0.9,
                             .from = people->column[real].name};
    return sql && why ? FS_OK : fs_fail_memory(draft->error, 64);
}

fs_status fs_sales_links(fs_draft *draft)
{
    int key, header = fs_detect_header(draft->d, draft->home, &key);
    if (header >= 0 && draft->d->table[header].use == FS_USE_LOOKUP)
        FS_TRY(join_header(draft, header, key));
    FS_TRY(join_payment(draft));
    return join_customer(draft);
}

/* ---- where a place lies ------------------------------------------------------------------------------------ */

fs_status fs_place_links(fs_draft *draft)
{
    fs_detection *d = draft->d;
    int post = fs_role_column(draft->home, draft->canonical, "postcode");
    if (post < 0 || fs_draft_has(draft, "latitude")) return FS_OK;
    for (int o = 0; o < d->tables; o++) {
        const fs_seen_table *t = &d->table[o];
        int code = fs_role_column(t, FS_CUSTOMERS, "postcode"),
            lat = fs_role_column(t, FS_CUSTOMERS, "latitude");
        int lon = fs_role_column(t, FS_CUSTOMERS, "longitude");
        if (t == draft->home || t->use == FS_USE_HOME || code < 0 || lat < 0 || lon < 0) continue;
        if (fs_link_strength(&draft->home->column[post], t, &t->column[code]) < 0.2) continue;
        const char *k = fs_draft_other(d, o, code, TEXT), *home = fs_draft_home(draft, post, TEXT);
        const char *a = fs_draft_other(d, o, lat, t->column[lat].profile->reading);
        const char *b = fs_draft_other(d, o, lon, t->column[lon].profile->reading);
        FS_TRY(fs_draft_join(
            draft, fs_draft_text(d,
                                 "\nleft join (\n    select %s as postcode, cast(sum(exact(%s)) as "
                                 "double) / nullif(count(%s), 0) as latitude,\n"
                                 "           cast(sum(exact(%s)) as double) / nullif(count(%s), 0) "
                                 "as longitude\n    from %s\n    group by %s\n) as places\n"
                                 "    on places.postcode = %s",
                                 k, a, a, b, b, t->name, k, home)));
        d->table[o].why = "where postal codes lie: the mean of their points";
        FS_TRY(fs_draft_add(draft, "latitude", "places.latitude", t->column[lat].name, 0.9,
                            "mean of the postal code's points"));
        return fs_draft_add(draft, "longitude", "places.longitude", t->column[lon].name, 0.9,
                            "mean of the postal code's points");
    }
    return FS_OK;
}

/* ---- when a campaign ran --------------------------------------------------------------------------------------- */

fs_status fs_campaign_links(fs_draft *draft)
{
    fs_detection *d = draft->d;
    int key = fs_role_column(draft->home, FS_PROMOTIONS, "promotion");
    if (key < 0 || fs_draft_has(draft, "start")) return FS_OK;
    for (int o = 0; o < d->tables; o++) {
        fs_seen_table *t = &d->table[o];
        int other = fs_role_column(t, FS_PROMOTIONS, "promotion"),
            start = fs_role_column(t, FS_PROMOTIONS, "start");
        int ended = fs_role_column(t, FS_PROMOTIONS, "ended");
        if (t == draft->home || other < 0 || start < 0 || !t->column[other].unique) continue;
        if (fs_link_strength(&draft->home->column[key], t, &t->column[other]) < LINKED) continue;
        fs_map unused = {.column = NULL};
        fs_draft there = {
            .d = d, .map = &unused, .home = t, .canonical = FS_PROMOTIONS, .error = draft->error};
        there.taken = fs_arena_zero(&d->arena, (size_t)t->columns + 1);
        const char *from = NULL, *to = NULL, *note;
        if (!there.taken) return fs_fail_memory(draft->error, 64);
        FS_TRY(fs_time_sql(&there, start, false, &from, &note));
        if (ended >= 0) FS_TRY(fs_time_sql(&there, ended, false, &to, &note));
        fs_buffer_free(&there.join);
        if (!from) return FS_OK;
        const char *k = fs_draft_other(d, o, other, TEXT), *home = fs_draft_home(draft, key, TEXT);
        FS_TRY(fs_draft_join(draft, fs_draft_text(d, "\nleft join %s\n    on %s.%s = %s", t->name,
                                                  t->name, k, home)));
        FS_TRY(fs_draft_add(draft, "start", of_alias(d, from, t->name), t->column[start].name, 0.9,
                            fs_draft_text(d, "from %s", t->name)));
        return to ? fs_draft_add(draft, "ended", of_alias(d, to, t->name), t->column[ended].name,
                                 0.9, fs_draft_text(d, "from %s", t->name))
                  : FS_OK;
    }
    return FS_OK;
}

/* ---- what a category is called --------------------------------------------------------------------------------- */

/* Where a row of a small file says what its key is called; -1: nowhere. */
static int name_column(const fs_seen_table *t, int key)
{
    for (int i = 0; i < t->columns; i++)
        if (i != key && t->column[i].words.named &&
            t->column[i].profile->reading.kind == FS_READ_TEXT)
            return i;
    int name = key == 0 ? 1 : 0;
    bool sure = t->column[key].profile->reading.kind == FS_READ_TEXT || t->columns == 2;
    bool text = name < t->columns && t->column[name].profile->reading.kind == FS_READ_TEXT;
    return t->columns <= 3 && sure && text ? name : -1;
}

static bool names_kinds(const fs_draft *draft, const fs_seen_table *t)
{
    return t != draft->home && t->use != FS_USE_HOME && !t->set && t->rows <= 5000;
}

/* Subcategories whose file says which category they are of, which has a file of names too. */
static fs_status join_parent(fs_draft *draft, int table)
{
    fs_detection *d = draft->d;
    const fs_seen_table *t = &d->table[table];
    for (int i = 0; i < t->columns && !fs_draft_has(draft, "category"); i++) {
        const fs_seen_column *c = &t->column[i];
        if (c->refers < 0 || c->unique || c->refers == table) continue;
        fs_seen_table *parent = &d->table[c->refers];
        int name = name_column(parent, c->refers_column);
        if (!names_kinds(draft, parent) || name < 0 || !parent->column[c->refers_column].unique)
            continue;
        const char *k = fs_draft_other(d, c->refers, c->refers_column, TEXT);
        const char *own = fs_draft_other(d, table, i, TEXT);
        const char *v = fs_draft_other(d, c->refers, name, TEXT);
        FS_TRY(fs_draft_join(draft, fs_draft_text(d, "\nleft join %s\n    on %s.%s = %s.%s",
                                                  parent->name, parent->name, k, t->name, own)));
        parent->why = "names of the categories";
        FS_TRY(fs_draft_add(draft, "category", fs_draft_text(d, "%s.%s", parent->name, v),
                            parent->column[name].name, 0.9,
                            fs_draft_text(d, "from %s", parent->name)));
    }
    return FS_OK;
}

static fs_status join_names(fs_draft *draft, const char *role, int table, int key, int name)
{
    fs_detection *d = draft->d;
    fs_seen_table *t = &d->table[table];
    int column = fs_role_column(draft->home, FS_PRODUCTS, role);
    const char *k = fs_draft_other(d, table, key, TEXT), *v = fs_draft_other(d, table, name, TEXT);
    const char *home = fs_draft_home(draft, column, TEXT);
    FS_TRY(fs_draft_join(
        draft, fs_draft_text(d, "\nleft join %s\n    on %s.%s = %s", t->name, t->name, k, home)));
    t->why = "names of the categories";
    for (int i = 0; i < draft->map->columns; i++)
        if (strcmp(draft->map->column[i].name, role) == 0)
            draft->map->column[i].sql =
                fs_draft_text(d, "coalesce(%s.%s, %s)", t->name, v, draft->map->column[i].sql);
    return strcmp(role, "subcategory") == 0 ? join_parent(draft, table) : FS_OK;
}

fs_status fs_category_link(fs_draft *draft, const char *role)
{
    fs_detection *d = draft->d;
    int key = fs_role_column(draft->home, FS_PRODUCTS, role);
    for (int o = 0; key >= 0 && o < d->tables; o++) {
        const fs_seen_table *t = &d->table[o];
        if (!names_kinds(draft, t)) continue;
        for (int j = 0; j < t->columns; j++) {
            int name = t->column[j].unique ? name_column(t, j) : -1;
            if (name < 0) continue;
            if (fs_link_strength(&draft->home->column[key], t, &t->column[j]) < LINKED) continue;
            return join_names(draft, role, o, j, name);
        }
    }
    return FS_OK;
}

/* ---- kinds of products ------------------------------------------------------------------------------------------ */

static fs_status join_kind(fs_draft *draft, int table, int key, int column)
{
    fs_detection *d = draft->d;
    fs_seen_table *t = &d->table[table];
    fs_map unused = {.column = NULL};
    fs_draft there = {
        .d = d, .map = &unused, .home = t, .canonical = FS_PRODUCTS, .error = draft->error};
    int added = 0;
    there.taken = fs_arena_zero(&d->arena, (size_t)t->columns + 1);
    if (!there.taken) return fs_fail_memory(draft->error, 64);
    for (int k = 0; fs_canonical_at(FS_PRODUCTS)->column[k].name; k++) {
        const fs_fit_column *fit = &t->fit[FS_PRODUCTS].role[k];
        const char *name = fs_canonical_at(FS_PRODUCTS)->column[k].name, *sql, *note;
        if (fit->column < 0 || fit->column == key || fit->sure < 0.6 || strcmp(name, "item") == 0 ||
            draft->home->fit[FS_PRODUCTS].role[k].column >= 0 || fs_draft_has(draft, name))
            continue;
        FS_TRY(fs_role_sql(&there, FS_PRODUCTS, k, fit->column, &sql, &note));
        if (!sql) continue;
        FS_TRY(fs_draft_add(draft, name, of_alias(d, sql, t->name), t->column[fit->column].name,
                            fit->sure, fs_draft_text(d, "from %s; %s", t->name, fit->why)));
        added++;
    }
    fs_buffer_free(&there.join);
    if (!added) return FS_OK;
    const char *k = fs_draft_other(d, table, key, TEXT), *home = fs_draft_home(draft, column, TEXT);
    draft->taken[column] = false; /* passes through too */
    t->why = "kinds of the products: what they have in common";
    return fs_draft_join(
        draft, fs_draft_text(d, "\nleft join %s\n    on %s.%s = %s", t->name, t->name, k, home));
}

/* A file of kinds that a column of the products refers to: their name, category, brand … */
fs_status fs_kind_links(fs_draft *draft)
{
    fs_detection *d = draft->d;
    int item = fs_role_column(draft->home, FS_PRODUCTS, "item");
    for (int i = 0; i < draft->home->columns; i++) {
        const fs_seen_column *c = &draft->home->column[i];
        if (i == item || c->refers < 0 || c->unique || draft->taken[i]) continue;
        const fs_seen_table *t = &d->table[c->refers];
        if (t == draft->home || t->use != FS_USE_NONE || t->set ||
            !t->column[c->refers_column].unique)
            continue;
        FS_TRY(join_kind(draft, c->refers, c->refers_column, i));
    }
    return FS_OK;
}

/* ---- more about the same ones ----------------------------------------------------------------------------------- */

/* Columns of a second file about the same products, customers or stores. */
fs_status fs_entity_links(fs_draft *draft, const char *key_name)
{
    fs_detection *d = draft->d;
    int canonical = draft->canonical, key = fs_role_column(draft->home, canonical, key_name);
    for (int o = 0; key >= 0 && o < d->tables; o++) {
        fs_seen_table *t = &d->table[o];
        int other = fs_role_column(t, canonical, key_name), added = 0;
        if (t->use != FS_USE_LOOKUP || t->home != canonical || other < 0) continue;
        fs_map unused = {.column = NULL};
        fs_draft there = {
            .d = d, .map = &unused, .home = t, .canonical = canonical, .error = draft->error};
        there.taken = fs_arena_zero(&d->arena, (size_t)t->columns + 1);
        if (!there.taken) return fs_fail_memory(draft->error, 64);
        for (int k = 0; fs_canonical_at(canonical)->column[k].name; k++) {
            const fs_fit_column *fit = &t->fit[canonical].role[k];
            const char *name = fs_canonical_at(canonical)->column[k].name, *sql, *note;
            if (fit->column < 0 || draft->home->fit[canonical].role[k].column >= 0 ||
                fs_draft_has(draft, name))
                continue;
            FS_TRY(fs_role_sql(&there, canonical, k, fit->column, &sql, &note));
            if (!sql) continue;
            FS_TRY(fs_draft_add(draft, name, of_alias(d, sql, t->name), t->column[fit->column].name,
                                fit->sure, fs_draft_text(d, "from %s; %s", t->name, fit->why)));
            added++;
        }
        fs_buffer_free(&there.join);
        if (!added) {
            t->use = FS_USE_NONE;
            t->why = "another file has the same ones with the same columns";
            continue;
        }
        const char *k = fs_draft_other(d, o, other, TEXT), *home = fs_draft_home(draft, key, TEXT);
        FS_TRY(fs_draft_join(draft, fs_draft_text(d, "\nleft join %s\n    on %s.%s = %s", t->name,
                                                  t->name, k, home)));
    }
    return FS_OK;
}
