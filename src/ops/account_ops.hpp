// account_ops.hpp - adds what people and their programs sign in with to the list of operations:
// account.*, api_key.*, factor.*, password.*, role.*, session.* and verification.*.
#pragma once

#include "account/account_service.hpp"
#include "account/api_key.hpp"
#include "account/factor_service.hpp"
#include "account/password_service.hpp"
#include "account/session_service.hpp"
#include "account/staff.hpp"
#include "account/verification_service.hpp"
#include "ops/registry.hpp"

namespace kameng::ops {

// The services outlive the registry.
void add_account_operations(Registry& registry, account::AccountService& accounts);
void add_session_operations(Registry& registry, account::SessionService& sessions);
void add_password_operations(Registry& registry, account::PasswordService& passwords);
void add_factor_operations(Registry& registry, account::FactorService& factors);
void add_staff_operations(Registry& registry, account::StaffService& staff);
void add_api_key_operations(Registry& registry, account::ApiKeyService& keys);
void add_verification_operations(Registry& registry, account::VerificationService& verifications);

}  // namespace kameng::ops
