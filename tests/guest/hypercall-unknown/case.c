/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a hypercall number that does not exist is refused with -ENOSYS, whatever its size, and
 * nothing else happens [CALL-3].
 */
#include "case.h"
#include "hypercall.h"

static void run(void)
{
	static const uint64_t numbers[] = {
		11, 38, 43, 47, 56, 63, 64, 65, 127, 128, 255, 256, 1000, 0x7fffffff, 0x80000000,
		0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, ~0UL,
	};
	unsigned int i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		long result = hypercall_two(numbers[i], 0, 0);

		if (result != -XEN_ENOSYS) {
			case_fail(__LINE__, "number %lx: %ld", numbers[i], result);
		}
	}
}

CASE(run, 0);
