/* SPDX-License-Identifier: GPL-2.0-only */
/* The last words; panic() itself is declared in lib/log.h. */
#ifndef LAMINA_X86_PANIC_H
#define LAMINA_X86_PANIC_H

#include "lib/types.h"

/* Whether panic() and a dead machine stay as they are (noreboot) or reboot after a few seconds. */
void panic_set_reboot(bool reboot);

/* Logs the call chain of this processor from frame pointer @rbp on, with names. */
void panic_print_stack(u64 rbp);

#endif
