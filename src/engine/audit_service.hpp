// audit_service.hpp - checkpoints and proofs of the audit log.
#pragma once

#include <string>

#include <kameng/audit.hpp>

#include "audit/checkpoint.hpp"
#include "command/command.hpp"

namespace kameng::engine {

// On servers: gives every entry that is committed by now its position (audit/sequencer.hpp).
[[nodiscard]] Result<void> place_entries(const command::Call& call);

class AuditService {
 public:
  explicit AuditService(std::string origin) : origin_(std::move(origin)) {}

  [[nodiscard]] Result<audit::CheckpointView> checkpoint(command::Command& command,
                                                         const audit::MakeCheckpoint& request);
  [[nodiscard]] Result<audit::Proof> prove(command::Query& query, const audit::Prove& request);
  [[nodiscard]] Result<audit::Verdict> verify(command::Query& query, const audit::Verify& request);

 private:
  std::string origin_;
};

}  // namespace kameng::engine
