#include "account/verification_service.hpp"

#include "account/message.hpp"
#include "account/permissions.hpp"
#include "account/verification.hpp"
#include "base/ip_address.hpp"

namespace kameng::account {
namespace {

// Six digits, each number as likely as the others to within 10^-13.
std::string draw_code(Random& random) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : random.draw<8>()) {
    number = number << 8U | byte;
  }
  const std::string digits = std::to_string(number % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

// A prefix of the address, hashed: /24 of IPv4, /56 of IPv6.
Result<std::optional<Bytes>> network_blind(const command::Command& command) {
  const std::optional<std::string>& ip = command.context().ip;
  if (!ip) {
    return std::optional<Bytes>();
  }
  const std::optional<IpAddress> address = IpAddress::parse(*ip);
  if (!address) {
    return Error{Status::invalid_argument, "context.ip_malformed", "ip is no IPv4 or IPv6 address."}
        .at("ip");
  }
  const keys::BlindIndex blind =
      command.keys().blind("network", address->prefix(address->is_v4() ? 3 : 7));
  return std::optional<Bytes>(Bytes(blind.begin(), blind.end()));
}

}  // namespace

Result<verification::Begun> VerificationService::begin(command::Command& command,
                                                       const verification::Begin& request) {
  if (request.email.has_value() == request.phone.has_value()) {
    return Error{Status::invalid_argument, "verification.one_contact",
                 "Give either email or phone."}
        .at("email");
  }
  KAMENG_TRY(const Person person, read_person(request.email, request.phone, std::nullopt));
  NewVerification made;
  made.id = command.new_id<VerificationId>();
  made.purpose = parse_code_purpose(request.purpose);
  if (made.purpose == CodePurpose::contact) {
    KAMENG_TRY(made.account_id, acting_customer(command.actor()));
  }
  made.blinds = blind(command.keys(), person);
  made.contact_blind = made.blinds.email ? *made.blinds.email : *made.blinds.phone;
  KAMENG_TRY(made.network_blind, network_blind(command));
  made.now_ms = command.now_ms();
  std::string code = draw_code(command.random());
  made.code_hash = code_hash(command.keys(), made.id, code);
  OutgoingMessage message{.channel = person.email ? "email" : "sms",
                          .to = person.email ? *person.email : *person.phone,
                          .text = "account_exists",
                          .params = {},
                          .locale = command.context().locale};
  made.account_exists = seal_message(command.keys(), command.random(), command.new_id<CallId>(),
                                     made.id.text(), message);
  message.text = "verification_code";
  message.params = {{"code", code}, {"minutes", "10"}, {"purpose", request.purpose}};
  made.with_code = seal_message(command.keys(), command.random(), command.new_id<CallId>(),
                                made.id.text(), message);
  wipe(message.params["code"]);
  wipe(code);
  return command.phase<verification::Begun>([&](sql::Transaction& tx) {
    return command.settle<verification::Begun>(
        tx, decide(read_facts(tx, made), made),
        [&](const BeginPlan& plan) { return apply(tx, plan); });
  });
}

}  // namespace kameng::account
