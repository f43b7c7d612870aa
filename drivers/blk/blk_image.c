// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening an image: rights, size, whether direct I/O works with any sector, and the lock.
 *
 * The lock is flock()'s: it belongs to the open file, which I/O in flight keeps open beyond the
 * death of the process. A successor that has the lock knows that nothing of its predecessor can
 * reach the image any more. A read-only disk takes a shared lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "drivers/blk/blkd.h"
#include "sys/error.h"

/* What the kernel says of a block device's queue; a partition has its disk's. "" when nothing. */
static void image_read_queue(dev_t device, const char *name, char *text, size_t bytes)
{
	static const char *const places[] = { "", "../" };
	char path[96];
	ssize_t n = 0;
	size_t i;

	for (i = 0; i < 2 && n <= 0; i++) {
		int fd;

		snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%squeue/%s", major(device),
			 minor(device), places[i], name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? 0 : read(fd, text, bytes - 1);
		if (fd >= 0) {
			close(fd);
		}
	}
	text[n > 0 ? n : 0] = '\0';
}

static int image_measure_device(struct blk_image *image, const struct stat *st, uint64_t *bytes)
{
	char text[32];
	int sector = 0;
	unsigned int physical = 0;

	if (ioctl(image->fd, BLKGETSIZE64, bytes) < 0) {
		return -errno;
	}
	if (ioctl(image->fd, BLKSSZGET, &sector) == 0 && sector >= 512 && sector <= 4096) {
		image->sector_bytes = (uint32_t)sector;
	}
	if (ioctl(image->fd, BLKPBSZGET, &physical) == 0 && physical >= 512) {
		image->physical_bytes = physical;
	}
	image_read_queue(st->st_rdev, "discard_max_bytes", text, sizeof(text));
	image->limits.has_discard = text[0] != '\0' && text[0] != '0';
	image_read_queue(st->st_rdev, "write_cache", text, sizeof(text));
	image->has_no_cache = strcmp(text, "write through\n") == 0;
	return 0;
}

static int image_measure(struct blk_image *image, struct error *error, const char *path)
{
	struct stat st;
	uint64_t bytes = 0;
	int rc = fstat(image->fd, &st) < 0 ? -errno : 0;

	image->sector_bytes = BLK_SECTOR_BYTES;
	image->physical_bytes = BLK_SECTOR_BYTES;
	if (rc == 0 && S_ISBLK(st.st_mode)) {
		image->is_block_device = true;
		rc = image_measure_device(image, &st, &bytes);
	} else if (rc == 0 && S_ISREG(st.st_mode)) {
		bytes = (uint64_t)st.st_size;
		image->limits.has_discard = true;
	} else if (rc == 0) {
		return error_set(error, ENOTBLK, path, "is neither a file nor a block device");
	}
	if (rc < 0) {
		return error_set(error, -rc, path, "cannot be measured: %s", strerror(-rc));
	}
	image->limits.sectors = bytes / BLK_SECTOR_BYTES;
	if (image->limits.sectors == 0) {
		return error_set(error, EINVAL, path, "is empty: a disk has at least one sector");
	}
	return 0;
}

/* Direct I/O stays on only when it takes what guests may ask for: any sector. */
static void image_try_direct(struct blk_image *image)
{
	uint32_t unit = image->sector_bytes;
	void *buffer = blk_buffer_get(BLK_PAGE_BYTES);
	int flags = fcntl(image->fd, F_GETFL);

	if (buffer == NULL || flags < 0 || fcntl(image->fd, F_SETFL, flags | O_DIRECT) < 0) {
		blk_buffer_put(buffer, BLK_PAGE_BYTES);
		return;
	}
	image->is_direct = pread(image->fd, (char *)buffer + unit, unit, 0) == (ssize_t)unit;
	if (!image->is_direct) {
		fcntl(image->fd, F_SETFL, flags);
	}
	blk_buffer_put(buffer, BLK_PAGE_BYTES);
}

int blk_image_open(struct blk_image *image, const char *path,
		   const struct blk_image_options *options, struct error *error)
{
	int rc;

	*image = (struct blk_image){
		.fd = open(path, (options->is_read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC |
				 O_NOCTTY | O_NONBLOCK),
	};
	if (image->fd < 0) {
		return error_set(error, errno, path, "cannot be opened: %s", strerror(errno));
	}
	image->limits.is_read_only = options->is_read_only;
	rc = image_measure(image, error, path);
	if (rc == 0 && !options->is_shared &&
	    flock(image->fd, LOCK_NB | (options->is_read_only ? LOCK_SH : LOCK_EX)) < 0) {
		rc = error_set(error, errno == EWOULDBLOCK ? EBUSY : errno, path,
			       "is in use by another disk or program");
	}
	if (rc < 0) {
		blk_image_close(image);
		return rc;
	}
	image->limits.has_discard = image->limits.has_discard && options->wants_discard &&
				    !options->is_read_only;
	image_try_direct(image);
	return 0;
}

void blk_image_close(struct blk_image *image)
{
	if (image->fd >= 0) {
		close(image->fd);
		image->fd = -1;
	}
}

int blk_image_resize(struct blk_image *image, const char *path, struct error *error)
{
	struct blk_image now = { .fd = image->fd };
	int rc = image_measure(&now, error, path);

	if (rc == 0) {
		image->limits.sectors = now.limits.sectors;
	}
	return rc;
}
