// simulation_service.hpp - plays the provider for a sandbox: notices as it would sign them, answers
// as it would give them.
#pragma once

#include <kameng/sandbox.hpp>

#include "command/command.hpp"
#include "payment/provider.hpp"

namespace kameng::payment {

class SimulationService {
 public:
  explicit SimulationService(const Providers& providers) : providers_(&providers) {}

  [[nodiscard]] Result<sandbox::SignedNotice> pay(command::Command& command,
                                                  const sandbox::Pay& request);
  [[nodiscard]] Result<sandbox::Answered> answer(command::Query& query,
                                                 const sandbox::AnswerCall& request);

 private:
  [[nodiscard]] Result<const Provider*> sandbox() const;
  const Providers* providers_;
};

}  // namespace kameng::payment
