// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pipe tells three cases apart: a byte (ready), the end without one (failed, the reason is on
 * stderr already), and neither (still starting).
 */
#include "lib/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int background_enter(bool foreground, const char *program)
{
	int ends[2];
	char verdict;
	pid_t pid;

	if (foreground) {
		return -1;
	}
	if (pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		fprintf(stderr, "%s: cannot go to the background: %s\n", program, strerror(errno));
		exit(1);
	}
	if (pid != 0) {
		close(ends[1]);
		_exit(read(ends[0], &verdict, 1) == 1 ? 0 : 1);
	}
	close(ends[0]);
	setsid();
	return ends[1];
}

void background_ready(int fd)
{
	ssize_t n;
	int null;

	if (fd < 0) {
		return;
	}
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		close(null);
	}
	if (chdir("/") < 0) {
		fprintf(stderr, "cannot go to /: %s\n", strerror(errno));
	}
	n = write(fd, "", 1);
	(void)n;
	close(fd);
}

int background_arguments(int argc, char **argv, const char *program, bool *foreground)
{
	static const char usage[] = "[-F | --foreground]";

	*foreground = false;
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		printf("usage: %s %s\n", program, usage);
		return 0;
	}
	if (argc == 2 && (strcmp(argv[1], "-F") == 0 || strcmp(argv[1], "--foreground") == 0)) {
		*foreground = true;
		return -1;
	}
	if (argc > 1) {
		fprintf(stderr, "%s: unknown argument '%s'\nusage: %s %s\n", program, argv[1], program,
			usage);
		return 2;
	}
	return -1;
}
