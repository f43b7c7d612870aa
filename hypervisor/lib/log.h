/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log and the two ways of dying. Messages go to a ring that dom0 reads (lam dmesg) and to every registered
 * console. Any context may log, NMI excepted. Messages that a guest can provoke use log_guest(), which is limited to
 * a few lines a second per machine and counts what it drops.
 */
#ifndef LAMINA_LIB_LOG_H
#define LAMINA_LIB_LOG_H

#include "lib/types.h"

/* LOG_NONE is a limit, no message has it. */
enum log_level { LOG_NONE = -1, LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Formats are printf's without floating point; %llx and friends for u64, %s, %c, %p, %*, precision. */
void log_printf(enum log_level level, const char *fmt, ...) __printf(2, 3);
/* As log_printf(), rate limited: for what a guest can cause. */
void log_guest(enum log_level level, const char *fmt, ...) __printf(2, 3);

#define log_err(...)   log_printf(LOG_ERR, __VA_ARGS__)
#define log_warn(...)  log_printf(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_printf(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_printf(LOG_DEBUG, __VA_ARGS__)

/* One line that somebody asked for: passes whatever the levels are. */
void log_answer(const char *fmt, ...) __printf(1, 2);

/* Messages above @level are dropped (loglvl= on the command line). */
void log_set_level(enum log_level level);
/* Of log_guest()'s, those above @level are dropped too (guest_loglvl=). */
void log_set_guest_level(enum log_level level);

/* A console is a sink for finished text. Registration happens on the boot processor, before others run. */
struct log_sink {
	void (*write)(const char *text, size_t bytes);
	struct log_sink *next;
};
void log_register_sink(struct log_sink *sink);

/*
 * Text written by a guest (console_io) goes to the sinks and the ring as it is, without prefix.
 */
void log_raw(const char *text, size_t bytes);

/*
 * Copies the ring's text from byte position *@pos on (positions count bytes since boot; one that has been overwritten
 * is moved forward). Returns the bytes copied, at most @max, and advances *@pos.
 */
size_t log_ring_read(u64 *pos, char *buf, size_t max);
/* Forgets everything that is in the ring. */
void log_ring_clear(void);

/* Boot cannot go on, or the machine is lost: says so on every console with registers and a stack, then stops or reboots. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn __cold;
void bug_at(const char *file, int line, const char *what) __noreturn __cold;

/* We are wrong. Neither may depend on data that a guest controls. */
#define BUG_ON(cond) do { if (unlikely(cond)) { bug_at(__FILE__, __LINE__, #cond); } } while (0)
#define BUG()        bug_at(__FILE__, __LINE__, "unreachable")
#ifdef LAMINA_DEBUG
#define ASSERT(cond) do { if (unlikely(!(cond))) { bug_at(__FILE__, __LINE__, "!(" #cond ")"); } } while (0)
#else
#define ASSERT(cond) do { (void)sizeof(cond); } while (0)
#endif

#endif
