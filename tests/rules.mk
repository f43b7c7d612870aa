# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests: every tests/unit/<room>/test_NAME.c becomes $(O)/unit/<room>/test_NAME, linked with the real objects of
# that room compiled for the host under ASan and UBSan, with tests/fake/*.c and tests/fake/<room>/*.c, and cmocka.
# A header under tests/fake shadows the real one of the same path: tests/fake/x86/foo.h replaces "x86/foo.h".

HOST_CFLAGS := -std=gnu11 -O1 -g $(WARN) -D_GNU_SOURCE -fno-omit-frame-pointer -fno-strict-aliasing \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined
HOST_INCLUDES_hypervisor := -Itests/fake -Itests -Ihypervisor -I.
HOST_INCLUDES := -I. -Itests -Ihypervisor -Itoolstack -isystem /usr/include/libxml2
HOST_DIRS_hypervisor := $(addprefix hypervisor/,lib mm core pv)
HOST_DIRS_xenbus := xenbus xenbus/client xenbus/clients toolstack/sys
HOST_DIRS_toolstack := $(addprefix toolstack/,lib cmd daemon helpers sys) xenbus xenbus/client
# Allocations that tests make fail on purpose: tests/fake/hypervisor/machine.c.
HOST_LIBS_hypervisor := -Wl,--wrap=heap_alloc -Wl,--wrap=heap_alloc_pages -Wl,--wrap=special_page_alloc
HOST_LIBS_toolstack := $(LIBS_lam) $(LIBS_lam-unpack) -lxml2 -levent_core
HOST_SKIP := hypervisor/lib/string.c drivers/blk/blk_io.c drivers/net/net_tap.c drivers/net/net_link.c
HOST_DIRS_drivers := $(addprefix drivers/,ring back blk net console)
HOST_LIBS_drivers := -levent_core
host_objects = $(patsubst %.c,$(O)/host/%.o,$(1))

$(O)/host/hypervisor/%.o $(O)/host/tests/unit/hypervisor/%.o $(O)/host/tests/fake/%.o: \
	 HOST_INCLUDES := $(HOST_INCLUDES_hypervisor)
$(O)/host/%.o: %.c
	$(call compile,$(HOST_CFLAGS) $(HOST_INCLUDES))

