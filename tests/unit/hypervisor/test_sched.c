// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scheduler in simulated time: shares by weight, caps, wake-up latency, placement on idle processors, affinity, and what it
 * does not do: no timer for a lone vCPU, no save for one that sleeps and wakes alone.
 */
#include "pv_stand_in.h"

#include "lib/log.h"
#include "sched_sim.h"

#define MS 1000000ULL
#define S  1000000000ULL
#define PERCENT_OFF(got, want) \
	((got) > (want) ? ((got) - (want)) * 100 / (want) : ((want) - (got)) * 100 / (want))

static struct domain *made[SIM_VCPUS];
static u32 made_count;
static u64 used_before[SIM_VCPUS];

static struct domain *domain(u32 vcpus)
{
	struct domain *d = stand_in_domain(DOMID_INVALID_RAW, vcpus);

	made[made_count++] = d;
	stand_in_start(d);
	return d;
}

static struct sim_vcpu *hog(u32 weight)
{
	struct domain *d = domain(1);

	assert_int_equal(sched_domain_set(d, weight, 0), 0);
	return sim_add(d->vcpus[0], 0, 0);
}

static u64 used(const struct sim_vcpu *s) { return sched_vcpu_time_ns(s->v) - used_before[s - sim_vcpus]; }

static void count_from_here(void)
{
	u32 i;

	for (i = 0; i < sim_vcpu_count; i++) {
		used_before[i] = sched_vcpu_time_ns(sim_vcpus[i].v);
	}
}

static int setup(void **state)
{
	(void)state;
	fake_machine_init();
	log_set_level(LOG_ERR);
	sim_start();
	sim_use_cpus(1);
	sim_vcpu_count = 0;
	made_count = 0;
	memset(used_before, 0, sizeof(used_before));
	return 0;
}

/* Stops everybody; the processors must let go of all of them. */
static int teardown(void **state)
{
	u32 i, j;

	(void)state;
	sim_vcpu_count = 0;
	sim_use_cpus(FAKE_CPUS);
	for (i = 0; i < made_count; i++) {
		for (j = 0; j < made[i]->vcpu_count; j++) {
			sched_vcpu_sleep(made[i]->vcpus[j], VCPU_DOWN);
		}
	}
	sim_settle();
	for (i = 0; i < made_count; i++) {
		for (j = 0; j < made[i]->vcpu_count; j++) {
			if (sched_vcpu_evict(made[i]->vcpus[j])) {
				sim_settle();
			}
			assert_false(made[i]->vcpus[j]->sched.running);
		}
		while (domain_destroy(made[i]) == -ERESTART) {
			sim_settle();
		}
		domain_put(made[i]);
	}
	/* Let leftover timers run out: nothing may be programmed for idle processors. */
	sim_run_ns(1 * S);
	for (i = 0; i < FAKE_CPUS; i++) {
		assert_true(sim_cpus[i].idle);
		assert_true(fake_deadline_ns[i] == SIM_NEVER);
	}
	return 0;
}

/* --- Shares --------------------------------------------------------------------------------------------------------------- */

static void check_weights(const u32 *weights, u32 count)
{
	struct sim_vcpu *s[8];
	u64 total = 0, all = 20 * S;
	u32 i;

	for (i = 0; i < count; i++) {
		s[i] = hog(weights[i]);
		total += weights[i];
	}
	sim_run_ns(1 * S);
	count_from_here();
	sim_run_ns(all);
	for (i = 0; i < count; i++) {
		assert_true(PERCENT_OFF(used(s[i]), all * weights[i] / total) < 2);
	}
}

static void test_equal_shares(void **state)
{
	static const u32 weights[] = { 256, 256, 256, 256, 256, 256, 256 };

	(void)state;
	check_weights(weights, ARRAY_SIZE(weights));
}

static void test_weighted_shares(void **state)
{
	static const u32 weights[] = { 256, 512, 1024, 128 };

	(void)state;
	check_weights(weights, ARRAY_SIZE(weights));
}

static void test_extreme_weights(void **state)
{
	static const u32 weights[] = { 65535, 1000 };

	(void)state;
	check_weights(weights, ARRAY_SIZE(weights));
}

