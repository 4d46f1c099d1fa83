/* The name that was probably meant: the fewest edits (insert, delete, replace, swap of neighbours:
 * optimal string alignment), case left aside. */
#include <ctype.h>
#include <string.h>

#include "operator_internal.h"

#define LONGEST 64 /* names longer than this are compared by their first part */

static int least(int a, int b) { return a < b ? a : b; }

static int letter(const char *text, size_t at) { return tolower((unsigned char)text[at]); }

static int edits(const char *a, const char *b)
{
    size_t n = strnlen(a, LONGEST), m = strnlen(b, LONGEST);
    int row[3][LONGEST + 1];
    for (size_t j = 0; j <= m; j++) row[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int same = letter(a, i - 1) == letter(b, j - 1);
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + !same);
            if (i > 1 && j > 1 && letter(a, i - 1) == letter(b, j - 2) &&
                letter(a, i - 2) == letter(b, j - 1))
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

int fs_operator_nearest(const char *name, const char *const *names, int count)
{
    int best = -1, fewest = 1 + (int)strnlen(name, LONGEST) / 3;
    if (fewest < 2) fewest = 2;
    for (int i = 0; i < count; i++) {
        int distance = edits(name, names[i]);
        if (distance <= fewest && (best < 0 || distance < fewest)) {
            best = i;
            fewest = distance;
        }
    }
    return best;
}
