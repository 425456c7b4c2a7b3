#!/bin/sh
# Nightledger's facts script as it is installed on a host: owned by root, called without arguments, asked in one line
# "nightledger-facts 1 NONCE SECONDS SECTION...". It reads, and never writes.
#
# As the forced command of a key the line is the original command. As root's helper, which one sudo rule allows,
# the line is standard input, and only the sections that need root are answered.

PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077
set -f

refuse() {
    printf 'nightledger-facts: %s\n' "$1" >&2
    exit 64
}

[ "$#" -eq 0 ] || refuse 'takes no arguments'
if [ -n "${SSH_ORIGINAL_COMMAND:-}" ]; then
    role=whole request=$SSH_ORIGINAL_COMMAND
    unset SSH_ORIGINAL_COMMAND
else
    role=root
    [ "$(id -u)" = 0 ] || refuse 'only root is answered on standard input'
    read -r request || refuse 'was asked nothing'
fi
[ "${#request}" -le 4000 ] || refuse 'was asked too much'
case $request in *[!a-z0-9_\ -]*) refuse 'was not asked for facts' ;; esac
IFS=' '
set -- $request
[ "${1:-} ${2:-}" = 'nightledger-facts 1' ] && [ "$#" -ge 4 ] || refuse 'was not asked for facts'
nonce=$3 deadline=$4
case $nonce in *[!0-9a-f]*) refuse 'was given no nonce' ;; esac
[ "${#nonce}" -le 64 ] || refuse 'was given no nonce'
case $deadline in [1-9] | [1-9][0-9] | [1-9][0-9][0-9]) ;; *) refuse 'was given no time' ;; esac
shift 4
for section in "$@"; do
    case $section in *[!a-z0-9_]*) refuse 'was asked for no section' ;; esac
    case "$role $helped" in whole* | root*" $section "*) ;; *) refuse "$section needs no root" ;; esac
done
sections=$* use_sudo=no
if [ "$deadline" -lt "$limit" ]; then limit=$deadline; fi
unset IFS
set +f

