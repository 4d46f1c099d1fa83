/* foresell/stock.h: how much to keep and how much to order: policies of stock control and what they cost. Arrays in, arrays out; needs base
 * and numeric.
 *
 * Units of goods, money and time are the caller's, the same in all arguments of a call: a holding cost is money for a unit of goods kept for
 * one unit of time (a period), a shortage cost the same of a unit that is asked for and not there, a fixed cost that of placing one order.
 * What is asked for and not there waits (back-orders), where nothing else is said.
 *
 * Every function refuses what makes no sense (a cost below zero, a number that is not finite) by FS_DATA, and says which argument it is; then
 * its results are not set. Results are finite whatever came in. Levels are inventory positions: on hand and on order less what waits.
 */
#ifndef FORESELL_STOCK_H
#define FORESELL_STOCK_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- demand in whole units ----------------------------------------------------------------------- */

/* Poisson where size is INFINITY, else negative binomial with variance mean + mean² / size. mean >= 0, size > 0. */
typedef struct fs_count_law {
    double mean, size;
} fs_count_law;
/* With this mean and variance: Poisson where the variance is not above the mean. */
FS_API fs_count_law fs_count_law_of(double mean, double variance);

/* p[k], 0 <= k < count, is the probability of first + k units; all other numbers have none. They add up to one, but for 1e-4 at most that was cut
 * off at the ends. */
typedef struct fs_counts {
    int64_t first, count;
    double *p;
} fs_counts;
#define FS_COUNTS_MOST ((int64_t)1 << 24)
/* How many probabilities fs_counts_fill may give: all but 1e-17 of the law. 0: more than FS_COUNTS_MOST, or no law. */
FS_API int64_t fs_counts_room(fs_count_law law);
/* counts->p: room for as many, of the caller's. FS_DATA where there is no room that suffices (see above). 5 ns a probability. */
FS_API FS_MUST_CHECK fs_status fs_counts_fill(fs_count_law law, fs_counts *counts, fs_error *error);
FS_API double fs_counts_mean(const fs_counts *counts);

/* ---- demand until an order arrives ------------------------------------------------------------------ */

/* Of independent periods, over a lead time that is independent of them and may be random: mean E L μ, variance E L σ² + μ² Var L (for instance
 * Silver, Pyke and Thomas 2017, section 6.10). */
typedef struct fs_moments {
    double mean, variance;
} fs_moments;
FS_API FS_MUST_CHECK fs_status fs_lead_moments(fs_moments period, fs_moments lead, fs_moments *out,
                                               fs_error *error);
/* The same exactly: lead->p is the distribution of whole periods. out->p: FS_LEAD_ROOM of them, room: twice as many. Cost: the product of the
 * periods, the room and period->count. */
#define FS_LEAD_ROOM(period, lead)                                                                 \
    (((period)->first + (period)->count - 1) * ((lead)->first + (lead)->count - 1) + 1)
FS_API FS_MUST_CHECK fs_status fs_lead_counts(const fs_counts *period, const fs_counts *lead,
                                              double *room, fs_counts *out, fs_error *error);

/* ---- one level: newsvendor, base stock, order up to ---------------------------------------------------- */

/* Stock is brought to a level before each demand; what is left costs `holding`, what is missing `shortage` a unit. With demand over lead time
 * and review period it is the level to order up to at each review, exactly where a period's costs are counted at its end (Karlin and Scarf 1958);
 * continuous review has no review period. */
typedef struct fs_newsvendor {
    double level;         /* the least with P(demand <= level) >= shortage / (shortage + holding) */
    double cost;          /* expected, = holding · left + shortage · missing */
    double left, missing; /* expected units */
    double service;       /* P(demand <= level) */
} fs_newsvendor;

/* Both costs above 0. Demand of no spread: its mean, at no cost. A normal level may be below 0 where the spread is large. */
FS_API FS_MUST_CHECK fs_status fs_newsvendor_normal(double mean, double deviation, double holding,
                                                    double shortage, fs_newsvendor *out,
                                                    fs_error *error);
/* Poisson and negative binomial; the least level that costs least. No memory; two additions a unit of demand around the mean. */
FS_API FS_MUST_CHECK fs_status fs_newsvendor_law(fs_count_law law, double holding, double shortage,
                                                 fs_newsvendor *out, fs_error *error);
FS_API FS_MUST_CHECK fs_status fs_newsvendor_counts(const fs_counts *demand, double holding,
                                                    double shortage, fs_newsvendor *out,
                                                    fs_error *error);
