/* mapping.c: the SELECT of each canonical table, as a person would write it.
 *
 * One mapping per raw table that has its home in a canonical one: canonical columns first, each
 * with what it was taken from, how sure that is and by what evidence; then the columns that nothing
 * took, under their own names; then `_file` and `_line`, by which each row is accounted for. Joins
 * (headers, calendars, campaigns, places) are left joins on keys that are unique or made so, so that
 * no row is lost or doubled.
 */
#include <stdarg.h>
#include <stdio.h>
#include <math.h>
#include <string.h>

#include "mapping_internal.h"

#define TEXT ((fs_reading){.kind = FS_READ_TEXT})

/* ---- drafts ------------------------------------------------------------------------------ */

const char *fs_draft_text(fs_detection *d, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int bytes = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (bytes < 0) return NULL;
    char *out = fs_arena_alloc(&d->arena, (size_t)bytes + 1);
    va_start(list, format);
    if (out) vsnprintf(out, (size_t)bytes + 1, format, list);
    va_end(list);
    return out;
}

static const char *quoted(fs_detection *d, const char *name)
{
    fs_buffer out = {0};
    const char *copy =
        fs_detect_quoted(name, &out) == FS_OK ? fs_arena_strdup(&d->arena, out.data) : NULL;
    fs_buffer_free(&out);
    return copy;
}

static void use(fs_seen_column *column, fs_reading reading)
{
    if (!column->used && !column->reading_set) column->reading = reading;
    column->used = true;
}

const char *fs_draft_home(fs_draft *draft, int column, fs_reading reading)
{
    use(&draft->home->column[column], reading);
    draft->taken[column] = true;
    const char *name = quoted(draft->d, draft->home->column[column].name);
    return name ? fs_draft_text(draft->d, FS_HOME "%s", name) : NULL;
}

const char *fs_draft_other(fs_detection *d, int table, int column, fs_reading reading)
{
    use(&d->table[table].column[column], reading);
    if (d->table[table].use == FS_USE_NONE) d->table[table].use = FS_USE_LOOKUP;
    return quoted(d, d->table[table].column[column].name);
}

fs_status fs_draft_open(fs_detection *d, int canonical, int home, bool derived, fs_draft *draft,
                        fs_error *error)
{
    if (d->maps == d->map_room) {
        int room = d->map_room ? 2 * d->map_room : 16;
        fs_map *more = fs_arena_zero(&d->arena, sizeof *more * (size_t)room);
        if (!more) return fs_fail_memory(error, sizeof *more * (size_t)room);
        if (d->maps) memcpy(more, d->map, sizeof *more * (size_t)d->maps);
        d->map = more;
        d->map_room = room;
    }
    int before = 0;
    for (int i = 0; i < d->maps; i++) before += d->map[i].table == canonical;
    const char *name = fs_canonical_at(canonical)->name;
    const char *file = before ? fs_draft_text(d, "sources/%s_%d.sql", name, before + 1)
                              : fs_draft_text(d, "sources/%s.sql", name);
    fs_map *map = &d->map[d->maps];
    *map = (fs_map){.table = canonical,
                    .home = home,
                    .derived = derived,
                    .file = file,
                    .room = FS_ROLES_MAX + d->table[home].columns};
    map->column = fs_arena_zero(&d->arena, sizeof *map->column * (size_t)map->room);
    *draft = (fs_draft){
        .d = d, .map = map, .home = &d->table[home], .canonical = canonical, .error = error};
    draft->taken = fs_arena_zero(&d->arena, (size_t)d->table[home].columns + 1);
    if (!file || !map->column || !draft->taken) return fs_fail_memory(error, 64);
    d->maps++;
    return FS_OK;
}

bool fs_draft_has(const fs_draft *draft, const char *name)
{
    for (int i = 0; i < draft->map->columns; i++)
        if (strcasecmp(draft->map->column[i].name, name) == 0) return true;
    return false;
}

fs_status fs_draft_add(fs_draft *draft, const char *name, const char *sql, const char *from,
                       double sure, const char *why)
{
    fs_map *map = draft->map;
    if (!name || !sql || !why) return fs_fail_memory(draft->error, 64);
    if (map->columns == map->room) return FS_OK;
    map->column[map->columns++] =
        (fs_map_column){.name = name, .sql = sql, .from = from, .sure = sure, .note = why};
    return FS_OK;
}

