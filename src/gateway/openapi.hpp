// openapi.hpp - the routes as an OpenAPI 3.1 document, from what is declared of the operations.
#pragma once

#include <string>

namespace kameng::gateway {

// The same text for the life of the library.
[[nodiscard]] const std::string& openapi_document();

}  // namespace kameng::gateway
