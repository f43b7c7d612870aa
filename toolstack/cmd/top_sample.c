// SPDX-License-Identifier: GPL-2.0-only
/*
 * One look at all domains. A share of processor time needs two looks that are some time apart; the first shows 0.0.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/top.h"
#include "cmd/verb_domains.h"
#include "xenbus/client/xenstore.h"

#define TOP_ROWS 0x8000u
#define TOP_NO_LIMIT (1ull << 40)	/* pages: more than any machine has */
/* A look sooner than that after another, by a key, leaves the shares as they were. */
#define TOP_SHARE_NS 200000000u

static uint64_t sample_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The columns of xentop: dying, shut down, blocked, crashed, paused, running. */
static void sample_state(const struct control_info *info, char state[7])
{
	char xl[7];

	verb_xl_state(info, xl);
	snprintf(state, 7, "%c%c%c%c%c%c", xl[5], xl[3], xl[1], xl[4], xl[2], xl[0]);
}

/* Whether this look is far enough from the last one. */
static bool sample_takes_shares(const struct top *top)
{
	return top->last_ns == 0 || top->now_ns - top->last_ns >= TOP_SHARE_NS;
}

static double sample_share(const struct top *top, const struct control_info *info)
{
	struct top_before *before = &top->before[info->domid];

	if (sample_takes_shares(top)) {
		/* Another domain may have got the number since. */
		before->share = top->last_ns == 0 || info->cpu_time_ns < before->cpu_ns ? 0 :
				(double)(info->cpu_time_ns - before->cpu_ns) * 100 / (double)(top->now_ns - top->last_ns);
		before->cpu_ns = info->cpu_time_ns;
	}
	return before->share;
}

static void sample_facts(const struct top *top, const struct domain_ref *ref, struct top_row *row)
{
	const struct control_info *info = &ref->info;
	double total = top->machine.total_pages != 0 ? (double)top->machine.total_pages : 1;
	double *values = row->values;

	snprintf(row->name, sizeof(row->name), "%s", ref->name);
	sample_state(info, row->state);
	row->flags = info->flags;
	values[TOP_CPU_SECONDS] = (double)(info->cpu_time_ns / 1000000000u);
	values[TOP_CPU_SHARE] = sample_share(top, info);
	values[TOP_MEM] = (double)(info->tot_pages * 4);
	values[TOP_MEM_SHARE] = (double)info->tot_pages * 100 / total;
	values[TOP_MAX] = info->max_pages >= TOP_NO_LIMIT ? INFINITY : (double)(info->max_pages * 4);
	values[TOP_MAX_SHARE] = info->max_pages >= TOP_NO_LIMIT ? INFINITY : (double)info->max_pages * 100 / total;
	values[TOP_VCPUS] = info->online_vcpus;
}

static void sample_vcpus(struct domains_walk *walk, const struct domain_ref *ref, FILE *details)
{
	uint32_t i;

	fprintf(details, "VCPUs(sec):");
	for (i = 0; i < ref->info.vcpus; i++) {
		struct control_dom op = { .u.vcpu.vcpu = i };

		if (control_dom(&walk->control, ref->domid, CONTROL_DOM_VCPU_INFO, &op) == 0 &&
		    (op.u.vcpu.flags & CONTROL_VCPU_ONLINE) != 0) {
			fprintf(details, "  %2u: %10llus", i, (unsigned long long)op.u.vcpu.time_ns / 1000000000u);
		}
	}
	fputc('\n', details);
}

static int sample_domain(struct domains_walk *walk, const struct domain_ref *ref)
{
	struct top *top = walk->arg;
	struct error error = { 0 };
	struct top_row *row;
	FILE *details = NULL;
	size_t bytes;

	if (top->count == 0) {
		control_physinfo(&walk->control, &top->machine);
	}
	row = top_add_row(top);
	if (row == NULL) {
		error_set(&error, ENOMEM, NULL, "no memory for the table");
		return verb_fail(walk->context, NULL, &error);
	}
	sample_facts(top, ref, row);
	if (top->vcpus || top->networks || top->vbds) {
		details = open_memstream(&row->details, &bytes);
	}
	if (details != NULL && top->vcpus) {
		sample_vcpus(walk, ref, details);
	}
	top_devices(top, ref->domid, row, details);
	if (details != NULL) {
		fclose(details);
	}
	return VERB_DONE;
}

int top_sample(struct verb_context *context, struct top *top)
{
	static char *all[] = { NULL };
	int status;

	top_clear(top);
	top->now_ns = sample_clock();
	status = verb_walk_domains(context, all, sample_domain, top);
	if (sample_takes_shares(top)) {
		top->last_ns = top->now_ns;
	}
	top_sort(top);
	return status;
}

int top_open(struct top *top, struct error *error)
{
	top->before = calloc(TOP_ROWS, sizeof(*top->before));
	if (top->before == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the table");
	}
	top->store = xs_open(0);
	return 0;
}

void top_close(struct top *top)
{
	top_clear(top);
	top_devices_close(top);
	if (top->store != NULL) {
		xs_close(top->store);
	}
	free(top->rows);
	free(top->before);
}
