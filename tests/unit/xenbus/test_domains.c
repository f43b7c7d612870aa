// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains over rings: introduction, hostile pages, reconnection, death and what must go with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "xenbus/conn.h"
#include "xenbus/domain.h"

struct scene {
	struct machine *machine;
	struct store *store;
	struct peer *dom0;
};

static int scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->machine = calloc(1, sizeof(*s->machine));
	s->store = store_create();
	assert_int_equal(domain_table_create(s->store, &machine_ops, s->machine), 0);
	s->dom0 = peer_create(s->store, 0);
	s->machine->domains[0].exists = true;
	s->machine->domains[5].exists = true;
	s->machine->domains[6].exists = true;
	peer_ask(s->dom0, XS_MKDIR, 0, "/local/domain/5", NULL);
	assert_int_equal(peer_set_perms(s->dom0, 0, "/local/domain/5", "n5"), 0);
	*state = s;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *s = *state;
	int i;

	assert_int_equal(store_check(s->store), 0);
	peer_destroy(s->dom0);
	domain_table_destroy(s->store);
	for (i = 0; i < MACHINE_DOMAINS; i++) {
		assert_false(s->machine->domains[i].is_mapped);
		assert_int_equal(s->machine->domains[i].port, 0);
	}
	assert_null(s->store->conns);
	store_destroy(s->store);
	free(s->machine);
	free(s);
	return 0;
}

static int introduce(struct scene *s, uint16_t domid)
{
	char payload[32];
	int length = snprintf(payload, sizeof(payload), "%u%c100%c3", domid, 0, 0);

	length = peer_talk(s->dom0, XS_INTRODUCE, 0, payload, (size_t)length + 1);
	while (domain_has_busy(s->store)) {
		domain_run_busy(s->store);
	}
	return length;
}

/* One request over the ring; the reply's type. */
static uint32_t ring_talk(struct scene *s, uint16_t domid, uint32_t type, const char *text,
			  size_t bytes, char *reply)
{
	size_t length;

	machine_send(s->machine, domid, type, text, bytes);
	domain_handle_port(s->store, s->machine->domains[domid].port);
	return machine_receive(s->machine, domid, reply, &length);
}

static void test_introduce(void **state)
{
	struct scene *s = *state;
	char reply[4097];

	peer_ask(s->dom0, XS_WATCH, 0, "@introduceDomain", "i");
	peer_forget_events(s->dom0);
	/* The guest may write before it is introduced. */
	machine_send(s->machine, 5, XS_READ, "data", 5);
	assert_int_equal(introduce(s, 5), 0);
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "@introduceDomain", "i"), 1);
	assert_int_equal(s->machine->domains[5].ring.server_features, 3);
	assert_true(s->machine->domains[5].notified > 0);
	assert_int_equal(machine_receive(s->machine, 5, reply, &(size_t){ 0 }), XS_ERROR);
	assert_string_equal(reply, "ENOENT");
	assert_int_equal(peer_ask(s->dom0, XS_IS_DOMAIN_INTRODUCED, 0, "5", NULL), 0);
	assert_string_equal(s->dom0->payload, "T");
	assert_int_equal(ring_talk(s, 5, XS_WRITE, "data\0v", 6, reply), XS_WRITE);
	assert_string_equal(peer_read(s->dom0, 0, "/local/domain/5/data"), "v");
	/* Again: a new port, no second event. */
	assert_int_equal(introduce(s, 5), 0);
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 1);
	assert_int_equal(ring_talk(s, 5, XS_READ, "data", 5, reply), XS_READ);
	assert_int_equal(introduce(s, 9), EINVAL);
	assert_int_equal(introduce(s, 0), EINVAL);
	s->machine->refuses_map = true;
	assert_int_equal(introduce(s, 6), EINVAL);
	s->machine->refuses_map = false;
	s->machine->refuses_bind = true;
	assert_int_equal(introduce(s, 6), EINVAL);
	assert_false(s->machine->domains[6].is_mapped);
}

