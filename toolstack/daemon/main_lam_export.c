// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam-export DOMID NUMBER FORMAT MODE IMAGE: shows an image of another format than raw as a raw file,
 * /run/lamina/export/DOMID-NUMBER, by qemu-storage-daemon's export over FUSE. lam-blkd starts it, one
 * for each such disk, and serves that file.
 *
 * It is the parent of the tool: starts it again when it ends, ends it (so that it writes what it
 * holds) when the disk's store nodes are gone. Of two for one disk the second leaves. When the tool
 * does not get going, the operator reads why in the node "error" of the back folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/paths.h"
#include "lib/run_lock.h"
#include "sys/error.h"
#include "sys/log.h"
#include "sys/loop.h"
#include "xenbus/client/xenstore.h"

#define EXPORT_TOOL "qemu-storage-daemon"
#define EXPORT_RETRY_MS 250
/* Ends in a row, each soon after its start, that are too many. */
#define EXPORT_MAX_FAILURES 6
#define EXPORT_STORE_RETRY_MS 1000
#define EXPORT_SOON_SECONDS 2
#define EXPORT_PATH_BYTES 96
#define EXPORT_OPTION_BYTES 2400

struct export {
	struct loop *loop;
	struct loop_watch *timer, *store_timer, *store_watch;
	struct xs_handle *store;
	const char *format, *mode, *image;
	char back[EXPORT_PATH_BYTES];	/* store folder */
	char file[EXPORT_PATH_BYTES];
	pid_t tool;
	int said_fd;			/* what the tool prints */
	time_t started;
	int failures;
	bool is_ending;
	int status;
};

static bool export_is_read_only(const struct export *e)
{
	return strcmp(e->mode, "r") == 0;
}

/* An option in which a comma in the image's name does not end it. */
static void export_file_option(const struct export *e, char *option, size_t bytes)
{
	size_t at = (size_t)snprintf(option, bytes,
				     "driver=file,node-name=file,discard=unmap,read-only=%s,"
				     "locking=%s,filename=",
				     export_is_read_only(e) ? "on" : "off",
				     strcmp(e->mode, "w!") == 0 ? "off" : "auto");
	const char *p;

	for (p = e->image; *p != '\0' && at + 2 < bytes; p++) {
		if (*p == ',') {
			option[at++] = ',';
		}
		option[at++] = *p;
	}
	option[at] = '\0';
}

