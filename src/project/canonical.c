/* The canonical tables: the one place that says what a retailer's data are once they are clean.
 *
 * Detection looks for these columns by their words, types and relations; validation holds rows to
 * their types and policies; the reference page, the mappings' comments and the Python side print
 * these docs. Adding a column here is all it takes. Types: money and quantities are doubles,
 * identifiers are text (leading zeros count), dates have no zone.
 */
#include <string.h>

#include "foresell/project.h"

#define KEY .key = true, .missing = FS_MISSING_QUARANTINE
#define REQUIRED .missing = FS_MISSING_QUARANTINE
#define ONE_ITEM .missing = FS_MISSING_FALLBACK, .fallback = "'(all)'"

static const fs_canonical_column sales[] = {
    {"time", FS_TYPE_TIME, REQUIRED, .unit = NULL,
     .words = "time date datetime timestamp day invoicedate orderdate purchasetimestamp transactiontimestamp "
              "week weekend sold created ordered bought datum fecha data",
     .doc = "when it was sold; the start or end of its period where the file has totals per period"},
    {"item", FS_TYPE_TEXT, ONE_ITEM,
     .words = "item product sku article upc ean gtin stockcode productid itemid material artikel produkt producto brand",
     .doc = "which product; '(all)' where the file has totals over products"},
    {"store", FS_TYPE_TEXT, .words = "store shop outlet location branch site warehouse market filiale tienda loja",
     .doc = "where it was sold"},
    {"customer", FS_TYPE_TEXT,
     .words = "customer client household member shopper buyer user cust account kunde cliente card",
     .doc = "who bought it"},
    {"basket", FS_TYPE_TEXT,
     .words = "basket invoice order transaction receipt ticket bill invoiceno orderid basketid bon rechnung pedido",
     .doc = "which purchase the line belongs to"},
    {"line", FS_TYPE_TEXT, .words = "line lineid linenumber position rowid uniqueid transactionlineid",
     .doc = "identifier of the line, unique in the whole file, where there is one"},
    {"units", FS_TYPE_DOUBLE, .unit = "units",
     .words = "units quantity qty sold count volume move menge cantidad quantidade pieces amount_sold",
     .doc = "pieces sold; below zero where they came back"},
    {"price", FS_TYPE_DOUBLE, .unit = "money",
     .words = "price unitprice sellprice saleprice retailprice preis precio preco",
     .doc = "money paid for one piece, after discounts"},
    {"amount", FS_TYPE_DOUBLE, .unit = "money",
     .words = "amount revenue sales total salesvalue spend turnover value linetotal net gross umsatz importe payment",
     .doc = "money paid for the line, after discounts; below zero where it was paid back"},
    {"discount", FS_TYPE_DOUBLE, .unit = "money",
     .words = "discount disc rebate markdown coupon reduction rabatt descuento desconto off",
     .doc = "money taken off the line, not below zero"},
    {"cost", FS_TYPE_DOUBLE, .unit = "money", .words = "cost unitcost cogs purchaseprice costprice",
     .doc = "what one piece cost the retailer"},
    {"payment", FS_TYPE_TEXT, .words = "paymentmethod paymenttype tender paymentmode payment paidby method",
     .doc = "how it was paid"},
    {"country", FS_TYPE_TEXT, .words = "country nation land pais", .doc = "country of the sale"},
    {"status", FS_TYPE_TEXT, .words = "status orderstatus state_of_order",
     .doc = "state of the order, where a cancelled one stands in the file"},
    {"note", FS_TYPE_TEXT, .words = "description note comment text itemname productname name title",
     .doc = "text of the line"},
    {"on_promotion", FS_TYPE_BOOL, .words = "promo promotion onpromotion deal special feature display tpr offer",
     .doc = "was the product (or the store) on promotion"},
    {"visitors", FS_TYPE_DOUBLE, .unit = "people", .words = "customers visitors visits traffic footfall baskets",
     .doc = "how many people bought in the period, where the file has totals"},
    {0}};

