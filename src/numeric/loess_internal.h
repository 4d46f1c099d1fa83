/* loess_internal.h: the sums of loess and of STL in lanes; see loess_lanes.c. */
#ifndef FORESELL_LOESS_INTERNAL_H
#define FORESELL_LOESS_INTERNAL_H

#include "foresell/numeric.h"

void fs_numeric_lanes_smooth(const fs_loess *l, const double *rho, const double *x,
                             fs_stl_room *room);
void fs_numeric_lanes_expand(const fs_loess *l, const double *fit, double *out);
void fs_numeric_lanes_season(const fs_stl *p, const double *rho, const double *z,
                             fs_stl_room *room);
void fs_numeric_lanes_between(const fs_loess *l, int64_t period, int64_t from, int64_t to,
                              double *cycle);
void fs_numeric_lanes_moving(const double *x, int64_t count, int64_t period, double *spare,
                             double *sum);
void fs_numeric_lanes_three(const double *x, int64_t count, double scale, double *out);
void fs_numeric_lanes_subtract(const double *a, const double *b, int64_t count, double *out);
void fs_numeric_lanes_weighted(const double *a, const double *b, const double *rho, int64_t count,
                               double *out);
#endif
