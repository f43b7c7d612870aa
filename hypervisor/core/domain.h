/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains: their table, life cycle and references.
 *
 * A domain is found by id in a table; domain_get() takes a reference, domain_put() drops it, the last one frees it. A
 * domain's own vCPU needs no reference while it runs. States only move forward: BUILDING (created, never ran) -> ALIVE ->
 * DYING (destroy began; hypercalls naming it fail with -ESRCH, frames and ports go away step by step) -> DEAD (nothing left;
 * gone from the table). A domain that shut itself down stays ALIVE with is_shut_down set and all vCPUs asleep.
 *
 * Locks, outermost first (ranks in docs/design/locks.md): domain.lock (life cycle, vCPU set-up) > evtchn lock > grant lock >
 * mem.lock (page list and counts) > scheduler queue > timer queue > log.
 */
#ifndef LAMINA_CORE_DOMAIN_H
#define LAMINA_CORE_DOMAIN_H

#include "core/evtchn.h"
#include "core/grant.h"
#include "core/sched.h"
#include "lib/types.h"
#include "mm/owner.h"
#include "public/shared_info.h"
#include "x86/smp.h"
#include "x86/spinlock.h"

struct vcpu;
struct refusal_ring;

#define DOMID_FIRST_RESERVED_RAW 0x7ff0
#define DOMID_SELF_RAW    0x7ff0
#define DOMID_IO_RAW      0x7ff1
#define DOMID_XEN_RAW     0x7ff2
#define DOMID_INVALID_RAW 0x7ff4
#define MAX_VCPUS         128     /* per domain */

enum domain_state { DOMAIN_BUILDING, DOMAIN_ALIVE, DOMAIN_DYING, DOMAIN_DEAD };

/* One entry of the memory map that XENMEM_memory_map answers. */
#define DOMAIN_E820_MAX 32
struct e820_range { u64 start, bytes; u32 type; };

/* What a domain is created with; checked by domain_create(). */
struct domain_params {
	u64 max_pages;
	u32 vcpus;              /* 1..MAX_VCPUS */
	u32 max_grant_frames;   /* 1..64 */
	u32 max_ports;          /* 32..131072 */
	u8 handle[16];          /* the toolstack's uuid */
	bool privileged;        /* dom0 */
	bool confined;
};

#define DOMAIN_WATCHDOGS 2

struct watchdog {
	struct timer timer;
	struct domain *domain;
	bool in_use;            /* under domain.lock */
};

struct domain {
	domid_t id;
	enum domain_state state;
	bool privileged;               /* may use the control ABI, map others' frames and touch devices */
	bool confined;                 /* shares event channels and memory with privileged domains only; set before it runs */
	bool is_shut_down;
	u32 shutdown_code;             /* SHUTDOWN_* once is_shut_down */
	u32 refs;
	u32 pause_count;               /* > 0: no vCPU runs; domain_pause()/unpause() */
	bool paused_by_control;        /* the toolstack's own pause, one level */
	spinlock_t lock;
	bool drained;                  /* tear-down has nothing left to do; lives on while others reference its frames */
	bool buried;                   /* the table's own reference has been dropped; under the table lock */
	u8 handle[16];

	/* vCPUs */
	u32 vcpu_count;                /* slots of vcpus[] */
	struct vcpu **vcpus;           /* vcpus[i] is set once and stays till the domain is freed */

	struct page_owner mem;         /* frames, counts, limits, dirty processors: mm/owner.h */
	struct shared_info *shared_info;

	/* Modules with state of their own */
	struct domain_evtchn ev;
	struct grant_table *grants;
	struct domain_sched sched;
	struct watchdog watchdogs[DOMAIN_WATCHDOGS]; /* core/watchdog.h */
	struct refusal_ring *refusals;

