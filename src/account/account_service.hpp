// account_service.hpp - the handlers of account.*.
#pragma once

#include <kameng/account.hpp>
#include <kameng/result.hpp>

#include "account/config.hpp"
#include "account/login.hpp"
#include "command/command.hpp"
#include "crypto/password.hpp"

namespace kameng::account {

// Any thread. Holds the places at which passwords are hashed, so there is one service per engine.
class AccountService {
 public:
  explicit AccountService(const Config& config);

  // `register` is a word of the language.
  [[nodiscard]] Result<Registered> register_account(command::Command& command,
                                                    const Register& request);
  // An unknown contact, a wrong password and a text that is no contact cost the same and are told
  // the same.
  [[nodiscard]] Result<LoggedIn> login(command::Command& command, const Login& request);
  [[nodiscard]] Result<LoggedOut> logout(command::Command& command, const Logout& request);
  [[nodiscard]] Result<View> get(command::Query& query, const Get& request);

 private:
  // The credentials whose password this is. UNAUTHENTICATED `account.bad_credentials`.
  [[nodiscard]] Result<Credentials> verify(command::Command& command, const Login& request);
  [[nodiscard]] Result<NewSession> prepare_session(command::Command& command,
                                                   const Credentials& credentials,
                                                   const Login& request, std::string& token);

  Config config_;
  crypto::PasswordHasher hasher_;
};

}  // namespace kameng::account
