/* least_squares_internal.h: what the search for least squares has in common in lanes and plainly. */
#ifndef FORESELL_LEAST_SQUARES_INTERNAL_H
#define FORESELL_LEAST_SQUARES_INTERNAL_H

#include "foresell/numeric.h"

#define FS_LSQ_LARGE    1e300 /* what a sum that is no number counts as */
#define FS_LSQ_REFUSALS 6     /* in a row end a lane */

/* Eight problems as they stand. Masks are 0 or -1. */
typedef struct fs_lsq_state {
    const fs_lsq_problem *problem;
    int64_t free[FS_LSQ_PARAMETERS][FS_LSQ_LANES];
    int64_t done[FS_LSQ_LANES], refused[FS_LSQ_LANES];
    double damping[FS_LSQ_LANES], growth[FS_LSQ_LANES];
    double promise[FS_LSQ_LANES];              /* what the step should take off the sum */
    fs_lsq_sums at;                            /* at the best points */
    double x[FS_LSQ_PARAMETERS][FS_LSQ_LANES]; /* best */
    double step[FS_LSQ_PARAMETERS][FS_LSQ_LANES];
} fs_lsq_state;
static inline int fs_lsq_entry(int i, int j) { return i * (i + 1) / 2 + j; }

/* Sums that are no numbers: 1e300, and no way down. */
void fs_lsq_lanes_keep_finite(fs_lsq_sums *sums);
/* Steps from the best points: 0 of a lane that is done, or that a step promises too little. */
void fs_lsq_lanes_plan(fs_lsq_state *state);
/* Takes or refuses what the steps led to. */
void fs_lsq_lanes_judge(fs_lsq_state *state, const fs_lsq_sums *tried);
/* The same of lane k, plainly. */
void fs_lsq_reference_keep_finite(fs_lsq_sums *sums, int k);
void fs_lsq_reference_plan(fs_lsq_state *state, int k);
void fs_lsq_reference_judge(fs_lsq_state *state, const fs_lsq_sums *tried, int k);

#endif
