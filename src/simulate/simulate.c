/* foresell simulate: builds the shop, lets its days pass, writes what a retailer would have, and the truth.
 *
 * Memory: items × stores (8 bytes), items, customers, promotions; one day's lines. Time: items × stores ×
 * days draws of demand (some 40 ns each) and about 200 ns a line.
 *
 * Parquet: the CSV files are turned into Parquet one after the other with the types of their columns.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simulate_internal.h"

fs_simulate_settings fs_simulate_defaults(void)
{
    return (fs_simulate_settings){.seed = 1,
                                  .items = 240,
                                  .stores = 4,
                                  .customers = 3000,
                                  .days = 730,
                                  .lines = 200000,
                                  .shifts = -1,
                                  .start = "2023-01-02",
                                  .currency = "GBP",
                                  .country = "GB"};
}

static fs_status make_empty_folder(const char *folder, fs_error *error)
{
    FS_TRY(fs_make_folder(folder, error));
    DIR *open = opendir(folder);
    if (!open) return fs_fail_errno(error, "open the folder", folder);
    int entries = 0;
    for (const struct dirent *entry = readdir(open); entry; entry = readdir(open))
        entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(open);
    if (entries == 0) return FS_OK;
    fs_fail(error, FS_USAGE, "the folder %s is not empty", folder);
    fs_error_remedy(error, "name a new or an empty folder for the simulated shop");
    return FS_USAGE;
}

static fs_status pass_days(fs_engine *engine, shop *s, day_writers *w, fs_error *error)
{
    (void)engine;
    shop_day day;
    fs_status status = day_open(&day, error);
    for (int32_t number = 0; status == FS_OK && number < s->settings.days; number++) {
        status = day_simulate(s, number, &day, error);
        if (status == FS_OK) status = day_writers_add(s, &day, w, error);
        fs_progress_report(s->settings.progress, "simulating", number + 1.0,
                           (double)s->settings.days);
        if (status == FS_OK && fs_progress_cancelled(s->settings.progress))
            status = fs_fail(error, FS_CANCELLED, "cancelled");
    }
    day_close(&day);
    return status;
}

static const struct {
    const char *name, *types;
} files[] = {
    {"sales", NULL},
    {"stock", "'date': 'DATE', 'on_hand': 'BIGINT'"},
    {"reviews", "'date': 'DATE', 'rating': 'BIGINT'"},
    {"products",
     "'unit_cost': 'DOUBLE', 'list_price': 'DOUBLE', 'launched': 'DATE', 'rating': 'DOUBLE', "
     "'units_per_pallet': 'BIGINT'"},
    {"suppliers", "'lead_time_days': 'BIGINT', 'minimum_order_value': 'DOUBLE', "
                  "'pallets_per_truck': 'BIGINT'"},
    {"customers", "'age': 'BIGINT', 'distance_km': 'DOUBLE', 'member_since': 'DATE'"},
    {"stores",
     "'latitude': 'DOUBLE', 'longitude': 'DOUBLE', 'area_sqm': 'DOUBLE', 'opened': 'DATE'"},
    {"promotions", "'start_date': 'DATE', 'end_date': 'DATE', 'discount_pct': 'DOUBLE'"},
    {"campaign_contacts", "'sent_date': 'DATE', 'spend': 'DOUBLE'"},
    {"calendar", "'date': 'DATE'"},
    {"prices", "'valid_from': 'DATE', 'price': 'DOUBLE'"},
};

static const char *types_of(const shop *s, int file)
{
    if (files[file].types) return files[file].types;
    return s->settings.panel ? "'date': 'DATE', 'units': 'BIGINT', 'price': 'DOUBLE'"
                             : "'line_id': 'BIGINT', 'time': 'TIMESTAMP', 'basket_id': 'BIGINT', "
                               "'quantity': 'BIGINT', 'unit_price': 'DOUBLE', 'amount': 'DOUBLE', "
                               "'discount': 'DOUBLE'";
}

/* `text` with each ' doubled. */
static fs_status add_quoted(fs_buffer *sql, const char *text)
{
    for (const char *p = text; *p; p++)
        FS_TRY(fs_buffer_add(sql, *p == '\'' ? "''" : p, *p == '\'' ? 2 : 1));
    return FS_OK;
}

static fs_status to_parquet(fs_engine *engine, const shop *s, const char *folder, int file,
                            fs_error *error)
{
    char csv[1024], parquet[1024];
    snprintf(csv, sizeof csv, "%s/%s.csv", folder, files[file].name);
    snprintf(parquet, sizeof parquet, "%s/%s.parquet", folder, files[file].name);
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "select * from read_csv('");
    if (status == FS_OK) status = add_quoted(&sql, csv);
    if (status == FS_OK)
        status = fs_buffer_printf(&sql,
                                  "', header = true, all_varchar = false, delim = ',', "
                                  "quote = '\"', types = {%s})",
                                  types_of(s, file));
    if (status != FS_OK) status = fs_fail_memory(error, 1024);
    int64_t rows;
    if (status == FS_OK) status = fs_engine_write_parquet(engine, sql.data, parquet, &rows, error);
    if (status == FS_OK) unlink(csv);
    fs_buffer_free(&sql);
    return status;
}

static fs_status report(const shop *s, const day_writers *w, fs_buffer *said, fs_error *error)
{
    if (!said) return FS_OK;
    fs_status status = fs_buffer_printf(
        said,
        "%lld items, %lld stores, %lld customers, %lld days from %s\n"
        "%lld sales lines (%lld of them returns), %lld units, %lld.%02lld %s\n",
        (long long)s->settings.items, (long long)s->settings.stores,
        (long long)s->settings.customers, (long long)s->settings.days, s->settings.start,
        (long long)w->lines, (long long)w->returns, (long long)w->units,
        (long long)(w->cents / 100), (long long)(w->cents % 100), s->settings.currency);
    return status == FS_OK ? FS_OK : fs_fail_memory(error, 256);
}

static fs_status simulate(fs_engine *engine, shop *s, fs_buffer *said, fs_error *error)
{
    const char *folder = s->settings.folder;
    day_writers w = {0};
    FS_TRY(shop_visits_start(s, error));
    fs_status status = day_writers_open(s, folder, &w, error);
    if (status == FS_OK) status = pass_days(engine, s, &w, error);
    fs_status closed = day_writers_close(s, &w, status == FS_OK ? error : NULL);
    if (status == FS_OK) status = closed;
    if (status == FS_OK) status = shop_write_tables(s, folder, error);
    if (status == FS_OK) status = shop_write_truth(s, folder, error);
    for (int k = 0; s->settings.parquet && status == FS_OK && k < 10; k++)
        status = to_parquet(engine, s, folder, k, error);
    return status == FS_OK ? report(s, &w, said, error) : status;
}

fs_status fs_simulate(fs_engine *engine, const fs_simulate_settings *settings, fs_buffer *said,
                      fs_error *error)
{
    char truth[1024];
    shop s;
    if (settings->parquet && settings->dirt > 0)
        return fs_fail(error, FS_USAGE, "dirt needs CSV: a Parquet column cannot hold a bad value");
    fs_status status = shop_build(settings, &s, error); /* checks the settings, touches no file */
    if (status == FS_OK) status = make_empty_folder(settings->folder, error);
    snprintf(truth, sizeof truth, "%s-truth", settings->folder);
    if (status == FS_OK) status = make_empty_folder(truth, error);
    if (status == FS_OK) status = simulate(engine, &s, said, error);
    shop_free(&s);
    return status;
}
