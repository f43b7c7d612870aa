/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a configuration says about one domain, checked and with units.
 *
 * domain_config_read() is the only way from xl.cfg's keys to these fields. It never falls back to
 * a default silently: a value of the wrong type or out of range is an error with its position, a
 * key nobody knows is a warning with the nearest known one, and a key that Lamina cannot honour
 * yet is refused or warned about, as the key table says.
 *
 * domain_config_write() gives the text from which domain_config_read() gets the same again; the
 * supervisor restarts domains from it.
 */
#ifndef TOOLSTACK_LIB_DOMAIN_CONFIG_H
#define TOOLSTACK_LIB_DOMAIN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cpu_set.h"
#include "lib/disk.h"
#include "lib/vif.h"
#include "public/start_info.h"

#define DOMAIN_NAME_BYTES 80
#define DOMAIN_PATH_BYTES 1024
/* Room for what domain_config_write() writes of any configuration, but for odd characters. */
#define DOMAIN_CONFIG_TEXT_BYTES \
	(8192 + DOMAIN_MAX_VCPUS * CPU_SET_TEXT_BYTES + DISK_MAX * 2 * DISK_SPEC_BYTES + VIF_MAX * 2 * VIF_SPEC_BYTES)
#define DOMAIN_MAX_VCPUS 128
#define DOMAIN_MAX_MEMORY_MIB (16u << 20)

struct config;
struct domain_defaults;
struct error;

enum domain_action {
	DOMAIN_ACTION_DESTROY,
	DOMAIN_ACTION_RESTART,
	DOMAIN_ACTION_RENAME_RESTART,
	DOMAIN_ACTION_PRESERVE,
	DOMAIN_ACTION_COREDUMP_DESTROY,
	DOMAIN_ACTION_COREDUMP_RESTART,
};

/* Why a domain stopped; the index of domain_config.on[]. */
enum domain_event {
	DOMAIN_EVENT_POWEROFF,
	DOMAIN_EVENT_REBOOT,
	DOMAIN_EVENT_CRASH,
	DOMAIN_EVENT_WATCHDOG,
	DOMAIN_EVENT_SOFT_RESET,
	DOMAIN_EVENT_COUNT,
};

struct domain_config {
	char name[DOMAIN_NAME_BYTES];
	char kernel[DOMAIN_PATH_BYTES];
	char ramdisk[DOMAIN_PATH_BYTES];	/* empty: none */
	char cmdline[MAX_GUEST_CMDLINE];
	uint8_t uuid[16];
	bool has_uuid;
	uint64_t memory_mib;
	uint64_t maxmem_mib;
	uint32_t vcpus;
	uint32_t maxvcpus;
	uint32_t weight;		/* 0: the scheduler's default */
	uint32_t cap_percent;		/* 0: none */
	uint32_t allow_peers;		/* 1: may share events and memory with other guests that may */
	uint32_t max_grant_frames;	/* 0: the hypervisor's default */
	uint32_t max_ports;		/* 0: likewise */
	enum domain_action on[DOMAIN_EVENT_COUNT];
	uint32_t disk_count;
	uint32_t vif_count;
	/* Large and mostly empty: domain_config_copy() takes no more than is used. */
	struct cpu_sets cpus;		/* on which processors vCPUs may run */
	struct cpu_sets cpus_soft;	/* on which of those rather */
	struct disk_config disks[DISK_MAX];
	struct vif_config vifs[VIF_MAX];
};

/* What lies behind the counts of @to's arrays stays as it was. */
void domain_config_copy(struct domain_config *to, const struct domain_config *from);

/* Takes warnings, one sentence each. */
struct domain_config_warnings {
	void (*warn)(void *context, const char *text);
	void *context;
};

int domain_config_read(const struct config *config, struct domain_config *out,
		       const struct domain_config_warnings *warnings, struct error *error);

/* A file and the key=value arguments that follow it on a command line. */
struct domain_config_source {
	const char *path;
	char *const *overrides;
	size_t count;
	const struct domain_defaults *defaults;	/* NULL: none are added */
};

/* Reads and parses the file, adds the overrides, and reads the keys. */
int domain_config_load(const struct domain_config_source *source, struct domain_config *out,
		       const struct domain_config_warnings *warnings, struct error *error);

/* The same; *@is_xml tells which form the file has. */
int domain_config_load_form(const struct domain_config_source *source, struct domain_config *out,
			    bool *is_xml, const struct domain_config_warnings *warnings,
			    struct error *error);

/* As snprintf: the length of the whole text, of which at most @bytes - 1 are written. */
size_t domain_config_write(const struct domain_config *config, char *buffer, size_t bytes);

/* Whether a domain may have this name; if not, @error says why. */
int domain_name_check(const char *name, struct error *error);

const char *domain_action_name(enum domain_action action);
const char *domain_event_name(enum domain_event event);

#endif
