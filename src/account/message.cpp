#include "account/message.hpp"

#include "base/secret.hpp"
#include "json/fields.hpp"

namespace kameng::account {
namespace {

constexpr std::int64_t of_use_ms = 600'000;
constexpr std::int64_t again_after_ms = 5'000;

}  // namespace

queue::OutboxCall seal_message(const keys::KeyRing& keys, Random& random, CallId id,
                               std::string_view subject, const OutgoingMessage& message) {
  const SecretText text(json::to_text(message));
  return {.id = id,
          .kind = std::string(message_kind),
          .subject = std::string(subject),
          .provider = message.channel,
          .request = keys.seal_person(as_bytes(text.view()), id.bytes, random)};
}

Result<OutgoingMessage> open_message(const keys::KeyRing& keys, const queue::OutboxCall& call) {
  KAMENG_TRY(const SecretText text, keys.open_person(call.request, call.id.bytes));
  OutgoingMessage message;
  KAMENG_CHECK(json::read_stored(text.view(), message));
  return message;
}

bool is_of_use(sql::Transaction& tx, const queue::StoredCall& call, TimeMs now_ms) {
  if (now_ms < call.created_at_ms + of_use_ms) {
    return true;
  }
  queue::finish(tx, call.call.id, queue::CallState::done);
  queue::empty(tx, call.call.id);
  return false;
}

std::string_view finish_message(sql::Transaction& tx, const queue::StoredCall& call, bool not_sent,
                                TimeMs now_ms) {
  if (call.state == queue::CallState::done) {
    return "repeated";
  }
  if (not_sent && now_ms + again_after_ms < call.created_at_ms + of_use_ms) {
    queue::retry_at(tx, call.call.id, now_ms + again_after_ms, "not_sent");
    return "again";
  }
  queue::finish(tx, call.call.id, queue::CallState::done);
  queue::empty(tx, call.call.id);
  return "done";
}

}  // namespace kameng::account
