// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers and machines for tests.
 */
#include "fixture.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/conn.h"
#include "xenbus/domains.h"
#include "xenbus/wire.h"

static ssize_t peer_transport_read(struct conn *conn, void *buffer, size_t bytes)
{
	struct peer *peer = conn->transport_data;

	bytes = bytes < peer->input_left ? bytes : peer->input_left;
	if (bytes != 0) {
		memcpy(buffer, peer->input, bytes);
	}
	peer->input += bytes;
	peer->input_left -= bytes;
	return (ssize_t)bytes;
}

static ssize_t peer_transport_write(struct conn *conn, const struct iovec *parts, int count)
{
	struct peer *peer = conn->transport_data;
	ssize_t total = 0;
	int i;

	for (i = 0; i < count && !peer->is_stuck; i++) {
		size_t need = peer->output_used + parts[i].iov_len;

		if (need > peer->output_room) {
			peer->output_room = need * 2;
			peer->output = realloc(peer->output, peer->output_room);
		}
		memcpy(peer->output + peer->output_used, parts[i].iov_base, parts[i].iov_len);
		peer->output_used = need;
		total += (ssize_t)parts[i].iov_len;
	}
	return total;
}

static const struct conn_transport peer_transport = {
	.read = peer_transport_read,
	.write = peer_transport_write,
};

struct peer *peer_create(struct store *store, uint16_t domid)
{
	const struct subject subject = {
		.domid = domid, .target = PERMS_NO_DOMID, .is_privileged = domid == 0,
	};
	struct peer *peer = calloc(1, sizeof(*peer));

	peer->conn = conn_create(store, &subject, &peer_transport, peer);
	assert(peer->conn != NULL);
	return peer;
}

void peer_destroy(struct peer *peer)
{
	conn_destroy(peer->conn);
	free(peer->output);
	free(peer->events);
	free(peer);
}

static void peer_take_event(struct peer *peer, const char *payload, size_t bytes)
{
	const char *strings[2];
	struct peer_event *event;

	assert(wire_split_strings(payload, bytes, strings, 2) == bytes);
	if (peer->event_count == peer->event_room) {
		peer->event_room = peer->event_room * 2 + 8;
		peer->events = realloc(peer->events, peer->event_room * sizeof(*event));
	}
	event = &peer->events[peer->event_count++];
	snprintf(event->path, sizeof(event->path), "%s", strings[0]);
	snprintf(event->token, sizeof(event->token), "%s", strings[1]);
}

/* Splits the output into events and replies; true when the reply to @req_id was among them. */
static bool peer_parse(struct peer *peer, uint32_t req_id)
{
	size_t at = 0;
	bool found = false;

	while (peer->output_used - at >= sizeof(struct xsd_sockmsg)) {
		struct xsd_sockmsg header;
		const char *payload = peer->output + at + sizeof(header);

		memcpy(&header, peer->output + at, sizeof(header));
		assert(header.len <= XENSTORE_PAYLOAD_MAX);
		assert(peer->output_used - at >= sizeof(header) + header.len);
		if (header.type == XS_WATCH_EVENT) {
			peer_take_event(peer, payload, header.len);
		} else if (header.req_id == req_id) {
			peer->type = header.type;
			peer->tx_id = header.tx_id;
			peer->bytes = header.len;
			memcpy(peer->payload, payload, header.len);
			peer->payload[header.len] = '\0';
			found = true;
		}
		at += sizeof(header) + header.len;
	}
	peer->output_used -= at;
	if (at != 0) {
		memmove(peer->output, peer->output + at, peer->output_used);
	}
	return found;
}

int peer_talk(struct peer *peer, uint32_t type, uint32_t tx_id, const void *payload, size_t bytes)
{
	char message[sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX + 64];
	struct xsd_sockmsg header = {
		.type = type, .req_id = ++peer->last_req_id, .tx_id = tx_id,
		.len = (uint32_t)bytes,
	};

	assert(sizeof(header) + bytes <= sizeof(message));
	memcpy(message, &header, sizeof(header));
	if (bytes != 0) {
		memcpy(message + sizeof(header), payload, bytes);
	}
	peer->input = message;
	peer->input_left = sizeof(header) + bytes;
	while (conn_run(peer->conn) == CONN_MORE) {
	}
	store_flush_dirty(peer->conn->store);
	if (!peer_parse(peer, header.req_id)) {
		return -1;
	}
	return peer->type == XS_ERROR ? wire_error_number(peer->payload, peer->bytes) : 0;
}

