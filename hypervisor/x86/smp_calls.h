/* SPDX-License-Identifier: GPL-2.0-only */
/* The receiving side of smp_call(), for x86/irq.c alone. */
#ifndef LAMINA_X86_SMP_CALLS_H
#define LAMINA_X86_SMP_CALLS_H

/* Runs what other processors ask of this one. Interrupts off. */
void smp_run_calls(void);

#endif
