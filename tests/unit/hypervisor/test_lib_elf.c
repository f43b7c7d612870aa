// SPDX-License-Identifier: GPL-2.0-only
/*
 * ELF kernels and their notes: a good image as Linux builds it, every field of a bad one, truncation at every length and random
 * corruption. The image lies in an exact heap block, so that the sanitizer sees any read beyond it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/elf.h"
#include "lib/errno.h"
#include "public/elfnote.h"

#define EHDR_BYTES 64
#define PHDR_BYTES 56

struct image {
	u8 bytes[8192];
	u64 size;
	u32 headers;
};

static void put(struct image *im, u64 at, u64 value, u32 bytes)
{
	memcpy(im->bytes + at, &value, bytes);
	if (im->size < at + bytes) {
		im->size = at + bytes;
	}
}

static void begin(struct image *im)
{
	static const u8 ident[7] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

	memset(im, 0, sizeof(*im));
	memcpy(im->bytes, ident, sizeof(ident));
	put(im, 16, 2, 2);           /* ET_EXEC */
	put(im, 18, 62, 2);          /* x86-64 */
	put(im, 20, 1, 4);
	put(im, 24, 0x1000000, 8);   /* native entry */
	put(im, 32, EHDR_BYTES, 8);  /* program headers */
	put(im, 54, PHDR_BYTES, 2);
}

static void add_header(struct image *im, u32 type, u64 offset, u64 paddr, u64 filesz, u64 memsz)
{
	u64 at = EHDR_BYTES + im->headers++ * PHDR_BYTES;

	put(im, at, type, 4);
	put(im, at + 8, offset, 8);
	put(im, at + 24, paddr, 8);
	put(im, at + 32, filesz, 8);
	put(im, at + 40, memsz, 8);
	put(im, 56, im->headers, 2);
}

/* Appends a note; returns the offset behind it. */
static u64 add_note(struct image *im, u64 at, const char *owner, u32 type, const void *desc, u32 bytes)
{
	u32 name = strlen(owner) + 1;

	put(im, at, name, 4);
	put(im, at + 4, bytes, 4);
	put(im, at + 8, type, 4);
	memcpy(im->bytes + at + 12, owner, name);
	at += 12 + ((name + 3) & ~3u);
	memcpy(im->bytes + at, desc, bytes);
	at += (bytes + 3) & ~3u;
	if (im->size < at) {
		im->size = at;
	}
	return at;
}

static u64 add_number(struct image *im, u64 at, u32 type, u64 v)
{
	return add_note(im, at, "Xen", type, &v, 8);
}

/* Two segments, one of them with virtual address 0 in Linux' way, and the notes of a 6.1 kernel. */
static void good_image(struct image *im)
{
	u32 features = 0x8801;
	u64 at = 0x800, start = at;

	begin(im);
	at = add_note(im, at, "GNU", XEN_ELFNOTE_ENTRY, "wrong", 6);
	at = add_number(im, at, XEN_ELFNOTE_ENTRY, 0xffffffff830791c0);
	at = add_number(im, at, XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000);
	at = add_number(im, at, XEN_ELFNOTE_PADDR_OFFSET, 0);
	at = add_note(im, at, "Xen", XEN_ELFNOTE_GUEST_OS, "linux", 6);
	at = add_number(im, at, XEN_ELFNOTE_INIT_P2M, 0x8000000000);
	at = add_number(im, at, XEN_ELFNOTE_MOD_START_PFN, 1);
	at = add_note(im, at, "Xen", XEN_ELFNOTE_SUPPORTED_FEATURES, &features, 4);
	put(im, 0x1fff, 0, 1);
	add_header(im, 1, 0x1000, 0x1000000, 0x800, 0x2000);
	add_header(im, 4, start, 0, at - start, at - start);
	add_header(im, 1, 0x1800, 0x3044000, 0x800, 0x800);
}

static int parse_bytes(const void *bytes, u64 size, struct elf_kernel *k, const char **why)
{
	void *exact = malloc(size ? size : 1);
	int err;

	memcpy(exact, bytes, size);
	*why = NULL;
	err = elf_parse_kernel(exact, size, k, why);
	free(exact);
	assert_true(err == 0 || err == -ENOEXEC);
	assert_int_equal(err != 0, *why != NULL);
	return err;
}

static int parse(const struct image *im, struct elf_kernel *k)
{
	const char *why;

	return parse_bytes(im->bytes, im->size, k, &why);
}

static void linux_kernel(void **state)
{
	struct elf_kernel k;
	struct image im;

	(void)state;
	good_image(&im);
	assert_int_equal(parse(&im, &k), 0);
	assert_int_equal(k.segment_count, 2);
	assert_int_equal(k.segments[0].paddr, 0x1000000);
	assert_int_equal(k.segments[0].file_offset, 0x1000);
	assert_int_equal(k.segments[0].file_bytes, 0x800);
	assert_int_equal(k.segments[0].mem_bytes, 0x2000);
	assert_int_equal(k.segments[1].paddr, 0x3044000);
	assert_int_equal(k.paddr_start, 0x1000000);
	assert_int_equal(k.paddr_end, 0x3044800);
	assert_true(k.entry == 0xffffffff830791c0);
	assert_true(k.virt_base == 0xffffffff80000000);
	assert_int_equal(k.paddr_offset, 0);
	assert_int_equal(k.hypercall_page, 0);
	assert_true(k.init_p2m == 0x8000000000);
	assert_true(k.mod_start_pfn);
	assert_true(k.has_supported_features);
	assert_int_equal(k.supported_features, 0x8801);
}

