/* SPDX-License-Identifier: MIT */
/*
 * boot: brings a kit kernel from its first C function to main().
 *
 * The shared page is mapped over a page of our own bss, so that its address is a link-time
 * constant; the frame that was there is left unused. Failing here leaves no console to speak of, so
 * each step that cannot fail on a sound hypervisor ends in a crash shutdown with its own text.
 */
#include "boot.h"

#include <stddef.h>
#include <public/mmu.h>
#include <public/sched.h>
#include "console.h"
#include "event.h"
#include "hypercall.h"
#include "printf.h"
#include "string.h"
#include "trap.h"

struct start_info *kit_start_info;
char *kit_free_start;

static char shared_page[4096] __attribute__((aligned(4096)));
struct shared_info *const kit_shared_info = (struct shared_info *)shared_page;

void kit_start(void);

bool kit_is_dom0(void)
{
	return kit_start_info->flags & SIF_INITDOMAIN;
}

void kit_shutdown(unsigned int reason)
{
	struct sched_shutdown op = { .reason = reason };

	console_flush();
	for (;;) {
		hypercall_sched_op(SCHEDOP_shutdown, &op);
	}
}

/* Returns the text after the word at its place in the command line, or NULL. */
static const char *find_word(const char *word)
{
	const char *text = kit_start_info->cmd_line;
	size_t length = strlen(word);

	while (*text) {
		while (*text == ' ') {
			text++;
		}
		if (!strncmp(text, word, length)) {
			char end = text[length];

			if (!end || end == ' ' || end == '=') {
				return text + length;
			}
		}
		while (*text && *text != ' ') {
			text++;
		}
	}
	return NULL;
}

bool kit_option(const char *word)
{
	return find_word(word) != NULL;
}

bool kit_option_value(const char *word, char *value, unsigned int bytes)
{
	const char *text = find_word(word);
	unsigned int i = 0;

	if (!text || *text != '=') {
		return false;
	}
	for (text++; *text && *text != ' ' && i + 1 < bytes; text++) {
		value[i++] = *text;
	}
	value[i] = 0;
	return true;
}

static void map_shared_info(void)
{
	uint64_t pte = kit_start_info->shared_info | XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER;

	if (hypercall_update_va_mapping(shared_page, pte, UVMF_INVLPG)) {
		kit_shutdown(SHUTDOWN_crash);
	}
}

void kit_start(void)
{
	trap_init();
	map_shared_info();
	console_init();
	event_init();
	kit_main();
	kit_shutdown(SHUTDOWN_poweroff);
}
