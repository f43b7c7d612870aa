// SPDX-License-Identifier: GPL-2.0-only
/* What lib/ needs of a machine: a clock for the log, and an end for the process. On its own, so that tests of lib/ link no more. */
#include "fake/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/log_machine.h"
#include "x86/cpu.h"

u64 fake_now_ns = 1000;

static u64 log_now(void) { return fake_now_ns; }
static u64 log_acquire(void) { return 0; }
static void log_release(u64 saved) { (void)saved; }
const struct log_machine log_machine = { .acquire = log_acquire, .release = log_release, .now_ns = log_now };

/* The C library's function of this name is hidden by the scheduler's. */
void fake_relax(void) { syscall(SYS_sched_yield); }

void bug_at(const char *file, int line, const char *what)
{
	fprintf(stderr, "BUG at %s:%d: %s\n", file, line, what);
	abort();
}

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "panic: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	abort();
}
