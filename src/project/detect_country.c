/* detect_country.c: names of countries in several languages, their ISO 3166 codes and ISO 4217
 * currencies; enough to see that a column holds countries and to guess the shop's own. */
#include <string.h>

#include "roles_internal.h"

static const struct {
    const char *code, *currency, *names; /* folded names, blank-separated */
} countries[] = {
    {"GB", "GBP",
     "unitedkingdom uk gb gbr greatbritain england scotland wales grossbritannien "
     "vereinigteskonigreich reinounido royaumeuni"},
    {"US", "USD",
     "unitedstates unitedstatesofamerica usa us estadosunidos etatsunis vereinigtestaaten"},
    {"DE", "EUR", "germany deutschland de deu ger alemania allemagne germania"},
    {"FR", "EUR", "france fr fra frankreich francia"},
    {"ES", "EUR", "spain es esp spanien espana espagne spagna"},
    {"PT", "EUR", "portugal pt prt"},
    {"IT", "EUR", "italy it ita italien italia italie"},
    {"NL", "EUR", "netherlands nl nld niederlande holland paysbas nederland"},
    {"BE", "EUR", "belgium be bel belgien belgique belgie"},
    {"LU", "EUR", "luxembourg lu lux luxemburg"},
    {"AT", "EUR", "austria at aut osterreich autriche oesterreich"},
    {"IE", "EUR", "ireland eire ie irl irland republicofireland"},
    {"FI", "EUR", "finland fi fin finnland"},
    {"GR", "EUR", "greece gr grc griechenland"},
    {"CY", "EUR", "cyprus cy cyp"},
    {"MT", "EUR", "malta mt mlt"},
    {"SI", "EUR", "slovenia si svn"},
    {"SK", "EUR", "slovakia sk svk"},
    {"EE", "EUR", "estonia ee est"},
    {"LV", "EUR", "latvia lv lva"},
    {"LT", "EUR", "lithuania lt ltu"},
    {"HR", "EUR", "croatia hr hrv kroatien"},
    {"CH", "CHF", "switzerland ch che schweiz suisse svizzera suiza"},
    {"SE", "SEK", "sweden se swe schweden sverige"},
    {"NO", "NOK", "norway no nor norwegen norge"},
    {"DK", "DKK", "denmark dk dnk danemark danmark"},
    {"IS", "ISK", "iceland is isl"},
    {"PL", "PLN", "poland pl pol polen polska"},
    {"CZ", "CZK", "czechrepublic czechia cz cze tschechien"},
    {"HU", "HUF", "hungary hu hun ungarn"},
    {"RO", "RON", "romania ro rou"},
    {"BG", "BGN", "bulgaria bg bgr"},
    {"RU", "RUB", "russia ru rus russianfederation россия"},
    {"UA", "UAH", "ukraine ua ukr украина"},
    {"TR", "TRY", "turkey tr tur turkiye turkei"},
    {"IL", "ILS", "israel il isr"},
    {"SA", "SAR", "saudiarabia sa sau"},
    {"AE", "AED", "unitedarabemirates ae are uae"},
    {"LB", "LBP", "lebanon lb lbn"},
    {"BH", "BHD", "bahrain bh bhr"},
    {"EG", "EGP", "egypt eg egy"},
    {"ZA", "ZAR", "southafrica za zaf rsa"},
    {"NG", "NGN", "nigeria ng nga"},
    {"KE", "KES", "kenya ke ken"},
    {"MA", "MAD", "morocco ma mar maroc"},
    {"CA", "CAD", "canada ca can kanada"},
    {"MX", "MXN", "mexico mx mex mexiko"},
    {"BR", "BRL", "brazil br bra brasil brasilien"},
    {"AR", "ARS", "argentina ar arg"},
    {"CL", "CLP", "chile cl chl"},
    {"CO", "COP", "colombia co col"},
    {"PE", "PEN", "peru pe per"},
    {"EC", "USD", "ecuador ec ecu"},
    {"UY", "UYU", "uruguay uy ury"},
    {"AU", "AUD", "australia au aus"},
    {"NZ", "NZD", "newzealand nz nzl"},
    {"JP", "JPY", "japan jp jpn japon"},
    {"CN", "CNY", "china cn chn prc"},
    {"HK", "HKD", "hongkong hk hkg"},
    {"TW", "TWD", "taiwan tw twn"},
    {"KR", "KRW", "southkorea korea kr kor"},
    {"IN", "INR", "india in ind indien"},
    {"PK", "PKR", "pakistan pk pak"},
    {"BD", "BDT", "bangladesh bd bgd"},
    {"LK", "LKR", "srilanka lk lka"},
    {"SG", "SGD", "singapore sg sgp"},
    {"MY", "MYR", "malaysia my mys"},
    {"TH", "THB", "thailand th tha"},
    {"VN", "VND", "vietnam vn vnm"},
    {"ID", "IDR", "indonesia id idn"},
    {"PH", "PHP", "philippines ph phl"},
    {"JE", "GBP", "channelislands jersey je jey"},
    {"GG", "GBP", "guernsey gg ggy"},
};

const char *fs_country_code(const char *name)
{
    fs_arena arena = {0};
    const char *folded, *code = NULL;
    if (fs_words_fold(&arena, name, &folded, NULL) == FS_OK && strlen(folded) >= 2)
        for (size_t i = 0; !code && i < sizeof countries / sizeof *countries; i++)
            if (fs_word_in(folded, strlen(folded), countries[i].names)) code = countries[i].code;
    fs_arena_free(&arena);
    return code;
}

const char *fs_country_currency(const char *code)
{
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        if (strcmp(countries[i].code, code) == 0) return countries[i].currency;
    return NULL;
}
