/* SPDX-License-Identifier: MIT */
/*
 * event_channel: event_channel_op(cmd, arg): ports, the only signals a guest gets or sends.
 *
 * A port is bound to a peer's port, to a virtual interrupt, to a physical interrupt line or to
 * another vCPU of the same domain. Port 0 is never valid. A raised port becomes pending; unless it
 * is masked, its vCPU's evtchn_upcall_pending is set and, unless the vCPU masks upcalls, the event
 * callback runs.
 *
 * Two forms of pending state exist. Two-level: bitmaps in shared_info, 4096 ports. FIFO: one word
 * per port in pages the guest gives, queues by priority, 2^17 ports; chosen by init_control.
 */
#ifndef LAMINA_PUBLIC_EVENT_CHANNEL_H
#define LAMINA_PUBLIC_EVENT_CHANNEL_H

#include <stdint.h>
#include "abi_check.h"

#define EVTCHNOP_bind_interdomain	0
#define EVTCHNOP_bind_virq		1
#define EVTCHNOP_bind_pirq		2
#define EVTCHNOP_close			3
#define EVTCHNOP_send			4
#define EVTCHNOP_status			5
#define EVTCHNOP_alloc_unbound		6
#define EVTCHNOP_bind_ipi		7
#define EVTCHNOP_bind_vcpu		8
#define EVTCHNOP_unmask			9
#define EVTCHNOP_reset			10
#define EVTCHNOP_init_control		11
#define EVTCHNOP_expand_array		12
#define EVTCHNOP_set_priority		13

/* Virtual interrupts. TIMER, DEBUG, XENOPROF and XENPMU exist per vCPU, the others once. */
#define VIRQ_TIMER	0
#define VIRQ_DEBUG	1
#define VIRQ_CONSOLE	2	/* input for the hypervisor's console */
#define VIRQ_DOM_EXC	3	/* a domain changed state; for the toolstack */
#define VIRQ_TBUF	4
#define VIRQ_DEBUGGER	6
#define VIRQ_XENOPROF	7
#define VIRQ_CON_RING	8
#define VIRQ_PCPU_STATE	9
#define VIRQ_MEM_EVENT	10
#define VIRQ_ARGO	11
#define VIRQ_ENOMEM	12
#define VIRQ_XENPMU	13
#define VIRQ_ARCH_0	16
#define VIRQ_ARCH_1	17
#define VIRQ_ARCH_2	18
#define VIRQ_ARCH_3	19
#define VIRQ_ARCH_4	20
#define VIRQ_ARCH_5	21
#define VIRQ_ARCH_6	22
#define VIRQ_ARCH_7	23
#define VIRQ_MCA	VIRQ_ARCH_0	/* machine check */
#define NR_VIRQS	24

struct evtchn_alloc_unbound {
	uint16_t dom;			/* IN: owner of the new port; DOMID_SELF */
	uint16_t remote_dom;		/* IN: who may bind to it */
	uint32_t port;			/* OUT */
};
ABI_SIZE(struct evtchn_alloc_unbound, 8);

struct evtchn_bind_interdomain {
	uint16_t remote_dom;		/* IN */
	uint32_t remote_port;		/* IN: an unbound port of remote_dom */
	uint32_t local_port;		/* OUT: starts pending */
};
ABI_SIZE(struct evtchn_bind_interdomain, 12);

struct evtchn_bind_virq {
	uint32_t virq;			/* IN: VIRQ_* */
	uint32_t vcpu;			/* IN; 0 for those that exist once */
	uint32_t port;			/* OUT */
};
ABI_SIZE(struct evtchn_bind_virq, 12);

#define BIND_PIRQ__WILL_SHARE	1

struct evtchn_bind_pirq {
	uint32_t pirq;			/* IN */
	uint32_t flags;			/* IN: BIND_PIRQ__* */
	uint32_t port;			/* OUT */
};
ABI_SIZE(struct evtchn_bind_pirq, 12);

struct evtchn_bind_ipi {
	uint32_t vcpu;			/* IN: who gets it */
	uint32_t port;			/* OUT */
};
ABI_SIZE(struct evtchn_bind_ipi, 8);

struct evtchn_close {
	uint32_t port;			/* IN */
};

struct evtchn_send {
	uint32_t port;			/* IN: interdomain or IPI */
};

struct evtchn_unmask {
	uint32_t port;			/* IN: delivered now when it is pending */
};

struct evtchn_bind_vcpu {
	uint32_t port;			/* IN */
	uint32_t vcpu;			/* IN */
};
ABI_SIZE(struct evtchn_bind_vcpu, 8);

struct evtchn_reset {
	uint16_t dom;			/* IN: all ports of this domain close */
};

/* evtchn_status.status */
#define EVTCHNSTAT_closed	0
#define EVTCHNSTAT_unbound	1
#define EVTCHNSTAT_interdomain	2
#define EVTCHNSTAT_pirq		3
#define EVTCHNSTAT_virq		4
#define EVTCHNSTAT_ipi		5

struct evtchn_status {
	uint16_t dom;			/* IN */
	uint32_t port;			/* IN */
	uint32_t status;		/* OUT: EVTCHNSTAT_* */
	uint32_t vcpu;			/* OUT */
	union {				/* OUT, by status */
		struct {
			uint16_t dom;
		} unbound;
		struct {
			uint16_t dom;
			uint32_t port;
		} interdomain;
		uint32_t pirq;
		uint32_t virq;
	} u;
};
ABI_SIZE(struct evtchn_status, 24);
ABI_OFFSET(struct evtchn_status, u, 16);

struct evtchn_init_control {
	uint64_t control_gfn;		/* IN: page of the control block (an MFN for PV) */
	uint32_t offset;		/* IN: bytes into it, multiple of 8 */
	uint32_t vcpu;			/* IN */
	uint8_t link_bits;		/* OUT: usable bits of LINK */
	uint8_t _pad[7];
};
ABI_SIZE(struct evtchn_init_control, 24);

struct evtchn_expand_array {
	uint64_t array_gfn;		/* IN: page for the next 1024 event words */
};

struct evtchn_set_priority {
	uint32_t port;			/* IN */
	uint32_t priority;		/* IN: EVTCHN_FIFO_PRIORITY_* */
};
ABI_SIZE(struct evtchn_set_priority, 8);

#define EVTCHN_2L_NR_CHANNELS	4096

#define EVTCHN_FIFO_PRIORITY_MAX	0
#define EVTCHN_FIFO_PRIORITY_DEFAULT	7
#define EVTCHN_FIFO_PRIORITY_MIN	15
#define EVTCHN_FIFO_MAX_QUEUES		(EVTCHN_FIFO_PRIORITY_MIN + 1)

/* Bits of an event word; the low bits link to the next port of the queue, 0 at its end. */
#define EVTCHN_FIFO_PENDING	31
#define EVTCHN_FIFO_MASKED	30
#define EVTCHN_FIFO_LINKED	29
#define EVTCHN_FIFO_BUSY	28
#define EVTCHN_FIFO_LINK_BITS	17
#define EVTCHN_FIFO_LINK_MASK	((1 << EVTCHN_FIFO_LINK_BITS) - 1)
#define EVTCHN_FIFO_NR_CHANNELS	(1 << EVTCHN_FIFO_LINK_BITS)

struct evtchn_fifo_control_block {
	uint32_t ready;			/* bit = queue that has become non-empty */
	uint32_t _rsvd;
	uint32_t head[EVTCHN_FIFO_MAX_QUEUES];	/* first port of each queue */
};
ABI_SIZE(struct evtchn_fifo_control_block, 72);

#endif
