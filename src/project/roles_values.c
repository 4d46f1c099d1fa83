/* roles_values.c: what columns of sales are by their values, where names don't say or say too much.
 *
 * Names decide first (roles.c). What they leave open is asked of the rows, in this order:
 *   the only date       a single column that reads as a date is when it was sold
 *   amounts that count  whole numbers that are less than the price: pieces
 *   arithmetic          of three columns of numbers a = b x c: amount, units (the whole ones), price
 *   receipts            codes whose rows all have one time: which purchase
 *   products            codes on which the price hangs; else the finest group of products
 *   net of gross        of two amounts beside a discount, the one after it
 *   totals of orders    the same amount on all lines of a receipt is not the line's
 *   prices and costs    that grow with the units are the line's, not a piece's
 *   whole sales         "sales" in small whole numbers, a product a row: pieces, not money
 * What is found so is said with its reason, and less sure than what a name says.
 *
 * Cost: a few counts over the rows of tables that may be sales, only where something is open.
 */
#include <string.h>

#include "mapping_internal.h"

#define BY_VALUES 0.65
#define NUMBERS   8 /* columns of numbers that are tried for a = b x c */

static fs_fit_column *sales_role(fs_seen_table *t, const char *name)
{
    return &t->fit[FS_SALES].role[fs_role_index(FS_SALES, name)];
}

/* What a column of sales is called. */
static const char *words_of(const char *role)
{
    return fs_canonical_at(FS_SALES)->column[fs_role_index(FS_SALES, role)].words;
}

static bool open_role(fs_seen_table *t, const char *name)
{
    const fs_fit_column *role = sales_role(t, name);
    return role->column < 0 && !role->set;
}

static void take_role(fs_seen_table *t, const char *name, int column, double sure, const char *why)
{
    fs_fit_column *role = sales_role(t, name);
    role->column = column;
    role->sure = sure;
    role->why = why;
}

/* Told where the table is taken for sales. */
static fs_status doubt(fs_detection *d, fs_seen_table *t, const char *text, fs_error *error)
{
    (void)d;
    if (!text) return fs_fail_memory(error, 64);
    if (t->doubts < FS_DOUBTS) t->doubt[t->doubts++] = text;
    return FS_OK;
}

static bool taken(const fs_seen_table *t, int column)
{
    for (int k = 0; k < FS_ROLES_MAX; k++)
        if (t->fit[FS_SALES].role[k].column == column) return true;
    return false;
}

static bool is_number(const fs_seen_column *c)
{
    fs_reading_kind kind = c->profile->reading.kind;
    return kind == FS_READ_INTEGER || kind == FS_READ_NUMBER;
}

static bool in_wide(const fs_seen_table *t, int column)
{
    return t->column[column].wide ||
           (t->wide.kind != FS_LABEL_NONE && (column == t->wide.label || column == t->wide.value));
}

/* ---- the only date --------------------------------------------------------------------------- */

/* Digits alone are a time only if they stand for one that shops have had, and nothing else. */
static bool could_be_time(const fs_seen_column *c)
{
    const int64_t first = fs_days_from_civil(1985, 1, 1), last = fs_days_from_civil(2060, 1, 1);
    const fs_column_profile *p = c->profile;
    fs_reading reading = fs_time_reading(c);
    if (reading.kind < FS_READ_DATE || p->distinct < 3) return false;
    if (!is_number(c)) return true;
    if (c->words.coded || c->referred || c->refers >= 0 || p->fractional) return false;
    if (reading.order == FS_DATE_EPOCH) {
        double scale = p->greatest >= 1e14 ? 1e6 : p->greatest >= 1e11 ? 1e3 : 1;
        return p->least / scale / 86400 >= (double)first &&
               p->greatest / scale / 86400 <= (double)last;
    }
    return reading.order == FS_YMD && p->dates[FS_YMD] == p->rows - p->missing;
}

