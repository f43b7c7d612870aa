// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks of the open file description: a daemon keeps its descriptor open until it ends, and asking
 * about the lock does not take it for a moment.
 */
#include "lib/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/paths.h"
#include "sys/error.h"

int run_dir_create(struct error *error)
{
	static const char *const folders[] = { LAMINA_RUN_DIR, LAMINA_CONFIG_DIR };
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (mkdir(folders[i], 0700) < 0 && errno != EEXIST) {
			return error_set(error, errno, folders[i], "cannot make this folder: %s",
					 strerror(errno));
		}
	}
	return 0;
}

static void run_lock_path(const char *daemon, char *path, size_t bytes)
{
	snprintf(path, bytes, "%s/%s.lock", LAMINA_RUN_DIR, daemon);
}

int run_lock_take(const char *daemon, struct error *error)
{
	struct flock lock = { .l_type = F_WRLCK };
	char path[128];
	int rc = run_dir_create(error);
	int fd;

	if (rc < 0) {
		return rc;
	}
	run_lock_path(daemon, path, sizeof(path));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		return error_set(error, errno, path, "cannot open it: %s", strerror(errno));
	}
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		rc = errno == EAGAIN || errno == EACCES ?
		     error_set(error, EBUSY, daemon, "another one is running already") :
		     error_set(error, errno, path, "cannot lock it: %s", strerror(errno));
		close(fd);
		return rc;
	}
	return 0;
}

bool run_lock_is_held(const char *daemon)
{
	struct flock lock = { .l_type = F_WRLCK };
	char path[128];
	bool held;
	int fd;

	run_lock_path(daemon, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return held;
}
