// directory.hpp - the handlers through which staff see accounts.
#pragma once

#include <kameng/directory.hpp>
#include <kameng/result.hpp>

#include "account/tier.hpp"
#include "command/command.hpp"

namespace kameng::account {

class DirectoryService {
 public:
  explicit DirectoryService(const Tiers& tiers) : tiers_(&tiers) {}

  [[nodiscard]] Result<Record> find(command::Query& query, const Find& request);
  [[nodiscard]] Result<Records> list(command::Query& query, const List& request);
  // Whoever reads contacts leaves a trace.
  [[nodiscard]] Result<Contacts> contacts(command::Command& command, const ReadContacts& request);

 private:
  const Tiers* tiers_;
};

}  // namespace kameng::account
