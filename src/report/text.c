/* Figures in words: whole numbers with commas, money with its currency, shares in per cent.
 *
 * Everything that people read in headlines goes through here, so that 1234567 is "1,234,567"
 * everywhere and minus nought is never seen. The locale is not asked: the same figures give the
 * same bytes on every machine.
 */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

/* Digits of `text` with a comma before each group of three; sign and decimals stay. */
static fs_status add_grouped(fs_buffer *out, const char *text)
{
    if (*text == '-') {
        FS_TRY(fs_buffer_text(out, "-"));
        text++;
    }
    size_t digits = strspn(text, "0123456789");
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0) FS_TRY(fs_buffer_text(out, ","));
        FS_TRY(fs_buffer_add(out, text + i, 1));
    }
    return fs_buffer_text(out, text + digits);
}

/* `value` with `decimals` decimals; a value that rounds to nought has no sign. */
static fs_status add_number(fs_buffer *out, double value, int decimals)
{
    char text[340];
    double scale = pow(10, decimals);
    if (!isfinite(value)) return fs_buffer_text(out, "unknown");
    if (fabs(value) * scale < 0.5) value = 0;
    snprintf(text, sizeof text, "%.*f", decimals, value);
    return add_grouped(out, text);
}

fs_status fs_report_whole(fs_buffer *out, double value) { return add_number(out, value, 0); }

fs_status fs_report_money(fs_buffer *out, double value, const char *currency)
{
    if (currency && *currency) FS_TRY(fs_buffer_printf(out, "%s ", currency));
    return add_number(out, value, fabs(value) < 100 ? 2 : 0);
}

fs_status fs_report_share(fs_buffer *out, double share)
{
    double percent = 100 * share;
    if (percent != 0 && fabs(percent) < 0.1)
        return fs_buffer_text(out, percent > 0 ? "less than 0.1 %" : "less than 0.1 % below zero");
    FS_TRY(add_number(out, percent, fabs(percent) < 9.95 ? 1 : 0));
    return fs_buffer_text(out, " %");
}

fs_status fs_report_date(fs_buffer *out, const char *iso)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int year, month, day, end = 0;
    int parts = sscanf(iso, "%4d-%2d%n-%2d%n", &year, &month, &end, &day, &end);
    if (parts < 2 || iso[end] != '\0' || end != (parts == 3 ? 10 : 7) || month < 1 || month > 12)
        return fs_buffer_text(out, iso);
    if (parts == 2)
        return fs_buffer_printf(out, "%.3s %04d", months + (ptrdiff_t)3 * (month - 1), year);
    return fs_buffer_printf(out, "%d %.3s %04d", day, months + (ptrdiff_t)3 * (month - 1), year);
}

const char *fs_report_month(int month)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return month >= 1 && month <= 12 ? names[month - 1] : NULL;
}

fs_status fs_report_periods(fs_buffer *out, int64_t count, const char *period)
{
    return fs_buffer_printf(out, "%" PRId64 " %s%s", count, period, count == 1 ? "" : "s");
}
