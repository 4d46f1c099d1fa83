/* Digests (libsodium's BLAKE2b) and a fast hash for tables and sketches. */
#include <sodium.h>
#include <stdalign.h>
#include <assert.h>
#include <string.h>

#include "foresell/base.h"

static_assert(sizeof(fs_digest) >= sizeof(crypto_generichash_state) + 64, "fs_digest too small");

/* libsodium wants its state on a 64-byte boundary; ours may lie anywhere. */
static crypto_generichash_state *state_of(fs_digest *digest)
{
    uintptr_t address = ((uintptr_t)digest->state + 63) & ~(uintptr_t)63;
    return (crypto_generichash_state *)address;
}

void fs_digest_start(fs_digest *digest)
{
    crypto_generichash_init(state_of(digest), NULL, 0, FS_DIGEST_BYTES);
}

void fs_digest_start_keyed(fs_digest *digest, const void *key, size_t bytes)
{
    crypto_generichash_init(state_of(digest), key, bytes, FS_DIGEST_BYTES);
}

void fs_digest_add(fs_digest *digest, const void *data, size_t bytes)
{
    crypto_generichash_update(state_of(digest), data, bytes);
}

void fs_digest_end(fs_digest *digest, char hex[FS_DIGEST_HEX])
{
    unsigned char raw[FS_DIGEST_BYTES];
    crypto_generichash_final(state_of(digest), raw, sizeof raw);
    sodium_bin2hex(hex, FS_DIGEST_HEX, raw, sizeof raw);
}

/* Multiply and fold the 128-bit product: the mixing step of wyhash (Wang Yi). */
static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t fs_hash(const void *data, size_t bytes, uint64_t seed)
{
    const unsigned char *p = data;
    uint64_t hash = mix(seed ^ 0xa0761d6478bd642full, bytes ^ 0xe7037ed1a0b428dbull);
    uint64_t word = 0;
    size_t left = bytes;
    for (; left >= 8; left -= 8, p += 8) {
        memcpy(&word, p, 8);
        hash = mix(hash ^ word, 0x8ebc6af09c88c6e3ull);
    }
    word = 0;
    if (left) memcpy(&word, p, left);
    /* Twice: after one folding, short keys that follow each other lie too evenly. */
    hash = mix(hash ^ word ^ ((uint64_t)left << 56), 0x589965cc75374cc3ull);
    return mix(hash ^ 0xe7037ed1a0b428dbull, 0x8ebc6af09c88c6e3ull);
}
