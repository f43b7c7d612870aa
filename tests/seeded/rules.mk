# SPDX-License-Identifier: GPL-2.0-only
# Seeded bugs (README.md): make seeded tries all, SEED="name ..." some; make soak has them as a suite.
seeded suite-seeded:
	$(Q)$(PYTHON) -B tests/seeded/run -o $(O) --make "$(MAKE)" $(SEED)
soak: SUITES += seeded
