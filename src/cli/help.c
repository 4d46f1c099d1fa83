/* Help from the table. */
#include <string.h>

#include "cli_internal.h"

enum { WIDTH = 92, DOC_COLUMN = 26 };

static fs_status lines(fs_buffer *out, const char *text, const char *before)
{
    for (const char *line = text; line && *line;) {
        size_t bytes = strcspn(line, "\n");
        FS_TRY(fs_buffer_printf(out, "%s%.*s\n", before, (int)bytes, line));
        line += bytes + (line[bytes] == '\n');
    }
    return FS_OK;
}

/* "  left       doc", the doc on a line of its own where left is long. */
static fs_status entry(fs_buffer *out, const char *left, const char *doc)
{
    int size = 2;
    for (const char *c = left; *c; c++) size += ((unsigned char)*c & 0xC0) != 0x80;
    FS_TRY(fs_buffer_printf(out, "  %s", left));
    if (size + 2 > DOC_COLUMN) {
        FS_TRY(fs_buffer_text(out, "\n"));
        size = 0;
    }
    FS_TRY(fs_buffer_printf(out, "%*s", DOC_COLUMN - size, ""));
    return fs_cli_wrap(out, doc, DOC_COLUMN, DOC_COLUMN, WIDTH);
}

static fs_status option_doc(fs_buffer *doc, const cli_option *o)
{
    fs_buffer_clear(doc);
    FS_TRY(fs_buffer_text(doc, o->doc));
    if (o->choices) FS_TRY(fs_buffer_printf(doc, "; one of %s", o->choices));
    if (o->fallback) FS_TRY(fs_buffer_printf(doc, " [%s]", o->fallback));
    return FS_OK;
}

static fs_status option_entries(fs_buffer *out, const cli_option *options)
{
    fs_buffer doc = {0};
    fs_status status = FS_OK;
    for (const cli_option *o = options; status == FS_OK && o && o->name; o++) {
        char left[96], letter[8] = "";
        if (o->letter) snprintf(letter, sizeof letter, "-%c, ", o->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        status = option_doc(&doc, o);
        if (status == FS_OK) status = entry(out, left, doc.data);
    }
    fs_buffer_free(&doc);
    return status;
}

static fs_status overview(fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "foresell: foretell what will sell; sell what you foretold\n\n"
                               "usage: foresell VERB [arguments] [--options]\n\n"));
    for (int i = 0; fs_cli_verb_at(i); i++) {
        const cli_verb *verb = fs_cli_verb_at(i);
        if (verb->hidden) continue;
        char left[96];
        snprintf(left, sizeof left, "%s %s", verb->name, verb->arguments);
        FS_TRY(entry(out, left, verb->summary));
    }
    return fs_buffer_text(out,
                          "\nStart with the files of a shop, or make some up:\n"
                          "  foresell simulate files\n"
                          "  foresell init shop --from files\n"
                          "  foresell run shop\n\n"
                          "foresell help VERB tells about one verb. Exit codes: 0 done, 1 failed, "
                          "2 usage,\n3 data refused, 4 a file, disk, permission or service is not "
                          "there, 130 stopped by\nCtrl-C.\n");
}

fs_status fs_cli_help(const cli_verb *verb, fs_buffer *out)
{
    if (!verb) return overview(out);
    FS_TRY(fs_buffer_printf(out, "%s\n\nusage: foresell %s%s%s [--options]\n", verb->summary,
                            verb->name, verb->arguments[0] ? " " : "", verb->arguments));
    if (verb->details) {
        FS_TRY(fs_buffer_text(out, "\n"));
        FS_TRY(fs_cli_wrap(out, verb->details, 0, 0, WIDTH));
    }
    FS_TRY(fs_buffer_text(out, "\noptions:\n"));
    FS_TRY(option_entries(out, verb->options));
    FS_TRY(option_entries(out, fs_cli_common_options));
    FS_TRY(fs_buffer_printf(out, "\nexample%s:\n", strchr(verb->example, '\n') ? "s" : ""));
    return lines(out, verb->example, "  ");
}

fs_status fs_cli_help_operator(const fs_operator *op, fs_buffer *out)
{
    FS_TRY(fs_buffer_printf(out, "\noptions of %s:\n", op->name));
    for (const fs_column *c = op->input; c->name; c++) {
        char left[96];
        if (c->role != FS_ROLE_VALUE) continue;
        snprintf(left, sizeof left, "--%s COLUMN", c->name);
        FS_TRY(entry(out, left, c->doc ? c->doc : ""));
    }
    for (const fs_param *p = op->params; p && p->name; p++) {
        char left[96];
        cli_option option = {
            .fallback = p->fallback, .choices = p->choices, .doc = p->doc ? p->doc : ""};
        fs_buffer doc = {0};
        snprintf(left, sizeof left, "--%s %s", p->name, fs_type_name(p->type));
        fs_status status = option_doc(&doc, &option);
        if (status == FS_OK) status = entry(out, left, doc.data);
        fs_buffer_free(&doc);
        FS_TRY(status);
    }
    return FS_OK;
}

fs_status fs_cli_run_help(cli_call *call, fs_error *error)
{
    const cli_verb *verb = NULL;
    if (call->arguments > 0) {
        verb = fs_cli_verb_find(call->argument[0], error);
        if (!verb) return FS_USAGE;
    }
    fs_buffer out = {0};
    fs_status status = fs_cli_help(verb, &out);
    if (status == FS_OK)
        fputs(out.data, call->out);
    else
        fs_fail_memory(error, out.capacity * 2);
    fs_buffer_free(&out);
    return status;
}

fs_status fs_cli_run_version(cli_call *call, fs_error *error)
{
    (void)error;
    if (fs_cli_flag(call, "json"))
        fprintf(call->out, "{\"version\": \"%s\"}\n", fs_version());
    else
        fprintf(call->out, "foresell %s\n", fs_version());
    return FS_OK;
}