/* Products side by side: the cells were sold; what stands beside them is of the day, and of all. */
static void only_cells(fs_seen_table *t)
{
    static const char *const measure[] = {"units", "amount"};
    if (t->wide.kind != FS_LABEL_ITEM) return;
    int time = sales_role(t, "time")->column;
    for (int c = 0; c < FS_CANONICAL_TABLES; c++)
        for (int k = 0; k < FS_ROLES_MAX; k++) {
            fs_fit_column *role = &t->fit[c].role[k];
            if (role->column != time && role->column != t->wide.label && !role->set)
                role->column = -1;
        }
    const char *value = t->column[t->wide.value].name;
    for (size_t k = 0; k < 2; k++)
        if (!sales_role(t, measure[k])->set && strncmp(value, measure[k], strlen(measure[k])) == 0)
            take_role(t, measure[k], t->wide.value, 0.8, "the cells of the products");
}

/* One series: a date in each row, and one column of numbers. */
static void only_numbers(const fs_detection *d, fs_seen_table *t)
{
    int time = fs_role_column(t, FS_SALES, "time"), number = -1, numbers = 0;
    if (!fs_called_sales(d, t) || time < 0 || !fs_nearly_unique(t, &t->column[time]) ||
        t->rows < 10 || !open_role(t, "units") || !open_role(t, "amount") ||
        t->wide.kind != FS_LABEL_NONE)
        return;
    for (int i = 0; i < t->columns; i++)
        if (i != time && is_number(&t->column[i])) number = i, numbers++;
    if (numbers != 1 || taken(t, number) || t->column[number].words.coded ||
        fs_is_not_sold(t, &t->column[number]) > 0)
        return;
    bool money = fs_has_currency(t, &t->column[number]) > 0;
    take_role(t, money ? "amount" : "units", number, BY_VALUES,
              "the only numbers beside its dates");
}

static void only_date(fs_seen_table *t)
{
    int found = -1, dates = 0;
    if (t->dated >= 0 && !sales_role(t, "time")->set)
        take_role(t, "time", t->dated, 0.9, "the day, week or month that each file's name tells");
    if (!open_role(t, "time") || fs_wide_periods(t)) return;
    for (int pass = 0; pass < 2 && !dates; pass++) /* what is written as a date goes first */
        for (int i = 0; i < t->columns; i++) {
            const fs_seen_column *c = &t->column[i];
            if (is_number(c) != (pass == 1) || !could_be_time(c)) continue;
            if (fs_other_time(t, c) > 0 || fs_is_sparse(t, c) > 0) continue;
            found = i;
            dates++;
        }
    if (dates == 1) take_role(t, "time", found, BY_VALUES, "the only column that reads as a date");
}

/* ---- arithmetic -------------------------------------------------------------------------------- */

typedef struct triple {
    int amount, units, price;
    double share;
} triple;

/* Columns of numbers that may take part; those that names say something else of are left out. */
static int numbers_of(const fs_seen_table *t, int *number)
{
    int n = 0;
    for (int i = 0; i < t->columns && n < NUMBERS; i++) {
        const fs_seen_column *c = &t->column[i];
        int role = -1;
        for (int k = 0; k < FS_ROLES_MAX; k++)
            if (t->fit[FS_SALES].role[k].column == i) role = k;
        bool ours = role < 0 || role == fs_role_index(FS_SALES, "units") ||
                    role == fs_role_index(FS_SALES, "price") ||
                    role == fs_role_index(FS_SALES, "amount");
        if (ours && is_number(c) && !c->words.coded && !in_wide(t, i) && !c->unique &&
            c->profile->distinct >= 2 && fs_is_sparse(t, c) == 0 && fs_is_not_sold(t, c) == 0)
            number[n++] = i;
    }
    return n;
}

static bool plausible(const fs_seen_table *t, int amount, int units, int price)
{
    const fs_column_profile *a = t->column[amount].profile, *u = t->column[units].profile,
                            *p = t->column[price].profile;
    if (u->fractional || p->least < 0 || u->mean <= 0 || p->mean <= 0) return false;
    if (!p->fractional && (p->mean < u->mean || p->distinct < u->distinct)) return false;
    double ratio = a->mean / (u->mean * p->mean);
    return ratio > 0.2 && ratio < 5;
}

static bool agrees(fs_seen_table *t, const char *role, int column)
{
    const fs_fit_column *known = sales_role(t, role);
    return known->column < 0 || known->column == column || (!known->set && known->sure < 0.7);
}

