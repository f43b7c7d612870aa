// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains: the table, creation when memory runs out at every place, tear-down, references that outlive it, pause, shutdown,
 * vcpu_info registration, refusals.
 */
#include "pv_stand_in.h"

#include "core/domain_changes.h"
#include "core/refusal.h"
#include "core/sched_queue.h"
#include "lib/log.h"
#include "mm/owner.h"
#include "mm/page_ref.h"
#include "public/sched.h"
#include "x86/page.h"

static u64 free_at_start;

static void destroy(struct domain *d)
{
	int err;

	do {
		err = domain_destroy(d);
	} while (err == -ERESTART);
	assert_int_equal(err, 0);
	domain_put(d);
}

/* dom0 stays, and the owner table keeps its leaves. */
static void first_setup(void)
{
	struct domain *d;
	u32 cpu, id;

	fake_machine_init();
	log_set_level(LOG_ERR);
	for (cpu = 0; cpu < fake_cpu_count; cpu++) {
		timer_init_cpu(cpu);
		sched_init_cpu(cpu);
	}
	d = stand_in_domain(0, 1);
	assert_ptr_equal(d, domain0);
	for (id = 1; id < DOMID_FIRST_RESERVED_RAW; id += 512) {
		destroy(stand_in_domain((u16)id, 1));
	}
	free_at_start = pages_free(false);
}

static int setup(void **state)
{
	(void)state;
	if (!free_at_start) {
		first_setup();
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_alloc_fail_at(0);
	assert_true(fake_irqs_on());
	assert_int_equal(domain_count(), 1);
	assert_int_equal(pages_free(false), free_at_start);
	return 0;
}

static void test_create_and_destroy(void **state)
{
	struct domain *d = stand_in_domain(7, 2), *found;

	(void)state;
	assert_int_equal(d->state, DOMAIN_BUILDING);
	assert_true(d->paused_by_control);
	found = domain_get(DOMID(7));
	assert_ptr_equal(found, d);
	domain_put(found);
	assert_null(domain_get(DOMID(8)));
	assert_null(domain_get(DOMID(0x7ff0)));
	assert_null(domain_get(DOMID(0xffff)));
	destroy(d);
	assert_null(domain_get(DOMID(7)));
}

static void test_ids(void **state)
{
	struct domain_params p = { .max_pages = 8, .vcpus = 1, .max_grant_frames = 1, .max_ports = 32 };
	struct domain *a, *b, *c, *again = NULL;

	(void)state;
	a = stand_in_domain(DOMID_INVALID_RAW, 1);
	b = stand_in_domain(DOMID_INVALID_RAW, 1);
	c = stand_in_domain(300, 1);
	assert_int_not_equal(a->id.v, b->id.v);
	assert_int_equal(domain_create(DOMID(300), &p, &again), -EEXIST);
	assert_int_equal(domain_create(DOMID(0x7ff0), &p, &again), -EEXIST);
	assert_int_equal(domain_create(DOMID(0), &p, &again), -EEXIST);
	destroy(a);
	destroy(b);
	destroy(c);
}

static void test_params_are_checked(void **state)
{
	struct domain_params good = { .max_pages = 8, .vcpus = 1, .max_grant_frames = 1, .max_ports = 32 }, p;
	struct domain *d = NULL;

	(void)state;
#define REFUSED(field, value) \
	p = good; p.field = (value); assert_int_equal(domain_create(DOMID(5), &p, &d), -EINVAL)
	REFUSED(vcpus, 0);
	REFUSED(vcpus, MAX_VCPUS + 1);
	REFUSED(max_grant_frames, 0);
	REFUSED(max_grant_frames, 65);
	REFUSED(max_ports, 31);
	REFUSED(max_ports, EVTCHN_PORTS_MAX + 1);
#undef REFUSED
}

static void test_list_is_in_order(void **state)
{
	static const u16 ids[] = { 9, 4, 700, 65, 64, 0x7fef };
	struct domain *made[ARRAY_SIZE(ids)], *d;
	u32 next = 0, i, seen = 0, last = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		made[i] = stand_in_domain(ids[i], 1);
	}
	while ((d = domain_get_next(next))) {
		assert_true(seen == 0 || d->id.v > last);
		last = d->id.v;
		next = last + 1;
		seen++;
		domain_put(d);
	}
	assert_int_equal(seen, ARRAY_SIZE(ids) + 1);
	assert_int_equal(last, 0x7fef);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		destroy(made[i]);
	}
}

