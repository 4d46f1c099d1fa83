/* Fuzzing of sniffing: any bytes get a dialect with which they can be read. */
#include <stdlib.h>
#include <string.h>

#include "../src/source/source_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fs_sniffed s;
    if (size > 16384) return 0;
    if (fs_sniff(data, size, &s, NULL) != FS_OK) abort();
    if (!(s.certainty >= 0 && s.certainty <= 1) || s.dialect.skip < 0) abort();
    if (!memchr(s.what, '\0', sizeof s.what) || !memchr(s.reason, '\0', sizeof s.reason)) abort();
    if (!s.is_text) return 0;
    fs_source_memory memory = {(const char *)data, size};
    fs_text *text;
    fs_text_block *block;
    if (fs_text_open(fs_source_reader_memory(&memory), "fuzz", &s.dialect, &text, NULL) != FS_OK)
        return 0;
    while (fs_text_next(text, &block, NULL) == FS_OK && block) fs_text_block_free(block);
    fs_text_close(text);
    return 0;
}