static void test_sleepers_take_their_share_and_no_more(void **state)
{
	struct sim_vcpu *h = hog(256), *greedy;

	(void)state;
	/* Wants 80 %, entitled to 50 %: sleeping must not buy more than a little. */
	greedy = sim_add(domain(1)->vcpus[0], 8 * MS, 2 * MS);
	sim_run_ns(1 * S);
	count_from_here();
	sim_run_ns(20 * S);
	assert_true(used(greedy) < 12 * S);
	assert_true(used(h) > 8 * S);
}

static void test_cap_alone(void **state)
{
	struct domain *d = domain(1);
	struct sim_vcpu *s = sim_add(d->vcpus[0], 0, 0);

	(void)state;
	assert_int_equal(sched_domain_set(d, 256, 25), 0);
	sim_run_ns(1 * S);
	count_from_here();
	sim_run_ns(20 * S);
	assert_true(PERCENT_OFF(used(s), 5 * S) < 2);
	/* Lifting it takes effect. */
	assert_int_equal(sched_domain_set(d, 256, 0), 0);
	sim_run_ns(1 * S);
	count_from_here();
	sim_run_ns(1 * S);
	assert_true(PERCENT_OFF(used(s), 1 * S) < 2);
}

static void test_cap_of_several_vcpus(void **state)
{
	struct domain *d;
	struct sim_vcpu *a, *b;

	(void)state;
	sim_use_cpus(2);
	d = domain(2);
	a = sim_add(d->vcpus[0], 0, 0);
	b = sim_add(d->vcpus[1], 0, 0);
	assert_int_equal(sched_domain_set(d, 256, 70), 0);
	sim_run_ns(1 * S);
	count_from_here();
	sim_run_ns(20 * S);
	assert_true(PERCENT_OFF(used(a) + used(b), 14 * S) < 3);
}

static void test_bad_parameters(void **state)
{
	struct domain *d = domain(1);

	(void)state;
	assert_int_equal(sched_domain_set(d, 0, 0), -EINVAL);
	assert_int_equal(sched_domain_set(d, 65536, 0), -EINVAL);
	assert_int_equal(sched_domain_set(d, 256, SCHED_CAP_MAX + 1), -EINVAL);
}

/* --- Latency -------------------------------------------------------------------------------------------------------------- */

static void test_waking_vcpu_preempts(void **state)
{
	struct sim_vcpu *io;
	u32 i;

	(void)state;
	for (i = 0; i < 4; i++) {
		hog(256);
	}
	io = sim_add(domain(1)->vcpus[0], MS / 10, 10 * MS);
	sim_run_ns(20 * S);
	assert_true(io->waits > 1500);
	assert_true(io->wait_total_ns / io->waits < MS / 5);
	assert_true(io->wait_max_ns < 25 * MS);
}

/* As in tests/bench/rows/sched.sh: 203 vCPUs that always run, and one that sleeps and takes less than its due. */
static void test_two_hundred_always_run(void **state)
{
	static const u32 weights[] = { 256, 256, 512, 512, 512, 1024, 1024 };
	const u32 guests = ARRAY_SIZE(weights), vcpus = 29;
	const u64 all = 60 * S;
	struct sim_vcpu *io;
	u64 total = 0;
	u32 i, j;

	(void)state;
	for (i = 0; i < guests; i++) {
		struct domain *d = domain(vcpus);

		assert_int_equal(sched_domain_set(d, weights[i], 0), 0);
		total += weights[i];
		for (j = 0; j < vcpus; j++) {
			sim_add(d->vcpus[j], 0, 0);
		}
	}
	io = sim_add(domain(1)->vcpus[0], MS / 100, 9 * MS);
	sim_run_ns(5 * S);
	count_from_here();
	sim_run_ns(all);
	for (i = 0; i < guests; i++) {
		u64 got = 0;

		for (j = 0; j < vcpus; j++) {
			got += used(&sim_vcpus[i * vcpus + j]);
		}
		assert_true(PERCENT_OFF(got, all * weights[i] / total) < 2);
	}
	assert_true(io->waits > 7000);
	assert_int_equal(io->wait_max_ns, 0);
}

