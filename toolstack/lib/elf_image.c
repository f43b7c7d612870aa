// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two passes: program headers become segments, then notes (from PT_NOTE, else from SHT_NOTE
 * sections) become fields. Every number of the file is checked before it is used as an index, a
 * size or an address; a later stage may rely on start <= end and on sorted, disjoint segments.
 */
#include "lib/elf_image.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "public/elfnote.h"
#include "sys/error.h"

#define ELF_MAX_HEADERS 128u

struct elf_reader {
	int fd;
	uint64_t bytes;
	const char *object;
	struct error *error;
	struct elf_image *image;
	Elf64_Ehdr header;
	bool has_virt_base;
	bool has_notes;
	uint64_t paddr_offset;
};

static int elf_refuse(const struct elf_reader *reader, const char *text)
{
	return error_set(reader->error, ENOEXEC, reader->object, "%s", text);
}

static bool elf_inside(const struct elf_reader *reader, uint64_t offset, uint64_t bytes)
{
	return offset <= reader->bytes && bytes <= reader->bytes - offset;
}

static int elf_pread(const struct elf_reader *reader, void *buffer, uint64_t offset, size_t bytes)
{
	char *to = buffer;

	if (!elf_inside(reader, offset, bytes)) {
		return elf_refuse(reader, "the file is truncated: a part it describes is missing");
	}
	while (bytes != 0) {
		ssize_t n = pread(reader->fd, to, bytes, (off_t)offset);

		if (n < 0) {
			return error_set(reader->error, errno, reader->object, "cannot be read: %s",
					 strerror(errno));
		}
		if (n == 0) {
			return elf_refuse(reader, "the file became shorter while it was read");
		}
		to += n;
		offset += (uint64_t)n;
		bytes -= (size_t)n;
	}
	return 0;
}

bool elf_image_has_magic(const void *head, size_t bytes)
{
	return bytes >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0;
}

static int elf_read_header(struct elf_reader *reader)
{
	Elf64_Ehdr *header = &reader->header;
	int rc;

	if (reader->bytes < sizeof(*header)) {
		return elf_refuse(reader, "not an ELF image");
	}
	rc = elf_pread(reader, header, 0, sizeof(*header));
	if (rc < 0) {
		return rc;
	}
	if (!elf_image_has_magic(header, sizeof(*header))) {
		return elf_refuse(reader, "not an ELF image");
	}
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_machine != EM_X86_64) {
		return elf_refuse(reader, "an ELF image, but not for 64-bit x86");
	}
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN) {
		return elf_refuse(reader, "an ELF image, but not an executable one");
	}
	if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
	    header->e_phnum > ELF_MAX_HEADERS) {
		return elf_refuse(reader, "an ELF image with unusable program headers");
	}
	return 0;
}

static int elf_add_segment(struct elf_reader *reader, const Elf64_Phdr *ph)
{
	struct elf_image *image = reader->image;
	struct elf_segment *segment;
	uint32_t at = image->segments;

	if (ph->p_filesz > ph->p_memsz) {
		return elf_refuse(reader, "a segment of the ELF image is longer in the file than in "
				  "memory");
	}
	if (!elf_inside(reader, ph->p_offset, ph->p_filesz)) {
		return elf_refuse(reader, "the file is truncated: it ends inside a segment");
	}
	if (ph->p_memsz >= ELF_IMAGE_MAX_ADDRESS) {
		return elf_refuse(reader, "a segment of the ELF image is absurdly large");
	}
	if (at == ELF_IMAGE_MAX_SEGMENTS) {
		return elf_refuse(reader, "an ELF image with too many segments");
	}
	while (at > 0 && image->segment[at - 1].address > ph->p_paddr) {
		image->segment[at] = image->segment[at - 1];
		at--;
	}
	segment = &image->segment[at];
	segment->address = ph->p_paddr;
	segment->memory_bytes = ph->p_memsz;
	segment->file_offset = ph->p_offset;
	segment->file_bytes = ph->p_filesz;
	image->segments++;
	return 0;
}

