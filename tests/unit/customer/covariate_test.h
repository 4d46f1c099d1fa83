/* covariate_test.h: what tests of covariates share. */
#ifndef FORESELL_COVARIATE_TEST_H
#define FORESELL_COVARIATE_TEST_H

#include "foresell/customer.h"

/* Adds `by` to one of four parameters, or of the coefficients of two covariates: rate, then leaving. */
static inline void move_one(double parameter[4], fs_covariate_effects *effects, int moved,
                            double by)
{
    double *place = moved < 4   ? &parameter[moved]
                    : moved < 6 ? &effects->rate[moved - 4]
                                : &effects->leaving[moved - 6];
    *place += by;
}

#endif
