// SPDX-License-Identifier: GPL-2.0-only
/*
 * config-update DOMAIN FILE [KEY=VALUE...]: another saved configuration for a domain that runs. It
 * counts when the domain is started again; nothing changes before.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

static void update_warn(void *context, const char *text)
{
	const struct verb_context *verb = context;

	fprintf(stderr, "%s %s: warning: %s\n", verb->program, verb->verb->name, text);
}

static int update_save(struct verb_context *context, const struct domain_ref *ref,
		       const struct domain_config_source *source, struct error *error)
{
	const struct domain_config_warnings warnings = { update_warn, context };
	struct domain_config *config = calloc(1, sizeof(*config));
	int rc;

	if (config == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	rc = domain_config_load(source, config, &warnings, error);
	if (rc == 0) {
		/* It stays the same domain. */
		if (strcmp(config->name, ref->name) != 0) {
			update_warn(context, "the name in the file is ignored: rename gives another one");
		}
		snprintf(config->name, sizeof(config->name), "%s", ref->name);
		memcpy(config->uuid, ref->info.handle, sizeof(config->uuid));
		config->has_uuid = true;
		rc = domain_save_config(config, error);
	}
	free(config);
	return rc;
}

static int update_run(struct verb_context *context, int argc, char **argv)
{
	struct domain_config_source source = { 0 };
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	int status;
	int rc;

	if (argc < 3) {
		return verb_usage(context, "a domain and a configuration file are needed");
	}
	source.path = argv[2];
	source.overrides = argv + 3;
	source.count = (size_t)(argc - 3);
	status = verb_open_domain(context, argv[1], &control, &ref);
	if (status != VERB_DONE) {
		return status;
	}
	control_close(&control);
	rc = ref.domid == 0 ? error_set(&error, EPERM, ref.name, "has no configuration") :
			      update_save(context, &ref, &source, &error);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_config_update = {
	.name = "config-update",
	.usage = "DOMAIN FILE [KEY=VALUE...]",
	.summary = "save another configuration for the next start of a running domain",
	.run = update_run,
};