fs_status fs_draft_join(fs_draft *draft, const char *text)
{
    if (!text || fs_buffer_text(&draft->join, text) != FS_OK)
        return fs_fail_memory(draft->error, 64);
    return FS_OK;
}

static bool is_canonical(int canonical, const char *name)
{
    for (int k = 0; fs_canonical_at(canonical)->column[k].name; k++)
        if (strcasecmp(fs_canonical_at(canonical)->column[k].name, name) == 0) return true;
    return false;
}

/* Attributes of a wide table's products and stores go into those, not into each period's row. */
static bool derived_later(const fs_draft *draft, int column)
{
    static const int tables[] = {FS_PRODUCTS, FS_STORES, FS_CUSTOMERS};
    for (size_t k = 0; k < 3 && draft->canonical == FS_SALES; k++) {
        bool home = false, role = false;
        for (int t = 0; t < draft->d->tables; t++)
            home = home ||
                   (draft->d->table[t].use == FS_USE_HOME && draft->d->table[t].home == tables[k]);
        for (int r = 0; r < FS_ROLES_MAX; r++)
            role = role || draft->home->fit[tables[k]].role[r].column == column;
        if (role && !home) return true;
    }
    return false;
}

/* The key of products, customers or stores that stand in several rows: then only what hangs on the
 * key passes through, so that those rows are the same and become one. -1: each has one row. */
static int repeated_key(const fs_draft *draft)
{
    static const char *const keys[FS_CANONICAL_TABLES] = {
        [FS_PRODUCTS] = "item", [FS_CUSTOMERS] = "customer", [FS_STORES] = "store"};
    int key = keys[draft->canonical]
                  ? fs_role_column(draft->home, draft->canonical, keys[draft->canonical])
                  : -1;
    return key >= 0 && !draft->home->column[key].unique ? key : -1;
}

fs_status fs_draft_rest(fs_draft *draft)
{
    fs_seen_table *t = draft->home;
    int key = repeated_key(draft);
    for (int i = 0; i < t->columns; i++) {
        fs_seen_column *c = &t->column[i];
        if (draft->taken[i] || c->wide || c->profile->missing == c->profile->rows) continue;
        if (t->wide.kind != FS_LABEL_NONE &&
            (c->unique || i == t->wide.label || i == t->wide.value))
            continue;
        if (t->wide.kind != FS_LABEL_NONE && derived_later(draft, i)) continue;
        bool of_key = true;
        if (key >= 0) FS_TRY(fs_depends(draft->d, t, key, i, 1, &of_key, draft->error));
        if (!of_key) continue;
        c->personal = fs_tells_who(draft, i);
        if (c->personal) continue;
        const char *name = quoted(draft->d, c->name), *out = name;
        if (is_canonical(draft->canonical, c->name) || c->name[0] == '_')
            out = quoted(draft->d, fs_draft_text(draft->d, "%s of file", c->name));
        fs_reading reading = c->profile->unread ? TEXT : c->profile->reading;
        if (c->profile->leading_zeros) reading = TEXT;
        if (!name || !out) return fs_fail_memory(draft->error, 64);
        FS_TRY(fs_draft_add(draft, out, fs_draft_home(draft, i, reading), c->name, 0, ""));
    }
    return FS_OK;
}

/* Puts the home table's name before its columns where there are joins. */
static const char *resolve(fs_draft *draft, const char *text)
{
    const char *table = draft->join.size ? draft->home->name : "";
    fs_buffer out = {0};
    fs_status status = FS_OK;
    for (const char *at = text; *at && status == FS_OK; at++)
        status = *at != FS_HOME[0] ? fs_buffer_add(&out, at, 1)
                 : *table          ? fs_buffer_printf(&out, "%s.", table)
                                   : FS_OK;
    const char *copy =
        status == FS_OK ? fs_arena_strdup(&draft->d->arena, out.data ? out.data : "") : NULL;
    fs_buffer_free(&out);
    return copy;
}

