/* detect.c: which canonical table each raw table is, decided for all of them together.
 *
 * A table's score for a canonical one is the sum of what its columns give (the central ones count
 * double) and of evidence about the table as a whole: its file's name, its keys, its rows. What a
 * canonical table can't do without is asked first: sales need a time, their own or that of a header
 * that their receipts refer to, and something sold. The best sales table is chosen first, since the
 * others are understood from it; then each other raw table gets the canonical table that it fits
 * best, becomes a look-up, or is left alone with the reason.
 */
#include <math.h>
#include <string.h>

#include "roles_internal.h"

#define LEAST_SCORE 3.0

/* ---- what columns give ---------------------------------------------------------------------- */

static const struct {
    const char *central, *weak;
} weights[FS_CANONICAL_TABLES] = {
    [FS_SALES] = {"time units amount",
                  "status country note on_promotion discount cost visitors line"},
    [FS_PRODUCTS] = {"item name category",
                     "size price cost launched ended supplier lead_time pack minimum_order "
                     "shelf_life capacity holding shortage"},
    [FS_CUSTOMERS] = {"customer churned", "spend country postcode"},
    [FS_PROMOTIONS] = {"promotion treated redeemed",
                       "kind category store customer item price cost spend discount start"},
    [FS_STORES] = {"store", "name kind"},
    [FS_CALENDAR] = {"day event open", "kind store period"},
    [FS_STOCK] = {"on_hand in_stock holding shortage", "item store day cost arrives"},
    [FS_PRICES] = {"price", "item store start ended"},
    [FS_REVIEWS] = {"rating text", "item basket customer time"},
    [FS_OVERRIDES] = {"value change who why", "item category store"},
    [FS_SUPPLIERS] = {"supplier order_days minimum_value truck", "name"}};

static double columns_score(const fs_seen_table *table, int canonical)
{
    double score = 0;
    const fs_canonical_table *t = fs_canonical_at(canonical);
    for (int k = 0; t->column[k].name; k++) {
        const fs_fit_column *role = &table->fit[canonical].role[k];
        size_t bytes = strlen(t->column[k].name);
        if (role->column < 0) continue;
        double weight = fs_word_in(t->column[k].name, bytes, weights[canonical].central) ? 2
                        : fs_word_in(t->column[k].name, bytes, weights[canonical].weak)  ? 0.6
                                                                                         : 1;
        score += weight * role->sure;
    }
    return score;
}

/* ---- evidence about the table ----------------------------------------------------------------- */

static bool has(const fs_seen_table *t, int canonical, const char *role)
{
    return fs_role_column(t, canonical, role) >= 0;
}
static const fs_seen_column *column_of(const fs_seen_table *t, int canonical, const char *role)
{
    int c = fs_role_column(t, canonical, role);
    return c < 0 ? NULL : &t->column[c];
}
static bool unique_role(const fs_seen_table *t, int canonical, const char *role)
{
    const fs_seen_column *c = column_of(t, canonical, role);
    return c && fs_nearly_unique(t, c);
}

static const char *const key_of[FS_CANONICAL_TABLES] = {[FS_PRODUCTS] = "item",
                                                        [FS_CUSTOMERS] = "customer",
                                                        [FS_STORES] = "store",
                                                        [FS_CALENDAR] = "day",
                                                        [FS_SUPPLIERS] = "supplier"};

/* The header that receipts of a line table refer to: another table with a time and one row a receipt. */
int fs_detect_header(const fs_detection *d, const fs_seen_table *table, int *key)
{
    const fs_seen_column *basket = column_of(table, FS_SALES, "basket");
    int found = -1;
    double best = 0.9;
    for (int o = 0; basket && o < d->tables; o++) {
        const fs_seen_table *header = &d->table[o];
        if (header == table || fs_role_sureness(header, FS_SALES, "time") < 0.6) continue;
        int other = fs_role_column(header, FS_SALES, "basket");
        if (other < 0 || !fs_nearly_unique(header, &header->column[other])) continue;
        double strength =
            fs_link_strength(basket, header, &header->column[other]) + header->column[other].unique;
        if (strength < best) continue;
        best = strength;
        found = o;
        if (key) *key = other;
    }
    return found;
}

