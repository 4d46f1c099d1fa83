/* The operators there are, by name. A new one is one line here. */
#include <string.h>

#include "operator_internal.h"

/* Sorted by name: a test holds this. */
#define OPERATORS(X)                                                                               \
    X(backtest)                                                                                    \
    X(change_points)                                                                               \
    X(classify)                                                                                    \
    X(clean_outliers)                                                                              \
    X(decompose)                                                                                   \
    X(fit_classifier)                                                                              \
    X(fit_purchases)                                                                               \
    X(fit_segments)                                                                                \
    X(fit_uplift)                                                                                  \
    X(forecast)                                                                                    \
    X(forecast_paths)                                                                              \
    X(lot_sizes)                                                                                   \
    X(order)                                                                                       \
    X(order_policy)                                                                                \
    X(peaks)                                                                                       \
    X(purchases)                                                                                   \
    X(recommend)                                                                                   \
    X(replay_orders)                                                                               \
    X(safety_stock)                                                                                \
    X(segment)                                                                                     \
    X(service_levels)                                                                              \
    X(similar_items)                                                                               \
    X(stock_outlook)                                                                               \
    X(trend)                                                                                       \
    X(update)                                                                                      \
    X(uplift)                                                                                      \
    X(uplift_curve)

#define X(name) extern const fs_operator fs_##name##_operator;
OPERATORS(X)
#undef X

static const fs_operator *const operators[] = {
#define X(name) &fs_##name##_operator,
    OPERATORS(X)
#undef X
};

#define COUNT ((int)(sizeof operators / sizeof operators[0]))

const char *fs_type_name(fs_type type)
{
    static const char *const names[] = {"bool", "int",    "double", "text", "date",
                                        "time", "period", "blob",   "list"};
    return (size_t)type < sizeof names / sizeof names[0] ? names[type] : "unknown";
}

int fs_operator_count(void) { return COUNT; }

const fs_operator *fs_operator_at(int index)
{
    return index >= 0 && index < COUNT ? operators[index] : NULL;
}

const fs_operator *fs_operator_find(const char *name, fs_error *error)
{
    const char *names[COUNT];
    for (int i = 0; i < COUNT; i++) {
        if (strcmp(operators[i]->name, name) == 0) return operators[i];
        names[i] = operators[i]->name;
    }
    fs_fail(error, FS_USAGE, "there is no operator '%s'", name);
    int nearest = fs_operator_nearest(name, names, COUNT);
    if (nearest >= 0)
        fs_error_remedy(error, "did you mean '%s'?", names[nearest]);
    else
        fs_error_remedy(error, "foresell operators lists what there is");
    return NULL;
}
