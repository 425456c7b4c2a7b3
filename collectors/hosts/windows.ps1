# The facts script for Windows: reads what the named sections ask for, and nothing else; never writes on the host.
#
# It arrives behind a line that sets $nonce and $sections: on standard input over SSH, where it writes to standard
# output; as a pipeline over PSRP, where $piped is true and the pipeline puts out the same bytes in Base64. Each section
# answers in the same frames as facts.sh does, with JSON inside. Not yet run against a live host.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$utf8 = New-Object System.Text.UTF8Encoding($false)
$out = if ($piped) { $null } else { [Console]::OpenStandardOutput() }

function Send([string]$text) {
    $bytes = $utf8.GetBytes($text)
    if ($piped) { return [Convert]::ToBase64String($bytes) }
    $out.Write($bytes, 0, $bytes.Length)
}
function Frame([string]$name, [string]$state, [string]$body, [string]$need, [string]$err) {
    $size = $utf8.GetByteCount($body)
    Send "@$nonce O $name no $size`n$body`n"
    Send "@$nonce R $name $state 0 $($utf8.GetByteCount($need)) $($utf8.GetByteCount($err))`n$need`n$err`n"
}
function Value([string]$path, [string]$name) {
    $key = Get-ItemProperty -LiteralPath $path -ErrorAction SilentlyContinue
    if ($null -ne $key -and $key.PSObject.Properties[$name]) { $key.$name } else { $null }
}

$probes = @{
    win_system = {
        $version = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
        @{ guid = Value 'HKLM:\SOFTWARE\Microsoft\Cryptography' 'MachineGuid'; name = $env:COMPUTERNAME
            product = Value $version 'ProductName'; build = Value $version 'CurrentBuildNumber'; revision = Value $version 'UBR' }
    }
    win_bitlocker = {
        # Protection and conversion are two things: a disk encrypted with its protection suspended opens to anybody.
        $space = 'root\CIMV2\Security\MicrosoftVolumeEncryption'
        @(Get-CimInstance -Namespace $space -ClassName Win32_EncryptableVolume | ForEach-Object {
            $state = Invoke-CimMethod -InputObject $_ -MethodName GetConversionStatus
            @{ drive = $_.DriveLetter; type = $_.VolumeType; protection = $_.ProtectionStatus; conversion = $state.ConversionStatus }
        })
    }
    win_lock = {
        $policies = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System'
        $desktop = 'Software\Policies\Microsoft\Windows\Control Panel\Desktop'
        $users = @(Get-ChildItem 'Registry::HKEY_USERS' -ErrorAction SilentlyContinue |
            Where-Object { $_.PSChildName -match '^S-1-5-21-[0-9-]+$' } | ForEach-Object {
                $path = "Registry::HKEY_USERS\$($_.PSChildName)\$desktop"
                @{ active = Value $path 'ScreenSaveActive'; secure = Value $path 'ScreenSaverIsSecure'; seconds = Value $path 'ScreenSaveTimeOut' }
            })
        @{ seconds = Value $policies 'InactivityTimeoutSecs'; users = $users }
    }
    win_rdp = {
        $policy = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
        @{ denied = Value 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server' 'fDenyTSConnections'
            idle = Value $policy 'MaxIdleTime' }
    }
    win_updates = {
        # A search of what is known already, without asking the network.
        $searcher = (New-Object -ComObject Microsoft.Update.Session).CreateUpdateSearcher()
        $searcher.Online = $false
        $found = $searcher.Search("IsInstalled=0 and IsHidden=0 and Type='Software'")
        $auto = (New-Object -ComObject Microsoft.Update.AutoUpdate).Results
        $asked = $auto.LastSearchSuccessDate
        @{ result = [int]$found.ResultCode; asked = if ($asked) { $asked.ToString('yyyy-MM-dd') } else { $null }
            pending = @($found.Updates | ForEach-Object { @{ title = $_.Title; severity = $_.MsrcSeverity
                security = @($_.Categories | Where-Object { $_.CategoryID -eq '0fa1201d-4330-4fa8-8ae9-b877473b6441' }).Count -gt 0 } })
            restart = (Test-Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired') }
    }
    win_defender = {
        $state = Get-MpComputerStatus
        @{ mode = "$($state.AMRunningMode)"; real_time = $state.RealTimeProtectionEnabled; tamper = $state.IsTamperProtected
            updated = if ($state.AntivirusSignatureLastUpdated) { $state.AntivirusSignatureLastUpdated.ToString('yyyy-MM-dd') } else { $null } }
    }
    win_audit = {
        $lines = & auditpol.exe /get /category:* /r
        if ($LASTEXITCODE -ne 0) { throw 'access denied: auditpol needs an elevated session' }
        # The names of settings are localised, the GUIDs and the last column, a number, are not.
        @{ rows = @($lines | Where-Object { $_ -match '\{[0-9A-Fa-f-]{36}\}' } | ForEach-Object { $cells = $_.Split(',')
            @{ guid = $cells[3]; value = $cells[$cells.Length - 1] } }) }
    }
    win_forwarding = {
        $path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\EventLog\EventForwarding\SubscriptionManager'
        $key = Get-Item -LiteralPath $path -ErrorAction SilentlyContinue
        @{ managers = if ($key) { $key.ValueCount } else { 0 } }
    }
    win_firewall = {
        @{ profiles = @(Get-NetFirewallProfile -PolicyStore ActiveStore | ForEach-Object {
            @{ name = "$($_.Name)"; enabled = [int]$_.Enabled; inbound = [int]$_.DefaultInboundAction } }) }
    }
}

$principal = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
$elevated = $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
Send "`nnightledger-facts 1 $nonce $(if ($elevated) { 0 } else { 1000 }) $($env:USERNAME -replace '\s', '_')`n"
foreach ($section in $sections) {
    try {
        $answer = & $probes[$section]
        Frame $section 'ok' (ConvertTo-Json -InputObject $answer -Depth 6 -Compress) '' ''
    } catch [System.Management.Automation.CommandNotFoundException] {
        Frame $section 'tool_absent' '' "$($_.Exception.CommandName)" ''
    } catch {
        $said = "$($_.Exception.Message)"
        $state = if (-not $elevated) { 'no_privilege' } else { 'error' }
        Frame $section $state '' 'an elevated session' $said.Substring(0, [Math]::Min(200, $said.Length))
    }
}
Send "@$nonce Z complete`n"