typedef double strength(const fs_detection *d, const fs_seen_table *t, int canonical);
#define STRENGTH(name)                                                                             \
    static double name(const fs_detection *d, const fs_seen_table *t, int canonical)
#define UNUSED (void)d, (void)t, (void)canonical

STRENGTH(named)
{
    UNUSED;
    return fs_words_has(&t->words, fs_canonical_at(canonical)->words) ? 1 : 0;
}
STRENGTH(named_otherwise)
{
    UNUSED;
    int other = fs_detect_named_table(&t->words);
    return other >= 0 && other != canonical ? 1 : 0;
}
STRENGTH(is_output)
{
    UNUSED;
    return fs_words_has(
               &t->words,
               "forecast forecasts prediction predictions submission template benchmark results "
               "prognose previsions lift model scores")
               ? 1
               : 0;
}
STRENGTH(key_unique)
{
    UNUSED;
    return key_of[canonical] && unique_role(t, canonical, key_of[canonical]) ? 1 : 0;
}
STRENGTH(has_time)
{
    UNUSED;
    return fs_role_sureness(t, FS_SALES, "time");
}
STRENGTH(has_units_and_time)
{
    UNUSED;
    double time = fs_role_sureness(t, FS_SALES, "time"),
           units = fs_role_sureness(t, FS_SALES, "units");
    double amount = fs_role_sureness(t, FS_SALES, "amount");
    return time * (units > amount ? units : amount);
}
/* Who was treated, who answered: an experiment or a mailing, not sales. */
STRENGTH(says_answer)
{
    UNUSED;
    bool treated = fs_role_sureness(t, FS_PROMOTIONS, "treated") > 0.6,
         redeemed = fs_role_sureness(t, FS_PROMOTIONS, "redeemed") > 0.6;
    return !has(t, FS_SALES, "basket") && !has(t, FS_SALES, "units") && (treated || redeemed) ? 1
                                                                                              : 0;
}
STRENGTH(sold_not_sent)
{
    return says_answer(d, t, canonical) > 0 ? 0 : has_units_and_time(d, t, canonical);
}
STRENGTH(says_product)
{
    UNUSED;
    return fs_role_sureness(t, FS_SALES, "item");
}
STRENGTH(says_customer)
{
    UNUSED;
    return fs_role_sureness(t, FS_CUSTOMERS, "customer");
}
STRENGTH(has_header)
{
    UNUSED;
    return fs_detect_header(d, t, NULL) >= 0 ? 1 : 0;
}
STRENGTH(entity_table)
{
    UNUSED;
    return unique_role(t, FS_PRODUCTS, "item") ||
                   (unique_role(t, FS_CUSTOMERS, "customer") && t->rows > 1) ||
                   (unique_role(t, FS_STORES, "store") && !has(t, FS_SALES, "item"))
               ? 1
               : 0;
}
STRENGTH(many_rows)
{
    UNUSED;
    return t->rows >= 200 || t->wide.kind != FS_LABEL_NONE ? 1 : 0;
}
STRENGTH(time_repeats)
{
    UNUSED;
    const fs_seen_column *time = column_of(t, FS_SALES, "time");
    return time && !fs_nearly_unique(t, time) ? 1 : 0;
}
STRENGTH(wide_numbers)
{
    UNUSED;
    return t->wide.kind != FS_LABEL_NONE &&
                   t->column[t->wide.value].profile->reading.kind != FS_READ_BOOL
               ? 1
               : 0;
}

