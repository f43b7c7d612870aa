// SPDX-License-Identifier: GPL-2.0-only
/*
 * sched-credit2, and sched-credit for who is used to that: weights and caps of domains. There is
 * one scheduler; what belongs to others of xl's is refused by name.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb_domains.h"
#include "cmd/verbs.h"
#include "lib/json.h"

#define SCHED_MAX_WEIGHT 65535ul
#define SCHED_MAX_CAP (100ul * DOMAIN_MAX_VCPUS)
#define SCHED_UNSET ULONG_MAX

struct sched_request {
	char *domain[2];	/* ends with NULL */
	unsigned long weight;
	unsigned long cap;
};

static int sched_get(struct control *control, uint16_t domid, struct control_sched *sched)
{
	struct control_dom op = { 0 };
	int rc = control_dom(control, domid, CONTROL_DOM_SCHED_GET, &op);

	*sched = op.u.sched;
	return rc;
}

static int sched_show(struct domains_walk *walk, const struct domain_ref *ref)
{
	struct error error = { 0 };
	struct control_sched sched;
	char cap[16] = "none";
	int rc = sched_get(&walk->control, ref->domid, &sched);

	if (rc < 0) {
		control_fail(&walk->control, rc, ref->name, "read its weight", &error);
		return verb_fail(walk->context, NULL, &error);
	}
	if (walk->json != NULL) {
		json_map(walk->json, NULL);
		json_text(walk->json, "name", ref->name);
		json_number(walk->json, "domid", ref->domid);
		json_number(walk->json, "weight", sched.weight);
		json_number(walk->json, "cap_percent", sched.cap_percent);
		json_end(walk->json);
	} else if (walk->context->is_xl) {
		printf("%-33s %4d %6u %4u\n", ref->name, ref->domid, sched.weight, sched.cap_percent);
	} else {
		if (sched.cap_percent != 0) {
			snprintf(cap, sizeof(cap), "%u %%", sched.cap_percent);
		}
		printf("%-24s %5d %7u %8s\n", ref->name, ref->domid, sched.weight, cap);
	}
	return VERB_DONE;
}

static int sched_list(struct verb_context *context, struct sched_request *request)
{
	if (context->is_xl && context->format == VERB_FORMAT_TEXT) {
		printf("Cpupool Pool-0: ratelimit=1000us\n");
		printf("%-33s %4s %6s %4s\n", "Name", "ID", "Weight", "Cap");
	} else if (context->format == VERB_FORMAT_TEXT) {
		printf("%-24s %5s %7s %8s\n", "NAME", "ID", "WEIGHT", "CAP");
	}
	return verb_walk_domains(context, request->domain, sched_show, NULL);
}

static int sched_change(struct verb_context *context, const struct sched_request *request)
{
	struct control_dom op = { 0 };
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	int status = verb_open_domain(context, request->domain[0], &control, &ref);
	int rc;

	if (status != VERB_DONE) {
		return status;
	}
	rc = sched_get(&control, ref.domid, &op.u.sched);
	if (rc == 0) {
		if (request->weight != SCHED_UNSET) {
			op.u.sched.weight = (uint32_t)request->weight;
		}
		if (request->cap != SCHED_UNSET) {
			op.u.sched.cap_percent = (uint32_t)request->cap;
		}
		rc = control_dom(&control, ref.domid, CONTROL_DOM_SCHED_SET, &op);
	}
	if (rc < 0) {
		control_fail(&control, rc, ref.name, "set its weight and cap", &error);
	}
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

static int sched_number(struct verb_context *context, const char *what, const char *text,
			unsigned long min, unsigned long max, unsigned long *number)
{
	char *end;

	*number = text != NULL ? strtoul(text, &end, 10) : 0;
	if (text == NULL || text[0] < '0' || text[0] > '9' || *end != '\0' || *number < min ||
	    *number > max) {
		return verb_usage(context, "%s '%s' is not a number from %lu to %lu", what,
				  text != NULL ? text : "", min, max);
	}
	return VERB_DONE;
}

/* An option with its value: -w 512, --weight=512, --weight 512. NULL: it is not @letter's. */
static const char *sched_option(char ***argv, char letter, const char *name)
{
	const char *word = **argv;
	size_t length = strlen(name);

	if (word == NULL) {
		return NULL;
	}
	if (word[0] == '-' && word[1] == letter && word[2] == '\0') {
		return *++*argv;
	}
	if (strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, length) == 0) {
		return word[2 + length] == '=' ? word + 3 + length :
		       word[2 + length] == '\0' ? *++*argv : NULL;
	}
	return NULL;
}

static int sched_read(struct verb_context *context, char **argv, struct sched_request *request)
{
	int status = VERB_DONE;
	const char *value;

	for (; *argv != NULL && status == VERB_DONE; argv += *argv != NULL) {
		if ((value = sched_option(&argv, 'd', "domain")) != NULL) {
			request->domain[0] = (char *)value;
		} else if ((value = sched_option(&argv, 'w', "weight")) != NULL) {
			status = sched_number(context, "weight", value, 1, SCHED_MAX_WEIGHT,
					      &request->weight);
		} else if ((value = sched_option(&argv, 'c', "cap")) != NULL) {
			status = sched_number(context, "cap", value, 0, SCHED_MAX_CAP, &request->cap);
		} else if (*argv == NULL) {
			return verb_usage(context, "an option's value is missing");
		} else {
			return verb_usage(context, "unknown option '%s': there is one scheduler, without "
					  "pools and parameters", *argv);
		}
	}
	return status;
}

static int sched_run(struct verb_context *context, int argc, char **argv)
{
	struct sched_request request = { .weight = SCHED_UNSET, .cap = SCHED_UNSET };
	bool changes;
	int status = sched_read(context, argv + (argc > 0), &request);

	if (status != VERB_DONE) {
		return status;
	}
	changes = request.weight != SCHED_UNSET || request.cap != SCHED_UNSET;
	if (changes && request.domain[0] == NULL) {
		return verb_usage(context, "-d DOMAIN is missing: whose weight or cap?");
	}
	return changes ? sched_change(context, &request) : sched_list(context, &request);
}

#define SCHED_VERB(verb_name) { \
	.name = verb_name, \
	.usage = "[-d DOMAIN] [-w WEIGHT] [-c CAP]", \
	.summary = "show or set weights and caps of domains", \
	.details = "  -d DOMAIN   this one only\n" \
		   "  -w WEIGHT   its share beside others, 1 to 65535; 256 at first\n" \
		   "  -c CAP      at most so many percent of one processor; 0: no cap\n" \
		   "  --json      as JSON\n", \
	.run = sched_run, \
	.formats = VERB_HAS_JSON, \
}

const struct verb verb_sched_credit = SCHED_VERB("sched-credit");
const struct verb verb_sched_credit2 = SCHED_VERB("sched-credit2");
