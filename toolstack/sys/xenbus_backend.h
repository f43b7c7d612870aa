/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store ring of dom0's own kernel: the page and the event channel by which the kernel of the
 * domain that runs xenstored talks to it. Only xenstored uses this.
 */
#ifndef TOOLSTACK_SYS_XENBUS_BACKEND_H
#define TOOLSTACK_SYS_XENBUS_BACKEND_H

#include <stdint.h>

struct error;

/*
 * Maps the ring page (4096 bytes, writable) and gives the kernel's port, to be bound with
 * evtchn_bind_interdomain(ev, own domid, port). Tries /dev/xen/xenbus_backend, then
 * /proc/xen/xsd_kva and /proc/xen/xsd_port. Returns 0 or -errno.
 */
int xenbus_backend_map(void **page, uint32_t *port, struct error *error);
void xenbus_backend_unmap(void *page);

#endif
