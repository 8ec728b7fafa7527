// password_service.hpp - the handlers of password.*.
#pragma once

#include <kameng/password.hpp>

#include "account/passwords.hpp"
#include "command/command.hpp"

namespace kameng::account {

class PasswordService {
 public:
  // The passwords' owner outlives it.
  explicit PasswordService(Passwords& passwords) : passwords_(&passwords) {}

  [[nodiscard]] Result<password::Changed> change(command::Command& command,
                                                 const password::Change& request);
  // A contact that nobody has and a wrong code sound the same.
  [[nodiscard]] Result<password::Changed> reset(command::Command& command,
                                                const password::Reset& request);

 private:
  Passwords* passwords_;
};

}  // namespace kameng::account
