/* SPDX-License-Identifier: MIT */
/*
 * peer: one of two guests that want to talk without dom0.
 *
 *   offer=N                 makes a port and lends a page for domain N: "PEER offers port P ref R"
 *   ask                     asks for what no guest gets, a frame pinned, a table mapped writable and a node written that are not
 *                           its to have: "PEER pin P map M store S"
 *   join=N port=P ref=R     binds that port, maps and copies that page: "PEER bind B map M copy C", what was answered
 */
#include <public/event_channel.h>
#include <public/grant_table.h>
#include <public/mmu.h>
#include "acts.h"
#include "boot.h"
#include "grant.h"
#include "hypercall.h"
#include "mm.h"
#include "printf.h"
#include "xenstore.h"

static char page[PAGE_BYTES] __attribute__((aligned(4096)));
static char window[PAGE_BYTES] __attribute__((aligned(4096)));

static uint32_t number(const char *word)
{
	char text[16];
	uint32_t value = 0;
	unsigned int i;

	if (!kit_option_value(word, text, sizeof(text))) {
		return 0;
	}
	for (i = 0; text[i] >= '0' && text[i] <= '9'; i++) {
		value = value * 10 + (uint32_t)(text[i] - '0');
	}
	return value;
}

static void offer(void)
{
	uint16_t to = (uint16_t)number("offer");
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = to };
	long rc = hypercall_event_channel_op(EVTCHNOP_alloc_unbound, &alloc);

	kprintf("PEER offers port %u ref %u (%ld)\n", alloc.port, grant_give(page, to, false), rc);
}

static void join(void)
{
	uint16_t from = (uint16_t)number("join");
	struct evtchn_bind_interdomain bind = { .remote_dom = from, .remote_port = number("port") };
	struct gnttab_map_grant_ref map = {
		.host_addr = (uint64_t)window, .flags = GNTMAP_host_map, .ref = number("ref"), .dom = from,
	};
	struct gnttab_copy copy = {
		.source = { .u.ref = number("ref"), .domid = from },
		.dest = { .u.gmfn = virt_to_mfn(page), .domid = DOMID_SELF }, .len = 64, .flags = GNTCOPY_source_gref,
	};
	long rc = hypercall_event_channel_op(EVTCHNOP_bind_interdomain, &bind);

	/* A window without a frame of its own. */
	hypercall_update_va_mapping(window, 0, UVMF_INVLPG | UVMF_ALL);
	hypercall_grant_table_op(GNTTABOP_map_grant_ref, &map, 1);
	hypercall_grant_table_op(GNTTABOP_copy, &copy, 1);
	kprintf("PEER bind %ld map %d copy %d\n", rc, map.status, copy.status);
}

static void ask(void)
{
	struct mmuext_op pin = { .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = virt_to_mfn(page) };
	uint64_t entry = virt_to_mfn((void *)kit_start_info->pt_base) << 12 | 3;
	long pinned = hypercall_mmuext_op(&pin, 1, NULL, DOMID_SELF);
	long mapped = hypercall_update_va_mapping(window, entry, UVMF_INVLPG | UVMF_ALL);
	int stored = xenstore_init() ? xenstore_write("/tool/forbidden", "x") : -1;

	kprintf("PEER pin %ld map %ld store %d\n", pinned, mapped, stored);
}

void kit_main(void)
{
	if (kit_option("ask")) {
		ask();
		sleep_for_ever();
	}
	if (!grant_init()) {
		kprintf("PEER BAD: no grant table\n");
		return;
	}
	if (kit_option("offer")) {
		offer();
	} else {
		join();
	}
	sleep_for_ever();
}
