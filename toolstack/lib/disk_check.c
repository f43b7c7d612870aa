// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images before anything is created: what can be known without using them. The lock is the one that
 * lam-blkd takes for good; here it is only tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/disk.h"
#include "sys/error.h"

static int disk_check_size(const struct disk_config *disk, int fd, const struct stat *st,
			   struct error *error)
{
	uint64_t bytes = (uint64_t)st->st_size;

	if (!S_ISREG(st->st_mode) && !S_ISBLK(st->st_mode)) {
		return error_set(error, ENOTBLK, disk->target,
				 "is neither a file nor a block device");
	}
	if (disk->backend == DISK_BACKEND_KERNEL && !S_ISBLK(st->st_mode)) {
		return error_set(error, ENOTBLK, disk->target,
				 "backendtype=phy takes block devices only");
	}
	if (S_ISBLK(st->st_mode) && ioctl(fd, BLKGETSIZE64, &bytes) < 0) {
		return error_set(error, errno, disk->target, "cannot be measured: %s",
				 strerror(errno));
	}
	if (bytes < 512) {
		return error_set(error, EINVAL, disk->target,
				 "is empty: a disk has at least one sector of 512 bytes");
	}
	return 0;
}

static int disk_check_open(struct disk_config *disk, int fd, struct error *error)
{
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0) {
		return error_set(error, errno, disk->target, "cannot be looked at");
	}
	rc = disk_check_size(disk, fd, &st, error);
	if (rc < 0) {
		return rc;
	}
	if (S_ISBLK(st.st_mode)) {
		disk->device_major = major(st.st_rdev);
		disk->device_minor = minor(st.st_rdev);
	}
	if (!disk->is_shared && flock(fd, LOCK_NB | (disk->is_read_only ? LOCK_SH : LOCK_EX)) < 0) {
		error_set(error, EBUSY, disk->target, "is in use by another domain or program");
		error_set_hint(error, "access r shares it for reading, w! takes it all the same");
		return -EBUSY;
	}
	return 0;
}

/* Where execlp() of lam-export will look. */
static int disk_check_tool(const struct disk_config *disk, struct error *error)
{
	static const char *const folders[] = { "/usr/bin", "/usr/local/bin", "/bin" };
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/qemu-storage-daemon", folders[i]);
		if (access(path, X_OK) == 0) {
			return 0;
		}
	}
	error_set(error, ENOTSUP, disk->target, "an image of format '%s' needs the program "
		  "qemu-storage-daemon, which is not there", disk->format);
	error_set_hint(error, "install the package qemu-system-common; raw images need nothing");
	return -ENOTSUP;
}

int disk_check(struct disk_config *disk, struct error *error)
{
	char resolved[PATH_MAX];
	int fd, rc;

	/* What its target means, the script knows. */
	if (disk->script[0] != '\0') {
		return access(disk->script, X_OK) == 0 ? 0 :
		       error_set(error, errno, disk->script, "the script of disk %s: %s",
				 disk->vdev, strerror(errno));
	}
	if (disk->format[0] != '\0') {
		rc = disk_check_tool(disk, error);
		if (rc < 0) {
			return rc;
		}
	}

	if (realpath(disk->target, resolved) == NULL) {
		return error_set(error, errno, disk->target, "the image of disk %s: %s", disk->vdev,
				 strerror(errno));
	}
	if (strlen(resolved) >= sizeof(disk->target)) {
		return error_set(error, ENAMETOOLONG, disk->target, "its full path is too long");
	}
	strcpy(disk->target, resolved);
	fd = open(disk->target, (disk->is_read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOCTTY |
		  O_NONBLOCK);
	if (fd < 0) {
		return error_set(error, errno, disk->target, "the image of disk %s cannot be opened "
				 "for %s: %s", disk->vdev,
				 disk->is_read_only ? "reading" : "reading and writing",
				 strerror(errno));
	}
	rc = disk_check_open(disk, fd, error);
	close(fd);
	return rc;
}

static int disk_check_pair(const struct disk_config *a, const struct disk_config *b,
			   struct error *error)
{
	if (a->number == b->number) {
		return error_set(error, EEXIST, b->vdev, "two disks are to be this virtual device");
	}
	if (strcmp(a->target, b->target) == 0 && !(a->is_read_only && b->is_read_only) &&
	    !(a->is_shared && b->is_shared)) {
		return error_set(error, EBUSY, b->target, "is the image of both %s and %s", a->vdev,
				 b->vdev);
	}
	return 0;
}

int disk_check_all(struct disk_config *disks, uint32_t count, struct error *error)
{
	uint32_t i, j;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		rc = disk_check(&disks[i], error);
		for (j = 0; j < i && rc == 0; j++) {
			rc = disk_check_pair(&disks[j], &disks[i], error);
		}
	}
	return rc;
}