/* Costs of stock, of an item in a store. */
STRENGTH(prices_stock)
{
    UNUSED;
    bool rates = has(t, FS_STOCK, "holding") || has(t, FS_STOCK, "shortage");
    return rates && has(t, FS_STOCK, "store") && !unique_role(t, FS_PRODUCTS, "item") ? 1 : 0;
}
/* Lines whose only day is the one on which they arrive are on their way, not sold. */
STRENGTH(is_on_its_way)
{
    UNUSED;
    int arrives = fs_role_column(t, FS_STOCK, "arrives"),
        time = fs_role_column(t, FS_SALES, "time");
    bool other = time >= 0 && time != arrives;
    return arrives >= 0 && has(t, FS_STOCK, "on_order") && !other && !has(t, FS_SALES, "customer")
               ? 1
               : 0;
}

#define T(table) (1u << FS_##table)
static const struct {
    unsigned tables;
    strength *strength;
    double weight;
    const char *words;
} evidence[] = {
    {~0u, named, 2.5, "the file's name"},
    {~0u, named_otherwise, -1.0, "the file's name speaks of something else"},
    {~0u & ~T(PROMOTIONS) & ~T(OVERRIDES), is_output, -8.0,
     "named as a forecast, a result or a template"},
    {T(PROMOTIONS), is_output, -1.0, "named as a result"},
    {T(SALES), says_product, 1.5, "says which product"},
    {T(SALES), has_header, 3.0, "receipts refer to a file that dates them"},
    {T(SALES), many_rows, 1.0, "many rows"},
    {T(SALES), time_repeats, 1.0, "several rows a period"},
    {T(SALES), entity_table, -3.0, "one row a product, customer or store"},
    {T(SALES), wide_numbers, 1.5, "a column a period"},
    {T(PRODUCTS) | T(CUSTOMERS) | T(STORES) | T(SUPPLIERS), key_unique, 3.0, "one row each"},
    {T(CALENDAR), key_unique, 3.0, "one row a day"},
    {T(PRODUCTS) | T(STORES), has_time, -1.0, "rows have a time"},
    {T(PRODUCTS) | T(STORES) | T(CALENDAR) | T(PRICES) | T(STOCK) | T(CUSTOMERS),
     has_units_and_time, -4.0, "rows say when how much was sold"},
    {T(PROMOTIONS), sold_not_sent, -4.0, "rows say when how much was sold"},
    {T(PROMOTIONS), says_answer, 3.0, "says who was treated or took it up"},
    {T(SALES), says_answer, -4.0, "says who was treated or took it up"},
    {T(STOCK), prices_stock, 3.0, "what it costs to hold and to lack, by place"},
    {T(STOCK), is_on_its_way, 6.0, "says when what is on its way arrives"},
    {T(SALES), is_on_its_way, -6.0, "says when what is on its way arrives"},
    {T(CALENDAR), says_product, -4.0, "says which product"},
    {T(CALENDAR), says_customer, -4.0, "says which customer"},
};
#undef T

/* ---- what it can't do without --------------------------------------------------------------------- */

static int attributes(const fs_seen_table *t, int canonical)
{
    int n = 0;
    for (int k = 0; fs_canonical_at(canonical)->column[k].name; k++)
        n += t->fit[canonical].role[k].column >= 0;
    return n - 1;
}

bool fs_called_sales(const fs_detection *d, const fs_seen_table *t)
{
    return d->tables == 1 || fs_words_has(&t->words, fs_canonical_at(FS_SALES)->words);
}

static bool purchase_log(const fs_detection *d, const fs_seen_table *t)
{
    bool who = has(t, FS_SALES, "customer") && !unique_role(t, FS_SALES, "customer");
    bool what = has(t, FS_SALES, "basket") && has(t, FS_SALES, "item");
    return fs_called_sales(d, t) && has(t, FS_SALES, "time") && (who || what);
}

