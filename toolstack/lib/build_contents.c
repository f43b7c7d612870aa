// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is written into a new domain's frames: kernel and ramdisk straight from their files into
 * the writer's buffer, then the pages that the builder composes. Nothing here knows a hypercall.
 */
#include "lib/build.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/page_tables.h"
#include "public/hypercall.h"
#include "public/mmu.h"
#include "public/start_info.h"
#include "public/vcpu.h"
#include "sys/error.h"

#define HYPERCALL_STUB_BYTES 32u
/* Parts of a segment that are not worth a look for holes. */
#define BUILD_SMALL_PAGES 64ull
#define HYPERCALL_STUB_COUNT (LAYOUT_PAGE_BYTES / HYPERCALL_STUB_BYTES)

static int build_read(const struct build_file *file, char *to, uint64_t offset, uint64_t bytes,
		      struct error *error)
{
	while (bytes != 0) {
		ssize_t n = pread(file->fd, to, bytes, (off_t)offset);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return error_set(error, errno, file->object, "cannot be read: %s",
					 strerror(errno));
		}
		if (n == 0) {
			return error_set(error, EIO, file->object,
					 "the file became shorter while it was read");
		}
		to += n;
		offset += (uint64_t)n;
		bytes -= (uint64_t)n;
	}
	return 0;
}

static uint64_t build_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Fills [start, end) of guest-physical memory in @to from the segments' file contents, zeroes
 * elsewhere. Segments are sorted and do not overlap, so the cursor only moves up.
 */
static int build_fill_kernel(const struct build_request *request, char *to, uint64_t start,
			     uint64_t end, struct error *error)
{
	const struct elf_image *image = &request->image;
	uint64_t at = start;
	uint32_t i;
	int rc;

	for (i = 0; i < image->segments && at < end; i++) {
		const struct elf_segment *s = &image->segment[i];
		uint64_t stop = s->address + s->file_bytes;

		if (stop <= at || s->address >= end) {
			continue;
		}
		if (s->address > at) {
			memset(to + (at - start), 0, s->address - at);
			at = s->address;
		}
		stop = build_min(stop, end);
		rc = build_read(&request->kernel, to + (at - start),
				s->file_offset + (at - s->address), stop - at, error);
		if (rc < 0) {
			return rc;
		}
		at = stop;
	}
	memset(to + (at - start), 0, end - at);
	return 0;
}

static int build_writer_failed(int rc, struct error *error)
{
	return error_set(error, -rc, NULL, "cannot write the domain's memory: %s", strerror(-rc));
}

/*
 * How many pages from @pfn on to read at once; moves @pfn over a hole of the file first. Holes read
 * as zero, and zero frames are not written. The segment's last page is never skipped: the next
 * segment may begin in it.
 */
static uint64_t build_next_run(int fd, const struct elf_segment *segment, uint64_t *pfn,
			       uint64_t end)
{
	uint64_t offset = segment->file_offset + (*pfn * LAYOUT_PAGE_BYTES - segment->address);
	off_t data, hole;

	if (end - *pfn <= BUILD_SMALL_PAGES || *pfn * LAYOUT_PAGE_BYTES < segment->address) {
		return build_min(end - *pfn, BUILD_SMALL_PAGES);
	}
	data = lseek(fd, (off_t)offset, SEEK_DATA);
	if (data < 0) {
		*pfn = end - 1;
		return 1;
	}
	hole = lseek(fd, data, SEEK_HOLE);
	*pfn = build_min(*pfn + ((uint64_t)data - offset) / LAYOUT_PAGE_BYTES, end - 1);
	offset = segment->file_offset + (*pfn * LAYOUT_PAGE_BYTES - segment->address);
	if (hole < 0 || (uint64_t)hole <= offset) {
		return end - *pfn;
	}
	return build_min(end - *pfn, ((uint64_t)hole - offset + LAYOUT_PAGE_BYTES - 1) /
			 LAYOUT_PAGE_BYTES);
}

