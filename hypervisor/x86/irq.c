// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt lines: who owns them, their vectors, and what happens when one fires.
 *
 * A line is an IO-APIC pin (number = GSI) or a message (numbers above the GSIs). Vectors are machine-wide, one line each,
 * delivered to one processor. irq_lock, taken with interrupts off, covers lines[], vector_line[] and all IO-APIC and MSI
 * registers; the handler's path takes it only for level-triggered pins.
 */
#include "x86/irq.h"

#include "lib/errno.h"
#include "lib/log.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/idt.h"
#include "x86/ioapic.h"
#include "x86/ioapic_pins.h"
#include "x86/msi.h"
#include "x86/page.h"
#include "x86/pcpu.h"
#include "x86/smp_calls.h"
#include "x86/spinlock.h"
#include "x86/upcalls.h"

#define NO_LINE   0xffff
#define TIMER_ISA 0 /* the PIT's line */

enum line_kind { LINE_FREE, LINE_GSI, LINE_MSI, LINE_OWN };

struct line {
	u8 kind;
	u8 vector;
	bool level, active_low;
	bool enabled;
	bool unacknowledged; /* level: masked until irq_eoi() */
	u32 cpu;
	union {
		struct msi_target msi;
		void (*handler)(void);
	};
};

static struct line lines[MAX_PIRQS];
static u16 vector_line[256] = { [0 ... 255] = NO_LINE };
static u8 vector_hint = VECTOR_DEVICE_FIRST;
static spinlock_t irq_lock;

u32 irq_gsi_count(void)
{
	return MIN(ioapic_gsi_count(), (u32)MAX_PIRQS / 2);
}

/* Lock held. A free vector for line @n, 0 if all are taken. */
static u8 take_vector(u32 n)
{
	u32 tries, v = vector_hint;

	for (tries = VECTOR_DEVICE_FIRST; tries <= VECTOR_DEVICE_LAST; tries++) {
		v = v == VECTOR_DEVICE_LAST ? VECTOR_DEVICE_FIRST : v + 1;
		if (v != VECTOR_GUEST_SYSCALL && vector_line[v] == NO_LINE) {
			vector_line[v] = n;
			vector_hint = v;
			return v;
		}
	}
	return 0;
}

/* Lock held. Programs where and how @n is delivered; masked unless enabled and free of an open interrupt. */
static void program(u32 n)
{
	struct line *l = &lines[n];
	u32 apic = pcpu_of(l->cpu)->apic_id;
	bool masked = !l->enabled || l->unacknowledged;

	if (l->kind == LINE_MSI) {
		msi_hold(&l->msi);
		msi_set_message(&l->msi, apic_msi_address(apic), apic_msi_data(l->vector));
		msi_set_mask(&l->msi, masked);
		return;
	}
	ioapic_set_route(n, &(struct ioapic_route){
		.vector = l->vector,
		.level = l->level,
		.active_low = l->active_low,
		.masked = masked,
		.apic_id = apic,
	});
}

static int setup_pin(u32 gsi, u8 kind, bool level, bool active_low)
{
	struct line *l = &lines[gsi];

	if (l->kind != LINE_FREE) {
		return -EEXIST;
	}
	l->vector = take_vector(gsi);
	if (!l->vector) {
		return -ENOSPC;
	}
	l->kind = kind;
	l->level = level;
	l->active_low = active_low;
	l->enabled = kind == LINE_OWN;
	l->unacknowledged = false;
	l->cpu = 0;
	return 0;
}

int irq_claim_isa(u32 irq, void (*handler)(void))
{
	bool level, active_low;
	u32 gsi = ioapic_isa_gsi(irq, &level, &active_low);
	u64 flags;
	int err;

	if (gsi >= irq_gsi_count() || !ioapic_has_gsi(gsi)) {
		return -ENODEV;
	}
	flags = spin_lock_irqsave(&irq_lock);
	err = setup_pin(gsi, LINE_OWN, level, active_low);
	if (!err) {
		lines[gsi].handler = handler;
		program(gsi);
	}
	spin_unlock_irqrestore(&irq_lock, flags);
	return err;
}

/* The platform timer's pin is ours although we never listen to it. */
static bool is_timer_gsi(u32 gsi)
{
	bool level, active_low;

	return gsi == ioapic_isa_gsi(TIMER_ISA, &level, &active_low);
}

int irq_setup_gsi(u32 gsi, bool level, bool active_low)
{
	u64 flags;
	int err;

	if (gsi >= irq_gsi_count() || !ioapic_has_gsi(gsi)) {
		return -EINVAL;
	}
	if (is_timer_gsi(gsi)) {
		return -EPERM;
	}
	flags = spin_lock_irqsave(&irq_lock);
	if (lines[gsi].kind == LINE_OWN) {
		err = -EPERM;
	} else {
		err = setup_pin(gsi, LINE_GSI, level, active_low);
	}
	if (!err) {
		program(gsi);
	}
	spin_unlock_irqrestore(&irq_lock, flags);
	return err;
}

/* Lock held. Claims that @pirq is a line of a guest. */
static bool is_guest_line(u32 pirq)
{
	return pirq < MAX_PIRQS && (lines[pirq].kind == LINE_GSI || lines[pirq].kind == LINE_MSI);
}

