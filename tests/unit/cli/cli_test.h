/* Runs the program inside the test and keeps what it printed. */
#ifndef CLI_TEST_H
#define CLI_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_internal.h"

typedef struct said {
    int code;
    char *out, *err;
} said;

/* Words end with NULL. */
static inline said run_program(const char *const *words)
{
    said s = {0};
    size_t out_size, err_size;
    FILE *out = open_memstream(&s.out, &out_size), *err = open_memstream(&s.err, &err_size);
    char *copy[32] = {"foresell"};
    int count = 1;
    for (; words[count - 1]; count++) copy[count] = (char *)words[count - 1];
    s.code = fs_cli_main(count, copy, out, err);
    fclose(out);
    fclose(err);
    return s;
}

static inline void forget(said *s)
{
    free(s->out);
    free(s->err);
}

#define RUN(...) run_program((const char *const[]){__VA_ARGS__, NULL})
#endif