/* Of n >= 1 demands that were, ascending. */
FS_API FS_MUST_CHECK fs_status fs_newsvendor_sorted(const double *demand, int64_t n, double holding,
                                                    double shortage, fs_newsvendor *out,
                                                    fs_error *error);
/* Quantiles of demand at the levels p, both ascending, 0 < p < 1, n >= 1, no two levels the same: between them the quantile function is a line, before
 * the first and behind the last level it is that quantile. */
FS_API FS_MUST_CHECK fs_status fs_newsvendor_quantiles(const double *p, const double *quantile,
                                                       int64_t n, double holding, double shortage,
                                                       fs_newsvendor *out, fs_error *error);
/* What another level costs, of the same demand. */
FS_API FS_MUST_CHECK fs_status fs_level_cost_normal(double level, double mean, double deviation,
                                                    double holding, double shortage,
                                                    fs_newsvendor *out, fs_error *error);
FS_API FS_MUST_CHECK fs_status fs_level_cost_law(double level, fs_count_law law, double holding,
                                                 double shortage, fs_newsvendor *out,
                                                 fs_error *error);

/* ---- economic lots, steady demand ------------------------------------------------------------------ */

/* fixed >= 0, holding > 0, rate of demand >= 0, production rate above it (INFINITY: a lot comes at once), shortage > 0 (INFINITY: nothing may
 * wait). Harris 1913, Taft 1918; with back-orders Zipkin 2000, section 3.3. */
typedef struct fs_lot_problem {
    double fixed, holding, rate, production, shortage;
} fs_lot_problem;
typedef struct fs_lot {
    double quantity, waiting; /* of a lot; the most that waits before it comes */
    double cycle;             /* time between lots; 0 where there is no demand */
    double cost;              /* a unit of time */
} fs_lot;
FS_API FS_MUST_CHECK fs_status fs_economic_lot(const fs_lot_problem *problem, fs_lot *out,
                                               fs_error *error);

/* A unit costs price[k] from quantity from[k] on: all units of the lot, or those beyond only (incremental). from ascending, from[0] is 0; price
 * falling, above 0; holding is a share of the price a unit of time. cost: with what is paid for the goods. Hadley and Whitin 1963, section 2.11. */
typedef struct fs_discounts {
    int count;
    const double *from, *price;
    bool incremental;
} fs_discounts;
FS_API FS_MUST_CHECK fs_status fs_discount_lot(double fixed, double holding_share, double rate,
                                               const fs_discounts *discounts, fs_lot *out,
                                               fs_error *error);

/* Items that are ordered together: an order costs `shared`, and fixed[i] more where item i is in it, which it is in every multiple[i]-th. Given
 * holding[i] > 0 and rate[i] > 0; shared > 0. cycle: time between orders. */
typedef struct fs_joint {
    int count;
    double shared;
    const double *fixed, *holding, *rate;
} fs_joint;
typedef struct fs_joint_plan {
    double cycle, cost; /* cost: a unit of time */
    bool proved;        /* no plan of this kind costs less */
    int64_t *multiple;  /* count, of the caller's */
} fs_joint_plan;
/* Silver's rule (1976): the item that is worth ordering most often is in every order. */
FS_API FS_MUST_CHECK fs_status fs_joint_silver(const fs_joint *joint, fs_joint_plan *plan,
                                               fs_error *error);
/* The least cost: every cycle between the bounds of Wildeman, Frenk and Dekker (1997, EJOR 99, 433-444) is looked at, piece by piece of equal multiples.
 * Not proved where there are more than a million pieces; then the best that was seen, not worse than Silver's. No memory but `room`: 2 × count. */
FS_API FS_MUST_CHECK fs_status fs_joint_exact(const fs_joint *joint, double *room,
                                              fs_joint_plan *plan, fs_error *error);

/* ---- reorder point and order-up-to level, or lot ---------------------------------------------------- */

/* Memory that a kernel takes once and uses again: starts with {0}, is given back once. */
typedef struct fs_stock_work {
    double *room;
    size_t capacity;
} fs_stock_work;
FS_API void fs_stock_work_free(fs_stock_work *work);

typedef struct fs_reorder {
    int64_t point; /* s or r: an order is placed where the position is at or below it */
    int64_t upto;  /* S = up to what is ordered; of lots: point + lot */
    int64_t lot;   /* Q = upto - point */
    double cost;   /* expected, a period */
} fs_reorder;
/* The best (s, S), reviewed every period: demand of a period, and of lead time and one period together (the same where there is no lead time).
 * Zheng and Federgruen 1991, Operations Research 39, 654-665: exact. Demand that is always 0: never ordered, s = -1, S = 0. FS_DATA too where
 * S - s would be above FS_REORDER_MOST: count in larger units. Cost: (S - s)² additions. */
