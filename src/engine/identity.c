/* Who customers are, on their way in: under names that tell nobody, or not at all.
 *
 *   fs_customer(text)    the number as it is; its pseudonym where there is a salt; null where it is forgotten
 *   fs_forgotten(text)   is it forgotten?
 *
 * A pseudonym is a keyed digest (BLAKE2b, 128 bits, the salt digested as its key): the same number has the same
 * pseudonym in every table and run, and without the salt nobody can try numbers until one fits. Of ten million
 * customers two share one with a chance of 1e-25. The list of the forgotten holds such digests too, under a key of
 * its own, of the number or of its pseudonym, so that it tells nobody either.
 */
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"

#define DIGEST_LETTERS (FS_IDENTITY_TEXT - 2) /* after the c, before the NUL */

static void digest_text(const fs_identity_key *key, const char *text, size_t bytes,
                        char out[FS_DIGEST_HEX])
{
    fs_digest digest;
    fs_digest_start_keyed(&digest, key->byte, sizeof key->byte);
    fs_digest_add(&digest, text, bytes);
    fs_digest_end(&digest, out);
    out[DIGEST_LETTERS] = '\0';
}

void fs_identity_name(const fs_identities *identities, const char *text, size_t bytes,
                      char name[FS_IDENTITY_TEXT])
{
    char hex[FS_DIGEST_HEX];
    digest_text(&identities->salt, text, bytes, hex);
    name[0] = 'c';
    memcpy(name + 1, hex, DIGEST_LETTERS + 1);
}

void fs_identity_mark(const fs_identities *identities, const char *text, size_t bytes,
                      char mark[FS_IDENTITY_TEXT])
{
    char hex[FS_DIGEST_HEX];
    digest_text(&identities->key, text, bytes, hex);
    memcpy(mark, hex, DIGEST_LETTERS + 1);
}

static int compare_marks(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

static bool is_listed(const fs_identities *identities, const char *text, size_t bytes)
{
    char mark[FS_IDENTITY_TEXT];
    fs_identity_mark(identities, text, bytes, mark);
    return bsearch(mark, identities->forgotten, (size_t)identities->count,
                   sizeof *identities->forgotten, compare_marks) != NULL;
}

bool fs_identity_forgotten(const fs_identities *identities, const char *text, size_t bytes)
{
    char name[FS_IDENTITY_TEXT];
    if (!identities->count) return false;
    if (is_listed(identities, text, bytes)) return true;
    if (!identities->salted) return false;
    fs_identity_name(identities, text, bytes, name);
    return is_listed(identities, name, strlen(name));
}

void fs_engine_identities(fs_engine *engine, const fs_identities *identities)
{
    engine->identities = identities;
}

/* ---- in SQL ---- */

static const fs_identities nobody = {0};

static const fs_identities *identities_of(duckdb_function_info info)
{
    const fs_engine *engine = duckdb_scalar_function_get_extra_info(info);
    return engine->identities ? engine->identities : &nobody;
}

static bool row_is_valid(uint64_t *valid, idx_t row)
{
    return !valid || duckdb_validity_row_is_valid(valid, row);
}

static void customer(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    const fs_identities *identities = identities_of(info);
    duckdb_vector column = duckdb_data_chunk_get_vector(input, 0);
    duckdb_string_t *cell = duckdb_vector_get_data(column);
    uint64_t *valid = duckdb_vector_get_validity(column);
    idx_t rows = duckdb_data_chunk_get_size(input);
    duckdb_vector_ensure_validity_writable(out);
    for (idx_t i = 0; i < rows; i++) {
        const char *text = NULL;
        size_t bytes = 0;
        if (row_is_valid(valid, i)) {
            text = duckdb_string_t_data(&cell[i]);
            bytes = duckdb_string_t_length(cell[i]);
        }
        char name[FS_IDENTITY_TEXT];
        if (!text || fs_identity_forgotten(identities, text, bytes)) {
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(out), i);
        } else if (identities->salted) {
            fs_identity_name(identities, text, bytes, name);
            duckdb_vector_assign_string_element_len(out, i, name, strlen(name));
        } else {
            duckdb_vector_assign_string_element_len(out, i, text, bytes);
        }
    }
}

static void forgotten(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    const fs_identities *identities = identities_of(info);
    duckdb_vector column = duckdb_data_chunk_get_vector(input, 0);
    duckdb_string_t *cell = duckdb_vector_get_data(column);
    uint64_t *valid = duckdb_vector_get_validity(column);
    idx_t rows = duckdb_data_chunk_get_size(input);
    bool *is = duckdb_vector_get_data(out);
    for (idx_t i = 0; i < rows; i++)
        is[i] = row_is_valid(valid, i) &&
                fs_identity_forgotten(identities, duckdb_string_t_data(&cell[i]),
                                      duckdb_string_t_length(cell[i]));
}

static duckdb_state add(fs_engine *engine, fs_connection *connection, const char *name,
                        duckdb_type to, duckdb_scalar_function_t call)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type result = duckdb_create_logical_type(to);
    duckdb_scalar_function_set_name(function, name);
    duckdb_scalar_function_add_parameter(function, text);
    duckdb_scalar_function_set_return_type(function, result);
    duckdb_scalar_function_set_special_handling(function);
    duckdb_scalar_function_set_extra_info(function, engine, NULL);
    duckdb_scalar_function_set_function(function, call);
    duckdb_state state = duckdb_register_scalar_function(connection->handle, function);
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_logical_type(&result);
    duckdb_destroy_scalar_function(&function);
    return state;
}

fs_status fs_identity_register(fs_engine *engine, fs_connection *connection, fs_error *error)
{
    if (add(engine, connection, "fs_customer", DUCKDB_TYPE_VARCHAR, customer) == DuckDBSuccess &&
        add(engine, connection, "fs_forgotten", DUCKDB_TYPE_BOOLEAN, forgotten) == DuckDBSuccess)
        return FS_OK;
    return fs_fail(error, FS_FAILED, "the functions of customers' names could not be added");
}
