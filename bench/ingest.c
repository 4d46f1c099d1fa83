/* ingest FILE THREADS: delimited text into a table as a run reads it, in CPU seconds on standard output.
 *
 * Every column is typed by its reading, every cell is checked, rows that can't be read carry their problem
 * and their text (what quarantine is made of), each row its file and line, and the file its digest. The
 * readings are found out beforehand, as init does; that is not counted.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"
#include "foresell/engine.h"

static fs_status make_view(fs_engine *engine, const char *path, fs_error *error)
{
    fs_file_profile *profile;
    int tables;
    FS_TRY(fs_engine_profile(engine, path, &profile, &tables, error));
    fs_raw_column *column = calloc((size_t)profile->columns, sizeof *column);
    for (int i = 0; i < profile->columns; i++)
        column[i] =
            (fs_raw_column){.name = profile->name[i], .reading = profile->column[i].reading};
    fs_raw raw = {.name = "sales",
                  .path = &path,
                  .paths = 1,
                  .format = profile->format,
                  .dialect = profile->sniffed.dialect,
                  .column = column,
                  .columns = profile->columns};
    fs_status status = fs_engine_raw_view(engine, &raw, "sales_view", error);
    free(column);
    fs_file_profile_free(profile, tables);
    return status;
}

static fs_status read_all(fs_engine *engine, double *took, fs_error *error)
{
    fs_raw_stats *stats;
    int files;
    double began = cpu_seconds();
    FS_TRY(fs_engine_execute(engine, "create table sales as select * from sales_view", error));
    FS_TRY(fs_engine_raw_stats(engine, "sales_view", &stats, &files, error));
    *took = cpu_seconds() - began;
    fprintf(stderr, "%lld records, digest %s\n", (long long)stats->records, stats->digest);
    fs_raw_stats_free(stats, files);
    return FS_OK;
}

int main(int words, char **word)
{
    fs_error error = {0};
    fs_engine *engine = NULL;
    double took = 0;
    fs_engine_settings settings = {.threads = words > 2 ? atoi(word[2]) : 1};
    fs_status status = fs_engine_open(&settings, &engine, &error);
    if (status == FS_OK) status = make_view(engine, word[1], &error);
    if (status == FS_OK) status = read_all(engine, &took, &error);
    fs_engine_close(engine);
    if (status != FS_OK) fprintf(stderr, "%s\n", error.message);
    printf("%.3f\n", took);
    return status != FS_OK;
}
