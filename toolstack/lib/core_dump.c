// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which pages a domain has is asked from the hypervisor, not read from the guest's own list: it works for kernels that keep none,
 * and for those whose list is what broke. The pages are sorted by pseudo-physical number, because crash searches them so. Two frames
 * that claim the same number: the one with the lower frame number is kept.
 */
#include "lib/core_dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/control.h"
#include "lib/core_elf.h"
#include "lib/core_file.h"
#include "lib/domain.h"
#include "public/hypercall.h"
#include "public/vcpu.h"
#include "sys/error.h"
#include "sys/privcmd.h"

#define CORE_BATCH 256u
#define CORE_BATCH_BYTES (CORE_BATCH * CORE_PAGE_BYTES)
#define CORE_NO_PFN (~0ull)

struct core_job {
	struct control *control;
	const struct domain_ref *ref;
	const struct core_dump_options *options;
	struct error *error;
	struct core_file file;
	struct core_elf elf;
	struct core_p2m *p2m;		/* elf.pages of them */
	uint64_t room;			/* in p2m */
	uint64_t *mfns;			/* CORE_BATCH of them, fit for hypercalls */
	char *buffer;			/* CORE_BATCH_BYTES, fit for hypercalls */
};

static int core_fail(const struct core_job *job, int rc, const char *action)
{
	if (rc == -ESRCH) {
		return error_set(job->error, ESRCH, job->ref->name, "it ended while it was dumped");
	}
	return control_fail(job->control, rc, job->ref->name, action, job->error);
}

static int core_no_memory(const struct core_job *job)
{
	return error_set(job->error, ENOMEM, job->ref->name, "no memory to dump it with");
}

static bool core_is_stopped(const struct core_job *job)
{
	return job->options->stopped != NULL && job->options->stopped();
}

static int core_write(struct core_job *job, const void *data, size_t bytes, uint64_t offset)
{
	return core_file_write(&job->file, data, bytes, offset, job->error);
}

/* --- the list of pages --- */

static int core_add_frames(struct core_job *job, const struct control_frame *rows, uint64_t count)
{
	uint64_t i;

	if (job->elf.pages + count > job->room) {
		uint64_t room = job->elf.pages + count + job->ref->info.tot_pages + CORE_BATCH;
		struct core_p2m *grown = realloc(job->p2m, room * sizeof(*grown));

		if (grown == NULL) {
			return core_no_memory(job);
		}
		job->p2m = grown;
		job->room = room;
	}
	for (i = 0; i < count; i++) {
		if (rows[i].pfn != CORE_NO_PFN) {
			job->p2m[job->elf.pages++] = (struct core_p2m){ rows[i].pfn, rows[i].mfn };
		}
	}
	return 0;
}

static int core_compare(const void *left, const void *right)
{
	const struct core_p2m *a = left;
	const struct core_p2m *b = right;

	if (a->pfn != b->pfn) {
		return a->pfn < b->pfn ? -1 : 1;
	}
	return a->gmfn < b->gmfn ? -1 : a->gmfn > b->gmfn;
}

static void core_sort(struct core_job *job)
{
	uint64_t from, to = 0;

	if (job->elf.pages == 0) {
		return;
	}
	qsort(job->p2m, job->elf.pages, sizeof(*job->p2m), core_compare);
	for (from = 1; from < job->elf.pages; from++) {
		if (job->p2m[from].pfn != job->p2m[to].pfn) {
			job->p2m[++to] = job->p2m[from];
		}
	}
	job->elf.pages = to + 1;
}

static int core_list(struct core_job *job)
{
	const uint64_t room = CORE_BATCH_BYTES / sizeof(struct control_frame);
	struct control_dom op = { 0 };
	uint64_t first = 0;
	int rc = 0;

	while (rc == 0 && first != ~0ull) {
		op.u.frame_list = (struct control_frame_list){
			.buffer = hypercall_pointer(job->buffer), .first = first, .count = room,
		};
		rc = control_dom(job->control, job->ref->domid, CONTROL_DOM_LIST_FRAMES, &op);
		if (rc < 0) {
			return core_fail(job, rc, "list its memory");
		}
		if (op.u.frame_list.count > room || op.u.frame_list.first <= first) {
			return core_fail(job, -EPROTO, "list its memory");
		}
		first = op.u.frame_list.first;
		rc = core_add_frames(job, (const void *)job->buffer, op.u.frame_list.count);
	}
	core_sort(job);
	return rc;
}

/* --- processors and the shared page --- */

