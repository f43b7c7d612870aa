// SPDX-License-Identifier: GPL-2.0-only
/*
 * shutdown and reboot: asks the domain's kernel, through its node control/shutdown. The kernel
 * acts when it can; -w waits until the domain is gone, woken by the store's @releaseDomain.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/store_entries.h"
#include "xenbus/client/xenstore.h"

struct shutdown_job {
	struct verb_context *context;
	const char *request;		/* "poweroff", "reboot" */
	bool wait;
	bool all;
	struct control control;
	struct xs_handle *store;
	int count;
	struct domain_ref *refs;
};

/* A kernel announces in control/feature-... that it listens; before that it may still be booting. */
static void shutdown_check_feature(const struct shutdown_job *job, const struct domain_ref *ref)
{
	char path[96];
	unsigned int length = 0;
	char *value;

	snprintf(path, sizeof(path), "/local/domain/%u/control/feature-%s", ref->domid,
		 job->request);
	value = xs_read(job->store, XBT_NULL, path, &length);
	if (value == NULL || strcmp(value, "1") != 0) {
		verb_warn(job->context, ref->name, "its kernel has not said that it listens for this; "
			  "'destroy' ends it without asking");
	}
	free(value);
	if ((ref->info.flags & CONTROL_INFO_PAUSED) != 0) {
		verb_warn(job->context, ref->name, "it is paused: it acts when it is unpaused");
	}
}

static int shutdown_one(struct shutdown_job *job, const struct domain_ref *ref,
			struct error *error)
{
	char object[DOMAIN_NAME_BYTES + 16];
	char path[96];

	snprintf(object, sizeof(object), "domain '%s'", ref->name);
	if (ref->domid == 0) {
		return error_set(error, EPERM, object, "is not shut down: this tool runs in it");
	}
	if ((ref->info.flags & CONTROL_INFO_SHUTDOWN) != 0) {
		return error_set(error, EBUSY, object, "has shut down already");
	}
	shutdown_check_feature(job, ref);
	snprintf(path, sizeof(path), "/local/domain/%u/control/shutdown", ref->domid);
	if (!xs_write(job->store, XBT_NULL, path, job->request,
		      (unsigned int)strlen(job->request))) {
		return error_set(error, errno, object, "cannot be asked: %s", strerror(errno));
	}
	return 0;
}

/* Gone, or another domain by now, or stopped and kept by its on_ action. */
static bool shutdown_is_over(struct shutdown_job *job, const struct domain_ref *ref)
{
	struct control_info info;

	return control_info(&job->control, ref->domid, &info) < 0 ||
	       memcmp(info.handle, ref->info.handle, sizeof(info.handle)) != 0 ||
	       (info.flags & (CONTROL_INFO_SHUTDOWN | CONTROL_INFO_DYING)) != 0;
}

static int shutdown_wait(struct shutdown_job *job, struct error *error)
{
	int i = 0;

	while (i < job->count) {
		char **event;
		unsigned int fields;

		if (shutdown_is_over(job, &job->refs[i])) {
			i++;
			continue;
		}
		event = xs_read_watch(job->store, &fields);
		if (event == NULL) {
			return error_set(error, errno, "xenstored", "went away while waiting");
		}
		free(event);
	}
	return 0;
}

static int shutdown_collect(struct shutdown_job *job, struct error *error)
{
	struct control_info *rows = NULL;
	int count = control_list(&job->control, &rows);
	int i;

	if (count < 0) {
		return control_fail(&job->control, count, NULL, "list the domains", error);
	}
	job->refs = calloc((size_t)count, sizeof(*job->refs));
	for (i = 0; i < count && job->refs != NULL; i++) {
		struct domain_ref *ref = &job->refs[job->count];
		char number[8];

		snprintf(number, sizeof(number), "%u", rows[i].domid);
		if (rows[i].domid != 0 && (rows[i].flags & CONTROL_INFO_SHUTDOWN) == 0 &&
		    domain_find(&job->control, number, ref, NULL) == 0) {
			job->count++;
		}
	}
	free(rows);
	return job->refs != NULL ? 0 : error_set(error, ENOMEM, NULL, "no memory for the list of domains");
}

