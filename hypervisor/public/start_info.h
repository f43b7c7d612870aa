/* SPDX-License-Identifier: MIT */
/*
 * start_info: the page that a new guest kernel finds in RSI.
 *
 * The builder fills it before the first instruction runs; the hypervisor never reads it again. On
 * resume after a suspend the toolstack rewrites the fields from magic up to console. Addresses
 * named `VA` are guest virtual addresses inside the initial mapping, MFN are machine frames, PFN
 * are guest pseudo-physical frames.
 *
 * The first domain may find a description of the boot screen in the same page, at
 * console.dom0.info_off; info_size 0 means that there is none.
 */
#ifndef LAMINA_PUBLIC_START_INFO_H
#define LAMINA_PUBLIC_START_INFO_H

#include <stdint.h>
#include "abi_check.h"

#define MAX_GUEST_CMDLINE	1024	/* bytes, terminator included */

/* start_info.flags */
#define SIF_PRIVILEGED		(1 << 0)	/* may make privileged hypercalls */
#define SIF_INITDOMAIN		(1 << 1)	/* built by the hypervisor at boot */
#define SIF_MULTIBOOT_MOD	(1 << 2)	/* mod_start points to a Multiboot module list */
#define SIF_MOD_START_PFN	(1 << 3)	/* mod_start is a PFN and is not mapped */
#define SIF_VIRT_P2M_4TOOLS	(1 << 4)	/* a linear p2m list is enough for the toolstack */
#define SIF_PM_MASK		(0xff << 8)	/* power management hints for the first domain */

struct start_info {
	char magic[32];			/* "xen-3.0-x86_64", NUL padded */
	uint64_t nr_pages;		/* pages the guest starts with; length of the p2m list */
	uint64_t shared_info;		/* machine address of struct shared_info */
	uint32_t flags;			/* SIF_* */
	uint64_t store_mfn;		/* MFN of the xenstore ring */
	uint32_t store_evtchn;
	union {
		struct {
			uint64_t mfn;	/* MFN of the console ring */
			uint32_t evtchn;
		} domU;
		struct {
			uint32_t info_off;	/* bytes from the start of this structure */
			uint32_t info_size;
		} dom0;
	} console;
	uint64_t pt_base;		/* VA of the top page table */
	uint64_t nr_pt_frames;
	uint64_t mfn_list;		/* VA of the p2m list: one MFN per PFN */
	uint64_t mod_start;		/* VA or PFN (SIF_MOD_START_PFN) of the initial ramdisk */
	uint64_t mod_len;		/* bytes */
	char cmd_line[MAX_GUEST_CMDLINE];
	uint64_t first_p2m_pfn;		/* PFNs that hold the p2m list and its page tables, when */
	uint64_t nr_p2m_frames;		/* the list lies outside the initial mapping */
};
ABI_SIZE(struct start_info, 0x490);
ABI_OFFSET(struct start_info, flags, 0x30);
ABI_OFFSET(struct start_info, store_mfn, 0x38);
ABI_OFFSET(struct start_info, console, 0x48);
ABI_OFFSET(struct start_info, pt_base, 0x58);
ABI_OFFSET(struct start_info, cmd_line, 0x80);
ABI_OFFSET(struct start_info, first_p2m_pfn, 0x480);

/* dom0_vga_console_info.video_type */
#define XEN_VGATYPE_TEXT_MODE_3	0x03
#define XEN_VGATYPE_VESA_LFB	0x23
#define XEN_VGATYPE_EFI_LFB	0x70

struct dom0_vga_console_info {
	uint8_t video_type;
	union {
		struct {
			uint16_t font_height;
			uint16_t cursor_x, cursor_y;
			uint16_t rows, columns;
		} text_mode_3;
		struct {
			uint16_t width, height;
			uint16_t bytes_per_line;
			uint16_t bits_per_pixel;
			uint32_t lfb_base;
			uint32_t lfb_size;	/* units of 64 KiB */
			uint8_t red_pos, red_size;
			uint8_t green_pos, green_size;
			uint8_t blue_pos, blue_size;
			uint8_t rsvd_pos, rsvd_size;
			uint32_t gbl_caps;
			uint16_t mode_attrs;
			uint16_t pad;
			uint32_t ext_lfb_base;	/* upper half of lfb_base */
		} vesa_lfb;
	} u;
};
ABI_SIZE(struct dom0_vga_console_info, 0x28);
ABI_OFFSET(struct dom0_vga_console_info, u, 4);

#endif
