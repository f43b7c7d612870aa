// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a killed creator left behind. Candidates are collected first and destroyed without the
 * registry's lock, because destroying takes it. Those without a number need it: its holders make the
 * domain and number it in one go.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/domain.h"
#include "lib/registry.h"

#define REPAIR_BATCH 16

static bool repair_ref(struct control *control, uint16_t domid, const uint8_t uuid[16],
		       struct domain_ref *ref)
{
	ref->domid = domid;
	return control_info(control, domid, &ref->info) == 0 &&
	       memcmp(ref->info.handle, uuid, sizeof(ref->info.handle)) == 0;
}

/* At most a batch of domains whose creator is gone. */
static int repair_collect(struct control *control, const struct registry *registry,
			  struct domain_ref refs[REPAIR_BATCH])
{
	int found = 0;
	uint32_t i;

	for (i = 0; i < registry->count && found < REPAIR_BATCH; i++) {
		const struct registry_record *record = &registry->records[i];

		if (record->is_building && record->name[0] != '\0' &&
		    !registry_is_held(registry, record->domid) &&
		    repair_ref(control, record->domid, record->uuid, &refs[found])) {
			strcpy(refs[found].name, record->name);
			refs[found].place = i;
			found++;
		}
	}
	return found;
}

/* Whether a record without a number stands there; then its domain's UUID is copied out. */
static bool repair_find_unnumbered(const struct registry *registry, uint8_t uuid[16])
{
	uint32_t i;

	for (i = 0; i < registry->count; i++) {
		const struct registry_record *record = &registry->records[i];

		if (record->domid == REGISTRY_NO_DOMID && record->name[0] != '\0') {
			memcpy(uuid, record->uuid, sizeof(record->uuid));
			return true;
		}
	}
	return false;
}

int domain_repair_unnumbered(struct control *control, struct registry *registry)
{
	struct control_info *rows = NULL;
	uint8_t uuid[16];
	int destroyed = 0;
	int count, i;

	while (repair_find_unnumbered(registry, uuid)) {
		count = control_list(control, &rows);
		for (i = 0; i < count; i++) {
			if (memcmp(rows[i].handle, uuid, sizeof(uuid)) == 0 &&
			    (rows[i].flags & CONTROL_INFO_BUILDING) != 0 &&
			    control_destroy(control, rows[i].domid) == 0) {
				destroyed++;
			}
		}
		free(rows);
		if (count < 0 || registry_remove(registry, REGISTRY_NO_DOMID, uuid) < 0) {
			break;
		}
	}
	return destroyed;
}

int domain_lock_repaired(struct control *control, struct registry *registry, int *repaired, struct error *error)
{
	struct domain_ref refs[REPAIR_BATCH];
	int rc = registry_lock(registry, error);
	int i;

	*repaired = rc == 0 ? repair_collect(control, registry, refs) : 0;
	if (*repaired != 0) {
		registry_close(registry);
		for (i = 0; i < *repaired; i++) {
			domain_destroy(control, &refs[i], NULL);
		}
		rc = registry_lock(registry, error);
	}
	if (rc == 0) {
		*repaired += domain_repair_unnumbered(control, registry);
	}
	return rc;
}
