/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The byte queues of a guest's store page, as the server sees them.
 *
 * The guest can write every byte of the page at any time. Indices are read once each, checked,
 * and only the checked copy is used; bytes are copied once. Wrong indices are an error of that
 * guest, never a wild access.
 */
#ifndef XENBUS_RING_H
#define XENBUS_RING_H

#include <public/io_xenstore.h>
#include <stddef.h>
#include <sys/types.h>

/* Takes up to @bytes of the guest's requests: how many, 0 when there are none, -ERANGE. */
ssize_t ring_read(struct xenstore_domain_interface *ring, void *buffer, size_t bytes);
/* Puts up to @bytes of replies: how many, 0 when there is no room, -ERANGE. */
ssize_t ring_write(struct xenstore_domain_interface *ring, const void *data, size_t bytes);

#endif
