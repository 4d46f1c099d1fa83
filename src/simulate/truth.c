/* What is true of the shop, for tests to ask whether it was found again: DIR-truth/items, promotions,
 * customers, campaigns, events, shifts (demand, shortages and dirt are written as the days pass). */
#include "simulate_internal.h"

static fs_status write_items(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "items.csv",
                                   "product_id,units_a_day,elasticity,trend_a_year,season,"
                                   "season_peak,dispersion,return_rate,launched,ended,halo_product",
                                   &w, error);
    for (int32_t i = 0; status == FS_OK && i < s->settings.items; i++) {
        const shop_item *item = &s->item[i];
        char id[16], halo[16] = "";
        name_item(i, id);
        if (item->halo >= 0) name_item(item->halo, halo);
        status = writer_fields(&w, error, "t6444044ddt", id, s->scale * item->popularity,
                               (double)item->elasticity, (double)item->trend, (double)item->season,
                               (double)item->season_peak, (double)item->dispersion,
                               (double)item->return_rate, s->first_day + item->launched,
                               s->first_day + item->ended, halo);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_effects(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "promotions.csv",
                                   "promotion_id,log_lift,baseline_units,lifted_units,halo_units,"
                                   "cannibalised_units,pulled_units",
                                   &w, error);
    for (int64_t p = 0; status == FS_OK && p < s->promotions; p++) {
        const shop_promotion *promotion = &s->promotion[p];
        char id[24];
        snprintf(id, sizeof id, "PR%06lld", (long long)p + 1);
        status = writer_fields(&w, error, "t444444", id, (double)promotion->lift,
                               promotion->baseline, promotion->lifted, promotion->halo,
                               promotion->cannibalised, promotion->pulled);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_people(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "customers.csv",
                                   "customer_id,visits_a_day,joined,left,segment", &w, error);
    for (int32_t c = 0; status == FS_OK && c < s->settings.customers; c++) {
        const shop_customer *who = &s->customer[c];
        char id[16];
        name_customer(c, id);
        status =
            writer_fields(&w, error, "t6ddi", id, (double)who->rate, s->first_day + who->joined,
                          s->first_day + who->left, (int64_t)who->segment + 1);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_uplifts(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status =
        writer_open(folder, "campaigns.csv", "campaign_id,start,segment,uplift", &w, error);
    for (int k = 0; k < CAMPAIGNS; k++)
        for (int g = 0; status == FS_OK && g < SEGMENTS; g++) {
            char id[16];
            snprintf(id, sizeof id, "CAMP%d", k + 1);
            status = writer_fields(&w, error, "tdi4", id, s->first_day + s->campaign[k].start,
                                   (int64_t)g + 1, (double)s->campaign[k].uplift[g]);
            if (status == FS_OK) status = writer_end_row(&w, error);
        }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_events(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "events.csv", "date,event,log_effect,closed", &w, error);
    for (int32_t d = 0; status == FS_OK && d < s->settings.days; d++) {
        const char *event;
        bool shut;
        double effect = shop_event_effect(s, d, &event, &shut);
        if (!event && effect == 0) continue;
        status =
            writer_fields(&w, error, "dt4b", s->first_day + d, event ? event : "", effect, shut);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

static fs_status write_shifts(const shop *s, const char *folder, fs_error *error)
{
    writer w;
    fs_status status = writer_open(folder, "shifts.csv", "day,what,key,factor", &w, error);
    for (int32_t k = 0; status == FS_OK && k < s->shifts; k++) {
        const shop_shift *shift = &s->shift[k];
        char key[32];
        if (shift->of_store)
            name_store(shift->key, key);
        else
            name_category(shift->key, key);
        status = writer_fields(&w, error, "dtt4", s->first_day + shift->start,
                               shift->of_store ? "store" : "category", key, shift->factor);
        if (status == FS_OK) status = writer_end_row(&w, error);
    }
    fs_status closed = writer_close(&w, status == FS_OK ? error : NULL);
    return status == FS_OK ? closed : status;
}

fs_status shop_write_truth(const shop *s, const char *folder, fs_error *error)
{
    char truth[1024];
    snprintf(truth, sizeof truth, "%s-truth", folder);
    FS_TRY(write_items(s, truth, error));
    FS_TRY(write_effects(s, truth, error));
    FS_TRY(write_people(s, truth, error));
    FS_TRY(write_uplifts(s, truth, error));
    FS_TRY(write_events(s, truth, error));
    return write_shifts(s, truth, error);
}
