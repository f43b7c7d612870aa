// SPDX-License-Identifier: GPL-2.0-only
/*
 * What common operations cost a guest's process, in TSC ticks: with QEMU's -icount shift=0 a tick is an executed instruction, guest
 * and hypervisor together, and the figures are the same on every run. Medians of five.
 *
 * Prints one line per operation: COST <name> <ticks>.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/mark.h"

#define ROUNDS 5
#define PAGE   4096
#define PAGES  64

static char *pages;
static int to_child[2], from_child[2];
static char *self;

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (uint64_t)high << 32 | low;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void do_syscall(void) { syscall(SYS_getppid); }

static void do_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
}

static void on_signal(int number) { (void)number; }
static void do_signal(void) { kill(getpid(), SIGUSR1); }

/* A store to a page that may not be written: fault, signal, and on_fault() makes it writable. */
static void on_fault(int number)
{
	(void)number;
	if (mprotect(pages, PAGE, PROT_READ | PROT_WRITE)) {
		_exit(1);
	}
}

static void do_fault(void)
{
	if (mprotect(pages, PAGE, PROT_READ)) {
		fail("mprotect");
	}
	*(volatile char *)pages = 1;
}

static void do_mprotect(void)
{
	if (mprotect(pages, PAGES * PAGE, PROT_READ) || mprotect(pages, PAGES * PAGE, PROT_READ | PROT_WRITE)) {
		fail("mprotect");
	}
}

static void do_mmap(void)
{
	void *p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(p, 64 << 20);
}

/* Faults, fills and unmaps PAGES fresh pages. */
static void do_touch(void)
{
	char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i;

	for (i = 0; i < PAGES; i++) {
		p[i * PAGE] = 1;
	}
	munmap(p, PAGES * PAGE);
}

static void run_child(int with_exec)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (with_exec) {
			execl(self, self, "nothing", (char *)NULL);
		}
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		fail("fork");
	}
}

static void do_fork(void) { run_child(0); }
static void do_exec(void) { run_child(1); }

static void do_sh(void)
{
	if (system("exit 0")) {
		fail("sh");
	}
}

static void do_ping_pong(void)
{
	char c = 'x';

	if (write(to_child[1], &c, 1) != 1 || read(from_child[0], &c, 1) != 1) {
		fail("pipe");
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void measure(const char *name, int times, void (*operation)(void))
{
	uint64_t result[ROUNDS];
	int round, i;

	mark(MARK_BEGIN);
	for (round = 0; round < ROUNDS; round++) {
		uint64_t start = ticks();

		for (i = 0; i < times; i++) {
			operation();
		}
		result[round] = (ticks() - start) / (uint64_t)times;
	}
	mark(MARK_END);
	qsort(result, ROUNDS, sizeof(result[0]), compare);
	printf("COST %s %llu\n", name, (unsigned long long)result[ROUNDS / 2]);
	fflush(stdout);
}

/* The other end of the ping-pong. */
static pid_t start_echo(void)
{
	pid_t pid;
	char c;

	if (pipe(to_child) || pipe(from_child)) {
		fail("pipe");
	}
	pid = fork();
	if (pid == 0) {
		while (read(to_child[0], &c, 1) == 1 && write(from_child[1], &c, 1) == 1) {
		}
		_exit(0);
	}
	return pid;
}

int main(int argc, char **argv)
{
	pid_t echo;

	if (argc > 1) {
		return 0; /* what do_exec() runs */
	}
	self = argv[0];
	signal(SIGUSR1, on_signal);
	signal(SIGSEGV, on_fault);
	pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(pages, 1, PAGES * PAGE);
	measure("system-call", 2000, do_syscall);
	measure("clock-gettime", 2000, do_clock);
	measure("signal", 500, do_signal);
	measure("protection-fault", 100, do_fault);
	measure("mprotect-64-pages-twice", 100, do_mprotect);
	measure("mmap-munmap-64-MiB", 50, do_mmap);
	measure("touch-64-pages", 20, do_touch);
	measure("fork-exit-wait", 20, do_fork);
	measure("fork-exec-wait", 20, do_exec);
	measure("sh", 20, do_sh);
	echo = start_echo();
	measure("pipe-round-trip", 200, do_ping_pong);
	kill(echo, SIGKILL);
	return 0;
}
