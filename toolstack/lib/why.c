// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records hold numbers; which words belong to them depends on the operation, whose name is the
 * hypervisor's own text. One that is not known here is shown as numbers.
 */
#include "lib/why.h"

#include <stdio.h>
#include <string.h>

#define WHY_PTE_NX (1ull << 63)

static bool why_is(const struct control_refusal *refusal, const char *start)
{
	return strncmp(refusal->operation, start, strlen(start)) == 0;
}

static void why_entry(uint64_t entry, char *text, size_t bytes)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} flags[] = {
		{ 1, " present" }, { 2, " writable" }, { 4, " user" }, { 8, " PWT" }, { 16, " PCD" },
		{ 32, " accessed" }, { 64, " dirty" }, { 128, " PSE/PAT" }, { 256, " global" },
		{ WHY_PTE_NX, " no-execute" },
	};
	int at = snprintf(text, bytes, "entry %#llx:", (unsigned long long)entry);
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if ((entry & flags[i].bit) != 0) {
			at += snprintf(text + at, bytes - (size_t)at, "%s", flags[i].name);
		}
	}
}

void why_arguments(const struct control_refusal *refusal, char text[WHY_TEXT_BYTES])
{
	unsigned long long first = refusal->args[0], second = refusal->args[1];

	if (why_is(refusal, "page-table entry")) {
		why_entry(first, text, WHY_TEXT_BYTES);
	} else if (why_is(refusal, "GNTTABOP_map_grant_ref") && refusal->frame_flags != 0) {
		snprintf(text, WHY_TEXT_BYTES, "reference %llu of domain %llu", first & 0xffffffff, first >> 32);
	} else if (why_is(refusal, "GNTTABOP_map_grant_ref")) {
		snprintf(text, WHY_TEXT_BYTES, "reference %llu of domain %llu, status %lld", first & 0xffffffff,
			 first >> 32, (long long)second);
	} else if (why_is(refusal, "GNTTABOP_copy") && first >> 32 != 0) {
		snprintf(text, WHY_TEXT_BYTES, "from domain %llu to %llu, %s frame %#llx", first >> 16 & 0xffff,
			 first & 0xffff, first >> 32 == 1 ? "source" : "target", second);
	} else if (why_is(refusal, "GNTTABOP_copy")) {
		snprintf(text, WHY_TEXT_BYTES, "from domain %llu to %llu, status %lld", first >> 16,
			 first & 0xffff, (long long)second);
	} else if (strcmp(refusal->operation, "pin") == 0) {
		snprintf(text, WHY_TEXT_BYTES, "level %llu, frame %#llx", first, second);
	} else if (refusal->frame_flags != 0 && first == 0) {
		snprintf(text, WHY_TEXT_BYTES, "frame %#llx", second);
	} else if (refusal->frame_flags != 0) {
		snprintf(text, WHY_TEXT_BYTES, "%#llx, frame %#llx", first, second);
	} else {
		snprintf(text, WHY_TEXT_BYTES, "%#llx, %#llx", first, second);
	}
}

static const char *why_type(unsigned int type)
{
	static const char *const types[] = {
		"in no particular use", "an L1 table", "an L2 table", "an L3 table", "an L4 table",
		"a descriptor table", "writable memory",
	};

	return type < sizeof(types) / sizeof(types[0]) ? types[type] : "of a type not known here";
}

static void why_owner(uint16_t owner, char text[32])
{
	if (owner < 0x7ff0) {
		snprintf(text, 32, "domain %u's", owner);
	} else {
		snprintf(text, 32, "no domain's");
	}
}

void why_frame(const struct control_refusal *refusal, char text[WHY_TEXT_BYTES])
{
	char owner[32];

	text[0] = '\0';
	if ((refusal->frame_flags & CONTROL_FRAME_KNOWN) == 0) {
		return;
	}
	why_owner(refusal->frame_owner, owner);
	snprintf(text, WHY_TEXT_BYTES, "frame %#llx: %s, %s%s%s, %u references, %u of them as that",
		 (unsigned long long)refusal->args[1], owner, why_type(refusal->frame_type),
		 (refusal->frame_flags & CONTROL_FRAME_PINNED) != 0 ? ", pinned" : "",
		 (refusal->frame_flags & CONTROL_FRAME_PARTIAL) != 0 ? ", half validated" : "",
		 refusal->frame_refs, refusal->frame_type_refs);
}

const char *why_hint(const struct control_refusal *refusal, uint16_t domid)
{
	bool is_table = refusal->frame_type >= CONTROL_FRAME_L1 && refusal->frame_type <= CONTROL_FRAME_L4;

	if ((refusal->frame_flags & CONTROL_FRAME_KNOWN) == 0) {
		return NULL;
	}
	if (refusal->frame_owner >= 0x7ff0) {
		return "no domain has this frame now: it was given back, or never was memory of a domain";
	}
	if (refusal->frame_owner != domid && !why_is(refusal, "GNTTABOP")) {
		return "memory of another domain is mapped by a grant of that domain only";
	}
	if (is_table && why_is(refusal, "page-table entry (L1)")) {
		return "map it read-only, or unpin its tree and drop it from other tables first";
	}
	if (refusal->frame_type == CONTROL_FRAME_DESCRIPTOR) {
		return "take it out of every GDT and LDT first";
	}
	if (refusal->frame_type == CONTROL_FRAME_WRITABLE && refusal->frame_type_refs != 0) {
		return "drop every writable mapping of it first; grants of it count too";
	}
	if ((refusal->frame_flags & CONTROL_FRAME_PINNED) != 0) {
		return "unpin it first";
	}
	return NULL;
}

bool why_parse_store(const char **text, struct why_store *store)
{
	unsigned long long age;
	size_t line = strcspn(*text, "\n");
	int used = 0;

	memset(store, 0, sizeof(*store));
	if (sscanf(*text, "%llu %u %31s %15[A-Z0-9]%n", &age, &store->times, store->operation, store->error,
		   &used) != 4 || (size_t)used > line || (*text)[used++] != '\t') {
		return false;
	}
	store->age_ms = age;
	/* A request may have no path. */
	if (sscanf(*text + used, "%127[^\t\n]", store->path) != 1) {
		store->path[0] = '\0';
	}
	used += (int)strcspn(*text + used, "\t\n");
	if (sscanf(*text + used, "\t%127[^\n]", store->rule) != 1) {
		return false;
	}
	*text += line + ((*text)[line] == '\n');
	return true;
}
