#!/usr/bin/env bash
# npm run nodes -- [VITEST-WORDS…]: the built product on a lab, and the tests of SSH (or those that are named), under the
# Node releases that follow the one we develop with. Needs root as labs do.
set -euo pipefail
cd "$(dirname "$0")/.."
(($# > 0)) || set -- test/adapters/ssh

for release in 22 24; do
  node_home=$(scripts/node-release.sh "$release")
  (
    export PATH=$node_home:$PATH
    printf '\n== Node %s\n' "$(node --version)"
    lab=nodes-$release
    trap 'node bin/run.js lab down --name "$lab" >/dev/null 2>&1' EXIT
    node bin/run.js lab up --name "$lab" --nodes 2 >/dev/null
    export PICLUSTER_CONFIG=/var/lib/pictl/lab/$lab/config.json
    for words in doctor create "move web n2 --yes" status "logs web" images; do
      printf '$ pictl %s\n' "$words"
      # shellcheck disable=SC2086 # words of a command
      node bin/run.js $words
    done
    npx vitest run --project unit "$@"
  )
done
