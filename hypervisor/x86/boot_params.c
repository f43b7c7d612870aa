// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisor's command line; lib/cmdline.c does the splitting and the warnings.
 */
#include "x86/boot_params.h"

#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/panic.h"
#include "x86/spinlock.h"

#define DOM0_MEM_MIN MIB(64)
#define DOM0_MEM_MAX GIB(4096)
#define DOM0_MAX_VCPUS 128

struct boot_params boot_params = { .console_com1 = true, .log_level = LOG_INFO, .guest_log_level = LOG_DEBUG };
static spinlock_t lock; /* of changes */

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
		int level;
	} names[] = {
		{ "error", LOG_ERR }, { "warning", LOG_WARN }, { "info", LOG_INFO }, { "debug", LOG_DEBUG }, { "all", LOG_DEBUG },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(value, names[i].name) == 0) {
			*(int *)arg = names[i].level;
			return true;
		}
	}
	return false;
}

/* Only what guests cause may be left out altogether: a panic must be seen. */
static bool parse_guest_level(const char *value, void *arg)
{
	if (strcmp(value, "none") == 0) {
		*(int *)arg = LOG_NONE;
		return true;
	}
	return parse_level(value, arg);
}

static bool parse_flag(const char *value, void *arg)
{
	bool on = !value[0] || strcmp(value, "yes") == 0;

	if (!on && strcmp(value, "no") != 0) {
		return false;
	}
	*(bool *)arg = on;
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

#define KEYS 6

static void make_keys(struct boot_params *p, struct cmdline_key keys[KEYS])
{
	const struct cmdline_key all[KEYS] = {
		{ "console", "com1 or none", parse_console, &p->console_com1 },
		{ "dom0_mem", "a size from 64M to 4096G such as 512M", parse_dom0_mem, &p->dom0_mem_bytes },
		{ "dom0_max_vcpus", "a number from 1 to 128", parse_vcpus, &p->dom0_max_vcpus },
		{ "loglvl", "error, warning, info, debug or all", parse_level, &p->log_level },
		{ "guest_loglvl", "none, error, warning, info, debug or all", parse_guest_level, &p->guest_log_level },
		{ "noreboot", "nothing, yes or no", parse_flag, &p->noreboot },
	};

	memcpy(keys, all, sizeof(all));
}

static void apply(const struct boot_params *p)
{
	log_set_level(p->log_level);
	log_set_guest_level(p->guest_log_level);
	panic_set_reboot(!p->noreboot);
}

void boot_params_parse(const char *cmdline)
{
	struct cmdline_key keys[KEYS];

	make_keys(&boot_params, keys);
	cmdline_parse(cmdline, keys, KEYS);
	apply(&boot_params);
}

/* Those that act only once, before dom0 runs. */
static bool is_for_boot(const char *name)
{
	return strcmp(name, "console") == 0 || strncmp(name, "dom0_", 5) == 0;
}

static int change_word(char *word, const struct cmdline_key keys[KEYS], char *why, size_t size)
{
	struct cmdline_found found;
	int err = cmdline_word(word, keys, KEYS, &found);

	if (!found.key) {
		printf_format(why, size, "%.24s is not known; there are loglvl, guest_loglvl and noreboot", word);
	} else if (is_for_boot(word)) {
		printf_format(why, size, "%s can be given at boot only", word);
		return -EOPNOTSUPP;
	} else if (err) {
		printf_format(why, size, "%s expects %s, not '%.24s'", word, found.key->expects, found.value);
	}
	return err;
}

int boot_params_change(const char *words, char *why, size_t size)
{
	struct cmdline_key keys[KEYS];
	struct boot_params next;
	char word[128];
	int err = -ENODATA;

	spin_lock(&lock);
	next = boot_params;
	make_keys(&next, keys);
	while (cmdline_next_word(&words, word, sizeof(word))) {
		err = change_word(word, keys, why, size);
		if (err) {
			break;
		}
	}
	if (!err) {
		boot_params = next;
		apply(&next);
	} else if (err == -ENODATA) {
		str_copy(why, "there is nothing to set", size);
	}
	spin_unlock(&lock);
	return err;
}
