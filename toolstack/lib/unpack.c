// SPDX-License-Identifier: GPL-2.0-only
/*
 * The helper stands beside the running program (or in the system's library folder). Its messages
 * come back through a pipe: one line, taken for text and nothing else.
 */
#include "lib/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/error.h"

#define UNPACK_HELPER "lam-unpack"
#define UNPACK_LIBRARY_DIR "/usr/lib/lamina"
#define UNPACK_MESSAGE_BYTES 200

extern char **environ;

static void unpack_helper_path(char *path, size_t bytes)
{
	ssize_t length = readlink("/proc/self/exe", path, bytes - 1);
	char *slash;

	if (length > 0) {
		path[length] = '\0';
		slash = strrchr(path, '/');
		if (slash != NULL && (size_t)(slash - path) + sizeof(UNPACK_HELPER) + 1 < bytes) {
			strcpy(slash + 1, UNPACK_HELPER);
			if (access(path, X_OK) == 0) {
				return;
			}
		}
	}
	snprintf(path, bytes, "%s/%s", UNPACK_LIBRARY_DIR, UNPACK_HELPER);
}

/* Reads the helper's one line until it closes the pipe; control characters become '?'. */
static void unpack_read_message(int fd, char *message, size_t bytes)
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
	message[strcspn(message, "\n")] = '\0';
	for (i = 0; message[i] != '\0'; i++) {
		if ((unsigned char)message[i] < 0x20 || message[i] == 0x7f) {
			message[i] = '?';
		}
	}
}

static int unpack_spawn(const struct unpack_request *request, int message_fd, pid_t *pid)
{
	char path[512], offset[24], bytes[24], max[24], peek[24];
	const char *argv[] = { UNPACK_HELPER, pack_format_name(request->format), offset, bytes, max,
			       peek, NULL };
	posix_spawn_file_actions_t actions;
	int rc;

	unpack_helper_path(path, sizeof(path));
	snprintf(offset, sizeof(offset), "%llu", (unsigned long long)request->offset);
	snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)request->bytes);
	snprintf(max, sizeof(max), "%llu", (unsigned long long)request->max_bytes);
	snprintf(peek, sizeof(peek), "%llu", (unsigned long long)request->peek_bytes);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, request->in_fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, request->out_fd, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, message_fd, STDERR_FILENO);
	rc = posix_spawn(pid, path, &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

static int unpack_judge(const struct unpack_request *request, int status, const char *message,
			struct error *error)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		return 0;
	}
	if (WIFSIGNALED(status)) {
		return error_set(error, ENOEXEC, request->object,
				 "its %s payload broke the limits of unpacking (signal %d)",
				 pack_format_name(request->format), WTERMSIG(status));
	}
	return error_set(error, WEXITSTATUS(status) == 3 ? ENOSPC : ENOEXEC, request->object,
			 "its %s payload cannot be unpacked: %s",
			 pack_format_name(request->format),
			 message[0] != '\0' ? message : "the helper gave no reason");
}

int unpack_run(const struct unpack_request *request, struct error *error)
{
	char message[UNPACK_MESSAGE_BYTES];
	int pipe_fds[2];
	int status = 0;
	pid_t pid;
	int rc;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0) {
		return error_set(error, errno, NULL, "cannot make a pipe");
	}
	rc = unpack_spawn(request, pipe_fds[1], &pid);
	close(pipe_fds[1]);
	if (rc < 0) {
		close(pipe_fds[0]);
		return error_set(error, -rc, UNPACK_HELPER, "cannot start it to unpack %s: %s",
				 request->object, strerror(-rc));
	}
	unpack_read_message(pipe_fds[0], message, sizeof(message));
	close(pipe_fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
		continue;
	}
	return unpack_judge(request, status, message, error);
}
