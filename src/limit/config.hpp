// config.hpp - how often whom may call: the rates, their bounds and their defaults.
#pragma once

#include <string>
#include <vector>

#include "limit/rate.hpp"

namespace kameng::limit {

// The fields of every rate in the configuration.
template <class Owner, class Fields>
void rate_fields(Fields& f) {
  f.optional("per_minute", &Owner::per_minute, "Calls in a minute; 0: no limit.")
      .range(0, rate_max);
  f.optional("burst", &Owner::burst, "Calls that may come at once, after a pause.")
      .range(1, rate_max);
}

struct IpRate : Rate {
  IpRate() : Rate{.per_minute = 100, .burst = 20} {}
  template <class Fields>
  static void fields(Fields& f) {
    rate_fields<IpRate>(f);
  }
};

struct AccountRate : Rate {
  AccountRate() : Rate{.per_minute = 300, .burst = 60} {}
  template <class Fields>
  static void fields(Fields& f) {
    rate_fields<AccountRate>(f);
  }
};

struct KeyRate : Rate {
  KeyRate() : Rate{.per_minute = 200, .burst = 40} {}
  template <class Fields>
  static void fields(Fields& f) {
    rate_fields<KeyRate>(f);
  }
};

struct OperationRate : Rate {
  std::string operation;
  template <class Fields>
  static void fields(Fields& f) {
    f.required("operation", &OperationRate::operation, "Its name.").length(1, 64);
    rate_fields<OperationRate>(f);
  }
};

struct Config {
  IpRate ip;
  AccountRate account;
  KeyRate key;
  std::vector<OperationRate> operations;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("ip", &Config::ip,
               "All calls with one `ip` in their context; an IPv6 /64 counts as one.");
    f.optional("account", &Config::account, "All calls of one customer.");
    f.optional("key", &Config::key,
               "All calls that one API key signs; they count for its account, too.");
    f.optional("operations", &Config::operations,
               "Rates of single operations, for each ip, customer and key, instead of those that "
               "the operations declare.")
        .count(0, 1000);
  }
};

}  // namespace kameng::limit
