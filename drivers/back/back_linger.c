// SPDX-License-Identifier: GPL-2.0-only
/*
 * A front end that waits for each answer asks again as soon as it has it. For that the process need
 * not go to sleep: the hypervisor sends the notification and waits with it, for a moment, while the
 * ports that were just served are still masked in dom0's kernel.
 *
 * The virtual processor sleeps meanwhile, so it is done only where it pays: nothing else is due, and
 * the last tries were not in vain. After PORT_ROUNDS the loop has its turn.
 */
#include "drivers/back/back.h"

#define LINGER_ROUNDS 64
#define LINGER_CREDIT 4
/* After so many times of not trying it is tried once more. */
#define LINGER_HOLIDAY 32
#define LINGER_PORTS 64u

bool back_linger_may(const struct back_daemon *daemon)
{
	return daemon->linger_ns != 0 && daemon->linger_credit > 0 && !daemon->evtchn.has_no_wait;
}

/* The ports of those that are still open and may fire. */
static uint32_t linger_choose(struct back_daemon *daemon, const uint32_t *ports, uint32_t count,
			      uint32_t *chosen)
{
	uint32_t chosen_count = 0;
	uint32_t i;

	for (i = 0; i < count && i < LINGER_PORTS; i++) {
		struct back_port *port =
			ports[i] < daemon->by_port_count ? daemon->by_port[ports[i]] : NULL;

		if (port != NULL && port->wasted_kicks < BACK_WASTED_KICKS) {
			chosen[chosen_count++] = ports[i];
		}
	}
	return chosen_count;
}

/* One wait. False: nothing came. */
static bool linger_once(struct back_daemon *daemon, const uint32_t *ports, uint32_t count)
{
	struct evtchn_wait wait = {
		.ports = ports,
		.count = count,
		.notify = daemon->held_notify,
		.timeout_ns = daemon->linger_ns,
	};
	uint32_t i;

	if (evtchn_wait(&daemon->evtchn, &wait) < 0) {
		return false;
	}
	daemon->held_notify = 0;
	for (i = 0; i < count; i++) {
		struct back_port *port = daemon->by_port[ports[i]];

		if ((wait.taken >> i & 1) && port != NULL) {
			port->run(port);
		}
	}
	back_flush(daemon);
	return wait.taken != 0;
}

void back_linger(struct back_daemon *daemon, const uint32_t *ports, uint32_t count)
{
	uint32_t chosen[LINGER_PORTS];
	int round;

	if (!back_linger_may(daemon)) {
		/* A negative credit counts the times until the next try. */
		daemon->linger_credit = daemon->linger_credit < 0 ? daemon->linger_credit + 1 : 1;
		return;
	}
	for (round = 0; round < LINGER_ROUNDS; round++) {
		uint32_t open = linger_choose(daemon, ports, count, chosen);

		if (open == 0 || daemon->is_awaiting || daemon->ready != NULL) {
			return;
		}
		if (!linger_once(daemon, chosen, open)) {
			if (--daemon->linger_credit == 0) {
				daemon->linger_credit = -LINGER_HOLIDAY;
			}
			return;
		}
		daemon->linger_credit = LINGER_CREDIT;
	}
}
