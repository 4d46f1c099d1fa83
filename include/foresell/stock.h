/* foresell/stock.h: what to order and when. Arrays in, arrays out; needs base and numeric.
 *
 * Time is in periods of whatever length. Results are finite whatever finite cases come in; what is null is told so.
 */
#ifndef FORESELL_STOCK_H
#define FORESELL_STOCK_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- orders from demand ahead ------------------------------------------------------------------- */

/* In each period what arrives is there before sales, then comes the demand, then an order may be placed. The one that is asked for here is
 * placed before period 1, can be sold from period lead + 1 on, and the next one `review` periods later. */

#define FS_ORDER_PERIODS   400 /* that are looked at, at most: lead and what comes after it */
#define FS_ORDER_CELLS     256 /* of the grid on which demand and stock are */
#define FS_ORDER_QUANTILES 99
#define FS_ORDER_STATES    (FS_ORDER_CELLS + FS_ORDER_PERIODS)

/* Demand ahead: of period t (from 0; periods >= 1) the mean and quantile[t * probabilities + i], the value that is not exceeded with
 * probability[i], ascending in (0, 1). A quantile that is not a number is not known. Behind the last period that one goes on. */
typedef struct fs_ahead {
    int periods, probabilities;
    const double *mean, *quantile, *probability;
    double
        common; /* in [0, 1): the correlation of any two periods, of normal scores (Gaussian copula) */
} fs_ahead;

typedef struct fs_order_case {
    double on_hand; /* units; below zero: asked for and owed, where `later` */
    const double
        *arriving;    /* units of open orders that come before the sales of period t; NULL: none */
    int lead, review; /* periods; lead >= 0, review >= 1 */
    double holding;   /* money a unit that is left at the end of a period; >= 0 */
    double
        shortage; /* money a unit that is not there: once, or `later` each period that it is owed; > 0 */
    double order_cost; /* money an order, however large; >= 0 */
    double expiry;     /* money a unit of this order that is left when its life ends; >= 0 */
    int life;          /* periods that the units of this order can be sold; 0: for ever */
    double pack;       /* units; > 0 */
    double least;      /* units, if anything is ordered; 0: any */
    double most;       /* units that may be expected to be there when it has arrived; 0: any */
    double
        service; /* 0: the least cost; else the least order with this probability of no shortage */
    bool later;  /* what is not there is owed, not lost */
} fs_order_case;

/* Which constraint decided. */
typedef enum fs_order_bound {
    FS_ORDER_FREE,
    FS_ORDER_SHELF,     /* less than would be best */
    FS_ORDER_LEAST,     /* more than would be best */
    FS_ORDER_NOT_WORTH, /* nothing, since the least order or the cost of an order is too much */
    FS_ORDER_NO_ROOM    /* nothing, since the least order is more than the shelf takes */
} fs_order_bound;

/* What comes of an order of so many packs. */
typedef struct fs_order_outlook {
    double
        cost; /* money expected over the periods that this order answers for, that of the order with it */
    double missed; /* units; `later` summed over the ends of periods */
    double safe;   /* the probability that none is missed in them */
} fs_order_outlook;

/* One further lot: packs more than the lots before, and the money that they save. */
typedef struct fs_order_lot {
    double packs, gain;
} fs_order_lot;

/* The workspace of one worker and what it found out about the last case. No pointer of it is kept. About 150 KB. */
typedef struct fs_order_plan {
    double unit;   /* of the grid; 1 where demand is small */
    double stock;  /* expected when the order arrives, without it */
    double demand; /* expected in the periods that it answers for */
    double packs;  /* that are best */
    double room;   /* packs that fit at most; below zero: any */
    fs_order_bound bound;
    struct fs_order_work *work;
} fs_order_plan;
FS_API FS_MUST_CHECK fs_status
fs_order_open(fs_order_plan *plan); /* FS_MEMORY; plan starts with {0} */
FS_API void fs_order_close(fs_order_plan *plan);

/* The order of least expected cost over the `review` periods that this order alone answers for: the myopic policy, which is near the
 * best one under lost sales (Zipkin 2008, Operations Research 56, 1256-1263; Bijvank and Vis 2011, EJOR 215, 1-13, table 5), with the exact
 * distribution of the stock that is left when the order arrives. Nothing is allocated. Cost: the grid's cells times those of demand, a
 * period; 2 to 100 µs. */
