/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a person at a terminal sees and a program never does: colours and progress bars.
 *
 * Both need a stream that is a terminal of a known kind and are off under the name xl; NO_COLOR in
 * the environment (not empty) turns colours off.
 */
#ifndef TOOLSTACK_CMD_TERMINAL_H
#define TOOLSTACK_CMD_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum terminal_paint {
	TERMINAL_PLAIN,
	TERMINAL_BOLD,
	TERMINAL_GOOD,
	TERMINAL_BUSY,
	TERMINAL_BAD,
};

struct verb_context;

bool terminal_is_live(const struct verb_context *context, FILE *stream);
/* The sequence that starts a paint, or ends all with TERMINAL_PLAIN; "" when @stream has no colours. */
const char *terminal_paint(const struct verb_context *context, FILE *stream,
			   enum terminal_paint paint);

/*
 * Draws or redraws a bar on stderr: @done of @total bytes; a @total of 0 is not known. When @done
 * is UINT64_MAX the line is wiped. The label is one or two words.
 */
void terminal_progress(const char *label, uint64_t done, uint64_t total);

/* The bar's text without its control characters, at most @bytes. */
void terminal_format_bar(const char *label, uint64_t done, uint64_t total, char *text,
			 size_t bytes);

#endif
