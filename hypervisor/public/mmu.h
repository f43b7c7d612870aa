/* SPDX-License-Identifier: MIT */
/*
 * mmu: direct paging. The guest's page tables are the hardware's; every change is checked.
 *
 * mmu_update(updates, count, done, foreigndom)      change page-table words or M2P entries
 * mmuext_op(ops, count, done, foreigndom)           pin, unpin, switch tables, flush
 * update_va_mapping(va, pte, flags)                 change the L1 entry that maps va
 * set_gdt(frames, entries), update_descriptor(maddr, descriptor)
 * set_segment_base(which, base), stack_switch(ss, sp)
 *
 * The addresses between HYPERVISOR_VIRT_START and HYPERVISOR_VIRT_END (L4 slots 256 to 271) are
 * the hypervisor's in every guest table. At their start lies the machine-to-phys array, which
 * guests may read and never write. All mappings of guests are 4 KiB.
 *
 * The constants may be included by assembly, except where they carry a C suffix.
 */
#ifndef LAMINA_PUBLIC_MMU_H
#define LAMINA_PUBLIC_MMU_H

#define __HYPERVISOR_VIRT_START	0xffff800000000000
#define __HYPERVISOR_VIRT_END	0xffff880000000000
#define __MACH2PHYS_VIRT_START	0xffff800000000000
#define __MACH2PHYS_VIRT_END	0xffff804000000000
#define HYPERVISOR_VIRT_START	0xffff800000000000
#define HYPERVISOR_VIRT_END	0xffff880000000000
#define MACH2PHYS_VIRT_START	0xffff800000000000
#define MACH2PHYS_VIRT_END	0xffff804000000000
#define MACH2PHYS_NR_ENTRIES	((MACH2PHYS_VIRT_END - MACH2PHYS_VIRT_START) >> 3)

/* L4 slots from XEN_L4_SLOT_FIRST to XEN_L4_SLOT_LAST are refused to guests. */
#define XEN_L4_SLOT_FIRST	256
#define XEN_L4_SLOT_LAST	271

/* Descriptors that are present in every GDT; a guest's own end before the reserved page. */
#define FLAT_RING3_CS32		0xe023
#define FLAT_RING3_CS64		0xe033
#define FLAT_RING3_DS32		0xe02b
#define FLAT_RING3_DS64		0x0000
#define FLAT_RING3_SS32		0xe02b
#define FLAT_RING3_SS64		0xe02b
#define FLAT_KERNEL_DS64	FLAT_RING3_DS64
#define FLAT_KERNEL_DS32	FLAT_RING3_DS32
#define FLAT_KERNEL_DS		FLAT_KERNEL_DS64
#define FLAT_KERNEL_CS64	FLAT_RING3_CS64
#define FLAT_KERNEL_CS32	FLAT_RING3_CS32
#define FLAT_KERNEL_CS		FLAT_KERNEL_CS64
#define FLAT_KERNEL_SS64	FLAT_RING3_SS64
#define FLAT_KERNEL_SS32	FLAT_RING3_SS32
#define FLAT_KERNEL_SS		FLAT_KERNEL_SS64
#define FLAT_USER_DS64		FLAT_RING3_DS64
#define FLAT_USER_DS32		FLAT_RING3_DS32
#define FLAT_USER_DS		FLAT_USER_DS64
#define FLAT_USER_CS64		FLAT_RING3_CS64
#define FLAT_USER_CS32		FLAT_RING3_CS32
#define FLAT_USER_CS		FLAT_USER_CS64
#define FLAT_USER_SS64		FLAT_RING3_SS64
#define FLAT_USER_SS32		FLAT_RING3_SS32
#define FLAT_USER_SS		FLAT_USER_SS64

#define FIRST_RESERVED_GDT_PAGE		14
#define FIRST_RESERVED_GDT_BYTE		(FIRST_RESERVED_GDT_PAGE * 4096)
#define FIRST_RESERVED_GDT_ENTRY	(FIRST_RESERVED_GDT_BYTE / 8)

/* set_segment_base: which */
#define SEGBASE_FS		0
#define SEGBASE_GS_USER		1	/* inactive while in kernel mode */
#define SEGBASE_GS_KERNEL	2
#define SEGBASE_GS_USER_SEL	3	/* base is a selector; a bad one loads NULL */

/* vm_assist(cmd, type) */
#define VMASST_CMD_enable			0
#define VMASST_CMD_disable			1
#define VMASST_TYPE_4gb_segments		0
#define VMASST_TYPE_4gb_segments_notify		1
#define VMASST_TYPE_writable_pagetables		2
#define VMASST_TYPE_pae_extended_cr3		3
#define VMASST_TYPE_architectural_iopl		4
#define VMASST_TYPE_runstate_update_flag	5
#define VMASST_TYPE_m2p_strict			32

