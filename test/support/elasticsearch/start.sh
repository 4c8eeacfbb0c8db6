#!/usr/bin/env bash
# Starts one real Elasticsearch node on 127.0.0.1 for tests, out of the released jars that Maven Central has: the server, its
# HTTP transport, x-pack-core and x-pack-security (users, roles, API keys, TLS; basic license), with what EsNode.java and
# StandIns*.java say. Not there: ILM, the REST API of data streams, ingest processors, painless, scaled_float, ES|QL.
#
#   start.sh FOLDER PORT PASSWORD     HTTPS with a CA of its own (FOLDER/config/ca.crt), user elastic; where one has run in
#                                     FOLDER, with what that left
#   start.sh --fetch                  only fetches the jars
#
# Jars are kept in ${PICTL_TEST_CACHE:-~/.cache/pictl-test}. Ends when the node answers; its process is in FOLDER/pid, its log
# in FOLDER/node.log. Exit code 3: the jars cannot be had here, and stderr says why.
# Needs mvn, a JDK 17 or newer, unzip, curl, openssl, libzstd1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=8.19.21
cache=${PICTL_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pictl-test}/elasticsearch-$version

unfit() {
  printf '%s\n' "$*" >&2
  exit 3
}

dependency() { # GROUP ARTIFACT [VERSION] [GROUP:ARTIFACT to leave out …]
  printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version><exclusions>' "$1" "$2" "${3:-$version}"
  local left_out
  for left_out in "${@:4}"; do
    printf '<exclusion><groupId>%s</groupId><artifactId>%s</artifactId></exclusion>' "${left_out%:*}" "${left_out#*:}"
  done
  printf '</exclusions></dependency>'
}

fetch() { # FOLDER; dependencies on stdin
  {
    printf '<project><modelVersion>4.0.0</modelVersion><groupId>test</groupId>'
    printf '<artifactId>%s</artifactId><version>1</version><packaging>pom</packaging><dependencies>' "$(basename "$1")"
    cat
    printf '</dependencies></project>'
  } >pom.xml
  mvn -B -q -f pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$1" \
    -DexcludeArtifactIds=jakarta.activation,jakarta.activation-api,jakarta.xml.bind-api,checker-qual,error_prone_annotations,j2objc-annotations,listenablefuture,stax2-api,woodstox-core \
    >fetch.log 2>&1 || unfit "Maven Central cannot be reached, or lacks something: $(tail -3 fetch.log)"
}

module() { # NAME [module that it extends]: drops what is there already, takes the descriptor out of the jar
  local folder=modules/$1 jar
  for jar in "$folder"/*.jar; do
    if [ -e "lib/${jar##*/}" ] || { [ -n "${2:-}" ] && [ -e "modules/$2/${jar##*/}" ]; }; then rm "$jar"; fi
  done
  rm -f "$folder"/jcip-annotations-1.0-1.jar # twice in it, which Elasticsearch refuses
  unzip -o -q -j "$folder/$1-$version.jar" 'META-INF/es-plugins/*' -d "$folder"
  sed -i '/^modulename/d' "$folder/plugin-descriptor.properties" # everything runs on the class path
}

