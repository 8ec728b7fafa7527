// registry.hpp - the list of operations. A handler that does not match its request's Answer does
// not compile.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ops/operation.hpp"

namespace kameng::ops {

template <class Request, class Service>
class WriteOperation final : public Operation {
 public:
  using Answer = typename Request::Answer;
  using Handler = Result<Answer> (Service::*)(command::Command&, const Request&);

  WriteOperation(Service& service, Handler handler)
      : Operation(Request::operation, true), service_(&service), handler_(handler) {}

  [[nodiscard]] Result<std::string> run_document(const command::Call& call,
                                                 const json::Value& value) const override {
    KAMENG_TRY(const Request request, json::read<Request>(value));
    KAMENG_TRY(const Answer answer, run(call, request));
    return json::to_text(answer);
  }
  [[nodiscard]] Result<void> run_struct(const command::Call& call, const void* request,
                                        void* answer) const override {
    const Request& plain = *static_cast<const Request*>(request);
    KAMENG_CHECK(json::check(plain));
    KAMENG_TRY(*static_cast<Answer*>(answer), run(call, plain));
    return {};
  }
  void describe_request(json::Writer& writer) const override { json::describe<Request>(writer); }
  void describe_answer(json::Writer& writer) const override { json::describe<Answer>(writer); }

 private:
  [[nodiscard]] Result<Answer> run(const command::Call& call, const Request& request) const {
    const command::AnswerCodec codec{
        [](const void* answer) {
          return json::to_stored_text(*static_cast<const Answer*>(answer));
        },
        [](std::string_view text, void* answer) {
          return json::read_stored(text, *static_cast<Answer*>(answer));
        }};
    command::Command command(call, name(), codec, [&] { return json::to_text(request); });
    return (service_->*handler_)(command, request);
  }
  Service* service_;
  Handler handler_;
};

template <class Request, class Service>
class ReadOperation final : public Operation {
 public:
  using Answer = typename Request::Answer;
  using Handler = Result<Answer> (Service::*)(command::Query&, const Request&);

  ReadOperation(Service& service, Handler handler)
      : Operation(Request::operation, false), service_(&service), handler_(handler) {}

  [[nodiscard]] Result<std::string> run_document(const command::Call& call,
                                                 const json::Value& value) const override {
    KAMENG_TRY(const Request request, json::read<Request>(value));
    KAMENG_TRY(const Answer answer, run(call, request));
    return json::to_text(answer);
  }
  [[nodiscard]] Result<void> run_struct(const command::Call& call, const void* request,
                                        void* answer) const override {
    const Request& plain = *static_cast<const Request*>(request);
    KAMENG_CHECK(json::check(plain));
    KAMENG_TRY(*static_cast<Answer*>(answer), run(call, plain));
    return {};
  }
  void describe_request(json::Writer& writer) const override { json::describe<Request>(writer); }
  void describe_answer(json::Writer& writer) const override { json::describe<Answer>(writer); }

 private:
  [[nodiscard]] Result<Answer> run(const command::Call& call, const Request& request) const {
    KAMENG_CHECK(run_first(call));
    std::optional<Result<Answer>> outcome;
    KAMENG_CHECK(
        call.environment.database.read(call.deadline, [&](sql::Transaction& tx) -> Result<void> {
          command::Query query{call, tx};
          outcome.emplace((service_->*handler_)(query, request));
          return {};
        }));
    return std::move(*outcome);
  }
  Service* service_;
  Handler handler_;
};

// registry.add(service, &Service::handler).summary(...).needs(...).since(...).fails(...)...
class Registry {
 public:
  template <class Request, class Service>
  Operation& add(Service& service,
                 Result<typename Request::Answer> (Service::*handler)(command::Command&,
                                                                      const Request&)) {
    return keep(std::make_unique<WriteOperation<Request, Service>>(service, handler));
  }
  template <class Request, class Service>
  Operation& add(Service& service,
                 Result<typename Request::Answer> (Service::*handler)(command::Query&,
                                                                      const Request&)) {
    return keep(std::make_unique<ReadOperation<Request, Service>>(service, handler));
  }

  [[nodiscard]] const Operation* find(std::string_view name) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Operation>>& all() const { return operations_; }
  // Duplicate names, missing summaries, reasons that are not <noun>.<state>: the first fault found.
  [[nodiscard]] Result<void> check() const;

 private:
  Operation& keep(std::unique_ptr<Operation> operation);
  std::vector<std::unique_ptr<Operation>> operations_;
  std::unordered_map<std::string_view, const Operation*> by_name_;
};

}  // namespace kameng::ops
