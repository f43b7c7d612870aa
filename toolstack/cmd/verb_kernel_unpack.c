// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel-unpack: the ELF image inside a packed kernel as a file of its own. The hypervisor takes
 * dom0's kernel in that form only, so the package runs this for every kernel that is installed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/terminal.h"
#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/kernel_image.h"

#define KERNEL_COPY_BYTES (1u << 20)
/* No domain: every kernel fits. */
#define KERNEL_ANY_MEMORY (1ull << 40)

static void kernel_draw(void *opaque, uint64_t done, uint64_t total)
{
	(void)opaque;
	terminal_progress("unpacking", done, total);
}

static int kernel_copy(int from, int to, const char *path, struct error *error)
{
	char *buffer = malloc(KERNEL_COPY_BYTES);
	off_t at = 0;
	ssize_t n = 0;
	int rc = buffer != NULL ? 0 : error_set(error, ENOMEM, NULL, "no memory to copy with");

	while (rc == 0 && (n = pread(from, buffer, KERNEL_COPY_BYTES, at)) > 0) {
		if (write(to, buffer, (size_t)n) != n) {
			rc = error_set(error, errno != 0 ? errno : ENOSPC, path, "cannot be written: %s",
				       strerror(errno != 0 ? errno : ENOSPC));
		}
		at += n;
	}
	if (rc == 0 && n < 0) {
		rc = error_set(error, errno, path, "the unpacked kernel cannot be read: %s",
			       strerror(errno));
	}
	free(buffer);
	return rc;
}

/* Under another name first: whoever looks finds the whole file or none. */
static int kernel_write(int from, const char *path, struct error *error)
{
	char temporary[4096];
	int rc, fd;

	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary)) {
		return error_set(error, ENAMETOOLONG, NULL, "the path is too long");
	}
	errno = 0;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		return error_set(error, errno, temporary, "cannot be written: %s", strerror(errno));
	}
	rc = kernel_copy(from, fd, path, error);
	if (rc == 0 && (fsync(fd) < 0 || rename(temporary, path) < 0)) {
		rc = error_set(error, errno, path, "cannot be written: %s", strerror(errno));
	}
	close(fd);
	if (rc < 0) {
		unlink(temporary);
	}
	return rc;
}

static int kernel_unpack_run(struct verb_context *context, int argc, char **argv)
{
	struct kernel_image image = { .fd = -1 };
	struct error error = { 0 };
	int rc;

	if (argc != 3 || argv[1][0] == '-') {
		return verb_usage(context, "a kernel and a file to write are needed");
	}
	if (terminal_is_live(context, stderr)) {
		image.progress = kernel_draw;
	}
	rc = kernel_image_open(argv[1], KERNEL_ANY_MEMORY, &image, &error);
	if (rc == 0) {
		rc = kernel_write(image.fd, argv[2], &error);
		kernel_image_close(&image);
	}
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_kernel_unpack = {
	.name = "kernel-unpack",
	.usage = "KERNEL FILE",
	.summary = "write the ELF image inside a packed kernel, as dom0's kernel must be",
	.run = kernel_unpack_run,
};
