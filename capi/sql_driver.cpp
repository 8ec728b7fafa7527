#include "capi/sql_driver.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "capi/misuse.hpp"
#include "capi/slot_scope.hpp"
#include "capi/struct_intake.hpp"
#include "sql/host/driver.hpp"

namespace kameng::capi {

namespace {

using sql::Fault;

// The first release's struct ends before `constraint`; what came later may be missing.
constexpr std::size_t size_min = offsetof(kameng_sql_driver, constraint);

Fault fault_of(std::int32_t outcome) {
  switch (outcome) {
    case KAMENG_SQL_OK:
      return Fault::none;
    case KAMENG_SQL_BUSY:
      return Fault::busy;
    case KAMENG_SQL_CONFLICT:
      return Fault::conflict;
    case KAMENG_SQL_UNIQUE:
      return Fault::unique;
    case KAMENG_SQL_CHECK:
      return Fault::check;
    case KAMENG_SQL_FOREIGN_KEY:
      return Fault::foreign_key;
    case KAMENG_SQL_FULL:
      return Fault::full;
    case KAMENG_SQL_READ_ONLY:
      return Fault::read_only;
    case KAMENG_SQL_CORRUPT:
      return Fault::corrupt;
    case KAMENG_SQL_CANNOT_OPEN:
      return Fault::cannot_open;
    case KAMENG_SQL_IO:
      return Fault::io;
    case KAMENG_SQL_LOST:
      return Fault::lost;
    case KAMENG_SQL_INTERRUPTED:
      return Fault::interrupted;
    case KAMENG_SQL_OUT_OF_MEMORY:
      return Fault::out_of_memory;
    default:
      return Fault::misuse;
  }
}

sql::host::Kind kind_of(std::int32_t kind) {
  switch (kind) {
    case KAMENG_SQL_INT64:
      return sql::host::Kind::int64;
    case KAMENG_SQL_DOUBLE:
      return sql::host::Kind::real;
    case KAMENG_SQL_TEXT:
      return sql::host::Kind::text;
    case KAMENG_SQL_BLOB:
      return sql::host::Kind::blob;
    default:
      return sql::host::Kind::null;
  }
}

sql::Dialect dialect_of(std::int64_t dialect) {
  return dialect == KAMENG_SQL_POSTGRES  ? sql::Dialect::postgres
         : dialect == KAMENG_SQL_MARIADB ? sql::Dialect::mariadb
                                         : sql::Dialect::sqlite;
}

// Every slot is called from inside a SlotScope, so that one that calls the engine is refused.
class SlotDriver final : public sql::host::Driver {
 public:
  explicit SlotDriver(const kameng_sql_driver& slots) : slots_(slots) {}
  SlotDriver(const SlotDriver&) = delete;
  SlotDriver& operator=(const SlotDriver&) = delete;
  ~SlotDriver() override {
    if (slots_.destroy != nullptr) {
      const SlotScope scope;
      slots_.destroy(slots_.user);
    }
  }

  [[nodiscard]] sql::Dialect dialect() const override { return dialect_of(slots_.dialect); }
  [[nodiscard]] Fault acquire(std::int64_t timeout_ms, sql::host::Loan& loan) override {
    const SlotScope scope;
    std::int32_t joined = 0;
    const Fault fault =
        fault_of(slots_.acquire(slots_.user, timeout_ms, &loan.connection, &joined));
    loan.joined = joined != 0;
    return fault;
  }
  void release(void* connection) override {
    const SlotScope scope;
    slots_.release(slots_.user, connection);
  }
  [[nodiscard]] bool in_transaction(void* connection) override {
    const SlotScope scope;
    return slots_.in_transaction(slots_.user, connection) != 0;
  }
  [[nodiscard]] Fault execute(void* connection, std::string_view sql) override {
    const SlotScope scope;
    const std::string text(sql);
    return fault_of(slots_.execute(slots_.user, connection, text.c_str(), text.size()));
  }
  [[nodiscard]] std::int64_t changes(void* connection) override {
    const SlotScope scope;
    return slots_.changes(slots_.user, connection);
  }
  [[nodiscard]] std::string constraint(void* connection) override {
    const SlotScope scope;
    const char* const name =
        slots_.constraint != nullptr ? slots_.constraint(slots_.user, connection) : nullptr;
    return name != nullptr ? name : "";
  }
  [[nodiscard]] Fault prepare(void* connection, std::string_view sql, void*& statement) override {
    const SlotScope scope;
    const std::string text(sql);
    void* prepared = nullptr;
    const Fault fault =
        fault_of(slots_.prepare(slots_.user, connection, text.c_str(), text.size(), &prepared));
    statement = fault == Fault::none ? prepared : nullptr;
    return fault;
  }
  [[nodiscard]] Fault bind(void* statement, int index, const sql::Value& value) override;
  [[nodiscard]] Fault step(void* statement, bool& is_row) override {
    const SlotScope scope;
    const std::int32_t outcome = slots_.step(slots_.user, statement);
    is_row = outcome == KAMENG_SQL_ROW;
    return is_row ? Fault::none : fault_of(outcome);
  }
  [[nodiscard]] sql::host::Kind kind(void* statement, int column) override {
    const SlotScope scope;
    return kind_of(slots_.column_kind(slots_.user, statement, column));
  }
  [[nodiscard]] std::int64_t int64(void* statement, int column) override {
    const SlotScope scope;
    return slots_.column_int64(slots_.user, statement, column);
  }
  [[nodiscard]] ByteView bytes(void* statement, int column) override {
    const SlotScope scope;
    std::size_t size = 0;
    const void* const data = slots_.column_bytes(slots_.user, statement, column, &size);
    return data != nullptr ? ByteView(static_cast<const std::uint8_t*>(data), size) : ByteView();
  }
  [[nodiscard]] Fault reset(void* statement) override {
    const SlotScope scope;
    return fault_of(slots_.reset(slots_.user, statement));
  }
  void finalize(void* statement) override {
    const SlotScope scope;
    slots_.finalize(slots_.user, statement);
  }

