/* plan_internal.h: inside the engine room, what steps, lint, plan and schedule share.
 * fs_engine_sql_*, fs_engine_step_*, fs_engine_expect_*. */
#ifndef FORESELL_PLAN_INTERNAL_H
#define FORESELL_PLAN_INTERNAL_H

#include "foresell/engine.h"

/* ---- tokens of SQL -------------------------------------------------------------- */

typedef enum fs_sql_kind {
    FS_SQL_WORD,   /* bare word: keyword, name, function */
    FS_SQL_QUOTED, /* "name" */
    FS_SQL_STRING, /* 'text' */
    FS_SQL_NUMBER,
    FS_SQL_SYMBOL, /* one operator or bracket, the longest that is one */
    FS_SQL_FAULT,  /* not closed, or a character that SQL does not know */
    FS_SQL_END     /* after the last; always there */
} fs_sql_kind;

typedef struct fs_sql_token {
    fs_sql_kind kind;
    const char *text; /* into the SQL; not ended by NUL */
    size_t size;
    int64_t line; /* 1-based, in the SQL */
    int depth;    /* of parentheses around it; a parenthesis has the depth outside */
    int match;    /* parenthesis: index of its partner, -1 where there is none */
} fs_sql_token;

/* Splits `sql` into tokens, comments left out; *count does not count the END. In `arena`. */
fs_status fs_engine_sql_tokens(fs_arena *arena, const char *sql, fs_sql_token **tokens, int *count,
                               fs_error *error);
/* Is it this word (lower case) or symbol? Words compare without case. */
bool fs_engine_sql_is(const fs_sql_token *token, const char *word);
/* The name that a WORD or QUOTED token holds, quotes taken off, bare words as they stand. */
char *fs_engine_sql_name(fs_arena *arena, const fs_sql_token *token);
/* `name` as SQL: "my ""name""". */
char *fs_engine_sql_quote(fs_arena *arena, const char *name);

/* Names without repetition; in an arena. */
typedef struct fs_sql_names {
    const char **name;
    int count, room;
    bool twice; /* some name was met more than once */
} fs_sql_names;
/* Adds the tables that `sql` reads, by DuckDB's parser; common table expressions are none. Nothing
 * has to be there. A fault of the SQL: FS_USAGE, with its line in `sql`. */
fs_status fs_engine_sql_tables(fs_engine *engine, fs_arena *arena, const char *sql,
                               fs_sql_names *names, fs_error *error);

/* ---- the words of the SQL subset --------------------------------------------------- */

typedef enum fs_lint_use {
    FS_LINT_ALLOWED,  /* the same on both engines */
    FS_LINT_CAST,     /* the same once it stands directly inside cast(… as type) */
    FS_LINT_RESULT,   /* the same values; as a column of the result inside cast(… as type) */
    FS_LINT_PRELUDE,  /* ours: a macro in DuckDB, a function in Spark */
    FS_LINT_FORBIDDEN /* `instead` says what to write */
} fs_lint_use;

typedef struct fs_lint_function {
    const char *name;
    fs_lint_use use;
    int least, most;     /* number of arguments; most -1: any */
    const char *note;    /* meaning, or why it is refused */
    const char *instead; /* FORBIDDEN, CAST: what to write */
} fs_lint_function;
const fs_lint_function *fs_engine_lint_function(const char *name, size_t size); /* NULL: unknown */
const fs_lint_function *fs_engine_lint_function_at(int index); /* NULL: past the end */

typedef struct fs_lint_construct {
    const char *word; /* keyword or symbol, or a name for a rule of shape */
    const char *then; /* the word that must follow for this to be meant; NULL: any */
    const char *why;
    const char *instead;
} fs_lint_construct;
const fs_lint_construct *fs_engine_lint_construct_at(int index); /* keywords and symbols */
const fs_lint_construct *fs_engine_lint_shape(const char *rule); /* by name, as lint.c asks */
const fs_lint_construct *fs_engine_lint_shape_at(int index);
bool fs_engine_lint_type(const char *name, size_t size); /* may stand in cast(… as …) */
const char *fs_engine_lint_type_at(int index);
bool fs_engine_lint_keyword(const char *name,
                            size_t size);       /* may stand before ( and is no function */
bool fs_engine_prelude_table(const char *name); /* `numbers` */
/* The subset as markdown, for docs/sql.md; appended. */
fs_status fs_engine_lint_reference(fs_buffer *out);

/* Lints a boolean expression of an expect. */
fs_status fs_engine_lint_expression(const char *file, int64_t line, const char *sql,
                                    fs_error *error);

/* ---- steps ---------------------------------------------------------------------------- */

