# Accounts beyond their names: ages of passwords, last log-ins, rights through sudo, keys, lockout, password rules.
#
# No hash, no key and no comment leaves the host; each list begins with "looked" so that silence is no answer.

section_shadow() {
    need='read access to /etc/shadow'
    if [ -r /etc/shadow ]; then probe shadow; elif [ -e /etc/shadow ]; then say no_privilege; else say absent; fi
}
# States only: L locked, NP none, P set; then days since 1970 and the limits of shadow(5).
shadow() {
    echo looked
    awk -F: '{ state = "P"; if ($2 == "") state = "NP"; else if ($2 ~ /^[!*]/) state = "L"
        print $1 ":" state ":" $3 ":" $4 ":" $5 ":" $7 ":" $8 }' /etc/shadow
}
section_last_logins() {
    if command -v lastlog2 >/dev/null 2>&1; then tool lastlog2; else tool lastlog; fi
}

section_sudoers() {
    if command -v sudo >/dev/null 2>&1; then
        tool_as_root cvtsudoers -e -f json /etc/sudoers
    elif command -v doas >/dev/null 2>&1; then
        say tool_absent 'a reader for doas'
    else
        say absent
    fi
}

section_ssh_keys() {
    if ! command -v ssh-keygen >/dev/null 2>&1; then say tool_absent ssh-keygen; return; fi
    if ! homes=$(homes); then say tool_absent getent; return; fi
    for home in $homes; do
        if [ "$uid" != 0 ] && ! { [ -r "$home/.ssh" ] && [ -x "$home/.ssh" ]; } && [ -d "$home" ] &&
            { [ -e "$home/.ssh" ] || ! [ -x "$home" ]; }; then
            say no_privilege "read access to $home/.ssh"
            return
        fi
    done
    probe ssh_keys
}
homes() {
    if command -v getent >/dev/null 2>&1; then everyone=$($timeout getent passwd); else everyone=$(cat /etc/passwd); fi || return
    printf '%s\n' "$everyone" | awk -F: '$7 !~ /(nologin|false|sync|shutdown|halt)$/ && $6 ~ /^\/[^ ]+$/ { print $6 }' | sort -u
}
# Length, fingerprint and type; the comments of keys name people and machines.
ssh_keys() {
    echo looked
    for home in $homes; do
        for file in "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2"; do
            [ -s "$file" ] || continue
            grep -q -v -E '^[[:space:]]*(#|$)' "$file" || { [ "$?" -eq 1 ] && continue; return 2; }
            printed=$($timeout ssh-keygen -l -f "$file") || { echo "unread $file"; continue; }
            printf '%s\n' "$printed" | awk -v file="$file" '{ print $1, $2, $NF, file }'
        done
    done
}

section_pam_guards() { lines '^[^#]*pam_(faillock|tally2|tally|pwquality|cracklib|passwdqc|pwhistory)\.so' /etc/pam.d/*; }
section_faillock() { lines '^[[:space:]]*[a-z_]' /etc/security/faillock.conf; }
section_pwquality() {
    lines '^[[:space:]]*[a-z_]+' /etc/security/pwquality.conf /etc/security/pwquality.conf.d/*.conf
}
