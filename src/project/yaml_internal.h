/* Reading foresell.yaml: what its parts share (yaml_node.c). */
#ifndef FORESELL_YAML_INTERNAL_H
#define FORESELL_YAML_INTERNAL_H

#include <libfyaml.h>

#include "project_internal.h"

typedef struct fs_yaml {
    fs_project *project;
    fs_error *error;
} fs_yaml;

typedef struct fs_yaml_entry { /* key and value of a map */
    const char *key;
    int64_t line;
    struct fy_node *value;
} fs_yaml_entry;

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* All that return fs_status name file, line and key in the error. `next_entry`: *more is false at
 * the end; `texts_of`: a scalar or a list of them; `choice_of`: the index of one of `known`. */
int64_t fs_yaml_line_of(struct fy_node *node);
fs_status fs_yaml_fault(fs_yaml *r, int64_t line, const char *key, const char *message);
fs_status fs_yaml_unknown(fs_yaml *r, int64_t line, const char *key, const char *where,
                          const char *const *known, int count);
fs_status fs_yaml_text_of(fs_yaml *r, struct fy_node *node, int64_t line, const char *key,
                          const char **text);
fs_status fs_yaml_next_entry(fs_yaml *r, struct fy_node *map, void **at, fs_yaml_entry *e,
                             bool *more);
fs_status fs_yaml_want_map(fs_yaml *r, const fs_yaml_entry *e);
fs_status fs_yaml_texts_of(fs_yaml *r, const fs_yaml_entry *e, const char ***texts, int *count);
fs_status fs_yaml_bool_of(fs_yaml *r, const fs_yaml_entry *e, bool *value);
fs_status fs_yaml_choice_of(fs_yaml *r, const fs_yaml_entry *e, const char *const *known, int count,
                            int *index);
fs_status fs_yaml_no_memory(fs_yaml *r);

/* files: (yaml_files.c) */
fs_status fs_yaml_files(fs_yaml *r, const fs_yaml_entry *e);

#endif
