/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysctl (the control ABI's operations on the machine) and what the control ABI tells about domains.
 */
#include "core/domain_changes.h"
#include "core/grant.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "hypercall/control.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "mm/page_alloc.h"
#include "mm/page_type.h"
#include "x86/page.h"
#include "x86/pcpu.h"
#include "x86/smp.h"
#include "x86/time.h"

static u32 state_flags(struct domain *d, u32 online, bool running, bool blocked)
{
	u32 flags = 0;

	flags |= domain_is_dying(d) ? CONTROL_INFO_DYING : 0;
	flags |= d->is_shut_down ? CONTROL_INFO_SHUTDOWN : 0;
	flags |= d->paused_by_control ? CONTROL_INFO_PAUSED : 0;
	flags |= d->state == DOMAIN_BUILDING ? CONTROL_INFO_BUILDING : 0;
	flags |= d->privileged ? CONTROL_INFO_PRIVILEGED : 0;
	flags |= running ? CONTROL_INFO_RUNNING : 0;
	flags |= online && blocked && !running ? CONTROL_INFO_BLOCKED : 0;
	return flags;
}

void control_fill_info(struct domain *d, struct control_info *info)
{
	bool running = false, blocked = true;
	u32 i, online = 0;

	memset(info, 0, sizeof(*info));
	for (i = 0; i < d->vcpu_count; i++) {
		struct vcpu *v = d->vcpus[i];
		u32 wait = READ_ONCE(v->sched.wait);

		info->cpu_time_ns += sched_vcpu_time_ns(v);
		if (wait & VCPU_DOWN) {
			continue;
		}
		online++;
		running |= wait == 0 && READ_ONCE(v->sched.running);
		blocked &= (wait & (VCPU_BLOCKED | VCPU_POLLING)) != 0;
	}
	info->domid = d->id.v;
	info->flags = state_flags(d, online, running, blocked);
	info->shutdown_code = d->shutdown_code;
	info->vcpus = d->vcpu_count;
	info->online_vcpus = online;
	info->tot_pages = d->mem.tot_pages;
	info->max_pages = d->mem.max_pages;
	info->shared_info_mfn = d->shared_info ? virt_to_mfn(d->shared_info).v : 0;
	info->claimed_pages = d->mem.claimed_pages;
	info->grant_frames = grant_frames(d);
	info->max_grant_frames = grant_max_frames(d);
	info->event_channels = READ_ONCE(d->ev.active);
	info->mapped_grants = grant_maps(d);
	memcpy(info->handle, d->handle, sizeof(info->handle));
}

s64 control_vcpu_info(struct domain *d, struct control_dom *c)
{
	struct control_vcpu *cv = &c->u.vcpu;
	struct vcpu *v = domain_vcpu(d, cv->vcpu);
	u32 wait;

	if (!v) {
		return -ENOENT;
	}
	wait = READ_ONCE(v->sched.wait);
	cv->flags = (wait & VCPU_DOWN ? 0 : CONTROL_VCPU_ONLINE) | (wait & (VCPU_BLOCKED | VCPU_POLLING) ? CONTROL_VCPU_BLOCKED : 0) |
		    (wait == 0 && v->sched.running ? CONTROL_VCPU_RUNNING : 0);
	cv->cpu = v->sched.cpu;
	cv->time_ns = sched_vcpu_time_ns(v);
	memcpy(cv->affinity, &v->sched.affinity, sizeof(cv->affinity));
	memcpy(cv->soft, &v->sched.soft, sizeof(cv->soft));
	return 0;
}

s64 control_refusals(struct domain *d, struct control_dom *c)
{
	struct control_refusals *r = &c->u.refusals;
	u32 filled = 0;

	while (filled < r->count) {
		struct control_refusal out = { 0 };
		struct refusal_out in;

		if (!refusal_read(d, &r->pos, &in, 1)) {
			break;
		}
		out.time_ns = in.time_ns;
		memcpy(out.args, in.args, sizeof(out.args));
		out.times = in.times;
		out.frame_refs = in.frame_refs;
		out.frame_type_refs = in.frame_type_refs;
		out.frame_owner = in.frame_owner;
		out.frame_type = in.frame_type;
		out.frame_flags = in.frame_flags;
		str_copy(out.operation, in.op, sizeof(out.operation));
		str_copy(out.rule, in.rule, sizeof(out.rule));
		if (guest_copy_out(guest_elem(GVA(r->buffer), filled, sizeof(out)), &out, sizeof(out))) {
			return -EFAULT;
		}
		filled++;
	}
	r->count = filled;
	return 0;
}

static s64 list(struct control_list *l)
{
	u32 filled = 0, next = l->first;

	while (filled < l->count) {
		struct domain *d = domain_get_next(next);
		struct control_info info;
		int err;

		if (!d) {
			break;
		}
		control_fill_info(d, &info);
		next = d->id.v + 1;
		domain_put(d);
		err = guest_copy_out(guest_elem(GVA(l->buffer), filled, sizeof(info)), &info, sizeof(info));
		if (err) {
			return err;
		}
		filled++;
		if (filled < l->count && hypercall_should_preempt()) {
			/* A shorter list than asked for is a legal answer; the caller goes on from the last id. */
			break;
		}
	}
	l->count = filled;
	return 0;
}

static s64 changes(struct control_changes *c)
{
	memset(c->domids, 0, sizeof(c->domids));
	c->count = CONTROL_CHANGES_ROOM;
	c->flags = domain_changes_read(&c->pos, c->domids, &c->count) ? CONTROL_CHANGES_ALL : 0;
	return 0;
}

static void physinfo(struct control_physinfo *p)
{
	u32 cpu;

	memset(p, 0, sizeof(*p));
	p->total_pages = pages_total();
	p->free_pages = pages_free(false);
	p->claimed_pages = p->free_pages - pages_free(true);
	p->cpus = smp_cpu_count();
	p->cpu_khz = time_tsc_khz();
	p->domains = domain_count();
	p->max_vcpus_per_domain = MAX_VCPUS;
	p->uptime_ns = time_now_ns();
	for (cpu = 0; cpu < smp_cpu_count(); cpu++) {
		p->idle_ns += sched_idle_ns(cpu);
	}
}

/* Hands the log out in pieces of one page. */
static s64 read_log(struct control_log *l)
{
	char *page = heap_alloc_pages(0);
	u64 done = 0;
	s64 err = page ? 0 : -ENOMEM;

	while (!err && done < l->bytes) {
		size_t got = log_ring_read(&l->pos, page, MIN(l->bytes - done, PAGE_SIZE));

		if (!got) {
			break;
		}
		err = guest_copy_out(GVA(l->buffer + done), page, got);
		done += got;
	}
	heap_free_pages(page, 0);
	if (!err) {
		l->bytes = done;
		if (l->clear) {
			log_ring_clear();
		}
	}
	return err;
}

static s64 run(struct control_sys *c, gva_t arg)
{
	switch (c->cmd) {
	case CONTROL_SYS_LIST:
		return list(&c->u.list);
	case CONTROL_SYS_PHYSINFO:
		physinfo(&c->u.physinfo);
		return 0;
	case CONTROL_SYS_READ_LOG:
		return read_log(&c->u.log);
	case CONTROL_SYS_GRANT_COPY:
		return control_grant_copy(c, arg);
	case CONTROL_SYS_CHANGES:
		return changes(&c->u.changes);
	case CONTROL_SYS_EVENT_WAIT:
		return control_event_wait(c, arg);
	case CONTROL_SYS_REPORT:
		return control_report(c, arg);
	case CONTROL_SYS_SET_PARAMETERS:
		return control_set_parameters(c, arg);
	default:
		return refuse(current_vcpu()->domain, -ENOSYS, "control", "unknown operation", c->cmd, 0);
	}
}

HYPERCALL(sysctl)
{
	struct control_sys c;
	s64 ret;

	(void)a2, (void)a3, (void)a4, (void)a5, (void)a6;
	if (guest_copy_in(&c, GVA(a1), sizeof(c))) {
		return -EFAULT;
	}
	if (c.version != CONTROL_VERSION) {
		c.version = CONTROL_VERSION;
		return guest_copy_out(GVA(a1), &c, sizeof(c)) ? -EFAULT : -EACCES;
	}
	ret = run(&c, GVA(a1));
	if (ret == 0 && guest_copy_out(GVA(a1), &c, sizeof(c))) {
		return -EFAULT;
	}
	return ret;
}