/* Each allocation of a creation fails once; nothing may be left behind. */
static void test_create_fails_everywhere(void **state)
{
	struct domain_params p = { .max_pages = 8, .vcpus = 34, .max_grant_frames = 4, .max_ports = 64 };
	struct domain *d = NULL;
	u64 nth, failures = 0, before;
	int err = -1;

	(void)state;
	/* Heap pages that stay cached would look like a leak: compare with the state after one success. */
	assert_int_equal(domain_create(DOMID(3), &p, &d), 0);
	destroy(d);
	before = pages_free(false);
	for (nth = 1; err; nth++) {
		d = NULL;
		fake_alloc_fail_at(nth);
		err = domain_create(DOMID(3), &p, &d);
		fake_alloc_fail_at(0);
		if (err) {
			assert_int_equal(err, -ENOMEM);
			assert_null(d);
			assert_null(domain_get(DOMID(3)));
			assert_int_equal(pages_free(false), before);
			failures++;
		}
	}
	assert_true(failures > 34 * 2);
	destroy(d);
}

static void test_frame_mapped_elsewhere_keeps_the_id(void **state)
{
	struct domain_params p = { .max_pages = 8, .vcpus = 1, .max_grant_frames = 1, .max_ports = 32 };
	struct domain *d = stand_in_domain(5, 1), *second = NULL;
	struct page_info *pg;
	u16 changed[2];
	u64 seen = 0;
	u32 count = 0;
	mfn_t mfn;

	(void)state;
	assert_int_equal(domain_changes_read(&seen, changed, &count), -ERANGE);
	assert_int_equal(owner_pages_alloc(&d->mem, 0, ~0ULL, &mfn), 0);
	pg = page_get_mfn(mfn, &d->mem);
	assert_non_null(pg);
	destroy(d);
	/* Still there, dying, and its id is not given away. */
	d = domain_get(DOMID(5));
	assert_non_null(d);
	assert_true(domain_is_dying(d));
	assert_int_equal(domain_create(DOMID(5), &p, &second), -EEXIST);
	assert_null(page_get_mfn(mfn, &d->mem));
	domain_put(d);
	page_put(pg);
	assert_null(domain_get(DOMID(5)));
	/* Once for those who hold it, once that it is gone. */
	count = 2;
	assert_int_equal(domain_changes_read(&seen, changed, &count), 0);
	assert_int_equal(count, 2);
	second = stand_in_domain(5, 1);
	destroy(second);
}

static void test_reference_keeps_the_struct(void **state)
{
	struct domain *d = stand_in_domain(5, 1);

	(void)state;
	domain_ref(d);
	destroy(d);
	assert_null(domain_get(DOMID(5)));
	assert_int_equal(d->state, DOMAIN_DEAD);
	assert_int_equal(d->id.v, 5);
	domain_put(d);
}

static void test_dom0_is_not_destroyed(void **state)
{
	(void)state;
	assert_int_equal(domain_destroy(domain0), -EINVAL);
	assert_false(domain_is_dying(domain0));
}

static void test_destroy_drops_vcpu_info(void **state)
{
	struct domain *d = stand_in_domain(6, 40);
	mfn_t mfn;

	(void)state;
	assert_int_equal(owner_pages_alloc(&d->mem, 0, ~0ULL, &mfn), 0);
	assert_int_equal(vcpu_register_info(d->vcpus[0], mfn, 64), 0);
	assert_int_equal(vcpu_register_info(d->vcpus[39], mfn, 128), 0);
	destroy(d);
	assert_null(domain_get(DOMID(6)));
}

static void test_register_vcpu_info_rules(void **state)
{
	struct domain *d = stand_in_domain(6, 2), *other = stand_in_domain(8, 1);
	mfn_t mfn, foreign, table;
	struct vcpu *v = d->vcpus[1];
	struct vcpu_info *to;

	(void)state;
	assert_int_equal(owner_pages_alloc(&d->mem, 0, ~0ULL, &mfn), 0);
	assert_int_equal(owner_pages_alloc(&d->mem, 0, ~0ULL, &table), 0);
	assert_int_equal(owner_pages_alloc(&other->mem, 0, ~0ULL, &foreign), 0);
	assert_true(page_get_and_type(mfn_to_page(table), &d->mem, PGT_SEG_DESC));

	assert_int_equal(vcpu_register_info(v, mfn, 4), -ENXIO);
	assert_int_equal(vcpu_register_info(v, mfn, 4096 - 56), -ENXIO);
	assert_int_equal(vcpu_register_info(v, mfn, ~0u & ~7u), -ENXIO);
	assert_int_equal(vcpu_register_info(v, foreign, 0), -EINVAL);
	assert_int_equal(vcpu_register_info(v, MFN(~0ULL), 0), -EINVAL);
	assert_int_equal(vcpu_register_info(v, table, 0), -EINVAL);

	v->info->arch.cr2 = 0x1234;
	v->info->evtchn_upcall_pending = 0;
	v->info->evtchn_upcall_mask = 1;
	assert_int_equal(vcpu_register_info(v, mfn, 4096 - 64), 0);
	to = (struct vcpu_info *)((char *)mfn_to_virt(mfn) + 4096 - 64);
	assert_ptr_equal(v->info, to);
	assert_int_equal(to->arch.cr2, 0x1234);
	assert_int_equal(to->evtchn_upcall_pending, 1);
	assert_int_equal(to->evtchn_upcall_mask, 1);
	assert_true(to->evtchn_pending_sel == ~0ULL);
	assert_int_equal(to->time.version % 2, 0);
	assert_true(to->time.tsc_to_system_mul != 0);
	assert_int_equal(vcpu_register_info(v, mfn, 0), -EINVAL);

	page_put_and_type(mfn_to_page(table));
	destroy(d);
	destroy(other);
}

