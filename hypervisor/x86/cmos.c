// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the MC146818 clock once at boot. The registers are read twice until both readings agree, outside the update flag,
 * because they change under the reader.
 */
#include "x86/cmos.h"

#include "lib/log.h"
#include "lib/string.h"
#include "x86/acpi.h"
#include "x86/cpu.h"

#define REG_STATUS_A 0x0a
#define REG_STATUS_B 0x0b
#define UPDATING     0x80
#define MODE_BINARY  0x04
#define MODE_24H     0x02
#define PM           0x80

struct reading {
	u8 second, minute, hour, day, month, year, century;
};

static u8 cmos_read(u8 reg)
{
	outb(0x70, reg);
	return inb(0x71);
}

static struct reading read_once(void)
{
	u32 spins = 0;
	struct reading r;

	while ((cmos_read(REG_STATUS_A) & UPDATING) && ++spins < 100000) {
		cpu_relax();
	}
	r.second = cmos_read(0);
	r.minute = cmos_read(2);
	r.hour = cmos_read(4);
	r.day = cmos_read(7);
	r.month = cmos_read(8);
	r.year = cmos_read(9);
	r.century = acpi_info.century_register ? cmos_read(acpi_info.century_register) : 0;
	return r;
}

static u32 decode(u8 v, u8 mode)
{
	return mode & MODE_BINARY ? v : (u32)(v >> 4) * 10 + (v & 15);
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static u64 days_to(u32 year, u32 month, u32 day)
{
	u32 shifted = (month + 9) % 12; /* March is 0 */
	u64 y = month <= 2 ? year - 1 : year;

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * shifted + 2) / 5 + day - 1 - 719468;
}

u64 cmos_read_wallclock_s(void)
{
	struct reading a = read_once(), b;
	u32 hour, day, month, year, century;
	u8 mode;

	for (b = read_once(); memcmp(&a, &b, sizeof(a)); b = read_once()) {
		a = b;
	}
	mode = cmos_read(REG_STATUS_B);
	hour = decode(a.hour & ~PM, mode);
	if (!(mode & MODE_24H)) {
		hour = hour % 12 + (a.hour & PM ? 12 : 0);
	}
	day = decode(a.day, mode);
	month = decode(a.month, mode);
	century = decode(a.century, mode);
	year = decode(a.year, mode) + (century >= 19 && century <= 22 ? century * 100 : 2000);
	if (!day || day > 31 || !month || month > 12) {
		log_warn("time: the CMOS clock holds no valid date");
		return 0;
	}
	return days_to(year, month, day) * 86400 + hour * 3600 + decode(a.minute, mode) * 60 + decode(a.second, mode);
}
