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
#include "public/hypercall.h"
#include "public/version.h"
#include "sys/privcmd.h"

#define INFO_PAGES_PER_MIB 256ull

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

static int info_run(struct verb_context *context, int argc, char **argv)
{
	struct control_physinfo machine;
	struct error error = { 0 };
	struct control control;
	int status, rc;

	if (argc > 1 && strcmp(argv[1], "-n") != 0) {
		return verb_usage(context, "unknown argument '%s'", argv[1]);
	}
	status = verb_open_control(context, &control);
	if (status != VERB_DONE) {
		return status;
	}
	rc = control_physinfo(&control, &machine);
	if (rc < 0) {
		control_fail(&control, rc, NULL, "ask about the machine", &error);
		status = verb_fail(context, NULL, &error);
	} else if (context->is_xl) {
		info_print_xl(&control, &machine);
	} else {
		info_print(&control, &machine);
	}
	control_close(&control);
	return status;
}

const struct verb verb_info = {
	.name = "info",
	.usage = "",
	.summary = "show the machine: processors, memory, hypervisor",
	.run = info_run,
};