static bool core_vcpu_is_online(struct core_job *job, uint32_t vcpu)
{
	struct control_dom op = { .u.vcpu.vcpu = vcpu };

	return control_dom(job->control, job->ref->domid, CONTROL_DOM_VCPU_INFO, &op) == 0 &&
	       (op.u.vcpu.flags & CONTROL_VCPU_ONLINE) != 0;
}

/* Contexts of the processors that run; of the first one always, because readers want one. */
static int core_contexts(struct core_job *job)
{
	uint32_t vcpu;

	for (vcpu = 0; vcpu < job->ref->info.vcpus; vcpu++) {
		struct control_dom op = {
			.u.context = { .context = hypercall_pointer(job->buffer), .vcpu = vcpu },
		};
		const size_t bytes = sizeof(struct vcpu_guest_context);
		int rc;

		if (vcpu != 0 && !core_vcpu_is_online(job, vcpu)) {
			continue;
		}
		rc = control_dom(job->control, job->ref->domid, CONTROL_DOM_GET_CONTEXT, &op);
		if (rc < 0) {
			return core_fail(job, rc, "read a processor's registers");
		}
		rc = core_write(job, job->buffer, bytes, CORE_HEAD_BYTES + job->elf.vcpus * bytes);
		if (rc < 0) {
			return rc;
		}
		job->elf.vcpus++;
	}
	return 0;
}

static int core_read(struct core_job *job, uint64_t count)
{
	struct control_dom op = {
		.u.frames = {
			.mfns = hypercall_pointer(job->mfns), .count = count,
			.buffer = hypercall_pointer(job->buffer),
		},
	};

	return control_dom(job->control, job->ref->domid, CONTROL_DOM_READ_FRAMES, &op);
}

static int core_shared_info(struct core_job *job)
{
	int rc;

	job->mfns[0] = job->ref->info.shared_info_mfn;
	rc = core_read(job, 1);
	if (rc < 0) {
		return core_fail(job, rc, "read its shared page");
	}
	return core_write(job, job->buffer, CORE_PAGE_BYTES, job->elf.shared_info_offset);
}

/* --- the head --- */

static int core_head(struct core_job *job)
{
	static const struct {
		unsigned int command;
		size_t offset;
	} answers[] = {
		{ XENVER_extraversion, offsetof(struct core_version, extra) },
		{ XENVER_compile_info, offsetof(struct core_version, compile) },
		{ XENVER_capabilities, offsetof(struct core_version, capabilities) },
		{ XENVER_changeset, offsetof(struct core_version, changeset) },
		{ XENVER_platform_parameters, offsetof(struct core_version, platform) },
	};
	struct core_version *version = (void *)job->buffer;
	struct xenctl *xc = job->control->xc;
	char head[CORE_HEAD_BYTES];
	long number;
	size_t i;

	memset(version, 0, sizeof(*version));
	number = hypercall_call(xc, __HYPERVISOR_xen_version, XENVER_version);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]) && number >= 0; i++) {
		uint64_t place = hypercall_pointer(job->buffer + answers[i].offset);
		long rc = hypercall_call(xc, __HYPERVISOR_xen_version, answers[i].command, place);

		number = rc < 0 ? rc : number;
	}
	if (number < 0) {
		return core_fail(job, (int)number, "ask for the hypervisor's version");
	}
	version->major = (uint64_t)number >> 16;
	version->minor = (uint64_t)number & 0xffff;
	version->page_bytes = CORE_PAGE_BYTES;
	core_elf_head(&job->elf, version, head);
	return core_write(job, head, sizeof(head), 0);
}

/* --- the pages --- */

static bool core_page_is_zero(const char *page)
{
	return page[0] == 0 && memcmp(page, page + 1, CORE_PAGE_BYTES - 1) == 0;
}

/* A running domain may have given a page away since it was listed: that one reads as zeros. */
static int core_read_one_by_one(struct core_job *job, const struct core_p2m *p2m, uint64_t count)
{
	char *whole = calloc(count, CORE_PAGE_BYTES);
	uint64_t i;
	int rc = whole != NULL ? 0 : -ENOMEM;

	for (i = 0; rc == 0 && i < count; i++) {
		job->mfns[0] = p2m[i].gmfn;
		rc = core_read(job, 1);
		if (rc == 0) {
			memcpy(whole + i * CORE_PAGE_BYTES, job->buffer, CORE_PAGE_BYTES);
		}
		rc = rc == -EINVAL ? 0 : rc;
	}
	if (rc == 0) {
		memcpy(job->buffer, whole, count * CORE_PAGE_BYTES);
	}
	free(whole);
	return rc;
}

