// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/xen/gntdev: a map is two steps (register the references, then mmap at the offset that the
 * driver returns), an unmap the same two in reverse. Structures are those of Linux's UAPI.
 */
#include "gntdev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "error.h"
#include "privcmd.h"

#define GNTDEV_PAGE_BYTES 4096ul
#define GNTDEV_MAX_REFS 1024u

struct gntdev_request_ref {
	uint32_t domid;
	uint32_t ref;
};

struct gntdev_request_map {
	uint32_t count;
	uint32_t pad;
	uint64_t index;
	struct gntdev_request_ref refs[1];
};

struct gntdev_request_unmap {
	uint64_t index;
	uint32_t count;
	uint32_t pad;
};

struct gntdev_request_notify {
	uint64_t index;
	uint32_t action;
	uint32_t port;
};

#define GNTDEV_MAP _IOC(_IOC_NONE, 'G', 0, sizeof(struct gntdev_request_map))
#define GNTDEV_UNMAP _IOC(_IOC_NONE, 'G', 1, sizeof(struct gntdev_request_unmap))
#define GNTDEV_NOTIFY _IOC(_IOC_NONE, 'G', 7, sizeof(struct gntdev_request_notify))

_Static_assert(GNTDEV_MAP == 0x184700, "gntdev map");
_Static_assert(GNTDEV_UNMAP == 0x104701, "gntdev unmap");
_Static_assert(GNTDEV_NOTIFY == 0x104707, "gntdev notify");

int gntdev_open(struct gntdev *gntdev, struct error *error)
{
	*gntdev = (struct gntdev){ 0 };
	gntdev->fd = open("/dev/xen/gntdev", O_RDWR | O_CLOEXEC);
	if (gntdev->fd < 0) {
		int rc = error_set(error, errno, "/dev/xen/gntdev", "cannot open it");

		error_set_hint(error, "in dom0, load the module xen-gntdev");
		return rc;
	}
	return 0;
}

void gntdev_close(struct gntdev *gntdev)
{
	if (gntdev->fd >= 0) {
		close(gntdev->fd);
		gntdev->fd = -1;
	}
	xenctl_close(gntdev->control);
	gntdev->control = NULL;
}

static void gntdev_forget(struct gntdev *gntdev, uint64_t index, uint32_t count)
{
	struct gntdev_request_unmap request = { .index = index, .count = count };

	/* Fails only for an index the driver does not know: nothing is left to undo then. */
	ioctl(gntdev->fd, GNTDEV_UNMAP, &request);
}

static struct gntdev_request_map *gntdev_new_request(const struct gntdev_refs *refs)
{
	struct gntdev_request_map *request;
	uint32_t i;

	request = calloc(1, sizeof(*request) + refs->count * sizeof(request->refs[0]));
	if (request == NULL) {
		return NULL;
	}
	request->count = refs->count;
	for (i = 0; i < refs->count; i++) {
		request->refs[i].domid = refs->domid;
		request->refs[i].ref = refs->refs[i];
	}
	return request;
}

int gntdev_map(struct gntdev *gntdev, const struct gntdev_refs *refs, int prot,
	       struct gntdev_mapping *mapping)
{
	struct gntdev_request_map *request;
	int rc = 0;

	if (refs->count == 0 || refs->count > GNTDEV_MAX_REFS) {
		return -EINVAL;
	}
	request = gntdev_new_request(refs);
	if (request == NULL) {
		return -ENOMEM;
	}
	if (ioctl(gntdev->fd, GNTDEV_MAP, request) < 0) {
		rc = -errno;
		goto out;
	}
	mapping->index = request->index;
	mapping->count = refs->count;
	mapping->address = mmap(NULL, refs->count * GNTDEV_PAGE_BYTES, prot, MAP_SHARED,
				gntdev->fd, (off_t)request->index);
	if (mapping->address == MAP_FAILED) {
		rc = -errno;
		mapping->address = NULL;
		gntdev_forget(gntdev, request->index, refs->count);
	}
out:
	free(request);
	return rc;
}

void gntdev_unmap(struct gntdev *gntdev, struct gntdev_mapping *mapping)
{
	if (mapping->address == NULL) {
		return;
	}
	munmap(mapping->address, mapping->count * GNTDEV_PAGE_BYTES);
	gntdev_forget(gntdev, mapping->index, mapping->count);
	mapping->address = NULL;
}

int gntdev_set_unmap_notify(struct gntdev *gntdev, const struct gntdev_mapping *mapping,
			    uint32_t offset, unsigned int actions, uint32_t port)
{
	struct gntdev_request_notify request = {
		.index = mapping->index + offset,
		.action = actions,
		.port = port,
	};

	return ioctl(gntdev->fd, GNTDEV_NOTIFY, &request) < 0 ? -errno : 0;
}