fetch_all() {
  local need part plugin=org.elasticsearch.plugin
  for need in mvn java javac jar unzip curl openssl; do
    command -v "$need" >/dev/null || unfit "$need is missing (Debian: maven default-jdk-headless unzip curl openssl)"
  done
  mkdir -p "$cache" && cd "$cache"
  exec 9>lock
  flock 9 # two test runs at once
  if [ -e complete ]; then return; fi
  rm -rf lib modules classes && mkdir -p lib modules classes
  dependency org.elasticsearch elasticsearch | fetch lib
  dependency $plugin transport-netty4 | fetch modules/transport-netty4
  dependency $plugin x-pack-core | fetch modules/x-pack-core
  {
    dependency $plugin x-pack-core # decides versions that both want
    # OpenSAML 4.3 is not on Maven Central, 4.0 is; classes are loaded that mention it, nothing of it is used
    dependency $plugin x-pack-security "$version" 'org.opensaml:*' $plugin:es-opensaml-security-api net.shibboleth.utilities:java-support
    for part in core saml-api saml-impl security-api security-impl xmlsec-api xmlsec-impl messaging-api soap-api storage-api profile-api; do
      dependency org.opensaml opensaml-$part 4.0.1 '*:*'
    done
    dependency net.shibboleth.utilities java-support 8.0.0 '*:*'
  } | fetch modules/x-pack-security
  module transport-netty4
  module x-pack-core
  module x-pack-security x-pack-core
  javac --release 17 -nowarn -cp 'lib/*' -d classes/launcher "$here/EsNode.java"
  javac --release 17 -nowarn -cp 'lib/*' -d classes/stand-ins "$here/StandIns.java" "$here/StandIns8.java"
  mkdir -p modules/stand-ins && jar cf modules/stand-ins/stand-ins.jar -C classes/stand-ins .
  printf '%s\n' description=stand-ins version=1 name=stand-ins java.version=17 "elasticsearch.version=$version" classname=StandIns8 \
    >modules/stand-ins/plugin-descriptor.properties
  # Natives for mlock and zstd: Debian's libzstd under the name that Elasticsearch looks for.
  mkdir -p native && cp -L "$(ldconfig -p | sed -n 's/.*libzstd\.so\.1 .* => //p' | head -1)" native/libzstd.so
  touch complete
}

(fetch_all)
if [ "$1" = --fetch ]; then exit 0; fi

mkdir -p "$1" && cd "$1"
home=$PWD port=$2 password=$3
ln -sfn "$cache/lib" lib && ln -sfn "$cache/modules" modules && ln -sfn "$cache/classes" classes && ln -sfn "$cache/native" native
mkdir -p config data logs plugins tmp
cat >config/log4j2.properties <<'END'
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
END
cat >config/elasticsearch.yml <<END
cluster.name: test
node.name: node
discovery.type: single-node
network.host: 127.0.0.1
http.port: $port
transport.port: 0
cluster.routing.allocation.disk.threshold_enabled: false
xpack.security.enabled: true
xpack.security.http.ssl:
  enabled: true
  key: http.key
  certificate: http.crt
END
if [ ! -e config/http.crt ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=test CA" -keyout config/ca.key -out config/ca.crt 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout config/http.key -out config/http.csr 2>/dev/null
  openssl x509 -req -in config/http.csr -CA config/ca.crt -CAkey config/ca.key -CAcreateserial -days 2 -out config/http.crt \
    -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") 2>/dev/null
fi

rm -f started
# It lives for a minute: the classes of released jars are not verified again, and one thread collects its garbage.
quick=(-Xms512m -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote)
nohup java "${quick[@]}" -Djava.io.tmpdir="$home/tmp" -Djava.locale.providers=CLDR -Dfile.encoding=UTF-8 \
  -Dio.netty.noUnsafe=true -Dlog4j2.disable.jmx=true -Dlog4j.shutdownHookEnabled=false \
  -Des.nativelibs.path="$home/native" -Djava.library.path="$home/native" -Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false \
  -cp "classes/launcher:lib/*" EsNode "$home" "$password" </dev/null >node.log 2>&1 &
echo $! >pid
health() { # the node has started before it knows its users
  curl -s -o /dev/null -w '%{http_code}' --cacert config/ca.crt -u "elastic:$password" "https://127.0.0.1:$port/_cluster/health"
}
for _ in $(seq 480); do
  if [ -e started ] && [ "$(health)" = 200 ]; then exit 0; fi
  kill -0 "$(cat pid)" 2>/dev/null || break
  sleep 0.25
done
tail -20 node.log >&2
exit 1
