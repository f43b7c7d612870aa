/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How helpers give up what they do not need, before the first byte of input is looked at: they
 * become nobody, get limits of memory, processor time, output and files, and lose every system
 * call but those that working on open descriptors takes. Another call ends the process.
 */
#ifndef TOOLSTACK_HELPERS_CONFINE_H
#define TOOLSTACK_HELPERS_CONFINE_H

#include <stdint.h>

struct confine_limits {
	uint64_t memory_bytes;
	uint64_t cpu_seconds;
	uint64_t output_bytes;	/* of one file */
};

/* 0, or -1 when a step failed: the process must end then. */
int confine(const struct confine_limits *limits);

/* One line on descriptor 2. */
void confine_complain(const char *text);

#endif
