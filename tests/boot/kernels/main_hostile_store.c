/* SPDX-License-Identifier: MIT */
/*
 * hostile-store: a guest that harms back ends through its nodes in the store, as one word of its command line says:
 *   states    walks the states of its disk and its interface at random, with other rings and ports each time
 *   nodes     writes texts and numbers that make no sense, then says that it is ready
 * It goes on for ever: each step waits for the answer of the store. Says HOSTILE and the word.
 */
#include <stddef.h>
#include "acts.h"
#include "boot.h"
#include "event.h"
#include "grant.h"
#include "mm.h"
#include "printf.h"
#include "string.h"
#include "xenbus.h"
#include "xenstore.h"

static struct xenbus_device devices[2];
static char page[PAGE_BYTES] __attribute__((aligned(4096)));

static const char *const nodes[] = {
	"ring-ref", "ring-ref0", "ring-ref1", "ring-page-order", "num-ring-pages", "event-channel", "protocol",
	"multi-queue-num-queues", "queue-0/ring-ref", "queue-0/event-channel", "tx-ring-ref", "rx-ring-ref",
	"event-channel-tx", "event-channel-rx", "queue-0/tx-ring-ref", "request-rx-copy", "feature-sg",
	"feature-gso-tcpv4", "feature-persistent", "mac", "backend", "backend-id", "virtual-device",
};
static const char *const values[] = {
	"", "0", "1", "-1", "31", "32", "65535", "4294967295", "18446744073709551616", "0x10", "1 ", "x86_64-abi",
	"x86_32-abi", "/local/domain/0/backend/vbd/0/0", "../../..", "%s%n",
	"999999999999999999999999999999999999999999999999999999999999999999999999",
};

static struct xenbus_device *any_device(void)
{
	return &devices[random64() % 2];
}

static void share_anything(const struct xenbus_device *device)
{
	/* The console's page, the table of a grant that is not there, one of ours. */
	static const uint32_t refs[] = { 0, 1, 700 };
	uint64_t which = random64() % 4;

	if (which == 3) {
		xenbus_share_ring(device, random64() & 1 ? "ring-ref" : "tx-ring-ref", page);
	} else {
		xenbus_write_number(device, random64() & 1 ? "ring-ref" : "rx-ring-ref", refs[which]);
	}
}

static void change_state(void)
{
	struct xenbus_device *device = any_device();

	switch (random64() % 4) {
	case 0:
		share_anything(device);
		break;
	case 1:
		xenbus_write_number(device, "event-channel", random64() % 12);
		break;
	default:
		xenbus_set_state(device, (enum xenbus_state)(random64() % 9));
		break;
	}
}

static void write_node(void)
{
	struct xenbus_device *device = any_device();

	xenbus_write(device, nodes[random64() % (sizeof(nodes) / sizeof(nodes[0]))],
		     values[random64() % (sizeof(values) / sizeof(values[0]))]);
	if (random64() % 8 == 0) {
		xenbus_set_state(device, random64() & 1 ? XENBUS_INITIALISED : XENBUS_CONNECTED);
	}
	if (random64() % 64 == 0) {
		xenbus_set_state(device, XENBUS_CLOSED);
		xenbus_set_state(device, XENBUS_INITIALISING);
	}
}

static void walk_states(void)
{
	for (;;) {
		change_state();
	}
}

static void write_nodes(void)
{
	for (;;) {
		write_node();
	}
}

void kit_main(void)
{
	static const struct act acts[] = {
		{ "states", walk_states }, { "nodes", write_nodes }, { NULL, NULL },
	};

	if (!xenstore_init() || !grant_init() || !xenbus_find(&devices[0], "vbd", 0) ||
	    !xenbus_find(&devices[1], "vif", 0)) {
		kprintf("HOSTILE BAD: a disk and an interface are needed\n");
		return;
	}
	acts_run("HOSTILE", acts);
}
