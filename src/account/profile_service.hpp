// profile_service.hpp - the handlers of what a person sees and changes of their own account, and of
// its contacts.
#pragma once

#include <kameng/contact.hpp>
#include <kameng/profile.hpp>
#include <kameng/result.hpp>

#include "account/config.hpp"
#include "account/tier.hpp"
#include "command/command.hpp"

namespace kameng::account {

class ProfileService {
 public:
  ProfileService(const Config& config, const Tiers& tiers)
      : proves_contacts_(config.verify_contact == "required"), tiers_(&tiers) {}

  [[nodiscard]] Result<View> get(command::Query& query, const Get& request);
  [[nodiscard]] Result<Updated> update(command::Command& command, const Update& request);
  [[nodiscard]] Result<SecurityEvents> events(command::Query& query, const ListEvents& request);
  // Tells the contact that was there before.
  [[nodiscard]] Result<contact::View> set_contact(command::Command& command,
                                                  const contact::Set& request);
  [[nodiscard]] Result<contact::View> remove_contact(command::Command& command,
                                                     const contact::Remove& request);

 private:
  bool proves_contacts_;
  const Tiers* tiers_;
};

}  // namespace kameng::account
