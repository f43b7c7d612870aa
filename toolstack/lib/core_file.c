// SPDX-License-Identifier: GPL-2.0-only
/*
 * Beside its place and not in a folder for temporary files: a rename works within one file system only.
 */
#include "lib/core_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/error.h"

static int core_file_fail(const struct core_file *file, int code, struct error *error)
{
	return error_set(error, code, file->path, "cannot be written: %s", strerror(code));
}

int core_file_open(struct core_file *file, const char *path, struct error *error)
{
	struct stat stat_buffer;
	int length = snprintf(file->part, sizeof(file->part), "%s.XXXXXX", path);

	file->path = path;
	file->fd = -1;
	if (stat(path, &stat_buffer) == 0 && !S_ISREG(stat_buffer.st_mode)) {
		return error_set(error, S_ISDIR(stat_buffer.st_mode) ? EISDIR : EINVAL, path, "is %s, not a file that can be replaced",
				 S_ISDIR(stat_buffer.st_mode) ? "a folder" : "a device or a pipe");
	}
	if (length >= (int)sizeof(file->part)) {
		return core_file_fail(file, ENAMETOOLONG, error);
	}
	file->fd = mkostemp(file->part, O_CLOEXEC);
	return file->fd < 0 ? core_file_fail(file, errno, error) : 0;
}

int core_file_write(struct core_file *file, const void *data, size_t bytes, uint64_t offset, struct error *error)
{
	while (bytes != 0) {
		ssize_t done = pwrite(file->fd, data, bytes, (off_t)offset);

		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done <= 0) {
			return core_file_fail(file, done < 0 ? errno : EIO, error);
		}
		data = (const char *)data + done;
		bytes -= (size_t)done;
		offset += (uint64_t)done;
	}
	return 0;
}

void core_file_drop(struct core_file *file)
{
	if (file->fd >= 0) {
		close(file->fd);
		unlink(file->part);
		file->fd = -1;
	}
}

int core_file_finish(struct core_file *file, uint64_t bytes, struct error *error)
{
	int code = 0;

	/* fsync finds the full disk that delayed allocation hid. */
	if (ftruncate(file->fd, (off_t)bytes) < 0 || fsync(file->fd) < 0 || rename(file->part, file->path) < 0) {
		code = errno;
		core_file_drop(file);
		return core_file_fail(file, code, error);
	}
	close(file->fd);
	file->fd = -1;
	return 0;
}
