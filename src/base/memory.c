/* Memory: allocation that tests can make fail, growable bytes, arenas. */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foresell/base.h"

static _Thread_local int64_t failing_after = -1;
static _Thread_local int64_t allocations;

static bool must_fail(void)
{
    allocations++;
    if (failing_after < 0) return false;
    return failing_after-- == 0;
}

void fs_alloc_fail_after(int64_t n)
{
    failing_after = n;
    allocations = 0;
}

int64_t fs_alloc_count(void) { return allocations; }

void *fs_alloc(size_t bytes) { return must_fail() ? NULL : malloc(bytes ? bytes : 1); }

void *fs_alloc_zero(size_t count, size_t bytes)
{
    return must_fail() ? NULL : calloc(count ? count : 1, bytes ? bytes : 1);
}

void *fs_realloc(void *memory, size_t bytes)
{
    return must_fail() ? NULL : realloc(memory, bytes ? bytes : 1);
}

char *fs_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = fs_alloc(bytes);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

void fs_free(void *memory) { free(memory); }

/* ---- buffers ---- */

fs_status fs_buffer_reserve(fs_buffer *buffer, size_t more)
{
    if (more > SIZE_MAX / 2 - buffer->size) return FS_MEMORY;
    size_t needed = buffer->size + more + 1;
    if (needed <= buffer->capacity) return FS_OK;
    size_t capacity = buffer->capacity ? buffer->capacity : 64;
    while (capacity < needed) capacity += capacity / 2;
    char *data = fs_realloc(buffer->data, capacity);
    if (!data) return FS_MEMORY;
    buffer->data = data;
    buffer->capacity = capacity;
    buffer->data[buffer->size] = '\0';
    return FS_OK;
}

fs_status fs_buffer_add(fs_buffer *buffer, const void *data, size_t bytes)
{
    FS_TRY(fs_buffer_reserve(buffer, bytes));
    if (bytes) memcpy(buffer->data + buffer->size, data, bytes);
    buffer->size += bytes;
    buffer->data[buffer->size] = '\0';
    return FS_OK;
}

fs_status fs_buffer_text(fs_buffer *buffer, const char *text)
{
    return fs_buffer_add(buffer, text, strlen(text));
}

fs_status fs_buffer_printf(fs_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int bytes = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    fs_status status = bytes < 0 ? FS_FAILED : fs_buffer_reserve(buffer, (size_t)bytes);
    if (status == FS_OK) {
        vsnprintf(buffer->data + buffer->size, (size_t)bytes + 1, format, again);
        buffer->size += (size_t)bytes;
    }
    va_end(again);
    return status;
}

void fs_buffer_clear(fs_buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data) buffer->data[0] = '\0';
}

void fs_buffer_free(fs_buffer *buffer)
{
    fs_free(buffer->data);
    *buffer = (fs_buffer){0};
}

/* ---- arenas: a chain of pages, each twice the one before, up to 1 MiB ---- */

struct fs_arena_page {
    struct fs_arena_page *before;
    size_t used, capacity;
    alignas(max_align_t) char data[];
};

#define PAGE_FIRST 4096u
#define PAGE_MOST  (1u << 20)

static fs_status add_page(fs_arena *arena, size_t bytes)
{
    size_t capacity = arena->page ? arena->page->capacity * 2 : PAGE_FIRST;
    if (capacity > PAGE_MOST) capacity = PAGE_MOST;
    if (capacity < bytes) capacity = bytes;
    struct fs_arena_page *page = fs_alloc(sizeof *page + capacity);
    if (!page) return FS_MEMORY;
    *page = (struct fs_arena_page){.before = arena->page, .capacity = capacity};
    arena->page = page;
    return FS_OK;
}

void *fs_arena_alloc(fs_arena *arena, size_t bytes)
{
    size_t unit = alignof(max_align_t);
    if (bytes > SIZE_MAX / 2) return NULL;
    bytes = (bytes + unit - 1) / unit * unit;
    if (!arena->page || arena->page->capacity - arena->page->used < bytes)
        if (add_page(arena, bytes) != FS_OK) return NULL;
    void *memory = arena->page->data + arena->page->used;
    arena->page->used += bytes;
    return memory;
}

void *fs_arena_zero(fs_arena *arena, size_t bytes)
{
    void *memory = fs_arena_alloc(arena, bytes);
    return memory ? memset(memory, 0, bytes) : NULL;
}

char *fs_arena_strndup(fs_arena *arena, const char *text, size_t bytes)
{
    char *copy = fs_arena_alloc(arena, bytes + 1);
    if (!copy) return NULL;
    if (bytes) memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return copy;
}

char *fs_arena_strdup(fs_arena *arena, const char *text)
{
    return fs_arena_strndup(arena, text, strlen(text));
}

void *fs_arena_grow(fs_arena *arena, const void *items, int count, int *room, size_t bytes)
{
    if (count < *room) return (void *)items;
    int more = *room * 2 + 32;
    void *grown = fs_arena_alloc(arena, (size_t)more * bytes);
    if (!grown) return NULL;
    if (count) memcpy(grown, items, (size_t)count * bytes);
    *room = more;
    return grown;
}

char *fs_arena_printf(fs_arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int bytes = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = bytes < 0 ? NULL : fs_arena_alloc(arena, (size_t)bytes + 1);
    if (text) vsnprintf(text, (size_t)bytes + 1, format, again);
    va_end(again);
    return text;
}

void fs_arena_free(fs_arena *arena)
{
    while (arena->page) {
        struct fs_arena_page *before = arena->page->before;
        fs_free(arena->page);
        arena->page = before;
    }
}
