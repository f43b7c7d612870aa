# SPDX-License-Identifier: GPL-2.0-only
#
# Split drivers: the ring, protocol headers, back ends. Programs: each main_NAME.c becomes bin/NAME.

DRIVER_DIRS := $(addprefix drivers/,ring blk net console)

$(eval $(call archive,drivers,$(DRIVER_DIRS)))
$(foreach m,$(call mains,$(DRIVER_DIRS)),$(eval $(call program,$(m),drivers xenstore xenbus sys)))
