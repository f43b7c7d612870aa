// SPDX-License-Identifier: GPL-2.0-only
/*
 * xenstored: options, lock, background, readiness.
 *
 * The lock on the pid file says that this folder's daemon lives; whoever holds it may replace the
 * socket. In the background, the parent leaves only when the socket accepts (status 0) or the
 * start has failed (status 1, reason on stderr); under a service manager, READY=1 is sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "toolstack/sys/error.h"
#include "toolstack/sys/log.h"
#include "xenbus/client/xenstore.h"
#include "xenbus/daemon.h"

#define MAIN_NAME "xenstored"

struct main_options {
	struct daemon_options daemon;
	const char *pid_path;
	const char *log_path;
	bool has_journal;
	bool is_foreground;
	bool is_verbose;
};

static const struct option main_long_options[] = {
	{ "foreground", no_argument, NULL, 'F' },
	{ "no-fork", no_argument, NULL, 'F' },
	{ "no-hypervisor", no_argument, NULL, 'n' },
	{ "socket", required_argument, NULL, 's' },
	{ "pid-file", required_argument, NULL, 'p' },
	{ "log-file", required_argument, NULL, 'l' },
	{ "journal", required_argument, NULL, 'j' },
	{ "no-journal", no_argument, NULL, 'J' },
	{ "quota", required_argument, NULL, 'Q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void main_usage(FILE *to)
{
	fprintf(to, "usage: " MAIN_NAME " [options]\n"
		"  -F, --foreground       stay in the foreground, log to stderr\n"
		"  --no-hypervisor        serve sockets only, without guests\n"
		"  --socket PATH          listen here (default: XENSTORED_PATH or %s)\n"
		"  --pid-file PATH        lock and process id (default: beside the socket)\n"
		"  --log-file PATH        append log lines here\n"
		"  --journal PATH         keep the store here for a restart (default: beside the socket)\n"
		"  --no-journal           keep nothing\n"
		"  -Q, --quota NAME=N     set a limit; xenstore-control quota lists them\n"
		"  -v, --verbose          log more\n",
		xs_daemon_socket());
}

static int main_set_quota(struct quota *quota, char *text)
{
	char *value = strchr(text, '=');
	int rc = -EINVAL;

	if (value != NULL) {
		*value = '\0';
		rc = quota_set(quota, text, value + 1);
		*value = '=';
	}
	if (rc < 0) {
		fprintf(stderr, MAIN_NAME ": --quota %s: %s\n", text,
			rc == -ENOENT ? "there is no such limit" : "must be NAME=NUMBER");
	}
	return rc;
}

/* Returns 0, or the exit status + 1 when the program is to end. */
static int main_parse(int argc, char **argv, struct main_options *options)
{
	int option;

	while ((option = getopt_long(argc, argv, "FNQ:vh", main_long_options, NULL)) != -1) {
		switch (option) {
		case 'F':
		case 'N':
			options->is_foreground = true;
			break;
		case 'n':
			options->daemon.has_hypervisor = false;
			break;
		case 's':
			options->daemon.socket_path = optarg;
			break;
		case 'p':
			options->pid_path = optarg;
			break;
		case 'j':
			options->daemon.journal_path = optarg;
			break;
		case 'J':
			options->has_journal = false;
			break;
		case 'l':
			options->log_path = optarg;
			break;
		case 'Q':
			if (main_set_quota(&options->daemon.quota, optarg) < 0) {
				return 3;
			}
			break;
		case 'v':
			options->is_verbose = true;
			break;
		case 'h':
			main_usage(stdout);
			return 1;
		default:
			main_usage(stderr);
			return 3;
		}
	}
	if (optind != argc) {
		fprintf(stderr, MAIN_NAME ": unexpected argument '%s'\n", argv[optind]);
		return 3;
	}
	return 0;
}

/* Creates the folder of @path, one level. */
static void main_make_folder(const char *path)
{
	char folder[4096];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash != NULL && slash != folder) {
		*slash = '\0';
		mkdir(folder, 0755);
	}
}

