# The facts script: reads what the named sections ask for, and nothing else; never writes on the host.
#
# It arrives on the standard input of `sh -s`, after lines that set: nonce, sections, deadline (seconds for
# the whole script), limit (seconds for one probe), cap (bytes of one probe) use_sudo (yes or no), role (whole,
# or root where only frames are wanted), helper (the installed script) and helped (the sections that it reads as root).
# POSIX sh; runs under dash, bash --posix and busybox. No here-documents: some shells put them in files.
#
# Each section gives two frames, both counted in bytes:
#   @NONCE O SECTION TRUNCATED OUTBYTES                 and the probe's standard output
#   @NONCE R SECTION STATE STATUS NEEDBYTES ERRBYTES    and what it needs, and its standard error
# The first line is "nightledger-facts 1 NONCE UID USER", the last "@NONCE Z complete" or "@NONCE Z timeout".

nl='
'

# ---- frames -------------------------------------------------------------------------------------------------

# Runs a probe: its output goes to $out, its standard error to $err, its exit status to $status.
capture() {
    both=$(
        {
            # The status and the nonce travel behind the output, so one that was cut is known by their absence.
            # Standard error has a pipe of its own, so neither can stall the other.
            out=$({ { "$@"; printf '\n%s@%s' "$?" "$nonce" >&5; } 2>&1 >&5 </dev/null | some >&3; } 5>&1 |
                head -c "$((cap + ${#nonce} + 5))")
            printf '@%s@%s' "$nonce" "$out"
        } 3>&1
    )
    status=$? err=${both%%"@$nonce@"*} out=${both#*"@$nonce@"} truncated=no
    while [ "${err%"$nl"}" != "$err" ]; do err=${err%"$nl"}; done
    case $out in
        *"@$nonce") out=${out%"@$nonce"} status=${out##*"$nl"} out=${out%"$nl"*} ;;
        # Where the shell around the probe was ended as well, what came is its standard error alone.
        *) truncated=yes && { [ "$status" = 0 ] || out=''; } ;;
    esac
}

# Mostly there is nothing to cut, and then nothing to start. The last command of a pipe has a process of its own, which
# cat may take over.
some() {
    IFS= read -r first || [ -n "$first" ] || return 0
    printf '%.2000s\n' "$first"
    head -c 2000
    exec cat >/dev/null
}

# Each write is a packet to the client, so small frames share one.
report() {
    frames="$frames@$nonce O $section $truncated ${#out}$nl$out$nl"
    frames="$frames@$nonce R $section $1 $status ${#need} ${#err}$nl$need$nl$err$nl"
    if [ "${#frames}" -ge 4096 ]; then flush; fi
}
flush() { printf '%s' "$frames" >&4 && frames=''; }

# ---- ways to probe ------------------------------------------------------------------------------------------

probe() {
    capture "$@"
    state=ok
    case $status in
        0) ;;
        124 | 137 | 143) state=timeout ;;
        127) state=tool_absent ;;
        *)
            # sudo also warns when it obeys, so its words count only where it failed.
            case $err in
                *'sudo: '*'password is required'* | *'not allowed to execute'* | *'may not run sudo'* | \
                    *'not in the sudoers'* | *'no new privileges'* | *'must have a tty'*) state=no_privilege ;;
                *) state=error ;;
            esac
            ;;
    esac
    if [ "$timed_out" = yes ]; then state=timeout; fi
    report "$state"
}

# Says why there is nothing to read: in $err and $status, or without having run anything.
tell() { out='' truncated=no && report "$1"; }
say() { status=0 err='' need=${2:-$need} && tell "$1"; }

tool() {
    if command -v "$1" >/dev/null 2>&1; then
        probe $timeout "$@"
    else
        say tool_absent "$1"
    fi
}

# The sudo rule to grant is the exact command line, so it is what `need` says.
tool_as_root() {
    path=$(command -v "$1") || { say tool_absent "$1"; return; }
    shift
    need="$path $*"
    if [ "$uid" = 0 ]; then
        probe $timeout "$path" "$@"
    elif [ "$use_sudo" = yes ] && command -v sudo >/dev/null 2>&1; then
        # sudo goes inside timeout: the other way round the command it must allow would be timeout.
        probe $timeout sudo -n "$path" "$@"
    else
        say no_privilege
    fi
}

