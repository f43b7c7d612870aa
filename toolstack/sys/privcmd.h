/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercalls and foreign memory from dom0's user space, by the kernel's privcmd driver.
 *
 * struct xenctl is one open connection with a small cache of hypercall buffers. Memory whose
 * address is given to a hypercall must come from xenctl_buffer_get(): only those pages are
 * resident for the whole call. One connection per thread.
 *
 * Functions return 0 or a positive result, or -errno.
 */
#ifndef TOOLSTACK_SYS_PRIVCMD_H
#define TOOLSTACK_SYS_PRIVCMD_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct xenctl;

struct hypercall_args {
	uint64_t arg[5];
};

/* Frames of one domain to map; @errs is NULL, or takes 0 or -errno for each frame. */
struct privcmd_frames {
	const uint64_t *mfns;
	int *errs;
	uint32_t count;
};

struct privcmd_resource {
	uint16_t domid;
	uint32_t type;		/* XENMEM_resource_* */
	uint32_t id;
	uint32_t first;
	uint64_t count;
};

/* Opens /dev/xen/privcmd (or /proc/xen/privcmd) and, where it exists, /dev/xen/hypercall. */
int xenctl_open(struct xenctl **xc, struct error *error);
void xenctl_close(struct xenctl *xc);

/*
 * Zeroed, page-aligned, resident memory for hypercall arguments; NULL when there is none.
 * Buffers of one page are cached; put returns them with the size they were asked for.
 */
void *xenctl_buffer_get(struct xenctl *xc, size_t bytes);
void xenctl_buffer_put(struct xenctl *xc, void *buffer, size_t bytes);

/* The hypercall's own result (>= 0) or -errno. Missing arguments are zero. */
long hypercall_issue(struct xenctl *xc, unsigned int op, const struct hypercall_args *args);
#define hypercall_call(xc, op, ...) \
	hypercall_issue((xc), (op), &(const struct hypercall_args){ { __VA_ARGS__ } })
/* A buffer's address as a hypercall argument. */
#define hypercall_pointer(pointer) ((uint64_t)(uintptr_t)(pointer))

/*
 * Maps @frames of @domid consecutively. With errs NULL, one frame that fails fails the call and
 * nothing stays mapped. With errs, the call succeeds and pages that failed must not be touched.
 * @prot: PROT_READ, PROT_WRITE. Unmap with privcmd_unmap().
 */
int privcmd_map_foreign(struct xenctl *xc, uint16_t domid, const struct privcmd_frames *frames,
			int prot, void **address);

/* Maps frames of a resource (grant table frames of a domain that is being built, ...). */
int privcmd_map_resource(struct xenctl *xc, const struct privcmd_resource *resource, int prot,
			 void **address);
/* The number of frames that the resource has, or -errno. */
long privcmd_resource_size(struct xenctl *xc, const struct privcmd_resource *resource);

void privcmd_unmap(void *address, uint64_t count);

#endif
