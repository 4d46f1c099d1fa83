/* stock_ahead.h: distributions of demand ahead, inside the room; see ahead.c and common.c. */
#ifndef FORESELL_STOCK_AHEAD_H
#define FORESELL_STOCK_AHEAD_H

#include "foresell/stock.h"

double fs_stock_highest(const fs_pieces *pieces);
int fs_stock_cells(const fs_pieces *pieces, double unit);

/* Scenes of what all periods have in common: in scene k the probability below the score of u is below[k][u * FS_SCENE_STEPS], and the
 * mean over scenes is u. */
#define FS_SCENES      5
#define FS_SCENE_STEPS 256
typedef struct fs_scenes {
    double common; /* of which they are; below 0: none yet */
    double below[FS_SCENES][FS_SCENE_STEPS + 1];
} fs_scenes;
void fs_stock_scenes(fs_scenes *scenes, double common);
/* How much more likely each piece is in a scene. */
void fs_stock_scene_shares(const fs_scenes *scenes, int scene, const fs_pieces *pieces,
                           double *share);
#endif
