/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file format of a paravirtual domain's core: an ELF64 core without program headers whose sections hold everything (Xen's
 * dump-core format, version 0.1, which crash and libkdumpfile read).
 *
 * Sections: .shstrtab, .note.Xen (what wrote it, how many processors and pages), .xen_prstatus (a struct vcpu_guest_context per
 * processor), .xen_shared_info, .xen_p2m (a struct core_p2m per page), .xen_pages (the pages in the same order, page aligned).
 *
 * Pure: computes places and the head of the file; writes nothing.
 */
#ifndef TOOLSTACK_LIB_CORE_ELF_H
#define TOOLSTACK_LIB_CORE_ELF_H

#include <stddef.h>
#include <stdint.h>

#include "public/version.h"

#define CORE_PAGE_BYTES 4096u

#define CORE_NOTE_NONE 0x2000000u
#define CORE_NOTE_HEADER 0x2000001u
#define CORE_NOTE_XEN_VERSION 0x2000002u
#define CORE_NOTE_FORMAT_VERSION 0x2000003u
#define CORE_MAGIC_PV 0xf00febedu
#define CORE_FORMAT_VERSION 1u	/* 0.1 */

struct core_p2m {
	uint64_t pfn;
	uint64_t gmfn;
};

/* Contents of the note CORE_NOTE_XEN_VERSION: the hypervisor's answers to xen_version. */
struct core_version {
	uint64_t major;
	uint64_t minor;
	char extra[XEN_EXTRAVERSION_LEN];
	struct xen_compile_info compile;
	char capabilities[XEN_CAPABILITIES_INFO_LEN];
	char changeset[XEN_CHANGESET_INFO_LEN];
	struct xen_platform_parameters platform;
	uint64_t page_bytes;
};
_Static_assert(sizeof(struct core_version) == 1280, "dump-core format");

/* What is in the file and where. */
struct core_elf {
	uint64_t vcpus;
	uint64_t pages;
	uint64_t contexts_offset;
	uint64_t shared_info_offset;
	uint64_t p2m_offset;
	uint64_t pages_offset;
	uint64_t bytes;			/* of the whole file */
};

#define CORE_HEAD_BYTES 4096u

/* Places of a core of elf->vcpus processors and elf->pages pages. */
void core_elf_place(struct core_elf *elf);
/* Everything in front of the contexts: headers, names and notes. */
void core_elf_head(const struct core_elf *elf, const struct core_version *version, char head[CORE_HEAD_BYTES]);

#endif
