// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images as a linker would lay them out: headers and notes in the first page of the file, then the
 * text, then one page of data.
 */
#include "kernel_maker.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "public/elfnote.h"

#define PAGE 4096u

static char *note_add(char *at, uint32_t type, uint64_t value)
{
	Elf64_Nhdr note = { 4, 8, type };

	memcpy(at, &note, sizeof(note));
	memcpy(at + sizeof(note), "Xen", 4);
	memcpy(at + sizeof(note) + 4, &value, 8);
	return at + sizeof(note) + 12;
}

static size_t notes_make(char *at, const struct kernel_options *o)
{
	uint64_t virt = o->virt_base + o->address;
	char *start = at;

	at = note_add(at, XEN_ELFNOTE_ENTRY, virt + 16);
	at = note_add(at, XEN_ELFNOTE_VIRT_BASE, o->virt_base);
	if (o->init_p2m != 0) {
		at = note_add(at, XEN_ELFNOTE_INIT_P2M, o->init_p2m);
	}
	if (o->mod_start_pfn) {
		at = note_add(at, XEN_ELFNOTE_MOD_START_PFN, 1);
	}
	if (o->hypercall_page) {
		at = note_add(at, XEN_ELFNOTE_HYPERCALL_PAGE, virt + PAGE);
	}
	return (size_t)(at - start);
}

char *kernel_make_elf(const struct kernel_options *options, size_t *bytes)
{
	struct kernel_options o = *options;
	uint32_t text;
	char *image;
	Elf64_Ehdr *eh;
	Elf64_Phdr *ph;
	uint32_t i;

	o.virt_base = o.virt_base != 0 ? o.virt_base : KERNEL_VIRT_BASE;
	o.address = o.address != 0 ? o.address : KERNEL_ADDRESS;
	text = (o.text_pages != 0 ? o.text_pages : 3) * PAGE;
	*bytes = PAGE + text + PAGE;
	image = calloc(1, *bytes);
	eh = (void *)image;
	ph = (void *)(image + sizeof(*eh));
	memcpy(eh->e_ident, ELFMAG, SELFMAG);
	eh->e_ident[EI_CLASS] = ELFCLASS64;
	eh->e_ident[EI_DATA] = ELFDATA2LSB;
	eh->e_type = ET_EXEC;
	eh->e_machine = EM_X86_64;
	eh->e_phoff = sizeof(*eh);
	eh->e_phentsize = sizeof(*ph);
	eh->e_phnum = 3;
	ph[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = PAGE, .p_paddr = o.address,
			      .p_vaddr = o.virt_base + o.address, .p_filesz = text, .p_memsz = text };
	ph[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = PAGE + text,
			      .p_paddr = o.address + text, .p_filesz = PAGE - 100,
			      .p_memsz = PAGE + (uint64_t)o.bss_pages * PAGE };
	ph[2] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = 1024 };
	ph[2].p_filesz = notes_make(image + 1024, &o);
	for (i = 0; i < text; i++) {
		image[PAGE + i] = (char)kernel_text_byte(i);
	}
	memset(image + PAGE + text, 0xda, PAGE);
	return image;
}

char *kernel_make_bzimage(const char *payload, size_t payload_bytes, size_t *bytes)
{
	uint32_t offset = 0x300;
	uint32_t length = (uint32_t)payload_bytes;
	uint16_t flag = 0xaa55, version = 0x20f;
	size_t setup = 3 * 512;
	char *image;

	*bytes = setup + offset + payload_bytes;
	image = calloc(1, *bytes);
	image[0x1f1] = 2;
	memcpy(image + 0x1fe, &flag, 2);
	memcpy(image + 0x202, "HdrS", 4);
	memcpy(image + 0x206, &version, 2);
	memcpy(image + 0x248, &offset, 4);
	memcpy(image + 0x24c, &length, 4);
	memcpy(image + setup + offset, payload, payload_bytes);
	return image;
}

int kernel_make_file(const char *data, size_t bytes)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, data, bytes) != (ssize_t)bytes) {
		close(fd);
		return -1;
	}
	return fd;
}
