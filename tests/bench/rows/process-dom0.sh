# SPDX-License-Identifier: GPL-2.0-only
# Row 1: what operations cost a process of dom0 (or of the native kernel).
guest-costs
echo BENCH-DONE
