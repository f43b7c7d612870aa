// SPDX-License-Identifier: GPL-2.0-only
/*
 * info: the machine and the hypervisor. `key : value` lines; under the name xl with xl's keys, of
 * which programs read total_memory, free_memory, nr_cpus, the topology and xen_major/xen_minor.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/json.h"
#include "public/hypercall.h"
#include "public/version.h"
#include "sys/privcmd.h"

#define INFO_PAGES_PER_MIB 256ull
#define INFO_KIB_PER_PAGE 4ull

static void info_line(const char *key, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void info_line(const char *key, const char *format, ...)
{
	va_list args;

	printf("%-23s: ", key);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* A text answer of xen_version, empty when there is none. */
static void info_version_text(struct control *control, unsigned int cmd, char text[1024])
{
	char *buffer = control_buffer_get(control, 4096);

	text[0] = '\0';
	if (buffer != NULL) {
		if (hypercall_call(control->xc, __HYPERVISOR_xen_version, cmd,
				   hypercall_pointer(buffer)) >= 0) {
			snprintf(text, 1024, "%.1023s", buffer);
		}
		control_buffer_put(control, buffer, 4096);
	}
}

static void info_print_xl(struct control *control, const struct control_physinfo *machine)
{
	struct utsname host;
	char text[1024];
	long version = hypercall_call(control->xc, __HYPERVISOR_xen_version, XENVER_version, 0);

	uname(&host);
	info_line("host", "%s", host.nodename);
	info_line("release", "%s", host.release);
	info_line("version", "%s", host.version);
	info_line("machine", "%s", host.machine);
	info_line("nr_cpus", "%u", machine->cpus);
	info_line("max_cpu_id", "%u", machine->cpus - 1);
	info_line("nr_nodes", "1");
	info_line("cores_per_socket", "%u", machine->cpus);
	info_line("threads_per_core", "1");
	info_line("cpu_mhz", "%u.%03u", machine->cpu_khz / 1000, machine->cpu_khz % 1000);
	info_line("virt_caps", "pv");
	info_line("total_memory", "%llu",
		  (unsigned long long)(machine->total_pages / INFO_PAGES_PER_MIB));
	info_line("free_memory", "%llu",
		  (unsigned long long)(machine->free_pages / INFO_PAGES_PER_MIB));
	info_line("sharing_freed_memory", "0");
	info_line("sharing_used_memory", "0");
	info_line("outstanding_claims", "%llu",
		  (unsigned long long)(machine->claimed_pages / INFO_PAGES_PER_MIB));
	info_line("free_cpus", "0");
	info_line("xen_major", "%ld", version < 0 ? 0 : version >> 16);
	info_line("xen_minor", "%ld", version < 0 ? 0 : version & 0xffff);
	info_version_text(control, XENVER_extraversion, text);
	info_line("xen_extra", "%s", text);
	info_line("xen_version", "%ld.%ld%s", version < 0 ? 0 : version >> 16,
		  version < 0 ? 0 : version & 0xffff, text);
	info_version_text(control, XENVER_capabilities, text);
	info_line("xen_caps", "%s", text);
	info_line("xen_pagesize", "4096");
}

/* What -n adds, in the form of xl. Placement knows neither threads nor nodes: all processors are cores of one socket. */
static void info_print_topology(const struct control_physinfo *machine)
{
	uint32_t cpu;

	printf("cpu_topology           :\ncpu:    core    socket     node\n");
	for (cpu = 0; cpu < machine->cpus; cpu++) {
		printf("%3u:    %4u     %4u     %4u\n", cpu, cpu, 0, 0);
	}
	printf("device topology        :\nNo device topology data available\n");
	printf("numa_info              :\nnode:    memsize    memfree    distances\n");
	printf("%4u:    %6llu     %6llu      %u\n", 0,
	       (unsigned long long)(machine->total_pages / INFO_PAGES_PER_MIB),
	       (unsigned long long)(machine->free_pages / INFO_PAGES_PER_MIB), 10);
}

