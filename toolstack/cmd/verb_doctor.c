// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor [--apply]: looks for what keeps domains from working, says what to do about it, and with
 * --apply does what can be done without asking: domains whose creator died are destroyed, nodes of
 * domains that are gone are removed from the store.
 *
 * Every check works without the daemons; what needs the store is left out when it is not there,
 * which is a finding of its own. Exit status: 0 when nothing is wrong any more, 1 otherwise.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/doctor_judge.h"
#include "cmd/doctor_mappers.h"
#include "cmd/terminal.h"
#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/registry.h"
#include "lib/run_lock.h"
#include "lib/store_entries.h"
#include "lib/uuid.h"
#include "xenbus/client/xenstore.h"

#define DOCTOR_PAGES_PER_MIB 256ull
#define DOCTOR_MAX_DOMID 0x7fefu
#define DOCTOR_DYING_US 500000u	/* tear-down of a healthy domain is over by then */

struct doctor {
	struct verb_context *context;
	struct control control;
	struct control_info *rows;
	int count;
	bool apply;
	unsigned int findings;
	unsigned int repaired;
};

static void doctor_say(struct doctor *doctor, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One finding: what is wrong, then, behind a newline in the text, what to do. */
static void doctor_say(struct doctor *doctor, const char *format, ...)
{
	char text[512];
	char *hint;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hint = strchr(text, '\n');
	if (hint != NULL) {
		*hint++ = '\0';
	}
	printf("%s%s%s\n", terminal_paint(doctor->context, stdout, TERMINAL_BAD), text,
	       terminal_paint(doctor->context, stdout, TERMINAL_PLAIN));
	if (hint != NULL) {
		printf("    %s\n", hint);
	}
	doctor->findings++;
}

/* Asked anew: the list may be older than the domain. */
static bool doctor_is_gone(struct doctor *doctor, uint16_t domid)
{
	struct control_info info;

	return control_info(&doctor->control, domid, &info) == -ESRCH;
}

static void doctor_repaired(struct doctor *doctor)
{
	printf("    done\n");
	doctor->repaired++;
}

/* --- dom0 ------------------------------------------------------------------------------------ */

static void doctor_check_devices(struct doctor *doctor)
{
	static const struct {
		const char *path;
		const char *module;
		const char *what;
	} devices[] = {
		{ "/dev/xen/privcmd", "xen-privcmd", "no hypercall can be made" },
		{ "/dev/xen/evtchn", "xen-evtchn", "no daemon hears of events" },
		{ "/dev/xen/gntdev", "xen-gntdev", "no back end reaches its guests" },
		{ "/dev/xen/xenbus_backend", "xenfs", "dom0's kernel has no store" },
		{ "/dev/net/tun", "tun", "there can be no network interfaces" },
	};
	size_t i;

	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (access(devices[i].path, F_OK) < 0) {
			doctor_say(doctor, "%s is missing: %s\nmodprobe %s", devices[i].path, devices[i].what,
				   devices[i].module);
		}
	}
}

static void doctor_check_daemons(struct doctor *doctor)
{
	static const struct {
		const char *name;
		const char *what;
	} daemons[] = {
		{ "lamd", "nobody restarts domains and daemons\nstart lamd (systemctl start lamd)" },
		{ "xenconsoled", "no console is read, no domain can be created\nlamd starts it" },
		{ "lam-blkd", "no guest reaches its disks\nlamd starts it" },
		{ "lam-netd", "no guest reaches its network\nlamd starts it" },
	};
	size_t i;

	for (i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++) {
		if (!run_lock_is_held(daemons[i].name)) {
			doctor_say(doctor, "%s is not running: %s", daemons[i].name, daemons[i].what);
		}
	}
}

/* MemAvailable of dom0 in MiB; UINT64_MAX when the kernel does not say. */
static uint64_t doctor_dom0_mib(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	unsigned long long kib;
	uint64_t mib = UINT64_MAX;
	char line[128];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "MemAvailable: %llu", &kib) == 1) {
			mib = kib / 1024;
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	return mib;
}

static void doctor_check_memory(struct doctor *doctor)
{
	struct control_physinfo machine;
	char text[JUDGE_TEXT_BYTES];

	if (control_physinfo(&doctor->control, &machine) == 0 &&
	    judge_machine_memory(machine.free_pages / DOCTOR_PAGES_PER_MIB, text)) {
		doctor_say(doctor, "%s", text);
	}
	if (judge_dom0_memory(doctor_dom0_mib(), text)) {
		doctor_say(doctor, "%s", text);
	}
}

