/* SPDX-License-Identifier: MIT */
/*
 * grant_table: grant_table_op(cmd, ops, count): memory that one domain lets another use.
 *
 * The granting side writes entries in its shared table: which domain, which frame, how. The other
 * side names the entry by its reference and maps it, or asks the hypervisor to copy. The
 * hypervisor marks an entry as in use by GTF_reading and GTF_writing; the granting side may take
 * it back only when both are clear, by compare-and-exchange.
 *
 * Each operation has its own status (GNTST_*); the hypercall's result says only whether the array
 * could be processed.
 */
#ifndef LAMINA_PUBLIC_GRANT_TABLE_H
#define LAMINA_PUBLIC_GRANT_TABLE_H

#include <stdint.h>
#include "abi_check.h"

#define GNTTABOP_map_grant_ref		0
#define GNTTABOP_unmap_grant_ref	1
#define GNTTABOP_setup_table		2
#define GNTTABOP_dump_table		3
#define GNTTABOP_transfer		4
#define GNTTABOP_copy			5
#define GNTTABOP_query_size		6
#define GNTTABOP_unmap_and_replace	7
#define GNTTABOP_set_version		8
#define GNTTABOP_get_status_frames	9
#define GNTTABOP_get_version		10
#define GNTTABOP_swap_grant_ref		11
#define GNTTABOP_cache_flush		12

/* References that the toolstack fills before the guest runs. */
#define GNTTAB_NR_RESERVED_ENTRIES	8
#define GNTTAB_RESERVED_CONSOLE		0
#define GNTTAB_RESERVED_XENSTORE	1

/* Entry flags: a type in bits 0-1, then what the granting side allows, then what is in use. */
#define GTF_invalid		0U
#define GTF_permit_access	1U
#define GTF_accept_transfer	2U
#define GTF_transitive		3U
#define GTF_type_mask		3U
#define _GTF_readonly		2
#define GTF_readonly		(1U << _GTF_readonly)
#define _GTF_reading		3
#define GTF_reading		(1U << _GTF_reading)
#define _GTF_writing		4
#define GTF_writing		(1U << _GTF_writing)
#define _GTF_PWT		5
#define GTF_PWT			(1U << _GTF_PWT)
#define _GTF_PCD		6
#define GTF_PCD			(1U << _GTF_PCD)
#define _GTF_PAT		7
#define GTF_PAT			(1U << _GTF_PAT)
#define _GTF_sub_page		8
#define GTF_sub_page		(1U << _GTF_sub_page)
#define _GTF_transfer_committed	2
#define GTF_transfer_committed	(1U << _GTF_transfer_committed)
#define _GTF_transfer_completed	3
#define GTF_transfer_completed	(1U << _GTF_transfer_completed)

struct grant_entry_v1 {
	uint16_t flags;			/* GTF_* */
	uint16_t domid;			/* who may use it */
	uint32_t frame;			/* MFN */
};
ABI_SIZE(struct grant_entry_v1, 8);

struct grant_entry_header {
	uint16_t flags;
	uint16_t domid;
};

/* Version 2: the in-use flags live in a separate array of 16-bit words. */
union grant_entry_v2 {
	struct grant_entry_header hdr;
	struct {
		struct grant_entry_header hdr;
		uint32_t pad0;
		uint64_t frame;
	} full_page;
	struct {
		struct grant_entry_header hdr;
		uint16_t page_off;
		uint16_t length;
		uint64_t frame;
	} sub_page;
	struct {
		struct grant_entry_header hdr;
		uint16_t trans_domid;
		uint16_t pad0;
		uint32_t gref;
	} transitive;
};
ABI_SIZE(union grant_entry_v2, 16);

/* gnttab_map_grant_ref.flags */
#define _GNTMAP_device_map	0
#define GNTMAP_device_map	(1 << _GNTMAP_device_map)
#define _GNTMAP_host_map	1
#define GNTMAP_host_map		(1 << _GNTMAP_host_map)		/* make a PTE at host_addr */
#define _GNTMAP_readonly	2
#define GNTMAP_readonly		(1 << _GNTMAP_readonly)
#define _GNTMAP_application_map	3
#define GNTMAP_application_map	(1 << _GNTMAP_application_map)	/* for guest user mode too */
#define _GNTMAP_contains_pte	4
#define GNTMAP_contains_pte	(1 << _GNTMAP_contains_pte)	/* host_addr: where the PTE is */
#define _GNTMAP_guest_avail0	16				/* from here: PTE bits 9 up */
#define GNTMAP_guest_avail_mask	((uint32_t)~0 << _GNTMAP_guest_avail0)

