// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam-unpack FORMAT OFFSET BYTES MAX PEEK: unpacks BYTES bytes at OFFSET of descriptor 0 into
 * descriptor 1, at most MAX bytes, or only the first PEEK bytes when that is not 0.
 *
 * It exists so that no decompressor runs with privileges, or inside a program that has any: before
 * the first byte of input is looked at, the process becomes nobody, limits its memory, processor
 * time and files, and gives up every system call but those that a decoder needs. Exit status:
 * 0 done, 1 refused (one line on descriptor 2), 2 usage, 3 no space for the output.
 */
#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helpers/unpack_io.h"

#define UNPACK_NOBODY 65534
#define UNPACK_MEMORY_BYTES (512ul << 20)
#define UNPACK_CPU_SECONDS 300

static int unpack_limit(int resource, rlim_t value)
{
	struct rlimit limit = { value, value };

	return setrlimit((__rlimit_resource_t)resource, &limit);
}

static int unpack_drop_user(void)
{
	if (geteuid() != 0) {
		return 0;
	}
	if (setgroups(0, NULL) < 0 || setresgid(UNPACK_NOBODY, UNPACK_NOBODY, UNPACK_NOBODY) < 0 ||
	    setresuid(UNPACK_NOBODY, UNPACK_NOBODY, UNPACK_NOBODY) < 0) {
		return -1;
	}
	return 0;
}

#define ALLOW(name) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Any other system call ends the process. */
static int unpack_filter_calls(void)
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

static int unpack_confine(const struct unpack_io *io)
{
	if (unpack_limit(RLIMIT_AS, UNPACK_MEMORY_BYTES) < 0 ||
	    unpack_limit(RLIMIT_CPU, UNPACK_CPU_SECONDS) < 0 ||
	    unpack_limit(RLIMIT_CORE, 0) < 0 || unpack_limit(RLIMIT_NOFILE, 3) < 0 ||
	    unpack_limit(RLIMIT_NPROC, 0) < 0 || unpack_limit(RLIMIT_FSIZE, io->out_max) < 0) {
		return -1;
	}
	return unpack_drop_user() < 0 ? -1 : unpack_filter_calls();
}

static bool unpack_number(const char *text, uint64_t *value)
{
	char *stop;

	errno = 0;
	*value = strtoull(text, &stop, 10);
	return errno == 0 && stop != text && *stop == '\0';
}

static int unpack_complain(const char *text)
{
	ssize_t n = write(STDERR_FILENO, text, strlen(text));

	(void)n;
	return 1;
}

int main(int argc, char **argv)
{
	struct unpack_io io = { .in_fd = STDIN_FILENO, .out_fd = STDOUT_FILENO };
	unpack_decoder *decoder = argc == 6 ? unpack_find(argv[1]) : NULL;
	int rc;

	if (decoder == NULL || !unpack_number(argv[2], &io.in_offset) ||
	    !unpack_number(argv[3], &io.in_left) || !unpack_number(argv[4], &io.out_max) ||
	    !unpack_number(argv[5], &io.out_enough)) {
		unpack_complain("usage: lam-unpack FORMAT OFFSET BYTES MAX PEEK <packed >unpacked\n");
		return 2;
	}
	io.in = malloc(UNPACK_IN_BYTES);
	io.out = malloc(UNPACK_OUT_BYTES);
	if (io.in == NULL || io.out == NULL) {
		return unpack_complain("there is no memory for it\n");
	}
	if (unpack_confine(&io) < 0) {
		return unpack_complain("the privileges of the helper cannot be dropped\n");
	}
	rc = decoder(&io);
	if (rc == UNPACK_OK || rc == UNPACK_ENOUGH) {
		rc = unpack_finish(&io);
	}
	if (rc == UNPACK_OK) {
		_exit(0);
	}
	unpack_complain(unpack_status_text(rc));
	_exit(rc == UNPACK_NO_SPACE ? 3 : 1);
}
