# SPDX-License-Identifier: GPL-2.0-only
# A stock kernel with 128 MiB and 2 processors: created, its console reaches userspace, listed, destroyed.
. /tests/lib
run lam create /guests/debian.cfg
until_true 200 "the guest's console reaches userspace" console_has debian GUEST-USERSPACE
console_has debian 'GUEST-USERSPACE 2 processors' || fail "the guest has not 2 processors"
lam list
lam list debian | grep -q ' 128 ' || fail "lam list does not show 128 MiB"
destroy debian
pass
