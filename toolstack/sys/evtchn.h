/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels of a dom0 process, by /dev/xen/evtchn.
 *
 * Local ports belong to the open file: closing it closes them. A port that fired is masked by the
 * driver and reported once by evtchn_read(); it fires again only after evtchn_unmask(). The
 * descriptor polls readable while ports are pending and is non-blocking.
 *
 * Functions return 0 or a port (> 0), or -errno.
 */
#ifndef TOOLSTACK_SYS_EVTCHN_H
#define TOOLSTACK_SYS_EVTCHN_H

#include <stdint.h>

struct error;

struct xenctl;

struct evtchn {
	int fd;
	struct xenctl *control;	/* evtchn_wait(); NULL: not tried yet, or there is none */
	int has_no_wait;
};

/* What evtchn_wait() does before and how long it may take. */
struct evtchn_wait {
	const uint32_t *ports;	/* masked ones: taken by evtchn_read(), not unmasked yet */
	uint32_t count;		/* at most 64 */
	uint32_t notify;	/* a port to notify first; 0: none */
	uint64_t timeout_ns;
	uint64_t taken;		/* filled: bit i: ports[i] has fired (again) */
};

int evtchn_open(struct evtchn *evtchn, struct error *error);
void evtchn_close(struct evtchn *evtchn);

/* Binds to @remote_port, which @domid offers to us; returns our port. */
int evtchn_bind_interdomain(struct evtchn *evtchn, uint16_t domid, uint32_t remote_port);
/* A new port that @domid may bind to. */
int evtchn_bind_unbound(struct evtchn *evtchn, uint16_t domid);
int evtchn_bind_virq(struct evtchn *evtchn, uint32_t virq);
int evtchn_unbind(struct evtchn *evtchn, uint32_t port);
int evtchn_notify(struct evtchn *evtchn, uint32_t port);

/* Takes up to @count pending ports; the number taken, or -EAGAIN when none is pending. */
int evtchn_read(struct evtchn *evtchn, uint32_t *ports, unsigned int count);
int evtchn_unmask(struct evtchn *evtchn, uint32_t port);

/*
 * Waits in the hypervisor, the whole virtual processor asleep: short times only. Ends early when dom0 has an interrupt to take.
 * 0 or -errno; -ENOSYS when this hypervisor does not offer it: nothing was notified then.
 */
int evtchn_wait(struct evtchn *evtchn, struct evtchn_wait *wait);

#endif
