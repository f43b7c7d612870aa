# SPDX-License-Identifier: GPL-2.0-only
# Two readers see one guest's console at the same time, both may type, and the log has it all.
. /tests/lib
guest_config web /guests/debian.cfg 'vcpus = 1'
run lam create /tmp/web.cfg
until_true 120 "the guest reaches userspace" console_has web GUEST-USERSPACE

mkfifo /tmp/in1 /tmp/in2
lam console web </tmp/in1 >/tmp/out1 2>&1 &
first=$!
exec 3>/tmp/in1
lam console web 3>&- </tmp/in2 >/tmp/out2 2>&1 &
second=$!
exec 4>/tmp/in2
echo 'echo one-$((40 + 1))' >&3
until_true 30 "reader 1 sees the answer" grep -q one-41 /tmp/out1
until_true 30 "reader 2 sees it too" grep -q one-41 /tmp/out2
echo 'echo two-$((40 + 2))' >&4
until_true 30 "reader 2 sees its answer" grep -q two-42 /tmp/out2
until_true 30 "reader 1 sees it too" grep -q two-42 /tmp/out1
until_true 30 "the log has both" console_has web two-42
kill $first $second
until_true 30 "the readers are gone" sh -c '! pidof lam'
destroy web
pass
