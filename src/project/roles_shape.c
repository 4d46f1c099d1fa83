/* roles_shape.c: the evidence that a column's values and its place give; each 0 … 1. */
#include <math.h>
#include <string.h>

#include "roles_internal.h"

#define UNUSED (void)table, (void)column

static int64_t cells(const fs_seen_column *c) { return c->profile->rows - c->profile->missing; }
static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}
static fs_reading_kind kind(const fs_seen_column *c) { return c->profile->reading.kind; }
static bool numeric(const fs_seen_column *c)
{
    return kind(c) == FS_READ_INTEGER || kind(c) == FS_READ_NUMBER;
}
/* Of periods. */
static bool virtual_label(const fs_seen_table *t, const fs_seen_column *c)
{
    return fs_wide_periods(t) && c == &t->column[t->wide.label];
}

static const char PERIOD_WORDS[] =
    "week weekno weeknumber weekid wk day dayno daynumber month monthno period periodno t "
    "start startday startweek end endday date tag woche monat semana dia mes semaine "
    "jour settimana time yearmonth yearweek kw launch";
static const char OTHER_TIME[] =
    "ship shipped shipping shipment limit due deliver delivered delivery estimated "
    "expected approved answer answered update updated modified changed lastmodified birth "
    "birthdate birthday expiry "
    "expires expiration valid registered payment paidout weekday dayofweek dow wday dayname daynum "
    "hour minute second "
    "competition lieferdatum lieferung geandert geburtsdatum wochentag entrega livraison consegna "
    "lfdat";

/* ---- time ---------------------------------------------------------------------- */

fs_reading fs_time_reading(const fs_seen_column *column)
{
    const fs_column_profile *p = column->profile;
    if (column->reading_set || p->reading.kind >= FS_READ_DATE)
        return column->reading_set ? column->reading : p->reading;
    static const fs_date_order order[] = {FS_YMD,        FS_DMY,       FS_MDY,
                                          FS_DATE_MONTH, FS_DATE_WEEK, FS_DATE_EPOCH};
    int64_t n = cells(column);
    for (size_t i = 0; i < sizeof order / sizeof *order && n > 0; i++) {
        if (p->dates[order[i]] < n - n / 50) continue;
        bool small = numeric(column) && p->greatest < 1e5;
        if (order[i] == FS_DATE_EPOCH && (p->least < 3e8 || p->greatest > 5e18)) continue;
        if (small) continue;
        bool timed = p->times || order[i] == FS_DATE_EPOCH;
        return (fs_reading){.kind = timed ? FS_READ_TIME : FS_READ_DATE, .order = order[i]};
    }
    if (p->dates[FS_DATE_SERIAL] == n && p->least > 20000 && p->greatest < 80000 &&
        fs_words_fit(&column->words, "date day datum fecha data jour time", NULL) > 0.4)
        return (fs_reading){.kind = FS_READ_TIME, .order = FS_DATE_SERIAL};
    return (fs_reading){.kind = FS_READ_TEXT};
}

FS_EVIDENCE(fs_is_date)
{
    UNUSED;
    if (kind(column) >= FS_READ_DATE) return 1;
    if (!numeric(column)) return fs_time_reading(column).kind >= FS_READ_DATE ? 1 : 0;
    bool named = fs_words_fit(&column->words, fs_canonical_at(FS_SALES)->column[0].words,
                              &table->words) > 0.25;
    return named && fs_time_reading(column).kind >= FS_READ_DATE ? 1 : 0;
}

FS_EVIDENCE(fs_is_label) { return virtual_label(table, column) ? 1 : 0; }
FS_EVIDENCE(fs_is_label_or_value)
{
    return table->wide.kind != FS_LABEL_NONE &&
                   (virtual_label(table, column) || column == &table->column[table->wide.value])
               ? 1
               : 0;
}

