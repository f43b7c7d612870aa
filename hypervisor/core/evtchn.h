/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels: one-bit notifications between domains, from the hypervisor (VIRQs), from devices (PIRQs) and between a
 * domain's own vCPUs (IPIs). Ports are indices of a lazily grown two-level table of struct evtchn. Delivery goes through one of
 * two back ends per domain: 2-level bitmaps (evtchn_2l.c) or FIFO queues (evtchn_fifo.c).
 *
 * Operations are split: functions here know no guest memory and no `current`; the adapter (hypercall/event_channel.c) does.
 * evtchn_reserve_*() gives a port that nobody else can see; evtchn_commit() makes it valid, evtchn_cancel() takes it back.
 */
#ifndef LAMINA_CORE_EVTCHN_H
#define LAMINA_CORE_EVTCHN_H

#include "lib/types.h"
#include "x86/spinlock.h"

struct domain;
struct vcpu;
struct evtchn;
struct evtchn_fifo;
struct evtchn_status;

#define EVTCHN_PORTS_MAX   (1u << 17)
#define EVTCHN_PER_BUCKET  64           /* struct evtchn per allocated bucket: sized to fit one page or less */
#define EVTCHN_POLL_WORDS  2            /* one bit per vCPU, MAX_VCPUS */

struct domain_evtchn {
	spinlock_t lock;                /* irq-safe; port table and states */
	struct evtchn **buckets;        /* table of buckets, grown on demand; read under the lock only */
	u32 bucket_slots;               /* entries of that table */
	u32 bucket_count;               /* buckets that exist */
	u32 max_ports;                  /* limit given at creation */
	u32 made;                       /* ports below this number have been in use since the last reset */
	u32 free_head;                  /* list of closed ports below `made`, 0 ends */
	u32 active;                     /* ports that are not closed */
	u32 reset_next;                 /* progress of evtchn_reset() */
	bool eoi_unmasks;               /* PHYSDEVOP_eoi unmasks the port too (eoi page, version 1) */
	struct evtchn_fifo *fifo;       /* non-NULL: FIFO delivery */
	u32 *pirq_ports;                /* PIRQ -> port, MAX_PIRQS entries from the first binding on; dom0 only */
	u64 pollers[EVTCHN_POLL_WORDS]; /* atomic: vCPUs in SCHEDOP_poll */
};

#define EVTCHN_VIRQS 24
struct vcpu_evtchn {
	u32 virq_port[EVTCHN_VIRQS];    /* 0: not bound; those that exist once are kept at vCPU 0 */
	u32 polled_port;                /* SCHEDOP_poll of one port, 0 none or several */
};

int evtchn_init_domain(struct domain *d, u32 max_ports) __must_check;
/* Closes ports in steps; -ERESTART when preempted, 0 when all are closed and memory is freed. */
int evtchn_destroy_step(struct domain *d) __must_check;

int evtchn_reserve_unbound(struct domain *owner, domid_t remote, evtchn_port_t *port) __must_check;
/* Connects a new port of @d to @remote_port of @remote (unbound, for d). Committing marks the local port pending once. */
int evtchn_reserve_interdomain(struct domain *d, struct domain *remote, evtchn_port_t remote_port,
			       evtchn_port_t *port) __must_check;
int evtchn_reserve_virq(struct domain *d, u32 virq, u32 vcpu, evtchn_port_t *port) __must_check;
int evtchn_reserve_ipi(struct domain *d, u32 vcpu, evtchn_port_t *port) __must_check;
int evtchn_reserve_pirq(struct domain *d, u32 pirq, bool shareable, evtchn_port_t *port) __must_check;
void evtchn_commit(struct domain *d, evtchn_port_t port);
void evtchn_cancel(struct domain *d, evtchn_port_t port);

int evtchn_close(struct domain *d, evtchn_port_t port) __must_check;
int evtchn_send(struct domain *d, evtchn_port_t port);
int evtchn_status(struct domain *d, evtchn_port_t port, struct evtchn_status *out) __must_check;
int evtchn_bind_vcpu(struct domain *d, evtchn_port_t port, u32 vcpu) __must_check;
int evtchn_unmask(struct domain *d, evtchn_port_t port) __must_check;
/* Closes every port and goes back to 2-level delivery; -ERESTART when preempted. */
int evtchn_reset(struct domain *d) __must_check;
int evtchn_set_priority(struct domain *d, evtchn_port_t port, u32 priority) __must_check;
/* FIFO set-up: @gfn of the control block (offset 8-aligned) for @vcpu, and event-array pages. */
int evtchn_fifo_init_control(struct domain *d, u32 vcpu, mfn_t mfn, u32 offset) __must_check;
int evtchn_fifo_expand_array(struct domain *d, mfn_t mfn) __must_check;

/* False for 0 and for numbers that the domain has not had since its last reset. */
bool evtchn_port_exists(struct domain *d, evtchn_port_t port);
/* True if @port (2-level or FIFO) is pending: SCHEDOP_poll. */
bool evtchn_port_pending(struct domain *d, evtchn_port_t port);
/* What the guest's words say of an open port at this moment. */
struct evtchn_marks { bool pending, masked; };
struct evtchn_marks evtchn_port_marks(struct domain *d, evtchn_port_t port);
/*
 * SCHEDOP_poll: from now on a port of @v's domain that becomes pending wakes @v from VCPU_POLLING (@port only, unless it is 0:
 * any). Call it before looking at evtchn_port_pending() for the last time. The registration ends with that wake-up or with
 * evtchn_poll_end(); one that is left behind costs a needless wake-up, no more.
 */
void evtchn_poll_begin(struct vcpu *v, evtchn_port_t port);
void evtchn_poll_end(struct vcpu *v);
/*
 * @v, the current vCPU, sleeps until one of @ports is pending, an upcall is due, or @until_ns (0: no limit). It stops on the way
 * back to the guest, so this returns at once.
 */
void evtchn_poll_sleep(struct vcpu *v, const u32 *ports, u32 count, u64 until_ns);
bool evtchn_ports_exist(struct domain *d, const u32 *ports, u32 count);
/* Clears a pending event that nobody else will look at: its port is masked and on no queue. True: there was one. */
bool evtchn_port_take(struct domain *d, evtchn_port_t port);

/* Raises @virq on @v (per-vCPU VIRQs) or on the vCPU that bound it. Any context. */
void evtchn_raise_virq(struct vcpu *v, u32 virq);
void evtchn_raise_global_virq(u32 virq);
/* A device interrupt of @d. Interrupt context. */
void evtchn_raise_pirq(struct domain *d, u32 pirq);

/*
 * Sets upcall_pending of @v and wakes or kicks it if it was clear and unmasked: the last step of both back ends, also used when a
 * vcpu_info moves. Any context.
 */
void vcpu_mark_events_pending(struct vcpu *v);

#endif
