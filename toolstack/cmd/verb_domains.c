// SPDX-License-Identifier: GPL-2.0-only
/*
 * See verb_domains.h. Two sources and no daemon: the hypervisor's rows and the registry's names.
 */
#include "cmd/verb_domains.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/registry.h"

static int walk_named(struct domains_walk *walk, char **names, domains_each_fn each)
{
	struct error error = { 0 };
	struct domain_ref ref;
	int status = VERB_DONE;

	for (; *names != NULL && status == VERB_DONE; names++) {
		status = domain_find(&walk->control, *names, &ref, &error) < 0 ?
			 verb_fail(walk->context, NULL, &error) : each(walk, &ref);
	}
	return status;
}

static int walk_rows(struct domains_walk *walk, const struct registry *registry,
		     domains_each_fn each)
{
	struct error error = { 0 };
	struct control_info *rows = NULL;
	int count = control_list(&walk->control, &rows);
	int status = VERB_DONE;
	int i;

	if (count < 0) {
		control_fail(&walk->control, count, NULL, "list the domains", &error);
		return verb_fail(walk->context, NULL, &error);
	}
	for (i = 0; i < count && status == VERB_DONE; i++) {
		const struct registry_record *record =
			registry_find(registry, rows[i].domid, rows[i].handle);
		struct domain_ref ref = { .domid = rows[i].domid, .info = rows[i] };

		strcpy(ref.name, ref.domid == 0 ? "Domain-0" :
				 record != NULL ? record->name : "(none)");
		status = each(walk, &ref);
	}
	free(rows);
	return status;
}

static int walk_all(struct domains_walk *walk, domains_each_fn each)
{
	struct error error = { 0 };
	struct registry registry;
	int status;

	if (registry_read(&registry, &error) < 0) {
		return verb_fail(walk->context, NULL, &error);
	}
	status = walk_rows(walk, &registry, each);
	registry_close(&registry);
	return status;
}

int verb_walk_domains(struct verb_context *context, char **names, domains_each_fn each, void *arg)
{
	struct domains_walk walk = { .context = context, .arg = arg };
	struct json json;
	int status = verb_open_control(context, &walk.control);

	if (status != VERB_DONE) {
		return status;
	}
	if (context->format == VERB_FORMAT_JSON) {
		walk.json = &json;
		json_start(&json, stdout);
		json_list(&json, NULL);
	}
	status = *names != NULL ? walk_named(&walk, names, each) : walk_all(&walk, each);
	control_close(&walk.control);
	return walk.json != NULL ? verb_finish_json(context, &json, status) : status;
}