/* --- domains --------------------------------------------------------------------------------- */

static const char *doctor_name(const struct registry *registry, const struct control_info *info)
{
	const struct registry_record *record = registry_find(registry, info->domid, info->handle);

	return record != NULL ? record->name : "no name";
}

/* Who keeps the pages: every domain that has mapped grants is asked how many of them are the zombie's. */
static void doctor_find_holders(struct doctor *doctor, const struct registry *registry,
				struct judge_zombie *zombie)
{
	uint32_t grants;
	int i;

	for (i = 0; i < doctor->count && zombie->holder_count < JUDGE_MAX_HOLDERS; i++) {
		const struct control_info *info = &doctor->rows[i];
		struct judge_holder *holder = &zombie->holders[zombie->holder_count];

		if (info->mapped_grants == 0 ||
		    control_grants_held(&doctor->control, info->domid, zombie->info->domid, &grants) < 0 ||
		    grants == 0) {
			continue;
		}
		holder->domid = info->domid;
		holder->grants = grants;
		snprintf(holder->name, sizeof(holder->name), "%s", doctor_name(registry, info));
		zombie->holder_count++;
	}
}

static void doctor_check_dying(struct doctor *doctor, const struct registry *registry,
			       const struct control_info *info, const char *name)
{
	struct judge_zombie zombie = { .info = info, .name = name };
	char processes[200], text[JUDGE_TEXT_BYTES];
	struct control_info now;

	usleep(DOCTOR_DYING_US);
	if (control_info(&doctor->control, info->domid, &now) < 0) {
		return;
	}
	zombie.info = &now;
	doctor_find_holders(doctor, registry, &zombie);
	doctor_find_mappers(processes, sizeof(processes));
	zombie.dom0_processes = processes;
	if (judge_zombie(&zombie, text)) {
		doctor_say(doctor, "%s", text);
	}
}

static void doctor_check_domain(struct doctor *doctor, const struct registry *registry,
				const struct control_info *info)
{
	const char *name = doctor_name(registry, info);
	char text[JUDGE_TEXT_BYTES];

	if ((info->flags & CONTROL_INFO_DYING) != 0) {
		doctor_check_dying(doctor, registry, info, name);
		return;
	}
	if ((info->flags & CONTROL_INFO_SHUTDOWN) != 0) {
		/* As its configuration wants: no finding. */
		printf("domain %u (%s) has stopped and is kept\n    lam destroy %u ends it\n", info->domid, name,
		       info->domid);
	}
	if (judge_grant_frames(info, name, text)) {
		doctor_say(doctor, "%s", text);
	}
}

/* What a creator that was killed has left: found as lam create finds it, judged by what is there afterwards. */
static void doctor_repair_half_built(struct doctor *doctor, uint16_t domid)
{
	struct registry registry;
	int repaired;

	if (doctor->apply) {
		if (domain_lock_repaired(&doctor->control, &registry, &repaired, NULL) == 0) {
			registry_close(&registry);
		}
		if (doctor_is_gone(doctor, domid)) {
			doctor_repaired(doctor);
		}
	}
}

/* Killed between making a domain and writing its number down. */
static void doctor_repair_unnumbered(struct doctor *doctor)
{
	struct registry registry;
	int count;

	if (!doctor->apply || registry_lock(&registry, NULL) < 0) {
		return;
	}
	count = domain_repair_unnumbered(&doctor->control, &registry);
	registry_close(&registry);
	if (count > 0) {
		printf("%d domains that had no number yet were left half built\n    destroyed\n", count);
	}
}

static void doctor_check_domains(struct doctor *doctor)
{
	struct registry registry = { 0 };
	struct error error = { 0 };
	int i;

	if (registry_read(&registry, &error) < 0) {
		doctor_say(doctor, "the registry of names cannot be read: %s", error.sentence);
	}
	for (i = 1; i < doctor->count; i++) {
		const struct registry_record *record =
			registry_find(&registry, doctor->rows[i].domid, doctor->rows[i].handle);

		doctor_check_domain(doctor, &registry, &doctor->rows[i]);
		if (record != NULL && record->is_building &&
		    !registry_is_held(&registry, doctor->rows[i].domid)) {
			doctor_say(doctor, "domain %u (%s) was left half built: its creator died\n"
				   "lam doctor --apply, or the next lam create, destroys it",
				   doctor->rows[i].domid, record->name);
			doctor_repair_half_built(doctor, doctor->rows[i].domid);
		}
	}
	registry_close(&registry);
	doctor_repair_unnumbered(doctor);
}

/* --- the store ------------------------------------------------------------------------------- */

