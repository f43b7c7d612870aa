/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a helper program (toolstack/helpers): it gets two descriptors and gives back an exit status
 * and messages, which are text for people and nothing else.
 *
 * A helper stands beside the running program, or in the system's library folder.
 */
#ifndef TOOLSTACK_LIB_HELPER_H
#define TOOLSTACK_LIB_HELPER_H

#include <stddef.h>
#include <stdint.h>

struct error;

struct helper {
	const char *const *argv;	/* its name first; ends in NULL */
	int in_fd;
	int out_fd;
	char *message;			/* OUT: what it wrote on descriptor 2, cut to fit */
	size_t message_bytes;
	const char *object;		/* what it is run for, for errors */
	int status;			/* OUT: as waitpid() gives it */
	/* Told the size of the output now and then, and UINT64_MAX at the end; may be NULL. */
	void (*progress)(void *context, uint64_t done);
	void *progress_context;
};

/* 0 when it ran, however it ended; or -errno. Other control characters than newlines become '?'. */
int helper_run(struct helper *helper, struct error *error);

#endif
