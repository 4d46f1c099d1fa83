/* What the operators order and service_levels read, and the room in which a group's rows are held. */
#include <string.h>

#include "order_case.h"

const fs_column fs_order_input[] = {FS_ORDER_INPUT, FS_ORDER_QUANTILE_INPUT, {0}};

fs_status fs_order_rows_open(fs_order_rows *rows, fs_quantile_columns *quantiles,
                             const fs_binding *binding, int inputs, fs_error *error)
{
    const fs_options *options = binding->options;
    rows->now.review = (int)fs_option_int(options, "review");
    rows->now.later = strcmp(fs_option_text(options, "unmet"), "later") == 0;
    rows->ahead.common = fs_option_double(options, "common");
    FS_TRY(fs_quantile_columns_find(quantiles, binding, inputs, error));
    size_t values = FS_ORDER_PERIODS * (size_t)quantiles->count;
    rows->mean = fs_alloc_zero(FS_ORDER_PERIODS, sizeof(double));
    rows->arriving = fs_alloc_zero(FS_ORDER_PERIODS, sizeof(double));
    rows->quantile = fs_alloc_zero(values, sizeof(double));
    if (rows->mean && rows->arriving && rows->quantile) return FS_OK;
    return fs_fail_memory(error, values * sizeof(double));
}

void fs_order_rows_close(fs_order_rows *rows)
{
    fs_free(rows->mean);
    fs_free(rows->arriving);
    fs_free(rows->quantile);
}
