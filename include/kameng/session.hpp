// session.hpp - where a person is signed in, and proving again that it is them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>

namespace kameng::session {

struct View {
  static constexpr std::string_view name = "SessionView";
  SessionId session_id;
  bool current = false;
  std::int64_t created_at_ms = 0;
  std::int64_t last_seen_ms = 0;
  std::int64_t expires_at_ms = 0;
  std::optional<std::string> device;
  std::optional<std::string> user_agent;
  std::optional<std::string> ip;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("session_id", &View::session_id, "The session.");
    f.required("current", &View::current, "Whether it is the caller's own.");
    f.required("created_at_ms", &View::created_at_ms, "When the person signed in.");
    f.required("last_seen_ms", &View::last_seen_ms, "When it was last used, about.");
    f.required("expires_at_ms", &View::expires_at_ms, "When it ends unless it is used before.");
    f.optional("device", &View::device, "Device that signed in.").personal("devices");
    f.optional("user_agent", &View::user_agent, "Browser that signed in.").personal("devices");
    f.optional("ip", &View::ip, "Address it signed in from.").personal("devices");
  }
};

struct Sessions {
  std::vector<View> items;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Sessions::items, "Those that are open, at most 200.");
  }
};

struct List {
  static constexpr std::string_view operation = "session.list";
  static constexpr std::string_view name = "SessionList";
  using Answer = Sessions;

  template <class Fields>
  static void fields(Fields&) {}
};

struct Revoked {
  std::int64_t revoked = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("revoked", &Revoked::revoked, "How many sessions were ended.");
  }
};

struct Revoke {
  static constexpr std::string_view operation = "session.revoke";
  using Answer = Revoked;
  SessionId session_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("session_id", &Revoke::session_id, "One of one's own.");
  }
};

struct RevokeAll {
  static constexpr std::string_view operation = "session.revoke_all";
  using Answer = Revoked;
  bool keep_current = true;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("keep_current", &RevokeAll::keep_current, "Whether the caller stays signed in.");
  }
};

struct Proved {
  std::int64_t until_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("until_ms", &Proved::until_ms, "Until when the proof counts.");
  }
};

struct Prove {
  static constexpr std::string_view operation = "session.prove";
  using Answer = Proved;
  std::optional<std::string> password;
  std::optional<std::string> factor_code;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("password", &Prove::password,
               "The password; enough where there is no second factor.")
        .length(1, 512)
        .secret();
    f.optional("factor_code", &Prove::factor_code,
               "What the authenticator app shows, or a recovery code.")
        .length(6, 32)
        .secret();
  }
};

}  // namespace kameng::session
