/* segments_internal.h: what a fit of segments works with; see segments.c. */
#ifndef FORESELL_SEGMENTS_INTERNAL_H
#define FORESELL_SEGMENTS_INTERNAL_H

#include "learn_internal.h"

struct fs_segments_work {
    fs_kmeans kmeans;
    fs_mixture mixture;
    int found;              /* segments of the last division */
    const int32_t *cluster; /* of its rows */
    double *block;
    size_t block_capacity;
    double *z, *scratch;        /* columns × rows standardised; rows */
    double *sample, *again;     /* columns × rows of the sample, and of one drawn from it */
    double *centre, *deviation; /* segments × columns */
    int64_t rows;               /* of the sample */
    int32_t *own, *times, *drawn;
    int column[FS_SEGMENT_COLUMNS];
    fs_segment_scale scale[FS_SEGMENT_COLUMNS];
    double size[FS_SEGMENTS_MOST], sum[FS_SEGMENTS_MOST], stability[FS_SEGMENTS_MOST];
};
#endif