static fs_status find_triple(fs_detection *d, fs_seen_table *t, triple *best, fs_error *error)
{
    int number[NUMBERS], n = numbers_of(t, number);
    *best = (triple){.share = 0.95};
    for (int a = 0; a < n; a++)
        for (int u = 0; u < n; u++)
            for (int p = 0; p < n; p++) {
                double share;
                if (a == u || a == p || u == p || !agrees(t, "amount", number[a]) ||
                    !agrees(t, "units", number[u]) || !agrees(t, "price", number[p]) ||
                    !plausible(t, number[a], number[u], number[p]))
                    continue;
                FS_TRY(fs_detect_product(d, t, number[a], number[u], number[p], &share, error));
                if (share > best->share) *best = (triple){number[a], number[u], number[p], share};
            }
    return FS_OK;
}

static fs_status arithmetic(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    triple found;
    bool all = !open_role(t, "units") && !open_role(t, "amount") && !open_role(t, "price");
    if (all || open_role(t, "time")) return FS_OK;
    FS_TRY(find_triple(d, t, &found, error));
    if (found.share <= 0.95) return FS_OK;
    const char *why =
        fs_draft_text(d, "%s = %s x %s in %.0f %% of the rows", t->column[found.amount].name,
                      t->column[found.units].name, t->column[found.price].name, 100 * found.share);
    if (!why) return fs_fail_memory(error, 64);
    const struct {
        const char *role;
        int column;
    } take[] = {{"amount", found.amount}, {"units", found.units}, {"price", found.price}};
    for (size_t i = 0; i < 3; i++)
        if (sales_role(t, take[i].role)->column != take[i].column)
            take_role(t, take[i].role, take[i].column, BY_VALUES + 0.1, why);
    return FS_OK;
}

/* Beside units and a price the total of something ("Total Bags") is money only where it is their product. */
static void unnamed_amount(fs_seen_table *t)
{
    fs_fit_column *amount = sales_role(t, "amount");
    bool known = fs_role_sureness(t, FS_SALES, "units") > 0.8 &&
                 fs_role_sureness(t, FS_SALES, "price") > 0.8;
    if (!known || amount->column < 0 || amount->set || amount->sure >= BY_VALUES + 0.1) return;
    const fs_words *name = &t->column[amount->column].words;
    bool of_all = name->count > 1 && fs_word_in(name->word[0], strlen(name->word[0]), "total sum");
    if (of_all && fs_words_fit(name, words_of("amount"), &t->words) <= 0.3) amount->column = -1;
}

/* An "amount" in whole numbers that is less than half of a price, on the mean, counts pieces: no line brings less than its price. */
static fs_status counted_amounts(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    fs_fit_column *amount = sales_role(t, "amount");
    int price = fs_role_column(t, FS_SALES, "price");
    if (amount->column < 0 || amount->set || price < 0 || !open_role(t, "units")) return FS_OK;
    const fs_seen_column *c = &t->column[amount->column];
    const fs_column_profile *a = c->profile, *p = t->column[price].profile;
    if (!is_number(c) || a->fractional || in_wide(t, amount->column) || fs_has_currency(t, c) > 0 ||
        a->mean < 0.5 || a->mean >= 0.5 * p->mean)
        return FS_OK;
    take_role(t, "units", amount->column, 0.7, "whole numbers below the price: pieces, not money");
    amount->column = -1;
    return doubt(d, t,
                 fs_draft_text(d,
                               "%s: %s are whole numbers, less than the price: taken for pieces, "
                               "not for money (else --set 'sales.amount=%s')",
                               t->name, c->name, c->name),
                 error);
}

/* The next best column for a role; -1. `refused` may be NULL. */
static int next_best(const fs_seen_table *t, const char *name, const bool *refused)
{
    int best = -1, role = fs_role_index(FS_SALES, name);
    double most = 0.5;
    for (int i = 0; i < t->columns; i++) {
        if ((refused && refused[i]) || taken(t, i) || in_wide(t, i)) continue;
        double sure = fs_role_sure(t, &t->column[i], FS_SALES, role, NULL);
        if (sure > most) best = i, most = sure;
    }
    return best;
}

