/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: console_io write returns 0 and takes any bytes; read returns what has been typed, here
 * nothing; a bad buffer is -EFAULT, an unknown command -ENOSYS [PLAT-2].
 */
#include <public/console_io.h>
#include "case.h"
#include "hypercall.h"

static void run(void)
{
	char buffer[16] = "  some text\n";

	EXPECT_EQ(hypercall_console_io(CONSOLEIO_write, 12, buffer), 0);
	EXPECT_EQ(hypercall_console_io(CONSOLEIO_write, 0, buffer), 0);
	EXPECT_EQ(hypercall_console_io(CONSOLEIO_write, 5, (void *)8), -XEN_EFAULT);
	EXPECT_EQ(hypercall_console_io(CONSOLEIO_read, sizeof(buffer), buffer), 0);
	EXPECT_EQ(hypercall_console_io(77, 1, buffer), -XEN_ENOSYS);
}

CASE(run, 0);
