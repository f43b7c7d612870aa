/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * domctl: the control ABI's operations on one domain (public/control.h). The dispatcher has checked that the caller is privileged.
 */
#include "core/domain.h"
#include "core/grant.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "hypercall/control.h"
#include "hypercall/hypercall.h"
#include "hypercall/target.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "mm/page_alloc.h"
#include "x86/page.h"

#define DEFAULT_GRANT_FRAMES 64
#define DEFAULT_PORTS        1024

static s64 create(struct control_dom *c)
{
	struct control_create *k = &c->u.create;
	struct domain_params params = {
		.max_pages = k->max_pages,
		.vcpus = k->vcpus,
		.max_grant_frames = k->max_grant_frames ? k->max_grant_frames : DEFAULT_GRANT_FRAMES,
		.max_ports = k->max_ports ? k->max_ports : DEFAULT_PORTS,
		.confined = !(k->flags & CONTROL_CREATE_PEERS),
	};
	struct domain *d;
	int err;

	if (k->flags & ~CONTROL_CREATE_PEERS) {
		return -EINVAL;
	}
	memcpy(params.handle, k->handle, sizeof(params.handle));
	err = domain_create(DOMID(c->domid), &params, &d);
	if (err) {
		return err;
	}
	c->domid = d->id.v;
	k->shared_info_mfn = virt_to_mfn(d->shared_info).v;
	domain_put(d);
	return 0;
}

static s64 destroy(struct domain *d)
{
	int err = domain_destroy(d);

	/* Other work of the caller's processor goes first; the caller's own loop calls again. */
	return err == -ERESTART ? -EAGAIN : err;
}

/* Whether one of the machine's processors is in it. */
static bool mask_is_of_use(const struct cpumask *mask)
{
	u32 cpu;

	for (cpu = 0; cpu < smp_cpu_count(); cpu++) {
		if (cpumask_test(mask, cpu)) {
			return true;
		}
	}
	return false;
}

static s64 set_affinity(struct domain *d, const struct control_vcpu *cv)
{
	struct vcpu *v = domain_vcpu(d, cv->vcpu);
	bool hard = cv->flags & CONTROL_AFFINITY_HARD, soft = cv->flags & CONTROL_AFFINITY_SOFT;
	struct cpumask may, likes;

	_Static_assert(sizeof(may) == sizeof(cv->affinity) && sizeof(likes) == sizeof(cv->soft), "one bit per processor");
	memcpy(&may, cv->affinity, sizeof(may));
	memcpy(&likes, cv->soft, sizeof(likes));
	if (!v || !cv->flags || (cv->flags & ~(CONTROL_AFFINITY_HARD | CONTROL_AFFINITY_SOFT)) ||
	    (hard && !mask_is_of_use(&may)) || (soft && !mask_is_of_use(&likes))) {
		return -EINVAL;
	}
	if (hard) {
		sched_set_affinity(v, &may);
	}
	if (soft) {
		sched_set_soft_affinity(v, &likes);
	}
	return 0;
}

static s64 send_nmi(struct domain *d, u32 vcpu)
{
	struct vcpu *v = domain_vcpu(d, vcpu);

	if (!v || (READ_ONCE(v->sched.wait) & VCPU_DOWN)) {
		return refuse(d, -EINVAL, "send nmi", "no such vCPU, or it is down", vcpu, d->vcpu_count);
	}
	vcpu_send_nmi(v);
	return 0;
}

static s64 info(struct domain *d, gva_t to)
{
	struct control_info i;

	control_fill_info(d, &i);
	return guest_copy_out(to, &i, sizeof(i));
}

/* Operations that also make sense for a domain that is being torn down. */
static s64 any_state_op(struct domain *d, struct control_dom *c)
{
	switch (c->cmd) {
	case CONTROL_DOM_DESTROY:
		return destroy(d);
	case CONTROL_DOM_INFO:
		return info(d, GVA(c->u.info));
	case CONTROL_DOM_REFUSALS:
		return control_refusals(d, c);
	case CONTROL_DOM_VCPU_INFO:
		return control_vcpu_info(d, c);
	default:
		return -ESRCH;
	}
}

/* So many handles do not keep the processor for long. */
#define HELD_PER_CALL 4096

