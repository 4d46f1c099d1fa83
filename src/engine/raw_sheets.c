/* The sheets of a workbook.
 *
 * An .xlsx file is a ZIP archive; xl/workbook.xml in it lists the sheets by name, in order. Only that
 * member is unpacked: its place comes from the central directory at the end of the file, its bytes
 * from zlib. PKWARE, APPNOTE 6.3.10, 4.3.12 (central directory) and 4.3.16 (its end).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "raw_internal.h"

#define MOST_TAIL      (22u + 65535u) /* end record and its comment */
#define MOST_DIRECTORY (64u << 20)
#define MOST_WORKBOOK  (16u << 20) /* a list of names; more is no workbook */

static uint32_t u16(const unsigned char *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8; }

static uint32_t u32(const unsigned char *p) { return u16(p) | u16(p + 2) << 16; }

static fs_status fail_zip(const char *path, fs_error *error)
{
    fs_fail(error, FS_DATA, "%s is not a whole workbook", path);
    fs_error_at(error, path, 0, NULL);
    return fs_error_remedy(error, "open it and save it again, or export its sheets as CSV"),
           FS_DATA;
}

/* `bytes` bytes at `offset`, in the arena; NULL where they are not there. */
static unsigned char *read_at(int file, fs_arena *arena, int64_t offset, size_t bytes)
{
    unsigned char *data = fs_arena_alloc(arena, bytes + 1);
    size_t have = 0;
    while (data && have < bytes) {
        ssize_t got = pread(file, data + have, bytes - have, offset + (int64_t)have);
        if (got <= 0) return NULL;
        have += (size_t)got;
    }
    if (data) data[bytes] = '\0';
    return data;
}

/* Place and size of the central directory. */
static bool find_directory(int file, fs_arena *arena, int64_t size, int64_t *offset, size_t *bytes)
{
    size_t tail = size < (int64_t)MOST_TAIL ? (size_t)size : MOST_TAIL;
    const unsigned char *data = read_at(file, arena, size - (int64_t)tail, tail);
    if (!data || tail < 22) return false;
    for (size_t at = tail - 22 + 1; at-- > 0;) {
        if (u32(data + at) != 0x06054b50) continue;
        *bytes = u32(data + at + 12);
        *offset = u32(data + at + 16);
        return *bytes <= MOST_DIRECTORY && *offset + (int64_t)*bytes <= size;
    }
    return false;
}

typedef struct member {
    uint32_t method, packed, unpacked, offset;
} member;

static bool find_member(const unsigned char *directory, size_t bytes, const char *name, member *m)
{
    size_t at = 0, want = strlen(name);
    while (at + 46 <= bytes && u32(directory + at) == 0x02014b50) {
        const unsigned char *p = directory + at;
        size_t name_bytes = u16(p + 28), rest = u16(p + 30) + u16(p + 32);
        if (at + 46 + name_bytes > bytes) return false;
        *m = (member){u16(p + 10), u32(p + 20), u32(p + 24), u32(p + 42)};
        if (name_bytes == want && memcmp(p + 46, name, want) == 0) return true;
        at += 46 + name_bytes + rest;
    }
    return false;
}

static char *inflate_member(fs_arena *arena, const unsigned char *packed, const member *m)
{
    char *text = fs_arena_alloc(arena, (size_t)m->unpacked + 1);
    z_stream z = {.next_in = (unsigned char *)packed,
                  .avail_in = m->packed,
                  .next_out = (unsigned char *)text,
                  .avail_out = m->unpacked};
    if (!text || inflateInit2(&z, -MAX_WBITS) != Z_OK) return NULL;
    int result = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    if (result != Z_STREAM_END) return NULL;
    text[z.total_out] = '\0';
    return text;
}

