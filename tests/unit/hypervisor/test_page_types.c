// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model test of types and counts: random page-table operations on the real mm/ and pv/pt_*.c beside a slow, obvious reference that
 * keeps types and counts in plain integers and undoes a refused operation by copying its whole state back. After every operation
 * results and all counts must agree. The other tests bend what the model does not have: interruptions, abandoned operations, counts at
 * their limit.
 */
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
#include "pv/pt_rules.h"
#include "pv/pv.h"
#include "x86/own_maps.h"
#include "x86/page.h"
#include "x86/pcpu.h"

#define FRAMES 14           /* frames of the domain that the tests play with */
#define SLOTS  3            /* entries used of each */
#define STEPS  200000

static struct domain dom;
static struct vcpu vcpu;
static struct domain stranger;
static mfn_t frames[FRAMES], strange_frame;
static u32 seed = 1;

/* --- What pv/pt_*.c calls and this program does not link --------------------------------------------------------------------- */

void refusal_record(struct domain *d, const char *op, const char *rule, u64 a, u64 b)
{
	(void)d, (void)op, (void)rule, (void)a, (void)b;
}
void refusal_record_frame(struct domain *d, const char *op, const char *rule, u64 arg, mfn_t mfn)
{
	refusal_record(d, op, rule, arg, mfn.v);
}
void pv_load_cr3(struct vcpu *v) { (void)v; }

