/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paravirtual ELF64 kernels: the program headers and the notes of owner "Xen".
 *
 * elf_image_read() checks everything that the builder relies on, because the file may come from a
 * tenant: header sizes and counts, segments inside the file, no overflow, no overlap, an entry
 * point and addresses that the domain can have. It reads headers and notes only; segments are read
 * by the builder, straight into the buffers that go to the domain.
 *
 * Addresses: `start`, `end` and a segment's `address` are guest-physical (p_paddr less the
 * PADDR_OFFSET note); `virt_base` is the virtual address of guest-physical 0.
 */
#ifndef TOOLSTACK_LIB_ELF_IMAGE_H
#define TOOLSTACK_LIB_ELF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_IMAGE_MAX_SEGMENTS 16u
#define ELF_IMAGE_MAX_NOTE_BYTES 65536u
/* Nothing of a kernel may lie above this guest-physical address. */
#define ELF_IMAGE_MAX_ADDRESS (1ull << 40)

struct error;

struct elf_segment {
	uint64_t address;
	uint64_t memory_bytes;
	uint64_t file_offset;
	uint64_t file_bytes;
};

struct elf_image {
	uint64_t entry;
	uint64_t virt_base;
	uint64_t start;
	uint64_t end;
	uint64_t init_p2m;
	uint64_t hypercall_page;
	bool has_entry;
	bool has_init_p2m;
	bool has_hypercall_page;
	bool mod_start_pfn;		/* the ramdisk may stay unmapped */
	uint32_t segments;
	struct elf_segment segment[ELF_IMAGE_MAX_SEGMENTS];	/* in order of address */
};

/* @object names the kernel in errors. */
int elf_image_read(int fd, const char *object, struct elf_image *image, struct error *error);

bool elf_image_has_magic(const void *head, size_t bytes);

/*
 * The end address (p_paddr + p_memsz) of an image of which only the first bytes are known; 0 when
 * they do not tell. For a cheap "does not fit" before the rest is unpacked.
 */
uint64_t elf_image_peek_end(const void *head, size_t bytes);

#endif
