/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe: touch something that may fault, and learn how it went.
 *
 * Each returns the vector of the exception or TRAP_NONE; the report (may be NULL) tells more.
 */
#ifndef TEST_PROBE_H
#define TEST_PROBE_H

#include <stdint.h>
#include "trap.h"

int probe_read(uint64_t va, uint64_t *value, struct trap_report *report);
int probe_write(uint64_t va, uint64_t value, struct trap_report *report);
int probe_call(uint64_t va, struct trap_report *report);

/* MSRs and I/O ports, as guest kernels touch them. */
int probe_rdmsr(uint32_t msr, uint64_t *value);
int probe_wrmsr(uint32_t msr, uint64_t value);
int probe_inb(uint16_t port, uint8_t *value);
int probe_outb(uint16_t port, uint8_t value);

#endif
