// privacy_service.hpp - what a person agreed to, what is held about them, and forgetting them.
//
// It stands here because accounts, orders and the books each hold a part.
#pragma once

#include <string_view>

#include <kameng/privacy.hpp>

#include "account/api_key.hpp"
#include "account/factor_service.hpp"
#include "account/identity_service.hpp"
#include "account/profile_service.hpp"
#include "account/session_service.hpp"
#include "account/tier_service.hpp"
#include "command/command.hpp"
#include "order/order_service.hpp"

namespace kameng::engine {

class PrivacyService {
 public:
  // Who tells what the person's parts are; all outlive it.
  struct Sources {
    account::ProfileService& profiles;
    account::SessionService& sessions;
    account::FactorService& factors;
    account::ApiKeyService& api_keys;
    account::IdentityService& identities;
    account::TierService& tiers;
    order::OrderService& orders;
  };
  explicit PrivacyService(const Sources& sources) : sources_(sources) {}

  [[nodiscard]] Result<privacy::Consent> give(command::Command& command,
                                              const privacy::GiveConsent& request);
  [[nodiscard]] Result<privacy::Consents> list(command::Query& query,
                                               const privacy::ListConsents& request);
  [[nodiscard]] Result<privacy::Held> export_held(command::Query& query,
                                                  const privacy::Export& request);
  [[nodiscard]] Result<privacy::Erased> erase(command::Command& command,
                                              const privacy::Erase& request);
  [[nodiscard]] Result<privacy::PersonalFields> fields(command::Query& query,
                                                       const privacy::ListFields& request);

  // Nobody signs in any more; a month later the person is erased.
  [[nodiscard]] Result<account::Closed> close(command::Command& command,
                                              const account::Close& request);

  // The job that `close` leaves.
  [[nodiscard]] Result<void> erase_closed(command::Command& command, std::string_view args);
  // The job that `erase` leaves, for a call that was cut off: goes through the person's orders.
  [[nodiscard]] Result<void> forget_orders(command::Command& command, std::string_view args);

 private:
  Sources sources_;
};

// Makes a restored database forget whom this one has forgotten: `restored` is open, `from` is where
// the list stands.
[[nodiscard]] Result<void> repeat_erasures(sql::Database& from, sql::Database& restored,
                                           TimeMs now_ms, const Deadline& deadline);

}  // namespace kameng::engine
