#include "capi/host_struct.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/random.h>

#include "capi/misuse.hpp"
#include "capi/slot_scope.hpp"

namespace kameng::capi {

namespace {

// A struct ends after its user pointer or after a slot.
constexpr std::size_t size_min = offsetof(kameng_host, now_ms);

// For a host whose random slot refuses: unpredictable bytes are never given up for availability.
void fill_from_system(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
}

}  // namespace

HostStruct::HostStruct(const kameng_host* given) noexcept {
  if (given != nullptr) {
    fault_ = take_in(*given, size_min, slots_);
  }
}

HostStruct::HostStruct(HostStruct&& other) noexcept : slots_(other.slots_), fault_(other.fault_) {
  other.release();
}

HostStruct::~HostStruct() {
  if (slots_.destroy != nullptr) {
    const SlotScope scope;
    slots_.destroy(slots_.user);
  }
}

Result<void> HostStruct::check() const {
  switch (fault_) {
    case StructFault::none:
      return {};
    case StructFault::struct_size:
      return misuse("host.struct_size",
                    "struct_size of kameng_host must be sizeof(kameng_host) of the caller.");
    case StructFault::unknown_slot:
      return Error{Status::incompatible, "host.unknown_slot",
                   "kameng_host has a slot that this older library does not know."};
  }
  return {};
}

Host HostStruct::make_host() const {
  const kameng_host* const slots = &slots_;
  Host host;
  if (slots->now_ms != nullptr) {
    host.now_ms = [slots] {
      const SlotScope scope;
      return slots->now_ms(slots->user);
    };
  }
  if (slots->random != nullptr) {
    host.random = [slots](std::span<std::uint8_t> bytes) {
      const SlotScope scope;
      if (slots->random(slots->user, bytes.data(), bytes.size()) != 0) {
        fill_from_system(bytes);
      }
    };
  }
  if (slots->log != nullptr) {
    host.log = [slots](int level, std::string_view line) {
      const SlotScope scope;
      slots->log(slots->user, level, line.data(), line.size());
    };
  }
  if (slots->load_key != nullptr) {
    host.load_key = [slots](std::span<std::uint8_t, 32> key) {
      const SlotScope scope;
      return slots->load_key(slots->user, key.data()) == 0;
    };
  }
  return host;
}

bool same_host(const kameng_host& a, const kameng_host& b) noexcept {
  return a.user == b.user && a.now_ms == b.now_ms && a.random == b.random && a.log == b.log &&
         a.load_key == b.load_key && a.destroy == b.destroy;
}

}  // namespace kameng::capi
