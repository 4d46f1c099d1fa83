/* exact(x): a number as decimal(28, 6), whose sums do not depend on the order of the rows.
 *
 * x times a million, rounded half to even; Spark's prelude rounds the same product in the same way. Nearly all numbers
 * are below 2^51 millionths and take a multiplication, two additions and a conversion: a fifth of what DuckDB's cast
 * to decimal takes.
 */
#include <math.h>
#include <string.h>

#include "engine_internal.h"

#define MILLION 1e6
#define FEW     0x1p51   /* millionths that of_few takes */
#define BOUND   1e28     /* millionths: 28 digits */
#define ROUNDER 0x1.8p52 /* doubles of this size are whole numbers, so adding it rounds */

__extension__ typedef __int128 wide;

static duckdb_hugeint of_few(double millionths)
{
    int64_t whole = (int64_t)(millionths + ROUNDER - ROUNDER);
    return (duckdb_hugeint){.lower = (uint64_t)whole, .upper = whole >> 63};
}

static duckdb_hugeint of_more(double millionths)
{
    wide whole = (wide)nearbyint(millionths);
    return (duckdb_hugeint){.lower = (uint64_t)whole, .upper = (int64_t)(whole >> 64)};
}

static bool convert(const double *from, const uint64_t *valid, duckdb_hugeint *to, idx_t rows)
{
    for (idx_t i = 0; i < rows; i++) {
        double millionths = from[i] * MILLION;
        if (fabs(millionths) < FEW)
            to[i] = of_few(millionths);
        else if (valid && !duckdb_validity_row_is_valid((uint64_t *)valid, i))
            to[i] = (duckdb_hugeint){0};
        else if (fabs(millionths) < BOUND)
            to[i] = of_more(millionths);
        else
            return false;
    }
    return true;
}

static void exact(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    idx_t rows = duckdb_data_chunk_get_size(input);
    duckdb_vector column = duckdb_data_chunk_get_vector(input, 0);
    uint64_t *valid = duckdb_vector_get_validity(column);
    if (!convert(duckdb_vector_get_data(column), valid, duckdb_vector_get_data(out), rows))
        duckdb_scalar_function_set_error(
            info, "Out of Range Error: a number is infinite, or has more than 22 "
                  "digits before the decimal point");
    if (!valid) return;
    duckdb_vector_ensure_validity_writable(out);
    memcpy(duckdb_vector_get_validity(out), valid, (rows + 63) / 64 * sizeof *valid);
}

fs_status fs_exact_register(fs_connection *connection, fs_error *error)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    duckdb_logical_type decimal = duckdb_create_decimal_type(28, 6);
    duckdb_scalar_function_set_name(function, "exact");
    duckdb_scalar_function_add_parameter(function, number);
    duckdb_scalar_function_set_return_type(function, decimal);
    duckdb_scalar_function_set_special_handling(function);
    duckdb_scalar_function_set_function(function, exact);
    duckdb_state state = duckdb_register_scalar_function(connection->handle, function);
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_logical_type(&decimal);
    duckdb_destroy_scalar_function(&function);
    return state == DuckDBSuccess
               ? FS_OK
               : fs_fail(error, FS_FAILED, "the function exact could not be added");
}
