// host_struct.hpp - takes in a kameng_host of any release and makes a kameng::Host of it.
#pragma once

#include <kameng.h>
#include <kameng/engine.hpp>
#include <kameng/result.hpp>

#include "capi/struct_intake.hpp"

namespace kameng::capi {

// What a host gave, owned: calls its `destroy` once, when the last owner goes. Outlives the engine
// whose slots point to it.
class HostStruct {
 public:
  HostStruct() = default;
  // Reads no byte beyond struct_size. Faults are kept for check(), since `destroy` has to run
  // anyway.
  explicit HostStruct(const kameng_host* given) noexcept;
  HostStruct(HostStruct&& other) noexcept;
  HostStruct& operator=(HostStruct&&) = delete;
  ~HostStruct();

  [[nodiscard]] Result<void> check() const;
  // What was given, for comparing.
  [[nodiscard]] const kameng_host& slots() const noexcept { return slots_; }
  // Gives `destroy` up: the engine that is found instead already owns an equal struct.
  void release() noexcept { slots_.destroy = nullptr; }

  // Slots that call this struct's. It must stay where it is until they are gone.
  [[nodiscard]] Host make_host() const;

 private:
  kameng_host slots_ = {};
  StructFault fault_ = StructFault::none;
};

// Whether two hosts are one: equal user pointers and slots.
[[nodiscard]] bool same_host(const kameng_host& a, const kameng_host& b) noexcept;

}  // namespace kameng::capi
