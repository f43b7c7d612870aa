/* SPDX-License-Identifier: MIT */
/*
 * version: xen_version(cmd, arg): what answers, and in which version of the ABI.
 *
 * XENVER_version takes no argument and returns major << 16 | minor. Kernels also issue it to let
 * pending events be delivered, because each return from a hypercall looks for them. The string
 * commands fill a fixed array, NUL included.
 *
 * Features are bits, of which one word of 32 exists; ELF notes name the same bits as needed or
 * known. A kernel refuses to boot without those it needs: current ones need
 * mmu_pt_update_preserve_ad and gnttab_map_avail_bits. The constants are safe for assembly.
 */
#ifndef LAMINA_PUBLIC_VERSION_H
#define LAMINA_PUBLIC_VERSION_H

#define XENVER_version			0
#define XENVER_extraversion		1	/* char[XEN_EXTRAVERSION_LEN] */
#define XENVER_compile_info		2	/* struct xen_compile_info */
#define XENVER_capabilities		3	/* char[XEN_CAPABILITIES_INFO_LEN] */
#define XENVER_changeset		4	/* char[XEN_CHANGESET_INFO_LEN] */
#define XENVER_platform_parameters	5	/* struct xen_platform_parameters */
#define XENVER_get_features		6	/* struct xen_feature_info */
#define XENVER_pagesize			7	/* returns 4096 */
#define XENVER_guest_handle		8	/* uint8_t[16]: the domain's own UUID */
#define XENVER_commandline		9	/* char[XEN_COMMANDLINE_LEN] */
#define XENVER_build_id			10	/* struct xen_build_id; returns its length */

#define XEN_EXTRAVERSION_LEN		16
#define XEN_CAPABILITIES_INFO_LEN	1024
#define XEN_CHANGESET_INFO_LEN		64
#define XEN_COMMANDLINE_LEN		1024

#define XENFEAT_writable_page_tables		0	/* never offered: tables are checked */
#define XENFEAT_writable_descriptor_tables	1
/* never offered: frames are machine frames */
#define XENFEAT_auto_translated_physmap		2
#define XENFEAT_supervisor_mode_kernel		3
#define XENFEAT_pae_pgdir_above_4gb		4
#define XENFEAT_mmu_pt_update_preserve_ad	5	/* MMU_PT_UPDATE_PRESERVE_AD works */
#define XENFEAT_highmem_assist			6	/* MMUEXT_CLEAR_PAGE, _COPY_PAGE work */
#define XENFEAT_gnttab_map_avail_bits		7	/* GNTMAP_guest_avail0 works */
#define XENFEAT_hvm_callback_vector		8
#define XENFEAT_hvm_safe_pvclock		9
#define XENFEAT_hvm_pirqs			10
#define XENFEAT_dom0				11	/* runs as the first domain */
#define XENFEAT_memory_op_vnode_supported	13
#define XENFEAT_ARM_SMCCC_supported		14
#define XENFEAT_linux_rsdp_unrestricted		15
#define XENFEAT_not_direct_mapped		16
#define XENFEAT_direct_mapped			17
#define XENFEAT_NR_SUBMAPS			1

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "abi_check.h"

struct xen_compile_info {
	char compiler[64];
	char compile_by[16];
	char compile_domain[32];
	char compile_date[32];
};
ABI_SIZE(struct xen_compile_info, 144);

struct xen_platform_parameters {
	uint64_t virt_start;		/* OUT: first address that guests may not use */
};

struct xen_feature_info {
	uint32_t submap_idx;		/* IN: word, below XENFEAT_NR_SUBMAPS */
	uint32_t submap;		/* OUT: bit = XENFEAT_* */
};
ABI_SIZE(struct xen_feature_info, 8);

struct xen_build_id {
	uint32_t len;			/* IN: room in buf */
	uint8_t buf[];			/* OUT */
};
#endif

#endif
