// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to a domain that stopped. Its configuration is the file that lam create saved under
 * its UUID; a domain without one is kept as it is, because nobody said what to do.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/supervisor.h"
#include "lib/disk_store.h"
#include "lib/paths.h"
#include "lib/registry.h"
#include "lib/store_entries.h"
#include "lib/vif_store.h"
#include "public/sched.h"
#include "sys/error.h"
#include "sys/log.h"
#include "xenbus/client/xenstore.h"

static bool supervisor_is_kept(const struct supervisor *supervisor,
			       const struct control_info *info)
{
	uint32_t i;

	for (i = 0; i < supervisor->kept_count; i++) {
		if (supervisor->kept[i].domid == info->domid &&
		    memcmp(supervisor->kept[i].uuid, info->handle, sizeof(info->handle)) == 0) {
			return true;
		}
	}
	return false;
}

/* When the table is full the oldest is forgotten: it will be looked at, and kept, once more. */
static void supervisor_keep(struct supervisor *supervisor, const struct control_info *info)
{
	struct supervisor_kept *kept;

	if (supervisor->kept_count == SUPERVISOR_MAX_KEPT) {
		memmove(&supervisor->kept[0], &supervisor->kept[1],
			(SUPERVISOR_MAX_KEPT - 1) * sizeof(supervisor->kept[0]));
		supervisor->kept_count--;
	}
	kept = &supervisor->kept[supervisor->kept_count++];
	kept->domid = info->domid;
	memcpy(kept->uuid, info->handle, sizeof(kept->uuid));
}

/* The domain with this id that was kept, unless it is @handle's, is gone: the table holds live ones only. */
static void supervisor_forget(struct supervisor *supervisor, uint16_t domid, const uint8_t handle[16])
{
	uint32_t from, to = 0;

	for (from = 0; from < supervisor->kept_count; from++) {
		const struct supervisor_kept *kept = &supervisor->kept[from];

		if (kept->domid != domid ||
		    (handle != NULL && memcmp(handle, kept->uuid, sizeof(kept->uuid)) == 0)) {
			supervisor->kept[to++] = *kept;
		}
	}
	supervisor->kept_count = to;
}

static enum domain_event supervisor_event(uint32_t code)
{
	switch (code) {
	case SHUTDOWN_poweroff:
		return DOMAIN_EVENT_POWEROFF;
	case SHUTDOWN_reboot:
		return DOMAIN_EVENT_REBOOT;
	case SHUTDOWN_watchdog:
		return DOMAIN_EVENT_WATCHDOG;
	case SHUTDOWN_soft_reset:
		return DOMAIN_EVENT_SOFT_RESET;
	default:
		return DOMAIN_EVENT_CRASH;
	}
}

static void supervisor_destroy(struct supervisor *supervisor, const struct domain_ref *ref)
{
	struct error error = { 0 };
	char text[800];

	if (domain_destroy(&supervisor->control, ref, &error) < 0) {
		error_format(&error, text, sizeof(text));
		log_error("%s", text);
		supervisor->changes_seen = 0; /* tried again when the next one stops */
	}
}

/* Writes the configuration to a file of its own: the domain's goes when it is destroyed. */
static int supervisor_save(const struct domain_config *config, uint16_t domid, char path[128])
{
	static char text[DOMAIN_CONFIG_TEXT_BYTES];
	size_t length = domain_config_write(config, text, sizeof(text));
	int fd;

	snprintf(path, 128, "%s/restart-%u.cfg", LAMINA_RUN_DIR, domid);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || length >= sizeof(text) || write(fd, text, length) != (ssize_t)length) {
		int code = errno;

		if (fd >= 0) {
			close(fd);
		}
		return -code;
	}
	close(fd);
	return 0;
}

static void supervisor_restart(struct supervisor *supervisor, const struct domain_ref *ref,
			       const struct domain_config *config)
{
	char path[128];
	int rc = supervisor_save(config, ref->domid, path);

	if (rc < 0) {
		log_error("%s: cannot be started again: %s: %s", ref->name, path, strerror(-rc));
		return;
	}
	if (!supervisor_throttle_allows(supervisor, config->name)) {
		log_error("%s: started again %u times within %u s: not again", config->name,
			  SUPERVISOR_BURST, SUPERVISOR_WINDOW_SECONDS);
		unlink(path);
		return;
	}
	supervisor_job_add(supervisor, config->name, path);
}

