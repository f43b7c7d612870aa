// SPDX-License-Identifier: GPL-2.0-only
/*
 * A server killed at any instant, again and again, under a guest that checks that each of its
 * requests is handled exactly once. TEST_KILLS says how often (60).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "journal_scene.h"

static pid_t server_fork(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct store *store;

		/* Not longer than a test that fails. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		store = server_begin();

		for (;;) {
			server_turn(store);
			sched_yield();
		}
	}
	return pid;
}

struct guest {
	struct xenstore_domain_interface *ring;
	char input[8192];
	size_t have;
	pid_t server;
	unsigned int kills;
	struct timespec next_kill;
};

static void guest_kill_server(struct guest *guest)
{
	int status;

	kill(guest->server, SIGKILL);
	waitpid(guest->server, &status, 0);
	if (!WIFSIGNALED(status)) {
		fail_msg("the server ended by itself, status %x", status);
	}
	guest->kills++;
	guest->server = server_fork();
	clock_gettime(CLOCK_MONOTONIC, &guest->next_kill);
	guest->next_kill.tv_nsec += 100000 + rand() % 40000000;
}

/* Looks into the ring once; kills the server when it is time. */
static void guest_look(struct guest *guest)
{
	uint32_t prod = __atomic_load_n(&guest->ring->rsp_prod, __ATOMIC_ACQUIRE);
	uint32_t cons = guest->ring->rsp_cons;
	struct timespec now;

	while (cons != prod) {
		assert_true(guest->have < sizeof(guest->input));
		guest->input[guest->have++] = guest->ring->rsp[MASK_XENSTORE_IDX(cons++)];
	}
	__atomic_store_n(&guest->ring->rsp_cons, cons, __ATOMIC_RELEASE);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - guest->next_kill.tv_sec) * 1000000000ll + now.tv_nsec >=
	    guest->next_kill.tv_nsec) {
		guest_kill_server(guest);
	}
	sched_yield();
}

/* The next message; waits for it. */
static uint32_t guest_receive(struct guest *guest, struct xsd_sockmsg *header, char *payload)
{
	time_t began = time(NULL);

	for (;;) {
		if (guest->have >= sizeof(*header)) {
			memcpy(header, guest->input, sizeof(*header));
			if (guest->have >= sizeof(*header) + header->len) {
				break;
			}
		}
		guest_look(guest);
		assert_true(time(NULL) - began < 30);
	}
	memcpy(payload, guest->input + sizeof(*header), header->len);
	payload[header->len] = '\0';
	guest->have -= sizeof(*header) + header->len;
	memmove(guest->input, guest->input + sizeof(*header) + header->len, guest->have);
	return header->type;
}

static void guest_send(struct guest *guest, const struct xsd_sockmsg *header, const char *payload)
{
	size_t bytes = sizeof(*header) + header->len;
	size_t i;

	while (XENSTORE_RING_SIZE - (guest->ring->req_prod -
	       __atomic_load_n(&guest->ring->req_cons, __ATOMIC_ACQUIRE)) < bytes) {
		guest_look(guest);
	}
	for (i = 0; i < bytes; i++) {
		guest->ring->req[MASK_XENSTORE_IDX(guest->ring->req_prod + i)] =
			i < sizeof(*header) ? ((const char *)header)[i]
					    : payload[i - sizeof(*header)];
	}
	__atomic_store_n(&guest->ring->req_prod, guest->ring->req_prod + (uint32_t)bytes,
			 __ATOMIC_RELEASE);
}

static void test_kills(void **state)
{
	struct store *store = server_begin();
	struct peer *dom0 = peer_create(store, 0);
	struct guest guest = { .ring = &machine->domains[5].ring };
	const char *count = getenv("TEST_KILLS");
	unsigned int wanted = count != NULL ? (unsigned int)atoi(count) : 60;
	struct xsd_sockmsg header = { 0 };
	char payload[4097], name[32];
	uint32_t i;
	int status;

	(void)state;
	peer_ask(dom0, XS_MKDIR, 0, "/local/domain/5", NULL);
	peer_set_perms(dom0, 0, "/local/domain/5", "n5");
	server_introduce(dom0, 5);
	server_end(store);
	guest.server = server_fork();
	clock_gettime(CLOCK_MONOTONIC, &guest.next_kill);
	guest.next_kill.tv_nsec += 20000000;
	header = (struct xsd_sockmsg){ .type = XS_WATCH, .req_id = 1, .len = 7 };
	guest_send(&guest, &header, "data\0t");
	assert_int_equal(guest_receive(&guest, &header, payload), XS_WATCH);
	assert_int_equal(guest_receive(&guest, &header, payload), XS_WATCH_EVENT);
	for (i = 2; guest.kills < wanted; i++) {
		bool has_event = false, has_reply = false;
		int length = snprintf(name, sizeof(name), "data/n%u%c%u", i % 50, 0, i);

		header = (struct xsd_sockmsg){ .type = XS_WRITE, .req_id = i,
					       .len = (uint32_t)length };
		guest_send(&guest, &header, name);
		/* Exactly one event and exactly one reply, for this request and no other. */
		while (!has_event || !has_reply) {
			if (guest_receive(&guest, &header, payload) == XS_WATCH_EVENT) {
				assert_false(has_event);
				assert_string_equal(payload, name);
				has_event = true;
			} else {
				assert_int_equal(header.type, XS_WRITE);
				assert_int_equal(header.req_id, i);
				assert_false(has_reply);
				has_reply = true;
			}
		}
	}
	kill(guest.server, SIGKILL);
	waitpid(guest.server, &status, 0);
	store = server_begin();
	dom0 = peer_create(store, 0);
	snprintf(name, sizeof(name), "/local/domain/5/data/n%u", (i - 1) % 50);
	snprintf(payload, sizeof(payload), "%u", i - 1);
	assert_string_equal(peer_read(dom0, 0, name), payload);
	server_end(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_kills, journal_machine_setup),
	};

	return cmocka_run_group_tests(tests, journal_group_setup, journal_group_teardown);
}
