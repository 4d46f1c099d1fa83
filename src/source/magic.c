/* What a file is, from its first bytes; and how its text is encoded. */
#include <ctype.h>
#include <string.h>

#include "sniff_internal.h"

static const struct {
    unsigned offset, length;
    const char *bytes, *name;
} magics[] = {
    {0, 4, "PAR1", "parquet"},
    {0, 16, "SQLite format 3\0", "sqlite database"},
    {8, 4, "DUCK", "duckdb database"},
    {0, 4, "%PDF", "pdf document"},
    {0, 8, "\x89PNG\r\n\x1a\n", "png image"},
    {0, 3, "\xff\xd8\xff", "jpeg image"},
    {0, 4, "GIF8", "gif image"},
    {0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old office file (xls)"},
    {0, 3, "BZh", "bzip2"},
    {0, 6,
     "\xfd"
     "7zXZ\0",
     "xz"},
    {0, 6, "7z\xbc\xaf\x27\x1c", "7-zip archive"},
    {0, 4, "Rar!", "rar archive"},
    {0, 4, "\x04\x22\x4d\x18", "lz4"},
    {0, 3, "ORC", "orc"},
    {0, 4, "Obj\x01", "avro"},
    {0, 6, "ARROW1", "arrow ipc"},
    {0, 4, "FEA1", "feather"},
    {0, 8, "\x89HDF\r\n\x1a\n", "hdf5"},
    {0, 4,
     "\x7f"
     "ELF",
     "program"},
    {0, 4, "\x80\x04\x95", "python pickle"},
    {0, 4, "RDX2", "R data"},
    {0, 4, "RDX3", "R data"},
    {257, 5, "ustar", "tar archive"},
};

static bool has_word(const unsigned char *data, size_t bytes, const char *word)
{
    return memmem(data, bytes, word, strlen(word)) != NULL;
}

/* An xlsx file is a zip archive with certain names near its beginning. */
static const char *zip_kind(const unsigned char *data, size_t bytes)
{
    size_t seen = bytes < 65536 ? bytes : 65536;
    if (has_word(data, seen, "xl/") || has_word(data, seen, "[Content_Types].xml")) {
        if (has_word(data, seen, "word/")) return "docx document";
        if (has_word(data, seen, "ppt/")) return "pptx document";
        return "xlsx";
    }
    return has_word(data, seen, "opendocument.spreadsheet") ? "ods spreadsheet" : "zip archive";
}

const char *fs_source_magic(const unsigned char *data, size_t bytes)
{
    fs_source_packing packing = fs_source_packing_of(data, bytes);
    if (packing != FS_SOURCE_PLAIN) return packing == FS_SOURCE_GZIP ? "gzip" : "zstd";
    if (bytes >= 4 && memcmp(data, "PK\3\4", 4) == 0) return zip_kind(data, bytes);
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        size_t end = magics[i].offset + magics[i].length;
        if (bytes >= end && memcmp(data + magics[i].offset, magics[i].bytes, magics[i].length) == 0)
            return magics[i].name;
    }
    return NULL;
}

const char *fs_source_text_kind(const char *text, size_t bytes)
{
    size_t i = 0;
    while (i < bytes && isspace((unsigned char)text[i])) i++;
    if (i == bytes) return NULL;
    const char *rest = text + i;
    size_t left = bytes - i;
    if (left >= 9 && (strncasecmp(rest, "<!doctype", 9) == 0 || strncasecmp(rest, "<html", 5) == 0))
        return "html";
    if (left >= 5 && memcmp(rest, "<?xml", 5) == 0) return "xml";
    if (*rest != '{' && *rest != '[') return NULL;
    size_t next = 1;
    while (next < left && isspace((unsigned char)rest[next])) next++;
    bool object = *rest == '{' && next < left && (rest[next] == '"' || rest[next] == '}');
    bool array = *rest == '[' && next < left &&
                 (rest[next] == '{' || rest[next] == '[' || rest[next] == ']');
    return object || array ? "json" : NULL;
}

/* ---- encoding ---- */

/* UTF-16 without a mark: every other byte of plain letters is zero. */
static bool guess_utf16(const unsigned char *data, size_t bytes, fs_encoding *encoding)
{
    size_t pairs = (bytes < 65536 ? bytes : 65536) / 2, even = 0, odd = 0;
    for (size_t i = 0; i < pairs; i++) {
        even += data[2 * i] == 0;
        odd += data[2 * i + 1] == 0;
    }
    if (pairs < 2 || (even + odd) * 4 < pairs) return false;
    *encoding = odd > even ? FS_UTF16LE : FS_UTF16BE;
    size_t more = odd > even ? odd : even, less = odd > even ? even : odd;
    return less * 10 < more;
}

/* A character cut by the sample's end: fewer bytes than it has, and all of them its own. */
static bool only_continues(const unsigned char *at, const unsigned char *end, size_t length)
{
    if ((size_t)(end - at) >= length) return false;
    while (at < end && (*at & 0xc0) == 0x80) at++;
    return at == end;
}

/* Counts characters of several bytes, and bytes that belong to none. */
static void count_utf8(const unsigned char *data, size_t bytes, size_t *right, size_t *wrong)
{
    *right = *wrong = 0;
    for (size_t i = 0; i < bytes;) {
        size_t length = data[i] < 0x80 ? 1 : data[i] < 0xe0 ? 2 : data[i] < 0xf0 ? 3 : 4;
        if (length > 1 && only_continues(data + i + 1, data + bytes, length - 1)) return;
        if (length > 1 && fs_source_is_utf8((const char *)data + i, length)) {
            ++*right;
            i += length;
        } else {
            *wrong += data[i] >= 0x80;
            i++;
        }
    }
}

fs_encoding fs_source_guess_encoding(const unsigned char *data, size_t bytes, bool *ascii)
{
    fs_encoding encoding = FS_UTF8;
    *ascii = false;
    if (fs_source_mark(data, bytes, &encoding) || guess_utf16(data, bytes, &encoding))
        return encoding;
    size_t right, wrong;
    count_utf8(data, bytes, &right, &wrong);
    *ascii = right + wrong == 0;
    return wrong * 4 > right ? FS_LATIN1 : FS_UTF8;
}

bool fs_source_is_binary(const char *text, size_t bytes)
{
    size_t controls = 0;
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        controls +=
            c < 32 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 1 && c != 0x1f;
    }
    return controls > 2 && controls * 50 > bytes;
}
