// SPDX-License-Identifier: GPL-2.0-only
/*
 * Restarts: what an earlier process left is there again; and a server killed at any instant, again
 * and again, under a guest that checks that each of its requests is handled exactly once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"
#include "toolstack/sys/error.h"
#include "toolstack/sys/log.h"
#include "xenbus/conn.h"
#include "xenbus/domain.h"
#include "xenbus/journal.h"
#include "xenbus/restored.h"

static char folder[] = "/dev/shm/test-journal-XXXXXX";
static char path[64];
static struct machine *machine; /* outlives every server */

static int group_setup(void **state)
{
	(void)state;
	log_open_file(getenv("TEST_LOG") != NULL ? getenv("TEST_LOG") : "/dev/null");
	if (mkdtemp(folder) == NULL) {
		return -1;
	}
	snprintf(path, sizeof(path), "%s/journal", folder);
	machine = mmap(NULL, sizeof(*machine), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	return machine == MAP_FAILED ? -1 : 0;
}

static int group_teardown(void **state)
{
	char new_path[80];

	(void)state;
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	unlink(new_path);
	unlink(path);
	return rmdir(folder);
}

static int machine_setup(void **state)
{
	(void)state;
	memset(machine, 0, sizeof(*machine));
	machine->domains[0].exists = true;
	machine->domains[5].exists = true;
	machine->domains[6].exists = true;
	unlink(path);
	return 0;
}

/* What the kernel does when a server's process ends. */
static void machine_lose_server(void)
{
	int i;

	for (i = 0; i < MACHINE_DOMAINS; i++) {
		machine->domains[i].is_mapped = false;
		machine->domains[i].port = 0;
	}
}

static struct store *server_begin(void)
{
	struct store *store = store_create();
	struct restored *restored;
	struct error error;

	machine_lose_server();
	assert_int_equal(journal_open(store, path, &restored, &error), 0);
	assert_int_equal(domain_table_create(store, &machine_ops, machine), 0);
	machine->domains[0].is_mapped = true;
	assert_int_equal(domain_restore_all(store, restored, &machine->domains[0].ring, 1), 0);
	domain_scan(store);
	assert_int_equal(journal_start(store, &error), 0);
	return store;
}

static void server_turn(struct store *store)
{
	while (domain_has_busy(store)) {
		domain_run_busy(store);
	}
	domain_handle_port(store, machine->domains[0].port);
	domain_handle_port(store, machine->domains[5].port);
	domain_handle_port(store, machine->domains[6].port);
	store_flush_dirty(store);
}

static void server_end(struct store *store)
{
	struct conn *conn = store->conns;

	while (conn != NULL) {
		struct conn *next = conn->next;

		if (!conn->is_durable) {
			peer_destroy(conn->transport_data);
		}
		conn = next;
	}
	journal_close(store);
	domain_table_destroy(store);
	assert_int_equal(store_check(store), 0);
	store_destroy(store);
}

static void introduce(struct peer *dom0, uint16_t domid)
{
	char payload[32];
	int length = snprintf(payload, sizeof(payload), "%u%c100%c3", domid, 0, 0);

	assert_int_equal(peer_talk(dom0, XS_INTRODUCE, 0, payload, (size_t)length + 1), 0);
}

static void test_tree_and_rights(void **state)
{
	struct store *store = server_begin();
	struct peer *dom0 = peer_create(store, 0);
	struct peer *guest;
	char generation[32];
	uint32_t t;

	(void)state;
	peer_write(dom0, 0, "/a/b", "value");
	peer_set_perms(dom0, 0, "/a", "n5 r6");
	guest = peer_create(store, 5);
	assert_int_equal(peer_write(guest, 0, "/a/mine", "x"), 0);
	assert_int_equal(peer_ask(dom0, XS_RM, 0, "/tool", NULL), 0);
	assert_int_equal(peer_set_perms(dom0, 0, "@releaseDomain", "n0 r6"), 0);
	assert_int_equal(peer_talk(dom0, XS_CONTROL, 0, "quota\0nodes\00077", 15), 0);
	t = peer_start(dom0);
	peer_write(dom0, t, "/t/one", "1");
	assert_int_equal(peer_end(dom0, t, true), 0);
	t = peer_start(dom0);
	peer_write(dom0, t, "/t/two", "2");
	peer_ask(dom0, XS_DIRECTORY_PART, 0, "/a", "0");
	snprintf(generation, sizeof(generation), "%.24s", dom0->payload);
	/* Dies with rights in the tree: they must not come back with the journal. */
	assert_int_equal(peer_set_perms(dom0, 0, "/t", "n0 r6"), 0);
	machine->domains[6].exists = false;
	domain_scan(store);
	store_flush_dirty(store);
	server_end(store);

	machine->domains[6].exists = true;
	store = server_begin();
	dom0 = peer_create(store, 0);
	assert_string_equal(peer_read(dom0, 0, "/a/b"), "value");
	assert_string_equal(peer_read(dom0, 0, "/t/one"), "1");
	assert_null(peer_read(dom0, 0, "/t/two"));
	assert_null(peer_read(dom0, 0, "/tool"));
	assert_int_equal(peer_ask(dom0, XS_GET_PERMS, 0, "/a", NULL), 0);
	assert_int_equal(dom0->bytes, 3);
	assert_memory_equal(dom0->payload, "n5", 3);
	assert_int_equal(peer_ask(dom0, XS_GET_PERMS, 0, "/a/mine", NULL), 0);
	assert_memory_equal(dom0->payload, "n5", 3);
	assert_int_equal(peer_ask(dom0, XS_GET_PERMS, 0, "/t", NULL), 0);
	assert_int_equal(dom0->bytes, 3);
	assert_int_equal(store->quota.limit[QUOTA_NODES], 77);
	assert_int_equal(store->tally.nodes[5], 2);
	peer_ask(dom0, XS_DIRECTORY_PART, 0, "/a", "0");
	assert_string_not_equal(dom0->payload, generation);
	server_end(store);
}

static void test_ring_state(void **state)
{
	struct store *store = server_begin();
	struct peer *dom0 = peer_create(store, 0);
	char reply[4097], id[16];
	size_t bytes;

	(void)state;
	peer_ask(dom0, XS_MKDIR, 0, "/local/domain/5", NULL);
	peer_set_perms(dom0, 0, "/local/domain/5", "n5");
	introduce(dom0, 5);
	machine_send(machine, 5, XS_WATCH, "data\0tok", 9);
	server_turn(store);
	assert_int_equal(machine_receive(machine, 5, reply, &bytes), XS_WATCH);
	assert_int_equal(machine_receive(machine, 5, reply, &bytes), XS_WATCH_EVENT);
	machine_send(machine, 5, XS_TRANSACTION_START, "", 1);
	server_turn(store);
	assert_int_equal(machine_receive(machine, 5, id, &bytes), XS_TRANSACTION_START);
	/* A value too big for the ring's rest: part of the reply stays behind. */
	memset(reply, 'v', 2000);
	memcpy(reply, "/local/domain/5/big", 20);
	assert_int_equal(peer_talk(dom0, XS_WRITE, 0, reply, 1520), 0);
	machine_send(machine, 5, XS_READ, "big", 4);
	server_turn(store);
	assert_int_equal(machine->domains[5].ring.rsp_prod - machine->domains[5].ring.rsp_cons,
			 XENSTORE_RING_SIZE);
	/* And half a request is in the ring. */
	machine_send(machine, 5, XS_WRITE, "data\0new", 8);
	machine->domains[5].ring.req_prod -= 5;
	server_turn(store);
	server_end(store);

	store = server_begin();
	dom0 = peer_create(store, 0);
	machine->domains[5].ring.req_prod += 5;
	server_turn(store);
	/* The rest of the reply follows what was sent. */
	{
		char stream[2048];
		size_t have = 0;

		while (have < 16 + 1500) {
			struct xenstore_domain_interface *ring = &machine->domains[5].ring;

			assert_int_not_equal(ring->rsp_prod, ring->rsp_cons);
			while (ring->rsp_cons != ring->rsp_prod && have < 16 + 1500) {
				stream[have++] =
					ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons++)];
			}
			server_turn(store);
		}
		assert_int_equal(stream[16], 'v');
		assert_int_equal(stream[16 + 1499], 'v');
	}
	/* The event comes before the reply of the write that caused it; both came once. */
	assert_int_equal(machine_receive(machine, 5, reply, &bytes), XS_WATCH_EVENT);
	assert_string_equal(reply, "data");
	assert_int_equal(machine_receive(machine, 5, reply, &bytes), XS_WRITE);
	assert_int_equal(machine_receive(machine, 5, reply, &bytes), XS_INVALID);
	assert_string_equal(peer_read(dom0, 0, "/local/domain/5/data"), "new");
	/* The transaction that was open works, and its end says "try again". */
	{
		struct xsd_sockmsg header = { .type = XS_TRANSACTION_END, .len = 2 };
		struct xenstore_domain_interface *ring = &machine->domains[5].ring;
		size_t i;

		header.tx_id = (uint32_t)atoi(id);
		for (i = 0; i < sizeof(header); i++) {
			ring->req[MASK_XENSTORE_IDX(ring->req_prod++)] = ((char *)&header)[i];
		}
		ring->req[MASK_XENSTORE_IDX(ring->req_prod++)] = 'T';
		ring->req[MASK_XENSTORE_IDX(ring->req_prod++)] = '\0';
	}
	server_turn(store);
	assert_int_equal(machine_receive(machine, 5, reply, &bytes), XS_ERROR);
	assert_string_equal(reply, "EAGAIN");
	server_end(store);
}