static void test_yield_gives_way(void **state)
{
	struct sim_vcpu *a = hog(256), *b = hog(256), *first;

	(void)state;
	sim_run_ns(MS);
	first = sim_runs(a) ? a : b;
	assert_true(sim_runs(first));
	sched_yield_current();
	sim_settle();
	assert_false(sim_runs(first));
	assert_true(sim_runs(first == a ? b : a));
}

/* --- Several processors ----------------------------------------------------------------------------------------------------- */

static void test_idle_processors_take_work(void **state)
{
	struct sched_queue_facts q;
	struct sim_vcpu *s[3];
	u32 i;

	(void)state;
	sim_use_cpus(1);
	for (i = 0; i < 3; i++) {
		s[i] = hog(256);
	}
	sim_run_ns(100 * MS);
	sched_queue_facts(0, &q);
	assert_true(q.busy && q.queued == 2 && q.waiting[0].vcpu == 0 && q.waiting[1].domid != q.waiting[0].domid);
	assert_true(q.current.domid != q.waiting[0].domid && q.current.domid != q.waiting[1].domid);
	/* Two more processors come to life and find the others waiting. */
	sim_use_cpus(3);
	for (i = 1; i < 3; i++) {
		sched_poke(i);
	}
	sim_run_ns(10 * MS);
	count_from_here();
	sim_run_ns(1 * S);
	for (i = 0; i < 3; i++) {
		assert_true(PERCENT_OFF(used(s[i]), 1 * S) < 2);
	}
}

static void test_three_take_turns_on_two_processors(void **state)
{
	struct sim_vcpu *s[3];
	u32 i;

	(void)state;
	sim_use_cpus(2);
	for (i = 0; i < 3; i++) {
		s[i] = hog(256);
	}
	sim_run_ns(1 * S);
	count_from_here();
	sim_run_ns(30 * S);
	for (i = 0; i < 3; i++) {
		assert_true(PERCENT_OFF(used(s[i]), 20 * S) < 5);
	}
}

static void test_queues_even_out(void **state)
{
	struct cpumask only0 = { { 1 } }, all = { { 15 } };
	struct sim_vcpu *s[8];
	u32 i;

	(void)state;
	sim_use_cpus(4);
	for (i = 0; i < 8; i++) {
		s[i] = hog(256);
		sched_set_affinity(s[i]->v, &only0);
	}
	sim_run_ns(1 * S);
	for (i = 0; i < 8; i++) {
		sched_set_affinity(s[i]->v, &all);
	}
	sim_run_ns(2 * S);
	count_from_here();
	sim_run_ns(20 * S);
	for (i = 0; i < 8; i++) {
		assert_true(PERCENT_OFF(used(s[i]), 10 * S) < 5);
	}
}

static void test_waking_goes_to_an_idle_processor(void **state)
{
	struct sim_vcpu *io;

	(void)state;
	sim_use_cpus(2);
	hog(256);
	sim_run_ns(10 * MS);
	io = sim_add(domain(1)->vcpus[0], 5 * MS, 5 * MS);
	sim_run_ns(2 * S);
	assert_true(io->wait_max_ns == 0);
}

static void test_affinity_is_kept(void **state)
{
	struct cpumask only1 = { { 2 } }, only2 = { { 4 } }, nowhere = { { 0, 1 } };
	struct sim_vcpu *a, *b;

	(void)state;
	sim_use_cpus(4);
	a = hog(256);
	b = hog(256);
	sim_run_ns(10 * MS);
	sched_set_affinity(a->v, &only1);
	sched_set_affinity(b->v, &only1);
	sim_run_ns(10 * MS);
	assert_int_equal(a->v->sched.cpu, 1);
	assert_int_equal(b->v->sched.cpu, 1);
	count_from_here();
	sim_run_ns(2 * S);
	assert_true(PERCENT_OFF(used(a), 1 * S) < 2);
	sched_set_affinity(a->v, &only2);
	sim_run_ns(10 * MS);
	assert_int_equal(a->v->sched.cpu, 2);
	assert_true(sim_runs(a));
	assert_true(sim_runs(b));
	/* No processor of the mask exists: all are allowed again. */
	sched_set_affinity(a->v, &nowhere);
	sim_run_ns(10 * MS);
	assert_true(sim_runs(a));
}

