/* foresell/base.h: what every room stands on: status and messages, memory, text,
 * dates, digests, threads, progress. Needs nothing above it.
 *
 * Errors. A function that can fail returns fs_status and takes an optional
 * `fs_error *` as its last argument: the status says what kind of failure it is,
 * the error says which file, row and column, and what to do about it. Nothing in
 * the library prints or exits.
 *
 * Memory. Everything is taken by fs_alloc and friends and given back by fs_free,
 * so that a test can make each allocation fail in turn (fs_alloc_fail_after).
 */
#ifndef FORESELL_BASE_H
#define FORESELL_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FS_API        __attribute__((visibility("default")))
#define FS_MUST_CHECK __attribute__((warn_unused_result))
#define FS_PRINTF(format_index, first_argument)                                                    \
    __attribute__((format(printf, format_index, first_argument)))
#else
#define FS_API
#define FS_MUST_CHECK
#define FS_PRINTF(format_index, first_argument)
#endif

/* ---- status and messages ------------------------------------------------ */

/* name, exit code of the program, what it means to a user */
#define FS_STATUS_MAP(X)                                                                           \
    X(OK, 0, "done")                                                                               \
    X(FAILED, 1, "failed")                                                                         \
    X(USAGE, 2, "the command or its options are wrong")                                            \
    X(DATA, 3, "the data were refused")                                                            \
    X(RESOURCE, 4, "a file, disk, permission or service is not there")                             \
    X(MEMORY, 4, "out of memory")                                                                  \
    X(BUSY, 4, "another run is at work on this project")                                           \
    X(CANCELLED, 130, "stopped on request")

typedef enum fs_status {
#define X(name, code, text) FS_##name,
    FS_STATUS_MAP(X)
#undef X
} fs_status;

/* Static text of a status; never NULL. */
FS_API const char *fs_status_text(fs_status status);
/* Exit code of the program for a status: 0 done, 1 failed, 2 usage, 3 data refused, 4 resource,
 * 130 stopped by Ctrl-C. */
FS_API int fs_status_exit_code(fs_status status);

/* What went wrong. Fixed size, no ownership: put it on the stack, start it with {0}.
 * Texts are UTF-8, cut (never in the middle of a character) where too long.
 * `line` is 1-based, 0 where there is none; empty text where there is none. */
typedef struct fs_error {
    fs_status status;
    int64_t line;
    char message[640];
    char file[512];
    char column[128];
    char remedy[384];
} fs_error;

/* Fills `error` (may be NULL) and returns `status`. Clears place and remedy. */
FS_API fs_status fs_fail(fs_error *error, fs_status status, const char *format, ...)
    FS_PRINTF(3, 4);
/* fs_fail(FS_MEMORY) with the size that could not be had. */
FS_API fs_status fs_fail_memory(fs_error *error, size_t bytes);
/* fs_fail(FS_RESOURCE) from errno, in the user's words: "cannot read FILE: no permission". */
FS_API fs_status fs_fail_errno(fs_error *error, const char *doing, const char *file);
/* Adds where it happened; NULL or 0 leaves that part. All return error->status. */
FS_API fs_status fs_error_at(fs_error *error, const char *file, int64_t line, const char *column);
/* Adds what to do about it. */
FS_API fs_status fs_error_remedy(fs_error *error, const char *format, ...) FS_PRINTF(2, 3);
/* One paragraph for people: "sales.csv, line 17, column units: message. Remedy." Returns `out`. */
FS_API char *fs_error_format(const fs_error *error, char *out, size_t capacity);

/* Return the status of an expression where it is not FS_OK. */
#define FS_TRY(expression)                                                                         \
    do {                                                                                           \
        fs_status fs_try_ = (expression);                                                          \
        if (fs_try_ != FS_OK) return fs_try_;                                                      \
    } while (0)

/* ---- memory -------------------------------------------------------------- */

/* As malloc, calloc, realloc, strdup, free; NULL where memory ran out. Size 0 gives a
 * pointer that can be freed. */
FS_API void *fs_alloc(size_t bytes);
FS_API void *fs_alloc_zero(size_t count, size_t bytes);
FS_API void *fs_realloc(void *memory, size_t bytes);
FS_API char *fs_strdup(const char *text);
FS_API void fs_free(void *memory);
/* For tests: the n-th allocation from now on fails (n = 0: the next), once; negative: none.
 * Works per thread. fs_alloc_count returns how many the thread made since the last call of this. */
FS_API void fs_alloc_fail_after(int64_t n);
FS_API int64_t fs_alloc_count(void);

/* A growable byte string; `data` is always ended by a NUL that `size` does not count, or NULL
 * while empty. Start with {0}; give back with fs_buffer_free. */
typedef struct fs_buffer {
    char *data;
    size_t size;
    size_t capacity;
} fs_buffer;
FS_API FS_MUST_CHECK fs_status fs_buffer_reserve(fs_buffer *buffer, size_t more);
FS_API FS_MUST_CHECK fs_status fs_buffer_add(fs_buffer *buffer, const void *data, size_t bytes);
FS_API FS_MUST_CHECK fs_status fs_buffer_text(fs_buffer *buffer, const char *text);
FS_API FS_MUST_CHECK fs_status fs_buffer_printf(fs_buffer *buffer, const char *format, ...)
    FS_PRINTF(2, 3);
