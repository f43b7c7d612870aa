/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for floor pv/ in tests of core/ as a whole: vCPUs without registers, pages without contents. Definitions, not
 * declarations: a test program includes it once.
 */
#ifndef LAMINA_TEST_PV_STAND_IN_H
#define LAMINA_TEST_PV_STAND_IN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/domain.h"
#include "core/grant.h"
#include "core/vcpu.h"
#include "fake/machine.h"
#include "lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/page_type.h"
#include "x86/pcpu.h"

static u64 stand_in_loads, stand_in_saves, stand_in_leaves, stand_in_delivers;
static void (*stand_in_on_deliver)(struct vcpu *v), (*stand_in_on_save)(struct vcpu *v), (*stand_in_on_load)(struct vcpu *v);

static void stand_in_call(void (*fn)(struct vcpu *v), struct vcpu *v)
{
	if (fn) {
		fn(v);
	}
}

static int stand_in_init(struct vcpu *v)
{
	v->pv.traps = heap_alloc(64);
	return v->pv.traps ? 0 : -ENOMEM;
}

static void stand_in_destroy(struct vcpu *v)
{
	heap_free(v->pv.traps, 64);
	v->pv.traps = NULL;
}

/* regs.r15 tells whose registers are in the processor. */
static void stand_in_save(struct vcpu *v)
{
	__atomic_fetch_add(&stand_in_saves, 1, __ATOMIC_RELAXED);
	assert_int_equal(guest_regs()->r15, (u64)v);
	v->regs = *guest_regs();
	stand_in_call(stand_in_on_save, v);
}

static void stand_in_load(struct vcpu *v)
{
	__atomic_fetch_add(&stand_in_loads, 1, __ATOMIC_RELAXED);
	stand_in_call(stand_in_on_load, v);
	*guest_regs() = v->regs;
	guest_regs()->r15 = (u64)v;
}

static void stand_in_leave(void)
{
	__atomic_fetch_add(&stand_in_leaves, 1, __ATOMIC_RELAXED);
}

static void stand_in_delivery(struct vcpu *v)
{
	__atomic_fetch_add(&stand_in_delivers, 1, __ATOMIC_RELAXED);
	stand_in_call(stand_in_on_deliver, v);
}

const struct vcpu_ops vcpu_ops = {
	.init = stand_in_init,
	.destroy = stand_in_destroy,
	.save = stand_in_save,
	.load = stand_in_load,
	.leave = stand_in_leave,
	.deliver = stand_in_delivery,
};

static int no_contents(struct page_info *pg, u64 type, bool preemptible)
{
	(void)pg, (void)type, (void)preemptible;
	return 0;
}
const struct page_type_ops page_type_ops = { .validate = no_contents, .devalidate = no_contents };

static int no_map(struct domain *d, u64 host_addr, bool contains_pte, mfn_t mfn, u64 flags)
{
	(void)d, (void)host_addr, (void)contains_pte, (void)mfn, (void)flags;
	return GNTST_general_error;
}

static int no_unmap(struct domain *d, u64 host_addr, bool contains_pte, mfn_t mfn, bool writable)
{
	(void)d, (void)host_addr, (void)contains_pte, (void)mfn, (void)writable;
	return GNTST_general_error;
}
const struct grant_pte_ops grant_pte_ops = { .map = no_map, .unmap = no_unmap };

/* A domain as the toolstack makes it, with the caller's reference. */
static inline struct domain *stand_in_domain(u16 id, u32 vcpus)
{
	struct domain_params p = { .max_pages = 64, .vcpus = vcpus, .max_grant_frames = 4, .max_ports = 64, .privileged = id == 0 };
	struct domain *d = NULL;

	assert_int_equal(domain_create(DOMID(id), &p, &d), 0);
	return d;
}

/* Lets every vCPU run. */
static inline void stand_in_start(struct domain *d)
{
	u32 i;

	for (i = 0; i < d->vcpu_count; i++) {
		sched_vcpu_wake(d->vcpus[i], VCPU_DOWN);
	}
	domain_control_unpause(d);
}

#endif
