/* Any bytes as a stored file, plain, gzip or zstd: unpacked to its end or refused with a message, the
 * same however the bytes come; never without end. The first byte says in what pieces they come. */
#include <stdlib.h>
#include <string.h>

#include "foresell/source.h"

#define MOST (16u << 20) /* unpacked bytes looked at */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct pieces {
    const uint8_t *data;
    size_t left, piece;
    int *closed;
} pieces;

static fs_status give(void *context, void *to, size_t capacity, size_t *got, fs_error *error)
{
    pieces *p = context;
    (void)error;
    *got = p->left < p->piece ? p->left : p->piece;
    if (*got > capacity) *got = capacity;
    if (*got) memcpy(to, p->data, *got);
    p->data += *got;
    p->left -= *got;
    return FS_OK;
}

static void closed(void *context) { ++*((pieces *)context)->closed; }

static fs_status unpack(const uint8_t *data, size_t size, size_t piece, size_t step,
                        char hex[FS_DIGEST_HEX])
{
    int closes = 0;
    pieces p = {.data = data, .left = size, .piece = piece, .closed = &closes};
    fs_reader stored = {.context = &p, .read = give, .close = closed, .size = -1}, plain;
    fs_error error = {0};
    fs_digest digest;
    fs_digest_start(&digest);
    fs_status status = fs_reader_unpack(stored, "fuzz", &plain, &error);
    if (status == FS_OK) {
        static char to[1u << 16];
        size_t got = 1, all = 0;
        while (status == FS_OK && got && all < MOST) {
            status = plain.read(plain.context, to, step, &got, &error);
            if (status == FS_OK && got > step) abort();
            if (status == FS_OK) fs_digest_add(&digest, to, got);
            all += got;
        }
        plain.close(plain.context);
        if (all >= MOST) status = FS_CANCELLED; /* compared as far as it goes */
    }
    if (status != FS_OK && status != FS_CANCELLED && !error.message[0]) abort();
    if (closes != 1) abort();
    fs_digest_end(&digest, hex);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char one[FS_DIGEST_HEX], two[FS_DIGEST_HEX];
    if (size == 0) return 0;
    fs_status whole = unpack(data + 1, size - 1, size, 1u << 16, one);
    fs_status cut = unpack(data + 1, size - 1, 1 + data[0] % 61, 1u << 16, two);
    if (whole != cut) abort();
    if (whole == FS_OK && strcmp(one, two) != 0) abort();
    return 0;
}
