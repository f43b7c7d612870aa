// SPDX-License-Identifier: GPL-2.0-only
/*
 * The helper's message is one line.
 */
#include "lib/unpack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/helper.h"
#include "sys/error.h"

#define UNPACK_HELPER "lam-unpack"
#define UNPACK_MESSAGE_BYTES 200

static int unpack_start(const struct unpack_request *request, char *message, size_t bytes,
			int *status, struct error *error)
{
	char offset[24], in_bytes[24], max[24], peek[24];
	const char *argv[] = { UNPACK_HELPER, pack_format_name(request->format), offset, in_bytes,
			       max, peek, NULL };
	struct helper helper = {
		.argv = argv, .in_fd = request->in_fd, .out_fd = request->out_fd,
		.message = message, .message_bytes = bytes, .object = request->object,
		.progress = request->progress, .progress_context = request->progress_context,
	};
	int rc;

	snprintf(offset, sizeof(offset), "%llu", (unsigned long long)request->offset);
	snprintf(in_bytes, sizeof(in_bytes), "%llu", (unsigned long long)request->bytes);
	snprintf(max, sizeof(max), "%llu", (unsigned long long)request->max_bytes);
	snprintf(peek, sizeof(peek), "%llu", (unsigned long long)request->peek_bytes);
	rc = helper_run(&helper, error);
	*status = helper.status;
	message[strcspn(message, "\n")] = '\0';
	return rc;
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
	int status = 0;
	int rc = unpack_start(request, message, sizeof(message), &status, error);

	return rc < 0 ? rc : unpack_judge(request, status, message, error);
}