fs_status fs_draft_close(fs_draft *draft)
{
    fs_map *map = draft->map;
    bool ok = true;
    for (int i = 0; i < map->columns; i++)
        ok = (map->column[i].sql = resolve(draft, map->column[i].sql)) && ok;
    const char *join = draft->join.size ? resolve(draft, draft->join.data) : "";
    map->from = join ? fs_draft_text(draft->d, "%s%s", draft->home->name, join) : NULL;
    if (map->body) ok = (map->body = resolve(draft, map->body)) && ok;
    fs_buffer_free(&draft->join);
    return ok && map->from ? FS_OK : fs_fail_memory(draft->error, 64);
}

/* ---- one role ---------------------------------------------------------------------------------- */

static bool numeric(const fs_column_profile *p)
{
    return p->reading.kind == FS_READ_INTEGER || p->reading.kind == FS_READ_NUMBER;
}

/* Codes that a program wrote as 17850.0 are 17850. */
static const char *key_sql(fs_draft *draft, int column)
{
    const fs_column_profile *p = draft->home->column[column].profile;
    bool decimals = p->reading.kind == FS_READ_NUMBER && p->fractional == 0 && p->longest > 2;
    const char *name = fs_draft_home(draft, column, decimals ? p->reading : TEXT);
    return !decimals || !name ? name
                              : fs_draft_text(draft->d, "cast(cast(%s as bigint) as string)", name);
}

static const char *flag_sql(fs_draft *draft, int column)
{
    const fs_seen_column *c = &draft->home->column[column];
    const fs_column_profile *p = c->profile;
    fs_reading boolean = {.kind = FS_READ_BOOL};
    bool plain = p->reading.kind == FS_READ_BOOL ||
                 (numeric(p) && p->bools == p->rows - p->missing && p->bools > 0);
    const char *name = fs_draft_home(draft, column, plain ? boolean : p->reading);
    if (!name) return NULL;
    bool opposite = fs_words_has(&c->words, "closed outofstock oos stockout control");
    if (plain) return opposite ? fs_draft_text(draft->d, "not %s", name) : name;
    if (numeric(p)) return fs_draft_text(draft->d, "%s <> 0", name);
    return fs_draft_text(
        draft->d, "lower(%s) not in ('0', 'no', 'none', 'n', 'false', 'control', 'no e-mail')",
        name);
}

static const char *number_sql(fs_draft *draft, int column)
{
    const fs_seen_column *c = &draft->home->column[column];
    fs_reading reading = numeric(c->profile) || c->reading_set
                             ? c->profile->reading
                             : (fs_reading){.kind = FS_READ_NUMBER, .decimal = '.'};
    if (!numeric(c->profile) && c->profile->numbers_comma > c->profile->numbers_point)
        reading.decimal = ',';
    const char *name = fs_draft_home(draft, column, reading);
    bool log = fs_words_has(&c->words, "log ln") && c->profile->greatest < 30;
    return log && name ? fs_draft_text(draft->d, "exp(%s)", name) : name;
}

/* 20 where a share of 1 is wanted are percent. A change may be of more than all: 2 and 3 are percent, 1.5 is 150 %. */
static const char *share_sql(fs_draft *draft, int canonical, int column)
{
    const char *sql = number_sql(draft, column);
    const fs_column_profile *p = draft->home->column[column].profile;
    double most = fmax(p->greatest, -p->least);
    bool percent =
        canonical == FS_OVERRIDES ? most > 3 || (most > 1 && !p->fractional) : p->greatest > 1;
    return percent && sql ? fs_draft_text(draft->d, "%s / 100", sql) : sql;
}

/* Days, where the name says weeks or months. */
static const char *days_sql(fs_draft *draft, int column)
{
    const fs_words *words = &draft->home->column[column].words;
    const char *sql = number_sql(draft, column);
    int days = fs_words_has(
                   words, "week weeks wk wks wochen woche semanas semana semaines settimane weken")
                   ? 7
               : fs_words_has(words, "month months monat monate mes meses mois mesi maanden") ? 30
                                                                                              : 1;
    return days > 1 && sql ? fs_draft_text(draft->d, "%d * %s", days, sql) : sql;
}