static const fs_canonical_column products[] = {
    {"item", FS_TYPE_TEXT, KEY, .words = "item product sku article upc ean gtin stockcode productid itemid material",
     .doc = "which product"},
    {"name", FS_TYPE_TEXT, .words = "name description productname itemname title desc", .doc = "its name"},
    {"category", FS_TYPE_TEXT, .words = "category cat department dept group productgroup class family categoryname",
     .doc = "the coarser group it belongs to"},
    {"subcategory", FS_TYPE_TEXT, .words = "subcategory subcat subdepartment commodity subcommodity segment subclass",
     .doc = "the finer group it belongs to"},
    {"brand", FS_TYPE_TEXT, .words = "brand label marke marca", .doc = "its brand"},
    {"supplier", FS_TYPE_TEXT, .words = "supplier vendor manufacturer maker seller", .doc = "who makes or delivers it"},
    {"size", FS_TYPE_TEXT, .words = "size productsize packsize weight volume", .doc = "pack or size"},
    {"price", FS_TYPE_DOUBLE, .unit = "money", .words = "price listprice rrp msrp baseprice retailprice",
     .doc = "list price of one piece"},
    {"cost", FS_TYPE_DOUBLE, .unit = "money", .words = "cost unitcost cogs costprice purchaseprice",
     .doc = "what one piece costs the retailer"},
    {"rating", FS_TYPE_DOUBLE, .words = "rating stars score averagerating", .doc = "average rating"},
    {"return_rate", FS_TYPE_DOUBLE, .unit = "share of 1", .words = "returnrate returns", .doc = "share that comes back"},
    {"launched", FS_TYPE_DATE, .words = "launched launch introduced listed start available", .doc = "first day on sale"},
    {"ended", FS_TYPE_DATE, .words = "ended delisted discontinued end", .doc = "last day on sale"},
    {0}};

static const fs_canonical_column customers[] = {
    {"customer", FS_TYPE_TEXT, KEY, .words = "customer client household member shopper buyer user cust account kunde cliente",
     .doc = "who"},
    {"country", FS_TYPE_TEXT, .words = "country nation land pais", .doc = "country"},
    {"region", FS_TYPE_TEXT, .words = "region state province county bundesland", .doc = "region or state"},
    {"city", FS_TYPE_TEXT, .words = "city town place stadt ciudad cidade", .doc = "town"},
    {"postcode", FS_TYPE_TEXT, .words = "postcode zip zipcode postalcode zipcodeprefix plz", .doc = "postal code"},
    {"latitude", FS_TYPE_DOUBLE, .unit = "degrees", .words = "latitude lat", .doc = "latitude"},
    {"longitude", FS_TYPE_DOUBLE, .unit = "degrees", .words = "longitude lng lon long", .doc = "longitude"},
    {"distance", FS_TYPE_DOUBLE, .unit = "km", .words = "distance distancetostore km", .doc = "distance to the store"},
    {"age", FS_TYPE_TEXT, .words = "age agegroup ageband agedesc senior", .doc = "age or band of ages"},
    {"sex", FS_TYPE_TEXT, .words = "sex gender", .doc = "sex as given"},
    {"income", FS_TYPE_TEXT, .words = "income incomeband incomedesc salary", .doc = "income or band"},
    {"household", FS_TYPE_TEXT, .words = "householdsize hhsize family familysize householdcomposition", .doc = "size or kind of household"},
    {"loyalty", FS_TYPE_TEXT, .words = "loyalty tier membership status level card", .doc = "loyalty status"},
    {"joined", FS_TYPE_DATE, .words = "joined signup registered since memberdate enrolled", .doc = "first day as a customer"},
    {"tenure", FS_TYPE_DOUBLE, .unit = "months", .words = "tenure months", .doc = "months as a customer"},
    {"churned", FS_TYPE_BOOL, .words = "churn churned left exited attrition cancelled", .doc = "has left"},
    {"spend", FS_TYPE_DOUBLE, .unit = "money", .words = "spend totalspend totalcharges history monetary lifetimevalue",
     .doc = "money spent so far, where the file has totals"},
    {0}};