/* Domains that went, stopped or were replaced while there was no server. */
static void test_changes_meanwhile(void **state)
{
	struct store *store = server_begin();
	struct peer *dom0 = peer_create(store, 0);

	(void)state;
	introduce(dom0, 5);
	introduce(dom0, 6);
	peer_write(dom0, 0, "/x", "1");
	peer_set_perms(dom0, 0, "/x", "n5 r6");
	server_end(store);
	machine->domains[5].exists = false;
	machine->domains[6].handle = 7;
	store = server_begin();
	dom0 = peer_create(store, 0);
	assert_false(domain_is_introduced(store, 5));
	assert_false(domain_is_introduced(store, 6));
	assert_int_equal(peer_ask(dom0, XS_GET_PERMS, 0, "/x", NULL), 0);
	assert_int_equal(dom0->bytes, 3);
	assert_memory_equal(dom0->payload, "n0", 3);
	server_end(store);
}

static void test_compaction(void **state)
{
	struct store *store = server_begin();
	struct peer *dom0 = peer_create(store, 0);
	struct stat about;
	char value[1500];
	int i;

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (i = 0; i < 20000; i++) {
		snprintf(value, 16, "%015d", i);
		value[15] = 'x';
		assert_int_equal(peer_write(dom0, 0, "/same", value), 0);
	}
	assert_int_equal(stat(path, &about), 0);
	assert_true(about.st_size < 4 << 20);
	server_end(store);
	store = server_begin();
	dom0 = peer_create(store, 0);
	assert_string_equal(peer_read(dom0, 0, "/same"), value);
	server_end(store);
}

