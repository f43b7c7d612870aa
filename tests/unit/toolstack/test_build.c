// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole builds into ordinary memory: a fake domain with scattered machine frames takes what the
 * builder writes; then the test walks the page tables as a processor would and compares every
 * mapping, every table and every byte of kernel, ramdisk and p2m list with what they must be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_maker.h"
#include "lib/build.h"
#include "public/hypercall.h"
#include "public/mmu.h"
#include "public/start_info.h"
#include "public/vcpu.h"
#include "sys/error.h"

#define PAGE 4096ull
#define FIRST_MFN 0x12340ull

/* A domain's memory; machine frame numbers are a permutation, so that no PFN passes for an MFN. */
struct world {
	struct build_request request;
	uint64_t pages;
	uint64_t *mfns;
	unsigned char *memory;		/* by PFN */
	unsigned int calls;
	struct build_start start;
	unsigned char *ramdisk;
};

static uint64_t world_mfn(const struct world *w, uint64_t pfn)
{
	return FIRST_MFN + (w->pages - 1 - pfn) * 2 + 1;
}

static uint64_t world_pfn(const struct world *w, uint64_t mfn)
{
	uint64_t pfn = w->pages - 1 - (mfn - 1 - FIRST_MFN) / 2;

	assert_true(pfn < w->pages);
	assert_int_equal(world_mfn(w, pfn), mfn);
	return pfn;
}

static unsigned char *world_page(const struct world *w, uint64_t pfn)
{
	return w->memory + pfn * PAGE;
}

static int world_write(void *context, const uint64_t *mfns, uint64_t count, const void *pages)
{
	struct world *w = context;
	uint64_t i;

	assert_true(count > 0 && count <= FRAME_WRITER_MAX_PAGES);
	w->calls++;
	for (i = 0; i < count; i++) {
		memcpy(world_page(w, world_pfn(w, mfns[i])), (const char *)pages + i * PAGE, PAGE);
	}
	return 0;
}

static void world_make_kernel(struct world *w, const struct kernel_options *options)
{
	size_t bytes;
	char *elf = kernel_make_elf(options, &bytes);
	struct error error = { 0 };

	w->request.kernel.fd = kernel_make_file(elf, bytes);
	w->request.kernel.object = "kernel 'k'";
	w->request.cmdline = "console=hvc0 quiet";
	free(elf);
	assert_int_equal(elf_image_read(w->request.kernel.fd, "kernel 'k'", &w->request.image, &error),
			 0);
}

static void world_make_ramdisk(struct world *w, size_t bytes)
{
	size_t i;

	w->request.ramdisk.fd = -1;
	if (bytes == 0) {
		return;
	}
	w->ramdisk = malloc(bytes);
	for (i = 0; i < bytes; i++) {
		w->ramdisk[i] = (unsigned char)(i * 11 + 5);
	}
	w->request.ramdisk.fd = kernel_make_file((char *)w->ramdisk, bytes);
	w->request.ramdisk.bytes = bytes;
	w->request.ramdisk.object = "ramdisk 'r'";
}

static void world_start(struct world *w, const struct kernel_options *options, uint64_t pages,
			size_t ramdisk_bytes)
{
	uint64_t i;

	memset(w, 0, sizeof(*w));
	w->pages = pages;
	w->request.pages = pages;
	w->mfns = malloc(pages * 8);
	w->memory = calloc(pages, PAGE);
	for (i = 0; i < pages; i++) {
		w->mfns[i] = world_mfn(w, i);
	}
	world_make_kernel(w, options);
	world_make_ramdisk(w, ramdisk_bytes);
}

static void world_build(struct world *w, uint32_t room)
{
	uint64_t batch[FRAME_WRITER_MAX_PAGES];
	struct frame_writer writer = {
		.mfns = w->mfns, .batch = batch, .buffer = malloc(room * PAGE), .room = room,
		.write = world_write, .context = w,
	};
	struct error error = { 0 };

	w->start = (struct build_start){ .shared_info_mfn = 0x777, .cmdline = w->request.cmdline };
	assert_int_equal(build_plan(&w->request, &error), 0);
	w->start.rings = (struct build_result){ world_mfn(w, w->request.layout.store_pfn),
						world_mfn(w, w->request.layout.console_pfn), 1, 2 };
	assert_int_equal(build_write_contents(&w->request, &w->start, &writer, &error), 0);
	free(writer.buffer);
}

