// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decoders of the unpacking helper: each gives back what its library packed, with trailing
 * bytes behind the stream; stops at limits; and refuses damaged and truncated data without reading
 * or writing where it must not (under ASan).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <bzlib.h>
#include <lz4.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "helpers/unpack_io.h"
#include "kernel_maker.h"

#define PLAIN_BYTES 300000u
#define PACKED_BYTES 700000u

static unsigned char plain[PLAIN_BYTES];
static unsigned char packed[PACKED_BYTES];

static void make_plain(void)
{
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < PLAIN_BYTES; i++) {
		x = x * 1664525 + 1013904223;
		/* Pages 20 to 39 and the last ones are zero. */
		if ((i >= 20 * 4096 && i < 40 * 4096) || i > 70 * 4096) {
			continue;
		}
		plain[i] = i % 1000 < 700 ? (unsigned char)(i / 100) : (unsigned char)(x >> 24);
	}
}

static size_t pack_gzip(void)
{
	z_stream z = { .next_in = plain, .avail_in = PLAIN_BYTES, .next_out = packed,
		       .avail_out = PACKED_BYTES };

	deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static size_t pack_bzip2(void)
{
	unsigned int bytes = PACKED_BYTES;

	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)packed, &bytes, (char *)plain, PLAIN_BYTES,
						  9, 0, 0), BZ_OK);
	return bytes;
}

static size_t pack_xz(void)
{
	size_t bytes = 0;

	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, plain, PLAIN_BYTES,
						 packed, &bytes, PACKED_BYTES), LZMA_OK);
	return bytes;
}

static size_t pack_lzma(void)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	lzma_lzma_preset(&options, 6);
	assert_int_equal(lzma_alone_encoder(&lz, &options), LZMA_OK);
	lz.next_in = plain;
	lz.avail_in = PLAIN_BYTES;
	lz.next_out = packed;
	lz.avail_out = PACKED_BYTES;
	assert_int_equal(lzma_code(&lz, LZMA_FINISH), LZMA_STREAM_END);
	lzma_end(&lz);
	return lz.total_out;
}

static size_t pack_zstd(void)
{
	return ZSTD_compress(packed, PACKED_BYTES, plain, PLAIN_BYTES, 9);
}

static void put_le32(unsigned char *at, uint32_t value)
{
	memcpy(at, &value, 4);
}

static void put_be32(unsigned char *at, uint32_t value)
{
	put_le32(at, __builtin_bswap32(value));
}

static size_t pack_lz4(void)
{
	int bytes = LZ4_compress_default((char *)plain, (char *)packed + 8, PLAIN_BYTES,
					 PACKED_BYTES - 8);

	put_le32(packed, 0x184c2102);
	put_le32(packed + 4, (uint32_t)bytes);
	return 8 + (size_t)bytes;
}

/* One compressed block and one stored one, in lzop's container of version 1.03. */
static size_t pack_lzo(void)
{
	static const unsigned char head[] = { 0x89, 'L', 'Z', 'O', 0, 0x0d, 0x0a, 0x1a, 0x0a, 0x10,
					      0x30, 0x20, 0xa0, 0x09, 0x40, 3, 9 };
	size_t half = PLAIN_BYTES / 2;
	unsigned char *work = malloc(LZO1X_1_MEM_COMPRESS);
	lzo_uint bytes;
	size_t at = sizeof(head);

	memcpy(packed, head, sizeof(head));
	memset(packed + at, 0, 4 + 4 + 8 + 1 + 4);
	at += 4 + 4 + 8 + 1 + 4;
	assert_int_equal(lzo_init(), LZO_E_OK);
	assert_int_equal(lzo1x_1_compress(plain, half, packed + at + 8, &bytes, work), LZO_E_OK);
	put_be32(packed + at, (uint32_t)half);
	put_be32(packed + at + 4, (uint32_t)bytes);
	at += 8 + bytes;
	put_be32(packed + at, (uint32_t)half);
	put_be32(packed + at + 4, (uint32_t)half);
	memcpy(packed + at + 8, plain + half, half);
	at += 8 + half;
	put_be32(packed + at, 0);
	free(work);
	return at + 4;
}