/* A discount as a share of the price, not as money. */
static bool is_rate(const fs_seen_column *c)
{
    const fs_column_profile *p = c->profile;
    return numeric(p) && p->least >= 0 && p->greatest > 0 &&
           ((p->greatest <= 1 && p->fractional) ||
            fs_words_has(&c->words, "pct percent percentage rate share prozent"));
}

/* The price of a piece: that of the list is less the share that is taken off it. */
static const char *price_sql(fs_draft *draft, int column, const char **note)
{
    const fs_seen_column *c = &draft->home->column[column];
    int discount = fs_role_column(draft->home, FS_SALES, "discount");
    const char *sql = number_sql(draft, column);
    if (!sql || discount < 0 || !fs_words_has(&c->words, FS_LISTED) ||
        !is_rate(&draft->home->column[discount]))
        return sql;
    const char *share = share_sql(draft, FS_SALES, discount);
    if (note) *note = "that of the list, less the discount";
    return share ? fs_draft_text(draft->d, "(%s * (1 - coalesce(%s, 0)))", sql, share) : NULL;
}

/* What was taken off a line of sales, in money: a share of the price before it, or written below zero. */
static const char *discount_sql(fs_draft *draft, int column, const char **note)
{
    const fs_seen_column *c = &draft->home->column[column];
    const fs_column_profile *p = c->profile;
    const char *sql = number_sql(draft, column);
    int units = fs_role_column(draft->home, FS_SALES, "units"),
        amount = fs_role_column(draft->home, FS_SALES, "amount"),
        price = fs_role_column(draft->home, FS_SALES, "price");
    if (!sql || !numeric(p)) return sql;
    if (p->greatest <= 0 && p->negative > 0) return fs_draft_text(draft->d, "-%s", sql);
    if (!is_rate(c)) return sql;
    const char *paid = amount >= 0 ? number_sql(draft, amount)
                       : price >= 0 && units >= 0
                           ? fs_draft_text(draft->d, "%s * %s", number_sql(draft, units),
                                           price_sql(draft, price, NULL))
                           : NULL;
    if (!paid) return NULL;
    const char *part = p->greatest > 1 ? fs_draft_text(draft->d, "%s / 100", sql) : sql;
    *note = "a share of the price: what was paid tells the money";
    return part ? fs_draft_text(draft->d, "abs(%s) * %s / nullif(1 - %s, 0)", paid, part, part)
                : NULL;
}

/* An event's name; '0' means none, and a yes stands for "holiday". */
static const char *event_sql(fs_draft *draft, int column)
{
    const fs_column_profile *p = draft->home->column[column].profile;
    bool flag = p->reading.kind == FS_READ_BOOL ||
                (numeric(p) && p->bools == p->rows - p->missing && p->bools > 0);
    const char *name =
        fs_draft_home(draft, column, flag ? (fs_reading){.kind = FS_READ_BOOL} : TEXT);
    if (!name) return NULL;
    return flag ? fs_draft_text(draft->d, "case when %s then 'holiday' end", name)
                : fs_draft_text(draft->d, "nullif(%s, '0')", name);
}

fs_status fs_role_sql(fs_draft *draft, int canonical, int role, int column, const char **sql,
                      const char **note)
{
    const fs_canonical_column *c = &fs_canonical_at(canonical)->column[role];
    const fs_seen_column *raw = &draft->home->column[column];
    *note = NULL;
    *sql = NULL;
    if (c->type == FS_TYPE_TIME || c->type == FS_TYPE_DATE)
        return fs_time_sql(draft, column, strcmp(c->name, "ended") == 0, sql, note);
    if (c->type == FS_TYPE_BOOL)
        *sql = flag_sql(draft, column);
    else if (c->type == FS_TYPE_DOUBLE && c->unit && strcmp(c->unit, "share of 1") == 0)
        *sql = share_sql(draft, canonical, column);
    else if (c->type == FS_TYPE_DOUBLE && c->unit && strcmp(c->unit, "days") == 0)
        *sql = days_sql(draft, column);
    else if (c->type == FS_TYPE_DOUBLE && canonical == FS_SALES &&
             strcmp(c->name, "discount") == 0) {
        *sql = discount_sql(draft, column, note);
        if (!*sql) return FS_OK;
    } else if (canonical == FS_SALES && strcmp(c->name, "price") == 0)
        *sql = price_sql(draft, column, note);
    else if (c->type == FS_TYPE_DOUBLE)
        *sql = number_sql(draft, column);
    else if (strcmp(c->name, "event") == 0)
        *sql = event_sql(draft, column);
    else
        *sql = key_sql(draft, column);
    if (*sql && strncmp(*sql, "exp(", 4) == 0)
        *note = fs_draft_text(draft->d, "%s holds logarithms, by its name", raw->name);
    return *sql ? FS_OK : fs_fail_memory(draft->error, 64);
}

