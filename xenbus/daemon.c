// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event sources and what follows each event: output that requests left on other connections is
 * sent, failed clients are closed, and domains with input left get their next turn from a timer of
 * zero, so that no guest can keep the others waiting.
 */
#include "xenbus/daemon.h"

#include <errno.h>
#include <signal.h>

#include "toolstack/sys/error.h"
#include "toolstack/sys/log.h"
#include "toolstack/sys/loop.h"
#include "xenbus/domain.h"
#include "xenbus/domains.h"
#include "xenbus/journal.h"
#include "xenbus/memory.h"
#include "xenbus/restored.h"
#include "xenbus/socket.h"
#include "xenbus/store.h"

#define DAEMON_PORTS_PER_READ 64
#define DAEMON_EXPIRY_MS 15000

struct daemon {
	struct loop *loop;
	struct store *store;
	struct socket_server *server;
	struct domains_machine *machine;
	struct loop_watch *ports;
	struct loop_watch *busy;
	struct loop_watch *expiry;
	struct loop_watch *terminate;
	struct loop_watch *interrupt;
	uint32_t state_port; /* "a domain changed state" */
};

static void daemon_settle(void *arg)
{
	struct daemon *daemon = arg;

	store_flush_dirty(daemon->store);
	socket_server_reap(daemon->server);
	if (domain_has_busy(daemon->store)) {
		loop_arm_timer(daemon->busy, 0);
	}
}

static void daemon_run_busy(unsigned int events, void *arg)
{
	struct daemon *daemon = arg;

	(void)events;
	domain_run_busy(daemon->store);
	daemon_settle(daemon);
}

static void daemon_handle_ports(unsigned int events, void *arg)
{
	struct daemon *daemon = arg;
	uint32_t ports[DAEMON_PORTS_PER_READ];
	int count = domains_machine_read_ports(daemon->machine, ports, DAEMON_PORTS_PER_READ);
	int i;

	(void)events;
	for (i = 0; i < count; i++) {
		if (ports[i] == daemon->state_port) {
			domain_look(daemon->store);
		} else {
			domain_handle_port(daemon->store, ports[i]);
		}
	}
	daemon_settle(daemon);
}

static void daemon_expire(unsigned int events, void *arg)
{
	struct daemon *daemon = arg;

	(void)events;
	store_expire_transactions(daemon->store, store_now_ms());
	loop_arm_timer(daemon->expiry, DAEMON_EXPIRY_MS);
}

static void daemon_stop(unsigned int events, void *arg)
{
	struct daemon *daemon = arg;

	(void)events;
	loop_stop(daemon->loop);
}

static int daemon_open_machine(struct daemon *daemon, struct restored **restored,
			       struct error *error)
{
	void *page;
	uint32_t port;
	int rc = domains_machine_open(&daemon->machine, error);

	if (rc < 0) {
		return rc;
	}
	rc = domain_table_create(daemon->store, &domains_machine_ops, daemon->machine);
	if (rc < 0) {
		return error_set(error, -rc, NULL, "no memory");
	}
	rc = domains_machine_bind_state_changes(daemon->machine);
	if (rc <= 0) {
		return error_set(error, -rc, "VIRQ_DOM_EXC",
				 "cannot bind it: another xenstored may be running");
	}
	daemon->state_port = (uint32_t)rc;
	rc = domains_machine_map_own_ring(daemon->machine, &page, &port, error);
	if (rc < 0) {
		return rc;
	}
	rc = domain_restore_all(daemon->store, *restored, page, port);
	*restored = NULL;
	if (rc < 0) {
		return error_set(error, -rc, "store ring of dom0's kernel", "cannot bind port %u",
				 port);
	}
	/* Who ended while nobody looked. */
	domain_look(daemon->store);
	daemon->ports = loop_add_fd(daemon->loop, domains_machine_fd(daemon->machine), LOOP_READ,
				    daemon_handle_ports, daemon);
	return daemon->ports != NULL ? 0 : error_set(error, ENOMEM, NULL, "no memory");
}

static int daemon_add_sources(struct daemon *daemon, struct error *error)
{
	daemon->busy = loop_add_timer(daemon->loop, daemon_run_busy, daemon);
	daemon->expiry = loop_add_timer(daemon->loop, daemon_expire, daemon);
	daemon->terminate = loop_add_signal(daemon->loop, SIGTERM, daemon_stop, daemon);
	daemon->interrupt = loop_add_signal(daemon->loop, SIGINT, daemon_stop, daemon);
	if (daemon->busy == NULL || daemon->expiry == NULL || daemon->terminate == NULL ||
	    daemon->interrupt == NULL || loop_arm_timer(daemon->expiry, DAEMON_EXPIRY_MS) < 0) {
		return error_set(error, ENOMEM, NULL, "no memory for the event loop");
	}
	return 0;
}

/* Store, what an earlier process left of it, machine, and the journal from now on. */
static int daemon_open_store(struct daemon *daemon, const struct daemon_options *options,
			     struct error *error)
{
	struct restored *restored = NULL;
	int rc = 0;

	daemon->store->quota = options->quota;
	if (options->journal_path != NULL) {
		rc = journal_open(daemon->store, options->journal_path, &restored, error);
	}
	if (rc == 0 && options->has_hypervisor) {
		rc = daemon_open_machine(daemon, &restored, error);
	}
	restored_free(restored);
	/* Better a store that forgets than none. */
	if (rc == 0 && options->journal_path != NULL && journal_start(daemon->store, error) < 0) {
		log_error("%s: %s; a restart will find an empty store", error->object,
			  error->sentence);
	}
	return rc;
}

int daemon_create(const struct daemon_options *options, struct daemon **out, struct error *error)
{
	struct daemon *daemon = memory_allocate(sizeof(*daemon));
	int rc;

	if (daemon == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory");
	}
	daemon->loop = loop_create();
	daemon->store = store_create();
	if (daemon->loop == NULL || daemon->store == NULL) {
		daemon_destroy(daemon);
		return error_set(error, ENOMEM, NULL, "no memory");
	}
	rc = daemon_add_sources(daemon, error);
	if (rc == 0) {
		rc = daemon_open_store(daemon, options, error);
	}
	if (rc == 0) {
		rc = socket_server_create(daemon->store, daemon->loop, options->socket_path,
					  &daemon->server, error);
	}
	if (rc < 0) {
		daemon_destroy(daemon);
		return rc;
	}
	socket_server_set_after(daemon->server, daemon_settle, daemon);
	daemon_settle(daemon);
	*out = daemon;
	return 0;
}

int daemon_run(struct daemon *daemon)
{
	return loop_run(daemon->loop);
}

void daemon_destroy(struct daemon *daemon)
{
	/* First, so that taking everything apart is not taken for the end of the domains. */
	if (daemon->store != NULL) {
		journal_close(daemon->store);
	}
	socket_server_destroy(daemon->server);
	loop_remove(daemon->ports);
	loop_remove(daemon->busy);
	loop_remove(daemon->expiry);
	loop_remove(daemon->terminate);
	loop_remove(daemon->interrupt);
	if (daemon->store != NULL) {
		domain_table_destroy(daemon->store);
		store_destroy(daemon->store);
	}
	domains_machine_close(daemon->machine);
	loop_destroy(daemon->loop);
	memory_free(daemon);
}
