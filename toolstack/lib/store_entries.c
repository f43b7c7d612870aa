// SPDX-License-Identifier: GPL-2.0-only
/*
 * One batch outside any transaction: nobody knows the domain before its announcement and its
 * introduction, which come last, and a batch that breaks off is removed as a whole. It saves two
 * round trips. The permissions of a folder are set before its children are made.
 */
#include "lib/store_entries.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/disk_store.h"
#include "lib/uuid.h"
#include "lib/vif_store.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

struct entries {
	struct xs_batch *batch;
	uint16_t domid;
	char base[64];
	size_t base_bytes;
};

int store_connect(struct xs_handle **store, struct error *error)
{
	*store = xs_open(XS_OPEN_SOCKETONLY);
	if (*store == NULL) {
		int code = errno != 0 ? errno : ECONNREFUSED;

		error_set(error, code, "xenstored", "is not running: no answer on %s",
			  xs_daemon_socket());
		error_set_hint(error, "start lamd, which looks after it");
		return -code;
	}
	return 0;
}

static const char *entry_path(const struct entries *entries, const char *name, char path[160])
{
	size_t bytes = strlen(name) + 1, at = entries->base_bytes;

	memcpy(path, entries->base, at);
	if (bytes > 1) {
		path[at++] = '/';
	}
	memcpy(path + at, name, bytes);
	return path;
}

static void entry_text(struct entries *entries, const char *name, const char *value)
{
	char path[160];

	xs_batch_write(entries->batch, entry_path(entries, name, path), value, (unsigned int)strlen(value));
}

static void entry_write(struct entries *entries, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void entry_write(struct entries *entries, const char *name, const char *format, ...)
{
	char path[160];
	char value[256];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	xs_batch_write(entries->batch, entry_path(entries, name, path), value,
		       (unsigned int)length);
}

/* A folder with the given owner; dom0 owns: the domain may read. The domain owns: it may write. */
static void entry_folder(struct entries *entries, const char *name, int guest_owns)
{
	struct xs_permissions perms[2] = {
		{ .id = guest_owns ? entries->domid : 0, .perms = XS_PERM_NONE },
		{ .id = entries->domid, .perms = XS_PERM_READ },
	};
	char path[160];

	entry_path(entries, name, path);
	xs_batch_mkdir(entries->batch, path);
	xs_batch_set_permissions(entries->batch, path, perms, guest_owns ? 1 : 2);
}

/* What the domain writes to: requests to it and its answers, its devices, notes of its agents. */
static void entries_add_guest_owned(struct entries *entries)
{
	static const char *const control[] = {
		"control/shutdown", "control/sysrq", "control/feature-poweroff",
		"control/feature-reboot", "control/feature-suspend",
	};
	static const char *const folders[] = { "device", "data", "error", "drivers", "attr",
					       "feature" };
	struct xs_permissions reader[2] = {
		{ .id = 0, .perms = XS_PERM_NONE },
		{ .id = entries->domid, .perms = XS_PERM_READ },
	};
	char path[160];
	size_t i;

	entry_folder(entries, "control", 1);
	for (i = 0; i < sizeof(control) / sizeof(control[0]); i++) {
		entry_text(entries, control[i], "");
	}
	/* The children are the domain's now; the folder itself is not. */
	xs_batch_set_permissions(entries->batch, entry_path(entries, "control", path), reader, 2);
	entry_text(entries, "control/platform-feature-multiprocessor-suspend", "1");
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		entry_folder(entries, folders[i], 1);
	}
	xs_batch_mkdir(entries->batch, entry_path(entries, "device/suspend/event-channel", path));
}

static void entries_add_machine(struct entries *entries, const struct domain_config *config)
{
	char name[48];
	uint32_t i;

	entry_write(entries, "memory/target", "%llu",
		    (unsigned long long)config->memory_mib * 1024);
	entry_write(entries, "memory/static-max", "%llu",
		    (unsigned long long)config->maxmem_mib * 1024);
	for (i = 0; i < config->maxvcpus; i++) {
		snprintf(name, sizeof(name), "cpu/%u/availability", i);
		entry_text(entries, name, i < config->vcpus ? "online" : "offline");
	}
}

