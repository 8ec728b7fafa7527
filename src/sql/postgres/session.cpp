// session.cpp - connecting, waiting, and asking the server to stop.
#include "sql/postgres/session.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <poll.h>

#include "sql/postgres/fault.hpp"

namespace kameng::sql::postgres {
namespace {

using Monotonic = Deadline::Monotonic;
using std::chrono::milliseconds;

constexpr milliseconds grace{1'000};
constexpr int stop_patience_ms = 500;
constexpr int version_min = 130'000;

// The library prints nothing.
void ignore_notice(void*, const PGresult*) {}

// False when the time is over. An interrupted wait counts as one that has ended.
bool wait_for(int socket, short events, Monotonic::time_point until) {
  const auto now = Monotonic::now();
  if (now >= until) {
    return false;
  }
  // A bounded turn, so that the sum cannot overflow; who waits asks again.
  const auto left = std::min(std::chrono::ceil<milliseconds>(until - now), milliseconds(60'000));
  struct pollfd waited {
    socket, events, 0
  };
  return ::poll(&waited, 1, static_cast<int>(left.count())) != 0 || Monotonic::now() < until;
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const Settings& settings, const Deadline& deadline) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (std::size_t i = 0; i < settings.keywords.size(); ++i) {
    keywords.push_back(settings.keywords[i].c_str());
    values.push_back(settings.values[i].c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* const raw = PQconnectStartParams(keywords.data(), values.data(), 0);
  if (raw == nullptr) {
    Failure failure;
    failure.fault = Fault::out_of_memory;
    return to_error(failure);
  }
  auto session = std::make_unique<Session>(settings, raw);
  KAMENG_CHECK(session->greet(deadline));
  return session;
}

Result<void> Session::greet(const Deadline& deadline) {
  PQsetNoticeReceiver(connection_, ignore_notice, nullptr);
  PQsetErrorVerbosity(connection_, PQERRORS_SQLSTATE);
  PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
  if (PQstatus(connection_) == CONNECTION_BAD) {
    return connect_error(PQerrorMessage(connection_));
  }
  while (wants != PGRES_POLLING_OK) {
    if (wants == PGRES_POLLING_FAILED) {
      return connect_error(PQerrorMessage(connection_));
    }
    const short events = wants == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for(PQsocket(connection_), events, deadline.at())) {
      return unreachable();
    }
    wants = PQconnectPoll(connection_);
  }
  if (PQserverVersion(connection_) < version_min) {
    return Error{Status::incompatible, "storage.server_too_old",
                 "PostgreSQL 13 or newer is needed."};
  }
  const char* const encoding = PQparameterStatus(connection_, "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return Error{Status::incompatible, "storage.encoding", "The database's encoding must be UTF8."};
  }
  PQsetErrorVerbosity(connection_, PQERRORS_DEFAULT);
  if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1) {
    return unreachable();
  }
  return {};
}

void Session::allow_grace() noexcept {
  until_ = std::max(until_, Monotonic::now() + grace);
  asked_to_stop_ = true;  // what is tidied up is not stopped
}

bool Session::next(ResultPtr& result) {
  result.reset();
  while (is_sound() && PQisBusy(connection_) != 0) {
    if (!await_input()) {
      broken_ = true;
    }
  }
  if (broken_) {
    return false;
  }
  result.reset(PQgetResult(connection_));
  return true;
}

bool Session::await_input() {
  for (;;) {
    // What cannot be sent is found out by reading: the server may have said why it left.
    const bool unsent = PQflush(connection_) == 1;
    const auto events = static_cast<short>(POLLIN | (unsent ? POLLOUT : 0));
    if (wait_for(PQsocket(connection_), events, until_)) {
      return PQconsumeInput(connection_) == 1;
    }
    if (asked_to_stop_ || !ask_to_stop()) {
      return false;
    }
    until_ = Monotonic::now() + grace;
  }
}

// By a session of its own, because libpq's way to cancel blocks: it would wait for a server that
// says nothing.
bool Session::ask_to_stop() {
  asked_to_stop_ = true;
  const Deadline patience = Deadline::after_ms(stop_patience_ms);
  auto opened = open(*settings_, patience);
  if (!opened) {
    return false;
  }
  Session& other = **opened;
  other.asked_to_stop_ = true;
  other.until_ = patience.at();
  const std::string stop =
      "SELECT pg_cancel_backend(" + std::to_string(PQbackendPID(connection_)) + ")";
  ResultPtr result;
  return PQsendQueryParams(other.raw(), stop.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1) ==
             1 &&
         PQpipelineSync(other.raw()) == 1 && other.next(result) &&
         PQresultStatus(result.get()) == PGRES_TUPLES_OK;
}

}  // namespace kameng::sql::postgres
