/* Any name of a column as the name of a period: read the same twice, within the bounds that its readers
 * trust, whatever the order of month and day. Names stand a line each. */
#include <stdlib.h>
#include <string.h>

#include "../src/project/detect_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct label {
    fs_label kind;
    int64_t day;
    int step, stem;
    bool iso;
} label;

static label read_once(const char *name, bool month_first)
{
    label l = {0};
    l.kind = fs_label_read(name, month_first, &l.day, &l.step, &l.stem, &l.iso);
    return l;
}

static void read_label(const char *name, bool month_first)
{
    label one = read_once(name, month_first), two = read_once(name, month_first);
    if (one.kind != two.kind || one.step != two.step || one.stem != two.stem) abort();
    if (one.kind == FS_LABEL_NONE) return;
    if (one.day != two.day || one.stem < 0 || (size_t)one.stem > strlen(name)) abort();
    if (one.kind == FS_LABEL_MONTH && (one.day < 1 || one.day > 12)) abort();
    if (one.kind == FS_LABEL_DAY && (one.day < -800000 || one.day > 3000000)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *rest = NULL;
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    for (char *name = strtok_r(text, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest)) {
        read_label(name, false);
        read_label(name, true);
    }
    free(text);
    return 0;
}
