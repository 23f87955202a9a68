#!/usr/bin/env bash
# Restores the build tool and runs build.cake. ./build.sh --target=Demo|Test|Setup|Clean|Lint|Build|Bench|Package|Encoders; none: set up, build, publish.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if ! command -v dotnet >/dev/null; then
  echo "The .NET SDK is not on PATH; install version 10 (its 'dotnet' command) and run this again." >&2
  exit 1
fi

# A package feed may fail for a moment.
for attempt in 1 2 3; do
  dotnet tool restore >/dev/null && break
  if [ "$attempt" = 3 ]; then
    echo "The build tool named in .config/dotnet-tools.json could not be restored; check the package feed and run this again." >&2
    exit 1
  fi
  sleep $((attempt * 2))
done
exec dotnet cake build.cake "$@"