int peer_ask(struct peer *peer, uint32_t type, uint32_t tx_id, const char *first,
	     const char *second)
{
	char payload[XENSTORE_PAYLOAD_MAX];
	size_t bytes = strlen(first) + 1;

	memcpy(payload, first, bytes);
	if (second != NULL) {
		memcpy(payload + bytes, second, strlen(second) + 1);
		bytes += strlen(second) + 1;
	}
	return peer_talk(peer, type, tx_id, payload, bytes);
}

int peer_write(struct peer *peer, uint32_t tx_id, const char *path, const char *value)
{
	char payload[XENSTORE_PAYLOAD_MAX];
	size_t at = strlen(path) + 1;

	memcpy(payload, path, at);
	memcpy(payload + at, value, strlen(value));
	return peer_talk(peer, XS_WRITE, tx_id, payload, at + strlen(value));
}

const char *peer_read(struct peer *peer, uint32_t tx_id, const char *path)
{
	int rc = peer_ask(peer, XS_READ, tx_id, path, NULL);

	errno = rc;
	return rc == 0 ? peer->payload : NULL;
}

int peer_set_perms(struct peer *peer, uint32_t tx_id, const char *path, const char *perms)
{
	char payload[XENSTORE_PAYLOAD_MAX];
	size_t at = strlen(path) + 1;
	size_t i;

	memcpy(payload, path, at);
	for (i = 0; i <= strlen(perms); i++) {
		payload[at++] = perms[i] == ' ' ? '\0' : perms[i];
	}
	return peer_talk(peer, XS_SET_PERMS, tx_id, payload, at);
}

uint32_t peer_start(struct peer *peer)
{
	int rc = peer_talk(peer, XS_TRANSACTION_START, 0, "", 1);

	return rc == 0 ? (uint32_t)strtoul(peer->payload, NULL, 10) : 0;
}

int peer_end(struct peer *peer, uint32_t tx_id, bool must_commit)
{
	return peer_ask(peer, XS_TRANSACTION_END, tx_id, must_commit ? "T" : "F", NULL);
}

void peer_collect(struct peer *peer)
{
	conn_flush(peer->conn);
	peer_parse(peer, 0);
}

void peer_forget_events(struct peer *peer)
{
	peer_collect(peer);
	peer->event_count = 0;
}

unsigned int peer_count_events(const struct peer *peer, const char *path, const char *token)
{
	unsigned int count = 0, i;

	for (i = 0; i < peer->event_count; i++) {
		count += strcmp(peer->events[i].path, path) == 0 &&
			 strcmp(peer->events[i].token, token) == 0;
	}
	return count;
}

/* --- a machine --------------------------------------------------------------------------------- */

static struct machine_domain *machine_domain(void *context, uint16_t domid)
{
	struct machine *machine = context;

	return domid < MACHINE_DOMAINS ? &machine->domains[domid] : NULL;
}

static int machine_map_ring(void *context, uint16_t domid, uint64_t mfn, void **page)
{
	struct machine *machine = context;
	struct machine_domain *domain = machine_domain(context, domid);

	(void)mfn;
	if (machine->refuses_map || domain == NULL || !domain->exists) {
		return -EINVAL;
	}
	assert(!domain->is_mapped);
	domain->is_mapped = true;
	*page = &domain->ring;
	return 0;
}

static void machine_unmap_ring(void *context, uint16_t domid, void *page)
{
	struct machine_domain *domain = machine_domain(context, domid);

	assert(domain->is_mapped && page == &domain->ring);
	domain->is_mapped = false;
}

static int machine_bind(void *context, uint16_t domid, uint32_t remote_port)
{
	struct machine *machine = context;

	(void)remote_port;
	if (machine->refuses_bind) {
		return -EINVAL;
	}
	machine_domain(context, domid)->port = ++machine->last_port;
	return (int)machine->last_port;
}

