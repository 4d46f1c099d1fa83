/* arms.h: which rows were treated, how, and which are the control. */
#ifndef FORESELL_ARMS_H
#define FORESELL_ARMS_H

#include "feature_column.h"

/* Starts with {0}. */
typedef struct fs_arms {
    const char *operator_name;
    const char *wanted; /* the control's text; "": by its name; owned by the options */
    fs_feature treatment;
    int8_t *arm; /* of the arm that fs_arms_against took: 1, of the control 0, else -1 */
    int64_t capacity;
    bool yes_or_no;  /* the arms are "true" and "false" */
    int32_t count;   /* arms but the control; 0: there is nothing to compare */
    int32_t control; /* its word */
} fs_arms;

#define FS_ARMS_CONTROL_DOC                                                                        \
    "the text of treatment that stands for none; not given: none, no, control, false or 0, or "    \
    "what "                                                                                        \
    "begins with 'no ', in any case, the rarest where there are several"

/* FS_USAGE unless exactly one of the inputs treatment and treated is there. */
FS_MUST_CHECK fs_status fs_arms_open(fs_arms *arms, const char *operator_name,
                                     const fs_binding *binding, int treatment, int treated,
                                     fs_error *error);
/* Finds the arms of a group. FS_DATA where it has several and none is called like a control. */
FS_MUST_CHECK fs_status fs_arms_take(fs_arms *arms, const fs_block *block, int64_t group,
                                     int treatment, int treated, fs_error *error);
/* Sets `arm` for the number-th arm; rows without an outcome are of none. */
void fs_arms_against(fs_arms *arms, int32_t number, const fs_vector *outcome, int64_t first,
                     int64_t rows);
/* The name of the number-th arm, or of the control where it is -1. */
const char *fs_arms_name(const fs_arms *arms, int32_t number, size_t *bytes);
void fs_arms_free(fs_arms *arms);
#endif
