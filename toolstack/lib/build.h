/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fills a new domain with a kernel: frames, contents, page tables, start_info, first context.
 *
 * The domain exists and has no memory yet; afterwards it is ready to be introduced to the store
 * and unpaused. Contents go through a few large hypercalls, no frame is mapped here. On an error
 * the caller destroys the domain, which takes everything back.
 */
#ifndef TOOLSTACK_LIB_BUILD_H
#define TOOLSTACK_LIB_BUILD_H

#include <stdint.h>

#include "lib/elf_image.h"
#include "lib/frame_writer.h"
#include "lib/layout.h"

struct control;
struct error;

/* An open file of which @bytes count; fd -1: none. @object names it in errors. */
struct build_file {
	int fd;
	uint64_t bytes;
	const char *object;
};

struct build_request {
	struct control *control;
	uint16_t domid;
	uint64_t shared_info_mfn;
	uint64_t pages;
	uint64_t map_pages;		/* what the guest may grow to */
	const char *cmdline;
	struct build_file kernel;
	struct build_file ramdisk;
	struct elf_image image;
	struct layout layout;		/* by build_plan() */
};

struct build_result {
	uint64_t store_mfn;
	uint64_t console_mfn;
	uint32_t store_port;
	uint32_t console_port;
};

/*
 * -ENOMEM and the two figures that an operator needs when fewer than @pages are free, or when the
 * hypervisor has @refused them.
 */
int build_check_memory(struct control *control, uint64_t pages, bool refused, struct error *error);

/* Computes request->layout; -ENOMEM or -ENOEXEC when the domain cannot be built this way. */
int build_plan(struct build_request *request, struct error *error);
/* Builds what was planned. */
int build_domain(const struct build_request *request, struct build_result *result,
		 struct error *error);

/* What start_info says beside the layout. */
struct build_start {
	uint64_t shared_info_mfn;
	const char *cmdline;
	struct build_result rings;
};

/* Contents of all frames, in order; @writer->mfns is the domain's list. For build and tests. */
int build_write_contents(const struct build_request *request, const struct build_start *start,
			 struct frame_writer *writer, struct error *error);

/* The first registers of vCPU 0; the context's tables start at @l4_mfn. */
struct vcpu_guest_context;
void build_first_context(const struct layout *layout, uint64_t entry, uint64_t l4_mfn,
			 struct vcpu_guest_context *context);

#endif
