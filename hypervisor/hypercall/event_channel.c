/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event_channel_op(cmd, arg): the adapter between the guest's structures and core/evtchn.h.
 *
 * Domain numbers: the caller itself (by number or DOMID_SELF) is always allowed; operations on another domain's ports need
 * privilege. bind_interdomain names a peer without privilege: that peer's unbound port says who may come.
 */
#include "hypercall/hypercall.h"
#include "core/domain.h"
#include "core/evtchn.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "public/event_channel.h"
#include "x86/pcpu.h"

static struct domain *caller(void) { return current_vcpu()->domain; }

/* The domain whose ports an operation is about, with a reference. */
static int owner_get(u16 domid, struct domain **ret)
{
	struct domain *cur = caller();

	if (domid == DOMID_SELF_RAW || domid == cur->id.v) {
		domain_ref(cur);
		*ret = cur;
		return 0;
	}
	if (!cur->privileged) {
		return refuse(cur, -EPERM, "event_channel_op", "another domain's ports need privilege", domid, 0);
	}
	*ret = domid < DOMID_FIRST_RESERVED_RAW ? domain_get(DOMID(domid)) : NULL;
	if (*ret && domain_is_dying(*ret)) {
		domain_put(*ret);
		*ret = NULL;
	}
	return *ret ? 0 : -ESRCH;
}

/* Ends a reservation: the number goes to the guest, or nothing has happened. */
static int publish(struct domain *d, evtchn_port_t port, gva_t arg, const void *op, size_t bytes)
{
	int err = guest_copy_out(arg, op, bytes);

	if (err) {
		evtchn_cancel(d, port);
	} else {
		evtchn_commit(d, port);
	}
	return err;
}

static int alloc_unbound(gva_t arg)
{
	struct evtchn_alloc_unbound op;
	struct domain *owner;
	evtchn_port_t port;
	domid_t remote;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (!err) {
		err = owner_get(op.dom, &owner);
	}
	if (err) {
		return err;
	}
	remote = op.remote_dom == DOMID_SELF_RAW ? caller()->id : DOMID(op.remote_dom);
	err = evtchn_reserve_unbound(owner, remote, &port);
	if (!err) {
		op.port = port.v;
		err = publish(owner, port, arg, &op, sizeof(op));
	}
	domain_put(owner);
	return err;
}

static int bind_interdomain(gva_t arg)
{
	struct evtchn_bind_interdomain op;
	struct domain *cur = caller(), *remote;
	evtchn_port_t port;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (err) {
		return err;
	}
	if (op.remote_dom == DOMID_SELF_RAW || op.remote_dom == cur->id.v) {
		domain_ref(cur);
		remote = cur;
	} else {
		remote = op.remote_dom < DOMID_FIRST_RESERVED_RAW ? domain_get(DOMID(op.remote_dom)) : NULL;
	}
	if (!remote) {
		return -ESRCH;
	}
	if (!domain_may_share(cur, remote)) {
		domain_put(remote);
		return refuse(cur, -EPERM, "bind_interdomain", "guests may talk to dom0 only, unless both were created with peers", op.remote_dom,
			      op.remote_port);
	}
	err = evtchn_reserve_interdomain(cur, remote, PORT(op.remote_port), &port);
	if (!err) {
		op.local_port = port.v;
		err = publish(cur, port, arg, &op, sizeof(op));
	}
	domain_put(remote);
	return err;
}

static int bind_virq(gva_t arg)
{
	struct evtchn_bind_virq op;
	evtchn_port_t port;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (!err) {
		err = evtchn_reserve_virq(caller(), op.virq, op.vcpu, &port);
	}
	if (err) {
		return err;
	}
	op.port = port.v;
	return publish(caller(), port, arg, &op, sizeof(op));
}

static int bind_ipi(gva_t arg)
{
	struct evtchn_bind_ipi op;
	evtchn_port_t port;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (!err) {
		err = evtchn_reserve_ipi(caller(), op.vcpu, &port);
	}
	if (err) {
		return err;
	}
	op.port = port.v;
	return publish(caller(), port, arg, &op, sizeof(op));
}