static void refused_headers(void **state)
{
	static const struct {
		u64 at, value;
		u32 bytes;
	} bad[] = {
		{ 0, 0, 1 },            /* magic */
		{ 4, 1, 1 },            /* 32 bit */
		{ 5, 2, 1 },            /* big-endian */
		{ 18, 3, 2 },           /* another machine */
		{ 54, 55, 2 },          /* odd program headers */
		{ 56, 0, 2 },           /* none */
		{ 56, 0xffff, 2 },      /* too many */
		{ 32, 0x100000, 8 },    /* beyond the end */
		{ 32, ~0ULL - 8, 8 },   /* wrapping */
		{ EHDR_BYTES + 8, 0x1fff, 8 },           /* segment offset: cut off */
		{ EHDR_BYTES + 8, ~0ULL - 16, 8 },
		{ EHDR_BYTES + 32, 0x2001, 8 },          /* more in the file than in memory */
		{ EHDR_BYTES + 40, ~0ULL, 8 },           /* memory size wraps */
		{ EHDR_BYTES + 24, ~0ULL - 0x1000, 8 },  /* address wraps */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct elf_kernel k;
		struct image im;

		good_image(&im);
		put(&im, bad[i].at, bad[i].value, bad[i].bytes);
		if (parse(&im, &k) != -ENOEXEC) {
			fail_msg("accepted bad field at offset %llu", (unsigned long long)bad[i].at);
		}
	}
}

static void no_notes_no_segments(void **state)
{
	struct elf_kernel k;
	struct image im;

	(void)state;
	begin(&im);
	put(&im, 0xfff, 0, 1);
	add_header(&im, 1, 0x800, 0x1000000, 0x800, 0x800);
	assert_int_equal(parse(&im, &k), -ENOEXEC);
	begin(&im);
	add_header(&im, 4, 0x800, 0, add_number(&im, 0x800, XEN_ELFNOTE_ENTRY, 1) - 0x800, 0);
	assert_int_equal(parse(&im, &k), -ENOEXEC);
}

static void too_many_segments(void **state)
{
	struct elf_kernel k;
	struct image im;

	(void)state;
	for (u32 n = ELF_MAX_SEGMENTS; n <= ELF_MAX_SEGMENTS + 1; n++) {
		u64 end;

		begin(&im);
		end = add_number(&im, 0x1000, XEN_ELFNOTE_ENTRY, 1);
		add_header(&im, 4, 0x1000, 0, end - 0x1000, 0);
		for (u32 i = 0; i < n; i++) {
			add_header(&im, 1, 0x1000, 0x1000000 + i * 0x1000, 8, 0x1000);
		}
		assert_int_equal(parse(&im, &k), n > ELF_MAX_SEGMENTS ? -ENOEXEC : 0);
	}
}

/* Note sizes that point outside end the walk and are never followed. */
static void broken_notes(void **state)
{
	static const u32 sizes[] = { 0xffffffff, 0xfffffffd, 0x80000000, 4000, 100 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct elf_kernel k;
		struct image im;

		good_image(&im);
		put(&im, 0x800, sizes[i], 4);       /* name size of the first note */
		parse(&im, &k);
		good_image(&im);
		put(&im, 0x804, sizes[i], 4);       /* its description size */
		parse(&im, &k);
		good_image(&im);
		put(&im, EHDR_BYTES + PHDR_BYTES + 32, sizes[i], 8); /* the segment's size */
		parse(&im, &k);
	}
}

static void truncated_everywhere(void **state)
{
	struct elf_kernel k;
	struct image im;
	const char *why;

	(void)state;
	good_image(&im);
	for (u64 size = 0; size < im.size; size++) {
		assert_int_equal(parse_bytes(im.bytes, size, &k, &why), -ENOEXEC);
	}
}

static void random_corruption(void **state)
{
	struct image good, im;
	struct elf_kernel k;

	(void)state;
	good_image(&good);
	srand(3);
	for (int round = 0; round < 20000; round++) {
		im = good;
		for (int n = rand() % 6; n >= 0; n--) {
			u64 at = rand() % 4 ? rand() % 0x110 : 0x800 + rand() % 0x100;

			im.bytes[at] = rand() % 3 ? rand() : 0xff;
		}
		if (parse(&im, &k)) {
			continue;
		}
		assert_true(k.segment_count > 0 && k.segment_count <= ELF_MAX_SEGMENTS);
		for (u32 i = 0; i < k.segment_count; i++) {
			const struct elf_segment *s = &k.segments[i];

			assert_true(s->file_bytes <= s->mem_bytes);
			assert_true(s->file_offset <= im.size && s->file_bytes <= im.size - s->file_offset);
			assert_true(s->paddr >= k.paddr_start && s->paddr + s->mem_bytes <= k.paddr_end);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linux_kernel),
		cmocka_unit_test(refused_headers),
		cmocka_unit_test(no_notes_no_segments),
		cmocka_unit_test(too_many_segments),
		cmocka_unit_test(broken_notes),
		cmocka_unit_test(truncated_everywhere),
		cmocka_unit_test(random_corruption),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