/* ---- receipts and products ---------------------------------------------------------------------- */

static bool code_column(const fs_seen_table *t, int column)
{
    const fs_seen_column *c = &t->column[column];
    const fs_column_profile *p = c->profile;
    bool code = p->reading.kind == FS_READ_TEXT || p->reading.kind == FS_READ_INTEGER;
    bool called = fs_role_column(t, FS_SALES, "note") == column && fs_is_code_like(t, c) == 1;
    if (fs_is_yes_no(t, c) > 0) return false;
    return code && (called || !taken(t, column)) && !in_wide(t, column) && !p->fractional &&
           p->longest <= 64 && !c->unique && p->distinct >= 2 && fs_is_sparse(t, c) == 0;
}

static fs_status receipts(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    int best = -1, time = fs_role_column(t, FS_SALES, "time");
    const fs_column_profile *when = time < 0 ? NULL : t->column[time].profile;
    if (!open_role(t, "basket") || !when || fs_time_reading(&t->column[time]).kind < FS_READ_DATE ||
        in_wide(t, time))
        return FS_OK;
    for (int i = 0; i < t->columns; i++) {
        const fs_column_profile *p = t->column[i].profile;
        bool one = false;
        if (!code_column(t, i) || p->distinct < 20 || p->distinct < 0.9 * when->distinct) continue;
        if (p->distinct * 50 < (double)t->rows || p->distinct > 0.95 * (double)t->rows) continue;
        if (best >= 0 && p->distinct <= t->column[best].profile->distinct) continue;
        FS_TRY(fs_depends(d, t, i, time, 1, &one, error));
        if (one) best = i;
    }
    if (best >= 0 && fs_role_column(t, FS_SALES, "note") == best) {
        int note = next_best(t, "note", NULL);
        take_role(t, "note", note, note < 0 ? 0 : 0.7, "part of the name; texts");
    }
    if (best >= 0)
        take_role(t, "basket", best, BY_VALUES, "codes whose rows all have one and the same time");
    return FS_OK;
}

/* Codes on which the price hangs. */
static fs_status priced_codes(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    int best = -1, price = fs_role_column(t, FS_SALES, "price");
    if (!open_role(t, "item") || price < 0 || in_wide(t, price)) return FS_OK;
    for (int i = 0; i < t->columns; i++) {
        const fs_column_profile *p = t->column[i].profile;
        bool one = false;
        if (!code_column(t, i) || p->distinct > 0.5 * (double)t->rows) continue;
        if (best >= 0 && p->distinct <= t->column[best].profile->distinct) continue;
        FS_TRY(fs_depends(d, t, i, price, 1.6, &one, error));
        if (one) best = i;
    }
    if (best >= 0) take_role(t, "item", best, BY_VALUES, "codes that each have their price");
    return FS_OK;
}

/* Nothing says which product, but something says which kind of product. */
static void finest_group(fs_seen_table *t)
{
    static const char *const role[] = {"name", "subcategory", "category", "brand"};
    bool bought = !open_role(t, "customer") && !open_role(t, "time") && t->columns <= 6;
    bool sold = !open_role(t, "units") || !open_role(t, "amount") || !open_role(t, "basket");
    if (!open_role(t, "item") || !(sold || bought)) return;
    int note = fs_role_column(t, FS_SALES, "note");
    if (note >= 0 && t->column[note].profile->distinct <= 0.5 * (double)t->rows && t->rows > 20) {
        sales_role(t, "note")->column = -1;
        take_role(t, "item", note, BY_VALUES, "nothing finer says what was sold");
        return;
    }
    for (size_t k = 0; k < sizeof role / sizeof *role; k++) {
        int column = fs_role_column(t, FS_PRODUCTS, role[k]);
        if (column < 0 || taken(t, column) || in_wide(t, column) ||
            t->column[column].profile->distinct < 2 ||
            fs_role_sureness(t, FS_PRODUCTS, role[k]) < 0.7)
            continue;
        take_role(t, "item", column, BY_VALUES, "nothing finer says what was sold");
        return;
    }
}

