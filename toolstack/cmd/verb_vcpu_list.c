// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcpu-list [DOMAIN...]: where virtual processors run, where they may, and where rather.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/verb_domains.h"
#include "cmd/verbs.h"
#include "lib/cpu_set.h"
#include "lib/json.h"

static const char *vcpu_state_word(const struct control_vcpu *vcpu)
{
	return (vcpu->flags & CONTROL_VCPU_ONLINE) == 0  ? "offline" :
	       (vcpu->flags & CONTROL_VCPU_RUNNING) != 0 ? "running" :
	       (vcpu->flags & CONTROL_VCPU_BLOCKED) != 0 ? "idle" : "ready";
}

struct vcpu_affinity {
	char hard[CPU_SET_TEXT_BYTES];
	char soft[CPU_SET_TEXT_BYTES];
};

static void vcpu_row_json(struct json *json, const struct domain_ref *ref,
			  const struct control_vcpu *vcpu, const struct vcpu_affinity *affinity)
{
	json_map(json, NULL);
	json_text(json, "name", ref->name);
	json_number(json, "domid", ref->domid);
	json_number(json, "vcpu", vcpu->vcpu);
	json_text(json, "state", vcpu_state_word(vcpu));
	if ((vcpu->flags & CONTROL_VCPU_ONLINE) != 0) {
		json_number(json, "cpu", vcpu->cpu);
	} else {
		json_null(json, "cpu");
	}
	json_decimal(json, "cpu_seconds", (double)vcpu->time_ns / 1e9);
	json_text(json, "affinity", affinity->hard);
	json_text(json, "soft_affinity", affinity->soft);
	json_end(json);
}

static void vcpu_row_xl(const struct domain_ref *ref, const struct control_vcpu *vcpu,
			const struct vcpu_affinity *affinity)
{
	printf("%-32s %5u %5u", ref->name, ref->domid, vcpu->vcpu);
	if ((vcpu->flags & CONTROL_VCPU_ONLINE) != 0) {
		printf(" %5u %3c%c- ", vcpu->cpu,
		       (vcpu->flags & CONTROL_VCPU_RUNNING) != 0 ? 'r' : '-',
		       (vcpu->flags & CONTROL_VCPU_BLOCKED) != 0 ? 'b' : '-');
	} else {
		printf(" %5c %3c%cp ", '-', '-', '-');
	}
	printf(" %9.1f  %s / %s\n", (double)vcpu->time_ns / 1e9, affinity->hard, affinity->soft);
}

static void vcpu_row(const struct domains_walk *walk, const struct domain_ref *ref,
		     const struct control_vcpu *vcpu, const struct vcpu_affinity *affinity)
{
	char cpu[12] = "-";

	if (walk->json != NULL) {
		vcpu_row_json(walk->json, ref, vcpu, affinity);
		return;
	}
	if (walk->context->is_xl) {
		vcpu_row_xl(ref, vcpu, affinity);
		return;
	}
	if ((vcpu->flags & CONTROL_VCPU_ONLINE) != 0) {
		snprintf(cpu, sizeof(cpu), "%u", vcpu->cpu);
	}
	printf("%-24s %5u %5u %4s  %-8s %9.1f s  %s / %s\n", ref->name, ref->domid, vcpu->vcpu, cpu,
	       vcpu_state_word(vcpu), (double)vcpu->time_ns / 1e9, affinity->hard, affinity->soft);
}

static void vcpu_set_text(const uint64_t bits[4], uint32_t cpus, char text[CPU_SET_TEXT_BYTES])
{
	struct cpu_set set;

	_Static_assert(sizeof(set) == 4 * sizeof(bits[0]), "one bit per processor");
	memcpy(&set, bits, sizeof(set));
	cpu_set_format(&set, cpus, text, CPU_SET_TEXT_BYTES);
}

static int vcpu_list_domain(struct domains_walk *walk, const struct domain_ref *ref)
{
	const uint32_t *cpus = walk->arg;
	struct vcpu_affinity affinity;
	struct error error = { 0 };
	uint32_t i;

	for (i = 0; i < ref->info.vcpus; i++) {
		struct control_dom op = { .u.vcpu.vcpu = i };
		int rc = control_dom(&walk->control, ref->domid, CONTROL_DOM_VCPU_INFO, &op);

		if (rc < 0) {
			control_fail(&walk->control, rc, ref->name, "read its processors", &error);
			return verb_fail(walk->context, NULL, &error);
		}
		vcpu_set_text(op.u.vcpu.affinity, *cpus, affinity.hard);
		vcpu_set_text(op.u.vcpu.soft, *cpus, affinity.soft);
		vcpu_row(walk, ref, &op.u.vcpu, &affinity);
	}
	return VERB_DONE;
}

static int vcpu_list_run(struct verb_context *context, int argc, char **argv)
{
	struct control_physinfo machine;
	int status;

	if (argc > 1 && argv[1][0] == '-') {
		return verb_usage(context, "unknown option '%s'", argv[1]);
	}
	status = verb_machine(context, &machine);
	if (status != VERB_DONE) {
		return status;
	}
	if (context->is_xl && context->format == VERB_FORMAT_TEXT) {
		printf("%-32s %5s %5s %5s %5s %9s %s\n", "Name", "ID", "VCPU", "CPU", "State",
		       "Time(s)", "Affinity (Hard / Soft)");
	} else if (context->format == VERB_FORMAT_TEXT) {
		printf("%-24s %5s %5s %4s  %-8s %11s  %s\n", "NAME", "ID", "VCPU", "CPU", "STATE",
		       "TIME", "MAY RUN ON / RATHER ON");
	}
	return verb_walk_domains(context, argv + 1, vcpu_list_domain, &machine.cpus);
}

const struct verb verb_vcpu_list = {
	.name = "vcpu-list",
	.usage = "[DOMAIN...]",
	.summary = "show where virtual processors run, where they may, and where rather",
	.details = "  --json   as JSON\n",
	.run = vcpu_list_run,
	.formats = VERB_HAS_JSON,
};
