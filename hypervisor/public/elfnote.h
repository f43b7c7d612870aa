/* SPDX-License-Identifier: MIT */
/*
 * elfnote: types of the ELF notes, owner "Xen", by which a kernel describes itself to a builder.
 *
 * Numbers are 4 or 8 bytes wide by the length of the note; texts are NUL terminated. A kernel
 * without a HYPERCALL_PAGE note makes hypercalls by `syscall`. Safe for assembly.
 */
#ifndef LAMINA_PUBLIC_ELFNOTE_H
#define LAMINA_PUBLIC_ELFNOTE_H

#define XEN_ELFNOTE_INFO		0
#define XEN_ELFNOTE_ENTRY		1	/* VA of the first instruction */
#define XEN_ELFNOTE_HYPERCALL_PAGE	2	/* VA of a page to fill with call stubs */
#define XEN_ELFNOTE_VIRT_BASE		3	/* VA of PFN 0 */
#define XEN_ELFNOTE_PADDR_OFFSET	4	/* subtract from ELF p_paddr to get a PFN address */
#define XEN_ELFNOTE_XEN_VERSION		5	/* "xen-3.0" */
#define XEN_ELFNOTE_GUEST_OS		6
#define XEN_ELFNOTE_GUEST_VERSION	7
#define XEN_ELFNOTE_LOADER		8	/* "generic" */
#define XEN_ELFNOTE_PAE_MODE		9
/* names joined by '|', '!' in front of needed ones */
#define XEN_ELFNOTE_FEATURES		10
#define XEN_ELFNOTE_BSD_SYMTAB		11
#define XEN_ELFNOTE_HV_START_LOW	12	/* lowest address the hypervisor may use */
#define XEN_ELFNOTE_L1_MFN_VALID	13	/* pairs of mask and value: a present L1 entry */
#define XEN_ELFNOTE_SUSPEND_CANCEL	14
#define XEN_ELFNOTE_INIT_P2M		15	/* VA for the p2m list */
#define XEN_ELFNOTE_MOD_START_PFN	16	/* the ramdisk need not be mapped */
#define XEN_ELFNOTE_SUPPORTED_FEATURES	17	/* bits XENFEAT_* */
#define XEN_ELFNOTE_PHYS32_ENTRY	18
#define XEN_ELFNOTE_MAX			XEN_ELFNOTE_PHYS32_ENTRY

#endif
