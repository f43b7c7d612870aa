// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tear-down of a domain as explicit steps, each of which may stop (-ERESTART) and be taken up again where it was.
 *
 * The first thing is to make every vCPU stop for good and wait until none is loaded anywhere: from then on no processor has
 * the domain's page tables, and nobody acts in its name. domain.lock serialises destroyers; it is not held while waiting for the
 * vCPUs, because one of them may be on its way to it.
 *
 * Order: ports (nobody signals it any more), vCPUs (their page tables and descriptors lose the references that kept them in use),
 * frames (tables are undone), grants (what it had mapped of others goes back: only now that no entry of its tables refers to a
 * frame may the granter hear that it is free). What others still reference then keeps the domain in the table, see
 * domain_bury_if_empty().
 */
#include "core/domain.h"

#include "core/domain_changes.h"
#include "core/domain_life.h"
#include "core/vcpu.h"
#include "core/vcpu_time.h"
#include "core/watchdog.h"
#include "lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/page_type.h"
#include "x86/pcpu.h"

enum destroy_step { STEP_PORTS, STEP_VCPUS, STEP_FRAMES, STEP_GRANTS, STEP_SHARED, STEP_DONE };

static int tear_down_vcpus(struct domain *d)
{
	u32 i;

	for (i = 0; i < d->vcpu_count; i++) {
		if (!d->vcpus[i]->torn_down) {
			vcpu_tear_down(d->vcpus[i]);
			if (hypercall_should_preempt()) {
				return -ERESTART;
			}
		}
	}
	return 0;
}

static int free_shared(struct domain *d)
{
	struct shared_info *s = wallclock_detach(d);

	sched_domain_destroy(d);
	watchdog_destroy(d);
	if (s) {
		special_page_free(s);
	}
	return 0;
}

static int run_step(struct domain *d)
{
	switch ((enum destroy_step)d->destroy_step) {
	case STEP_PORTS:
		return evtchn_destroy_step(d);
	case STEP_VCPUS:
		return tear_down_vcpus(d);
	case STEP_FRAMES:
		return owner_relinquish(&d->mem);
	case STEP_GRANTS:
		return grant_destroy_step(d);
	case STEP_SHARED:
		return free_shared(d);
	case STEP_DONE:
		break;
	}
	return 0;
}

/* Every vCPU stops for good. */
static void stop_vcpus(struct domain *d)
{
	u32 i;

	for (i = 0; i < d->vcpu_count; i++) {
		sched_vcpu_sleep_sync(d->vcpus[i], VCPU_DOWN | VCPU_SHUTDOWN);
	}
}

int domain_destroy(struct domain *d)
{
	struct vcpu *self = current_vcpu();
	bool ends = false;
	int err = 0;

	if (d == domain0 || (self && self->domain == d)) {
		return -EINVAL;
	}
	spin_lock(&d->lock);
	if (d->state < DOMAIN_DYING) {
		WRITE_ONCE(d->state, DOMAIN_DYING);
	}
	spin_unlock(&d->lock);
	stop_vcpus(d);

	spin_lock(&d->lock);
	while (!err && d->destroy_step != STEP_DONE) {
		err = run_step(d);
		if (!err) {
			d->destroy_step++;
		}
	}
	if (!err) {
		ends = !d->drained;
		WRITE_ONCE(d->drained, true);
	}
	spin_unlock(&d->lock);
	if (!err) {
		domain_bury_if_empty(d);
	}
	if (ends && !READ_ONCE(d->buried)) {
		/* Whoever holds its frames should hear that it is time to let go. */
		domain_changes_add(d->id);
	}
	return err;
}
