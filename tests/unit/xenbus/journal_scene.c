// SPDX-License-Identifier: GPL-2.0-only
/*
 * Servers that come and go over one machine and one journal.
 */
#include "journal_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "toolstack/sys/error.h"
#include "toolstack/sys/log.h"
#include "xenbus/conn.h"
#include "xenbus/domain.h"
#include "xenbus/journal.h"
#include "xenbus/restored.h"

static char folder[] = "/dev/shm/test-journal-XXXXXX";
char journal_path[64];
struct machine *machine; /* outlives every server */

int journal_group_setup(void **state)
{
	(void)state;
	log_open_file(getenv("TEST_LOG") != NULL ? getenv("TEST_LOG") : "/dev/null");
	if (mkdtemp(folder) == NULL) {
		return -1;
	}
	snprintf(journal_path, sizeof(journal_path), "%s/journal", folder);
	machine = mmap(NULL, sizeof(*machine), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	return machine == MAP_FAILED ? -1 : 0;
}

int journal_group_teardown(void **state)
{
	char new_path[80];

	(void)state;
	snprintf(new_path, sizeof(new_path), "%s.new", journal_path);
	unlink(new_path);
	unlink(journal_path);
	return rmdir(folder);
}

int journal_machine_setup(void **state)
{
	(void)state;
	memset(machine, 0, sizeof(*machine));
	machine->domains[0].exists = true;
	machine->domains[5].exists = true;
	machine->domains[6].exists = true;
	unlink(journal_path);
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

struct store *server_begin(void)
{
	struct store *store = store_create();
	struct restored *restored;
	struct error error;

	machine_lose_server();
	assert_int_equal(journal_open(store, journal_path, &restored, &error), 0);
	assert_int_equal(domain_table_create(store, &machine_ops, machine), 0);
	machine->domains[0].is_mapped = true;
	assert_int_equal(domain_restore_all(store, restored, &machine->domains[0].ring, 1), 0);
	domain_scan(store);
	assert_int_equal(journal_start(store, &error), 0);
	return store;
}

void server_turn(struct store *store)
{
	while (domain_has_busy(store)) {
		domain_run_busy(store);
	}
	domain_handle_port(store, machine->domains[0].port);
	domain_handle_port(store, machine->domains[5].port);
	domain_handle_port(store, machine->domains[6].port);
	store_flush_dirty(store);
}

void server_end(struct store *store)
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

void server_introduce(struct peer *dom0, uint16_t domid)
{
	char payload[32];
	int length = snprintf(payload, sizeof(payload), "%u%c100%c3", domid, 0, 0);

	assert_int_equal(peer_talk(dom0, XS_INTRODUCE, 0, payload, (size_t)length + 1), 0);
}