static bool possible_sales(const fs_detection *d, const fs_seen_table *t)
{
    bool when = has(t, FS_SALES, "time") || fs_detect_header(d, t, NULL) >= 0;
    bool what = has(t, FS_SALES, "units") || has(t, FS_SALES, "amount") ||
                (has(t, FS_SALES, "price") && has(t, FS_SALES, "basket"));
    return (when && what) || purchase_log(d, t);
}

/* Only where the file is called so: days, numbers and reasons may be returns or losses else. */
static bool possible_overrides(const fs_seen_table *t)
{
    return fs_words_has(&t->words, fs_canonical_at(FS_OVERRIDES)->words) &&
           has(t, FS_OVERRIDES, "first_day") &&
           (has(t, FS_OVERRIDES, "value") || has(t, FS_OVERRIDES, "change"));
}

/* What suppliers ask for is told in no other table; where they only have names the file must be called so. */
static bool possible_suppliers(const fs_seen_table *t)
{
    bool asks = has(t, FS_SUPPLIERS, "order_days") || has(t, FS_SUPPLIERS, "minimum_value") ||
                has(t, FS_SUPPLIERS, "truck") || has(t, FS_SUPPLIERS, "lead_time");
    bool called = fs_words_has(&t->words, fs_canonical_at(FS_SUPPLIERS)->words) &&
                  has(t, FS_SUPPLIERS, "name");
    return (asks || called) && unique_role(t, FS_SUPPLIERS, "supplier") &&
           !unique_role(t, FS_PRODUCTS, "item");
}

static bool possible(const fs_detection *d, const fs_seen_table *t, int canonical)
{
    switch (canonical) {
    case FS_SALES: return possible_sales(d, t);
    case FS_PRODUCTS:
        return has(t, FS_PRODUCTS, "item") && attributes(t, canonical) >= 1 &&
               (unique_role(t, FS_PRODUCTS, "item") ||
                (!has(t, FS_SALES, "time") && !has(t, FS_SALES, "basket") &&
                 has(t, FS_STORES, "store") && attributes(t, canonical) >= 2));
    case FS_CUSTOMERS:
        return has(t, FS_CUSTOMERS, "customer") && attributes(t, canonical) >= 1 &&
               unique_role(t, FS_CUSTOMERS, "customer");
    case FS_STORES:
        return has(t, FS_STORES, "store") && t->columns > 1 && unique_role(t, FS_STORES, "store");
    case FS_CALENDAR: return has(t, FS_CALENDAR, "day") && attributes(t, canonical) >= 1;
    case FS_PROMOTIONS:
        return (has(t, FS_PROMOTIONS, "promotion") || has(t, FS_PROMOTIONS, "treated") ||
                has(t, FS_PROMOTIONS, "redeemed") || has(t, FS_PROMOTIONS, "kind")) &&
               attributes(t, canonical) >= 1;
    case FS_STOCK:
        return has(t, FS_STOCK, "item") &&
               (has(t, FS_STOCK, "on_hand") || has(t, FS_STOCK, "in_stock") ||
                has(t, FS_STOCK, "lost") || has(t, FS_STOCK, "holding") ||
                has(t, FS_STOCK, "shortage") ||
                (has(t, FS_STOCK, "on_order") && has(t, FS_STOCK, "arrives")) ||
                (has(t, FS_STOCK, "lead_time") && has(t, FS_STOCK, "store")));
    case FS_PRICES:
        return has(t, FS_PRICES, "item") && has(t, FS_PRICES, "start") &&
               has(t, FS_PRICES, "price");
    case FS_REVIEWS: return has(t, FS_REVIEWS, "rating") && attributes(t, canonical) >= 1;
    case FS_SUPPLIERS: return possible_suppliers(t);
    default: return possible_overrides(t);
    }
}

/* A file of those who work there or deliver is none of ours, whatever dates and names it has; what they sold may be. */
static bool is_of_staff(const fs_seen_table *t)
{
    return fs_words_has(&t->words, "employee employees staff shipper shippers carriers couriers "
                                   "salespeople mitarbeiter personal empleados employes "
                                   "dipendenti medewerkers pracownicy funcionarios") &&
           !has(t, FS_STOCK, "item");
}

