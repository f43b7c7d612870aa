// SPDX-License-Identifier: GPL-2.0-only
/*
 * The name comes from the store, where only dom0 writes it; it is checked all the same before it
 * becomes part of a path. Errors of the disk lose output and nothing else.
 */
#include "daemon/console_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int console_log_path(char *path, size_t bytes, const char *folder, const char *name)
{
	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
		return -EINVAL;
	}
	return snprintf(path, bytes, "%s/%s.log", folder, name) < (int)bytes - 2 ? 0 :
	       -ENAMETOOLONG;
}

int console_log_open(struct console_log *log, const char *folder, const char *name)
{
	struct stat st;
	char path[256];
	int rc = console_log_path(path, sizeof(path), folder, name);

	log->fd = -1;
	log->bytes = 0;
	if (rc < 0) {
		return rc;
	}
	log->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (log->fd < 0) {
		return -errno;
	}
	if (fstat(log->fd, &st) == 0) {
		log->bytes = (uint32_t)(st.st_size < CONSOLE_LOG_LIMIT_BYTES ? st.st_size :
					CONSOLE_LOG_LIMIT_BYTES);
	}
	return 0;
}

void console_log_close(struct console_log *log)
{
	if (log->fd >= 0) {
		close(log->fd);
		log->fd = -1;
	}
}

static void console_log_rotate(struct console_log *log, const char *folder, const char *name)
{
	char path[256];
	char old[260];

	if (console_log_path(path, sizeof(path), folder, name) == 0) {
		snprintf(old, sizeof(old), "%s.1", path);
		rename(path, old);
	}
	console_log_close(log);
	console_log_open(log, folder, name);
}

void console_log_add(struct console_log *log, const char *folder, const char *name,
		     const char *data, size_t bytes)
{
	ssize_t n;

	if (log->fd < 0) {
		return;
	}
	if (log->bytes + bytes > CONSOLE_LOG_LIMIT_BYTES) {
		console_log_rotate(log, folder, name);
	}
	n = write(log->fd, data, bytes);
	log->bytes += n > 0 ? (uint32_t)n : 0;
}

size_t console_log_tail(const struct console_log *log, char *buffer, size_t room)
{
	size_t offset = log->bytes > room ? log->bytes - room : 0;
	ssize_t n = log->fd < 0 ? 0 : pread(log->fd, buffer, room, (off_t)offset);

	return n > 0 ? (size_t)n : 0;
}