FS_API void fs_buffer_clear(fs_buffer *buffer); /* keeps its memory */
FS_API void fs_buffer_free(fs_buffer *buffer);

/* Many small things that live and die together. Start with {0}. What it gives is aligned for
 * any type and stays where it is until fs_arena_free. NULL where memory ran out. */
typedef struct fs_arena {
    struct fs_arena_page *page;
} fs_arena;
FS_API void *fs_arena_alloc(fs_arena *arena, size_t bytes);
FS_API void *fs_arena_zero(fs_arena *arena, size_t bytes);
FS_API char *fs_arena_strdup(fs_arena *arena, const char *text);
FS_API char *fs_arena_strndup(fs_arena *arena, const char *text, size_t bytes);
FS_API char *fs_arena_printf(fs_arena *arena, const char *format, ...) FS_PRINTF(2, 3);
/* Room for one more behind `count` items of `bytes` each: `items` itself while *room is enough, else a copy of them in
 * twice the room. Start with NULL and a room of 0. NULL where memory ran out; `items` stays as it is then. */
FS_API void *fs_arena_grow(fs_arena *arena, const void *items, int count, int *room, size_t bytes);
FS_API void fs_arena_free(fs_arena *arena);

/* ---- folders --------------------------------------------------------------- */

/* Makes a folder, and those above it, where they are not there. */
FS_API FS_MUST_CHECK fs_status fs_make_folder(const char *path, fs_error *error);
/* Names of what lies in a folder, in order of their bytes: those that end in `ending` (".sql") and do not
 * begin with a dot. Names and list belong to the arena. A folder that is not there holds nothing. */
FS_API FS_MUST_CHECK fs_status fs_list_folder(fs_arena *arena, const char *folder,
                                              const char *ending, const char *const **name,
                                              int *count, fs_error *error);

/* ---- dates: days since 1970-01-01, proleptic Gregorian -------------------- */

typedef struct fs_civil {
    int32_t year;
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
} fs_civil;
FS_API int64_t fs_days_from_civil(int32_t year, int32_t month, int32_t day);
FS_API fs_civil fs_civil_from_days(int64_t days);
FS_API bool fs_civil_is_valid(int32_t year, int32_t month, int32_t day);
FS_API int fs_days_in_month(int32_t year, int32_t month); /* month: 1..12 */
FS_API int32_t fs_weekday(int64_t days);                  /* ISO: Monday 1 … Sunday 7 */

/* ---- digests: BLAKE2b, 256 bits, as `b2sum -l 256` prints it -------------- */

#define FS_DIGEST_BYTES 32
#define FS_DIGEST_HEX   65 /* with its NUL */
typedef struct fs_digest {
    uint64_t state[64]; /* opaque */
} fs_digest;
FS_API void fs_digest_start(fs_digest *digest);
/* The same under a key of 16 to 64 bytes: who does not have it can't tell what was digested. */
FS_API void fs_digest_start_keyed(fs_digest *digest, const void *key, size_t bytes);
FS_API void fs_digest_add(fs_digest *digest, const void *data, size_t bytes);
FS_API void fs_digest_end(fs_digest *digest, char hex[FS_DIGEST_HEX]);
/* 64-bit hash for tables and sketches; not for trust. */
FS_API uint64_t fs_hash(const void *data, size_t bytes, uint64_t seed);

/* ---- threads -------------------------------------------------------------- */

/* Cores that this process may use (affinity and cgroup quota counted), at least 1. */
FS_API int fs_cpu_count(void);
/* Runs task(context, 0 … count-1) on up to `threads` threads (0: all cores). `worker` is
 * 0 … threads-1, for per-worker workspaces. Tasks start in order. The first failure (by task
 * number) is returned with its error; no new task starts after it. */
typedef fs_status (*fs_task)(void *context, int64_t index, int worker, fs_error *error);
FS_API FS_MUST_CHECK fs_status fs_parallel(int64_t count, int threads, fs_task task, void *context,
                                           fs_error *error);

/* ---- progress ------------------------------------------------------------- */

/* Given down by whoever shows progress; any member may be NULL, and so may the pointer.
 * report: `done` of `total` (total 0: not known) of what `what` names, as "work" or "work: detail".
 * cancelled: true asks the work to stop soon with FS_CANCELLED.
 * Both may be called from any thread. */
typedef struct fs_progress {
    void *context;
    void (*report)(void *context, const char *what, double done, double total);
    bool (*cancelled)(void *context);
} fs_progress;
FS_API void fs_progress_report(const fs_progress *progress, const char *what, double done,
                               double total);
FS_API bool fs_progress_cancelled(const fs_progress *progress);

/* Version of the program, "0.1.0". */
FS_API const char *fs_version(void);

#ifdef __cplusplus
}
#endif
#endif