static void test_pause_counts(void **state)
{
	struct domain *d = stand_in_domain(6, 2);

	(void)state;
	sched_vcpu_wake(d->vcpus[0], VCPU_DOWN);
	assert_false(sched_vcpu_runnable(d->vcpus[0]));
	domain_pause(d);
	domain_control_unpause(d);
	assert_int_equal(d->state, DOMAIN_BUILDING);
	assert_false(sched_vcpu_runnable(d->vcpus[0]));
	domain_control_unpause(d);
	domain_unpause(d);
	assert_int_equal(d->state, DOMAIN_ALIVE);
	assert_true(sched_vcpu_runnable(d->vcpus[0]));
	assert_false(sched_vcpu_runnable(d->vcpus[1]));
	domain_control_pause(d);
	domain_control_pause(d);
	assert_int_equal(d->pause_count, 1);
	assert_false(sched_vcpu_runnable(d->vcpus[0]));
	domain_control_unpause(d);
	assert_true(sched_vcpu_runnable(d->vcpus[0]));
	destroy(d);
}

static void test_shutdown_and_resume(void **state)
{
	struct domain *d = stand_in_domain(6, 1);

	(void)state;
	stand_in_start(d);
	assert_int_equal(domain_resume(d, false), -EINVAL);
	domain_shutdown(d, SHUTDOWN_suspend);
	domain_shutdown(d, SHUTDOWN_crash);
	assert_true(d->is_shut_down);
	assert_int_equal(d->shutdown_code, SHUTDOWN_suspend);
	assert_false(sched_vcpu_runnable(d->vcpus[0]));
	assert_int_equal(domain_resume(d, true), 0);
	assert_int_equal(d->vcpus[0]->regs.rax, 1);
	assert_true(sched_vcpu_runnable(d->vcpus[0]));
	assert_int_equal(domain_crash(d, "test of %s", "crashing"), -EINVAL);
	assert_int_equal(d->shutdown_code, SHUTDOWN_crash);
	assert_int_equal(domain_resume(d, false), -EINVAL);
	destroy(d);
}

static void test_refusals(void **state)
{
	struct domain *d = stand_in_domain(6, 1);
	struct refusal_out out[64];
	static const char op[] = "op", rule[] = "rule";
	u64 pos = 0;
	u32 i;

	(void)state;
	assert_int_equal(refusal_read(d, &pos, out, 64), 0);
	fake_alloc_fail_at(1);
	refusal_record(d, op, rule, 1, 2);
	fake_alloc_fail_at(0);
	assert_int_equal(refusal_read(d, &pos, out, 64), 0);
	for (i = 0; i < 100; i++) {
		assert_int_equal(refuse(d, -EINVAL, op, rule, i, 2), -EINVAL);
		refusal_record(d, op, rule, i, 2);
	}
	assert_int_equal(refusal_read(d, &pos, out, 10), 10);
	assert_int_equal(out[0].args[0], 68);
	assert_int_equal(out[0].times, 2);
	assert_int_equal(refusal_read(d, &pos, out, 64), 22);
	assert_int_equal(out[21].args[0], 99);
	assert_int_equal(refusal_read(d, &pos, out, 64), 0);
	assert_int_equal(refuse_frame(d, -EBUSY, op, rule, 7, MFN_INVALID), -EBUSY);
	assert_int_equal(refusal_read(d, &pos, out, 64), 1);
	assert_int_equal(out[0].frame_flags, 0);
	pos = ~0ULL;
	assert_int_equal(refusal_read(d, &pos, out, 64), 0);
	destroy(d);
}