static int bind_pirq(gva_t arg)
{
	struct evtchn_bind_pirq op;
	evtchn_port_t port;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (!err) {
		err = evtchn_reserve_pirq(caller(), op.pirq, op.flags & BIND_PIRQ__WILL_SHARE, &port);
	}
	if (err) {
		return err;
	}
	op.port = port.v;
	return publish(caller(), port, arg, &op, sizeof(op));
}

static int status(gva_t arg)
{
	struct evtchn_status op;
	struct domain *owner;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (!err) {
		err = owner_get(op.dom, &owner);
	}
	if (err) {
		return err;
	}
	err = evtchn_status(owner, PORT(op.port), &op);
	domain_put(owner);
	return err ? err : guest_copy_out(arg, &op, sizeof(op));
}

static int reset(gva_t arg)
{
	struct evtchn_reset op;
	struct domain *owner;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (!err) {
		err = owner_get(op.dom, &owner);
	}
	if (err) {
		return err;
	}
	err = evtchn_reset(owner);
	domain_put(owner);
	return err;
}

static int init_control(gva_t arg)
{
	struct evtchn_init_control op;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (!err) {
		err = evtchn_fifo_init_control(caller(), op.vcpu, MFN(op.control_gfn), op.offset);
	}
	if (err) {
		return err;
	}
	op.link_bits = EVTCHN_FIFO_LINK_BITS;
	return guest_copy_out(arg, &op, sizeof(op));
}

/* Operations of one u32, or two, without result. */
static int by_port(u64 cmd, gva_t arg)
{
	u32 words[2] = { 0, 0 };
	bool two = cmd == EVTCHNOP_bind_vcpu || cmd == EVTCHNOP_set_priority;
	struct domain *d = caller();
	int err;

	err = guest_copy_in(words, arg, two ? sizeof(words) : sizeof(words[0]));
	if (err) {
		return err;
	}
	switch (cmd) {
	case EVTCHNOP_close:
		return evtchn_close(d, PORT(words[0]));
	case EVTCHNOP_unmask:
		return evtchn_unmask(d, PORT(words[0]));
	case EVTCHNOP_bind_vcpu:
		return evtchn_bind_vcpu(d, PORT(words[0]), words[1]);
	default:
		return evtchn_set_priority(d, PORT(words[0]), words[1]);
	}
}

static int expand_array(gva_t arg)
{
	struct evtchn_expand_array op;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	return err ? err : evtchn_fifo_expand_array(caller(), MFN(op.array_gfn));
}

/* All but sending. */
static __attribute__((noinline)) s64 other_op(u32 cmd, gva_t arg)
{
	switch (cmd) {
	case EVTCHNOP_unmask:
	case EVTCHNOP_close:
	case EVTCHNOP_bind_vcpu:
	case EVTCHNOP_set_priority:
		return by_port(cmd, arg);
	case EVTCHNOP_alloc_unbound:
		return alloc_unbound(arg);
	case EVTCHNOP_bind_interdomain:
		return bind_interdomain(arg);
	case EVTCHNOP_bind_virq:
		return bind_virq(arg);
	case EVTCHNOP_bind_ipi:
		return bind_ipi(arg);
	case EVTCHNOP_bind_pirq:
		return bind_pirq(arg);
	case EVTCHNOP_status:
		return status(arg);
	case EVTCHNOP_reset:
		return reset(arg);
	case EVTCHNOP_init_control:
		return init_control(arg);
	case EVTCHNOP_expand_array:
		return expand_array(arg);
	default:
		return -ENOSYS;
	}
}

s64 hypercall_event_channel_op(u64 a1, u64 a2, ARG_UNUSED u64 a3, ARG_UNUSED u64 a4, ARG_UNUSED u64 a5,
			       ARG_UNUSED u64 a6)
{
	struct evtchn_send op;

	if (unlikely((u32)a1 != EVTCHNOP_send)) {
		return other_op((u32)a1, GVA(a2));
	}
	if (unlikely(guest_load(&op, GVA(a2)))) {
		return -EFAULT;
	}
	return evtchn_send(caller(), PORT(op.port));
}
