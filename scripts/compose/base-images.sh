#!/usr/bin/env bash
# Stand-ins for the base images that cannot be pulled without a registry: debian:bookworm-slim out of debootstrap, and
# node:22-bookworm-slim out of that, of npm's packages `node` and `npm`, and of this machine's certificates.
#   DOCKER_HOST=unix://… base-images.sh ROOT     ROOT: a bookworm made by debootstrap --variant=minbase
set -euo pipefail
root=$1 work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$root" --exclude='./var/cache/apt/archives/*' --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/doc/*' \
  --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' -c . | docker import - debian:bookworm-slim >/dev/null
npm install --silent --no-audit --no-fund --prefix "$work" npm@10 >/dev/null
cp "$("$(dirname "$0")/../node-release.sh" 22)/node" "$work"/node
tar -C "$work"/node_modules -czf "$work"/npm.tgz npm
cp /etc/ssl/certs/ca-certificates.crt "$work"/ca.crt
cat >"$work"/Dockerfile <<'END'
FROM debian:bookworm-slim
COPY ca.crt /etc/ssl/certs/ca-certificates.crt
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
COPY node /usr/local/bin/node
ADD npm.tgz /usr/local/lib/node_modules/
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
END
printf 'node_modules\n' >"$work"/.dockerignore
docker build --quiet --network host -t node:22-bookworm-slim "$work" >/dev/null
