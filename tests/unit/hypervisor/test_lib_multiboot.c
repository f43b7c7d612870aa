// SPDX-License-Identifier: GPL-2.0-only
/*
 * Multiboot 1 and 2 information as QEMU and GRUB give it, broken in every way a loader could break it, and firmware memory
 * maps that overlap. "Machine memory" is one heap block: reads outside it are refused by the view or caught by the sanitizer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/multiboot.h"

#define MEMORY_BYTES 16384
#define BASE         0x9000ULL /* machine address of the block */

static u8 *memory;
static struct boot_info bi;

static const void *view(u64 maddr, size_t bytes)
{
	if (maddr < BASE || maddr - BASE > MEMORY_BYTES || bytes > MEMORY_BYTES - (maddr - BASE)) {
		return NULL;
	}
	return memory + (maddr - BASE);
}

static int setup(void **state)
{
	(void)state;
	memory = calloc(1, MEMORY_BYTES);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static void put(u64 at, u64 v, u32 bytes)
{
	memcpy(memory + (at - BASE), &v, bytes);
}

static void put_text(u64 at, const char *text)
{
	strcpy((char *)memory + (at - BASE), text);
}

static void put_range1(u64 at, u64 start, u64 bytes, u32 type)
{
	put(at, 20, 4);
	put(at + 4, start, 8);
	put(at + 12, bytes, 8);
	put(at + 20, type, 4);
}

/* What QEMU hands over: file names in front, 7 ranges shortened to 3, two modules. */
static void qemu_info(const char *loader)
{
	memset(memory, 0, MEMORY_BYTES);
	put(BASE, 1u << 2 | 1u << 3 | 1u << 6 | 1u << 9, 4);
	put(BASE + 16, BASE + 0x400, 4);     /* command line */
	put(BASE + 20, 2, 4);
	put(BASE + 24, BASE + 0x500, 4);     /* modules */
	put(BASE + 44, 3 * 24, 4);
	put(BASE + 48, BASE + 0x600, 4);     /* map */
	put(BASE + 64, BASE + 0x700, 4);     /* loader */
	put_text(BASE + 0x400, "out/lamina console=com1 dom0_mem=512M");
	put_text(BASE + 0x700, loader);
	put(BASE + 0x500, 0x300000, 4);
	put(BASE + 0x504, 0x400000, 4);
	put(BASE + 0x508, BASE + 0x800, 4);
	put(BASE + 0x510, 0x400000, 4);
	put(BASE + 0x514, 0x400000, 4);
	put_text(BASE + 0x800, "vmlinux  console=hvc0 root=x");
	put_range1(BASE + 0x600, 0x100000, 0x3fee0000, 1);
	put_range1(BASE + 0x618, 0, 0x9fc00, 1);
	put_range1(BASE + 0x630, 0xf0000, 0x10000, 2);
}

static const char *parse1(void)
{
	return multiboot_parse(MULTIBOOT1_MAGIC, BASE, view, &bi);
}

static void from_qemu(void **state)
{
	(void)state;
	qemu_info("qemu");
	assert_null(parse1());
	assert_string_equal(bi.loader, "qemu");
	assert_string_equal(bi.cmdline, "console=com1 dom0_mem=512M");
	assert_int_equal(bi.module_count, 2);
	assert_int_equal(bi.modules[0].start, 0x300000);
	assert_int_equal(bi.modules[0].bytes, 0x100000);
	assert_string_equal(bi.modules[0].cmdline, "console=hvc0 root=x");
	assert_int_equal(bi.modules[1].bytes, 0);
	assert_string_equal(bi.modules[1].cmdline, "");
	assert_int_equal(bi.range_count, 3);
	assert_int_equal(bi.ranges[0].start, 0);
	assert_int_equal(bi.ranges[1].start, 0xf0000);
	assert_int_equal(bi.ranges[1].type, RANGE_RESERVED);
	assert_int_equal(bi.ranges[2].bytes, 0x3fee0000);
}

static void from_grub(void **state)
{
	(void)state;
	qemu_info("GRUB 2.06-13");
	assert_null(parse1());
	assert_string_equal(bi.cmdline, "out/lamina console=com1 dom0_mem=512M");
	assert_string_equal(bi.modules[0].cmdline, "vmlinux  console=hvc0 root=x");
}

static void broken_multiboot1(void **state)
{
	static const struct {
		u64 at, value;
	} bad[] = {
		{ 0, 1u << 2 },                      /* no map */
		{ 44, 0 },                           /* an empty map */
		{ 44, 25 },                          /* cut in the middle of an entry */
		{ 44, 0xffffffff },                  /* beyond memory */
		{ 48, 0xfffffff0 },                  /* nowhere */
		{ 0x600, 3 },                        /* tiny entry */
		{ 20, 9 },                           /* too many modules, or unreadable ones */
		{ 20, 0xffffffff },
		{ 24, 0xffffff00 },
		{ 0x504, 0x2fffff },                 /* ends before it starts */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		qemu_info("qemu");
		put(BASE + bad[i].at, bad[i].value, 4);
		if (!parse1()) {
			fail_msg("accepted bad value at offset %llu", (unsigned long long)bad[i].at);
		}
	}
	assert_non_null(multiboot_parse(MULTIBOOT1_MAGIC, 0xfffffff0, view, &bi));
	assert_non_null(multiboot_parse(0x12345678, BASE, view, &bi));
}

/* Texts that do not end, or lie nowhere, are cut; they are no reason not to boot. */
static void endless_texts(void **state)
{
	(void)state;
	qemu_info("qemu");
	put(BASE + 16, BASE + MEMORY_BYTES - 5, 4);
	memcpy(memory + MEMORY_BYTES - 5, "a bcd", 5);
	put(BASE + 0x508, 0xffffff00, 4);
	assert_null(parse1());
	assert_string_equal(bi.cmdline, "bcd");
	assert_string_equal(bi.modules[0].cmdline, "");
	qemu_info("qemu");
	memset(memory + 0x1000, 'x', 0x1000);
	memory[0x1001] = ' ';
	put(BASE + 16, BASE + 0x1000, 4);
	assert_null(parse1());
	assert_int_equal(strlen(bi.cmdline), BOOT_CMDLINE_BYTES - 3);
}

static u64 tag(u64 at, u32 type, const void *body, u32 bytes)
{
	put(at, type, 4);
	put(at + 4, bytes + 8, 4);
	memcpy(memory + (at + 8 - BASE), body, bytes);
	return at + ((bytes + 8 + 7) & ~7u);
}

/* Returns the offset of the memory map's tag. */
static u64 grub2_info(void)
{
	static const struct { u32 entry, version; struct { u64 start, bytes; u32 type, zero; } r[2]; } map = {
		24, 0, { { 0x100000, 0x7ff00000, 1, 0 }, { 0x80000000, 0x1000, 3, 0 } },
	};
	static const struct { u32 start, end; char text[16]; } module = { 0x300000, 0x301000, "console=hvc0" };
	u64 at = BASE + 8, map_at;

	memset(memory, 0, MEMORY_BYTES);
	at = tag(at, 1, "loglvl=all", 11);
	at = tag(at, 2, "GRUB 2.06", 10);
	at = tag(at, 3, &module, 8 + 13);
	map_at = at;
	at = tag(at, 6, &map, sizeof(map));
	at = tag(at, 14, "RSD PTR v1..........", 20);
	at = tag(at, 15, "RSD PTR v2..........................", 36);
	at = tag(at, 99, "?", 1);
	at = tag(at, 0, "", 0);
	put(BASE, at - BASE, 4);
	return map_at;
}

static const char *parse2(void)
{
	return multiboot_parse(MULTIBOOT2_MAGIC, BASE, view, &bi);
}

static void multiboot2(void **state)
{
	(void)state;
	grub2_info();
	assert_null(parse2());
	assert_string_equal(bi.cmdline, "loglvl=all");
	assert_string_equal(bi.loader, "GRUB 2.06");
	assert_int_equal(bi.module_count, 1);
	assert_int_equal(bi.modules[0].bytes, 0x1000);
	assert_string_equal(bi.modules[0].cmdline, "console=hvc0");
	assert_int_equal(bi.range_count, 2);
	assert_int_equal(bi.ranges[1].type, RANGE_ACPI);
	assert_int_equal(bi.rsdp_bytes, 36);
	assert_memory_equal(bi.rsdp, "RSD PTR v2", 10);
}

static void broken_multiboot2(void **state)
{
	u64 map_at;

	(void)state;
	map_at = grub2_info();
	put(BASE, 100, 4);                /* total cuts the list */
	assert_non_null(parse2());
	grub2_info();
	put(BASE, 0xffffffff, 4);
	put(map_at + 4, 0xfffffff8, 4);   /* a tag beyond memory */
	assert_non_null(parse2());
	grub2_info();
	put(map_at + 4, 7, 4);            /* smaller than its own header: would loop */
	assert_non_null(parse2());
	grub2_info();
	put(map_at + 8, 0, 4);            /* entries of no size: would loop */
	assert_non_null(parse2());
	grub2_info();
	put(map_at + 4, 12, 4);
	assert_non_null(parse2());
}

static void random_corruption(void **state)
{
	(void)state;
	srand(4);
	for (int round = 0; round < 4000; round++) {
		bool second = rand() & 1;

		if (second) {
			grub2_info();
		} else {
			qemu_info("qemu");
		}
		for (int n = rand() % 5; n >= 0; n--) {
			memory[rand() % (second ? 0x140 : 0x900)] = rand() % 3 ? rand() : 0xff;
		}
		if (second ? parse2() : parse1()) {
			continue;
		}
		assert_true(bi.range_count > 0 && bi.range_count <= BOOT_MAX_RANGES);
		assert_true(bi.module_count <= BOOT_MAX_MODULES);
		assert_true(bi.rsdp_bytes <= sizeof(bi.rsdp));
		for (u32 i = 1; i < bi.range_count; i++) {
			assert_true(bi.ranges[i].start >= bi.ranges[i - 1].start + bi.ranges[i - 1].bytes);
		}
	}
}

/* The type the sorted map gives a byte must be the strictest of all that named it. */
static void ranges_against_brute_force(void **state)
{
	static const u32 order[] = { RANGE_RAM, RANGE_ACPI, RANGE_NVS, RANGE_RESERVED, RANGE_UNUSABLE };

	(void)state;
	srand(5);
	for (int round = 0; round < 2000; round++) {
		struct boot_range r[BOOT_MAX_RANGES];
		u32 want[64] = { 0 }, n = 1 + rand() % 8, rank[64];

		memset(rank, 0xff, sizeof(rank));
		for (u32 i = 0; i < n; i++) {
			u32 k = rand() % 5;

			r[i] = (struct boot_range){ rand() % 60, 1 + rand() % 20, order[k] };
			for (u64 b = r[i].start; b < r[i].start + r[i].bytes && b < 64; b++) {
				if (rank[b] == ~0u || k > rank[b]) {
					rank[b] = k;
					want[b] = order[k];
				}
			}
		}
		n = boot_ranges_normalise(r, n, BOOT_MAX_RANGES);
		assert_true(n > 0);
		for (u32 b = 0; b < 64; b++) {
			u32 got = 0;

			for (u32 i = 0; i < n; i++) {
				if (b >= r[i].start && b < r[i].start + r[i].bytes) {
					assert_int_equal(got, 0);
					got = r[i].type;
				}
			}
			assert_int_equal(got, want[b]);
		}
		for (u32 i = 1; i < n; i++) {
			assert_false(r[i].type == r[i - 1].type && r[i].start == r[i - 1].start + r[i - 1].bytes);
		}
	}
}

static void ranges_do_not_fit(void **state)
{
	struct boot_range r[BOOT_MAX_RANGES];

	(void)state;
	for (u32 i = 0; i < 10; i++) {
		r[i] = (struct boot_range){ i * 100, 50, RANGE_RAM };
	}
	assert_int_equal(boot_ranges_normalise(r, 10, 9), 0);
	assert_int_equal(boot_ranges_normalise(r, 10, 10), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_qemu),
		cmocka_unit_test(from_grub),
		cmocka_unit_test(broken_multiboot1),
		cmocka_unit_test(endless_texts),
		cmocka_unit_test(multiboot2),
		cmocka_unit_test(broken_multiboot2),
		cmocka_unit_test(random_corruption),
		cmocka_unit_test(ranges_against_brute_force),
		cmocka_unit_test(ranges_do_not_fit),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