/* One segment's frames; the first may have been written with the segment before. */
static int build_write_segment(const struct build_request *request, uint64_t *next_pfn,
			       const struct elf_segment *segment, struct frame_writer *writer,
			       struct error *error)
{
	uint64_t pfn = segment->address / LAYOUT_PAGE_BYTES;
	uint64_t end = (segment->address + segment->file_bytes + LAYOUT_PAGE_BYTES - 1) /
		       LAYOUT_PAGE_BYTES;
	int rc = 0;

	if (pfn < *next_pfn) {
		pfn = *next_pfn;
	}
	while (pfn < end && rc == 0) {
		uint64_t count = build_next_run(request->kernel.fd, segment, &pfn, end);
		void *pages;

		rc = frame_writer_run(writer, pfn, &count, &pages);
		if (rc < 0) {
			return build_writer_failed(rc, error);
		}
		rc = build_fill_kernel(request, pages, pfn * LAYOUT_PAGE_BYTES,
				       (pfn + count) * LAYOUT_PAGE_BYTES, error);
		pfn += count;
	}
	if (pfn > *next_pfn) {
		*next_pfn = pfn;
	}
	return rc;
}

static int build_write_kernel(const struct build_request *request, struct frame_writer *writer,
			      struct error *error)
{
	uint64_t next_pfn = 0;
	uint32_t i;
	int rc = 0;

	for (i = 0; i < request->image.segments && rc == 0; i++) {
		if (request->image.segment[i].file_bytes != 0) {
			rc = build_write_segment(request, &next_pfn, &request->image.segment[i],
						 writer, error);
		}
	}
	return rc;
}

static int build_write_ramdisk(const struct build_request *request, struct frame_writer *writer,
			       struct error *error)
{
	const struct layout *layout = &request->layout;
	uint64_t done = 0;
	int rc = 0;

	while (done < layout->ramdisk_pages && rc == 0) {
		uint64_t count = layout->ramdisk_pages - done;
		uint64_t offset = done * LAYOUT_PAGE_BYTES;
		uint64_t bytes;
		void *pages;

		rc = frame_writer_run(writer, layout->ramdisk_pfn + done, &count, &pages);
		if (rc < 0) {
			return build_writer_failed(rc, error);
		}
		bytes = build_min(count * LAYOUT_PAGE_BYTES, layout->ramdisk_bytes - offset);
		memset((char *)pages + bytes, 0, count * LAYOUT_PAGE_BYTES - bytes);
		rc = build_read(&request->ramdisk, pages, offset, bytes, error);
		done += count;
	}
	return rc;
}

/* A stub keeps all registers but RAX: older kernels rely on RCX and R11. */
static void build_hypercall_stub(unsigned char *to, uint32_t number)
{
	static const unsigned char call[] = {
		0x51, 0x41, 0x53,			/* push %rcx; push %r11 */
		0xb8, 0, 0, 0, 0,			/* mov $number, %eax */
		0x0f, 0x05,				/* syscall */
		0x41, 0x5b, 0x59, 0xc3,			/* pop %r11; pop %rcx; ret */
	};
	static const unsigned char iret[] = {
		0x51, 0x41, 0x53, 0x50,			/* push %rcx; push %r11; push %rax */
		0xb8, 0, 0, 0, 0, 0x0f, 0x05,		/* mov $iret, %eax; syscall */
	};

	if (number == __HYPERVISOR_iret) {
		memcpy(to, iret, sizeof(iret));
		memcpy(to + 5, &number, sizeof(number));
	} else {
		memcpy(to, call, sizeof(call));
		memcpy(to + 4, &number, sizeof(number));
	}
}

static int build_write_hypercall_page(const struct build_request *request,
				      struct frame_writer *writer)
{
	const struct layout *layout = &request->layout;
	uint64_t pfn = (request->image.hypercall_page - layout->v_start) / LAYOUT_PAGE_BYTES;
	uint32_t i;
	void *page;
	int rc = frame_writer_page(writer, pfn, &page);

	for (i = 0; i < HYPERCALL_STUB_COUNT && rc == 0; i++) {
		build_hypercall_stub((unsigned char *)page + i * HYPERCALL_STUB_BYTES, i);
	}
	return rc;
}

