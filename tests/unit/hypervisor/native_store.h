/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Store instructions made at random and executed on the processor that runs the test: the truth that pv/pt_decode.c and
 * pv/pt_emulate.c are compared with. Definitions, not declarations: a test program includes it once.
 *
 * An instruction is placed between code that loads all sixteen registers and the flags from native.in and stores them to native.out.
 * Everything lies below 2 GiB, so that this code needs no register of its own. The memory operand is always in native.word.
 */
#ifndef LAMINA_TEST_NATIVE_STORE_H
#define LAMINA_TEST_NATIVE_STORE_H

#include <string.h>
#include <sys/mman.h>

#include "lib/types.h"

#define NATIVE_FLAGS 0x8d5u /* CF PF AF ZF SF OF */
#define NATIVE_LOGIC_FLAGS (NATIVE_FLAGS & ~0x10u) /* AF is undefined after AND, OR, XOR */
#define NATIVE_BIT_FLAGS 0x41u /* only CF and ZF are defined after bit operations */
#define NATIVE_INSN_MAX 15

struct native_state { u64 r[16], flags; };
struct native_page {
	struct native_state in, out;
	u64 rsp, word;
};

/* A form of instruction, written down from the manual independently of pt_decode.c. */
struct native_form {
	u8 opcode[2], opcode_bytes;
	s8 ext;          /* ModRM.reg as part of the opcode; -1: it names the source */
	bool byte;
	u8 imm;          /* 0 none, 1 a byte, 4 the operand's size, at most 4 */
	bool lockable;
	u32 flags;       /* defined afterwards; 0: untouched, all compared */
	bool bits;
};
static const struct native_form native_forms[] = {
	{ { 0x88 }, 1, -1, true, 0, false, NATIVE_FLAGS, false }, { { 0x89 }, 1, -1, false, 0, false, NATIVE_FLAGS, false },
	{ { 0xc6 }, 1, 0, true, 1, false, NATIVE_FLAGS, false }, { { 0xc7 }, 1, 0, false, 4, false, NATIVE_FLAGS, false },
	{ { 0x86 }, 1, -1, true, 0, true, NATIVE_FLAGS, false }, { { 0x87 }, 1, -1, false, 0, true, NATIVE_FLAGS, false },
	{ { 0x20 }, 1, -1, true, 0, true, NATIVE_LOGIC_FLAGS, false }, { { 0x21 }, 1, -1, false, 0, true, NATIVE_LOGIC_FLAGS, false },
	{ { 0x08 }, 1, -1, true, 0, true, NATIVE_LOGIC_FLAGS, false }, { { 0x09 }, 1, -1, false, 0, true, NATIVE_LOGIC_FLAGS, false },
	{ { 0x30 }, 1, -1, true, 0, true, NATIVE_LOGIC_FLAGS, false }, { { 0x31 }, 1, -1, false, 0, true, NATIVE_LOGIC_FLAGS, false },
	{ { 0x80 }, 1, 4, true, 1, true, NATIVE_LOGIC_FLAGS, false }, { { 0x81 }, 1, 4, false, 4, true, NATIVE_LOGIC_FLAGS, false },
	{ { 0x80 }, 1, 1, true, 1, true, NATIVE_LOGIC_FLAGS, false }, { { 0x81 }, 1, 1, false, 4, true, NATIVE_LOGIC_FLAGS, false },
	{ { 0x80 }, 1, 6, true, 1, true, NATIVE_LOGIC_FLAGS, false }, { { 0x81 }, 1, 6, false, 4, true, NATIVE_LOGIC_FLAGS, false },
	{ { 0x83 }, 1, 4, false, 1, true, NATIVE_LOGIC_FLAGS, false }, { { 0x83 }, 1, 1, false, 1, true, NATIVE_LOGIC_FLAGS, false },
	{ { 0x83 }, 1, 6, false, 1, true, NATIVE_LOGIC_FLAGS, false },
	{ { 0x0f, 0xb0 }, 2, -1, true, 0, true, NATIVE_FLAGS, false }, { { 0x0f, 0xb1 }, 2, -1, false, 0, true, NATIVE_FLAGS, false },
	{ { 0x0f, 0xab }, 2, -1, false, 0, true, NATIVE_BIT_FLAGS, true }, { { 0x0f, 0xb3 }, 2, -1, false, 0, true, NATIVE_BIT_FLAGS, true },
	{ { 0x0f, 0xbb }, 2, -1, false, 0, true, NATIVE_BIT_FLAGS, true }, { { 0x0f, 0xba }, 2, 5, false, 1, true, NATIVE_BIT_FLAGS, false },
	{ { 0x0f, 0xba }, 2, 6, false, 1, true, NATIVE_BIT_FLAGS, false }, { { 0x0f, 0xba }, 2, 7, false, 1, true, NATIVE_BIT_FLAGS, false },
};

