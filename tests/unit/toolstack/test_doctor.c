// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam doctor's judgements, with facts made up: what is a finding, what is not, and whom it names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cmd/doctor_judge.h"

static char text[JUDGE_TEXT_BYTES];

static void says(const char *words)
{
	if (strstr(text, words) == NULL) {
		fail_msg("'%s' is not in: %s", words, text);
	}
}

static struct judge_zombie zombie_of(const struct control_info *info)
{
	return (struct judge_zombie){ .info = info, .name = "web1", .dom0_processes = "" };
}

static void test_zombie(void **state)
{
	struct control_info info = { .domid = 7, .flags = CONTROL_INFO_DYING, .tot_pages = 3 };
	struct judge_zombie zombie = zombie_of(&info);

	(void)state;
	/* Nobody by a grant: then a process by frame numbers, if it was not just preempted. */
	assert_true(judge_zombie(&zombie, text));
	says("domain 7 (web1) is dying and still has 3 pages, none mapped by a grant\nlam destroy 7 goes on");
	zombie.dom0_processes = "qemu (55)";
	assert_true(judge_zombie(&zombie, text));
	says("one of qemu (55)");
	info.tot_pages = 0;
	assert_true(judge_zombie(&zombie, text));
	says("has no pages left");
	info.flags = 0;
	assert_false(judge_zombie(&zombie, text));
}

static void test_holders(void **state)
{
	struct control_info info = { .domid = 7, .flags = CONTROL_INFO_DYING, .tot_pages = 3 };
	struct judge_zombie zombie = zombie_of(&info);
	uint32_t i;

	(void)state;
	zombie.holder_count = 1;
	zombie.holders[0] = (struct judge_holder){ .domid = 9, .grants = 2, .name = "db" };
	assert_true(judge_zombie(&zombie, text));
	says("still has 3 pages: mapped in db by 2 grants\nit ends when they unmap them");
	zombie.holder_count = 2;
	zombie.holders[1] = (struct judge_holder){ .domid = 0, .grants = 1, .name = "Domain-0" };
	zombie.dom0_processes = "lam-blkd (31)";
	assert_true(judge_zombie(&zombie, text));
	says("mapped in db by 2 grants and dom0 by 1 grant\na back end of dom0 lets go");
	says("one of lam-blkd (31)");
	/* Long names, many holders: cut, not overrun. */
	zombie.holder_count = JUDGE_MAX_HOLDERS;
	for (i = 0; i < JUDGE_MAX_HOLDERS; i++) {
		zombie.holders[i] = (struct judge_holder){ .domid = 9, .grants = 4000000000u };
		memset(zombie.holders[i].name, 'n', sizeof(zombie.holders[i].name) - 1);
	}
	assert_true(judge_zombie(&zombie, text));
	assert_true(strlen(text) < JUDGE_TEXT_BYTES);
}

static void test_limits(void **state)
{
	struct control_info info = { .domid = 7, .grant_frames = 57, .max_grant_frames = 64 };

	(void)state;
	assert_false(judge_grant_frames(&info, "web1", text));
	info.grant_frames = 58;
	assert_true(judge_grant_frames(&info, "web1", text));
	says("domain 7 (web1) uses 58 of its 64 grant frames\nmax_grant_frames");
	info.max_grant_frames = 0;
	assert_false(judge_grant_frames(&info, "web1", text));
	assert_false(judge_machine_memory(32, text));
	assert_true(judge_machine_memory(31, text));
	says("31 MiB left for new domains");
	assert_false(judge_dom0_memory(UINT64_MAX, text));
	assert_true(judge_dom0_memory(0, text));
	says("dom0 has 0 MiB");
}

static void test_store_usage(void **state)
{
	(void)state;
	assert_true(judge_store_usage("5 nodes 900 1000", text));
	says("domain 5 uses 900 of the 1000 that it may have in the store of: nodes\n");
	says("xenstore-control quota nodes N");
	assert_true(judge_store_usage("5 outstanding-bytes 131072 131072", text));
	assert_false(judge_store_usage("5 nodes 899 1000", text));
	assert_false(judge_store_usage("", text));
	assert_false(judge_store_usage("nodes 5 5 5", text));
	assert_false(judge_store_usage("5 nodes 900", text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zombie),
		cmocka_unit_test(test_holders),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_store_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
