/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the verbs on devices of running domains share: the domain and the store, opened together,
 * and the forms of their arguments.
 */
#ifndef TOOLSTACK_CMD_VERB_DEVICE_H
#define TOOLSTACK_CMD_VERB_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/verb.h"
#include "lib/json.h"

struct xs_handle;

struct device_verb {
	struct control control;
	struct domain_ref ref;
	struct xs_handle *store;
};

/* Finds the domain and connects to the store; on failure says why and returns another status. */
int device_verb_open(const struct verb_context *context, const char *text,
		     struct device_verb *device);
void device_verb_close(struct device_verb *device);

/* Joins arguments by commas to one specification. VERB_DONE, or it says that it is too long. */
int device_verb_join(const struct verb_context *context, char *const words[], char *spec,
		     size_t bytes);

/*
 * What the saved configuration of the domain says from now on: @rc and @error are the answer of a domain_saved_*(). The device is
 * there, or gone, whatever that was: the verb only warns.
 */
void device_verb_remembered(const struct verb_context *context, const struct device_verb *device, int rc,
			    const struct error *error);

/* Rows of devices, as text or JSON. */
struct device_table {
	const struct verb_context *verb;
	struct json *json;	/* NULL: text */
	struct json storage;
};

/* Prints the header of a text, or begins a list. */
void device_table_start(struct device_table *table, const struct verb_context *context,
			const char *header);
/* Returns @status, or why JSON cannot be written. */
int device_table_end(struct device_table *table, int status);

/* Takes --force (first or last) out of the arguments, which must be two then. */
int device_verb_detach_arguments(const struct verb_context *context, int argc, char ***argv,
				 bool *force);

#endif