static void export_run_tool(const struct export *e, int said)
{
	char file[EXPORT_OPTION_BYTES], format[128], show[256];

	export_file_option(e, file, sizeof(file));
	snprintf(format, sizeof(format), "driver=%s,node-name=disk,file=file,discard=unmap,"
		 "read-only=%s", e->format, export_is_read_only(e) ? "on" : "off");
	snprintf(show, sizeof(show), "type=fuse,id=export,node-name=disk,mountpoint=%s,"
		 "writable=%s", e->file, export_is_read_only(e) ? "off" : "on");
	/* It must not outlive us: nobody would end it. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGCHLD, SIG_DFL);
	dup2(said, STDERR_FILENO);
	execlp(EXPORT_TOOL, EXPORT_TOOL, "--blockdev", file, "--blockdev", format, "--export",
	       show, (char *)NULL);
	dprintf(STDERR_FILENO, "%s: %s\n", EXPORT_TOOL, strerror(errno));
	_exit(127);
}

/* The place where the file is to be: empty, with nothing of a dead tool above it. */
static int export_make_place(const struct export *e)
{
	int fd;

	while (umount2(e->file, MNT_DETACH) == 0) {
	}
	if (mkdir(LAMINA_EXPORT_DIR, 0700) < 0 && errno != EEXIST) {
		return -errno;
	}
	fd = open(e->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		return -errno;
	}
	close(fd);
	return 0;
}

static void export_start(struct export *e)
{
	int ends[2];

	e->started = time(NULL);
	if (export_make_place(e) < 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		loop_arm_timer(e->timer, EXPORT_RETRY_MS);
		return;
	}
	e->tool = fork();
	if (e->tool == 0) {
		export_run_tool(e, ends[1]);
	}
	close(ends[1]);
	e->said_fd = ends[0];
}

static void export_timer(unsigned int events, void *opaque)
{
	(void)events;
	export_start(opaque);
}

static void export_end(struct export *e, int status)
{
	e->is_ending = true;
	e->status = status;
	if (e->tool > 0) {
		kill(e->tool, SIGTERM);
	} else {
		loop_stop(e->loop);
	}
}

/* The last line that the tool printed becomes the operator's error. */
static void export_tell_failure(struct export *e)
{
	char text[400] = "", path[EXPORT_PATH_BYTES + 16];
	ssize_t n = read(e->said_fd, text, sizeof(text) - 1);
	char *line;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	line = text[0] != '\0' ? text : (char *)(uintptr_t) "the tool ends without a word";
	log_error("%s: %s", e->image, line);
	snprintf(path, sizeof(path), "%s/error", e->back);
	if (e->store != NULL) {
		xs_write(e->store, XBT_NULL, path, line, (unsigned int)strlen(line));
	}
}

static void export_tool_ended(unsigned int events, void *opaque)
{
	struct export *e = opaque;
	int status;

	(void)events;
	if (waitpid(e->tool, &status, WNOHANG) != e->tool) {
		return;
	}
	e->tool = 0;
	if (e->is_ending) {
		close(e->said_fd);
		loop_stop(e->loop);
		return;
	}
	e->failures = time(NULL) - e->started < EXPORT_SOON_SECONDS ? e->failures + 1 : 0;
	log_warning("%s: %s has ended (%d)", e->image, EXPORT_TOOL, status);
	/* A predecessor's tool may hold the image a moment longer; one that is not there never comes. */
	if (e->failures >= EXPORT_MAX_FAILURES || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) {
		export_tell_failure(e);
		export_end(e, 1);
	} else {
		loop_arm_timer(e->timer, EXPORT_RETRY_MS);
	}
	close(e->said_fd);
}

/* Whether the disk is still wanted. */
static void export_look_at_store(struct export *e)
{
	char path[EXPORT_PATH_BYTES + 16];
	unsigned int length;
	char *front;

	snprintf(path, sizeof(path), "%s/frontend", e->back);
	errno = 0;
	front = xs_read(e->store, XBT_NULL, path, &length);
	if (front == NULL && errno == ENOENT && !e->is_ending) {
		export_end(e, 0);
	}
	free(front);
}

static void export_store_ready(unsigned int events, void *opaque)
{
	struct export *e = opaque;
	char **event;

	(void)events;
	while ((event = xs_check_watch(e->store)) != NULL) {
		free(event);
	}
	if (errno == EAGAIN) {
		export_look_at_store(e);
		return;
	}
	loop_remove(e->store_watch);
	xs_close(e->store);
	e->store = NULL;
	loop_arm_timer(e->store_timer, EXPORT_STORE_RETRY_MS);
}

static void export_open_store(unsigned int events, void *opaque)
{
	struct export *e = opaque;

	(void)events;
	e->store = xs_open(XS_OPEN_SOCKETONLY);
	if (e->store == NULL || !xs_watch(e->store, e->back, "export")) {
		if (e->store != NULL) {
			xs_close(e->store);
		}
		e->store = NULL;
		loop_arm_timer(e->store_timer, EXPORT_STORE_RETRY_MS);
		return;
	}
	e->store_watch = loop_add_fd(e->loop, xs_fileno(e->store), LOOP_READ, export_store_ready, e);
	export_store_ready(0, e);
	if (e->store != NULL) {
		export_look_at_store(e);
	}
}

static void export_terminated(unsigned int events, void *opaque)
{
	(void)events;
	export_end(opaque, 0);
}

static int export_open(struct export *e, const char *name, struct error *error)
{
	int rc = run_lock_take(name, error);

	if (rc < 0) {
		return rc;
	}
	e->loop = loop_create();
	e->timer = e->loop != NULL ? loop_add_timer(e->loop, export_timer, e) : NULL;
	e->store_timer = e->loop != NULL ? loop_add_timer(e->loop, export_open_store, e) : NULL;
	if (e->timer == NULL || e->store_timer == NULL ||
	    loop_add_signal(e->loop, SIGCHLD, export_tool_ended, e) == NULL ||
	    loop_add_signal(e->loop, SIGTERM, export_terminated, e) == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	loop_arm_timer(e->store_timer, 0);
	return 0;
}

int main(int argc, char **argv)
{
	static struct export e;
	struct error error = { 0 };
	char name[48];
	int rc;

	if (argc != 6) {
		fprintf(stderr, "usage: lam-export DOMID NUMBER FORMAT MODE IMAGE\n");
		return 2;
	}
	snprintf(name, sizeof(name), "export-%.8s-%.12s", argv[1], argv[2]);
	snprintf(e.back, sizeof(e.back), "/local/domain/0/backend/qdisk/%.8s/%.12s", argv[1], argv[2]);
	snprintf(e.file, sizeof(e.file), LAMINA_EXPORT_DIR "/%.8s-%.12s", argv[1], argv[2]);
	e.format = argv[3];
	e.mode = argv[4];
	e.image = argv[5];
	setsid();
	signal(SIGPIPE, SIG_IGN);
	log_init("lam-export", LOG_LEVEL_INFO);
	rc = export_open(&e, name, &error);
	if (rc == -EBUSY) {
		return 0;
	}
	if (rc < 0) {
		error_print("lam-export", &error);
		return 1;
	}
	export_start(&e);
	loop_run(e.loop);
	while (umount2(e.file, MNT_DETACH) == 0) {
	}
	unlink(e.file);
	return e.status;
}