static u32 rnd(u32 n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* --- The reference ------------------------------------------------------------------------------------------------------------ */

struct model_frame {
	u64 type;               /* PGT_* or PGT_NONE; meaningful while count > 0 */
	int count, refs;        /* type references; general references beyond the owner's own */
	bool pinned;
	u64 e[SLOTS];
};
struct model {
	struct model_frame f[FRAMES];
	int root;               /* kernel base pointer, -1 none */
};
static struct model model;

static int frame_of(u64 entry)
{
	int i;

	for (i = 0; i < FRAMES; i++) {
		if (frames[i].v == pte_mfn(entry).v) {
			return i;
		}
	}
	return -1;
}

static bool model_get(struct model *m, int f, u64 type);

static bool model_get_entry(struct model *m, int level, u64 e)
{
	int t;

	if (!(e & PTE_P)) {
		return true;
	}
	t = frame_of(e);
	/* Bit 7 is PSE above and PAT in L1: refused everywhere, as cache attributes are. */
	if (t < 0 || (e & (PTE_PSE | PTE_PCD))) {
		return false;
	}
	if (level > 1 ? !model_get(m, t, pt_type_of_level(level - 1)) : (e & PTE_RW) && !model_get(m, t, PGT_WRITABLE)) {
		return false;
	}
	m->f[t].refs++;
	return true;
}

static void model_put(struct model *m, int f);

static void model_put_entry(struct model *m, int level, u64 e)
{
	int t = frame_of(e);

	if (!(e & PTE_P)) {
		return;
	}
	if (level > 1 || (e & PTE_RW)) {
		model_put(m, t);
	}
	m->f[t].refs--;
}

static bool model_get(struct model *m, int f, u64 type)
{
	struct model_frame *p = &m->f[f];
	int i;

	if (p->count > 0) {
		p->count += p->type == type;
		return p->type == type;
	}
	p->type = type;
	p->count = 1;
	for (i = 0; type <= PGT_L4 && i < SLOTS; i++) {
		if (!model_get_entry(m, pt_level_of_type(type), p->e[i])) {
			return false;
		}
	}
	return true;
}

static void model_put(struct model *m, int f)
{
	struct model_frame *p = &m->f[f];
	int i;

	if (--p->count == 0 && p->type <= PGT_L4) {
		for (i = 0; i < SLOTS; i++) {
			model_put_entry(m, pt_level_of_type(p->type), p->e[i]);
		}
	}
}

static bool model_pin(struct model *m, int f, int level)
{
	if (!model_get(m, f, pt_type_of_level(level)) || m->f[f].pinned) {
		return false;
	}
	m->f[f].refs++;
	m->f[f].pinned = true;
	return true;
}

static bool model_unpin(struct model *m, int f)
{
	if (!m->f[f].pinned) {
		return false;
	}
	m->f[f].pinned = false;
	model_put(m, f);
	m->f[f].refs--;
	return true;
}

static bool model_update(struct model *m, int f, int slot, u64 e)
{
	struct model_frame *p = &m->f[f];
	u64 old = p->e[slot];

	if (p->count == 0 || p->type == PGT_WRITABLE) {
		p->e[slot] = e;
		return true;
	}
	/* The table keeps its own references while the new target is taken: the order matters when both are the same frame. */
	if (!model_get_entry(m, pt_level_of_type(p->type), e)) {
		return false;
	}
	p->e[slot] = e;
	model_put_entry(m, pt_level_of_type(p->type), old);
	return true;
}

static bool model_root(struct model *m, int f)
{
	int old = m->root;

	if (f == old) {
		return true;
	}
	if (!model_get(m, f, PGT_L4)) {
		return false;
	}
	m->f[f].refs++;
	m->root = f;
	if (old >= 0) {
		model_put(m, old);
		m->f[old].refs--;
	}
	return true;
}

/* --- The same operations on the real thing ------------------------------------------------------------------------------------ */

static u64 *slot_address(int f, int slot)
{
	return (u64 *)mfn_to_virt(frames[f]) + slot;
}

static int retry_pending(void)
{
	int err;

	do {
		err = pt_finish_pending(&vcpu);
	} while (err == -ERESTART);
	return err;
}

static int real_pin(int f, int level)
{
	int err;

	do {
		err = pt_pin(&dom, frames[f], level);
	} while (err == -ERESTART);
	return err;
}

static int real_unpin(int f)
{
	int err;

	do {
		err = pt_unpin(&dom, frames[f]);
	} while (err == -ERESTART);
	return err;
}

/* A run of one change. */
static int update_entry(const struct pt_context *ctx, maddr_t slot, u64 e, bool preserve_ad)
{
	struct pt_run run = { NULL };
	int err = pt_update_entry(ctx, &run, slot, e, preserve_ad);

	pt_run_end(&run);
	return err;
}

static int real_update(int f, int slot, u64 e)
{
	struct pt_context ctx = PT_SELF(&dom);
	int err;

	do {
		assert_int_equal(retry_pending(), 0);
		err = update_entry(&ctx, virt_to_maddr(slot_address(f, slot)), e, false);
	} while (err == -ERESTART);
	assert_int_equal(retry_pending(), 0);
	return err;
}

static int real_root(int f)
{
	int err;

	do {
		assert_int_equal(retry_pending(), 0);
		err = pt_set_kernel_l4(&vcpu, frames[f]);
	} while (err == -ERESTART);
	assert_int_equal(retry_pending(), 0);
	return err;
}

static u64 meaning(u64 e)
{
	return e & PTE_P ? e & (PTE_ADDR | PTE_P | PTE_RW) : e;
}

static void compare(void)
{
	int i, s;

	for (i = 0; i < FRAMES; i++) {
		const struct page_info *pg = mfn_to_page(frames[i]);
		const struct model_frame *p = &model.f[i];

		assert_int_equal((u32)pg->type, p->count);
		assert_int_equal((u32)pg->count, p->refs + 1);
		if (p->count) {
			assert_int_equal(pg->type & PGT_TYPE_MASK, p->type);
		}
		assert_int_equal(!!(pg->type & PGT_PINNED), p->pinned);
		assert_int_equal(pg->type & (PGT_LOCKED | PGT_PARTIAL | PGT_UNDOING | PGT_FAILED), 0);
		for (s = 0; s < SLOTS; s++) {
			assert_int_equal(meaning(*slot_address(i, s)), meaning(p->e[s]));
		}
	}
}

static u64 random_entry(void)
{
	static const u64 flags[] = { PTE_P, PTE_P | PTE_RW, PTE_P | PTE_RW | PTE_US | PTE_A, PTE_P | PTE_D, PTE_P | PTE_PSE | PTE_RW,
				     PTE_P | PTE_PCD, 0 };
	u32 what = rnd(24);
	mfn_t mfn = what == 0 ? strange_frame : what == 1 ? MFN(3) : what == 2 ? MFN(1ULL << 39) : frames[rnd(FRAMES)];

	/* Bad flags now and then only, or nothing valid would ever grow. */
	return pte_make(mfn, flags[rnd(10) ? rnd(4) : rnd(ARRAY_SIZE(flags))]);
}

static void one_step(void)
{
	struct model before = model;
	int f = rnd(FRAMES), what = rnd(10), arg = rnd(4);
	u64 e = 0;
	bool ok;
	int err;

	if (what < 2) {
		ok = model_pin(&model, f, arg + 1);
		err = real_pin(f, arg + 1);
	} else if (what < 4) {
		ok = model_unpin(&model, f);
		err = real_unpin(f);
	} else if (what < 5) {
		ok = model_root(&model, f);
		err = real_root(f);
	} else {
		e = random_entry();
		arg = rnd(SLOTS);
		ok = model_update(&model, f, arg, e);
		err = real_update(f, arg, e);
	}
	if (!ok) {
		model = before;
	}
	if ((err == 0) != ok) {
		print_error("operation %d on frame %d (type %llx), argument %d, entry %llx (frame %d, type %llx, count %d): %d\n", what, f,
			    (unsigned long long)before.f[f].type, arg, (unsigned long long)e, frame_of(e),
			    frame_of(e) < 0 ? 0ULL : (unsigned long long)before.f[frame_of(e)].type,
			    frame_of(e) < 0 ? 0 : before.f[frame_of(e)].count, err);
	}
	assert_int_equal(err == 0, ok);
	compare();
}

static void release_all(void)
{
	int i;

	while (pt_release_vcpu(&vcpu) == -ERESTART) {
	}
	vcpu.pv.kernel_l4 = MFN_INVALID;
	model.root = -1;
	for (i = 0; i < FRAMES; i++) {
		int err = real_unpin(i);

		assert_true(err == 0 || err == -EINVAL);
	}
	for (i = 0; i < FRAMES; i++) {
		struct page_info *pg = mfn_to_page(frames[i]);

		while (page_finish_undo(pg, true, true) == -ERESTART) {
		}
	}
	for (i = 0; i < FRAMES; i++) {
		assert_int_equal((u32)mfn_to_page(frames[i])->type, 0);
		assert_int_equal((u32)mfn_to_page(frames[i])->count, 1);
		memset(mfn_to_virt(frames[i]), 0, PAGE_SIZE);
	}
	memset(&model.f, 0, sizeof(model.f));
}

static void model_agrees(void **state)
{
	u32 i;

	(void)state;
	this_pcpu()->work = 0;
	for (i = 0; i < STEPS; i++) {
		one_step();
		if (i % 5000 == 4999) {
			release_all();
		}
	}
	release_all();
}

/* The same with every preemption check saying stop: operations are re-issued until they are through, and nothing may differ. */
static void model_agrees_when_always_interrupted(void **state)
{
	u32 i;

	(void)state;
	this_pcpu()->work = WORK_SCHEDULE;
	for (i = 0; i < STEPS; i++) {
		one_step();
		if (i % 5000 == 4999) {
			release_all();
		}
	}
	release_all();
	this_pcpu()->work = 0;
}

/* A guest that never re-issues what was interrupted: everything comes back all the same. */
static void abandoned_operations_leave_nothing(void **state)
{
	struct pt_context ctx = PT_SELF(&dom);
	u32 i;

	(void)state;
	for (i = 0; i < STEPS; i++) {
		int f = rnd(FRAMES);

		this_pcpu()->work = rnd(2) ? WORK_SCHEDULE : 0;
		switch (rnd(4)) {
		case 0:
			(void)!pt_pin(&dom, frames[f], 1 + rnd(4));
			break;
		case 1:
			(void)!pt_unpin(&dom, frames[f]);
			break;
		case 2:
			if (!pt_finish_pending(&vcpu)) {
				(void)!pt_set_kernel_l4(&vcpu, frames[f]);
			}
			break;
		default:
			if (!pt_finish_pending(&vcpu)) {
				(void)!update_entry(&ctx, virt_to_maddr(slot_address(f, rnd(SLOTS))), random_entry(), rnd(2));
			}
		}
		if (i % 500 == 499) {
			release_all();
		}
	}
	this_pcpu()->work = 0;
	release_all();
}

static void counts_do_not_wrap(void **state)
{
	struct page_info *pg = mfn_to_page(frames[0]);
	u64 count = pg->count, type;

	(void)state;
	pg->count = (count & ~PGC_COUNT_MASK) | 0xfffff000U;
	assert_false(page_ref(pg));
	assert_false(page_get(pg, &dom.mem));
	pg->count = count;
	assert_true(page_get_and_type(pg, &dom.mem, PGT_WRITABLE));
	type = pg->type;
	pg->type = (type & ~PGT_COUNT_MASK) | 0xfffff000U;
	assert_int_equal(page_get_type(pg, PGT_WRITABLE, false), -EBUSY);
	pg->type = type;
	page_put_and_type(pg);
	assert_int_equal((u32)pg->type, 0);
}

static void preserve_ad_keeps_the_bits(void **state)
{
	struct pt_context ctx = PT_SELF(&dom);
	u64 e = pte_make(frames[1], PTE_P | PTE_RW | PTE_A | PTE_D);

	(void)state;
	*slot_address(0, 0) = e;
	assert_int_equal(pt_pin(&dom, frames[0], 1), 0);
	assert_int_equal(update_entry(&ctx, virt_to_maddr(slot_address(0, 0)), pte_make(frames[1], PTE_P), true), 0);
	assert_int_equal(*slot_address(0, 0) & (PTE_A | PTE_D | PTE_RW | PTE_US), PTE_A | PTE_D | PTE_US);
	assert_int_equal((u32)mfn_to_page(frames[1])->type, 0);
	assert_int_equal(update_entry(&ctx, virt_to_maddr(slot_address(0, 0)), pte_make(frames[1], PTE_P), false), 0);
	assert_int_equal(*slot_address(0, 0) & (PTE_A | PTE_D), 0);
	release_all();
}

static void l4_slots_of_the_hypervisor(void **state)
{
	struct pt_context ctx = PT_SELF(&dom);
	u64 *l4 = mfn_to_virt(frames[0]);

	(void)state;
	l4[HV_L4_FIRST] = pte_make(frames[1], PTE_P | PTE_RW);
	assert_int_equal(pt_pin(&dom, frames[0], 4), 0);
	assert_int_equal(pte_mfn(l4[HV_L4_FIRST]).v, HV_L4_FIRST); /* the fake machine's template */
	assert_int_equal((u32)mfn_to_page(frames[1])->type, 0);
	assert_int_equal(update_entry(&ctx, virt_to_maddr(l4 + HV_L4_LAST), pte_make(frames[1], PTE_P), false), -EINVAL);
	release_all();
}

static void teardown_takes_everything(void **state)
{
	u64 free_before = pages_free(false) + FRAMES;
	int err, i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		one_step();
	}
	while (pt_release_vcpu(&vcpu) == -ERESTART) {
	}
	this_pcpu()->work = WORK_SCHEDULE;
	do {
		err = owner_relinquish(&dom.mem);
	} while (err == -ERESTART);
	this_pcpu()->work = 0;
	assert_int_equal(err, 0);
	assert_true(owner_is_empty(&dom.mem));
	assert_int_equal(pages_free(false), free_before);
}