static void score(const fs_detection *d, fs_seen_table *t, int canonical)
{
    fs_fit *fit = &t->fit[canonical];
    fit->possible =
        t->rows > 0 && (canonical == FS_SALES || !is_of_staff(t)) && possible(d, t, canonical);
    fit->score = columns_score(t, canonical);
    for (size_t i = 0; i < sizeof evidence / sizeof *evidence; i++)
        if (evidence[i].tables & 1u << canonical)
            fit->score += evidence[i].weight * evidence[i].strength(d, t, canonical);
}

static fs_status explain(fs_detection *d, fs_seen_table *t, int canonical, fs_error *error)
{
    fs_buffer why = {0};
    fs_status status = FS_OK;
    for (size_t i = 0; i < sizeof evidence / sizeof *evidence && status == FS_OK; i++)
        if (evidence[i].tables & 1u << canonical && evidence[i].strength(d, t, canonical) > 0.5)
            status = fs_buffer_printf(&why, "%s%s%s", why.size ? "; " : "",
                                      evidence[i].weight < 0 ? "but " : "", evidence[i].words);
    t->why = fs_arena_strdup(&d->arena, why.data ? why.data : "its columns");
    fs_buffer_free(&why);
    return status == FS_OK && t->why ? FS_OK : fs_fail_memory(error, 64);
}

/* ---- choosing ------------------------------------------------------------------------------------------ */

static fs_status take(fs_detection *d, fs_seen_table *t, int canonical, fs_error *error)
{
    double next = 0;
    for (int k = 0; k < FS_CANONICAL_TABLES; k++)
        if (k != canonical && t->fit[k].possible && t->fit[k].score > next) next = t->fit[k].score;
    t->home = canonical;
    t->use = FS_USE_HOME;
    t->sure =
        t->set ? 1
               : 1 / (1 + exp(-(t->fit[canonical].score - next) / 1.5)); /* by how far it leads */
    return explain(d, t, canonical, error);
}

/* Is it the raw table's name, or its file's, with or without the ending? */
bool fs_detect_called(const fs_seen_table *t, const char *name, size_t bytes)
{
    if (strlen(t->name) == bytes && memcmp(t->name, name, bytes) == 0) return true;
    for (int p = 0; p < t->paths; p++) {
        const char *slash = strrchr(t->path[p], '/'), *base = slash ? slash + 1 : t->path[p];
        bool begins = strncmp(base, name, bytes) == 0;
        if (begins && (base[bytes] == 0 || bytes == strcspn(base, "."))) return true;
    }
    return false;
}

/* "files.NAME.use=none", "sales.file=NAME": -2 nothing said, -1 none, else the canonical table. */
static int told(fs_detection *d, const fs_seen_table *t)
{
    int use = -2;
    for (int s = 0; s < d->sets; s++) {
        const char *text = d->set[s], *equals = strchr(text, '='), *dot = strchr(text, '.');
        if (!equals || !dot || dot > equals) continue;
        size_t bytes = (size_t)(equals - text);
        bool none = bytes > 10 && strcmp(equals - 4, ".use=none") == 0;
        if (strncmp(text, "files.", 6) == 0 && none && fs_detect_called(t, text + 6, bytes - 10))
            use = -1, d->set_used[s] = true;
        for (int k = 0; k < FS_CANONICAL_TABLES; k++) {
            const char *name = fs_canonical_at(k)->name;
            bool file = strlen(name) == (size_t)(dot - text) &&
                        memcmp(name, text, (size_t)(dot - text)) == 0 &&
                        strncmp(dot, ".file=", 6) == 0;
            if (file && fs_detect_called(t, equals + 1, strlen(equals + 1)))
                use = k, d->set_used[s] = true;
        }
    }
    return use;
}

