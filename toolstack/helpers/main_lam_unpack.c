// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam-unpack FORMAT OFFSET BYTES MAX PEEK: unpacks BYTES bytes at OFFSET of descriptor 0 into
 * descriptor 1, at most MAX bytes, or only the first PEEK bytes when that is not 0.
 *
 * It exists so that no decompressor runs with privileges, or inside a program that has any: before
 * the first byte of input is looked at, the process confines itself (confine.h). Exit status: 0 done, 1 refused (one line on descriptor 2), 2 usage, 3 no space for the output.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "helpers/confine.h"
#include "helpers/unpack_io.h"

#define UNPACK_MEMORY_BYTES (512ul << 20)
#define UNPACK_CPU_SECONDS 300

static bool unpack_number(const char *text, uint64_t *value)
{
	char *stop;

	errno = 0;
	*value = strtoull(text, &stop, 10);
	return errno == 0 && stop != text && *stop == '\0';
}

static int unpack_complain(const char *text)
{
	confine_complain(text);
	return 1;
}

int main(int argc, char **argv)
{
	struct unpack_io io = { .in_fd = STDIN_FILENO, .out_fd = STDOUT_FILENO };
	unpack_decoder *decoder = argc == 6 ? unpack_find(argv[1]) : NULL;
	struct confine_limits limits = { UNPACK_MEMORY_BYTES, UNPACK_CPU_SECONDS, 0 };
	int rc;

	if (decoder == NULL || !unpack_number(argv[2], &io.in_offset) ||
	    !unpack_number(argv[3], &io.in_left) || !unpack_number(argv[4], &io.out_max) ||
	    !unpack_number(argv[5], &io.out_enough)) {
		unpack_complain("usage: lam-unpack FORMAT OFFSET BYTES MAX PEEK <packed >unpacked\n");
		return 2;
	}
	io.in = malloc(UNPACK_IN_BYTES);
	io.out = malloc(UNPACK_OUT_BYTES);
	if (io.in == NULL || io.out == NULL) {
		return unpack_complain("there is no memory for it\n");
	}
	limits.output_bytes = io.out_max;
	if (confine(&limits) < 0) {
		return unpack_complain("the privileges of the helper cannot be dropped\n");
	}
	rc = decoder(&io);
	if (rc == UNPACK_OK || rc == UNPACK_ENOUGH) {
		rc = unpack_finish(&io);
	}
	if (rc == UNPACK_OK) {
		_exit(0);
	}
	unpack_complain(unpack_status_text(rc));
	_exit(rc == UNPACK_NO_SPACE ? 3 : 1);
}
