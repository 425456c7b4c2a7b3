# What guards a machine within reach of people: removable media, log-in without asking, the way it starts.

section_usb() { if hidden_processes; then say no_privilege "$unseen"; else probe usb; fi; }
usb() {
    echo looked
    if [ -d /sys/bus/usb ]; then echo bus; fi
    for name in usb_storage uas; do if [ -d "/sys/module/$name" ]; then echo "loaded $name"; fi; done
    if runs usbguard-daemon; then echo usbguard; fi
    command -v modprobe >/dev/null 2>&1 || return 0
    for name in usb-storage uas; do
        # A dry run: prints what loading the module would do, through install lines and blacklists.
        would=$($timeout modprobe -n -v "$name" 2>/dev/null) && echo "would $name ${would##*"$nl"}"
    done
    return 0
}

section_autologin() { probe autologin; }
autologin() {
    echo looked
    for file in /etc/gdm3/daemon.conf /etc/gdm3/custom.conf /etc/gdm/custom.conf /etc/lightdm/lightdm.conf \
        /etc/lightdm/lightdm.conf.d/*.conf /etc/sddm.conf /etc/sddm.conf.d/*.conf \
        /etc/sysconfig/displaymanager /etc/systemd/system/*getty@*.service /etc/systemd/system/*getty@*.d/*.conf \
        /etc/systemd/system/console-getty.service.d/*.conf; do
        [ -f "$file" ] || continue
        [ -r "$file" ] || { echo "unread $file"; continue; }
        grep -H -i -E '^[[:space:]]*(\[|automaticlogin|timedlogin|autologin-user|user[[:space:]]*=|displaymanager_autologin|execstart=.*(autologin|[[:space:]]-a))' "$file" || [ "$?" -eq 1 ] || return 2
    done
}

section_boot() { probe boot; }
boot() {
    echo looked
    if [ -d /sys/firmware/efi ]; then echo firmware=efi; else echo firmware=other; fi
    for file in /sys/firmware/efi/efivars/SecureBoot-*; do
        if [ -r "$file" ]; then printf 'secure_boot=' && tail -c 1 "$file" | od -An -tu1 | tr -d ' '; fi
    done
    if [ -r /sys/kernel/security/lockdown ]; then printf 'lockdown=' && sed 's/.*\[\(.*\)\].*/\1/' /sys/kernel/security/lockdown; fi
    for file in /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/grub2/user.cfg; do
        [ -e "$file" ] || continue
        if ! [ -r "$file" ]; then echo grub=unread; continue; fi
        # Only whether there is a password: its hash stays on the host. It is asked for only where superusers are named.
        if grep -q -E '^[[:space:]]*(password_pbkdf2[[:space:]]+[^[:space:]]+[[:space:]]+grub\.|GRUB2_PASSWORD=grub\.)' "$file" &&
            grep -q -E "^[[:space:]]*(set[[:space:]]+superusers=[\"']?[^[:space:]\"']|GRUB2_PASSWORD=)" "$file"; then
            echo grub=password
        else
            echo grub=open
        fi
    done
    return 0
}
