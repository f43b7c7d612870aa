// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports q, d and m: domains, their vCPUs, their memory.
 */
#include "core/grant.h"
#include "core/vcpu.h"
#include "hypercall/report.h"
#include "mm/page_alloc.h"

static const char *state_name(const struct domain *d)
{
	static const char *const names[] = { "building", "alive", "dying", "dead" };

	return names[MIN((u32)READ_ONCE(d->state), 3u)];
}

static void domain_line(struct domain *d, struct control_report *r)
{
	report_line(r, "d%u: %s%s%s%s, %u references, paused %u times, %u vCPUs, %u of %u ports, %u grant frames, %u mapped", d->id.v,
		    state_name(d), d->privileged ? ", privileged" : "", READ_ONCE(d->paused_by_control) ? ", paused" : "",
		    READ_ONCE(d->is_shut_down) ? ", shut down" : "", READ_ONCE(d->refs), READ_ONCE(d->pause_count), d->vcpu_count,
		    READ_ONCE(d->ev.active), d->ev.max_ports, grant_frames(d), grant_maps(d));
	if (READ_ONCE(d->is_shut_down)) {
		report_line(r, "d%u: shut down with code %u", d->id.v, READ_ONCE(d->shutdown_code));
	}
}

static void vcpu_line(struct vcpu *v, struct control_report *r)
{
	static const char *const reasons[] = { " down", " blocked", " polling", " paused", " shut-down", " capped" };
	const struct vcpu_info *info = READ_ONCE(v->info);
	u32 i, wait = READ_ONCE(v->sched.wait);
	bool running = READ_ONCE(v->sched.running);
	const char *why[ARRAY_SIZE(reasons)];

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		why[i] = wait >> i & 1 ? reasons[i] : "";
	}
	report_line(r, "d%uv%u:%s%s%s%s%s%s%s, cpu %u, used %llu ms, upcall %s%s, %s mode, rip %s%llx", v->domain->id.v, v->id, why[0],
		    why[1], why[2], why[3], why[4], why[5], wait ? "" : running ? " running" : " ready", READ_ONCE(v->sched.cpu),
		    (unsigned long long)(sched_vcpu_time_ns(v) / 1000000), READ_ONCE(info->evtchn_upcall_pending) ? "pending" : "none",
		    READ_ONCE(info->evtchn_upcall_mask) ? " masked" : "", READ_ONCE(v->pv.kernel_mode) ? "kernel" : "user",
		    running ? "was " : "", (unsigned long long)READ_ONCE(v->regs.rip));
}

static bool domain_part(struct domain *d, struct control_report *r)
{
	if (r->item == 0) {
		domain_line(d, r);
	} else {
		struct vcpu *v = domain_vcpu(d, r->item - 1);

		if (v) {
			vcpu_line(v, r);
		}
	}
	return r->item++ >= d->vcpu_count;
}

bool report_q(struct control_report *r)
{
	return report_domains(r, domain_part);
}

/* A copy: whoever runs may be stopped, and its registers saved, between two lines. */
static void registers_lines(struct vcpu *v, struct control_report *r)
{
	struct cpu_user_regs regs = *(const volatile struct cpu_user_regs *)&v->regs;
	u32 d = v->domain->id.v, id = v->id;

	report_line(r, "d%uv%u:%s rip %04x:%016llx rflags %llx rsp %04x:%016llx cr2 %llx", d, id,
		    READ_ONCE(v->sched.running) ? " runs, was at" : "", (u32)regs.cs, (unsigned long long)regs.rip,
		    (unsigned long long)regs.rflags, (u32)regs.ss, (unsigned long long)regs.rsp,
		    (unsigned long long)READ_ONCE(v->pv.cr2));
	report_line(r, "d%uv%u: rax %llx rbx %llx rcx %llx rdx %llx rsi %llx rdi %llx rbp %llx", d, id, (unsigned long long)regs.rax,
		    (unsigned long long)regs.rbx, (unsigned long long)regs.rcx, (unsigned long long)regs.rdx,
		    (unsigned long long)regs.rsi, (unsigned long long)regs.rdi, (unsigned long long)regs.rbp);
	report_line(r, "d%uv%u: r8 %llx r9 %llx r10 %llx r11 %llx r12 %llx r13 %llx r14 %llx r15 %llx", d, id,
		    (unsigned long long)regs.r8, (unsigned long long)regs.r9, (unsigned long long)regs.r10,
		    (unsigned long long)regs.r11, (unsigned long long)regs.r12, (unsigned long long)regs.r13,
		    (unsigned long long)regs.r14, (unsigned long long)regs.r15);
}

static bool registers_part(struct domain *d, struct control_report *r)
{
	struct vcpu *v = domain_vcpu(d, r->item++);

	if (v && vcpu_is_initialised(v)) {
		registers_lines(v, r);
	}
	return !v;
}

bool report_d(struct control_report *r)
{
	return report_domains(r, registers_part);
}

static bool memory_part(struct domain *d, struct control_report *r)
{
	if (d->id.v == 0) {
		report_line(r, "machine: %llu pages, %llu free, %llu of them claimed", (unsigned long long)pages_total(),
			    (unsigned long long)pages_free(false), (unsigned long long)(pages_free(false) - pages_free(true)));
	}
	report_line(r, "d%u: %u pages of %llu, %llu claimed, %u special%s", d->id.v, READ_ONCE(d->mem.tot_pages),
		    (unsigned long long)READ_ONCE(d->mem.max_pages), (unsigned long long)READ_ONCE(d->mem.claimed_pages),
		    READ_ONCE(d->mem.special_pages), READ_ONCE(d->mem.retired_head) ? ", some held by others" : "");
	return true;
}

bool report_m(struct control_report *r)
{
	return report_domains(r, memory_part);
}