/* The old domain stays under another name: NAME-N. */
static int supervisor_rename(struct supervisor *supervisor, const struct domain_ref *ref)
{
	char name[DOMAIN_NAME_BYTES];
	unsigned int i;
	int rc = -EEXIST;

	for (i = 1; i < 1000 && rc == -EEXIST; i++) {
		snprintf(name, sizeof(name), "%.70s-%u", ref->name, i);
		rc = domain_rename(&supervisor->control, ref, name, NULL);
	}
	return rc;
}

static void supervisor_rename_restart(struct supervisor *supervisor, const struct domain_ref *ref,
				      struct domain_config *config)
{
	int rc = supervisor_rename(supervisor, ref);

	supervisor_keep(supervisor, &ref->info);
	if (rc < 0) {
		log_error("%s: cannot be renamed, so it is not started again: %s", ref->name,
			  strerror(-rc));
		return;
	}
	config->has_uuid = false;
	supervisor_restart(supervisor, ref, config);
}

/* Keeps the domain as it is until the child has written its core. */
static bool supervisor_dump(struct supervisor *supervisor, const struct domain_ref *ref,
			    enum domain_action action)
{
	if ((action != DOMAIN_ACTION_COREDUMP_DESTROY && action != DOMAIN_ACTION_COREDUMP_RESTART) ||
	    supervisor_dump_add(supervisor, ref) < 0) {
		return false;
	}
	supervisor_keep(supervisor, &ref->info);
	return true;
}

static void supervisor_act(struct supervisor *supervisor, const struct domain_ref *ref,
			   struct domain_config *config, bool is_dumped)
{
	enum domain_event event = supervisor_event(ref->info.shutdown_code);
	enum domain_action action = config->on[event];

	if (!is_dumped && supervisor_dump(supervisor, ref, action)) {
		return;
	}
	log_info("%s (domain %u): %s: %s", ref->name, ref->domid, domain_event_name(event),
		 domain_action_name(action));
	switch (action) {
	case DOMAIN_ACTION_DESTROY:
	case DOMAIN_ACTION_COREDUMP_DESTROY:
		supervisor_destroy(supervisor, ref);
		break;
	case DOMAIN_ACTION_RESTART:
	case DOMAIN_ACTION_COREDUMP_RESTART:
		supervisor_destroy(supervisor, ref);
		supervisor_restart(supervisor, ref, config);
		break;
	case DOMAIN_ACTION_RENAME_RESTART:
		supervisor_rename_restart(supervisor, ref, config);
		break;
	case DOMAIN_ACTION_PRESERVE:
		supervisor_keep(supervisor, &ref->info);
		break;
	}
}

static void supervisor_handle(struct supervisor *supervisor, const struct control_info *info,
			      bool is_dumped)
{
	struct domain_config_source source = { 0 };
	struct domain_config *config = calloc(1, sizeof(*config));
	struct domain_ref ref = { .domid = info->domid, .info = *info };
	char path[128];

	domain_config_path(info->handle, path, sizeof(path));
	source.path = path;
	if (config == NULL || domain_config_load(&source, config, NULL, NULL) < 0) {
		log_warning("domain %u stopped and has no saved configuration: it is kept",
			    info->domid);
		supervisor_keep(supervisor, info);
	} else {
		snprintf(ref.name, sizeof(ref.name), "%s", config->name);
		supervisor_act(supervisor, &ref, config, is_dumped);
	}
	free(config);
}

void supervisor_dump_ended(struct supervisor *supervisor, const struct supervisor_kept *dumped)
{
	struct control_info info;
	uint32_t i;

	for (i = 0; i < supervisor->kept_count; i++) {
		if (memcmp(supervisor->kept[i].uuid, dumped->uuid, sizeof(dumped->uuid)) == 0 &&
		    supervisor->kept[i].domid == dumped->domid) {
			supervisor->kept[i] = supervisor->kept[--supervisor->kept_count];
			break;
		}
	}
	/* Somebody may have destroyed it meanwhile. */
	if (control_info(&supervisor->control, dumped->domid, &info) == 0 &&
	    memcmp(info.handle, dumped->uuid, sizeof(dumped->uuid)) == 0 &&
	    (info.flags & CONTROL_INFO_SHUTDOWN) != 0 && (info.flags & CONTROL_INFO_DYING) == 0) {
		supervisor_handle(supervisor, &info, true);
	}
}

