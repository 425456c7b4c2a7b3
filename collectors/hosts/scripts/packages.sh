# What is installed, and what other packagers than apt say is pending. Caches are read as they lie, never refreshed.

section_packages() {
    if command -v dpkg-query >/dev/null 2>&1; then
        # shellcheck disable=SC2016 - the words are dpkg's
        tool dpkg-query -W -f '${db:Status-Status} ${Package} ${Version} ${Architecture}\n'
    elif command -v rpm >/dev/null 2>&1; then
        tool rpm -qa --qf 'installed %{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH}\n'
    elif command -v apk >/dev/null 2>&1; then
        probe apk_packages
    else
        say tool_absent 'a package manager'
    fi
}
apk_packages() { awk -F: '/^P:/ { p = $2 } /^V:/ { v = $2 } /^A:/ { a = $2 } /^$/ { if (p) print "installed", p, v, a; p = "" } END { if (p) print "installed", p, v, a }' /lib/apk/db/installed; }

# What apt's pins keep from being installed is not among what it says is pending.
section_apt_pins() { lines '^(Package|Pin|Pin-Priority):' /etc/apt/preferences /etc/apt/preferences.d/*; }

# What dnf is told to leave as it is, by its settings or by locks on versions, is not among what it says is pending.
section_dnf_excludes() {
    lines '^[[:space:]]*(exclude|excludepkgs)[[:space:]]*=|^name[[:space:]]*=|^[^#=[:space:]]+-[0-9]+:[^=[:space:]]+$' \
        /etc/dnf/dnf.conf /etc/yum.repos.d/*.repo /etc/dnf/plugins/versionlock.list /etc/dnf/versionlock.toml
}

section_dnf_lists() {
    for place in /var/cache/dnf /var/cache/libdnf5; do
        if [ -d "$place" ] && ! [ -r "$place" ]; then say no_privilege "read access to $place"; return; fi
    done
    if command -v dnf >/dev/null 2>&1; then probe dnf_lists; else say absent; fi
}
# One line for each repository's index, one for each list of advisories beside it.
dnf_lists() {
    echo looked
    for file in /var/cache/dnf/*/repodata/repomd.xml /var/cache/libdnf5/*/repodata/repomd.xml; do
        if [ -f "$file" ]; then stat -c 'index %Y %n' "$file" || return; fi
    done
    advisories /var/cache/dnf/*/repodata/*updateinfo* /var/cache/libdnf5/*/repodata/*updateinfo*
}
# A list that no advisory stands in is as good as none.
advisories() {
    for file in "$@"; do
        if [ -f "$file" ] && advises "$file"; then stat -c 'advisories %Y %n' "$file" || return; fi
    done
}
# What cannot be unpacked here tells by its size.
advises() {
    case $1 in
        *.gz) zcat "$1" 2>/dev/null | head -c 4096 | grep -q '<update ' ;;
        *.xml) head -c 4096 "$1" | grep -q '<update ' ;;
        *) [ "$(stat -c %s "$1")" -gt 1000 ] ;;
    esac
}
# -C reads the cache as it is; only root reads the system's own cache.
section_dnf_pending() {
    if command -v dnf >/dev/null 2>&1; then tool_as_root dnf -q -C updateinfo list --updates --security; else say absent; fi
}
section_zypper_patches() {
    if command -v zypper >/dev/null 2>&1; then
        ZYPP_LOGFILE=/dev/null && export ZYPP_LOGFILE
        tool zypper --xmlout --no-refresh --non-interactive list-patches --category security
    else
        say absent
    fi
}
section_zypper_lists() { if [ -d /var/cache/zypp/raw ]; then probe zypper_lists; else say absent; fi; }
zypper_lists() {
    echo looked
    for file in /var/cache/zypp/raw/*/repodata/repomd.xml; do
        if [ -f "$file" ]; then stat -c 'index %Y %n' "$file" || return; fi
    done
    advisories /var/cache/zypp/raw/*/repodata/*updateinfo*
}
section_update_units() {
    if [ -d /run/systemd/system ]; then
        tool systemctl show -p Id,LoadState,Result,ExecMainStatus,ExecMainExitTimestamp dnf-automatic.service \
            dnf-automatic-install.service dnf5-automatic.service
    else
        say absent
    fi
}
section_needrestart() { tool_as_root needrestart -b -l -r l; }
