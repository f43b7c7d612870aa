// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel images: what a good ELF and bzImage say, which sentence each kind of bad one gets, and
 * that truncated and bit-flipped ones are refused or harmless.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_maker.h"
#include "lib/bzimage.h"
#include "lib/elf_image.h"
#include "sys/error.h"

static int read_elf(const char *data, size_t bytes, struct elf_image *image, struct error *error)
{
	int fd = kernel_make_file(data, bytes);
	int rc;

	assert_true(fd >= 0);
	rc = elf_image_read(fd, "kernel 'k'", image, error);
	close(fd);
	return rc;
}

/* What later stages rely on, for any image that was accepted. */
static void check_invariants(const struct elf_image *image)
{
	uint64_t end = 0;
	uint32_t i;

	assert_true(image->segments > 0 && image->segments <= ELF_IMAGE_MAX_SEGMENTS);
	for (i = 0; i < image->segments; i++) {
		const struct elf_segment *s = &image->segment[i];

		assert_true(s->address >= end);
		assert_true(s->file_bytes <= s->memory_bytes);
		assert_true(s->address + s->memory_bytes <= ELF_IMAGE_MAX_ADDRESS);
		end = s->address + s->memory_bytes;
	}
	assert_int_equal(image->end, end);
	assert_true(image->entry - image->virt_base >= image->start);
	assert_true(image->entry - image->virt_base < image->end);
}

static void test_good_elf(void **state)
{
	struct kernel_options options = { .init_p2m = 0x8000000000, .mod_start_pfn = 1,
					  .hypercall_page = 1, .bss_pages = 5 };
	struct error error = { 0 };
	struct elf_image image;
	size_t bytes;
	char *elf = kernel_make_elf(&options, &bytes);

	(void)state;
	assert_int_equal(read_elf(elf, bytes, &image, &error), 0);
	check_invariants(&image);
	assert_int_equal(image.segments, 2);
	assert_int_equal(image.start, KERNEL_ADDRESS);
	assert_int_equal(image.end, KERNEL_ADDRESS + 9 * 4096);
	assert_int_equal(image.virt_base, KERNEL_VIRT_BASE);
	assert_int_equal(image.entry, KERNEL_VIRT_BASE + KERNEL_ADDRESS + 16);
	assert_true(image.has_init_p2m && image.mod_start_pfn && image.has_hypercall_page);
	assert_int_equal(image.hypercall_page, KERNEL_VIRT_BASE + KERNEL_ADDRESS + 4096);
	assert_int_equal(elf_image_peek_end(elf, 512), KERNEL_ADDRESS + 9 * 4096);
	free(elf);
}

static void expect_elf_refusal(const char *elf, size_t bytes, const char *words)
{
	struct error error = { 0 };
	struct elf_image image;

	assert_int_equal(read_elf(elf, bytes, &image, &error), -ENOEXEC);
	if (strstr(error.sentence, words) == NULL) {
		fail_msg("'%s' lacks '%s'", error.sentence, words);
	}
	assert_string_equal(error.object, "kernel 'k'");
}

static void test_bad_elfs(void **state)
{
	struct kernel_options options = { 0 };
	size_t bytes;
	char *elf = kernel_make_elf(&options, &bytes);
	Elf64_Ehdr *eh = (void *)elf;
	Elf64_Phdr *ph = (void *)(elf + sizeof(*eh));
	Elf64_Phdr good[3];

	(void)state;
	memcpy(good, ph, sizeof(good));
	expect_elf_refusal("text", 4, "not an ELF image");
	expect_elf_refusal(elf, 60, "not an ELF image");
	expect_elf_refusal(elf, bytes - 4096, "truncated: it ends inside a segment");
	eh->e_machine = EM_386;
	expect_elf_refusal(elf, bytes, "not for 64-bit x86");
	eh->e_machine = EM_X86_64;
	eh->e_type = ET_REL;
	expect_elf_refusal(elf, bytes, "not an executable one");
	eh->e_type = ET_EXEC;
	ph[2].p_type = PT_NULL;
	expect_elf_refusal(elf, bytes, "without Xen notes");
	memcpy(ph, good, sizeof(good));
	ph[0].p_filesz = ph[0].p_memsz + 1;
	expect_elf_refusal(elf, bytes, "longer in the file");
	memcpy(ph, good, sizeof(good));
	ph[1].p_paddr = ph[0].p_paddr + 4096;
	expect_elf_refusal(elf, bytes, "overlap");
	memcpy(ph, good, sizeof(good));
	ph[1].p_paddr = ~0ull - 4096;
	expect_elf_refusal(elf, bytes, "outside any domain's memory");
	memcpy(ph, good, sizeof(good));
	ph[0].p_type = PT_NULL;
	ph[1].p_type = PT_NULL;
	expect_elf_refusal(elf, bytes, "nothing to load");
	memcpy(ph, good, sizeof(good));
	ph[2].p_filesz = 1 << 20;
	expect_elf_refusal(elf, bytes, "notes are too long");
	free(elf);
}

