/* mapping_time.c: when a row happened, in SQL.
 *
 * A column of dates is itself. Labels of wide tables that are dates are cast, others are listed.
 * Period numbers (week 1 … 102, d_1 … d_1941) are looked for in another table that has them beside
 * dates: where one and the same start explains all pairs, time is start + number x period; where
 * not, the table is joined. Where nothing dates them the start is made up, and that is said.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mapping_internal.h"

#define TEXT    ((fs_reading){.kind = FS_READ_TEXT})
#define WHOLE   ((fs_reading){.kind = FS_READ_INTEGER})
#define MADE_UP "2001-01-01" /* a Monday, and the first day of a year */

fs_status fs_assume(fs_detection *d, fs_error *error, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int bytes = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *text = bytes < 0 ? NULL : fs_arena_alloc(&d->arena, (size_t)bytes + 1);
    if (text) vsnprintf(text, (size_t)bytes + 1, format, again);
    va_end(again);
    if (!text) return fs_fail_memory(error, 64);
    for (int i = 0; i < d->assumptions; i++)
        if (strcmp(d->assumption[i], text) == 0) return FS_OK;
    if (d->assumptions == d->assumption_room) {
        int room = d->assumption_room ? 2 * d->assumption_room : 16;
        const char **more = fs_arena_alloc(&d->arena, sizeof *more * (size_t)room);
        if (!more) return fs_fail_memory(error, sizeof *more * (size_t)room);
        if (d->assumptions) memcpy(more, d->assumption, sizeof *more * (size_t)d->assumptions);
        d->assumption = more;
        d->assumption_room = room;
    }
    d->assumption[d->assumptions++] = text;
    return FS_OK;
}

/* ---- which period a number counts ------------------------------------------------------------ */

enum { HOURS, DAYS, WEEKS, MONTHS, QUARTERS, YEARS, UNKNOWN };
static const int step_days[] = {0, 1, 7, 30, 91, 365}; /* of fs_anchor */
static const int unit_months[] = {0, 0, 0, 1, 3, 12};
static const char *const unit_names[] = {"hour", "day", "week", "month", "quarter", "year"};

/* Names of columns; of files only what says that it is so in all of them: "year_2023.csv" has days. */
static const struct {
    int unit;
    const char *column, *file;
} unit_words[] = {
    {WEEKS,
     "week weekno weeknumber weekid wk weeks woche kw semana semaine settimana w weekly startweek "
     "endweek",
     "week weekno weeknumber weekid wk weeks woche kw semana semaine settimana w weekly startweek "
     "endweek"},
    {MONTHS, "month monthno months monat mois mes mese monthly m",
     "month monthno months monat mois mes mese monthly m"},
    {DAYS, "day dayno days tag dia jour giorno d daily startday endday",
     "day dayno days tag dia jour giorno d daily startday endday"},
    {HOURS, "hour hourno hours hourly stunde heure hora ora uur", "hourly stundlich horaire"},
    {QUARTERS, "quarter quarterno quarters quarterly quartal trimestre trim kwartaal kwartal",
     "quarterly quartalsweise trimestriel trimestral trimestrale"},
    {YEARS, "year yearno years yearly annual jahr annee ano anno jaar rok",
     "yearly annual annually jahrlich annuel annuelle anual annuale jaarlijks"},
};

static int unit_told(const fs_seen_table *t, const fs_seen_column *c)
{
    const size_t count = sizeof unit_words / sizeof *unit_words;
    bool label = t->wide.kind != FS_LABEL_NONE && c == &t->column[t->wide.label];
    if (label && t->wide.step) return t->wide.step == 1 ? DAYS : t->wide.step == 7 ? WEEKS : MONTHS;
    for (size_t i = 0; i < count; i++) {
        bool calendar = unit_words[i].unit == YEARS && c->profile->greatest >= 1000;
        if (!calendar && fs_words_has(&c->words, unit_words[i].column)) return unit_words[i].unit;
    }
    for (size_t i = 0; i < count; i++)
        if (fs_words_has(&t->words, unit_words[i].file)) return unit_words[i].unit;
    return UNKNOWN;
}

