/* Dates as days since 1970-01-01 in the proleptic Gregorian calendar.
 *
 * The year is taken to begin in March, so that the leap day is the last day of the year and months
 * before it have a fixed pattern of lengths (153 days in five months); 400 years are 146,097 days.
 * Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
 */
#include "foresell/base.h"

#define DAYS_PER_ERA 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

int64_t fs_days_from_civil(int32_t year, int32_t month, int32_t day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

fs_civil fs_civil_from_days(int64_t days)
{
    int64_t z = days + DAYS_TO_1970;
    int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = z - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int32_t month = (int32_t)(shifted + (shifted < 10 ? 3 : -9));
    return (fs_civil){.year = (int32_t)(year_of_era + era * 400 + (month <= 2)),
                      .month = month,
                      .day = (int32_t)(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

bool fs_civil_is_valid(int32_t year, int32_t month, int32_t day)
{
    static const int8_t length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= length[month - 1] + (month == 2 && leap);
}

int fs_days_in_month(int32_t year, int32_t month)
{
    int day = 28;
    while (fs_civil_is_valid(year, month, day + 1)) day++;
    return day;
}

int32_t fs_weekday(int64_t days)
{
    int64_t since_monday = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int32_t)(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}