	/* PV machine state shared by all vCPUs */
	u64 vm_assist;                 /* bit per VMASST_TYPE_* */
	u32 e820_count;
	struct e820_range *e820;       /* NULL: one RAM range of max_pages */
	u32 pci_config_address;        /* latch of port 0xCF8 */
	u64 pirq_eoi_mfn;              /* page that PHYSDEVOP_pirq_eoi_gmfn registered, 0 none */
	s64 wallclock_offset_s;        /* added to the machine's wall clock */
	u32 destroy_step;              /* progress of tear-down, see core/domain_destroy.c */
};

extern struct domain *domain0;

/*
 * Creates a domain with id @id (DOMID_INVALID_RAW: choose the next free one) in state BUILDING with one caller's reference.
 * vCPU structs exist afterwards, all down, and the domain is paused by control. -EEXIST, -ENOMEM, -EINVAL.
 */
int domain_create(domid_t id, const struct domain_params *params, struct domain **ret) __must_check;

/* Finds a domain and takes a reference; NULL if there is none or it is dead. DOMID_SELF is the caller's business. Not in interrupts. */
struct domain *domain_get(domid_t id) __must_check;
/* The next domain with an id >= @from, with a reference; NULL at the end. For listings: cost does not depend on gaps. */
struct domain *domain_get_next(u32 from) __must_check;
static inline void domain_put(struct domain *d);
/* Whether two domains may share event channels and grants: the rule behind every binding, mapping and copy between them. */
static inline bool domain_may_share(const struct domain *a, const struct domain *b)
{
	return a == b || a->privileged || b->privileged || (!a->confined && !b->confined);
}
static inline void domain_ref(struct domain *d) { __atomic_fetch_add(&d->refs, 1, __ATOMIC_RELAXED); }

/* How many domains the table holds. */
u32 domain_count(void);

/*
 * Stops every vCPU of @d and waits until none runs (not if it is the caller's own domain). Counted. domain.lock not held: a
 * vCPU that is to stop may be waiting for it.
 */
void domain_pause(struct domain *d);
/* As domain_pause() but does not wait. */
void domain_pause_nosync(struct domain *d);
/* The first one that leaves the count at 0 makes a BUILDING domain ALIVE. */
void domain_unpause(struct domain *d);
/* The toolstack's own pause: one level, idempotent. A new domain has it. */
void domain_control_pause(struct domain *d);
void domain_control_unpause(struct domain *d);

/* The guest or the toolstack ends the domain's run: all vCPUs stop, dom0 gets VIRQ_DOM_EXC. Idempotent. */
void domain_shutdown(struct domain *d, u32 code);
/*
 * Lets a domain that shut down with SHUTDOWN_suspend go on; its hypercall returns 1 when @cancelled, else 0. -EINVAL if it is
 * not shut down.
 */
int domain_resume(struct domain *d, bool cancelled) __must_check;
/*
 * The guest broke the contract beyond an error code: shuts it down with SHUTDOWN_crash and logs the sentence and the
 * registers of the running vCPU. Returns -EINVAL so that `return domain_crash(...)` reads well; the caller must stop acting.
 * When dom0 crashes the machine panics.
 */
int domain_crash(struct domain *d, const char *fmt, ...) __printf(2, 3) __must_check;

/*
 * Tears @d down: -ERESTART when preempted (call again), 0 when nothing is left but references held elsewhere (grants mapped
 * by others). -EINVAL for dom0. The id becomes free when the last reference goes.
 */
int domain_destroy(struct domain *d) __must_check;

/* What domain_put() does out of line: for a domain that is torn down; when the last reference has gone. */
void domain_put_drained(struct domain *d);
void domain_free(struct domain *d);

static inline void domain_put(struct domain *d)
{
	if (unlikely(READ_ONCE(d->drained))) {
		domain_put_drained(d);
	} else if (unlikely(__atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL) == 0)) {
		domain_free(d);
	}
}

static inline bool domain_is_dying(const struct domain *d) { return READ_ONCE(d->state) >= DOMAIN_DYING; }

#endif
