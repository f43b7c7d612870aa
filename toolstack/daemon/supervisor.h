/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The supervisor: one process that does each domain's on_... action when it stops by itself, and
 * starts the store, the console daemon and the back ends again when they die.
 *
 * It waits; nothing is polled. @releaseDomain wakes it, the hypervisor says which domains changed (at
 * first, and after a failure, it is asked for all), and those that are shut down and not being dealt
 * with are dealt with. Domains are started again by a child
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

/* A configuration to be started, or a domain to be dumped, by a child. */
struct supervisor_job {
	struct supervisor_job *next;
	pid_t pid;		/* 0: waiting for its turn */
	bool is_dump;
	struct supervisor_kept dumped;	/* is_dump: kept until it is done */
	char name[DOMAIN_NAME_BYTES];
	char path[128];		/* the core, or the configuration: that is removed when the child is done */
};

enum supervisor_daemon_index {
	SUPERVISOR_XENSTORED,
	SUPERVISOR_XENCONSOLED,
	SUPERVISOR_BLKD,
	SUPERVISOR_NETD,
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
	bool starts_nothing;		/* the daemons are started by somebody else */
	struct supervisor_job *jobs;
	uint64_t changes_seen;		/* position in the hypervisor's log; 0: look at all domains */
	struct supervisor_kept kept[SUPERVISOR_MAX_KEPT];
	uint32_t kept_count;
	struct supervisor_restart restarts[SUPERVISOR_MAX_RESTARTS];
	struct supervisor_daemon daemons[SUPERVISOR_DAEMONS];
};

/* --- supervisor_domains.c --- */
/* Looks at the domains that changed since the last time, at first at all, and acts on those that stopped. */
void supervisor_check_domains(struct supervisor *supervisor);
/* A domain has been dumped, well or not: the rest of its action follows. */
void supervisor_dump_ended(struct supervisor *supervisor, const struct supervisor_kept *dumped);
/* Store nodes of domains that are gone, left by tools that were killed. */
void supervisor_sweep_store(struct supervisor *supervisor);

/* --- supervisor_jobs.c --- */
void supervisor_job_add(struct supervisor *supervisor, const char *name, const char *path);
/* Writes a core of a domain that is kept meanwhile; supervisor_dump_ended() follows. -ENOMEM. */
int supervisor_dump_add(struct supervisor *supervisor, const struct domain_ref *ref);
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