static void test_long_messages(void **state)
{
	struct scene *s = *state;
	struct xenstore_domain_interface *ring = &s->machine->domains[5].ring;
	char value[2100], reply[4097];
	struct xsd_sockmsg header = { .type = XS_WRITE, .len = 1900 };
	size_t sent = 0, total = sizeof(header) + 1900;

	introduce(s, 5);
	memset(value, 'v', sizeof(value));
	memcpy(value, &header, sizeof(header));
	memcpy(value + sizeof(header), "big", 4);
	/* Longer than the ring: the guest writes as room comes. */
	while (sent < total) {
		while (sent < total && ring->req_prod - ring->req_cons < XENSTORE_RING_SIZE) {
			ring->req[MASK_XENSTORE_IDX(ring->req_prod++)] = value[sent++];
		}
		domain_handle_port(s->store, s->machine->domains[5].port);
	}
	assert_int_equal(machine_receive(s->machine, 5, reply, &(size_t){ 0 }), XS_WRITE);
	machine_send(s->machine, 5, XS_READ, "big", 4);
	domain_handle_port(s->store, s->machine->domains[5].port);
	assert_int_equal(ring->rsp_prod - ring->rsp_cons, XENSTORE_RING_SIZE);
	ring->rsp_cons += XENSTORE_RING_SIZE;
	domain_handle_port(s->store, s->machine->domains[5].port);
	assert_int_equal(ring->rsp_prod - ring->rsp_cons, sizeof(header) + 1896 - 1024);
}

static void test_hostile_ring(void **state)
{
	struct scene *s = *state;
	struct xenstore_domain_interface *ring = &s->machine->domains[5].ring;
	char reply[4097];

	introduce(s, 5);
	assert_int_equal(ring_talk(s, 5, XS_WATCH, "data\0t", 7, reply), XS_WATCH);
	ring->req_prod = ring->req_cons + 1025;
	domain_handle_port(s->store, s->machine->domains[5].port);
	assert_int_equal(ring->error, XENSTORE_ERROR_RINGIDX);
	/* Ignored from now on, and forgotten. */
	assert_int_equal(s->store->watches.point_count, 0);
	memset(ring, 0, 0x810);
	machine_send(s->machine, 5, XS_READ, "data", 5);
	domain_handle_port(s->store, s->machine->domains[5].port);
	assert_int_equal(ring->rsp_prod, 0);
	/* Until it asks for a fresh start. */
	ring->connection = XENSTORE_RECONNECT;
	domain_handle_port(s->store, s->machine->domains[5].port);
	assert_int_equal(ring->connection, XENSTORE_CONNECTED);
	assert_int_equal(ring->error, XENSTORE_ERROR_NONE);
	assert_int_equal(ring->req_prod, 0);
	assert_int_equal(ring_talk(s, 5, XS_WRITE, "data\0v", 6, reply), XS_WRITE);
	/* A message that is too long. */
	machine_send(s->machine, 5, XS_READ, "data", 5);
	((struct xsd_sockmsg *)ring->req)[0].len = 0;
	ring->req_prod = ring->req_cons;
	machine_send(s->machine, 5, XS_READ, "data", 5);
	{
		uint32_t length = 5000;
		size_t at, i;

		for (i = 0; i < 4; i++) {
			at = MASK_XENSTORE_IDX(ring->req_prod - 21 + 12 + i);
			ring->req[at] = ((char *)&length)[i];
		}
	}
	domain_handle_port(s->store, s->machine->domains[5].port);
	assert_int_equal(ring->error, XENSTORE_ERROR_PROTO);
	/* A reply index out of range. */
	introduce(s, 6);
	machine_send(s->machine, 6, XS_READ, "data", 5);
	s->machine->domains[6].ring.rsp_cons = 77;
	domain_handle_port(s->store, s->machine->domains[6].port);
	assert_int_equal(s->machine->domains[6].ring.error, XENSTORE_ERROR_RINGIDX);
	domain_handle_port(s->store, 123456);
}

static void test_reconnect_drops_state(void **state)
{
	struct scene *s = *state;
	struct xenstore_domain_interface *ring = &s->machine->domains[5].ring;
	char reply[4097];

	introduce(s, 5);
	ring_talk(s, 5, XS_WATCH, "data\0t", 7, reply);
	ring_talk(s, 5, XS_TRANSACTION_START, "", 1, reply);
	ring->connection = XENSTORE_RECONNECT;
	domain_handle_port(s->store, s->machine->domains[5].port);
	assert_int_equal(s->store->watches.point_count, 0);
	assert_int_equal(ring->rsp_prod, 0);
}