/* ---- a raw table with its home --------------------------------------------------------------------- */

/* Does it stand on some lines of a receipt only, as of the whole receipt? */
static fs_status of_receipt(fs_draft *draft, int column, bool *yes)
{
    const fs_seen_table *t = draft->home;
    const fs_column_profile *p = t->column[column].profile;
    int basket = fs_role_column(t, FS_SALES, "basket");
    int64_t partly = 0;
    *yes = false;
    if (basket < 0 || basket == column || p->missing * 20 < p->rows || !draft->d->engine ||
        t->wide.kind != FS_LABEL_NONE || t->column[basket].unique)
        return FS_OK;
    FS_TRY(fs_depends(draft->d, t, basket, column, 1, yes, draft->error));
    if (!*yes) return FS_OK;
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "select count(*) from (select 1 from ");
    if (status == FS_OK) status = fs_buffer_printf(&sql, "%s group by ", t->name);
    if (status == FS_OK) status = fs_detect_quoted(t->column[basket].name, &sql);
    if (status == FS_OK) status = fs_buffer_text(&sql, " having count(");
    if (status == FS_OK) status = fs_detect_quoted(t->column[column].name, &sql);
    if (status == FS_OK) status = fs_buffer_text(&sql, ") between 1 and count(*) - 1)");
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(draft->error, 64);
    FS_TRY(fs_detect_ask(draft->d, &sql, &partly, draft->error));
    *yes = partly > 0;
    return FS_OK;
}

static fs_status fill_receipt(fs_draft *draft, const char *name, int column, const char **sql,
                              const char **note)
{
    bool yes = false;
    if (draft->canonical != FS_SALES ||
        !fs_word_in(name, strlen(name), "status payment country store customer"))
        return FS_OK;
    FS_TRY(of_receipt(draft, column, &yes));
    if (!yes) return FS_OK;
    const char *basket = key_sql(draft, fs_role_column(draft->home, FS_SALES, "basket"));
    *sql =
        basket
            ? fs_draft_text(draft->d,
                            "case when %s is null then %s else max(%s) over (partition by %s) end",
                            basket, *sql, *sql, basket)
            : NULL;
    *note = "stands on one line of each receipt: of all its lines";
    return *sql ? FS_OK : fs_fail_memory(draft->error, 64);
}

static fs_status add_role(fs_draft *draft, int role)
{
    const fs_fit_column *fit = &draft->home->fit[draft->canonical].role[role];
    const char *sql, *note;
    const char *name = fs_canonical_at(draft->canonical)->column[role].name;
    if (fit->column < 0 || fs_draft_has(draft, name)) return FS_OK;
    if (strcmp(name, "on_order") == 0 && !fit->set && fs_arrivals(draft->home, NULL, NULL) > 0)
        return FS_OK; /* they have rows of their own */
    if (strcmp(name, "note") == 0 && !fit->set && fs_tells_who(draft, fit->column))
        return FS_OK; /* the name of who bought is no remark on what was bought */
    FS_TRY(fs_role_sql(draft, draft->canonical, role, fit->column, &sql, &note));
    if (!sql) return FS_OK;
    FS_TRY(fill_receipt(draft, name, fit->column, &sql, &note));
    int units = fs_role_column(draft->home, FS_SALES, "units");
    if (fit->per_line && units >= 0)
        sql = fs_draft_text(draft->d, "%s / nullif(%s, 0)", sql, number_sql(draft, units));
    const char *why = note ? fs_draft_text(draft->d, "%s; %s", fit->why, note) : fit->why;
    return fs_draft_add(draft, name, sql, draft->home->column[fit->column].name, fit->sure, why);
}

