// SPDX-License-Identifier: GPL-2.0-only
/*
 * core-check FILE [TEXT]: whether FILE is a core of a paravirtual domain as lam dump-core writes it, read by the format's rules and
 * not with the writer's code: sections by name, notes, sizes that agree, pages in order of their numbers.
 *
 * With TEXT: some page begins an occurrence of it, and the first processor's page tables, walked inside the file by CR3 and the list
 * of frames, map Linux's address of that page (0xffffffff80000000 and its number) to that page. So list, tables and pages agree.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u
#define CONTEXT_BYTES 5168u
#define CONTEXT_CR3 0x1390u /* ctrlreg[3] */
#define KERNEL_MAP 0xffffffff80000000ull
#define ENTRY_MFN(entry) (((entry) >> 12) & 0xffffffffffull)

struct pair {
	uint64_t pfn;
	uint64_t gmfn;
};

static const char *core;
static uint64_t core_bytes;
static const struct pair *p2m;
static const char *pages;
static uint64_t page_count;

static void require(int good, const char *what)
{
	if (!good) {
		printf("core-check: not so: %s\n", what);
		exit(1);
	}
}

static const Elf64_Shdr *section(const char *name)
{
	const Elf64_Ehdr *header = (const void *)core;
	const Elf64_Shdr *all = (const void *)(core + header->e_shoff);
	const char *names = core + all[header->e_shstrndx].sh_offset;
	int i;

	for (i = 1; i < header->e_shnum; i++) {
		if (strcmp(names + all[i].sh_name, name) == 0) {
			require(all[i].sh_offset + all[i].sh_size <= core_bytes, "a section lies in the file");
			return &all[i];
		}
	}
	printf("core-check: no section %s\n", name);
	exit(1);
}

/* The contents of the note of a type, which must have @bytes. */
static const uint64_t *note(uint32_t type, uint32_t bytes)
{
	const Elf64_Shdr *notes = section(".note.Xen");
	const char *at = core + notes->sh_offset;
	const char *end = at + notes->sh_size;

	while (at < end) {
		const Elf64_Nhdr *header = (const void *)at;

		require(header->n_namesz == 4 && strcmp(at + sizeof(*header), "Xen") == 0, "notes are named Xen");
		if (header->n_type == type) {
			require(header->n_descsz == bytes, "a note has its size");
			return (const void *)(at + sizeof(*header) + 4);
		}
		at += sizeof(*header) + 4 + (header->n_descsz + 3) / 4 * 4;
	}
	printf("core-check: no note %#x\n", type);
	exit(1);
}

static const char *page_of_mfn(uint64_t mfn)
{
	uint64_t i;

	for (i = 0; i < page_count; i++) {
		if (p2m[i].gmfn == mfn) {
			return pages + i * PAGE;
		}
	}
	return NULL;
}

/* The page that the first processor sees at @address. */
static const char *translate(uint64_t address)
{
	const char *context = core + section(".xen_prstatus")->sh_offset;
	uint64_t cr3 = *(const uint64_t *)(const void *)(context + CONTEXT_CR3);
	uint64_t mfn = cr3 >> 12;
	int shift;

	for (shift = 39; shift >= 12; shift -= 9) {
		const uint64_t *table = (const void *)page_of_mfn(mfn);

		require(table != NULL, "a page table is among the pages");
		require(table[address >> shift & 511] & 1, "the kernel's address is mapped");
		mfn = ENTRY_MFN(table[address >> shift & 511]);
	}
	return page_of_mfn(mfn);
}

static void check_structure(void)
{
	const Elf64_Ehdr *header = (const void *)core;
	const uint64_t *facts;
	uint64_t i;

	require(memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 && header->e_ident[EI_CLASS] == ELFCLASS64, "ELF of 64 bits");
	require(header->e_type == ET_CORE && header->e_machine == EM_X86_64 && header->e_phnum == 0, "a core of x86-64");
	note(0x2000000, 0);
	facts = note(0x2000001, 32);
	require(facts[0] == 0xf00febed && facts[3] == PAGE, "a paravirtual domain");
	require(facts[1] * CONTEXT_BYTES == section(".xen_prstatus")->sh_size && facts[1] > 0, "a context for each processor");
	page_count = facts[2];
	require(section(".xen_p2m")->sh_size == page_count * sizeof(struct pair), "a pair for each page");
	require(section(".xen_pages")->sh_size == page_count * PAGE, "all pages are there");
	require(section(".xen_pages")->sh_offset % PAGE == 0, "pages are aligned");
	require(section(".xen_shared_info")->sh_size == PAGE, "the shared page is there");
	require(note(0x2000002, 1280)[0] >= 4, "a version of the hypervisor");
	require(note(0x2000003, 8)[0] == 1, "format 0.1");
	p2m = (const void *)(core + section(".xen_p2m")->sh_offset);
	pages = core + section(".xen_pages")->sh_offset;
	for (i = 1; i < page_count; i++) {
		require(p2m[i - 1].pfn < p2m[i].pfn, "page numbers ascend");
	}
	printf("core-check: %lu processors, %lu pages\n", facts[1], page_count);
}

/* Occurrences in the kernel's own pages are seen at the kernel's address; other copies are not. */
static void check_text(const char *text)
{
	uint64_t i, found = 0;

	for (i = 0; i < page_count; i++) {
		uint64_t address = KERNEL_MAP + p2m[i].pfn * PAGE;

		if (p2m[i].pfn < 0x1000 || p2m[i].pfn >= 0x4000 || !memmem(pages + i * PAGE, PAGE, text, strlen(text))) {
			continue;
		}
		found++;
		if (translate(address) == pages + i * PAGE) {
			printf("core-check: '%s' in page %#lx, seen at %#lx\n", text, p2m[i].pfn, address);
			return;
		}
	}
	printf("core-check: '%s' in %lu pages, in none at the kernel's address\n", text, found);
	exit(1);
}

int main(int argc, char **argv)
{
	struct stat stat_buffer;
	int fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;

	require(fd >= 0 && fstat(fd, &stat_buffer) == 0, "there is such a file");
	core_bytes = (uint64_t)stat_buffer.st_size;
	core = mmap(NULL, core_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	require(core != MAP_FAILED && core_bytes > sizeof(Elf64_Ehdr), "the file can be read");
	check_structure();
	if (argc > 2) {
		check_text(argv[2]);
	}
	return 0;
}
