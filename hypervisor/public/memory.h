/* SPDX-License-Identifier: MIT */
/*
 * memory: memory_op(cmd, arg): how many frames a domain owns, and which.
 *
 * The low bits of cmd name the operation (XENMEM_*); bits from 6 up carry where to go on when a
 * long operation was interrupted, which is between the hypervisor and its own re-issued call.
 *
 * Reservation operations return the number of extents done, which may be less than asked for.
 * An exchange is all or nothing: either every extent was exchanged, or none and an error.
 */
#ifndef LAMINA_PUBLIC_MEMORY_H
#define LAMINA_PUBLIC_MEMORY_H

#include <stdint.h>
#include "abi_check.h"

#define XENMEM_increase_reservation	0	/* struct xen_memory_reservation */
#define XENMEM_decrease_reservation	1	/* struct xen_memory_reservation */
#define XENMEM_maximum_ram_page		2	/* no argument; returns an MFN */
#define XENMEM_current_reservation	3	/* struct xen_memory_domain; returns pages */
#define XENMEM_maximum_reservation	4	/* struct xen_memory_domain; returns pages */
#define XENMEM_machphys_mfn_list	5
#define XENMEM_populate_physmap		6	/* struct xen_memory_reservation */
#define XENMEM_add_to_physmap		7
#define XENMEM_memory_map		9	/* struct xen_memory_map: the domain's own */
#define XENMEM_machine_memory_map	10	/* struct xen_memory_map: the machine's */
#define XENMEM_exchange			11
#define XENMEM_machphys_mapping		12
#define XENMEM_set_memory_map		13	/* struct xen_foreign_memory_map */
#define XENMEM_maximum_gpfn		14	/* struct xen_memory_domain; returns a PFN */
#define XENMEM_remove_from_physmap	15
#define XENMEM_set_pod_target		16
#define XENMEM_get_pod_target		17
#define XENMEM_get_sharing_freed_pages	18
#define XENMEM_get_sharing_shared_pages	19
#define XENMEM_paging_op		20
#define XENMEM_access_op		21
#define XENMEM_sharing_op		22
#define XENMEM_add_to_physmap_batch	23
#define XENMEM_claim_pages		24	/* struct xen_memory_reservation */
#define XENMEM_machphys_compat_mfn_list	25
#define XENMEM_get_vnumainfo		26
#define XENMEM_reserved_device_memory_map 27
#define XENMEM_acquire_resource		28

/* xen_memory_reservation.mem_flags */
#define XENMEMF_address_bits(x)		(x)	/* frames below 2^x; 0 for no limit */
#define XENMEMF_get_address_bits(x)	((x) & 0xffu)
#define XENMEMF_node(x)			(((x) + 1) << 8)
#define XENMEMF_get_node(x)		((((x) >> 8) - 1) & 0xffu)
#define XENMEMF_populate_on_demand	(1 << 16)
#define XENMEMF_exact_node_request	(1 << 17)
#define XENMEMF_vnode			(1 << 18)

struct xen_memory_reservation {
	uint64_t extent_start;		/* IN: VA of an array of frame numbers */
	uint64_t nr_extents;		/* IN */
	uint32_t extent_order;		/* IN: 2^order pages each */
	uint32_t mem_flags;		/* IN: XENMEMF_* */
	uint16_t domid;			/* IN: whose memory */
};
ABI_SIZE(struct xen_memory_reservation, 32);
ABI_OFFSET(struct xen_memory_reservation, extent_order, 16);
ABI_OFFSET(struct xen_memory_reservation, domid, 24);

struct xen_memory_exchange {
	struct xen_memory_reservation in;	/* MFNs given up, mapped nowhere */
	struct xen_memory_reservation out;	/* PFNs on entry, MFNs on return */
	uint64_t nr_exchanged;			/* OUT: input extents done; 0 on entry */
};
ABI_SIZE(struct xen_memory_exchange, 72);
ABI_OFFSET(struct xen_memory_exchange, nr_exchanged, 64);

struct xen_memory_domain {
	uint16_t domid;			/* IN */
};

struct xen_machphys_mfn_list {
	uint32_t max_extents;		/* IN: room in the array */
	uint64_t extent_start;		/* IN: VA of an array of MFNs, one per 2 MiB of M2P */
	uint32_t nr_extents;		/* OUT */
};
ABI_SIZE(struct xen_machphys_mfn_list, 24);

struct xen_machphys_mapping {
	uint64_t v_start, v_end;	/* OUT: where the M2P array is mapped */
	uint64_t max_mfn;		/* OUT: its last index */
};
ABI_SIZE(struct xen_machphys_mapping, 24);

/* xen_add_to_physmap.space */
#define XENMAPSPACE_shared_info		0
#define XENMAPSPACE_grant_table		1
#define XENMAPSPACE_gmfn		2
#define XENMAPSPACE_gmfn_range		3
#define XENMAPSPACE_gmfn_foreign	4
#define XENMAPSPACE_dev_mmio		5
#define XENMAPIDX_grant_table_status	0x80000000

struct xen_add_to_physmap {
	uint16_t domid;
	uint16_t size;
	uint32_t space;
	uint64_t idx;
	uint64_t gpfn;
};
ABI_SIZE(struct xen_add_to_physmap, 24);

struct xen_remove_from_physmap {
	uint16_t domid;
	uint64_t gpfn;
};
ABI_SIZE(struct xen_remove_from_physmap, 16);

/* Types of struct e820_entry; the array has no padding. */
#define XEN_E820_RAM		1
#define XEN_E820_RESERVED	2
#define XEN_E820_ACPI		3
#define XEN_E820_NVS		4
#define XEN_E820_UNUSABLE	5

struct xen_e820_entry {
	uint64_t addr;			/* bytes */
	uint64_t size;			/* bytes */
	uint32_t type;
} __attribute__((packed));
ABI_SIZE(struct xen_e820_entry, 20);

struct xen_memory_map {
	uint32_t nr_entries;		/* IN: room in the buffer; OUT: entries written */
	uint64_t buffer;		/* IN: VA of struct xen_e820_entry[] */
};
ABI_SIZE(struct xen_memory_map, 16);

struct xen_foreign_memory_map {
	uint16_t domid;
	struct xen_memory_map map;
};
ABI_SIZE(struct xen_foreign_memory_map, 24);

/* xen_mem_acquire_resource.type, and .id for the grant table */
#define XENMEM_resource_ioreq_server		0
#define XENMEM_resource_grant_table		1
#define XENMEM_resource_vmtrace_buf		2
#define XENMEM_resource_grant_table_id_shared	0
#define XENMEM_resource_grant_table_id_status	1

struct xen_mem_acquire_resource {
	uint16_t domid;			/* IN: whose resource */
	uint16_t type;			/* IN: XENMEM_resource_* */
	uint32_t id;			/* IN */
	uint32_t nr_frames;		/* IN: room; 0 asks for the size; OUT: the size */
	uint32_t pad;			/* OUT: flags of an older form; 0 on entry */
	uint64_t frame;			/* IN: first frame of the resource wanted */
	uint64_t frame_list;		/* IN: VA of an array of MFNs to fill, or 0 */
};
ABI_SIZE(struct xen_mem_acquire_resource, 32);
ABI_OFFSET(struct xen_mem_acquire_resource, frame, 16);
ABI_OFFSET(struct xen_mem_acquire_resource, frame_list, 24);

#endif
