// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creating a domain, as one ladder: files and daemons are looked at before there is a domain to
 * take back; then number and name (under the registry's lock, so that no two domains get one
 * name), contents, store, saved configuration, and the first step of its vCPU.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/build.h"
#include "lib/cpu_set.h"
#include "lib/disk_store.h"
#include "lib/domain.h"
#include "lib/kernel_image.h"
#include "lib/registry.h"
#include "lib/run_lock.h"
#include "lib/store_entries.h"
#include "lib/uuid.h"
#include "lib/vif_store.h"
#include "public/hypercall.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

#define PAGES_PER_MIB 256ull
/* Room beyond the memory map for frames that the guest's balloon may hold for a moment. */
#define CREATE_SLACK_PAGES 256ull
/* The scheduler's own default. */
#define CREATE_WEIGHT 256u

struct create_job {
	struct control *control;
	struct domain_config *config;
	const struct domain_create_options *options;
	struct error *error;
	struct kernel_image kernel;
	struct build_request build;
	struct build_result rings;
	struct xs_handle *store;
	struct domain_ref ref;
	int hold_fd;			/* the number is ours while the domain is built */
	char kernel_object[180];
	char ramdisk_object[180];
};

static bool create_needs_blkd(const struct domain_config *config)
{
	uint32_t i;

	for (i = 0; i < config->disk_count; i++) {
		if (config->disks[i].backend == DISK_BACKEND_OURS) {
			return true;
		}
	}
	return false;
}

/* It sets up the links of dom0's own driver too. */
static bool create_needs_netd(const struct domain_config *config)
{
	return config->vif_count != 0;
}

static bool create_always(const struct domain_config *config)
{
	(void)config;
	return true;
}

static int create_check_daemons(struct create_job *job)
{
	static const struct {
		const char *program;
		const char *what;
		bool (*is_needed)(const struct domain_config *config);
	} daemons[] = {
		{ "xenconsoled", "console daemon", create_always },
		{ "lam-blkd", "block back end", create_needs_blkd },
		{ "lam-netd", "network back end", create_needs_netd },
	};
	int rc = store_connect(&job->store, job->error);
	size_t i;

	for (i = 0; i < sizeof(daemons) / sizeof(daemons[0]) && rc == 0; i++) {
		if (daemons[i].is_needed(job->config) && !run_lock_is_held(daemons[i].program)) {
			rc = error_set(job->error, ESRCH, daemons[i].what, "%s is not running",
				       daemons[i].program);
			error_set_hint(job->error, "start lamd, which looks after it");
		}
	}
	return rc;
}

static int create_open_ramdisk(struct create_job *job)
{
	struct build_file *ramdisk = &job->build.ramdisk;

	ramdisk->fd = -1;
	ramdisk->object = job->ramdisk_object;
	if (job->config->ramdisk[0] == '\0') {
		return 0;
	}
	snprintf(job->ramdisk_object, sizeof(job->ramdisk_object), "ramdisk '%.160s'",
		 job->config->ramdisk);
	ramdisk->fd = image_file_open(job->config->ramdisk, job->ramdisk_object, &ramdisk->bytes,
				      job->error);
	return ramdisk->fd < 0 ? ramdisk->fd : 0;
}

/* Images and bridges; interfaces without an address get theirs here, before it is saved. */
static int create_check_devices(struct create_job *job)
{
	struct domain_config *config = job->config;
	int rc = disk_check_all(config->disks, config->disk_count, job->error);
	uint32_t i;

	for (i = 0; i < config->vif_count && rc == 0; i++) {
		rc = vif_give_mac(&config->vifs[i], job->error);
	}
	return rc < 0 ? rc : vif_check_all(config->vifs, config->vif_count, job->error);
}

/* Files and plan: everything that can be refused without a domain. */
static int create_prepare(struct create_job *job)
{
	const struct domain_config *config = job->config;
	int rc = job->options->dry_run ? 0 :
		 build_check_memory(job->control, config->memory_mib * PAGES_PER_MIB, false,
				    job->error);

	if (rc == 0) {
		rc = create_check_devices(job);
	}
	if (rc == 0) {
		rc = create_open_ramdisk(job);
	}
	if (rc == 0) {
		job->kernel.notice = job->options->notice;
		job->kernel.notice_context = job->options->notice_context;
		job->kernel.progress = job->options->progress;
		job->kernel.progress_context = job->options->notice_context;
		rc = kernel_image_open(config->kernel, config->memory_mib << 20, &job->kernel,
				       job->error);
	}
	if (rc < 0) {
		return rc;
	}
	snprintf(job->kernel_object, sizeof(job->kernel_object), "kernel '%.160s'",
		 config->kernel);
	job->build.control = job->control;
	job->build.pages = config->memory_mib * PAGES_PER_MIB;
	job->build.map_pages = config->maxmem_mib * PAGES_PER_MIB;
	job->build.cmdline = config->cmdline;
	job->build.kernel.fd = job->kernel.fd;
	job->build.kernel.object = job->kernel_object;
	job->build.image = job->kernel.elf;
	return build_plan(&job->build, job->error);
}

