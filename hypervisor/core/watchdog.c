// SPDX-License-Identifier: GPL-2.0-only
/*
 * See watchdog.h. in_use and the timers change under domain.lock; the callback takes none of it.
 */
#include "core/watchdog.h"
#include "core/domain.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "public/sched.h"
#include "x86/time.h"

#define SECOND_NS 1000000000ULL

static void fire(struct timer *t)
{
	domain_shutdown(container_of(t, struct watchdog, timer)->domain, SHUTDOWN_watchdog);
}

static void arm(struct watchdog *dog, u32 seconds)
{
	timer_set(&dog->timer, time_now_ns() + seconds * SECOND_NS);
}

static int start(struct domain *d, u32 seconds)
{
	u32 i = 0;

	if (!seconds) {
		return -EINVAL;
	}
	while (i < DOMAIN_WATCHDOGS && d->watchdogs[i].in_use) {
		i++;
	}
	if (i == DOMAIN_WATCHDOGS) {
		return refuse(d, -ENOSPC, "SCHEDOP_watchdog", "both watchdogs are in use", seconds, 0);
	}
	d->watchdogs[i].in_use = true;
	arm(&d->watchdogs[i], seconds);
	return (int)i + 1;
}

static int change(struct domain *d, u32 id, u32 seconds)
{
	struct watchdog *dog = id <= DOMAIN_WATCHDOGS ? &d->watchdogs[id - 1] : NULL;

	if (!dog || !dog->in_use) {
		return refuse(d, -EINVAL, "SCHEDOP_watchdog", "there is no such watchdog", id, seconds);
	}
	if (seconds) {
		arm(dog, seconds);
	} else {
		timer_cancel(&dog->timer);
		dog->in_use = false;
	}
	return 0;
}

int watchdog_set(struct domain *d, u32 id, u32 seconds)
{
	int ret;

	spin_lock(&d->lock);
	ret = id ? change(d, id, seconds) : start(d, seconds);
	spin_unlock(&d->lock);
	return ret;
}

void watchdog_init(struct domain *d)
{
	u32 i;

	for (i = 0; i < DOMAIN_WATCHDOGS; i++) {
		d->watchdogs[i].domain = d;
		timer_init(&d->watchdogs[i].timer, fire);
	}
}

void watchdog_destroy(struct domain *d)
{
	u32 i;

	for (i = 0; i < DOMAIN_WATCHDOGS; i++) {
		timer_cancel(&d->watchdogs[i].timer);
	}
}