/* A panel of several rows a period that names no place, receipt or customer: its towns or regions are its places, and where nothing
 * says what was sold, their kinds are that. */
static void panel_keys(fs_seen_table *t)
{
    int time = fs_role_column(t, FS_SALES, "time"), kind = -1;
    if (time < 0 || t->column[time].unique || t->column[time].profile->times || t->rows <= 20 ||
        !open_role(t, "store") || !open_role(t, "basket") || !open_role(t, "customer") ||
        (open_role(t, "units") && open_role(t, "amount")) || t->wide.kind != FS_LABEL_NONE)
        return;
    static const char *const role[] = {"city", "region"};
    for (size_t k = 0; k < 2 && open_role(t, "store"); k++) {
        int column = fs_role_column(t, FS_STORES, role[k]);
        if (column >= 0 && !taken(t, column) && t->column[column].profile->distinct >= 2 &&
            fs_role_sureness(t, FS_STORES, role[k]) > 0.8)
            take_role(t, "store", column, BY_VALUES, "nothing finer says where it was sold");
    }
    for (int i = 0; i < t->columns && kind < 0; i++) {
        const fs_seen_column *c = &t->column[i];
        bool few = c->profile->distinct >= 2 && c->profile->distinct <= 0.1 * (double)t->rows;
        if (!taken(t, i) && few && fs_is_text(t, c) > 0 && c->words.count == 1 &&
            fs_words_has(&c->words, "type kind variety sort tipo typ art"))
            kind = i;
    }
    if (kind >= 0 && open_role(t, "item"))
        take_role(t, "item", kind, BY_VALUES, "nothing finer says what was sold");
}

/* ---- amounts that are not what was paid for the line ---------------------------------------------- */

static fs_status order_totals(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    int basket = fs_role_column(t, FS_SALES, "basket");
    fs_fit_column *amount = sales_role(t, "amount");
    bool *refused = fs_arena_zero(&d->arena, (size_t)t->columns + 1);
    if (!refused) return fs_fail_memory(error, (size_t)t->columns);
    while (basket >= 0 && amount->column >= 0 && !amount->set && !in_wide(t, amount->column)) {
        bool same = false;
        if (t->column[basket].profile->distinct * 1.2 > (double)t->rows) return FS_OK;
        FS_TRY(fs_depends(d, t, basket, amount->column, 1, &same, error));
        if (!same) return FS_OK;
        FS_TRY(doubt(d, t,
                     fs_draft_text(d,
                                   "%s: %s is the same on all lines of a receipt: taken for its "
                                   "total, not for the line's amount (else --set "
                                   "'sales.amount=%s')",
                                   t->name, t->column[amount->column].name,
                                   t->column[amount->column].name),
                     error));
        refused[amount->column] = true;
        amount->column = next_best(t, "amount", refused);
        if (amount->column < 0) return FS_OK;
        amount->sure = fs_role_sure(t, &t->column[amount->column], FS_SALES,
                                    fs_role_index(FS_SALES, "amount"), NULL);
        amount->why = "the total of the receipt is another column";
    }
    return FS_OK;
}

static bool has_discount(const fs_seen_table *t)
{
    for (int i = 0; i < t->columns; i++)
        if (is_number(&t->column[i]) &&
            fs_words_fit(&t->column[i].words, words_of("discount"), NULL) > 0.6)
            return true;
    return false;
}

/* What was paid is the amount after the discount. */
static void net_of_gross(fs_seen_table *t)
{
    fs_fit_column *amount = sales_role(t, "amount");
    int role = fs_role_index(FS_SALES, "amount");
    if (amount->column < 0 || amount->set || !has_discount(t) ||
        !fs_words_has(&t->column[amount->column].words, "gross brutto before list"))
        return;
    for (int i = 0; i < t->columns; i++) {
        const fs_seen_column *c = &t->column[i];
        bool net = fs_words_has(&c->words, "net netto after neto") ||
                   (fs_words_fit(&c->words, words_of("amount"), NULL) >= 1 &&
                    c->profile->mean <= t->column[amount->column].profile->mean);
        if (in_wide(t, i) || i == amount->column || !net ||
            fs_role_sure(t, c, FS_SALES, role, NULL) < 0.5)
            continue;
        amount->column = i;
        amount->why = "after the discount, of two amounts";
        return;
    }
}