static int build_write_start_info(const struct layout *layout, const struct build_start *start,
				  struct frame_writer *writer)
{
	struct start_info *info;
	void *page;
	int rc = frame_writer_page(writer, layout->start_info_pfn, &page);

	if (rc < 0) {
		return rc;
	}
	info = page;
	strcpy(info->magic, "xen-3.0-x86_64");
	info->nr_pages = layout->pages;
	info->shared_info = start->shared_info_mfn * LAYOUT_PAGE_BYTES;
	info->flags = SIF_VIRT_P2M_4TOOLS;
	info->store_mfn = start->rings.store_mfn;
	info->store_evtchn = start->rings.store_port;
	info->console.domU.mfn = start->rings.console_mfn;
	info->console.domU.evtchn = start->rings.console_port;
	info->pt_base = layout_va(layout, layout->tables_pfn);
	info->nr_pt_frames = layout->tables_pages;
	info->mfn_list = layout->p2m_va;
	if (layout->ramdisk_pages != 0) {
		info->mod_len = layout->ramdisk_bytes;
		info->mod_start = layout->ramdisk_mapped ?
				  layout_va(layout, layout->ramdisk_pfn) : layout->ramdisk_pfn;
		info->flags |= layout->ramdisk_mapped ? 0 : SIF_MOD_START_PFN;
	}
	if (layout->p2m_own_address) {
		info->first_p2m_pfn = layout->p2m_pfn;
		info->nr_p2m_frames = layout->used_pages - layout->p2m_pfn;
	}
	snprintf(info->cmd_line, sizeof(info->cmd_line), "%s", start->cmdline);
	return 0;
}

static int build_write_p2m(const struct layout *layout, struct frame_writer *writer)
{
	uint64_t done = 0;
	int rc = 0;

	while (done < layout->p2m_pages && rc == 0) {
		uint64_t count = layout->p2m_pages - done;
		uint64_t offset = done * LAYOUT_PAGE_BYTES;
		uint64_t bytes;
		void *pages;

		rc = frame_writer_run(writer, layout->p2m_pfn + done, &count, &pages);
		if (rc == 0) {
			bytes = build_min(count * LAYOUT_PAGE_BYTES, layout->pages * 8 - offset);
			memcpy(pages, (const char *)writer->mfns + offset, bytes);
			memset((char *)pages + bytes, 0, count * LAYOUT_PAGE_BYTES - bytes);
			done += count;
		}
	}
	return rc;
}

int build_write_contents(const struct build_request *request, const struct build_start *start,
			 struct frame_writer *writer, struct error *error)
{
	const struct layout *layout = &request->layout;
	int rc = build_write_kernel(request, writer, error);

	if (rc == 0) {
		rc = build_write_ramdisk(request, writer, error);
	}
	if (rc < 0) {
		return rc;
	}
	if (request->image.has_hypercall_page) {
		rc = build_write_hypercall_page(request, writer);
	}
	if (rc == 0) {
		rc = build_write_start_info(layout, start, writer);
	}
	if (rc == 0) {
		rc = page_tables_write(layout, writer->mfns, writer);
	}
	if (rc == 0) {
		rc = build_write_p2m(layout, writer);
	}
	if (rc == 0) {
		rc = frame_writer_flush(writer);
	}
	return rc < 0 ? build_writer_failed(rc, error) : 0;
}

void build_first_context(const struct layout *layout, uint64_t entry, uint64_t l4_mfn,
			 struct vcpu_guest_context *context)
{
	memset(context, 0, sizeof(*context));
	context->flags = VGCF_in_kernel | VGCF_online;
	context->user_regs.rip = entry;
	context->user_regs.rsp = layout_va(layout, layout->stack_pfn) + LAYOUT_PAGE_BYTES;
	context->user_regs.rsi = layout_va(layout, layout->start_info_pfn);
	context->user_regs.rflags = 0x202;
	context->user_regs.cs = FLAT_KERNEL_CS;
	context->user_regs.ss = FLAT_KERNEL_SS;
	context->kernel_ss = context->user_regs.ss;
	context->kernel_sp = context->user_regs.rsp;
	context->ctrlreg[3] = l4_mfn * LAYOUT_PAGE_BYTES;
}
