/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From "this port is raised" to "its vCPU will take an upcall": chooses the delivery back end, ends SCHEDOP_poll, and sets the
 * vCPU's upcall flag.
 *
 * Ordering. A sender stores pending state, then looks for sleepers; a vCPU that goes to sleep stores that it sleeps, then looks for
 * pending state. Both sides have a full barrier between, so one of them sees the other. On our side the barrier is the locked
 * instruction that sets the pending state.
 */
#include "core/evtchn.h"
#include "core/evtchn_port.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "x86/pcpu.h"

/* Only those that poll this port, or several, have reason to look. Rare: kept out of the sender's way. */
static __attribute__((noinline)) void wake_pollers(struct domain *d, u32 port)
{
	u32 word;

	for (word = 0; word < EVTCHN_POLL_WORDS; word++) {
		u64 bits = READ_ONCE(d->ev.pollers[word]);

		while (unlikely(bits)) {
			u32 id = word * 64 + (u32)__builtin_ctzll(bits);
			struct vcpu *v = domain_vcpu(d, id);
			u32 polled;

			bits &= bits - 1;
			polled = v ? READ_ONCE(v->ev.polled_port) : 0;
			if (v && (polled == 0 || polled == port)) {
				evtchn_poll_end(v);
				sched_vcpu_wake(v, VCPU_POLLING);
			}
		}
	}
}

static bool raise_2l(struct domain *d, struct evtchn *chn)
{
	bool news = evtchn_2l_raise(d, chn);
	/* The domain may have moved to FIFO since; evtchn_fifo_init_control() looks at the bitmap after it has. */
	struct evtchn_fifo *fifo = evtchn_fifo_of(d);

	return unlikely(fifo) ? evtchn_fifo_raise(d, fifo, chn) || news : news;
}

void evtchn_raise(struct domain *d, struct evtchn *chn)
{
	struct evtchn_fifo *fifo = evtchn_fifo_of(d);
	bool news = likely(fifo) ? evtchn_fifo_raise(d, fifo, chn) : raise_2l(d, chn);

	_Static_assert(EVTCHN_POLL_WORDS == 2, "both words are looked at");
	if (news && unlikely(READ_ONCE(d->ev.pollers[0]) | READ_ONCE(d->ev.pollers[1]))) {
		wake_pollers(d, chn->port);
	}
}

void evtchn_forget(struct domain *d, struct evtchn *chn)
{
	struct evtchn_fifo *fifo = evtchn_fifo_of(d);

	if (fifo) {
		evtchn_fifo_forget(fifo, chn);
	} else {
		evtchn_2l_forget(d, chn);
	}
}

void vcpu_mark_events_pending(struct vcpu *v)
{
	struct vcpu_info *info = READ_ONCE(v->info);

	if (__atomic_exchange_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST)) {
		return;
	}
	if (READ_ONCE(v->sched.wait) & (VCPU_BLOCKED | VCPU_POLLING)) {
		if (!READ_ONCE(info->evtchn_upcall_mask)) {
			sched_vcpu_wake(v, VCPU_BLOCKED | VCPU_POLLING);
		}
	} else if (v != current_vcpu()) {
		/*
		 * On another processor the mask proves nothing: the guest unmasks with a plain store and then looks for pending events,
		 * and its load may pass its store. The kick makes it leave and look again with the store done.
		 */
		sched_vcpu_kick(v);
	} else if (!READ_ONCE(info->evtchn_upcall_mask)) {
		/* The way back to it looks for events anyway; this ends a long call. */
		pcpu_raise_work(this_pcpu(), WORK_DELIVER);
	}
}

bool evtchn_port_exists(struct domain *d, evtchn_port_t port)
{
	return port.v != 0 && port.v < READ_ONCE(d->ev.made);
}

bool evtchn_port_pending(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn;
	bool pending = false;
	u64 flags;

	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup_open(d, port.v);
	if (chn) {
		pending = d->ev.fifo ? evtchn_fifo_pending(d->ev.fifo, chn) : evtchn_2l_pending(d, chn);
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	return pending;
}

struct evtchn_marks evtchn_port_marks(struct domain *d, evtchn_port_t port)
{
	struct evtchn_marks marks = { false, false };
	struct evtchn *chn;
	u64 flags;

	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup_open(d, port.v);
	if (chn) {
		struct evtchn_fifo *f = d->ev.fifo;

		marks.pending = f ? evtchn_fifo_pending(f, chn) : evtchn_2l_pending(d, chn);
		marks.masked = f ? evtchn_fifo_masked(f, chn) : evtchn_2l_masked(d, chn);
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	return marks;
}

void evtchn_poll_begin(struct vcpu *v, evtchn_port_t port)
{
	WRITE_ONCE(v->ev.polled_port, port.v);
	/* Full barrier: the poller looks at its ports after this. */
	__atomic_fetch_or(&v->domain->ev.pollers[v->id / 64], 1ULL << (v->id % 64), __ATOMIC_SEQ_CST);
}

void evtchn_poll_end(struct vcpu *v)
{
	__atomic_fetch_and(&v->domain->ev.pollers[v->id / 64], ~(1ULL << (v->id % 64)), __ATOMIC_SEQ_CST);
}

bool evtchn_port_take(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn;
	bool taken = false;
	u64 flags;

	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup_open(d, port.v);
	if (chn) {
		taken = d->ev.fifo ? evtchn_fifo_take(d->ev.fifo, chn) : evtchn_2l_take(d, chn);
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	return taken;
}

bool evtchn_ports_exist(struct domain *d, const u32 *ports, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (!evtchn_port_exists(d, PORT(ports[i]))) {
			return false;
		}
	}
	return true;
}
