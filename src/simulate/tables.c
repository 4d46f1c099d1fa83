/* The tables that are known as a whole: products, customers, stores, promotions, campaigns, calendar,
 * prices. Names of columns and things are such as shops use. */
#include <math.h>

#include "simulate_internal.h"

static const char *const category_names[] = {"Bakery",    "Dairy", "Drinks", "Fruit",  "Garden",
                                             "Household", "Meat",  "Pantry", "Snacks", "Toys"};
static const char *const towns[] = {
    "Ashby",  "Barton", "Colne",   "Dunsford", "Elmswell",  "Frome",   "Goole",  "Holt",
    "Ilkley", "Jarrow", "Keswick", "Ludlow",   "Malton",    "Newent",  "Oakham", "Penrith",
    "Quorn",  "Ripon",  "Selby",   "Thirsk",   "Ulverston", "Ventnor", "Whitby", "Yarm"};
/* Brands are dealt out to them in turn; no random number is drawn. */
static const struct {
    const char *name, *order_days;
    int64_t lead_days, least_cents, truck;
} suppliers[] = {{"Alder & Sons", "Mon, Thu", 2, 0, 0}, {"Birch Wholesale", "Tue", 3, 25000, 0},
                 {"Cedar Foods", "", 1, 0, 0},          {"Downs Trading", "Wed, Fri", 5, 0, 1},
                 {"Elm Imports", "Mon", 7, 40000, 0},   {"Fern Brothers", "daily", 4, 0, 0},
                 {"Gorse Depot", "Thu", 4, 15000, 2},   {"Hazel Ltd", "Tue, Fri", 2, 0, 0}};
#define SUPPLIERS (int)(sizeof suppliers / sizeof *suppliers)
static const char *const tiers[] = {"basic", "silver", "gold"};

void name_category(int32_t category, char out[32])
{
    int32_t round = category / 10;
    const char *name = category_names[category % 10];
    if (round == 0)
        snprintf(out, 32, "%s", name);
    else
        snprintf(out, 32, "%s %d", name, round + 1);
}

