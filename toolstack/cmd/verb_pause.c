// SPDX-License-Identifier: GPL-2.0-only
/*
 * pause and unpause: stop all vCPUs of a domain, and let them go on.
 */
#include "cmd/verb.h"
#include "cmd/verbs.h"

#include <errno.h>
#include <stdio.h>

/* Asking for what is so already is no failure, but whoever asks may be mistaken in the domain. */
static void pause_note_state(const struct verb_context *context, const struct domain_ref *ref,
			     uint32_t cmd)
{
	bool is_paused = (ref->info.flags & CONTROL_INFO_PAUSED) != 0;

	if (is_paused == (cmd == CONTROL_DOM_PAUSE)) {
		verb_warn(context, ref->name, "it %s",
			  is_paused ? "is paused already" : "was not paused");
	}
}

static int pause_apply(struct verb_context *context, int argc, char **argv, uint32_t cmd)
{
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	char object[DOMAIN_NAME_BYTES + 16];
	int status = verb_open_one_domain(context, argc, argv, &control, &ref);
	int rc;

	if (status != VERB_DONE) {
		return status;
	}
	snprintf(object, sizeof(object), "domain '%s'", ref.name);
	if (ref.domid == 0) {
		rc = error_set(&error, EPERM, object, "is not paused: this tool runs in it");
	} else if ((ref.info.flags & CONTROL_INFO_SHUTDOWN) != 0) {
		rc = error_set(&error, EBUSY, object, "has shut down");
	} else {
		pause_note_state(context, &ref, cmd);
		rc = control_dom_simple(&control, ref.domid, cmd);
		if (rc < 0) {
			control_fail(&control, rc, object, context->verb->name, &error);
		}
	}
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

static int pause_run(struct verb_context *context, int argc, char **argv)
{
	return pause_apply(context, argc, argv, CONTROL_DOM_PAUSE);
}

static int unpause_run(struct verb_context *context, int argc, char **argv)
{
	return pause_apply(context, argc, argv, CONTROL_DOM_UNPAUSE);
}

const struct verb verb_pause = {
	.name = "pause",
	.usage = "DOMAIN",
	.summary = "stop a domain's virtual processors",
	.run = pause_run,
};

const struct verb verb_unpause = {
	.name = "unpause",
	.usage = "DOMAIN",
	.summary = "let a paused domain go on",
	.run = unpause_run,
};