/* Runs of pages that are not all zeros; the rest stay holes. */
static int core_write_pages(struct core_job *job, uint64_t count, uint64_t offset)
{
	uint64_t from = 0;
	int rc = 0;

	while (rc == 0 && from < count) {
		uint64_t end = from;

		while (end < count && !core_page_is_zero(job->buffer + end * CORE_PAGE_BYTES)) {
			end++;
		}
		if (end > from) {
			rc = core_write(job, job->buffer + from * CORE_PAGE_BYTES,
					(end - from) * CORE_PAGE_BYTES, offset + from * CORE_PAGE_BYTES);
		}
		from = end + 1;
	}
	return rc;
}

static int core_batch(struct core_job *job, uint64_t at, uint64_t count)
{
	const struct core_p2m *p2m = job->p2m + at;
	uint64_t i;
	int rc;

	for (i = 0; i < count; i++) {
		job->mfns[i] = p2m[i].gmfn;
	}
	rc = core_read(job, count);
	if (rc == -EINVAL && job->options->live) {
		rc = core_read_one_by_one(job, p2m, count);
	}
	if (rc < 0) {
		return core_fail(job, rc, "read its memory");
	}
	return core_write_pages(job, count, job->elf.pages_offset + at * CORE_PAGE_BYTES);
}

static void core_progress(const struct core_job *job, uint64_t done)
{
	if (job->options->progress != NULL) {
		job->options->progress(job->options->progress_context, done,
				       job->elf.pages * CORE_PAGE_BYTES);
	}
}

static int core_pages(struct core_job *job)
{
	uint64_t at;
	int rc = 0;

	for (at = 0; rc == 0 && at < job->elf.pages; at += CORE_BATCH) {
		uint64_t left = job->elf.pages - at;

		if (core_is_stopped(job)) {
			return error_set(job->error, EINTR, job->ref->name, "the dump was interrupted");
		}
		if (at * 100 / job->elf.pages != (at + CORE_BATCH) * 100 / job->elf.pages) {
			core_progress(job, at * CORE_PAGE_BYTES);
		}
		rc = core_batch(job, at, left < CORE_BATCH ? left : CORE_BATCH);
	}
	return rc;
}

/* --- all of it --- */

static int core_contents(struct core_job *job)
{
	int rc = core_list(job);

	if (rc == 0) {
		rc = core_contexts(job);
	}
	core_elf_place(&job->elf);
	if (rc == 0) {
		rc = core_shared_info(job);
	}
	if (rc == 0) {
		rc = core_head(job);
	}
	if (rc == 0) {
		rc = core_write(job, job->p2m, job->elf.pages * sizeof(*job->p2m), job->elf.p2m_offset);
	}
	if (rc == 0) {
		rc = core_pages(job);
	}
	core_progress(job, UINT64_MAX);
	return rc;
}

/* A domain that was paused already stays so. */
static int core_pause_around(struct core_job *job)
{
	bool pause = !job->options->live && (job->ref->info.flags & CONTROL_INFO_PAUSED) == 0;
	int rc;

	if (pause) {
		rc = control_dom_simple(job->control, job->ref->domid, CONTROL_DOM_PAUSE);
		if (rc < 0) {
			return core_fail(job, rc, "pause it");
		}
	}
	rc = core_contents(job);
	if (pause) {
		control_dom_simple(job->control, job->ref->domid, CONTROL_DOM_UNPAUSE);
	}
	return rc;
}

int core_dump(struct control *control, const struct domain_ref *ref, const char *path,
	      const struct core_dump_options *options, struct error *error)
{
	struct core_job job = { .control = control, .ref = ref, .options = options, .error = error };
	int rc;

	if ((ref->info.flags & CONTROL_INFO_PRIVILEGED) != 0) {
		return error_set(error, EPERM, ref->name, "dom0 cannot dump itself");
	}
	if ((ref->info.flags & CONTROL_INFO_DYING) != 0) {
		return error_set(error, ESRCH, ref->name, "is being destroyed, its memory is gone");
	}
	rc = core_file_open(&job.file, path, error);
	if (rc < 0) {
		return rc;
	}
	job.mfns = control_buffer_get(control, CORE_BATCH * sizeof(*job.mfns));
	job.buffer = control_buffer_get(control, CORE_BATCH_BYTES);
	rc = job.mfns != NULL && job.buffer != NULL ? core_pause_around(&job) : core_no_memory(&job);
	control_buffer_put(control, job.buffer, CORE_BATCH_BYTES);
	control_buffer_put(control, job.mfns, CORE_BATCH * sizeof(*job.mfns));
	free(job.p2m);
	if (rc < 0) {
		core_file_drop(&job.file);
		return rc;
	}
	return core_file_finish(&job.file, job.elf.bytes, error);
}
