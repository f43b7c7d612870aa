/* SPDX-License-Identifier: MIT */
/*
 * hypercall: how a 64-bit paravirtual guest calls the hypervisor, and what comes back.
 *
 * The guest kernel executes `syscall` with the number in RAX and up to six arguments in RDI, RSI,
 * RDX, R10, R8, R9. RAX returns the result: zero or a positive value on success, a negated
 * XEN_E* value on refusal. The instruction itself destroys RCX and R11; nothing else changes.
 * The same instruction executed in guest user mode is a system call of the guest, not of ours.
 *
 * A pointer argument, or a pointer inside a structure, is a guest virtual address carried as a
 * uint64_t. It is resolved in the page tables that the calling vCPU runs on.
 *
 * The names are the ones that the field has used for this ABI since 2005. Numbers without a name
 * here are refused with -XEN_ENOSYS. This header may be included by assembly.
 */
#ifndef LAMINA_PUBLIC_HYPERCALL_H
#define LAMINA_PUBLIC_HYPERCALL_H

#define __HYPERVISOR_set_trap_table		0
#define __HYPERVISOR_mmu_update			1
#define __HYPERVISOR_set_gdt			2
#define __HYPERVISOR_stack_switch		3
#define __HYPERVISOR_set_callbacks		4	/* older form of callback_op */
#define __HYPERVISOR_fpu_taskswitch		5
#define __HYPERVISOR_sched_op_compat		6	/* older form of sched_op */
#define __HYPERVISOR_platform_op		7
#define __HYPERVISOR_set_debugreg		8
#define __HYPERVISOR_get_debugreg		9
#define __HYPERVISOR_update_descriptor		10
#define __HYPERVISOR_memory_op			12
#define __HYPERVISOR_multicall			13
#define __HYPERVISOR_update_va_mapping		14
#define __HYPERVISOR_set_timer_op		15
#define __HYPERVISOR_event_channel_op_compat	16	/* older form of event_channel_op */
#define __HYPERVISOR_xen_version		17
#define __HYPERVISOR_console_io			18
#define __HYPERVISOR_physdev_op_compat		19	/* older form of physdev_op */
#define __HYPERVISOR_grant_table_op		20
#define __HYPERVISOR_vm_assist			21
#define __HYPERVISOR_update_va_mapping_otherdomain 22
#define __HYPERVISOR_iret			23
#define __HYPERVISOR_vcpu_op			24
#define __HYPERVISOR_set_segment_base		25
#define __HYPERVISOR_mmuext_op			26
#define __HYPERVISOR_xsm_op			27
#define __HYPERVISOR_nmi_op			28
#define __HYPERVISOR_sched_op			29
#define __HYPERVISOR_callback_op		30
#define __HYPERVISOR_xenoprof_op		31
#define __HYPERVISOR_event_channel_op		32
#define __HYPERVISOR_physdev_op			33
#define __HYPERVISOR_hvm_op			34
#define __HYPERVISOR_sysctl			35	/* privileged, own format: control.h */
#define __HYPERVISOR_domctl			36	/* privileged, own format: control.h */
#define __HYPERVISOR_kexec_op			37
#define __HYPERVISOR_tmem_op			38
#define __HYPERVISOR_argo_op			39
#define __HYPERVISOR_xenpmu_op			40
#define __HYPERVISOR_dm_op			41
#define __HYPERVISOR_hypfs_op			42
#define __HYPERVISOR_mca			48

/* Results are negated values of this list; they never depend on the guest's own errno numbers. */
#define XEN_EPERM		1
#define XEN_ENOENT		2
#define XEN_ESRCH		3
#define XEN_EIO			5
#define XEN_ENXIO		6
#define XEN_E2BIG		7
#define XEN_ENOEXEC		8
#define XEN_EBADF		9
#define XEN_ECHILD		10
#define XEN_EAGAIN		11
#define XEN_EWOULDBLOCK		11
#define XEN_ENOMEM		12
#define XEN_EACCES		13
#define XEN_EFAULT		14
#define XEN_EBUSY		16
#define XEN_EEXIST		17
#define XEN_EXDEV		18
#define XEN_ENODEV		19
#define XEN_ENOTDIR		20
#define XEN_EISDIR		21
#define XEN_EINVAL		22
#define XEN_ENFILE		23
#define XEN_EMFILE		24
#define XEN_ENOSPC		28
#define XEN_EROFS		30
#define XEN_EMLINK		31
#define XEN_EDOM		33
#define XEN_ERANGE		34
#define XEN_EDEADLK		35
#define XEN_EDEADLOCK		35
#define XEN_ENAMETOOLONG	36
#define XEN_ENOLCK		37
#define XEN_ENOSYS		38
#define XEN_ENOTEMPTY		39
#define XEN_ENODATA		61
#define XEN_ETIME		62
#define XEN_EBADMSG		74
#define XEN_EOVERFLOW		75
#define XEN_EILSEQ		84
#define XEN_ENOTSOCK		88
#define XEN_EMSGSIZE		90
#define XEN_EOPNOTSUPP		95
#define XEN_EADDRINUSE		98
#define XEN_EADDRNOTAVAIL	99
#define XEN_ENOBUFS		105
#define XEN_EISCONN		106
#define XEN_ENOTCONN		107
#define XEN_ETIMEDOUT		110
#define XEN_ECONNREFUSED	111

/* Domain numbers from DOMID_FIRST_RESERVED up name roles, not domains. */
#define DOMID_FIRST_RESERVED	0x7ff0
#define DOMID_SELF		0x7ff0	/* the calling domain */
#define DOMID_IO		0x7ff1	/* owner of device memory */
#define DOMID_XEN		0x7ff2	/* owner of pages that the hypervisor shares */
#define DOMID_COW		0x7ff3
#define DOMID_INVALID		0x7ff4
#define DOMID_IDLE		0x7fff
#define DOMID_MASK		0x7fff

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "abi_check.h"

/*
 * multicall(entries, count): runs the entries in order and writes each result; an entry that is
 * refused does not stop the rest. Multicalls do not nest.
 */
struct multicall_entry {
	uint64_t op;			/* IN: hypercall number */
	uint64_t result;		/* OUT */
	uint64_t args[6];		/* IN */
};
ABI_SIZE(struct multicall_entry, 64);
#endif

#endif
