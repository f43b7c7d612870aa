// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages come through a pipe that is read until the helper closes it; what does not fit is read
 * and dropped, so that no helper waits for us.
 */
#include "lib/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/error.h"

#define HELPER_LIBRARY_DIR "/usr/lib/lamina"
#define HELPER_PROGRESS_MS 100

extern char **environ;

static void helper_path(const char *name, char *path, size_t bytes)
{
	ssize_t length = readlink("/proc/self/exe", path, bytes - 1);
	char *slash;

	if (length > 0) {
		path[length] = '\0';
		slash = strrchr(path, '/');
		if (slash != NULL && (size_t)(slash - path) + strlen(name) + 2 < bytes) {
			strcpy(slash + 1, name);
			if (access(path, X_OK) == 0) {
				return;
			}
		}
	}
	snprintf(path, bytes, "%s/%s", HELPER_LIBRARY_DIR, name);
}

/* Until there is something to read, tells the progress. */
static void helper_await(const struct helper *helper, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct stat st;

	while (helper->progress != NULL && poll(&poll_fd, 1, HELPER_PROGRESS_MS) == 0) {
		if (fstat(helper->out_fd, &st) == 0) {
			helper->progress(helper->progress_context, (uint64_t)st.st_size);
		}
	}
}

static void helper_read_message(int fd, char *message, size_t bytes)
{
	size_t used = 0;
	char rest[64];
	ssize_t n;
	size_t i;

	while ((n = used < bytes - 1 ? read(fd, message + used, bytes - 1 - used) :
		read(fd, rest, sizeof(rest))) > 0) {
		used += used < bytes - 1 ? (size_t)n : 0;
	}
	message[used] = '\0';
	for (i = 0; message[i] != '\0'; i++) {
		if (((unsigned char)message[i] < 0x20 && message[i] != '\n') || message[i] == 0x7f) {
			message[i] = '?';
		}
	}
}

static int helper_spawn(const struct helper *helper, int message_fd, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	char path[512];
	int rc;

	helper_path(helper->argv[0], path, sizeof(path));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, helper->in_fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, helper->out_fd, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, message_fd, STDERR_FILENO);
	rc = posix_spawn(pid, path, &actions, NULL, (char *const *)(uintptr_t)helper->argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

int helper_run(struct helper *helper, struct error *error)
{
	int pipe_fds[2];
	pid_t pid;
	int rc;

	helper->message[0] = '\0';
	if (pipe2(pipe_fds, O_CLOEXEC) < 0) {
		return error_set(error, errno, NULL, "cannot make a pipe");
	}
	rc = helper_spawn(helper, pipe_fds[1], &pid);
	close(pipe_fds[1]);
	if (rc < 0) {
		close(pipe_fds[0]);
		return error_set(error, -rc, helper->argv[0], "cannot start it for %s: %s",
				 helper->object, strerror(-rc));
	}
	helper_await(helper, pipe_fds[0]);
	helper_read_message(pipe_fds[0], helper->message, helper->message_bytes);
	close(pipe_fds[0]);
	if (helper->progress != NULL) {
		helper->progress(helper->progress_context, UINT64_MAX);
	}
	while (waitpid(pid, &helper->status, 0) < 0 && errno == EINTR) {
		continue;
	}
	return 0;
}
