// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual device numbers. Names follow Linux: letters count disks, digits partitions. Numbers are
 * those of the device files that the names once had, because guests expect them; xvd devices beyond
 * 16 disks or 16 partitions have numbers of their own kind, with bit 28 set.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/disk.h"

#define VDEV_MAX_DISK 0xfffffu
#define VDEV_MAX_PARTITION 255u

/* Digits without a leading zero or sign, to the end of the text. */
static int vdev_partition(const char *text, uint32_t *partition)
{
	char *stop;
	unsigned long value;

	*partition = 0;
	if (*text == '\0') {
		return 0;
	}
	if (*text < '1' || *text > '9') {
		return -EINVAL;
	}
	value = strtoul(text, &stop, 10);
	if (*stop != '\0' || value > VDEV_MAX_PARTITION) {
		return -EINVAL;
	}
	*partition = (uint32_t)value;
	return 0;
}

/* a = 0, z = 25, aa = 26 ... */
static int vdev_letters(const char *text, uint32_t *disk, uint32_t *partition)
{
	uint64_t number = 0;
	const char *p = text;

	while (*p >= 'a' && *p <= 'z' && number <= VDEV_MAX_DISK) {
		number = number * 26 + (uint64_t)(*p++ - 'a' + 1);
	}
	if (number == 0 || number > VDEV_MAX_DISK) {
		return -EINVAL;
	}
	*disk = (uint32_t)number - 1;
	return vdev_partition(p, partition);
}

static int vdev_encode(char kind, uint32_t disk, uint32_t partition, uint32_t *number)
{
	if (kind == 's') {
		*number = (8u << 8) | (disk << 4) | partition;
		return disk < 16 && partition < 16 ? 0 : -EINVAL;
	}
	if (kind == 'h') {
		*number = ((disk < 2 ? 3u : 22u) << 8) | ((disk & 1) << 6) | partition;
		return disk < 4 && partition < 64 ? 0 : -EINVAL;
	}
	*number = disk < 16 && partition < 16 ? (202u << 8) | (disk << 4) | partition :
		  (1u << 28) | (disk << 8) | partition;
	return 0;
}

/* "d2p5": disk 2, partition 5. */
static int vdev_plain(const char *text, uint32_t *disk, uint32_t *partition)
{
	char *stop;
	unsigned long value;

	if (text[0] < '0' || text[0] > '9') {
		return -EINVAL;
	}
	value = strtoul(text, &stop, 10);
	*disk = (uint32_t)value;
	if (value > VDEV_MAX_DISK || (*stop != '\0' && *stop != 'p')) {
		return -EINVAL;
	}
	return vdev_partition(*stop == 'p' ? stop + 1 : stop, partition);
}

int disk_vdev_number(const char *vdev, uint32_t *number)
{
	uint32_t disk = 0, partition = 0;
	char *stop;
	int rc = -EINVAL;

	if (vdev[0] >= '0' && vdev[0] <= '9') {
		unsigned long value = strtoul(vdev, &stop, 0);

		*number = (uint32_t)value;
		return *stop == '\0' && value < (1u << 29) ? 0 : -EINVAL;
	}
	if (strncmp(vdev, "xvd", 3) == 0) {
		rc = vdev_letters(vdev + 3, &disk, &partition);
	} else if (strncmp(vdev, "sd", 2) == 0 || strncmp(vdev, "hd", 2) == 0) {
		rc = vdev_letters(vdev + 2, &disk, &partition);
	} else if (vdev[0] == 'd') {
		rc = vdev_plain(vdev + 1, &disk, &partition);
	}
	return rc < 0 ? rc : vdev_encode(vdev[0], disk, partition, number);
}
