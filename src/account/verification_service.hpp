// verification_service.hpp - the handler of verification.begin.
#pragma once

#include <kameng/verification.hpp>

#include "command/command.hpp"

namespace kameng::account {

class VerificationService {
 public:
  [[nodiscard]] Result<verification::Begun> begin(command::Command& command,
                                                  const verification::Begin& request);
};

}  // namespace kameng::account
