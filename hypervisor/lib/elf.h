/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ELF64 kernels with Xen notes: what a domain builder needs to know of one. Pure functions over a buffer; the image may be hostile.
 */
#ifndef LAMINA_LIB_ELF_H
#define LAMINA_LIB_ELF_H

#include "lib/types.h"

#define ELF_MAX_SEGMENTS 16

/* A loadable segment, placed by physical address (facts: Linux has one whose virtual address is 0). */
struct elf_segment {
	u64 paddr;
	u64 file_offset, file_bytes;
	u64 mem_bytes;              /* >= file_bytes; the rest reads zero */
};

struct elf_kernel {
	u32 segment_count;
	struct elf_segment segments[ELF_MAX_SEGMENTS];
	u64 paddr_start, paddr_end; /* extent of all segments */

	/* From the notes; defaults as the ABI has them. */
	u64 entry;
	u64 virt_base;
	u64 paddr_offset;
	u64 hypercall_page;         /* virtual address, 0: none wanted */
	u64 init_p2m;               /* virtual address, 0: in the initial mapping */
	bool mod_start_pfn;         /* the initial ramdisk may stay unmapped */
	u32 supported_features;     /* bits XENFEAT_* */
	bool has_supported_features;
};

/*
 * Reads @image of @bytes bytes. 0, or -ENOEXEC with *@why one sentence's end ("is not an ELF64 image").
 */
int elf_parse_kernel(const void *image, u64 bytes, struct elf_kernel *ret, const char **why) __must_check;

#endif
