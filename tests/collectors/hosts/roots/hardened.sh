# Makes a host of a bare root: as its administrator would who has read the Security Rule. Run by root inside it.
# Beside it lie: key.pub, which opens the collector's account, and nightledger-facts, the installed script.
umask 022
here=/opt/test

useradd --system --create-home --shell /bin/bash --password '*' nightledger
for name in clinician secretary; do
    useradd -m -s /bin/bash "$name"
    echo "$name:not their real one" | chpasswd
done
for name in clinician secretary nightledger; do $here/logged-in "$name" today; done
install -d -o nightledger -g nightledger -m 700 /home/nightledger/.ssh
install -o nightledger -g nightledger -m 600 $here/key.pub /home/nightledger/.ssh/authorized_keys
install -D -m 755 $here/nightledger-facts /usr/local/libexec/nightledger-facts
echo 'nightledger ALL=(root) NOPASSWD: /usr/local/libexec/nightledger-facts ""' >/etc/sudoers.d/nightledger

printf '%s\n' 'PermitRootLogin no' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' \
    >/etc/ssh/sshd_config.d/50-hardened.conf
printf '%s\n' 'TMOUT=900' 'readonly TMOUT' 'export TMOUT' >/etc/profile.d/timeout.sh
printf '%s\n' 'auth required pam_faillock.so preauth' 'auth [success=2 default=ignore] pam_unix.so' \
    'auth [default=die] pam_faillock.so authfail' 'auth requisite pam_deny.so' \
    'auth required pam_faillock.so authsucc' >/etc/pam.d/common-auth
printf '%s\n' 'deny = 5' 'unlock_time = 900' >/etc/security/faillock.conf
echo 'minlen = 14' >/etc/security/pwquality.conf

cat >/etc/nftables.conf <<'RULES'
table inet filter {
    chain input {
        type filter hook input priority 0; policy drop;
        ct state established,related accept
        iif "lo" accept
        meta l4proto icmpv6 accept
        tcp dport 22 accept
    }
}
RULES
sed -i '/imklog/d' /etc/rsyslog.conf
echo '*.* @@192.0.2.10:514' >/etc/rsyslog.d/forward.conf

# The only archive: one of ours that calls itself a security archive and holds one package, in two versions.
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d /var/lib/apt/lists/*
cat >$here/publish <<'ARCHIVE'
#!/bin/sh -eu
# Arguments: version to publish, date of publication as date(1) takes it, label and suite of the archive.
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
made=$(date -u -d "$2" '+%a, %d %b %Y %H:%M:%S UTC')
mkdir -p /tmp/package/DEBIAN /srv/archive
printf '%s\n' 'Package: records-viewer' "Version: $1" 'Architecture: all' 'Maintainer: Nobody <nobody@hospital.example>' \
    'Description: a package that there is nothing in' >/tmp/package/DEBIAN/control
dpkg-deb -b /tmp/package /srv/archive/records-viewer.deb >/dev/null
cd /srv/archive
{
    cat /tmp/package/DEBIAN/control
    printf '%s\n' 'Filename: ./records-viewer.deb' "Size: $(stat -c %s records-viewer.deb)" \
        "SHA256: $(sha256sum records-viewer.deb | cut -d' ' -f1)"
} >Packages
printf '%s\n' "Origin: Debian" "Label: $3" "Suite: $4" "Codename: $codename${4#stable}" "Date: $made" 'SHA256:' \
    " $(sha256sum Packages | cut -d' ' -f1) $(stat -c %s Packages) Packages" >Release
rm -r /tmp/package
rm -rf /var/lib/apt/lists/*
apt-get update -qq
ARCHIVE
chmod 755 $here/publish
echo 'deb [trusted=yes] file:/srv/archive ./' >/etc/apt/sources.list
$here/publish 1.0 now Debian-Security stable-security
apt-get install -qq -y records-viewer >/dev/null
touch /var/lib/apt/periodic/upgrade-stamp

printf '%s\n' 'database_in=file:/var/lib/aide/aide.db' 'database_out=file:/var/lib/aide/aide.db.new' \
    'report_url=file:/var/log/aide/aide.log' '/etc/hostname$ R' >/etc/aide/aide.conf
touch /etc/hostname
aide --config /etc/aide/aide.conf --init >/dev/null
mv /var/lib/aide/aide.db.new /var/lib/aide/aide.db
aide --config /etc/aide/aide.conf --check >/dev/null

mkdir /var/lib/clamav
$here/signatures today

kernel=$(uname -r)
mkdir -p "/lib/modules/$kernel" /boot
touch "/boot/vmlinuz-$kernel" "/lib/modules/$kernel/usb-storage.ko" "/lib/modules/$kernel/uas.ko"
for name in usb-storage uas; do echo "install $name /bin/false"; done >/etc/modprobe.d/usb.conf
depmod 2>/dev/null
