// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the decoder of emulated stores: any bytes, at any length, with any values.
 *
 * The first 24 bytes of the input are the operand's old value, the source and RAX; the rest is the instruction. It must be decoded
 * from an exact copy without reading beyond it; bytes that follow must not matter; and what it does must keep within its width.
 *
 * Links hypervisor/pv/pt_decode.c alone; needs no machine.
 */
#include <stdlib.h>
#include <string.h>

#include "pv/pt_decode.h"

#define VALUES_BYTES 24
#define ARITHMETIC_FLAGS 0x8d5ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void check_effect(const struct pt_insn *insn, const u64 values[3])
{
	u64 mask = insn->width == 8 ? ~0ULL : (1ULL << (8 * insn->width)) - 1;
	u64 src = insn->from_imm ? insn->imm : values[1];
	struct pt_effect e, again;

	pt_execute(insn, values[0] & mask, src, values[2], &e);
	require(!(e.flags_set & ~e.flags_clear) && !(e.flags_clear & ~ARITHMETIC_FLAGS));
	require(e.store || insn->op == PT_CMPXCHG);
	require(!e.reg_changed || insn->op == PT_XCHG || insn->op == PT_CMPXCHG);
	if (e.reg_changed) {
		require(((e.new_reg ^ values[0]) & mask) == 0);
	}
	/* Bits above the operand neither count nor come in. */
	pt_execute(insn, values[0] & mask, src, values[2] ^ ~mask, &again);
	require(e.store == again.store && ((e.new_mem ^ again.new_mem) & mask) == 0 && e.flags_set == again.flags_set);
	/* A store changes something for sure where the operation says so. */
	if (insn->op == PT_BTC) {
		require(__builtin_popcountll((e.new_mem ^ values[0]) & mask) == 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pt_insn insn, same;
	u8 padded[PT_INSN_MAX];
	u64 values[3];
	u8 *copy;
	bool ok;

	if (size < VALUES_BYTES) {
		return 0;
	}
	memcpy(values, data, VALUES_BYTES);
	data += VALUES_BYTES;
	size -= VALUES_BYTES;
	copy = malloc(size ? size : 1);
	if (!copy) {
		return 0;
	}
	memcpy(copy, data, size);
	ok = pt_decode(copy, (u32)size, &insn);
	free(copy);
	if (!ok) {
		return 0;
	}
	require(insn.length >= 2 && insn.length <= PT_INSN_MAX && insn.length <= size);
	require(insn.width == 1 || insn.width == 2 || insn.width == 4 || insn.width == 8);
	require(insn.reg < 16 && (!insn.high_byte || insn.width == 1));
	memset(padded, 0xcc, sizeof(padded));
	memcpy(padded, data, insn.length);
	require(pt_decode(padded, sizeof(padded), &same) && same.length == insn.length && same.op == insn.op && same.imm == insn.imm);
	require(!pt_decode(padded, insn.length - 1u, &same));
	check_effect(&insn, values);
	return 0;
}
