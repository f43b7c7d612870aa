/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock: system time as a guest computes it from its vcpu_time_info and the TSC.
 */
#ifndef TEST_CLOCK_H
#define TEST_CLOCK_H

#include <stdint.h>
#include <public/shared_info.h>

/* ns since the hypervisor booted, by the given page or by vCPU 0's. */
uint64_t clock_read(const volatile struct vcpu_time_info *t);
uint64_t clock_now(void);

/* Uses the processor for that long, taking events by a hypercall now and then. */
void clock_spin(uint64_t ns);

#endif
