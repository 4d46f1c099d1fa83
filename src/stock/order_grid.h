/* order_grid.h: stock and demand on a grid, inside the room; see order_grid.c. */
#ifndef FORESELL_ORDER_GRID_H
#define FORESELL_ORDER_GRID_H

#include "stock_ahead.h"

#define FS_GRID_STATES (2 * FS_ORDER_STATES + 8)
#define FS_GRID_LONG   (2 * FS_GRID_STATES) /* a state and the largest order on it */

/* A function of the stock, on all states and beyond them by its slope. */
typedef struct fs_grid_function {
    double slope; /* a cell, beyond the last state */
    double at[FS_GRID_LONG];
} fs_grid_function;

/* State i is a stock of i - zero cells. */
typedef struct fs_stock_grid {
    double unit;       /* units of goods a cell */
    int zero, last;    /* states */
    int orders;        /* cells of an order, at most */
    int floor_is_zero; /* what is missing is lost */
    int periods, cells[FS_ORDER_PERIODS], start[FS_ORDER_PERIODS];
    double demand[FS_ORDER_STATES + FS_ORDER_PERIODS]; /* cells[t] probabilities from start[t] on */
    double lost[FS_ORDER_STATES + FS_ORDER_PERIODS];   /* expected demand above so many cells */
    int low, high;                        /* states that may be: all others have none */
    double state[FS_GRID_STATES], excess; /* excess: units above the last state */
    double spare[FS_GRID_STATES];
    fs_grid_function cost, missed, safe, life, next;
} fs_stock_grid;

/* Demand of period t in this scene; NULL shares: as it is. Periods in order. */
void fs_grid_demand(fs_stock_grid *grid, int t, const fs_pieces *pieces, const double *share);
void fs_grid_begin(fs_stock_grid *grid, double on_hand);
void fs_grid_arrive(fs_stock_grid *grid, double units);
void fs_grid_sell(fs_stock_grid *grid, int t);
double fs_grid_mean(const fs_stock_grid *grid); /* units, what is above the grid with them */

/* What the stock at the beginning of period `lead`, arrivals in, brings in money, units missed and safety. */
void fs_grid_value(fs_stock_grid *grid, const fs_order_case *now);
/* Adds weight times the mean of a function over the states, of each order of 0 … orders cells. */
void fs_grid_expect(const fs_stock_grid *grid, const fs_grid_function *f, double weight,
                    double *to);
#endif