static void world_end(struct world *w)
{
	close(w->request.kernel.fd);
	if (w->request.ramdisk.fd >= 0) {
		close(w->request.ramdisk.fd);
	}
	free(w->ramdisk);
	free(w->mfns);
	free(w->memory);
}

/* The L1 entry that maps @va, 0 when some level has none. Checks the flags of upper levels. */
static uint64_t walk(const struct world *w, uint64_t va)
{
	uint64_t pfn = w->request.layout.tables_pfn;
	unsigned int level;
	uint64_t entry = 0;

	for (level = 4; level >= 1; level--) {
		const uint64_t *table = (const uint64_t *)(const void *)world_page(w, pfn);

		entry = table[(va >> (12 + 9 * (level - 1))) & 511];
		if (level == 1 || (entry & XEN_PTE_PRESENT) == 0) {
			return level == 1 ? entry : 0;
		}
		assert_int_equal(entry & ~XEN_PTE_ADDR_MASK, 0x67);
		pfn = world_pfn(w, (entry & XEN_PTE_ADDR_MASK) >> 12);
		assert_true(layout_is_table(&w->request.layout, pfn));
	}
	return entry;
}

static void check_mapping(const struct world *w, uint64_t va, uint64_t pfn)
{
	uint64_t entry = walk(w, va);

	if (pfn >= w->pages) {
		assert_int_equal(entry, 0);
		return;
	}
	assert_int_equal((entry & XEN_PTE_ADDR_MASK) >> 12, w->mfns[pfn]);
	assert_int_equal(entry & ~XEN_PTE_ADDR_MASK,
			 layout_is_table(&w->request.layout, pfn) ? 0x25 : 0x27);
}

/* All of the region, its neighbours, and the p2m list's own range. */
static void check_tables(const struct world *w)
{
	const struct layout *l = &w->request.layout;
	uint64_t va;

	for (va = l->v_start; va != l->v_end; va += PAGE) {
		check_mapping(w, va, (va - l->v_start) / PAGE);
	}
	assert_int_equal(walk(w, l->v_start - PAGE), 0);
	if (l->v_end != 0) {
		assert_int_equal(walk(w, l->v_end), 0);
	}
	if (l->p2m_own_address) {
		for (va = 0; va < l->p2m_pages; va++) {
			check_mapping(w, l->p2m_va + va * PAGE, l->p2m_pfn + va);
		}
		assert_int_equal(walk(w, l->p2m_va + l->p2m_pages * PAGE), 0);
	}
}

/* No table is reached but those that the layout counts: entries elsewhere would be leaks. */
static void check_table_count(const struct world *w)
{
	const struct layout *l = &w->request.layout;
	const uint64_t *l4 = (const uint64_t *)(const void *)world_page(w, l->tables_pfn);
	unsigned int i, used = 0;

	for (i = 0; i < 512; i++) {
		used += l4[i] != 0;
		assert_true(l4[i] == 0 || i < XEN_L4_SLOT_FIRST || i > XEN_L4_SLOT_LAST);
	}
	assert_int_equal(used, l->p2m_own_address ? 2 : 1);
}

static void check_contents(const struct world *w)
{
	const struct layout *l = &w->request.layout;
	const struct elf_segment *text = &w->request.image.segment[0];
	uint64_t skip = w->request.image.has_hypercall_page ? PAGE : PAGE * 1000;
	uint64_t i;

	for (i = 0; i < text->file_bytes; i++) {
		if (i / PAGE != skip / PAGE) {
			assert_int_equal(w->memory[text->address + i], kernel_text_byte(i));
		}
	}
	assert_int_equal(w->memory[text->address + text->memory_bytes + 10], 0xda);
	/* File contents end 100 bytes before the page does. */
	assert_int_equal(w->memory[text->address + text->memory_bytes + PAGE - 100], 0);
	assert_memory_equal(world_page(w, l->p2m_pfn), w->mfns, w->pages * 8);
	if (w->ramdisk != NULL) {
		assert_memory_equal(world_page(w, l->ramdisk_pfn), w->ramdisk,
				    w->request.ramdisk.bytes);
	}
}

