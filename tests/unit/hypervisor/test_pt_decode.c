// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decoder of store instructions beside the processor: whatever form, prefix, width and addressing an instruction has, what
 * pt_decode() and pt_execute() say it does to memory, registers and flags is what it does. And what is none of the forms, or cut off
 * anywhere, is refused without reading beyond its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pv/pt_decode.h"
#include "unit/hypervisor/native_store.h"

#define ROUNDS 6000 /* of every form */

static void show(const struct native_insn *insn)
{
	u32 i;

	for (i = 0; i < insn->length; i++) {
		print_error("%02x ", insn->bytes[i]);
	}
	print_error("  width %u, offset %u\n", insn->width, insn->offset);
}

/* An exact copy on the heap, so that reading past the end is seen. */
static bool decode_exactly(const u8 *bytes, u32 count, struct pt_insn *insn)
{
	u8 *copy = malloc(count ? count : 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, bytes, count);
	ok = pt_decode(copy, count, insn);
	free(copy);
	return ok;
}

static void put_register(u64 *r, u32 n, u32 width, u64 v)
{
	/* Four bytes clear the upper half, one and two leave it. */
	if (width == 4) {
		r[n] = (u32)v;
	} else {
		memcpy(&r[n], &v, width);
	}
}

/* What the decoder and the executor say comes out of native->in. */
static void predict(const struct native_insn *raw, const struct pt_insn *insn, struct native_state *out, u64 *word)
{
	struct pt_effect e;
	u64 old = 0, src;

	*out = native->in;
	*word = native->word;
	memcpy(&old, (u8 *)word + raw->offset, raw->width);
	src = insn->from_imm ? insn->imm : native->in.r[insn->reg] >> (insn->high_byte ? 8 : 0);
	pt_execute(insn, old, src, native->in.r[0], &e);
	if (e.store) {
		memcpy((u8 *)word + raw->offset, &e.new_mem, raw->width);
	}
	if (e.reg_changed && insn->op == PT_CMPXCHG) {
		put_register(out->r, 0, raw->width, e.new_reg);
	} else if (e.reg_changed && insn->high_byte) {
		((u8 *)&out->r[insn->reg])[1] = (u8)e.new_reg;
	} else if (e.reg_changed) {
		put_register(out->r, insn->reg, raw->width, e.new_reg);
	}
	out->flags = (out->flags & ~e.flags_clear) | e.flags_set;
}

static void compare(const struct native_insn *raw)
{
	struct native_state expected;
	struct pt_insn insn;
	u64 word, before = native->word;
	bool same;
	u32 r;

	if (!decode_exactly(raw->bytes, raw->length, &insn)) {
		show(raw);
		fail_msg("refused");
	}
	assert_int_equal(insn.length, raw->length);
	assert_int_equal(insn.width, raw->width);
	predict(raw, &insn, &expected, &word);
	native_execute(raw);
	same = word == native->word && !((expected.flags ^ native->out.flags) & raw->form->flags);
	for (r = 0; r < 16; r++) {
		same &= expected.r[r] == native->out.r[r];
	}
	if (!same) {
		show(raw);
		print_error("memory %llx becomes %llx, not %llx; flags %llx become %llx, not %llx\n", (unsigned long long)before,
			    (unsigned long long)native->word, (unsigned long long)word, (unsigned long long)native->in.flags,
			    (unsigned long long)native->out.flags, (unsigned long long)expected.flags);
		for (r = 0; r < 16; r++) {
			print_error("r%u: %llx becomes %llx, not %llx\n", r, (unsigned long long)native->in.r[r],
				    (unsigned long long)native->out.r[r], (unsigned long long)expected.r[r]);
		}
		fail_msg("differs from the processor");
	}
}

static void every_form_does_what_the_processor_does(void **state)
{
	struct native_insn insn;
	u32 f, i;

	(void)state;
	for (f = 0; f < ARRAY_SIZE(native_forms); f++) {
		for (i = 0; i < ROUNDS; i++) {
			native_make(&insn, &native_forms[f]);
			compare(&insn);
		}
	}
}

