/* roles.c: how well each column of a raw table fits each column of each canonical table.
 *
 * Evidence adds up as log odds, so that every "98 %" can be explained by the lines that made it:
 *   sure = 1 / (1 + exp(-(PRIOR + NAME x fit of the name + sum of weight x strength of evidence)))
 * The evidence of values depends on what kind of column the canonical one is (a time, a key, money,
 * a count, a flag, …), which follows from its type and unit, so that a new canonical column needs no
 * line here. Columns are then given to canonical ones best first, each once.
 *
 * Cost: columns x 9 tables x 16, each some dozens of tests on a profile; no rows are read.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "roles_internal.h"

#define PRIOR  (-4.0)
#define NAME   6.5
#define ENOUGH 0.5 /* from here on a column is taken */

static fs_shape shape_of(int table, const fs_canonical_column *c)
{
    static const struct {
        const char *names;
        fs_shape shape;
    } special[] = {{"item store customer basket promotion review", FS_SHAPE_KEY},
                   {"line", FS_SHAPE_LINE},
                   {"country", FS_SHAPE_COUNTRY},
                   {"name note text event", FS_SHAPE_WORDS},
                   {"size household period", FS_SHAPE_ANY},
                   {"rating", FS_SHAPE_RATING}};
    (void)table;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (fs_word_in(c->name, strlen(c->name), special[i].names)) return special[i].shape;
    if (c->type == FS_TYPE_TIME || c->type == FS_TYPE_DATE) return FS_SHAPE_TIME;
    if (c->type == FS_TYPE_BOOL) return FS_SHAPE_FLAG;
    if (c->type == FS_TYPE_TEXT) return FS_SHAPE_GROUP;
    if (c->unit && strcmp(c->unit, "degrees") == 0) return FS_SHAPE_DEGREES;
    if (c->unit && strcmp(c->unit, "money") == 0) return FS_SHAPE_MONEY;
    return FS_SHAPE_COUNT;
}

/* ---- the table of evidence ------------------------------------------------------------ */

