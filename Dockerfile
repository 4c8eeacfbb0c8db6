# pictl as a container. `docker build -t pictl .`, and then, with the folder that has config.json and what it names:
#   docker run --rm -v "$PWD:/work" -w /work -v ~/.ssh:/root/.ssh:ro pictl status
FROM node:22-bookworm-slim AS build
WORKDIR /pictl
COPY package.json package-lock.json ./
# What packages compile when they are installed is only there to be faster.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm pack --silent --pack-destination /tmp \
  && npm install --global --prefix /installed --ignore-scripts --no-audit --no-fund /tmp/pictl-*.tgz

FROM node:22-bookworm-slim AS pictl
RUN apt-get update \
  && apt-get install --yes --no-install-recommends openssh-client iputils-ping \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /installed /usr/local
ENTRYPOINT ["pictl"]

# The controller of compose.yaml: the same, with a config and images to play with.
FROM pictl AS demo
RUN apt-get update \
  && apt-get install --yes --no-install-recommends busybox-static socat \
  && rm -rf /var/lib/apt/lists/*
RUN cp -r /usr/local/lib/node_modules/pictl/templates/demo /demo \
  && for root in /demo/*/rootfs; do \
       mkdir "$root/bin" && cp /bin/busybox "$root/bin/" && chroot "$root" /bin/busybox --install -s /bin; done
COPY compose/controller/config.json compose/controller/entry.sh /
ENV PICLUSTER_CONFIG=/root/config.json
ENTRYPOINT ["/bin/sh", "/entry.sh"]

# What `docker build .` makes.
FROM pictl
