/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Building dom0: memory, kernel image, ramdisk, page tables, start_info, first context.
 *
 * dom0's default share is half of the free memory, at most DOM0_DEFAULT_MAX: the rest is for guests, so that a first create needs no ballooning.
 */
#include "dom0/dom0.h"

#include "core/domain.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "dom0/dom0_layout.h"
#include "dom0/memory_map.h"
#include "lib/elf.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/m2p.h"
#include "mm/page_alloc.h"
#include "public/mmu.h"
#include "public/start_info.h"
#include "public/vcpu.h"
#include "pv/hypercall_page.h"
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/acpi.h"
#include "x86/boot_params.h"
#include "x86/page.h"
#include "x86/smp.h"

#define DOM0_DEFAULT_MAX (GIB(2) >> PAGE_SHIFT)
#define DOM0_MIN         (MIB(1) >> PAGE_SHIFT)

#define L1_FLAGS    (PTE_P | PTE_RW | PTE_US | PTE_A)
#define TABLE_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)

struct build {
	struct domain *d;
	struct elf_kernel kernel;
	struct dom0_layout layout;
	u64 nr_pages;
	u64 *p2m;              /* one word per PFN; heap memory while building */
	unsigned int p2m_order;
};

static void *page_of(const struct build *b, u64 pfn)
{
	return mfn_to_virt(MFN(b->p2m[pfn]));
}

static u64 choose_pages(void)
{
	u64 free = pages_free(true), pages = boot_params.dom0_mem_bytes >> PAGE_SHIFT;

	if (!pages) {
		return MIN(free / 2, DOM0_DEFAULT_MAX);
	}
	if (pages < DOM0_MIN || pages + (MIB(16) >> PAGE_SHIFT) > free) {
		panic("dom0_mem=%llu MiB cannot be had: %llu MiB are free; give less", (unsigned long long)(pages >> 8),
		      (unsigned long long)(free >> 8));
	}
	return pages;
}

/* All of dom0's frames, in the largest pieces there are. */
static void allocate_memory(struct build *b)
{
	unsigned int order = 9;
	u64 pfn = 0, i;
	mfn_t mfn;

	while (pfn < b->nr_pages) {
		while ((1ULL << order) > b->nr_pages - pfn || owner_pages_alloc(&b->d->mem, order, ~0ULL, &mfn)) {
			if (order == 0) {
				panic("dom0: out of memory after %llu of %llu pages; lower dom0_mem=", (unsigned long long)pfn,
				      (unsigned long long)b->nr_pages);
			}
			order--;
		}
		for (i = 0; i < (1ULL << order); i++, pfn++) {
			b->p2m[pfn] = mfn.v + i;
			m2p_set(MFN(mfn.v + i), pfn);
		}
	}
}

/* Copies @bytes from machine memory to pseudo-physical address @paddr on. */
static void copy_to_guest(const struct build *b, u64 paddr, const char *from, u64 bytes)
{
	while (bytes) {
		u64 offset = paddr & ~PAGE_MASK, chunk = MIN(bytes, PAGE_SIZE - offset);

		memcpy((char *)page_of(b, paddr >> PAGE_SHIFT) + offset, from, chunk);
		paddr += chunk;
		from += chunk;
		bytes -= chunk;
	}
}

static void load_kernel(const struct build *b, const char *image)
{
	u32 i;

	for (i = 0; i < b->kernel.segment_count; i++) {
		const struct elf_segment *s = &b->kernel.segments[i];

		copy_to_guest(b, s->paddr - b->kernel.paddr_offset, image + s->file_offset, s->file_bytes);
	}
	if (b->kernel.hypercall_page) {
		u64 pfn = (b->kernel.hypercall_page - b->kernel.virt_base) >> PAGE_SHIFT;

		if (b->kernel.hypercall_page < b->kernel.virt_base || pfn >= b->layout.kernel_end_pfn) {
			panic("dom0 kernel: its hypercall page lies outside its image");
		}
		pv_fill_hypercall_page(page_of(b, pfn));
	}
}

/*
 * Entries of one level, for all of the initial mapping: the tables that start at @pfn point to the tables (or, at level 1, pages) that
 * start at @next_pfn.
 */
