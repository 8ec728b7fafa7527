// sql_driver.hpp - takes in a kameng_sql_driver of any release and makes a sql::host::Driver of it.
#pragma once

#include <string_view>

#include <kameng.h>
#include <kameng/result.hpp>

#include "capi/struct_intake.hpp"

namespace kameng::capi {

// What a host gave, until a name owns it: calls its `destroy` once unless it was registered.
class SqlDriverStruct {
 public:
  explicit SqlDriverStruct(const kameng_sql_driver* given) noexcept;
  SqlDriverStruct(const SqlDriverStruct&) = delete;
  SqlDriverStruct& operator=(const SqlDriverStruct&) = delete;
  ~SqlDriverStruct();

  // Registers it, or gives the name up when there was no struct.
  [[nodiscard]] Result<void> register_as(std::string_view name);

 private:
  [[nodiscard]] Result<void> check() const;

  kameng_sql_driver slots_ = {};
  bool is_given_;
  StructFault fault_ = StructFault::none;
};

}  // namespace kameng::capi
