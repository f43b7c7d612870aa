/* SPDX-License-Identifier: MIT */
/*
 * tiny: the smallest useful guest: says hello, then waits for events for ever.
 *
 * As a domU it writes to the console ring, and powers off or reboots when the toolstack asks by
 * the store. As the first domain it uses the hypervisor's console; the command line words
 * `poweroff` and `reboot` end the machine right after the hello. It needs 1 MiB of memory, takes
 * no timer, and uses no processor time while nothing happens.
 */
#include <public/sched.h>
#include "boot.h"
#include "event.h"
#include "printf.h"
#include "string.h"
#include "xenstore.h"

static void end_if_told(void)
{
	if (kit_option("poweroff")) {
		kit_shutdown(SHUTDOWN_poweroff);
	}
	if (kit_option("reboot")) {
		kit_shutdown(SHUTDOWN_reboot);
	}
}

static void watch_store(void)
{
	if (xenstore_init()) {
		xenstore_write("control/feature-poweroff", "1");
		xenstore_write("control/feature-reboot", "1");
		xenstore_watch("control/shutdown", "tiny");
	}
}

static void obey_store(void)
{
	char word[16];

	if (xenstore_read("control/shutdown", word, sizeof(word)) <= 0) {
		return;
	}
	xenstore_write("control/shutdown", "");
	if (!strcmp(word, "poweroff") || !strcmp(word, "halt")) {
		kit_shutdown(SHUTDOWN_poweroff);
	}
	if (!strcmp(word, "reboot")) {
		kit_shutdown(SHUTDOWN_reboot);
	}
}

void kit_main(void)
{
	kprintf("hello from the tiny guest\n");
	end_if_told();
	watch_store();
	for (;;) {
		event_disable();
		if (xenstore_watch_fired()) {
			event_enable();
			obey_store();
		} else {
			event_wait();
		}
	}
}
