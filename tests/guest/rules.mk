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

.PHONY: guest-cases guest-test
guest-cases: $(O)/guest/cases

guest-test: $(O)/guest/cases $(if $(PEER),,$(O)/lamina)
	$(Q)$(PYTHON) tests/guest/run $(if $(PEER),$(PEER_IMAGE),$(O)/lamina) $< $(CASES)
