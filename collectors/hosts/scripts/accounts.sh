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
    # Homes may lie on a file server that does not answer; then at least what came before is told.
    flush
    files='.ssh/authorized_keys .ssh/authorized_keys2' asks=none differs=''
    if ! command -v ssh-keygen >/dev/null 2>&1; then say tool_absent ssh-keygen; return; fi
    if ! everyone=$(logins); then say tool_absent getent; return; fi
    if server=$(command -v sshd); then where_keys_stand || return; fi
    owners=$(printf '%s\n' "$everyone" | key_files "$files")
    files=$(printf '%s\n' "$owners" | sed 's/^[^ ]* //' | sort -u)
    for file in $files; do
        if hidden "$file"; then say no_privilege "read access to ${file%/*}"; return; fi
    done
    probe ssh_keys
}
# Where sshd looks for keys, by its own word; a Match block may send it elsewhere for some, which that word leaves out.
where_keys_stand() {
    need="$server -T" sudo=''
    if [ "$uid" != 0 ]; then
        if [ "$use_sudo" != yes ] || ! command -v sudo >/dev/null 2>&1; then say no_privilege; return 1; fi
        sudo='sudo -n'
    fi
    settings=$($timeout $sudo "$server" -T 2>/dev/null) || settings=''
    files=$(printf '%s\n' "$settings" | sed -n 's/^authorizedkeysfile //p')
    asks=$(printf '%s\n' "$settings" | sed -n 's/^authorizedkeyscommand //p')
    if [ -z "$files" ]; then
        if [ -n "$sudo" ]; then say no_privilege; else status=1 err='sshd -T does not say where keys stand' && tell error; fi
        return 1
    fi
    need=''
    for file in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf; do
        if [ -e "$file" ] && ! [ -r "$file" ]; then say no_privilege "read access to $file"; return 1; fi
        if [ -f "$file" ]; then differs=$differs$(key_exceptions "$file"); fi
    done
}
key_exceptions() {
    awk '{ word = tolower($1); sub(/=.*/, "", word) } word == "match" { inside = 1 }
        inside && word ~ /^authorizedkeys(file|command)$/ { print "yes"; exit }' "$1"
}
logins() {
    if command -v getent >/dev/null 2>&1; then everyone=$($timeout getent passwd); else everyone=$(cat /etc/passwd); fi || return
    printf '%s\n' "$everyone" | awk -F: '$7 !~ /(nologin|false|sync|shutdown|halt)$/ && $6 ~ /^\/[^ ]*$/'
}
# NAME FILE for each account; the tokens of AuthorizedKeysFile are those of sshd_config(5), and a home goes before the rest.
key_files() {
    patterns=$1 awk -F: '
        function told(text, at, out, token) {
            for (out = ""; (at = index(text, "%")); text = substr(text, at + 2)) {
                token = substr(text, at + 1, 1)
                out = out substr(text, 1, at - 1) (token == "h" ? $6 : token == "u" ? $1 : token == "U" ? $3 : token)
            }
            return out text
        }
        BEGIN { count = split(ENVIRON["patterns"], pattern, " ") }
        { for (i = 1; i <= count; i++) if (pattern[i] != "none") {
            path = told(pattern[i])
            print $1, (path ~ /^\// ? path : ($6 == "/" ? "" : $6) "/" path) } }'
}
# Whether a file may be there without our being able to read it or even to see it.
hidden() {
    if [ -e "$1" ]; then ! [ -r "$1" ]; return; fi
    above=${1%/*}
    while [ -n "$above" ] && ! [ -d "$above" ]; do above=${above%/*}; done
    [ -n "$above" ] && ! [ -x "$above" ]
}
# Length, fingerprint and type; the comments of keys name people and machines.
ssh_keys() {
    echo looked
    if [ "${asks:-none}" != none ]; then echo "asks $asks"; fi
    if [ -n "$differs" ]; then echo differs; fi
    for file in $files; do
        [ -s "$file" ] || continue
        grep -q -v -E '^[[:space:]]*(#|$)' "$file" || { [ "$?" -eq 1 ] && continue; return 2; }
        printed=$($timeout ssh-keygen -l -f "$file") || { echo "unread $file"; continue; }
        printf '%s\n' "$printed" | file=$file awk '{ print $1, $2, $NF, ENVIRON["file"] }'
        printf '%s\n' "$owners" | file=$file awk '$2 == ENVIRON["file"] { print "for", $1, $2 }'
    done
}

section_pam_guards() { lines '^[^#]*pam_(faillock|tally2|tally|pwquality|cracklib|passwdqc|pwhistory)\.so' /etc/pam.d/*; }
section_faillock() { lines '^[[:space:]]*[a-z_]' /etc/security/faillock.conf; }
section_pwquality() {
    lines '^[[:space:]]*[a-z_]+' /etc/security/pwquality.conf /etc/security/pwquality.conf.d/*.conf
}
