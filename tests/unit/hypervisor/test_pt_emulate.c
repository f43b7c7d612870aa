// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulated stores to page tables, from the fault to the stepped-over instruction, on real tables: beside the processor for
 * entries that map nothing, where every value is allowed; and by the rules of entries for those that do. A store that is not
 * emulated leaves registers and table as they were.
 */
#include "unit/hypervisor/pt_world.h"

#include "pv/pt_rules.h"
#include "unit/hypervisor/native_store.h"

#define ROUNDS 3000 /* of every form */
#define SLOT   37   /* of the table that is written to */

/* Two pages of guest code. */
static u8 code[2 * PAGE_SIZE] __attribute__((aligned(4096)));

static u64 *gpr(struct cpu_user_regs *r, u32 n)
{
	u64 *const map[16] = { &r->rax, &r->rcx, &r->rdx, &r->rbx, &r->rsp, &r->rbp, &r->rsi, &r->rdi,
			       &r->r8, &r->r9, &r->r10, &r->r11, &r->r12, &r->r13, &r->r14, &r->r15 };

	return map[n];
}

/* MOV [RAX], RBX at the start of the code page; the value in RBX. */
static struct cpu_user_regs mov(u64 value)
{
	struct cpu_user_regs r = { .rip = (u64)code, .rbx = value, .rflags = 0x202 };

	fake_guest_memory((u64)code, sizeof(code));
	memcpy(code, "\x48\x89\x18", 3);
	return r;
}

static bool store_at(u64 va, u64 value)
{
	struct cpu_user_regs r = mov(value), before = r;
	bool done = pv_emulate_pt_write(&r, va);

	before.rip += done ? 3 : 0;
	assert_memory_equal(&r, &before, sizeof(r));
	return done;
}

static bool store(u64 value) { return store_at(VA(1) + 8 * SLOT, value); }

/* --- Beside the processor ------------------------------------------------------------------------------------------------------- */

static void run_both(const struct native_insn *insn)
{
	struct cpu_user_regs r = { .rip = (u64)code, .rflags = native->in.flags }, before;
	pte_t *slot = entry(l1, SLOT), old = native->word;
	bool done;
	u32 i;

	memcpy(code, insn->bytes, insn->length);
	for (i = 0; i < 16; i++) {
		*gpr(&r, i) = native->in.r[i];
	}
	before = r;
	*slot = old;
	done = pv_emulate_pt_write(&r, VA(1) + 8 * SLOT + insn->offset);
	native_execute(insn);
	if (native->word & PTE_P) {
		/* An entry that maps something: not one of random values. */
		assert_false(done);
		assert_memory_equal(&r, &before, sizeof(r));
		assert_int_equal(*slot, old);
		return;
	}
	assert_true(done);
	assert_int_equal(*slot, native->word);
	assert_int_equal(r.rip, before.rip + insn->length);
	assert_int_equal((r.rflags ^ native->out.flags) & insn->form->flags, 0);
	assert_int_equal((r.rflags ^ before.rflags) & ~(u64)NATIVE_FLAGS, 0);
	for (i = 0; i < 16; i++) {
		assert_int_equal(*gpr(&r, i), native->out.r[i]);
	}
}

static void every_form_does_what_the_processor_does(void **state)
{
	struct native_insn insn;
	u32 f, i;

	(void)state;
	fake_guest_memory((u64)code, sizeof(code));
	for (f = 0; f < ARRAY_SIZE(native_forms); f++) {
		for (i = 0; i < ROUNDS; i++) {
			native_make(&insn, &native_forms[f]);
			/* What is there maps nothing, and no random frame number is RAM of the domain. */
			if (native->word & PTE_P) {
				continue;
			}
			run_both(&insn);
		}
	}
	*entry(l1, SLOT) = 0;
}

/* --- The rules of entries ------------------------------------------------------------------------------------------------------- */

static void references_come_and_go(void **state)
{
	(void)state;
	assert_true(store(pte_make(plain, PTE_P | PTE_RW | PTE_US)));
	assert_int_equal(refs(plain), 3);
	assert_int_equal(types(plain), 1);
	assert_true(store(pte_make(plain, PTE_P | PTE_US | PTE_A)));
	assert_int_equal(refs(plain), 3);
	assert_int_equal(types(plain), 0);
	assert_true(store(pte_make(plain2, PTE_P | PTE_US)));
	assert_int_equal(refs(plain), 2);
	assert_int_equal(refs(plain2), 3);
	assert_true(store(0));
	assert_int_equal(refs(plain2), 2);
	/* US as the guest kernel needs it, and the mark that it was not asked for. */
	assert_true(store(pte_make(plain, PTE_P | PTE_G)));
	assert_int_equal(*entry(l1, SLOT), pte_make(plain, PTE_P | PTE_US | PTE_GUEST_KERNEL));
	assert_true(store(0));
}

static void forbidden_entries(void **state)
{
	pte_t forbidden[] = {
		pte_make(l1, PTE_P | PTE_RW), pte_make(l2, PTE_P | PTE_RW), pte_make(l4, PTE_P | PTE_RW | PTE_US),
		pte_make(foreign, PTE_P), pte_make(foreign, PTE_P | PTE_RW), pte_make(plain, PTE_P | PTE_PCD),
		pte_make(plain, PTE_P | PTE_PAT), pte_make(MFN(3), PTE_P), pte_make(MFN(1ULL << 30), PTE_P | PTE_RW),
	};
	pte_t before = pte_make(plain, PTE_P | PTE_US);
	u32 i;

	(void)state;
	assert_true(store(before));
	for (i = 0; i < ARRAY_SIZE(forbidden); i++) {
		assert_false(store(forbidden[i]));
		assert_int_equal(*entry(l1, SLOT), before);
	}
	assert_int_equal(refs(foreign), 1);
	assert_int_equal(refs(plain), 3);
	assert_true(store(0));
	/* The same by the other instructions: XCHG and CMPXCHG of RBX. */
	for (i = 0; i < ARRAY_SIZE(forbidden); i++) {
		struct cpu_user_regs r = mov(forbidden[i]), before_r = r;

		memcpy(code, "\x48\x87\x18", 3);
		assert_false(pv_emulate_pt_write(&r, VA(1) + 8 * SLOT));
		memcpy(code, "\x48\x0f\xb1\x18", 4);
		assert_false(pv_emulate_pt_write(&r, VA(1) + 8 * SLOT));
		assert_memory_equal(&r, &before_r, sizeof(r));
		assert_int_equal(*entry(l1, SLOT), 0);
	}
}