typedef enum fs_expect_kind {
    FS_EXPECT_UNIQUE,
    FS_EXPECT_NOT_NULL,
    FS_EXPECT_ROWS,
    FS_EXPECT_ALL, /* a condition on the whole table, with aggregates */
    FS_EXPECT_TRUE /* a condition on each row */
} fs_expect_kind;
const char *fs_engine_expect_kind_name(fs_expect_kind kind);

typedef struct fs_expect {
    fs_expect_kind kind;
    const char *text;      /* as written */
    const char *condition; /* SQL: columns, ">= n", or the expression */
    int64_t line;          /* in the step's file */
} fs_expect;

typedef struct fs_step_node {
    fs_step step;     /* what everybody sees */
    const char *id;   /* file name without path, for messages */
    int64_t sql_line; /* line of the file on which `sql` begins */
    int64_t operator_line;
    fs_expect *expect; /* step.expects many */
    const char *const *needs;
    int needs_count;
    bool derived;     /* a mapping whose rows are not counted */
    const char *home; /* a mapping's home raw table, or NULL */
    const char *sort; /* keys that the rows are sorted by, "all", or NULL: as they come */
    const fs_operator *op;
    fs_options *options; /* owned; fs_engine_step_free */
} fs_step_node;

/* Reads a step's header and SELECT, fills ${…}, lints, resolves the operator. All text lives in
 * `arena`; `input` stays empty (the plan fills it with DuckDB's help). */
fs_status fs_engine_step_read(fs_arena *arena, const char *file, const char *text, fs_lookup lookup,
                              void *context, fs_step_node *step, fs_error *error);
/* Decides node->sort, once its inputs are known. */
fs_status fs_engine_step_sort(fs_arena *arena, fs_step_node *node, fs_error *error);
void fs_engine_step_free(fs_step_node *step);
/* Nearest of `count` names by edits, or NULL where none is near enough to be meant. */
const char *fs_engine_nearest(const char *name, const char *const *names, int count);

/* Parses one expect's text. */
fs_status fs_engine_expect_read(fs_arena *arena, const char *file, int64_t line, const char *text,
                                fs_expect *expect, fs_error *error);
/* What is asked of a step's table first: all conditions on rows in one SELECT, then one for each unique. Each
 * gives 0 where what is expected holds. In `arena`. */
fs_status fs_engine_expect_selects(fs_arena *arena, const fs_step_node *step,
                                   const char *const **select, int *count, fs_error *error);
/* Checks the expects of a step whose table is attached. */
fs_status fs_engine_expect_check(fs_engine *engine, const fs_step_node *step, fs_error *error);

/* Puts the place of an SQL error of `sql` that begins on `first` line of `file`: takes error->line or
 * DuckDB's "LINE n:" as a line of the SQL. */
fs_status fs_engine_sql_place(fs_error *error, const char *file, int64_t first);

/* ---- the plan --------------------------------------------------------------------------- */

typedef struct fs_plan_table {
    const char *name, *path, *digest;
} fs_plan_table;

struct fs_plan {
    fs_arena arena;
    fs_lookup lookup;
    void *context;
    fs_step_node **step; /* running order once checked, order of adding before */
    int steps, step_room;
    fs_plan_table *table;
    int tables, table_room;
    bool checked;
};
/* Index of a step or table by name; -1: none. */
int fs_engine_plan_find(const fs_plan *plan, const char *name);
int fs_engine_plan_find_table(const fs_plan *plan, const char *name);

/* ---- files that survive a kill --------------------------------------------------------------- */

/* For JSON, of plans (plan_json.c) and of requests (remote.c): an array of texts; a text, or null. */
struct json_t;
struct json_t *fs_engine_json_names(const char *const *name, int count);
struct json_t *fs_engine_json_text(const char *text);
/* A table on the disk: a file, or a folder with its parts (table_file.c). Bytes: -1 where there is none. */
int64_t fs_engine_table_bytes(const char *path);
fs_status fs_engine_table_sync(const char *path, fs_error *error);
fs_status fs_engine_table_link(const char *source, const char *path, fs_error *error);
/* The literal that read_parquet takes. */
fs_status fs_engine_table_pattern(const char *path, fs_buffer *sql);
/* Gives a file a second name (a hard link), or copies it where that can't be; replaces `path`. */
fs_status fs_engine_link_file(const char *source, const char *path, fs_error *error);
/* Is it the name of a run (run_folder.c)? */
bool fs_engine_is_stamp(const char *name, size_t size);
/* The bytes of a file in a file of their own, brought to the disk. */
fs_status fs_engine_copy_file(const char *source, const char *path, fs_error *error);
/* fsync of a file or folder that is there. */
fs_status fs_engine_sync(const char *path, fs_error *error);

#endif