/* Any of several flags is a promotion. */
static fs_status any_promotion(fs_draft *draft)
{
    int role = fs_role_index(FS_SALES, "on_promotion"), flags = 0;
    const fs_fit_column *fit = &draft->home->fit[FS_SALES].role[role];
    fs_buffer sql = {0}, from = {0};
    fs_status status = FS_OK;
    for (int i = 0; i < draft->home->columns && fit->column >= 0 && !fit->set && status == FS_OK;
         i++) {
        const fs_seen_column *c = &draft->home->column[i];
        bool other = c->wide || (i != fit->column && draft->taken[i]);
        if (other || fs_role_sure(draft->home, c, FS_SALES, role, NULL) < 0.5) continue;
        const char *flag = flag_sql(draft, i);
        if (!flag)
            status = FS_MEMORY;
        else
            status = fs_buffer_printf(&sql, "%s%s", flags++ ? " or " : "", flag);
        if (status == FS_OK)
            status = fs_buffer_printf(&from, "%s%s", from.size ? ", " : "", c->name);
    }
    if (status == FS_OK && flags > 1) {
        const char *text = fs_draft_text(draft->d, "%s", sql.data),
                   *names = fs_draft_text(draft->d, "%s", from.data);
        status = fs_draft_add(draft, "on_promotion", text, names, fit->sure, "any of these flags");
    }
    fs_buffer_free(&sql);
    fs_buffer_free(&from);
    return status == FS_MEMORY ? fs_fail_memory(draft->error, 64) : status;
}

/* stem1 … stemN beside a key with the values 1 … N: the row's own is the one of its number. */
static fs_status own_of_numbered(fs_draft *draft, int canonical)
{
    fs_seen_table *t = draft->home;
    int key = fs_role_column(t, canonical, "item"), count = 0;
    int price = fs_role_index(canonical, "price");
    if (key < 0 || price < 0 || t->fit[canonical].role[price].column >= 0) {
        int c = price < 0 ? -1 : t->fit[canonical].role[price].column;
        if (key < 0 || c < 0 || t->column[c].numbered < 0 || t->fit[canonical].role[price].set)
            return FS_OK;
    }
    const fs_column_profile *p = t->column[key].profile;
    fs_buffer sql = {0};
    const char *name = fs_draft_home(draft, key, TEXT);
    fs_status status = name ? fs_buffer_printf(&sql, "case %s", name) : FS_MEMORY;
    for (int i = 0; i < t->columns && status == FS_OK && p->reading.kind == FS_READ_INTEGER; i++) {
        const fs_seen_column *c = &t->column[i];
        if (c->numbered < (int)p->least || c->numbered > (int)p->greatest || !numeric(c->profile))
            continue;
        if (fs_words_fit(&c->words, fs_canonical_at(canonical)->column[price].words, &t->words) <
            0.5)
            continue;
        const char *value = fs_draft_home(draft, i, c->profile->reading);
        draft->taken[i] = false;
        status =
            value ? fs_buffer_printf(&sql, " when '%d' then %s", c->numbered, value) : FS_MEMORY;
        count++;
    }
    if (status == FS_OK && count >= 2 && count >= (int)p->distinct && p->least >= 1) {
        const char *text = fs_draft_text(draft->d, "%s end", sql.data);
        status = fs_draft_add(draft, "price", text, "the numbered prices", 0.9,
                              "each row's own: the one with the number of its item");
    }
    fs_buffer_free(&sql);
    return status == FS_MEMORY ? fs_fail_memory(draft->error, 64) : status;
}

static fs_status without_measure(fs_draft *draft)
{
    bool units = fs_draft_has(draft, "units"), amount = fs_draft_has(draft, "amount");
    if (units || amount) return FS_OK;
    const char *why = fs_draft_has(draft, "price")
                          ? "no column counts pieces: each line is one"
                          : "no column says how much: each line is one purchase";
    FS_TRY(fs_assume(draft->d, draft->error, "%s: %s", draft->home->name, why));
    return fs_draft_add(draft, "units", "cast(1 as double)", NULL, 0.8, why);
}

