// SPDX-License-Identifier: GPL-2.0-only
/*
 * See confine.h. The order matters: the user is dropped while that is still allowed, the filter is
 * last.
 */
#include "helpers/confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONFINE_NOBODY 65534

static int confine_limit(int resource, rlim_t value)
{
	struct rlimit limit = { value, value };

	return setrlimit((__rlimit_resource_t)resource, &limit);
}

static int confine_drop_user(void)
{
	if (geteuid() != 0) {
		return 0;
	}
	if (setgroups(0, NULL) < 0 ||
	    setresgid(CONFINE_NOBODY, CONFINE_NOBODY, CONFINE_NOBODY) < 0 ||
	    setresuid(CONFINE_NOBODY, CONFINE_NOBODY, CONFINE_NOBODY) < 0) {
		return -1;
	}
	return 0;
}

#define ALLOW(name) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static int confine_filter_calls(void)
{
	static struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(pread64),
		ALLOW(pwrite64),
		ALLOW(write),
		ALLOW(ftruncate),
		ALLOW(brk),
		ALLOW(mmap),
		ALLOW(munmap),
		ALLOW(mremap),
		ALLOW(madvise),
		ALLOW(exit_group),
		ALLOW(exit),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return -1;
	}
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		/* A kernel without seccomp: the other measures stand. */
		return errno == EINVAL ? 0 : -1;
	}
	return 0;
}

int confine(const struct confine_limits *limits)
{
	if (confine_limit(RLIMIT_AS, limits->memory_bytes) < 0 ||
	    confine_limit(RLIMIT_CPU, limits->cpu_seconds) < 0 ||
	    confine_limit(RLIMIT_CORE, 0) < 0 || confine_limit(RLIMIT_NOFILE, 3) < 0 ||
	    confine_limit(RLIMIT_NPROC, 0) < 0 ||
	    confine_limit(RLIMIT_FSIZE, limits->output_bytes) < 0) {
		return -1;
	}
	return confine_drop_user() < 0 ? -1 : confine_filter_calls();
}

void confine_complain(const char *text)
{
	ssize_t n = write(STDERR_FILENO, text, strlen(text));

	(void)n;
}