#define FS_REORDER_MOST 65536
FS_API FS_MUST_CHECK fs_status fs_reorder_up_to(const fs_counts *period, const fs_counts *cover,
                                                double fixed, double holding, double shortage,
                                                fs_stock_work *work, fs_reorder *out,
                                                fs_error *error);
/* The expected cost a period of a given (s, S), s < S, as above. */
FS_API FS_MUST_CHECK fs_status fs_reorder_up_to_cost(const fs_counts *period,
                                                     const fs_counts *cover, double fixed,
                                                     double holding, double shortage, int64_t point,
                                                     int64_t upto, fs_stock_work *work,
                                                     double *cost, fs_error *error);
/* The best (r, Q) under continuous review where units are asked for one by one at `rate`; demand over the lead time. Federgruen and Zheng 1992,
 * Operations Research 40, 808-813: exact for Poisson demand. No demand: r = -1, Q = 0, never ordered. */
FS_API FS_MUST_CHECK fs_status fs_reorder_lot(double rate, const fs_counts *lead, double fixed,
                                              double holding, double shortage, fs_stock_work *work,
                                              fs_reorder *out, fs_error *error);
/* The same where demand over the lead time is normal and lots are any quantity: the best (r, Q), exactly (Zheng 1992, Management Science 38,
 * 87-103). deviation 0: the economic lot with back-orders. */
typedef struct fs_reorder_normal {
    double point, lot, cost;
} fs_reorder_normal;
FS_API FS_MUST_CHECK fs_status fs_reorder_lot_normal(double rate, double mean, double deviation,
                                                     double fixed, double holding, double shortage,
                                                     fs_reorder_normal *out, fs_error *error);

/* ---- lots of demand that is known ------------------------------------------------------------------- */

/* wagner_whitin     the least cost (Wagner and Whitin 1958), by Wagelmans, van Hoesel and Kolen (1992, Operations Research 40, S145-S156)
 * silver_meal       as long as the cost a period falls (Silver and Meal 1973)
 * least_unit_cost   as long as the cost a unit falls
 * part_period       until holding costs most nearly what an order does (DeMatteis 1968)
 * lot_for_lot       each period its own
 * period_quantity   as many periods as the economic lot of the mean demand lasts */
typedef enum fs_lot_method {
    FS_WAGNER_WHITIN,
    FS_SILVER_MEAL,
    FS_LEAST_UNIT_COST,
    FS_PART_PERIOD,
    FS_LOT_FOR_LOT,
    FS_PERIOD_QUANTITY
} fs_lot_method;
#define FS_LOT_METHODS 6
FS_API const char *fs_lot_method_name(int method);     /* static text; NULL: none */
#define FS_LOT_ROOM(count) (5 * ((size_t)(count) + 1)) /* doubles */
/* demand[t] >= 0 is needed at the start of period t; what is there at a period's end costs `holding` a unit. ordered: what comes at the start of
 * each period, nothing where nothing is needed. cost: of orders and holding. room: FS_LOT_ROOM(count). Linear in count; period_quantity not above. */
FS_API FS_MUST_CHECK fs_status fs_lot_sizes(int method, const double *demand, int64_t count,
                                            double setup, double holding, double *room,
                                            double *ordered, double *cost, fs_error *error);

/* ---- a season of periods, by dynamic programming ------------------------------------------------------ */

/* What a period costs: an order, a unit bought, a unit left, a unit missing at its end; and its demand, independent of the others. */
typedef struct fs_season_period {
    double fixed, price, holding, shortage;
    const fs_counts *demand;
    const double *
        kept; /* what is left and missing costs after an order, from position low on; NULL: as holding and shortage say */
} fs_season_period;
typedef struct fs_season {
    int periods;
    const fs_season_period *period;
    double last_holding, last_shortage; /* of a unit left or missing after the last, on top */
    double discount;                    /* of a period: 0 < discount <= 1 */
    int64_t low,
        high; /* positions that are looked at: low < high. Stock that falls below low waits at the cost of low. */
} fs_season;
/* point[t], upto[t]: order up to upto[t] where the position is at or below point[t] at the start of period t; point[t] is low - 1 where never. cost[k]:
 * the least expected, discounted, from position low + k on, high - low + 1 of them. Orders come at once. An (s, S) policy is best for each period (Scarf
 * 1960); work is taken from `work`. Cost: periods × positions × demand->count. */
