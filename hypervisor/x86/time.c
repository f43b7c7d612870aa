// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time since boot from the TSC, and the one-shot timer.
 *
 * The scale is set once before other processors run and never changes. A TSC that runs apart between processors would let
 * time jump when a vCPU moves: time_check_warp() looks for that when each processor starts.
 */
#include "x86/time.h"

#include "lib/checked.h"
#include "lib/log.h"
#include "x86/apic.h"
#include "x86/calibrate.h"
#include "x86/cmos.h"
#include "x86/cpu.h"
#include "x86/time_setup.h"

#define NS_PER_S        1000000000ULL
/* Longer waits are cut; the timer queue finds nothing due and programs the rest. */
#define MAX_ONE_SHOT_NS (3600 * NS_PER_S)
#define WARP_ROUNDS     20000

struct time_scale time_scale;

static u64 tsc_hz, apic_timer_hz;
static u64 boot_wallclock_s;

static u64 scale(u64 tsc)
{
	const struct time_scale *s = &time_scale;
	u64 delta = tsc - s->tsc_base;

	delta = s->shift >= 0 ? delta << s->shift : delta >> -s->shift;
	return s->ns_base + (u64)(((unsigned __int128)delta * s->mul) >> 32);
}

u64 time_now_ns(void)
{
	return scale(rdtsc());
}

u64 time_tsc_khz(void)
{
	return tsc_hz / 1000;
}

u64 time_boot_wallclock_s(void)
{
	return boot_wallclock_s;
}

/* Largest factor below 2^32 for the smallest shift, so that the factor keeps all its bits. */
static void set_scale(u64 hz)
{
	struct time_scale *s = &time_scale;
	u64 scaled = hz;

	s->shift = 0;
	while (scaled > 2 * NS_PER_S) {
		scaled >>= 1;
		s->shift--;
	}
	while (scaled <= NS_PER_S) {
		scaled <<= 1;
		s->shift++;
	}
	/* hz * 2^shift in full precision: (NS_PER_S << 32) / (hz << shift), or with the divisor's lost bits restored. */
	if (s->shift >= 0) {
		s->mul = mul_div_u64(NS_PER_S, 1ULL << 32, hz << s->shift);
	} else {
		s->mul = mul_div_u64(NS_PER_S << -s->shift, 1ULL << 32, hz);
	}
	s->tsc_base = rdtsc();
	s->ns_base = 0;
	s->stable = true;
}

void time_init(void)
{
	struct calibration c;
	u64 wallclock_s;

	apic_timer_init_cpu(false);
	c = calibrate();
	tsc_hz = c.tsc_hz;
	apic_timer_hz = c.apic_timer_hz;
	set_scale(tsc_hz);
	wallclock_s = cmos_read_wallclock_s();
	boot_wallclock_s = wallclock_s - time_now_ns() / NS_PER_S;
}

void time_init_cpu(void)
{
	apic_timer_init_cpu(cpu_features.has_tsc_deadline);
}

static void set_tsc_deadline(u64 delta_ns)
{
	apic_timer_set_tsc(rdtsc() + mul_div_u64(delta_ns, tsc_hz, NS_PER_S));
}

static void set_ticks(u64 delta_ns)
{
	u64 ticks = mul_div_u64(delta_ns, apic_timer_hz, NS_PER_S);

	apic_timer_set_ticks(MAX(1ULL, MIN(ticks, 0xffffffffULL)));
}

void time_set_deadline(u64 deadline_ns)
{
	u64 now = time_now_ns(), delta = deadline_ns > now ? deadline_ns - now : 0;

	delta = MIN(delta, MAX_ONE_SHOT_NS);
	if (deadline_ns == ~0ULL) {
		if (cpu_features.has_tsc_deadline) {
			apic_timer_set_tsc(0);
		} else {
			apic_timer_set_ticks(0);
		}
	} else if (cpu_features.has_tsc_deadline) {
		set_tsc_deadline(delta);
	} else {
		set_ticks(delta);
	}
}

void time_udelay(u32 us)
{
	u64 start = rdtsc(), cycles = us * (tsc_hz / 1000000 + 1);

	while (rdtsc() - start < cycles) {
		cpu_relax();
	}
}

/* Under the lock, readings of both processors are ordered; one that goes back has warped. */
void time_check_warp(bool is_boot_processor)
{
	static u32 lock, arrived, left;
	static u64 last;
	u64 warp = 0, now;
	u32 i;

	/* Both start together; the pair of counters is reset by the boot processor when both have left. */
	__atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < 2) {
		cpu_relax();
	}
	for (i = 0; i < WARP_ROUNDS; i++) {
		while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) {
			cpu_relax();
		}
		__asm__ volatile("lfence" ::: "memory");
		now = rdtsc();
		if (now < last) {
			warp = MAX(warp, last - now);
		}
		last = now;
		__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
	}
	if (warp) {
		if (READ_ONCE(time_scale.stable)) {
			log_warn("time: the processors' TSCs differ by %llu cycles; guests must ask for the time", (unsigned long long)warp);
		}
		WRITE_ONCE(time_scale.stable, false);
	}
	__atomic_fetch_add(&left, 1, __ATOMIC_SEQ_CST);
	while (is_boot_processor && __atomic_load_n(&left, __ATOMIC_ACQUIRE) < 2) {
		cpu_relax();
	}
	if (is_boot_processor) {
		arrived = 0;
		left = 0;
		last = 0;
	}
}
