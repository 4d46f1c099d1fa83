/* relations.c: what columns have to do with one another.
 *
 * Keys: columns with another value in each row. A sketch says so to some percent; the rows are asked
 * only where it nearly is one. Links: a column whose distinct values nearly all stand in another
 * table's key, by the sketches of both, and whose name has a word in common with that key or its
 * table, or whose values are too long to be alike by chance (small integers always are).
 * Arithmetic: amount = units x price on a sample of rows.
 */
#include <math.h>
#include <string.h>

#include "roles_internal.h"

#define NEARLY 0.9
#define SAMPLE 50000

static bool numeric(const fs_column_profile *p)
{
    return p->reading.kind == FS_READ_INTEGER || p->reading.kind == FS_READ_NUMBER;
}
static bool code_like(const fs_seen_column *c)
{
    const fs_column_profile *p = c->profile;
    return !c->wide && p->fractional == 0 && p->longest <= 64 && p->reading.kind != FS_READ_BOOL &&
           p->distinct >= 2;
}

/* ---- keys ----------------------------------------------------------------------------- */

bool fs_nearly_unique(const fs_seen_table *table, const fs_seen_column *c)
{
    return !c->wide && c->profile->missing * 20 <= table->rows &&
           c->profile->distinct >= NEARLY * (double)table->rows && table->rows > 0;
}

fs_status fs_detect_quoted(const char *name, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "\""));
    for (const char *at = name; *at; at++) {
        FS_TRY(fs_buffer_add(out, at, 1));
        if (*at == '"') FS_TRY(fs_buffer_text(out, "\""));
    }
    return fs_buffer_text(out, "\"");
}

/* Asks the rows for one number; -1 where there is no engine. */
fs_status fs_detect_ask(const fs_detection *d, fs_buffer *sql, int64_t *value, fs_error *error)
{
    fs_status status = FS_OK;
    *value = -1;
    if (d->engine) status = fs_engine_integer(d->engine, sql->data, value, error);
    fs_buffer_free(sql);
    return status;
}

static fs_status ask_distinct(const fs_detection *d, const fs_seen_table *table, int a, int b,
                              int64_t *count, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "select count(*) from (select distinct ");
    if (status == FS_OK) status = fs_detect_quoted(table->column[a].name, &sql);
    if (status == FS_OK && b >= 0) status = fs_buffer_text(&sql, ", ");
    if (status == FS_OK && b >= 0) status = fs_detect_quoted(table->column[b].name, &sql);
    if (status == FS_OK) status = fs_buffer_printf(&sql, " from %s)", table->name);
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 64);
    return fs_detect_ask(d, &sql, count, error);
}

/* Are a and b (b may be -1) together another one in each row? */
fs_status fs_detect_key(const fs_detection *d, const fs_seen_table *table, int a, int b,
                        bool *unique, fs_error *error)
{
    int64_t count = -1;
    const fs_column_profile *x = table->column[a].profile;
    *unique = false;
    if (b < 0 && table->rows < FS_SKETCH)
        return *unique = x->distinct == (double)table->rows, FS_OK;
    if (table->wide.kind != FS_LABEL_NONE && (a >= table->wide.label || b >= table->wide.label))
        return FS_OK;
    FS_TRY(ask_distinct(d, table, a, b, &count, error));
    if (count < 0 && b < 0)
        *unique = x->distinct >= 0.97 * (double)table->rows;
    else if (count < 0)
        *unique = x->distinct * table->column[b].profile->distinct >= (double)table->rows;
    else
        *unique = count == table->rows;
    return FS_OK;
}

static fs_status find_keys(const fs_detection *d, fs_seen_table *table, fs_error *error)
{
    int asked = 0;
    for (int i = 0; i < table->columns; i++) {
        fs_seen_column *c = &table->column[i];
        if (!code_like(c) || !fs_nearly_unique(table, c) || c->profile->missing || asked == 3)
            continue;
        if (table->rows >= FS_SKETCH) asked++;
        FS_TRY(fs_detect_key(d, table, i, -1, &c->unique, error));
    }
    return FS_OK;
}

/* ---- links ------------------------------------------------------------------------------ */

static const char VAGUE[] =
    "id ids no nr num number nummer key code cod name desc date day week time type of the de total "
    "number unit first last start end";

static bool share_word(const fs_words *a, const fs_words *b)
{
    for (int i = 0; i < a->count; i++) {
        size_t bytes = strlen(a->word[i]);
        if (fs_word_in(a->word[i], bytes, VAGUE) || a->word[i][0] <= '9') continue;
        for (int j = 0; j < b->count; j++) {
            size_t other = strlen(b->word[j]), least = bytes < other ? bytes : other;
            if (strcmp(a->word[i], b->word[j]) == 0) return true;
            if (least >= 4 && (bytes > other ? bytes - other : other - bytes) <= 1 &&
                memcmp(a->word[i], b->word[j], least) == 0)
                return true;
        }
    }
    return false;
}

