#!/bin/sh
# Runs shellcheck on every shell script we ship or run; says so where shellcheck is not installed.
set -eu
cd "$(dirname "$0")/.."

if ! command -v shellcheck >/dev/null; then
  echo "shellcheck is not installed, so shell scripts were not checked (apt-get install shellcheck)."
  exit 0
fi

find .ci compose scripts templates test -type f -exec awk 'FNR == 1 && /^#!.*(sh|bash)$/ { print FILENAME }' {} + |
  while IFS= read -r script; do shellcheck "$script" || exit 1; done
