// fault.cpp - error numbers as data, and the constraint's name out of a message.
#include "sql/mariadb/fault.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace kameng::sql::mariadb {
namespace {

struct Meaning {
  unsigned int code;
  Fault fault;
};

constexpr unsigned int check_failed = 4025;  // MySQL's is 3819

constexpr std::array meanings{
    Meaning{0, Fault::none},
    Meaning{1020, Fault::conflict},       // a row changed since it was read
    Meaning{1021, Fault::full},           // the disk
    Meaning{1030, Fault::io},             // an error of the storage engine
    Meaning{1034, Fault::corrupt},        // a broken index
    Meaning{1037, Fault::out_of_memory},  // 1038: for sorting
    Meaning{1038, Fault::out_of_memory},
    Meaning{1040, Fault::busy},  // too many connections
    Meaning{1041, Fault::out_of_memory},
    Meaning{1047, Fault::lost},  // the cluster's node is not part of it
    Meaning{1048, Fault::check},
    Meaning{1053, Fault::lost},  // the server shuts down
    Meaning{1062, Fault::unique},
    Meaning{1114, Fault::full},  // a table is
    Meaning{1142, Fault::read_only},
    Meaning{1143, Fault::read_only},
    Meaning{1153, Fault::check},  // larger than a packet
    Meaning{1158, Fault::lost},   // to 1161: reading and writing packets
    Meaning{1159, Fault::lost},
    Meaning{1160, Fault::lost},
    Meaning{1161, Fault::lost},
    Meaning{1180, Fault::conflict},  // during COMMIT
    Meaning{1194, Fault::corrupt},
    Meaning{1203, Fault::busy},  // too many connections of this user
    Meaning{1205, Fault::busy},  // waited too long for a lock
    Meaning{1213, Fault::conflict},
    Meaning{1216, Fault::foreign_key},
    Meaning{1217, Fault::foreign_key},
    Meaning{1226, Fault::busy},  // a limit of this user
    Meaning{1264, Fault::check},
    Meaning{1265, Fault::check},
    Meaning{1290, Fault::read_only},
    Meaning{1305, Fault::conflict},  // a savepoint is gone, and with it the transaction
    Meaning{1317, Fault::interrupted},
    Meaning{1364, Fault::check},
    Meaning{1366, Fault::check},
    Meaning{1406, Fault::check},
    Meaning{1451, Fault::foreign_key},
    Meaning{1452, Fault::foreign_key},
    Meaning{1461, Fault::busy},      // too many prepared statements
    Meaning{1557, Fault::unique},    // by a foreign key's action
    Meaning{1614, Fault::conflict},  // the transaction's branch was rolled back
    Meaning{1644, Fault::check},     // a trigger's SIGNAL
    Meaning{1690, Fault::check},     // a sum is out of range
    Meaning{1712, Fault::corrupt},
    Meaning{1792, Fault::read_only},  // the transaction
    Meaning{1836, Fault::read_only},
    Meaning{1927, Fault::lost},  // killed
    Meaning{1969, Fault::interrupted},
    Meaning{2000, Fault::lost},
    Meaning{2002, Fault::lost},  // 2002 to 2005: no way to the server
    Meaning{2003, Fault::lost},
    Meaning{2004, Fault::lost},
    Meaning{2005, Fault::lost},
    Meaning{2006, Fault::lost},
    Meaning{2008, Fault::out_of_memory},
    Meaning{2012, Fault::lost},
    Meaning{2013, Fault::lost},
    Meaning{2026, Fault::lost},  // TLS
    Meaning{2027, Fault::lost},  // a malformed packet
    Meaning{2055, Fault::lost},
    Meaning{3024, Fault::interrupted},
    Meaning{3058, Fault::conflict},
    Meaning{3101, Fault::conflict},  // a plugin, that of a cluster, refused the COMMIT
    Meaning{3572, Fault::conflict},  // NOWAIT
    Meaning{3819, Fault::check},
    Meaning{check_failed, Fault::check},
    Meaning{4031, Fault::lost},  // idle for too long
};

// The name without the prefix; nothing when it does not look like one.
std::string own_name(std::string_view name, std::string_view prefix) {
  if (name.substr(0, prefix.size()) == prefix) {
    name.remove_prefix(prefix.size());
  }
  const bool is_name = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
  return is_name ? std::string(name) : std::string();
}

// "Duplicate entry '...' for key 'order_number'": the value may hold anything, quotes too, so the
// name is what stands after the last mark, and only when it looks like one. MySQL puts the table in
// front of it, with a dot.
std::string index_name(std::string_view message, std::string_view prefix) {
  constexpr std::string_view mark = "' for key '";
  const std::size_t at = message.rfind(mark);
  if (at == std::string_view::npos || message.back() != '\'') {
    return {};
  }
  std::string_view name = message.substr(at + mark.size());
  name.remove_suffix(1);
  const std::size_t dot = name.find('.');
  if (dot != std::string_view::npos && name.substr(dot + 1) == "PRIMARY") {
    name = name.substr(0, dot);
  } else if (dot != std::string_view::npos) {
    name.remove_prefix(dot + 1);
  }
  return own_name(name, prefix);
}

// "CONSTRAINT `order.total` failed for `site`.`kameng_order`": no value is in it, and the name is
// our own, so that it ends with the first mark.
std::string check_name(std::string_view message, std::string_view prefix) {
  constexpr std::string_view before = "CONSTRAINT `";
  if (message.substr(0, before.size()) != before) {
    return {};
  }
  message.remove_prefix(before.size());
  const std::size_t end = message.find("` failed for `");
  return end == std::string_view::npos ? std::string() : own_name(message.substr(0, end), prefix);
}

}  // namespace

Fault fault_of(unsigned int code) noexcept {
  const auto found = std::find_if(meanings.begin(), meanings.end(),
                                  [code](const Meaning& meaning) { return meaning.code == code; });
  return found == meanings.end() ? Fault::misuse : found->fault;
}

Failure failure_of(unsigned int code, std::string_view message, std::string_view statement,
                   std::string_view table_prefix) {
  // Numbers of statements that do not compile: unknown or ambiguous names, wrong syntax, a name
  // that is taken.
  constexpr std::array<unsigned int, 14> compiling{1046, 1050, 1051, 1052, 1054, 1060, 1061,
                                                   1064, 1091, 1109, 1146, 1176, 1295, 1305};
  Failure failure;
  failure.fault = fault_of(code);
  failure.statement = statement;
  failure.native_code = static_cast<int>(code);
  if (failure.fault == Fault::unique) {
    failure.constraint = index_name(message, table_prefix);
  } else if (code == check_failed) {
    failure.constraint = check_name(message, table_prefix);
  }
  if (failure.fault == Fault::misuse) {
    failure.hint = std::find(compiling.begin(), compiling.end(), code) != compiling.end()
                       ? std::string(message)
                       : "The server answered " + std::to_string(code) + ".";
  }
  return failure;
}

}  // namespace kameng::sql::mariadb