/* A whole decimal number that a domain can have; other names below /local/domain are not ours to judge. */
static bool doctor_parse_domid(const char *name, uint16_t *domid)
{
	char *end;
	unsigned long number = strtoul(name, &end, 10);

	*domid = (uint16_t)number;
	return name[0] >= '0' && name[0] <= '9' && *end == '\0' && number <= DOCTOR_MAX_DOMID;
}

/* The UUID that the nodes of a domain that is gone name, so that /vm is tidied too; zeros otherwise. */
static void doctor_stale_uuid(struct xs_handle *store, uint16_t domid, uint8_t uuid[16])
{
	unsigned int length = 0;
	char path[64];
	char *vm;

	memset(uuid, 0, 16);
	snprintf(path, sizeof(path), "/local/domain/%u/vm", domid);
	vm = xs_read(store, XBT_NULL, path, &length);
	if (vm != NULL && strncmp(vm, "/vm/", 4) == 0) {
		uuid_parse(vm + 4, uuid);
	}
	free(vm);
}

static void doctor_check_nodes(struct doctor *doctor, struct xs_handle *store)
{
	unsigned int count = 0, i;
	char **names = xs_directory(store, XBT_NULL, "/local/domain", &count);
	uint8_t uuid[16];

	for (i = 0; names != NULL && i < count; i++) {
		uint16_t domid;

		if (!doctor_parse_domid(names[i], &domid) || !doctor_is_gone(doctor, domid)) {
			continue;
		}
		doctor_say(doctor, "the store has nodes of domain %u, which is gone\n"
			   "lam doctor --apply removes them", domid);
		if (doctor->apply) {
			doctor_stale_uuid(store, domid, uuid);
			store_entries_remove(store, domid, uuid);
			doctor_repaired(doctor);
		}
	}
	free(names);
}

/* Domains that come near a limit of the store. */
static void doctor_check_usage(struct doctor *doctor, struct xs_handle *store)
{
	char percent[8], text[JUDGE_TEXT_BYTES];
	char *answer, *line, *rest;

	snprintf(percent, sizeof(percent), "%u", JUDGE_FULL_PERCENT);
	answer = xs_control_command(store, "usage", percent, (unsigned int)strlen(percent) + 1);
	for (line = answer; line != NULL && (rest = strchr(line, '\n')) != NULL; line = rest + 1) {
		*rest = '\0';
		if (judge_store_usage(line, text)) {
			doctor_say(doctor, "%s", text);
		}
	}
	free(answer);
}

static void doctor_check_store(struct doctor *doctor)
{
	struct xs_handle *store = NULL;
	struct error error = { 0 };

	if (store_connect(&store, &error) < 0) {
		doctor_say(doctor, "xenstored does not answer: %s\nlamd starts it", error.sentence);
		return;
	}
	doctor_check_nodes(doctor, store);
	doctor_check_usage(doctor, store);
	xs_close(store);
}

static int doctor_finish(struct doctor *doctor)
{
	if (doctor->findings == 0) {
		printf("nothing is wrong: %d domains\n", doctor->count);
	} else {
		printf("%u findings, %u repaired\n", doctor->findings, doctor->repaired);
	}
	return doctor->findings == doctor->repaired ? VERB_DONE : VERB_FAILED;
}

static int doctor_run(struct verb_context *context, int argc, char **argv)
{
	struct doctor doctor = { .context = context };
	struct error error = { 0 };
	int status;

	if (argc == 2 && strcmp(argv[1], "--apply") == 0) {
		doctor.apply = true;
	} else if (argc > 1) {
		return verb_usage(context, "unknown argument '%s'", argv[1]);
	}
	doctor_check_devices(&doctor);
	status = verb_open_control(context, &doctor.control);
	if (status != VERB_DONE) {
		return status;
	}
	doctor.count = control_list(&doctor.control, &doctor.rows);
	if (doctor.count < 0) {
		control_fail(&doctor.control, doctor.count, NULL, "list the domains", &error);
		status = verb_fail(context, NULL, &error);
	} else {
		doctor_check_daemons(&doctor);
		doctor_check_memory(&doctor);
		doctor_check_domains(&doctor);
		doctor_check_store(&doctor);
		status = doctor_finish(&doctor);
	}
	free(doctor.rows);
	control_close(&doctor.control);
	return status;
}

const struct verb verb_doctor = {
	.name = "doctor",
	.usage = "[--apply]",
	.summary = "look for what keeps domains from working, and what to do about it",
	.details = "  --apply   do what can be done without asking\n",
	.run = doctor_run,
};
