// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisor first: whatever else fails, the memory is free again. Then the name, the saved
 * configuration and, when xenstored answers, the nodes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/console_client.h"
#include "lib/domain.h"
#include "lib/registry.h"
#include "lib/store_entries.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

static void domain_forget(const struct domain_ref *ref)
{
	struct registry registry;
	bool is_locked = registry_lock_record(&registry, ref->place, ref->domid, ref->info.handle, NULL) == 0;

	/* Under the lock: nobody writes a file again that he has read before. */
	domain_remove_config(ref->info.handle);
	if (is_locked) {
		registry_remove(&registry, ref->domid, ref->info.handle);
		registry_close(&registry);
	}
}

int domain_destroy(struct control *control, const struct domain_ref *ref, struct error *error)
{
	struct xs_handle *store = NULL;
	char object[DOMAIN_NAME_BYTES + 16];
	int rc;

	snprintf(object, sizeof(object), "domain '%s'", ref->name);
	if (ref->domid == 0 || (ref->info.flags & CONTROL_INFO_PRIVILEGED) != 0) {
		return error_set(error, EPERM, object, "is not destroyed: this tool runs in it");
	}
	/* Others let go of its pages when its nodes vanish, so those go first when they can. */
	if (store_connect(&store, NULL) == 0) {
		store_entries_remove(store, ref->domid, ref->info.handle);
	}
	rc = control_destroy(control, ref->domid);
	if (store == NULL) {
		/* No announcement went away, so the console daemon would keep the ring mapped. */
		console_client_tell_gone(ref->domid);
	}
	if (rc == 0 || rc == -ESRCH) {
		domain_forget(ref);
		rc = 0;
	} else {
		control_fail(control, rc, object, "destroy it", error);
	}
	if (store != NULL) {
		xs_close(store);
	}
	return rc;
}
