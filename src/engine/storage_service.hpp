// storage_service.hpp - what a database lacks, and the way of a shop into another database.
#pragma once

#include <string>

#include <kameng/storage_copy.hpp>

#include "command/command.hpp"
#include "engine/config.hpp"

namespace kameng::engine {

class StorageService {
 public:
  StorageService(StorageConfig own, std::string origin)
      : own_(std::move(own)), origin_(std::move(origin)) {}

  [[nodiscard]] Result<storage::SchemaPlan> plan(command::Command& command,
                                                 const storage::PlanSchema& request);
  // One batch after the other until the budget is over. Nothing of it is kept but the rows in the
  // target, so any process goes on where another has ended.
  [[nodiscard]] Result<storage::Copied> copy(command::Command& command,
                                             const storage::CopyShop& request);

 private:
  [[nodiscard]] Result<storage::Copied> cancel_copy(command::Command& command);

  StorageConfig own_;
  std::string origin_;
};

}  // namespace kameng::engine
