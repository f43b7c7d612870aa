# SPDX-License-Identifier: GPL-2.0-only
# Debian's cloud kernel boots as a guest.
. /tests/lib
run lam create /guests/cloud.cfg
until_true 120 "the cloud kernel reaches userspace" console_has cloud GUEST-USERSPACE
console_has cloud cloud-amd64 || fail "the guest does not say that it is the cloud kernel"
destroy cloud
pass
