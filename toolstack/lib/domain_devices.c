// SPDX-License-Identifier: GPL-2.0-only
/*
 * See domain_devices.h. The registry's lock orders those who change saved configurations at the same time.
 */
#include "lib/domain_devices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/domain.h"
#include "lib/registry.h"
#include "sys/error.h"

int domain_config_put_disk(struct domain_config *config, const struct disk_config *disk, struct error *error)
{
	domain_config_drop_disk(config, disk->number);
	if (config->disk_count == DISK_MAX) {
		return error_set(error, ENOSPC, NULL, "a configuration has at most %u disks", DISK_MAX);
	}
	config->disks[config->disk_count++] = *disk;
	return 0;
}

bool domain_config_drop_disk(struct domain_config *config, uint32_t number)
{
	uint32_t i;

	for (i = 0; i < config->disk_count; i++) {
		if (config->disks[i].number == number) {
			config->disk_count--;
			memmove(&config->disks[i], &config->disks[i + 1],
				(config->disk_count - i) * sizeof(config->disks[0]));
			return true;
		}
	}
	return false;
}

/* From now on its number does not depend on its place. */
static void devices_number_vifs(struct domain_config *config)
{
	uint32_t i;

	for (i = 0; i < config->vif_count; i++) {
		if (!config->vifs[i].has_number) {
			config->vifs[i].number = i;
			config->vifs[i].has_number = true;
		}
	}
}

int domain_config_put_vif(struct domain_config *config, const struct vif_config *vif, struct error *error)
{
	domain_config_drop_vif(config, vif->number);
	if (config->vif_count == VIF_MAX) {
		return error_set(error, ENOSPC, NULL, "a configuration has at most %u interfaces", VIF_MAX);
	}
	config->vifs[config->vif_count] = *vif;
	config->vifs[config->vif_count++].has_number = true;
	return 0;
}

bool domain_config_drop_vif(struct domain_config *config, uint32_t number)
{
	uint32_t i;

	devices_number_vifs(config);
	for (i = 0; i < config->vif_count; i++) {
		if (config->vifs[i].number == number) {
			config->vif_count--;
			memmove(&config->vifs[i], &config->vifs[i + 1], (config->vif_count - i) * sizeof(config->vifs[0]));
			return true;
		}
	}
	return false;
}

/* --- saved ones --- */

struct devices_change {
	const struct disk_config *disk;
	const struct vif_config *vif;
	uint32_t number;
	/* 1: changed, 0: nothing to do, or -errno. */
	int (*make)(struct domain_config *config, const struct devices_change *change, struct error *error);
};

static int devices_change_locked(const uint8_t uuid[16], const struct devices_change *change, struct error *error)
{
	struct domain_config *config = calloc(1, sizeof(*config));
	struct domain_config_source source = { 0 };
	char path[128];
	int rc;

	if (config == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	domain_config_path(uuid, path, sizeof(path));
	source.path = path;
	rc = domain_config_load(&source, config, NULL, error);
	if (rc == 0) {
		rc = change->make(config, change, error);
	}
	if (rc > 0) {
		memcpy(config->uuid, uuid, sizeof(config->uuid));
		config->has_uuid = true;
		rc = domain_save_config(config, error);
	}
	free(config);
	return rc;
}

static int devices_change(const uint8_t uuid[16], const struct devices_change *change, struct error *error)
{
	struct registry registry;
	int rc = registry_lock(&registry, error);

	if (rc < 0) {
		return rc;
	}
	rc = devices_change_locked(uuid, change, error);
	registry_close(&registry);
	return rc;
}

static int devices_put_disk(struct domain_config *config, const struct devices_change *change, struct error *error)
{
	int rc = domain_config_put_disk(config, change->disk, error);

	return rc < 0 ? rc : 1;
}

static int devices_put_vif(struct domain_config *config, const struct devices_change *change, struct error *error)
{
	int rc = domain_config_put_vif(config, change->vif, error);

	return rc < 0 ? rc : 1;
}

static int devices_drop_disk(struct domain_config *config, const struct devices_change *change, struct error *error)
{
	(void)error;
	return domain_config_drop_disk(config, change->number);
}

static int devices_drop_vif(struct domain_config *config, const struct devices_change *change, struct error *error)
{
	(void)error;
	return domain_config_drop_vif(config, change->number);
}

int domain_saved_put_disk(const uint8_t uuid[16], const struct disk_config *disk, struct error *error)
{
	return devices_change(uuid, &(struct devices_change){ .disk = disk, .make = devices_put_disk }, error);
}

int domain_saved_put_vif(const uint8_t uuid[16], const struct vif_config *vif, struct error *error)
{
	return devices_change(uuid, &(struct devices_change){ .vif = vif, .make = devices_put_vif }, error);
}

int domain_saved_drop_disk(const uint8_t uuid[16], uint32_t number, struct error *error)
{
	return devices_change(uuid, &(struct devices_change){ .number = number, .make = devices_drop_disk }, error);
}

int domain_saved_drop_vif(const uint8_t uuid[16], uint32_t number, struct error *error)
{
	return devices_change(uuid, &(struct devices_change){ .number = number, .make = devices_drop_vif }, error);
}
