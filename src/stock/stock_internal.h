/* stock_internal.h: what the kernels of stock have in common: checks of arguments, memory, probabilities of counts. */
#ifndef FORESELL_STOCK_INTERNAL_H
#define FORESELL_STOCK_INTERNAL_H

#include "foresell/stock.h"

/* FS_DATA with the name of the argument where it is not finite, or below 0; or not above 0. */
fs_status fs_stock_not_below(const char *name, double value, fs_error *error);
fs_status fs_stock_above(const char *name, double value, fs_error *error);
/* What all policies of one level ask of their costs: both above 0. */
fs_status fs_stock_costs(double holding, double shortage, fs_error *error);
fs_status fs_stock_law(fs_count_law law, fs_error *error);
fs_status fs_stock_counts(const char *name, const fs_counts *counts, fs_error *error);

/* work->room for so many doubles. FS_MEMORY. */
fs_status fs_stock_room(fs_stock_work *work, size_t count, fs_error *error);

/* P(k) / P(k - 1) of a law, k >= 1. */
static inline double fs_stock_ratio(fs_count_law law, double k)
{
    if (law.size > 1e15) return law.mean / k;
    return (k - 1 + law.size) / k * (law.mean / (law.mean + law.size));
}

/* Of holding (y - D)+ + shortage (D - y)+: expected at positions y = low, low + 1, … count of them. Linear in count and the counts. */
void fs_stock_position_costs(const fs_counts *demand, double holding, double shortage, int64_t low,
                             int64_t count, double *cost);
/* The least k with P(D <= k) at least `share`, but for the last digits. */
int64_t fs_stock_quantile(const fs_counts *demand, double share);

/* E(Z - z)+ of a standard normal Z, and the integral of it from z on. */
double fs_stock_loss(double z);
double fs_stock_second_loss(double z);

#endif
