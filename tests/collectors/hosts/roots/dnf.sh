# Makes a host whose packager is dnf, with one package in a repository of its own that a newer version waits in.
# Run by root inside a bare root. Beside it lie: key.pub and nightledger-facts.
umask 022
here=/opt/test
printf '%s\n' 'ID=almalinux' 'ID_LIKE="rhel centos fedora"' 'VERSION_ID="9.4"' >/usr/lib/os-release
useradd -m -s /bin/bash nightledger
install -d -o nightledger -g nightledger -m 700 /home/nightledger/.ssh
install -o nightledger -g nightledger -m 600 $here/key.pub /home/nightledger/.ssh/authorized_keys
install -D -m 755 $here/nightledger-facts /usr/local/libexec/nightledger-facts
echo 'nightledger ALL=(root) NOPASSWD: /usr/local/libexec/nightledger-facts ""' >/etc/sudoers.d/nightledger

mkdir -p /srv/repository /etc/yum.repos.d /etc/dnf/vars /etc/rpm
echo 9 >/etc/dnf/vars/releasever
# Debian's rpm keeps a database for each user; others have one.
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
for version in 1.0 1.1; do
    printf '%s\n' 'Name: records-viewer' "Version: $version" 'Release: 1' 'Summary: A package' 'License: none' \
        'BuildArch: noarch' '%description' 'There is nothing in it.' '%files' >/tmp/package.spec
    rpmbuild --quiet --define '_rpmdir /srv/repository' -bb /tmp/package.spec
done
rpm --initdb
rpm -i --nodeps --force-debian /srv/repository/noarch/records-viewer-1.0-1.noarch.rpm
cat >$here/repository <<'REPOSITORY'
#!/bin/sh -eu
# Argument: the version that a security advisory speaks of, or none (no advisory in the list), or nothing (no list at all).
rm -rf /srv/repository/repodata /var/cache/dnf
createrepo_c -q /srv/repository
advisory() {
    cat <<ADVISORY
<update from="security@hospital.example" status="final" type="security" version="1">
<id>HOSP-2026:0001</id><title>records-viewer</title><issued date="2026-11-01 00:00:00"/><severity>Important</severity>
<pkglist><collection short="hospital"><name>hospital</name>
<package name="records-viewer" version="$1" release="1" epoch="0" arch="noarch" src="records-viewer-$1-1.src.rpm">
<filename>records-viewer-$1-1.noarch.rpm</filename></package>
</collection></pkglist></update>
ADVISORY
}
if [ -n "${1:-}" ]; then
    {
        echo '<?xml version="1.0"?><updates>'
        [ "$1" = none ] || advisory "$1"
        echo '</updates>'
    } >/tmp/updateinfo.xml
    modifyrepo_c --mdtype=updateinfo /tmp/updateinfo.xml /srv/repository/repodata >/dev/null
fi
dnf -q makecache
REPOSITORY
chmod 755 $here/repository
printf '%s\n' '[baseos]' 'name=baseos' 'baseurl=file:///srv/repository' 'gpgcheck=0' 'enabled=1' >/etc/yum.repos.d/hospital.repo
$here/repository 1.1