static void info_print(struct control *control, const struct control_physinfo *machine)
{
	uint64_t up = machine->uptime_ns / 1000000000ull;
	double busy = machine->uptime_ns == 0 ? 0 :
		      100.0 - 100.0 * (double)machine->idle_ns /
			      ((double)machine->uptime_ns * machine->cpus);
	long version = hypercall_call(control->xc, __HYPERVISOR_xen_version, XENVER_version, 0);

	info_line("hypervisor", "Lamina, guest ABI of Xen %ld.%ld, control interface %u",
		  version < 0 ? 0 : version >> 16, version < 0 ? 0 : version & 0xffff, CONTROL_VERSION);
	info_line("processors", "%u at %u MHz, %.0f %% busy since start", machine->cpus,
		  machine->cpu_khz / 1000, busy < 0 ? 0 : busy);
	info_line("total_memory", "%llu MiB",
		  (unsigned long long)(machine->total_pages / INFO_PAGES_PER_MIB));
	info_line("free_memory", "%llu MiB",
		  (unsigned long long)(machine->free_pages / INFO_PAGES_PER_MIB));
	info_line("claimed_memory", "%llu MiB",
		  (unsigned long long)(machine->claimed_pages / INFO_PAGES_PER_MIB));
	info_line("domains", "%u", machine->domains);
	info_line("vcpus_per_domain", "at most %u", machine->max_vcpus_per_domain);
	info_line("up", "%llu d %02llu:%02llu:%02llu", (unsigned long long)(up / 86400),
		  (unsigned long long)(up / 3600 % 24), (unsigned long long)(up / 60 % 60),
		  (unsigned long long)(up % 60));
}

static void info_print_json(struct json *json, struct control *control,
			    const struct control_physinfo *machine)
{
	long version = hypercall_call(control->xc, __HYPERVISOR_xen_version, XENVER_version, 0);
	struct utsname host;

	uname(&host);
	json_map(json, NULL);
	json_text(json, "hypervisor", "Lamina");
	json_text(json, "host", host.nodename);
	json_text(json, "release", host.release);
	json_number(json, "xen_major", version < 0 ? 0 : (uint64_t)version >> 16);
	json_number(json, "xen_minor", version < 0 ? 0 : (uint64_t)version & 0xffff);
	json_number(json, "control_version", CONTROL_VERSION);
	json_number(json, "processors", machine->cpus);
	json_number(json, "cpu_khz", machine->cpu_khz);
	json_number(json, "total_memory_kib", machine->total_pages * INFO_KIB_PER_PAGE);
	json_number(json, "free_memory_kib", machine->free_pages * INFO_KIB_PER_PAGE);
	json_number(json, "claimed_memory_kib", machine->claimed_pages * INFO_KIB_PER_PAGE);
	json_number(json, "domains", machine->domains);
	json_number(json, "max_vcpus_per_domain", machine->max_vcpus_per_domain);
	json_decimal(json, "up_seconds", (double)machine->uptime_ns / 1e9);
	json_decimal(json, "idle_cpu_seconds", (double)machine->idle_ns / 1e9);
	json_end(json);
}

static int info_run(struct verb_context *context, int argc, char **argv)
{
	struct control_physinfo machine;
	struct error error = { 0 };
	struct control control;
	struct json json;
	bool topology = false;
	int status, rc;

	if (argc > 1) {
		topology = strcmp(argv[1], "-n") == 0 || strcmp(argv[1], "--numa") == 0;
		if (!topology || argc > 2) {
			return verb_usage(context, "unknown argument '%s'", argv[topology ? 2 : 1]);
		}
	}
	status = verb_open_control(context, &control);
	if (status != VERB_DONE) {
		return status;
	}
	rc = control_physinfo(&control, &machine);
	if (rc < 0) {
		control_fail(&control, rc, NULL, "ask about the machine", &error);
		status = verb_fail(context, NULL, &error);
	} else if (context->format == VERB_FORMAT_JSON) {
		json_start(&json, stdout);
		info_print_json(&json, &control, &machine);
		status = verb_finish_json(context, &json, status);
	} else if (context->is_xl) {
		info_print_xl(&control, &machine);
	} else {
		info_print(&control, &machine);
	}
	if (topology && rc == 0 && context->format == VERB_FORMAT_TEXT) {
		info_print_topology(&machine);
	}
	control_close(&control);
	return status;
}

const struct verb verb_info = {
	.name = "info",
	.usage = "[-n]",
	.summary = "show the machine: processors, memory, hypervisor",
	.details = "  -n       also processors and nodes of memory\n"
		   "  --json   as JSON, memory in KiB\n",
	.run = info_run,
	.formats = VERB_HAS_JSON,
};
