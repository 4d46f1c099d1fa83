/* DuckDB's messages in the user's words.
 *
 * DuckDB says what failed by a prefix ("IO Error: …"), which may itself stand after another. The prefix
 * gives the status; disk, permission, memory, open files and files cut short get a sentence and a
 * remedy of our own. Passwords that a connection string carried are
 * never repeated.
 */
#include <stdlib.h>
#include <string.h>

#include "raw_internal.h"

static const struct {
    const char *prefix;
    fs_status status;
} kinds[] = {
    {"Out of Memory Error: ", FS_MEMORY}, {"IO Error: ", FS_RESOURCE},
    {"HTTP Error: ", FS_RESOURCE},        {"Permission Error: ", FS_RESOURCE},
    {"Connection Error: ", FS_RESOURCE},  {"Missing Extension Error: ", FS_RESOURCE},
    {"INTERRUPT Error: ", FS_CANCELLED},  {"Conversion Error: ", FS_DATA},
    {"Invalid Input Error: ", FS_DATA},   {"Constraint Error: ", FS_DATA},
    {"Out of Range Error: ", FS_DATA},    {"Invalid Error: ", FS_FAILED},
    {"INTERNAL Error: ", FS_FAILED},      {"Binder Error: ", FS_FAILED},
    {"Catalog Error: ", FS_FAILED},       {"Parser Error: ", FS_FAILED},
};

/* The message without its prefix. */
static const char *classify(const char *message, fs_status *status)
{
    /* a query that failed while it was driven task by task says so before the reason */
    static const char driven[] = "unsuccessful or closed pending query result\nError: ";
    const char *reason = strstr(message, driven);
    if (reason) message = reason + sizeof driven - 1;
    /* from inside a function it stands behind another prefix */
    const char *memory = strstr(message, kinds[0].prefix);
    if (memory) message = memory;
    *status = FS_FAILED;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t bytes = strlen(kinds[i].prefix);
        if (strncmp(message, kinds[i].prefix, bytes) != 0) continue;
        *status = kinds[i].status;
        return message + bytes;
    }
    return message;
}

/* Puts … in place of the value after `key` ("password=", "://user:") as far as `ends`. */
static void hide_after(char *text, const char *key, const char *ends)
{
    for (char *at = text; (at = strstr(at, key));) {
        char *value = at + strlen(key);
        char quote[2] = {*value == '\'' || *value == '"' ? *value : '\0', '\0'};
        value += quote[0] != '\0';
        size_t bytes = strcspn(value, quote[0] ? quote : ends);
        if (bytes >= 3) { /* a shorter one is no secret */
            memcpy(value, "***", 3);
            memmove(value + 3, value + bytes, strlen(value + bytes) + 1);
        }
        at = value;
    }
}

/* scheme://user:secret@host */
static void hide_in_urls(char *text)
{
    for (char *at = text; (at = strstr(at, "://"));) {
        at += 3;
        size_t bytes = strcspn(at, " /'\"\n");
        char *colon = memchr(at, ':', bytes);
        char *sign = NULL;
        for (size_t i = 0; i < bytes; i++)
            if (at[i] == '@') sign = at + i;
        if (colon && sign && colon < sign) memmove(colon + 1, sign, strlen(sign) + 1);
    }
}

/* Cuts "\n\nLINE 3: select …" off `text`; gives the 3, or 0. */
static int64_t take_line(char *text)
{
    char *at = strstr(text, "\nLINE ");
    if (!at) return 0;
    int64_t line = strtoll(at + 6, NULL, 10);
    while (at > text && at[-1] == '\n') at--;
    *at = '\0';
    return line;
}

/* Line breaks and runs of blanks become one blank; none at the end. */
static void make_one_line(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        bool blank = *at == ' ' || *at == '\n' || *at == '\t' || *at == '\r';
        if (!blank)
            *to++ = *at;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    }
    while (to > text && to[-1] == ' ') to--;
    *to = '\0';
}

/* 'Failed to execute query "create table …": why': the statement is ours, and may be longer than a message. */
static void cut_statement(char *text)
{
    const char *why = strncmp(text, "Failed to ", 10) == 0 ? strstr(text, "\": ") : NULL;
    if (why) memmove(text, why + 3, strlen(why + 3) + 1);
}

/* What DuckDB takes for its own mistake comes with addresses of its code. */
static void cut_trace(char *text)
{
    char *trace = strstr(text, " Stack Trace:");
    if (trace) *trace = '\0';
}

/* DuckDB's own advice names settings that nobody here can set. */
static fs_status fail_of_memory(fs_error *error, const char *text)
{
    const char *advice = strstr(text, " Possible solutions:");
    int bytes = (int)(advice ? (size_t)(advice - text) : strlen(text));
    fs_fail(error, FS_MEMORY, "there is too little memory for this: %.*s", bytes, text);
    fs_error_remedy(error, "give the program more (--memory 2GiB), or let it do less at once "
                           "(--threads 1)");
    return FS_MEMORY;
}