FS_API FS_MUST_CHECK fs_status fs_season_solve(const fs_season *season, fs_stock_work *work,
                                               int64_t *point, int64_t *upto, double *cost,
                                               fs_error *error);

/* ---- goods that perish -------------------------------------------------------------------------------- */

/* A base-stock level for goods that can be sold in `life` periods, the first of which is that of their arrival, first in, first out. Waste a period is
 * between E(S - D of `life` periods)+ / life and E(S / life - D of a period)+ (Chazan and Gal 1977, Management Science 23, 512-521); it is taken as the
 * mean of both, as Nandakumar and Morton (1993, Management Science 39, 1490-1498) weigh bounds. Demand that is not met is lost. */
typedef struct fs_perishable {
    int life;                        /* >= 1 */
    double holding, shortage, waste; /* of a unit left, missing, thrown away; waste >= 0 */
} fs_perishable;
typedef struct fs_perishable_level {
    double level, cost;
    double waste_low, waste_high; /* expected units a period, see above */
} fs_perishable_level;
FS_API FS_MUST_CHECK fs_status fs_perishable_solve(const fs_perishable *goods, fs_count_law period,
                                                   fs_perishable_level *out, fs_error *error);
/* Today's order of packs by Broekmeulen and van Donselaar (2009, Computers & Operations Research 36, 3013-3018): the position less what of
 * it will perish before the next order can arrive, if demand is its mean, is brought to the level. stock[a], a = 0 … ages - 1: units that can be sold for a + 1 periods
 * more; mean[t], t = 0 … periods - 1: expected demand until then, oldest units first. on_order: what is to come, of which none perishes by then. */
typedef struct fs_aged_stock {
    int64_t ages, periods;
    const double *stock, *mean;
    double on_order, level, pack;
} fs_aged_stock;
FS_API FS_MUST_CHECK fs_status fs_perishable_order(const fs_aged_stock *aged, double *room,
                                                   double *quantity, double *perishing,
                                                   fs_error *error); /* room: ages */

/* ---- safety stock of a network ------------------------------------------------------------------------- */

/* Guaranteed service (Graves and Willems 2000, M&SOM 2, 68-83) on a network that is a tree: stage i takes time[i] whole periods once all that it needs is
 * there; it promises its customers to deliver service[i] periods after they ask, and keeps bound[i] sqrt(inbound + time - service) to hold the promise (bound:
 * safety factor times the standard deviation of a period's demand; that of stages that others need is 0 or its own demand, see fs_supply_tree_deviations). */
#define FS_SUPPLY_LONGEST 4096 /* periods, of time and inbound, at most */
typedef struct fs_supply_tree {
    int64_t stages, links;         /* links = stages - 1: every stage is joined to all, once */
    const int64_t *from, *to;      /* links: `to` needs `from` */
    const int64_t *time;           /* stages, >= 0 */
    const int64_t *inbound;        /* of supplies from outside: when they come; NULL: 0 */
    const int64_t *promised;       /* the latest service to customers outside; -1: has none */
    const double *bound, *holding; /* stages, >= 0 */
} fs_supply_tree;
/* The service times of least holding cost, exactly. service, safety: stages of the caller's. FS_DATA where the links are no tree. FS_MEMORY. Cost: stages ×
 * (longest time through the tree)². */
FS_API FS_MUST_CHECK fs_status fs_supply_tree_solve(const fs_supply_tree *tree, int64_t *service,
                                                    double *safety, double *cost, fs_error *error);
/* mean[i], deviation[i] of demand from outside become those of all demand that comes through stage i (independent). room: stages. In place. A mean that is not a
 * number is not known, nor is then that of the stages that supply it. */
FS_API FS_MUST_CHECK fs_status fs_supply_tree_means(const fs_supply_tree *tree, double *mean,
                                                    fs_error *error);
FS_API FS_MUST_CHECK fs_status fs_supply_tree_deviations(const fs_supply_tree *tree,
                                                         double *deviation, fs_error *error);

/* ---- short stock over stores ------------------------------------------------------------------------- */

/* `units` are dealt out to stores so that the sum of value[i] E min(demand, have + given) is greatest: each in turn where it is worth most (Fox 1966, Management
 * Science 13, 210-216: exact, for it is concave). A unit is kept back where it is worth `keep` or less everywhere. */