static const fs_canonical_column promotions[] = {
    {"promotion", FS_TYPE_TEXT, .words = "promotion promo campaign offer coupon deal aktion", .doc = "which promotion"},
    {"kind", FS_TYPE_TEXT, .words = "kind type campaigntype promotiontype description mechanic", .doc = "feature, display, price cut, coupon, mailer, e-mail …"},
    {"item", FS_TYPE_TEXT, .words = "item product sku article upc productid", .doc = "product promoted; null: not tied to one"},
    {"category", FS_TYPE_TEXT, .words = "category department", .doc = "category promoted"},
    {"store", FS_TYPE_TEXT, .words = "store shop outlet location branch", .doc = "where; null: everywhere"},
    {"customer", FS_TYPE_TEXT, .words = "customer household client member user", .doc = "whom it was sent to; null: everyone"},
    {"start", FS_TYPE_DATE, .words = "start startday startdate from begin week date day", .doc = "first day"},
    {"ended", FS_TYPE_DATE, .words = "end endday enddate to until finish", .doc = "last day"},
    {"discount", FS_TYPE_DOUBLE, .unit = "share of 1", .words = "discount percent depth off", .doc = "share taken off the price"},
    {"price", FS_TYPE_DOUBLE, .unit = "money", .words = "promoprice offerprice", .doc = "price while it ran"},
    {"cost", FS_TYPE_DOUBLE, .unit = "money", .words = "cost budget fee", .doc = "what it cost"},
    {"treated", FS_TYPE_BOOL, .words = "treated treatment exposed received segment group test", .doc = "was this customer in the treated group"},
    {"redeemed", FS_TYPE_BOOL, .words = "redeemed used redemption conversion converted visit response responded", .doc = "did the customer take it up"},
    {"spend", FS_TYPE_DOUBLE, .unit = "money", .words = "spend revenue sales", .doc = "money spent in answer to it"},
    {0}};

static const fs_canonical_column stores[] = {
    {"store", FS_TYPE_TEXT, KEY, .words = "store shop outlet location branch site warehouse seller", .doc = "which store"},
    {"name", FS_TYPE_TEXT, .words = "name storename description", .doc = "its name"},
    {"kind", FS_TYPE_TEXT, .words = "kind type storetype format segment segvaluename cluster", .doc = "format"},
    {"size", FS_TYPE_DOUBLE, .words = "size area salesarea sqft sqm salesareasizenum", .doc = "sales area, unit of the file"},
    {"city", FS_TYPE_TEXT, .words = "city town place addresscityname", .doc = "town"},
    {"region", FS_TYPE_TEXT, .words = "region state province county addressstateprovcode", .doc = "region or state"},
    {"country", FS_TYPE_TEXT, .words = "country nation", .doc = "country"},
    {"postcode", FS_TYPE_TEXT, .words = "postcode zip zipcode zipcodeprefix", .doc = "postal code"},
    {"latitude", FS_TYPE_DOUBLE, .unit = "degrees", .words = "latitude lat", .doc = "latitude"},
    {"longitude", FS_TYPE_DOUBLE, .unit = "degrees", .words = "longitude lng lon", .doc = "longitude"},
    {"opened", FS_TYPE_DATE, .words = "opened opening since", .doc = "first day"},
    {0}};

static const fs_canonical_column calendar[] = {
    {"day", FS_TYPE_DATE, REQUIRED, .words = "day date datum", .doc = "which day"},
    {"store", FS_TYPE_TEXT, .words = "store shop", .doc = "for which store; null: all"},
    {"event", FS_TYPE_TEXT, .words = "event eventname holiday holidayname stateholiday name", .doc = "holiday or event"},
    {"kind", FS_TYPE_TEXT, .words = "eventtype kind type", .doc = "kind of event"},
    {"open", FS_TYPE_BOOL, .words = "open isopen trading", .doc = "was the store open"},
    {"school_holiday", FS_TYPE_BOOL, .words = "schoolholiday school vacation", .doc = "school holiday"},
    {"period", FS_TYPE_TEXT, .words = "week weekno wmyrwk period", .doc = "the retailer's own week or period number"},
    {0}};

