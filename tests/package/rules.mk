# SPDX-License-Identifier: GPL-2.0-only
# The package: its contents; under make soak also in a Debian system, which takes minutes. make suite-package runs that alone.
SUITES += package-contents $(if $(filter soak,$(MAKECMDGOALS)),package)
.PHONY: suite-package suite-package-contents
suite-package suite-package-contents: deb
suite-package:
	$(Q)sh tests/package/package.sh $(O)
suite-package-contents:
	$(Q)sh tests/package/contents.sh $(O)
