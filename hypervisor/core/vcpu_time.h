/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest sees of time: the clock fields of its vcpu_info, the wall clock in shared_info, its runstate, and its one-shot
 * timer (VIRQ_TIMER).
 *
 * The clock fields follow from time_scale alone, so that a guest's arithmetic gives exactly time_now_ns(). Areas that a guest
 * registered by virtual address are written only while its kernel page tables are loaded on this processor; otherwise
 * areas_stale is set and vcpu_areas_sync() makes up for it.
 */
#ifndef LAMINA_CORE_VCPU_TIME_H
#define LAMINA_CORE_VCPU_TIME_H

#include "core/vcpu.h"
#include "public/vcpu.h"

/* Sets up the timers and runstate of a new vCPU. */
void vcpu_time_init(struct vcpu *v);
/* Stops the timers of a vCPU that will not run again. */
void vcpu_time_destroy(struct vcpu *v);

/*
 * The vCPU's tables are loaded on this processor: brings its clock fields and its areas up to date. Interrupts any; no locks
 * held (guest memory is written).
 */
void vcpu_time_sched_in(struct vcpu *v);
/* Its tables are about to go: tells its runstate area that it no longer runs. Same context. */
void vcpu_time_sched_out(struct vcpu *v);
/* Writes areas that could not be written in user mode: call on the way to kernel mode when areas_stale, tables loaded. */
void vcpu_areas_sync(struct vcpu *v);

/* A new vcpu_info is in place: writes the clock fields into it, whatever they hold. */
void vcpu_time_publish(struct vcpu *v);
/* Writes the secondary time area, for its registration. -EFAULT. Caller: a vCPU of the same domain in kernel mode. */
int vcpu_time_write_area(struct vcpu *v, gva_t to) __must_check;
/* Writes @v's runstate to @to, likewise. -EFAULT. */
int vcpu_runstate_write_area(struct vcpu *v, gva_t to) __must_check;

/* Runstate accounting: @v is in @state from @now on. Scheduler queue lock held. */
void vcpu_runstate_set(struct vcpu *v, enum vcpu_runstate state, u64 now);

/* The one-shot timer: absolute time of the machine's clock; one in the past fires at once. */
void vcpu_set_singleshot(struct vcpu *v, u64 deadline_ns);
void vcpu_stop_singleshot(struct vcpu *v);

/*
 * The wall clock: @seconds and @ns since 1970 were it when the machine's clock said @system_time_ns. For every domain from now
 * on. -EINVAL for what cannot be.
 */
int wallclock_set(u64 seconds, u32 ns, u64 system_time_ns) __must_check;
/* Writes it to @d's shared_info. */
void wallclock_publish(struct domain *d);
/* Takes shared_info away from the domain: nobody writes the wall clock to it any more. */
struct shared_info *wallclock_detach(struct domain *d);

#endif
