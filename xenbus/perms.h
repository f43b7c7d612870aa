/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may do what to a node.
 *
 * A node's permissions are a list: the first entry names the owner and what everybody else may
 * do, each further entry one domain and what it may do. Lists are immutable and shared by
 * reference count; a child that inherits them shares its parent's list.
 *
 * Domain ids are reused. struct lives remembers for each id the generation from which on entries
 * naming it count: when a domain dies its id's mark moves past every list made so far, which
 * voids all entries of the dead domain at once, wherever they are, without a search. A void owner
 * is nobody (dom0 acts for it); a void further entry does not exist.
 */
#ifndef XENBUS_PERMS_H
#define XENBUS_PERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Domain ids that can own something: 0 to 0x7fef. */
#define PERMS_DOMIDS 0x7ff0u
#define PERMS_NO_DOMID 0xffffu
/* The most entries a message can carry: "n0" and its end are three bytes of 4096. */
#define PERMS_MAX_ENTRIES (4096 / 3)

enum perms_rights {
	PERMS_NONE = 0,
	PERMS_READ = 1,
	PERMS_WRITE = 2,
	PERMS_OWNER = 4, /* may change the list */
	PERMS_ALL = PERMS_READ | PERMS_WRITE | PERMS_OWNER,
};

struct perms_entry {
	uint16_t domid;
	uint16_t rights;
};

struct perms {
	uint32_t refs;
	uint32_t count; /* at least 1 */
	uint64_t generation;
	struct perms_entry entry[];
};

struct lives {
	uint64_t born[PERMS_DOMIDS];
};

/* On whose behalf a request is checked. */
struct subject {
	uint16_t domid;
	uint16_t target; /* the domain it acts for, or PERMS_NO_DOMID */
	bool is_privileged;
};

/* A new list with one reference, or NULL. */
struct perms *perms_create(const struct perms_entry *entries, uint32_t count, uint64_t generation);
struct perms *perms_get(struct perms *perms);
void perms_put(struct perms *perms);

/*
 * The list of a node that @subject creates below a node with @parent: the parent's; an
 * unprivileged creator owns it. Returns a reference, or NULL when memory ran out.
 */
struct perms *perms_inherit(struct perms *parent, const struct subject *subject,
			    const struct lives *lives, uint64_t generation);

bool perms_entry_is_void(const struct perms *perms, uint32_t index, const struct lives *lives);
/* The owner, 0 when the entry is void. */
uint16_t perms_owner(const struct perms *perms, const struct lives *lives);
/* The rights of @subject, out of PERMS_ALL. */
unsigned int perms_rights_of(const struct perms *perms, const struct subject *subject,
			     const struct lives *lives);

/* "n0" "r5" "b7" ...: returns 0 or -EINVAL. */
int perms_parse_entry(const char *text, struct perms_entry *entry);
/* Writes the terminated text ("b32751" at most); returns its length. */
size_t perms_format_entry(const struct perms_entry *entry, char text[8]);

#endif
