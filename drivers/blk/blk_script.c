// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user's script for a disk (script=), as block scripts are elsewhere: run with "add", it makes a
 * block device of the node params and writes which one into the store: physical-device-path, or
 * physical-device (major:minor, hexadecimal), then hotplug-status = connected. Run with "remove"
 * when the disk is closed, the device's path in the variable device. It runs beside the loop. A process that was started again finds in
 * hotplug-status that "add" was done.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/blk/blkd.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

extern char **environ;

/* The pid, or -errno. */
static pid_t script_run(const struct blk_device *device, const char *script, const char *verb)
{
	char *argv[] = { (char *)(uintptr_t)script, (char *)(uintptr_t)verb, NULL };
	posix_spawnattr_t attributes;
	sigset_t signals;
	pid_t pid;
	int rc;

	/* Scripts read the store below dom0's own folder. */
	setenv("XENBUS_PATH", device->base.back + strlen("/local/domain/0/"), 1);
	setenv("XENBUS_BASE_PATH", "backend", 1);
	setenv("XENBUS_TYPE", "vbd", 1);
	setenv("script", script, 1);
	/* At "remove" the store may not say it any more. */
	setenv("device", device->script_device, 1);
	posix_spawnattr_init(&attributes);
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawn(&pid, script, NULL, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	return rc != 0 ? -rc : pid;
}

static bool script_has_connected(const struct blk_device *device)
{
	char *status = back_store_read(device->base.daemon, device->base.back, "hotplug-status");
	bool has = status != NULL && strcmp(status, "connected") == 0;

	free(status);
	return has;
}

/* The device file of a block device by its numbers, as the kernel names it. NULL: there is none. */
static char *script_device_file(unsigned int major, unsigned int minor)
{
	char path[64], line[128];
	char *file = NULL;
	FILE *said;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/uevent", major, minor);
	said = fopen(path, "re");
	while (said != NULL && fgets(line, sizeof(line), said) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "DEVNAME=", 8) == 0 && asprintf(&file, "/dev/%s", line + 8) < 0) {
			file = NULL;
		}
	}
	if (said != NULL) {
		fclose(said);
	}
	return file;
}

/* Which block device the script has made; the caller frees it. NULL: it does not say. */
static char *script_result(const struct blk_device *device)
{
	const struct back_device *base = &device->base;
	char *path = back_store_read(base->daemon, base->back, "physical-device-path");
	char *numbers;
	unsigned int major, minor;

	if (path != NULL) {
		return path;
	}
	numbers = back_store_read(base->daemon, base->back, "physical-device");
	if (numbers != NULL && sscanf(numbers, "%x:%x", &major, &minor) == 2) {
		path = script_device_file(major, minor);
	}
	free(numbers);
	return path;
}

static int script_fail(struct blk_device *device, const char *script, int rc, struct error *error)
{
	struct back_device *base = &device->base;
	char *said = back_store_read(base->daemon, base->back, "hotplug-error");
	int status = device->script_status;
	char object[80];

	snprintf(object, sizeof(object), "script '%.60s'", script);
	if (rc != -EIO) {
		error_set(error, -rc, object, "it cannot be run: %s", strerror(-rc));
	} else if (said != NULL) {
		error_set(error, EIO, object, "%.200s", said);
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		error_set(error, EIO, object, "it has not written hotplug-status and physical-device");
	} else {
		error_set(error, EIO, object, "it ended with status %d",
			  WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
	free(said);
	return rc;
}

int blk_script_add(struct blk_device *device, const char *script, char **path, struct error *error)
{
	pid_t pid;

	if (device->script_pid != 0) {
		return -EINPROGRESS;
	}
	snprintf(device->script, sizeof(device->script), "%s", script);
	if (script_has_connected(device)) {
		device->script_has_added = true;
		*path = script_result(device);
		snprintf(device->script_device, sizeof(device->script_device), "%s",
			 *path != NULL ? *path : "");
		return *path != NULL ? 0 : script_fail(device, script, -EIO, error);
	}
	if (device->script_has_ended) {
		return script_fail(device, script, -EIO, error);
	}
	pid = script_run(device, script, "add");
	if (pid < 0) {
		return script_fail(device, script, (int)pid, error);
	}
	device->script_pid = pid;
	return -EINPROGRESS;
}

void blk_script_remove(struct blk_device *device)
{
	struct back_device *base = &device->base;
	char path[BACK_PATH_BYTES + 24];

	if (!device->script_has_added) {
		return;
	}
	device->script_has_added = false;
	device->script_has_ended = false;
	snprintf(path, sizeof(path), "%s/hotplug-status", base->back);
	if (base->daemon->store != NULL && !base->is_gone) {
		xs_rm(base->daemon->store, XBT_NULL, path);
	}
	if (script_run(device, device->script, "remove") < 0) {
		log_warning("%s: script %s cannot be run", base->name, device->script);
	}
}

void blk_script_ended(unsigned int events, void *opaque)
{
	struct blk_daemon *daemon = opaque;
	int status;
	pid_t pid;

	(void)events;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct back_device *base = daemon->base.devices;

		/* Others: "remove" and lam-export, for which nobody waits. */
		while (base != NULL && ((struct blk_device *)base)->script_pid != pid) {
			base = base->next;
		}
		if (base != NULL) {
			((struct blk_device *)base)->script_pid = 0;
			((struct blk_device *)base)->script_status = status;
			((struct blk_device *)base)->script_has_ended = true;
			if (daemon->base.store != NULL && !base->is_gone) {
				base->kind->update(base);
			}
		}
	}
}
