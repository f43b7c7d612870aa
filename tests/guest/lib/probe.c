/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe: see probe.h. Each probe is one function run under trap_catch, with its operands in a
 * structure on the caller's stack.
 */
#include "probe.h"

#include <stddef.h>

struct operands {
	uint64_t where;
	uint64_t value;
};

static int run(void (*function)(void *), struct operands *o, struct trap_report *report)
{
	struct trap_report local;

	return trap_catch(function, o, report ? report : &local);
}

static void do_read(void *arg)
{
	struct operands *o = arg;

	o->value = *(volatile uint64_t *)o->where;
}

static void do_write(void *arg)
{
	struct operands *o = arg;

	*(volatile uint64_t *)o->where = o->value;
}

static void do_call(void *arg)
{
	struct operands *o = arg;

	((void (*)(void))o->where)();
}

static void do_rdmsr(void *arg)
{
	struct operands *o = arg;
	uint32_t low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"((uint32_t)o->where));
	o->value = (uint64_t)high << 32 | low;
}

static void do_wrmsr(void *arg)
{
	struct operands *o = arg;

	asm volatile("wrmsr" : : "c"((uint32_t)o->where), "a"((uint32_t)o->value),
		     "d"((uint32_t)(o->value >> 32)));
}

static void do_inb(void *arg)
{
	struct operands *o = arg;
	uint8_t value;

	asm volatile("inb %w1, %0" : "=a"(value) : "d"((uint16_t)o->where));
	o->value = value;
}

static void do_outb(void *arg)
{
	struct operands *o = arg;

	asm volatile("outb %0, %w1" : : "a"((uint8_t)o->value), "d"((uint16_t)o->where));
}

int probe_read(uint64_t va, uint64_t *value, struct trap_report *report)
{
	struct operands o = { .where = va };
	int vector = run(do_read, &o, report);

	if (value) {
		*value = o.value;
	}
	return vector;
}

int probe_write(uint64_t va, uint64_t value, struct trap_report *report)
{
	struct operands o = { .where = va, .value = value };

	return run(do_write, &o, report);
}

int probe_call(uint64_t va, struct trap_report *report)
{
	struct operands o = { .where = va };

	return run(do_call, &o, report);
}

int probe_rdmsr(uint32_t msr, uint64_t *value)
{
	struct operands o = { .where = msr };
	int vector = run(do_rdmsr, &o, NULL);

	*value = o.value;
	return vector;
}

int probe_wrmsr(uint32_t msr, uint64_t value)
{
	struct operands o = { .where = msr, .value = value };

	return run(do_wrmsr, &o, NULL);
}

int probe_inb(uint16_t port, uint8_t *value)
{
	struct operands o = { .where = port };
	int vector = run(do_inb, &o, NULL);

	*value = (uint8_t)o.value;
	return vector;
}

int probe_outb(uint16_t port, uint8_t value)
{
	struct operands o = { .where = port, .value = value };

	return run(do_outb, &o, NULL);
}
