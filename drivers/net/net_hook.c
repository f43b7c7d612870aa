// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user's script for an interface: run with "online" once the interface is there, with "offline"
 * before it goes, in an environment that names both. It runs beside the loop: a slow script delays
 * its own device only. The node hotplug-status tells a process that was started again what a
 * script has done already.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "drivers/net/netd.h"
#include "sys/error.h"

#define HOOK_FOLDER "/etc/xen/scripts"

/* An "offline" that runs; its device is gone. */
struct hook_farewell {
	struct hook_farewell *next;
	pid_t pid;
	char link[NET_NAME_BYTES];	/* to be deleted at its end; empty: not ours */
};

static struct hook_farewell *hook_farewells;

void net_hook_read(struct net_device *device)
{
	struct back_device *base = &device->base;
	char *script = back_store_read(base->daemon, base->back, "script");
	char *status = back_store_read(base->daemon, base->back, "hotplug-status");

	device->hook.is_online = status != NULL && strcmp(status, "connected") == 0;
	free(status);
	if (script != NULL && script[0] != '\0') {
		if (script[0] == '/') {
			device->hook.script = strdup(script);
		} else if (asprintf(&device->hook.script, HOOK_FOLDER "/%s", script) < 0) {
			device->hook.script = NULL;
		}
	}
	free(script);
}

static void hook_set_environment(const struct net_device *device)
{
	/* Scripts read the store below dom0's own folder. */
	setenv("XENBUS_PATH", device->base.back + strlen("/local/domain/0/"), 1);
	setenv("XENBUS_BASE_PATH", "backend", 1);
	setenv("XENBUS_TYPE", "vif", 1);
	setenv("script", device->hook.script, 1);
	setenv("vif", device->link, 1);
}

/* The pid, or -errno. */
static pid_t hook_run(const struct net_device *device, const char *verb)
{
	char *argv[] = { device->hook.script, (char *)(uintptr_t)verb, NULL };
	posix_spawnattr_t attributes;
	sigset_t signals;
	pid_t pid;
	int rc;

	hook_set_environment(device);
	posix_spawnattr_init(&attributes);
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawn(&pid, device->hook.script, NULL, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	if (rc != 0) {
		log_warning("%s: script %s %s: %s", device->base.name, device->hook.script, verb,
			    strerror(rc));
	}
	return rc != 0 ? -rc : pid;
}

static int hook_fail(struct net_device *device, int rc, struct error *error)
{
	struct back_device *base = &device->base;
	char *said = back_store_read(base->daemon, base->back, "hotplug-error");
	int status = device->hook.status;
	char object[80];

	snprintf(object, sizeof(object), "script '%.60s'", device->hook.script);
	if (rc != -EIO) {
		error_set(error, -rc, object, "it cannot be run: %s", strerror(-rc));
	} else if (said != NULL) {
		error_set(error, EIO, object, "%.200s", said);
	} else if (WIFEXITED(status)) {
		error_set(error, EIO, object, "it ended with status %d", WEXITSTATUS(status));
	} else {
		error_set(error, EIO, object, "it was ended by signal %d", WTERMSIG(status));
	}
	if (said == NULL) {
		net_setup_write(device, "hotplug-error", error->sentence);
	}
	net_setup_write(device, "hotplug-status", "error");
	free(said);
	return rc;
}

int net_hook_online(struct net_device *device, struct error *error)
{
	struct net_hook *hook = &device->hook;

	if (hook->script == NULL || hook->is_online) {
		return 0;
	}
	if (hook->has_failed) {
		return hook_fail(device, -EIO, error);
	}
	if (hook->pid == 0) {
		pid_t pid = hook_run(device, "online");

		if (pid < 0) {
			return hook_fail(device, (int)pid, error);
		}
		hook->pid = pid;
	}
	return -EINPROGRESS;
}

static void hook_delete_link(const char *name)
{
	if (name[0] != '\0') {
		net_link_delete(name);
	}
}

void net_hook_offline(struct net_device *device)
{
	struct hook_farewell *farewell = NULL;
	char link[NET_NAME_BYTES] = "";

	if (device->has_link) {
		memcpy(link, device->link, sizeof(link));
	}
	if (device->hook.script != NULL && (device->hook.is_online || device->hook.pid != 0)) {
		farewell = calloc(1, sizeof(*farewell));
	}
	if (farewell != NULL) {
		farewell->pid = hook_run(device, "offline");
	}
	if (farewell == NULL || farewell->pid < 0) {
		free(farewell);
		hook_delete_link(link);
	} else {
		memcpy(farewell->link, link, sizeof(link));
		farewell->next = hook_farewells;
		hook_farewells = farewell;
	}
	device->has_link = false;
	device->hook.is_online = false;
	device->hook.has_failed = false;
	device->hook.pid = 0;
}

static void hook_end_farewell(pid_t pid)
{
	struct hook_farewell **at = &hook_farewells;
	struct hook_farewell *farewell;

	while (*at != NULL && (*at)->pid != pid) {
		at = &(*at)->next;
	}
	farewell = *at;
	if (farewell != NULL) {
		*at = farewell->next;
		hook_delete_link(farewell->link);
		free(farewell);
	}
}

/* All devices of this daemon are network devices, of either kind. */
static struct net_device *hook_find(struct back_daemon *daemon, pid_t pid)
{
	struct back_device *device = daemon->devices;

	while (device != NULL && ((struct net_device *)device)->hook.pid != pid) {
		device = device->next;
	}
	return (struct net_device *)device;
}

void net_hook_ended(unsigned int events, void *opaque)
{
	struct back_daemon *daemon = opaque;
	int status;
	pid_t pid;

	(void)events;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct net_device *device = hook_find(daemon, pid);

		if (device == NULL) {
			hook_end_farewell(pid);
			continue;
		}
		device->hook.pid = 0;
		device->hook.status = status;
		device->hook.is_online = status == 0;
		device->hook.has_failed = status != 0;
		if (daemon->store != NULL) {
			device->base.kind->update(&device->base);
		}
	}
}
