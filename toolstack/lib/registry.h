/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of domains, without a daemon: a file of fixed records in /run/lamina.
 *
 * The hypervisor knows domains by number and UUID; the registry adds the name. A record counts
 * only while the hypervisor has a domain of that number with that UUID, so a record left behind by
 * a killed tool is dead by itself and its place is used again. Listing and destroying therefore
 * work when no daemon runs.
 *
 * Writers hold the file's lock from open to close; readers look without a lock, and may see a record
 * change: whoever acts on one asks the hypervisor whether number and UUID belong together. Who creates a domain holds a second lock, of the
 * domain's number, until the domain is complete: a record that is building and not held is a
 * domain whose creator was killed.
 */
#ifndef TOOLSTACK_LIB_REGISTRY_H
#define TOOLSTACK_LIB_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/domain_config.h"

struct error;

/* The number of a record whose domain is about to be made. */
#define REGISTRY_NO_DOMID 0xffffu

struct registry_record {
	uint8_t uuid[16];
	char name[DOMAIN_NAME_BYTES];	/* empty: a free place */
	uint16_t domid;
	uint8_t is_building;		/* its creator holds it, or died */
	uint8_t pad[5];
	uint64_t created;		/* seconds since 1970 */
	uint8_t reserved[16];
};
_Static_assert(sizeof(struct registry_record) == 128, "registry record");

struct registry {
	int fd;
	uint32_t first;		/* place in the file of what is the first record here */
	uint32_t count;
	struct registry_record *records;
	size_t mapped_bytes;	/* 0: a copy */
};

/* To be read; no file counts as an empty one. */
int registry_read(struct registry *registry, struct error *error);
/* Opened, locked and read, to be changed. Makes the file when there is none. */
int registry_lock(struct registry *registry, struct error *error);
/*
 * The same for one record that stands at @place, as the caller believes, which alone is read then; if that of the domain is not
 * there, all are. With it registry_find(), registry_put() and registry_remove() of this domain only.
 */
int registry_lock_record(struct registry *registry, uint32_t place, uint16_t domid, const uint8_t uuid[16],
			 struct error *error);
/* Ends them; releases the lock. */
void registry_close(struct registry *registry);

const struct registry_record *registry_find(const struct registry *registry, uint16_t domid,
					    const uint8_t uuid[16]);
/* The next record of @name behind @after (NULL: the first), or NULL. */
const struct registry_record *registry_find_name(const struct registry *registry,
						 const char *name,
						 const struct registry_record *after);

/* These need the lock. A record of the same number is replaced: its domain is gone. */
int registry_put(struct registry *registry, const struct registry_record *record,
		 struct error *error);
int registry_remove(struct registry *registry, uint16_t domid, const uint8_t uuid[16]);

/* Gives the record of REGISTRY_NO_DOMID and @uuid its number; a dead record of that number goes. Its place, or -errno. */
int registry_number(struct registry *registry, const uint8_t uuid[16], uint16_t domid,
		    struct error *error);

/* Holds @domid until the descriptor is closed, however the process ends. Or -errno. */
int registry_hold(uint16_t domid);
bool registry_is_held(const struct registry *registry, uint16_t domid);

#endif
