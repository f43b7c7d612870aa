/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the helper program that unpacks a kernel. The helper holds the decompressors and no
 * privileges: it gets two descriptors and limits, and can do nothing but read one and write the
 * other (toolstack/helpers).
 */
#ifndef TOOLSTACK_LIB_UNPACK_H
#define TOOLSTACK_LIB_UNPACK_H

#include <stdint.h>

#include "lib/bzimage.h"

struct error;

struct unpack_request {
	int in_fd;
	uint64_t offset;		/* of the packed bytes in the file */
	uint64_t bytes;
	enum pack_format format;
	int out_fd;			/* empty, written from its start */
	uint64_t max_bytes;		/* more output is an error */
	uint64_t peek_bytes;		/* not 0: stop after that many bytes, successfully */
	const char *object;
	/* As in struct helper; may be NULL. */
	void (*progress)(void *context, uint64_t done);
	void *progress_context;
};

int unpack_run(const struct unpack_request *request, struct error *error);

#endif
