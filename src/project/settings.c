/* Settings: every key of foresell.yaml that is a plain value, in one table.
 *
 * The table gives each setting its name, kind, default, bounds and doc. From it follow the check of
 * a value when the file is read, the defaults that ${name} in a step sees, and the reference page
 * (docs/project.md, held against this table by a test). Adding a row here is all it takes.
 *
 * Some defaults hang on the period: a season is 7 days, 52 weeks or 12 months. Values are kept as
 * text, as they stand in the file; lists as "[a, b]". Numbers are read without the locale.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "project_internal.h"

static const fs_setting settings[] = {
    {"name", FS_SETTING_TEXT,
     .doc = "name of the shop in reports; the folder's name where it is not given"},
    {"currency", FS_SETTING_TEXT, "",
     .doc = "currency of all money, as in GBP; printed, never converted"},
    {"country", FS_SETTING_TEXT, "",
     .doc = "country as two letters, as in GB: whose holidays count; empty: the one whose public "
            "holidays the days are on which the shop was closed, where that is sure"},
    {"region", FS_SETTING_TEXT, "",
     .doc = "part of the country, as in BY or GB-SCT (ISO 3166-2): its holidays count too; empty: "
            "those of most regions count"},
    {"week_start", FS_SETTING_CHOICE, "", .choices = "monday|sunday|saturday",
     .doc = "first day of the week where the report shows weekdays in order; empty: as people in "
            "the country have it, else Monday. Weeks of the data begin on Monday (ISO 8601)"},
    {"pay_days", FS_SETTING_NUMBERS, "[31]", .minimum = 1, .maximum = 31,
     .doc = "days of the month on which people are paid, as in [15, 31]; 31: the last"},
    {"period", FS_SETTING_CHOICE, "day", .choices = "day|week|month",
     .doc = "how long one forecast step is"},
    {"absent", FS_SETTING_CHOICE, "zero", .choices = "zero|closed|missing",
     .doc = "what it means when a product has no line in a period: nothing was sold (zero), the "
            "shop was shut "
            "(closed), or it is not known (missing)"},
    {"dates", FS_SETTING_CHOICE, "told", .choices = "told|numbered",
     .doc = "whether the days are those of the files (told), or counted from a made-up first one "
            "because the files only number their periods (numbered); the report says so"},
    {"season", FS_SETTING_INT, .by_period = {"7", "52", "12"}, .minimum = 1, .maximum = 10000,
     .doc = "periods after which sales repeat their pattern"},
    {"year_season", FS_SETTING_INT, .by_period = {"365", "1", "1"}, .minimum = 1, .maximum = 10000,
     .doc = "a second, longer such pattern, beside which `season` is told in the report; 1: none"},
    {"forecast.horizon", FS_SETTING_INT, .by_period = {"28", "13", "12"}, .minimum = 1,
     .maximum = 10000, .doc = "how many periods ahead"},
    {"forecast.quantiles", FS_SETTING_NUMBERS, "[0.05, 0.25, 0.5, 0.75, 0.95]", .minimum = 0.0001,
     .maximum = 0.9999, .doc = "which quantiles the forecasts carry"},
    {"forecast.levels", FS_SETTING_WORDS, "[item, category, store, total]",
     .choices = "item_store|item|category|store|total", .doc = "what is forecast"},
    {"forecast.start", FS_SETTING_DATE, "",
     .doc = "first day to forecast, as in 2024-01-31: what was sold from then on is not looked at; "
            "empty: after "
            "the last sale"},
    {"classes.method", FS_SETTING_CHOICE, "foresell", .choices = "foresell|mllib",
     .doc =
         "who fits the classifiers of products' next classes and of customers who leave: foresell, "
         "or Spark's MLlib where they are too many for one machine (with `--engine spark` only)"},
    {"segments.method", FS_SETTING_CHOICE, "foresell", .choices = "foresell|mllib",
     .doc = "who fits the segments of customers that buy alike: foresell, or Spark's MLlib where "
            "they are too many for one machine (with `--engine spark` only)"},
    {"churn.horizon", FS_SETTING_INT, "90", .minimum = 7, .maximum = 365,
     .doc = "days in which a customer must buy, or he has left: where the files do not say who has "
            "left. A quarter, in which one who buys every month is missed three times"},
    {"churn.contact", FS_SETTING_NUMBER, "1", .minimum = 0, .maximum = 9007199254740991,
     .doc = "what it costs to contact one customer, in money"},
    {"churn.offer", FS_SETTING_NUMBER, "10", .minimum = 0, .maximum = 9007199254740991,
     .doc = "what the offer costs that is made to keep a customer, in money, where he takes it"},
    {"churn.save", FS_SETTING_NUMBER, "0.3", .minimum = 0, .maximum = 1,
     .doc = "share of those who would leave that the offer keeps. This, the contact and the offer "
            "are those of Verbraken, Verbeke, Baesens 2013, in euros: write your own"},
    {"churn.margin", FS_SETTING_NUMBER, "0.3", .minimum = 0, .maximum = 1,
     .doc = "share of a customer's revenue that is left after what he buys is paid for"},
    {"stock.lead_time", FS_SETTING_SPAN, "14 days", .maximum = 1000,
     .doc =
         "how long it takes from an order until it is on sale, as in 14 days, where the files do "
         "not say it of the item: a fortnight is what many wholesalers need, so write your own; "
         "a number alone counts periods"},
    {"stock.review", FS_SETTING_INT, .by_period = {"7", "1", "1"}, .minimum = 1, .maximum = 200,
     .doc = "periods from one day of ordering to the next: what is ordered now must last until "
            "what is ordered then is on sale"},
    {"stock.holding", FS_SETTING_COST, "25 %", .maximum = 9007199254740991,
     .doc = "what it costs to hold one unit: money a period, or a share of its cost a year, as in "
            "25 %: capital, space, insurance and loss, as text books have it (Silver, Pyke and "
            "Thomas 2017)"},
    {"stock.shortage", FS_SETTING_COST, "margin", .choices = "margin", .maximum = 9007199254740991,
     .doc = "what a unit costs that was wanted and not there: money, a share of its price, or the "
            "margin that is lost (margin)"},
    {"stock.unmet", FS_SETTING_CHOICE, "lost", .choices = "lost|later",
     .doc = "what becomes of a sale when nothing is there: it is lost, or the customer waits"},
    {"stock.salvage", FS_SETTING_NUMBER, "0.75", .maximum = 1,
     .doc = "share of its cost that a unit brings that is sent back or cleared: what would be held "
            "for longer than the rest of the cost pays is too much. A quarter lost, at 25 % a "
            "year, is a year of sales"},
    {"stock.order_cost", FS_SETTING_NUMBER, "0", .maximum = 9007199254740991,
     .doc = "what an order of one item for one store costs, however large, in money: writing, "
            "receiving and putting it away"},
    {"stock.budget", FS_SETTING_NUMBER, "0", .maximum = 9007199254740991,
     .doc =
         "what all orders of a day may cost together, in money: what saves most for its money is "
         "bought first, by least cost whatever the service; 0: no limit"},
    {"stock.service", FS_SETTING_NUMBER, "0", .maximum = 0.9999,
     .doc = "the probability that nothing is missed until the next order can come, as in 0.95, in "
            "place of the least cost; 0: the least cost"},
    {"stock.levels", FS_SETTING_INT, "200", .minimum = 0, .maximum = 100000,
     .doc = "for how many products in stores whose stock no file tells it is worked out how much "
            "to hold, those that sell most first; 0: none"},
    {"privacy.customer", FS_SETTING_CHOICE, "keep", .choices = "keep|hash",
     .doc = "customers' numbers as they are (keep), or in their place a digest with the secret in "
            "the variable FORESELL_SALT of the environment (hash); the text of refused rows is not "
            "kept then"},
    {"seed", FS_SETTING_INT, "1", .minimum = 0, .maximum = 9007199254740991,
     .doc = "start of all random numbers: the same seed gives the same results"},
};

const fs_setting *fs_setting_at(int index)
{
    return index >= 0 && (size_t)index < sizeof settings / sizeof *settings ? &settings[index]
                                                                            : NULL;
}

int fs_project_setting_index(const char *name)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (strcmp(settings[i].name, name) == 0) return (int)i;
    return -1;
}

const fs_setting *fs_setting_find(const char *name)
{
    return fs_setting_at(fs_project_setting_index(name));
}

int fs_project_period_index(const char *period)
{
    if (period && strcmp(period, "week") == 0) return 1;
    return period && strcmp(period, "month") == 0 ? 2 : 0;
}

/* ---- checks ---- */