/* Do both names speak of the same kind of key (customer, cust, household …)? */
static bool same_entity(const fs_words *a, const fs_words *b)
{
    static const char *const key[] = {"item", "store", "customer", "basket"};
    for (size_t k = 0; k < sizeof key / sizeof *key; k++) {
        const char *list = fs_canonical_at(FS_SALES)->column[fs_role_index(FS_SALES, key[k])].words;
        if (fs_words_fit(a, list, NULL) > 0.6 && fs_words_fit(b, list, NULL) > 0.6) return true;
    }
    return false;
}

/* Values too long to be alike by chance. */
static bool telling(const fs_column_profile *p)
{
    return numeric(p) ? p->least >= 1e5
                      : p->reading.kind == FS_READ_TEXT && p->shortest >= 8 && p->distinct > 20;
}

double fs_link_strength(const fs_seen_column *from, const fs_seen_table *to_table,
                        const fs_seen_column *to)
{
    bool zeros = from->profile->leading_zeros || to->profile->leading_zeros;
    if (!code_like(from) || !code_like(to)) return 0;
    if (!zeros && numeric(from->profile) != numeric(to->profile)) return 0;
    bool alike =
        share_word(&from->words, &to->words) || same_entity(&from->words, &to->words) ||
        (to->words.count == 1 && to->words.coded && share_word(&from->words, &to_table->words)) ||
        telling(from->profile);
    if (!alike) return 0;
    return fs_profile_within(from->profile, to->profile);
}

static void find_link(fs_detection *d, int t, fs_seen_column *from)
{
    double best = NEARLY;
    for (int o = 0; o < d->tables; o++) {
        fs_seen_table *other = &d->table[o];
        for (int j = 0; o != t && j < other->columns; j++) {
            fs_seen_column *to = &other->column[j];
            if (!fs_nearly_unique(other, to)) continue;
            double strength = fs_link_strength(from, other, to);
            if (strength < best || (strength == best && from->refers >= 0)) continue;
            if (from->unique && from->profile->distinct >= to->profile->distinct) continue;
            best = strength;
            from->refers = o;
            from->refers_column = j;
            to->referred = true;
        }
    }
}

/* Of two columns that stand for the same key the one that is called as it is: item_id beside product_id numbers the lines. */
static void unlink_twins(const fs_detection *d, fs_seen_table *table)
{
    for (int i = 0; i < table->columns; i++) {
        const fs_seen_column *named = &table->column[i];
        if (named->refers < 0 || named->refers_column < 0) continue;
        const fs_seen_column *key = &d->table[named->refers].column[named->refers_column];
        if (strcmp(named->words.joined, key->words.joined) != 0) continue;
        for (int j = 0; j < table->columns; j++) {
            fs_seen_column *other = &table->column[j];
            if (j != i && other->refers == named->refers &&
                other->refers_column == named->refers_column &&
                !share_word(&other->words, &key->words))
                other->refers = other->refers_column = -1;
        }
    }
}

fs_status fs_detect_relations(fs_detection *d, fs_error *error)
{
    for (int t = 0; t < d->tables; t++) FS_TRY(find_keys(d, &d->table[t], error));
    for (int t = 0; t < d->tables; t++)
        for (int i = 0; i < d->table[t].columns; i++)
            if (code_like(&d->table[t].column[i])) find_link(d, t, &d->table[t].column[i]);
    for (int t = 0; t < d->tables; t++) unlink_twins(d, &d->table[t]);
    return FS_OK;
}

/* ---- arithmetic ---------------------------------------------------------------------------- */

/* Share of sampled rows in which amount = units x price, to the cent; -1: can't be asked. */
fs_status fs_detect_product(const fs_detection *d, const fs_seen_table *table, int amount,
                            int units, int price, double *share, fs_error *error)
{
    int column[3] = {amount, units, price};
    fs_buffer sql = {0};
    int64_t thousandths;
    *share = -1;
    if (!d->engine || table->wide.kind != FS_LABEL_NONE) return FS_OK;
    fs_status status = fs_buffer_text(
        &sql, "select cast(round(1000.0 * sum(case when abs(a - u * p) <= 0.011 + 0.005 * abs(a) "
              "then 1 else 0 end) / nullif(count(*), 0)) as bigint) from (select cast(");
    for (int i = 0; i < 3 && status == FS_OK; i++) {
        status = fs_detect_quoted(table->column[column[i]].name, &sql);
        if (status == FS_OK)
            status = fs_buffer_text(&sql, i == 0   ? " as double) a, cast("
                                          : i == 1 ? " as double) u, cast("
                                                   : " as double) p from ");
    }
    if (status == FS_OK)
        status = fs_buffer_printf(&sql, "%s limit %d) where a <> 0", table->name, SAMPLE);
    if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 256);
    FS_TRY(fs_detect_ask(d, &sql, &thousandths, error));
    *share = (double)thousandths / 1000;
    return FS_OK;
}
