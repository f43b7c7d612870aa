/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a kernel's path to an ELF image that can be loaded: plain ELF, bzImage, or a packed ELF.
 *
 * A packed kernel is unpacked once, by the helper program lam-unpack without privileges, and kept
 * in the image cache; the same contents under another name, or after a copy, are not unpacked
 * again. Before a kernel is unpacked its first bytes are, to see whether it fits the domain.
 */
#ifndef TOOLSTACK_LIB_KERNEL_IMAGE_H
#define TOOLSTACK_LIB_KERNEL_IMAGE_H

#include <stdint.h>

#include "lib/elf_image.h"

struct error;

struct kernel_image {
	int fd;
	struct elf_image elf;
	/* IN: told before a kernel is unpacked, which takes seconds; may be NULL. */
	void (*notice)(void *context, const char *text);
	void *notice_context;
	/* IN: told how far unpacking is, done == UINT64_MAX at its end; may be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *progress_context;
};

/* @memory_bytes: of the domain, for the early check. */
int kernel_image_open(const char *path, uint64_t memory_bytes, struct kernel_image *image,
		      struct error *error);
void kernel_image_close(struct kernel_image *image);

/* Opens a regular file; "kernel '/boot/x'" as object of errors. Returns the descriptor. */
int image_file_open(const char *path, const char *object, uint64_t *bytes, struct error *error);

#endif
