// SPDX-License-Identifier: GPL-2.0-only
/*
 * Restarts: what an earlier process left is there again; damage and growth of the file do no harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal_scene.h"
#include "toolstack/sys/error.h"
#include "xenbus/domain.h"
#include "xenbus/journal.h"
#include "xenbus/restored.h"

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
	server_introduce(dom0, 5);
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

/* Takes all that a domain is sent; how many bytes. */
static size_t drain(struct store *store, uint16_t domid)
{
	struct xenstore_domain_interface *ring = &machine->domains[domid].ring;
	size_t bytes = 0;

	while (ring->rsp_prod != ring->rsp_cons) {
		bytes += ring->rsp_prod - ring->rsp_cons;
		ring->rsp_cons = ring->rsp_prod;
		server_turn(store);
	}
	return bytes;
}

/* What could not be sent is restored, and kept once: the second restart does not find it twice. */
static void test_output_over_two_restarts(void **state)
{
	struct store *store = server_begin();
	struct peer *dom0 = peer_create(store, 0);
	char value[1520];

	(void)state;
	memset(value, 'v', sizeof(value));
	memcpy(value, "/local/domain/5/big", 20);
	peer_ask(dom0, XS_MKDIR, 0, "/local/domain/5", NULL);
	peer_set_perms(dom0, 0, "/local/domain/5", "n5");
	assert_int_equal(peer_talk(dom0, XS_WRITE, 0, value, sizeof(value)), 0);
	server_introduce(dom0, 5);
	machine_send(machine, 5, XS_READ, "big", 4);
	server_turn(store);
	server_end(store);

	store = server_begin();
	server_turn(store);
	/* Changes something, so that there is a commit. */
	dom0 = peer_create(store, 0);
	peer_write(dom0, 0, "/x", "1");
	server_turn(store);
	server_end(store);

	store = server_begin();
	server_turn(store);
	assert_int_equal(drain(store, 5), sizeof(struct xsd_sockmsg) + sizeof(value) - 20);
	server_end(store);
}

/* Domains that went, stopped or were replaced while there was no server. */
static void test_changes_meanwhile(void **state)
{
	struct store *store = server_begin();
	struct peer *dom0 = peer_create(store, 0);

	(void)state;
	server_introduce(dom0, 5);
	server_introduce(dom0, 6);
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
	assert_int_equal(stat(journal_path, &about), 0);
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
	server_introduce(dom0, 5);
	peer_write(dom0, 0, "/a/b", "value");
	peer_set_perms(dom0, 0, "/a", "n5 r6");
	server_end(store);
	fd = open(journal_path, O_RDWR);
	length = (size_t)read(fd, good, sizeof(good));
	close(fd);
	while (length > 0 && good[length - 1] == '\0') {
		length--;
	}
	for (i = 64; i < length; i++) {
		memcpy(bad, good, sizeof(bad));
		bad[i] ^= (char)(1 + i % 255);
		fd = open(journal_path, O_RDWR | O_CREAT, 0600);
		assert_int_equal(pwrite(fd, bad, sizeof(bad), 0), sizeof(bad));
		assert_int_equal(ftruncate(fd, sizeof(bad)), 0);
		close(fd);
		store = store_create();
		assert_int_equal(journal_open(store, journal_path, &restored, &error), 0);
		assert_int_equal(store_check(store), 0);
		restored_free(restored);
		journal_close(store);
		store_destroy(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_tree_and_rights, journal_machine_setup),
		cmocka_unit_test_setup(test_ring_state, journal_machine_setup),
		cmocka_unit_test_setup(test_output_over_two_restarts, journal_machine_setup),
		cmocka_unit_test_setup(test_changes_meanwhile, journal_machine_setup),
		cmocka_unit_test_setup(test_compaction, journal_machine_setup),
		cmocka_unit_test_setup(test_damage, journal_machine_setup),
	};

	return cmocka_run_group_tests(tests, journal_group_setup, journal_group_teardown);
}
