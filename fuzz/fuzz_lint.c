/* Any bytes as SQL: the lint ends, reads nothing outside, and says a line that is in the text. */
#include <stdlib.h>
#include <string.h>

#include "foresell/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *sql = malloc(size + 1);
    if (!sql) return 0;
    memcpy(sql, data, size);
    sql[size] = '\0';
    int64_t lines = 1;
    for (const char *p = sql; *p; p++) lines += *p == '\n';
    fs_error error = {0};
    fs_status status = fs_lint_sql("fuzz.sql", 1, sql, &error);
    if (status != FS_OK &&
        (error.line < 1 || error.line > lines || !error.message[0] || !error.remedy[0]))
        abort();
    free(sql);
    return 0;
}