#define S(shape) (1u << FS_SHAPE_##shape)
static const struct evidence {
    unsigned shapes;
    unsigned tables;   /* canonical ones; 0: all */
    const char *roles; /* canonical columns; NULL: all */
    double (*strength)(const fs_seen_table *table, const fs_seen_column *column); /* 0 … 1 */
    double weight;
    const char *words;
} evidence[] = {
    {S(TIME), 0, NULL, fs_is_date, 3.0, "reads as a date"},
    {S(TIME), 0, NULL, fs_is_label, 7.0, "the names of the columns are periods"},
    {S(TIME), 0, NULL, fs_is_period_number, 1.6, "numbers of periods"},
    {S(TIME), 0, NULL, fs_is_no_time, -7.0, "not a date"},
    {S(TIME), 1u << FS_SALES | 1u << FS_REVIEWS, NULL, fs_other_time, -3.5,
     "another kind of date (due, shipped, changed …)"},
    {S(TIME), 0, NULL, fs_is_constant, -1.5, "always the same"},
    {S(KEY) | S(LINE), 0, NULL, fs_is_code, 1.5, "codes"},
    {S(KEY) | S(LINE), 0, NULL, fs_is_coded, 0.8, "named as a code"},
    {S(KEY), 1u << FS_SALES, "item", fs_is_code_like, 0.3, "written as codes"},
    {S(KEY), 1u << FS_SALES, "item store", fs_is_another_each_time, -3.5,
     "another one in each row"},
    {S(KEY) | S(TIME) | S(MONEY), 1u << FS_SALES, "time item basket price amount", fs_is_sparse,
     -2.0, "missing in many rows"},
    {S(KEY), 0, NULL, fs_refers_alike, 2.2, "its values are the key of a file of such"},
    {S(KEY), 0, NULL, fs_refers, 0.8, "its values stand in another file's key"},
    {S(KEY), 0, NULL, fs_is_named, -2.5, "named as a name"},
    {S(KEY) | S(LINE), 0, NULL, fs_is_fractional, -5.0, "has fractions"},
    {S(KEY) | S(LINE), 0, NULL, fs_is_date, -4.0, "reads as a date"},
    {S(KEY) | S(LINE), 0, NULL, fs_is_yes_no, -3.5, "only yes and no"},
    {S(LINE), 0, NULL, fs_is_named, -3.0, "named as a name"},
    {S(LINE), 0, NULL, fs_is_few_words, -4.0, "a few words"},
    {S(KEY), 0, NULL, fs_is_long_text, -1.5, "long texts"},
    {S(KEY) | S(LINE), 0, NULL, fs_is_label_or_value, -6.0,
     "the periods or values of the wide table"},
    {S(MONEY), 0, NULL, fs_is_numeric, 1.6, "numbers"},
    {S(MONEY), 0, NULL, fs_is_fractional, 1.2, "with fractions"},
    {S(MONEY), 0, NULL, fs_has_currency, 0.8, "written with a currency"},
    {S(COUNT), 0, NULL, fs_is_numeric, 1.8, "numbers"},
    {S(COUNT), 0, NULL, fs_is_whole, 0.8, "whole ones"},
    {S(MONEY) | S(COUNT) | S(DEGREES) | S(RATING), 0, NULL, fs_is_not_numeric, -7.0, "no numbers"},
    {S(MONEY) | S(COUNT), 0, NULL, fs_is_yes_no, -3.0, "only 0 and 1"},
    {S(MONEY) | S(COUNT), 0, NULL, fs_is_epoch, -5.0, "numbers of seconds since 1970"},
    {S(MONEY) | S(COUNT), 0, NULL, fs_is_coded, -2.5, "named as a code"},
    {S(MONEY) | S(COUNT) | S(RATING) | S(DEGREES), 0, NULL, fs_is_date, -3.0, "reads as a date"},
    {S(MONEY) | S(COUNT), 1u << FS_SALES | 1u << FS_PRICES, NULL, fs_is_forecast, -4.0,
     "named as a forecast or a difference"},
    {S(MONEY) | S(COUNT), 1u << FS_SALES, NULL, fs_is_not_sold, -4.0,
     "named as something that is not sold"},
    {S(MONEY), 0, "holding shortage", fs_is_cost_total, -9.0, "the total of a period, no rate"},
    {S(MONEY), 0, "cost", fs_is_cost_of_stock, -6.0, "named as the cost of stock or of its lack"},
    {S(COUNT), 1u << FS_STOCK, "lost", fs_is_beside_holding, -6.0,
     "stands beside a rate of holding"},
    {S(KEY), 0, NULL, fs_is_plural, -6.0, "a number of such, by its name"},
    {S(KEY), 0, "item store customer basket review", fs_is_coupon, -3.5, "named as a promotion"},
    {S(MONEY) | S(COUNT), 0, NULL, fs_is_running_number, -6.0, "a running number, by its name"},
    {S(COUNT), 1u << FS_SALES, "visitors", fs_counts_no_people, -8.0, "tells what people are"},
    {S(GROUP), 1u << FS_PRODUCTS, "category subcategory", fs_is_of_people, -8.0,
     "tells what people are"},
    {S(WORDS), 1u << FS_PRODUCTS, "name", fs_names_other, -3.0, "the name of something else"},
    {S(COUNT), 1u << FS_STOCK, "on_hand", fs_is_wanted_level, -8.0,
     "named as what should be there"},
    {S(COUNT), 1u << FS_STOCK, "on_hand", fs_is_quantity_there, 4.0,
     "a quantity in a file of stock"},
    {S(WORDS), 0, NULL, fs_names_a_period, -4.0, "names of months or weekdays"},
    {S(WORDS), 1u << FS_CALENDAR, "event", fs_describes_events, 4.0,
     "the description in a file of events"},
    {S(KEY), 0, "item", fs_is_kind, -4.0, "named as a kind of products or places"},
    {S(KEY), 0, "item store customer basket review", fs_is_staff, -7.0,
     "named as who works there or delivers"},
    {S(MONEY) | S(COUNT) | S(FLAG), 0, NULL, fs_refers, -2.5, "its values are another file's key"},
    {S(RATING), 0, NULL, fs_is_small_range, 2.2, "a few steps"},
    {S(DEGREES), 0, NULL, fs_is_degrees, 3.0, "degrees"},
    {S(COUNTRY), 0, NULL, fs_is_country, 3.5, "countries"},
    {S(COUNTRY), 0, NULL, fs_is_not_country, -2.5, "no countries known"},
    {S(FLAG), 0, NULL, fs_is_yes_no, 2.6, "only yes and no"},
    {S(FLAG), 0, NULL, fs_is_few, 0.6, "few values"},
    {S(FLAG), 0, NULL, fs_is_share, 4.0, "shares between 0 and 1"},
    {S(FLAG), 0, NULL, fs_is_many, -4.0, "too many values"},
    {S(FLAG), 0, NULL, fs_is_date, -4.0, "reads as a date"},
    {S(WORDS), 0, NULL, fs_is_text, 1.6, "texts"},
    {S(WORDS), 0, NULL, fs_is_named, 1.0, "named as a name"},
    {S(WORDS), 0, NULL, fs_is_numeric, -3.5, "numbers"},
    {S(WORDS) | S(GROUP), 0, NULL, fs_is_date, -4.0, "reads as a date"},
    {S(WORDS), 0, NULL, fs_is_coded, -1.5, "named as a code"},
    {S(GROUP), 0, NULL, fs_is_text, 0.9, "texts"},
    {S(GROUP), 0, NULL, fs_is_few, 0.8, "few values"},
    {S(GROUP), 0, NULL, fs_is_fractional, -1.5, "has fractions"},
    {S(GROUP), 1u << FS_CUSTOMERS, "age", fs_is_no_age, -7.0, "no ages"},
    {S(GROUP) | S(COUNTRY), 0, NULL, fs_is_unique, -1.5, "another one in each row"},
    {S(ANY), 0, NULL, fs_is_present, 1.0, "has values"},
    {~0u, 0, NULL, fs_is_empty, -3.0, "empty"},
};
#undef S