/* "period=week" */
static int unit_set(const fs_detection *d)
{
    for (int s = 0; s < d->sets; s++)
        for (int unit = DAYS; unit <= MONTHS; unit++)
            if (strncmp(d->set[s], "period=", 7) == 0 &&
                strcmp(d->set[s] + 7, unit_names[unit]) == 0)
                return unit;
    return UNKNOWN;
}

static int unit_of(const fs_detection *d, const fs_seen_table *t, const fs_seen_column *c)
{
    bool label = t->wide.kind != FS_LABEL_NONE && c == &t->column[t->wide.label];
    int unit = unit_told(t, c);
    if (unit == UNKNOWN) unit = unit_set(d);
    if (unit != UNKNOWN) return unit;
    return (label ? t->wide.count : c->profile->greatest) > 400 ? DAYS : MONTHS;
}

/* What is taken for granted about the length of a period. */
static fs_status say_unit(fs_draft *draft, const fs_seen_column *c, int unit)
{
    fs_detection *d = draft->d;
    const fs_seen_table *t = draft->home;
    const char *taken = unit_names[unit];
    bool unknown = unit_told(t, c) == UNKNOWN && unit_set(d) == UNKNOWN;
    if (draft->canonical != FS_SALES) return FS_OK;
    if (unit == HOURS || unit > MONTHS)
        return fs_assume(d, draft->error, "%s: %s counts %ss; forecasts are made by the %s",
                         t->name, c->name, taken, unit == HOURS ? "day" : "month");
    if (!unknown) return FS_OK;
    return fs_assume(d, draft->error,
                     "%s: how long a period of %s is, no name tells: each is taken for a %s "
                     "(correct it with --set period=%s, or call the file weekly, yearly …)",
                     t->name, c->name, taken, unit == DAYS ? "week" : "day");
}

static bool date_column(const fs_seen_table *t, int *column)
{
    double best = 0;
    for (int i = 0; i < t->columns; i++) {
        const fs_seen_column *c = &t->column[i];
        if (c->wide || fs_is_date(t, c) < 1 || fs_time_reading(c).order == FS_DATE_MONTH) continue;
        if (t->wide.kind != FS_LABEL_NONE && i == t->wide.label) continue;
        double sure = fs_role_sure(t, c, FS_SALES, 0, NULL);
        if (sure > best) *column = i, best = sure;
    }
    return best > 0.3;
}

/* A table with these numbers (or labels) beside dates. */
static bool find_dates(const fs_detection *d, const fs_seen_table *t, const fs_seen_column *c,
                       int *table, int *number, int *date)
{
    bool label = t->wide.kind != FS_LABEL_NONE && c == &t->column[t->wide.label];
    double best = 0;
    for (int o = 0; o < d->tables; o++) {
        const fs_seen_table *other = &d->table[o];
        int when = -1;
        if ((label && other == t) || !date_column(other, &when)) continue;
        for (int j = 0; j < other->columns; j++) {
            const fs_seen_column *k = &other->column[j];
            if (k->wide || j == when || k->profile->reading.kind >= FS_READ_DATE ||
                k->profile->fractional)
                continue;
            bool alike = label ? k->profile->reading.kind == c->profile->reading.kind ||
                                     c->profile->reading.kind == FS_READ_TEXT
                               : strcasecmp(k->words.joined, c->words.joined) == 0;
            double within = alike ? fs_profile_within(c->profile, k->profile) : 0;
            if (within < 0.9 || k->profile->distinct < 2 || within + (other == t) <= best) continue;
            best = within + (other == t);
            *table = o;
            *number = j;
            *date = when;
        }
    }
    return best > 0;
}

/* ---- anchors ----------------------------------------------------------------------------------- */

