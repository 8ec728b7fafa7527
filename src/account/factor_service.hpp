// factor_service.hpp - the handlers of factor.*.
#pragma once

#include <string>

#include <kameng/factor.hpp>

#include "command/command.hpp"

namespace kameng::account {

class FactorService {
 public:
  // `issuer` is how an app names the shop.
  explicit FactorService(std::string issuer) : issuer_(std::move(issuer)) {}

  [[nodiscard]] Result<factor::Enrolled> enroll(command::Command& command,
                                                const factor::Enroll& request);
  [[nodiscard]] Result<factor::Recovery> confirm(command::Command& command,
                                                 const factor::Confirm& request);
  [[nodiscard]] Result<factor::Recovery> renew_recovery(command::Command& command,
                                                        const factor::RenewRecovery& request);
  [[nodiscard]] Result<factor::Disabled> disable(command::Command& command,
                                                 const factor::Disable& request);
  [[nodiscard]] Result<factor::View> get(command::Query& query, const factor::Get& request);

 private:
  std::string issuer_;
};

}  // namespace kameng::account
