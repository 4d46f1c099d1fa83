/* Manual pages (roff) and docs/cli.md, from the table. No date and no path goes in: the same program gives the
 * same bytes. */
#include <string.h>

#include "cli_internal.h"

/* ---- roff ---- */

/* A line that begins with . or ' would be a command, a backslash an escape, a hyphen a breaking one. */
static fs_status roff(fs_buffer *out, const char *text)
{
    bool line_start = true;
    for (const char *c = text; *c; c++) {
        if (line_start && (*c == '.' || *c == '\'')) FS_TRY(fs_buffer_text(out, "\\&"));
        if (*c == '\\')
            FS_TRY(fs_buffer_text(out, "\\e"));
        else if (*c == '-')
            FS_TRY(fs_buffer_text(out, "\\-"));
        else
            FS_TRY(fs_buffer_add(out, c, 1));
        line_start = *c == '\n';
    }
    return FS_OK;
}

static fs_status roff_line(fs_buffer *out, const char *text)
{
    FS_TRY(roff(out, text));
    return fs_buffer_text(out, "\n");
}

static fs_status roff_option(fs_buffer *out, const cli_option *o)
{
    FS_TRY(fs_buffer_text(out, ".TP\n\\fB"));
    if (o->letter) FS_TRY(fs_buffer_printf(out, "\\-%c\\fR, \\fB", o->letter));
    FS_TRY(fs_buffer_text(out, "\\-\\-"));
    FS_TRY(roff(out, o->name));
    FS_TRY(fs_buffer_text(out, "\\fR"));
    if (o->value) {
        FS_TRY(fs_buffer_text(out, " \\fI"));
        FS_TRY(roff(out, o->value));
        FS_TRY(fs_buffer_text(out, "\\fR"));
    }
    FS_TRY(fs_buffer_text(out, "\n"));
    FS_TRY(roff(out, o->doc));
    if (o->choices) {
        FS_TRY(fs_buffer_text(out, "; one of "));
        FS_TRY(roff(out, o->choices));
    }
    if (o->fallback) {
        FS_TRY(fs_buffer_text(out, "; default "));
        FS_TRY(roff(out, o->fallback));
    }
    return fs_buffer_text(out, "\n");
}

static fs_status roff_options(fs_buffer *out, const cli_option *options)
{
    for (const cli_option *o = options; o && o->name; o++) FS_TRY(roff_option(out, o));
    return FS_OK;
}

static fs_status roff_example(fs_buffer *out, const char *example)
{
    FS_TRY(fs_buffer_text(out, ".SH EXAMPLES\n.nf\n"));
    FS_TRY(roff_line(out, example));
    return fs_buffer_text(out, ".fi\n");
}

static fs_status roff_exit_codes(fs_buffer *out)
{
    return fs_buffer_text(
        out, ".SH EXIT STATUS\n0 done, 1 failed, 2 usage, 3 data refused, "
             "4 a file, disk, permission or service is not there, 130 stopped by Ctrl-C.\n");
}

static fs_status man_overview(fs_buffer *out)
{
    FS_TRY(
        fs_buffer_printf(out,
                         ".TH FORESELL 1 \"\" \"foresell %s\"\n.SH NAME\nforesell \\- foretell "
                         "what will sell; sell what you foretold\n.SH SYNOPSIS\n\\fBforesell\\fR "
                         "\\fIverb\\fR [arguments] [options]\n.SH VERBS\n",
                         fs_version()));
    for (int i = 0; fs_cli_verb_at(i); i++) {
        const cli_verb *verb = fs_cli_verb_at(i);
        if (verb->hidden) continue;
        FS_TRY(fs_buffer_printf(out, ".TP\n\\fB%s\\fR ", verb->name));
        FS_TRY(roff_line(out, verb->arguments));
        FS_TRY(roff_line(out, verb->summary));
    }
    FS_TRY(fs_buffer_text(
        out, ".SH ENVIRONMENT\n.TP\n\\fBFORESELL_HOME\\fR\nwhere the program's folders models, "
             "web and extensions lie, if not beside it\n"));
    FS_TRY(roff_exit_codes(out));
    return roff_example(
        out, "foresell simulate files\nforesell init shop --from files\nforesell run shop");
}

fs_status fs_cli_man_page(const cli_verb *verb, fs_buffer *out)
{
    if (!verb) return man_overview(out);
    FS_TRY(fs_buffer_printf(out,
                            ".TH FORESELL-%s 1 \"\" \"foresell %s\"\n.SH NAME\nforesell\\-%s \\- ",
                            verb->name, fs_version(), verb->name));
    FS_TRY(roff_line(out, verb->summary));
    FS_TRY(fs_buffer_printf(out, ".SH SYNOPSIS\n\\fBforesell %s\\fR ", verb->name));
    FS_TRY(roff(out, verb->arguments));
    FS_TRY(fs_buffer_text(out, " [options]\n"));
    if (verb->details) {
        FS_TRY(fs_buffer_text(out, ".SH DESCRIPTION\n"));
        FS_TRY(roff_line(out, verb->details));
    }
    FS_TRY(fs_buffer_text(out, ".SH OPTIONS\n"));
    FS_TRY(roff_options(out, verb->options));
    FS_TRY(roff_options(out, fs_cli_common_options));
    FS_TRY(roff_exit_codes(out));
    FS_TRY(roff_example(out, verb->example));
    return fs_buffer_text(out, ".SH SEE ALSO\n.BR foresell (1)\n");
}

/* ---- Markdown ---- */

static fs_status markdown_options(fs_buffer *out, const cli_option *options)
{
    for (const cli_option *o = options; o && o->name; o++) {
        FS_TRY(fs_buffer_text(out, "| `"));
        if (o->letter) FS_TRY(fs_buffer_printf(out, "-%c`, `", o->letter));
        FS_TRY(fs_buffer_printf(out, "--%s%s%s` | %s |", o->name, o->value ? " " : "",
                                o->value ? o->value : "", o->fallback ? o->fallback : ""));
        FS_TRY(fs_buffer_printf(out, " %s |\n", o->doc));
    }
    return FS_OK;
}

static fs_status markdown_verb(fs_buffer *out, const cli_verb *verb)
{
    FS_TRY(fs_buffer_printf(out, "\n## foresell %s %s\n\n%s\n", verb->name, verb->arguments,
                            verb->summary));
    if (verb->details) {
        FS_TRY(fs_buffer_text(out, "\n"));
        FS_TRY(fs_cli_wrap(out, verb->details, 0, 0, 110));
    }
    FS_TRY(fs_buffer_text(out, "\n| option | default | |\n|---|---|---|\n"));
    FS_TRY(markdown_options(out, verb->options));
    FS_TRY(markdown_options(out, fs_cli_common_options));
    return fs_buffer_printf(out, "\n```\n%s\n```\n", verb->example);
}

fs_status fs_cli_markdown(fs_buffer *out)
{
    FS_TRY(fs_buffer_text(
        out,
        "# Command line\n\nMade from the program's own table by `foresell docs`; `foresell help "
        "VERB` prints the same.\nExit codes: 0 done, 1 failed, 2 usage, 3 data refused, 4 a "
        "file, disk, permission or service is not there, 130 stopped by Ctrl-C.\n"));
    for (int i = 0; fs_cli_verb_at(i); i++)
        if (!fs_cli_verb_at(i)->hidden) FS_TRY(markdown_verb(out, fs_cli_verb_at(i)));
    return FS_OK;
}
