# Restores the build tool and runs build.cake. ./build.ps1 --target=Demo|Test|Setup|Clean|Lint|Build|Bench|Package|Encoders; none: set up, build, publish.
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
$env:DOTNET_CLI_TELEMETRY_OPTOUT = 1
$env:DOTNET_NOLOGO = 1

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    Write-Error "The .NET SDK is not on PATH; install version 10 (its 'dotnet' command) and run this again."
}

# A package feed may fail for a moment.
foreach ($attempt in 1..3) {
    dotnet tool restore | Out-Null
    if ($LASTEXITCODE -eq 0) { break }
    if ($attempt -eq 3) {
        Write-Error "The build tool named in .config/dotnet-tools.json could not be restored; check the package feed and run this again."
    }
    Start-Sleep -Seconds ($attempt * 2)
}
dotnet cake build.cake @args
exit $LASTEXITCODE
