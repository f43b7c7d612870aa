/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain with a small tree of page tables on the real memory floor and pv/pt_*.c, for tests of what changes entries in them; and a
 * second domain that owns frames. Definitions, not declarations: a test program includes it once.
 *
 * L4[0] L3[0] L2[0] lead to L1 table `maps`, which maps at VA(n): 1 table `l1` read-only, 2 table `l2` read-only, 3 `plain`
 * read-only, 4 `plain2` writable, 5 nothing.
 */
#ifndef LAMINA_TEST_PT_WORLD_H
#define LAMINA_TEST_PT_WORLD_H

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
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/own_maps.h"
#include "x86/page.h"
#include "x86/pcpu.h"

#define VA(n) ((u64)(n) * PAGE_SIZE)

static struct domain dom, stranger;
static struct vcpu vcpu;
static mfn_t l4, l3, l2, maps, l1, plain, plain2, foreign, foreign_table;
static u64 refusals;

void refusal_record(struct domain *d, const char *op, const char *rule, u64 a, u64 b)
{
	(void)d, (void)op, (void)rule, (void)a, (void)b;
	refusals++;
}
void refusal_record_frame(struct domain *d, const char *op, const char *rule, u64 arg, mfn_t mfn)
{
	refusal_record(d, op, rule, arg, mfn.v);
}
void pv_load_cr3(struct vcpu *v) { (void)v; }

static inline pte_t *entry(mfn_t table, u32 i) { return (pte_t *)mfn_to_virt(table) + i; }
static inline u32 refs(mfn_t mfn) { return (u32)mfn_to_page(mfn)->count; }
static inline u32 types(mfn_t mfn) { return (u32)mfn_to_page(mfn)->type; }

static mfn_t own(struct domain *d)
{
	mfn_t mfn;

	assert_int_equal(owner_pages_alloc(&d->mem, 0, ~0ULL, &mfn), 0);
	return mfn;
}

static void world_of_tables(void)
{
	fake_machine_init();
	dom.id = dom.mem.id = DOMID(1);
	stranger.id = stranger.mem.id = DOMID(2);
	dom.mem.max_pages = stranger.mem.max_pages = 100;
	assert_int_equal(owner_register(&dom.mem), 0);
	assert_int_equal(owner_register(&stranger.mem), 0);
	l4 = own(&dom), l3 = own(&dom), l2 = own(&dom), maps = own(&dom), l1 = own(&dom);
	plain = own(&dom), plain2 = own(&dom);
	foreign = own(&stranger), foreign_table = own(&stranger);
	assert_int_equal(pt_pin(&stranger, foreign_table, 1), 0);
	assert_int_equal(pt_pin(&dom, l1, 1), 0);
	*entry(l4, 0) = pte_make(l3, PTE_P | PTE_RW | PTE_US);
	*entry(l3, 0) = pte_make(l2, PTE_P | PTE_RW | PTE_US);
	*entry(l2, 0) = pte_make(maps, PTE_P | PTE_RW | PTE_US);
	*entry(maps, 1) = pte_make(l1, PTE_P | PTE_US);
	*entry(maps, 2) = pte_make(l2, PTE_P | PTE_US);
	*entry(maps, 3) = pte_make(plain, PTE_P | PTE_US);
	*entry(maps, 4) = pte_make(plain2, PTE_P | PTE_RW | PTE_US);
	vcpu.domain = &dom;
	vcpu.pv.kernel_l4 = MFN_INVALID;
	vcpu.pv.user_l4 = MFN_INVALID;
	vcpu.pv.kernel_mode = true;
	this_pcpu()->current = &vcpu;
	assert_int_equal(pt_set_kernel_l4(&vcpu, l4), 0);
	assert_int_equal(refs(plain), 2);
	assert_int_equal(types(plain2), 1);
}

/* Everything goes back; whatever a test forgot or the code leaked shows here. */
static void world_of_tables_ends(void)
{
	assert_int_equal(pt_release_vcpu(&vcpu), 0);
	assert_int_equal(owner_relinquish(&dom.mem), 0);
	assert_int_equal(owner_relinquish(&stranger.mem), 0);
	assert_true(owner_is_empty(&dom.mem));
	assert_true(owner_is_empty(&stranger.mem));
}

#endif
