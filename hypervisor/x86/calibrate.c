// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TSC and the local APIC's timer measured against a clock whose rate is known: the HPET, else the ACPI PM timer, else
 * channel 2 of the PIT.
 *
 * Each try spans 10 ms. What spoils a try is a delay (SMI, a busy host) between reading the reference and the TSC; it shows as
 * a long distance between two TSC readings around the reference's, and the try with the shortest such distances wins.
 */
#include "x86/calibrate.h"

#include "lib/checked.h"
#include "lib/log.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/cpu.h"
#include "x86/own_maps.h"

#define TRIES         5
#define SPAN_MS       10
#define PM_TIMER_HZ   3579545
#define PIT_HZ        1193182
#define HPET_PERIOD   0x04  /* femtoseconds, high word of the capabilities */
#define HPET_CONFIG   0x10
#define HPET_COUNTER  0xf0
#define HPET_ENABLE   1u
#define MAX_PERIOD_FS 100000000u /* HPET specification 1.0a, 2.3.4 */

struct reference {
	const char *name;
	u32 (*read)(void); /* counts up */
	u64 hz;
	u32 mask;
};

struct sample {
	u64 tsc;
	u64 spread; /* TSC cycles the reading took */
	u32 ref;
	u32 apic;
};

static volatile u32 *hpet;

static u32 hpet_read(void)
{
	return hpet[HPET_COUNTER / 4];
}

static u32 pm_timer_read(void)
{
	return inl(acpi_info.pm_timer);
}

static u32 pit_read(void)
{
	u32 v;

	outb(0x43, 0x80); /* latch channel 2 */
	v = inb(0x42);
	v |= (u32)inb(0x42) << 8;
	return ~v; /* it counts down */
}

static bool hpet_open(struct reference *r)
{
	u32 period;

	if (!acpi_info.hpet_maddr) {
		return false;
	}
	hpet = map_device(acpi_info.hpet_maddr, 1024);
	if (!hpet) {
		return false;
	}
	period = hpet[HPET_PERIOD / 4];
	if (!period || period > MAX_PERIOD_FS) {
		return false;
	}
	hpet[HPET_CONFIG / 4] |= HPET_ENABLE;
	*r = (struct reference){ "HPET", hpet_read, 1000000000000000ULL / period, 0xffffffff };
	return true;
}

static bool pm_timer_open(struct reference *r)
{
	if (!acpi_info.pm_timer) {
		return false;
	}
	*r = (struct reference){ "PM timer", pm_timer_read, PM_TIMER_HZ, 0xffffff };
	return true;
}

static void pit_open(struct reference *r)
{
	outb(0x61, (inb(0x61) & ~2) | 1); /* gate on, speaker off */
	outb(0x43, 0xb4);                 /* channel 2, both bytes, rate generator */
	outb(0x42, 0xff);
	outb(0x42, 0xff);
	*r = (struct reference){ "PIT", pit_read, PIT_HZ, 0xffff };
}

static struct sample take_sample(const struct reference *r)
{
	struct sample s;
	u64 before = rdtsc();

	s.ref = r->read();
	s.tsc = rdtsc();
	s.apic = apic_timer_read();
	s.spread = s.tsc - before;
	return s;
}

/* One measurement; returns its uncertainty in TSC cycles, ~0 if the reference stands still. */
static u64 try_once(const struct reference *r, struct calibration *c)
{
	u32 span = r->hz * SPAN_MS / 1000, ticks;
	struct sample a, b;
	u64 spins = 0;

	apic_timer_set_ticks(0xffffffff);
	a = take_sample(r);
	do {
		b = take_sample(r);
		ticks = (b.ref - a.ref) & r->mask;
		if (++spins == 50000000) {
			return ~0ULL;
		}
	} while (ticks < span);
	apic_timer_set_ticks(0);
	c->tsc_hz = mul_div_u64(b.tsc - a.tsc, r->hz, ticks);
	c->apic_timer_hz = mul_div_u64(a.apic - b.apic, r->hz, ticks);
	return a.spread + b.spread;
}

struct calibration calibrate(void)
{
	struct calibration best = { 0 }, now;
	u64 best_error = ~0ULL, error;
	struct reference r;
	int i;

	if (!hpet_open(&r) && !pm_timer_open(&r)) {
		pit_open(&r);
	}
	for (i = 0; i < TRIES; i++) {
		error = try_once(&r, &now);
		if (error < best_error) {
			best_error = error;
			best = now;
		}
	}
	if (best_error == ~0ULL || best.tsc_hz < 1000000 || !best.apic_timer_hz) {
		panic("cannot measure the processor's clock against the %s", r.name);
	}
	log_info("time: TSC %llu.%03llu MHz, APIC timer %llu kHz, measured against the %s", (unsigned long long)(best.tsc_hz / 1000000),
		 (unsigned long long)(best.tsc_hz / 1000 % 1000), (unsigned long long)(best.apic_timer_hz / 1000), r.name);
	return best;
}
