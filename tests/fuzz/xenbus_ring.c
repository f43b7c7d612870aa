// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the store by the ring page of a guest: every byte of it, indices included, may change
 * between any two looks of the server.
 *
 * The input is a list of steps: write bytes anywhere into the page; put a framed request into the
 * ring by the rules; fire the event channel; let the domain die and come back.
 */
#include <public/io_xenstore.h>
#include <stdlib.h>
#include <string.h>

#include "toolstack/sys/log.h"
#include "xenbus/domain.h"
#include "xenbus/domains.h"
#include "xenbus/store.h"

#define FUZZ_DOMID 5
#define FUZZ_PORT 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_machine {
	struct xenstore_domain_interface ring;
	bool is_gone;
};

static int fuzz_map(void *context, uint16_t domid, uint64_t mfn, void **page)
{
	struct fuzz_machine *machine = context;

	(void)domid;
	(void)mfn;
	*page = &machine->ring;
	return 0;
}

static void fuzz_unmap(void *context, uint16_t domid, void *page)
{
	(void)context;
	(void)domid;
	(void)page;
}

static int fuzz_bind(void *context, uint16_t domid, uint32_t port)
{
	(void)context;
	(void)domid;
	(void)port;
	return FUZZ_PORT;
}

static void fuzz_port(void *context, uint32_t port)
{
	(void)context;
	(void)port;
}

static int fuzz_list(void *context, uint16_t first, struct domains_state *states, uint32_t count)
{
	struct fuzz_machine *machine = context;

	if (machine->is_gone || first > FUZZ_DOMID || count == 0) {
		return 0;
	}
	memset(states, 0, sizeof(*states));
	states[0].domid = FUZZ_DOMID;
	return 1;
}

static int fuzz_query(void *context, uint16_t domid, struct domains_state *state)
{
	return domid == FUZZ_DOMID && fuzz_list(context, domid, state, 1) == 1 ? 0 : -1;
}

static const struct domains_ops fuzz_ops = {
	.map_ring = fuzz_map,
	.unmap_ring = fuzz_unmap,
	.bind = fuzz_bind,
	.unbind = fuzz_port,
	.notify = fuzz_port,
	.query = fuzz_query,
	.list = fuzz_list,
};

static void fuzz_put(struct xenstore_domain_interface *ring, const void *bytes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		ring->req[MASK_XENSTORE_IDX(ring->req_prod++)] = ((const char *)bytes)[i];
	}
}

static void fuzz_request(struct xenstore_domain_interface *ring, const uint8_t *data, size_t bytes)
{
	struct xsd_sockmsg header = { .req_id = 1 };

	if (bytes < 2) {
		return;
	}
	header.type = data[0] % 24;
	header.tx_id = data[1] % 4;
	header.len = (uint32_t)bytes - 2;
	fuzz_put(ring, &header, sizeof(header));
	fuzz_put(ring, data + 2, bytes - 2);
}

static void fuzz_step(struct store *store, struct fuzz_machine *machine, const uint8_t *data,
		      size_t bytes)
{
	size_t offset = bytes > 2 ? (data[1] | (size_t)data[2] << 8) % sizeof(machine->ring) : 0;

	switch (data[0] % 4) {
	case 0:
		if (bytes > 3 && bytes - 3 <= sizeof(machine->ring) - offset) {
			memcpy((char *)&machine->ring + offset, data + 3, bytes - 3);
		}
		break;
	case 1:
		fuzz_request(&machine->ring, data + 1, bytes - 1);
		break;
	case 2:
		machine->is_gone = data[0] & 0x80;
		domain_scan(store);
		domain_introduce(store, FUZZ_DOMID, 1, 1);
		break;
	default:
		machine->ring.rsp_cons = machine->ring.rsp_prod;
	}
	domain_handle_port(store, FUZZ_PORT);
	while (domain_has_busy(store)) {
		domain_run_busy(store);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *store = store_create();
	struct fuzz_machine *machine = calloc(1, sizeof(*machine));
	size_t at = 0;

	log_init("fuzz", LOG_LEVEL_ERROR);
	domain_table_create(store, &fuzz_ops, machine);
	domain_introduce(store, FUZZ_DOMID, 1, 1);
	while (size - at >= 2) {
		size_t bytes = data[at];

		at++;
		bytes = bytes < size - at ? bytes : size - at;
		if (bytes != 0) {
			fuzz_step(store, machine, data + at, bytes);
		}
		at += bytes;
	}
	if (store_check(store) != 0) {
		abort();
	}
	domain_table_destroy(store);
	store_destroy(store);
	free(machine);
	return 0;
}