static fs_status choose_sales(fs_detection *d, fs_error *error)
{
    int best = -1;
    for (int t = 0; t < d->tables && d->sales < 0; t++) {
        const fs_seen_table *table = &d->table[t];
        const fs_fit *fit = &table->fit[FS_SALES];
        if (table->set || !fit->possible || fit->score < LEAST_SCORE) continue;
        bool other = false;
        for (int k = 1; k < FS_CANONICAL_TABLES; k++)
            other = other || (table->fit[k].possible && table->fit[k].score > fit->score + 0.5);
        if (other) continue;
        if (best < 0 || fit->score > d->table[best].fit[FS_SALES].score + 0.25 ||
            (fit->score > d->table[best].fit[FS_SALES].score - 0.25 &&
             table->rows > d->table[best].rows))
            best = t;
    }
    if (d->sales < 0) d->sales = best;
    return d->sales < 0 ? FS_OK : take(d, &d->table[d->sales], FS_SALES, error);
}

static const char *why_not(const fs_detection *d, const fs_seen_table *t)
{
    if (t->rows == 0) return "it has no rows";
    if (t->fit[FS_SALES].possible && t->fit[FS_SALES].score >= LEAST_SCORE && d->sales >= 0)
        return "it looks like sales too, but another file was taken for them; counting both might "
               "count sales twice";
    if (fs_words_has(&t->words,
                     "forecast forecasts prediction submission template benchmark prognose"))
        return "its name says that it holds forecasts or a template, not what happened";
    if (has(t, FS_SALES, "units") || has(t, FS_SALES, "amount")) return "no column says when";
    if (has(t, FS_SALES, "basket") && has(t, FS_SALES, "item"))
        return "it has receipts and products, but no column says when";
    if (has(t, FS_SALES, "time") && has(t, FS_SALES, "item"))
        return "it says when and what, but not how much was sold";
    return "no column tells what it is about";
}

static fs_status choose_other(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    int best = -1;
    for (int k = 1; k < FS_CANONICAL_TABLES; k++)
        if (t->fit[k].possible && t->fit[k].score >= LEAST_SCORE &&
            (best < 0 || t->fit[k].score > t->fit[best].score))
            best = k;
    bool rival =
        t->fit[FS_SALES].possible && best >= 0 && t->fit[FS_SALES].score > t->fit[best].score + 0.5;
    if (best >= 0 && !rival) return take(d, t, best, error);
    t->use = FS_USE_NONE;
    t->why = why_not(d, t);
    return FS_OK;
}

/* A second file of the same products, customers or stores adds columns, not rows: it becomes a
 * look-up of the one with more rows. */
static void fold_entities(fs_detection *d)
{
    for (int a = 0; a < d->tables; a++)
        for (int b = 0; b < d->tables; b++) {
            fs_seen_table *less = &d->table[a], *more = &d->table[b];
            if (a == b || less->use != FS_USE_HOME || more->use != FS_USE_HOME ||
                less->home != more->home)
                continue;
            if (!key_of[less->home] || less->home == FS_CALENDAR || less->set) continue;
            if (more->rows < less->rows || (more->rows == less->rows && b > a)) continue;
            const fs_seen_column *x = column_of(less, less->home, key_of[less->home]);
            const fs_seen_column *y = column_of(more, more->home, key_of[more->home]);
            if (!x || !y || !x->unique || fs_link_strength(x, more, y) < 0.98) continue;
            less->use = FS_USE_LOOKUP;
            less->why = "more about the same ones as another file";
        }
}