static s64 grants_held(struct domain *d, struct control_grants_held *h)
{
	struct domain *granter = h->granter < DOMID_FIRST_RESERVED_RAW ? domain_get(DOMID(h->granter)) : NULL;
	struct grant_holding held;

	if (!granter) {
		return -ESRCH;
	}
	held = grant_count_held(d, granter, &h->next, HELD_PER_CALL);
	h->count = held.count;
	h->ref = held.ref;
	h->mfn = held.mfn.v;
	domain_put(granter);
	return 0;
}

static s64 live_op(struct domain *d, struct control_dom *c, gva_t arg)
{
	switch (c->cmd) {
	case CONTROL_DOM_PAUSE:
		if (d == current_vcpu()->domain) {
			return -EINVAL;
		}
		domain_control_pause(d);
		return 0;
	case CONTROL_DOM_UNPAUSE:
		domain_control_unpause(d);
		return 0;
	case CONTROL_DOM_POPULATE:
		return control_populate(d, c, arg);
	case CONTROL_DOM_WRITE_FRAMES:
	case CONTROL_DOM_READ_FRAMES:
		return control_frames(d, c, arg);
	case CONTROL_DOM_START_CONTEXT:
		return control_start_context(d, c, arg);
	case CONTROL_DOM_GET_CONTEXT:
		return control_get_context(d, c);
	case CONTROL_DOM_LIST_FRAMES:
		return control_list_frames(d, &c->u.frame_list);
	case CONTROL_DOM_SEED_GRANT:
		return grant_seed(d, GREF(c->u.seed_grant.ref), DOMID(c->u.seed_grant.grantee), MFN(c->u.seed_grant.mfn));
	case CONTROL_DOM_SEED_PORTS:
		return control_seed_ports(d, c);
	case CONTROL_DOM_SET_MAP:
		return control_set_map(d, c);
	case CONTROL_DOM_SET_MAX_PAGES:
		d->mem.max_pages = c->u.pages.pages;
		return 0;
	case CONTROL_DOM_CLAIM:
		return owner_claim(&d->mem, c->u.pages.pages);
	case CONTROL_DOM_SHUTDOWN:
		if (d == current_vcpu()->domain) {
			return -EINVAL;
		}
		domain_shutdown(d, c->u.shutdown.code);
		return 0;
	case CONTROL_DOM_SCHED_SET:
		return sched_domain_set(d, c->u.sched.weight, c->u.sched.cap_percent);
	case CONTROL_DOM_SCHED_GET:
		c->u.sched = (struct control_sched){ d->sched.weight, d->sched.cap_percent };
		return 0;
	case CONTROL_DOM_GRANTS_HELD:
		return grants_held(d, &c->u.grants_held);
	case CONTROL_DOM_SET_AFFINITY:
		return set_affinity(d, &c->u.vcpu);
	case CONTROL_DOM_SEND_NMI:
		return send_nmi(d, c->u.vcpu.vcpu);
	default:
		return refuse(current_vcpu()->domain, -ENOSYS, "control", "unknown operation", c->cmd, d->id.v);
	}
}

static bool is_any_state_op(u32 cmd)
{
	return cmd == CONTROL_DOM_DESTROY || cmd == CONTROL_DOM_INFO || cmd == CONTROL_DOM_REFUSALS || cmd == CONTROL_DOM_VCPU_INFO;
}

static s64 run(struct control_dom *c, gva_t arg)
{
	struct domain *d;
	s64 ret;

	if (c->cmd == CONTROL_DOM_CREATE) {
		return create(c);
	}
	d = c->domid == DOMID_SELF_RAW ? domain_get(current_vcpu()->domain->id) :
	    c->domid < DOMID_FIRST_RESERVED_RAW ? domain_get(DOMID(c->domid)) : NULL;
	if (!d) {
		return -ESRCH;
	}
	if (is_any_state_op(c->cmd)) {
		ret = any_state_op(d, c);
	} else if (domain_is_dying(d)) {
		ret = -ESRCH;
	} else {
		ret = live_op(d, c, arg);
	}
	domain_put(d);
	return ret;
}

HYPERCALL(domctl)
{
	struct control_dom c;
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