/* The text of a member, ended by a NUL; NULL where it is not there or broken. */
static char *unpack(int file, fs_arena *arena, int64_t size, const char *name)
{
    int64_t offset = 0;
    size_t bytes = 0;
    member m;
    if (!find_directory(file, arena, size, &offset, &bytes)) return NULL;
    const unsigned char *directory = read_at(file, arena, offset, bytes);
    if (!directory || !find_member(directory, bytes, name, &m)) return NULL;
    if (m.unpacked > MOST_WORKBOOK || m.packed > MOST_WORKBOOK) return NULL;
    const unsigned char *local = read_at(file, arena, m.offset, 30);
    if (!local || u32(local) != 0x04034b50) return NULL;
    int64_t start = (int64_t)m.offset + 30 + u16(local + 26) + u16(local + 28);
    unsigned char *packed = read_at(file, arena, start, m.packed);
    if (!packed) return NULL;
    return m.method == 0   ? (char *)packed
           : m.method == 8 ? inflate_member(arena, packed, &m)
                           : NULL;
}

/* ---- XML ---- */

static size_t put_character(char *out, unsigned long code)
{
    if (code < 0x80) return out[0] = (char)code, 1;
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* One entity at `text` into `out`; how many bytes of the text it took. */
static size_t decode_entity(const char *text, size_t bytes, char *out, size_t *written)
{
    static const char *const names[][2] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i][0]);
        if (bytes < size || memcmp(text, names[i][0], size) != 0) continue;
        out[0] = names[i][1][0];
        *written = 1;
        return size;
    }
    const char *end = memchr(text, ';', bytes);
    if (bytes > 3 && text[1] == '#' && end) {
        unsigned long code =
            text[2] == 'x' ? strtoul(text + 3, NULL, 16) : strtoul(text + 2, NULL, 10);
        if (code > 0 && code < 0x110000) {
            *written = put_character(out, code);
            return (size_t)(end - text) + 1;
        }
    }
    out[0] = '&';
    *written = 1;
    return 1;
}

/* Never longer than the text. */
static char *decode(fs_arena *arena, const char *text, size_t bytes)
{
    char *out = fs_arena_alloc(arena, bytes + 5);
    size_t at = 0, used = 0, written;
    while (out && at < bytes) {
        if (text[at] != '&') {
            out[used++] = text[at++];
            continue;
        }
        at += decode_entity(text + at, bytes - at, out + used, &written);
        used += written;
    }
    if (out) out[used] = '\0';
    return out;
}

/* Value of attribute `name` in the tag that `tag` … `end` is; NULL where it has none. */
static char *attribute(fs_arena *arena, const char *tag, const char *end, const char *name)
{
    size_t bytes = strlen(name);
    for (const char *at = tag; at + bytes + 3 < end; at++) {
        char quote = at[bytes + 2];
        if ((at[0] != ' ' && at[0] != '\n' && at[0] != '\t') || memcmp(at + 1, name, bytes) != 0 ||
            at[bytes + 1] != '=' || (quote != '"' && quote != '\''))
            continue;
        const char *value = at + bytes + 3;
        const char *close = memchr(value, quote, (size_t)(end - value));
        return close ? decode(arena, value, (size_t)(close - value)) : NULL;
    }
    return NULL;
}

/* Calls nothing twice: counts the sheets where `names` is NULL, else fills it. */
static int list_sheets(fs_arena *arena, const char *xml, const char **names)
{
    int count = 0;
    for (const char *at = xml; (at = strstr(at, "sheet "));) {
        bool is_tag = at > xml && (at[-1] == '<' || at[-1] == ':');
        const char *end = strchr(at, '>');
        if (!end) break;
        char *name = is_tag ? attribute(arena, at, end, "name") : NULL;
        if (name && names) names[count] = name;
        if (name) count++;
        at = end;
    }
    return count;
}

fs_status fs_raw_sheets(fs_engine *engine, const char *path, fs_arena *arena, const char ***names,
                        int *count, fs_error *error)
{
    struct stat info;
    const char *local;
    FS_TRY(fs_raw_local(engine, path, &local, error));
    int file = open(local, O_RDONLY | O_CLOEXEC);
    if (file < 0) return fs_fail_errno(error, "read", path);
    char *xml =
        fstat(file, &info) == 0 ? unpack(file, arena, info.st_size, "xl/workbook.xml") : NULL;
    close(file);
    *count = xml ? list_sheets(arena, xml, NULL) : 0;
    if (*count == 0) return fail_zip(path, error);
    *names = fs_arena_zero(arena, (size_t)*count * sizeof **names);
    if (!*names) return fs_fail_memory(error, 64);
    list_sheets(arena, xml, *names);
    return FS_OK;
}
