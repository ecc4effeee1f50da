#!/usr/bin/env bash
# Records golden cases in a network of their own in which everything goes wrong: bad-network.sh RECORDER CASE.toml...
# Needs root, iproute2, openssl and python3. Nothing of it is left on the machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ "${BAD_NETWORK:-}" != inside ]; then
    BAD_NETWORK=inside exec unshare --net --mount --pid --fork --mount-proc bash "$0" "$@"
fi
recorder=$1 && shift
made=$(mktemp -d)
printf '127.0.0.1 localhost\n192.0.2.10 registry.example\n' > "$made/hosts"
printf 'nameserver 192.0.2.10\noptions timeout:1 attempts:1\n' > "$made/resolv.conf"
mount --bind "$made/hosts" /etc/hosts
mount --bind "$made/resolv.conf" /etc/resolv.conf
ip link set lo up
ip addr add 192.0.2.10/32 dev lo
cd "$made" && mkdir certs && : > index
printf '[d]\ndatabase=index\nnew_certs_dir=certs\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n' > ca
printf '[p]\ncommonName=supplied\n[x]\nsubjectAltName=DNS:registry.example\n' >> ca
for name in self-signed expired; do
    openssl req -newkey rsa:2048 -nodes -subj "/CN=registry.example" -keyout key -out asked 2> said
    until=491231000000Z && [ $name = self-signed ] || until=240201000000Z
    openssl ca -batch -config ca -name d -selfsign -notext -keyfile key -in asked -out $name.crt \
        -startdate 240101000000Z -enddate $until 2> said
    cat key $name.crt > $name.pem
    : > index
done
cd "$OLDPWD"
# The one that is over was trusted once.
cat /etc/ssl/certs/ca-certificates.crt "$made/expired.crt" > "$made/trusted.crt"
mount --bind "$made/trusted.crt" /etc/ssl/certs/ca-certificates.crt
env -u http_proxy -u https_proxy python3 "$here/bad_network.py" "$made" &
sleep 1
ended=0
env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY "$recorder" "$@" || ended=$?
rm -rf "$made"
exit $ended
