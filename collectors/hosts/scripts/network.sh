# What the host lets in and listens on, and what keeps its clock right.

# The kernel's own rules: what firewalld, ufw and iptables-nft were told ends there.
section_nft() { tool_as_root nft -j list ruleset; }
# The older filter lives beside it; the file is there where the kernel has it, and names the tables that are in use.
section_iptables() { if no_tables /proc/net/ip_tables_names; then say absent; else tool_as_root iptables-save -t filter; fi; }
section_iptables_six() { if no_tables /proc/net/ip6_tables_names; then say absent; else tool_as_root ip6tables-save -t filter; fi; }
no_tables() { ! [ -e "$1" ] || { [ -r "$1" ] && [ -z "$(cat "$1")" ]; }; }

section_listeners() { probe listeners; }
listeners() {
    set --
    for name in tcp tcp6 udp udp6; do if [ -r "/proc/net/$name" ]; then set -- "$@" "/proc/net/$name"; fi; done
    # 0A is a listening TCP socket, 07 an unconnected UDP socket.
    awk 'FNR == 1 { name = FILENAME; sub(/.*\//, "", name); print "looked", name }
        $4 == (name ~ /^tcp/ ? "0A" : "07") { print name, $2 }' "$@" | sort -u
    if [ -r /proc/net/if_inet6 ] && grep -q -v ' lo$' /proc/net/if_inet6; then echo ipv6; fi
}

section_time_sync() {
    # The kernel has one clock, so whoever follows a source in a container does so for the host.
    if command -v chronyc >/dev/null 2>&1 && { runs chronyd || runs_contained chronyd; }; then
        tool chronyc -n -c tracking
    elif [ -d /run/systemd/system ]; then
        tool timedatectl show -p NTP -p NTPSynchronized
    else
        say tool_absent chronyc
    fi
}