/* Locks the pid file and writes our id; the descriptor stays open as long as we live. */
static int main_lock(const char *path, struct error *error)
{
	char text[24];
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	int length;

	if (fd < 0) {
		return error_set(error, errno, path, "cannot open the pid file");
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int rc = errno == EWOULDBLOCK
				 ? error_set(error, EBUSY, path, "another " MAIN_NAME " runs")
				 : error_set(error, errno, path, "cannot lock it");

		close(fd);
		return rc;
	}
	length = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)length, 0) != length) {
		int rc = error_set(error, errno, path, "cannot write it");

		close(fd);
		return rc;
	}
	return fd;
}

/* The parent waits for the child's verdict; returns the pipe's end in the child. */
static int main_fork(void)
{
	char verdict = 1;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		fprintf(stderr, MAIN_NAME ": cannot go to the background: %s\n", strerror(errno));
		exit(1);
	}
	if (pid != 0) {
		close(ends[1]);
		_exit(read(ends[0], &verdict, 1) == 1 && verdict == 0 ? 0 : 1);
	}
	close(ends[0]);
	setsid();
	return ends[1];
}

static void main_notify_manager(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length = path != NULL ? strlen(path) : 0;
	int fd;

	if (length < 2 || length >= sizeof(address.sun_path)) {
		return;
	}
	memcpy(address.sun_path, path, length);
	if (path[0] == '@') {
		address.sun_path[0] = '\0';
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		sendto(fd, "READY=1", 7, MSG_NOSIGNAL, (struct sockaddr *)&address,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
		close(fd);
	}
}

static void main_detach(int verdict_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	ssize_t written;

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		close(null);
	}
	if (chdir("/") < 0) {
		log_warning("cannot change to /");
	}
	written = write(verdict_fd, "", 1);
	(void)written;
	close(verdict_fd);
}

static int main_serve(const struct main_options *options, int verdict_fd)
{
	struct error error = { 0 };
	struct daemon *daemon;
	int lock, rc;

	main_make_folder(options->daemon.socket_path);
	lock = main_lock(options->pid_path, &error);
	rc = lock < 0 ? lock : daemon_create(&options->daemon, &daemon, &error);
	if (rc == 0 && options->log_path != NULL) {
		rc = log_open_file(options->log_path);
		if (rc < 0) {
			error_set(&error, rc, options->log_path, "cannot open the log file");
			daemon_destroy(daemon);
		}
	}
	if (rc < 0) {
		error_print(MAIN_NAME, &error);
		return 1;
	}
	log_info("listening on %s%s", options->daemon.socket_path,
		 options->daemon.has_hypervisor ? "" : ", without a hypervisor");
	main_notify_manager();
	if (verdict_fd >= 0) {
		main_detach(verdict_fd);
	}
	rc = daemon_run(daemon);
	log_info("ending");
	daemon_destroy(daemon);
	unlink(options->pid_path);
	return rc < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct main_options options = {
		.daemon = { .socket_path = xs_daemon_socket(), .has_hypervisor = true },
		.has_journal = true,
	};
	char pid_path[4096], journal_path[4096];
	int status;

	quota_set_defaults(&options.daemon.quota);
	status = main_parse(argc, argv, &options);
	if (status != 0) {
		return status - 1;
	}
	if (options.pid_path == NULL) {
		snprintf(pid_path, sizeof(pid_path), "%s.pid", options.daemon.socket_path);
		options.pid_path = pid_path;
	}
	if (!options.has_journal) {
		options.daemon.journal_path = NULL;
	} else if (options.daemon.journal_path == NULL) {
		snprintf(journal_path, sizeof(journal_path), "%s.journal",
			 options.daemon.socket_path);
		options.daemon.journal_path = journal_path;
	}
	log_init(MAIN_NAME, options.is_verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	return main_serve(&options, options.is_foreground ? -1 : main_fork());
}