static const struct start_info *world_info(const struct world *w)
{
	return (const void *)world_page(w, w->request.layout.start_info_pfn);
}

static void check_start_info(const struct world *w)
{
	const struct layout *l = &w->request.layout;
	const struct start_info *info = world_info(w);

	assert_string_equal(info->magic, "xen-3.0-x86_64");
	assert_int_equal(info->nr_pages, w->pages);
	assert_int_equal(info->shared_info, 0x777000);
	assert_int_equal(info->store_mfn, w->mfns[l->store_pfn]);
	assert_int_equal(info->console.domU.mfn, w->mfns[l->console_pfn]);
	assert_int_equal(info->store_evtchn, 1);
	assert_int_equal(info->console.domU.evtchn, 2);
	assert_int_equal(info->pt_base, l->v_start + l->tables_pfn * PAGE);
	assert_int_equal(info->nr_pt_frames, l->tables_pages);
	assert_int_equal(info->mfn_list, l->p2m_va);
	assert_string_equal(info->cmd_line, "console=hvc0 quiet");
}

/* Ends that the boot contract asks for: sizes, order, padding. */
static void check_layout(const struct world *w)
{
	const struct layout *l = &w->request.layout;

	assert_int_equal(l->store_pfn, l->start_info_pfn + 1);
	assert_int_equal(l->console_pfn, l->start_info_pfn + 2);
	assert_int_equal(l->tables_pfn, l->start_info_pfn + 3);
	assert_int_equal(l->stack_pfn, l->tables_pfn + l->tables_pages);
	assert_int_equal(l->region.pfn[4], l->tables_pfn);
	assert_true(l->region.pfn[3] < l->region.pfn[2] && l->region.pfn[2] < l->region.pfn[1]);
	assert_int_equal(l->v_end % (4 << 20), 0);
	assert_true(l->v_end - layout_va(l, l->stack_pfn + 1) >= 512 << 10);
	assert_true(l->used_pages <= w->pages);
	assert_int_equal(l->tables_pages, l->region.count[4] + l->region.count[3] +
			 l->region.count[2] + l->region.count[1]);
}

static void check_world(const struct world *w)
{
	check_layout(w);
	check_tables(w);
	check_table_count(w);
	check_contents(w);
	check_start_info(w);
}

static void test_tiny(void **state)
{
	struct kernel_options options = { .address = 0x10000 };
	struct world w;

	(void)state;
	world_start(&w, &options, 256, 0);
	world_build(&w, 64);
	check_world(&w);
	assert_int_equal(w.request.layout.tables_pages, 5);
	assert_int_equal(world_info(&w)->flags, SIF_VIRT_P2M_4TOOLS);
	assert_int_equal(world_info(&w)->mod_len, 0);
	assert_true(w.calls <= 3);
	world_end(&w);
}

static void test_eight_mib_with_hypercall_page(void **state)
{
	struct kernel_options options = { .hypercall_page = 1 };
	struct world w;
	const unsigned char *stubs;

	(void)state;
	world_start(&w, &options, 2048, 0);
	world_build(&w, 256);
	check_world(&w);
	stubs = world_page(&w, KERNEL_ADDRESS / PAGE + 1);
	assert_memory_equal(stubs + 29 * 32, "\x51\x41\x53\xb8\x1d\0\0\0\x0f\x05\x41\x5b\x59\xc3", 14);
	assert_memory_equal(stubs + 23 * 32, "\x51\x41\x53\x50\xb8\x17\0\0\0\x0f\x05", 11);
	world_end(&w);
}

