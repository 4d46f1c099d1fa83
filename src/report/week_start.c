/* On which day a week begins for the reader: as the setting week_start says, else as people in the country have it.
 *
 * Weekdays are numbered as in ISO 8601, Monday 1 to Sunday 7, everywhere in a run; only the order in which the report shows them
 * follows the reader. The SELECTs of its pages sort by the macro in_week(weekday): 0 is the first day, 6 the last.
 *
 * Countries: Unicode CLDR 48, supplemental data, weekData, firstDay. Elsewhere it is Monday; the Maldives' Friday is no choice
 * of the setting and counts as Monday.
 */
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

enum { MONDAY = 1, SATURDAY = 6, SUNDAY = 7 };

static const char on_sunday[] =
    "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO MT "
    "MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW";
static const char on_saturday[] = "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY";

/* Is the code of two letters one of those in the list? */
static bool is_among(const char *country, const char *list)
{
    if (strlen(country) != 2) return false;
    for (; *list; list += list[2] ? 3 : 2)
        if (strncmp(country, list, 2) == 0) return true;
    return false;
}

int fs_report_first_weekday(const char *week_start, const char *country)
{
    if (strcmp(week_start, "monday") == 0) return MONDAY;
    if (strcmp(week_start, "saturday") == 0) return SATURDAY;
    if (strcmp(week_start, "sunday") == 0) return SUNDAY;
    if (is_among(country, on_sunday)) return SUNDAY;
    return is_among(country, on_saturday) ? SATURDAY : MONDAY;
}

fs_status fs_report_order_weekdays(const fs_report *report, fs_error *error)
{
    char sql[128];
    snprintf(sql, sizeof sql, "create or replace macro in_week(weekday) as (weekday + %d) %% 7",
             7 - report->first_weekday);
    return fs_engine_execute(report->engine, sql, error);
}