/* Do the days, products and units of `a` stand in `b` too? Then they are the same sales, told twice. */
static fs_status same_sales(const fs_detection *d, const fs_seen_table *a, const fs_seen_table *b,
                            double *share, fs_error *error)
{
    static const char *const role[] = {"time", "item", "units"};
    const fs_seen_table *table[2] = {a, b};
    fs_buffer sql = {0};
    int64_t thousandths;
    fs_status status = FS_OK;
    *share = 1;
    for (int k = 0; k < 2; k++)
        for (int r = 0; r < 3; r++)
            if (!has(table[k], FS_SALES, role[r])) return FS_OK;
    for (int k = 0; k < 2 && status == FS_OK; k++) {
        status = fs_buffer_printf(&sql, "%s as (select try_cast(", k ? ", b" : "with a");
        if (status == FS_OK)
            status = fs_detect_quoted(column_of(table[k], FS_SALES, "time")->name, &sql);
        if (status == FS_OK) status = fs_buffer_text(&sql, " as date) as day, cast(");
        if (status == FS_OK)
            status = fs_detect_quoted(column_of(table[k], FS_SALES, "item")->name, &sql);
        if (status == FS_OK) status = fs_buffer_text(&sql, " as varchar) as item, sum(try_cast(");
        if (status == FS_OK)
            status = fs_detect_quoted(column_of(table[k], FS_SALES, "units")->name, &sql);
        if (status == FS_OK)
            status = fs_buffer_printf(&sql, " as double)) as units from %s group by 1, 2)",
                                      table[k]->name);
    }
    if (status == FS_OK)
        status =
            fs_buffer_text(&sql, " select cast(1000 * avg(case when b.units = a.units then 1.0 "
                                 "else 0.0 end) as bigint) from a left join b on b.day = "
                                 "a.day and b.item = a.item");
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 256);
    FS_TRY(fs_detect_ask(d, &sql, &thousandths, error));
    *share = thousandths < 0 ? 1 : (double)thousandths / 1000;
    return FS_OK;
}

/* The same columns under the same names. */
static bool same_columns(const fs_seen_table *a, const fs_seen_table *b)
{
    if (a->columns != b->columns || a->file->format != b->file->format) return false;
    for (int i = 0; i < a->columns; i++)
        if (strcmp(a->column[i].words.joined, b->column[i].words.joined) != 0) return false;
    return true;
}

/* A sheet or table with the columns of the sales and other rows: more of the same. */
static bool more_of_them(const fs_seen_table *t, const fs_seen_table *first)
{
    if (t->set || !t->fit[FS_SALES].possible || !same_columns(t, first)) return false;
    if (!t->file->table || t->rows == 0) return false;
    bool all = t->rows == first->rows;
    for (int i = 0; i < t->columns && all; i++)
        all = fs_profile_within(t->column[i].profile, first->column[i].profile) > 0.98 &&
              fs_profile_within(first->column[i].profile, t->column[i].profile) > 0.98;
    return !all;
}

/* Another till, another shop system: lines with receipts of their own that are not in the first. */
static fs_status second_source(fs_detection *d, fs_seen_table *t, bool *yes, fs_error *error)
{
    const fs_seen_table *first = &d->table[d->sales];
    const fs_fit *fit = &t->fit[FS_SALES];
    *yes = false;
    if (t->set || !fit->possible || fit->score < LEAST_SCORE || !has(t, FS_SALES, "time"))
        return FS_OK;
    for (int k = 1; k < FS_CANONICAL_TABLES; k++)
        if (t->fit[k].possible && t->fit[k].score > fit->score) return FS_OK;
    const fs_seen_column *a = column_of(t, FS_SALES, "basket"),
                         *b = column_of(first, FS_SALES, "basket");
    if (!a || !b || !has(t, FS_SALES, "item") || !has(first, FS_SALES, "item") ||
        t->wide.kind != FS_LABEL_NONE || first->wide.kind != FS_LABEL_NONE)
        return FS_OK;
    if (fs_profile_within(a->profile, b->profile) > 0.02 ||
        fs_profile_within(b->profile, a->profile) > 0.02)
        return FS_OK;
    double share;
    FS_TRY(same_sales(d, t, first, &share, error));
    *yes = share < 0.5;
    return FS_OK;
}