FS_EVIDENCE(fs_is_period_number)
{
    if (kind(column) != FS_READ_INTEGER || fs_is_date(table, column) > 0) return 0;
    const fs_column_profile *p = column->profile;
    bool range = p->least >= 0 && p->greatest < 100000 && p->distinct > 1;
    bool weekday = p->greatest <= 7 && p->least >= 0 && table->rows > 50;
    return range && !weekday && fs_words_has(&column->words, PERIOD_WORDS) ? 1 : 0;
}

FS_EVIDENCE(fs_is_no_time)
{
    return fs_is_date(table, column) > 0 || fs_is_period_number(table, column) > 0 ||
                   virtual_label(table, column)
               ? 0
               : 1;
}

FS_EVIDENCE(fs_other_time)
{
    UNUSED;
    return fs_words_has(&column->words, OTHER_TIME) ? 1 : 0;
}

/* ---- codes and texts ----------------------------------------------------------------- */

FS_EVIDENCE(fs_is_constant)
{
    UNUSED;
    return column->profile->distinct <= 1 && column->profile->rows > 1 ? 1 : 0;
}

FS_EVIDENCE(fs_is_code)
{
    UNUSED;
    const fs_column_profile *p = column->profile;
    if (kind(column) == FS_READ_INTEGER) return p->least >= 0 ? 1 : 0.2;
    if (kind(column) == FS_READ_NUMBER) return p->fractional == 0 && p->least >= 0 ? 0.8 : 0;
    return kind(column) == FS_READ_TEXT && p->longest <= 40 ? 1 : 0.3;
}

FS_EVIDENCE(fs_is_coded)
{
    UNUSED;
    return column->words.coded ? 1 : 0;
}
FS_EVIDENCE(fs_is_named)
{
    UNUSED;
    return column->words.named ? 1 : 0;
}
FS_EVIDENCE(fs_refers)
{
    UNUSED;
    return (column->refers >= 0 && column->unique) || column->referred ? 1 : 0;
}
/* Set by relations.c: the table referred to speaks of what the column's name speaks of. */
FS_EVIDENCE(fs_refers_alike)
{
    UNUSED;
    return column->refers >= 0 && column->refers_column >= 0 && !column->unique ? 1 : 0;
}
FS_EVIDENCE(fs_is_long_text)
{
    UNUSED;
    return kind(column) == FS_READ_TEXT && column->profile->longest > 45 ? 1 : 0;
}
FS_EVIDENCE(fs_is_text)
{
    UNUSED;
    return kind(column) == FS_READ_TEXT ? 1 : 0;
}

/* ---- numbers -------------------------------------------------------------------------- */

