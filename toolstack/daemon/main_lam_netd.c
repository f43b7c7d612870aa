// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam-netd: the networks of all guests (drivers/net). One process, one loop, in the background or
 * with -F in the foreground; it holds the lock /run/lamina/lam-netd.lock while it lives. It may be
 * killed and started again at any time: it finds the interfaces in the store, their tap devices on
 * their bridges, and packets in the rings.
 */
#include <errno.h>
#include <signal.h>

#include "daemon/back_main.h"
#include "drivers/net/netd.h"
#include "lib/paths.h"
#include "sys/error.h"

static const struct back_kind *const netd_kinds[] = { &net_kind, &net_kernel_kind, NULL };

/* The first look at all nodes is over: what has none is left of a predecessor. */
static void netd_flush(struct back_daemon *daemon)
{
	if (daemon->store != NULL) {
		net_setup_sweep(daemon);
		daemon->flush = NULL;
	}
}

static struct back_daemon netd = { .kinds = netd_kinds, .flush = netd_flush };

static int netd_open(struct error *error)
{
	if (loop_add_signal(netd.loop, SIGCHLD, net_hook_ended, &netd) == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	return net_link_open(error);
}

int main(int argc, char **argv)
{
	static const struct back_program program = {
		.name = "lam-netd",
		.socket = LAMINA_NETD_SOCKET,
		.daemon = &netd,
		.open = netd_open,
	};

	return back_main(&program, argc, argv);
}
