// SPDX-License-Identifier: GPL-2.0-only
#include "cmd/verb_device.h"

#include <stdio.h>
#include <string.h>

#include "lib/store_entries.h"
#include "xenbus/client/xenstore.h"

int device_verb_open(const struct verb_context *context, const char *text,
		     struct device_verb *device)
{
	struct error error = { 0 };
	int status = verb_open_domain(context, text, &device->control, &device->ref);

	if (status != VERB_DONE) {
		return status;
	}
	if (store_connect(&device->store, &error) < 0) {
		control_close(&device->control);
		return verb_fail(context, device->ref.name, &error);
	}
	return VERB_DONE;
}

void device_verb_close(struct device_verb *device)
{
	xs_close(device->store);
	control_close(&device->control);
}

int device_verb_join(const struct verb_context *context, char *const words[], char *spec,
		     size_t bytes)
{
	size_t length = 0;
	int i;

	spec[0] = '\0';
	for (i = 0; words[i] != NULL; i++) {
		int n = snprintf(spec + length, bytes - length, "%s%s", i > 0 ? "," : "", words[i]);

		if (n < 0 || (size_t)n >= bytes - length) {
			return verb_usage(context, "the device's specification is too long");
		}
		length += (size_t)n;
	}
	return VERB_DONE;
}

void device_verb_remembered(const struct verb_context *context, const struct device_verb *device, int rc,
			    const struct error *error)
{
	if (rc < 0) {
		verb_warn(context, device->ref.name, "this is forgotten when the domain is started again: %s%s%s",
			  error->object, error->object[0] != '\0' ? ": " : "", error->sentence);
	}
}

void device_table_start(struct device_table *table, const struct verb_context *context,
			const char *header)
{
	table->verb = context;
	table->json = NULL;
	if (context->format != VERB_FORMAT_JSON) {
		puts(header);
		return;
	}
	table->json = &table->storage;
	json_start(table->json, stdout);
	json_list(table->json, NULL);
}

int device_table_end(struct device_table *table, int status)
{
	return table->json == NULL ? status : verb_finish_json(table->verb, table->json, status);
}

int device_verb_detach_arguments(const struct verb_context *context, int argc, char ***argv,
				 bool *force)
{
	if (argc > 1 && strcmp((*argv)[1], "--force") == 0) {
		*force = true;
		(*argv)++;
		argc--;
	} else if (argc > 1 && strcmp((*argv)[argc - 1], "--force") == 0) {
		*force = true;
		argc--;
	}
	if (argc != 3 || (*argv)[1][0] == '-') {
		return verb_usage(context, "a domain and a device are needed");
	}
	return VERB_DONE;
}
