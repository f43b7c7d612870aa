// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decoders whose libraries stream: gzip (zlib), bzip2, lzma and xz (liblzma), zstd. Each moves
 * bytes from io->in to io->out until the library says that its stream is complete; what follows
 * in the input (a kernel image carries its length there) is ignored.
 */
#include "helpers/unpack_io.h"

#include <bzlib.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* Decoder memory: a dictionary of 64 MiB and more is in use by no kernel. */
#define UNPACK_LZMA_MEMORY (160ull << 20)
#define UNPACK_ZSTD_WINDOW_LOG 27

static int unpack_gzip_run(struct unpack_io *io, z_stream *z)
{
	int rc = UNPACK_OK;
	int state = Z_OK;

	while (rc == UNPACK_OK && state != Z_STREAM_END) {
		if (z->avail_in == 0) {
			long n = unpack_get(io, io->in, UNPACK_IN_BYTES);

			if (n <= 0) {
				return n < 0 ? (int)n : UNPACK_BAD;
			}
			z->next_in = io->in;
			z->avail_in = (uInt)n;
		}
		z->next_out = io->out;
		z->avail_out = UNPACK_OUT_BYTES;
		state = inflate(z, Z_NO_FLUSH);
		if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) {
			return state == Z_MEM_ERROR ? UNPACK_NO_MEMORY : UNPACK_BAD;
		}
		rc = unpack_put(io, io->out, UNPACK_OUT_BYTES - z->avail_out);
	}
	return rc;
}

int unpack_gzip(struct unpack_io *io)
{
	z_stream z = { 0 };
	int rc;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
		return UNPACK_NO_MEMORY;
	}
	rc = unpack_gzip_run(io, &z);
	inflateEnd(&z);
	return rc;
}

static int unpack_bzip2_run(struct unpack_io *io, bz_stream *bz)
{
	int rc = UNPACK_OK;
	int state = BZ_OK;

	while (rc == UNPACK_OK && state != BZ_STREAM_END) {
		if (bz->avail_in == 0) {
			long n = unpack_get(io, io->in, UNPACK_IN_BYTES);

			if (n <= 0) {
				return n < 0 ? (int)n : UNPACK_BAD;
			}
			bz->next_in = (char *)io->in;
			bz->avail_in = (unsigned int)n;
		}
		bz->next_out = (char *)io->out;
		bz->avail_out = UNPACK_OUT_BYTES;
		state = BZ2_bzDecompress(bz);
		if (state != BZ_OK && state != BZ_STREAM_END) {
			return state == BZ_MEM_ERROR ? UNPACK_NO_MEMORY : UNPACK_BAD;
		}
		rc = unpack_put(io, io->out, UNPACK_OUT_BYTES - bz->avail_out);
	}
	return rc;
}

int unpack_bzip2(struct unpack_io *io)
{
	bz_stream bz = { 0 };
	int rc;

	if (BZ2_bzDecompressInit(&bz, 0, 0) != BZ_OK) {
		return UNPACK_NO_MEMORY;
	}
	rc = unpack_bzip2_run(io, &bz);
	BZ2_bzDecompressEnd(&bz);
	return rc;
}

static int unpack_lzma_run(struct unpack_io *io, lzma_stream *lz)
{
	lzma_ret state = LZMA_OK;
	int rc = UNPACK_OK;

	while (rc == UNPACK_OK && state != LZMA_STREAM_END) {
		if (lz->avail_in == 0) {
			long n = unpack_get(io, io->in, UNPACK_IN_BYTES);

			if (n <= 0) {
				return n < 0 ? (int)n : UNPACK_BAD;
			}
			lz->next_in = io->in;
			lz->avail_in = (size_t)n;
		}
		lz->next_out = io->out;
		lz->avail_out = UNPACK_OUT_BYTES;
		state = lzma_code(lz, LZMA_RUN);
		if (state != LZMA_OK && state != LZMA_STREAM_END) {
			return state == LZMA_MEM_ERROR || state == LZMA_MEMLIMIT_ERROR ?
			       UNPACK_NO_MEMORY : UNPACK_BAD;
		}
		rc = unpack_put(io, io->out, UNPACK_OUT_BYTES - lz->avail_out);
	}
	return rc;
}

int unpack_lzma(struct unpack_io *io)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	int rc;

	if (lzma_auto_decoder(&lz, UNPACK_LZMA_MEMORY, 0) != LZMA_OK) {
		return UNPACK_NO_MEMORY;
	}
	rc = unpack_lzma_run(io, &lz);
	lzma_end(&lz);
	return rc;
}

static int unpack_zstd_run(struct unpack_io *io, ZSTD_DStream *zstd)
{
	ZSTD_inBuffer in = { io->in, 0, 0 };
	size_t state = 1;
	int rc = UNPACK_OK;

	while (rc == UNPACK_OK && state != 0) {
		ZSTD_outBuffer out = { io->out, UNPACK_OUT_BYTES, 0 };

		if (in.pos == in.size) {
			long n = unpack_get(io, io->in, UNPACK_IN_BYTES);

			if (n <= 0) {
				return n < 0 ? (int)n : UNPACK_BAD;
			}
			in.size = (size_t)n;
			in.pos = 0;
		}
		state = ZSTD_decompressStream(zstd, &out, &in);
		if (ZSTD_isError(state)) {
			return UNPACK_BAD;
		}
		rc = unpack_put(io, io->out, out.pos);
	}
	return rc;
}

int unpack_zstd(struct unpack_io *io)
{
	ZSTD_DStream *zstd = ZSTD_createDStream();
	int rc;

	if (zstd == NULL) {
		return UNPACK_NO_MEMORY;
	}
	ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, UNPACK_ZSTD_WINDOW_LOG);
	rc = unpack_zstd_run(io, zstd);
	ZSTD_freeDStream(zstd);
	return rc;
}
