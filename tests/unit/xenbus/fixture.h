/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests of the store: clients whose bytes go through memory, and a machine of the test's own.
 *
 * A peer is one client. peer_talk() sends one request, runs the connection until nothing moves,
 * and returns the reply; watch events that come meanwhile are collected in order.
 */
#ifndef TESTS_UNIT_XENBUS_FIXTURE_H
#define TESTS_UNIT_XENBUS_FIXTURE_H

#include <public/io_xenstore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xenbus/store.h"

struct peer_event {
	char path[3100];
	char token[256];
};

struct peer {
	struct conn *conn;
	uint32_t last_req_id;
	const char *input; /* what the transport will read */
	size_t input_left;
	bool is_stuck;	   /* takes no output */
	char *output;
	size_t output_used;
	size_t output_room;
	/* the latest reply */
	uint32_t type;
	uint32_t tx_id;
	uint32_t bytes;
	char payload[XENSTORE_PAYLOAD_MAX + 1];
	struct peer_event *events;
	unsigned int event_count;
	unsigned int event_room;
};

/* domid 0 is privileged. */
struct peer *peer_create(struct store *store, uint16_t domid);
void peer_destroy(struct peer *peer);
/* Returns 0, or the errno that the reply names; -1 when the connection has failed. */
int peer_talk(struct peer *peer, uint32_t type, uint32_t tx_id, const void *payload,
	      size_t bytes);
/* The same with strings; each is sent with its end. A NULL ends the list. */
int peer_ask(struct peer *peer, uint32_t type, uint32_t tx_id, const char *first,
	     const char *second);
int peer_write(struct peer *peer, uint32_t tx_id, const char *path, const char *value);
/* The value, or NULL with the error in peer_errno(). */
const char *peer_read(struct peer *peer, uint32_t tx_id, const char *path);
int peer_set_perms(struct peer *peer, uint32_t tx_id, const char *path, const char *perms);
uint32_t peer_start(struct peer *peer);
int peer_end(struct peer *peer, uint32_t tx_id, bool must_commit);
/* Takes what other peers' requests have queued for this one. */
void peer_collect(struct peer *peer);
void peer_forget_events(struct peer *peer);
/* How many of the collected events say @path and @token. */
unsigned int peer_count_events(const struct peer *peer, const char *path, const char *token);

/* --- a machine --------------------------------------------------------------------------------- */

#define MACHINE_DOMAINS 16

struct machine_domain {
	bool exists, is_dying, is_shutdown;
	uint8_t handle;
	struct xenstore_domain_interface ring;
	uint32_t port; /* ours, when bound */
	bool is_mapped;
	unsigned int notified;
};

struct machine {
	struct machine_domain domains[MACHINE_DOMAINS];
	uint32_t last_port;
	bool refuses_map, refuses_bind;
	struct machine_domain told[MACHINE_DOMAINS]; /* as the log of changes has them */
	bool has_told;
	bool forgets; /* more changed than the log holds */
};

struct domains_ops;
extern const struct domains_ops machine_ops;

/* What a guest does to its own ring: writes a whole request, reads what there is. */
void machine_send(struct machine *machine, uint16_t domid, uint32_t type, const char *payload,
		  size_t bytes);
/* Takes one message out of the ring: its type, or 0xffff when there is none. */
uint32_t machine_receive(struct machine *machine, uint16_t domid, char *payload, size_t *bytes);

#endif
