/* stock_helpers.h: what the tests of stock have in common. */
#ifndef FORESELL_TEST_STOCK_HELPERS_H
#define FORESELL_TEST_STOCK_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresell/numeric.h"
#include "foresell/stock.h"

static inline void expect_near(double value, double wanted, double within)
{
    if (!(fabs(value - wanted) <= within * fmax(fabs(wanted), 1)))
        fail_msg("%.15g, wanted %.15g", value, wanted);
}

/* Refused by FS_DATA, and the message says what. */
#define expect_refused(call, what)                                                                 \
    do {                                                                                           \
        fs_error error = {0};                                                                      \
        assert_int_equal((call), FS_DATA);                                                         \
        if (!strstr(error.message, what)) fail_msg("'%s' is not in '%s'", what, error.message);    \
    } while (0)

static inline fs_counts counts_of(fs_count_law law)
{
    fs_counts counts = {0};
    int64_t room = fs_counts_room(law);
    assert_true(room > 0);
    counts.p = calloc((size_t)room, sizeof *counts.p);
    assert_int_equal(fs_counts_fill(law, &counts, NULL), FS_OK);
    assert_int_equal(counts.count, room);
    return counts;
}

static inline fs_counts poisson(double mean) { return counts_of((fs_count_law){mean, INFINITY}); }

/* Each allocation of `make` fails in turn until it is done without; all that are made are counted. */
static inline void expect_every_allocation_is_checked(fs_status (*make)(void))
{
    fs_status status = FS_MEMORY;
    int failed = 0;
    for (; status == FS_MEMORY && failed < 50; failed++) {
        fs_alloc_fail_after(failed);
        status = make();
        fs_alloc_fail_after(-1);
    }
    assert_int_equal(status, FS_OK);
    assert_true(failed > 1);
}

#endif
