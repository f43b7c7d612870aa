/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Host twin of x86/cpu.h: the interrupt flag is a variable, which fake_irqs_on() in tests/fake/machine.h shows. All the other
 * instructions stay as they are; tests do not execute them.
 */
#ifndef LAMINA_FAKE_X86_CPU_H
#define LAMINA_FAKE_X86_CPU_H

#define cpu_relax      real_cpu_relax
#define irq_enable     real_irq_enable
#define irq_disable    real_irq_disable
#define irq_save       real_irq_save
#define irq_restore    real_irq_restore
#define irq_is_enabled real_irq_is_enabled
#define irq_wait       real_irq_wait
#include_next "x86/cpu.h"
#undef cpu_relax
#undef irq_enable
#undef irq_disable
#undef irq_save
#undef irq_restore
#undef irq_is_enabled
#undef irq_wait

extern __thread bool fake_irqs_off;

/* Threads share few processors: whoever waits for a lock lets its holder run. */
void fake_relax(void);
static inline void cpu_relax(void) { fake_relax(); }
static inline void irq_enable(void) { fake_irqs_off = false; }
static inline void irq_disable(void) { fake_irqs_off = true; }
static inline bool irq_is_enabled(void) { return !fake_irqs_off; }

/* What a test that lets processors idle defines (fake/machine.h). */
extern void (*fake_irq_wait)(void);
static inline void irq_wait(void) { fake_irq_wait(); }

static inline u64 irq_save(void)
{
	u64 flags = fake_irqs_off ? 0 : RFLAGS_IF;

	fake_irqs_off = true;
	return flags;
}

static inline void irq_restore(u64 flags)
{
	if (flags & RFLAGS_IF) {
		fake_irqs_off = false;
	}
}

#endif