static void entries_add_rings(struct entries *entries, const struct build_result *rings)
{
	entry_write(entries, "store/ring-ref", "%llu", (unsigned long long)rings->store_mfn);
	entry_write(entries, "store/port", "%u", rings->store_port);
	entry_write(entries, "console/ring-ref", "%llu", (unsigned long long)rings->console_mfn);
	entry_write(entries, "console/port", "%u", rings->console_port);
	entry_text(entries, "console/type", "xenconsoled");
	entry_text(entries, "console/limit", STORE_CONSOLE_LIMIT_BYTES);
	entry_text(entries, "console/output", "pty");
}

static void entries_add_vm(struct entries *entries, const struct domain_config *config,
			   const char *uuid)
{
	char path[160];

	snprintf(path, sizeof(path), "/vm/%s/name", uuid);
	xs_batch_write(entries->batch, path, config->name, (unsigned int)strlen(config->name));
	snprintf(path, sizeof(path), "/vm/%s/uuid", uuid);
	xs_batch_write(entries->batch, path, uuid, (unsigned int)strlen(uuid));
	entry_write(entries, "vm", "/vm/%s", uuid);
	entry_text(entries, "name", config->name);
	entry_write(entries, "domid", "%u", entries->domid);
}

static void entries_announce(struct entries *entries, const struct domain_config *config,
			     const struct build_result *rings)
{
	char path[64];
	char value[DOMAIN_NAME_BYTES + 16];
	int length = snprintf(value, sizeof(value), "%u %s", rings->console_port, config->name);

	snprintf(path, sizeof(path), STORE_CONSOLES "/%u", entries->domid);
	xs_batch_write(entries->batch, path, value, (unsigned int)length);
}

int store_entries_add(struct xs_handle *store, uint16_t domid,
		      const struct domain_config *config, const struct build_result *rings,
		      struct error *error)
{
	struct entries entries = { .batch = xs_batch_create(store, XBT_NULL), .domid = domid };
	char uuid[UUID_TEXT_BYTES];
	uint32_t i;

	if (entries.batch == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the domain's store nodes");
	}
	uuid_format(config->uuid, uuid);
	entries.base_bytes = (size_t)snprintf(entries.base, sizeof(entries.base), "/local/domain/%u", domid);
	entry_folder(&entries, "", 0);
	entries_add_vm(&entries, config, uuid);
	entries_add_machine(&entries, config);
	entries_add_guest_owned(&entries);
	entries_add_rings(&entries, rings);
	for (i = 0; i < config->disk_count; i++) {
		disk_store_add(entries.batch, domid, &config->disks[i]);
	}
	for (i = 0; i < config->vif_count; i++) {
		vif_store_add(entries.batch, domid, &config->vifs[i]);
	}
	entries_announce(&entries, config, rings);
	if (!xs_batch_run(entries.batch, NULL)) {
		return error_set(error, errno, "xenstored", "refused the domain's nodes: %s",
				 strerror(errno));
	}
	if (!xs_introduce_domain(store, domid, (unsigned long)rings->store_mfn,
				 rings->store_port)) {
		return error_set(error, errno, "xenstored", "cannot reach the domain's ring: %s",
				 strerror(errno));
	}
	return 0;
}

void store_entries_remove(struct xs_handle *store, uint16_t domid, const uint8_t uuid[16])
{
	struct xs_batch *batch = xs_batch_create(store, XBT_NULL);
	char text[UUID_TEXT_BYTES];
	char path[64];

	if (batch == NULL) {
		return;
	}
	uuid_format(uuid, text);
	disk_store_remove_all(batch, domid);
	vif_store_remove_all(batch, domid);
	snprintf(path, sizeof(path), STORE_CONSOLES "/%u", domid);
	xs_batch_rm(batch, path);
	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	xs_batch_rm(batch, path);
	snprintf(path, sizeof(path), "/vm/%s", text);
	xs_batch_rm(batch, path);
	xs_batch_run(batch, NULL);
	xs_release_domain(store, domid);
}
