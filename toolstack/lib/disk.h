/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A disk as a configuration names it, in xl's grammar: up to four positional parts (target, format,
 * vdev, access), then key=value parts and flags, separated by commas; target= takes all the rest.
 * Prefixes phy: file: raw: tap:aio: and alike in front of a positional target are accepted.
 *
 * Formats other than raw are read and written by qemu-storage-daemon (lam-export).
 *
 * With script= the target is what that script makes of it; the script is run by lam-blkd.
 *
 * What Lamina cannot give (other back-end domains) is refused with a sentence that names it, never ignored.
 */
#ifndef TOOLSTACK_LIB_DISK_H
#define TOOLSTACK_LIB_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_MAX 16u
#define DISK_TARGET_BYTES 1024
#define DISK_VDEV_BYTES 24
#define DISK_FORMAT_BYTES 8
#define DISK_SCRIPT_BYTES 128
#define DISK_SCRIPT_FOLDER "/etc/xen/scripts"
#define DISK_SPEC_BYTES (DISK_TARGET_BYTES + 128)

struct error;

enum disk_backend {
	DISK_BACKEND_OURS,	/* lam-blkd */
	DISK_BACKEND_KERNEL,	/* backendtype=phy: dom0's own driver, block devices only */
};

struct disk_config {
	char target[DISK_TARGET_BYTES];
	char vdev[DISK_VDEV_BYTES];	/* as given: "xvda" */
	uint32_t number;		/* what the guest is told */
	char script[DISK_SCRIPT_BYTES];	/* a path; empty: none, the target is a file or device */
	char format[DISK_FORMAT_BYTES];	/* empty: raw; else as qemu-storage-daemon names it */
	bool is_read_only;
	bool is_shared;			/* access w!: without a lock */
	bool no_discard;
	enum disk_backend backend;
	uint32_t device_major;		/* of a block device, filled by disk_check() */
	uint32_t device_minor;
};

int disk_parse(const char *spec, struct disk_config *disk, struct error *error);

/* The number of a virtual device by its name (xvdb, sda1, hdc, d2p5) or number; -EINVAL. */
int disk_vdev_number(const char *vdev, uint32_t *number);

/* "raw", "qcow2", "vhd": xl's names. */
const char *disk_format_name(const struct disk_config *disk);

/* As snprintf: a text from which disk_parse() gets the same. */
int disk_format(const struct disk_config *disk, char *buffer, size_t bytes);

/*
 * Looks at the image as far as can be without using it: there, a file or block device, of some size,
 * may be opened as wanted, not in use. Makes the path absolute.
 */
int disk_check(struct disk_config *disk, struct error *error);
/* All disks of a domain, and that they do not collide with each other. */
int disk_check_all(struct disk_config *disks, uint32_t count, struct error *error);

#endif
