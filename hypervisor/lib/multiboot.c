// SPDX-License-Identifier: GPL-2.0-only
/*
 * Multiboot 1 (specification 0.6.96) and Multiboot 2 (2.0) information into struct boot_info.
 *
 * Everything is copied: after parsing, the loader's memory may be reused, modules excepted. Lists are bounded by the sizes the
 * loader states and by the capacity of struct boot_info; entries beyond that are an error, because memory or modules that
 * we do not know about must not be guessed.
 */
#include "lib/multiboot.h"

#include "lib/checked.h"
#include "lib/string.h"

#define MB1_FLAG_CMDLINE (1u << 2)
#define MB1_FLAG_MODULES (1u << 3)
#define MB1_FLAG_MMAP    (1u << 6)
#define MB1_FLAG_LOADER  (1u << 9)

struct mb1_info {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr, syms[4], mmap_length, mmap_addr;
	u32 drives_length, drives_addr, config_table, loader;
};

struct mb1_module {
	u32 start, end, string, reserved;
};

/* An entry's size field does not count itself. */
struct mb1_range {
	u32 size;
	u64 start, bytes;
	u32 type;
} __packed;

#define MB2_TAG_END      0
#define MB2_TAG_CMDLINE  1
#define MB2_TAG_LOADER   2
#define MB2_TAG_MODULE   3
#define MB2_TAG_MMAP     6
#define MB2_TAG_RSDP_OLD 14
#define MB2_TAG_RSDP_NEW 15

struct mb2_tag {
	u32 type, bytes;
};

struct mb2_module {
	struct mb2_tag tag;
	u32 start, end;
	char string[];
};

struct mb2_mmap {
	struct mb2_tag tag;
	u32 entry_bytes, entry_version;
};

struct mb2_range {
	u64 start, bytes;
	u32 type, zero;
};

/* Copies a NUL-terminated text of unknown length, byte-wise bounded by @size and by what can be viewed. */
static void copy_text(char *to, size_t size, u64 from, multiboot_view_fn *view)
{
	size_t n;

	for (n = 0; n < size - 1; n++) {
		const char *c = view(from + n, 1);

		if (!c || !*c) {
			break;
		}
		to[n] = *c;
	}
	to[n] = '\0';
}

/* Drops the first word, the file's name, from @text. */
static void drop_first_word(char *text)
{
	size_t n = 0;

	while (text[n] && text[n] != ' ') {
		n++;
	}
	while (text[n] == ' ') {
		n++;
	}
	memmove(text, text + n, strlen(text + n) + 1);
}

/* GRUB 2 leaves the file's name out of command lines; other loaders put it first. */
static bool loader_drops_names(const struct boot_info *bi)
{
	return strncmp(bi->loader, "GRUB 2", 6) == 0 || strncmp(bi->loader, "GRUB 1.9", 8) == 0;
}

static const char *add_range(struct boot_info *bi, u64 start, u64 bytes, u32 type)
{
	u64 end;

	if (!bytes) {
		return NULL;
	}
	if (add_overflows(start, bytes, &end)) {
		bytes = ALIGN_DOWN(~start, 4096UL);
	}
	if (bi->range_count == BOOT_MAX_RANGES) {
		return "the memory map has more than 128 entries";
	}
	if (type == 0 || type > RANGE_UNUSABLE) {
		type = RANGE_RESERVED;
	}
	bi->ranges[bi->range_count++] = (struct boot_range){ start, bytes, type };
	return NULL;
}

static struct boot_module *add_module(struct boot_info *bi, u64 start, u64 end, const char **why)
{
	struct boot_module *m;

	if (bi->module_count == BOOT_MAX_MODULES) {
		*why = "more than 8 boot modules";
		return NULL;
	}
	if (end < start) {
		*why = "a boot module ends before it starts";
		return NULL;
	}
	m = &bi->modules[bi->module_count++];
	m->start = start;
	m->bytes = end - start;
	m->cmdline[0] = '\0';
	return m;
}

static const char *mb1_parse_map(const struct mb1_info *info, multiboot_view_fn *view, struct boot_info *bi)
{
	u64 at = info->mmap_addr, end = at + info->mmap_length;

	while (at < end) {
		const struct mb1_range *p = view(at, sizeof(*p));
		struct mb1_range r;
		const char *why;

		if (!p || end - at < sizeof(*p)) {
			return "the memory map is cut short";
		}
		memcpy(&r, p, sizeof(r));
		if (r.size < sizeof(r) - sizeof(r.size)) {
			return "an entry of the memory map is too small";
		}
		why = add_range(bi, r.start, r.bytes, r.type);
		if (why) {
			return why;
		}
		at += (u64)r.size + sizeof(r.size);
	}
	return NULL;
}

static const char *mb1_parse_modules(const struct mb1_info *info, multiboot_view_fn *view, struct boot_info *bi)
{
	const char *why = NULL;
	u32 i;

	for (i = 0; i < info->mods_count; i++) {
		const struct mb1_module *p = view(info->mods_addr + (u64)i * sizeof(*p), sizeof(*p));
		struct boot_module *m;
		struct mb1_module raw;

		if (!p) {
			return "the list of boot modules cannot be read";
		}
		memcpy(&raw, p, sizeof(raw));
		m = add_module(bi, raw.start, raw.end, &why);
		if (!m) {
			return why;
		}
		if (raw.string) {
			copy_text(m->cmdline, sizeof(m->cmdline), raw.string, view);
		}
		if (!loader_drops_names(bi)) {
			drop_first_word(m->cmdline);
		}
	}
	return NULL;
}

