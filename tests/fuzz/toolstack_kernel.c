// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes kernel images: the first byte chooses the domain's size, the second whether there is a
 * ramdisk, the rest is the file. It is looked at as a bzImage and read as an ELF image; one that is
 * accepted is laid out and built into ordinary memory, where every frame number that the builder
 * writes to must be the domain's own.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/build.h"
#include "lib/bzimage.h"

#define FUZZ_FIRST_MFN 1000000ull
#define FUZZ_ROOM 16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t fuzz_pages;

static int fuzz_write(void *context, const uint64_t *mfns, uint64_t count, const void *pages)
{
	char last[8];
	uint64_t i;

	(void)context;
	for (i = 0; i < count; i++) {
		if (mfns[i] < FUZZ_FIRST_MFN || mfns[i] >= FUZZ_FIRST_MFN + fuzz_pages) {
			abort();
		}
		/* Under ASan a page that is not there ends the run. */
		memcpy(last, (const char *)pages + i * 4096 + 4088, sizeof(last));
	}
	return 0;
}

static void fuzz_build(struct build_request *request)
{
	uint64_t batch[FRAME_WRITER_MAX_PAGES];
	struct build_start start = { .cmdline = "quiet" };
	struct frame_writer writer = { .batch = batch, .room = FUZZ_ROOM, .write = fuzz_write };
	uint64_t *mfns = calloc(fuzz_pages, sizeof(*mfns));
	uint64_t i;

	for (i = 0; i < fuzz_pages; i++) {
		mfns[i] = FUZZ_FIRST_MFN + i;
	}
	writer.mfns = mfns;
	writer.buffer = malloc(FUZZ_ROOM * 4096);
	build_write_contents(request, &start, &writer, NULL);
	free(writer.buffer);
	free(mfns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct build_request request = { .kernel.object = "k", .ramdisk.fd = -1, .cmdline = "" };
	char head[BZIMAGE_HEAD_BYTES] = { 0 };
	struct bzimage bzimage;

	if (size < 2) {
		return 0;
	}
	fuzz_pages = 16ull << (data[0] % 10);
	request.pages = fuzz_pages;
	request.kernel.fd = memfd_create("k", 0);
	if (write(request.kernel.fd, data + 2, size - 2) != (ssize_t)(size - 2)) {
		abort();
	}
	if (data[1] & 1) {
		request.ramdisk = request.kernel;
		request.ramdisk.bytes = size - 2;
	}
	memcpy(head, data + 2, size - 2 < sizeof(head) ? size - 2 : sizeof(head));
	if (bzimage_has_magic(head, size - 2) &&
	    bzimage_parse(head, size - 2, "k", &bzimage, NULL) == 0 &&
	    (bzimage.payload_offset > size - 2 ||
	     bzimage.payload_bytes > size - 2 - bzimage.payload_offset)) {
		abort();
	}
	elf_image_peek_end(data + 2, size - 2);
	if (elf_image_read(request.kernel.fd, "k", &request.image, NULL) == 0 &&
	    build_plan(&request, NULL) == 0) {
		fuzz_build(&request);
	}
	close(request.kernel.fd);
	return 0;
}
