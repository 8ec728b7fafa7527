#!/usr/bin/env bash
# Goal: the quickstart shows every step, and works again on the database it left.
# Method: the built example twice on one database; every line a person is promised is looked for,
# and what adds up from run to run is counted.
#
# Usage: quickstart_test.sh TRADE SOURCE_FOLDER
set -euo pipefail
trade=$1
source_folder=$2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
database="$work/a shop's \"first\".db"

fail() {
  echo "$1" >&2
  cat "$output" >&2
  exit 1
}

# expect COUNT PATTERN: so many lines match.
expect() {
  local found
  found=$(grep -cE -- "$2" "$output" || true)
  [[ $found == "$1" ]] || fail "run $run: $found lines instead of $1 match: $2"
}

for run in 1 2; do
  output=$work/$run
  "$trade" "$database" "$database.key" "$source_folder/examples/codes.txt" >"$output" 2>&1 ||
    fail "run $run failed"
  for step in 1 2 3 4 5 6 7 8 9; do
    expect 1 "^$step\\. "
  done
  expect 1 'imported 5, .*duplicates 1, .*rejected 1$'
  expect 1 'line 7: line\.spreadsheet_number$'
  expect 1 'order ord_[0-9a-z]{26}, pending_payment, .*total 191\.00 CNY$'
  expect 1 'available 3, .*held 2$'
  expect 1 'Sandbox-Signature: [0-9a-f]{64}$'
  expect 1 'outcome delivered, .*reply to the provider: 200 success$'
  expect 2 '^   STEAM-[-0-9A-Z]+$'
  expect 1 "total +debit +$((run * 382))\\.00 CNY +credit +$((run * 382))\\.00 CNY +balanced"
  expect 1 'checked with [0-9]+ hashes: The entry is in the log that the checkpoint signs\.$'
  expect 1 'system\.verify: [0-9]+ checks, all hold'
done
# The second run found the first one's log, and another customer bought.
[[ $(grep -hoE 'ord_[0-9a-z]{26}' "$work/1" "$work/2" | sort -u | wc -l) == 2 ]]
[[ $(grep -hoE 'acc_[0-9a-z]{26}' "$work/1" "$work/2" | sort -u | wc -l) == 2 ]]
echo "two runs on one database"
