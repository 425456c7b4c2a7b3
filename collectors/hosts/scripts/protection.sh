# What notices altered files and malicious software, and when it last did so.

section_file_integrity() {
    for place in /var/lib/aide /var/log/aide; do
        if [ -d "$place" ] && ! { [ -r "$place" ] && [ -x "$place" ]; }; then
            say no_privilege "read access to $place"
            return
        fi
    done
    for file in /var/log/aide/aide.log /var/log/aide.log; do
        if [ -e "$file" ] && ! [ -r "$file" ]; then say no_privilege "read access to $file"; return; fi
    done
    if hidden_processes; then say no_privilege "$unseen"; else probe file_integrity; fi
}
file_integrity() {
    echo looked
    for name in aide tripwire samhain; do
        if command -v "$name" >/dev/null 2>&1; then echo "tool $name"; fi
    done
    if runs wazuh-syscheckd ossec-syscheckd; then
        echo 'tool syscheck'
    elif runs_contained wazuh-syscheckd ossec-syscheckd; then
        echo 'tool syscheck in a container'
    fi
    for file in /etc/aide/aide.conf /etc/aide.conf; do if [ -s "$file" ]; then echo "config $file"; fi; done
    for file in /var/lib/aide/aide.db /var/lib/aide/aide.db.gz; do
        if [ -s "$file" ]; then stat -c 'database %Y' "$file" || return; fi
    done
    for file in /var/log/aide/aide.log /var/log/aide.log; do
        [ -f "$file" ] || continue
        # The end of a report says when the run ended and what it found; the names of files stay on the host.
        tail -n 2000 "$file" | grep -E '^(End timestamp: |AIDE found |AIDE (successfully )?initialized |AIDE, version )' | sed 's/^/report /'
    done
    return 0
}

section_endpoint() { if hidden_processes; then say no_privilege "$unseen"; else probe endpoint; fi; }
endpoint() {
    echo looked
    for wanted in cbagentd clamd clamonacc ds_agent falcon-sensor falcon-sensor-b freshclam s1-agent savd sentineld wdavdaemon; do
        if runs "$wanted"; then echo "runs $wanted"; elif runs_contained "$wanted"; then echo "contained $wanted"; fi
    done
    for name in clamscan falconctl mdatp; do if [ -e "/usr/bin/$name" ] || [ -e "/opt/CrowdStrike/$name" ]; then echo "installed $name"; fi; done
    for file in /var/lib/clamav/daily.cld /var/lib/clamav/daily.cvd; do
        # The head of the file says when the signatures were made.
        if [ -r "$file" ]; then printf 'clamav ' && head -c 512 "$file" | tr -d '\0' | cut -d: -f2 | head -n 1; fi
    done
    return 0
}
section_mdatp() { tool mdatp health --output json; }
section_falcon() {
    PATH=$PATH:/opt/CrowdStrike
    if command -v falconctl >/dev/null 2>&1; then tool_as_root falconctl -g --rfm-state; else say absent; fi
}
