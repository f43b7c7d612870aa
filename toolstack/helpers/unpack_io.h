/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Input and output of the unpacking helper: a bounded part of one descriptor, a bounded amount of
 * output to another.
 *
 * Decoders get and put bytes here and nowhere else. Any function returns 0 (or a count) or a
 * negative enum unpack_status; the first failure sticks in `failed` with its sentence.
 */
#ifndef TOOLSTACK_HELPERS_UNPACK_IO_H
#define TOOLSTACK_HELPERS_UNPACK_IO_H

#include <stddef.h>
#include <stdint.h>

#define UNPACK_IN_BYTES 65536u
#define UNPACK_OUT_BYTES 262144u
#define UNPACK_HOLE_BYTES 4096u

enum unpack_status {
	UNPACK_OK = 0,
	UNPACK_ENOUGH = -1,	/* as much as was asked for: stop, successfully */
	UNPACK_BAD = -2,	/* the input is damaged */
	UNPACK_TOO_LONG = -3,
	UNPACK_NO_SPACE = -4,
	UNPACK_IO = -5,
	UNPACK_NO_MEMORY = -6,
};

struct unpack_io {
	int in_fd;
	uint64_t in_offset;
	uint64_t in_left;
	int out_fd;
	uint64_t out_bytes;
	uint64_t out_max;
	uint64_t out_enough;	/* 0: everything */
	unsigned char *in;	/* UNPACK_IN_BYTES */
	unsigned char *out;	/* UNPACK_OUT_BYTES, for decoders that stream */
};

/* Reads up to @bytes; the number read, 0 at the end of the input, or a status. */
long unpack_get(struct unpack_io *io, void *buffer, size_t bytes);
/* Reads exactly @bytes; UNPACK_BAD when the input ends before. */
int unpack_get_all(struct unpack_io *io, void *buffer, size_t bytes);
int unpack_put(struct unpack_io *io, const void *buffer, size_t bytes);
/* Gives the output its length, which may end in a hole. */
int unpack_finish(struct unpack_io *io);

/* One decoder. UNPACK_OK or UNPACK_ENOUGH mean success. */
typedef int unpack_decoder(struct unpack_io *io);

unpack_decoder unpack_none;
unpack_decoder unpack_gzip;
unpack_decoder unpack_bzip2;
unpack_decoder unpack_lzma;	/* .lzma and .xz */
unpack_decoder unpack_lzo;
unpack_decoder unpack_lz4;
unpack_decoder unpack_zstd;

unpack_decoder *unpack_find(const char *format);
const char *unpack_status_text(int status);

#endif
