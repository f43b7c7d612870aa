// SPDX-License-Identifier: GPL-2.0-only
/*
 * The head is a fixed page: ELF header, section headers, names, notes. Readers go by the section headers, so that the order of the
 * rest is free; it is the order in which the rest is known.
 */
#include "lib/core_elf.h"

#include <elf.h>
#include <string.h>

#include "public/vcpu.h"

/* Names with their final NUL each; the first one is empty. */
static const char core_names[] = "\0.shstrtab\0.note.Xen\0.xen_prstatus\0.xen_shared_info\0.xen_p2m\0.xen_pages";

enum core_section {
	CORE_NULL,
	CORE_NAMES,
	CORE_NOTES,
	CORE_CONTEXTS,
	CORE_SHARED_INFO,
	CORE_P2M,
	CORE_PAGES,
	CORE_SECTIONS,
};

struct core_note_header {
	uint64_t magic;
	uint64_t vcpus;
	uint64_t pages;
	uint64_t page_bytes;
};

#define NOTE_NAME_BYTES 4u	/* "Xen" */
#define NOTE_BYTES(contents) (sizeof(Elf64_Nhdr) + NOTE_NAME_BYTES + (contents))
#define NAMES_OFFSET (sizeof(Elf64_Ehdr) + CORE_SECTIONS * sizeof(Elf64_Shdr))
#define NOTES_OFFSET ((NAMES_OFFSET + sizeof(core_names) + 7) / 8 * 8)
#define NOTES_BYTES (NOTE_BYTES(0) + NOTE_BYTES(sizeof(struct core_note_header)) + \
		     NOTE_BYTES(sizeof(struct core_version)) + NOTE_BYTES(sizeof(uint64_t)))
_Static_assert(NOTES_OFFSET + NOTES_BYTES <= CORE_HEAD_BYTES, "the head is one page");

static uint64_t core_page_align(uint64_t offset)
{
	return (offset + CORE_PAGE_BYTES - 1) / CORE_PAGE_BYTES * CORE_PAGE_BYTES;
}

void core_elf_place(struct core_elf *elf)
{
	elf->contexts_offset = CORE_HEAD_BYTES;
	elf->shared_info_offset = core_page_align(elf->contexts_offset + elf->vcpus * sizeof(struct vcpu_guest_context));
	elf->p2m_offset = elf->shared_info_offset + CORE_PAGE_BYTES;
	elf->pages_offset = core_page_align(elf->p2m_offset + elf->pages * sizeof(struct core_p2m));
	elf->bytes = elf->pages_offset + elf->pages * CORE_PAGE_BYTES;
}

static char *core_note(char *at, uint32_t type, const void *contents, uint32_t bytes)
{
	Elf64_Nhdr note = { .n_namesz = NOTE_NAME_BYTES, .n_descsz = bytes, .n_type = type };

	memcpy(at, &note, sizeof(note));
	memcpy(at + sizeof(note), "Xen", NOTE_NAME_BYTES);
	if (bytes != 0) {
		memcpy(at + sizeof(note) + NOTE_NAME_BYTES, contents, bytes);
	}
	return at + NOTE_BYTES(bytes);
}

static void core_notes(const struct core_elf *elf, const struct core_version *version, char *at)
{
	const struct core_note_header header = { CORE_MAGIC_PV, elf->vcpus, elf->pages, CORE_PAGE_BYTES };
	const uint64_t format = CORE_FORMAT_VERSION;

	at = core_note(at, CORE_NOTE_NONE, NULL, 0);
	at = core_note(at, CORE_NOTE_HEADER, &header, sizeof(header));
	at = core_note(at, CORE_NOTE_XEN_VERSION, version, sizeof(*version));
	core_note(at, CORE_NOTE_FORMAT_VERSION, &format, sizeof(format));
}

static void core_section_headers(const struct core_elf *elf, Elf64_Shdr *section)
{
	const uint64_t context = sizeof(struct vcpu_guest_context);
	const uint64_t p2m = sizeof(struct core_p2m);
	uint32_t name = 0;
	int i;

	section[CORE_NAMES] = (Elf64_Shdr){
		.sh_type = SHT_STRTAB, .sh_offset = NAMES_OFFSET, .sh_size = sizeof(core_names), .sh_addralign = 1,
	};
	section[CORE_NOTES] = (Elf64_Shdr){
		.sh_type = SHT_NOTE, .sh_offset = NOTES_OFFSET, .sh_size = NOTES_BYTES, .sh_addralign = 4,
	};
	section[CORE_CONTEXTS] = (Elf64_Shdr){
		.sh_offset = elf->contexts_offset, .sh_size = elf->vcpus * context, .sh_entsize = context, .sh_addralign = 8,
	};
	section[CORE_SHARED_INFO] = (Elf64_Shdr){
		.sh_offset = elf->shared_info_offset, .sh_size = CORE_PAGE_BYTES, .sh_entsize = CORE_PAGE_BYTES, .sh_addralign = 8,
	};
	section[CORE_P2M] = (Elf64_Shdr){
		.sh_offset = elf->p2m_offset, .sh_size = elf->pages * p2m, .sh_entsize = p2m, .sh_addralign = 8,
	};
	section[CORE_PAGES] = (Elf64_Shdr){
		.sh_offset = elf->pages_offset, .sh_size = elf->pages * CORE_PAGE_BYTES, .sh_entsize = CORE_PAGE_BYTES,
		.sh_addralign = CORE_PAGE_BYTES,
	};
	for (i = CORE_NAMES; i < CORE_SECTIONS; i++) {
		name += (uint32_t)strlen(core_names + name) + 1;
		section[i].sh_name = name;
		section[i].sh_type = i >= CORE_CONTEXTS ? SHT_PROGBITS : section[i].sh_type;
	}
}

void core_elf_head(const struct core_elf *elf, const struct core_version *version, char head[CORE_HEAD_BYTES])
{
	const Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT, ELFOSABI_SYSV },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = CORE_SECTIONS,
		.e_shstrndx = CORE_NAMES,
	};
	Elf64_Shdr sections[CORE_SECTIONS] = { 0 };

	memset(head, 0, CORE_HEAD_BYTES);
	core_section_headers(elf, sections);
	memcpy(head, &header, sizeof(header));
	memcpy(head + sizeof(header), sections, sizeof(sections));
	memcpy(head + NAMES_OFFSET, core_names, sizeof(core_names));
	core_notes(elf, version, head + NOTES_OFFSET);
}
