// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a domain runs: pause, shutdown, resume, crash.
 *
 * Pauses are counted under domain.lock; waiting for vCPUs to stop happens without it, because one of them may be on its way to
 * it. Shutdown comes from any context, so it has a lock of its own for the pair of fields that others read.
 */
#include "core/domain.h"

#include "core/domain_changes.h"
#include "core/evtchn.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "public/event_channel.h"
#include "public/sched.h"
#include "x86/pcpu.h"
#include "x86/power.h"

/* --- Pause ---------------------------------------------------------------------------------------------------------------- */

static void pause(struct domain *d, bool sync)
{
	struct vcpu *self = current_vcpu();
	u32 i;

	spin_lock(&d->lock);
	if (d->pause_count++ == 0) {
		for (i = 0; i < d->vcpu_count; i++) {
			sched_vcpu_sleep(d->vcpus[i], VCPU_PAUSED);
		}
	}
	spin_unlock(&d->lock);
	for (i = 0; sync && i < d->vcpu_count; i++) {
		if (d->vcpus[i] != self) {
			sched_vcpu_sleep_sync(d->vcpus[i], VCPU_PAUSED);
		}
	}
}

void domain_pause(struct domain *d)
{
	struct vcpu *self = current_vcpu();

	pause(d, !self || self->domain != d);
}

void domain_pause_nosync(struct domain *d)
{
	pause(d, false);
}

static void unpause_locked(struct domain *d)
{
	u32 i;

	BUG_ON(d->pause_count == 0);
	if (--d->pause_count > 0) {
		return;
	}
	if (d->state == DOMAIN_BUILDING) {
		d->state = DOMAIN_ALIVE;
	}
	for (i = 0; i < d->vcpu_count; i++) {
		sched_vcpu_wake(d->vcpus[i], VCPU_PAUSED);
	}
}

void domain_unpause(struct domain *d)
{
	spin_lock(&d->lock);
	unpause_locked(d);
	spin_unlock(&d->lock);
}

void domain_control_pause(struct domain *d)
{
	bool first;

	spin_lock(&d->lock);
	first = !d->paused_by_control;
	d->paused_by_control = true;
	spin_unlock(&d->lock);
	if (first) {
		domain_pause(d);
	}
}

void domain_control_unpause(struct domain *d)
{
	spin_lock(&d->lock);
	if (d->paused_by_control) {
		d->paused_by_control = false;
		unpause_locked(d);
	}
	spin_unlock(&d->lock);
}

/* --- Shutdown and crash --------------------------------------------------------------------------------------------------- */

static spinlock_t shutdown_lock; /* irq-safe leaf: is_shut_down and shutdown_code change together */

/* True for the first caller. */
static bool mark_shut_down(struct domain *d, u32 code)
{
	u64 flags = spin_lock_irqsave(&shutdown_lock);
	bool first = !d->is_shut_down;

	if (first) {
		WRITE_ONCE(d->shutdown_code, code);
		smp_wmb();
		WRITE_ONCE(d->is_shut_down, true);
	}
	spin_unlock_irqrestore(&shutdown_lock, flags);
	return first;
}

/* The machine goes with its first domain. */
static void __noreturn machine_follows(u32 code)
{
	if (code == SHUTDOWN_crash) {
		panic("dom0 says that it has crashed");
	}
	if (code == SHUTDOWN_reboot || code == SHUTDOWN_watchdog) {
		log_info("dom0 asks for a reboot");
		machine_reboot();
	}
	log_info("dom0 is down (code %u)", code);
	machine_halt();
}

void domain_shutdown(struct domain *d, u32 code)
{
	u32 i;

	if (!mark_shut_down(d, code)) {
		return;
	}
	if (d == domain0) {
		machine_follows(code);
	}
	for (i = 0; i < d->vcpu_count; i++) {
		sched_vcpu_sleep(d->vcpus[i], VCPU_SHUTDOWN);
	}
	domain_changes_add(d->id);
}

int domain_resume(struct domain *d, bool cancelled)
{
	u32 i;

	if (!READ_ONCE(d->is_shut_down) || READ_ONCE(d->shutdown_code) != SHUTDOWN_suspend || domain_is_dying(d)) {
		return -EINVAL;
	}
	domain_pause(d);
	if (cancelled) {
		d->vcpus[0]->regs.rax = 1;
	}
	WRITE_ONCE(d->is_shut_down, false);
	for (i = 0; i < d->vcpu_count; i++) {
		sched_vcpu_wake(d->vcpus[i], VCPU_SHUTDOWN);
	}
	domain_unpause(d);
	return 0;
}

static void log_registers(const struct domain *d)
{
	const struct cpu_user_regs *r = guest_regs();
	const struct vcpu *v = current_vcpu();

	if (!v || v->domain != d) {
		return;
	}
	log_err("  vcpu %u in %s mode: rip %04x:%016llx rflags %llx rsp %04x:%016llx", v->id,
		v->pv.kernel_mode ? "kernel" : "user", r->cs, (unsigned long long)r->rip, (unsigned long long)r->rflags, r->ss,
		(unsigned long long)r->rsp);
	log_err("  rax %016llx rbx %016llx rcx %016llx rdx %016llx", (unsigned long long)r->rax, (unsigned long long)r->rbx,
		(unsigned long long)r->rcx, (unsigned long long)r->rdx);
	log_err("  rsi %016llx rdi %016llx rbp %016llx r8  %016llx", (unsigned long long)r->rsi, (unsigned long long)r->rdi,
		(unsigned long long)r->rbp, (unsigned long long)r->r8);
	log_err("  r9  %016llx r10 %016llx r11 %016llx r12 %016llx", (unsigned long long)r->r9, (unsigned long long)r->r10,
		(unsigned long long)r->r11, (unsigned long long)r->r12);
	log_err("  r13 %016llx r14 %016llx r15 %016llx cr2 %016llx", (unsigned long long)r->r13, (unsigned long long)r->r14,
		(unsigned long long)r->r15, (unsigned long long)v->pv.cr2);
}

int domain_crash(struct domain *d, const char *fmt, ...)
{
	char why[160];
	va_list ap;

	if (READ_ONCE(d->is_shut_down)) {
		return -EINVAL;
	}
	va_start(ap, fmt);
	printf_vformat(why, sizeof(why), fmt, ap);
	va_end(ap);
	log_err("domain %u crashed: %s", d->id.v, why);
	log_registers(d);
	if (d == domain0) {
		panic("dom0 crashed: %s", why);
	}
	domain_shutdown(d, SHUTDOWN_crash);
	return -EINVAL;
}
