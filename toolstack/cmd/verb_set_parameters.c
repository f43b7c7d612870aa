// SPDX-License-Identifier: GPL-2.0-only
/*
 * set-parameters WORDS: changes parameters of the hypervisor's command line while domains run. It is the hypervisor that knows which
 * there are and says what is wrong.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

/* Errors after which the hypervisor has written why. */
static bool set_parameters_is_said(int rc)
{
	return rc == -ENOENT || rc == -EINVAL || rc == -EOPNOTSUPP || rc == -ENODATA;
}

static int set_parameters_run(struct verb_context *context, int argc, char **argv)
{
	struct control_sys op = { 0 };
	char *text = op.u.parameters.text;
	struct error error = { 0 };
	struct control control;
	int status;
	int rc;

	if (argc != 2) {
		return argc < 2 ? verb_usage(context, "the parameters are missing") :
				  verb_usage(context, "'%s' is one argument too many: quote the words", argv[2]);
	}
	if (strlen(argv[1]) >= sizeof(op.u.parameters.text)) {
		return verb_usage(context, "the parameters are longer than %zu characters",
				  sizeof(op.u.parameters.text) - 1);
	}
	strcpy(text, argv[1]);
	status = verb_open_control(context, &control);
	if (status != VERB_DONE) {
		return status;
	}
	rc = control_sys(&control, CONTROL_SYS_SET_PARAMETERS, &op);
	text[sizeof(op.u.parameters.text) - 1] = '\0';
	if (set_parameters_is_said(rc)) {
		error_set(&error, -rc, NULL, "%s", text);
	} else if (rc < 0) {
		control_fail(&control, rc, NULL, "set the parameters", &error);
	}
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_set_parameters = {
	.name = "set-parameters",
	.usage = "PARAMETERS",
	.summary = "change parameters of the hypervisor while it runs",
	.details = "  PARAMETERS: one argument, such as \"loglvl=debug guest_loglvl=none\"\n"
		   "  loglvl=error|warning|info|debug|all\n"
		   "  guest_loglvl=none|error|warning|info|debug|all\n"
		   "  noreboot[=yes|no]\n",
	.run = set_parameters_run,
};