static const char *mb1_parse(u64 at, multiboot_view_fn *view, struct boot_info *bi)
{
	const struct mb1_info *p = view(at, sizeof(*p));
	struct mb1_info info;
	const char *why;

	if (!p) {
		return "the Multiboot information cannot be read";
	}
	memcpy(&info, p, sizeof(info));
	if (info.flags & MB1_FLAG_LOADER) {
		copy_text(bi->loader, sizeof(bi->loader), info.loader, view);
	}
	if (info.flags & MB1_FLAG_CMDLINE) {
		copy_text(bi->cmdline, sizeof(bi->cmdline), info.cmdline, view);
		if (!loader_drops_names(bi)) {
			drop_first_word(bi->cmdline);
		}
	}
	if (!(info.flags & MB1_FLAG_MMAP)) {
		return "the boot loader gave no memory map";
	}
	why = mb1_parse_map(&info, view, bi);
	if (!why && (info.flags & MB1_FLAG_MODULES)) {
		why = mb1_parse_modules(&info, view, bi);
	}
	return why;
}

static const char *mb2_parse_map(u64 at, u32 bytes, multiboot_view_fn *view, struct boot_info *bi)
{
	const struct mb2_mmap *p = view(at, sizeof(*p));
	struct mb2_mmap map;
	const char *why = NULL;
	u64 offset;

	if (!p || bytes < sizeof(map)) {
		return "the memory map is cut short";
	}
	memcpy(&map, p, sizeof(map));
	if (map.entry_bytes < sizeof(struct mb2_range)) {
		return "the entries of the memory map are too small";
	}
	for (offset = sizeof(map); !why && range_within(offset, sizeof(struct mb2_range), bytes); offset += map.entry_bytes) {
		const struct mb2_range *q = view(at + offset, sizeof(*q));
		struct mb2_range r;

		if (!q) {
			return "the memory map cannot be read";
		}
		memcpy(&r, q, sizeof(r));
		why = add_range(bi, r.start, r.bytes, r.type);
	}
	return why;
}

static const char *mb2_parse_module(u64 at, u32 bytes, multiboot_view_fn *view, struct boot_info *bi)
{
	const struct mb2_module *p = view(at, sizeof(*p));
	struct boot_module *m;
	struct mb2_module raw;
	const char *why = NULL;

	if (!p || bytes < sizeof(raw)) {
		return "a boot module's tag is cut short";
	}
	memcpy(&raw, p, sizeof(raw));
	m = add_module(bi, raw.start, raw.end, &why);
	if (m && bytes > sizeof(raw)) {
		copy_text(m->cmdline, MIN(sizeof(m->cmdline), bytes - sizeof(raw) + 1), at + sizeof(raw), view);
	}
	return why;
}

static const char *mb2_parse_tag(const struct mb2_tag *tag, u64 at, multiboot_view_fn *view, struct boot_info *bi)
{
	u64 body = at + sizeof(*tag);
	u32 body_bytes = tag->bytes - sizeof(*tag);
	const void *p;

	switch (tag->type) {
	case MB2_TAG_CMDLINE:
		copy_text(bi->cmdline, MIN(sizeof(bi->cmdline), body_bytes + 1), body, view);
		return NULL;
	case MB2_TAG_LOADER:
		copy_text(bi->loader, MIN(sizeof(bi->loader), body_bytes + 1), body, view);
		return NULL;
	case MB2_TAG_MODULE:
		return mb2_parse_module(at, tag->bytes, view, bi);
	case MB2_TAG_MMAP:
		return mb2_parse_map(at, tag->bytes, view, bi);
	case MB2_TAG_RSDP_OLD:
	case MB2_TAG_RSDP_NEW:
		body_bytes = MIN(body_bytes, (u32)sizeof(bi->rsdp));
		p = view(body, body_bytes);
		if (p && body_bytes > bi->rsdp_bytes) {
			memcpy(bi->rsdp, p, body_bytes);
			bi->rsdp_bytes = body_bytes;
		}
		return NULL;
	default:
		return NULL;
	}
}

static const char *mb2_parse(u64 at, multiboot_view_fn *view, struct boot_info *bi)
{
	const u32 *total = view(at, 8);
	u64 offset = 8;

	if (!total) {
		return "the Multiboot information cannot be read";
	}
	for (;;) {
		const struct mb2_tag *p = view(at + offset, sizeof(*p));
		struct mb2_tag tag;
		const char *why;

		if (!p || !range_within(offset, sizeof(tag), *total)) {
			return "the list of Multiboot tags does not end";
		}
		memcpy(&tag, p, sizeof(tag));
		if (tag.type == MB2_TAG_END) {
			return NULL;
		}
		if (tag.bytes < sizeof(tag) || !range_within(offset, tag.bytes, *total)) {
			return "a Multiboot tag has an impossible size";
		}
		why = mb2_parse_tag(&tag, at + offset, view, bi);
		if (why) {
			return why;
		}
		offset += ALIGN_UP((u64)tag.bytes, 8);
	}
}

const char *multiboot_parse(u32 magic, u64 info, multiboot_view_fn *view, struct boot_info *bi)
{
	const char *why;

	memset(bi, 0, sizeof(*bi));
	if (magic == MULTIBOOT1_MAGIC) {
		why = mb1_parse(info, view, bi);
	} else if (magic == MULTIBOOT2_MAGIC) {
		why = mb2_parse(info, view, bi);
	} else {
		why = "not started by a Multiboot loader";
	}
	if (why) {
		return why;
	}
	bi->range_count = boot_ranges_normalise(bi->ranges, bi->range_count, BOOT_MAX_RANGES);
	return bi->range_count ? NULL : "the memory map is empty or too long";
}