static int setup(void **state)
{
	int i;

	(void)state;
	fake_machine_init();
	dom.id = dom.mem.id = DOMID(1);
	dom.mem.max_pages = 1000;
	stranger.id = stranger.mem.id = DOMID(2);
	stranger.mem.max_pages = 10;
	assert_int_equal(owner_register(&dom.mem), 0);
	assert_int_equal(owner_register(&stranger.mem), 0);
	for (i = 0; i < FRAMES; i++) {
		assert_int_equal(owner_pages_alloc(&dom.mem, 0, ~0ULL, &frames[i]), 0);
	}
	assert_int_equal(owner_pages_alloc(&stranger.mem, 0, ~0ULL, &strange_frame), 0);
	vcpu.domain = &dom;
	vcpu.pv.kernel_l4 = MFN_INVALID;
	vcpu.pv.user_l4 = MFN_INVALID;
	vcpu.pv.kernel_mode = true;
	model.root = -1;
	this_pcpu()->current = &vcpu;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_do_not_wrap),
		cmocka_unit_test(preserve_ad_keeps_the_bits),
		cmocka_unit_test(l4_slots_of_the_hypervisor),
		cmocka_unit_test(model_agrees),
		cmocka_unit_test(model_agrees_when_always_interrupted),
		cmocka_unit_test(abandoned_operations_leave_nothing),
		cmocka_unit_test(teardown_takes_everything),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