/* What the frame was when it was refused, not what it is when somebody reads. */
static void test_refusal_of_a_frame(void **state)
{
	struct domain *d = stand_in_domain(6, 1);
	struct refusal_out out[2];
	struct page_info *pg;
	u64 pos = 0;
	mfn_t mfn;

	(void)state;
	assert_int_equal(owner_pages_alloc(&d->mem, 0, ~0ULL, &mfn), 0);
	pg = page_get_mfn(mfn, &d->mem);
	assert_int_equal(page_get_type(pg, PGT_WRITABLE, false), 0);
	refusal_record_frame(d, "op", "rule", 3, mfn);
	page_put_and_type(pg);
	assert_int_equal(refusal_read(d, &pos, out, 2), 1);
	assert_int_equal(out[0].args[0], 3);
	assert_int_equal(out[0].args[1], mfn.v);
	assert_int_equal(out[0].frame_flags, REFUSAL_FRAME_KNOWN);
	assert_int_equal(out[0].frame_owner, 6);
	assert_int_equal(out[0].frame_type, PGT_WRITABLE >> PGT_SHIFT);
	assert_int_equal(out[0].frame_type_refs, 1);
	assert_int_equal(out[0].frame_refs, 2);
	destroy(d);
}

/* Two readers, each at its own pace: neither takes anything away from the other. */
static void test_changes(void **state)
{
	struct domain *d = stand_in_domain(6, 1);
	u16 ids[4];
	u64 first = 0, second = 0;
	u32 i, count = 4;

	(void)state;
	assert_int_equal(domain_changes_read(&first, ids, &count), -ERANGE);
	assert_int_equal(count, 0);
	second = first;
	stand_in_start(d);
	domain_shutdown(d, SHUTDOWN_crash);
	domain_shutdown(d, SHUTDOWN_crash);
	count = 4;
	assert_int_equal(domain_changes_read(&first, ids, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], 6);
	destroy(d);
	destroy(stand_in_domain(9, 1));
	count = 4;
	assert_int_equal(domain_changes_read(&first, ids, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], 6);
	assert_int_equal(ids[1], 9);
	count = 2;
	assert_int_equal(domain_changes_read(&second, ids, &count), 0);
	assert_int_equal(count, 2);
	count = 4;
	assert_int_equal(domain_changes_read(&second, ids, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], 9);
	assert_true(first == second);
	/* The log is as long as it says, and then a reader hears that it missed something. */
	for (i = 0; i < DOMAIN_CHANGES_KEPT; i++) {
		domain_changes_add(DOMID(7));
	}
	count = 1;
	assert_int_equal(domain_changes_read(&first, ids, &count), 0);
	domain_changes_add(DOMID(8));
	assert_int_equal(domain_changes_read(&second, ids, &count), -ERANGE);
	assert_int_equal(count, 0);
	first = ~0ULL;
	assert_int_equal(domain_changes_read(&first, ids, &count), -ERANGE);
	assert_true(first == second);
}

static void test_many_cycles_leave_nothing(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		destroy(stand_in_domain(DOMID_INVALID_RAW, 1 + i % 3));
	}
}

/* What an idle one-vCPU domain costs in frames of the hypervisor; the limit is docs/limits.md's. */
static void test_density(void **state)
{
	struct domain *made[32];
	u64 before = pages_free(false), per_domain_bytes;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		made[i] = stand_in_domain(DOMID_INVALID_RAW, 1);
	}
	per_domain_bytes = (before - pages_free(false)) * 4096 / ARRAY_SIZE(made);
	print_message("sizeof(struct domain) %zu, struct vcpu %zu; %llu bytes of pages per domain\n", sizeof(struct domain),
		      sizeof(struct vcpu), (unsigned long long)per_domain_bytes);
	assert_true(per_domain_bytes <= 24 * 1024);
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		destroy(made[i]);
	}
}

#define domain_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		domain_test(test_create_and_destroy),
		domain_test(test_ids),
		domain_test(test_params_are_checked),
		domain_test(test_list_is_in_order),
		domain_test(test_create_fails_everywhere),
		domain_test(test_frame_mapped_elsewhere_keeps_the_id),
		domain_test(test_reference_keeps_the_struct),
		domain_test(test_dom0_is_not_destroyed),
		domain_test(test_destroy_drops_vcpu_info),
		domain_test(test_register_vcpu_info_rules),
		domain_test(test_pause_counts),
		domain_test(test_shutdown_and_resume),
		domain_test(test_refusals),
		domain_test(test_refusal_of_a_frame),
		domain_test(test_changes),
		domain_test(test_many_cycles_leave_nothing),
		domain_test(test_density),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
