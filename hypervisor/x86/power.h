/* SPDX-License-Identifier: GPL-2.0-only */
/* Switching the machine off, or starting it again. */
#ifndef LAMINA_X86_POWER_H
#define LAMINA_X86_POWER_H

#include "lib/types.h"

/*
 * Stops all other processors and enters the sleep state that dom0's firmware interpreter chose: @a and @b are the values of the PM1a
 * and PM1b control registers, sleep enable included. Halts if the machine does not go off.
 */
void power_off(u16 a, u16 b) __noreturn;

/* Stops all processors for good; the machine stays on. */
void machine_halt(void) __noreturn;

/* Stops all other processors and resets the machine by every means there is. */
void machine_reboot(void) __noreturn;

#endif
