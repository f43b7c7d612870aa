// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dying in an orderly way: the sentence ("LAMINA PANIC ...", which test harnesses look for), registers, the call chain, then
 * silence or a reboot.
 *
 * The first processor that panics speaks; all others are stopped, and one that panics meanwhile just stops. A panic within the
 * panic reboots or halts at once. The chain follows frame pointers only within this processor's area.
 */
#include "x86/panic.h"

#include "lib/log.h"
#include "lib/printf.h"
#include "x86/cpu.h"
#include "x86/image_symbols.h"
#include "x86/log_break.h"
#include "x86/pcpu.h"
#include "x86/power.h"
#include "x86/smp.h"
#include "x86/time.h"

#define MAX_FRAMES     32
#define REBOOT_SECONDS 5

static bool reboot_after = true;
static u32 speaker; /* number of the panicking processor + 1 */

void panic_set_reboot(bool reboot)
{
	reboot_after = reboot;
}

/* A return address may lie behind the end of a function that ends with a call: its call is looked up instead. */
static void print_return_address(u64 address)
{
	u64 offset = 0;
	const char *name = image_symbol(address - 1, &offset);

	log_err("  %016llx %s+%#llx", (unsigned long long)address, name ? name : "?", (unsigned long long)offset + 1);
}

void panic_print_stack(u64 rbp)
{
	u64 area = (u64)this_pcpu() & ~(u64)(PCPU_AREA_SIZE - 1);
	int i;

	for (i = 0; i < MAX_FRAMES; i++) {
		const u64 *frame = (const u64 *)rbp;

		/* Above the guard page, below struct pcpu, aligned, and going up. */
		if (rbp < area + 0x2000 || rbp > (u64)this_pcpu() - 16 || (rbp & 7)) {
			return;
		}
		print_return_address(frame[1]);
		if (frame[0] <= rbp) {
			return;
		}
		rbp = frame[0];
	}
}

static void __noreturn halt_or_reboot(void)
{
	irq_disable();
	if (reboot_after) {
		log_err("Rebooting in %u seconds.", REBOOT_SECONDS);
		if (time_tsc_khz()) {
			time_udelay(REBOOT_SECONDS * 1000000);
		}
		machine_reboot();
	}
	log_err("Halted (noreboot).");
	for (;;) {
		__asm__ volatile("cli; hlt");
	}
}

void panic(const char *fmt, ...)
{
	u32 me = this_pcpu()->id + 1, nobody = 0;
	static char text[256]; /* the speaker's alone */
	va_list ap;

	irq_disable();
	if (!__atomic_compare_exchange_n(&speaker, &nobody, me, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		while (nobody != me) {
			__asm__ volatile("cli; hlt");
		}
		halt_or_reboot();
	}
	smp_stop_others();
	log_machine_break_lock();
	va_start(ap, fmt);
	printf_vformat(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_err("LAMINA PANIC on processor %u: %s", me - 1, text);
	log_err("rsp %016llx cr2 %016llx cr3 %016llx, called from:", (unsigned long long)__builtin_frame_address(0),
		(unsigned long long)read_cr2(), (unsigned long long)read_cr3());
	panic_print_stack((u64)__builtin_frame_address(0));
	halt_or_reboot();
}

void bug_at(const char *file, int line, const char *what)
{
	panic("bug at %s:%d: %s", file, line, what);
}
