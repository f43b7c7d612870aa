// SPDX-License-Identifier: GPL-2.0-only
/*
 * Permission lists. Nothing here knows nodes or connections: the rule "who may" is one pure
 * function of list, subject and marks.
 */
#include "xenbus/perms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xenbus/memory.h"

struct perms *perms_create(const struct perms_entry *entries, uint32_t count, uint64_t generation)
{
	struct perms *perms = memory_allocate(sizeof(*perms) + count * sizeof(entries[0]));

	if (perms == NULL) {
		return NULL;
	}
	perms->refs = 1;
	perms->count = count;
	perms->generation = generation;
	memcpy(perms->entry, entries, count * sizeof(entries[0]));
	return perms;
}

struct perms *perms_get(struct perms *perms)
{
	perms->refs++;
	return perms;
}

void perms_put(struct perms *perms)
{
	if (perms != NULL && --perms->refs == 0) {
		memory_free(perms);
	}
}

bool perms_entry_is_void(const struct perms *perms, uint32_t index, const struct lives *lives)
{
	return perms->generation < lives->born[perms->entry[index].domid];
}

uint16_t perms_owner(const struct perms *perms, const struct lives *lives)
{
	return perms_entry_is_void(perms, 0, lives) ? 0 : perms->entry[0].domid;
}

struct perms *perms_inherit(struct perms *parent, const struct subject *subject,
			    const struct lives *lives, uint64_t generation)
{
	struct perms *perms;
	uint32_t i;

	if (subject->is_privileged ||
	    (parent->entry[0].domid == subject->domid && !perms_entry_is_void(parent, 0, lives))) {
		return perms_get(parent);
	}
	perms = perms_create(parent->entry, parent->count, generation);
	if (perms == NULL) {
		return NULL;
	}
	perms->entry[0].domid = subject->domid;
	/* The copy has a new generation: void entries must not come to life in it. */
	perms->count = 1;
	for (i = 1; i < parent->count; i++) {
		if (!perms_entry_is_void(parent, i, lives)) {
			perms->entry[perms->count++] = parent->entry[i];
		}
	}
	return perms;
}

static bool perms_entry_names(const struct perms_entry *entry, const struct subject *subject)
{
	return entry->domid == subject->domid || entry->domid == subject->target;
}

unsigned int perms_rights_of(const struct perms *perms, const struct subject *subject,
			     const struct lives *lives)
{
	uint32_t i;

	if (subject->is_privileged) {
		return PERMS_ALL;
	}
	if (perms_entry_names(&perms->entry[0], subject) && !perms_entry_is_void(perms, 0, lives)) {
		return PERMS_ALL;
	}
	for (i = 1; i < perms->count; i++) {
		if (perms_entry_names(&perms->entry[i], subject) &&
		    !perms_entry_is_void(perms, i, lives)) {
			return perms->entry[i].rights;
		}
	}
	return perms->entry[0].rights;
}

static const char perms_letters[] = "nrwb";

int perms_parse_entry(const char *text, struct perms_entry *entry)
{
	const char *letter = text[0] != '\0' ? strchr(perms_letters, text[0]) : NULL;
	uint32_t domid = 0;
	size_t i;

	if (letter == NULL || text[1] == '\0') {
		return -EINVAL;
	}
	for (i = 1; text[i] != '\0'; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return -EINVAL;
		}
		domid = domid * 10 + (uint32_t)(text[i] - '0');
		if (domid >= PERMS_DOMIDS) {
			return -EINVAL;
		}
	}
	entry->domid = (uint16_t)domid;
	entry->rights = (uint16_t)(letter - perms_letters);
	return 0;
}

size_t perms_format_entry(const struct perms_entry *entry, char text[8])
{
	return (size_t)snprintf(text, 8, "%c%u", perms_letters[entry->rights & 3],
				entry->domid & 0x7fffu);
}
