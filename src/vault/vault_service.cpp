// vault_service.cpp - see vault_service.hpp.
#include "vault/vault_service.hpp"

#include "base/secret.hpp"
#include "vault/code_store.hpp"
#include "vault/import_job.hpp"

namespace kameng::vault {
namespace {

Error invalid(std::string_view reason, std::string_view message, std::string_view field) {
  return Error{Status::invalid_argument, std::string(reason), std::string(message)}.at(field);
}

Result<ParsedCodes> parse_content(const code::Import& request) {
  if (request.content && request.content_base64) {
    return invalid("code.content_ambiguous", "Give content or content_base64, not both.",
                   "content_base64");
  }
  if (request.content) {
    return parse_codes(as_bytes(*request.content), code::Encoding::utf_8, request.format);
  }
  if (!request.content_base64) {
    return invalid("code.content_missing", "Give content or content_base64.", "content");
  }
  std::optional<Bytes> bytes = from_base64(*request.content_base64);
  if (!bytes) {
    return invalid("code.content_malformed", "This is not base64.", "content_base64");
  }
  Result<ParsedCodes> parsed = parse_codes(*bytes, request.encoding, request.format);
  wipe(bytes->data(), bytes->size());
  return parsed;
}

}  // namespace

Result<code::Imported> VaultService::import(command::Command& command,
                                            const code::Import& request) {
  KAMENG_TRY(ParsedCodes parsed, parse_content(request));
  ImportJob job(command, request, std::move(parsed));
  if (request.dry_run || request.duplicates == code::Duplicates::reject) {
    KAMENG_CHECK(job.find_duplicates());
  }
  if (request.dry_run) {
    return command.phase<code::Imported>([&](sql::Transaction& tx) { return job.tell(tx); });
  }
  KAMENG_CHECK(job.seal());
  return command.slices<code::Imported>(
      [&](sql::Transaction& tx, std::string& progress) { return job.slice(tx, progress); });
}

Result<stock::Stock> VaultService::stock(command::Query& query, const stock::Get& request) {
  if (!sku_exists(query.tx, request.sku_id, query.actor().scope(Permission::stock_manage))) {
    return Error{Status::not_found, "sku.not_found", "There is no such sku."}.at("sku_id");
  }
  return stock_of(query.tx, request.sku_id);
}

}  // namespace kameng::vault
