// SPDX-License-Identifier: GPL-2.0-only
/*
 * top: what domains use, every few seconds. With -b as lines in the columns of xentop, which programs read; without it the same
 * table, drawn anew on the terminal until ^C.
 *
 * A share of processor time needs two looks: the first table shows 0.0. Counters of interfaces are dom0's (vifDOMID.NUMBER, whose
 * received bytes are what the guest sent); those of disks are not kept by any back end, and their columns are 0.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/terminal.h"
#include "cmd/verb_domains.h"
#include "cmd/verbs.h"
#include "xenbus/client/xenstore.h"

#define TOP_ROWS 0x8000u
#define TOP_MAX_SECONDS 86400u
#define TOP_MAX_INTERFACES 64u
#define TOP_NO_LIMIT (1ull << 40)	/* pages: more than any machine has */

struct top {
	bool batch, networks, vcpus, repeat, full;
	unsigned int delay;
	unsigned int iterations;	/* 0: until it is ended */
	uint64_t last_ns;		/* when the table before was made; 0: this is the first */
	uint64_t now_ns;
	uint64_t total_kib;
	uint64_t *cpu_ns;		/* by domain id, at the table before */
	struct xs_handle *store;	/* NULL: it does not answer */
};

static uint64_t top_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* --- devices --- */

static unsigned int top_devices(const struct top *top, const char *kind, uint16_t domid)
{
	unsigned int count = 0;
	char path[80];

	snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u", kind, domid);
	if (top->store != NULL) {
		free(xs_directory(top->store, XBT_NULL, path, &count));
	}
	return count;
}

/* A counter of the interface in dom0's kernel; false when there is no such interface. */
static bool top_counter(uint16_t domid, unsigned int number, const char *name, unsigned long long *value)
{
	char path[96];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "/sys/class/net/vif%u.%u/statistics/%s", domid, number, name);
	file = fopen(path, "r");
	if (file == NULL) {
		return false;
	}
	good = fscanf(file, "%llu", value) == 1;
	fclose(file);
	return good;
}

static unsigned long long top_sum(uint16_t domid, const char *name, unsigned int count)
{
	unsigned long long value, sum = 0;
	unsigned int i;

	for (i = 0; count != 0 && i < TOP_MAX_INTERFACES; i++) {
		sum += top_counter(domid, i, name, &value) ? value : 0;
	}
	return sum;
}

static void top_print_networks(uint16_t domid)
{
	static const char *const names[] = { "bytes", "packets", "errors", "dropped" };
	static const char *const units[] = { "bytes", "pkts", "err", "drop" };
	unsigned long long value[2][4];
	unsigned int number, i;

	for (number = 0; number < TOP_MAX_INTERFACES; number++) {
		char name[16];
		bool good = true;

		for (i = 0; i < 4; i++) {
			snprintf(name, sizeof(name), "tx_%s", names[i]);
			good = top_counter(domid, number, name, &value[0][i]) && good;
			snprintf(name, sizeof(name), "rx_%s", names[i]);
			good = top_counter(domid, number, name, &value[1][i]) && good;
		}
		if (!good) {
			continue;
		}
		printf("Net%u RX:", number);
		for (i = 0; i < 4; i++) {
			printf(" %8llu%s", value[0][i], units[i]);
		}
		printf("  TX:");
		for (i = 0; i < 4; i++) {
			printf(" %8llu%s", value[1][i], units[i]);
		}
		printf("\n");
	}
}

/* --- rows --- */

static void top_print_vcpus(struct domains_walk *walk, const struct domain_ref *ref)
{
	uint32_t i;

	printf("VCPUs(sec):");
	for (i = 0; i < ref->info.vcpus; i++) {
		struct control_dom op = { .u.vcpu.vcpu = i };

		if (control_dom(&walk->control, ref->domid, CONTROL_DOM_VCPU_INFO, &op) == 0 &&
		    (op.u.vcpu.flags & CONTROL_VCPU_ONLINE) != 0) {
			printf("  %2u: %10llus", i, (unsigned long long)op.u.vcpu.time_ns / 1000000000u);
		}
	}
	printf("\n");
}

/* The columns of xentop: dying, shut down, blocked, crashed, paused, running. */
static void top_state(const struct control_info *info, char state[7])
{
	char xl[7];

	verb_xl_state(info, xl);
	snprintf(state, 7, "%c%c%c%c%c%c", xl[5], xl[3], xl[1], xl[4], xl[2], xl[0]);
}

static double top_share(const struct top *top, const struct control_info *info)
{
	uint64_t before = top->cpu_ns[info->domid];

	/* Another domain may have got the number since. */
	if (top->last_ns == 0 || info->cpu_time_ns < before || top->now_ns <= top->last_ns) {
		return 0;
	}
	return (double)(info->cpu_time_ns - before) * 100 / (double)(top->now_ns - top->last_ns);
}

static void top_print_limit(const struct top *top, const struct control_info *info)
{
	uint64_t kib = info->max_pages * 4;

	if (info->max_pages >= TOP_NO_LIMIT) {
		printf(" %10s %9s", "no limit", "n/a");
	} else {
		printf(" %10llu %9.1f", (unsigned long long)kib, (double)kib * 100 / (double)top->total_kib);
	}
}