struct native_insn {
	const struct native_form *form;
	u8 bytes[NATIVE_INSN_MAX + 5];
	u32 length, width, offset; /* of the operand inside native.word */
};

static struct native_page *native;
static u8 *native_code;
static u32 native_code_at;
static u64 native_seed = 88172645463325252ULL;

static u64 native_random(void)
{
	native_seed ^= native_seed << 13;
	native_seed ^= native_seed >> 7;
	native_seed ^= native_seed << 17;
	return native_seed * 0x9e3779b97f4a7c15ULL;
}

static u32 native_below(u32 n) { return (u32)(native_random() >> 33) % n; }

/* Values in which signs, carries and borders meet. */
static u64 native_value(void)
{
	static const u64 special[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
				       0x7fffffffffffffff, 0x8000000000000000, ~0ULL };

	return native_below(3) ? native_random() : special[native_below(ARRAY_SIZE(special))];
}

/* --- Executing ---------------------------------------------------------------------------------------------------------------- */

static u8 *emit(u8 *p, const void *bytes, u32 n)
{
	memcpy(p, bytes, n);
	return p + n;
}

/* An instruction whose operand is at the absolute address @what. */
static u8 *emit_absolute(u8 *p, u8 rex, u8 opcode, u32 reg, const void *what)
{
	u8 head[4] = { (u8)(rex | (reg & 8) >> 1), opcode, (u8)(4 | (reg & 7) << 3), 0x25 };
	u32 address = (u32)(u64)what;

	p = emit(p, head + (rex ? 0 : 1), rex ? 4 : 3);
	return emit(p, &address, 4);
}

static void native_setup(void)
{
	static const u8 push_all[] = { 0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57 };
	u8 *p;
	u32 r;

	native = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	native_code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_true((void *)native != MAP_FAILED && native_code != MAP_FAILED);
	p = emit(native_code, push_all, sizeof(push_all));
	p = emit_absolute(p, 0x48, 0x89, 4, &native->rsp);
	p = emit_absolute(p, 0, 0xff, 6, &native->in.flags); /* push */
	p = emit(p, "\x9d", 1);                              /* popfq */
	for (r = 0; r < 16; r++) {
		p = emit_absolute(p, 0x48, 0x8b, r, &native->in.r[r]);
	}
	native_code_at = (u32)(p - native_code);
}

static void native_execute(const struct native_insn *insn)
{
	static const u8 pop_all[] = { 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3 };
	u8 *p = emit(native_code + native_code_at, insn->bytes, insn->length);
	void (*run)(void);
	u32 r;

	for (r = 0; r < 16; r++) {
		p = emit_absolute(p, 0x48, 0x89, r, &native->out.r[r]);
	}
	p = emit_absolute(p, 0x48, 0x8b, 4, &native->rsp);
	p = emit(p, "\x9c", 1);                               /* pushfq */
	p = emit_absolute(p, 0, 0x8f, 0, &native->out.flags); /* pop */
	emit(p, pop_all, sizeof(pop_all));
	memcpy(&run, &native_code, sizeof(run));
	__builtin___clear_cache((char *)native_code, (char *)native_code + 4096);
	run();
}

/* --- Making ------------------------------------------------------------------------------------------------------------------- */

static u8 *put_prefixes(u8 *p, const struct native_form *f, bool *word)
{
	static const u8 harmless[] = { 0x2e, 0x3e, 0x26, 0x36 };
	u32 n = native_below(3);

	while (n--) {
		*p++ = harmless[native_below(ARRAY_SIZE(harmless))];
	}
	if (f->lockable && native_below(3) == 0) {
		*p++ = 0xf0;
	}
	*word = native_below(3) == 0;
	if (*word) {
		*p++ = 0x66;
	}
	return p;
}

/* How far a bit number in a register moves the operand, in bytes. */
static s64 bit_distance(u64 number, u32 width)
{
	s64 n = width == 8 ? (s64)number : width == 4 ? (s32)number : (s16)number;

	return (n >> (width == 8 ? 6 : width == 4 ? 5 : 4)) * (s64)width;
}

