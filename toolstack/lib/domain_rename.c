// SPDX-License-Identifier: GPL-2.0-only
/*
 * A domain's name, in the three places that hold one: the registry, which decides; the file from
 * which the supervisor starts the domain again; the store, where others read it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/domain.h"
#include "lib/registry.h"
#include "lib/store_entries.h"
#include "lib/uuid.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

int domain_name_is_free(struct control *control, const struct registry *registry, const char *name,
			struct error *error)
{
	const struct registry_record *record = NULL;
	char object[DOMAIN_NAME_BYTES + 16];
	struct control_info info;

	while ((record = registry_find_name(registry, name, record)) != NULL) {
		if (control_info(control, record->domid, &info) == 0 &&
		    memcmp(info.handle, record->uuid, sizeof(record->uuid)) == 0) {
			snprintf(object, sizeof(object), "name '%s'", name);
			return error_set(error, EEXIST, object,
					 "domain %u has this name already", record->domid);
		}
	}
	return 0;
}

static int rename_record(struct control *control, const struct domain_ref *ref, const char *name,
			 struct error *error)
{
	const struct registry_record *found;
	struct registry_record record;
	struct registry registry;
	int rc = registry_lock(&registry, error);

	if (rc < 0) {
		return rc;
	}
	found = registry_find(&registry, ref->domid, ref->info.handle);
	if (found == NULL) {
		rc = error_set(error, ENOENT, ref->name, "has no record that could hold a name");
	} else {
		record = *found;
		rc = domain_name_is_free(control, &registry, name, error);
	}
	if (rc == 0) {
		snprintf(record.name, sizeof(record.name), "%s", name);
		rc = registry_put(&registry, &record, error);
	}
	registry_close(&registry);
	return rc;
}

static int rename_saved(const struct domain_ref *ref, const char *name, struct error *error)
{
	struct domain_config *config = calloc(1, sizeof(*config));
	struct domain_config_source source = { 0 };
	char path[128];
	int rc;

	if (config == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	domain_config_path(ref->info.handle, path, sizeof(path));
	source.path = path;
	rc = domain_config_load(&source, config, NULL, error);
	if (rc == 0) {
		snprintf(config->name, sizeof(config->name), "%s", name);
		rc = domain_save_config(config, error);
	}
	free(config);
	return rc;
}

static int rename_nodes(const struct domain_ref *ref, const char *name, struct error *error)
{
	struct xs_handle *store = NULL;
	char uuid[UUID_TEXT_BYTES], path[96];
	int rc = store_connect(&store, error);

	if (rc < 0) {
		return rc;
	}
	uuid_format(ref->info.handle, uuid);
	snprintf(path, sizeof(path), "/vm/%s/name", uuid);
	xs_write(store, XBT_NULL, path, name, (unsigned int)strlen(name));
	snprintf(path, sizeof(path), "/local/domain/%u/name", ref->domid);
	if (!xs_write(store, XBT_NULL, path, name, (unsigned int)strlen(name))) {
		rc = error_set(error, errno, path, "cannot be written: %s", strerror(errno));
	}
	xs_close(store);
	return rc;
}

int domain_rename(struct control *control, const struct domain_ref *ref, const char *name,
		  struct error *error)
{
	int rc = domain_name_check(name, error);

	if (rc == 0 && ref->domid == 0) {
		rc = error_set(error, EPERM, ref->name, "keeps its name");
	}
	if (rc == 0) {
		rc = rename_record(control, ref, name, error);
	}
	if (rc == 0) {
		rc = rename_saved(ref, name, error);
	}
	return rc == 0 ? rename_nodes(ref, name, error) : rc;
}