/* The day on which number 0 would begin, if one start explains all pairs of number and date. */
static fs_status derive_anchor(fs_detection *d, int table, int number, int date, int unit,
                               fs_anchor *anchor, fs_error *error)
{
    const fs_seen_table *t = &d->table[table];
    int64_t bound[2];
    anchor->known = false;
    if (!d->engine || (unit != DAYS && unit != WEEKS) ||
        t->column[number].profile->reading.kind != FS_READ_INTEGER)
        return FS_OK;
    for (int k = 0; k < 2; k++) {
        fs_buffer sql = {0};
        fs_status status = fs_buffer_printf(
            &sql, "select %s(datediff('day', date '1970-01-01', cast(", k ? "max" : "min");
        if (status == FS_OK) status = fs_detect_quoted(t->column[date].name, &sql);
        if (status == FS_OK)
            status = fs_buffer_printf(&sql, " as date)) - %d * cast(", step_days[unit]);
        if (status == FS_OK) status = fs_detect_quoted(t->column[number].name, &sql);
        if (status == FS_OK) status = fs_buffer_printf(&sql, " as bigint)) from %s", t->name);
        if (status != FS_OK) return fs_buffer_free(&sql), fs_fail_memory(error, 128);
        FS_TRY(fs_detect_ask(d, &sql, &bound[k], error));
    }
    if (bound[1] - bound[0] > step_days[unit] - 1) return FS_OK;
    *anchor = (fs_anchor){.known = true, .zero = bound[0], .step = step_days[unit]};
    anchor->why = fs_draft_text(d, "%s has these numbers beside dates", t->name);
    return anchor->why ? FS_OK : fs_fail_memory(error, 64);
}

/* "sales.start=1989-09-14": the first day of number 1. */
static bool told_start(fs_detection *d, int canonical, int64_t *day)
{
    const char *name = fs_canonical_at(canonical)->name;
    for (int s = 0; s < d->sets; s++) {
        const char *text = d->set[s];
        size_t bytes = strlen(name);
        bool here = (strncmp(text, name, bytes) == 0 && strncmp(text + bytes, ".start=", 7) == 0) ||
                    strncmp(text, "sales.start=", 12) == 0;
        fs_cell cell;
        const char *value = strchr(text, '=');
        if (!here || !value) continue;
        fs_reading ymd = {.kind = FS_READ_DATE, .order = FS_YMD};
        if (fs_read_cell(value + 1, strlen(value + 1), ymd, &cell) != FS_CELL_VALUE) continue;
        *day = cell.integer;
        d->set_used[s] = true;
        return true;
    }
    return false;
}

static fs_status anchor_of(fs_draft *draft, const fs_seen_column *c, int unit, fs_anchor *anchor)
{
    fs_detection *d = draft->d;
    int table, number, date;
    int64_t day;
    if (told_start(d, draft->canonical, &day)) {
        *anchor = (fs_anchor){.known = true,
                              .zero = day - step_days[unit],
                              .step = step_days[unit],
                              .why = "as you said"};
        return FS_OK;
    }
    if (d->anchor[unit].known) return *anchor = d->anchor[unit], FS_OK;
    *anchor = (fs_anchor){0};
    if (find_dates(d, draft->home, c, &table, &number, &date))
        FS_TRY(derive_anchor(d, table, number, date, unit, anchor, draft->error));
    if (!anchor->known && draft->canonical == FS_SALES) {
        *anchor = (fs_anchor){.known = true,
                              .assumed = true,
                              .step = step_days[unit],
                              .zero = fs_days_from_civil(2001, 1, 1) - step_days[unit]};
        anchor->why = "nothing dates these numbers: number 1 is taken to begin on " MADE_UP;
        d->dates = "numbered";
        d->dates_why = "the files number their periods; number 1 is put at " MADE_UP;
        FS_TRY(
            fs_assume(d, draft->error,
                      "%s: nothing dates the numbers in %s; number 1 is taken to begin on " MADE_UP
                      " (correct it with --set sales.start=YYYY-MM-DD)",
                      draft->home->name, c->name));
    }
    if (anchor->known) d->anchor[unit] = *anchor;
    return FS_OK;
}