/*
 * ModRM, SIB, displacement for an operand at @target; sets the registers that they use. Returns where a displacement relative to RIP
 * is to be patched when the length is known, or NULL.
 */
static u8 *put_operand(u8 **pp, u32 reg, u8 rex, u64 target)
{
	u32 mode = native_below(5), base, index = 4, scale = native_below(4), mod;
	s32 disp = mode == 1 ? (s8)native_random() : (s32)native_random();
	u8 *p = *pp, *patch = NULL;
	u8 middle = (u8)(reg & 7) << 3;

	if (mode == 3) { /* RIP-relative */
		*p++ = middle | 5;
		patch = p;
		*pp = p + 4;
		return patch;
	}
	if (mode == 4) { /* absolute */
		*p++ = middle | 4;
		*p++ = 0x25 | (u8)(scale << 6);
		disp = (s32)target;
		*pp = emit(p, &disp, 4);
		if (rex & 2) {
			native->in.r[12] = 0; /* with REX.X the index is R12 */
		}
		return NULL;
	}
	base = native_below(8);
	mod = mode;
	if (mod == 0 && base == 5) {
		mod = 1;
		disp = (s8)disp;
	}
	disp = mod == 0 ? 0 : disp;
	if (base == 4 || native_below(2)) {
		index = native_below(8);
		*p++ = (u8)(mod << 6) | middle | 4;
		*p++ = (u8)(scale << 6) | (u8)(index << 3) | (u8)base;
		index |= (rex & 2) << 2;
	} else {
		*p++ = (u8)(mod << 6) | middle | (u8)base;
	}
	base |= (rex & 1) << 3;
	if (index == 4) {
		native->in.r[base] = target - (u64)(s64)disp;
	} else if (index == base) {
		/* One register cannot be solved for: another operand. */
		return put_operand(pp, reg, rex, target);
	} else {
		native->in.r[base] = target - (u64)(s64)disp - (native->in.r[index] << scale);
	}
	if (mod == 1) {
		*p++ = (u8)disp;
	} else if (mod == 2) {
		p = emit(p, &disp, 4);
	}
	*pp = p;
	return NULL;
}

/* One instruction, and registers, flags and memory for it in native->in and native->word. */
static void native_make(struct native_insn *insn, const struct native_form *f)
{
	u8 *p, *patch, rex = 0;
	u64 target, imm = native_value();
	u32 reg, i, imm_bytes;
	bool word;

	for (i = 0; i < 16; i++) {
		native->in.r[i] = native_value();
	}
	native->in.flags = 0x202 | (native_random() & NATIVE_FLAGS);
	native->word = native_value();
	*insn = (struct native_insn){ .form = f };
	p = put_prefixes(insn->bytes, f, &word);
	if (native_below(3)) {
		rex = 0x40 | (native_random() & 15);
		*p++ = rex;
	}
	p = emit(p, f->opcode, f->opcode_bytes);
	insn->width = f->byte ? 1 : rex & 8 ? 8 : word ? 2 : 4;
	insn->offset = native_below(8 / insn->width) * insn->width;
	reg = f->ext >= 0 ? (u32)f->ext : native_below(8);
	target = (u64)&native->word + insn->offset;
	if (f->bits) {
		u64 number = native_random() % 2048 - 1024;

		i = reg | (rex & 4) << 1;
		native->in.r[i] = number;
		patch = put_operand(&p, reg, rex, target - (u64)bit_distance(number, insn->width));
		if (native->in.r[i] != number) {
			native_make(insn, f); /* the bit number is part of the address */
			return;
		}
	} else {
		patch = put_operand(&p, reg, rex, target);
	}
	if (patch && f->bits) {
		target -= (u64)bit_distance(native->in.r[reg | (rex & 4) << 1], insn->width);
	}
	imm_bytes = f->imm == 4 ? MIN(insn->width, 4u) : f->imm;
	p = emit(p, &imm, imm_bytes);
	insn->length = (u32)(p - insn->bytes);
	if (insn->length > NATIVE_INSN_MAX) {
		native_make(insn, f);
		return;
	}
	if (patch) {
		s32 disp = (s32)(target - ((u64)native_code + native_code_at + insn->length));

		memcpy(patch, &disp, 4);
	}
	/* Comparisons that succeed are rare otherwise. */
	if (f->opcode_bytes == 2 && (f->opcode[1] & 0xfe) == 0xb0 && native_below(2)) {
		memcpy((u8 *)&native->word + insn->offset, &native->in.r[0], insn->width);
	}
}

#endif
