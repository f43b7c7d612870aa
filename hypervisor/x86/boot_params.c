// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisor's command line; lib/cmdline.c does the splitting and the warnings.
 */
#include "x86/boot_params.h"

#include "lib/cmdline.h"
#include "lib/log.h"
#include "lib/string.h"

#define DOM0_MEM_MIN MIB(64)
#define DOM0_MEM_MAX GIB(4096)
#define DOM0_MAX_VCPUS 128

struct boot_params boot_params = { .console_com1 = true, .log_level = LOG_INFO };

static bool parse_console(const char *value, void *arg)
{
	bool *com1 = arg;

	if (strcmp(value, "com1") != 0 && strcmp(value, "none") != 0) {
		return false;
	}
	*com1 = value[0] == 'c';
	return true;
}

static bool parse_dom0_mem(const char *value, void *arg)
{
	u64 bytes;

	if (!cmdline_size_bytes(value, &bytes) || bytes < DOM0_MEM_MIN || bytes > DOM0_MEM_MAX) {
		return false;
	}
	*(u64 *)arg = bytes;
	return true;
}

static bool parse_vcpus(const char *value, void *arg)
{
	u64 n;

	if (!cmdline_number(value, &n) || n < 1 || n > DOM0_MAX_VCPUS) {
		return false;
	}
	*(u32 *)arg = n;
	return true;
}

static bool parse_level(const char *value, void *arg)
{
	static const struct {
		const char *name;
		u32 level;
	} names[] = {
		{ "error", LOG_ERR }, { "warning", LOG_WARN }, { "info", LOG_INFO }, { "debug", LOG_DEBUG }, { "all", LOG_DEBUG },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(value, names[i].name) == 0) {
			*(u32 *)arg = names[i].level;
			return true;
		}
	}
	return false;
}

static bool parse_flag(const char *value, void *arg)
{
	if (value[0]) {
		return false;
	}
	*(bool *)arg = true;
	return true;
}

bool boot_params_wants_com1(const char *cmdline)
{
	static const char word[] = "console=none";
	size_t i;

	for (i = 0; cmdline[i]; i++) {
		bool starts = i == 0 || cmdline[i - 1] == ' ';
		char after;

		if (starts && strncmp(cmdline + i, word, sizeof(word) - 1) == 0) {
			after = cmdline[i + sizeof(word) - 1];
			return after != '\0' && after != ' ';
		}
	}
	return true;
}

void boot_params_parse(const char *cmdline)
{
	struct boot_params *p = &boot_params;
	const struct cmdline_key keys[] = {
		{ "console", "com1 or none", parse_console, &p->console_com1 },
		{ "dom0_mem", "a size from 64M to 4096G such as 512M", parse_dom0_mem, &p->dom0_mem_bytes },
		{ "dom0_max_vcpus", "a number from 1 to 128", parse_vcpus, &p->dom0_max_vcpus },
		{ "loglvl", "error, warning, info, debug or all", parse_level, &p->log_level },
		{ "noreboot", "no value", parse_flag, &p->noreboot },
	};

	cmdline_parse(cmdline, keys, ARRAY_SIZE(keys));
	log_set_level(p->log_level);
}
