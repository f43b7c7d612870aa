// SPDX-License-Identifier: GPL-2.0-only
/*
 * Children: starting domains again, and the daemons. The queue keeps a host whose domains all
 * restart at once from starting a hundred builders.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/supervisor.h"
#include "lib/paths.h"
#include "sys/log.h"

extern char **environ;

uint64_t supervisor_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

pid_t supervisor_spawn(const char *program, char *const argv[])
{
	char path[512];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 64);
	char *slash;
	pid_t pid;
	int rc;

	if (length <= 0) {
		return -errno;
	}
	path[length] = '\0';
	slash = strrchr(path, '/');
	snprintf(slash + 1, 64, "%.60s", program);
	rc = posix_spawn(&pid, path, NULL, NULL, argv, environ);
	return rc != 0 ? -rc : pid;
}

static uint32_t supervisor_running_jobs(const struct supervisor *supervisor)
{
	const struct supervisor_job *job;
	uint32_t running = 0;

	for (job = supervisor->jobs; job != NULL; job = job->next) {
		running += job->pid > 0 ? 1 : 0;
	}
	return running;
}

static void supervisor_job_done(struct supervisor *supervisor, struct supervisor_job *job)
{
	struct supervisor_job **at = &supervisor->jobs;

	while (*at != job) {
		at = &(*at)->next;
	}
	*at = job->next;
	if (!job->is_dump) {
		unlink(job->path);
	}
	free(job);
}

static pid_t supervisor_job_spawn(struct supervisor_job *job)
{
	char domid[8];
	char *create[] = { "lam", "create", "-q", job->path, NULL };
	char *dump[] = { "lam", "dump-core", domid, job->path, NULL };

	snprintf(domid, sizeof(domid), "%u", job->dumped.domid);
	return supervisor_spawn("lam", job->is_dump ? dump : create);
}

/* Starts waiting jobs while there is room; those that cannot be started are dropped: a domain to be dumped stays as it is. */
static void supervisor_jobs_start(struct supervisor *supervisor)
{
	struct supervisor_job *job = supervisor->jobs;

	while (job != NULL && supervisor_running_jobs(supervisor) < SUPERVISOR_MAX_JOBS) {
		struct supervisor_job *next = job->next;
		if (job->pid == 0) {
			pid_t pid = supervisor_job_spawn(job);

			if (pid > 0) {
				job->pid = pid;
			} else {
				log_error("%s: cannot be %s: lam does not run: %s", job->name,
					  job->is_dump ? "dumped and is kept" : "started again",
					  strerror((int)-pid));
				supervisor_job_done(supervisor, job);
			}
		}
		job = next;
	}
}

static void supervisor_job_append(struct supervisor *supervisor, struct supervisor_job *job)
{
	struct supervisor_job **at = &supervisor->jobs;

	while (*at != NULL) {
		at = &(*at)->next;
	}
	*at = job;
	supervisor_jobs_start(supervisor);
}

void supervisor_job_add(struct supervisor *supervisor, const char *name, const char *path)
{
	struct supervisor_job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		log_error("%s: no memory to start it again", name);
		return;
	}
	snprintf(job->name, sizeof(job->name), "%s", name);
	snprintf(job->path, sizeof(job->path), "%s", path);
	supervisor_job_append(supervisor, job);
}

int supervisor_dump_add(struct supervisor *supervisor, const struct domain_ref *ref)
{
	struct supervisor_job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		log_error("%s: no memory to dump it", ref->name);
		return -ENOMEM;
	}
	mkdir("/var/lib", 0755);
	mkdir(LAMINA_STATE_DIR, 0755);
	if (mkdir(LAMINA_DUMP_DIR, 0700) < 0 && errno != EEXIST) {
		log_error("%s: %s", LAMINA_DUMP_DIR, strerror(errno));
	}
	job->is_dump = true;
	job->dumped.domid = ref->domid;
	memcpy(job->dumped.uuid, ref->info.handle, sizeof(job->dumped.uuid));
	snprintf(job->name, sizeof(job->name), "%s", ref->name);
	snprintf(job->path, sizeof(job->path), LAMINA_DUMP_DIR "/%s", ref->name);
	supervisor_job_append(supervisor, job);
	return 0;
}

static void supervisor_dump_job_ended(struct supervisor *supervisor, struct supervisor_job *job,
				      bool is_good)
{
	struct supervisor_kept dumped = job->dumped;

	if (is_good) {
		log_info("%s: its core is %s", job->name, job->path);
	} else {
		log_error("%s: could not be dumped to %s; the reason stands above", job->name, job->path);
	}
	supervisor_job_done(supervisor, job);
	supervisor_dump_ended(supervisor, &dumped);
}

static void supervisor_job_ended(struct supervisor *supervisor, pid_t pid, int status)
{
	const bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	struct supervisor_job *job = supervisor->jobs;

	while (job != NULL && job->pid != pid) {
		job = job->next;
	}
	if (job == NULL) {
		return;
	}
	if (job->is_dump) {
		supervisor_dump_job_ended(supervisor, job, is_good);
		return;
	}
	if (is_good) {
		log_info("%s: started again", job->name);
	} else {
		log_error("%s: could not be started again; the reason stands above", job->name);
	}
	supervisor_job_done(supervisor, job);
}

void supervisor_child_ended(unsigned int events, void *opaque)
{
	struct supervisor *supervisor = opaque;
	int status;
	pid_t pid;
	uint32_t i;

	(void)events;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < SUPERVISOR_DAEMONS; i++) {
			if (supervisor->daemons[i].pid == pid) {
				supervisor->daemons[i].pid = 0;
				log_warning("%s ended", supervisor->daemons[i].program);
			}
		}
		supervisor_job_ended(supervisor, pid, status);
	}
	supervisor_jobs_start(supervisor);
}

/* The record of @name, else one that is out of use or the oldest. */
static struct supervisor_restart *supervisor_restart_of(struct supervisor *supervisor,
							const char *name)
{
	struct supervisor_restart *oldest = &supervisor->restarts[0];
	uint32_t i;

	for (i = 0; i < SUPERVISOR_MAX_RESTARTS; i++) {
		struct supervisor_restart *restart = &supervisor->restarts[i];

		if (strcmp(restart->name, name) == 0) {
			return restart;
		}
		if (restart->window_start < oldest->window_start) {
			oldest = restart;
		}
	}
	snprintf(oldest->name, sizeof(oldest->name), "%s", name);
	oldest->count = 0;
	oldest->window_start = supervisor_now();
	return oldest;
}

bool supervisor_throttle_allows(struct supervisor *supervisor, const char *name)
{
	struct supervisor_restart *restart = supervisor_restart_of(supervisor, name);
	uint64_t now = supervisor_now();

	if (now - restart->window_start >= SUPERVISOR_WINDOW_SECONDS) {
		restart->window_start = now;
		restart->count = 0;
	}
	restart->count++;
	return restart->count <= SUPERVISOR_BURST;
}
