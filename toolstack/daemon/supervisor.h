/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The supervisor: one process that does each domain's on_... action when it stops by itself, and
 * starts the store and the console daemon again when they die.
 *
 * It waits; nothing is polled. @releaseDomain wakes it, one hypercall lists the domains, and those
 * that are shut down and not being dealt with are dealt with. Domains are started again by a child
 * (lam create on the saved configuration), at most SUPERVISOR_MAX_JOBS at a time, and not more
 * often than the throttle allows.
 */
#ifndef TOOLSTACK_DAEMON_SUPERVISOR_H
#define TOOLSTACK_DAEMON_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/control.h"
#include "lib/domain.h"
#include "sys/loop.h"

#define SUPERVISOR_MAX_JOBS 2u
#define SUPERVISOR_MAX_KEPT 1024u
#define SUPERVISOR_MAX_RESTARTS 512u
/* A domain that restarts this often within the window is not started again. */
#define SUPERVISOR_BURST 5u
#define SUPERVISOR_WINDOW_SECONDS 60u

struct xs_handle;

/* A domain that stopped and stays as it is: preserved, or of nobody's configuration. */
struct supervisor_kept {
	uint8_t uuid[16];
	uint16_t domid;
};

/* How often a domain was started again lately. */
struct supervisor_restart {
	char name[DOMAIN_NAME_BYTES];
	uint64_t window_start;
	uint32_t count;
};

/* A configuration to be started by a child. */
struct supervisor_job {
	struct supervisor_job *next;
	pid_t pid;		/* 0: waiting for its turn */
	char name[DOMAIN_NAME_BYTES];
	char path[128];		/* removed when the child is done */
};

enum supervisor_daemon_index {
	SUPERVISOR_XENSTORED,
	SUPERVISOR_XENCONSOLED,
	SUPERVISOR_BLKD,
	SUPERVISOR_DAEMONS,
};

struct supervisor_daemon {
	const char *program;
	const char *argument;	/* or NULL */
	const char *socket;	/* a connection to it ends with the daemon; NULL: see the store's */
	pid_t pid;		/* 0: not ours */
	uint64_t last_start;
	struct supervisor *supervisor;
	struct loop_watch *watch;	/* of the connection; NULL: there is none */
	int fd;
};

struct supervisor {
	struct loop *loop;
	struct control control;
	struct xs_handle *store;
	struct loop_watch *store_watch;
	struct loop_watch *retry_timer;
	uint64_t retry_ms;
	int ready_fd;			/* who started us waits here until the daemons serve */
	struct supervisor_job *jobs;
	struct supervisor_kept kept[SUPERVISOR_MAX_KEPT];
	uint32_t kept_count;
	struct supervisor_restart restarts[SUPERVISOR_MAX_RESTARTS];
	struct supervisor_daemon daemons[SUPERVISOR_DAEMONS];
};

/* --- supervisor_domains.c --- */
/* Looks at all domains and acts on those that stopped. */
void supervisor_check_domains(struct supervisor *supervisor);
/* Store nodes of domains that are gone, left by tools that were killed. */
void supervisor_sweep_store(struct supervisor *supervisor);

/* --- supervisor_jobs.c --- */
void supervisor_job_add(struct supervisor *supervisor, const char *name, const char *path);
/* Callback of SIGCHLD. */
void supervisor_child_ended(unsigned int events, void *supervisor);
/* Whether the domain may be started again now; counts it. */
bool supervisor_throttle_allows(struct supervisor *supervisor, const char *name);
/* Starts a program that stands beside this one. The pid, or -errno. */
pid_t supervisor_spawn(const char *program, char *const argv[]);

/* --- supervisor_daemons.c --- */
/* Connects to the daemons, starting those that do not run; retries by itself. */
void supervisor_daemons_connect(struct supervisor *supervisor);

uint64_t supervisor_now(void);

#endif