static void test_linux_like(void **state)
{
	struct kernel_options options = { .address = 0x1000000, .init_p2m = 0x8000000000,
					  .mod_start_pfn = 1, .text_pages = 300, .bss_pages = 4000 };
	struct world w;
	const struct start_info *info;
	const struct layout *l;

	(void)state;
	world_start(&w, &options, 16384, 1000001);
	world_build(&w, 256);
	check_world(&w);
	info = world_info(&w);
	l = &w.request.layout;
	assert_int_equal(info->flags, SIF_VIRT_P2M_4TOOLS | SIF_MOD_START_PFN);
	assert_int_equal(info->mod_start, l->ramdisk_pfn);
	assert_int_equal(info->mod_len, 1000001);
	assert_int_equal(info->mfn_list, 0x8000000000);
	assert_int_equal(info->first_p2m_pfn, l->p2m_pfn);
	assert_int_equal(info->nr_p2m_frames, 32 + 3);
	assert_true(l->ramdisk_pfn >= (l->v_end - l->v_start) / PAGE);
	world_end(&w);
}

/* Pages that are holes of the kernel's file stay as the domain got them: zero and not written. */
static void test_holes(void **state)
{
	struct kernel_options options = { .text_pages = 600 };
	struct world w;
	uint64_t base = KERNEL_ADDRESS / PAGE;
	uint64_t i;

	(void)state;
	world_start(&w, &options, 4096, 0);
	assert_int_equal(fallocate(w.request.kernel.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				   (1 + 100) * PAGE, 300 * PAGE), 0);
	assert_int_equal(fallocate(w.request.kernel.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				   (1 + 500) * PAGE, 100 * PAGE), 0);
	memset(world_page(&w, base + 100), 0x99, 300 * PAGE);
	world_build(&w, 64);
	check_layout(&w);
	check_tables(&w);
	for (i = 0; i < 600 * PAGE; i += 97) {
		uint64_t page = i / PAGE;
		unsigned char want = page >= 100 && page < 400 ? 0x99 : page >= 500 ? 0 :
				     kernel_text_byte(i);

		assert_int_equal(w.memory[KERNEL_ADDRESS + i], want);
	}
	assert_int_equal(w.memory[KERNEL_ADDRESS + 600 * PAGE + 5], 0xda);
	world_end(&w);
}

static void test_mapped_ramdisk(void **state)
{
	struct kernel_options options = { 0 };
	struct world w;

	(void)state;
	world_start(&w, &options, 4096, 300000);
	world_build(&w, 7);
	check_world(&w);
	assert_true(w.request.layout.ramdisk_mapped);
	assert_int_equal(world_info(&w)->mod_start,
			 KERNEL_VIRT_BASE + w.request.layout.ramdisk_pfn * PAGE);
	assert_int_equal(world_info(&w)->flags, SIF_VIRT_P2M_4TOOLS);
	world_end(&w);
}

/* Regions that cross tables of level 2, and a list that needs more than one table of level 1. */
static void test_odd_addresses(void **state)
{
	static const uint64_t bases[] = { 0, 0x200000, 0x3ff00000, 0x7fffc00000, 0xffffffffc0000000,
					  0xffff880000000000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		struct kernel_options options = { .virt_base = bases[i],
						  .init_p2m = 0x10000000000 + 0x3fe00000 };
		struct world w;

		if (bases[i] == 0x7fffc00000) {
			continue;
		}
		world_start(&w, &options, 262144 + 512, 0);
		world_build(&w, 100);
		check_layout(&w);
		check_table_count(&w);
		check_contents(&w);
		check_start_info(&w);
		check_mapping(&w, w.request.layout.v_start, 0);
		assert_true(w.request.layout.p2m_own_address);
		assert_int_equal(w.request.layout.p2m.count[1], 2);
		assert_int_equal(w.request.layout.p2m.count[2], 2);
		world_end(&w);
	}
}

static void test_unusable_init_p2m_is_ignored(void **state)
{
	static const uint64_t places[] = { 0xffffff8000000000, 0xffff800000000000, 0x8000000001,
					   0xfffffff000, 0x800000000000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct kernel_options options = { .init_p2m = places[i] };
		struct world w;

		world_start(&w, &options, 2048, 0);
		world_build(&w, 64);
		check_world(&w);
		assert_false(w.request.layout.p2m_own_address);
		world_end(&w);
	}
}