/* Where no other column says what a line brought, what the list asks. */
static void listed_price(fs_seen_table *t)
{
    if (!open_role(t, "price") || !open_role(t, "amount") || open_role(t, "units")) return;
    for (int i = 0; i < t->columns; i++) {
        const fs_seen_column *c = &t->column[i];
        if (is_number(c) && !taken(t, i) && fs_words_has(&c->words, FS_LISTED) &&
            fs_words_fit(&c->words, words_of("price"), NULL) > 0.6 && open_role(t, "price"))
            take_role(t, "price", i, BY_VALUES, "the price of the list, and no other");
    }
}

/* ---- prices and costs of lines ---------------------------------------------------------------------------- */

static fs_status ask_share(fs_detection *d, const char *text, double *share, fs_error *error)
{
    fs_buffer sql = {0};
    int64_t thousandths;
    *share = -1;
    if (!text || fs_buffer_text(&sql, text) != FS_OK) return fs_fail_memory(error, 256);
    FS_TRY(fs_detect_ask(d, &sql, &thousandths, error));
    *share = (double)thousandths / 1000;
    return FS_OK;
}

static const char *name_of(fs_detection *d, const fs_seen_table *t, const char *role)
{
    fs_buffer out = {0};
    int column = fs_role_column(t, FS_SALES, role);
    const char *name = column >= 0 && fs_detect_quoted(t->column[column].name, &out) == FS_OK
                           ? fs_arena_strdup(&d->arena, out.data)
                           : NULL;
    fs_buffer_free(&out);
    return name;
}

/* A "price" that is twice as high where two pieces were sold is the line's money. */
static fs_status price_of_line(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    fs_fit_column *price = sales_role(t, "price");
    double share;
    if (price->column < 0 || price->set || !open_role(t, "amount") || open_role(t, "item") ||
        open_role(t, "units") || t->wide.kind != FS_LABEL_NONE || !d->engine ||
        !is_number(&t->column[price->column]) ||
        !is_number(&t->column[fs_role_column(t, FS_SALES, "units")]))
        return FS_OK;
    const char *item = name_of(d, t, "item"), *units = name_of(d, t, "units"),
               *money = name_of(d, t, "price");
    if (!item || !units || !money) return fs_fail_memory(error, 64);
    const char *sql = fs_draft_text(
        d,
        "with one as (select %s as i, cast(avg(%s) as double) as p from %s where %s = 1 group by "
        "1) "
        "select coalesce(cast(1000.0 * avg(case when abs(r.%s - one.p * r.%s) < abs(r.%s - one.p) "
        "then 1.0 else 0.0 end) as bigint), 0) from %s as r join one on one.i = r.%s where r.%s > "
        "1",
        item, money, t->name, units, money, units, money, t->name, item, units);
    FS_TRY(ask_share(d, sql, &share, error));
    if (share < 0.9) return FS_OK;
    int column = price->column;
    price->column = -1;
    take_role(t, "amount", column, BY_VALUES + 0.1, "grows with the units: money of the line");
    return doubt(d, t,
                 fs_draft_text(d,
                               "%s: %s grows with the units: taken for the money of the line, not "
                               "of a piece (else --set 'sales.price=%s')",
                               t->name, t->column[column].name, t->column[column].name),
                 error);
}

/* Where a cost is all the money that the lines have, it is what the customer paid. */
static fs_status cost_is_price(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    fs_fit_column *cost = sales_role(t, "cost");
    if (cost->column < 0 || cost->set || !open_role(t, "price") || !open_role(t, "amount") ||
        open_role(t, "units") || open_role(t, "basket"))
        return FS_OK;
    int column = cost->column;
    cost->column = -1;
    take_role(t, "price", column, 0.6, "the only money on the lines: what the customer paid");
    return doubt(
        d, t,
        fs_draft_text(d,
                      "%s: %s is the only money on the lines: taken for the price that the "
                      "customer paid (else --set 'sales.cost=%s')",
                      t->name, t->column[column].name, t->column[column].name),
        error);
}