static int create_refused(struct create_job *job, int rc)
{
	struct control_physinfo info;

	if (rc == -ENOMEM && control_physinfo(job->control, &info) == 0) {
		return error_set(job->error, ENOMEM, NULL,
				 "the hypervisor has no memory for another domain: %llu MiB are "
				 "free", (unsigned long long)(info.free_pages / PAGES_PER_MIB));
	}
	return control_fail(job->control, rc, NULL, "create a domain", job->error);
}

static int create_number(struct create_job *job)
{
	const struct domain_config *config = job->config;
	struct control_dom op = {
		.u.create = { .max_pages = job->build.map_pages + CREATE_SLACK_PAGES,
			      .vcpus = config->maxvcpus,
			      .max_grant_frames = config->max_grant_frames,
			      .max_ports = config->max_ports,
			      .flags = config->allow_peers != 0 ? CONTROL_CREATE_PEERS : 0 },
	};
	int rc;

	memcpy(op.u.create.handle, config->uuid, sizeof(op.u.create.handle));
	rc = control_dom(job->control, DOMID_INVALID, CONTROL_DOM_CREATE, &op);
	if (rc < 0) {
		return create_refused(job, rc);
	}
	job->ref.domid = op.domid;
	memcpy(job->ref.info.handle, config->uuid, sizeof(config->uuid));
	strcpy(job->ref.name, config->name);
	job->build.domid = op.domid;
	job->build.shared_info_mfn = op.u.create.shared_info_mfn;
	return 0;
}

/* Name first, then the domain, then its number: a kill between any two can be told and undone. */
static int create_named(struct create_job *job, struct registry *registry)
{
	struct registry_record record = { .created = (uint64_t)time(NULL), .is_building = 1,
					  .domid = REGISTRY_NO_DOMID };
	int rc = domain_name_is_free(job->control, registry, job->config->name, job->error);

	if (rc < 0) {
		return rc;
	}
	memcpy(record.uuid, job->config->uuid, sizeof(record.uuid));
	strcpy(record.name, job->config->name);
	rc = registry_put(registry, &record, job->error);
	if (rc < 0) {
		return rc;
	}
	rc = create_number(job);
	if (rc < 0) {
		registry_remove(registry, REGISTRY_NO_DOMID, job->config->uuid);
		return rc;
	}
	job->hold_fd = registry_hold(job->ref.domid);
	rc = registry_number(registry, job->config->uuid, job->ref.domid, job->error);
	if (rc < 0) {
		control_destroy(job->control, job->ref.domid);
		return rc;
	}
	job->ref.place = (uint32_t)rc;
	return 0;
}

static int create_domain(struct create_job *job)
{
	struct registry registry;
	int repaired;
	int rc = domain_lock_repaired(job->control, &registry, &repaired, job->error);

	if (rc < 0) {
		return rc;
	}
	rc = create_named(job, &registry);
	registry_close(&registry);
	return rc;
}

/* From here on the domain stays, whatever happens to us. */
static int create_complete(struct create_job *job)
{
	const struct registry_record *found;
	struct registry_record record;
	struct registry registry;
	int rc = registry_lock_record(&registry, job->ref.place, job->ref.domid, job->config->uuid, job->error);

	if (rc < 0) {
		return rc;
	}
	found = registry_find(&registry, job->ref.domid, job->config->uuid);
	if (found == NULL) {
		rc = error_set(job->error, ESRCH, NULL, "the domain was destroyed while it was built");
	} else {
		record = *found;
		record.is_building = 0;
		rc = registry_put(&registry, &record, job->error);
	}
	registry_close(&registry);
	return rc;
}

/* The supervisor starts the domain again from what is saved; paths in it must not depend on here. */
static int create_save_config(struct create_job *job)
{
	struct domain_config *config = job->config;
	char path[PATH_MAX];

	if (config->kernel[0] != '/' && realpath(config->kernel, path) != NULL) {
		snprintf(config->kernel, sizeof(config->kernel), "%.1023s", path);
	}
	if (config->ramdisk[0] != '/' && config->ramdisk[0] != '\0' && realpath(config->ramdisk, path) != NULL) {
		snprintf(config->ramdisk, sizeof(config->ramdisk), "%.1023s", path);
	}
	return domain_save_config(config, job->error);
}

/* All of its memory at once, so that of two creations that together ask too much one fails here. */
static int create_claim(struct create_job *job)
{
	struct control_dom op = { .u.pages.pages = job->build.pages };
	int rc = control_dom(job->control, job->ref.domid, CONTROL_DOM_CLAIM, &op);

	if (rc == -ENOMEM) {
		rc = build_check_memory(job->control, job->build.pages, true, job->error);
		return rc < 0 ? rc : create_refused(job, -ENOMEM);
	}
	return rc < 0 ? control_fail(job->control, rc, NULL, "claim its memory", job->error) : 0;
}