FS_EVIDENCE(fs_is_numeric)
{
    UNUSED;
    if (numeric(column)) return 1;
    if (kind(column) == FS_READ_BOOL)
        return column->profile->numbers_point == cells(column) ? 0.5 : 0;
    return 0;
}
FS_EVIDENCE(fs_is_not_numeric)
{
    const fs_column_profile *p = column->profile;
    int64_t numbers = p->numbers_point > p->numbers_comma ? p->numbers_point : p->numbers_comma;
    return fs_is_numeric(table, column) > 0                                     ? 0
           : share(numbers, cells(column)) > 0.9 && kind(column) < FS_READ_DATE ? 0.4
                                                                                : 1;
}
FS_EVIDENCE(fs_is_fractional)
{
    UNUSED;
    double part = numeric(column) ? share(column->profile->fractional, cells(column)) * 10 : 0;
    return part > 1 ? 1 : part;
}
FS_EVIDENCE(fs_is_whole) { return numeric(column) ? 1 - fs_is_fractional(table, column) : 0; }
FS_EVIDENCE(fs_is_yes_no)
{
    UNUSED;
    const fs_column_profile *p = column->profile;
    if (kind(column) == FS_READ_BOOL) return 1;
    return numeric(column) && p->least >= 0 && p->greatest <= 1 && p->fractional == 0 ? 1 : 0;
}
/* No ages, bands of ages by number, years or days of birth: "senior", 0 or 1, is a flag. */
FS_EVIDENCE(fs_is_no_age)
{
    const fs_column_profile *p = column->profile;
    if (fs_is_yes_no(table, column) > 0) return 1;
    if (!numeric(column) || p->dates[FS_YMD] == cells(column)) return 0;
    bool age = p->mean >= 0 && p->mean <= 120, year = p->mean >= 1850 && p->mean <= 2100;
    return age || year ? 0 : 1;
}
FS_EVIDENCE(fs_has_currency)
{
    UNUSED;
    char code[4];
    for (int i = 0; i < column->profile->examples && numeric(column); i++)
        if (fs_currency_written(column->profile->example[i], "DKK", code)) return 1;
    return 0;
}
FS_EVIDENCE(fs_is_forecast)
{
    UNUSED;
    return fs_words_has(
               &column->words,
               "forecast predicted prediction pred fcst delta lower upper prob probability "
               "growth pct percent lag prognose prevision expected plan target budget estimate")
               ? 1
               : 0;
}
FS_EVIDENCE(fs_is_not_sold)
{
    UNUSED;
    bool with_tax = fs_words_has(&column->words, "total incl including inc ttc mit inkl brutto");
    if (with_tax && fs_words_has(&column->words, "tax gst vat mwst ust iva tva btw")) return 0;
    return fs_words_has(
               &column->words,
               "missed lost start end transit cumulative holding shortage freight shipping versand "
               "tax vat gst hst tip tips onhand hand mwst ust steuer iva tva btw installments "
               "points "
               "stock inventory bestand "
               "base list regular margin weight height length width returned fuel petrol diesel "
               "cpi unemployment temperature")
               ? 1
               : 0;
}
/* "customers", "hhs", "stores": how many, not which. */
/* ---- costs of stock -------------------------------------------------------------------- */

static const char TOTAL_WORDS[] =
    "cumulative cumulated cumul total totals sum ytd kumuliert summe gesamt "
    "acumulado acumulada cumule";
static const char HOLDING_WORDS[] = "holding carrying storage lagerkosten lagerhaltungskosten "
                                    "bestandskosten almacenamiento almacenaje stockage";

static bool any_column(const fs_seen_table *t, const char *words)
{
    for (int i = 0; i < t->columns; i++)
        if (!t->column[i].wide && fs_words_has(&t->column[i].words, words)) return true;
    return false;
}

/* In a ledger of a period (what was sold or missed in it, or sums beside) costs are the period's; a cost
 * that is zero throughout says nothing. */
FS_EVIDENCE(fs_is_cost_total)
{
    const fs_column_profile *p = column->profile;
    bool nothing = numeric(column) && p->least == 0 && p->greatest == 0;
    return nothing || any_column(table, TOTAL_WORDS) ||
                   any_column(table, "missed sold sales verkauft absatz ventas vendidas ventes")
               ? 1
               : 0;
}

FS_EVIDENCE(fs_is_cost_of_stock)
{
    UNUSED;
    return fs_words_has(&column->words, HOLDING_WORDS) ||
                   fs_words_has(&column->words, "shortage stockout penalty backorder fehlmengen "
                                                "fehlmengenkosten faltante rotura rupture")
               ? 1
               : 0;
}

FS_EVIDENCE(fs_is_beside_holding)
{
    (void)column;
    return any_column(table, HOLDING_WORDS) &&
                   !any_column(table,
                               "stock inventory onhand hand bestand lagerbestand existencias "
                               "inventario instock")
               ? 1
               : 0;
}

