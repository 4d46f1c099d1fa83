/* Encodings to UTF-8.
 *
 * What calls itself Latin-1 is nearly always Windows-1252, which differs only in 0x80 … 0x9f
 * (printable there, control characters in Latin-1 that no shop writes), so that is how it is read;
 * the five bytes that Windows-1252 leaves open become the control characters of Latin-1.
 * A lone half of a UTF-16 pair is written as the three bytes that would encode it: that is not
 * valid UTF-8, so its record becomes a fault and nothing is lost. An odd last byte becomes 0xff.
 */
#include <string.h>

#include "source_internal.h"

static const uint16_t windows_1252[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

static char *put(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 63));
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    }
    return to;
}

static size_t decode_latin1(const unsigned char *from, size_t bytes, char *to)
{
    char *start = to;
    size_t i = 0;
    while (i < bytes) {
        uint64_t word;
        if (bytes - i >= 8 && (memcpy(&word, from + i, 8), !(word & 0x8080808080808080u))) {
            memcpy(to, &word, 8);
            to += 8;
            i += 8;
            continue;
        }
        unsigned char c = from[i++];
        to = put(to, c >= 0x80 && c < 0xa0 ? windows_1252[c - 0x80] : c);
    }
    return (size_t)(to - start);
}

static uint32_t unit(const unsigned char *p, bool big)
{
    return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static size_t decode_utf16(const unsigned char *from, size_t bytes, bool big, bool last, char *to,
                           size_t *used)
{
    char *start = to;
    size_t i = 0;
    while (bytes - i >= 2) {
        uint32_t c = unit(from + i, big);
        if (c >= 0xd800 && c < 0xdc00) {
            if (bytes - i < 4 && !last) break;
            uint32_t low = bytes - i >= 4 ? unit(from + i + 2, big) : 0;
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        to = put(to, c);
        i += 2;
    }
    if (last && i < bytes) {
        *to++ = (char)0xff;
        i = bytes;
    }
    *used = i;
    return (size_t)(to - start);
}

size_t fs_source_decode(fs_encoding encoding, const unsigned char *from, size_t bytes, bool last,
                        char *to, size_t *used)
{
    switch (encoding) {
    case FS_UTF16LE: return decode_utf16(from, bytes, false, last, to, used);
    case FS_UTF16BE: return decode_utf16(from, bytes, true, last, to, used);
    case FS_LATIN1: *used = bytes; return decode_latin1(from, bytes, to);
    default:
        *used = bytes;
        memcpy(to, from, bytes);
        return bytes;
    }
}

size_t fs_source_mark(const unsigned char *p, size_t bytes, fs_encoding *encoding)
{
    if (bytes >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
        *encoding = FS_UTF8;
        return 3;
    }
    if (bytes >= 2 && p[0] == 0xff && p[1] == 0xfe) {
        *encoding = FS_UTF16LE;
        return 2;
    }
    if (bytes >= 2 && p[0] == 0xfe && p[1] == 0xff) {
        *encoding = FS_UTF16BE;
        return 2;
    }
    return 0;
}

/* Bytes of the well-formed character at `p` (Unicode 15, table 3-7), 0 where there is none. */
static size_t character(const unsigned char *p, size_t left)
{
    unsigned char c = p[0];
    if (c < 0x80) return 1;
    size_t length = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (c < 0xc2 || c > 0xf4 || left < length) return 0;
    unsigned char least = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    unsigned char most = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < least || p[1] > most) return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return length;
}

bool fs_source_is_utf8(const char *text, size_t bytes)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t i = 0;
    while (i < bytes) {
        uint64_t word;
        if (bytes - i >= 8 && (memcpy(&word, p + i, 8), !(word & 0x8080808080808080u))) {
            i += 8;
            continue;
        }
        size_t length = character(p + i, bytes - i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

size_t fs_source_whole(const char *text, size_t bytes, size_t most)
{
    if (bytes <= most) return bytes;
    size_t end = most;
    while (end > 0 && most - end < 4 && ((unsigned char)text[end] & 0xc0) == 0x80) end--;
    return ((unsigned char)text[end] & 0xc0) == 0x80 ? most : end;
}