static const char *counted(fs_draft *draft, const char *number, int unit, const fs_anchor *anchor,
                           bool ends)
{
    fs_detection *d = draft->d;
    int months = unit_months[unit];
    int64_t shift = ends && !months && unit != HOURS ? anchor->step - 1 : 0;
    fs_civil day = fs_civil_from_days(anchor->zero + (months ? anchor->step : shift));
    const char *date =
        fs_draft_text(d, "cast('%04d-%02d-%02d' as date)", day.year, day.month, day.day);
    if (!date) return NULL;
    if (unit == HOURS)
        return fs_draft_text(
            d,
            "cast(cast(add_days(%s, int_div(%s - 1, 24)) as string) || ' ' || "
            "lpad(cast(mod(%s - 1, 24) as string), 2, '0') || ':00:00' as timestamp)",
            date, number, number);
    if (months == 1) return fs_draft_text(d, "add_months(%s, %s - 1)", date, number);
    if (months) return fs_draft_text(d, "add_months(%s, %d * (%s - 1))", date, months, number);
    if (unit == DAYS) return fs_draft_text(d, "add_days(%s, %s)", date, number);
    return fs_draft_text(d, "add_days(%s, %d * %s)", date, anchor->step, number);
}

/* A number within the year that another column gives; NULL: no such numbers. */
static const char *within_year(fs_detection *d, const char *year, const char *number, int unit)
{
    const char *first = fs_draft_text(d, "cast(cast(%s as string) || '-01-01' as date)", year);
    if (!first || !number) return NULL;
    if (unit == WEEKS) return fs_draft_text(d, "add_days(%s, 7 * (%s - 1))", first, number);
    if (unit == QUARTERS) return fs_draft_text(d, "add_months(%s, 3 * (%s - 1))", first, number);
    return unit == MONTHS ? fs_draft_text(d, "add_months(%s, %s - 1)", first, number) : NULL;
}

/* ---- by a table that lists them --------------------------------------------------------------------- */

static fs_status joined(fs_draft *draft, int column, bool ends, int table, int number, int date,
                        const char **sql, const char **note)
{
    fs_detection *d = draft->d;
    const char *key = fs_draft_other(d, table, number, TEXT);
    fs_reading when = fs_time_reading(&d->table[table].column[date]);
    const char *day = fs_draft_other(d, table, date, when),
               *home = fs_draft_home(draft, column, TEXT);
    const char *name = ends ? "period_end" : "period_start";
    if (!key || !day || !home) return fs_fail_memory(draft->error, 64);
    d->table[table].column[number].reading = TEXT;
    bool there = draft->join.data && strstr(draft->join.data, " as periods\n");
    if (!there)
        FS_TRY(fs_draft_join(
            draft,
            fs_draft_text(d,
                          "\nleft join (\n    select %s as label, min(cast(%s as date)) as "
                          "period_start, max(cast(%s as date)) as period_end\n"
                          "    from %s\n    group by %s\n) as periods\n    on periods.label = %s",
                          key, day, day, d->table[table].name, key, home)));
    *sql = fs_draft_text(d, "periods.%s", name);
    *note = fs_draft_text(d, "dated by %s", d->table[table].name);
    return *sql && *note ? FS_OK : fs_fail_memory(draft->error, 64);
}

/* ---- labels of wide tables ------------------------------------------------------------------------------ */

static int year_column(const fs_seen_table *t)
{
    for (int i = 0; i < t->columns; i++) {
        const fs_column_profile *p = t->column[i].profile;
        bool range = p->reading.kind == FS_READ_INTEGER && p->least >= 1950 && p->greatest <= 2150;
        if (!t->column[i].wide && range &&
            fs_words_has(&t->column[i].words, "year jahr annee ano anno yr jaar rok exercice"))
            return i;
    }
    return -1;
}

/* The year beside a column that numbers months, weeks … of it; -1: none. */
static int year_beside(const fs_seen_table *t, const fs_seen_column *c)
{
    int year = year_column(t);
    return year >= 0 && &t->column[year] != c && c->profile->greatest <= 53 ? year : -1;
}