struct gnttab_map_grant_ref {
	uint64_t host_addr;		/* IN: VA, or machine address of a PTE */
	uint32_t flags;			/* IN: GNTMAP_* */
	uint32_t ref;			/* IN */
	uint16_t dom;			/* IN: the granting domain */
	int16_t status;			/* OUT: GNTST_* */
	uint32_t handle;		/* OUT: names the mapping from now on */
	uint64_t dev_bus_addr;		/* OUT: machine address of the frame */
};
ABI_SIZE(struct gnttab_map_grant_ref, 32);
ABI_OFFSET(struct gnttab_map_grant_ref, status, 0x12);
ABI_OFFSET(struct gnttab_map_grant_ref, dev_bus_addr, 0x18);

struct gnttab_unmap_grant_ref {
	uint64_t host_addr;		/* IN: as mapped; 0 when no PTE is to be cleared */
	uint64_t dev_bus_addr;		/* IN: as returned, or 0 */
	uint32_t handle;		/* IN */
	int16_t status;			/* OUT */
};
ABI_SIZE(struct gnttab_unmap_grant_ref, 24);

struct gnttab_unmap_and_replace {
	uint64_t host_addr;		/* IN */
	uint64_t new_addr;		/* IN: VA whose PTE moves to host_addr */
	uint32_t handle;		/* IN */
	int16_t status;			/* OUT */
};
ABI_SIZE(struct gnttab_unmap_and_replace, 24);

struct gnttab_setup_table {
	uint16_t dom;			/* IN */
	uint32_t nr_frames;		/* IN: the table grows to this many */
	int16_t status;			/* OUT */
	uint64_t frame_list;		/* IN: VA of an array of MFNs to fill */
};
ABI_SIZE(struct gnttab_setup_table, 24);
ABI_OFFSET(struct gnttab_setup_table, frame_list, 16);

struct gnttab_dump_table {
	uint16_t dom;			/* IN */
	int16_t status;			/* OUT */
};

struct gnttab_transfer {
	uint64_t mfn;			/* IN */
	uint16_t domid;			/* IN */
	uint32_t ref;			/* IN */
	int16_t status;			/* OUT */
};
ABI_SIZE(struct gnttab_transfer, 24);

/* gnttab_copy.flags */
#define _GNTCOPY_source_gref	0
#define GNTCOPY_source_gref	(1 << _GNTCOPY_source_gref)
#define _GNTCOPY_dest_gref	1
#define GNTCOPY_dest_gref	(1 << _GNTCOPY_dest_gref)

struct gnttab_copy {
	struct gnttab_copy_ptr {
		union {
			uint32_t ref;
			uint64_t gmfn;
		} u;
		uint16_t domid;
		uint16_t offset;	/* bytes; with len inside one page */
	} source, dest;			/* IN */
	uint16_t len;			/* IN: bytes */
	uint16_t flags;			/* IN: GNTCOPY_* */
	int16_t status;			/* OUT */
};
ABI_SIZE(struct gnttab_copy, 40);
ABI_OFFSET(struct gnttab_copy, len, 32);

struct gnttab_query_size {
	uint16_t dom;			/* IN */
	uint32_t nr_frames;		/* OUT */
	uint32_t max_nr_frames;		/* OUT */
	int16_t status;			/* OUT */
};
ABI_SIZE(struct gnttab_query_size, 16);

struct gnttab_set_version {
	uint32_t version;		/* IN: 1 or 2; OUT: the one in force */
};

struct gnttab_get_status_frames {
	uint32_t nr_frames;		/* IN */
	uint16_t dom;			/* IN */
	int16_t status;			/* OUT */
	uint64_t frame_list;		/* IN: VA of an array of MFNs to fill */
};
ABI_SIZE(struct gnttab_get_status_frames, 16);

struct gnttab_get_version {
	uint16_t dom;			/* IN */
	uint16_t pad;
	uint32_t version;		/* OUT */
};
ABI_SIZE(struct gnttab_get_version, 8);

struct gnttab_swap_grant_ref {
	uint32_t ref_a;			/* IN */
	uint32_t ref_b;			/* IN */
	int16_t status;			/* OUT */
};
ABI_SIZE(struct gnttab_swap_grant_ref, 12);

#define GNTST_okay		0
#define GNTST_general_error	(-1)
#define GNTST_bad_domain	(-2)
#define GNTST_bad_gntref	(-3)
#define GNTST_bad_handle	(-4)
#define GNTST_bad_virt_addr	(-5)
#define GNTST_bad_dev_addr	(-6)
#define GNTST_no_device_space	(-7)
#define GNTST_permission_denied	(-8)
#define GNTST_bad_page		(-9)
#define GNTST_bad_copy_arg	(-10)
#define GNTST_address_too_big	(-11)
#define GNTST_eagain		(-12)
#define GNTST_no_space		(-13)

#endif