/* Is the word [text, text + bytes) one of "a|b|c"? */
static bool is_choice(const char *choices, const char *text, size_t bytes)
{
    while (choices && *choices) {
        size_t length = strcspn(choices, "|");
        if (length == bytes && memcmp(choices, text, bytes) == 0) return true;
        choices += length + (choices[length] == '|');
    }
    return false;
}

/* A plain decimal number, no thousands marks, no locale. */
static bool read_number(const char *text, size_t bytes, double *number)
{
    if (!bytes || strspn(text, "+-.0123456789eE") < bytes) return false;
    fs_cell cell;
    fs_reading reading = {.kind = FS_READ_NUMBER, .decimal = '.'};
    if (fs_read_cell(text, bytes, reading, &cell) != FS_CELL_VALUE) return false;
    *number = cell.number;
    return isfinite(cell.number);
}

static fs_status check_number(const fs_setting *s, const char *text, size_t bytes, fs_error *error)
{
    double number;
    if (!read_number(text, bytes, &number))
        return fs_fail(error, FS_USAGE, "%s: '%.*s' is not a number", s->name, (int)bytes, text);
    if (s->kind == FS_SETTING_INT && number != floor(number))
        return fs_fail(error, FS_USAGE, "%s: '%.*s' is not a whole number", s->name, (int)bytes,
                       text);
    bool bounded = s->minimum != 0 || s->maximum != 0;
    if (bounded && (number < s->minimum || number > s->maximum))
        return fs_fail(error, FS_USAGE, "%s: %.*s is not between %.16g and %.16g", s->name,
                       (int)bytes, text, s->minimum, s->maximum);
    return FS_OK;
}

