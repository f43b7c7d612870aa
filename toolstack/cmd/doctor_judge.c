// SPDX-License-Identifier: GPL-2.0-only
/*
 * What counts as a finding, and how it is said.
 */
#include "cmd/doctor_judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define JUDGE_LOW_MIB 32ull

static bool judge_say(char text[JUDGE_TEXT_BYTES], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool judge_say(char text[JUDGE_TEXT_BYTES], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, JUDGE_TEXT_BYTES, format, args);
	va_end(args);
	return true;
}

static const char *judge_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* "dom0 by 3 grants and web1 by 1 grant" */
static void judge_list_holders(const struct judge_zombie *zombie, char *text, size_t bytes)
{
	size_t at = 0;
	uint32_t i;

	text[0] = '\0';
	for (i = 0; i < zombie->holder_count && at < bytes; i++) {
		const struct judge_holder *holder = &zombie->holders[i];
		const char *join = i == 0 ? "" : i + 1 == zombie->holder_count ? " and " : ", ";

		at += (size_t)snprintf(text + at, bytes - at, "%s%.40s by %u grant%s", join,
				       holder->domid == 0 ? "dom0" : holder->name, holder->grants,
				       judge_plural(holder->grants));
	}
}

bool judge_zombie(const struct judge_zombie *zombie, char text[JUDGE_TEXT_BYTES])
{
	const struct control_info *info = zombie->info;
	const char *processes = zombie->dom0_processes;
	char holders[240];
	uint32_t i;

	if ((info->flags & CONTROL_INFO_DYING) == 0) {
		return false;
	}
	judge_list_holders(zombie, holders, sizeof(holders));
	if (zombie->holder_count == 0 && info->tot_pages == 0) {
		return judge_say(text, "domain %u (%s) is dying, has no pages left and does not end\n"
				 "lam destroy %u goes on with it", info->domid, zombie->name, info->domid);
	}
	if (zombie->holder_count == 0) {
		return judge_say(text, "domain %u (%s) is dying and still has %llu page%s, none mapped by a grant\n"
				 "lam destroy %u goes on with it; if that does not help, a process of dom0 maps them%s%s",
				 info->domid, zombie->name, (unsigned long long)info->tot_pages, judge_plural(info->tot_pages), info->domid,
				 processes[0] != '\0' ? ": one of " : "", processes);
	}
	for (i = 0; i < zombie->holder_count && zombie->holders[i].domid != 0; i++) {
	}
	if (i < zombie->holder_count) {
		return judge_say(text, "domain %u (%s) is dying and still has %llu page%s: mapped in %s\n"
				 "a back end of dom0 lets go when it is started again, lamd does that%s%s",
				 info->domid, zombie->name, (unsigned long long)info->tot_pages, judge_plural(info->tot_pages), holders,
				 processes[0] != '\0' ? "; one of " : "", processes);
	}
	return judge_say(text, "domain %u (%s) is dying and still has %llu page%s: mapped in %s\n"
			 "it ends when they unmap them or are destroyed", info->domid, zombie->name,
			 (unsigned long long)info->tot_pages, judge_plural(info->tot_pages), holders);
}

bool judge_grant_frames(const struct control_info *info, const char *name, char text[JUDGE_TEXT_BYTES])
{
	if (info->max_grant_frames == 0 ||
	    info->grant_frames * 100ull / info->max_grant_frames < JUDGE_FULL_PERCENT) {
		return false;
	}
	return judge_say(text, "domain %u (%s) uses %u of its %u grant frames\n"
			 "max_grant_frames in its configuration, and a restart, give it more",
			 info->domid, name, info->grant_frames, info->max_grant_frames);
}

bool judge_machine_memory(uint64_t free_mib, char text[JUDGE_TEXT_BYTES])
{
	return free_mib < JUDGE_LOW_MIB &&
	       judge_say(text, "the hypervisor has %llu MiB left for new domains and page tables\n"
			 "mem-set makes dom0 or a guest smaller; lam claims shows what is promised",
			 (unsigned long long)free_mib);
}

bool judge_dom0_memory(uint64_t free_mib, char text[JUDGE_TEXT_BYTES])
{
	return free_mib < JUDGE_LOW_MIB &&
	       judge_say(text, "dom0 has %llu MiB left for daemons and back ends\n"
			 "end something in dom0, or give it more with dom0_mem= at the next boot",
			 (unsigned long long)free_mib);
}

bool judge_store_usage(const char *line, char text[JUDGE_TEXT_BYTES])
{
	unsigned int domid, limit;
	unsigned long long used;
	char name[32];

	if (sscanf(line, "%u %31[a-z-] %llu %u", &domid, name, &used, &limit) != 4 ||
	    used * 100 < (unsigned long long)limit * JUDGE_FULL_PERCENT) {
		return false;
	}
	return judge_say(text, "domain %u uses %llu of the %u that it may have in the store of: %s\n"
			 "a guest that leaks them is to be restarted; xenstore-control quota %s N raises the limit for all",
			 domid, used, limit, name, name);
}
