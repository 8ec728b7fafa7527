#!/usr/bin/env bash
# Validates docs/api/openapi.json by a validator of others, @seriousme/openapi-schema-validator.
#
# Usage: openapi_valid.sh SOURCE_FOLDER
#
# Ends with 77, which CTest shows as skipped, where npm cannot fetch it.
set -euo pipefail
document=$(realpath "$1/docs/api/openapi.json")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
if ! npm install --silent --no-audit --no-fund --ignore-scripts \
  @seriousme/openapi-schema-validator@2.11.0 >/dev/null 2>&1; then
  echo "skipped: npm cannot fetch the validator"
  exit 77
fi
cat >check.mjs <<'END'
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";

async function check(document) {
  return await new Validator().validate(document);
}
const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
const result = await check(document);
if (!result.valid) {
  console.error(JSON.stringify(result.errors, null, 2));
  process.exit(1);
}
// A validator that accepts everything proves nothing.
const broken = structuredClone(document);
delete broken.info.title;
if ((await check(broken)).valid) {
  console.error("the validator accepts a document without a title");
  process.exit(1);
}
console.log(`valid: ${Object.keys(document.paths).length} paths`);
END
node check.mjs "$document"
