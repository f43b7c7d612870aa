/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that may fault on purpose, and where to go on when they do.
 *
 * The table lies between __extable_start and __extable_end: pairs of 32-bit offsets, each relative to the word that holds
 * it: the instruction, then its fixup. The trap handler of hypervisor context asks extable_fixup() before it panics.
 * Fixup code runs with the registers as they were at the fault; the vector and error code are not handed on.
 */
#ifndef LAMINA_X86_EXTABLE_H
#define LAMINA_X86_EXTABLE_H

#ifdef __ASSEMBLY__

/* If the instruction at \insn faults, execution goes on at \fixup. */
.macro EXTABLE insn, fixup
	.pushsection .extable, "a", @progbits
	.balign 4
	.long \insn - .
	.long \fixup - .
	.popsection
.endm

#else

#include "lib/types.h"

/* For inline assembly: EXTABLE("1b", "2b"). */
#define EXTABLE(insn, fixup)                          \
	".pushsection .extable, \"a\", @progbits\n\t" \
	".balign 4\n\t"                               \
	".long " insn " - .\n\t"                      \
	".long " fixup " - .\n\t"                     \
	".popsection\n\t"

/* Where to continue after a fault at @rip in hypervisor context; 0: nobody expected it. Any context. */
u64 extable_fixup(u64 rip);

#endif
#endif