/* Any byte of the file may be wrong: never a crash, always a store that works. */
static void test_damage(void **state)
{
	struct store *store = server_begin();
	struct peer *dom0 = peer_create(store, 0);
	static char good[1 << 16], bad[1 << 16];
	struct restored *restored;
	struct error error;
	size_t length, i;
	int fd;

	(void)state;
	introduce(dom0, 5);
	peer_write(dom0, 0, "/a/b", "value");
	peer_set_perms(dom0, 0, "/a", "n5 r6");
	server_end(store);
	fd = open(path, O_RDWR);
	length = (size_t)read(fd, good, sizeof(good));
	close(fd);
	while (length > 0 && good[length - 1] == '\0') {
		length--;
	}
	for (i = 64; i < length; i++) {
		memcpy(bad, good, sizeof(bad));
		bad[i] ^= (char)(1 + i % 255);
		fd = open(path, O_RDWR | O_CREAT, 0600);
		assert_int_equal(pwrite(fd, bad, sizeof(bad), 0), sizeof(bad));
		assert_int_equal(ftruncate(fd, sizeof(bad)), 0);
		close(fd);
		store = store_create();
		assert_int_equal(journal_open(store, path, &restored, &error), 0);
		assert_int_equal(store_check(store), 0);
		restored_free(restored);
		journal_close(store);
		store_destroy(store);
	}
}

/* --- killed ----------------------------------------------------------------------------------- */

static pid_t server_fork(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct store *store = server_begin();

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
	introduce(dom0, 5);
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
		cmocka_unit_test_setup(test_tree_and_rights, machine_setup),
		cmocka_unit_test_setup(test_ring_state, machine_setup),
		cmocka_unit_test_setup(test_changes_meanwhile, machine_setup),
		cmocka_unit_test_setup(test_compaction, machine_setup),
		cmocka_unit_test_setup(test_damage, machine_setup),
		cmocka_unit_test_setup(test_kills, machine_setup),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