typedef struct fs_stores {
    int64_t count;
    int levels;             /* of quantiles, as fs_newsvendor_quantiles */
    const double *p;        /* levels */
    const double *quantile; /* count × levels, by rows */
    const double *have;     /* >= 0; NULL: nothing */
    const double *value;    /* of a unit sold, >= 0; NULL: 1 */
} fs_stores;
/* given: count, whole units. worth: what is expected of them. room: FS_ALLOCATION_ROOM(count) doubles. units × log count. */
#define FS_ALLOCATION_ROOM(count) (2 * (size_t)(count))
FS_API FS_MUST_CHECK fs_status fs_allocate(const fs_stores *stores, int64_t units, double keep,
                                           double *room, int64_t *given, double *worth,
                                           fs_error *error);

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
 * cost: the edges of the concave hull of the gain. At most FS_ORDER_LOTS; their number is returned. losing: also those behind the best order,
 * which gain nothing or lose: as far as the demand of its own cycle can reach, then what is so early that later orders are less by it,
 * at most 52 cycles of demand. */
#define FS_ORDER_LOTS (4 * FS_ORDER_STATES)
FS_API int fs_order_lots(fs_order_plan *plan, bool losing, fs_order_lot *lot);
/* Packs of the least order that misses nothing with this probability, in (0, 1), whatever it costs; as near to it as the constraints let. */
FS_API double fs_order_for_service(const fs_order_plan *plan, double service);

/* Stock at the end of a period: expected, and the values that it is not above with 5 % and 95 %. Below zero: owed. */
typedef struct fs_stock_end {
    double mean, low, high;
} fs_stock_end;
/* The workspace of one worker, about 4.5 MB. */
typedef struct fs_stock_fan {
    struct fs_fan_work *work;
} fs_stock_fan;
FS_API FS_MUST_CHECK fs_status
fs_stock_fan_open(fs_stock_fan *fan); /* FS_MEMORY; fan starts with {0} */
FS_API void fs_stock_fan_close(fs_stock_fan *fan);
/* The stock period by period with an order of so many units (>= 0), which arrives in period lead + 1, and none after it: the recursion of
 * fs_order_make, with room for all that may be there. end: ahead->periods of them, at most FS_ORDER_PERIODS. Nothing is allocated. Values are
 * on a grid of FS_ORDER_CELLS cells, or of units where there are fewer. Cost: its cells times those of demand, a period. */
FS_API void fs_stock_fan_make(fs_stock_fan *fan, const fs_ahead *ahead, const fs_order_case *now,
                              double units, fs_stock_end *end);

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
    FS_REPLAY_QUANTITY,       /* quantity[t] */
    FS_REPLAY_MOVING_AVERAGE, /* up to what the next `cover` periods sell by the mean of what is known of the last `window`, season taken out */
    FS_REPLAY_ORDER /* what fs_order_make orders by the forecast made at the end of the period */
} fs_replay_policy;

typedef struct fs_replay_case {
    int64_t count;        /* periods */
    int64_t past;         /* of them the first ones, which are seen and not replayed */
    const double *demand; /* not a number: not known, no cost and no sale */
    const double *level, *reorder,
        *quantity; /* of orders placed at the end of a period; NULL, not a number: none */
    const double
        *arriving; /* units on the way before the replay, by the period of arrival; NULL: none */
    /* Of FS_REPLAY_ORDER: the forecast made at the end of each period, `ahead.periods` periods that follow it. ahead.mean[t * periods + i]
     * and ahead.quantile[(t * periods + i) * probabilities + k]; a first mean that is not a number: no forecast, and no order. */
    fs_ahead ahead;
    double most; /* units, as in fs_order_case; of FS_REPLAY_ORDER alone */
    fs_replay_policy policy;
    int64_t window, season, cover; /* season 0: none */
    int64_t lead, review; /* an order at the end of period t can be sold from t + lead + 1 on */
    int64_t life;         /* periods in which a unit can be sold; 0: for ever */
    double
        opening; /* units; not a number: the policy's own first level (of FS_REPLAY_ORDER that of the moving average), or zero */
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
    fs_order_plan plan; /* opened where it is wanted */
} fs_replay;
/* FS_MEMORY. out: count - past periods. Orders see the demand of their own period and those before, nothing later; with
 * FS_REPLAY_ORDER lead + review <= FS_ORDER_PERIODS. Cost: 0.2 µs a period with the moving average of 13 periods, with FS_REPLAY_ORDER that
 * of fs_order_make each `review` periods. */
FS_API FS_MUST_CHECK fs_status fs_replay_run(fs_replay *replay, const fs_replay_case *now,
                                             fs_replay_period *out);
FS_API void fs_replay_free(fs_replay *replay);

#ifdef __cplusplus
}
#endif
#endif
