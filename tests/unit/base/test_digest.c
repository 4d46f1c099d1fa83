/* Digests and hashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "foresell/base.h"

static void digests_are_those_of_b2sum(void **state)
{
    (void)state;
    char hex[FS_DIGEST_HEX];
    fs_digest digest;
    fs_digest_start(&digest);
    fs_digest_end(&digest, hex);
    assert_string_equal(hex, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    fs_digest_start(&digest);
    fs_digest_add(&digest, "a", 1);
    fs_digest_add(&digest, "bc", 2);
    fs_digest_end(&digest, hex);
    assert_string_equal(hex, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void a_digest_may_lie_at_any_address(void **state)
{
    (void)state;
    char room[sizeof(fs_digest) + 64], first[FS_DIGEST_HEX] = "", hex[FS_DIGEST_HEX];
    for (size_t shift = 0; shift < 64; shift += 8) {
        fs_digest *digest = (fs_digest *)(((uintptr_t)room + 7) / 8 * 8 + shift % 56);
        fs_digest_start(digest);
        fs_digest_add(digest, "foresell", 8);
        fs_digest_end(digest, hex);
        if (!first[0]) strcpy(first, hex);
        assert_string_equal(hex, first);
    }
}

static void hashes_see_every_byte_length_and_seed(void **state)
{
    (void)state;
    unsigned char text[40] = {0};
    uint64_t plain = fs_hash(text, sizeof text, 1);
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = 1;
        assert_true(fs_hash(text, sizeof text, 1) != plain);
        text[i] = 0;
        assert_true(fs_hash(text, i, 1) != plain);
    }
    assert_true(fs_hash(text, sizeof text, 2) != plain);
    assert_int_equal(fs_hash(text, sizeof text, 1), plain);
}

/* A table of 2^16 places and 2^16 keys: about 1/e of the places stay empty if keys scatter. */
static void hashes_of_neighbours_scatter(void **state)
{
    (void)state;
    static unsigned char used[1 << 16];
    int places = 0;
    for (uint32_t key = 0; key < 1 << 16; key++) {
        uint64_t at = fs_hash(&key, sizeof key, 0) >> 48;
        places += !used[at];
        used[at] = 1;
    }
    assert_in_range(places, 41000, 41900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_those_of_b2sum),
        cmocka_unit_test(a_digest_may_lie_at_any_address),
        cmocka_unit_test(hashes_see_every_byte_length_and_seed),
        cmocka_unit_test(hashes_of_neighbours_scatter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