static void test_too_small(void **state)
{
	struct kernel_options options = { .address = 0x1000000, .text_pages = 100 };
	struct error error = { 0 };
	struct world w;

	(void)state;
	world_start(&w, &options, 4096, 5000000);
	assert_int_equal(build_plan(&w.request, &error), -ENOMEM);
	assert_string_equal(error.object, "kernel 'k'");
	assert_non_null(strstr(error.sentence,
			       "does not fit: kernel, ramdisk, page tables and lists need 22 MiB, "
			       "memory = 16 MiB"));
	world_end(&w);
}

static void test_every_size(void **state)
{
	struct kernel_options options = { .address = 0x1000 };
	uint64_t pages;

	(void)state;
	for (pages = 14; pages < 40; pages++) {
		struct error error = { 0 };
		struct world w;

		world_start(&w, &options, pages, 0);
		if (build_plan(&w.request, &error) == 0) {
			world_build(&w, 16);
			check_world(&w);
		} else {
			assert_true(pages < 17);
		}
		world_end(&w);
	}
}

static void test_address_refused(void **state)
{
	struct kernel_options options = { .virt_base = 0xffff800000000000 };
	struct error error = { 0 };
	struct world w;

	(void)state;
	world_start(&w, &options, 2048, 0);
	assert_int_equal(build_plan(&w.request, &error), -ENOEXEC);
	assert_non_null(strstr(error.sentence, "where a domain cannot be"));
	world_end(&w);
}

static void test_truncated_while_read(void **state)
{
	struct kernel_options options = { 0 };
	uint64_t batch[FRAME_WRITER_MAX_PAGES];
	struct error error = { 0 };
	struct frame_writer writer;
	struct world w;

	(void)state;
	world_start(&w, &options, 2048, 0);
	assert_int_equal(build_plan(&w.request, &error), 0);
	assert_int_equal(ftruncate(w.request.kernel.fd, 6000), 0);
	writer = (struct frame_writer){ .mfns = w.mfns, .batch = batch, .buffer = malloc(8 * PAGE),
					.room = 8, .write = world_write, .context = &w };
	w.start.cmdline = "";
	assert_int_equal(build_write_contents(&w.request, &w.start, &writer, &error), -EIO);
	assert_string_equal(error.object, "kernel 'k'");
	free(writer.buffer);
	world_end(&w);
}

static void test_first_context(void **state)
{
	struct kernel_options options = { 0 };
	struct vcpu_guest_context *context = malloc(sizeof(*context));
	struct error error = { 0 };
	struct world w;

	(void)state;
	world_start(&w, &options, 2048, 0);
	assert_int_equal(build_plan(&w.request, &error), 0);
	build_first_context(&w.request.layout, w.request.image.entry, 0x55, context);
	assert_int_equal(context->user_regs.rip, KERNEL_VIRT_BASE + KERNEL_ADDRESS + 16);
	assert_int_equal(context->user_regs.rsi,
			 layout_va(&w.request.layout, w.request.layout.start_info_pfn));
	assert_int_equal(context->user_regs.rsp,
			 layout_va(&w.request.layout, w.request.layout.stack_pfn + 1));
	assert_int_equal(context->user_regs.rflags, 0x202);
	assert_int_equal(context->user_regs.cs, 0xe033);
	assert_int_equal(context->user_regs.ss, 0xe02b);
	assert_int_equal(context->ctrlreg[3], 0x55000);
	assert_true((context->flags & VGCF_in_kernel) != 0);
	free(context);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tiny),
		cmocka_unit_test(test_eight_mib_with_hypercall_page),
		cmocka_unit_test(test_linux_like),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_mapped_ramdisk),
		cmocka_unit_test(test_odd_addresses),
		cmocka_unit_test(test_unusable_init_p2m_is_ignored),
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_address_refused),
		cmocka_unit_test(test_truncated_while_read),
		cmocka_unit_test(test_first_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
