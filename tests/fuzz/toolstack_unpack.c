// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the decoders of lam-unpack: the first byte chooses the format, the rest is the packed data.
 * Output beyond the limit is an error of the harness's subject.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "helpers/unpack_io.h"

#define FUZZ_MAX_BYTES (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { "none", "gzip", "bzip2", "lzma",
					       "xz",   "lzo",  "lz4",	"zstd" };
	static unsigned char in[UNPACK_IN_BYTES];
	static unsigned char out[UNPACK_OUT_BYTES];
	struct unpack_io io = { .out_max = FUZZ_MAX_BYTES, .in = in, .out = out };

	if (size < 1) {
		return 0;
	}
	io.in_left = size - 1;
	io.in_fd = memfd_create("in", 0);
	io.out_fd = memfd_create("out", 0);
	if (write(io.in_fd, data + 1, size - 1) != (ssize_t)(size - 1)) {
		abort();
	}
	unpack_find(formats[data[0] % 8])(&io);
	if (io.out_bytes > FUZZ_MAX_BYTES) {
		abort();
	}
	close(io.in_fd);
	close(io.out_fd);
	return 0;
}
