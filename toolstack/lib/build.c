// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of a build: plan, ports, memory, contents, grants, memory map, context. The list of
 * machine frames that the hypervisor returns is at the same time the p2m list that the domain gets
 * and the array of frame numbers of every write.
 */
#include "lib/build.h"

#include <errno.h>
#include <string.h>

#include "lib/control.h"
#include "public/vcpu.h"
#include "sys/error.h"

/* The kernel clears each page of the buffer first; a small one costs more hypercalls, and more looks for holes of the file. */
#define BUILD_BUFFER_MIN_PAGES 16ull
#define BUILD_BUFFER_MAX_PAGES 256ull
#define BUILD_CONSOLE_REF 0
#define BUILD_STORE_REF 1
#define BUILD_BACKEND_DOMID 0

/* Memory that hypercalls use: frame numbers, batch of frame numbers, buffer. */
struct build_memory {
	uint64_t *mfns;
	uint64_t mfns_bytes;
	void *scratch;			/* batch page, context pages, then the buffer */
	uint64_t scratch_bytes;
};

struct build_job {
	const struct build_request *request;
	const struct layout *layout;
	struct build_memory memory;
	struct build_start start;
	struct error *error;
};

#define BUILD_CONTEXT_PAGES 2ull
#define BUILD_FIXED_PAGES (1 + BUILD_CONTEXT_PAGES)

static int build_fail(struct build_job *job, int rc, const char *action)
{
	control_fail(job->request->control, rc, NULL, action, job->error);
	if (rc == -EINVAL) {
		control_hint_refusal(job->request->control, job->request->domid, job->error);
	}
	return rc;
}

/* Pages that will be written. */
static uint64_t build_content_pages(const struct build_request *request,
				    const struct layout *layout)
{
	uint64_t pages = layout->ramdisk_pages + layout->p2m_pages + layout->tables_pages + 8;
	uint32_t i;

	for (i = 0; i < request->image.segments; i++) {
		pages += request->image.segment[i].file_bytes / LAYOUT_PAGE_BYTES + 2;
	}
	return pages;
}

static int build_get_memory(struct build_job *job)
{
	struct build_memory *memory = &job->memory;
	struct control *control = job->request->control;
	uint64_t pages = build_content_pages(job->request, job->layout);

	if (pages > BUILD_BUFFER_MIN_PAGES) {
		pages = pages / 8 < BUILD_BUFFER_MIN_PAGES ? BUILD_BUFFER_MIN_PAGES : pages / 8;
	}
	if (pages > BUILD_BUFFER_MAX_PAGES) {
		pages = BUILD_BUFFER_MAX_PAGES;
	}
	memory->mfns_bytes = job->layout->p2m_pages * LAYOUT_PAGE_BYTES;
	memory->scratch_bytes = (pages + BUILD_FIXED_PAGES) * LAYOUT_PAGE_BYTES;
	memory->mfns = control_buffer_get(control, memory->mfns_bytes);
	memory->scratch = control_buffer_get(control, memory->scratch_bytes);
	if (memory->mfns == NULL || memory->scratch == NULL) {
		return error_set(job->error, ENOMEM, NULL, "dom0 has no memory to build a domain");
	}
	return 0;
}

static void build_put_memory(struct build_job *job)
{
	struct control *control = job->request->control;

	control_buffer_put(control, job->memory.scratch, job->memory.scratch_bytes);
	control_buffer_put(control, job->memory.mfns, job->memory.mfns_bytes);
}

static int build_seed_ports(struct build_job *job)
{
	struct control_dom op = { .u.seed_ports.remote = BUILD_BACKEND_DOMID };
	int rc = control_dom(job->request->control, job->request->domid, CONTROL_DOM_SEED_PORTS,
			     &op);

	if (rc < 0) {
		return build_fail(job, rc, "allocate its event channels");
	}
	job->start.rings.store_port = op.u.seed_ports.store_port;
	job->start.rings.console_port = op.u.seed_ports.console_port;
	return 0;
}

static int build_populate(struct build_job *job)
{
	const struct build_request *request = job->request;
	struct control_dom op = {
		.u.populate = { .count = job->layout->pages,
				.mfns = (uint64_t)(uintptr_t)job->memory.mfns },
	};
	int rc = control_dom(request->control, request->domid, CONTROL_DOM_POPULATE, &op);

	if (rc == -ENOMEM) {
		return build_check_memory(request->control, job->layout->pages, true, job->error);
	}
	return rc < 0 ? build_fail(job, rc, "give it memory") : 0;
}

