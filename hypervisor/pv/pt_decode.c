/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See pt_decode.h. Encodings: Intel SDM vol. 2, chapters 2 (prefixes, ModRM) and 3-5. The effective address is not computed: the page
 * fault told it. Only the length of the ModRM, SIB and displacement bytes matters.
 */
#include "pv/pt_decode.h"

#include "x86/cpu.h"

#define FLAG_PF (1u << 2)
#define FLAG_ZF (1u << 6)
#define FLAG_SF (1u << 7)
#define FLAG_OF (1u << 11)
#define FLAG_AF (1u << 4)

struct cursor {
	const u8 *bytes;
	u32 count, at;
	bool cut;
};

static u8 next(struct cursor *c)
{
	if (c->at >= c->count) {
		c->cut = true;
		return 0;
	}
	return c->bytes[c->at++];
}

static u64 next_signed(struct cursor *c, u32 bytes)
{
	u64 v = 0;
	u32 i;

	for (i = 0; i < bytes; i++) {
		v |= (u64)next(c) << (8 * i);
	}
	return bytes == 8 ? v : (u64)((s64)(v << (64 - 8 * bytes)) >> (64 - 8 * bytes));
}

/* Skips a memory operand; returns ModRM.reg (without REX.R), or -1 for a register operand. */
static int skip_modrm(struct cursor *c)
{
	u8 modrm = next(c), mod = modrm >> 6, rm = modrm & 7, base = rm;

	if (mod == 3) {
		return -1;
	}
	if (rm == 4) {
		base = next(c) & 7;
	}
	if (mod == 1) {
		next(c);
	} else if (mod == 2 || base == 5) {
		(void)next_signed(c, 4);
	}
	return (modrm >> 3) & 7;
}

/* What an opcode means: its operation, whether the operand is a byte, and where the source is. */
struct form {
	u16 opcode;            /* 0x0fxx for the two-byte map */
	s8 ext;                /* required ModRM.reg, -1: it names the register */
	u8 op;
	bool byte;
	u8 imm;                /* 0: register; 1: one byte; 4: operand size, at most 4 */
};
static const struct form forms[] = {
	/* First what Linux uses: ptep_get_and_clear(), ptep_set_wrprotect(). */
	{ 0x87, -1, PT_XCHG, false, 0 },  { 0x80, 4, PT_AND, true, 1 },
	{ 0x88, -1, PT_MOV, true, 0 },    { 0x89, -1, PT_MOV, false, 0 },
	{ 0xc6, 0, PT_MOV, true, 1 },     { 0xc7, 0, PT_MOV, false, 4 },
	{ 0x86, -1, PT_XCHG, true, 0 },
	{ 0x20, -1, PT_AND, true, 0 },    { 0x21, -1, PT_AND, false, 0 },
	{ 0x08, -1, PT_OR, true, 0 },     { 0x09, -1, PT_OR, false, 0 },
	{ 0x30, -1, PT_XOR, true, 0 },    { 0x31, -1, PT_XOR, false, 0 },
	{ 0x81, 4, PT_AND, false, 4 },   { 0x83, 4, PT_AND, false, 1 },
	{ 0x80, 1, PT_OR, true, 1 },      { 0x81, 1, PT_OR, false, 4 },    { 0x83, 1, PT_OR, false, 1 },
	{ 0x80, 6, PT_XOR, true, 1 },     { 0x81, 6, PT_XOR, false, 4 },   { 0x83, 6, PT_XOR, false, 1 },
	{ 0x0fb0, -1, PT_CMPXCHG, true, 0 }, { 0x0fb1, -1, PT_CMPXCHG, false, 0 },
	{ 0x0fab, -1, PT_BTS, false, 0 }, { 0x0fb3, -1, PT_BTR, false, 0 }, { 0x0fbb, -1, PT_BTC, false, 0 },
	{ 0x0fba, 5, PT_BTS, false, 1 },  { 0x0fba, 6, PT_BTR, false, 1 },  { 0x0fba, 7, PT_BTC, false, 1 },
};

static const struct form *find_form(u16 opcode, int modrm_reg)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		if (forms[i].opcode == opcode && (forms[i].ext < 0 || forms[i].ext == modrm_reg)) {
			return &forms[i];
		}
	}
	return NULL;
}

