# Sections for macOS; they run inside the frames of facts.sh. Not yet run against a live host.

section_mac_system() { probe mac_system; }
mac_system() {
    sw_vers
    ioreg -rd1 -c IOPlatformExpertDevice | grep IOPlatformUUID
    printf 'Name:\t' && uname -n
}
section_mac_filevault() { tool fdesetup status; }
section_mac_integrity() { tool csrutil status; }
section_mac_firewall() { tool /usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate; }
# Only what a profile of the organisation holds in place: what users set themselves is not read reliably from afar.
section_mac_lock() {
    file='/Library/Managed Preferences/com.apple.screensaver.plist'
    if [ -e "$file" ]; then tool plutil -convert json -o - "$file"; else say absent; fi
}
section_mac_updates() { tool defaults read /Library/Preferences/com.apple.SoftwareUpdate; }
