/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writable page tables: a guest kernel writes to its (read-only) L1 table with an ordinary instruction. The write fault is decoded,
 * the new entry goes through the same checks as an mmu_update, and the instruction is stepped over. Only L1 tables of the current
 * domain; a write to any other read-only page is the guest's own page fault.
 */
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "pv/pt_decode.h"
#include "pv/pt_rules.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/pcpu.h"

/* The register file in the processor's numbering. */
static inline u64 *register_of(struct cpu_user_regs *regs, u32 n)
{
#define AT(name) offsetof(struct cpu_user_regs, name)
	static const u8 at[16] = {
		AT(rax), AT(rcx), AT(rdx), AT(rbx), AT(rsp), AT(rbp), AT(rsi), AT(rdi),
		AT(r8), AT(r9), AT(r10), AT(r11), AT(r12), AT(r13), AT(r14), AT(r15),
	};
#undef AT

	return (u64 *)((char *)regs + at[n & 15]);
}

static u64 source(struct cpu_user_regs *regs, const struct pt_insn *insn)
{
	u64 v;

	if (insn->from_imm) {
		return insn->imm;
	}
	v = *register_of(regs, insn->reg);
	return insn->high_byte ? v >> 8 : v;
}

/* Writes @v to a register with the width's rules: 4 bytes clear the upper half, 1 and 2 keep the rest. */
static void write_register(struct cpu_user_regs *regs, u32 n, const struct pt_insn *insn, u64 v)
{
	u64 *r = register_of(regs, n);

	switch (insn->width) {
	case 8:
		*r = v;
		break;
	case 4:
		*r = (u32)v;
		break;
	case 2:
		*r = (*r & ~0xffffULL) | (v & 0xffff);
		break;
	default:
		if (insn->high_byte && insn->op == PT_XCHG) {
			*r = (*r & ~0xff00ULL) | ((v & 0xff) << 8);
		} else {
			*r = (*r & ~0xffULL) | (v & 0xff);
		}
	}
}

/* Instruction bytes at RIP: all 15, or what its page holds. */
static u32 fetch(u64 rip, u8 *bytes)
{
	u32 here = PAGE_SIZE - (rip & ~PAGE_MASK);

	if (!guest_copy_in(bytes, GVA(rip), PT_INSN_MAX)) {
		return PT_INSN_MAX;
	}
	here = MIN(here, (u32)PT_INSN_MAX);
	return guest_copy_in(bytes, GVA(rip), here) ? 0 : here;
}

/* Applies @insn to the bytes at @offset of the entry at @slot. The table is locked. */
static int apply(struct cpu_user_regs *regs, const struct pt_insn *insn, pte_t *slot, u32 offset)
{
	struct pt_context ctx = PT_SELF(current_vcpu()->domain);
	u32 shift = 8 * offset;
	u64 mask = (insn->width == 8 ? ~0ULL : (1ULL << (8 * insn->width)) - 1) << shift;
	struct pt_effect effect;
	int err;

	do {
		pte_t old = READ_ONCE(*slot);

		pt_execute(insn, (old & mask) >> shift, source(regs, insn), regs->rax, &effect);
		err = 0;
		if (effect.store) {
			pte_t new = (old & ~mask) | ((effect.new_mem << shift) & mask);

			err = pt_set_l1e(&ctx, slot, new, PT_STORE_EXPECT, old);
		}
	} while (err == -EAGAIN);
	if (err) {
		return err;
	}
	if (effect.reg_changed) {
		write_register(regs, insn->op == PT_CMPXCHG ? 0 : insn->reg, insn, effect.new_reg);
	}
	regs->rflags = (regs->rflags & ~effect.flags_clear) | effect.flags_set;
	regs->rip += insn->length;
	return 0;
}

bool pv_emulate_pt_write(struct cpu_user_regs *regs, u64 cr2)
{
	struct vcpu *v = current_vcpu();
	pte_t e = pt_peek_l1e(v->pv.kernel_l4, cr2);
	u32 offset = cr2 & (sizeof(pte_t) - 1);
	struct pt_insn insn;
	struct page_info *pg;
	u8 bytes[PT_INSN_MAX];
	int err;

	if ((e & (PTE_P | PTE_RW)) != PTE_P || !frame_is_ram(pte_mfn(e))) {
		return false;
	}
	if (!pt_decode(bytes, fetch(regs->rip, bytes), &insn) || (offset & (insn.width - 1))) {
		return false;
	}
	pg = mfn_to_page(pte_mfn(e));
	switch (page_lock_table(pg, &v->domain->mem)) {
	case PGT_L1:
		break;
	case 0:
		return false;
	default:
		page_unlock(pg);
		return false;
	}
	err = apply(regs, &insn, (pte_t *)((u64)mfn_to_virt(pte_mfn(e)) + ((cr2 & ~PAGE_MASK) - offset)), offset);
	page_unlock(pg);
	return !err;
}
