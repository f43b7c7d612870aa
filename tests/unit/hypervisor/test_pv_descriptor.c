// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest may put into a descriptor table: every combination of present bit, kind, type and DPL (invariant E6).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pv/pt.h"
#include "pv/pv.h"

pte_t pt_peek_l1e(mfn_t l4, u64 va) { (void)l4, (void)va; return 0; }

static u64 descriptor(unsigned int present, unsigned int not_system, unsigned int type, unsigned int dpl)
{
	return 0x00a0000000001234ULL | (u64)present << 47 | (u64)dpl << 45 | (u64)not_system << 44 | (u64)type << 40;
}

static void every_kind(void **state)
{
	unsigned int s, type, dpl;

	(void)state;
	for (s = 0; s < 2; s++) {
		for (type = 0; type < 16; type++) {
			for (dpl = 0; dpl < 4; dpl++) {
				u64 absent = descriptor(0, s, type, dpl), before = absent;
				u64 d = descriptor(1, s, type, dpl);
				bool ok = pv_descriptor_ok(&d);

				assert_true(pv_descriptor_ok(&absent));
				assert_int_equal(absent, before);
				if (s) {
					assert_true(ok);
					assert_int_equal(d, descriptor(1, s, type, 3));
				} else if (type == 12) {
					assert_true(ok);
					assert_int_equal(d, descriptor(1, 0, 12, 0));
				} else {
					assert_false(ok);
				}
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_kind) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