# All processes are read once, for a busy host has many: NUMBERS NAME a line, the numbers from here inwards.
processes_seen() {
    sed -n -e '/^Name:/{s/^Name:.//;h;}' -e '/^Pid:/{s/^Pid:.//;H;}' -e '/^NSpid:/{s/^NSpid:.//;x;s/\n.*//;x;H;}' \
        -e '/^Threads:/{g;s/\(.*\)\n\(.*\)/\2 \1/;p;}' /proc/[0-9]*/status 2>/dev/null
}

# Whether a process of one of these names runs: as the host's own, or in a container, which serves that container.
runs() { some_process own "$@"; }
runs_contained() { some_process contained "$@"; }
some_process() {
    kind=$1
    shift
    for name in "$@"; do
        left=$nl$running$nl
        while :; do
            case $left in *" $name$nl"*) ;; *) break ;; esac
            numbers=${left%%" $name$nl"*} left=${left#*" $name$nl"}
            if "$kind" "${numbers##*"$nl"}"; then return 0; fi
        done
    done
    return 1
}
# A second number is that in an inner namespace; a container without one is known by its control group, from outside.
contained() {
    case $1 in *[!0-9]*) return 0 ;; esac
    ! in_container self && in_container "$1"
}
own() { ! contained "$1"; }
in_container() {
    while read -r group; do
        case $group in
            */docker/* | */docker-*.scope* | *libpod-* | */kubepods* | *cri-containerd* | *crio-* | */ecs/* | */lxc/* | \
                */lxc.payload* | */machine.slice/*) return 0 ;;
        esac
    done <"/proc/$1/cgroup"
    return 1
} 2>/dev/null

# Where /proc shows each account its own processes only (hidepid), what others run cannot be seen.
hidden_processes() { [ "$uid" != 0 ] && ! [ -r /proc/1/comm ]; }
unseen='sight of the processes of others, which hidepid of /proc takes'

# The first line of a file in $line, whether or not it ends; false where there is none to be read.
first_line() { line='' && [ -r "$1" ] && { read -r line <"$1" || [ -n "$line" ]; }; }

# Lines of files that match a pattern, each behind its file's name; no file at all is "absent".
lines() {
    pattern=$1 found='' refused=''
    shift
    for file in "$@"; do
        if [ -f "$file" ] && [ -r "$file" ]; then
            found=yes
        elif [ -f "$file" ]; then
            refused=$file
        elif directory=${file%/*} && [ -d "$directory" ] && ! { [ -r "$directory" ] && [ -x "$directory" ]; }; then
            refused=$directory
        fi
    done
    if [ -n "$refused" ]; then
        say no_privilege "read access to $refused"
    elif [ -n "$found" ]; then
        probe matching "$@"
    else
        say absent
    fi
}

matching() {
    for file in "$@"; do
        shift
        [ -f "$file" ] && set -- "$@" "$file"
    done
    # grep answers 1 when no line matched, which is an answer.
    $timeout grep -H -i -E "$pattern" "$@" || [ "$?" -eq 1 ] || return 2
}

# Root's sections from the installed script, in one call and first of all; its frames are passed on as they are.
ask_helper() {
    asked='' others=''
    for section in $sections; do
        case " $helped " in *" $section "*) asked="$asked $section" ;; *) others="$others $section" ;; esac
    done
    sections=$others
    [ -n "$asked" ] || return 0
    # In a session of its own, or it would end this script too when its time is over.
    apart=''
    if command -v setsid >/dev/null 2>&1; then apart=setsid; fi
    # Half the time, so that what it said is still passed on when it takes too long.
    given=$(printf 'nightledger-facts 1 %s %s%s\n' "$nonce" "$((deadline / 2 + 1))" "$asked" |
        $apart sudo -n "$helper" 2>/dev/null 4>&-
        echo "$?.")
    status=${given##*"$nl"} && status=${status%.}
    case $status in '' | *[!0-9]*) status=143 ;; esac
    if [ "$status" = 0 ]; then printf '%s\n' "${given%"$nl"*}" >&4; else no_help; fi
}
no_help() {
    need="$helper \"\"" state=no_privilege err='its sudo rule is not there'
    if ! [ -e "$helper" ]; then
        err='it is not installed'
    elif [ "$timed_out" = yes ]; then
        state=timeout
    elif [ "$status" != 1 ]; then
        state=error err='it did not answer, or is of another version'
    fi
    for section in $asked; do tell "$state"; done
}

# ---- sections -----------------------------------------------------------------------------------------------

# Which installed script it is: whoever changes it changes this.
section_helper() { if [ -e "$helper" ]; then tool sha256sum "$helper"; else say absent; fi; }

section_clock() { probe clock; }
clock() { date +%s && cat /proc/uptime; }

section_machine() { probe machine; }
machine() {
    for file in /etc/machine-id /var/lib/dbus/machine-id; do
        if first_line "$file" && [ -n "$line" ]; then echo "machine_id=$line" && break; fi
    done
    if first_line /proc/sys/kernel/hostname; then echo "hostname=$line"; fi
    if first_line /proc/sys/kernel/osrelease; then echo "kernel=$line"; fi
    printf 'architecture=' && uname -m
    if [ -n "${SSH_CONNECTION:-}" ]; then echo over_ssh=yes; fi
    # User-Mode-Linux repeats the flags of the processor below it; its own name stands above them.
    case $(grep -m 1 -o -E '^vendor_id.*User Mode Linux|^flags.* hypervisor' /proc/cpuinfo) in
        vendor_id*) echo hypervisor=uml ;;
        flags*) echo hypervisor=cpu ;;
    esac
    if first_line /sys/class/dmi/id/sys_vendor; then echo "vendor=$line"; fi
    if [ -e /.dockerenv ]; then echo container=docker; fi
    if [ -e /run/.containerenv ]; then echo container=podman; fi
    if [ -r /run/systemd/container ]; then printf 'container=' && cat /run/systemd/container; fi
    # Only a system with a kernel of its own shows the kernel's threads, whatever marker files it carries.
    if first_line /proc/2/comm && [ "$line" = kthreadd ]; then echo own_kernel=yes; fi
    if [ -d /run/systemd/system ]; then echo init=systemd; fi
    # Where sudo looks for rules besides its own file; see sudoers.ldap(5).
    if [ -r /etc/nsswitch.conf ]; then
        while read -r word rest; do
            case $word in sudoers:*) echo "sudoers=${word#sudoers:} $rest" ;; esac
        done </etc/nsswitch.conf
    fi
    # What dnf was told to stay at, where it does not follow the release.
    for file in /etc/dnf/vars/releasever /etc/yum/vars/releasever; do
        if first_line "$file"; then echo "releasever=$line"; fi
    done
    # Red Hat's subscription keeps it elsewhere.
    held=/var/lib/rhsm/cache/releasever.json
    if first_line "$held"; then
        case $line in *'"releaseVer": "'*) line=${line#*'"releaseVer": "'} && echo "releasever=${line%%\"*}" ;; esac
    elif [ -e "$held" ] || { [ -d "${held%/*}" ] && ! [ -x "${held%/*}" ]; }; then
        echo 'releasever=?'
    fi
    set --
    for file in /etc/os-release /usr/share/distro-info/debian.csv /usr/share/distro-info/ubuntu.csv; do
        if [ -r "$file" ]; then set -- "$@" "$file"; fi
    done
    if [ "$#" -gt 0 ]; then release "$@"; fi
}
# The release by its own word, and from Debian's table of releases the last days of this one.
release() {
    awk -F, 'FILENAME ~ /os-release$/ {
            if (/^(ID|ID_LIKE|VERSION_ID|VERSION_CODENAME|SUPPORT_END)=/) print
            split($0, pair, "="); gsub(/["\047]/, "", pair[2]); about[pair[1]] = pair[2]; next
        }
        FNR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
        FILENAME ~ "/" about["ID"] "[.]csv$" && ($1 == about["VERSION_ID"] || $1 == about["VERSION_ID"] " LTS") {
            for (i = 6; i <= NF; i++) print "distro-info:" name[i] "=" $i
        }' "$@"
}

section_mounts() { probe cat /proc/self/mountinfo; }
section_swaps() { probe cat /proc/swaps; }
section_block() { if [ -d /sys/class/block ]; then probe block; else say absent; fi; }
block() {
    for path in /sys/class/block/*; do
        [ -r "$path/dev" ] || continue
        parent='' uuid='' name='' backing='' slaves=''
        if [ -e "$path/partition" ]; then parent=$(cd -P "$path/.." && pwd) && parent=${parent##*/}; fi
        if [ -r "$path/dm/uuid" ]; then read -r uuid <"$path/dm/uuid"; fi
        if [ -r "$path/dm/name" ]; then read -r name <"$path/dm/name"; fi
        if [ -r "$path/loop/backing_file" ]; then read -r backing <"$path/loop/backing_file"; fi
        if [ -r "$path/backing_dev" ]; then read -r backing <"$path/backing_dev"; fi
        for slave in "$path"/slaves/*; do if [ -e "$slave" ]; then slaves="$slaves${slave##*/},"; fi; done
        read -r number <"$path/dev"
        printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "${path##*/}" "$number" "$parent" "$slaves" "$uuid" "$name" "$backing"
    done
    for path in /sys/fs/btrfs/*/devices/*; do
        if [ -e "$path" ]; then path=${path#/sys/fs/btrfs/} && printf 'btrfs\t%s\t%s\n' "${path%%/*}" "${path##*/}"; fi
    done
}
# dmsetup shows a key only where it is asked to, and here it is not.
section_ciphers() {
    for path in /sys/class/block/*/dm/uuid; do
        if [ -r "$path" ] && grep -q '^CRYPT-' "$path"; then tool_as_root dmsetup table --target crypt; return; fi
    done
    say absent
}
# Amazon's machines say in the firmware's tables which they are, and its volumes are the serial numbers of the disks.
section_disks() { if [ -d /sys/class/block ]; then probe disks; else say absent; fi; }
disks() {
    echo looked
    grep -q -x 'Amazon EC2' /sys/class/dmi/id/sys_vendor 2>/dev/null || return 0
    if [ -r /sys/class/dmi/id/board_asset_tag ]; then printf 'instance=' && cat /sys/class/dmi/id/board_asset_tag; fi
    for path in /sys/class/block/*; do
        if [ -r "$path/device/serial" ] && read -r serial <"$path/device/serial"; then
            printf 'disk=%s\t%s\n' "${path##*/}" "$serial"
        fi
    done
}
section_zfs() { tool zfs get -H -t filesystem -o name,value encryption; }

