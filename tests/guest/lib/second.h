/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * second: a second vCPU that runs one function of a case on a stack of its own.
 *
 * It shares the page tables, the trap table and the hook with the first. It starts with events
 * masked. The kit's trap handling knows vCPU 0 only, so the function must not count on it beyond
 * the hook.
 */
#ifndef TEST_SECOND_H
#define TEST_SECOND_H

#include <stdbool.h>
#include <public/vcpu.h>

/* Fills the context that makes vCPU 1 run function; the case may change it before using it. */
void second_context(struct vcpu_guest_context *context, void (*function)(void));

/* Initialises and starts vCPU 1. */
long second_start(void (*function)(void));

/* For the function: takes vCPU 1 down; returns when somebody brings it up again. */
void second_sleep(void);

/* Waits for a flag that the other vCPU sets; false after two seconds. */
bool wait_for(const volatile unsigned int *flag, unsigned int value);

#endif
