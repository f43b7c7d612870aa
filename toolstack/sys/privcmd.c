// SPDX-License-Identifier: GPL-2.0-only
/*
 * privcmd: the request numbers and structures are those of Linux's driver (its UAPI), spelled
 * here by hand because distributions do not install that header.
 *
 * Hypercall buffers come from /dev/xen/hypercall, whose pages the kernel never migrates. On
 * kernels without it, locked anonymous memory that is not inherited by fork: copy-on-write after
 * a fork would move the page under a running hypercall.
 */
#include "privcmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "error.h"

#define XENCTL_CACHED_BUFFERS 8
#define XENCTL_PAGE_BYTES 4096ul
/* One mmap_batch call of this many frames keeps the kernel's own allocations small. */
#define PRIVCMD_BATCH_FRAMES 16384u

struct privcmd_hypercall {
	uint64_t op;
	uint64_t arg[5];
};

struct privcmd_mmapbatch_v2 {
	uint32_t num;
	uint16_t dom;
	uint64_t addr;
	const uint64_t *arr;
	int *err;
};

struct privcmd_mmap_resource {
	uint16_t dom;
	uint32_t type;
	uint32_t id;
	uint32_t idx;
	uint64_t num;
	uint64_t addr;
};

#define IOCTL_PRIVCMD_HYPERCALL _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))
#define IOCTL_PRIVCMD_MMAPBATCH_V2 _IOC(_IOC_NONE, 'P', 4, sizeof(struct privcmd_mmapbatch_v2))
#define IOCTL_PRIVCMD_MMAP_RESOURCE _IOC(_IOC_NONE, 'P', 7, sizeof(struct privcmd_mmap_resource))

_Static_assert(IOCTL_PRIVCMD_HYPERCALL == 0x305000, "privcmd hypercall");
_Static_assert(IOCTL_PRIVCMD_MMAPBATCH_V2 == 0x205004, "privcmd mmapbatch");
_Static_assert(IOCTL_PRIVCMD_MMAP_RESOURCE == 0x205007, "privcmd mmap_resource");

struct xenctl {
	int fd;
	int buffer_fd;		/* -1: locked anonymous memory instead */
	unsigned int cached;
	void *cache[XENCTL_CACHED_BUFFERS];
};

static int xenctl_open_device(struct error *error)
{
	static const char *const paths[] = { "/dev/xen/privcmd", "/proc/xen/privcmd" };
	int fd = -1;
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		fd = open(paths[i], O_RDWR | O_CLOEXEC);
		if (fd >= 0) {
			return fd;
		}
		if (errno != ENOENT && errno != ENXIO && errno != ENODEV) {
			return error_set(error, errno, paths[i], "cannot be opened: %s",
					 errno == EACCES ? "only root may" : strerror(errno));
		}
	}
	error_set(error, ENODEV, paths[0], "there is none: this is not dom0 of a hypervisor");
	error_set_hint(error, "boot under Lamina; in dom0, load the module xen-privcmd");
	return -ENODEV;
}

int xenctl_open(struct xenctl **out, struct error *error)
{
	struct xenctl *xc = calloc(1, sizeof(*xc));

	if (xc == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory");
	}
	xc->fd = xenctl_open_device(error);
	if (xc->fd < 0) {
		int rc = xc->fd;

		free(xc);
		return rc;
	}
	xc->buffer_fd = open("/dev/xen/hypercall", O_RDWR | O_CLOEXEC);
	*out = xc;
	return 0;
}

static size_t xenctl_round_pages(size_t bytes)
{
	size_t rounded = (bytes + XENCTL_PAGE_BYTES - 1) & ~(XENCTL_PAGE_BYTES - 1);

	return rounded != 0 ? rounded : XENCTL_PAGE_BYTES;
}

void xenctl_close(struct xenctl *xc)
{
	if (xc == NULL) {
		return;
	}
	while (xc->cached > 0) {
		munmap(xc->cache[--xc->cached], XENCTL_PAGE_BYTES);
	}
	if (xc->buffer_fd >= 0) {
		close(xc->buffer_fd);
	}
	close(xc->fd);
	free(xc);
}

static void *xenctl_buffer_map(struct xenctl *xc, size_t bytes)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE;
	void *buffer;

	if (xc->buffer_fd >= 0) {
		buffer = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, xc->buffer_fd, 0);
		if (buffer != MAP_FAILED) {
			return buffer;
		}
	}
	buffer = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (buffer == MAP_FAILED) {
		return NULL;
	}
	if (madvise(buffer, bytes, MADV_DONTFORK) < 0) {
		munmap(buffer, bytes);
		return NULL;
	}
	return buffer;
}

void *xenctl_buffer_get(struct xenctl *xc, size_t bytes)
{
	size_t rounded = xenctl_round_pages(bytes);
	void *buffer;

	if (rounded < bytes) {
		return NULL;
	}
	if (rounded == XENCTL_PAGE_BYTES && xc->cached > 0) {
		buffer = xc->cache[--xc->cached];
		memset(buffer, 0, bytes);
		return buffer;
	}
	return xenctl_buffer_map(xc, rounded);
}