/* The share of the lines of so many pieces (`which`: "> 1") on which the cost is above the price. */
static fs_status cost_above(fs_detection *d, fs_seen_table *t, const char *which, double *share,
                            fs_error *error)
{
    const char *u = name_of(d, t, "units"), *p = name_of(d, t, "price"), *c = name_of(d, t, "cost");
    if (!u || !p || !c) return fs_fail_memory(error, 64);
    return ask_share(d,
                     fs_draft_text(d,
                                   "select coalesce(cast(1000.0 * avg(case when %s > 1.01 * %s "
                                   "then 1.0 else 0.0 end) as bigint), 0) from %s where %s %s",
                                   c, p, t->name, u, which),
                     share, error);
}

/* Costs above what was paid on nearly all lines of several pieces are the line's, unless they are so on lines of one
 * piece too: then things are sold below cost. Costs that are just units x price are none. */
static fs_status cost_of_line(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    fs_fit_column *cost = sales_role(t, "cost");
    int price = fs_role_column(t, FS_SALES, "price"), units = fs_role_column(t, FS_SALES, "units");
    double share;
    if (cost->column < 0 || cost->set || price < 0 || units < 0 || !d->engine ||
        t->wide.kind != FS_LABEL_NONE || !is_number(&t->column[cost->column]) ||
        !is_number(&t->column[price]) || !is_number(&t->column[units]))
        return FS_OK;
    FS_TRY(fs_detect_product(d, t, cost->column, units, price, &share, error));
    if (share > 0.95) {
        const char *name = t->column[cost->column].name;
        cost->column = -1;
        return doubt(d, t,
                     fs_draft_text(d, "%s: %s is units x price on all lines: not taken for a cost",
                                   t->name, name),
                     error);
    }
    double several, single;
    FS_TRY(cost_above(d, t, "> 1", &several, error));
    FS_TRY(cost_above(d, t, "= 1", &single, error));
    cost->per_line = several > 0.8 && single < 0.5;
    if (cost->per_line) cost->why = "costs of the line: above the price on lines of several pieces";
    return FS_OK;
}

/* ---- sales in whole numbers -------------------------------------------------------------------------- */

static fs_status whole_sales(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    fs_fit_column *amount = sales_role(t, "amount");
    if (amount->column < 0 || amount->set || !open_role(t, "units") || open_role(t, "item"))
        return FS_OK;
    const fs_seen_column *c = &t->column[amount->column];
    const fs_column_profile *p = c->profile;
    const char *last = c->words.count ? c->words.word[c->words.count - 1] : "";
    bool vague = fs_word_in(last, strlen(last), "sales value ventas ventes vendas vendite verkauf");
    bool money =
        fs_words_has(&c->words, "dollar dollars eur euro usd gbp amount revenue net gross") ||
        fs_has_currency(t, c) > 0 || !open_role(t, "price");
    if (!vague || money || p->fractional || p->mean >= 1000 || in_wide(t, amount->column))
        return FS_OK;
    take_role(t, "units", amount->column, 0.7, "whole numbers, a product a row: pieces, not money");
    amount->column = -1;
    return doubt(d, t,
                 fs_draft_text(d,
                               "%s: %s are small whole numbers, a product a row: taken for pieces, "
                               "not for money (else --set 'sales.amount=%s')",
                               t->name, c->name, c->name),
                 error);
}

fs_status fs_detect_values(fs_detection *d, fs_seen_table *t, fs_error *error)
{
    only_cells(t);
    only_date(t);
    only_numbers(d, t);
    FS_TRY(counted_amounts(d, t, error));
    FS_TRY(arithmetic(d, t, error));
    unnamed_amount(t);
    FS_TRY(receipts(d, t, error));
    FS_TRY(priced_codes(d, t, error));
    finest_group(t);
    panel_keys(t);
    net_of_gross(t);
    listed_price(t);
    FS_TRY(order_totals(d, t, error));
    FS_TRY(cost_is_price(d, t, error));
    FS_TRY(price_of_line(d, t, error));
    FS_TRY(cost_of_line(d, t, error));
    return whole_sales(d, t, error);
}
