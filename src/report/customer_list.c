/* The list of customers, one by one: worth, probability of leaving and its reasons, and what to do first.
 *
 * It is put together from whichever of customer_churn, customer_values and customer_rfm are there. Of people it shows the customer's
 * number as the files have it, and nothing else that tells who somebody is.
 */
#include "report_internal.h"

#define SHOWN 1000

/* Each table as it is, or without rows where the run has none. */
#define CHURN "(select * from customer_churn where kind = (select min(kind) from customer_churn))"
#define NO_CHURN                                                                                   \
    "(select cast(null as varchar) as customer, cast(null as double) as probability, cast(null "   \
    "as varchar) as reason_1, cast(null as varchar) as reason_2, cast(null as varchar) as "        \
    "reason_3, cast(null as double) as worth, cast(null as double) as expected_profit, cast(null " \
    "as boolean) as contact, cast(null as bigint) as place where false)"
#define NO_VALUES                                                                                  \
    "(select cast(null as varchar) as customer, cast(null as date) as last_day, cast(null as "     \
    "bigint) as orders, cast(null as double) as alive, cast(null as double) as value, cast(null "  \
    "as double) as value_low, cast(null as double) as value_high, cast(null as bigint) as place "  \
    "where false)"
#define NO_SEGMENTS                                                                                \
    "(select cast(null as varchar) as customer, cast(null as varchar) as segment where false)"

/* Contacting is worth it, or he stays without, or it costs more than it brings. */
#define WHAT_TO_DO                                                                                 \
    "case when c.contact then 'contact' when c.probability < 0.5 then 'leave alone, likely to "    \
    "stay' when c.expected_profit <= 0 then 'let go, contacting costs more' when c.probability "   \
    "is not null then 'likely to leave' when v.alive < 0.5 then 'likely gone already' end"

/* Of those whose probability of leaving is known; where no one's is, of all that are worth something. */
static fs_status list_sql(const fs_report *report, bool churn, fs_buffer *sql)
{
    bool values = fs_report_has(report, "customer_values"),
         segments = fs_report_has(report, "customer_rfm");
    return fs_buffer_printf(
        sql,
        "with c as %s, v as %s, s as %s, everybody as (select customer from %s) select "
        "everybody.customer, " WHAT_TO_DO
        ", round(c.probability, 4), round(c.worth, 2), round(c.expected_profit, 2), concat_ws(', "
        "', c.reason_1, c.reason_2, c.reason_3), s.segment, cast(v.last_day as varchar), "
        "v.orders, case when v.orders > 1 then round(v.alive, 4) end, round(v.value, 2), "
        "round(v.value_low, 2), "
        "round(v.value_high, 2) from everybody left join c on c.customer = everybody.customer "
        "left join v on v.customer = everybody.customer left join s on s.customer = "
        "everybody.customer order by c.place nulls last, v.place nulls last, everybody.customer",
        churn ? CHURN : NO_CHURN, values ? "(select * from customer_values)" : NO_VALUES,
        segments ? "(select customer, segment from customer_rfm)" : NO_SEGMENTS, churn ? "c" : "v");
}

fs_status fs_report_add_customer_list(const fs_report *report, json_t *page, fs_error *error)
{
    bool churn, values;
    fs_buffer sql = {0};
    FS_TRY(fs_report_has_rows(report, "customer_churn", &churn, error));
    FS_TRY(fs_report_has_rows(report, "customer_values", &values, error));
    if (!churn && !values) return FS_OK;
    fs_status status = list_sql(report, churn, &sql);
    fs_report_query query = {
        .id = "customer-list",
        .title = churn ? "Customers one by one, those to contact first"
                       : "Customers one by one, those worth most first",
        .table = churn ? "customer_churn" : "customer_values",
        .file = churn ? "csv/customer_churn.csv" : "csv/customer_values.csv",
        .limit = SHOWN,
        .columns =
            "customer:Customer:text,do:What to do:text,leaves:Leaves:share,worth:Worth if he "
            "stays:money,profit:Contacting brings:money,why:Because of:text,segment:"
            "Segment:text,last:Last order:date,orders:Bought on days:integer,alive:Still a "
            "customer:share,value:Next 52 weeks:money,low:From:money,high:To:money",
        .sql = sql.data};
    if (status == FS_OK)
        status = fs_report_add_table(report, page, &query, error);
    else
        fs_fail_memory(error, sql.size);
    fs_buffer_free(&sql);
    return status;
}
