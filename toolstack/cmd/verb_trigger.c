// SPDX-License-Identifier: GPL-2.0-only
/*
 * trigger DOMAIN nmi [VCPU]: a signal of hardware for a guest. The other ones that xl knows are for hardware-virtualised domains.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

static int trigger_check(const struct verb_context *context, int argc, char **argv)
{
	static const char *const foreign[] = { "reset", "init", "power", "sleep", "s3resume" };
	struct error error = { 0 };
	size_t i;

	if (argc < 3) {
		return verb_usage(context, argc < 2 ? "a domain's name or number is missing" :
						      "the signal is missing: nmi");
	}
	if (argc > 4) {
		return verb_usage(context, "'%s' is one argument too many", argv[4]);
	}
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		if (strcmp(argv[2], foreign[i]) == 0) {
			error_set(&error, EOPNOTSUPP, NULL,
				  "not supported: %s concerns hardware-virtualised domains", argv[2]);
			return verb_fail(context, NULL, &error);
		}
	}
	return strcmp(argv[2], "nmi") == 0 ? VERB_DONE :
	       verb_usage(context, "there is no signal '%s'; the only one is nmi", argv[2]);
}

static int trigger_vcpu(const struct verb_context *context, const char *text, uint32_t *vcpu)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || number >= DOMAIN_MAX_VCPUS) {
		return verb_usage(context, "'%s' is not the number of a virtual processor", text);
	}
	*vcpu = (uint32_t)number;
	return VERB_DONE;
}

static int trigger_run(struct verb_context *context, int argc, char **argv)
{
	struct control_dom op = { 0 };
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	int status = trigger_check(context, argc, argv);
	int rc;

	if (status == VERB_DONE && argc == 4) {
		status = trigger_vcpu(context, argv[3], &op.u.vcpu.vcpu);
	}
	if (status == VERB_DONE) {
		status = verb_open_domain(context, argv[1], &control, &ref);
	}
	if (status != VERB_DONE) {
		return status;
	}
	rc = control_dom(&control, ref.domid, CONTROL_DOM_SEND_NMI, &op);
	if (rc == -EINVAL) {
		error_set(&error, EINVAL, ref.name, "has no virtual processor %s that is online",
			  argc == 4 ? argv[3] : "0");
	} else if (rc < 0) {
		control_fail(&control, rc, ref.name, "send it an NMI", &error);
	}
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_trigger = {
	.name = "trigger",
	.usage = "DOMAIN nmi [VCPU]",
	.summary = "send a domain's processor an NMI",
	.run = trigger_run,
};
