// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits are checked before a byte is written, so that a bomb ends at the limit. Pages of zeroes
 * are left out of the file, as holes: half of a kernel is zero, and the builder skips holes.
 */
#include "helpers/unpack_io.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

long unpack_get(struct unpack_io *io, void *buffer, size_t bytes)
{
	ssize_t n;

	if (bytes > io->in_left) {
		bytes = io->in_left;
	}
	if (bytes == 0) {
		return 0;
	}
	do {
		n = pread(io->in_fd, buffer, bytes, (off_t)io->in_offset);
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		return UNPACK_IO;
	}
	io->in_offset += (uint64_t)n;
	io->in_left -= (uint64_t)n;
	return n;
}

int unpack_get_all(struct unpack_io *io, void *buffer, size_t bytes)
{
	unsigned char *to = buffer;

	while (bytes != 0) {
		long n = unpack_get(io, to, bytes);

		if (n <= 0) {
			return n < 0 ? (int)n : UNPACK_BAD;
		}
		to += n;
		bytes -= (size_t)n;
	}
	return UNPACK_OK;
}

static int unpack_write(struct unpack_io *io, const char *from, size_t bytes)
{
	while (bytes != 0) {
		ssize_t n = pwrite(io->out_fd, from, bytes, (off_t)io->out_bytes);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 && errno != ENOSPC && errno != EFBIG && errno != EDQUOT ?
			       UNPACK_IO : UNPACK_NO_SPACE;
		}
		from += n;
		bytes -= (size_t)n;
		io->out_bytes += (uint64_t)n;
	}
	return UNPACK_OK;
}

static bool unpack_is_zero(const char *from, size_t bytes)
{
	return from[0] == 0 && memcmp(from, from + 1, bytes - 1) == 0;
}

/* The bytes up to the next border of a page of the output. */
static size_t unpack_to_border(const struct unpack_io *io, size_t bytes)
{
	size_t border = UNPACK_HOLE_BYTES - io->out_bytes % UNPACK_HOLE_BYTES;

	return bytes < border ? bytes : border;
}

/* Writes what is not zero, in pieces as large as possible. */
static int unpack_write_sparse(struct unpack_io *io, const char *from, size_t bytes)
{
	size_t start = 0;
	size_t at = 0;
	uint64_t base = io->out_bytes;
	int rc = UNPACK_OK;

	while (at < bytes && rc == UNPACK_OK) {
		size_t piece;

		io->out_bytes = base + at;
		piece = unpack_to_border(io, bytes - at);
		io->out_bytes = base + start;
		if (piece == UNPACK_HOLE_BYTES && unpack_is_zero(from + at, piece)) {
			rc = unpack_write(io, from + start, at - start);
			start = at + piece;
		}
		at += piece;
	}
	if (rc == UNPACK_OK) {
		io->out_bytes = base + start;
		rc = unpack_write(io, from + start, bytes - start);
	}
	return rc;
}

int unpack_finish(struct unpack_io *io)
{
	return ftruncate(io->out_fd, (off_t)io->out_bytes) < 0 ? UNPACK_IO : UNPACK_OK;
}

int unpack_put(struct unpack_io *io, const void *buffer, size_t bytes)
{
	int rc;

	if (bytes > io->out_max - io->out_bytes) {
		return UNPACK_TOO_LONG;
	}
	if (io->out_enough != 0 && bytes > io->out_enough - io->out_bytes) {
		bytes = io->out_enough - io->out_bytes;
	}
	rc = unpack_write_sparse(io, buffer, bytes);
	return rc == UNPACK_OK && io->out_enough != 0 && io->out_bytes == io->out_enough ?
	       UNPACK_ENOUGH : rc;
}

int unpack_none(struct unpack_io *io)
{
	int rc = UNPACK_OK;

	while (rc == UNPACK_OK) {
		long n = unpack_get(io, io->in, UNPACK_IN_BYTES);

		if (n <= 0) {
			return (int)n;
		}
		rc = unpack_put(io, io->in, (size_t)n);
	}
	return rc;
}

unpack_decoder *unpack_find(const char *format)
{
	static const struct {
		const char *name;
		unpack_decoder *decoder;
	} decoders[] = {
		{ "none", unpack_none }, { "gzip", unpack_gzip }, { "bzip2", unpack_bzip2 },
		{ "lzma", unpack_lzma }, { "xz", unpack_lzma },	  { "lzo", unpack_lzo },
		{ "lz4", unpack_lz4 },	 { "zstd", unpack_zstd },
	};
	size_t i;

	for (i = 0; i < sizeof(decoders) / sizeof(decoders[0]); i++) {
		if (strcmp(decoders[i].name, format) == 0) {
			return decoders[i].decoder;
		}
	}
	return NULL;
}

const char *unpack_status_text(int status)
{
	static const char *const texts[] = {
		"done", "done", "the data is damaged or truncated", "it grows beyond the limit",
		"there is no space for it", "it cannot be read or written", "there is no memory for it",
	};

	return texts[-status];
}
