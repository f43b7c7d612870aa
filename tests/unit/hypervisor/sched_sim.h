/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processors in simulated time for scheduler tests. Each is a thread that runs upcall_before_guest() when it is its turn, and
 * hands the turn back when a guest would run or the processor idles; only one thread ever runs. Between turns the test's thread
 * moves the clock to the next thing that happens: a timer interrupt, or a guest that has run as long as it wants to.
 *
 * A vCPU's behaviour: runs burst_ns, blocks, wakes sleep_ns later; burst_ns 0: runs for ever.
 */
#ifndef LAMINA_TEST_SCHED_SIM_H
#define LAMINA_TEST_SCHED_SIM_H

#include <pthread.h>
#include <semaphore.h>

#include "core/sched_queue.h"
#include "x86/cpu.h"
#include "x86/upcalls.h"

#define SIM_VCPUS 208
#define SIM_NEVER (~0ULL)

struct sim_vcpu {
	struct vcpu *v;
	u64 burst_ns, sleep_ns;
	u64 used_at_wake;         /* its processor time when it woke */
	u64 wake_at_ns;           /* SIM_NEVER: awake */
	u64 asked_ns;             /* when it woke last and has not run since; 0 */
	u64 waits, wait_total_ns, wait_max_ns;
};

struct sim_cpu {
	pthread_t thread;
	sem_t go, done;
	bool kicked, idle;
};

static struct sim_vcpu sim_vcpus[SIM_VCPUS];
static u32 sim_vcpu_count;
static struct sim_cpu sim_cpus[FAKE_CPUS];
static bool sim_started;

static void sim_wait(void)
{
	struct sim_cpu *c = &sim_cpus[fake_cpu];

	c->idle = true;
	sem_post(&c->done);
	sem_wait(&c->go);
	c->idle = false;
}

static void *sim_thread(void *arg)
{
	struct sim_cpu *c = arg;

	fake_set_cpu((u32)(c - sim_cpus));
	irq_disable();
	for (;;) {
		sem_wait(&c->go);
		upcall_before_guest();
		sem_post(&c->done);
	}
	return NULL;
}

static void sim_kick(u32 cpu) { sim_cpus[cpu].kicked = true; }

static void sim_start(void)
{
	u32 cpu;

	fake_irq_wait = sim_wait;
	fake_kick_hook = sim_kick;
	if (sim_started) {
		return;
	}
	sim_started = true;
	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		struct sim_cpu *c = &sim_cpus[cpu];

		timer_init_cpu(cpu);
		sched_init_cpu(cpu);
		fake_deadline_ns[cpu] = SIM_NEVER;
		sem_init(&c->go, 0, 0);
		sem_init(&c->done, 0, 0);
		assert_int_equal(pthread_create(&c->thread, NULL, sim_thread, c), 0);
		sem_post(&c->go);
		sem_wait(&c->done);
	}
}

/* Only the first @count processors exist from now on; the others must be idle. */
static void sim_use_cpus(u32 count)
{
	u32 cpu;

	fake_cpu_count = count;
	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		if (cpu >= count) {
			assert_true(sim_cpus[cpu].idle);
			cpumask_clear(&idle_cpus, cpu);
		} else if (sim_cpus[cpu].idle) {
			cpumask_set(&idle_cpus, cpu);
		}
	}
}

static struct sim_vcpu *sim_add(struct vcpu *v, u64 burst_ns, u64 sleep_ns)
{
	struct sim_vcpu *s = &sim_vcpus[sim_vcpu_count++];

	*s = (struct sim_vcpu){ .v = v, .burst_ns = burst_ns, .sleep_ns = sleep_ns, .wake_at_ns = SIM_NEVER };
	s->used_at_wake = sched_vcpu_time_ns(v);
	return s;
}

/* Every processor does what it has been asked to, until nobody has anything left. */
static void sim_settle(void)
{
	bool again;
	u32 cpu;

	do {
		again = false;
		for (cpu = 0; cpu < fake_cpu_count; cpu++) {
			struct sim_cpu *c = &sim_cpus[cpu];

			if (c->kicked || fake_pcpus[cpu].work) {
				c->kicked = false;
				again = true;
				sem_post(&c->go);
				sem_wait(&c->done);
			}
		}
	} while (again);
}

static bool sim_runs(const struct sim_vcpu *s) { return run_queues[s->v->sched.cpu].current == s->v; }

/* When @s next does something by itself. */
static u64 sim_next(struct sim_vcpu *s)
{
	u64 used;

	if (s->wake_at_ns != SIM_NEVER) {
		return s->wake_at_ns;
	}
	if (!s->burst_ns || !sim_runs(s)) {
		return SIM_NEVER;
	}
	used = sched_vcpu_time_ns(s->v) - s->used_at_wake;
	return fake_now_ns + (s->burst_ns > used ? s->burst_ns - used : 0);
}

static void sim_note_wait(struct sim_vcpu *s)
{
	u64 waited;

	if (s->asked_ns && sim_runs(s)) {
		waited = fake_now_ns - s->asked_ns;
		s->asked_ns = 0;
		s->waits++;
		s->wait_total_ns += waited;
		s->wait_max_ns = MAX(s->wait_max_ns, waited);
	}
}

static void sim_act(struct sim_vcpu *s)
{
	if (s->wake_at_ns <= fake_now_ns) {
		s->wake_at_ns = SIM_NEVER;
		s->asked_ns = fake_now_ns;
		s->used_at_wake = sched_vcpu_time_ns(s->v);
		sched_vcpu_wake(s->v, VCPU_BLOCKED);
	} else {
		fake_set_cpu(s->v->sched.cpu);
		sched_vcpu_sleep(s->v, VCPU_BLOCKED);
		fake_set_cpu(0);
		s->wake_at_ns = fake_now_ns + s->sleep_ns;
	}
}

static void sim_interrupts(void)
{
	u32 cpu;

	for (cpu = 0; cpu < fake_cpu_count; cpu++) {
		if (fake_deadline_ns[cpu] <= fake_now_ns) {
			fake_deadline_ns[cpu] = SIM_NEVER;
			fake_set_cpu(cpu);
			upcall_timer_interrupt();
			fake_set_cpu(0);
		}
	}
}

static void sim_run_ns(u64 ns)
{
	u64 end = fake_now_ns + ns, next;
	u32 i;

	for (;;) {
		sim_settle();
		next = SIM_NEVER;
		for (i = 0; i < sim_vcpu_count; i++) {
			sim_note_wait(&sim_vcpus[i]);
			next = MIN(next, sim_next(&sim_vcpus[i]));
		}
		for (i = 0; i < fake_cpu_count; i++) {
			next = MIN(next, fake_deadline_ns[i]);
		}
		if (next > end) {
			fake_now_ns = end;
			return;
		}
		fake_now_ns = MAX(next, fake_now_ns);
		sim_interrupts();
		for (i = 0; i < sim_vcpu_count; i++) {
			if (sim_next(&sim_vcpus[i]) <= fake_now_ns) {
				sim_act(&sim_vcpus[i]);
			}
		}
	}
}

#endif
