/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a domain's memory and processors to a file (format: core_elf.h).
 *
 * The file appears under its name when it is complete and not before; after any failure nothing of it is left. Memory needed:
 * 16 bytes per page of the domain, and a megabyte. Pages of zeros become holes.
 */
#ifndef TOOLSTACK_LIB_CORE_DUMP_H
#define TOOLSTACK_LIB_CORE_DUMP_H

#include <stdbool.h>
#include <stdint.h>

struct control;
struct domain_ref;
struct error;

struct core_dump_options {
	bool live;		/* do not pause the domain: what it changes meanwhile may not fit together */
	/* Told how far it is: bytes, UINT64_MAX at the end; may be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *progress_context;
	/* Looked at now and then: true ends the dump with EINTR; may be NULL. */
	bool (*stopped)(void);
};

int core_dump(struct control *control, const struct domain_ref *ref, const char *path,
	      const struct core_dump_options *options, struct error *error);

#endif