static void test_affinity_of_sleepers(void **state)
{
	struct cpumask only3 = { { 8 } };
	struct sim_vcpu *io;

	(void)state;
	sim_use_cpus(4);
	io = sim_add(domain(1)->vcpus[0], 1 * MS, 9 * MS);
	sim_run_ns(5 * MS);
	assert_false(sim_runs(io));
	sched_set_affinity(io->v, &only3);
	sim_run_ns(100 * MS);
	assert_int_equal(io->v->sched.cpu, 3);
	assert_true(io->waits > 5);
}

static void test_soft_affinity_is_preferred(void **state)
{
	struct cpumask only1 = { { 2 } }, only0 = { { 1 } }, nowhere = { { 0, 1 } };
	struct sim_vcpu *a, *b, *io;

	(void)state;
	sim_use_cpus(4);
	a = hog(256);
	sim_run_ns(10 * MS);
	/* A running one and one that sleeps and stays loaded where it is both go there, as long as it is idle. */
	sched_set_soft_affinity(a->v, &only1);
	sim_run_ns(10 * MS);
	assert_int_equal(a->v->sched.cpu, 1);
	sched_set_soft_affinity(a->v, &only0);
	sim_run_ns(10 * MS);
	assert_int_equal(a->v->sched.cpu, 0);
	io = sim_add(domain(1)->vcpus[0], 1 * MS, 3 * MS);
	sim_run_ns(10 * MS);
	sched_set_soft_affinity(io->v, &only1);
	sim_run_ns(10 * MS);
	assert_int_equal(io->v->sched.cpu, 1);
	/* Both like 0, one has it: the other does not wait. */
	b = hog(256);
	sched_set_soft_affinity(b->v, &only0);
	sim_run_ns(10 * MS);
	count_from_here();
	sim_run_ns(1 * S);
	assert_true(PERCENT_OFF(used(a), 1 * S) < 2 && PERCENT_OFF(used(b), 1 * S) < 2);
	assert_int_equal(io->wait_max_ns, 0);
	/* A wish beyond what is allowed, or for no processor there is, counts for nothing. */
	sched_set_soft_affinity(a->v, &nowhere);
	sched_set_affinity(a->v, &only1);
	sched_set_soft_affinity(a->v, &only0);
	sim_run_ns(10 * MS);
	assert_int_equal(a->v->sched.cpu, 1);
}

/* Placing a waking vCPU that has to wait: as many wait everywhere. */
static void test_soft_affinity_of_who_must_wait(void **state)
{
	struct cpumask only[3] = { { { 1 } }, { { 2 } }, { { 4 } } };
	struct sim_vcpu *io;
	u32 i;

	(void)state;
	sim_use_cpus(3);
	for (i = 0; i < 6; i++) {
		sched_set_affinity(hog(256)->v, &only[i % 3]);
	}
	io = sim_add(domain(1)->vcpus[0], MS / 10, 9 * MS);
	for (i = 0; i < 6; i++) {
		sched_set_soft_affinity(io->v, &only[i % 3]);
		sim_run_ns(50 * MS);
		assert_int_equal(io->v->sched.cpu, i % 3);
	}
}

/* An idle processor takes the one that likes it, though another one is before that in the queue. */
static void test_soft_affinity_when_stealing(void **state)
{
	struct cpumask only[2] = { { { 1 } }, { { 2 } } }, both = { { 3 } };
	struct sim_vcpu *s[4];
	u32 i;

	(void)state;
	sim_use_cpus(2);
	for (i = 0; i < 4; i++) {
		s[i] = hog(256);
		sched_set_affinity(s[i]->v, &only[i == 3]);
		sched_set_soft_affinity(s[i]->v, &only[i == 2]);
	}
	sim_run_ns(15 * MS);
	while (sim_runs(s[2])) {
		sim_run_ns(MS);
	}
	for (i = 0; i < 3; i++) {
		s[i]->v->sched.affinity = both;
	}
	s[2]->v->sched.vruntime += 100; /* whatever the order was */
	sched_vcpu_sleep(s[3]->v, VCPU_DOWN);
	sim_settle();
	assert_true(sim_runs(s[2]));
	assert_int_equal(s[2]->v->sched.cpu, 1);
}

