/* Reference pages from the tables that the program itself uses: nothing is written twice. */
#include <string.h>

#include "project_internal.h"

/* ---- settings ---- */

static fs_status setting_default(const fs_setting *s, fs_buffer *out)
{
    if (s->fallback) return fs_buffer_printf(out, *s->fallback ? "`%s`" : "empty", s->fallback);
    if (s->by_period[0])
        return fs_buffer_printf(out, "%s a day, %s a week, %s a month", s->by_period[0],
                                s->by_period[1], s->by_period[2]);
    return fs_buffer_text(out, "the folder's name");
}

/* "day, week or month" out of "day|week|month". */
static fs_status choices(const char *text, fs_buffer *out)
{
    for (const char *c = text; *c; c++) {
        if (*c != '|')
            FS_TRY(fs_buffer_add(out, c, 1));
        else
            FS_TRY(fs_buffer_text(out, strchr(c + 1, '|') ? ", " : " or "));
    }
    return FS_OK;
}

static fs_status setting_values(const fs_setting *s, fs_buffer *out)
{
    static const char *const kinds[] = {"text",
                                        "whole number",
                                        "date",
                                        "",
                                        "list of numbers",
                                        "list of ",
                                        "number",
                                        "number of periods, days, weeks or months",
                                        "money or a share in %"};
    FS_TRY(fs_buffer_text(out, kinds[s->kind]));
    if (s->kind == FS_SETTING_COST && s->choices) FS_TRY(fs_buffer_text(out, ", or "));
    if (s->choices) FS_TRY(choices(s->choices, out));
    if (s->minimum == 0 && s->maximum == 0) return FS_OK;
    if (s->maximum > 1e15) return fs_buffer_printf(out, ", from %g", s->minimum);
    return fs_buffer_printf(out, ", %g to %g", s->minimum, s->maximum);
}

fs_status fs_setting_reference(fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "| setting | default | values | what it is |\n|---|---|---|---|\n"));
    for (int i = 0; fs_setting_at(i); i++) {
        const fs_setting *s = fs_setting_at(i);
        FS_TRY(fs_buffer_printf(out, "| `%s` | ", s->name));
        FS_TRY(setting_default(s, out));
        FS_TRY(fs_buffer_text(out, " | "));
        FS_TRY(setting_values(s, out));
        FS_TRY(fs_buffer_printf(out, " | %s |\n", s->doc));
    }
    return FS_OK;
}

/* ---- canonical tables ---- */

static const char *type_words(fs_type type)
{
    switch (type) {
    case FS_TYPE_BOOL: return "true or false";
    case FS_TYPE_INT: return "whole number";
    case FS_TYPE_DOUBLE: return "number";
    case FS_TYPE_DATE: return "date";
    case FS_TYPE_TIME: return "date and time";
    default: return "text";
    }
}

static fs_status policy_words(const fs_canonical_column *c, fs_buffer *out)
{
    if (c->missing == FS_MISSING_KEEP) return fs_buffer_text(out, "stays missing");
    if (c->missing == FS_MISSING_QUARANTINE) return fs_buffer_text(out, "quarantine");
    return fs_buffer_printf(out, "quarantine; %s where the files have no such column", c->fallback);
}

static fs_status table_reference(const fs_canonical_table *t, fs_buffer *out)
{
    FS_TRY(fs_buffer_printf(out,
                            "\n## %s\n\n%s\n\n| column | type | unit | a missing value | what it "
                            "is |\n|---|---|---|---|---|\n",
                            t->name, t->doc));
    for (const fs_canonical_column *c = t->column; c->name; c++) {
        FS_TRY(fs_buffer_printf(out, "| `%s`%s | %s | %s | ", c->name, c->key ? " (key)" : "",
                                type_words(c->type), c->unit ? c->unit : ""));
        FS_TRY(policy_words(c, out));
        FS_TRY(fs_buffer_printf(out, " | %s |\n", c->doc));
    }
    return FS_OK;
}

fs_status fs_canonical_reference(fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "# Canonical tables\n\n"
                               "What a retailer's files become. Every run makes all ten as "
                               "Parquet in `runs/latest/tables`, empty where the files\n"
                               "have nothing of the kind. Each also has `_file` and `_line`, the "
                               "row's place in the files (`number` in `source_files`\n"
                               "names the file), missing where a row was derived from many; and "
                               "any further column that its mapping gives.\n"
                               "Two rows of the same key are one row. Policies for missing values "
                               "can be changed, see [project.md](project.md).\n"));
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) FS_TRY(table_reference(fs_canonical_at(i), out));
    return fs_buffer_text(
        out,
        "\n## quarantine\n\nevery row that is in no canonical table, and why\n\n"
        "| column | type | what it is |\n|---|---|---|\n"
        "| `table_name` | text | table that it was meant for |\n"
        "| `file` | text | file that it stands in |\n"
        "| `line` | whole number | line (or row, in a sheet or database) on which it begins |\n"
        "| `reason` | text | why it is here |\n"
        "| `row` | text | the row as it stands in the file |\n"
        "\n## source_files\n\none row a file read\n\n"
        "| column | type | what it is |\n|---|---|---|\n"
        "| `number` | whole number | what `_file` refers to |\n"
        "| `file` | text | its path |\n"
        "| `bytes` | whole number | its size |\n"
        "| `digest` | text | of its bytes, BLAKE2b with 256 bits; an SQLite database's write-ahead "
        "file is part of it; empty where there are none: a table on a server, a folder |\n"
        "| `raw_table` | text | entry of `files:` in foresell.yaml |\n"
        "| `home_table` | text | table that has its rows; missing where it is only looked up in |\n"
        "| `rows` | whole number | rows in the file: the sum of the next three |\n"
        "| `kept` | whole number | rows in a canonical table |\n"
        "| `quarantined` | whole number | rows in quarantine |\n"
        "| `merged` | whole number | rows that say the same as another one |\n");
}