static bool is_cut_short(const char *text)
{
    return strstr(text, "No magic bytes found") || strstr(text, "too small to be a Parquet file") ||
           strstr(text, "TProtocolException") || strstr(text, "corrupt");
}

static fs_status fail_in_words(fs_error *error, fs_status status, const char *text)
{
    if (status == FS_CANCELLED) return fs_fail(error, FS_CANCELLED, "cancelled");
    if (status == FS_MEMORY) return fail_of_memory(error, text);
    if (strstr(text, "No space left on device") || strstr(text, "max_temp_directory_size")) {
        fs_fail(error, FS_RESOURCE, "the disk is full: %s", text);
        fs_error_remedy(error, "free some space, or put scratch and the runs on a larger disk");
        return FS_RESOURCE;
    }
    if (strstr(text, "Permission denied")) {
        fs_fail(error, FS_RESOURCE, "no permission: %s", text);
        fs_error_remedy(error, "let this user read the file, or write to its folder");
        return FS_RESOURCE;
    }
    if (strstr(text, "Too many open files")) {
        fs_fail(error, FS_RESOURCE, "%s", text);
        fs_error_remedy(error, "let the program open more files at once (ulimit -n 256 or more)");
        return FS_RESOURCE;
    }
    if (is_cut_short(text)) {
        fs_fail(error, FS_DATA, "the file is damaged or cut short: %s", text);
        fs_error_remedy(error, "fetch or export it again");
        return FS_DATA;
    }
    fs_fail(error, status, "%s", text);
    return status;
}

fs_status fs_engine_fault(fs_error *error, const char *message)
{
    if (!message || !*message) message = "the database gave no reason";
    fs_status status;
    const char *said = classify(message, &status);
    char *text = fs_strdup(said);
    if (!text) return fs_fail(error, status, "%s", said);
    int64_t line = take_line(text);
    make_one_line(text);
    cut_statement(text);
    cut_trace(text);
    hide_after(text, "password=", " '\";");
    hide_in_urls(text);
    status = fail_in_words(error, status, text);
    fs_error_at(error, NULL, line, NULL);
    fs_free(text);
    return status;
}

/* The oldest kept fault makes room: its query's caller is gone. */
long long fs_engine_keep_fault(fs_engine *engine, const fs_error *fault)
{
    long long number = fs_engine_serial(engine) + 1;
    pthread_mutex_lock(&engine->lock);
    struct fs_kept_fault *at = &engine->fault[0];
    for (size_t i = 1; i < sizeof engine->fault / sizeof engine->fault[0]; i++)
        if (engine->fault[i].number < at->number) at = &engine->fault[i];
    at->number = number;
    at->error = *fault;
    pthread_mutex_unlock(&engine->lock);
    return number;
}

fs_status fs_engine_fault_of(fs_engine *engine, fs_error *error, const char *message)
{
    const char *mark = message ? strstr(message, FS_FAULT_MARK) : NULL;
    if (!mark) {
        fs_status status = fs_engine_fault(error, message);
        fs_raw_say_addresses(engine, error);
        return status;
    }
    long long number = strtoll(mark + strlen(FS_FAULT_MARK), NULL, 10);
    fs_error found = {.status = FS_FAILED, .message = "a source could not be read"};
    pthread_mutex_lock(&engine->lock);
    for (size_t i = 0; i < sizeof engine->fault / sizeof engine->fault[0]; i++) {
        if (engine->fault[i].number != number) continue;
        found = engine->fault[i].error;
        engine->fault[i].number = 0;
    }
    pthread_mutex_unlock(&engine->lock);
    if (error) *error = found;
    return found.status;
}

fs_status fs_engine_fault_data(fs_error *error, duckdb_error_data data)
{
    fs_status status = FS_OK;
    if (data && duckdb_error_data_has_error(data))
        status = fs_engine_fault(error, duckdb_error_data_message(data));
    duckdb_destroy_error_data(&data);
    return status;
}

fs_status fs_engine_add_quoted(fs_buffer *out, const char *text, char quote)
{
    FS_TRY(fs_buffer_add(out, &quote, 1));
    for (const char *at = text; *at; at++) {
        if (*at == quote) FS_TRY(fs_buffer_add(out, &quote, 1));
        FS_TRY(fs_buffer_add(out, at, 1));
    }
    return fs_buffer_add(out, &quote, 1);
}

fs_status fs_engine_add_name(fs_buffer *out, const char *name)
{
    return fs_engine_add_quoted(out, name, '"');
}

fs_status fs_engine_add_text(fs_buffer *out, const char *text)
{
    return fs_engine_add_quoted(out, text, '\'');
}
