# SPDX-License-Identifier: GPL-2.0-only
# Patched Linux kernels, from Debian's source package; make soak builds and boots them.
.PHONY: guest-kernel suite-guest-kernel
guest-kernel:
	$(Q)sh tests/image/deps.sh guest-kernel
	$(Q)sh guest-patches/linux-6.1/build.sh $(O)
SUITES += $(if $(filter soak,$(MAKECMDGOALS)),guest-kernel)
suite-guest-kernel: guest-kernel
	$(Q)$(MAKE) --no-print-directory boot CASE="patched-dom0 patched-domu" TIER=soak