/* Stores to parts of an entry that maps something. */
static void parts_of_an_entry(void **state)
{
	struct cpu_user_regs r;

	(void)state;
	assert_true(store(pte_make(plain, PTE_P | PTE_RW | PTE_US)));
	r = mov(0);
	memcpy(code, "\xc6\x00\x00", 3); /* MOVB $0, [RAX]: P goes, the frame number stays */
	assert_true(pv_emulate_pt_write(&r, VA(1) + 8 * SLOT));
	assert_int_equal(*entry(l1, SLOT), pte_make(plain, 0));
	assert_int_equal(refs(plain), 2);
	assert_int_equal(types(plain), 0);
	r.rip = (u64)code;
	memcpy(code, "\xf0\x0f\xba\x28\x00", 5); /* LOCK BTSL $0, [RAX]: mapped again */
	assert_true(pv_emulate_pt_write(&r, VA(1) + 8 * SLOT));
	assert_int_equal(refs(plain), 3);
	r.rip = (u64)code;
	memcpy(code, "\xc7\x00\x01\x00\x00\x00", 6); /* MOVL $1 into the upper half: another frame */
	assert_false(pv_emulate_pt_write(&r, VA(1) + 8 * SLOT + 4));
	assert_int_equal(refs(plain), 3);
	assert_true(store(0));
	assert_int_equal(refs(plain), 2);
}

static void only_l1_tables(void **state)
{
	(void)state;
	assert_false(store_at(VA(2) + 8, 0));                 /* an L2 table */
	assert_false(store_at(VA(2), 0));                     /* its live entry */
	assert_false(store_at(VA(3), 0));                     /* a page that is just read-only */
	assert_false(store_at(VA(4), 0));                     /* a writable page */
	assert_false(store_at(VA(5), 0));                     /* nothing */
	assert_false(store_at(VA(511), 0));
	assert_false(store_at(1ULL << 30, 0));                /* no table */
	assert_false(store_at(1ULL << 39, 0));
	assert_false(store_at((u64)HV_L4_FIRST << 39, 0));    /* the hypervisor's */
	assert_false(store_at(0xffff800000000000ULL, 0));
	assert_false(store_at(HV_HOLE_END - 8, 0));
	assert_false(store_at(~7ULL, 0));
	assert_int_equal(pte_mfn(*entry(l2, 0)).v, maps.v);
	assert_int_equal(types(maps), 1);
	/* A foreign table, mapped as far as a grant can: read-only. */
	assert_int_equal(refs(foreign_table), 2);
	*entry(maps, 6) = pte_make(foreign_table, PTE_P | PTE_US);
	assert_false(store_at(VA(6), pte_make(foreign, PTE_P)));
	*entry(maps, 6) = 0;
}

static void operands_that_cross_entries(void **state)
{
	u32 offset;

	(void)state;
	for (offset = 1; offset < 8; offset++) {
		assert_false(store_at(VA(1) + 8 * SLOT + offset, 0));
	}
	assert_false(store_at(VA(2) - 4, 0));
	assert_true(store_at(VA(2) - 8, 0));
}

/* Instructions at the end of the code that there is. */
static void fetching(void **state)
{
	u32 room, insn_bytes = 3;

	(void)state;
	for (room = 0; room <= 20; room++) {
		struct cpu_user_regs r = mov(0);
		u8 *at = code + PAGE_SIZE - room;
		bool done;

		memcpy(at, "\x48\x89\x18", insn_bytes);
		fake_guest_memory((u64)code, PAGE_SIZE);
		r.rip = (u64)at;
		done = pv_emulate_pt_write(&r, VA(1) + 8 * SLOT);
		assert_int_equal(done, room >= insn_bytes);
		assert_int_equal(r.rip, (u64)at + (done ? insn_bytes : 0));
	}
}

static void instruction_pointers_that_lead_nowhere(void **state)
{
	static const u64 nowhere[] = { 0, 0x1000, 1ULL << 47, (1ULL << 47) - 1, 0xffff800000000000ULL, HV_HOLE_END, ~0ULL, ~0ULL - 14 };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		struct cpu_user_regs r = mov(0), before;

		r.rip = nowhere[i];
		before = r;
		assert_false(pv_emulate_pt_write(&r, VA(1) + 8 * SLOT));
		assert_memory_equal(&r, &before, sizeof(r));
	}
}

static int setup(void **state)
{
	(void)state;
	native_setup();
	world_of_tables();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_of_tables_ends();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_does_what_the_processor_does),
		cmocka_unit_test(references_come_and_go),
		cmocka_unit_test(forbidden_entries),
		cmocka_unit_test(parts_of_an_entry),
		cmocka_unit_test(only_l1_tables),
		cmocka_unit_test(operands_that_cross_entries),
		cmocka_unit_test(fetching),
		cmocka_unit_test(instruction_pointers_that_lead_nowhere),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