static int create_check_set(const struct create_job *job, const struct cpu_set *set, bool soft, uint32_t vcpu, uint32_t cpus)
{
	if (set == NULL || cpu_set_meets(set, cpus)) {
		return 0;
	}
	return error_set(job->error, EINVAL, soft ? "cpus_soft" : "cpus", "vCPU %u %s none of the machine's %u processors (0 to %u)",
			 vcpu, soft ? "prefers" : "may run on", cpus, cpus - 1);
}

/* Which processors its vCPUs may use, and which rather. */
static int create_pin(struct create_job *job)
{
	const struct cpu_sets *hard = &job->config->cpus, *soft = &job->config->cpus_soft;
	struct control_physinfo machine;
	int rc = hard->count + soft->count != 0 ? control_physinfo(job->control, &machine) : 0;
	uint32_t i;

	for (i = 0; i < job->config->maxvcpus && hard->count + soft->count != 0 && rc == 0; i++) {
		const struct cpu_set *may = cpu_sets_of(hard, i), *rather = cpu_sets_of(soft, i);
		struct control_dom op = { .u.vcpu.vcpu = i };

		if (create_check_set(job, may, false, i, machine.cpus) < 0 ||
		    create_check_set(job, rather, true, i, machine.cpus) < 0) {
			return -EINVAL;
		}
		if (may != NULL || rather != NULL) {
			control_set_affinity(&op, may, rather);
			rc = control_dom(job->control, job->ref.domid, CONTROL_DOM_SET_AFFINITY, &op);
		}
	}
	return rc < 0 ? control_fail(job->control, rc, NULL, "pin its vCPUs", job->error) : 0;
}

static int create_schedule(struct create_job *job)
{
	struct control_dom op = {
		.u.sched = { .weight = job->config->weight,
			     .cap_percent = job->config->cap_percent },
	};
	int rc;

	if (job->config->weight == 0 && job->config->cap_percent == 0) {
		return 0;
	}
	if (job->config->weight == 0) {
		op.u.sched.weight = CREATE_WEIGHT;
	}
	rc = control_dom(job->control, job->ref.domid, CONTROL_DOM_SCHED_SET, &op);
	return rc < 0 ? control_fail(job->control, rc, NULL, "set weight and cap", job->error) : 0;
}

static int create_start(struct create_job *job)
{
	int rc;

	if (job->options->paused) {
		return 0;
	}
	rc = control_dom_simple(job->control, job->ref.domid, CONTROL_DOM_UNPAUSE);
	return rc < 0 ? control_fail(job->control, rc, NULL, "start the domain", job->error) : 0;
}

/* Everything after the domain exists. */
static int create_fill(struct create_job *job)
{
	int rc = create_claim(job);

	if (rc == 0) {
		rc = build_domain(&job->build, &job->rings, job->error);
	}
	if (rc == 0) {
		rc = create_schedule(job);
	}
	if (rc == 0) {
		rc = create_pin(job);
	}
	if (rc == 0) {
		rc = create_save_config(job);
	}
	if (rc == 0) {
		rc = store_entries_add(job->store, job->ref.domid, job->config, &job->rings,
				       job->error);
	}
	if (rc == 0) {
		rc = disk_store_await(job->store, job->ref.domid, job->config->disks,
				      job->config->disk_count, job->error);
	}
	if (rc == 0) {
		rc = vif_store_await(job->store, job->ref.domid, job->config->vifs,
				     job->config->vif_count, job->error);
	}
	if (rc == 0) {
		rc = create_complete(job);
	}
	return rc < 0 ? rc : create_start(job);
}

static void create_release(struct create_job *job)
{
	kernel_image_close(&job->kernel);
	if (job->build.ramdisk.fd >= 0) {
		close(job->build.ramdisk.fd);
	}
	if (job->store != NULL) {
		xs_close(job->store);
	}
	if (job->hold_fd >= 0) {
		close(job->hold_fd);
	}
}

int domain_create(struct control *control, struct domain_config *config,
		  const struct domain_create_options *options, uint16_t *domid,
		  struct error *error)
{
	struct create_job job = {
		.control = control, .config = config, .options = options, .error = error,
		.kernel.fd = -1, .build.ramdisk.fd = -1, .hold_fd = -1,
	};
	int rc = config->has_uuid ? 0 : uuid_generate(config->uuid, error);

	config->has_uuid = true;
	if (rc == 0 && !options->dry_run) {
		rc = create_check_daemons(&job);
	}
	if (rc == 0) {
		rc = create_prepare(&job);
	}
	if (rc == 0 && !options->dry_run) {
		rc = create_domain(&job);
		if (rc == 0) {
			*domid = job.ref.domid;
			rc = create_fill(&job);
			if (rc < 0) {
				domain_destroy(control, &job.ref, NULL);
			}
		}
	}
	create_release(&job);
	return rc;
}