 private:
  kameng_sql_driver slots_;
};

Fault SlotDriver::bind(void* statement, int index, const sql::Value& value) {
  const SlotScope scope;
  void* const user = slots_.user;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return fault_of(slots_.bind_int64(user, statement, index, *number));
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return fault_of(slots_.bind_double(user, statement, index, *real));
  }
  // Nothing is not null: an empty text or blob has an address too.
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return fault_of(slots_.bind_bytes(user, statement, index, KAMENG_SQL_TEXT,
                                      text->empty() ? "" : text->data(), text->size()));
  }
  if (const auto* blob = std::get_if<ByteView>(&value)) {
    const void* const data = blob->empty() ? static_cast<const void*>("") : blob->data();
    return fault_of(slots_.bind_bytes(user, statement, index, KAMENG_SQL_BLOB, data, blob->size()));
  }
  return fault_of(slots_.bind_null(user, statement, index));
}

}  // namespace

SqlDriverStruct::SqlDriverStruct(const kameng_sql_driver* given) noexcept
    : is_given_(given != nullptr) {
  if (is_given_) {
    fault_ = take_in(*given, size_min, slots_);
  }
}

SqlDriverStruct::~SqlDriverStruct() {
  if (slots_.destroy != nullptr) {
    const SlotScope scope;
    slots_.destroy(slots_.user);
  }
}

Result<void> SqlDriverStruct::check() const {
  switch (fault_) {
    case StructFault::none:
      break;
    case StructFault::struct_size:
      return misuse("sql_driver.struct_size",
                    "struct_size of kameng_sql_driver must be its size at the caller.");
    case StructFault::unknown_slot:
      return Error{Status::incompatible, "sql_driver.unknown_slot",
                   "kameng_sql_driver has a slot that this older library does not know."};
  }
  if (slots_.dialect < KAMENG_SQL_SQLITE || slots_.dialect > KAMENG_SQL_MARIADB) {
    return Error{Status::incompatible, "sql_driver.dialect",
                 "This library does not speak the dialect of kameng_sql_driver."};
  }
  const bool complete =
      slots_.acquire != nullptr && slots_.release != nullptr && slots_.in_transaction != nullptr &&
      slots_.execute != nullptr && slots_.changes != nullptr && slots_.prepare != nullptr &&
      slots_.bind_null != nullptr && slots_.bind_int64 != nullptr &&
      slots_.bind_double != nullptr && slots_.bind_bytes != nullptr && slots_.step != nullptr &&
      slots_.column_kind != nullptr && slots_.column_int64 != nullptr &&
      slots_.column_bytes != nullptr && slots_.reset != nullptr && slots_.finalize != nullptr;
  return complete ? Result<void>()
                  : misuse("sql_driver.slot_missing",
                           "Only `constraint` and `destroy` of kameng_sql_driver may be NULL.");
}

Result<void> SqlDriverStruct::register_as(std::string_view name) {
  if (!is_given_) {
    return sql::host::remove_driver(name);
  }
  KAMENG_CHECK(check());
  auto driver = std::make_shared<SlotDriver>(slots_);
  slots_.destroy = nullptr;  // the driver's from here on
  return sql::host::add_driver(name, std::move(driver));
}

}  // namespace kameng::capi
