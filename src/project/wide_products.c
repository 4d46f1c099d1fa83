/* wide_products.c: tables with a row per day, week or month and a column per product.
 *
 *     date, Bread, Coffee, Tea
 *     2024-03-01, 12, 40, 7
 *
 * Columns of weather or of an economy lie as well beside a date, so all of this has to hold: the file is called as sales are, or is
 * the only one; each row has another date, and nothing else in it is text; three or more neighbouring columns are numbers that are
 * not below zero, and of none of them a name that foresell knows says what it is; what is left are parts of the date or totals.
 */
#include <string.h>

#include "roles_internal.h"

#define ROWS_LEAST    10
#define COLUMNS_LEAST 3

static const char PARTS[] =
    "year month day week weekday hour quarter no name of date dow weekend holiday total sum all "
    "jahr monat tag woche wochentag gesamt summe mes dia semana ano annee mois jour";
static const char OTHERS[] =
    "temp temperature humidity wind rain rainfall precipitation snow sun sunshine cloud pressure "
    "tmin tmax "
    "tavg weather cpi ppi gdp unemployment fuel oil gas index rate inflation interest population "
    "traffic "
    "clicks impressions spend budget tv radio newspaper facebook google latitude longitude lat lon";

static bool all_parts(const fs_words *words)
{
    for (int i = 0; i < words->count; i++)
        if (!fs_word_in(words->word[i], strlen(words->word[i]), PARTS)) return false;
    return true;
}

/* Does its name fit a column of any canonical table? */
static bool is_known(const fs_words *words)
{
    for (int t = 0; t < FS_CANONICAL_TABLES; t++) {
        const fs_canonical_table *table = fs_canonical_at(t);
        for (int c = 0; table->column[c].name; c++)
            if (fs_words_fit(words, table->column[c].words, NULL) > 0.7) return true;
    }
    return false;
}

static bool is_product(const fs_seen_column *c)
{
    const fs_column_profile *p = c->profile;
    bool number = p->reading.kind == FS_READ_INTEGER || p->reading.kind == FS_READ_NUMBER;
    return number && p->distinct > 1 && p->least >= 0 && !all_parts(&c->words) &&
           !fs_words_has(&c->words, OTHERS) && !is_known(&c->words);
}

static bool is_date(const fs_seen_table *t, const fs_seen_column *c)
{
    const fs_column_profile *p = c->profile;
    return fs_time_reading(c).kind >= FS_READ_DATE && p->missing == 0 &&
           p->distinct >= 0.98 * (double)t->rows;
}

bool fs_products_sideways(const fs_detection *d, const fs_seen_table *t, int *first, int *count)
{
    int dates = 0;
    *count = 0;
    if (!fs_called_sales(d, t) || t->rows < ROWS_LEAST) return false;
    for (int i = 0; i < t->columns;) {
        int end = i;
        while (end < t->columns && is_product(&t->column[end])) end++;
        if (end - i > *count) *first = i, *count = end - i;
        i = end > i ? end : i + 1;
    }
    for (int i = 0; i < t->columns; i++) {
        if (i >= *first && i < *first + *count) continue;
        bool date = is_date(t, &t->column[i]);
        if (!date && !all_parts(&t->column[i].words)) return false;
        dates += date;
    }
    return dates == 1 && *count >= COLUMNS_LEAST;
}
