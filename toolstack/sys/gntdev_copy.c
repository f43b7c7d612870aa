// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies by grant, two ways. The driver's (structures of Linux's UAPI) looks up and pins the pages
 * of each segment, some 1500 instructions a segment. The hypervisor's own needs neither: it copies
 * to and from this process's addresses while it is called. A page that is not mapped, or not
 * writable, at that moment (swapped out, shared after a fork) costs its segment the driver's way.
 *
 * One thread of a process copies.
 */
#include "gntdev.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

#include "privcmd.h"
#include "public/control.h"
#include "public/hypercall.h"

#define COPY_AT_ONCE 64u

struct gntdev_request_copy {
	uint32_t count;
	struct gntdev_copy_segment *segments;
};

#define GNTDEV_COPY _IOC(_IOC_NONE, 'G', 8, sizeof(struct gntdev_request_copy))
_Static_assert(GNTDEV_COPY == 0x104708, "gntdev copy");
_Static_assert(sizeof(struct gntdev_copy_segment) == 24, "gntdev copy segment");

static struct control_copy_segment copy_segments[COPY_AT_ONCE];

static int copy_by_driver(struct gntdev *gntdev, struct gntdev_copy_segment *segments,
			  uint32_t count)
{
	struct gntdev_request_copy request = { .count = count, .segments = segments };

	return ioctl(gntdev->fd, GNTDEV_COPY, &request) < 0 ? -errno : 0;
}

/* False for copies between two grants: only the driver does those. */
static bool copy_convert(const struct gntdev_copy_segment *from, struct control_copy_segment *to)
{
	bool to_grant = from->flags == GNTDEV_COPY_DEST_GREF;
	const struct gntdev_copy_end *granted = to_grant ? &from->dest : &from->source;
	const struct gntdev_copy_end *own = to_grant ? &from->source : &from->dest;

	*to = (struct control_copy_segment){
		.address = (uint64_t)(uintptr_t)own->virt,
		.ref = granted->foreign.ref,
		.domid = granted->foreign.domid,
		.offset = granted->foreign.offset,
		.bytes = from->len,
		.flags = to_grant ? CONTROL_COPY_TO_GRANT : 0,
	};
	return to_grant || from->flags == GNTDEV_COPY_SOURCE_GREF;
}

/* 0: done, with all statuses; 1: the driver must do it. */
static int copy_by_hypervisor(struct gntdev *gntdev, struct gntdev_copy_segment *segments,
			      uint32_t count)
{
	struct control_sys op = {
		.version = CONTROL_VERSION,
		.cmd = CONTROL_SYS_GRANT_COPY,
		.u.grant_copy = { .segments = (uint64_t)(uintptr_t)copy_segments, .count = count },
	};
	struct hypercall_args args = { .arg = { (uint64_t)(uintptr_t)&op } };
	uint32_t i;
	long rc;

	for (i = 0; i < count; i++) {
		if (!copy_convert(&segments[i], &copy_segments[i])) {
			return 1;
		}
	}
	rc = hypercall_issue(gntdev->control, __HYPERVISOR_sysctl, &args);
	if (rc < 0) {
		/* Another hypervisor, or an older one; -EFAULT passes. */
		gntdev->has_no_short_way = rc != -EFAULT;
		return 1;
	}
	for (i = 0; i < count; i++) {
		segments[i].status = copy_segments[i].status;
	}
	return 0;
}

/* Segments whose memory was not there: the driver brings it in. */
static int copy_repair(struct gntdev *gntdev, struct gntdev_copy_segment *segments, uint32_t count)
{
	uint32_t i;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		if (segments[i].status == CONTROL_COPY_FAULT) {
			rc = copy_by_driver(gntdev, &segments[i], 1);
		}
	}
	return rc;
}

static bool copy_has_short_way(struct gntdev *gntdev)
{
	if (gntdev->control == NULL && !gntdev->has_no_short_way) {
		gntdev->has_no_short_way = xenctl_open(&gntdev->control, NULL) < 0;
	}
	return !gntdev->has_no_short_way;
}

int gntdev_copy(struct gntdev *gntdev, struct gntdev_copy_segment *segments, uint32_t count)
{
	uint32_t done, part;
	int rc = 0;

	for (done = 0; done < count && rc == 0; done += part) {
		part = count - done < COPY_AT_ONCE ? count - done : COPY_AT_ONCE;
		if (copy_has_short_way(gntdev) &&
		    copy_by_hypervisor(gntdev, segments + done, part) == 0) {
			rc = copy_repair(gntdev, segments + done, part);
		} else {
			rc = copy_by_driver(gntdev, segments + done, part);
		}
	}
	return rc;
}
