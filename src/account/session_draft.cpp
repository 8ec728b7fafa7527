#include "account/session_draft.hpp"

#include <algorithm>

namespace kameng::account {
namespace {

// What the context says of the device, sealed for its owner.
[[nodiscard]] Result<void> seal_device(command::Command& command, const Bytes& person_key,
                                       NewSession& session) {
  const Context& context = command.context();
  if (person_key.empty() || (!context.device && !context.user_agent && !context.ip)) {
    return {};
  }
  KAMENG_TRY(const SecretBytes key,
             open_person_key(command.keys(), session.account_id, person_key));
  const auto seal_one = [&](std::string_view column, const std::optional<std::string>& value) {
    return value ? std::optional<Bytes>(
                       seal_value(key, column, session.account_id, *value, command.random()))
                 : std::nullopt;
  };
  session.device = seal_one(session_device, context.device);
  session.user_agent = seal_one(session_user_agent, context.user_agent);
  session.ip = seal_one(session_ip, context.ip);
  return {};
}

}  // namespace

Result<SessionDraft> draft_session(command::Command& command, const Config& config, AccountId id,
                                   const Bytes& person_key) {
  SessionDraft draft;
  NewSession& session = draft.session;
  session.id = command.new_id<SessionId>();
  session.account_id = id;
  session.nonce = command.random().draw<16>();
  draft.token = session_token(command.keys(), session.id, session.nonce);
  session.token_hash = session_token_hash(command.keys(), draft.token);
  session.created_at_ms = command.now_ms();
  session.absolute_until_ms = command.now_ms() + config.session_absolute_ms;
  session.expires_at_ms = std::min(command.now_ms() + config.session_ms, session.absolute_until_ms);
  KAMENG_CHECK(seal_device(command, person_key, session));
  return draft;
}

}  // namespace kameng::account