/* One guest with a full ring of requests does not keep the others waiting. */
static void test_turns(void **state)
{
	struct scene *s = *state;
	struct xenstore_domain_interface *ring = &s->machine->domains[5].ring;
	int turns = 0;

	introduce(s, 5);
	while (turns < 100) {
		while (XENSTORE_RING_SIZE - (ring->req_prod - ring->req_cons) >= 21) {
			machine_send(s->machine, 5, XS_READ, "data", 5);
		}
		ring->rsp_cons = ring->rsp_prod;
		domain_handle_port(s->store, s->machine->domains[5].port);
		while (domain_has_busy(s->store)) {
			domain_run_busy(s->store);
		}
		turns++;
	}
	assert_true(s->store->requests > 1000);
}

static void test_death(void **state)
{
	struct scene *s = *state;
	char reply[4097];

	introduce(s, 5);
	introduce(s, 6);
	peer_ask(s->dom0, XS_WATCH, 0, "@releaseDomain", "r");
	ring_talk(s, 5, XS_WATCH, "data\0t", 7, reply);
	assert_int_equal(ring_talk(s, 5, XS_WRITE, "data\0v", 6, reply), XS_WATCH_EVENT);
	assert_int_equal(peer_set_perms(s->dom0, 0, "/tool", "n0 r5"), 0);
	peer_forget_events(s->dom0);
	/* It stops: one event, and it is still there. */
	s->machine->domains[5].is_shutdown = true;
	domain_scan(s->store);
	domain_scan(s->store);
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "@releaseDomain", "r"), 1);
	assert_true(domain_is_introduced(s->store, 5));
	/* RESUME makes the next stop news. */
	assert_int_equal(peer_ask(s->dom0, XS_RESUME, 0, "5", NULL), 0);
	domain_scan(s->store);
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "@releaseDomain", "r"), 2);
	/* It is torn down: ring, watches, rights go; one event. */
	s->machine->domains[5].is_dying = true;
	domain_scan(s->store);
	s->machine->domains[5].exists = false;
	domain_scan(s->store);
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "@releaseDomain", "r"), 3);
	assert_false(domain_is_introduced(s->store, 5));
	assert_false(s->machine->domains[5].is_mapped);
	assert_int_equal(s->store->tally.nodes[5], 0);
	assert_int_equal(peer_ask(s->dom0, XS_RELEASE, 0, "5", NULL), ENOENT);
	assert_int_equal(peer_ask(s->dom0, XS_GET_PERMS, 0, "/tool", NULL), 0);
	assert_string_equal(s->dom0->payload, "n0");
	assert_int_equal(s->dom0->bytes, 3);
	assert_int_equal(peer_ask(s->dom0, XS_GET_PERMS, 0, "/local/domain/5/data", NULL), 0);
	assert_string_equal(s->dom0->payload, "n0");
	/* Its successor with the same id inherits nothing. */
	memset(&s->machine->domains[5], 0, sizeof(s->machine->domains[5]));
	s->machine->domains[5].exists = true;
	assert_int_equal(introduce(s, 5), 0);
	assert_int_equal(ring_talk(s, 5, XS_READ, "data", 5, reply), XS_ERROR);
	assert_string_equal(reply, "EACCES");
	assert_int_equal(ring_talk(s, 5, XS_READ, "/tool", 6, reply), XS_ERROR);
	assert_string_equal(reply, "EACCES");
	/* A child made below a node with a void entry must not bring the entry to life. */
	assert_int_equal(peer_set_perms(s->dom0, 0, "/tool", "n0 b6 r5"), 0);
	s->machine->domains[5].exists = false;
	domain_scan(s->store);
	assert_int_equal(ring_talk(s, 6, XS_WRITE, "/tool/c\0v", 9, reply), XS_WRITE);
	assert_int_equal(peer_ask(s->dom0, XS_GET_PERMS, 0, "/tool/c", NULL), 0);
	assert_int_equal(s->dom0->bytes, 6);
	assert_memory_equal(s->dom0->payload, "n6\0b6", 6);
}

