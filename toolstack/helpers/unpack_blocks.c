// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formats made of whole blocks: LZ4 in its legacy frame and LZO in the container of lzop, as the
 * kernel's build writes them. Block lengths come from the file and are checked against the
 * formats' own limits before memory is taken for them.
 */
#include "helpers/unpack_io.h"

#include <lz4.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>

#define LZ4_LEGACY_MAGIC 0x184c2102u
#define LZ4_LEGACY_BLOCK_BYTES (8u << 20)
#define LZO_MAX_BLOCK_BYTES (64u << 20)
#define LZO_MAGIC_BYTES 9u
#define LZO_FLAG_ADLER32_D 0x00000001u
#define LZO_FLAG_ADLER32_C 0x00000002u
#define LZO_FLAG_FILTER 0x00000800u
#define LZO_FLAG_EXTRA 0x00000040u
#define LZO_FLAG_CRC32_D 0x00000100u
#define LZO_FLAG_CRC32_C 0x00000200u

/* Takes one packed block from the input and puts it out unpacked. */
static int unpack_lz4_block(struct unpack_io *io, uint32_t bytes, char *in, char *out)
{
	int rc = unpack_get_all(io, in, bytes);
	int made;

	if (rc < 0) {
		return rc;
	}
	made = LZ4_decompress_safe(in, out, (int)bytes, (int)LZ4_LEGACY_BLOCK_BYTES);
	return made < 0 ? UNPACK_BAD : unpack_put(io, out, (size_t)made);
}

static int unpack_lz4_run(struct unpack_io *io, char *in, char *out)
{
	uint32_t bytes;
	int rc = unpack_get_all(io, &bytes, sizeof(bytes));

	if (rc < 0 || bytes != LZ4_LEGACY_MAGIC) {
		return rc < 0 ? rc : UNPACK_BAD;
	}
	/* Behind the last block stands the unpacked length, of which nothing is left to read. */
	while (rc == UNPACK_OK && io->in_left > sizeof(bytes)) {
		rc = unpack_get_all(io, &bytes, sizeof(bytes));
		if (rc < 0 || bytes == LZ4_LEGACY_MAGIC) {
			continue;
		}
		if (bytes == 0 || bytes > (uint32_t)LZ4_compressBound(LZ4_LEGACY_BLOCK_BYTES)) {
			return UNPACK_BAD;
		}
		rc = unpack_lz4_block(io, bytes, in, out);
	}
	return rc;
}

int unpack_lz4(struct unpack_io *io)
{
	char *in = malloc((size_t)LZ4_compressBound(LZ4_LEGACY_BLOCK_BYTES));
	char *out = malloc(LZ4_LEGACY_BLOCK_BYTES);
	int rc = in != NULL && out != NULL ? unpack_lz4_run(io, in, out) : UNPACK_NO_MEMORY;

	free(in);
	free(out);
	return rc;
}

/* Numbers of lzop files are big-endian. */
static int unpack_get_be(struct unpack_io *io, unsigned int bytes, uint32_t *value)
{
	unsigned char raw[4];
	unsigned int i;
	int rc = unpack_get_all(io, raw, bytes);

	*value = 0;
	for (i = 0; i < bytes; i++) {
		*value = *value << 8 | raw[i];
	}
	return rc;
}

static int unpack_skip(struct unpack_io *io, uint32_t bytes)
{
	int rc = UNPACK_OK;

	while (bytes != 0 && rc == UNPACK_OK) {
		uint32_t take = bytes < UNPACK_IN_BYTES ? bytes : UNPACK_IN_BYTES;

		rc = unpack_get_all(io, io->in, take);
		bytes -= take;
	}
	return rc;
}

/* Magic, versions, method, flags, mode, times, name, checksum; only the flags matter. */
static int unpack_lzo_header(struct unpack_io *io, uint32_t *flags)
{
	uint32_t version = 0, skipped = 0, name = 0;
	int rc = unpack_skip(io, LZO_MAGIC_BYTES);

	if (rc == UNPACK_OK) {
		rc = unpack_get_be(io, 2, &version);
	}
	/* Library version; from 0.940 on a version needed to extract; method; from there a level. */
	if (rc == UNPACK_OK) {
		rc = unpack_skip(io, version >= 0x0940 ? 2 + 2 + 1 + 1 : 2 + 1);
	}
	if (rc == UNPACK_OK) {
		rc = unpack_get_be(io, 4, flags);
	}
	if (rc == UNPACK_OK && (*flags & LZO_FLAG_FILTER) != 0) {
		rc = unpack_skip(io, 4);
	}
	if (rc == UNPACK_OK) {
		rc = unpack_skip(io, version >= 0x0940 ? 4 + 4 + 4 : 4 + 4);
	}
	if (rc == UNPACK_OK) {
		rc = unpack_get_be(io, 1, &name);
	}
	if (rc == UNPACK_OK) {
		rc = unpack_skip(io, name + 4);
	}
	if (rc == UNPACK_OK && (*flags & LZO_FLAG_EXTRA) != 0) {
		rc = unpack_get_be(io, 4, &skipped);
		rc = rc < 0 ? rc : skipped > UNPACK_IN_BYTES ? UNPACK_BAD :
		     unpack_skip(io, skipped + 4);
	}
	return rc;
}

static uint32_t unpack_lzo_sums(uint32_t flags, uint32_t plain, uint32_t packed)
{
	uint32_t bytes = 0;

	bytes += (flags & LZO_FLAG_ADLER32_D) != 0 ? 4 : 0;
	bytes += (flags & LZO_FLAG_CRC32_D) != 0 ? 4 : 0;
	if (packed < plain) {
		bytes += (flags & LZO_FLAG_ADLER32_C) != 0 ? 4 : 0;
		bytes += (flags & LZO_FLAG_CRC32_C) != 0 ? 4 : 0;
	}
	return bytes;
}

static int unpack_lzo_block(struct unpack_io *io, uint32_t plain, uint32_t packed)
{
	unsigned char *in = malloc(packed);
	unsigned char *out = malloc(plain);
	lzo_uint made = plain;
	int rc = in != NULL && out != NULL ? unpack_get_all(io, in, packed) : UNPACK_NO_MEMORY;

	if (rc == UNPACK_OK && packed == plain) {
		rc = unpack_put(io, in, plain);
	} else if (rc == UNPACK_OK) {
		rc = lzo1x_decompress_safe(in, packed, out, &made, NULL) == LZO_E_OK &&
		     made == plain ? unpack_put(io, out, plain) : UNPACK_BAD;
	}
	free(in);
	free(out);
	return rc;
}

int unpack_lzo(struct unpack_io *io)
{
	uint32_t flags = 0, plain = 0, packed = 0;
	int rc = unpack_lzo_header(io, &flags);

	while (rc == UNPACK_OK) {
		rc = unpack_get_be(io, 4, &plain);
		if (rc < 0 || plain == 0) {
			break;
		}
		rc = unpack_get_be(io, 4, &packed);
		if (rc < 0) {
			break;
		}
		if (plain > LZO_MAX_BLOCK_BYTES || packed == 0 || packed > plain) {
			return UNPACK_BAD;
		}
		rc = unpack_skip(io, unpack_lzo_sums(flags, plain, packed));
		if (rc == UNPACK_OK) {
			rc = unpack_lzo_block(io, plain, packed);
		}
	}
	return rc;
}
