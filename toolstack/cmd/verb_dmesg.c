// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmesg: the hypervisor's log, copied to stdout in steps; -c forgets what was printed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

#define DMESG_STEP_BYTES 4096u

static int dmesg_copy(struct control *control, char *buffer)
{
	uint64_t pos = 0;

	for (;;) {
		struct control_sys op = {
			.u.log = { .buffer = (uint64_t)(uintptr_t)buffer,
				   .bytes = DMESG_STEP_BYTES, .pos = pos },
		};
		int rc = control_sys(control, CONTROL_SYS_READ_LOG, &op);

		if (rc < 0) {
			return rc;
		}
		if (op.u.log.bytes == 0 || op.u.log.bytes > DMESG_STEP_BYTES) {
			return 0;
		}
		fwrite(buffer, 1, op.u.log.bytes, stdout);
		pos = op.u.log.pos;
	}
}

static int dmesg_clear(struct control *control, char *buffer)
{
	struct control_sys op = {
		.u.log = { .buffer = (uint64_t)(uintptr_t)buffer, .clear = 1 },
	};

	return control_sys(control, CONTROL_SYS_READ_LOG, &op);
}

static int dmesg_run(struct verb_context *context, int argc, char **argv)
{
	bool clear = argc == 2 && (strcmp(argv[1], "-c") == 0 || strcmp(argv[1], "--clear") == 0);
	struct error error = { 0 };
	struct control control;
	char *buffer;
	int status;
	int rc = -ENOMEM;

	if (argc > 1 && !clear) {
		return verb_usage(context, "unknown argument '%s'", argv[1]);
	}
	status = verb_open_control(context, &control);
	if (status != VERB_DONE) {
		return status;
	}
	buffer = control_buffer_get(&control, DMESG_STEP_BYTES);
	if (buffer != NULL) {
		rc = dmesg_copy(&control, buffer);
		if (rc == 0 && clear) {
			rc = dmesg_clear(&control, buffer);
		}
		control_buffer_put(&control, buffer, DMESG_STEP_BYTES);
	}
	if (rc < 0) {
		control_fail(&control, rc, NULL, "read the hypervisor's log", &error);
		status = verb_fail(context, NULL, &error);
	}
	control_close(&control);
	return status;
}

const struct verb verb_dmesg = {
	.name = "dmesg",
	.usage = "[-c]",
	.summary = "print the hypervisor's log",
	.details = "  -c   forget it afterwards\n",
	.run = dmesg_run,
};
