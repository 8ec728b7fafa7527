// client.cpp - see client.hpp.
#include "sql/mariadb/client.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <new>

#include <poll.h>
#include <sys/socket.h>

#include "sql/mariadb/fault.hpp"

namespace kameng::sql::mariadb {
namespace {

using std::chrono::milliseconds;

// The library's own default is 60 KiB, which is little when TLS and a plugin for passwords are on
// it. Pages that are not touched cost nothing.
constexpr std::size_t stack_bytes = 256 * 1024;
constexpr unsigned int server_lost = 2013;

short poll_events(int status) {
  short events = 0;
  if ((status & MYSQL_WAIT_READ) != 0) {
    events = static_cast<short>(events | POLLIN);
  }
  if ((status & MYSQL_WAIT_WRITE) != 0) {
    events = static_cast<short>(events | POLLOUT);
  }
  if ((status & MYSQL_WAIT_EXCEPT) != 0) {
    events = static_cast<short>(events | POLLPRI);
  }
  return events;
}

// An error or a hang-up wakes whoever waits for anything.
int wait_status(int asked, short events) {
  if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
    return asked & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE | MYSQL_WAIT_EXCEPT);
  }
  int status = 0;
  status |= (events & POLLIN) != 0 ? MYSQL_WAIT_READ : 0;
  status |= (events & POLLOUT) != 0 ? MYSQL_WAIT_WRITE : 0;
  status |= (events & POLLPRI) != 0 ? MYSQL_WAIT_EXCEPT : 0;
  return status;
}

}  // namespace

// The library sets itself up with the first handle, once, and keeps nothing for a thread
// (mysql_thread_init and mysql_thread_end are empty in it), so the host's threads come and go as
// they like. It is never shut down: the host may be using it too.
Client::Client() : handle_(mysql_init(nullptr)) {
  if (handle_ == nullptr) {
    throw std::bad_alloc();
  }
}

Client::~Client() {
  close();
}

void Client::close() noexcept {
  if (handle_ != nullptr) {
    mysql_close(std::exchange(handle_, nullptr));
  }
}

void Client::set_options(const Address& address) {
  const my_bool on = 1;
  const my_bool off = 0;
  const unsigned int no_infile = 0;
  const unsigned int protocol = address.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
  mysql_optionsv(handle_, MYSQL_OPT_NONBLOCK, &stack_bytes);
  mysql_optionsv(handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_optionsv(handle_, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_optionsv(handle_, MYSQL_OPT_RECONNECT, &off);
  mysql_optionsv(handle_, MYSQL_OPT_LOCAL_INFILE, &no_infile);
  if (!address.encrypted) {
    return;
  }
  const auto file = [this](mysql_option option, const std::string& path) {
    if (!path.empty()) {
      mysql_optionsv(handle_, option, path.c_str());
    }
  };
  mysql_optionsv(handle_, MYSQL_OPT_SSL_ENFORCE, &on);
  mysql_optionsv(handle_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, address.verified ? &on : &off);
  file(MYSQL_OPT_SSL_CA, address.authorities);
  file(MYSQL_OPT_SSL_CERT, address.certificate);
  file(MYSQL_OPT_SSL_KEY, address.private_key);
}

unsigned int Client::connect(const Address& address) {
  set_options(address);
  const char* const host = address.socket.empty() ? address.host.c_str() : nullptr;
  const char* const socket = address.socket.empty() ? nullptr : address.socket.c_str();
  const auto port = static_cast<unsigned int>(address.port);
  MYSQL* answer = nullptr;
  run(
      [&] {
        return mysql_real_connect_start(&answer, handle_, host, address.user.c_str(),
                                        address.password.c_str(), address.database.c_str(), port,
                                        socket, CLIENT_FOUND_ROWS | CLIENT_MULTI_STATEMENTS);
      },
      [&](int status) { return mysql_real_connect_cont(&answer, handle_, status); });
  const unsigned int code = answer != nullptr ? 0 : mysql_errno(handle_);
  is_over_ = answer == nullptr;
  return is_over_ && code == 0 ? server_lost : code;
}

unsigned int Client::query(std::string_view sql, std::string* text) {
  int failed = 0;
  run([&] { return mysql_real_query_start(&failed, handle_, sql.data(), sql.size()); },
      [&](int status) { return mysql_real_query_cont(&failed, handle_, status); });
  while (failed == 0) {
    MYSQL_RES* rows = nullptr;
    run([&] { return mysql_store_result_start(&rows, handle_); },
        [&](int status) { return mysql_store_result_cont(&rows, handle_, status); });
    if (rows == nullptr && mysql_errno(handle_) != 0) {
      break;
    }
    // The rows are here, so that this waits for nothing.
    while (MYSQL_ROW row = rows != nullptr ? mysql_fetch_row(rows) : nullptr) {
      if (text != nullptr) {
        const char* const last = row[mysql_num_fields(rows) - 1];
        *text = last != nullptr ? last : "";
      }
    }
    mysql_free_result(rows);
    run([&] { return mysql_next_result_start(&failed, handle_); },
        [&](int status) { return mysql_next_result_cont(&failed, handle_, status); });
  }
  return note(mysql_errno(handle_));
}

unsigned int Client::note(unsigned int code) noexcept {
  is_over_ = is_over_ || gave_up_ || fault_of(code) == Fault::lost;
  return code;
}

Failure Client::failure(unsigned int code, const char* message, std::string_view statement,
                        std::string_view table_prefix) const {
  Failure failure = failure_of(code, message, statement, table_prefix);
  if (gave_up_) {
    failure.fault = Fault::interrupted;
  }
  return failure;
}

int Client::wait(int status) {
  pollfd socket{mysql_get_socket(handle_), poll_events(status), 0};
  auto until = give_up_at_;
  const bool has_timeout = (status & MYSQL_WAIT_TIMEOUT) != 0;  // one of the library's own
  if (has_timeout) {
    until = std::min(
        until, Deadline::Monotonic::now() + milliseconds(mysql_get_timeout_value_ms(handle_)));
  }
  for (;;) {
    // Rounded up, or the last millisecond would be spent asking the clock.
    const auto left = std::chrono::ceil<milliseconds>(until - Deadline::Monotonic::now()).count();
    const int ready =
        ::poll(&socket, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
    if (ready > 0) {
      return wait_status(status, socket.revents);
    }
    if ((ready < 0 && errno != EINTR) || Deadline::Monotonic::now() >= until) {
      break;
    }
  }
  if (Deadline::Monotonic::now() >= give_up_at_) {
    gave_up_ = true;
    // Whatever else the call tries now fails at once, and it comes to its end.
    ::shutdown(socket.fd, SHUT_RDWR);
  }
  return MYSQL_WAIT_TIMEOUT;
}

}  // namespace kameng::sql::mariadb
