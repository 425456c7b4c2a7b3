"""The types of file systems, by what becomes of data in them."""

from __future__ import annotations

WITHOUT_DATA = frozenset(
    {
        "autofs",
        "bdev",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "cpuset",
        "debugfs",
        "devpts",
        "efivarfs",
        "fusectl",
        "fuse.gvfsd-fuse",
        "fuse.lxcfs",
        "fuse.portal",
        "hugetlbfs",
        "mqueue",
        "nfsd",
        "nsfs",
        "pipefs",
        "proc",
        "pstore",
        "resctrl",
        "rootfs",
        "rpc_pipefs",
        "securityfs",
        "selinuxfs",
        "sockfs",
        "sysfs",
        "tracefs",
    }
)
"""They show what the kernel knows and hold no data."""

MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})
"""What they hold is gone at the next start."""

NETWORK = frozenset(
    {
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "fuse.ceph",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "virtiofs",
    }
)
"""A server stores what they hold."""

IMAGE = frozenset({"cramfs", "erofs", "iso9660", "squashfs"})
"""They are read-only."""

ENCRYPTING = frozenset({"ecryptfs", "fuse.encfs", "fuse.gocryptfs"})
"""They encrypt the files in them."""

SHORT_LIVED = ("/run", "/dev", "/sys", "/proc")
"""Where memory is used for what need not last, on every host."""
