/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event loop of daemons: file descriptors, timers, signals. A thin layer on libevent, whose
 * only user this module is: programs that must stay small (lam) do not link it.
 *
 * One loop per process and thread. Callbacks run from loop_run(); a callback may remove any
 * watch, its own included. A removed watch never fires again.
 */
#ifndef TOOLSTACK_SYS_LOOP_H
#define TOOLSTACK_SYS_LOOP_H

#include <stdint.h>

struct loop;
struct loop_watch;

enum loop_events {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
};

/* @events: which of LOOP_READ and LOOP_WRITE are ready; 0 for a timer or a signal. */
typedef void loop_callback(unsigned int events, void *arg);

/* NULL when memory or descriptors ran out. */
struct loop *loop_create(void);
void loop_destroy(struct loop *loop);

/* Runs callbacks until loop_stop(). Returns 0, or -EIO when the kernel interface failed. */
int loop_run(struct loop *loop);
/* Runs what is ready (waits for it when @wait is not 0), then returns. For tests. */
int loop_run_once(struct loop *loop, int wait);
void loop_stop(struct loop *loop);

/*
 * Level-triggered. @events may be 0 (paused). The descriptor stays the caller's and must outlive
 * the watch. NULL when memory ran out or the descriptor cannot be watched.
 */
struct loop_watch *loop_add_fd(struct loop *loop, int fd, unsigned int events,
			       loop_callback *callback, void *arg);
/* Returns 0 or -ENOMEM. */
int loop_set_events(struct loop_watch *watch, unsigned int events);

/* A one-shot timer, not armed yet. */
struct loop_watch *loop_add_timer(struct loop *loop, loop_callback *callback, void *arg);
/* Arms or re-arms: fires once, @delay_ms from now. Returns 0 or -ENOMEM. */
int loop_arm_timer(struct loop_watch *timer, uint64_t delay_ms);
void loop_disarm_timer(struct loop_watch *timer);

struct loop_watch *loop_add_signal(struct loop *loop, int signal, loop_callback *callback,
				   void *arg);

/* Removes and frees a watch, timer or signal; NULL is ignored. */
void loop_remove(struct loop_watch *watch);

#endif