static fs_status check_choice(const fs_setting *s, const char *text, size_t bytes, fs_error *error)
{
    bool left_open = !bytes && s->fallback && !*s->fallback;
    if (left_open || is_choice(s->choices, text, bytes)) return FS_OK;
    return fs_fail(error, FS_USAGE, "%s: '%.*s' is not one of %s", s->name, (int)bytes, text,
                   s->choices);
}

static fs_status check_date(const fs_setting *s, const char *text, fs_error *error)
{
    fs_cell cell;
    fs_reading reading = {.kind = FS_READ_DATE, .order = FS_YMD};
    if (!*text || fs_read_cell(text, strlen(text), reading, &cell) == FS_CELL_VALUE) return FS_OK;
    return fs_fail(error, FS_USAGE, "%s: '%s' is not a date like 2024-01-31", s->name, text);
}

/* "[a, b]": each word or number, at least one. */
static fs_status check_list(const fs_setting *s, const char *text, fs_error *error)
{
    size_t bytes = strlen(text);
    if (bytes < 2 || text[0] != '[' || text[bytes - 1] != ']')
        return fs_fail(error, FS_USAGE, "%s: '%s' is not a list like [a, b]", s->name, text);
    const char *at = text + 1, *end = text + bytes - 1;
    do {
        while (at < end && *at == ' ') at++;
        size_t length = strcspn(at, ",]");
        size_t word = length;
        while (word && at[word - 1] == ' ') word--;
        if (!word) return fs_fail(error, FS_USAGE, "%s: the list has an empty place", s->name);
        FS_TRY(s->kind == FS_SETTING_NUMBERS ? check_number(s, at, word, error)
                                             : check_choice(s, at, word, error));
        at += length + 1;
    } while (at < end);
    return FS_OK;
}

/* How many characters of `text` may be a number. */
static size_t number_bytes(const char *text) { return strspn(text, "+-.0123456789"); }

/* "14 days", "2 weeks", "1 month", "3". */
static fs_status check_span(const fs_setting *s, const char *text, fs_error *error)
{
    size_t bytes = number_bytes(text);
    const char *unit = text + bytes + strspn(text + bytes, " ");
    double number;
    if (!read_number(text, bytes, &number) ||
        (*unit && !is_choice("day|days|week|weeks|month|months", unit, strlen(unit))))
        return fs_fail(error, FS_USAGE, "%s: '%s' is not a time like 14 days, 2 weeks or 1 month",
                       s->name, text);
    return check_number(s, text, bytes, error);
}

/* "0.2", "25 %", "25 % a year", or a word. */
static fs_status check_cost(const fs_setting *s, const char *text, fs_error *error)
{
    size_t bytes = number_bytes(text);
    const char *unit = text + bytes + strspn(text + bytes, " ");
    double number;
    if (is_choice(s->choices, text, strlen(text)) && *text) return FS_OK;
    if (!read_number(text, bytes, &number) ||
        (*unit && !is_choice("%|% a year", unit, strlen(unit))))
        return fs_fail(error, FS_USAGE,
                       "%s: '%s' is neither money, as in 0.2, nor a share, as in 25 %%%s%s",
                       s->name, text, s->choices ? ", nor " : "", s->choices ? s->choices : "");
    return check_number(s, text, bytes, error);
}

fs_status fs_setting_check(const fs_setting *setting, const char *value, fs_error *error)
{
    switch (setting->kind) {
    case FS_SETTING_INT:
    case FS_SETTING_NUMBER: return check_number(setting, value, strlen(value), error);
    case FS_SETTING_DATE: return check_date(setting, value, error);
    case FS_SETTING_CHOICE: return check_choice(setting, value, strlen(value), error);
    case FS_SETTING_NUMBERS:
    case FS_SETTING_WORDS: return check_list(setting, value, error);
    case FS_SETTING_SPAN: return check_span(setting, value, error);
    case FS_SETTING_COST: return check_cost(setting, value, error);
    case FS_SETTING_TEXT: break;
    }
    return FS_OK;
}

/* ---- the nearest known word, for faults ---- */

/* Edits (insert, delete, change a letter) between two words of up to 63 letters. */
static int edits(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > 63 || m > 63) return 64;
    int row[64];
    for (size_t j = 0; j <= m; j++) row[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int change = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            int gap = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < gap ? change : gap;
        }
    }
    return row[m];
}

const char *fs_project_nearest(const char *word, const char *const *known, int count)
{
    const char *best = NULL;
    int least = (int)strlen(word) / 2 + 1;
    for (int i = 0; i < count; i++) {
        int distance = edits(word, known[i]);
        if (distance >= least) continue;
        least = distance;
        best = known[i];
    }
    return best;
}
