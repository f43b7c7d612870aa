# SPDX-License-Identifier: GPL-2.0-only
#
# Conformance guests: every tests/guest/CLAIM/case.c and tests/guest/lib/*.c make one kernel, $(O)/guest/cases, which
# tests/guest/run boots under QEMU as the first domain: on Lamina, or with PEER=1 on the hypervisor it is compared with.
# Variables: CASES="name ..." for some only; PEER_IMAGE=file when the peer's image is not the built one.

GUEST_LIB := tests/guest/lib
GUEST_CASES := $(wildcard tests/guest/*/case.c)
GUEST_SOURCES := $(GUEST_LIB)/main_cases.c $(call plain,$(GUEST_LIB)) $(GUEST_CASES)

$(eval $(call kit_kernel,guest/cases,$(GUEST_SOURCES),hypercall_syscall))
$(call kit_objects,$(GUEST_SOURCES)): KIT_CFLAGS += -I$(GUEST_LIB)
OBJECTS += $(call kit_objects,$(GUEST_SOURCES))

PEER_IMAGE ?= $(O)/peer/xen

.PHONY: guest-cases guest-test
guest-cases: $(O)/guest/cases

ifeq ($(PEER),1)
guest-test: $(O)/guest/cases
	$(Q)$(PYTHON) tests/guest/run $(PEER_IMAGE) $(O)/guest/cases $(CASES)
else
guest-test: $(O)/guest/cases $(O)/lamina
	$(Q)$(PYTHON) tests/guest/run $(O)/lamina $(O)/guest/cases $(CASES)
endif
