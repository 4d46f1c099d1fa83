/* The plain tables of tests/charts.json, one chart of each kind: what is read where there is no script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_internal.h"

static char *page_of_charts(void)
{
    char path[4096];
    const char *root = getenv("FORESELL_SOURCE");
    fs_buffer out = {0};
    assert_non_null(root); /* ctest tells it */
    snprintf(path, sizeof path, "%s/tests/charts.json", root);
    json_t *charts = json_load_file(path, 0, NULL);
    assert_non_null(charts);
    json_t *document =
        json_pack("{s:{s:s, s:s}, s:[], s:[{s:s, s:o}]}", "meta", "name", "shop", "currency", "GBP",
                  "headlines", "pages", "title", "Charts", "blocks", charts);
    assert_non_null(document);
    assert_int_equal(fs_report_plain(document, &out), FS_OK);
    json_decref(document);
    return out.data;
}

/* The part of the page that begins with the title of one chart. */
#define IN_CHART(title, text)                                                                      \
    do {                                                                                           \
        const char *from = strstr(*state, "<h3>" title),                                           \
                   *to = from ? strstr(from, "</table>") : 0;                                      \
        const char *found = from ? strstr(from, text) : NULL;                                      \
        if (!found || found > to) fail_msg("%s: there is no %s", title, text);                     \
    } while (0)

static int make_page(void **state)
{
    *state = page_of_charts();
    return 0;
}

static int free_page(void **state)
{
    fs_free(*state);
    return 0;
}

static void a_heat_map_has_its_rows_beside_each_other(void **state)
{
    IN_CHART("When customers buy", "<p>Saturday at 17:00 brings most");
    IN_CHART("When customers buy", "<h4>Revenue an hour</h4>");
    IN_CHART("When customers buy", "<th>Saturday</th>\n<th>Sunday</th>\n</tr>");
    IN_CHART("When customers buy", "<tr><td>07:00</td><td class=\"number\">GBP 0.00</td>");
}

static void a_waterfall_tells_figures_and_where_the_bars_lie(void **state)
{
    IN_CHART("Why revenue changed", "<th>Value</th>\n<th>Low</th><th>High</th></tr>");
    IN_CHART("Why revenue changed", "<td>Quantity</td><td>change</td>\n<td class=\"number\">GBP "
                                    "-8,240</td><td class=\"number\">GBP 42,880</td>");
}

static void whiskers_are_told_with_what_is_written_beside_them(void **state)
{
    IN_CHART("What holidays do",
             "<tr><td>Good Friday</td><td class=\"number\">61 %</td><td "
             "class=\"number\">48 %</td><td class=\"number\">76 %</td><td>next: "
             "18 Apr 2025</td>");
}

static void dots_have_names_and_both_their_places(void **state)
{
    IN_CHART("Products by pieces", "<th>pieces</th>\n<th></th>\n<th>revenue</th>\n<th></th>");
    IN_CHART("Products by pieces", "<td>now and then</td>\n");
    IN_CHART("Products by pieces", "<td>Lamp &lt;b&gt; 1</td>");
}

static void bars_are_all_told_and_time_in_its_order(void **state)
{
    IN_CHART("The 40 best products", "<td>Party bag</td>");
    IN_CHART("How few products", "<th>share of products</th>");
    IN_CHART("How few products", "<td class=\"number\">20 %</td>");
    IN_CHART("Customers of each quarter", "<th>When</th>");
    IN_CHART("Customers of each quarter", "<td>2024-04-01</td><td>forecast</td>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_heat_map_has_its_rows_beside_each_other),
        cmocka_unit_test(a_waterfall_tells_figures_and_where_the_bars_lie),
        cmocka_unit_test(whiskers_are_told_with_what_is_written_beside_them),
        cmocka_unit_test(dots_have_names_and_both_their_places),
        cmocka_unit_test(bars_are_all_told_and_time_in_its_order),
    };
    return cmocka_run_group_tests(tests, make_page, free_page);
}