/* mmu_update.ptr, low two bits */
#define MMU_NORMAL_PT_UPDATE		0
#define MMU_MACHPHYS_UPDATE		1	/* ptr: machine address; val: PFN */
#define MMU_PT_UPDATE_PRESERVE_AD	2	/* keep the accessed and dirty bits as they are */
#define MMU_PT_UPDATE_NO_TRANSLATE	3

#define MMUEXT_PIN_L1_TABLE		0	/* arg1.mfn */
#define MMUEXT_PIN_L2_TABLE		1	/* arg1.mfn */
#define MMUEXT_PIN_L3_TABLE		2	/* arg1.mfn */
#define MMUEXT_PIN_L4_TABLE		3	/* arg1.mfn */
#define MMUEXT_UNPIN_TABLE		4	/* arg1.mfn */
#define MMUEXT_NEW_BASEPTR		5	/* arg1.mfn */
#define MMUEXT_TLB_FLUSH_LOCAL		6
#define MMUEXT_INVLPG_LOCAL		7	/* arg1.linear_addr */
#define MMUEXT_TLB_FLUSH_MULTI		8	/* arg2.vcpumask */
#define MMUEXT_INVLPG_MULTI		9	/* arg1.linear_addr, arg2.vcpumask */
#define MMUEXT_TLB_FLUSH_ALL		10
#define MMUEXT_INVLPG_ALL		11	/* arg1.linear_addr */
#define MMUEXT_FLUSH_CACHE		12
#define MMUEXT_SET_LDT			13	/* arg1.linear_addr, arg2.nr_ents */
#define MMUEXT_NEW_USER_BASEPTR		15	/* arg1.mfn; 0 for none */
#define MMUEXT_CLEAR_PAGE		16	/* arg1.mfn */
#define MMUEXT_COPY_PAGE		17	/* arg1.mfn, arg2.src_mfn */
#define MMUEXT_FLUSH_CACHE_GLOBAL	18
#define MMUEXT_MARK_SUPER		19
#define MMUEXT_UNMARK_SUPER		20

/* update_va_mapping: flags; any other value above bit 1 is the VA of a vCPU bitmap */
#define UVMF_NONE		0
#define UVMF_TLB_FLUSH		1
#define UVMF_INVLPG		2
#define UVMF_FLUSHTYPE_MASK	3
#define UVMF_MULTI		0
#define UVMF_LOCAL		0
#define UVMF_ALL		4

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "abi_check.h"

/* Bits of a page-table entry that a guest may set. An entry with P clear is never interpreted. */
#define XEN_PTE_PRESENT		(1ULL << 0)
#define XEN_PTE_RW		(1ULL << 1)
#define XEN_PTE_USER		(1ULL << 2)	/* always set in hardware, see GUEST_KERNEL */
#define XEN_PTE_PWT		(1ULL << 3)	/* L1 of a domain with device memory only */
#define XEN_PTE_PCD		(1ULL << 4)	/* likewise */
#define XEN_PTE_ACCESSED	(1ULL << 5)
#define XEN_PTE_DIRTY		(1ULL << 6)
#define XEN_PTE_PAT		(1ULL << 7)	/* L1, likewise; refused as PSE in L2 to L4 */
#define XEN_PTE_GLOBAL		(1ULL << 8)	/* L1; accepted and set as the hypervisor likes */
#define XEN_PTE_AVAIL		(7ULL << 9)
#define XEN_PTE_GUEST_KERNEL	(1ULL << 52)	/* the guest left U clear; the hypervisor set it */
#define XEN_PTE_NX		(1ULL << 63)
#define XEN_PTE_ADDR_MASK	0x000ffffffffff000ULL

struct mmu_update {
	uint64_t ptr;			/* IN: machine address of the word, MMU_* in bits 0-1 */
	uint64_t val;			/* IN */
};
ABI_SIZE(struct mmu_update, 16);

struct mmuext_op {
	uint32_t cmd;			/* IN: MMUEXT_* */
	union {
		uint64_t mfn;
		uint64_t linear_addr;
	} arg1;
	union {
		uint32_t nr_ents;
		uint64_t vcpumask;	/* VA of a bitmap of vCPU ids */
		uint64_t src_mfn;
	} arg2;
};
ABI_SIZE(struct mmuext_op, 24);
ABI_OFFSET(struct mmuext_op, arg1, 8);
ABI_OFFSET(struct mmuext_op, arg2, 16);
#endif

#endif
