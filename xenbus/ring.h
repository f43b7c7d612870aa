/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The byte queues of a guest's store page, as the server sees them.
 *
 * The guest can write every byte of the page at any time. Its indices are read once each, checked,
 * and only the checked copy is used; ours are kept here and never read back; bytes are copied
 * once. Wrong indices are an error of that guest, never a wild access.
 *
 * What was read counts as consumed for the guest only after ring_publish().
 */
#ifndef XENBUS_RING_H
#define XENBUS_RING_H

#include <public/io_xenstore.h>
#include <stddef.h>
#include <sys/types.h>

struct ring {
	struct xenstore_domain_interface *page;
	uint32_t req_cons; /* taken by us */
	uint32_t rsp_prod; /* put by us */
};

/* Begins where the page says that an earlier server ended. */
void ring_attach(struct ring *ring, struct xenstore_domain_interface *page);
/* Takes up to @bytes of the guest's requests: how many, 0 when there are none, -ERANGE. */
ssize_t ring_read(struct ring *ring, void *buffer, size_t bytes);
/* Gives the guest the room of what was read. */
void ring_publish(struct ring *ring);
/* Puts up to @bytes of replies: how many, 0 when there is no room, -ERANGE. */
ssize_t ring_write(struct ring *ring, const void *data, size_t bytes);

#endif
