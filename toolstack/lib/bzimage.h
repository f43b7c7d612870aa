/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The header of a Linux bzImage: where the packed kernel lies in the file, and how it is packed.
 *
 * Pure functions on the first bytes of a file. The numbers come from the file and are checked
 * against its length; a truncated file is told apart from one that is no bzImage.
 */
#ifndef TOOLSTACK_LIB_BZIMAGE_H
#define TOOLSTACK_LIB_BZIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BZIMAGE_HEAD_BYTES 0x270u

struct error;

struct bzimage {
	uint64_t payload_offset;	/* in the file */
	uint64_t payload_bytes;
};

bool bzimage_has_magic(const void *head, size_t bytes);

/* @head: the first BZIMAGE_HEAD_BYTES or fewer bytes of a file of @file_bytes. */
int bzimage_parse(const void *head, uint64_t file_bytes, const char *object,
		  struct bzimage *out, struct error *error);

enum pack_format {
	PACK_NONE,		/* not packed, or unknown */
	PACK_GZIP,
	PACK_BZIP2,
	PACK_LZMA,
	PACK_XZ,
	PACK_LZO,
	PACK_LZ4,
	PACK_ZSTD,
	PACK_COUNT,
};

/* By the first bytes; at least 16 make the answer sure. */
enum pack_format pack_format_detect(const void *head, size_t bytes);
const char *pack_format_name(enum pack_format format);

#endif