static int top_row(struct domains_walk *walk, const struct domain_ref *ref)
{
	const struct control_info *info = &ref->info;
	struct top *top = walk->arg;
	unsigned int nets = top_devices(top, "vif", ref->domid);
	uint64_t kib = info->tot_pages * 4;
	char state[7];

	top_state(info, state);
	printf(top->full ? "%10s" : "%10.10s", ref->name);
	printf(" %6s %10llu %6.1f %10llu %6.1f", state, (unsigned long long)info->cpu_time_ns / 1000000000u,
	       top_share(top, info), (unsigned long long)kib, (double)kib * 100 / (double)top->total_kib);
	top_print_limit(top, info);
	printf(" %5u %4u %8llu %8llu", info->online_vcpus, nets, top_sum(ref->domid, "rx_bytes", nets) / 1024,
	       top_sum(ref->domid, "tx_bytes", nets) / 1024);
	printf(" %4u %8d %8d %8d %10d %10d %4d\n", top_devices(top, "vbd", ref->domid), 0, 0, 0, 0, 0, 0);
	if (top->vcpus) {
		top_print_vcpus(walk, ref);
	}
	if (top->networks) {
		top_print_networks(ref->domid);
	}
	top->cpu_ns[ref->domid] = info->cpu_time_ns;
	return VERB_DONE;
}

static int top_table(struct verb_context *context, struct top *top)
{
	static char *all[] = { NULL };
	int status;

	if (top->last_ns == 0 || top->repeat || !top->batch) {
		printf("%10s %6s %10s %6s %10s %6s %10s %9s %5s %4s %8s %8s %4s %8s %8s %8s %10s %10s %4s\n",
		       "NAME", "STATE", "CPU(sec)", "CPU(%)", "MEM(k)", "MEM(%)", "MAXMEM(k)", "MAXMEM(%)",
		       "VCPUS", "NETS", "NETTX(k)", "NETRX(k)", "VBDS", "VBD_OO", "VBD_RD", "VBD_WR",
		       "VBD_RSECT", "VBD_WSECT", "SSID");
	}
	top->now_ns = top_clock();
	status = verb_walk_domains(context, all, top_row, top);
	top->last_ns = top->now_ns;
	return status;
}

/* --- the verb --- */

static bool top_number(const char *text, unsigned int *value)
{
	char *end;
	unsigned long number;

	if (text == NULL || text[0] < '0' || text[0] > '9') {
		return false;
	}
	number = strtoul(text, &end, 10);
	*value = (unsigned int)number;
	return *end == '\0' && number >= 1 && number <= TOP_MAX_SECONDS;
}

static bool *top_switch(struct top *top, const char *text)
{
	const struct {
		const char *name;
		const char *full;
		bool *place;
	} all[] = {
		{ "-b", "--batch", &top->batch },
		{ "-n", "--networks", &top->networks },
		{ "-v", "--vcpus", &top->vcpus },
		{ "-r", "--repeat-header", &top->repeat },
		{ "-f", "--full-name", &top->full },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(text, all[i].name) == 0 || strcmp(text, all[i].full) == 0) {
			return all[i].place;
		}
	}
	return NULL;
}

static int top_parse(const struct verb_context *context, int argc, char **argv, struct top *top)
{
	int i;

	for (i = 1; i < argc; i++) {
		bool *place = top_switch(top, argv[i]);
		bool is_delay = strcmp(argv[i], "-d") == 0;

		if (place != NULL) {
			*place = true;
		} else if (is_delay || strcmp(argv[i], "-i") == 0) {
			/* argv ends with NULL. */
			if (!top_number(argv[++i], is_delay ? &top->delay : &top->iterations)) {
				return verb_usage(context, "%s needs a number from 1 to %u",
						  is_delay ? "-d" : "-i", TOP_MAX_SECONDS);
			}
		} else {
			return verb_usage(context, "unknown argument '%s'", argv[i]);
		}
	}
	if (!top->batch && !terminal_is_live(context, stdout) && !isatty(STDOUT_FILENO)) {
		return verb_usage(context, "the output is no terminal: -b prints lines");
	}
	return VERB_DONE;
}

static int top_loop(struct verb_context *context, struct top *top)
{
	unsigned int i;
	int status = VERB_DONE;

	for (i = 0; status == VERB_DONE && (top->iterations == 0 || i < top->iterations); i++) {
		if (i != 0) {
			sleep(top->delay);
		}
		if (!top->batch) {
			fputs("\033[H\033[J", stdout);
		}
		status = top_table(context, top);
		if (fflush(stdout) != 0) {
			break; /* main says so */
		}
	}
	return status;
}

static int top_run(struct verb_context *context, int argc, char **argv)
{
	struct top top = { .delay = 3 };
	struct control_physinfo machine;
	struct error error = { 0 };
	int status = top_parse(context, argc, argv, &top);

	if (status == VERB_DONE) {
		status = verb_machine(context, &machine);
	}
	if (status != VERB_DONE) {
		return status;
	}
	top.total_kib = machine.total_pages != 0 ? machine.total_pages * 4 : 1;
	top.cpu_ns = calloc(TOP_ROWS, sizeof(*top.cpu_ns));
	if (top.cpu_ns == NULL) {
		error_set(&error, ENOMEM, NULL, "no memory for the table");
		return verb_fail(context, NULL, &error);
	}
	top.store = xs_open(0);
	if (top.store == NULL) {
		verb_warn(context, NULL, "the store does not answer: devices are not counted");
	}
	status = top_loop(context, &top);
	if (top.store != NULL) {
		xs_close(top.store);
	}
	free(top.cpu_ns);
	return status;
}

const struct verb verb_top = {
	.name = "top",
	.usage = "[-b] [-d SECONDS] [-i TABLES] [-n] [-v] [-r] [-f]",
	.summary = "show what domains use, every few seconds",
	.details = "  -b, --batch          lines, without drawing on the terminal\n"
		   "  -d SECONDS           between tables (3)\n"
		   "  -i TABLES            how many (until ^C)\n"
		   "  -n, --networks       a line for each interface\n"
		   "  -v, --vcpus          a line with the time of each virtual processor\n"
		   "  -r, --repeat-header  before each table\n"
		   "  -f, --full-name      do not cut names\n",
	.run = top_run,
};