double fs_role_sure(const fs_seen_table *table, const fs_seen_column *column, int canonical,
                    int role, fs_buffer *why)
{
    const fs_canonical_column *c = &fs_canonical_at(canonical)->column[role];
    fs_shape shape = shape_of(canonical, c);
    double fit = fs_words_fit(&column->words, c->words, &table->words), odds = PRIOR + NAME * fit;
    fs_status status = FS_OK;
    if (why && fit > 0.3)
        status = fs_buffer_printf(why, fit > 0.8 ? "name; " : "part of the name; ");
    for (size_t i = 0; i < sizeof evidence / sizeof *evidence; i++) {
        if (!(evidence[i].shapes & 1u << shape)) continue;
        if (evidence[i].tables && !(evidence[i].tables & 1u << canonical)) continue;
        if (evidence[i].roles && !fs_word_in(c->name, strlen(c->name), evidence[i].roles)) continue;
        double strength = evidence[i].strength(table, column);
        odds += evidence[i].weight * strength;
        if (why && status == FS_OK && strength > 0.5)
            status = fs_buffer_printf(why, "%s%s; ", evidence[i].weight < 0 ? "but " : "",
                                      evidence[i].words);
    }
    if (why && why->size >= 2 && status == FS_OK) why->data[why->size -= 2] = 0;
    return 1 / (1 + exp(-odds));
}

/* ---- giving columns to canonical ones, best first ------------------------------------------ */

typedef struct pair {
    double sure;
    int column, role;
} pair;

static int surest_first(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->sure != y->sure) return x->sure < y->sure ? 1 : -1;
    return x->column != y->column ? x->column - y->column : x->role - y->role;
}

static int role_named(const fs_canonical_table *table, const char *name, size_t bytes)
{
    for (int k = 0; table->column[k].name; k++)
        if (strlen(table->column[k].name) == bytes &&
            memcmp(table->column[k].name, name, bytes) == 0)
            return k;
    return -1;
}

static bool same_name(const char *a, const char *b) { return strcasecmp(a, b) == 0; }

