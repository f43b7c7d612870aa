// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam-blkd: the disks of all guests (drivers/blk). One process, one loop, in the background or with
 * -F in the foreground; it holds the lock /run/lamina/lam-blkd.lock while it lives. It may be killed
 * and started again at any time: it finds the disks in the store and their requests in the rings.
 */
#include <errno.h>
#include <signal.h>

#include "daemon/back_main.h"
#include "drivers/blk/blkd.h"
#include "lib/paths.h"
#include "sys/error.h"

static const struct back_kind *const blkd_kinds[] = { &blk_kind, NULL };
/* About what a guest takes from an answer to its next request. */
#define BLKD_LINGER_NS 400000u

static struct blk_daemon blk = {
	.base = { .kinds = blkd_kinds, .flush = blk_io_flush, .linger_ns = BLKD_LINGER_NS,
		  .linger_credit = 1 },
	.export_folder = LAMINA_EXPORT_DIR,
};

static int blkd_open(struct error *error)
{
	struct error uncounted = { 0 };
	int rc = blk_redo_open(&blk, LAMINA_RUN_DIR "/lam-blkd.redo", error);

	if (rc == 0 && blk_count_open(LAMINA_BLKD_COUNTERS, &uncounted) < 0) {
		log_warning("%s %s: requests are not counted", uncounted.object, uncounted.sentence);
	}
	if (rc == 0 && loop_add_signal(blk.base.loop, SIGCHLD, blk_script_ended, &blk.base) == NULL) {
		rc = error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	return rc < 0 ? rc : blk_io_open(&blk, error);
}

int main(int argc, char **argv)
{
	static const struct back_program program = {
		.name = "lam-blkd",
		.socket = LAMINA_BLKD_SOCKET,
		.daemon = &blk.base,
		.open = blkd_open,
	};

	return back_main(&program, argc, argv);
}
