/* Reading foresell.yaml: what its parts share (yaml_parse.c, yaml_node.c). */
#ifndef FORESELL_YAML_INTERNAL_H
#define FORESELL_YAML_INTERNAL_H

#include "project_internal.h"

typedef struct fs_yaml {
    fs_project *project;
    fs_error *error;
} fs_yaml;

typedef enum fs_yaml_kind { FS_YAML_TEXT, FS_YAML_LIST, FS_YAML_MAP } fs_yaml_kind;

/* A value with the key that it stands behind; all of it is the arena's. */
typedef struct fs_yaml_node {
    fs_yaml_kind kind;
    int64_t line;               /* of the key, or of the value where a list holds it */
    const char *key;            /* NULL: the file itself; a list's items have the list's key */
    const char *text;           /* of FS_YAML_TEXT */
    struct fs_yaml_node *child; /* first item of a list or map */
    struct fs_yaml_node *next;  /* the one beside it */
    int items;
} fs_yaml_node;

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* All that return fs_status name file, line and key in the error. `texts_of`: a scalar or a list of
 * them; `choice_of`: the index of one of `known`. */
fs_status fs_yaml_parse(fs_yaml *r, const char *text, size_t bytes, fs_yaml_node *root);
fs_status fs_yaml_fault(fs_yaml *r, int64_t line, const char *key, const char *message);
fs_status fs_yaml_unknown(fs_yaml *r, int64_t line, const char *key, const char *where,
                          const char *const *known, int count);
fs_status fs_yaml_want_map(fs_yaml *r, const fs_yaml_node *e);
fs_status fs_yaml_text_of(fs_yaml *r, const fs_yaml_node *e, const char **text);
fs_status fs_yaml_texts_of(fs_yaml *r, const fs_yaml_node *e, const char ***texts, int *count);
fs_status fs_yaml_bool_of(fs_yaml *r, const fs_yaml_node *e, bool *value);
fs_status fs_yaml_choice_of(fs_yaml *r, const fs_yaml_node *e, const char *const *known, int count,
                            int *index);
fs_status fs_yaml_no_memory(fs_yaml *r);

/* files: (yaml_files.c) */
fs_status fs_yaml_files(fs_yaml *r, const fs_yaml_node *e);

#endif
