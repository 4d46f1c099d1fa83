/* Stored bytes to plain bytes: gzip (also of several members), zstd (also of several frames), or
 * as they are; what is stored is digested on the way.
 *
 * Compression is seen from the first bytes. Everything stored is read to its end, so the digest
 * is that of the whole file. What follows the last gzip member is an error unless it is zeros
 * (tapes pad with them): silently dropping bytes would make a silently smaller table.
 */
#include <string.h>

#include "source_internal.h"

#define INPUT (256u << 10)

fs_source_packing fs_source_packing_of(const void *data, size_t bytes)
{
    const unsigned char *p = data;
    if (bytes >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8) return FS_SOURCE_GZIP;
    if (bytes >= 4 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd && p[0] == 0x28)
        return FS_SOURCE_ZSTD;
    if (bytes >= 4 && (p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18)
        return FS_SOURCE_ZSTD; /* a skippable frame first */
    return FS_SOURCE_PLAIN;
}

static fs_status take(fs_source_stream *s, void *data, size_t capacity, size_t *got,
                      fs_error *error)
{
    *got = 0;
    if (s->ended) return FS_OK;
    FS_TRY(s->reader.read(s->reader.context, data, capacity, got, error));
    if (!s->undigested) fs_digest_add(&s->digest, data, *got);
    s->stored += (int64_t)*got;
    s->ended = *got == 0;
    return FS_OK;
}

/* Makes sure that at least `least` bytes of input are at hand, or the end has come. */
static fs_status refill(fs_source_stream *s, size_t least, fs_error *error)
{
    if (s->end - s->at >= least) return FS_OK;
    memmove(s->input, s->input + s->at, s->end - s->at);
    s->end -= s->at;
    s->at = 0;
    while (!s->ended && s->end < least) {
        size_t got;
        FS_TRY(take(s, s->input + s->end, INPUT - s->end, &got, error));
        s->end += got;
    }
    return FS_OK;
}

static void *gzip_alloc(void *context, unsigned items, unsigned size)
{
    (void)context;
    return fs_alloc((size_t)items * size);
}

static void gzip_free(void *context, void *memory)
{
    (void)context;
    fs_free(memory);
}

static fs_status start_packing(fs_source_stream *s, fs_error *error)
{
    s->packing = fs_source_packing_of(s->input, s->end);
    if (s->packing == FS_SOURCE_GZIP) {
        s->gzip = (z_stream){.zalloc = gzip_alloc, .zfree = gzip_free};
        if (inflateInit2(&s->gzip, 15 + 16) != Z_OK) return fs_fail_memory(error, 1u << 15);
        s->gzip_ready = true;
    } else if (s->packing == FS_SOURCE_ZSTD) {
        s->zstd = ZSTD_createDStream();
        if (!s->zstd) return fs_fail_memory(error, 1u << 15);
    }
    return FS_OK;
}

fs_status fs_source_stream_open(fs_source_stream *s, fs_reader reader, const char *name,
                                fs_error *error)
{
    *s = (fs_source_stream){.reader = reader};
    fs_digest_start(&s->digest);
    s->name = fs_strdup(name);
    s->input = fs_alloc(INPUT);
    fs_status status = s->name && s->input ? FS_OK : fs_fail_memory(error, INPUT);
    if (status == FS_OK) status = refill(s, 4, error);
    if (status == FS_OK) status = start_packing(s, error);
    if (status != FS_OK) fs_source_stream_close(s);
    return status;
}

void fs_source_stream_close(fs_source_stream *s)
{
    if (s->gzip_ready) inflateEnd(&s->gzip);
    ZSTD_freeDStream(s->zstd);
    fs_free(s->input);
    fs_free(s->name);
    if (s->reader.close) s->reader.close(s->reader.context);
    *s = (fs_source_stream){0};
}

static fs_status fail_packed(const fs_source_stream *s, const char *what, const char *why,
                             fs_error *error)
{
    fs_fail(error, FS_DATA, "%s: the %s data %s at byte %lld", s->name, what, why,
            (long long)(s->stored - (int64_t)(s->end - s->at)));
    fs_error_at(error, s->name, 0, NULL);
    fs_error_remedy(error, "fetch or pack the file again; %s -t tells whether it is whole",
                    s->packing == FS_SOURCE_GZIP ? "gzip" : "zstd");
    return FS_DATA;
}

/* After a member: another one, zeros to the end, or an error. */
static fs_status next_member(fs_source_stream *s, fs_error *error)
{
    FS_TRY(refill(s, 4, error));
    while (s->at < s->end && s->input[s->at] == 0) {
        s->at++;
        FS_TRY(refill(s, 4, error));
    }
    if (s->at == s->end) return FS_OK;
    if (fs_source_packing_of(s->input + s->at, s->end - s->at) != FS_SOURCE_GZIP)
        return fail_packed(s, "gzip", "are followed by something else", error);
    inflateReset(&s->gzip);
    s->in_member = true;
    return FS_OK;
}

static fs_status inflate_some(fs_source_stream *s, void *data, size_t capacity, size_t *got,
                              fs_error *error)
{
    s->gzip.next_in = s->input + s->at;
    s->gzip.avail_in = (unsigned)(s->end - s->at);
    s->gzip.next_out = data;
    s->gzip.avail_out = (unsigned)capacity;
    int result = inflate(&s->gzip, Z_NO_FLUSH);
    s->at = s->end - s->gzip.avail_in;
    *got = capacity - s->gzip.avail_out;
    if (result == Z_STREAM_END)
        s->in_member = false;
    else if (result == Z_MEM_ERROR)
        return fs_fail_memory(error, 1u << 15);
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return fail_packed(s, "gzip", s->gzip.msg ? s->gzip.msg : "are damaged", error);
    return FS_OK;
}

static fs_status gzip_read(fs_source_stream *s, void *data, size_t capacity, size_t *got,
                           fs_error *error)
{
    if (capacity > 1u << 30) capacity = 1u << 30;
    *got = 0;
    while (*got == 0) {
        if (!s->in_member) {
            FS_TRY(next_member(s, error));
            if (!s->in_member) return FS_OK;
        }
        FS_TRY(refill(s, 1, error));
        if (s->at == s->end) return fail_packed(s, "gzip", "end too early", error);
        FS_TRY(inflate_some(s, data, capacity, got, error));
    }
    return FS_OK;
}

static fs_status zstd_read(fs_source_stream *s, void *data, size_t capacity, size_t *got,
                           fs_error *error)
{
    *got = 0;
    while (*got == 0) {
        FS_TRY(refill(s, 1, error));
        bool at_end = s->at == s->end;
        if (at_end && !s->in_member) return FS_OK;
        ZSTD_inBuffer in = {s->input + s->at, s->end - s->at, 0};
        ZSTD_outBuffer out = {data, capacity, 0};
        size_t result = ZSTD_decompressStream(s->zstd, &out, &in);
        s->at += in.pos;
        *got = out.pos;
        if (ZSTD_isError(result)) return fail_packed(s, "zstd", ZSTD_getErrorName(result), error);
        if (at_end && out.pos == 0 && result != 0)
            return fail_packed(s, "zstd", "end too early", error);
        s->in_member = result != 0;
    }
    return FS_OK;
}

fs_status fs_source_stream_read(fs_source_stream *s, void *data, size_t capacity, size_t *got,
                                fs_error *error)
{
    if (s->packing == FS_SOURCE_GZIP) return gzip_read(s, data, capacity, got, error);
    if (s->packing == FS_SOURCE_ZSTD) return zstd_read(s, data, capacity, got, error);
    if (s->at == s->end) return take(s, data, capacity, got, error);
    *got = s->end - s->at < capacity ? s->end - s->at : capacity;
    memcpy(data, s->input + s->at, *got);
    s->at += *got;
    return FS_OK;
}

/* ---- as a reader ---- */

static fs_status unpacked_read(void *context, void *data, size_t capacity, size_t *got,
                               fs_error *error)
{
    return fs_source_stream_read(context, data, capacity, got, error);
}

static void unpacked_close(void *context)
{
    fs_source_stream_close(context);
    fs_free(context);
}

fs_status fs_reader_unpack(fs_reader reader, const char *name, fs_reader *unpacked, fs_error *error)
{
    *unpacked = (fs_reader){.size = -1};
    fs_source_stream *stream = fs_alloc(sizeof *stream);
    if (!stream) {
        if (reader.close) reader.close(reader.context);
        return fs_fail_memory(error, sizeof *stream);
    }
    fs_status status = fs_source_stream_open(stream, reader, name, error);
    if (status != FS_OK) {
        fs_free(stream);
        return status;
    }
    unpacked->context = stream;
    unpacked->read = unpacked_read;
    unpacked->close = unpacked_close;
    return FS_OK;
}
