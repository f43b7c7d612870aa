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

/* Kept domains that are gone, so that the table holds live ones only. */
static void supervisor_forget_gone(struct supervisor *supervisor, const struct control_info *rows,
				   int count)
{
	uint32_t from, to = 0;
	int i;

	for (from = 0; from < supervisor->kept_count; from++) {
		for (i = 0; i < count; i++) {
			if (rows[i].domid == supervisor->kept[from].domid &&
			    memcmp(rows[i].handle, supervisor->kept[from].uuid, 16) == 0) {
				supervisor->kept[to++] = supervisor->kept[from];
				break;
			}
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

/* Tells readers of the store the new name; they get by without. */
static void supervisor_store_name(struct supervisor *supervisor, uint16_t domid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
	if (supervisor->store != NULL &&
	    !xs_write(supervisor->store, XBT_NULL, path, name, (unsigned int)strlen(name))) {
		log_warning("%s: the store keeps its old name: %s", name, strerror(errno));
	}
}

/* The old domain stays under another name: NAME-N. */
static int supervisor_rename(struct supervisor *supervisor, const struct domain_ref *ref)
{
	const struct registry_record *found;
	struct registry_record record;
	struct registry registry;
	unsigned int i;
	int rc = registry_lock(&registry, NULL);

	if (rc < 0) {
		return rc;
	}
	found = registry_find(&registry, ref->domid, ref->info.handle);
	rc = found != NULL ? 0 : -ENOENT;
	if (rc == 0) {
		record = *found;
		for (i = 1; i < 1000; i++) {
			snprintf(record.name, sizeof(record.name), "%.70s-%u", ref->name, i);
			if (registry_find_name(&registry, record.name, NULL) == NULL) {
				break;
			}
		}
		rc = registry_put(&registry, &record, NULL);
	}
	registry_close(&registry);
	if (rc == 0) {
		supervisor_store_name(supervisor, ref->domid, record.name);
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

static void supervisor_act(struct supervisor *supervisor, const struct domain_ref *ref,
			   struct domain_config *config)
{
	enum domain_event event = supervisor_event(ref->info.shutdown_code);
	enum domain_action action = config->on[event];

	log_info("%s (domain %u): %s: %s", ref->name, ref->domid, domain_event_name(event),
		 domain_action_name(action));
	switch (action) {
	case DOMAIN_ACTION_DESTROY:
		supervisor_destroy(supervisor, ref);
		break;
	case DOMAIN_ACTION_RESTART:
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

static void supervisor_handle(struct supervisor *supervisor, const struct control_info *info)
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
		supervisor_act(supervisor, &ref, config);
	}
	free(config);
}

static void supervisor_repair(struct supervisor *supervisor)
{
	struct registry registry;
	int count = domain_repair(&supervisor->control);

	if (registry_lock(&registry, NULL) == 0) {
		count += domain_repair_unnumbered(&supervisor->control, &registry);
		registry_close(&registry);
	}
	if (count > 0) {
		log_warning("%d domains whose creator was killed were destroyed", count);
	}
}

void supervisor_check_domains(struct supervisor *supervisor)
{
	struct control_info *rows = NULL;
	int count = control_list(&supervisor->control, &rows);
	int i;

	if (count < 0) {
		log_error("the hypervisor does not list its domains: %s", strerror(-count));
		return;
	}
	supervisor_forget_gone(supervisor, rows, count);
	for (i = 0; i < count; i++) {
		if ((rows[i].flags & CONTROL_INFO_SHUTDOWN) != 0 &&
		    (rows[i].flags & (CONTROL_INFO_DYING | CONTROL_INFO_PRIVILEGED)) == 0 &&
		    rows[i].shutdown_code != SHUTDOWN_suspend &&
		    !supervisor_is_kept(supervisor, &rows[i])) {
			supervisor_handle(supervisor, &rows[i]);
		}
	}
	free(rows);
	supervisor_repair(supervisor);
}

static void supervisor_sweep_disks(struct supervisor *supervisor, uint16_t domid)
{
	struct xs_batch *batch = xs_batch_create(supervisor->store, XBT_NULL);

	if (batch != NULL) {
		disk_store_remove_all(batch, domid);
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
			supervisor_sweep_disks(supervisor, (uint16_t)number);
		}
	}
	free(names);
}
