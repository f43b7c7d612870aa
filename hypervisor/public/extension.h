/* SPDX-License-Identifier: MIT */
/*
 * extension: what this hypervisor offers guest kernels beyond the established ABI (docs/abi/extensions.md).
 *
 * A kernel asks by the prefixed CPUID for LAMINA_CPUID_FIRST_LEAF; without the signature there, or without the feature's bit in the
 * next leaf, it must not make the call. All operations act on the calling vCPU and its domain.
 *
 * lamina(LAMINA_pin_tree, &struct lamina_tree)      make a tree of page tables read-only and pin it
 * lamina(LAMINA_unpin_tree, &struct lamina_tree)    the reverse
 * lamina(LAMINA_switch, &struct lamina_switch)      switch to another process
 */
#ifndef LAMINA_PUBLIC_EXTENSION_H
#define LAMINA_PUBLIC_EXTENSION_H

/* A number that the established ABI keeps for what a machine type adds. */
#define __HYPERVISOR_lamina	55

#define LAMINA_CPUID_FIRST_LEAF	0x40000100
/* Leaf +0, EAX: last leaf; EBX ECX EDX: "LaminaLamina" */
#define LAMINA_CPUID_SIGNATURE_EBX	0x696d614c
#define LAMINA_CPUID_SIGNATURE_ECX	0x614c616e
#define LAMINA_CPUID_SIGNATURE_EDX	0x616e696d
/* Leaf +1, EAX: features */
#define LAMINA_FEATURE_TREE	(1u << 0)	/* pin_tree, unpin_tree */
#define LAMINA_FEATURE_SWITCH	(1u << 1)	/* switch */

#define LAMINA_pin_tree		0
#define LAMINA_unpin_tree	1
#define LAMINA_switch		2

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "abi_check.h"

/* lamina_tree.phase */
#define LAMINA_TREE_START	0
#define LAMINA_TREE_DONE	0xffffffffu

/*
 * A process's tables: the tree below the lower half of its L4. Zero phase, next and count, then repeat the call until phase is
 * LAMINA_TREE_DONE; whenever it returns 0, the count PFNs in the array were done by it. Set count back to 0 before the next call.
 */
struct lamina_tree {
	uint64_t root;			/* IN: MFN of the L4 */
	uint64_t user_root;		/* IN: MFN of the L4 for user mode, which leads to the same tables; 0: none */
	uint64_t direct_map;		/* IN: where PFN 0 is mapped; PFN n lies n pages further */
	uint64_t tables;		/* IN: VA of an array of uint64_t for PFNs of tables below the L4s */
	uint32_t room;			/* IN: its entries, at least one */
	uint32_t count;			/* IN OUT: entries filled */
	uint32_t phase;			/* IN OUT: LAMINA_TREE_* */
	uint32_t pad;
	uint64_t next;			/* IN OUT: where the walk goes on */
};
ABI_SIZE(struct lamina_tree, 56);

/* root ~0: the tables stay as they are. */
struct lamina_switch {
	uint64_t root;			/* IN: MFN of the L4 of kernel mode (MMUEXT_NEW_BASEPTR) */
	uint64_t user_root;		/* IN: of user mode (MMUEXT_NEW_USER_BASEPTR); 0: none */
	uint64_t stack;			/* IN: stack pointer for entries from user mode (stack_switch) */
	uint64_t user_gs;		/* IN: base of GS in user mode; OUT: what it was */
};
ABI_SIZE(struct lamina_switch, 32);
#endif

#endif
