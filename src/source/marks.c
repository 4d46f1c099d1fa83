/* Where certain bytes stand: 64 bytes of text become one 64-bit mask.
 *
 * Both the splitter and the cursor then walk over set bits instead of bytes (G. Langdale, D. Lemire,
 * "Parsing gigabytes of JSON per second", VLDB Journal 28, 2019, stage 1). AVX2 is chosen at run
 * time by asking the processor; x86-64 has SSE2 always; elsewhere eight bytes in a word are compared
 * at a time. The plain version is the reference that tests hold the others against.
 */
#include <string.h>

#include "source_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

void fs_source_marks_reference(const char *data, size_t chunks, const char set[FS_SOURCE_SET],
                               uint64_t *mask)
{
    for (size_t i = 0; i < chunks; i++) {
        mask[i] = 0;
        for (size_t j = 0; j < 64; j++)
            for (int k = 0; k < FS_SOURCE_SET; k++)
                if (data[64 * i + j] == set[k]) mask[i] |= 1ull << j;
    }
}

#if defined(__x86_64__)

static uint64_t marks16(const char *data, const __m128i set[FS_SOURCE_SET])
{
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)data);
    __m128i hit = _mm_cmpeq_epi8(text, set[0]);
    for (int k = 1; k < FS_SOURCE_SET; k++) hit = _mm_or_si128(hit, _mm_cmpeq_epi8(text, set[k]));
    return (uint64_t)(uint32_t)_mm_movemask_epi8(hit);
}

static void marks_sse2(const char *data, size_t chunks, const char set[FS_SOURCE_SET],
                       uint64_t *mask)
{
    __m128i wide[FS_SOURCE_SET];
    for (int k = 0; k < FS_SOURCE_SET; k++) wide[k] = _mm_set1_epi8(set[k]);
    for (size_t i = 0; i < chunks; i++, data += 64)
        mask[i] = marks16(data, wide) | marks16(data + 16, wide) << 16 |
                  marks16(data + 32, wide) << 32 | marks16(data + 48, wide) << 48;
}

__attribute__((target("avx2"))) static uint64_t marks32(const char *data,
                                                        const __m256i set[FS_SOURCE_SET])
{
    __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)data);
    __m256i hit = _mm256_cmpeq_epi8(text, set[0]);
    for (int k = 1; k < FS_SOURCE_SET; k++)
        hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(text, set[k]));
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(hit);
}

__attribute__((target("avx2"))) static void
marks_avx2(const char *data, size_t chunks, const char set[FS_SOURCE_SET], uint64_t *mask)
{
    __m256i wide[FS_SOURCE_SET];
    for (int k = 0; k < FS_SOURCE_SET; k++) wide[k] = _mm256_set1_epi8(set[k]);
    for (size_t i = 0; i < chunks; i++, data += 64)
        mask[i] = marks32(data, wide) | marks32(data + 32, wide) << 32;
}

fs_source_marks fs_source_marks_best(void)
{
    return __builtin_cpu_supports("avx2") ? marks_avx2 : marks_sse2;
}

#elif __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* One bit for each of eight bytes that is zero. */
static uint64_t zero_bytes(uint64_t x)
{
    uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    return ~(((x & low) + low) | x | low);
}

static void marks_words(const char *data, size_t chunks, const char set[FS_SOURCE_SET],
                        uint64_t *mask)
{
    uint64_t wide[FS_SOURCE_SET];
    for (int k = 0; k < FS_SOURCE_SET; k++) wide[k] = 0x0101010101010101u * (unsigned char)set[k];
    for (size_t i = 0; i < chunks; i++) {
        mask[i] = 0;
        for (int j = 0; j < 64; j += 8, data += 8) {
            uint64_t word, hit = 0;
            memcpy(&word, data, 8);
            for (int k = 0; k < FS_SOURCE_SET; k++) hit |= zero_bytes(word ^ wide[k]);
            mask[i] |= ((hit >> 7) * 0x0102040810204080u >> 56) << j;
        }
    }
}

fs_source_marks fs_source_marks_best(void) { return marks_words; }

#else

fs_source_marks fs_source_marks_best(void) { return fs_source_marks_reference; }

#endif

bool fs_source_has_odd(const char *data, size_t bytes)
{
    size_t i = 0;
    unsigned odd = 0;
    for (; bytes - i >= 256 && !odd; i += 256) /* the inner loop becomes vector code */
        for (size_t j = 0; j < 256; j++)
            odd |= (unsigned char)((unsigned char)data[i + j] - 1) >= 127;
    for (; i < bytes; i++) odd |= (unsigned char)((unsigned char)data[i] - 1) >= 127;
    return odd != 0;
}

int64_t fs_source_count_lines(const char *data, size_t bytes)
{
    int64_t lines = 0;
    for (size_t i = 0; i < bytes; i++)
        lines += data[i] == '\n' || (data[i] == '\r' && (i + 1 == bytes || data[i + 1] != '\n'));
    return lines;
}

size_t fs_source_line_end(const char *data, size_t bytes, bool more)
{
    const char *feed = memchr(data, '\n', bytes);
    size_t most = feed ? (size_t)(feed - data) : bytes;
    const char *turn = memchr(data, '\r', most);
    if (!turn) return feed ? most + 1 : 0;
    size_t after = (size_t)(turn - data) + 1;
    if (after == bytes) return more ? 0 : after;
    return after + (data[after] == '\n');
}