FS_EVIDENCE(fs_is_plural)
{
    UNUSED;
    const fs_words *w = &column->words;
    const char *last = w->count ? w->word[w->count - 1] : "";
    size_t bytes = strlen(last);
    return numeric(column) && column->refers < 0 && column->profile->least <= 20 && bytes > 2 &&
                   last[bytes - 1] == 's' && last[bytes - 2] != 's'
               ? 1
               : 0;
}
/* A share of stores or days, 0 … 1: a flag where any of it counts. */
FS_EVIDENCE(fs_is_share)
{
    UNUSED;
    const fs_column_profile *p = column->profile;
    return kind(column) == FS_READ_NUMBER && p->least >= 0 && p->greatest <= 1 && p->zero > 0 ? 1
                                                                                              : 0;
}
FS_EVIDENCE(fs_is_coupon)
{
    UNUSED;
    return fs_words_has(&column->words,
                        "coupon voucher campaign promotion promo gutschein aktion kampagne cupon")
               ? 1
               : 0;
}
FS_EVIDENCE(fs_is_staff)
{
    UNUSED;
    return fs_words_has(
               &column->words,
               "employee employees emp staff salesperson salesman saleswoman salesrep "
               "cashier clerk shipper shippers shipvia carrier courier mitarbeiter "
               "verkaufer kassierer empleado cajero employe caissier dipendente "
               "cassiere medewerker pracownik kasjer funcionario supplier suppliers lieferant "
               "proveedor fornecedor fournisseur fornitore leverancier dostawca")
               ? 1
               : 0;
}
/* What should be there, not what is. */
FS_EVIDENCE(fs_is_wanted_level)
{
    UNUSED;
    return fs_words_has(&column->words,
                        "safety reorder minimum min maximum max target desired required ideal "
                        "sicherheitsbestand mindestbestand meldebestand hochstbestand minimo "
                        "maximo seguridad seguranca securite scorta")
               ? 1
               : 0;
}
/* The key of what products are kinds of. */
FS_EVIDENCE(fs_is_kind)
{
    UNUSED;
    return fs_words_has(&column->words,
                        "category subcategory cat subcat categorie categoria kategorie territory "
                        "region department family group brand genre type")
               ? 1
               : 0;
}
/* In a file that is called so, and beside no other word. */
/* Names of months and weekdays are no texts of their own. */
FS_EVIDENCE(fs_names_a_period)
{
    UNUSED;
    return fs_words_has(&column->words,
                        "month weekday quarter monat wochentag quartal mois mes mese")
               ? 1
               : 0;
}
FS_EVIDENCE(fs_describes_events)
{
    return fs_words_has(&table->words, fs_canonical_at(FS_CALENDAR)->words) &&
                   fs_words_has(&column->words, "description descripcion descricao beschreibung")
               ? 1
               : 0;
}
FS_EVIDENCE(fs_is_quantity_there)
{
    UNUSED;
    return column->words.count == 1 &&
                   fs_words_has(&table->words, fs_canonical_at(FS_STOCK)->words) &&
                   fs_words_has(&column->words, "quantity qty units menge stuck cantidad quantite "
                                                "quantita aantal ilosc")
               ? 1
               : 0;
}
/* What people are, not how many they are or what they buy. */
FS_EVIDENCE(fs_is_of_people)
{
    UNUSED;
    return fs_words_has(&column->words, "age gender sex income marital education occupation "
                                        "birth alter geschlecht edad genero sexo eta")
               ? 1
               : 0;
}
FS_EVIDENCE(fs_counts_no_people)
{
    return fs_is_of_people(table, column) > 0 ||
                   fs_words_has(&column->words, "per zip zipcode postcode postal plz id since "
                                                "joined phone lifetime")
               ? 1
               : 0;
}
FS_EVIDENCE(fs_is_running_number)
{
    UNUSED;
    return column->unique && column->words.coded ? 1 : 0;
}
/* The name of something else than a product. */
FS_EVIDENCE(fs_names_other)
{
    UNUSED;
    return column->words.count > 1 &&
                   fs_words_has(&column->words,
                                "store shop vendor supplier customer client county city region "
                                "state country category subcategory department brand channel "
                                "district territory warehouse branch employee company filiale "
                                "kunde lieferant tienda cliente proveedor magasin fournisseur")
               ? 1
               : 0;
}
FS_EVIDENCE(fs_is_small_range)
{
    UNUSED;
    const fs_column_profile *p = column->profile;
    return numeric(column) && p->distinct <= 101 && p->least >= 0 && p->greatest <= 100 ? 1 : 0;
}
FS_EVIDENCE(fs_is_degrees)
{
    UNUSED;
    const fs_column_profile *p = column->profile;
    return kind(column) == FS_READ_NUMBER && p->least >= -180 && p->greatest <= 180 &&
                   p->fractional * 2 > cells(column)
               ? 1
               : 0;
}