static void supervisor_repair(struct supervisor *supervisor)
{
	struct registry registry;
	int count;

	if (domain_lock_repaired(&supervisor->control, &registry, &count, NULL) == 0) {
		registry_close(&registry);
	}
	if (count > 0) {
		log_warning("%d domains whose creator was killed were destroyed", count);
	}
}

static void supervisor_look_at(struct supervisor *supervisor, const struct control_info *info)
{
	if ((info->flags & CONTROL_INFO_SHUTDOWN) != 0 &&
	    (info->flags & (CONTROL_INFO_DYING | CONTROL_INFO_PRIVILEGED)) == 0 &&
	    info->shutdown_code != SHUTDOWN_suspend && !supervisor_is_kept(supervisor, info)) {
		supervisor_handle(supervisor, info, false);
	}
}

static void supervisor_look_at_all(struct supervisor *supervisor)
{
	struct control_info *rows = NULL;
	int count = control_list(&supervisor->control, &rows);
	int i;

	if (count < 0) {
		log_error("the hypervisor does not list its domains: %s", strerror(-count));
		supervisor->changes_seen = 0;
	}
	for (i = 0; i < count; i++) {
		supervisor_look_at(supervisor, &rows[i]);
	}
	free(rows);
}

static void supervisor_look_at_one(struct supervisor *supervisor, uint16_t domid)
{
	struct control_info info;
	int rc = control_info(&supervisor->control, domid, &info);

	if (rc == 0) {
		supervisor_forget(supervisor, domid, info.handle);
		supervisor_look_at(supervisor, &info);
	} else if (rc == -ESRCH) {
		supervisor_forget(supervisor, domid, NULL);
	} else {
		log_error("the hypervisor does not tell of domain %u: %s", domid, strerror(-rc));
		supervisor->changes_seen = 0;
	}
}

/* What happens while it acts is in the log too: until there is nothing new. */
void supervisor_check_domains(struct supervisor *supervisor)
{
	uint16_t domids[CONTROL_CHANGES_ROOM];
	int count, i;

	do {
		count = control_changes(&supervisor->control, &supervisor->changes_seen, domids);
		for (i = 0; i < count; i++) {
			supervisor_look_at_one(supervisor, domids[i]);
		}
	} while (count > 0);
	if (count < 0) {
		supervisor_look_at_all(supervisor);
	}
	supervisor_repair(supervisor);
}

static void supervisor_sweep_devices(struct supervisor *supervisor, uint16_t domid)
{
	struct xs_batch *batch = xs_batch_create(supervisor->store, XBT_NULL);

	if (batch != NULL) {
		disk_store_remove_all(batch, domid);
		vif_store_remove_all(batch, domid);
		xs_batch_run(batch, NULL);
	}
}

void supervisor_sweep_store(struct supervisor *supervisor)
{
	unsigned int count = 0;
	char **names = xs_directory(supervisor->store, XBT_NULL, STORE_CONSOLES, &count);
	unsigned int i;

	for (i = 0; names != NULL && i < count; i++) {
		unsigned long number = strtoul(names[i], NULL, 10);
		struct control_info info;
		char path[64];

		if (number != 0 && number < 0x7ff0 &&
		    control_info(&supervisor->control, (uint16_t)number, &info) == -ESRCH) {
			log_info("domain %lu is gone: its store nodes are removed", number);
			snprintf(path, sizeof(path), STORE_CONSOLES "/%lu", number);
			xs_rm(supervisor->store, XBT_NULL, path);
			snprintf(path, sizeof(path), "/local/domain/%lu", number);
			xs_rm(supervisor->store, XBT_NULL, path);
			supervisor_sweep_devices(supervisor, (uint16_t)number);
		}
	}
	free(names);
}