bool pt_decode(const u8 *bytes, u32 count, struct pt_insn *insn)
{
	struct cursor c = { bytes, MIN(count, (u32)PT_INSN_MAX), 0, false };
	bool opsize = false;
	u8 b, rex = 0;
	u16 opcode;
	int reg;
	const struct form *f;

	/* Legacy prefixes that do not matter here: LOCK, segment overrides, branch hints, address size. */
	for (b = next(&c); b == 0xf0 || b == 0x66 || b == 0x2e || b == 0x3e || b == 0x36 || b == 0x26 || b == 0x64 || b == 0x65;
	     b = next(&c)) {
		opsize |= b == 0x66;
	}
	if ((b & 0xf0) == 0x40) {
		rex = b;
		b = next(&c);
	}
	opcode = b == 0x0f ? 0x0f00 | next(&c) : b;
	reg = skip_modrm(&c);
	f = reg < 0 ? NULL : find_form(opcode, reg);
	if (!f || c.cut) {
		return false;
	}
	insn->op = f->op;
	insn->width = f->byte ? 1 : (rex & 8) ? 8 : opsize ? 2 : 4;
	insn->from_imm = f->imm != 0;
	insn->reg = reg | ((rex & 4) << 1);
	insn->high_byte = f->byte && !rex && reg >= 4;
	if (insn->high_byte) {
		insn->reg = reg - 4;
	}
	insn->imm = f->imm ? next_signed(&c, f->imm == 1 ? 1 : MIN((u32)insn->width, 4u)) : 0;
	insn->length = c.at;
	return !c.cut;
}

static u64 width_mask(u32 width)
{
	return width == 8 ? ~0ULL : (1ULL << (8 * width)) - 1;
}

/* Flags of a logical operation or comparison result. */
static u64 result_flags(u64 v, u32 width)
{
	u64 flags = 0;

	flags |= (v & width_mask(width)) == 0 ? FLAG_ZF : 0;
	flags |= (v >> (8 * width - 1)) & 1 ? FLAG_SF : 0;
	flags |= __builtin_parity((u8)v) ? 0 : FLAG_PF;
	return flags;
}

static void execute_cmpxchg(const struct pt_insn *insn, u64 old_mem, u64 src, u64 rax, struct pt_effect *e)
{
	u64 mask = width_mask(insn->width), diff = (rax - old_mem) & mask;

	e->store = diff == 0;
	e->new_mem = src;
	e->reg_changed = diff != 0;
	e->new_reg = old_mem;
	e->flags_clear = FLAG_ZF | FLAG_SF | FLAG_PF | FLAG_AF | FLAG_OF | RFLAGS_CF;
	e->flags_set = result_flags(diff, insn->width);
	e->flags_set |= (rax & mask) < (old_mem & mask) ? RFLAGS_CF : 0;
	e->flags_set |= (rax & 15) < (old_mem & 15) ? FLAG_AF : 0;
	e->flags_set |= (((rax ^ old_mem) & (rax ^ diff)) >> (8 * insn->width - 1)) & 1 ? FLAG_OF : 0;
}

static void execute_bit(const struct pt_insn *insn, u64 old_mem, u64 src, struct pt_effect *e)
{
	u64 bit = 1ULL << (src & (8 * insn->width - 1));

	e->new_mem = insn->op == PT_BTS ? old_mem | bit : insn->op == PT_BTR ? old_mem & ~bit : old_mem ^ bit;
	e->flags_clear = RFLAGS_CF;
	e->flags_set = old_mem & bit ? RFLAGS_CF : 0;
}

void pt_execute(const struct pt_insn *insn, u64 old_mem, u64 src, u64 rax, struct pt_effect *ret)
{
	*ret = (struct pt_effect){ .store = true };
	switch (insn->op) {
	case PT_MOV:
		ret->new_mem = src;
		return;
	case PT_XCHG:
		ret->new_mem = src;
		ret->reg_changed = true;
		ret->new_reg = old_mem;
		return;
	case PT_CMPXCHG:
		execute_cmpxchg(insn, old_mem, src, rax, ret);
		return;
	case PT_BTS:
	case PT_BTR:
	case PT_BTC:
		execute_bit(insn, old_mem, src, ret);
		return;
	case PT_AND:
		ret->new_mem = old_mem & src;
		break;
	case PT_OR:
		ret->new_mem = old_mem | src;
		break;
	case PT_XOR:
		ret->new_mem = old_mem ^ src;
		break;
	}
	ret->flags_clear = FLAG_ZF | FLAG_SF | FLAG_PF | FLAG_OF | RFLAGS_CF;
	ret->flags_set = result_flags(ret->new_mem, insn->width);
}
