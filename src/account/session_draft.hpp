// session_draft.hpp - a session before its phase: drawn, hashed, its device sealed.
#pragma once

#include <string>

#include <kameng/result.hpp>

#include "account/config.hpp"
#include "account/login.hpp"
#include "command/command.hpp"

namespace kameng::account {

struct SessionDraft {
  NewSession session;
  std::string token;
};

// `person_key` is sealed; without one nothing is kept of the device. DATA_LOSS crypto.open_failed.
[[nodiscard]] Result<SessionDraft> draft_session(command::Command& command, const Config& config,
                                                 AccountId id, const Bytes& person_key);

}  // namespace kameng::account
