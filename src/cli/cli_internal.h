/* Inside the command line: what a verb is, what was asked of it, and the few things that verbs share.
 *
 * Every verb is declared once, in the table of verbs.c. From it follow the parsing of arguments, --help, the
 * manual pages, docs/cli.md and the completions of bash, zsh and fish; nothing about an option is written twice.
 */
#ifndef FORESELL_CLI_INTERNAL_H
#define FORESELL_CLI_INTERNAL_H

#include <stdio.h>

#include "foresell/base.h"
#include "foresell/engine.h"
#include "foresell/operator.h"
#include "foresell/project.h"

typedef enum cli_kind {
    CLI_FLAG, /* given or not */
    CLI_TEXT,
    CLI_INT,
    CLI_NUMBER,
    CLI_BYTES, /* "2GiB", "500 MB", plain bytes */
    CLI_LIST   /* may be given more than once; all values are kept */
} cli_kind;

/* One option. Arrays end with {0}. */
typedef struct cli_option {
    const char *name; /* without the dashes */
    cli_kind kind;
    const char *value;       /* what stands for the value in the help: "DIR"; NULL for a flag */
    const char *fallback;    /* default as a user would write it, or NULL */
    double minimum, maximum; /* of INT and NUMBER; both 0: no bounds */
    const char *choices;     /* "duckdb|spark" or NULL */
    char letter;             /* short form, or 0 */
    const char *doc;
} cli_option;

typedef struct cli_call cli_call;
/* foresell run --engine spark: does not return where the driver could be started. */
fs_status fs_cli_run_on_spark(cli_call *call, fs_error *error);

/* One verb. */
typedef struct cli_verb {
    const char *name;
    const char *arguments; /* in the help: "DIR", "OPERATOR FILE…"; "" for none */
    int least, most;       /* number of arguments; most -1: any */
    const char *summary;   /* one sentence */
    const char *details;   /* paragraphs, or NULL */
    const cli_option *options;
    bool takes_params;   /* the first argument names an operator, whose parameters are options */
    bool hidden;         /* for the build of the docs; not listed */
    const char *example; /* command lines, one a line */
    fs_status (*run)(cli_call *call, fs_error *error);
} cli_verb;

/* What one option was given. */
typedef struct cli_given {
    const char *name;       /* of the option or the operator's parameter */
    const char *value;      /* NULL for a flag */
    bool is_param;          /* belongs to the operator, not to the verb */
    struct cli_given *next; /* in the order of the command line */
} cli_given;

/* One use of the program. Texts live in `arena`. */
struct cli_call {
    fs_arena arena;
    const cli_verb *verb;
    const fs_operator *op; /* where the verb takes an operator's parameters */
    const char **argument;
    int arguments;
    cli_given *given;
    FILE *out, *err;
};

/* ---- verbs.c ---- */
const cli_verb *fs_cli_verb_at(int index); /* NULL past the end; hidden ones too */
const cli_verb *fs_cli_verb_find(const char *name, fs_error *error);
extern const cli_option fs_cli_common_options[]; /* those of every verb */

/* ---- arguments.c ---- */
fs_status fs_cli_parse(cli_call *call, int count, char **words, fs_error *error);
bool fs_cli_flag(const cli_call *call, const char *name);
/* Value given or the declared default; NULL where there is neither. */
const char *fs_cli_text(const cli_call *call, const char *name);
int64_t fs_cli_int(const cli_call *call, const char *name);
double fs_cli_number(const cli_call *call, const char *name);
int64_t fs_cli_bytes(const cli_call *call, const char *name);
/* All values of a LIST option in `call->arena`, *count of them. NULL with *count -1: no memory. */
const char **fs_cli_list(cli_call *call, const char *name, int *count);
/* "a, b" to names in `call->arena`, *count of them. NULL: no memory. */
const char **fs_cli_names(cli_call *call, const char *text, int *count);
/* False where `text` is not a size. */
bool fs_cli_read_bytes(const char *text, int64_t *bytes);
/* Index of the name that was probably meant, or -1. */
int fs_cli_nearest(const char *word, const char *const *names, int count);

/* ---- wrap.c ---- */
/* Adds `text` in lines of at most `width` characters; the first goes on at `column`, the others
 * begin at `indent`. Ends with a line end. */