/* A group whose name says "no" or "control" was not treated. */
static const char *untreated(const fs_seen_column *c)
{
    fs_arena arena = {0};
    const char *found = NULL;
    for (int i = 0; i < c->profile->examples && !found && c->profile->distinct <= 12; i++) {
        fs_words words;
        if (fs_words_make(&arena, c->profile->example[i], NULL, &words, NULL) != FS_OK) break;
        if (fs_words_has(&words,
                         "no none control holdout kontrolle kontrollgruppe untreated placebo"))
            found = c->profile->example[i];
    }
    fs_arena_free(&arena);
    return found;
}

/* A test of a treatment: who was treated, by the group's name, and who it was, where rows are people. */
static fs_status experiment(fs_draft *draft)
{
    int kind = fs_role_column(draft->home, FS_PROMOTIONS, "kind");
    if (kind < 0 || !fs_draft_has(draft, "redeemed") || fs_draft_has(draft, "item") ||
        fs_draft_has(draft, "store"))
        return FS_OK;
    const char *none = untreated(&draft->home->column[kind]);
    fs_buffer quoted = {0};
    fs_status status = none ? fs_sql_text(&quoted, none) : FS_OK;
    const char *sql =
        none && status == FS_OK
            ? fs_draft_text(draft->d, "%s <> '%s'", fs_draft_home(draft, kind, TEXT), quoted.data)
            : NULL;
    fs_buffer_free(&quoted);
    if (none && !fs_draft_has(draft, "treated"))
        FS_TRY(fs_draft_add(draft, "treated", sql, draft->home->column[kind].name, 0.9,
                            fs_draft_text(draft->d, "all but the group '%s'", none)));
    if (fs_draft_has(draft, "customer")) return FS_OK;
    return fs_draft_add(draft, "customer", "cast(_line as string)", NULL, 0.8,
                        "no column says who: each row is one customer, told by its line");
}

/* In a file of redemptions each row is one. */
static fs_status redemptions(fs_draft *draft)
{
    if (fs_draft_has(draft, "redeemed") ||
        !fs_words_has(&draft->home->words, "redeemed redemption redemptions redempt"))
        return FS_OK;
    return fs_draft_add(draft, "redeemed", "true", NULL, 0.9,
                        "the file's name says that its rows are redemptions");
}

/* Words that stand in place of a product or a store on a line of totals. */
#define TOTALS                                                                                     \
    "'total', 'totals', 'grand total', 'sum', 'summe', 'gesamt', 'gesamtsumme', 'total general', " \
    "'total g\xc3\xa9n\xc3\xa9ral', 'totale', 'totaal', 'eindtotaal', 'razem', 'suma', 'toplam', " \
    "'genel toplam', '\xd0\xb8\xd1\x82\xd0\xbe\xd0\xb3\xd0\xbe', '\xe5\x90\x88\xe8\xa8\x88', "     \
    "'\xe5\x90\x88\xe8\xae\xa1', '\xed\x95\xa9\xea\xb3\x84'"

/* Lines of totals are left out, and said; a few at most, else it is no total. */
static fs_status without_totals(fs_draft *draft)
{
    static const char *const role[] = {"item", "store"};
    fs_seen_table *t = draft->home;
    for (int k = 0; k < 2 && draft->d->engine; k++) {
        int column = fs_role_column(t, FS_SALES, role[k]);
        if (column < 0 || column >= t->file->columns ||
            t->column[column].profile->reading.kind != FS_READ_TEXT)
            continue;
        const char *name = quoted(draft->d, t->column[column].name);
        fs_buffer sql = {0};
        int64_t lines = 0;
        if (!name ||
            fs_buffer_printf(&sql, "select count(*) from %s where lower(trim(%s)) in (" TOTALS ")",
                             t->name, name) != FS_OK)
            return fs_buffer_free(&sql), fs_fail_memory(draft->error, 64);
        FS_TRY(fs_detect_ask(draft->d, &sql, &lines, draft->error));
        if (lines <= 0 || lines * 10 > t->rows) continue;
        FS_TRY(fs_assume(draft->d, draft->error,
                         "%s: %lld lines whose %s is a word for a total are left out: they are in "
                         "quarantine",
                         t->name, (long long)lines, t->column[column].name));
        const char *home = fs_draft_home(draft, column, TEXT);
        FS_TRY(fs_draft_join(draft, fs_draft_text(draft->d,
                                                  "\nwhere (%s is null\n    or lower(trim(%s)) not "
                                                  "in (" TOTALS "))",
                                                  home, home)));
        return FS_OK;
    }
    return FS_OK;
}