int irq_enable_pirq(u32 pirq, u32 cpu)
{
	u64 flags = spin_lock_irqsave(&irq_lock);
	int err = -EINVAL;

	if (is_guest_line(pirq)) {
		lines[pirq].cpu = cpu;
		lines[pirq].enabled = true;
		program(pirq);
		err = 0;
	}
	spin_unlock_irqrestore(&irq_lock, flags);
	return err;
}

void irq_disable_pirq(u32 pirq)
{
	u64 flags = spin_lock_irqsave(&irq_lock);

	if (is_guest_line(pirq)) {
		lines[pirq].enabled = false;
		lines[pirq].unacknowledged = false;
		program(pirq);
	}
	spin_unlock_irqrestore(&irq_lock, flags);
}

void irq_eoi(u32 pirq)
{
	u64 flags = spin_lock_irqsave(&irq_lock);

	if (is_guest_line(pirq) && lines[pirq].unacknowledged) {
		lines[pirq].unacknowledged = false;
		if (lines[pirq].enabled) {
			ioapic_set_mask(pirq, false);
		}
	}
	spin_unlock_irqrestore(&irq_lock, flags);
}

bool irq_needs_eoi(u32 pirq)
{
	return pirq < MAX_PIRQS && lines[pirq].kind == LINE_GSI && lines[pirq].level;
}

void irq_set_affinity(u32 pirq, u32 cpu)
{
	u64 flags = spin_lock_irqsave(&irq_lock);

	if (is_guest_line(pirq) && lines[pirq].cpu != cpu) {
		lines[pirq].cpu = cpu;
		program(pirq);
	}
	spin_unlock_irqrestore(&irq_lock, flags);
}

/* Lock held. */
static int alloc_msi(const struct irq_msi *msi)
{
	u32 n = MAX(irq_gsi_count(), (u32)ISA_IRQS);
	struct line *l;
	int err;

	while (n < MAX_PIRQS && lines[n].kind != LINE_FREE) {
		n++;
	}
	if (n == MAX_PIRQS) {
		return -ENOSPC;
	}
	l = &lines[n];
	err = msi_open(&l->msi, msi);
	if (err) {
		return err;
	}
	l->vector = take_vector(n);
	if (!l->vector) {
		msi_close(&l->msi);
		return -ENOSPC;
	}
	l->kind = LINE_MSI;
	l->level = false;
	l->enabled = false;
	l->unacknowledged = false;
	l->cpu = 0;
	program(n);
	return n;
}

int irq_alloc_msi(const struct irq_msi *msi)
{
	u64 flags = spin_lock_irqsave(&irq_lock);
	int n = alloc_msi(msi);

	spin_unlock_irqrestore(&irq_lock, flags);
	return n;
}

int irq_free_msi(u32 pirq)
{
	u64 flags = spin_lock_irqsave(&irq_lock);
	int err = -EINVAL;

	if (pirq < MAX_PIRQS && lines[pirq].kind == LINE_MSI) {
		msi_close(&lines[pirq].msi);
		vector_line[lines[pirq].vector] = NO_LINE;
		lines[pirq].kind = LINE_FREE;
		err = 0;
	}
	spin_unlock_irqrestore(&irq_lock, flags);
	return err;
}

/* A level-triggered pin stays active until the guest has served the device: mask it first, or it fires at once again. */
static void mask_level(u32 n)
{
	spin_lock(&irq_lock);
	if (lines[n].kind == LINE_GSI && lines[n].level) {
		lines[n].unacknowledged = true;
		ioapic_set_mask(n, true);
	}
	spin_unlock(&irq_lock);
}

static void dispatch_device(u32 vector)
{
	u32 n = vector_line[vector];

	if (n == NO_LINE) {
		apic_eoi();
		return;
	}
	if (lines[n].kind == LINE_OWN) {
		apic_eoi();
		lines[n].handler();
		return;
	}
	if (lines[n].level) {
		mask_level(n);
	}
	apic_eoi();
	upcall_pirq(n);
}

void irq_dispatch(u32 vector)
{
	switch (vector) {
	case VECTOR_TIMER:
		apic_eoi();
		upcall_timer_interrupt();
		break;
	case VECTOR_CALL:
		apic_eoi();
		smp_run_calls();
		break;
	case VECTOR_KICK:
		apic_eoi();
		break;
	case VECTOR_ERROR:
		apic_clear_errors();
		apic_eoi();
		break;
	default:
		/* Spurious vectors of the APIC and the PIC want no acknowledgement. */
		if (vector >= VECTOR_DEVICE_FIRST && vector <= VECTOR_DEVICE_LAST) {
			dispatch_device(vector);
		}
	}
}

bool irq_owns_frame(mfn_t mfn)
{
	u32 i;

	if (mfn_eq(mfn, maddr_to_mfn(MADDR(acpi_info.lapic_maddr)))) {
		return true;
	}
	for (i = 0; i < acpi_info.ioapic_count; i++) {
		if (mfn_eq(mfn, maddr_to_mfn(MADDR(acpi_info.ioapics[i].maddr)))) {
			return true;
		}
	}
	return false;
}