# Besides the assignments, the lines that show whether one stands inside a block or behind an early end.
section_profile() {
    words='if|fi|case|esac|for|while|until|select|done|return|exit'
    lines "TMOUT|profile\.d|(^|[;&|[:space:]])($words)([;[:space:]]|\$)|(^|[;)[:space:]])[{}]([;[:space:]]|\$)" /etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/bashrc /etc/environment \
        /etc/zsh/zprofile /etc/zsh/zshrc /etc/zprofile /etc/zshrc /etc/csh.cshrc /etc/csh.login
}
section_accounts() { probe accounts; }
# Names, numbers, shells: the comment field holds people's names. A password of its own beside shadow's is said to be
# empty or set; x and ## stand for shadow's, see pam_unix(8).
accounts() {
    if command -v getent >/dev/null 2>&1; then everyone=$($timeout getent passwd); else everyone=$(cat /etc/passwd); fi || return
    printf '%s\n' "$everyone" | awk -F: '{ state = ""; if ($2 == "") state = "empty"; else if ($2 !~ /^(x$|##|[!*])/) state = "set"
        print $1 ":" $3 ":" $7 ":" state }'
}
# States only, never a hash: L locked, NP no password, P password.
section_passwords() { tool_as_root passwd -S -a; }
section_login_defs() { lines '^[[:space:]]*PASS_(MAX|MIN)_DAYS' /etc/login.defs; }

