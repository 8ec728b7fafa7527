// identity_service.hpp - the handlers of signing in with somebody who already knows the person.
#pragma once

#include <kameng/identity.hpp>
#include <kameng/result.hpp>

#include "account/config.hpp"
#include "account/identity_flow.hpp"
#include "account/identity_provider.hpp"
#include "command/command.hpp"

namespace kameng::account {

class IdentityService {
 public:
  // Both outlive the service.
  IdentityService(const Config& config, const IdentityProviders& providers)
      : config_(config), providers_(&providers) {}

  // The account of a user of the host's; made when there is none.
  [[nodiscard]] Result<HostLinked> link_host(command::Command& command, const LinkHost& request);
  [[nodiscard]] Result<identity::Begun> begin(command::Command& command,
                                              const identity::Begin& request);
  [[nodiscard]] Result<identity::Progress> redeem(command::Command& command,
                                                  const identity::Redeem& request);
  [[nodiscard]] Result<identity::Progress> answer(command::Command& command,
                                                  const identity::BringAnswer& request);
  [[nodiscard]] Result<identity::Identities> list(command::Query& query,
                                                  const identity::List& request);
  [[nodiscard]] Result<identity::Unlinked> unlink(command::Command& command,
                                                  const identity::Unlink& request);

 private:
  // The provider has to be asked once more.
  [[nodiscard]] Result<identity::Progress> ask_more(command::Command& command, const Flow& flow,
                                                    NextRequest& next);
  [[nodiscard]] Result<const IdentityProvider*> provider(const std::string& name) const;

  Config config_;
  const IdentityProviders* providers_;
};

}  // namespace kameng::account
