// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which ranges a guest may name, around every border there is: 2^47, the hypervisor's hole, 2^64; and the copies that rely on it. The
 * rule is compared with a slow one that looks at the first and last byte of the range in wider arithmetic.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake/machine.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "x86/layout.h"
#include "x86/page.h"

#define LOWER_END (1ULL << 47)

static const u64 borders[] = {
	0, PAGE_SIZE, LOWER_END, 0xffff800000000000ULL, HV_HOLE_END, 0xffff880000000000ULL, 0xffffffff80000000ULL, ~0ULL, 1ULL << 63,
	1ULL << 48, 0xffff000000000000ULL,
};
static const u64 sizes[] = {
	0, 1, 2, 7, 8, 9, 64, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 1ULL << 32, LOWER_END - 1, LOWER_END, LOWER_END + 1, 1ULL << 63,
	~0ULL - 8, ~0ULL - 1, ~0ULL,
};

static bool byte_is_guests(u64 va)
{
	return va < LOWER_END || va >= HV_HOLE_END;
}

/* Both ends are the guest's, and nothing between them is not: a range from the lower half into the upper one spans the hole. */
static bool may_name(u64 va, u64 bytes)
{
	unsigned __int128 end = (unsigned __int128)va + bytes;
	u64 last;

	if (bytes == 0) {
		return byte_is_guests(va) || va == LOWER_END;
	}
	if (end > (unsigned __int128)1 << 64) {
		return false;
	}
	last = (u64)(end - 1);
	return byte_is_guests(va) && byte_is_guests(last) && (va < LOWER_END) == (last < LOWER_END);
}

static void check(u64 va, u64 bytes)
{
	bool ok = guest_range_ok(va, bytes), expected = may_name(va, bytes);

	/* The very last byte of the address space may be refused: its end is 2^64. */
	if (ok != expected && !(expected && va + bytes == 0 && !ok)) {
		print_error("range %llx + %llx: %d\n", (unsigned long long)va, (unsigned long long)bytes, ok);
	}
	assert_true(ok == expected || (expected && va + bytes == 0));
}

static void ranges_at_borders(void **state)
{
	u32 b, s;
	s64 near;

	(void)state;
	for (b = 0; b < ARRAY_SIZE(borders); b++) {
		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			for (near = -20; near <= 20; near++) {
				check(borders[b] + (u64)near, sizes[s]);
				check(borders[b] - sizes[s] + (u64)near, sizes[s]);
			}
			check(borders[b] - sizes[s] / 2, sizes[s]);
		}
	}
}

static void ranges_at_random(void **state)
{
	u64 x = 88172645463325252ULL, y;
	u32 i;

	(void)state;
	for (i = 0; i < 2000000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		y = x * 0x9e3779b97f4a7c15ULL;
		check(x >> (y % 3 * 16), y >> (x % 64));
		check((u64)((s64)(x << 16) >> 16), y >> (x % 64));
	}
}

/* Memory that is there on both sides of nowhere: what is refused is refused before anything is touched. */
static void copies_stop_at_the_border(void **state)
{
	u64 buffer[4] = { 1, 2, 3, 4 };
	u32 i;

	(void)state;
	fake_guest_memory(0, ~0ULL);
	for (i = 1; i < sizeof(buffer); i++) {
		assert_int_equal(guest_copy_in(buffer, GVA(LOWER_END - sizeof(buffer) + i), sizeof(buffer)), -EFAULT);
		assert_int_equal(guest_copy_out(GVA(HV_HOLE_END - i), buffer, sizeof(buffer)), -EFAULT);
		assert_int_equal(guest_copy_in(buffer, GVA(~0ULL - sizeof(buffer) + 1 + i), sizeof(buffer)), -EFAULT);
		assert_int_equal(guest_load(&buffer, GVA(LOWER_END - sizeof(buffer) + i)), -EFAULT);
		assert_int_equal(guest_store(GVA(HV_HOLE_END - i), &buffer), -EFAULT);
		assert_int_equal(guest_load(&buffer, GVA(~0ULL - sizeof(buffer) + 1 + i)), -EFAULT);
	}
	assert_int_equal(guest_copy_in(buffer, GVA(0xffff800000000000ULL), 8), -EFAULT);
	assert_int_equal(guest_copy_out(GVA(1ULL << 63), buffer, 8), -EFAULT);
	assert_int_equal(buffer[0] + buffer[3], 5);
}

static void copies_fault_as_a_whole(void **state)
{
	u64 guest[4] = { 1, 2, 3, 4 }, ours[4] = { 0 };
	u64 start = (u64)guest;

	(void)state;
	fake_guest_memory(start, sizeof(guest));
	assert_int_equal(guest_copy_in(ours, GVA(start), sizeof(ours)), 0);
	assert_memory_equal(ours, guest, sizeof(ours));
	assert_int_equal(guest_copy_in(ours, guest_elem(GVA(start), 3, 8), 8), 0);
	assert_int_equal(ours[0], 4);
	assert_int_equal(guest_copy_in(ours, guest_elem(GVA(start), 3, 8), 9), -EFAULT);
	assert_int_equal(guest_copy_in(ours, GVA(start - 1), 2), -EFAULT);
	assert_int_equal(guest_copy_out(GVA(start + sizeof(guest)), ours, 1), -EFAULT);
	ours[0] = 77;
	assert_int_equal(guest_copy_out(GVA(start + 8), ours, 8), 0);
	assert_int_equal(guest[1], 77);
	assert_int_equal(guest_load(&ours, GVA(start)), 0);
	assert_memory_equal(ours, guest, sizeof(ours));
	assert_int_equal(guest_load(&ours[0], GVA(start + 25)), -EFAULT);
	ours[0] = 78;
	assert_int_equal(guest_store(GVA(start + 8), (u32 *)ours), 0);
	assert_int_equal(guest[1], 78);
	assert_int_equal(guest[0] + guest[2], 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_at_borders),
		cmocka_unit_test(ranges_at_random),
		cmocka_unit_test(copies_stop_at_the_border),
		cmocka_unit_test(copies_fault_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
