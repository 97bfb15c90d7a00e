#!/usr/bin/env bash
# The chapter's commands on one controller, as they stand there but for: curl instead of wget, which the image
# does not have; no --https-only, since the mirror may be the lab's.
#
# node.sh URL VERSION MEMBERS, with the certificates in the current directory.
set -euo pipefail

install_etcd() {
  curl -fsSL --connect-timeout 10 --max-time 120 -O "$URL"
  tar -xf "etcd-v$VERSION-linux-amd64.tar.gz"
  sudo mv "etcd-v$VERSION-linux-amd64"/etcd* /usr/local/bin/
}

configure_etcd() {
  sudo mkdir -p /etc/etcd /var/lib/etcd
  sudo chmod 700 /var/lib/etcd
  sudo cp ca.pem kubernetes-key.pem kubernetes.pem /etc/etcd/
  local internal_ip etcd_name
  internal_ip=$(curl -s -H "Metadata-Flavor: Google" \
    http://metadata.google.internal/computeMetadata/v1/instance/network-interfaces/0/ip)
  etcd_name=$(hostname -s)
  cat <<UNIT | sudo tee /etc/systemd/system/etcd.service >/dev/null
[Unit]
Description=etcd
Documentation=https://github.com/coreos

[Service]
Type=notify
ExecStart=/usr/local/bin/etcd \\
  --name $etcd_name \\
  --cert-file=/etc/etcd/kubernetes.pem \\
  --key-file=/etc/etcd/kubernetes-key.pem \\
  --peer-cert-file=/etc/etcd/kubernetes.pem \\
  --peer-key-file=/etc/etcd/kubernetes-key.pem \\
  --trusted-ca-file=/etc/etcd/ca.pem \\
  --peer-trusted-ca-file=/etc/etcd/ca.pem \\
  --peer-client-cert-auth \\
  --client-cert-auth \\
  --initial-advertise-peer-urls https://$internal_ip:2380 \\
  --listen-peer-urls https://$internal_ip:2380 \\
  --listen-client-urls https://$internal_ip:2379,https://127.0.0.1:2379 \\
  --advertise-client-urls https://$internal_ip:2379 \\
  --initial-cluster-token etcd-cluster-0 \\
  --initial-cluster $MEMBERS \\
  --initial-cluster-state new \\
  --data-dir=/var/lib/etcd
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
UNIT
}

start_etcd() {
  sudo systemctl daemon-reload
  sudo systemctl enable --quiet etcd
  sudo systemctl start etcd
}

main() {
  URL=$1 VERSION=$2 MEMBERS=$3
  local phase
  for phase in install configure start; do
    echo "$phase begin"
    "${phase}_etcd"
    echo "$phase end"
  done
}

main "$@" </dev/null
