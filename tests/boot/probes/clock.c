/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock: shows that reading the clock in a guest is no system call and that it never goes back.
 *
 * A filter kills the process when it calls clock_gettime in the kernel, which the vDSO does when it cannot tell the time
 * itself. Reads the monotonic clock a million times in two processes, which the scheduler moves between vCPUs.
 * Prints CLOCK-OK and ends with status 0, or prints what is wrong.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READINGS 1000000

static int say(const char *text)
{
	return write(1, text, strlen(text)) < 0;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int forbid_the_call(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int read_often(void)
{
	uint64_t last, t;

	if (forbid_the_call()) {
		return say("CLOCK-WRONG no seccomp filters in this kernel\n"), 1;
	}
	last = now_ns();
	for (int i = 0; i < READINGS; i++) {
		t = now_ns();
		if (t < last) {
			return say("CLOCK-WRONG the clock went back\n"), 1;
		}
		last = t;
	}
	return 0;
}

int main(void)
{
	int status, bad = 0;

	for (int i = 0; i < 2; i++) {
		pid_t child = fork();

		if (child == 0) {
			_exit(read_often());
		}
		bad |= child < 0;
	}
	while (wait(&status) > 0) {
		if (WIFSIGNALED(status)) {
			say("CLOCK-WRONG a reading was a system call\n");
		}
		bad |= status != 0;
	}
	if (!bad) {
		say("CLOCK-OK\n");
	}
	return bad;
}
