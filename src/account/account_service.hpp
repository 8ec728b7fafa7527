// account_service.hpp - the handlers of account.*.
#pragma once

#include <kameng/account.hpp>
#include <kameng/result.hpp>

#include "account/config.hpp"
#include "account/login.hpp"
#include "account/passwords.hpp"
#include "account/register.hpp"
#include "account/session_draft.hpp"
#include "command/command.hpp"

namespace kameng::account {

// Any thread. Holds the places at which passwords are hashed, so there is one service per engine.
class AccountService {
 public:
  explicit AccountService(const Config& config);

  // `register` is a word of the language.
  [[nodiscard]] Result<Registered> register_account(command::Command& command,
                                                    const Register& request);
  // An account whose password another system has hashed.
  [[nodiscard]] Result<Registered> import(command::Command& command, const Import& request);
  // An unknown contact, a wrong password and a text that is no contact cost the same and are told
  // the same.
  [[nodiscard]] Result<LoggedIn> login(command::Command& command, const Login& request);
  [[nodiscard]] Result<LoggedOut> logout(command::Command& command, const Logout& request);

  [[nodiscard]] Passwords& passwords() noexcept { return passwords_; }

 private:
  [[nodiscard]] Result<void> check_contact_is_proved(const command::Actor& actor,
                                                     const Register& request) const;
  [[nodiscard]] Result<Registered> add(command::Command& command, const Person& person,
                                       NewAccount account);
  // The credentials whose password this is, or the contact's when a code was given (nothing when it
  // is nobody's). UNAUTHENTICATED `account.bad_credentials`.
  [[nodiscard]] Result<std::optional<Credentials>> verify(command::Command& command,
                                                          const Login& request,
                                                          const Blinds& blinds);
  [[nodiscard]] Result<SessionDraft> prepare_session(command::Command& command,
                                                     const Credentials& credentials,
                                                     const Login& request);

  Config config_;
  Passwords passwords_;
};

}  // namespace kameng::account
