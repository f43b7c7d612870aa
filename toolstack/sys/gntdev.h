/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grants of other domains, mapped or copied by a dom0 process through /dev/xen/gntdev.
 *
 * What is mapped stays mapped until gntdev_unmap(), the end of the process included: the kernel
 * unmaps when the last user of the file is gone, so that a killed back end pins no guest page.
 *
 * Functions return 0 or -errno.
 */
#ifndef TOOLSTACK_SYS_GNTDEV_H
#define TOOLSTACK_SYS_GNTDEV_H

#include <stdint.h>

struct error;

struct xenctl;

struct gntdev {
	int fd;
	struct xenctl *control;	/* gntdev_copy()'s short way; NULL: not tried yet, or there is none */
	int has_no_short_way;
};

/* References of one domain, to be mapped consecutively. */
struct gntdev_refs {
	uint16_t domid;
	uint32_t count;
	const uint32_t *refs;
};

/* A mapping; address is NULL when there is none. */
struct gntdev_mapping {
	void *address;
	uint32_t count;
	uint64_t index;
};

enum gntdev_notify_action {
	GNTDEV_NOTIFY_CLEAR_BYTE = 1,
	GNTDEV_NOTIFY_SEND_EVENT = 2,
};

/* One end of a copy: local memory, or with its GREF flag a page that a domain granted. */
struct gntdev_copy_end {
	union {
		void *virt;
		struct {
			uint32_t ref;
			uint16_t offset;
			uint16_t domid;
		} foreign;
	};
};

enum gntdev_copy_flags {
	GNTDEV_COPY_SOURCE_GREF = 1,
	GNTDEV_COPY_DEST_GREF = 2,
};

/* The driver's own layout; status is filled by gntdev_copy(). */
struct gntdev_copy_segment {
	struct gntdev_copy_end source;
	struct gntdev_copy_end dest;
	uint16_t len;
	uint16_t flags;
	int16_t status;
};

int gntdev_open(struct gntdev *gntdev, struct error *error);
void gntdev_close(struct gntdev *gntdev);

/* Maps @refs at one address. At most 1024 references at once. */
int gntdev_map(struct gntdev *gntdev, const struct gntdev_refs *refs, int prot,
	       struct gntdev_mapping *mapping);
void gntdev_unmap(struct gntdev *gntdev, struct gntdev_mapping *mapping);

/*
 * When the mapping goes, however it goes: clear the byte at @offset and/or notify @port, by
 * @actions. The port must be one of this process's.
 */
int gntdev_set_unmap_notify(struct gntdev *gntdev, const struct gntdev_mapping *mapping,
			    uint32_t offset, unsigned int actions, uint32_t port);

/*
 * Copies @count segments; returns 0 when the calls ran: each segment's status says how it went. On
 * Lamina the hypervisor copies straight to and from this process's memory (CONTROL_SYS_GRANT_COPY);
 * segments whose pages are not there, and all on other hypervisors, go through the driver.
 */
int gntdev_copy(struct gntdev *gntdev, struct gntdev_copy_segment *segments, uint32_t count);

#endif