/* --- What costs nothing ----------------------------------------------------------------------------------------------------- */

static void test_lone_vcpu_needs_no_timer(void **state)
{
	struct sim_vcpu *s = hog(256);

	(void)state;
	sim_run_ns(100 * MS);
	assert_true(sim_runs(s));
	assert_true(fake_deadline_ns[0] == SIM_NEVER);
}

static void test_sleeping_alone_costs_no_switch(void **state)
{
	struct sim_vcpu *io = sim_add(domain(1)->vcpus[0], MS, MS);
	u64 loads, saves;

	(void)state;
	sim_run_ns(10 * MS);
	loads = stand_in_loads;
	saves = stand_in_saves;
	sim_run_ns(1 * S);
	assert_true(io->waits > 400);
	assert_int_equal(stand_in_loads, loads);
	assert_int_equal(stand_in_saves, saves);
	assert_true(stand_in_delivers > 0);
}

static void test_idle_time_is_counted(void **state)
{
	u64 before = sched_idle_ns(0);

	(void)state;
	sim_add(domain(1)->vcpus[0], 1 * MS, 3 * MS);
	sim_run_ns(4 * S);
	assert_true(PERCENT_OFF(sched_idle_ns(0) - before, 3 * S) < 2);
}

static void test_runstate_adds_up(void **state)
{
	struct vcpu_runstate_info r = { 0 };
	struct sim_vcpu *io;
	u64 born = fake_now_ns, sum;

	(void)state;
	hog(256);
	io = sim_add(domain(1)->vcpus[0], 3 * MS, 4 * MS);
	sim_run_ns(5 * S);
	sched_vcpu_runstate(io->v, &r);
	sum = r.time[0] + r.time[1] + r.time[2] + r.time[3] + fake_now_ns - r.state_entry_time;
	assert_int_equal(sum, fake_now_ns - born);
	assert_true(r.time[RUNSTATE_running] > S);
	assert_true(r.time[RUNSTATE_runnable] > 0);
	assert_true(r.time[RUNSTATE_blocked] > S);
	assert_int_equal(r.time[RUNSTATE_offline], 0);
}

static void test_pause_stops_and_unpause_goes_on(void **state)
{
	struct sim_vcpu *s = hog(256);
	struct domain *d = s->v->domain;

	(void)state;
	sim_run_ns(10 * MS);
	domain_pause_nosync(d);
	sim_settle();
	assert_false(sim_runs(s));
	count_from_here();
	sim_run_ns(1 * S);
	assert_int_equal(used(s), 0);
	domain_unpause(d);
	sim_run_ns(1 * S);
	assert_true(PERCENT_OFF(used(s), 1 * S) < 2);
}

#define sched_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sched_test(test_equal_shares),
		sched_test(test_weighted_shares),
		sched_test(test_extreme_weights),
		sched_test(test_sleepers_take_their_share_and_no_more),
		sched_test(test_cap_alone),
		sched_test(test_cap_of_several_vcpus),
		sched_test(test_bad_parameters),
		sched_test(test_waking_vcpu_preempts),
		sched_test(test_two_hundred_always_run),
		sched_test(test_yield_gives_way),
		sched_test(test_idle_processors_take_work),
		sched_test(test_three_take_turns_on_two_processors),
		sched_test(test_queues_even_out),
		sched_test(test_waking_goes_to_an_idle_processor),
		sched_test(test_affinity_is_kept),
		sched_test(test_affinity_of_sleepers),
		sched_test(test_soft_affinity_is_preferred),
		sched_test(test_soft_affinity_of_who_must_wait),
		sched_test(test_soft_affinity_when_stealing),
		sched_test(test_lone_vcpu_needs_no_timer),
		sched_test(test_sleeping_alone_costs_no_switch),
		sched_test(test_idle_time_is_counted),
		sched_test(test_runstate_adds_up),
		sched_test(test_pause_stops_and_unpause_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