/* "sales.item=StockCode" for this table. -2: no correction, -1: explicitly none, else the column. */
static void corrections(fs_detection *d, const fs_seen_table *table, int canonical, int *forced)
{
    const fs_canonical_table *t = fs_canonical_at(canonical);
    size_t bytes = strlen(t->name);
    for (int s = 0; s < d->sets; s++) {
        const char *text = d->set[s], *equals = strchr(text, '=');
        if (!equals || strncmp(text, t->name, bytes) != 0 || text[bytes] != '.') continue;
        int role = role_named(t, text + bytes + 1, (size_t)(equals - text) - bytes - 1);
        if (role < 0) continue;
        if (!equals[1]) forced[role] = -1, d->set_used[s] = true;
        for (int i = 0; i < table->columns; i++)
            if (same_name(table->column[i].name, equals + 1))
                forced[role] = i, d->set_used[s] = true;
    }
}

static fs_status keep(fs_detection *d, fs_seen_table *table, int canonical, pair p, fs_error *error)
{
    fs_buffer why = {0};
    fs_fit_column *role = &table->fit[canonical].role[p.role];
    (void)fs_role_sure(table, &table->column[p.column], canonical, p.role, &why);
    role->column = p.column;
    role->sure = p.sure;
    if (!role->set) role->why = why.data ? fs_arena_strdup(&d->arena, why.data) : "";
    fs_buffer_free(&why);
    return role->why ? FS_OK : fs_fail_memory(error, 64);
}

static fs_status fit_table(fs_detection *d, fs_seen_table *table, int canonical, pair *pairs,
                           fs_error *error)
{
    const fs_canonical_table *t = fs_canonical_at(canonical);
    fs_fit *fit = &table->fit[canonical];
    int forced[FS_ROLES_MAX], n = 0;
    bool *taken = fs_arena_zero(&d->arena, (size_t)table->columns + 1);
    if (!taken) return fs_fail_memory(error, (size_t)table->columns);
    for (int k = 0; k < FS_ROLES_MAX; k++) {
        forced[k] = -2;
        fit->role[k] = (fs_fit_column){.column = -1};
    }
    corrections(d, table, canonical, forced);
    for (int k = 0; t->column[k].name; k++) {
        if (forced[k] < 0) continue;
        fit->role[k] =
            (fs_fit_column){.column = forced[k], .sure = 1, .set = true, .why = "as you said"};
        taken[forced[k]] = true;
    }
    for (int i = 0; i < table->columns; i++)
        for (int k = 0; t->column[k].name && !table->column[i].wide && !taken[i]; k++) {
            double sure =
                forced[k] == -2 ? fs_role_sure(table, &table->column[i], canonical, k, NULL) : 0;
            if (sure >= ENOUGH) pairs[n++] = (pair){sure, i, k};
        }
    qsort(pairs, (size_t)n, sizeof *pairs, surest_first);
    for (int i = 0; i < n; i++) {
        if (taken[pairs[i].column] || fit->role[pairs[i].role].column >= 0) continue;
        taken[pairs[i].column] = true;
        FS_TRY(keep(d, table, canonical, pairs[i], error));
    }
    return FS_OK;
}

/* Of several columns that fit `category`, the coarsest is it and the next finer the subcategory. */
static fs_status order_categories(fs_detection *d, fs_seen_table *table, fs_error *error)
{
    int coarse = fs_role_index(FS_PRODUCTS, "category"),
        fine = fs_role_index(FS_PRODUCTS, "subcategory");
    fs_fit_column *role = table->fit[FS_PRODUCTS].role;
    int best[2] = {-1, -1};
    if (role[coarse].column < 0 || role[coarse].set || role[fine].column >= 0) return FS_OK;
    for (int i = 0; i < table->columns; i++) {
        bool other = false;
        for (int k = 0; k < FS_ROLES_MAX; k++)
            other = other || (k != coarse && role[k].column == i);
        if (other || table->column[i].wide) continue;
        if (fs_role_sure(table, &table->column[i], FS_PRODUCTS, coarse, NULL) < 0.9) continue;
        double distinct = table->column[i].profile->distinct;
        if (distinct < 2) continue;
        if (best[0] < 0 || distinct < table->column[best[0]].profile->distinct)
            best[1] = best[0], best[0] = i;
        else if (best[1] < 0 || distinct < table->column[best[1]].profile->distinct)
            best[1] = i;
    }
    if (best[0] < 0 || best[1] < 0) return FS_OK;
    double sure = role[coarse].sure;
    FS_TRY(keep(d, table, FS_PRODUCTS, (pair){sure, best[0], coarse}, error));
    return keep(d, table, FS_PRODUCTS, (pair){sure * 0.9, best[1], fine}, error);
}