static int build_write_frames(void *context, const uint64_t *mfns, uint64_t count,
			      const void *pages)
{
	const struct build_request *request = context;
	struct control_dom op = {
		.u.frames = { .mfns = (uint64_t)(uintptr_t)mfns, .count = count,
			      .buffer = (uint64_t)(uintptr_t)pages },
	};

	return control_dom(request->control, request->domid, CONTROL_DOM_WRITE_FRAMES, &op);
}

static int build_contents(struct build_job *job)
{
	char *scratch = job->memory.scratch;
	struct frame_writer writer = {
		.mfns = job->memory.mfns,
		.batch = job->memory.scratch,
		.buffer = scratch + BUILD_FIXED_PAGES * LAYOUT_PAGE_BYTES,
		.room = (uint32_t)(job->memory.scratch_bytes / LAYOUT_PAGE_BYTES -
				   BUILD_FIXED_PAGES),
		.write = build_write_frames,
		.context = (void *)(uintptr_t)job->request,
	};

	job->start.rings.store_mfn = job->memory.mfns[job->layout->store_pfn];
	job->start.rings.console_mfn = job->memory.mfns[job->layout->console_pfn];
	return build_write_contents(job->request, &job->start, &writer, job->error);
}

static int build_seed_grant(struct build_job *job, uint32_t ref, uint64_t mfn)
{
	struct control_dom op = {
		.u.seed_grant = { .ref = ref, .grantee = BUILD_BACKEND_DOMID, .mfn = mfn },
	};
	int rc = control_dom(job->request->control, job->request->domid, CONTROL_DOM_SEED_GRANT,
			     &op);

	return rc < 0 ? build_fail(job, rc, "grant its rings to dom0") : 0;
}

static int build_set_map(struct build_job *job)
{
	struct control_dom op = { .u.pages.pages = job->request->map_pages };
	int rc = control_dom(job->request->control, job->request->domid, CONTROL_DOM_SET_MAP, &op);

	return rc < 0 ? build_fail(job, rc, "set its memory map") : 0;
}

static int build_start_context(struct build_job *job)
{
	uint64_t l4_mfn = job->memory.mfns[job->layout->tables_pfn];
	struct vcpu_guest_context *context =
		(void *)((char *)job->memory.scratch + LAYOUT_PAGE_BYTES);
	struct control_dom op = {
		.u.context = { .l4_mfn = l4_mfn, .context = (uint64_t)(uintptr_t)context },
	};
	int rc;

	build_first_context(job->layout, job->request->image.entry, l4_mfn, context);
	rc = control_dom(job->request->control, job->request->domid, CONTROL_DOM_START_CONTEXT,
			 &op);
	return rc < 0 ? build_fail(job, rc, "start its first vCPU") : 0;
}

static int build_steps(struct build_job *job)
{
	int rc = build_seed_ports(job);

	if (rc == 0) {
		rc = build_populate(job);
	}
	if (rc == 0) {
		rc = build_contents(job);
	}
	if (rc == 0) {
		rc = build_seed_grant(job, BUILD_CONSOLE_REF, job->start.rings.console_mfn);
	}
	if (rc == 0) {
		rc = build_seed_grant(job, BUILD_STORE_REF, job->start.rings.store_mfn);
	}
	if (rc == 0) {
		rc = build_set_map(job);
	}
	return rc < 0 ? rc : build_start_context(job);
}

int build_check_memory(struct control *control, uint64_t pages, bool refused, struct error *error)
{
	struct control_physinfo info = { 0 };
	uint64_t free_pages;
	int rc = control_physinfo(control, &info);

	if (rc < 0) {
		return control_fail(control, rc, NULL, "ask how much memory is free", error);
	}
	free_pages = info.free_pages > info.claimed_pages ? info.free_pages - info.claimed_pages : 0;
	if (!refused && pages <= free_pages) {
		return 0;
	}
	return error_set(error, ENOMEM, NULL,
			 "not enough memory: the domain wants %llu MiB, %llu MiB are free",
			 (unsigned long long)(pages / 256), (unsigned long long)(free_pages / 256));
}

int build_plan(struct build_request *request, struct error *error)
{
	struct layout_request plan = {
		.image = &request->image,
		.pages = request->pages,
		.ramdisk_bytes = request->ramdisk.bytes,
		.object = request->kernel.object,
	};

	return layout_compute(&plan, &request->layout, error);
}

int build_domain(const struct build_request *request, struct build_result *result,
		 struct error *error)
{
	struct build_job job = {
		.request = request,
		.layout = &request->layout,
		.error = error,
		.start = { .shared_info_mfn = request->shared_info_mfn,
			   .cmdline = request->cmdline },
	};
	int rc = build_get_memory(&job);

	if (rc == 0) {
		rc = build_steps(&job);
	}
	if (rc == 0) {
		*result = job.start.rings;
	}
	build_put_memory(&job);
	return rc;
}
