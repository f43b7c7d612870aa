/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few store instructions a guest kernel uses on its page tables, decoded and computed. Pure functions, for tests and fuzzing.
 */
#ifndef LAMINA_PV_PT_DECODE_H
#define LAMINA_PV_PT_DECODE_H

#include "lib/types.h"

#define PT_INSN_MAX 15

enum pt_op { PT_MOV, PT_XCHG, PT_AND, PT_OR, PT_XOR, PT_CMPXCHG, PT_BTS, PT_BTR, PT_BTC };

struct pt_insn {
	enum pt_op op;
	u8 length;        /* bytes of the instruction */
	u8 width;         /* of the memory operand in bytes: 1, 2, 4, 8 */
	bool from_imm;    /* the source is imm, else register reg */
	bool high_byte;   /* the register is AH, CH, DH or BH */
	u8 reg;           /* 0..15 as the processor numbers them */
	u64 imm;          /* sign-extended */
};

/* Decodes @bytes (@count of them, at most 15). False: none of ours, or cut off. */
bool pt_decode(const u8 *bytes, u32 count, struct pt_insn *insn);

/* What executing @insn does, given the old memory operand and the register values. */
struct pt_effect {
	u64 new_mem;      /* value to store (low width bytes) */
	bool store;       /* cmpxchg that fails stores nothing */
	u64 flags_set, flags_clear;
	bool reg_changed; /* new_reg goes to @insn->reg, or to RAX for cmpxchg */
	u64 new_reg;
};
void pt_execute(const struct pt_insn *insn, u64 old_mem, u64 src, u64 rax, struct pt_effect *ret);

#endif