/* A code and a name of the same categories are one level: the name. */
static void name_of_category(fs_seen_table *table)
{
    fs_fit_column *role = table->fit[FS_PRODUCTS].role;
    fs_fit_column *category = &role[fs_role_index(FS_PRODUCTS, "category")],
                  *subcategory = &role[fs_role_index(FS_PRODUCTS, "subcategory")];
    if (category->column < 0 || subcategory->column < 0 || category->set || subcategory->set)
        return;
    const fs_seen_column *code = &table->column[category->column],
                         *name = &table->column[subcategory->column];
    if (!code->words.coded || !name->words.named ||
        code->profile->distinct != name->profile->distinct)
        return;
    category->column = subcategory->column;
    category->why = subcategory->why;
    subcategory->column = -1;
}

/* Sales of which no column says the product, place or customer, but one names the series. */
static fs_status name_of_series(fs_detection *d, fs_seen_table *table, fs_error *error)
{
    static const char *const keys[] = {"item", "store", "customer", "basket"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (fs_role_column(table, FS_SALES, keys[k]) >= 0) return FS_OK;
    for (int i = 0; i < table->columns; i++) {
        fs_seen_column *c = &table->column[i];
        bool label = fs_is_label_or_value(table, c) > 0,
             first = table->wide.kind != FS_LABEL_NONE && i == 0;
        bool bare =
            c->words.count == 1 && fs_words_has(&c->words, "id key series code name unique");
        if (c->wide || label || c->profile->fractional || c->profile->distinct < 2 ||
            !(first || bare))
            continue;
        FS_TRY(keep(d, table, FS_SALES, (pair){0.6, i, fs_role_index(FS_SALES, "item")}, error));
        table->fit[FS_SALES].role[fs_role_index(FS_SALES, "item")].why =
            "nothing else says what was sold: names the series";
        return FS_OK;
    }
    return FS_OK;
}

fs_status fs_detect_roles(fs_detection *d, fs_seen_table *table, fs_error *error)
{
    pair *pairs = fs_alloc(sizeof *pairs * ((size_t)table->columns * FS_ROLES_MAX + 1));
    if (!pairs) return fs_fail_memory(error, sizeof *pairs * (size_t)table->columns * FS_ROLES_MAX);
    fs_status status = FS_OK;
    for (int t = 0; t < FS_CANONICAL_TABLES && status == FS_OK; t++)
        status = fit_table(d, table, t, pairs, error);
    if (status == FS_OK) status = order_categories(d, table, error);
    if (status == FS_OK) name_of_category(table);
    if (status == FS_OK) status = fs_detect_values(d, table, error);
    if (status == FS_OK) status = name_of_series(d, table, error);
    fs_free(pairs);
    return status;
}

/* ---- asking --------------------------------------------------------------------------------- */

int fs_role_column(const fs_seen_table *table, int canonical, const char *name)
{
    int role = role_named(fs_canonical_at(canonical), name, strlen(name));
    return role < 0 ? -1 : table->fit[canonical].role[role].column;
}

double fs_role_sureness(const fs_seen_table *table, int canonical, const char *name)
{
    int role = role_named(fs_canonical_at(canonical), name, strlen(name));
    return role < 0 || table->fit[canonical].role[role].column < 0
               ? 0
               : table->fit[canonical].role[role].sure;
}

int fs_role_index(int canonical, const char *name)
{
    return role_named(fs_canonical_at(canonical), name, strlen(name));
}
