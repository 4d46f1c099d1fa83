/* Completions of bash, zsh and fish from the table. Operators' own parameters are asked of the program when the
 * completion runs, so that a new operator needs no new script. */
#include <string.h>

#include "cli_internal.h"

static fs_status verb_names(fs_buffer *out)
{
    for (int i = 0; fs_cli_verb_at(i); i++)
        if (!fs_cli_verb_at(i)->hidden)
            FS_TRY(fs_buffer_printf(out, "%s%s", i ? " " : "", fs_cli_verb_at(i)->name));
    return FS_OK;
}

static fs_status option_names(fs_buffer *out, const cli_verb *verb)
{
    const cli_option *tables[] = {verb->options, fs_cli_common_options};
    const char *between = "";
    for (int t = 0; t < 2; t++)
        for (const cli_option *o = tables[t]; o && o->name; o++) {
            FS_TRY(fs_buffer_printf(out, "%s--%s", between, o->name));
            between = " ";
        }
    return FS_OK;
}

fs_status fs_cli_complete_bash(fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out,
                          "# bash completion for foresell; made by foresell docs\n"
                          "_foresell() {\n"
                          "    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=\n"
                          "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
                          "        words='"));
    FS_TRY(verb_names(out));
    FS_TRY(fs_buffer_text(out, "'\n"
                               "    elif [ \"$COMP_CWORD\" = 2 ] && [[ $verb == apply || $verb == "
                               "operators ]] && [[ $word != -* ]]; then\n"
                               "        words=$(foresell operators 2>/dev/null | awk '/^[a-z]/ && "
                               "$1 != \"foresell\" {print $1}')\n"
                               "    elif [[ $word == -* ]]; then\n"
                               "        case $verb in\n"));
    for (int i = 0; fs_cli_verb_at(i); i++) {
        const cli_verb *verb = fs_cli_verb_at(i);
        if (verb->hidden) continue;
        FS_TRY(fs_buffer_printf(out, "        %s) words='", verb->name));
        FS_TRY(option_names(out, verb));
        FS_TRY(fs_buffer_text(out, "'"));
        if (verb->takes_params)
            FS_TRY(fs_buffer_text(out, "\n            words+=\" $(foresell apply "
                                       "\"${COMP_WORDS[2]}\" x --help 2>/dev/null | "
                                       "awk '$1 ~ /^--/ {print $1}')\""));
        FS_TRY(fs_buffer_text(out, " ;;\n"));
    }
    return fs_buffer_text(out,
                          "        esac\n"
                          "    fi\n"
                          "    if [ -n \"$words\" ]; then\n"
                          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
                          "    else\n"
                          "        compopt -o default\n"
                          "        COMPREPLY=()\n"
                          "    fi\n"
                          "}\n"
                          "complete -F _foresell foresell\n");
}

/* Text in single quotes of a shell; zsh's _arguments also minds : and [ ]. */
static fs_status shell_text(fs_buffer *out, const char *text, const char *minded)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'')
            FS_TRY(fs_buffer_text(out, "'\\''"));
        else if (strchr(minded, *c))
            FS_TRY(fs_buffer_printf(out, "\\%c", *c));
        else
            FS_TRY(fs_buffer_add(out, c, 1));
    }
    return FS_OK;
}

static fs_status zsh_option(fs_buffer *out, const cli_option *o)
{
    FS_TRY(fs_buffer_printf(out, "            '%s--%s%s[", o->kind == CLI_LIST ? "*" : "", o->name,
                            o->value ? "=" : ""));
    FS_TRY(shell_text(out, o->doc, "[]:"));
    FS_TRY(fs_buffer_text(out, "]"));
    if (o->choices) {
        FS_TRY(fs_buffer_printf(out, ":%s:(", o->name));
        for (const char *c = o->choices; *c; c++)
            FS_TRY(fs_buffer_add(out, *c == '|' ? " " : c, 1));
        FS_TRY(fs_buffer_text(out, ")"));
    } else if (o->value) {
        FS_TRY(fs_buffer_printf(out, ":%s:_files", o->name));
    }
    return fs_buffer_text(out, "' \\\n");
}

