/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See elf.h. Field layouts: System V ABI, ELF-64 object file format. Every offset is checked against the buffer before it is read, and
 * every structure is copied out of it, since it may not be aligned.
 */
#include "lib/elf.h"

#include "lib/checked.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "public/elfnote.h"

#define PT_LOAD   1
#define PT_NOTE   4
#define EM_X86_64 62
#define PHDRS_MAX 64

struct ehdr {
	u8 ident[16];
	u16 type, machine;
	u32 version;
	u64 entry, phoff, shoff;
	u32 flags;
	u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct phdr {
	u32 type, flags;
	u64 offset, vaddr, paddr, filesz, memsz, align;
};

struct nhdr {
	u32 namesz, descsz, type;
};

struct view {
	const u8 *bytes;
	u64 size;
};

static bool take(const struct view *v, u64 offset, void *to, u64 bytes)
{
	if (!range_within(offset, bytes, v->size)) {
		return false;
	}
	memcpy(to, v->bytes + offset, bytes);
	return true;
}

/* A note's number: 4 or 8 bytes. */
static u64 note_number(const u8 *desc, u32 bytes)
{
	u64 v = 0;

	memcpy(&v, desc, bytes >= 8 ? 8 : bytes >= 4 ? 4 : 0);
	return v;
}

static bool text_begins(const u8 *desc, u32 bytes, const char *word)
{
	return bytes >= strlen(word) && !memcmp(desc, word, strlen(word));
}

static void read_note(struct elf_kernel *k, u32 type, const u8 *desc, u32 bytes, bool *entry_seen)
{
	u64 number = note_number(desc, bytes);

	switch (type) {
	case XEN_ELFNOTE_ENTRY:
		k->entry = number;
		*entry_seen = true;
		break;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		k->hypercall_page = number;
		break;
	case XEN_ELFNOTE_VIRT_BASE:
		k->virt_base = number;
		break;
	case XEN_ELFNOTE_PADDR_OFFSET:
		k->paddr_offset = number;
		break;
	case XEN_ELFNOTE_INIT_P2M:
		k->init_p2m = number;
		break;
	case XEN_ELFNOTE_MOD_START_PFN:
		k->mod_start_pfn = number != 0 || text_begins(desc, bytes, "yes");
		break;
	case XEN_ELFNOTE_SUPPORTED_FEATURES:
		k->supported_features = number;
		k->has_supported_features = true;
		break;
	default:
		break;
	}
}

/* Walks one PT_NOTE segment; notes of other owners are skipped, a broken one ends the walk. */
static void read_notes(const struct view *v, const struct phdr *ph, struct elf_kernel *k, bool *entry_seen)
{
	u64 at = ph->offset, end = ph->offset + ph->filesz;
	struct nhdr n;

	while (at < end && range_within(at, sizeof(n), end) && take(v, at, &n, sizeof(n))) {
		u64 name = at + sizeof(n), desc = name + ALIGN_UP((u64)n.namesz, 4), next = desc + ALIGN_UP((u64)n.descsz, 4);

		if (next > ALIGN_UP(end, 4) || desc + n.descsz > v->size) {
			return;
		}
		if (n.namesz == 4 && !memcmp(v->bytes + name, "Xen", 4)) {
			read_note(k, n.type, v->bytes + desc, n.descsz, entry_seen);
		}
		at = next;
	}
}

static const char *read_load(const struct view *v, const struct phdr *ph, struct elf_kernel *k)
{
	u64 end;

	if (!range_within(ph->offset, ph->filesz, v->size)) {
		return "has a segment that lies beyond its end: the file is truncated";
	}
	if (ph->filesz > ph->memsz || add_overflows(ph->paddr, ph->memsz, &end)) {
		return "has a segment with an impossible size";
	}
	if (k->segment_count == ELF_MAX_SEGMENTS) {
		return "has more loadable segments than are supported (16)";
	}
	if (ph->memsz == 0) {
		return NULL;
	}
	k->segments[k->segment_count++] = (struct elf_segment){ ph->paddr, ph->offset, ph->filesz, ph->memsz };
	k->paddr_start = MIN(k->paddr_start, ph->paddr);
	k->paddr_end = MAX(k->paddr_end, end);
	return NULL;
}

static const char *parse(const struct view *v, struct elf_kernel *k)
{
	static const u8 magic[6] = { 0x7f, 'E', 'L', 'F', 2, 1 };
	bool entry_seen = false;
	struct ehdr eh;
	struct phdr ph;
	u32 i;

	if (!take(v, 0, &eh, sizeof(eh)) || memcmp(eh.ident, magic, sizeof(magic)) || eh.machine != EM_X86_64) {
		return "is not an ELF64 image for x86-64";
	}
	if (eh.phentsize != sizeof(ph) || eh.phnum == 0 || eh.phnum > PHDRS_MAX) {
		return "has no usable program headers";
	}
	k->paddr_start = ~0ULL;
	k->entry = eh.entry;
	for (i = 0; i < eh.phnum; i++) {
		const char *why = NULL;

		if (!take(v, eh.phoff + (u64)i * sizeof(ph), &ph, sizeof(ph))) {
			return "is cut off in its program headers";
		}
		if (ph.type == PT_LOAD) {
			why = read_load(v, &ph, k);
		} else if (ph.type == PT_NOTE && range_within(ph.offset, ph.filesz, v->size)) {
			read_notes(v, &ph, k, &entry_seen);
		}
		if (why) {
			return why;
		}
	}
	if (k->segment_count == 0) {
		return "has nothing to load";
	}
	return entry_seen ? NULL : "has no Xen ELF notes: it was built without PV support";
}

int elf_parse_kernel(const void *image, u64 bytes, struct elf_kernel *ret, const char **why)
{
	struct view v = { image, bytes };

	memset(ret, 0, sizeof(*ret));
	*why = parse(&v, ret);
	return *why ? -ENOEXEC : 0;
}
