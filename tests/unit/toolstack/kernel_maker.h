/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes small paravirtual ELF kernels and bzImages in memory for tests.
 */
#ifndef TESTS_UNIT_TOOLSTACK_KERNEL_MAKER_H
#define TESTS_UNIT_TOOLSTACK_KERNEL_MAKER_H

#include <stddef.h>
#include <stdint.h>

#define KERNEL_VIRT_BASE 0xffffffff80000000ull
#define KERNEL_ADDRESS 0x100000ull

struct kernel_options {
	uint64_t virt_base;		/* 0: KERNEL_VIRT_BASE */
	uint64_t address;		/* 0: KERNEL_ADDRESS */
	uint64_t init_p2m;		/* 0: no note */
	int mod_start_pfn;
	int hypercall_page;		/* note for the kernel's second page */
	uint32_t text_pages;		/* 0: 3 */
	uint32_t bss_pages;
};

/* A malloc'ed ELF image: text with a pattern, a second segment of data and bss, Xen notes. */
char *kernel_make_elf(const struct kernel_options *options, size_t *bytes);
/* A malloc'ed bzImage around @payload. */
char *kernel_make_bzimage(const char *payload, size_t payload_bytes, size_t *bytes);
/* A descriptor whose contents are @data. */
int kernel_make_file(const char *data, size_t bytes);

/* The byte at an offset of the text. */
static inline unsigned char kernel_text_byte(uint64_t offset)
{
	return (unsigned char)(offset * 7 + offset / 4096 + 1);
}

#endif
