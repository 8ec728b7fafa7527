// session_service.hpp - the handlers of session.*.
#pragma once

#include <kameng/session.hpp>

#include "account/passwords.hpp"
#include "command/command.hpp"

namespace kameng::account {

class SessionService {
 public:
  // The passwords' owner outlives it.
  explicit SessionService(Passwords& passwords) : passwords_(&passwords) {}

  [[nodiscard]] Result<session::Sessions> list(command::Query& query, const session::List& request);
  [[nodiscard]] Result<session::Revoked> revoke(command::Command& command,
                                                const session::Revoke& request);
  [[nodiscard]] Result<session::Revoked> revoke_all(command::Command& command,
                                                    const session::RevokeAll& request);
  [[nodiscard]] Result<session::Proved> prove(command::Command& command,
                                              const session::Prove& request);

 private:
  Passwords* passwords_;
};

}  // namespace kameng::account
