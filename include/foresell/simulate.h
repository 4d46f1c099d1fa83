/* foresell/simulate.h: a retailer whose true answers are known.
 *
 * Nine tables (sales, products, customers, promotions, stores, calendar, stock, prices, reviews) with
 * trend, seasons, holidays, price elasticity, promotion lift with halo, cannibalisation and
 * pull-forward, stock-outs that censor sales, churn, randomised campaigns, returns, new and ending
 * products, lasting shifts of stores and categories, skewed popularity, dirt on request; the truth is written beside them in FOLDER-truth, where init does not
 * look.
 * Streamed: memory does not grow with the number of lines. The same settings give the same bytes.
 */
#ifndef FORESELL_SIMULATE_H
#define FORESELL_SIMULATE_H

#include "foresell/base.h"
#include "foresell/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FS_SIMULATE_SHIFTS      2
#define FS_SIMULATE_SHIFTS_MOST 20

typedef struct fs_simulate_settings {
    const char *folder; /* made if missing; must be empty */
    uint64_t seed;
    int64_t items, stores, customers, days;
    int64_t lines; /* about how many sales lines; 0: as demand gives */
    bool parquet;  /* else CSV */
    bool panel;    /* sales as one row per item, store and day instead of basket lines */
    int64_t
        shifts; /* lasting ones; -1: FS_SIMULATE_SHIFTS in a shop of two years and four stores, else none */
    double dirt;       /* share of rows with a fault, 0 … 0.2 */
    const char *start; /* first day, ISO */
    const char *currency, *country;
    const fs_progress *progress; /* or NULL */
} fs_simulate_settings;
FS_API fs_simulate_settings fs_simulate_defaults(void);
FS_API FS_MUST_CHECK fs_status fs_simulate(fs_engine *engine, const fs_simulate_settings *settings,
                                           fs_buffer *said, fs_error *error);

#ifdef __cplusplus
}
#endif
#endif
