/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log lines of daemons, on stderr or a file: "2026-01-31 12:00:00 xenstored: warning: text".
 *
 * One process, one log; no thread safety beyond whole lines (one write per line). Lines that a
 * hostile peer can provoke go through a log_limit, so that no peer fills a disk: a burst of
 * lines, then at most one per interval, with the number that was left out.
 */
#ifndef TOOLSTACK_SYS_LOG_H
#define TOOLSTACK_SYS_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

struct log_limit {
	uint64_t next_ns;	/* no line before this time once the burst is used */
	uint32_t used;
	uint32_t suppressed;
};

/* @program is kept by pointer. Lines above @level are dropped. Before this call: stderr, info. */
void log_init(const char *program, enum log_level level);

/* Appends to @path from now on (created 0640). Returns 0 or -errno; on error nothing changes. */
int log_open_file(const char *path);

bool log_is_enabled(enum log_level level);

void log_write(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Like log_write, at most a burst of 10 and then one line per 5 s for each @limit. */
void log_write_limited(struct log_limit *limit, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
