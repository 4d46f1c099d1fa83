/* Files of HDFS, by its REST interface WebHDFS: what its files share.
 *
 *   http.c             one GET by libcurl
 *   webhdfs_address.c  which namenodes an address means, by Hadoop's own configuration
 *   webhdfs.c          the protocol: status, listing, bytes; tries again; what went wrong, in words
 *   webhdfs_list.c     the files that a pattern or a folder means
 *   raw_copy.c         the local copies that everything else reads
 */
#ifndef FORESELL_WEBHDFS_INTERNAL_H
#define FORESELL_WEBHDFS_INTERNAL_H

#include "raw_internal.h"

/* ---- one GET (http.c) ---- */

typedef struct fs_http fs_http; /* for one thread at a time: it keeps its connections */
typedef struct fs_http_answer {
    int code;          /* of HTTP; 0: none came */
    const char *why;   /* where none came, or it broke off: static text */
    bool no_such_host; /* trying again does not help */
    fs_buffer body;    /* that of an answer which is not 200, or of any where nobody takes it */
    fs_buffer redirect;
} fs_http_answer;
/* Gets the body of a 200, piece by piece; what it returns ends the transfer. */
typedef fs_status (*fs_http_take)(void *context, const void *data, size_t bytes, fs_error *error);

fs_status fs_http_open(const fs_progress *progress, fs_http **http, fs_error *error);
void fs_http_close(fs_http *http);
/* Fails only where memory ran out, it was cancelled, or `take` fails: the rest is in the answer. `take` may be NULL. */
fs_status fs_http_get(fs_http *http, const char *url, fs_http_take take, void *context,
                      fs_http_answer *answer, fs_error *error);
void fs_http_answer_free(fs_http_answer *answer);

/* ---- addresses (webhdfs_address.c) ---- */

#define FS_NAMENODES_MOST 8
typedef struct fs_hdfs_place {
    const char
        *namenode[FS_NAMENODES_MOST]; /* http://host:port; any of them may be the active one */
    int namenodes;
    const char *before; /* scheme and authority as written: BEFORE PATH is the address again */
    const char *path;   /* in HDFS, from / on; its signs are the names' own, nothing is encoded */
} fs_hdfs_place;
/* Owned by the arena. */
fs_status fs_hdfs_find(fs_arena *arena, const char *address, fs_hdfs_place *place, fs_error *error);

/* ---- the protocol (webhdfs.c) ---- */

typedef struct fs_hdfs_status {
    bool folder;
    int64_t length, modified; /* bytes; milliseconds since 1970 */
} fs_hdfs_status;
typedef struct fs_hdfs_entry {
    const char *name;
    bool folder;
} fs_hdfs_entry;

typedef struct fs_hdfs fs_hdfs;
/* For one thread; asks by the engine's own connections, which it holds until it is closed. */
fs_status fs_hdfs_open(fs_engine *engine, const fs_hdfs_place *place, fs_hdfs **hdfs,
                       fs_error *error);
void fs_hdfs_close(fs_hdfs *hdfs);
/* FS_RESOURCE with *there false where there is no such file or folder: the caller may know better. */
fs_status fs_hdfs_look(fs_hdfs *hdfs, const char *path, bool *there, fs_hdfs_status *status,
                       fs_error *error);
/* Is somebody still writing it? Where the server cannot say, false. */
fs_status fs_hdfs_is_open(fs_hdfs *hdfs, const char *path, bool *open, fs_error *error);
/* What a folder holds, in no order, in pieces of the server's size. Owned by the arena. */
fs_status fs_hdfs_list(fs_hdfs *hdfs, fs_arena *arena, const char *path, fs_hdfs_entry **entry,
                       int *count, fs_error *error);
/* The first `length` bytes of a file into `descriptor`; what breaks off is gone on with where it broke. */
fs_status fs_hdfs_read(fs_hdfs *hdfs, const char *path, int64_t length, int descriptor,
                       fs_error *error);

/* ---- which files (webhdfs_list.c) ---- */

/* The addresses of the files that a pattern or a folder means, in order; a file itself. Owned by the arena. */
fs_status fs_hdfs_spread(fs_engine *engine, fs_arena *arena, const char *address,
                         const char ***path, int *count, fs_error *error);

#endif
