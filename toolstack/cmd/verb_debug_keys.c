// SPDX-License-Identifier: GPL-2.0-only
/*
 * debug-keys KEYS: has the hypervisor write reports to its log, one for each key; dmesg shows them.
 *
 * The log is a ring: the lines that fit are divided among the reports. Under the name xl a key that there is none of is passed over
 * in silence, as there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

#define DEBUG_KEYS_MAX 64u

/* The keys to send: '*' is all reports, once each. */
static void debug_keys_expand(const char *text, char keys[DEBUG_KEYS_MAX])
{
	size_t used = 0;

	for (; *text != '\0'; text++) {
		const char *from = *text == '*' ? CONTROL_REPORT_ALL : text;
		size_t count = *text == '*' ? strlen(from) : 1;

		for (; count != 0 && used < DEBUG_KEYS_MAX - 1; count--, from++) {
			if (memchr(keys, *from, used) == NULL) {
				keys[used++] = *from;
			}
		}
	}
	keys[used] = '\0';
}

static int debug_keys_send(struct control *control, char key, uint32_t lines)
{
	struct control_sys op = { .u.report = { .key = (unsigned char)key, .lines = lines } };

	return control_sys(control, CONTROL_SYS_REPORT, &op);
}

/* VERB_DONE when all keys are known; lam refuses the others before anything is written. */
static int debug_keys_check(const struct verb_context *context, const char *text)
{
	struct error error = { 0 };

	for (; *text != '\0' && !context->is_xl; text++) {
		if (strchr("*h" CONTROL_REPORT_ALL, *text) == NULL) {
			error_set(&error, ENOENT, NULL, "there is no key '%c'; the keys are h, * and %s", *text,
				  CONTROL_REPORT_ALL);
			return verb_fail(context, NULL, &error);
		}
	}
	return VERB_DONE;
}

static int debug_keys_run(struct verb_context *context, int argc, char **argv)
{
	char keys[DEBUG_KEYS_MAX];
	struct error error = { 0 };
	struct control control;
	size_t i, count;
	int status;
	int rc = 0;

	if (argc != 2 || argv[1][0] == '\0') {
		return argc < 2 || argc == 2 ? verb_usage(context, "the keys are missing") :
					       verb_usage(context, "'%s' is one argument too many", argv[2]);
	}
	status = debug_keys_check(context, argv[1]);
	if (status == VERB_DONE) {
		status = verb_open_control(context, &control);
	}
	if (status != VERB_DONE) {
		return status;
	}
	debug_keys_expand(argv[1], keys);
	count = strlen(keys);
	for (i = 0; i < count && (rc == 0 || (rc == -ENOENT && context->is_xl)); i++) {
		rc = debug_keys_send(&control, keys[i], CONTROL_REPORT_LINES / (uint32_t)count);
	}
	if (rc < 0 && !(rc == -ENOENT && context->is_xl)) {
		control_fail(&control, rc, NULL, "write a report", &error);
		status = verb_fail(context, NULL, &error);
	}
	control_close(&control);
	return status;
}

const struct verb verb_debug_keys = {
	.name = "debug-keys",
	.usage = "KEYS",
	.summary = "have the hypervisor write reports to its log",
	.details = "  h   what keys there are\n"
		   "  q   domains and their virtual processors\n"
		   "  m   memory\n"
		   "  r   queues of the scheduler\n"
		   "  e   event channels\n"
		   "  g   grants in use\n"
		   "  t   clock and timers\n"
		   "  d   registers of virtual processors, as they stopped last\n"
		   "  *   all\n",
	.run = debug_keys_run,
};