/* What the sales call their product, store or customer is one in the file that it refers to, whatever
 * its name there. Headers have no products. */
static void name_referred(fs_detection *d, const fs_seen_table *lines, bool is_header)
{
    static const struct {
        const char *role;
        int canonical;
    } keys[] = {{"item", FS_PRODUCTS}, {"store", FS_STORES}, {"customer", FS_CUSTOMERS}};
    for (size_t k = is_header ? 1 : 0; k < sizeof keys / sizeof *keys; k++) {
        const fs_seen_column *from = column_of(lines, FS_SALES, keys[k].role);
        if (!from || from->refers < 0 || d->table[from->refers].set) continue;
        fs_seen_table *other = &d->table[from->refers];
        fs_fit_column *role =
            &other->fit[keys[k].canonical].role[fs_role_index(keys[k].canonical, keys[k].role)];
        bool lines_too = has(other, FS_SALES, "time") && has(other, FS_SALES, "store") &&
                         has(other, FS_SALES, "item");
        if (lines_too || other->use == FS_USE_HOME || role->set ||
            role->column == from->refers_column)
            continue;
        bool known = role->column >= 0 && role->sure > 0.8;
        if (known && fs_link_strength(from, other, &other->column[role->column]) > 0.5) continue;
        for (int r = 0; r < FS_ROLES_MAX; r++)
            if (other->fit[keys[k].canonical].role[r].column == from->refers_column)
                other->fit[keys[k].canonical].role[r].column = -1;
        *role = (fs_fit_column){
            .column = from->refers_column, .sure = 0.9, .why = "the key that the sales refer to"};
        score(d, other, keys[k].canonical);
        other->fit[keys[k].canonical].score += 3; /* it is the file of these keys */
    }
}

fs_status fs_detect_choose(fs_detection *d, fs_error *error)
{
    d->sales = -1;
    for (int t = 0; t < d->tables; t++)
        for (int k = 0; k < FS_CANONICAL_TABLES; k++) score(d, &d->table[t], k);
    for (int t = 0; t < d->tables; t++) {
        int use = told(d, &d->table[t]);
        if (use == -2) continue;
        d->table[t].set = true;
        d->table[t].why = "as you said";
        if (use >= 0) FS_TRY(take(d, &d->table[t], use, error));
        if (use == FS_SALES) d->sales = t;
    }
    FS_TRY(choose_sales(d, error));
    int header = d->sales >= 0 ? fs_detect_header(d, &d->table[d->sales], NULL) : -1;
    if (d->sales >= 0) name_referred(d, &d->table[d->sales], false);
    if (header >= 0) name_referred(d, &d->table[header], true);
    for (int t = 0; t < d->tables; t++) {
        fs_seen_table *table = &d->table[t];
        if (t == d->sales || table->set) continue;
        if (t == header) {
            table->use = FS_USE_LOOKUP;
            table->sure = 1;
            table->why = "headers of the receipts: their time, customer, store";
            continue;
        }
        if (d->sales >= 0 && more_of_them(table, &d->table[d->sales])) {
            FS_TRY(take(d, table, FS_SALES, error));
            table->sure = d->table[d->sales].sure;
            table->why = "the columns of the other sales, with other rows";
            continue;
        }
        bool second = false;
        if (d->sales >= 0) FS_TRY(second_source(d, table, &second, error));
        if (second) {
            FS_TRY(take(d, table, FS_SALES, error));
            table->sure = 0.8;
            table->why = "a second source of sales: its receipts are others than the first one's";
            if (table->doubts < FS_DOUBTS)
                table->doubt[table->doubts++] = fs_arena_printf(
                    &d->arena,
                    "%s is taken for sales beside %s: their receipts differ (else --set "
                    "files.%s.use=none)",
                    table->name, d->table[d->sales].name, table->name);
            continue;
        }
        FS_TRY(choose_other(d, table, error));
    }
    fold_entities(d);
    return FS_OK;
}