/* A number note is as wide as it says: 4 or 8 bytes. */
static uint64_t elf_note_number(const char *data, uint32_t bytes)
{
	uint64_t wide = 0;

	memcpy(&wide, data, bytes < 8 ? (bytes < 4 ? 0 : 4) : 8);
	return wide;
}

static void elf_take_note(struct elf_reader *reader, uint32_t type, const char *data,
			  uint32_t bytes)
{
	struct elf_image *image = reader->image;
	uint64_t number = elf_note_number(data, bytes);

	reader->has_notes = true;
	switch (type) {
	case XEN_ELFNOTE_ENTRY:
		image->entry = number;
		image->has_entry = true;
		break;
	case XEN_ELFNOTE_VIRT_BASE:
		image->virt_base = number;
		reader->has_virt_base = true;
		break;
	case XEN_ELFNOTE_PADDR_OFFSET:
		reader->paddr_offset = number;
		break;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		image->hypercall_page = number;
		image->has_hypercall_page = true;
		break;
	case XEN_ELFNOTE_INIT_P2M:
		image->init_p2m = number;
		image->has_init_p2m = true;
		break;
	case XEN_ELFNOTE_MOD_START_PFN:
		image->mod_start_pfn = number != 0;
		break;
	default:
		break;
	}
}

static void elf_scan_notes(struct elf_reader *reader, const char *notes, size_t bytes)
{
	while (bytes >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		size_t name, data;

		memcpy(&note, notes, sizeof(note));
		if (note.n_namesz > bytes || note.n_descsz > bytes) {
			return;
		}
		name = (note.n_namesz + 3u) & ~(size_t)3;
		data = (note.n_descsz + 3u) & ~(size_t)3;
		notes += sizeof(note);
		bytes -= sizeof(note);
		if (name > bytes || note.n_descsz > bytes - name) {
			return;
		}
		if (note.n_namesz == 4 && memcmp(notes, "Xen", 4) == 0) {
			elf_take_note(reader, note.n_type, notes + name, note.n_descsz);
		}
		if (data > bytes - name) {
			return;
		}
		notes += name + data;
		bytes -= name + data;
	}
}

static int elf_read_notes(struct elf_reader *reader, uint64_t offset, uint64_t bytes)
{
	char *notes;
	int rc;

	if (bytes > ELF_IMAGE_MAX_NOTE_BYTES) {
		return elf_refuse(reader, "an ELF image whose notes are too long");
	}
	notes = malloc(bytes != 0 ? bytes : 1);
	if (notes == NULL) {
		return error_set(reader->error, ENOMEM, reader->object, "no memory for its notes");
	}
	rc = elf_pread(reader, notes, offset, bytes);
	if (rc == 0) {
		elf_scan_notes(reader, notes, bytes);
	}
	free(notes);
	return rc;
}

static int elf_read_program_headers(struct elf_reader *reader)
{
	Elf64_Phdr headers[ELF_MAX_HEADERS];
	unsigned int i;
	int rc = elf_pread(reader, headers, reader->header.e_phoff,
			   reader->header.e_phnum * sizeof(headers[0]));

	for (i = 0; i < reader->header.e_phnum && rc == 0; i++) {
		if (headers[i].p_type == PT_LOAD && headers[i].p_memsz != 0) {
			rc = elf_add_segment(reader, &headers[i]);
		} else if (headers[i].p_type == PT_NOTE) {
			rc = elf_read_notes(reader, headers[i].p_offset, headers[i].p_filesz);
		}
	}
	return rc;
}

/* Some small kernels have their notes in sections only. */
static int elf_read_note_sections(struct elf_reader *reader)
{
	Elf64_Shdr headers[ELF_MAX_HEADERS];
	unsigned int count = reader->header.e_shnum;
	unsigned int i;
	int rc;

	if (reader->has_notes || count == 0 || count > ELF_MAX_HEADERS ||
	    reader->header.e_shentsize != sizeof(headers[0])) {
		return 0;
	}
	rc = elf_pread(reader, headers, reader->header.e_shoff, count * sizeof(headers[0]));
	for (i = 0; i < count && rc == 0; i++) {
		if (headers[i].sh_type == SHT_NOTE) {
			rc = elf_read_notes(reader, headers[i].sh_offset, headers[i].sh_size);
		}
	}
	return rc;
}

