/* SPDX-License-Identifier: MIT */
/*
 * cpuid: the leaves by which a guest finds out what it runs on.
 *
 * Guest kernels ask by the prefixed form XEN_CPUID, which the hypervisor answers; a plain `cpuid`
 * may reach the processor. Leaf +0 carries the signature and the number of the last leaf, +1 the
 * version, +2 features, +3 time, +5 the width of machine addresses for PV.
 */
#ifndef LAMINA_PUBLIC_CPUID_H
#define LAMINA_PUBLIC_CPUID_H

#define XEN_CPUID_FIRST_LEAF	0x40000000
#define XEN_CPUID_LEAF(i)	(XEN_CPUID_FIRST_LEAF + (i))
#define XEN_CPUID_MAX_NUM_LEAVES	5

/* Leaf +0, EBX ECX EDX: "XenVMMXenVMM" */
#define XEN_CPUID_SIGNATURE_EBX	0x566e6558
#define XEN_CPUID_SIGNATURE_ECX	0x65584d4d
#define XEN_CPUID_SIGNATURE_EDX	0x4d4d566e

/* Leaf +2, ECX */
#define _XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD	0
#define XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD	(1u << 0)

/* Leaf +5, EBX */
#define XEN_CPUID_MACHINE_ADDRESS_WIDTH_MASK	0xffu

/* ud2 and three letters; in front of `cpuid` they ask the hypervisor. */
#ifdef __ASSEMBLER__
#define XEN_EMULATE_PREFIX	.byte 0x0f, 0x0b, 0x78, 0x65, 0x6e ;
#define XEN_CPUID		XEN_EMULATE_PREFIX cpuid
#else
#define XEN_EMULATE_PREFIX	".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e ; "
#define XEN_CPUID		XEN_EMULATE_PREFIX "cpuid"
#endif

#endif
