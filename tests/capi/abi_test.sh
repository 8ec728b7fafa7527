#!/usr/bin/env bash
# Compares the library's binary interface with the one that was promised.
#
# Usage: abi_test.sh SOURCE_FOLDER LIBRARY            compare with capi/abi/libkameng.abi
#        abi_test.sh SOURCE_FOLDER LIBRARY --record   make it the promise
#
# Only functions may be added (abidiff --no-added-syms). A slot appended to kameng_host shows as a
# change on purpose: record the interface anew in the commit that adds it, and say so there.
set -euo pipefail
source_folder=$1
library=$2
baseline=$source_folder/capi/abi/libkameng.abi

if ! command -v abidw >/dev/null || ! command -v abidiff >/dev/null; then
  echo "abidw and abidiff are missing; install abigail-tools" >&2
  exit 1
fi

current=$(mktemp)
trap 'rm -f "$current"' EXIT
# Without places and names of this build the text is the same wherever it is made.
abidw --headers-dir "$source_folder/capi/include" --drop-private-types --exported-interfaces-only \
  --no-elf-needed --no-show-locs --no-comp-dir-path --no-corpus-path "$library" |
  sed -E "s| path='[^']*'| path='kameng.cpp'|" >"$current"

if [[ ${3:-} == --record ]]; then
  mkdir -p "$(dirname "$baseline")"
  cp "$current" "$baseline"
  echo "recorded $baseline"
  exit 0
fi
if [[ ! -s $baseline ]]; then
  echo "$baseline is missing; record it with --record" >&2
  exit 1
fi
abidiff --no-added-syms "$baseline" "$current"
echo "the binary interface is the promised one"