static const struct {
	const char *name;
	size_t (*pack)(void);
} formats[] = {
	{ "gzip", pack_gzip }, { "bzip2", pack_bzip2 }, { "xz", pack_xz },   { "lzma", pack_lzma },
	{ "zstd", pack_zstd }, { "lz4", pack_lz4 },	{ "lzo", pack_lzo },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* Runs a decoder over @bytes of packed[]; the output is left in *out (may be NULL). */
static int run(const char *name, size_t bytes, uint64_t max, uint64_t enough, char **out,
	       size_t *out_bytes)
{
	struct unpack_io io = { .in_left = bytes, .out_max = max, .out_enough = enough,
				.in = malloc(UNPACK_IN_BYTES), .out = malloc(UNPACK_OUT_BYTES) };
	struct stat st;
	int rc;

	io.in_fd = kernel_make_file((char *)packed, bytes);
	io.out_fd = memfd_create("out", 0);
	rc = unpack_find(name)(&io);
	assert_int_equal(unpack_finish(&io), UNPACK_OK);
	if (out != NULL) {
		*out = malloc(io.out_bytes + 1);
		*out_bytes = io.out_bytes;
		assert_int_equal(pread(io.out_fd, *out, io.out_bytes, 0), io.out_bytes);
	}
	assert_true(io.out_bytes <= max);
	/* Zero pages take no room. */
	assert_int_equal(fstat(io.out_fd, &st), 0);
	assert_true(rc != 0 || out == NULL || (uint64_t)st.st_blocks * 512 <= io.out_bytes - 20 * 4096);
	close(io.in_fd);
	close(io.out_fd);
	free(io.in);
	free(io.out);
	return rc;
}

static void test_all_formats(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FORMATS; i++) {
		size_t bytes = formats[i].pack();
		size_t out_bytes;
		char *out;

		/* The kernel's build appends the unpacked length. */
		put_le32(packed + bytes, PLAIN_BYTES);
		assert_int_equal(run(formats[i].name, bytes + 4, 1 << 20, 0, &out, &out_bytes), 0);
		assert_int_equal(out_bytes, PLAIN_BYTES);
		assert_memory_equal(out, plain, PLAIN_BYTES);
		free(out);
	}
}

static void test_limits(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FORMATS; i++) {
		size_t bytes = formats[i].pack();
		size_t out_bytes;
		char *out;

		assert_int_equal(run(formats[i].name, bytes, 100000, 0, NULL, NULL),
				 UNPACK_TOO_LONG);
		assert_int_equal(run(formats[i].name, bytes, 1 << 20, 5000, &out, &out_bytes),
				 UNPACK_ENOUGH);
		assert_int_equal(out_bytes, 5000);
		assert_memory_equal(out, plain, 5000);
		free(out);
	}
}

static void test_truncated(void **state)
{
	size_t i, cut;

	(void)state;
	for (i = 0; i < FORMATS; i++) {
		size_t bytes = formats[i].pack();

		for (cut = 0; cut < bytes - 4; cut += bytes / 23 + 1) {
			int rc = run(formats[i].name, cut, 1 << 20, 0, NULL, NULL);

			/* Legacy LZ4 has no end mark: a cut between blocks cannot be seen. */
			assert_true(rc < 0 || strcmp(formats[i].name, "lz4") == 0);
		}
	}
}

static void test_damaged(void **state)
{
	size_t i, at;

	(void)state;
	for (i = 0; i < FORMATS; i++) {
		size_t bytes = formats[i].pack();

		for (at = 0; at < bytes; at += at < 64 ? 1 : bytes / 37 + 1) {
			unsigned char kept = packed[at];

			packed[at] ^= 0x55;
			run(formats[i].name, bytes, 1 << 20, 0, NULL, NULL);
			packed[at] = kept;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_formats),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
	};

	make_plain();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