static void fill_level(const struct build *b, int level, u64 pfn, u64 next_pfn)
{
	unsigned int shift = 9 * (level - 1);
	u64 first = b->layout.virt_base >> PAGE_SHIFT >> shift;
	u64 last = ((b->layout.virt_base >> PAGE_SHIFT) + b->layout.map_pages - 1) >> shift;
	u64 i;

	for (i = first; i <= last; i++) {
		u64 index = i - ALIGN_DOWN(first, (u64)PTES_PER_PAGE);
		pte_t *table = page_of(b, pfn + index / PTES_PER_PAGE);

		table[index % PTES_PER_PAGE] = pte_make(MFN(b->p2m[next_pfn + i - first]), level == 1 ? L1_FLAGS : TABLE_FLAGS);
	}
}

static bool is_page_table(const struct dom0_layout *l, u64 pfn)
{
	return pfn >= l->pt_pfn && pfn < l->stack_pfn;
}

static void build_page_tables(const struct build *b)
{
	const struct dom0_layout *l = &b->layout;
	u64 l3 = l->pt_pfn + 1, l2 = l3 + l->l3_count, l1 = l2 + l->l2_count, pfn;

	fill_level(b, 4, l->pt_pfn, l3);
	fill_level(b, 3, l3, l2);
	fill_level(b, 2, l2, l1);
	fill_level(b, 1, l1, 0);
	for (pfn = l->pt_pfn; is_page_table(l, pfn); pfn++) {
		u64 index = va_index(l->virt_base, 1) + pfn;
		pte_t *table = page_of(b, l1 + index / PTES_PER_PAGE);

		table[index % PTES_PER_PAGE] &= ~PTE_RW;
	}
}

static void write_p2m(const struct build *b)
{
	copy_to_guest(b, b->layout.p2m_pfn << PAGE_SHIFT, (const char *)b->p2m, b->nr_pages * sizeof(u64));
}

/* A kernel that was not started by UEFI finds the ACPI root pointer only below 1 MiB; elsewhere it must be told. */
static void append_rsdp(char *cmdline, size_t size)
{
	size_t n = strlen(cmdline);

	if (acpi_info.rsdp_maddr >= MIB(1) &&
	    printf_format(cmdline + n, size - n, " acpi_rsdp=%#llx", (unsigned long long)acpi_info.rsdp_maddr) >= size - n) {
		cmdline[n] = '\0';
		log_warn("dom0: no room for acpi_rsdp= on the command line; dom0 will not find ACPI");
	}
}

static void write_start_info(const struct build *b, const struct boot_module *kernel, u64 initrd_bytes)
{
	const struct dom0_layout *l = &b->layout;
	struct start_info *si = page_of(b, l->start_info_pfn);

	str_copy(si->magic, "xen-3.0-x86_64p", sizeof(si->magic));
	si->nr_pages = b->nr_pages;
	si->shared_info = virt_to_maddr(b->d->shared_info).v;
	si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
	si->pt_base = dom0_layout_va(l, l->pt_pfn);
	si->nr_pt_frames = l->stack_pfn - l->pt_pfn;
	si->mfn_list = dom0_layout_va(l, l->p2m_pfn);
	if (initrd_bytes) {
		si->flags |= l->initrd_mapped ? 0 : SIF_MOD_START_PFN;
		si->mod_start = l->initrd_mapped ? dom0_layout_va(l, l->initrd_pfn) : l->initrd_pfn;
		si->mod_len = initrd_bytes;
	}
	if (!str_copy(si->cmd_line, kernel->cmdline, sizeof(si->cmd_line))) {
		log_warn("dom0: kernel command line cut to %u characters", (unsigned int)sizeof(si->cmd_line) - 1);
	}
	append_rsdp(si->cmd_line, sizeof(si->cmd_line));
}

