// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names come from the registry, life from the hypervisor: a name counts when the hypervisor has
 * that number with that UUID. No daemon is asked.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/domain.h"
#include "lib/registry.h"
#include "lib/suggest.h"
#include "sys/error.h"

#define DOMAIN_MAX_ID 0x7fefu

static int domain_no_such(const char *text, const struct registry *registry, struct error *error)
{
	char object[DOMAIN_NAME_BYTES + 16];
	struct suggest suggest;
	uint32_t i;

	snprintf(object, sizeof(object), "domain '%.80s'", text);
	error_set(error, ESRCH, object, "there is no such domain");
	suggest_start(&suggest, text);
	for (i = 0; i < registry->count; i++) {
		if (registry->records[i].name[0] != '\0') {
			suggest_offer(&suggest, registry->records[i].name);
		}
	}
	if (suggest_result(&suggest) != NULL) {
		error_set_hint(error, "the nearest name is '%.80s'", suggest_result(&suggest));
	}
	return -ESRCH;
}

static int domain_find_number(struct control *control, const struct registry *registry,
			      const char *text, struct domain_ref *ref, struct error *error)
{
	unsigned long number = strtoul(text, NULL, 10);
	const struct registry_record *record;
	int rc;

	if (strlen(text) > 6 || number > DOMAIN_MAX_ID) {
		return domain_no_such(text, registry, error);
	}
	ref->domid = (uint16_t)number;
	rc = control_info(control, ref->domid, &ref->info);
	if (rc == -ESRCH) {
		return domain_no_such(text, registry, error);
	}
	if (rc < 0) {
		return control_fail(control, rc, "domain", "look it up", error);
	}
	record = registry_find(registry, ref->domid, ref->info.handle);
	ref->place = record != NULL ? (uint32_t)(record - registry->records) : 0;
	snprintf(ref->name, sizeof(ref->name), "%s",
		 ref->domid == 0 ? "Domain-0" : record != NULL ? record->name : text);
	return 0;
}

static int domain_find_name(struct control *control, const struct registry *registry,
			    const char *text, struct domain_ref *ref, struct error *error)
{
	const struct registry_record *record = NULL;
	int rc;

	while ((record = registry_find_name(registry, text, record)) != NULL) {
		rc = control_info(control, record->domid, &ref->info);
		if (rc == 0 && memcmp(ref->info.handle, record->uuid, sizeof(record->uuid)) == 0) {
			ref->domid = record->domid;
			ref->place = (uint32_t)(record - registry->records);
			strcpy(ref->name, record->name);
			return 0;
		}
		if (rc < 0 && rc != -ESRCH) {
			return control_fail(control, rc, "domain", "look it up", error);
		}
	}
	return domain_no_such(text, registry, error);
}

int domain_find(struct control *control, const char *text, struct domain_ref *ref,
		struct error *error)
{
	struct registry registry;
	int rc = registry_read(&registry, error);

	if (rc < 0) {
		return rc;
	}
	if (strcmp(text, "Domain-0") == 0) {
		text = "0";
	}
	if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0') {
		rc = domain_find_number(control, &registry, text, ref, error);
	} else {
		rc = domain_find_name(control, &registry, text, ref, error);
	}
	registry_close(&registry);
	return rc;
}