define unit_room
HOST_SOURCES_$(1) := $$(filter-out $$(HOST_SKIP),$$(call plain,$$(HOST_DIRS_$(1))))
FAKES_$(1) := $$(wildcard tests/fake/$(1)/*.c) $$(if $$(filter hypervisor,$(1)),$$(wildcard tests/fake/*.c))
UNIT_SOURCES_$(1) := $$(wildcard tests/unit/$(1)/test_*.c)
UNIT_HELPERS_$(1) := $$(filter-out $$(UNIT_SOURCES_$(1)),$$(wildcard tests/unit/$(1)/*.c))
$(O)/host/lib$(1).a: $$(call host_objects,$$(HOST_SOURCES_$(1)) $$(FAKES_$(1)) $$(UNIT_HELPERS_$(1)))
	$$(pack)
$(O)/unit/$(1)/%: $(O)/host/tests/unit/$(1)/%.o $(O)/host/lib$(1).a
	$$(call make_by,LD,$$(CC) -fsanitize=address$$(comma)undefined -o $$@ $$^ $$(HOST_LIBS_$(1)) -lcmocka)
UNIT_TESTS += $$(patsubst tests/unit/%.c,$(O)/unit/%,$$(UNIT_SOURCES_$(1)))
OBJECTS += $$(call host_objects,$$(HOST_SOURCES_$(1)) $$(FAKES_$(1)) $$(UNIT_HELPERS_$(1)) $$(UNIT_SOURCES_$(1)))
endef
$(foreach r,hypervisor xenbus toolstack drivers,$(eval $(call unit_room,$(r))))
$(filter $(O)/unit/drivers/%,$(UNIT_TESTS)): $(O)/host/libtoolstack.a

.PRECIOUS: $(O)/host/%.o $(O)/%.o
.PHONY: unit lint
unit: $(UNIT_TESTS)
	$(Q)sh tests/unit.sh $(O) $(UNIT_TESTS)
lint:
	$(Q)sh tests/lint/lint.sh

check: lint abi-test unit

# --- machines under QEMU: their images, boot tests, make run --------------------------------------------------------------
# Another build folder's unpacked packages can be used by DEBIAN= and PEER_TREE=. make boot CASE=name runs single cases.
DEBIAN ?= $(O)/debian
PEER_TREE ?= $(O)/peer
PEER_IMAGE ?= $(O)/image/xen.elf
RUN_BOOT = $(PYTHON) -B tests/boot/run.py -o $(O) --debian $(DEBIAN) --peer $(PEER_TREE) $(if $(filter 1,$(V)),-v) \
	--tier $(or $(TIER),test)
# Guest kernels of the boot tests: each main_NAME.c there becomes $(O)/kit/NAME.
$(foreach m,$(wildcard tests/boot/kernels/main_*.c),$(eval $(call kit_kernel,kit/$(call program_name,$(m)),$(m) tests/boot/kernels/acts.c,hypercall_syscall)))
OBJECTS += $(call kit_objects,$(wildcard tests/boot/kernels/*.c))
# Programs that run in guests under test, NAME-check in dom0: each tests/boot/probes/NAME.c is one, $(O)/probe/NAME.
$(O)/probe/%: tests/boot/probes/%.c
	$(call make_by,LD,$(CC) $(USER_CFLAGS) $(USER_LDFLAGS) -o $@ $<)
ALL += $(patsubst tests/boot/probes/%.c,$(O)/probe/%,$(wildcard tests/boot/probes/*.c))

.PHONY: image peer iso boot run run-demo rootfs
image peer: $(ALL)
	$(Q)sh tests/image/image.sh $(O) $(DEBIAN) $(PEER_TREE) $@

iso: image
	$(Q)sh tests/image/iso.sh $(O)
boot: image
	$(Q)$(RUN_BOOT) $(CASE)
# What a newcomer types first sees to its packages: on a fresh machine nothing else is needed.
run: deps
	$(Q)$(MAKE) --no-print-directory run-demo
run-demo: image $(if $(ROOTFS),rootfs)
	$(Q)$(PYTHON) -B tests/boot/demo.py -o $(O) --debian $(DEBIAN) --rootfs "$(ROOTFS)"
rootfs:
	$(Q)sh tests/image/rootfs.sh $(O)

# --- make test: suites by name; a folder's rules.mk adds its own to SUITES and defines suite-NAME -----------------------
# A suite prints "N passed, N failed, N skipped" last, or only succeeds or fails. BUDGET: seconds left of the whole run, or 0.
SUITES := all lint abi-test unit fuzz guest-test peer boot rootfs
.PHONY: $(addprefix suite-,$(SUITES))
test soak: deps
	$(Q)sh tests/test.sh $@ "$(MAKE)" $(O) $(SUITES)

$(addprefix suite-,all lint abi-test unit guest-test): suite-%: %
fuzz suite-fuzz:
	$(Q)sh tests/fuzz/run.sh $(O) $(or $(SECONDS),$(if $(filter soak,$(TIER)),600,8)) $(HARNESS)
print-%:
	@echo '$($*)'
suite-peer: peer
	$(Q)$(MAKE) -s PEER=1 guest-test
suite-rootfs: image
	$(Q)if ! sh tests/image/rootfs.sh $(O); then echo 'skipped: no root file system can be made here'; echo '0 passed, 0 failed, 1 skipped'; \
	else $(MAKE) --no-print-directory run-demo ROOTFS=debian </dev/null; fi
suite-boot: peer
	$(Q)sh tests/image/iso.sh $(O) || echo 'the cases that boot the image are skipped'
	$(Q)$(RUN_BOOT) --budget $(or $(BUDGET),0)