static void test_addresses_are_checked(void **state)
{
	struct kernel_options options = { .virt_base = 0xffffffff80000001ull };
	size_t bytes;
	char *elf = kernel_make_elf(&options, &bytes);

	(void)state;
	expect_elf_refusal(elf, bytes, "VIRT_BASE is no usable address");
	free(elf);
	options.virt_base = 0x0001000000000000ull;
	elf = kernel_make_elf(&options, &bytes);
	expect_elf_refusal(elf, bytes, "VIRT_BASE is no usable address");
	free(elf);
	options.virt_base = 0xfffffffffffff000ull;
	elf = kernel_make_elf(&options, &bytes);
	expect_elf_refusal(elf, bytes, "VIRT_BASE is no usable address");
	free(elf);
}

static void test_flipped_bits(void **state)
{
	struct kernel_options options = { .init_p2m = 0x8000000000, .hypercall_page = 1,
					  .text_pages = 1 };
	size_t bytes, i;
	char *elf = kernel_make_elf(&options, &bytes);
	unsigned int bit;

	(void)state;
	for (i = 0; i < 1200; i++) {
		for (bit = 0; bit < 8; bit++) {
			struct elf_image image;

			if (i == 300) {
				i = 1024;
			}
			elf[i] ^= (char)(1 << bit);
			if (read_elf(elf, bytes, &image, NULL) == 0) {
				check_invariants(&image);
			}
			elf_image_peek_end(elf, bytes);
			elf[i] ^= (char)(1 << bit);
		}
	}
	/* The last segment's contents end 100 bytes before the file does. */
	for (i = 0; i < bytes - 100; i += 13) {
		struct elf_image image;

		assert_true(read_elf(elf, i, &image, NULL) < 0);
		elf_image_peek_end(elf, i);
	}
	free(elf);
}

static void test_bzimage(void **state)
{
	static const char payload[] = "\x1f\x8b-and-more-than-sixteen-bytes";
	struct bzimage found;
	struct error error = { 0 };
	size_t bytes;
	char *image = kernel_make_bzimage(payload, sizeof(payload), &bytes);

	(void)state;
	assert_true(bzimage_has_magic(image, BZIMAGE_HEAD_BYTES));
	assert_false(bzimage_has_magic(image, 0x200));
	assert_int_equal(bzimage_parse(image, bytes, "k", &found, &error), 0);
	assert_int_equal(found.payload_bytes, sizeof(payload));
	assert_memory_equal(image + found.payload_offset, payload, sizeof(payload));
	assert_int_equal(pack_format_detect(image + found.payload_offset, 16), PACK_GZIP);
	assert_int_equal(bzimage_parse(image, bytes - 1, "k", &found, &error), -ENOEXEC);
	assert_non_null(strstr(error.sentence, "truncated bzImage"));
	assert_int_equal(bzimage_parse(image, 300, "k", &found, &error), -ENOEXEC);
	assert_non_null(strstr(error.sentence, "truncated inside its header"));
	image[0x206] = 0x07;
	assert_int_equal(bzimage_parse(image, bytes, "k", &found, &error), -ENOEXEC);
	assert_non_null(strstr(error.sentence, "2.08 is needed"));
	free(image);
}

static void test_bzimage_flipped_bits(void **state)
{
	static const char payload[64] = "\x28\xb5\x2f\xfd";
	size_t bytes, i;
	char *image = kernel_make_bzimage(payload, sizeof(payload), &bytes);
	unsigned int bit;

	(void)state;
	for (i = 0x1f0; i < BZIMAGE_HEAD_BYTES; i++) {
		for (bit = 0; bit < 8; bit++) {
			struct bzimage found;

			image[i] ^= (char)(1 << bit);
			if (bzimage_parse(image, bytes, "k", &found, NULL) == 0) {
				assert_true(found.payload_offset <= bytes);
				assert_true(found.payload_bytes <= bytes - found.payload_offset);
			}
			image[i] ^= (char)(1 << bit);
		}
	}
	free(image);
}

static void test_formats(void **state)
{
	(void)state;
	assert_int_equal(pack_format_detect("\xfd" "7zXZ\0", 6), PACK_XZ);
	assert_int_equal(pack_format_detect("BZh9", 4), PACK_BZIP2);
	assert_int_equal(pack_format_detect("\x5d\0\0\0", 4), PACK_LZMA);
	assert_int_equal(pack_format_detect("\x02\x21\x4c\x18", 4), PACK_LZ4);
	assert_int_equal(pack_format_detect("\x28\xb5\x2f\xfd", 4), PACK_ZSTD);
	assert_int_equal(pack_format_detect("\x89LZO\0\r\n\x1a\n", 9), PACK_LZO);
	assert_int_equal(pack_format_detect("\x7f" "ELF", 4), PACK_NONE);
	assert_int_equal(pack_format_detect("", 0), PACK_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_elf),
		cmocka_unit_test(test_bad_elfs),
		cmocka_unit_test(test_addresses_are_checked),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_bzimage),
		cmocka_unit_test(test_bzimage_flipped_bits),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
