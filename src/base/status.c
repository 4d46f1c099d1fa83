/* Status and messages: what failed, where, and what to do about it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "foresell/base.h"

static const struct {
    const char *text;
    int exit_code;
} statuses[] = {
#define X(name, code, text) {text, code},
    FS_STATUS_MAP(X)
#undef X
};

const char *fs_version(void) { return FORESELL_VERSION; }

static bool is_status(fs_status status)
{
    return (size_t)status < sizeof statuses / sizeof statuses[0];
}

const char *fs_status_text(fs_status status)
{
    return is_status(status) ? statuses[status].text : "unknown status";
}

int fs_status_exit_code(fs_status status)
{
    return is_status(status) ? statuses[status].exit_code : 1;
}

/* Ends `text` at its last whole UTF-8 character where it was cut to fill `capacity`. */
static void end_at_character(char *text, size_t capacity)
{
    size_t size = strlen(text);
    if (size + 1 < capacity) return;
    size_t start = size;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
    if (start == 0) return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (size - (start - 1) < need) text[start - 1] = '\0';
}

static void copy_text(char *out, size_t capacity, const char *text)
{
    snprintf(out, capacity, "%s", text);
    end_at_character(out, capacity);
}

fs_status fs_fail(fs_error *error, fs_status status, const char *format, ...)
{
    if (!error) return status;
    char message[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    end_at_character(message, sizeof message);
    *error = (fs_error){.status = status};
    memcpy(error->message, message, sizeof message);
    return status;
}

fs_status fs_fail_memory(fs_error *error, size_t bytes)
{
    fs_fail(error, FS_MEMORY, "out of memory: %zu bytes could not be had", bytes);
    fs_error_remedy(error, "give the program less to do at once (--memory, --threads) or the "
                           "machine more memory");
    return FS_MEMORY;
}

static const char *errno_in_words(int number)
{
    switch (number) {
    case ENOENT: return "there is no such file or folder";
    case EACCES:
    case EPERM: return "no permission";
    case EISDIR: return "it is a folder, not a file";
    case ENOTDIR: return "a part of the path is a file, not a folder";
    case ENOSPC: return "the disk is full";
    case EROFS: return "the disk is read-only";
    case EMFILE:
    case ENFILE: return "too many open files";
    default: return strerror(number);
    }
}

fs_status fs_fail_errno(fs_error *error, const char *doing, const char *file)
{
    int number = errno;
    fs_status status = number == ENOMEM ? FS_MEMORY : FS_RESOURCE;
    fs_fail(error, status, "cannot %s %s: %s", doing, file, errno_in_words(number));
    return fs_error_at(error, file, 0, NULL), status;
}

fs_status fs_error_at(fs_error *error, const char *file, int64_t line, const char *column)
{
    if (!error) return FS_FAILED;
    if (file) copy_text(error->file, sizeof error->file, file);
    if (line > 0) error->line = line;
    if (column) copy_text(error->column, sizeof error->column, column);
    return error->status;
}

fs_status fs_error_remedy(fs_error *error, const char *format, ...)
{
    if (!error) return FS_FAILED;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->remedy, sizeof error->remedy, format, arguments);
    va_end(arguments);
    end_at_character(error->remedy, sizeof error->remedy);
    return error->status;
}

/* The file's name is not said twice. */
static bool place_is_needed(const fs_error *error)
{
    return error->file[0] && (error->line > 0 || !strstr(error->message, error->file));
}

char *fs_error_format(const fs_error *error, char *out, size_t capacity)
{
    if (capacity == 0) return out;
    char line[32] = "", column[sizeof error->column + 16] = "";
    if (error->line > 0) snprintf(line, sizeof line, "line %lld", (long long)error->line);
    if (error->column[0]) snprintf(column, sizeof column, "column %s", error->column);
    const char *file = place_is_needed(error) ? error->file : "";
    const char *parts[] = {file, line, column};
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < 3; i++) {
        if (!parts[i][0] || used >= capacity) continue;
        used += (size_t)snprintf(out + used, capacity - used, "%s%s", used ? ", " : "", parts[i]);
    }
    if (used < capacity)
        used +=
            (size_t)snprintf(out + used, capacity - used, "%s%s", used ? ": " : "", error->message);
    if (error->remedy[0] && used < capacity)
        snprintf(out + used, capacity - used, "\n  %s", error->remedy);
    end_at_character(out, capacity);
    return out;
}
