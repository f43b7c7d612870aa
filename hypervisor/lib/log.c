// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log: a ring of text that dom0 reads, and sinks that see every line at once.
 *
 * One lock orders the ring and the sinks, taken with interrupts off (lib/log_machine.h), last in the lock order: sinks must not
 * log. Positions in the ring count bytes since boot and never wrap (64 bits). Each message is one line with the time in
 * front; raw text of guests is stored as it comes. Lines that a guest can provoke are limited to LOG_GUEST_BURST a second;
 * how many were dropped is told in front of the next one that passes.
 */
#include "lib/log.h"

#include "lib/log_machine.h"
#include "lib/printf.h"
#include "lib/string.h"

#define LOG_RING_BYTES  (64 * 1024)
#define LOG_LINE_BYTES  512
#define LOG_GUEST_BURST 10

static char ring[LOG_RING_BYTES];
static u64 ring_end;   /* position behind the newest byte */
static u64 ring_start; /* oldest byte that log_ring_clear() left */
static enum log_level max_level = LOG_INFO, max_guest_level = LOG_DEBUG;
static struct log_sink *sinks;

static u64 guest_window_ns;
static u32 guest_lines, guest_dropped;

static const char *const level_mark[] = { "error: ", "warning: ", "", "" };

void log_set_level(enum log_level level)
{
	max_level = level;
}

void log_set_guest_level(enum log_level level)
{
	max_guest_level = level;
}

void log_register_sink(struct log_sink *sink)
{
	sink->next = sinks;
	sinks = sink;
}

/* Log lock held. */
static void emit(const char *text, size_t bytes)
{
	struct log_sink *s;
	size_t i;

	for (i = 0; i < bytes; i++) {
		ring[(ring_end + i) % LOG_RING_BYTES] = text[i];
	}
	ring_end += bytes;
	for (s = sinks; s; s = s->next) {
		s->write(text, bytes);
	}
}

static size_t clip(size_t length, size_t size)
{
	return length < size ? length : size - 1;
}

/* Log lock held. One line; overlong ones are cut, the newline stays. */
static void emit_line(enum log_level level, const char *fmt, va_list ap)
{
	static char line[LOG_LINE_BYTES]; /* not on the stack: panics run on small ones */
	u64 us = log_machine.now_ns() / 1000;
	size_t n;

	n = printf_format(line, sizeof(line), "[%5llu.%06llu] %s", (unsigned long long)(us / 1000000),
			  (unsigned long long)(us % 1000000), level_mark[level]);
	n = clip(n, sizeof(line));
	n = clip(n + printf_vformat(line + n, sizeof(line) - n, fmt, ap), sizeof(line));
	if (line[n - 1] != '\n') {
		n = MIN(n, sizeof(line) - 2);
		line[n++] = '\n';
	}
	emit(line, n);
}

void log_printf(enum log_level level, const char *fmt, ...)
{
	va_list ap;
	u64 saved;

	if (level > max_level) {
		return;
	}
	va_start(ap, fmt);
	saved = log_machine.acquire();
	emit_line(level, fmt, ap);
	log_machine.release(saved);
	va_end(ap);
}

void log_answer(const char *fmt, ...)
{
	va_list ap;
	u64 saved;

	va_start(ap, fmt);
	saved = log_machine.acquire();
	emit_line(LOG_INFO, fmt, ap);
	log_machine.release(saved);
	va_end(ap);
}

/* Log lock held. Claims that one more guest-provoked line may pass now. */
static bool guest_line_passes(void)
{
	u64 now = log_machine.now_ns();
	char note[64];

	if (now - guest_window_ns >= 1000000000ULL) {
		guest_window_ns = now;
		guest_lines = 0;
		if (guest_dropped) {
			emit(note, printf_format(note, sizeof(note), "(%u guest messages dropped)\n", guest_dropped));
			guest_dropped = 0;
		}
	}
	if (guest_lines >= LOG_GUEST_BURST) {
		guest_dropped++;
		return false;
	}
	guest_lines++;
	return true;
}

void log_guest(enum log_level level, const char *fmt, ...)
{
	va_list ap;
	u64 saved;

	if (level > max_level || level > max_guest_level) {
		return;
	}
	va_start(ap, fmt);
	saved = log_machine.acquire();
	if (guest_line_passes()) {
		emit_line(level, fmt, ap);
	}
	log_machine.release(saved);
	va_end(ap);
}

void log_raw(const char *text, size_t bytes)
{
	u64 saved = log_machine.acquire();

	emit(text, bytes);
	log_machine.release(saved);
}

size_t log_ring_read(u64 *pos, char *buf, size_t max)
{
	u64 saved = log_machine.acquire();
	u64 oldest = ring_end > LOG_RING_BYTES ? ring_end - LOG_RING_BYTES : 0;
	u64 from = MAX(*pos, MAX(oldest, ring_start));
	size_t n = 0;

	while (n < max && from < ring_end) {
		buf[n++] = ring[from++ % LOG_RING_BYTES];
	}
	*pos = from;
	log_machine.release(saved);
	return n;
}

void log_ring_clear(void)
{
	u64 saved = log_machine.acquire();

	ring_start = ring_end;
	log_machine.release(saved);
}
