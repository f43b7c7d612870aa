/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket spinlocks: fair, four bytes. Locks that an interrupt handler takes are taken with the _irqsave form
 * everywhere; all others with interrupts on or off as the caller has them. Ranks: docs/design/locks.md.
 */
#ifndef LAMINA_X86_SPINLOCK_H
#define LAMINA_X86_SPINLOCK_H

#include "lib/types.h"
#include "x86/cpu.h"

typedef struct {
	u16 next;
	u16 owner;
} spinlock_t;

#define SPINLOCK_INIT ((spinlock_t){ 0, 0 })

static inline void spin_lock(spinlock_t *l)
{
	u16 ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);

	while (unlikely(__atomic_load_n(&l->owner, __ATOMIC_ACQUIRE) != ticket)) {
		cpu_relax();
	}
}

/* One instruction without a lock prefix, since only the holder changes it; what the compiler makes of an atomic store is three. */
static inline void spin_unlock(spinlock_t *l)
{
	__asm__ volatile("incw %0" : "+m"(l->owner) :: "memory", "cc");
}

static inline u64 spin_lock_irqsave(spinlock_t *l)
{
	u64 flags = irq_save();

	spin_lock(l);
	return flags;
}

static inline void spin_unlock_irqrestore(spinlock_t *l, u64 flags)
{
	spin_unlock(l);
	irq_restore(flags);
}

#endif
