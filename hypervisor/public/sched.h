/* SPDX-License-Identifier: MIT */
/*
 * sched: sched_op(cmd, arg): give up the processor, or the domain.
 *
 * block clears the event mask and sleeps until an event is pending; because the hypervisor looks
 * once more after clearing the mask, an event raised in between is not lost. poll sleeps for named
 * ports while events stay masked. shutdown does not return, except for a suspend: 0 in the
 * resumed copy, 1 when the suspend was cancelled.
 *
 * set_timer_op(timeout) takes an absolute system time in ns and no structure; 0 cancels.
 */
#ifndef LAMINA_PUBLIC_SCHED_H
#define LAMINA_PUBLIC_SCHED_H

#include <stdint.h>
#include "abi_check.h"

#define SCHEDOP_yield		0
#define SCHEDOP_block		1
#define SCHEDOP_shutdown	2	/* struct sched_shutdown */
#define SCHEDOP_poll		3	/* struct sched_poll */
#define SCHEDOP_remote_shutdown	4	/* struct sched_remote_shutdown */
#define SCHEDOP_shutdown_code	5	/* struct sched_shutdown: the reason, before it happens */
#define SCHEDOP_watchdog	6	/* struct sched_watchdog */
#define SCHEDOP_pin_override	7	/* struct sched_pin_override */

#define SHUTDOWN_poweroff	0
#define SHUTDOWN_reboot		1
#define SHUTDOWN_suspend	2	/* third argument: MFN of start_info */
#define SHUTDOWN_crash		3
#define SHUTDOWN_watchdog	4
#define SHUTDOWN_soft_reset	5
#define SHUTDOWN_MAX		5

struct sched_shutdown {
	uint32_t reason;		/* IN: SHUTDOWN_* */
};

struct sched_poll {
	uint64_t ports;			/* IN: VA of an array of uint32_t ports */
	uint32_t nr_ports;		/* IN */
	uint64_t timeout;		/* IN: absolute system time in ns; 0 for none */
};
ABI_SIZE(struct sched_poll, 24);
ABI_OFFSET(struct sched_poll, timeout, 16);

struct sched_remote_shutdown {
	uint16_t domain_id;		/* IN */
	uint32_t reason;		/* IN */
};
ABI_SIZE(struct sched_remote_shutdown, 8);

struct sched_watchdog {
	uint32_t id;			/* IN: 0 asks for a new one */
	uint32_t timeout;		/* IN: seconds; 0 stops it */
};
ABI_SIZE(struct sched_watchdog, 8);

struct sched_pin_override {
	int32_t pcpu;			/* IN: a negative value ends it */
};

#endif
