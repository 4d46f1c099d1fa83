/* tbats_internal.h: what the parts of the method tbats share. */
#ifndef FORESELL_TBATS_INTERNAL_H
#define FORESELL_TBATS_INTERNAL_H

#include "forecast_internal.h"

#define FS_TBATS_HARMONICS 20 /* of a season at most */
#define FS_TBATS_PAIRS     (FS_SEASONS_MOST * FS_TBATS_HARMONICS)
#define FS_TBATS_ARMA      2 /* p and q at most */

/* Parameters; those that a form lacks stay where they have no effect: 0, and φ 1. */
enum {
    FS_TBATS_ALPHA,
    FS_TBATS_BETA,
    FS_TBATS_PHI,
    FS_TBATS_GAMMA,
    FS_TBATS_AR = FS_TBATS_GAMMA + FS_SEASONS_MOST,
    FS_TBATS_MA = FS_TBATS_AR + FS_TBATS_ARMA,
    FS_TBATS_PARAMETERS = FS_TBATS_MA + FS_TBATS_ARMA
};

typedef struct fs_tbats_form {
    bool trend, damped;
    int p, q; /* of the ARMA errors */
    int seasons, season[FS_SEASONS_MOST], harmonics[FS_SEASONS_MOST];
} fs_tbats_form;

/* Seeds are the states before the first observation: level, trend where there is one, then two of each harmonic. */
#define FS_TBATS_SEEDS (2 + 2 * FS_TBATS_PAIRS)
typedef struct fs_tbats_model {
    fs_tbats_form form;
    double x[FS_TBATS_PARAMETERS], seed[FS_TBATS_SEEDS];
    double squares, aicc;
    int64_t parameters; /* seeds among them */
} fs_tbats_model;

/* A series, and a form laid out in columns: derivatives of the errors by seeds, then by parameters; last the errors themselves. */
typedef struct fs_tbats {
    const double *y;
    const uint8_t *use;
    int64_t count, known;
    fs_tbats_form form;
    int pairs, seeds, columns;
    int width;                          /* columns and the errors, rounded up to vectors */
    int column_of[FS_TBATS_PARAMETERS]; /* -1: not in the form */
    int season_of[FS_TBATS_PAIRS], harmonic[FS_TBATS_PAIRS]; /* of the pair */
    double cosine[FS_TBATS_PAIRS], sine[FS_TBATS_PAIRS];
    double *state;   /* FS_TBATS_STATES rows of `width` */
    double *product; /* width x width, its lower half: of the columns, summed over observations */
    double *tried;   /* the same, of a point that is tried */
    double *factor;  /* columns x columns */
} fs_tbats;
/* Rows of the state: level, trend, pairs, lags of d and of e, then what a step works on. */
#define FS_TBATS_STATES(pairs) (2 + 2 * (size_t)(pairs) + 2 * FS_TBATS_ARMA + 4)
#define FS_TBATS_WIDTH(pairs)  (2 + 2 * (size_t)(pairs) + FS_TBATS_PARAMETERS + 4)
#define FS_TBATS_ROOM(pairs)                                                                       \
    (FS_TBATS_STATES(pairs) * FS_TBATS_WIDTH(pairs) +                                              \
     3 * FS_TBATS_WIDTH(pairs) * FS_TBATS_WIDTH(pairs))

/* Sets pairs and columns of a form; a frequency that a shorter season has is not taken twice. */
void fs_tbats_lay_out(fs_tbats *t, const fs_tbats_form *form);
/* How many of the seeds are to be estimated: at half a turn the second of a pair is none. */
int fs_tbats_estimated(const fs_tbats *t);
/* The sums of products into `product`. */
void fs_tbats_lanes(const fs_tbats *t, const double x[FS_TBATS_PARAMETERS], const double *seed,
                    double *product);
/* The same for the errors alone, plainly: error gets count of them, the sum of squares is returned, and the first column of the state is as it
 * is behind the last observation, rows being one number long. */
double fs_tbats_reference(const fs_tbats *t, const double x[FS_TBATS_PARAMETERS],
                          const double *seed, double *error);
/* Moves that state on: what is expected, and the step by an error. */
double fs_tbats_ahead(const fs_tbats *t, const double x[FS_TBATS_PARAMETERS]);
void fs_tbats_move(const fs_tbats *t, const double x[FS_TBATS_PARAMETERS], double error);

/* Least squares over parameters and seeds together, from model->x and seeds; sets what is left, and aicc but for the Jacobian of a
 * transformation. */
void fs_tbats_fit(fs_tbats *t, fs_tbats_model *model);

/* The numbers of harmonics by AICc, into form, and the α that goes with them. scratch: FS_TBATS_CHOICE. */
double fs_tbats_choose_harmonics(const fs_tbats *t, fs_tbats_form *form, double *scratch);
#define FS_TBATS_CHOICE                                                                            \
    (2 * (size_t)(FS_TBATS_SEEDS + 8) * (FS_TBATS_SEEDS + 8) + 2 * (FS_TBATS_SEEDS + 8))

#endif