fs_status fs_cli_wrap(fs_buffer *out, const char *text, int column, int indent, int width);

/* ---- help.c, pages.c, completion.c: all from the table ---- */
fs_status fs_cli_help(const cli_verb *verb, fs_buffer *out); /* verb NULL: the overview */
fs_status fs_cli_help_operator(const fs_operator *op, fs_buffer *out);
fs_status fs_cli_man_page(const cli_verb *verb, fs_buffer *out); /* roff; NULL: foresell(1) */
fs_status fs_cli_markdown(fs_buffer *out);
fs_status fs_cli_complete_bash(fs_buffer *out);
fs_status fs_cli_complete_zsh(fs_buffer *out);
fs_status fs_cli_complete_fish(fs_buffer *out);

/* ---- reference.c: operators from their declarations ---- */
fs_status fs_cli_operator_text(const fs_operator *op, fs_buffer *out);
fs_status fs_cli_operator_markdown(const fs_operator *op, fs_buffer *out);

/* ---- docs.c ---- */
fs_status fs_cli_operators_markdown(fs_buffer *out); /* all of them */

/* ---- paths.c ---- */
/* Folder with the program's "models", "web" or "extensions": of FORESELL_HOME, of the installation
 * that the program stands in, or of the source tree above it; NULL where there is none. In `arena`. */
const char *fs_cli_home(fs_arena *arena, const char *what);

/* ---- terminal.c ---- */
typedef struct cli_terminal cli_terminal;
/* To whom progress is told: to nobody; to people, by a line redrawn on a terminal, by one now and then elsewhere; to
 * machines, by objects of JSON, a line each. */
typedef enum cli_telling { CLI_TELL_NOBODY, CLI_TELL_PEOPLE, CLI_TELL_MACHINES } cli_telling;
/* Shows progress on `err` and stops the work at Ctrl-C. NULL: no memory. */
cli_terminal *fs_cli_terminal_open(FILE *err, cli_telling telling);
const fs_progress *fs_cli_terminal_progress(cli_terminal *terminal);
void fs_cli_terminal_clear(cli_terminal *terminal); /* before something else is printed */
void fs_cli_terminal_close(cli_terminal *terminal);
/* Columns of the terminal that `file` is; 0: it is none. */
int fs_cli_width(FILE *file);
/* ", 12 of 45, 27 %, 4 s so far, about 9 s left", as far as these are known. `share` of 1, 0: not known. */
void fs_cli_progress_tail(double done, double total, double share, double spent, char *out,
                          size_t capacity);
/* "2 min 5 s" */
char *fs_cli_duration(double seconds, char *out, size_t capacity);

/* ---- session.c: what a verb that computes needs ---- */
typedef struct cli_session {
    cli_terminal *terminal;
    fs_engine *engine;
} cli_session;
fs_status fs_cli_session_open(cli_call *call, cli_session *session, fs_error *error);
void fs_cli_session_close(cli_session *session);

/* ---- json.c ---- */
fs_status fs_cli_json_text(fs_buffer *out, const char *text); /* quoted and escaped */
fs_status fs_cli_json_error(const fs_error *error, fs_buffer *out);

/* ---- the verbs ---- */
fs_status fs_cli_run_init(cli_call *call, fs_error *error);
fs_status fs_cli_run_run(cli_call *call, fs_error *error);
fs_status fs_cli_run_apply(cli_call *call, fs_error *error);
fs_status fs_cli_run_operators(cli_call *call, fs_error *error);
fs_status fs_cli_run_plan(cli_call *call, fs_error *error);
fs_status fs_cli_run_forget(cli_call *call, fs_error *error);
fs_status fs_cli_run_export(cli_call *call, fs_error *error);
fs_status fs_cli_run_doctor(cli_call *call, fs_error *error);
fs_status fs_cli_run_simulate(cli_call *call, fs_error *error);
fs_status fs_cli_run_version(cli_call *call, fs_error *error);
fs_status fs_cli_run_help(cli_call *call, fs_error *error);
fs_status fs_cli_run_docs(cli_call *call, fs_error *error);

/* The program: returns its exit code. */
int fs_cli_main(int count, char **words, FILE *out, FILE *err);

#endif
