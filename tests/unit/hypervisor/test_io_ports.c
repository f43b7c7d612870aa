// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may touch which I/O port: levels, the ports that are nobody's, and those of the hypervisor. A port access that gets through to
 * the machine ends this program: the host does not allow it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/domain.h"
#include "core/vcpu.h"
#include "pv/emul.h"
#include "x86/pci_config.h"
#include "x86/uart.h"

#define CONSOLE 0x3f8

static struct domain dom;
static struct vcpu v = { .domain = &dom };
static u32 config_address, config_writes;

bool uart_owns_port(u16 port) { return port >= CONSOLE && port < CONSOLE + 8; }

u32 pci_config_port_read(u32 address, u32 offset, u32 size)
{
	(void)offset, (void)size;
	config_address = address;
	return 0x1234;
}

void pci_config_port_write(u32 address, u32 offset, u32 size, u32 value)
{
	(void)address, (void)offset, (void)size, (void)value;
	config_writes++;
}

static u32 ones(unsigned int bytes) { return bytes == 4 ? ~0u : (1u << (8 * bytes)) - 1; }

static void levels(void **state)
{
	u32 iopl;

	(void)state;
	for (iopl = 0; iopl < 4; iopl++) {
		v.pv.iopl = iopl;
		v.pv.kernel_mode = true;
		assert_int_equal(io_allowed(&v), iopl >= 1);
		v.pv.kernel_mode = false;
		assert_int_equal(io_allowed(&v), iopl == 3);
	}
}

static void a_domain_without_devices_reaches_nothing(void **state)
{
	u32 port, bytes;

	(void)state;
	dom.privileged = false;
	config_writes = 0;
	for (port = 0; port < 0x10000; port++) {
		for (bytes = 1; bytes <= 4; bytes *= 2) {
			u32 expected = port == 0x42 ? 0 : ones(bytes);

			assert_int_equal(io_port_read(&v, (u16)port, bytes), expected);
			io_port_write(&v, (u16)port, bytes, ~0u);
		}
	}
	assert_int_equal(config_writes, 0);
	assert_int_equal(dom.pci_config_address, 0);
}

/* Accesses that only touch one of the ports count, from below too. */
static void ports_of_the_hypervisor(void **state)
{
	static const u16 ours[] = { 0x20, 0x21, 0x40, 0x41, 0x43, 0x61, 0xa0, 0xa1, 0x4d0, 0x4d1, CONSOLE, CONSOLE + 7 };
	u32 i, bytes, below;

	(void)state;
	dom.privileged = true;
	for (i = 0; i < ARRAY_SIZE(ours); i++) {
		for (bytes = 1; bytes <= 4; bytes *= 2) {
			for (below = 0; below < bytes; below++) {
				u16 port = (u16)(ours[i] - below);

				assert_int_equal(io_port_read(&v, port, bytes), port == 0x42 ? 0 : ones(bytes));
				io_port_write(&v, port, bytes, 0);
			}
		}
	}
	/* The end of the port space. */
	assert_int_equal(io_port_read(&v, 0xffff, 2), 0xffff);
	assert_int_equal(io_port_read(&v, 0xfffd, 4), ~0u);
}

static void pci_goes_through_the_latch(void **state)
{
	(void)state;
	dom.privileged = true;
	dom.pci_config_address = 0;
	config_writes = 0;
	io_port_write(&v, 0xcf8, 4, 0x80001234);
	assert_int_equal(io_port_read(&v, 0xcf8, 4), 0x80001234);
	assert_int_equal(io_port_read(&v, 0xcfa, 2), 0x8000);
	assert_int_equal(io_port_read(&v, 0xcfc, 4), 0x1234);
	assert_int_equal(config_address, 0x80001234);
	io_port_write(&v, 0xcfe, 2, 1);
	assert_int_equal(config_writes, 1);
	/* The reset register shares an address with the latch. */
	io_port_write(&v, 0xcf9, 1, 6);
	assert_int_equal(dom.pci_config_address, 0x80001234);
	/* Across the two registers, and beyond them: nothing. */
	assert_int_equal(io_port_read(&v, 0xcfa, 4), ~0u);
	io_port_write(&v, 0xcfe, 4, 0);
	assert_int_equal(config_writes, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(a_domain_without_devices_reaches_nothing),
		cmocka_unit_test(ports_of_the_hypervisor),
		cmocka_unit_test(pci_goes_through_the_latch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
