#include "account/directory.hpp"

#include "account/account_row.hpp"
#include "account/login.hpp"
#include "text/contact.hpp"

namespace kameng::account {
namespace {

std::string status_of(const AccountRow& row) {
  return row.is_erased()    ? "erased"
         : row.closed_at_ms ? "closed"
                            : std::string(account_status_name(row.status));
}

Result<Record> record_of(const command::Query& query, const Tiers& tiers, const AccountRow& row) {
  Record record;
  record.account_id = row.id;
  record.status = status_of(row);
  if (!row.is_erased()) {
    KAMENG_TRY(const Person person, open(query.keys(), row.id, row.person));
    if (person.display_name) {
      record.display_name = text::mask_name(*person.display_name);
    }
    if (person.email) {
      record.email = text::mask_email(*person.email);
    }
    if (person.phone) {
      record.phone = text::mask_phone(*person.phone);
    }
  }
  record.email_verified = row.email_verified_at_ms.has_value();
  record.phone_verified = row.phone_verified_at_ms.has_value();
  const Tiers::Current current = tiers.current(row.tier, row.tier_until_ms, query.call.now_ms);
  record.tier = current.tier->name;
  record.tier_until_ms = current.until_ms;
  record.roles = role_names(row.roles);
  record.supplier_id = row.supplier_id;
  record.created_at_ms = row.created_at_ms;
  record.closed_at_ms = row.closed_at_ms;
  return record;
}

struct ReadPlan {
  AccountRow row;
  std::vector<audit::Entry> entries;
};

command::Decision<ReadPlan> decide(std::optional<AccountRow> row, const std::string& reason) {
  using Decision = command::Decision<ReadPlan>;
  if (!row || row->is_erased()) {
    return Decision::refuse(account_not_found().at("account_id"));
  }
  const std::string subject = row->id.text();
  return Decision::accept(
      {std::move(*row), {{"account.contacts_read", subject, {{"reason", reason}}}}});
}

}  // namespace

Result<Record> DirectoryService::find(command::Query& query, const Find& request) {
  if (request.account_id.has_value() == request.identifier.has_value()) {
    return Error{Status::invalid_argument, "account.ask_one", "Give account_id or identifier."}.at(
        "account_id");
  }
  std::optional<AccountId> id = request.account_id;
  if (request.identifier) {
    const std::optional<Credentials> found =
        find_credentials(query.tx, blind(query.keys(), read_identifier(*request.identifier)));
    id = found ? std::optional<AccountId>(found->account_id) : std::nullopt;
  }
  const std::optional<AccountRow> row = id ? find_row(query.tx, *id) : std::nullopt;
  if (!row) {
    return account_not_found().at(request.account_id ? "account_id" : "identifier");
  }
  return record_of(query, *tiers_, *row);
}

Result<Records> DirectoryService::list(command::Query& query, const List& request) {
  AccountId newest;
  newest.bytes.fill(0xFF);
  Records records;
  const std::vector<AccountRow> rows =
      rows_before(query.tx, request.cursor.value_or(newest), request.limit + 1);
  for (const AccountRow& row : rows) {
    if (std::ssize(records.items) == request.limit) {
      records.next = records.items.back().account_id;
      break;
    }
    KAMENG_TRY(Record record, record_of(query, *tiers_, row));
    records.items.push_back(std::move(record));
  }
  return records;
}

Result<Contacts> DirectoryService::contacts(command::Command& command,
                                            const ReadContacts& request) {
  command.repeatable();  // each answer has an entry of its own
  KAMENG_TRY(const AccountRow row, command.phase<AccountRow>([&](sql::Transaction& tx) {
    return command.settle<AccountRow>(tx, decide(find_row(tx, request.account_id), request.reason),
                                      [](const ReadPlan& plan) { return plan.row; });
  }));
  KAMENG_TRY(Person person, open(command.keys(), row.id, row.person));
  return Contacts{row.id, std::move(person.display_name), std::move(person.email),
                  std::move(person.phone)};
}

}  // namespace kameng::account
