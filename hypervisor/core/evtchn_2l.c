/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two-level delivery: a bit per port in shared_info (pending, mask), a word-selector per vCPU. All of it is guest memory that the
 * guest changes at any time; nothing here trusts it beyond one bit. Lock-free: every step is one locked instruction.
 */
#include "core/evtchn_port.h"
#include "lib/bitmap.h"
#include "public/event_channel.h"

/* Closed and FIFO-only ports do not exist here. */
static bool has_bit(const struct evtchn *chn)
{
	return chn->port < EVTCHN_2L_NR_CHANNELS;
}

static inline void notify(struct domain *d, const struct evtchn *chn)
{
	struct vcpu *v = d->vcpus[READ_ONCE(chn->vcpu)];

	if (!bit_set_atomic(&READ_ONCE(v->info)->evtchn_pending_sel, chn->port / 64)) {
		vcpu_mark_events_pending(v);
	}
}

bool evtchn_2l_raise(struct domain *d, const struct evtchn *chn)
{
	struct shared_info *s = d->shared_info;

	if (!has_bit(chn) || bit_set_atomic(s->evtchn_pending, chn->port)) {
		return false;
	}
	if (!((READ_ONCE(s->evtchn_mask[chn->port / 64]) >> (chn->port % 64)) & 1)) {
		notify(d, chn);
	}
	return true;
}

void evtchn_2l_forget(struct domain *d, const struct evtchn *chn)
{
	if (has_bit(chn)) {
		bit_clear_atomic(d->shared_info->evtchn_pending, chn->port);
	}
}

bool evtchn_2l_pending(const struct domain *d, const struct evtchn *chn)
{
	return has_bit(chn) && ((READ_ONCE(d->shared_info->evtchn_pending[chn->port / 64]) >> (chn->port % 64)) & 1);
}

bool evtchn_2l_masked(const struct domain *d, const struct evtchn *chn)
{
	return has_bit(chn) && ((READ_ONCE(d->shared_info->evtchn_mask[chn->port / 64]) >> (chn->port % 64)) & 1);
}

bool evtchn_2l_take(struct domain *d, const struct evtchn *chn)
{
	return evtchn_2l_masked(d, chn) && bit_clear_atomic(d->shared_info->evtchn_pending, chn->port);
}

void evtchn_2l_unmask(struct domain *d, const struct evtchn *chn)
{
	if (has_bit(chn) && bit_clear_atomic(d->shared_info->evtchn_mask, chn->port) && evtchn_2l_pending(d, chn)) {
		notify(d, chn);
	}
}
