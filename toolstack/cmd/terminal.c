// SPDX-License-Identifier: GPL-2.0-only
/*
 * See terminal.h. A bar is one line that is drawn over: carriage return, text, clear to its end.
 */
#include "cmd/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/verb.h"

#define TERMINAL_BAR_CELLS 30u
#define TERMINAL_MIB (1ull << 20)

/* Asked once for each stream: lists ask for every row. */
static bool terminal_is_tty(FILE *stream)
{
	static signed char known[3] = { -1, -1, -1 };
	int fd = fileno(stream);

	if (fd < 0 || fd >= (int)sizeof(known)) {
		return isatty(fd);
	}
	if (known[fd] < 0) {
		known[fd] = (signed char)isatty(fd);
	}
	return known[fd] != 0;
}

bool terminal_is_live(const struct verb_context *context, FILE *stream)
{
	const char *kind = getenv("TERM");

	return !context->is_xl && kind != NULL && kind[0] != '\0' && strcmp(kind, "dumb") != 0 &&
	       terminal_is_tty(stream);
}

const char *terminal_paint(const struct verb_context *context, FILE *stream,
			   enum terminal_paint paint)
{
	static const char *const sequences[] = { "\033[0m", "\033[1m", "\033[32m", "\033[33m",
						 "\033[31m" };
	const char *refused = getenv("NO_COLOR");

	if ((refused != NULL && refused[0] != '\0') || !terminal_is_live(context, stream)) {
		return "";
	}
	return sequences[paint];
}

void terminal_format_bar(const char *label, uint64_t done, uint64_t total, char *text,
			 size_t bytes)
{
	char cells[TERMINAL_BAR_CELLS + 1];
	unsigned int full;

	if (total == 0 || done > total) {
		snprintf(text, bytes, "%s %llu MiB", label, (unsigned long long)(done / TERMINAL_MIB));
		return;
	}
	full = (unsigned int)(done * TERMINAL_BAR_CELLS / total);
	memset(cells, '.', TERMINAL_BAR_CELLS);
	memset(cells, '#', full);
	cells[TERMINAL_BAR_CELLS] = '\0';
	snprintf(text, bytes, "%s [%s] %3u %%, %llu of %llu MiB", label, cells,
		 (unsigned int)(done * 100 / total), (unsigned long long)(done / TERMINAL_MIB),
		 (unsigned long long)(total / TERMINAL_MIB));
}

void terminal_progress(const char *label, uint64_t done, uint64_t total)
{
	char text[160];

	if (done == UINT64_MAX) {
		fputs("\r\033[K", stderr);
	} else {
		terminal_format_bar(label, done, total, text, sizeof(text));
		fprintf(stderr, "\r%s\033[K", text);
	}
	fflush(stderr);
}