static fs_status listed_labels(fs_draft *draft, const char *label, const char **sql)
{
    const fs_wide *wide = &draft->home->wide;
    fs_buffer text = {0};
    fs_status status = fs_buffer_printf(&text, "case %s", label);
    for (int i = 0; i < wide->count && status == FS_OK; i++) {
        status = fs_buffer_text(&text, "\n        when '");
        if (status == FS_OK) status = fs_sql_text(&text, draft->home->column[wide->first + i].name);
        fs_civil day = fs_civil_from_days(wide->day[i]);
        if (status == FS_OK && wide->kind == FS_LABEL_DAY)
            status = fs_buffer_printf(&text, "' then cast('%04d-%02d-%02d' as date)", day.year,
                                      day.month, day.day);
        else if (status == FS_OK)
            status = fs_buffer_printf(&text, "' then %d", (int)wide->day[i]);
    }
    if (status == FS_OK) status = fs_buffer_text(&text, "\n    end");
    *sql = status == FS_OK ? fs_draft_text(draft->d, "%s", text.data) : NULL;
    fs_buffer_free(&text);
    return *sql ? FS_OK : fs_fail_memory(draft->error, 64);
}

static fs_status label_sql(fs_draft *draft, int column, bool ends, const char **sql,
                           const char **note)
{
    fs_detection *d = draft->d;
    fs_seen_table *t = draft->home;
    int table, number, date, year = year_column(t);
    const char *label = fs_draft_home(draft, column, TEXT);
    if (!label) return fs_fail_memory(draft->error, 64);
    if (t->wide.kind == FS_LABEL_DAY && t->wide.iso)
        *sql = fs_draft_text(d, "cast(%s as date)", label);
    else if (t->wide.kind == FS_LABEL_DAY)
        return listed_labels(draft, label, sql);
    if (*sql) return FS_OK;
    if (find_dates(d, t, &t->column[column], &table, &number, &date))
        return joined(draft, column, ends, table, number, date, sql, note);
    const char *index;
    if (t->wide.kind == FS_LABEL_MONTH)
        FS_TRY(listed_labels(draft, label, &index));
    else
        index = fs_draft_text(d, "cast(substr(%s, %d) as int)", label, t->wide.stem + 1);
    if (!index) return fs_fail_memory(draft->error, 64);
    if (year >= 0) {
        const char *name = fs_draft_home(draft, year, WHOLE);
        int within = t->wide.kind == FS_LABEL_MONTH ? MONTHS : unit_of(d, t, &t->column[column]);
        *sql = within_year(d, name, index, within == WEEKS || within == QUARTERS ? within : MONTHS);
        return *sql ? FS_OK : fs_fail_memory(draft->error, 64);
    }
    fs_anchor anchor;
    int unit = t->wide.kind == FS_LABEL_MONTH ? MONTHS : unit_of(d, t, &t->column[column]);
    if (t->wide.kind == FS_LABEL_NUMBER) FS_TRY(say_unit(draft, &t->column[column], unit));
    FS_TRY(anchor_of(draft, &t->column[column], unit, &anchor));
    *sql = anchor.known ? counted(draft, index, unit, &anchor, ends) : NULL;
    *note = anchor.why;
    return FS_OK;
}

/* ---- the time of day in a column of its own ------------------------------------------------------------ */

/* After a time of day: AM, p.m. */
static bool is_half(const char *text)
{
    while (*text == ' ') text++;
    if (!*text || !strchr("aApP", *text++)) return false;
    if (*text == '.') text++;
    return (*text == 'm' || *text == 'M') && (text[1] == 0 || (text[1] == '.' && text[2] == 0));
}

/* 9:58, 10:07:11, 1:08:00 PM */
static bool is_clock(const char *text)
{
    size_t hour = strspn(text, "0123456789");
    if (hour < 1 || hour > 2 || text[hour] != ':') return false;
    for (text += hour; *text == ':'; text += 3)
        if (strspn(text + 1, "0123456789") < 2) return false;
    return *text == 0 || *text == '.' || is_half(text);
}

int fs_clock_column(const fs_seen_table *t)
{
    for (int i = 0; i < t->columns; i++) {
        const fs_column_profile *p = t->column[i].profile;
        int clocks = 0;
        for (int e = 0; e < p->examples; e++) clocks += is_clock(p->example[e]);
        bool named =
            fs_words_fit(&t->column[i].words,
                         "time clock hour uhrzeit zeit hora heure ora tijd godzina saat tid "
                         "czas cas время 時刻 時間 时间 시간",
                         NULL) > 0.4;
        if (named && p->distinct > 1 && clocks && clocks == p->examples &&
            p->reading.kind == FS_READ_TEXT)
            return i;
    }
    return -1;
}

