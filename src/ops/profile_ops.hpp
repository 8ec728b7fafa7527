// profile_ops.hpp - adds what people see and change of themselves, who else vouches for them, and
// how staff see them: account.*, contact.*, identity.* and tier.*.
#pragma once

#include "account/directory.hpp"
#include "account/identity_service.hpp"
#include "account/profile_service.hpp"
#include "account/tier_service.hpp"
#include "ops/registry.hpp"

namespace kameng::ops {

// The services outlive the registry.
void add_profile_operations(Registry& registry, account::ProfileService& profiles);
void add_directory_operations(Registry& registry, account::DirectoryService& directory);
void add_tier_operations(Registry& registry, account::TierService& tiers);
void add_identity_operations(Registry& registry, account::IdentityService& identities);

}  // namespace kameng::ops
