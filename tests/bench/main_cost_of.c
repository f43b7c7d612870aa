// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost-of NAME COMMAND...: runs COMMAND and prints COST NAME <ticks>, the TSC ticks from before its start to its end. Everything that runs
 * meanwhile counts: the hypervisor, daemons, other guests. Ends with COMMAND's status. Without a command: the ticks since the machine's
 * start.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (uint64_t)high << 32 | low;
}

int main(int argc, char **argv)
{
	uint64_t start;
	int status = 0;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: cost-of NAME [COMMAND...]\n");
		return 2;
	}
	if (argc == 2) {
		printf("COST %s %llu\n", argv[1], (unsigned long long)ticks());
		return 0;
	}
	start = ticks();
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("cost-of");
		return 1;
	}
	printf("COST %s %llu\n", argv[1], (unsigned long long)(ticks() - start));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
