// SPDX-License-Identifier: GPL-2.0-only
/*
 * console DOMAIN: joins the readers of a domain's console. The console daemon sends what was
 * printed last, then everything new; what is typed goes to the domain. ^] leaves.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/console_client.h"

#define CONSOLE_ESCAPE 0x1d
#define CONSOLE_BYTES 4096

struct console_session {
	int fd;
	struct termios saved;
	bool raw;
	bool input_open;
};

static void console_raw(struct console_session *session)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &session->saved) < 0) {
		return;
	}
	raw = session->saved;
	cfmakeraw(&raw);
	session->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static bool console_write_all(int fd, const char *from, size_t bytes)
{
	while (bytes != 0) {
		ssize_t n = write(fd, from, bytes);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return false;
		}
		from += n;
		bytes -= (size_t)n;
	}
	return true;
}

/* False when the session is over. */
static bool console_from_domain(struct console_session *session)
{
	char buffer[CONSOLE_BYTES];
	ssize_t n = read(session->fd, buffer, sizeof(buffer));

	return n > 0 && console_write_all(STDOUT_FILENO, buffer, (size_t)n);
}

static bool console_from_terminal(struct console_session *session)
{
	char buffer[CONSOLE_BYTES];
	ssize_t n = read(STDIN_FILENO, buffer, sizeof(buffer));
	char *escape;

	if (n <= 0) {
		/* Input that ends (a pipe) leaves the output running. */
		session->input_open = false;
		return true;
	}
	escape = memchr(buffer, CONSOLE_ESCAPE, (size_t)n);
	if (escape != NULL) {
		console_write_all(session->fd, buffer, (size_t)(escape - buffer));
		return false;
	}
	return console_write_all(session->fd, buffer, (size_t)n);
}

static void console_relay(struct console_session *session)
{
	bool going = true;

	while (going) {
		struct pollfd fds[2] = {
			{ .fd = session->fd, .events = POLLIN },
			{ .fd = session->input_open ? STDIN_FILENO : -1, .events = POLLIN },
		};

		if (poll(fds, 2, -1) < 0) {
			going = errno == EINTR;
			continue;
		}
		if (fds[0].revents != 0) {
			going = console_from_domain(session);
		}
		if (going && fds[1].revents != 0) {
			going = console_from_terminal(session);
		}
	}
}

int verb_attach_console(const struct verb_context *context, const struct domain_ref *ref)
{
	struct console_session session = { .input_open = true };
	struct error error = { 0 };

	session.fd = console_client_attach(ref->domid, ref->name, &error);
	if (session.fd < 0) {
		return verb_fail(context, NULL, &error);
	}
	signal(SIGPIPE, SIG_IGN);
	fflush(stdout);
	if (isatty(STDIN_FILENO)) {
		fprintf(stderr, "console of %s; leave with ^]\n", ref->name);
	}
	console_raw(&session);
	console_relay(&session);
	if (session.raw) {
		tcsetattr(STDIN_FILENO, TCSANOW, &session.saved);
	}
	close(session.fd);
	if (isatty(STDIN_FILENO)) {
		fprintf(stderr, "\n");
	}
	return VERB_DONE;
}

static int console_run(struct verb_context *context, int argc, char **argv)
{
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	int status;

	/* xl's options that change nothing here: -t pv, -n 0. */
	while (argc > 3 && (strcmp(argv[1], "-t") == 0 || strcmp(argv[1], "-n") == 0)) {
		if (strcmp(argv[2], "pv") != 0 && strcmp(argv[2], "0") != 0) {
			return verb_usage(context, "there is one console, of type pv, number 0");
		}
		argc -= 2;
		argv += 2;
	}
	status = verb_one_domain(context, argc, argv);
	if (status == VERB_DONE) {
		status = verb_open_domain(context, argv[1], &control, &ref);
	}
	if (status != VERB_DONE) {
		return status;
	}
	control_close(&control);
	if (ref.domid == 0) {
		error_set(&error, ENXIO, "domain 'Domain-0'", "has no console of its own here");
		return verb_fail(context, NULL, &error);
	}
	return verb_attach_console(context, &ref);
}

const struct verb verb_console = {
	.name = "console",
	.usage = "DOMAIN",
	.summary = "attach to a domain's console; ^] leaves",
	.run = console_run,
};