static int shutdown_find(struct shutdown_job *job, const char *name, struct error *error)
{
	job->refs = calloc(1, sizeof(*job->refs));
	job->count = 1;
	return job->refs != NULL ? domain_find(&job->control, name, &job->refs[0], error) :
				   error_set(error, ENOMEM, NULL, "no memory");
}

/* Asks them all: one that cannot be asked is said, dropped, and no reason to spare the others. */
static int shutdown_ask(struct shutdown_job *job)
{
	int status = VERB_DONE;
	int i, kept = 0;

	for (i = 0; i < job->count; i++) {
		struct error error = { 0 };

		if (shutdown_one(job, &job->refs[i], &error) < 0) {
			status = verb_fail(job->context, NULL, &error);
		} else {
			job->refs[kept++] = job->refs[i];
		}
	}
	job->count = kept;
	return status;
}

static int shutdown_run_job(struct shutdown_job *job, const char *name)
{
	struct error error = { 0 };
	int status = VERB_DONE;
	int rc = job->all ? shutdown_collect(job, &error) : shutdown_find(job, name, &error);

	if (rc == 0) {
		rc = store_connect(&job->store, &error);
	}
	if (rc == 0 && job->wait && !xs_watch(job->store, "@releaseDomain", "shutdown")) {
		rc = error_set(&error, errno, "xenstored", "refused the watch: %s", strerror(errno));
	}
	if (rc == 0) {
		status = shutdown_ask(job);
		rc = job->wait ? shutdown_wait(job, &error) : 0;
	}
	if (job->store != NULL) {
		xs_close(job->store);
	}
	free(job->refs);
	return rc < 0 ? verb_fail(job->context, NULL, &error) : status;
}

static int shutdown_apply(struct verb_context *context, int argc, char **argv,
			  const char *request)
{
	static struct shutdown_job job;
	int status;
	int i;

	job.context = context;
	job.request = request;
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strspn(argv[i] + 1, "waF") != strlen(argv[i] + 1)) {
			return verb_usage(context, "unknown option '%s'", argv[i]);
		}
		job.wait |= strchr(argv[i], 'w') != NULL;
		job.all |= strchr(argv[i], 'a') != NULL;
	}
	if (job.all != (i == argc)) {
		return job.all ? verb_usage(context, "-a takes no domain") :
		       verb_usage(context, "a domain's name or number is missing");
	}
	if (argc - i > 1) {
		return verb_usage(context, "'%s' is one argument too many", argv[i + 1]);
	}
	status = verb_open_control(context, &job.control);
	if (status == VERB_DONE) {
		status = shutdown_run_job(&job, argv[i]);
		control_close(&job.control);
	}
	return status;
}

static int shutdown_run(struct verb_context *context, int argc, char **argv)
{
	return shutdown_apply(context, argc, argv, "poweroff");
}

static int reboot_run(struct verb_context *context, int argc, char **argv)
{
	return shutdown_apply(context, argc, argv, "reboot");
}

const struct verb verb_shutdown = {
	.name = "shutdown",
	.usage = "[-w] (-a | DOMAIN)",
	.summary = "ask a domain's kernel to power off",
	.details = "  -w   wait until it is done\n"
		   "  -a   all domains but domain 0\n",
	.run = shutdown_run,
};

const struct verb verb_reboot = {
	.name = "reboot",
	.usage = "[-w] (-a | DOMAIN)",
	.summary = "ask a domain's kernel to reboot",
	.details = "  -w   wait until it went down\n"
		   "  -a   all domains but domain 0\n",
	.run = reboot_run,
};
