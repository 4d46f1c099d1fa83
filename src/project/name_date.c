/* name_date.c: the period that a file's name speaks of, for files that say nowhere inside when.
 *
 * "turnover_2023-01.csv", "Umsatz Januar 2023.xlsx", "sales_20230131.csv", "KW07-2023.csv": the name is
 * cut at what is no letter or digit, and the longest run of up to four parts that is a day, a week or
 * a month with its year (wide_label.c) is it. With `dated: COLUMN` in foresell.yaml the rows of each
 * file get the first day of that period in a column of that name.
 */
#include <string.h>

#include "detect_internal.h"

#define PARTS 16

typedef struct span {
    const char *at;
    size_t bytes;
} span;

static bool is_part(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (unsigned char)c >= 0x80;
}

static int cut_parts(const char *text, span *part)
{
    int n = 0;
    for (const char *at = text; *at && n < PARTS;) {
        if (!is_part(*at)) {
            at++;
            continue;
        }
        const char *start = at;
        while (is_part(*at)) at++;
        part[n++] = (span){start, (size_t)(at - start)};
    }
    return n;
}

bool fs_project_name_date(const char *path, int64_t *day)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    char text[256], name[256];
    size_t bytes = strcspn(base, ".");
    if (bytes == 0 || bytes >= sizeof text) return false;
    memcpy(text, base, bytes);
    text[bytes] = 0;
    span part[PARTS];
    int n = cut_parts(text, part), stem, step;
    bool iso;
    for (int size = n < 4 ? n : 4; size > 0; size--)
        for (int i = n - size; i >= 0; i--) {
            const char *end = part[i + size - 1].at + part[i + size - 1].bytes;
            size_t length = (size_t)(end - part[i].at);
            memcpy(name, part[i].at, length);
            name[length] = 0;
            if (fs_label_read(name, false, day, &step, &stem, &iso) == FS_LABEL_DAY) return true;
        }
    return false;
}