static void cut_anywhere(void **state)
{
	struct native_insn raw;
	struct pt_insn insn;
	u8 longer[40];
	u32 f, i, n;

	(void)state;
	for (f = 0; f < ARRAY_SIZE(native_forms); f++) {
		for (i = 0; i < 200; i++) {
			native_make(&raw, &native_forms[f]);
			for (n = 0; n < raw.length; n++) {
				assert_false(decode_exactly(raw.bytes, n, &insn));
			}
			/* What follows does not matter, however much of it there is. */
			memset(longer, (int)native_random(), sizeof(longer));
			memcpy(longer, raw.bytes, raw.length);
			for (n = raw.length; n <= sizeof(longer); n++) {
				assert_true(decode_exactly(longer, n, &insn));
				assert_int_equal(insn.length, raw.length);
			}
		}
	}
}

/* Prefixes until nothing else fits: 15 bytes are an instruction, 16 are none. */
static void fifteen_bytes_at_most(void **state)
{
	u8 bytes[24];
	struct pt_insn insn;
	u32 n;

	(void)state;
	for (n = 0; n < sizeof(bytes) - 2; n++) {
		memset(bytes, 0x3e, sizeof(bytes));
		bytes[n] = 0x89;
		bytes[n + 1] = 0x00;
		assert_int_equal(pt_decode(bytes, sizeof(bytes), &insn), n + 2 <= PT_INSN_MAX);
	}
	memset(bytes, 0x66, sizeof(bytes));
	assert_false(pt_decode(bytes, sizeof(bytes), &insn));
}

static bool is_known(u8 map, u8 opcode, u32 ext)
{
	u32 f;

	for (f = 0; f < ARRAY_SIZE(native_forms); f++) {
		const struct native_form *form = &native_forms[f];

		if (form->opcode_bytes == 1 + (map == 0x0f) && form->opcode[map == 0x0f] == opcode &&
		    (form->ext < 0 || form->ext == (int)ext)) {
			return true;
		}
	}
	return false;
}

/* Both opcode maps, all ModRM bytes, with and without REX. */
static void all_opcodes(void **state)
{
	u8 bytes[PT_INSN_MAX] = { 0 };
	struct pt_insn insn;
	u32 map, opcode, modrm, rex;

	(void)state;
	for (map = 0; map < 2; map++) {
		for (opcode = 0; opcode < 256; opcode++) {
			for (modrm = 0; modrm < 256; modrm++) {
				for (rex = 0; rex < 17; rex++) {
					u8 *p = bytes;
					bool ok;

					if (rex < 16) {
						*p++ = (u8)(0x40 | rex);
					}
					if (map) {
						*p++ = 0x0f;
					}
					*p++ = (u8)opcode;
					*p++ = (u8)modrm;
					/* Prefixes that stand where the opcode should are other instructions. */
					if (!map && rex == 16 && ((opcode & 0xf0) == 0x40 || opcode == 0x0f || opcode == 0x66 ||
								  opcode == 0xf0 || (opcode & 0xe7) == 0x26 || (opcode & 0xfe) == 0x64)) {
						continue;
					}
					if (!map && opcode == 0x0f) {
						continue;
					}
					ok = pt_decode(bytes, sizeof(bytes), &insn);
					assert_int_equal(ok, modrm < 0xc0 && is_known(map ? 0x0f : 0, (u8)opcode, (modrm >> 3) & 7));
				}
			}
		}
	}
}

static void what_changes_the_meaning_is_refused(void **state)
{
	static const u8 refused[][6] = {
		{ 0xf2, 0x89, 0x00 }, { 0xf3, 0x89, 0x00 },  /* repetition */
		{ 0x48, 0x66, 0x89, 0x00 },                  /* REX that is not last */
		{ 0x40, 0x40, 0x89, 0x00 },
		{ 0xc5, 0xf8, 0x29, 0x00 },                  /* VEX */
		{ 0x0f, 0x0f, 0x89, 0x00 },
	};
	struct pt_insn insn;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		assert_false(pt_decode(refused[i], sizeof(refused[i]), &insn));
	}
	/* FS and GS only move the address, which the fault has told already. */
	assert_true(pt_decode((const u8 *)"\x65\x48\x89\x00", 4, &insn));
	assert_int_equal(insn.width, 8);
	assert_int_equal(insn.length, 4);
}

static int setup(void **state)
{
	(void)state;
	native_setup();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_does_what_the_processor_does),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(fifteen_bytes_at_most),
		cmocka_unit_test(all_opcodes),
		cmocka_unit_test(what_changes_the_meaning_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
