/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the verbs do to domains: find by name or number, create, destroy.
 *
 * domain_create() leaves nothing behind when it fails: no domain, no name, no store node, no file.
 * domain_destroy() works with every daemon dead; what it cannot tidy up in the store then, the
 * next create or the supervisor does.
 */
#ifndef TOOLSTACK_LIB_DOMAIN_H
#define TOOLSTACK_LIB_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/control.h"
#include "lib/domain_config.h"

struct domain_ref {
	uint16_t domid;
	uint32_t place;		/* where its name stood in the registry, if it did */
	char name[DOMAIN_NAME_BYTES];
	struct control_info info;
};

/* By name, or by number when @text is all digits. -ESRCH with the nearest name as hint. */
int domain_find(struct control *control, const char *text, struct domain_ref *ref,
		struct error *error);

struct domain_create_options {
	bool paused;		/* leave it so */
	bool dry_run;		/* check everything that can be without a domain */
	/* Told of steps that take seconds; may be NULL. */
	void (*notice)(void *context, const char *text);
	void *notice_context;
	/* Told how far such a step is: bytes, UINT64_MAX at its end; may be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t total);
};

/* On success *@domid is the new domain's number (unless dry_run). Fills config->uuid. */
int domain_create(struct control *control, struct domain_config *config,
		  const struct domain_create_options *options, uint16_t *domid,
		  struct error *error);

int domain_destroy(struct control *control, const struct domain_ref *ref, struct error *error);

struct registry;
/*
 * Locks and reads the registry; domains whose creator was killed before they were complete are destroyed first, *@repaired of them.
 */
int domain_lock_repaired(struct control *control, struct registry *registry, int *repaired, struct error *error);
/* Those without a number in the locked registry only; how many. */
int domain_repair_unnumbered(struct control *control, struct registry *registry);

/* -EEXIST when a live domain has the name. Dead records are no obstacle. */
int domain_name_is_free(struct control *control, const struct registry *registry, const char *name,
			struct error *error);
/* Another name for a live domain: in the registry, its saved configuration, the store. */
int domain_rename(struct control *control, const struct domain_ref *ref, const char *name,
		  struct error *error);

/* Writes the file from which the supervisor starts the domain again. */
int domain_save_config(const struct domain_config *config, struct error *error);
/* Removes it, and what a killed writer left of another one. */
void domain_remove_config(const uint8_t uuid[16]);
/* Its name. */
void domain_config_path(const uint8_t uuid[16], char *path, size_t bytes);

#endif
