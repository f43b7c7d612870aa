// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmesg: the hypervisor's log, read whole, then printed; -c forgets it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

#define DMESG_STEP_BYTES 4096u

/* Adds what the log has from @pos on to @text; the number of bytes, 0 at the end, or -errno. */
static int dmesg_read_step(struct control *control, char *buffer, uint64_t *pos, FILE *text)
{
	struct control_sys op = {
		.u.log = { .buffer = (uint64_t)(uintptr_t)buffer, .bytes = DMESG_STEP_BYTES, .pos = *pos },
	};
	int rc = control_sys(control, CONTROL_SYS_READ_LOG, &op);

	if (rc < 0) {
		return rc;
	}
	if (op.u.log.bytes > DMESG_STEP_BYTES) {
		return -EPROTO;
	}
	*pos = op.u.log.pos;
	return fwrite(buffer, 1, op.u.log.bytes, text) == op.u.log.bytes ? (int)op.u.log.bytes : -ENOMEM;
}

/*
 * All of it, in memory that the caller frees. Printed at once it might never end: what dom0 writes to the machine's console goes
 * into the log again.
 */
static int dmesg_read(struct control *control, char *buffer, char **all, size_t *bytes)
{
	FILE *text = open_memstream(all, bytes);
	uint64_t pos = 0;
	int rc = text != NULL ? 1 : -ENOMEM;

	while (rc > 0) {
		rc = dmesg_read_step(control, buffer, &pos, text);
	}
	if (text != NULL && fclose(text) != 0 && rc == 0) {
		rc = -ENOMEM;
	}
	return rc;
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
	char *all = NULL;
	size_t bytes = 0;
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
		rc = dmesg_read(&control, buffer, &all, &bytes);
		if (rc == 0 && clear) {
			rc = dmesg_clear(&control, buffer);
		}
		control_buffer_put(&control, buffer, DMESG_STEP_BYTES);
	}
	if (rc == 0) {
		fwrite(all, 1, bytes, stdout);
	} else {
		control_fail(&control, rc, NULL, "read the hypervisor's log", &error);
		status = verb_fail(context, NULL, &error);
	}
	free(all);
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