/* The same by what changed: only that is asked about, whatever else is there; all are looked at when the log was too short. */
static void test_changes(void **state)
{
	struct scene *s = *state;

	introduce(s, 5);
	introduce(s, 6);
	domain_look(s->store);
	peer_ask(s->dom0, XS_WATCH, 0, "@releaseDomain", "r");
	peer_forget_events(s->dom0);
	domain_look(s->store);
	s->machine->domains[5].is_shutdown = true;
	domain_look(s->store);
	domain_look(s->store);
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "@releaseDomain", "r"), 1);
	s->machine->domains[5].is_dying = true;
	s->machine->domains[6].exists = false;
	domain_look(s->store);
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "@releaseDomain", "r"), 2);
	assert_false(domain_is_introduced(s->store, 5));
	assert_false(domain_is_introduced(s->store, 6));
	/* One that stopped before it was introduced is told of at once. */
	s->machine->domains[6].exists = true;
	s->machine->domains[6].is_shutdown = true;
	domain_look(s->store);
	introduce(s, 6);
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "@releaseDomain", "r"), 3);
	s->machine->domains[6].handle = 9;
	s->machine->forgets = true;
	domain_look(s->store);
	assert_false(domain_is_introduced(s->store, 6));
}

/* Destroyed and created again between two looks: the handle tells them apart. */
static void test_replaced(void **state)
{
	struct scene *s = *state;

	introduce(s, 5);
	s->machine->domains[5].handle = 9;
	domain_scan(s->store);
	assert_false(domain_is_introduced(s->store, 5));
	assert_int_equal(s->store->tally.nodes[5], 0);
}

/* Named in permissions but never introduced: its rights end with it all the same. */
static void test_never_introduced(void **state)
{
	struct scene *s = *state;
	struct peer *later;

	assert_int_equal(peer_set_perms(s->dom0, 0, "/tool", "n0 r6"), 0);
	s->machine->domains[6].exists = false;
	domain_scan(s->store);
	s->machine->domains[6].exists = true;
	later = peer_create(s->store, 6);
	assert_null(peer_read(later, 0, "/tool"));
	/* Named before it existed at all: not meant for who comes later. */
	assert_int_equal(peer_set_perms(s->dom0, 0, "/tool", "n0 r7"), 0);
	s->machine->domains[7].exists = true;
	assert_int_equal(peer_set_perms(s->dom0, 0, "/tool/xenstored", "n0 r7"), 0);
	peer_destroy(later);
	later = peer_create(s->store, 7);
	assert_null(peer_read(later, 0, "/tool"));
	assert_non_null(peer_read(later, 0, "/tool/xenstored"));
	peer_destroy(later);
}

static void test_release(void **state)
{
	struct scene *s = *state;

	introduce(s, 5);
	peer_ask(s->dom0, XS_WATCH, 0, "@releaseDomain", "r");
	peer_forget_events(s->dom0);
	s->machine->domains[5].exists = false;
	assert_int_equal(peer_ask(s->dom0, XS_RELEASE, 0, "5", NULL), 0);
	domain_scan(s->store);
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 1);
	assert_int_equal(s->store->tally.nodes[5], 0);
}

static void test_target(void **state)
{
	struct scene *s = *state;
	char reply[4097];

	introduce(s, 5);
	introduce(s, 6);
	assert_int_equal(peer_write(s->dom0, 0, "/local/domain/5/x", "1"), 0);
	assert_int_equal(ring_talk(s, 6, XS_READ, "/local/domain/5/x", 18, reply), XS_ERROR);
	assert_int_equal(peer_ask(s->dom0, XS_SET_TARGET, 0, "6", "5"), 0);
	assert_int_equal(ring_talk(s, 6, XS_READ, "/local/domain/5/x", 18, reply), XS_READ);
	assert_int_equal(peer_ask(s->dom0, XS_SET_TARGET, 0, "6", "9"), ENOENT);
	/* The target dies: its successor is not the target. */
	s->machine->domains[5].exists = false;
	domain_scan(s->store);
	s->machine->domains[5].exists = true;
	introduce(s, 5);
	assert_int_equal(peer_set_perms(s->dom0, 0, "/local/domain/5/x", "n5"), 0);
	assert_int_equal(ring_talk(s, 6, XS_READ, "/local/domain/5/x", 18, reply), XS_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
		TEST(test_introduce), TEST(test_long_messages), TEST(test_hostile_ring),
		TEST(test_reconnect_drops_state), TEST(test_turns), TEST(test_death),
		TEST(test_changes), TEST(test_never_introduced), TEST(test_release),
		TEST(test_replaced), TEST(test_never_introduced), TEST(test_release),
		TEST(test_target),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