section_sshd() { tool_as_root sshd -T; }
section_sshd_config() {
    lines '^[[:space:]]*[a-z]' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf
}
section_ssh_server() { probe ssh_server; }
ssh_server() {
    for name in sshd dropbear tinysshd; do
        if command -v "$name" >/dev/null 2>&1; then echo "installed=$name"; fi
    done
    if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q -E '^ *[0-9]+: [0-9A-F]+:0016 [0-9A-F:]+ 0A '; then
        echo listening=22
    fi
    if runs sshd dropbear tinysshd; then echo running=yes; fi
}
section_pam() {
    for file in /etc/pam.d/*; do
        if [ -f "$file" ] && ! [ -r "$file" ]; then say no_privilege "read access to $file"; return; fi
    done
    # openSUSE keeps what it ships there; where no file of the host's own stands before it, the stack is not whole here.
    if [ -e /usr/lib/pam.d/sshd ] && ! [ -e /etc/pam.d/sshd ]; then say tool_absent 'a reader for /usr/lib/pam.d'; return; fi
    if [ -d /etc/pam.d ]; then probe pam; else say absent; fi
}
# Module arguments can hold passwords; only those that weaken a module are kept, and which part pam_faillock plays.
pam() {
    set --
    for file in /etc/pam.d/*; do [ -f "$file" ] && set -- "$@" "$file"; done
    [ "$#" -eq 0 ] || grep -H -v -E '^[[:space:]]*(#|$)' "$@" | sed -E -e 's/(\.so)[[:space:]](.*[[:space:]])?(nullok|nouserok|no_usersfile_okay|preauth|authfail|authsucc)[a-z_]*([[:space:]].*)?$/\1 \3/' -e 't' -e 's/(\.so)[[:space:]].*$/\1/'
}

section_logind() {
    if [ -d /run/systemd/system ]; then
        tool busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager \
            StopIdleSessionUSec IdleAction IdleActionUSec
    else
        say tool_absent systemd
    fi
}
section_dconf() {
    lines '^[[:space:]]*(\[|[a-z-]+[[:space:]]*=|/|system-db:)' /etc/dconf/profile/user /etc/dconf/db/*.d/* /etc/dconf/db/*.d/locks/*
}
section_display() { probe display; }
display() {
    for name in gdm3 gdm lightdm sddm xdm lxdm; do
        if command -v "$name" >/dev/null 2>&1; then echo "installed=$name"; fi
    done
    if [ -e /etc/systemd/system/display-manager.service ]; then echo enabled=display-manager; fi
}

section_audit_status() { tool_as_root auditctl -s; }
section_audit_rules() { tool_as_root auditctl -l; }
section_services() {
    if [ -d /run/systemd/system ]; then
        tool systemctl show -p Id,LoadState,ActiveState,UnitFileState auditd.service rsyslog.service syslog-ng.service \
            systemd-journald.service systemd-journal-upload.service vector.service fluent-bit.service filebeat.service \
            wazuh-agent.service apt-daily.timer apt-daily-upgrade.timer dnf-automatic.timer dnf-automatic-install.timer
    else
        say tool_absent systemd
    fi
}
section_processes() { if hidden_processes; then say no_privilege "$unseen"; else probe processes; fi; }
processes() {
    for wanted in auditd filebeat fluent-bit rsyslogd syslog-ng systemd-journal vector wazuh-agentd; do
        if runs "$wanted"; then echo "$wanted"; elif runs_contained "$wanted"; then echo "contained $wanted"; fi
    done
}
section_rsyslog() {
    lines '@|omfwd|omrelp|[{}]|(^|[[:space:]])(stop|~)([[:space:]]|$)|^[[:space:]]*(target|port|protocol|streamdriver)' /etc/rsyslog.conf /etc/rsyslog.d/*.conf
}
section_journald() { probe journald; }
journald() {
    for directory in /usr/lib/systemd /etc/systemd /run/systemd; do
        for file in "$directory/journald.conf" "$directory"/journald.conf.d/*.conf; do
            [ -f "$file" ] || continue
            grep -H -i -E '^[[:space:]]*(Storage|ForwardToSyslog)[[:space:]]*=' "$file" || [ "$?" -eq 1 ] || return 2
        done
    done
    if [ -d /var/log/journal ]; then printf 'directory=' && (cd -P /var/log/journal 2>/dev/null && pwd || echo /var/log/journal); fi
}

# A simulated upgrade would say the same for several times the work, and leave out what is held back. The caches are
# switched off because root would write them.
section_apt_pending() {
    if command -v apt-get >/dev/null 2>&1; then
        tool apt -q -o Apt::Cmd::Disable-Script-Warning=true -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
            list --upgradable
    else
        say tool_absent apt-get
    fi
}
section_apt_lists() {
    lines '^(Origin|Label|Suite|Codename|Date|Valid-Until): ' /var/lib/apt/lists/*InRelease /var/lib/apt/lists/*_Release
}
section_apt_stamps() { if [ -d /var/lib/apt/periodic ]; then probe apt_stamps; else say absent; fi; }
apt_stamps() {
    for file in /var/lib/apt/periodic/*-stamp; do if [ -f "$file" ]; then stat -c '%Y %n' "$file" || return; fi; done
}
section_apt_periodic() { if command -v apt-config >/dev/null 2>&1; then probe apt_periodic; else say tool_absent apt-config; fi; }
apt_periodic() {
    if command -v unattended-upgrade >/dev/null 2>&1; then echo installed=yes; fi
    $timeout apt-config dump --no-empty APT::Periodic Unattended-Upgrade::Allowed-Origins \
        Unattended-Upgrade::Origins-Pattern
}
section_dnf_automatic() { lines '^[[:space:]]*(apply_updates|upgrade_type)[[:space:]]*=' /etc/dnf/automatic.conf; }
section_kernels() { if [ -r /boot ]; then probe kernels; else say no_privilege "read access to /boot"; fi; }
kernels() {
    for file in /boot/vmlinuz-*; do if [ -e "$file" ]; then echo "image=${file#/boot/vmlinuz-}"; fi; done
    # Debian's kernel says of which version of its package it is; an update need not change the kernel's own name.
    if first_line /proc/version; then
        case $line in *' Debian '*) line=${line##* Debian } && echo "built=${line%% *}" ;; esac
    fi
    for file in /run/reboot-required /var/run/reboot-required; do
        if [ -e "$file" ]; then echo reboot_required=yes && break; fi
    done
}

# ---- the run ------------------------------------------------------------------------------------------------

# The client cannot end a probe on the host, so the script does: TERM to its own process group, then KILL.
watch() {
    trap '' TERM
    (
        # What ignores TERM hands that on to its children, so only KILL ends the sleeper.
        trap 'kill -KILL "$sleeper" 2>/dev/null; exit 0' USR1
        sleep "$deadline" & sleeper=$!
        wait "$sleeper"
        kill -TERM 0
        sleep 5 & sleeper=$!
        wait "$sleeper"
        kill -KILL 0
    ) </dev/null >/dev/null 2>&1 4>&- &
    watcher=$!
    trap 'timed_out=yes' TERM
}

main() {
    exec 4>&1
    PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
    LC_ALL=C LANGUAGE=C SYSTEMD_PAGER=cat SYSTEMD_COLORS=0
    export PATH LC_ALL LANGUAGE SYSTEMD_PAGER SYSTEMD_COLORS
    # apt unpacks signed lists into unlinked temporary files; this keeps them off the disk.
    if [ -d /dev/shm ] && [ -w /dev/shm ]; then TMPDIR=/dev/shm && export TMPDIR; fi
    uid=$(id -u) timed_out=no timeout='' frames=''
    if timeout -k 2 5 true >/dev/null 2>&1; then timeout="timeout -k 2 $limit"; fi
    # A login banner may end without a line's end.
    [ "$role" = root ] || printf '\nnightledger-facts 1 %s %s %s\n' "$nonce" "$uid" "$(id -un 2>/dev/null || id -u)"
    watch
    if [ "$uid" != 0 ] && [ -n "$helped" ]; then ask_helper; fi
    running=$(processes_seen)
    for section in $sections; do
        need=''
        if [ "$timed_out" = yes ]; then
            say timeout
        elif command -v "section_$section" >/dev/null; then
            "section_$section"
        else
            status=64 err='this script has no such section' && tell error
        fi
    done
    flush
    kill -USR1 "$watcher" 2>/dev/null
    if [ "$timed_out" = yes ]; then ending=timeout; else ending=complete; fi
    [ "$role" = root ] || printf '@%s Z %s\n' "$nonce" "$ending"
}

main
