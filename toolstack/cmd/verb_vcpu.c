// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcpu-pin: on which processors virtual ones may run, and on which rather. vcpu-set: how many of them the guest uses,
 * which it is asked for through its nodes cpu/N/availability.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/cpu_set.h"
#include "lib/store_entries.h"
#include "xenbus/client/xenstore.h"

/* All digits and at most @max. */
static bool vcpu_number(const char *text, uint32_t max, uint32_t *number)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*number = (uint32_t)value;
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && value <= max;
}

/* --- vcpu-pin -------------------------------------------------------------------------------- */

struct pin {
	uint32_t first, last;		/* virtual processors */
	bool has_hard, has_soft;	/* which sets change */
	struct cpu_set hard, soft;
};

static int pin_check(const struct cpu_set *set, const char *object, const char *verb, uint32_t cpus, struct error *error)
{
	if (cpu_set_meets(set, cpus)) {
		return 0;
	}
	return error_set(error, EINVAL, object, "would %s none of the machine's %u processors (0 to %u)", verb, cpus, cpus - 1);
}

static int pin_apply(struct control *control, const struct domain_ref *ref, const struct pin *pin,
		     struct error *error)
{
	char object[DOMAIN_NAME_BYTES + 32];
	struct control_physinfo machine;
	int rc = control_physinfo(control, &machine);
	uint32_t i;

	snprintf(object, sizeof(object), "domain '%s'", ref->name);
	if (rc == 0 && ((pin->has_hard && pin_check(&pin->hard, object, "run on", machine.cpus, error) < 0) ||
			(pin->has_soft && pin_check(&pin->soft, object, "prefer", machine.cpus, error) < 0))) {
		return -EINVAL;
	}
	for (i = pin->first; i <= pin->last && rc == 0; i++) {
		struct control_dom op = { .u.vcpu.vcpu = i };

		control_set_affinity(&op, pin->has_hard ? &pin->hard : NULL, pin->has_soft ? &pin->soft : NULL);
		rc = control_dom(control, ref->domid, CONTROL_DOM_SET_AFFINITY, &op);
	}
	return rc < 0 ? control_fail(control, rc, object, "pin its virtual processors", error) : 0;
}

/* "-" leaves a set as it is. */
static int pin_read_set(struct verb_context *context, const char *text, struct cpu_set *set, bool *is_given)
{
	*is_given = strcmp(text, "-") != 0;
	return *is_given && cpu_set_parse(text, set) < 0 ?
	       verb_usage(context, "'%s' names no processors: '0-3,6', 'all' or 'all,^0' do", text) : VERB_DONE;
}

/* DOMAIN VCPU|all CPUS|- [SOFT|-] */
static int pin_read(struct verb_context *context, int argc, char **argv, struct pin *pin)
{
	static const char missing[][48] = { "a domain's name or number is missing",
					    "a virtual processor, or 'all', is missing",
					    "the processors are missing" };
	bool is_all;
	int status;

	if (argc < 4) {
		return verb_usage(context, "%s", missing[argc - 1]);
	}
	if (argc > 5) {
		return verb_usage(context, "'%s' is one argument too many", argv[5]);
	}
	is_all = strcmp(argv[2], "all") == 0;
	if (!is_all && !vcpu_number(argv[2], DOMAIN_MAX_VCPUS - 1, &pin->first)) {
		return verb_usage(context, "'%s' is neither a virtual processor nor 'all'", argv[2]);
	}
	pin->last = is_all ? UINT32_MAX : pin->first;
	status = pin_read_set(context, argv[3], &pin->hard, &pin->has_hard);
	if (status == VERB_DONE && argc == 5) {
		status = pin_read_set(context, argv[4], &pin->soft, &pin->has_soft);
	}
	return status == VERB_DONE && !pin->has_hard && !pin->has_soft ? verb_usage(context, "nothing is to be changed") : status;
}

static int pin_run(struct verb_context *context, int argc, char **argv)
{
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	struct pin pin = { 0 };
	int status;
	int rc = 0;

	/* Nothing overrides a pinning here, so there is nothing to force. */
	if (argc > 1 && (strcmp(argv[1], "-f") == 0 || strcmp(argv[1], "--force") == 0)) {
		argc--;
		argv++;
	}
	status = pin_read(context, argc, argv, &pin);
	if (status == VERB_DONE) {
		status = verb_open_domain(context, argv[1], &control, &ref);
	}
	if (status != VERB_DONE) {
		return status;
	}
	if (pin.last == UINT32_MAX) {
		pin.last = ref.info.vcpus - 1;
	}
	if (pin.first >= ref.info.vcpus) {
		rc = error_set(&error, ENOENT, ref.name, "has no virtual processor %u: it has %u",
			       pin.first, ref.info.vcpus);
	}
	rc = rc < 0 ? rc : pin_apply(&control, &ref, &pin, &error);
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_vcpu_pin = {
	.name = "vcpu-pin",
	.usage = "DOMAIN VCPU|all CPUS|- [SOFT|-]",
	.summary = "set on which processors virtual ones may run, and where rather",
	.details = "  CPUS, SOFT: 0-3,6  all  all,^0;  -: as it is\n",
	.run = pin_run,
};

/* --- vcpu-set -------------------------------------------------------------------------------- */

static int set_write(const struct domain_ref *ref, uint32_t count, struct error *error)
{
	struct xs_handle *store = NULL;
	char path[64];
	uint32_t i;
	int rc = store_connect(&store, error);

	for (i = 0; i < ref->info.vcpus && rc == 0; i++) {
		const char *word = i < count ? "online" : "offline";

		snprintf(path, sizeof(path), "/local/domain/%u/cpu/%u/availability", ref->domid, i);
		if (!xs_write(store, XBT_NULL, path, word, (unsigned int)strlen(word))) {
			rc = error_set(error, errno, path, "cannot be written: %s", strerror(errno));
		}
	}
	if (store != NULL) {
		xs_close(store);
	}
	return rc;
}

static int set_run(struct verb_context *context, int argc, char **argv)
{
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	uint32_t count;
	int status = verb_domain_and(context, argc, "a number");
	int rc;

	if (status != VERB_DONE) {
		return status;
	}
	if (!vcpu_number(argv[2], DOMAIN_MAX_VCPUS, &count) || count == 0) {
		return verb_usage(context, "'%s' is no number of virtual processors (1 to %u)",
				  argv[2], DOMAIN_MAX_VCPUS);
	}
	status = verb_open_domain(context, argv[1], &control, &ref);
	if (status != VERB_DONE) {
		return status;
	}
	if (count > ref.info.vcpus) {
		rc = error_set(&error, ERANGE, ref.name, "has room for %u virtual processors, not %u",
			       ref.info.vcpus, count);
		error_set_hint(&error, "maxvcpus in its configuration is the limit");
	} else {
		rc = set_write(&ref, count, &error);
	}
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_vcpu_set = {
	.name = "vcpu-set",
	.usage = "DOMAIN COUNT",
	.summary = "ask a domain to use so many of its virtual processors",
	.run = set_run,
};