/* ---- countries -------------------------------------------------------------------------- */

FS_EVIDENCE(fs_is_country)
{
    UNUSED;
    int known = 0;
    for (int i = 0; i < column->profile->examples; i++)
        known += fs_country_code(column->profile->example[i]) != NULL;
    return kind(column) == FS_READ_TEXT && column->profile->distinct <= 260
               ? share(known, column->profile->examples)
               : 0;
}
FS_EVIDENCE(fs_is_not_country) { return fs_is_country(table, column) < 0.3 ? 1 : 0; }

/* ---- how many ------------------------------------------------------------------------------- */

FS_EVIDENCE(fs_is_few)
{
    UNUSED;
    return column->profile->distinct >= 1 &&
                   (column->profile->distinct <= 60 ||
                    column->profile->distinct * 100 <= (double)column->profile->rows)
               ? 1
               : 0;
}
FS_EVIDENCE(fs_is_many)
{
    UNUSED;
    double d = column->profile->distinct;
    return d <= 3 ? 0 : d <= 12 ? 0.4 : 1;
}
FS_EVIDENCE(fs_is_unique)
{
    UNUSED;
    return column->unique && table->rows > 20 ? 1 : 0;
}
/* Where many lines were written no product is sold but once. */
FS_EVIDENCE(fs_is_another_each_time)
{
    UNUSED;
    return column->unique && table->rows > 500 && table->wide.kind == FS_LABEL_NONE ? 1 : 0;
}
FS_EVIDENCE(fs_is_present)
{
    UNUSED;
    return cells(column) > 0 ? 1 : 0;
}
FS_EVIDENCE(fs_is_empty)
{
    UNUSED;
    return cells(column) == 0 ? 1 : 0;
}
/* Many rows have no value: it belongs to something that not each row is. */
FS_EVIDENCE(fs_is_sparse)
{
    UNUSED;
    return share(column->profile->missing, column->profile->rows) > 0.25 ? 1 : 0;
}
/* Without blanks and with digits, as AB-123 and not as "Large candle 3". */
FS_EVIDENCE(fs_is_code_like)
{
    UNUSED;
    int codes = 0;
    for (int i = 0; i < column->profile->examples; i++) {
        const char *text = column->profile->example[i];
        codes += strpbrk(text, " \t") == NULL && strpbrk(text, "0123456789") != NULL;
    }
    return share(codes, column->profile->examples);
}
FS_EVIDENCE(fs_is_few_words)
{
    return fs_is_text(table, column) > 0 && fs_is_few(table, column) > 0 &&
                   fs_is_code_like(table, column) < 0.5
               ? 1
               : 0;
}
/* Seconds or milliseconds since 1970, of 1985 to 2060: no shop counts or charges such numbers. */
FS_EVIDENCE(fs_is_epoch)
{
    UNUSED;
    const fs_column_profile *p = column->profile;
    bool whole = kind(column) == FS_READ_INTEGER && p->dates[FS_DATE_EPOCH] == cells(column);
    bool seconds = p->least >= 4.7e8 && p->greatest < 2.9e9,
         millis = p->least >= 4.7e11 && p->greatest < 2.9e12;
    return whole && (seconds || millis) ? 1 : 0;
}
