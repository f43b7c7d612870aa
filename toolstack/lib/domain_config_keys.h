/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of keys: one row per key says its type, its range and where its value goes. Keys of
 * xl that Lamina does not act on are in the table too, so that "unknown" means unknown to both.
 *
 * Three kinds of such keys: LATER (devices: ignoring them would build the wrong domain: refused
 * unless empty), UNUSED (a wish that is not honoured: warned about unless empty) and HVM (means
 * nothing for a paravirtual domain: warned about).
 */
#ifndef TOOLSTACK_LIB_DOMAIN_CONFIG_KEYS_H
#define TOOLSTACK_LIB_DOMAIN_CONFIG_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/domain_config.h"

enum key_kind {
	KEY_STRING,
	KEY_NUMBER32,
	KEY_NUMBER64,
	KEY_ACTION,
	KEY_TYPE,
	KEY_UUID,
	KEY_DISK,
	KEY_VIF,
	KEY_CPUS,
	KEY_CPUS_SOFT,
	KEY_LATER,
	KEY_UNUSED,
	KEY_HVM,
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t offset;		/* in struct key_values */
	uint64_t min;		/* numbers */
	uint64_t max;		/* numbers; strings: room in bytes; actions: the event */
	const char *unit;	/* LATER and UNUSED: the reason */
};

/* The domain's fields, and keys that end up combined in one of them. */
struct key_values {
	struct domain_config domain;
	char extra[MAX_GUEST_CMDLINE];
	char root[MAX_GUEST_CMDLINE];
	const struct domain_config_warnings *warnings;
	struct error *error;
	const char *hvm_key;	/* the first one of virtual hardware, or NULL */
};

struct config_entry;

/* domain_config_devices.c: the values of disk= and vif=. */
int key_read_disks(struct key_values *values, const struct config_entry *entry);
int key_read_vifs(struct key_values *values, const struct config_entry *entry);
/* domain_config_cpus.c: the value of cpus= or cpus_soft=. */
int key_read_cpus(struct key_values *values, struct cpu_sets *sets, const struct config_entry *entry);

/* The row of a key, or NULL. */
const struct key *key_find(const char *name);
/* The key whose name is nearest to @name, or NULL when none is near. */
const char *key_nearest(const char *name);

#endif