static const fs_canonical_column stock[] = {
    {"item", FS_TYPE_TEXT, REQUIRED, .words = "item product sku article upc", .doc = "which product"},
    {"store", FS_TYPE_TEXT, .words = "store shop outlet location warehouse", .doc = "where"},
    {"day", FS_TYPE_DATE, .words = "day date week", .doc = "on which day (start of the period); null: now"},
    {"on_hand", FS_TYPE_DOUBLE, .unit = "units", .words = "onhand stock inventory qtyonhand endinventory available level", .doc = "pieces there"},
    {"on_order", FS_TYPE_DOUBLE, .unit = "units", .words = "onorder intransit ordered", .doc = "pieces on their way"},
    {"in_stock", FS_TYPE_BOOL, .words = "instock available outofstock", .doc = "was there any; false: demand could not be seen"},
    {"lost", FS_TYPE_DOUBLE, .unit = "units", .words = "missedsales lost lostsales", .doc = "pieces asked for and not there"},
    {0}};

static const fs_canonical_column prices[] = {
    {"item", FS_TYPE_TEXT, REQUIRED, .words = "item product sku article upc", .doc = "which product"},
    {"store", FS_TYPE_TEXT, .words = "store shop outlet", .doc = "where; null: everywhere"},
    {"start", FS_TYPE_DATE, REQUIRED, .words = "start date day week from valid", .doc = "first day of the price"},
    {"ended", FS_TYPE_DATE, .words = "end until to", .doc = "last day; null: until the next one"},
    {"price", FS_TYPE_DOUBLE, REQUIRED, .unit = "money", .words = "price sellprice unitprice", .doc = "price of one piece"},
    {"base_price", FS_TYPE_DOUBLE, .unit = "money", .words = "baseprice regularprice listprice", .doc = "price without promotion"},
    {0}};

static const fs_canonical_column reviews[] = {
    {"review", FS_TYPE_TEXT, .words = "review reviewid", .doc = "which review"},
    {"item", FS_TYPE_TEXT, .words = "item product sku article", .doc = "of which product"},
    {"basket", FS_TYPE_TEXT, .words = "order basket invoice orderid", .doc = "of which purchase"},
    {"customer", FS_TYPE_TEXT, .words = "customer user client", .doc = "by whom"},
    {"time", FS_TYPE_TIME, .words = "time date creationdate reviewcreationdate timestamp", .doc = "when"},
    {"rating", FS_TYPE_DOUBLE, .words = "rating score stars reviewscore", .doc = "the rating, scale of the file"},
    {"text", FS_TYPE_TEXT, .words = "text comment message reviewcommentmessage body", .doc = "what it says"},
    {0}};

static const fs_canonical_table tables[FS_CANONICAL_TABLES] = {
    {"sales", "one line sold or returned, or the total of one period", sales},
    {"products", "one row a product", products},
    {"customers", "one row a customer", customers},
    {"promotions", "one row a promotion, product, place and customer, as far as known", promotions},
    {"stores", "one row a store", stores},
    {"calendar", "one row a day (and store) with events, and days when a store was closed", calendar},
    {"stock", "what was there, where and when", stock},
    {"prices", "what a product cost, where and from when", prices},
    {"reviews", "one row a review", reviews},
};

const fs_canonical_table *fs_canonical_at(int index)
{
    return index >= 0 && index < FS_CANONICAL_TABLES ? &tables[index] : NULL;
}

const fs_canonical_table *fs_canonical_find(const char *name)
{
    for (int i = 0; i < FS_CANONICAL_TABLES; i++)
        if (strcmp(tables[i].name, name) == 0) return &tables[i];
    return NULL;
}