static fs_status write_products(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "products.csv",
                                   "product_id,product_name,category,subcategory,brand,unit_cost,"
                                   "list_price,launched,rating,supplier,units_per_pallet",
                                   &w, error);
    for (int32_t i = 0; status == FS_OK && i < s->settings.items; i++) {
        const shop_item *item = &s->item[i];
        char id[16], name[96], category[32], subcategory[64], brand[24], launched[16] = "";
        name_item(i, id);
        name_category(item->category, category);
        snprintf(subcategory, sizeof subcategory, "%s %c%d", category,
                 'A' + item->subcategory / s->categories % 26, item->subcategory % 100);
        snprintf(name, sizeof name, "%s, size %d", subcategory, 1 + i % 7);
        snprintf(brand, sizeof brand, "Brand %02d", item->brand + 1);
        fs_civil day = fs_civil_from_days(s->first_day + item->launched);
        if (item->launched > 0)
            snprintf(launched, sizeof launched, "%04d-%02d-%02d", day.year % 10000, day.month % 100,
                     day.day % 100);
        status = writer_fields(&w, error, "tttttcct1ti", id, name, category, subcategory, brand,
                               (int64_t)item->cost_cents, (int64_t)item->price_cents, launched,
                               (double)item->quality, suppliers[item->brand % SUPPLIERS].name,
                               (int64_t)(60 * (1 + i % 8)));
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_suppliers(const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "suppliers.csv",
                                   "supplier,order_days,lead_time_days,minimum_order_value,"
                                   "pallets_per_truck",
                                   &w, error);
    for (int k = 0; status == FS_OK && k < SUPPLIERS; k++) {
        char least[32] = "", truck[24] = "";
        if (suppliers[k].least_cents)
            snprintf(least, sizeof least, "%lld.%02lld", (long long)suppliers[k].least_cents / 100,
                     (long long)suppliers[k].least_cents % 100);
        if (suppliers[k].truck)
            snprintf(truck, sizeof truck, "%lld", (long long)suppliers[k].truck);
        status = writer_fields(&w, error, "ttitt", suppliers[k].name, suppliers[k].order_days,
                               suppliers[k].lead_days, least, truck);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_customers(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "customers.csv",
                                   "customer_id,gender,age,town,distance_km,loyalty_tier,"
                                   "member_since,closed_account",
                                   &w, error);
    for (int32_t c = 0; status == FS_OK && c < s->settings.customers; c++) {
        const shop_customer *who = &s->customer[c];
        char id[16];
        name_customer(c, id);
        bool closed = who->loyal && who->left < s->settings.days;
        status =
            writer_fields(&w, error, "ttit1tdb", id, who->female ? "female" : "male",
                          (int64_t)who->age, towns[s->store[who->store].town],
                          (double)who->distance, who->loyal ? tiers[who->segment] : "none",
                          s->first_day + who->joined - (who->joined == 0 ? c % 900 : 0), closed);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_stores(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "stores.csv",
                                   "store_id,store_name,city,country,latitude,longitude,area_sqm,"
                                   "opened,open_sundays",
                                   &w, error);
    for (int32_t j = 0; status == FS_OK && j < s->settings.stores; j++) {
        const shop_store *store = &s->store[j];
        char id[16], name[64];
        name_store(j, id);
        snprintf(name, sizeof name, "%s High Street", towns[store->town]);
        int64_t opened =
            s->first_day + store->opened - (store->opened == 0 ? 400 + j * 37 % 3000 : 0);
        status = writer_fields(&w, error, "tttt440db", id, name, towns[store->town],
                               s->settings.country, store->latitude, store->longitude,
                               round(300 * (double)store->size), opened, store->sundays);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_promotions(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "promotions.csv",
                                   "promotion_id,product_id,promotion_type,start_date,end_date,"
                                   "discount_pct",
                                   &w, error);
    for (int64_t p = 0; status == FS_OK && p < s->promotions; p++) {
        const shop_promotion *promotion = &s->promotion[p];
        char id[24], item[16];
        snprintf(id, sizeof id, "PR%06lld", (long long)p + 1);
        name_item(promotion->item, item);
        const char *kind = promotion->feature && promotion->display ? "feature and display"
                           : promotion->feature                     ? "feature"
                           : promotion->display                     ? "display"
                                                                    : "price cut";
        status = writer_fields(&w, error, "tttddi", id, item, kind, s->first_day + promotion->start,
                               s->first_day + promotion->end, (int64_t)promotion->percent);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_contacts(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status =
        writer_open(folder, "campaign_contacts.csv",
                    "campaign_id,customer_id,sent_date,treated,visited,spend", &w, error);
    for (int k = 0; status == FS_OK && k < CAMPAIGNS; k++)
        for (int32_t c = 0; status == FS_OK && c < s->settings.customers; c++) {
            const shop_campaign *campaign = &s->campaign[k];
            char id[16], customer[16];
            if (!campaign->group[c]) continue;
            snprintf(id, sizeof id, "CAMP%d", k + 1);
            name_customer(c, customer);
            status = writer_fields(&w, error, "ttdbb2", id, customer,
                                   s->first_day + campaign->start, campaign->group[c] == 2,
                                   campaign->visits[c] > 0, (double)campaign->spend[c]);
            if (status == FS_OK) status = writer_end_row(&w, error);
        }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static bool any_store_opens(const shop *s, int32_t number)
{
    for (int32_t j = 0; j < s->settings.stores; j++)
        if (shop_store_day(s, j, number) > 0) return true;
    return false;
}

static fs_status write_calendar(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "calendar.csv", "date,event,event_type,open", &w, error);
    for (int32_t d = 0; status == FS_OK && d < s->settings.days + 366; d++) {
        const char *event;
        bool closed;
        shop_event_effect(s, d, &event, &closed);
        status = writer_fields(&w, error, "dttb", s->first_day + d, event ? event : "",
                               event ? "holiday" : "", any_store_opens(s, d));
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

/* A row whenever the regular price changes. */
static fs_status write_prices(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "prices.csv", "product_id,valid_from,price", &w, error);
    for (int32_t i = 0; status == FS_OK && i < s->settings.items; i++) {
        int32_t before = -1;
        char id[16];
        name_item(i, id);
        for (int32_t d = s->item[i].launched; status == FS_OK && d < s->item[i].ended; d++) {
            int32_t cents = shop_list_price(s, i, d);
            if (cents == before) continue;
            before = cents;
            status = writer_fields(&w, error, "tdc", id, s->first_day + d, (int64_t)cents);
            if (status == FS_OK) status = writer_end_row(&w, error);
        }
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

fs_status shop_write_tables(const shop *s, const char *folder, fs_error *error)
{
    FS_TRY(write_products(s, folder, error));
    FS_TRY(write_suppliers(folder, error));
    FS_TRY(write_customers(s, folder, error));
    FS_TRY(write_stores(s, folder, error));
    FS_TRY(write_promotions(s, folder, error));
    FS_TRY(write_contacts(s, folder, error));
    FS_TRY(write_calendar(s, folder, error));
    return write_prices(s, folder, error);
}
