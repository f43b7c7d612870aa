/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the store asks of the machine below: which domains live, their store rings, their event
 * channels. One table of operations, so that tests bring a machine of their own.
 *
 * domains.c is the real one: our hypervisor's control ABI, grants and event channels of dom0.
 */
#ifndef XENBUS_DOMAINS_H
#define XENBUS_DOMAINS_H

#include <stdbool.h>
#include <stdint.h>

struct error;

struct domains_state {
	uint16_t domid;
	bool is_dying;
	bool is_shutdown;
	uint8_t handle[16]; /* tells a new domain from an old one with the same id */
};

/* Functions return 0 or a positive result, or -errno. */
struct domains_ops {
	/* Maps the store ring of @domid; @mfn is where its builder said that it is. */
	int (*map_ring)(void *context, uint16_t domid, uint64_t mfn, void **page);
	void (*unmap_ring)(void *context, uint16_t domid, void *page);
	/* Binds to the port that @domid offers; returns ours. */
	int (*bind)(void *context, uint16_t domid, uint32_t remote_port);
	void (*unbind)(void *context, uint32_t port);
	void (*notify)(void *context, uint32_t port);
	/* The state of one domain: 0 or -ENOENT. */
	int (*query)(void *context, uint16_t domid, struct domains_state *state);
	/* Some domains with id >= @first in order of id, at most @count; how many, 0 when there are none. */
	int (*list)(void *context, uint16_t first, struct domains_state *states, uint32_t count);
	/*
	 * Ids of domains that stopped, began to die or vanished since the last call, at most @count; how many, 0 when these were
	 * all. -ERANGE: too many to tell, or the first call: list() tells.
	 */
	int (*changes)(void *context, uint16_t *domids, uint32_t count);
};

/* --- the real machine ------------------------------------------------------------------------ */

struct domains_machine;

extern const struct domains_ops domains_machine_ops;

/* Opens the devices of dom0. Returns 0 or -errno. */
int domains_machine_open(struct domains_machine **machine, struct error *error);
void domains_machine_close(struct domains_machine *machine);
/* Readable while ports are pending. */
int domains_machine_fd(const struct domains_machine *machine);
/* The port of "a domain changed state", or -errno. */
int domains_machine_bind_state_changes(struct domains_machine *machine);
/* Takes pending ports and unmasks them; how many, 0 when none is pending. */
int domains_machine_read_ports(struct domains_machine *machine, uint32_t *ports, uint32_t count);
/* The ring of dom0's own kernel and the port it offers. */
int domains_machine_map_own_ring(struct domains_machine *machine, void **page, uint32_t *port,
				 struct error *error);

#endif
