#!/usr/bin/env bash
# Installs what the project needs and is missing, on Debian 12 with Rust (rustup). Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  build-essential pkg-config ca-certificates git
  # a real PC/SC daemon and a virtual reader
  pcscd vsmartcard-vpcd libpcsclite-dev
  # a window where there is no display, its GL in software, and a Vulkan for snapshots
  xvfb libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libgl1-mesa-dri mesa-vulkan-drivers libvulkan1
  # the independent judges of signatures
  openssl xmlsec1
  # pages as people see them
  chromium chromium-driver
  # independent judges of what the server answers (tests/python)
  python3 python3-venv
)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  echo "setup: installing ${missing[*]}" >&2
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

# Pinned, for tests alone, in a folder of its own.
requirements=tests/python/requirements.txt
if ! cmp -s "$requirements" target/python/requirements.txt; then
  echo "setup: Python packages of the tests, into target/python" >&2
  python3 -m venv --clear target/python
  target/python/bin/pip install --quiet --disable-pip-version-check --no-deps -r "$requirements" >&2
  cp "$requirements" target/python/requirements.txt
fi

rustup target add wasm32-unknown-unknown 2>/dev/null
rustup component add clippy rustfmt 2>/dev/null

# Pinned; only if missing, since compiling them takes minutes.
cargo nextest --version >/dev/null 2>&1 || cargo install --locked cargo-nextest@0.9.143
if [ "${1:-}" = lint ]; then
  cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny@0.20.2
fi
