// message.hpp - what is written to a person: a short message or a mail that the host sends, leased
// from the outbox like every other call.
//
// Its row holds the message sealed under the ring, for as long as it is of use.
#pragma once

#include <cstdint>

#include <kameng/id.hpp>
#include <kameng/outbox.hpp>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "keys/key_ring.hpp"
#include "queue/outbox.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

inline constexpr std::string_view message_kind = "message.send";

// A message as a row of the outbox; made before the phase.
[[nodiscard]] queue::OutboxCall seal_message(const keys::KeyRing& keys, Random& random, CallId id,
                                             std::string_view subject,
                                             const OutgoingMessage& message);
// DATA_LOSS crypto.open_failed.
[[nodiscard]] Result<OutgoingMessage> open_message(const keys::KeyRing& keys,
                                                   const queue::OutboxCall& call);
// A leased message that is still worth sending; one that is too old is dropped.
[[nodiscard]] bool is_of_use(sql::Transaction& tx, const queue::StoredCall& call, TimeMs now_ms);
// What the host tells of a message it sent: sent, or certainly not (then it is offered again for
// ten minutes). A message that may have left is not sent twice.
[[nodiscard]] std::string_view finish_message(sql::Transaction& tx, const queue::StoredCall& call,
                                              bool not_sent, TimeMs now_ms);

}  // namespace kameng::account
