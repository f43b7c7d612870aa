# SPDX-License-Identifier: GPL-2.0-only
#
# Conformance guests: every tests/guest/CLAIM/case.c and tests/guest/lib/*.c make one kernel, $(O)/guest/cases, which
# tests/guest/run boots under QEMU as the first domain: on Lamina, or with PEER=1 on the hypervisor it is compared with.
# $(O)/guest/cases-high is the same in the last 2 GiB of addresses and with a hypercall page, as older kernels have it:
# a hypervisor's short ways for such kernels are tried as well.
# Variables: CASES="name ..." for some only; PEER_IMAGE=file when the peer's image is not the built one.

GUEST_LIB := tests/guest/lib
GUEST_CASES := $(wildcard tests/guest/*/case.c)
GUEST_SOURCES := $(GUEST_LIB)/main_cases.c $(call plain,$(GUEST_LIB)) $(GUEST_CASES)

$(eval $(call kit_kernel,guest/cases,$(GUEST_SOURCES),hypercall_syscall))
$(eval $(call kit_kernel,guest/cases-high,$(GUEST_SOURCES),hypercall_page,-Wl$(comma)--defsym=kit_link_base=0xffffffff80000000))
$(call kit_objects,$(GUEST_SOURCES)): KIT_CFLAGS += -I$(GUEST_LIB)
OBJECTS += $(call kit_objects,$(GUEST_SOURCES))

GUEST_IMAGES := $(O)/guest/cases $(O)/guest/cases-high
GUEST_ON := $(if $(filter 1,$(PEER)),$(PEER_IMAGE),$(O)/lamina)

.PHONY: guest-cases guest-test
guest-cases: $(GUEST_IMAGES)

guest-test: $(GUEST_IMAGES) $(filter $(O)/lamina,$(GUEST_ON))
	$(Q)failed=0; for image in $(GUEST_IMAGES); do \
		$(PYTHON) tests/guest/run $(GUEST_ON) $$image $(CASES) || failed=1; \
	done; exit $$failed