static void machine_unbind(void *context, uint32_t port)
{
	struct machine *machine = context;
	int i;

	for (i = 0; i < MACHINE_DOMAINS; i++) {
		if (machine->domains[i].port == port) {
			machine->domains[i].port = 0;
			return;
		}
	}
	assert(!"unbinding a port that is not bound");
}

static void machine_notify(void *context, uint32_t port)
{
	struct machine *machine = context;
	int i;

	for (i = 0; i < MACHINE_DOMAINS; i++) {
		machine->domains[i].notified += machine->domains[i].port == port;
	}
}

/* Never more than two at a time: a short part is not the last one. */
static int machine_list(void *context, uint16_t first, struct domains_state *states,
			uint32_t count)
{
	struct machine *machine = context;
	uint32_t used = 0;
	uint16_t i;

	for (i = first; i < MACHINE_DOMAINS && used < count && used < 2; i++) {
		if (machine->domains[i].exists) {
			memset(&states[used], 0, sizeof(states[used]));
			states[used].domid = i;
			states[used].is_dying = machine->domains[i].is_dying;
			states[used].is_shutdown = machine->domains[i].is_shutdown;
			states[used].handle[0] = machine->domains[i].handle;
			used++;
		}
	}
	return (int)used;
}

static int machine_query(void *context, uint16_t domid, struct domains_state *state)
{
	int got = machine_list(context, domid, state, 1);

	return got == 1 && state->domid == domid ? 0 : -ENOENT;
}

/* Tells what differs from the last time, one at a time; the first time that all are new. */
static int machine_changes(void *context, uint16_t *domids, uint32_t count)
{
	struct machine *machine = context;
	uint16_t i;

	assert(count > 0);
	if (!machine->has_told || machine->forgets) {
		machine->has_told = true;
		machine->forgets = false;
		memcpy(machine->told, machine->domains, sizeof(machine->told));
		return -ERANGE;
	}
	for (i = 0; i < MACHINE_DOMAINS; i++) {
		const struct machine_domain *now = &machine->domains[i];
		struct machine_domain *then = &machine->told[i];

		if (now->exists != then->exists || now->is_dying != then->is_dying ||
		    now->is_shutdown != then->is_shutdown || now->handle != then->handle) {
			*then = *now;
			domids[0] = i;
			return 1;
		}
	}
	return 0;
}

const struct domains_ops machine_ops = {
	.map_ring = machine_map_ring,
	.unmap_ring = machine_unmap_ring,
	.bind = machine_bind,
	.unbind = machine_unbind,
	.notify = machine_notify,
	.query = machine_query,
	.list = machine_list,
	.changes = machine_changes,
};

static void machine_put(struct xenstore_domain_interface *ring, const void *data, size_t bytes)
{
	size_t i;

	assert(ring->req_prod - ring->req_cons + bytes <= XENSTORE_RING_SIZE);
	for (i = 0; i < bytes; i++) {
		ring->req[MASK_XENSTORE_IDX(ring->req_prod++)] = ((const char *)data)[i];
	}
}

void machine_send(struct machine *machine, uint16_t domid, uint32_t type, const char *payload,
		  size_t bytes)
{
	struct xsd_sockmsg header = { .type = type, .req_id = 7, .len = (uint32_t)bytes };

	machine_put(&machine->domains[domid].ring, &header, sizeof(header));
	machine_put(&machine->domains[domid].ring, payload, bytes);
}

static void machine_get(struct xenstore_domain_interface *ring, void *data, size_t bytes)
{
	size_t i;

	assert(ring->rsp_prod - ring->rsp_cons >= bytes);
	for (i = 0; i < bytes; i++) {
		((char *)data)[i] = ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons++)];
	}
}

uint32_t machine_receive(struct machine *machine, uint16_t domid, char *payload, size_t *bytes)
{
	struct xenstore_domain_interface *ring = &machine->domains[domid].ring;
	struct xsd_sockmsg header;

	if (ring->rsp_prod - ring->rsp_cons < sizeof(header)) {
		return XS_INVALID;
	}
	machine_get(ring, &header, sizeof(header));
	machine_get(ring, payload, header.len);
	payload[header.len] = '\0';
	*bytes = header.len;
	return header.type;
}
