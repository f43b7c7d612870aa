/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock: see clock.h. The version is read before and after; an odd or changed one means that the
 * hypervisor was writing, and the reading is repeated.
 */
#include "clock.h"

#include <stddef.h>
#include <public/version.h>
#include "boot.h"
#include "hypercall.h"

static uint64_t read_tsc(void)
{
	uint32_t low, high;

	asm volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

uint64_t clock_read(const volatile struct vcpu_time_info *t)
{
	uint64_t delta, ns;
	uint32_t version;

	do {
		version = t->version;
		asm volatile("" : : : "memory");
		delta = read_tsc() - t->tsc_timestamp;
		delta = t->tsc_shift >= 0 ? delta << t->tsc_shift : delta >> -t->tsc_shift;
		ns = t->system_time +
		     (uint64_t)(((unsigned __int128)delta * t->tsc_to_system_mul) >> 32);
		asm volatile("" : : : "memory");
	} while (version & 1 || version != t->version);
	return ns;
}

uint64_t clock_now(void)
{
	return clock_read(&kit_shared_info->vcpu_info[0].time);
}

void clock_spin(uint64_t ns)
{
	uint64_t end = clock_now() + ns;

	while (clock_now() < end) {
		hypercall_xen_version(XENVER_version, NULL);
	}
}
