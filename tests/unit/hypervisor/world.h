/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small world for tests of event channels and grants: domains made by hand on the real memory floor, and simple definitions of
 * what those modules call (scheduler, domain table, refusals, PTEs). Definitions, not declarations: a test program includes it
 * once, and then links neither core/domain.c nor core/sched.c nor pv/.
 */
#ifndef LAMINA_TEST_WORLD_H
#define LAMINA_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/domain.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "fake/machine.h"
#include "lib/errno.h"
#include "mm/owner.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "x86/page.h"
#include "x86/pcpu.h"
#include "x86/smp.h"

#define WORLD_DOMAINS 8

struct domain *domain0;
static struct domain *world[WORLD_DOMAINS];
static u64 world_refusals, world_free_at_start;
/* The last one; of a frame: its number is the second argument. */
static struct { u64 args[2]; bool is_frame; } world_refusal __attribute__((unused));

/* --- What the modules under test call --------------------------------------------------------------------------------------- */

struct domain *domain_get(domid_t id)
{
	struct domain *d = id.v < WORLD_DOMAINS ? world[id.v] : NULL;

	if (d) {
		domain_ref(d);
	}
	return d;
}

/* Tests keep their domains and count references themselves. */
void domain_put_drained(struct domain *d)
{
	assert_true(d->refs > 0);
	__atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL);
}

void domain_free(struct domain *d) { assert_int_equal(d->refs, 0); }

void sched_vcpu_wake(struct vcpu *v, u32 reason) { v->sched.wait &= ~reason; }

void sched_vcpu_kick(struct vcpu *v)
{
	if (v->sched.running) {
		smp_kick(v->sched.cpu);
	}
}

void refusal_record(struct domain *d, const char *op, const char *rule, u64 arg0, u64 arg1)
{
	(void)d, (void)op, (void)rule;
	world_refusal.args[0] = arg0;
	world_refusal.args[1] = arg1;
	world_refusal.is_frame = false;
	world_refusals++;
}

void refusal_record_frame(struct domain *d, const char *op, const char *rule, u64 arg, mfn_t mfn)
{
	refusal_record(d, op, rule, arg, mfn.v);
	world_refusal.is_frame = true;
}

static int no_contents(struct page_info *pg, u64 type, bool preemptible)
{
	(void)pg, (void)type, (void)preemptible;
	return 0;
}
const struct page_type_ops page_type_ops = { .validate = no_contents, .devalidate = no_contents };

/* Guest PTEs by address; each holds references of its own, as the real ones do. Address WORLD_BAD_PTE cannot be mapped. */
#define WORLD_BAD_PTE 0xbad000ULL
#define WORLD_PTES    64
static struct world_pte { u64 addr, flags; mfn_t mfn; bool by_machine; } world_ptes[WORLD_PTES];

static struct world_pte *world_pte_at(u64 addr)
{
	u32 i;

	for (i = 0; i < WORLD_PTES; i++) {
		if (world_ptes[i].addr == addr) {
			return &world_ptes[i];
		}
	}
	return NULL;
}

static int world_pte_map(struct domain *d, u64 addr, bool by_machine, mfn_t mfn, u64 flags)
{
	struct world_pte *pte = world_pte_at(0);

	(void)d;
	if (addr == WORLD_BAD_PTE || !addr) {
		return GNTST_general_error;
	}
	if (!pte) {
		return GNTST_general_error;
	}
	assert_true(page_ref(mfn_to_page(mfn)));
	assert_true(!(flags & PTE_RW) || page_get_type(mfn_to_page(mfn), PGT_WRITABLE, false) == 0);
	*pte = (struct world_pte){ addr, flags, mfn, by_machine };
	return GNTST_okay;
}

static inline void world_pte_clear(struct world_pte *pte)
{
	if (pte->addr && pte->flags & PTE_RW) {
		page_put_and_type(mfn_to_page(pte->mfn));
	} else if (pte->addr) {
		page_put(mfn_to_page(pte->mfn));
	}
	*pte = (struct world_pte){ 0 };
}

