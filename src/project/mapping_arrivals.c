/* mapping_arrivals.c: open orders that a file writes side by side, by when they arrive.
 *
 * "In Transit W+1", "In Transit W+2": columns of what is on order whose names end in a unit of time and a
 * number that counts from now (a sign + before it, or the least of them is 0 or 1; "Transit KW 16" is a week
 * of the calendar and stays). Each row becomes a row of `stock` for each such column that is not zero, with
 * on_order and arrives_in, in a derived mapping: the file's rows are accounted for by its other one.
 */
#include <stdlib.h>
#include <string.h>

#include "mapping_internal.h"

static int unit_days(const char *word)
{
    size_t bytes = strlen(word);
    if (fs_word_in(word, bytes, "w wk week weeks woche wochen kw semana semanas semaine s"))
        return 7;
    if (fs_word_in(word, bytes, "d day days tag tage t dia dias jour jours j")) return 1;
    return fs_word_in(word, bytes, "m month months monat monate mes meses mois") ? 30 : 0;
}

/* Days from now that the column's name tells; -1: it is none of what is on order then. */
static int days_told(const fs_seen_column *c, const char *words)
{
    int n = c->words.count;
    if (n < 3 || c->wide) return -1;
    const char *number = c->words.word[n - 1];
    size_t digits = strspn(number, "0123456789"), bytes = 0;
    int unit = unit_days(c->words.word[n - 2]);
    if (number[digits] || !digits || digits > 2 || !unit) return -1;
    char joined[256] = "";
    for (int i = 0; i < n - 2; i++) {
        size_t more = strlen(c->words.word[i]);
        if (bytes + more >= sizeof joined) return -1;
        memcpy(joined + bytes, c->words.word[i], more + 1);
        bytes += more;
    }
    fs_words stem = {.joined = joined, .word = c->words.word, .count = n - 2, .before = n - 2};
    bool number_cells =
        c->profile->reading.kind == FS_READ_INTEGER || c->profile->reading.kind == FS_READ_NUMBER;
    return number_cells && fs_words_fit(&stem, words, NULL) > 0.8 ? unit * atoi(number) : -1;
}

int fs_arrivals(const fs_seen_table *t, int *column, int *days)
{
    const char *words =
        fs_canonical_at(FS_STOCK)->column[fs_role_index(FS_STOCK, "on_order")].words;
    int count = 0, least = 1000;
    bool plus = false;
    for (int i = 0; i < t->columns && count < FS_ARRIVALS_MAX; i++) {
        int told = days_told(&t->column[i], words);
        if (told < 0) continue;
        if (column) column[count] = i, days[count] = told;
        count++;
        if (told < least) least = told;
        plus = plus || strchr(t->column[i].name, '+');
    }
    return plus || least <= 30 ? count : 0;
}

static const char *const kept[] = {"item", "store", "day"};

static fs_status one_column(fs_draft *draft, int column, int days, bool first, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, first ? "select\n" : "\nunion all\nselect\n"));
    for (int k = 0; k < 3; k++) {
        const char *sql, *note;
        int role = fs_role_index(FS_STOCK, kept[k]);
        int from = draft->home->fit[FS_STOCK].role[role].column;
        if (from < 0) continue;
        FS_TRY(fs_role_sql(draft, FS_STOCK, role, from, &sql, &note));
        if (sql) FS_TRY(fs_buffer_printf(out, "    %s as %s,\n", sql, kept[k]));
    }
    const char *value = fs_draft_home(draft, column, draft->home->column[column].profile->reading);
    if (!value) return FS_MEMORY;
    return fs_buffer_printf(out,
                            "    %s as on_order,\n    %d as arrives_in\nfrom %s\nwhere %s <> 0",
                            value, days, draft->home->name, value);
}

static fs_status write_body(fs_draft *draft, const int *column, const int *days, int count,
                            fs_buffer *out)
{
    for (int i = 0; i < count; i++) FS_TRY(one_column(draft, column[i], days[i], i == 0, out));
    FS_TRY(fs_buffer_text(out, "\norder by "));
    for (int k = 0; k < 3; k++)
        if (fs_role_column(draft->home, FS_STOCK, kept[k]) >= 0)
            FS_TRY(fs_buffer_printf(out, "%s nulls last, ", kept[k]));
    return fs_buffer_text(out, "arrives_in nulls last");
}

static fs_status fill(fs_draft *draft, const int *column, const int *days, int count)
{
    fs_buffer body = {0};
    fs_status status = write_body(draft, column, days, count, &body);
    const char *text = status == FS_OK ? fs_arena_strdup(&draft->d->arena, body.data) : NULL;
    fs_buffer_free(&body);
    if (!text) return fs_fail_memory(draft->error, 64);
    draft->map->body = text;
    draft->map->about = "what is on its way, by when it is on sale";
    for (int i = 0; i < count; i++)
        FS_TRY(fs_draft_add(draft, "on_order", "", draft->home->column[column[i]].name, 0.95,
                            fs_draft_text(draft->d, "on sale within %d days", days[i])));
    return FS_OK;
}

fs_status fs_map_arrivals(fs_detection *d, int home, fs_error *error)
{
    int column[FS_ARRIVALS_MAX], days[FS_ARRIVALS_MAX];
    int count = fs_arrivals(&d->table[home], column, days);
    fs_draft draft;
    if (!count) return FS_OK;
    FS_TRY(fs_draft_open(d, FS_STOCK, home, true, &draft, error));
    fs_status status = fill(&draft, column, days, count);
    fs_status closed = fs_draft_close(&draft);
    return status != FS_OK ? status : closed;
}