void xenctl_buffer_put(struct xenctl *xc, void *buffer, size_t bytes)
{
	size_t rounded = xenctl_round_pages(bytes);

	if (buffer == NULL) {
		return;
	}
	if (rounded == XENCTL_PAGE_BYTES && xc->cached < XENCTL_CACHED_BUFFERS) {
		xc->cache[xc->cached++] = buffer;
		return;
	}
	munmap(buffer, rounded);
}

long hypercall_issue(struct xenctl *xc, unsigned int op, const struct hypercall_args *args)
{
	struct privcmd_hypercall call = { .op = op };
	long rc;

	memcpy(call.arg, args->arg, sizeof(call.arg));
	rc = ioctl(xc->fd, IOCTL_PRIVCMD_HYPERCALL, &call);
	return rc < 0 ? -errno : rc;
}

/* Maps one batch at @base. Returns 0 or -errno; errors of single frames stand in errs. */
static int privcmd_map_batch(struct xenctl *xc, uint16_t domid, const struct privcmd_frames *part,
			     void *base)
{
	struct privcmd_mmapbatch_v2 batch = {
		.num = part->count,
		.dom = domid,
		.addr = (uint64_t)(uintptr_t)base,
		.arr = part->mfns,
		.err = part->errs,
	};

	memset(part->errs, 0, part->count * sizeof(*part->errs));
	if (ioctl(xc->fd, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch) < 0 && errno != ENOENT) {
		return -errno;
	}
	return 0;
}

static int privcmd_first_error(const int *errs, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (errs[i] != 0) {
			return errs[i] < 0 ? errs[i] : -EINVAL;
		}
	}
	return 0;
}

static int privcmd_map_batches(struct xenctl *xc, uint16_t domid,
			       const struct privcmd_frames *frames, char *base)
{
	uint32_t done;
	int rc = 0;

	for (done = 0; done < frames->count && rc == 0; done += PRIVCMD_BATCH_FRAMES) {
		uint32_t left = frames->count - done;
		struct privcmd_frames part = {
			.mfns = frames->mfns + done,
			.errs = frames->errs + done,
			.count = left < PRIVCMD_BATCH_FRAMES ? left : PRIVCMD_BATCH_FRAMES,
		};

		rc = privcmd_map_batch(xc, domid, &part, base + done * XENCTL_PAGE_BYTES);
	}
	return rc;
}

int privcmd_map_foreign(struct xenctl *xc, uint16_t domid, const struct privcmd_frames *frames,
			int prot, void **address)
{
	struct privcmd_frames work = *frames;
	size_t bytes = (size_t)frames->count * XENCTL_PAGE_BYTES;
	void *base;
	int rc;

	if (frames->count == 0) {
		return -EINVAL;
	}
	if (work.errs == NULL) {
		work.errs = calloc(work.count, sizeof(*work.errs));
		if (work.errs == NULL) {
			return -ENOMEM;
		}
	}
	base = mmap(NULL, bytes, prot, MAP_SHARED, xc->fd, 0);
	rc = base == MAP_FAILED ? -errno : privcmd_map_batches(xc, domid, &work, base);
	if (frames->errs == NULL) {
		if (rc == 0) {
			rc = privcmd_first_error(work.errs, work.count);
		}
		free(work.errs);
	}
	if (rc < 0) {
		if (base != MAP_FAILED) {
			munmap(base, bytes);
		}
		return rc;
	}
	*address = base;
	return 0;
}

static struct privcmd_mmap_resource privcmd_resource_request(const struct privcmd_resource *r)
{
	return (struct privcmd_mmap_resource){
		.dom = r->domid,
		.type = r->type,
		.id = r->id,
		.idx = r->first,
	};
}

int privcmd_map_resource(struct xenctl *xc, const struct privcmd_resource *resource, int prot,
			 void **address)
{
	struct privcmd_mmap_resource request = privcmd_resource_request(resource);
	size_t bytes;
	void *base;
	int rc;

	if (resource->count == 0 || resource->count > UINT32_MAX) {
		return -EINVAL;
	}
	bytes = resource->count * XENCTL_PAGE_BYTES;
	base = mmap(NULL, bytes, prot, MAP_SHARED, xc->fd, 0);
	if (base == MAP_FAILED) {
		return -errno;
	}
	request.num = resource->count;
	request.addr = (uint64_t)(uintptr_t)base;
	if (ioctl(xc->fd, IOCTL_PRIVCMD_MMAP_RESOURCE, &request) < 0) {
		rc = -errno;
		munmap(base, bytes);
		return rc;
	}
	*address = base;
	return 0;
}

long privcmd_resource_size(struct xenctl *xc, const struct privcmd_resource *resource)
{
	struct privcmd_mmap_resource request = privcmd_resource_request(resource);

	if (ioctl(xc->fd, IOCTL_PRIVCMD_MMAP_RESOURCE, &request) < 0) {
		return -errno;
	}
	return (long)request.num;
}

void privcmd_unmap(void *address, uint64_t count)
{
	if (address != NULL) {
		munmap(address, count * XENCTL_PAGE_BYTES);
	}
}
