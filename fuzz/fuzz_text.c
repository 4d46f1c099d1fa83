/* Fuzzing of delimited text: any bytes, any dialect. However reads and blocks cut the file, the
 * records must be the same, and each must lie within what was read. */
#include <stdlib.h>
#include <string.h>

#include "../src/source/source_internal.h"

typedef struct pieces {
    const uint8_t *data;
    size_t left, piece;
} pieces;

static fs_status pieces_read(void *context, void *data, size_t capacity, size_t *got,
                             fs_error *error)
{
    pieces *p = context;
    (void)error;
    size_t most = p->piece < capacity ? p->piece : capacity;
    *got = p->left < most ? p->left : most;
    if (*got) memcpy(data, p->data, *got);
    p->data += *got;
    p->left -= *got;
    return FS_OK;
}

static uint64_t hash_record(uint64_t hash, const fs_record *r)
{
    hash = fs_hash(&r->line, sizeof r->line, hash);
    hash = fs_hash(r->text, r->bytes, hash);
    if (r->fault) hash = fs_hash(r->fault, strlen(r->fault), hash);
    for (int i = 0; i < r->fields; i++)
        hash = fs_hash(r->field[i].text, r->field[i].bytes, hash + r->field[i].quoted);
    return hash;
}

static uint64_t hash_blocks(fs_text *text, fs_cursor *cursor, fs_status *status)
{
    uint64_t hash = 1;
    int64_t line = 0;
    fs_text_block *block;
    while ((*status = fs_text_next(text, &block, NULL)) == FS_OK && block) {
        fs_record record;
        fs_cursor_start(cursor, block);
        while (fs_cursor_next(cursor, &record)) {
            if (record.line <= line) abort();
            line = record.line;
            hash = hash_record(hash, &record);
        }
        fs_text_block_free(block);
    }
    return hash;
}

static uint64_t read_file(const uint8_t *data, size_t size, const fs_dialect *dialect, size_t piece,
                          size_t block_size)
{
    pieces p = {data, size, piece};
    fs_reader reader = {.context = &p, .read = pieces_read, .size = (int64_t)size};
    fs_text *text;
    fs_cursor *cursor;
    fs_status status = fs_source_text_open(reader, "fuzz", dialect, block_size, &text, NULL);
    if (status != FS_OK) return (uint64_t)status;
    if (fs_cursor_open(text, &cursor, NULL) != FS_OK) abort();
    uint64_t hash = hash_blocks(text, cursor, &status);
    fs_cursor_close(cursor);
    fs_text_close(text);
    return hash + (uint64_t)status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = ",;\t|a\0 :";
    static const char quotes[] = "\"\"'\0";
    if (size < 4 || size > 4096) return 0;
    fs_dialect d = {.delimiter = delimiters[data[0] % 8],
                    .quote = quotes[data[1] % 4],
                    .encoding = (fs_encoding)(data[1] / 4 % 4),
                    .header = data[2] & 1};
    d.runs = d.delimiter == ' ';
    d.escape = data[2] & 2 ? '\\' : d.quote;
    d.skip = data[2] / 16 % 4;
    if (data[2] & 4) { /* columns of fixed width */
        d.delimiter = d.quote = d.escape = 0;
        d.widths = 2 + data[0] % 3;
        for (int i = 1; i < d.widths; i++) d.start[i] = (uint16_t)(d.start[i - 1] + data[i] % 7);
        d.runs = data[0] & 1;
    }
    size_t piece = 1 + data[3] % 16, block = 1 + data[3] / 16u * 7;
    uint64_t whole = read_file(data + 4, size - 4, &d, size, FS_SOURCE_BLOCK);
    uint64_t cut = read_file(data + 4, size - 4, &d, piece, block);
    if (whole != cut) abort();
    return 0;
}