/* Turns p_paddr into guest-physical addresses and checks order and range. */
static int elf_place(struct elf_reader *reader)
{
	struct elf_image *image = reader->image;
	uint64_t end = 0;
	uint32_t i;

	if (image->segments == 0) {
		return elf_refuse(reader, "an ELF image with nothing to load");
	}
	for (i = 0; i < image->segments; i++) {
		struct elf_segment *segment = &image->segment[i];

		segment->address -= reader->paddr_offset;
		if (segment->address >= ELF_IMAGE_MAX_ADDRESS ||
		    segment->memory_bytes > ELF_IMAGE_MAX_ADDRESS - segment->address) {
			return elf_refuse(reader, "a segment of the ELF image lies outside any "
					  "domain's memory");
		}
		if (i != 0 && segment->address < end) {
			return elf_refuse(reader, "segments of the ELF image overlap");
		}
		end = segment->address + segment->memory_bytes;
	}
	image->start = image->segment[0].address;
	image->end = end;
	return 0;
}

/* The kernel's own addresses must be where it will be mapped. */
static int elf_check_addresses(struct elf_reader *reader)
{
	struct elf_image *image = reader->image;
	uint64_t first = image->virt_base + image->start;
	uint64_t last = image->virt_base + image->end - 1;

	if ((image->virt_base & 0xfff) != 0 || last < first || last < image->virt_base ||
	    (int64_t)(image->virt_base << 16) >> 16 != (int64_t)image->virt_base) {
		return elf_refuse(reader, "the note VIRT_BASE is no usable address");
	}
	if (!image->has_entry) {
		image->entry = reader->header.e_entry;
	}
	if (image->entry < first || image->entry > last) {
		return elf_refuse(reader, "the entry point lies outside the kernel");
	}
	if (image->has_hypercall_page &&
	    ((image->hypercall_page & 0xfff) != 0 || image->hypercall_page < first ||
	     image->hypercall_page > last)) {
		return elf_refuse(reader, "the note HYPERCALL_PAGE points outside the kernel");
	}
	return 0;
}

int elf_image_read(int fd, const char *object, struct elf_image *image, struct error *error)
{
	struct elf_reader reader = { .fd = fd, .object = object, .error = error, .image = image };
	struct stat st;
	int rc;

	memset(image, 0, sizeof(*image));
	if (fstat(fd, &st) < 0) {
		return error_set(error, errno, object, "cannot be read: %s", strerror(errno));
	}
	reader.bytes = (uint64_t)st.st_size;
	rc = elf_read_header(&reader);
	if (rc == 0) {
		rc = elf_read_program_headers(&reader);
	}
	if (rc == 0) {
		rc = elf_read_note_sections(&reader);
	}
	if (rc < 0) {
		return rc;
	}
	if (!reader.has_notes) {
		elf_refuse(&reader, "an ELF image without Xen notes: no paravirtual kernel");
		error_set_hint(error, "a Linux kernel needs CONFIG_XEN_PV");
		return -ENOEXEC;
	}
	rc = elf_place(&reader);
	return rc < 0 ? rc : elf_check_addresses(&reader);
}

uint64_t elf_image_peek_end(const void *head, size_t bytes)
{
	Elf64_Ehdr header;
	uint64_t end = 0;
	unsigned int i;

	if (bytes < sizeof(header) || !elf_image_has_magic(head, bytes)) {
		return 0;
	}
	memcpy(&header, head, sizeof(header));
	if (header.e_phoff > bytes || header.e_phentsize != sizeof(Elf64_Phdr)) {
		return 0;
	}
	for (i = 0; i < header.e_phnum; i++) {
		uint64_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
		Elf64_Phdr ph;

		if (at + sizeof(ph) > bytes) {
			break;
		}
		memcpy(&ph, (const char *)head + at, sizeof(ph));
		if (ph.p_type == PT_LOAD && ph.p_memsz < ELF_IMAGE_MAX_ADDRESS &&
		    ph.p_paddr < ELF_IMAGE_MAX_ADDRESS && ph.p_paddr + ph.p_memsz > end) {
			end = ph.p_paddr + ph.p_memsz;
		}
	}
	return end;
}
