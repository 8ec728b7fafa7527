#!/usr/bin/env bash
# Installs the build into an empty folder, moves that folder, and builds and runs two projects that
# know nothing of this tree: a C++ one by find_package, a C one by pkg-config.
#
# Usage: install_test.sh BUILD_FOLDER CXX CC
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1
cxx=$2
cc=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints the log of a step only when the step fails.
quietly() {
  local log=$work/log
  if ! "$@" >"$log" 2>&1; then
    echo "failed: $*" >&2
    cat "$log" >&2
    exit 1
  fi
}

quietly cmake --install "$build" --prefix "$work/first"
mv "$work/first" "$work/moved"
prefix=$work/moved

quietly cmake -S "$here/outside" -B "$work/cpp" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix"
quietly cmake --build "$work/cpp"
"$work/cpp/outside_static"
"$work/cpp/outside_shared"

pc=$(find "$prefix" -name kameng.pc)
export PKG_CONFIG_PATH=${pc%/*}
read -ra flags <<<"$(pkg-config --cflags --libs kameng)"
quietly "$cc" -std=c99 -Wall -Wextra -pedantic -Werror "$here/outside/main.c" "${flags[@]}" \
  -o "$work/outside_c"
LD_LIBRARY_PATH=$(pkg-config --variable=libdir kameng) "$work/outside_c"
[[ $(pkg-config --modversion kameng) == 0.* ]]
