// settings.cpp - reading a dsn, and giving a value to everything that it leaves out.
#include "sql/postgres/settings.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include <libpq-fe.h>

namespace kameng::sql::postgres {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

// What a session must have whatever the server or the dsn says. A host that is stopped in the
// middle of a transaction does not hold its locks for ever. A statement is planned once, for any
// values and for tables of any size: a plan is kept for as long as the connection, and one that was
// made while a table was small would read it from end to end when it no longer is. Compiling would
// take such a reading, which counts as dear, for a long one.
constexpr std::string_view session_options =
    "-c standard_conforming_strings=on -c client_min_messages=error -c statement_timeout=0"
    " -c lock_timeout=0 -c idle_in_transaction_session_timeout=60000"
    " -c default_transaction_deferrable=off"
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off";

// libpq takes what it is not told from the environment, or from files of the home folder; so it is
// told. A path below a file is one where nothing can be.
constexpr std::string_view no_file = "/dev/null/none";
struct Default {
  std::string_view keyword;
  std::string_view value;
};
constexpr std::array defaults{
    Default{"application_name", "kameng"},
    Default{"channel_binding", "prefer"},
    Default{"connect_timeout", "0"},
    Default{"gssdelegation", "0"},
    Default{"gssencmode", "disable"},
    Default{"krbsrvname", "postgres"},
    Default{"load_balance_hosts", "disable"},
    // Without one libpq would look into the environment and into a file. It is not told to servers
    // that do not ask.
    Default{"password", "none"},
    Default{"port", "5432"},
    Default{"ssl_max_protocol_version", "TLSv1.3"},
    Default{"ssl_min_protocol_version", "TLSv1.2"},
    Default{"sslcert", no_file},
    Default{"sslcertmode", "allow"},
    Default{"sslcompression", "0"},
    Default{"sslcrl", no_file},
    Default{"sslcrldir", no_file},
    Default{"sslkey", no_file},
    Default{"sslmode", "prefer"},
    Default{"sslnegotiation", "postgres"},
    Default{"sslrootcert", no_file},
    Default{"sslsni", "1"},
    Default{"target_session_attrs", "any"},
    // Packets to a server that is gone are given up; the system's own patience is a quarter of an
    // hour.
    Default{"tcp_user_timeout", "30000"},
};

Error bad_dsn(std::string_view message) {
  return Error{Status::invalid_argument, "storage.dsn", std::string(message)}.at("storage.dsn");
}

Result<void> fill_in(std::map<std::string, std::string>& given) {
  for (const char* const refused : {"service", "replication", "passfile"}) {
    if (given.count(refused) != 0) {
      return bad_dsn("The dsn asks for a service, a password file or replication.");
    }
  }
  if (given.count("host") == 0 && given.count("hostaddr") != 0) {
    given["host"] = given["hostaddr"];
  }
  if (given.count("host") == 0 || given.count("user") == 0) {
    return bad_dsn("The dsn names no host or no user.");
  }
  given.emplace("dbname", given["user"]);
  given["client_encoding"] = "UTF8";
  std::string& options = given["options"];
  options += options.empty() ? "" : " ";
  options += session_options;
  return {};
}

}  // namespace

Result<Settings> read_settings(const ServerOptions& options) {
  char* fault = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> parsed(
      PQconninfoParse(options.dsn.c_str(), &fault));
  PQfreemem(fault);  // it quotes the dsn
  if (!parsed) {
    return bad_dsn("The dsn is not a connection string of PostgreSQL.");
  }
  std::map<std::string, std::string> given;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && option->val[0] != '\0') {
      given[option->keyword] = option->val;
    } else {
      const auto* const found =
          std::find_if(defaults.begin(), defaults.end(),
                       [&](const Default& known) { return known.keyword == option->keyword; });
      if (found != defaults.end()) {
        given[option->keyword] = found->value;
      }
    }
  }
  KAMENG_CHECK(fill_in(given));
  Settings settings;
  settings.options = options;
  for (auto& [keyword, value] : given) {
    settings.keywords.push_back(keyword);
    settings.values.push_back(std::move(value));
  }
  return settings;
}

}  // namespace kameng::sql::postgres