/* Hours from 1 to 12, where the first example has a half of the day behind it, from 0 to 23; to the minute. */
static const char *clock_sql(fs_draft *draft, int clock)
{
    const char *time = fs_draft_home(draft, clock, TEXT);
    const char *example = draft->home->column[clock].profile->example[0];
    if (!time || !is_half(example + strspn(example, "0123456789:"))) return time;
    return fs_draft_text(
        draft->d,
        "cast(mod(try_cast(split_part(%s, ':', 1) as int), 12) + case when upper(%s) "
        "like '%%P%%' then 12 else 0 end as string) || ':' || "
        "left(split_part(%s, ':', 2), 2)",
        time, time, time);
}

static fs_status with_clock(fs_draft *draft, int clock, const char **sql, const char **note)
{
    const char *time = clock_sql(draft, clock);
    *sql = time ? fs_draft_text(draft->d,
                                "coalesce(try_cast(cast(%s as string) || ' ' || %s as timestamp), "
                                "cast(%s as timestamp))",
                                *sql, time, *sql)
                : NULL;
    *note = fs_draft_text(draft->d, "with the time of day in %s", draft->home->column[clock].name);
    return *sql && *note ? FS_OK : fs_fail_memory(draft->error, 64);
}

int fs_time_step(const fs_detection *d, const fs_seen_table *t, const fs_seen_column *column)
{
    static const int step[] = {[WEEKS] = 7, [MONTHS] = 30, [QUARTERS] = 91};
    int unit = unit_of(d, t, column);
    bool counts = fs_time_reading(column).kind < FS_READ_DATE &&
                  column->profile->reading.kind == FS_READ_INTEGER;
    if (!counts || year_beside(t, column) < 0) return 0;
    return unit >= 0 && unit < (int)(sizeof step / sizeof *step) ? step[unit] : 0;
}

/* ---- any column ---------------------------------------------------------------------------------------- */

fs_status fs_time_sql(fs_draft *draft, int column, bool ends, const char **sql, const char **note)
{
    fs_seen_table *t = draft->home;
    fs_seen_column *c = &t->column[column];
    *sql = NULL;
    *note = NULL;
    if (t->wide.kind != FS_LABEL_NONE && column == t->wide.label)
        return label_sql(draft, column, ends, sql, note);
    fs_reading reading = fs_time_reading(c);
    if (reading.kind >= FS_READ_DATE) {
        *sql = fs_draft_home(draft, column, reading);
        if (!*sql) return fs_fail_memory(draft->error, 64);
        int clock =
            reading.kind == FS_READ_DATE && draft->canonical == FS_SALES ? fs_clock_column(t) : -1;
        return clock < 0 ? FS_OK : with_clock(draft, clock, sql, note);
    }
    if (c->profile->reading.kind != FS_READ_INTEGER) return FS_OK;
    int unit = unit_of(draft->d, t, c), table, number, date, year = year_beside(t, c);
    fs_anchor anchor = {0};
    if (year >= 0) {
        *sql = within_year(draft->d, fs_draft_home(draft, year, WHOLE),
                           fs_draft_home(draft, column, WHOLE), unit);
        if (*sql) return *note = "number of the year beside it", FS_OK;
    }
    bool listed = find_dates(draft->d, t, c, &table, &number, &date);
    if (listed) FS_TRY(derive_anchor(draft->d, table, number, date, unit, &anchor, draft->error));
    if (listed && !anchor.known) return joined(draft, column, ends, table, number, date, sql, note);
    FS_TRY(say_unit(draft, c, unit));
    FS_TRY(anchor_of(draft, c, unit, &anchor));
    if (!anchor.known)
        return fs_assume(draft->d, draft->error,
                         "%s: %s counts periods from a day that no file tells; kept as numbers "
                         "(--set %s.start=YYYY-MM-DD says when number 1 begins)",
                         t->name, c->name, fs_canonical_at(draft->canonical)->name);
    *sql = counted(draft, fs_draft_home(draft, column, WHOLE), unit, &anchor, ends);
    *note = anchor.why;
    return *sql ? FS_OK : fs_fail_memory(draft->error, 64);
}
