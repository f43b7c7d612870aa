// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysrq DOMAIN LETTER: a magic key for a Linux guest, through its node control/sysrq.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/store_entries.h"
#include "xenbus/client/xenstore.h"

static int sysrq_write(const struct domain_ref *ref, const char *letter, struct error *error)
{
	struct xs_handle *store = NULL;
	char path[64];
	int rc = store_connect(&store, error);

	if (rc < 0) {
		return rc;
	}
	snprintf(path, sizeof(path), "/local/domain/%u/control/sysrq", ref->domid);
	if (!xs_write(store, XBT_NULL, path, letter, 1)) {
		rc = error_set(error, errno, path, "cannot be written: %s", strerror(errno));
	}
	xs_close(store);
	return rc;
}

static int sysrq_run(struct verb_context *context, int argc, char **argv)
{
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	int status = verb_domain_and(context, argc, "a letter");
	int rc;

	if (status != VERB_DONE) {
		return status;
	}
	if (strlen(argv[2]) != 1 || argv[2][0] <= ' ' || argv[2][0] > '~') {
		return verb_usage(context, "'%s' is not one letter or digit", argv[2]);
	}
	status = verb_open_domain(context, argv[1], &control, &ref);
	if (status != VERB_DONE) {
		return status;
	}
	control_close(&control);
	rc = ref.domid == 0 ? error_set(&error, EPERM, ref.name, "has /proc/sysrq-trigger of its own") :
			      sysrq_write(&ref, argv[2], &error);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_sysrq = {
	.name = "sysrq",
	.usage = "DOMAIN LETTER",
	.summary = "send a magic system request to a Linux guest",
	.details = "  LETTER: h shows on the guest's console which there are\n",
	.run = sysrq_run,
};