static void start_vcpu(struct build *b)
{
	const struct dom0_layout *l = &b->layout;
	mfn_t l4 = MFN(b->p2m[l->pt_pfn]);
	struct vcpu_guest_context *ctx = heap_alloc_pages(1);
	int err;

	err = ctx ? pt_pin(b->d, l4, 4) : -1;
	if (!err) {
		ctx->flags = VGCF_in_kernel;
		ctx->user_regs.rip = b->kernel.entry;
		ctx->user_regs.rsp = dom0_layout_va(l, l->stack_pfn + 1);
		ctx->user_regs.rsi = dom0_layout_va(l, l->start_info_pfn);
		ctx->user_regs.rflags = 0x202;
		ctx->user_regs.cs = FLAT_KERNEL_CS;
		ctx->user_regs.ss = FLAT_KERNEL_SS;
		ctx->kernel_ss = FLAT_KERNEL_SS;
		ctx->kernel_sp = ctx->user_regs.rsp;
		ctx->ctrlreg[3] = l4.v << PAGE_SHIFT;
		err = pv_set_context(b->d->vcpus[0], ctx);
	}
	if (err) {
		panic("dom0: the hypervisor refuses the page tables or context it built itself (error %d)", -err);
	}
	heap_free_pages(ctx, 1);
	sched_vcpu_wake(b->d->vcpus[0], VCPU_DOWN);
}

static void create(struct build *b)
{
	struct domain_params params = {
		.max_pages = b->nr_pages,
		.vcpus = boot_params.dom0_max_vcpus ? boot_params.dom0_max_vcpus : smp_cpu_count(),
		.max_grant_frames = 64,
		.max_ports = 1u << 17,
		.privileged = true,
	};
	int err = domain_create(DOMID(0), &params, &b->d);

	if (err) {
		panic("dom0: cannot be created (error %d)", -err);
	}
	domain0 = b->d;
}

/* The modules' own memory goes to the allocator. */
static void free_modules(const struct boot_info *bi)
{
	u32 i;

	for (i = 0; i < bi->module_count; i++) {
		u64 first = ALIGN_UP(bi->modules[i].start, PAGE_SIZE) >> PAGE_SHIFT;
		u64 end = (bi->modules[i].start + bi->modules[i].bytes) >> PAGE_SHIFT;

		if (end > first && frame_is_ram(MFN(first)) && frame_is_ram(MFN(end - 1))) {
			page_alloc_add(first, end - first);
		}
	}
}

void dom0_build(const struct boot_info *bi)
{
	static struct build b;
	const struct boot_module *kernel = &bi->modules[0], *initrd = bi->module_count > 1 ? &bi->modules[1] : NULL;
	u64 initrd_bytes = initrd ? initrd->bytes : 0;
	const char *image, *why;

	if (bi->module_count == 0) {
		panic("no dom0 kernel: give an ELF kernel as the first boot module (QEMU: -initrd \"vmlinux args,initrd\")");
	}
	image = maddr_to_virt(MADDR(kernel->start));
	if (elf_parse_kernel(image, kernel->bytes, &b.kernel, &why)) {
		panic("dom0 kernel: the boot module %s (a bzImage must be unpacked first: lam-unpack)", why);
	}
	b.nr_pages = choose_pages();
	why = dom0_layout_compute(&b.kernel, initrd_bytes, b.nr_pages, &b.layout);
	if (why) {
		panic("dom0 kernel: it %s", why);
	}
	while ((PAGE_SIZE << b.p2m_order) < b.nr_pages * sizeof(u64)) {
		b.p2m_order++;
	}
	b.p2m = heap_alloc_pages(b.p2m_order);
	if (!b.p2m) {
		panic("dom0: no memory for its p2m list");
	}
	create(&b);
	allocate_memory(&b);
	load_kernel(&b, image);
	if (initrd) {
		copy_to_guest(&b, b.layout.initrd_pfn << PAGE_SHIFT, maddr_to_virt(MADDR(initrd->start)), initrd_bytes);
	}
	write_p2m(&b);
	build_page_tables(&b);
	write_start_info(&b, kernel, initrd_bytes);
	dom0_set_memory_map(b.d, bi);
	start_vcpu(&b);
	heap_free_pages(b.p2m, b.p2m_order);
	free_modules(bi);
	log_info("dom0: %llu MiB, %u vCPUs, entry %llx", (unsigned long long)(b.nr_pages >> 8), b.d->vcpu_count,
		 (unsigned long long)b.kernel.entry);
	domain_control_unpause(b.d);
}