static int world_pte_unmap(struct domain *d, u64 addr, bool by_machine, mfn_t mfn, bool writable)
{
	struct world_pte *pte = world_pte_at(addr);

	(void)d;
	if (!pte || pte->by_machine != by_machine || !mfn_eq(pte->mfn, mfn)) {
		return GNTST_bad_virt_addr;
	}
	assert_int_equal(writable, !!(pte->flags & PTE_RW));
	world_pte_clear(pte);
	return GNTST_okay;
}

const struct grant_pte_ops grant_pte_ops = { .map = world_pte_map, .unmap = world_pte_unmap };

/* --- Domains ---------------------------------------------------------------------------------------------------------------- */

static struct domain *world_domain(u16 id, u32 vcpus, u32 ports)
{
	struct domain *d = calloc(1, sizeof(*d));
	u32 i;

	assert_non_null(d);
	assert_null(world[id]);
	d->id = DOMID(id);
	d->mem.id = d->id;
	d->mem.max_pages = 4096;
	d->state = DOMAIN_ALIVE;
	d->privileged = id == 0;
	d->refs = 1;
	assert_int_equal(owner_register(&d->mem), 0);
	d->shared_info = special_page_alloc(&d->mem, true);
	assert_non_null(d->shared_info);
	d->vcpu_count = vcpus;
	d->vcpus = calloc(vcpus, sizeof(*d->vcpus));
	for (i = 0; i < vcpus; i++) {
		d->vcpus[i] = calloc(1, sizeof(struct vcpu));
		d->vcpus[i]->domain = d;
		d->vcpus[i]->id = i;
		d->vcpus[i]->info = i < XEN_LEGACY_MAX_VCPUS ? &d->shared_info->vcpu_info[i] : calloc(1, sizeof(struct vcpu_info));
	}
	assert_int_equal(evtchn_init_domain(d, ports), 0);
	assert_int_equal(grant_init_domain(d, 4), 0);
	world[id] = d;
	if (id == 0) {
		domain0 = d;
	}
	return d;
}

static void world_destroy(struct domain *d)
{
	u32 i;

	d->state = DOMAIN_DYING;
	while (evtchn_destroy_step(d) == -ERESTART) {
	}
	while (owner_relinquish(&d->mem) == -ERESTART) {
	}
	while (grant_destroy_step(d) == -ERESTART) {
	}
	special_page_free(d->shared_info);
	for (i = 0; i < d->vcpu_count; i++) {
		if (i >= XEN_LEGACY_MAX_VCPUS) {
			free(d->vcpus[i]->info);
		}
		free(d->vcpus[i]);
	}
}

/* After world_destroy(), when everybody who holds references has let go. */
static void world_free(struct domain *d)
{
	assert_int_equal(d->refs, 1);
	assert_true(owner_is_empty(&d->mem));
	grant_free_domain(d);
	owner_unregister(&d->mem);
	world[d->id.v] = NULL;
	if (domain0 == d) {
		domain0 = NULL;
	}
	free(d->vcpus);
	free(d);
}

static void world_end(struct domain *d)
{
	world_destroy(d);
	world_free(d);
}

/* A frame of @d's own. */
static inline mfn_t world_page(struct domain *d)
{
	mfn_t mfn;

	assert_int_equal(owner_pages_alloc(&d->mem, 0, ~0ULL, &mfn), 0);
	return mfn;
}

/* Nothing but the owner references the frame. */
static inline bool world_page_unused(mfn_t mfn)
{
	struct page_info *pg = mfn_to_page(mfn);

	return (u32)pg->count == 1 && (u32)pg->type == 0;
}

static int world_setup(void **state)
{
	struct domain *first;

	(void)state;
	fake_machine_init();
	if (!world_free_at_start) {
		/* The owner table's first leaf stays. */
		first = world_domain(1, 1, 32);
		world_end(first);
		world_free_at_start = pages_free(false);
	}
	memset(fake_pirqs, 0, sizeof(fake_pirqs));
	return 0;
}

/* Each test leaves memory as it found it, and interrupts on. */
static int world_teardown(void **state)
{
	u32 i;

	(void)state;
	fake_alloc_fail_at(0);
	for (i = 0; i < WORLD_DOMAINS; i++) {
		assert_null(world[i]);
	}
	assert_true(fake_irqs_on());
	assert_int_equal(pages_free(false), world_free_at_start);
	return 0;
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

#endif