fs_status fs_cli_complete_zsh(fs_buffer *out)
{
    FS_TRY(fs_buffer_text(
        out, "#compdef foresell\n# zsh completion for foresell; made by foresell docs\n"
             "_foresell() {\n"
             "    if (( CURRENT == 2 )); then\n"
             "        local -a verbs=(\n"));
    for (int i = 0; fs_cli_verb_at(i); i++) {
        const cli_verb *verb = fs_cli_verb_at(i);
        if (verb->hidden) continue;
        FS_TRY(fs_buffer_printf(out, "            '%s:", verb->name));
        FS_TRY(shell_text(out, verb->summary, ":"));
        FS_TRY(fs_buffer_text(out, "'\n"));
    }
    FS_TRY(fs_buffer_text(out, "        )\n        _describe verb verbs\n        return\n    fi\n"
                               "    case $words[2] in\n"));
    for (int i = 0; fs_cli_verb_at(i); i++) {
        const cli_verb *verb = fs_cli_verb_at(i);
        if (verb->hidden) continue;
        FS_TRY(fs_buffer_printf(out, "    %s)\n        _arguments \\\n", verb->name));
        const cli_option *tables[] = {verb->options, fs_cli_common_options};
        for (int t = 0; t < 2; t++)
            for (const cli_option *o = tables[t]; o && o->name; o++) FS_TRY(zsh_option(out, o));
        FS_TRY(fs_buffer_text(out, "            '*:file:_files' ;;\n"));
    }
    return fs_buffer_text(out, "    esac\n}\n_foresell \"$@\"\n");
}

static fs_status fish_option(fs_buffer *out, const cli_option *o, const char *verb)
{
    FS_TRY(fs_buffer_printf(out, "complete -c foresell -n '__fish_seen_subcommand_from %s' -l %s",
                            verb, o->name));
    if (o->letter) FS_TRY(fs_buffer_printf(out, " -s %c", o->letter));
    if (o->value) FS_TRY(fs_buffer_text(out, " -r"));
    if (o->choices) {
        FS_TRY(fs_buffer_text(out, " -a '"));
        for (const char *c = o->choices; *c; c++)
            FS_TRY(fs_buffer_add(out, *c == '|' ? " " : c, 1));
        FS_TRY(fs_buffer_text(out, "'"));
    }
    FS_TRY(fs_buffer_text(out, " -d '"));
    for (const char *c = o->doc; *c; c++) {
        if (*c == '\'' || *c == '\\') FS_TRY(fs_buffer_text(out, "\\"));
        FS_TRY(fs_buffer_add(out, c, 1));
    }
    return fs_buffer_text(out, "'\n");
}

fs_status fs_cli_complete_fish(fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "# fish completion for foresell; made by foresell docs\n"));
    for (int i = 0; fs_cli_verb_at(i); i++) {
        const cli_verb *verb = fs_cli_verb_at(i);
        if (verb->hidden) continue;
        FS_TRY(fs_buffer_printf(out, "complete -c foresell -n __fish_use_subcommand -a %s -d '",
                                verb->name));
        for (const char *c = verb->summary; *c; c++) {
            if (*c == '\'' || *c == '\\') FS_TRY(fs_buffer_text(out, "\\"));
            FS_TRY(fs_buffer_add(out, c, 1));
        }
        FS_TRY(fs_buffer_text(out, "'\n"));
        const cli_option *tables[] = {verb->options, fs_cli_common_options};
        for (int t = 0; t < 2; t++)
            for (const cli_option *o = tables[t]; o && o->name; o++)
                FS_TRY(fish_option(out, o, verb->name));
    }
    return FS_OK;
}