/* Columns that fs_map_arrivals takes. */
static void leave_arrivals(fs_draft *draft)
{
    int column[FS_ARRIVALS_MAX], days[FS_ARRIVALS_MAX];
    int count = draft->canonical == FS_STOCK ? fs_arrivals(draft->home, column, days) : 0;
    for (int i = 0; i < count; i++) draft->taken[column[i]] = true;
}

static fs_status map_home(fs_detection *d, int home, fs_error *error)
{
    fs_draft draft;
    FS_TRY(fs_draft_open(d, d->table[home].home, home, false, &draft, error));
    fs_status status = FS_OK;
    if (draft.canonical == FS_SALES || draft.canonical == FS_PRICES)
        status = own_of_numbered(&draft, draft.canonical);
    if (status == FS_OK && draft.canonical == FS_SALES) status = fs_sales_links(&draft);
    for (int i = 0; i < draft.home->doubts && draft.canonical == FS_SALES && status == FS_OK; i++)
        status = fs_assume(d, error, "%s", draft.home->doubt[i]);
    for (int k = 0; fs_canonical_at(draft.canonical)->column[k].name && status == FS_OK; k++) {
        bool promotion =
            draft.canonical == FS_SALES && k == fs_role_index(FS_SALES, "on_promotion");
        if (promotion) status = any_promotion(&draft);
        if (status == FS_OK) status = add_role(&draft, k);
    }
    if (status == FS_OK && draft.canonical == FS_SALES) status = without_measure(&draft);
    if (status == FS_OK && draft.canonical == FS_PROMOTIONS) status = fs_campaign_links(&draft);
    if (status == FS_OK && draft.canonical == FS_PROMOTIONS) status = redemptions(&draft);
    if (status == FS_OK && draft.canonical == FS_PROMOTIONS) status = experiment(&draft);
    if (status == FS_OK && (draft.canonical == FS_CUSTOMERS || draft.canonical == FS_STORES))
        status = fs_place_links(&draft);
    if (status == FS_OK && draft.canonical == FS_PRODUCTS)
        status = fs_category_link(&draft, "category");
    if (status == FS_OK && draft.canonical == FS_PRODUCTS)
        status = fs_category_link(&draft, "subcategory");
    if (status == FS_OK && draft.canonical == FS_PRODUCTS) status = fs_kind_links(&draft);
    if (status == FS_OK && draft.canonical == FS_PRODUCTS) status = fs_entity_links(&draft, "item");
    if (status == FS_OK && draft.canonical == FS_CUSTOMERS)
        status = fs_entity_links(&draft, "customer");
    if (status == FS_OK && draft.canonical == FS_STORES) status = fs_entity_links(&draft, "store");
    leave_arrivals(&draft);
    if (status == FS_OK) status = fs_draft_rest(&draft);
    if (status == FS_OK && draft.canonical == FS_SALES) status = without_totals(&draft);
    fs_status closed = fs_draft_close(&draft);
    return status != FS_OK ? status : closed;
}

fs_status fs_mapping_make(fs_detection *d, fs_error *error)
{
    for (int k = 0; k < FS_CANONICAL_TABLES; k++)
        for (int t = 0; t < d->tables; t++)
            if (d->table[t].use == FS_USE_HOME && d->table[t].home == k)
                FS_TRY(map_home(d, t, error));
    int maps = d->maps;
    for (int m = 0; m < maps; m++)
        if (d->map[m].table == FS_STOCK) FS_TRY(fs_map_arrivals(d, d->map[m].home, error));
    return fs_mapping_more(d, error);
}
