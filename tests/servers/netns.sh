# The first process of a test's host: makes its file system, waits for its network, starts it, and ends it with standard input.
# Arguments: directory (of the host's own things), lower (directories below it, as overlay takes them, or an image of
# its whole file system), program (its boot).
set -eu
cd "$1"
if [ -f "$2" ]; then
    mount -o loop "$2" root
else
    mount -t overlay overlay -o "lowerdir=$2,upperdir=$PWD/upper,workdir=$PWD/work" root
fi
mount -t proc proc root/proc
mount -t sysfs -o ro sysfs root/sys
# What would tell of the machine that the test runs on, and differ from one to the next.
for hidden in firmware class/dmi bus/usb; do
    if [ -d "root/sys/$hidden" ]; then mount -t tmpfs -o ro none "root/sys/$hidden"; fi
done
# In memory, so that the host sees no file system of that machine either.
mkdir seen
mount -t tmpfs none seen
cp processor swaps seen
mount --bind seen/processor root/proc/cpuinfo
mount --bind seen/swaps root/proc/swaps
mount -t tmpfs -o mode=755 none root/run
mkdir root/run/sshd
mount -t tmpfs -o mode=755 none root/dev
mkdir root/dev/pts root/dev/shm
for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "root/dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 666 root/dev/tty c 5 0
ln -s pts/ptmx root/dev/ptmx
ln -s /proc/self/fd root/dev/fd
mount -t devpts -o newinstance,ptmxmode=666 none root/dev/pts
mount -t tmpfs -o mode=1777 none root/dev/shm
hostname host
read -r _
chroot root /bin/sh -eu -c "$3" </dev/null || { echo 'its boot failed' >&2; exit 1; }
chroot root /usr/sbin/sshd -D -e </dev/null &
cat >/dev/null