FS_API void fs_order_make(fs_order_plan *plan, const fs_ahead *ahead, const fs_order_case *now);
/* Of the case of the last fs_order_make. */
FS_API fs_order_outlook fs_order_look(const fs_order_plan *plan, double packs);
/* Lots in the order of their gain a pack, which never increases, so that the best under a budget are the first of all items' lots by gain over
 * cost: the edges of the concave hull of the gain. At most FS_ORDER_LOTS; their number is returned. */
#define FS_ORDER_LOTS (4 * FS_ORDER_STATES)
FS_API int fs_order_lots(fs_order_plan *plan, fs_order_lot *lot);

/* ---- the distribution itself -------------------------------------------------------------------- */

/* A distribution in pieces: mass[i] lies evenly from low[i] to high[i] and is the probabilities from[i] to from[i] + mass[i]. */
#define FS_PIECES_MOST (2 * FS_ORDER_QUANTILES + 16)
typedef struct fs_pieces {
    int count;
    double low[FS_PIECES_MOST], high[FS_PIECES_MOST], from[FS_PIECES_MOST], mass[FS_PIECES_MOST];
} fs_pieces;
/* Of period t of demand ahead, with its mean; never below zero. */
FS_API void fs_pieces_make(fs_pieces *pieces, const fs_ahead *ahead, int t);
/* Its probabilities on 0, unit, 2 unit …, with the same mean; `share` NULL or of each piece what is taken of its mass. Their number is
 * returned: the largest value over unit, rounded up, and 1. */
FS_API int fs_pieces_spread(const fs_pieces *pieces, const double *share, double unit,
                            double *probability);

/* ---- replay ---------------------------------------------------------------------------------------- */

typedef enum fs_replay_policy {
    FS_REPLAY_LEVEL, /* up to level[t], where the stock and what is under way are not above reorder[t] */
    FS_REPLAY_QUANTITY,      /* quantity[t] */
    FS_REPLAY_MOVING_AVERAGE /* up to what the next `cover` periods sell by the mean of what is known of the last `window`, season taken out */
} fs_replay_policy;

typedef struct fs_replay_case {
    int64_t count;        /* periods */
    int64_t past;         /* of them the first ones, which are seen and not replayed */
    const double *demand; /* not a number: not known, no cost and no sale */
    const double *level, *reorder,
        *quantity; /* of orders placed at the end of a period; NULL, not a number: none */
    const double
        *arriving; /* units on the way before the replay, by the period of arrival; NULL: none */
    fs_replay_policy policy;
    int64_t window, season, cover; /* season 0: none */
    int64_t lead, review; /* an order at the end of period t can be sold from t + lead + 1 on */
    int64_t life;         /* periods in which a unit can be sold; 0: for ever */
    double opening;       /* units; not a number: the policy's own first level, or zero */
    double holding, shortage, order_cost, expiry, pack, least;
    bool later;
} fs_replay_case;

/* One period. opening + arrivals = sold + left + waste, less what is owed. */
typedef struct fs_replay_period {
    double arrived, on_hand; /* before sales */
    double sold,
        missed; /* missed: owed at the end where `later`; not a number where demand is not known */
    double left, waste, ordered;
    double holding, shortage, ordering, expiry; /* money */
} fs_replay_period;

/* What is kept from one series to the next. Starts with {0}. */
typedef struct fs_replay {
    double *coming;      /* by period */
    double *batch;       /* units of each age, where they have a life */
    double *sum, *known; /* of the places of the season */
    int64_t periods, places;
} fs_replay;
/* FS_MEMORY. out: count - past periods. Orders see the demand of their own period and those before, nothing later. Cost: 0.2 µs a period with
 * the moving average of 13 periods. */
FS_API FS_MUST_CHECK fs_status fs_replay_run(fs_replay *replay, const fs_replay_case *now,
                                             fs_replay_period *out);
FS_API void fs_replay_free(fs_replay *replay);

#ifdef __cplusplus
}
#endif
#endif
