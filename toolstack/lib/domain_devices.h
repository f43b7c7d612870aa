/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices that a running domain is given or loses: what its configuration is then, and the saved one from which it is started again.
 */
#ifndef TOOLSTACK_LIB_DOMAIN_DEVICES_H
#define TOOLSTACK_LIB_DOMAIN_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/domain_config.h"

struct error;

/* A device more, or another one of the same number. -ENOSPC: a configuration has no room for it. */
int domain_config_put_disk(struct domain_config *config, const struct disk_config *disk, struct error *error);
int domain_config_put_vif(struct domain_config *config, const struct vif_config *vif, struct error *error);
/* Without the device of that number; false: there was none. Interfaces keep the numbers that they have by their places. */
bool domain_config_drop_disk(struct domain_config *config, uint32_t number);
bool domain_config_drop_vif(struct domain_config *config, uint32_t number);

/*
 * The same in the saved configuration of the domain with that UUID. -ENOENT: it has none. Nothing is written when nothing changes.
 */
int domain_saved_put_disk(const uint8_t uuid[16], const struct disk_config *disk, struct error *error);
int domain_saved_put_vif(const uint8_t uuid[16], const struct vif_config *vif, struct error *error);
int domain_saved_drop_disk(const uint8_t uuid[16], uint32_t number, struct error *error);
int domain_saved_drop_vif(const uint8_t uuid[16], uint32_t number, struct error *error);

#endif
