// printer.hpp - one value of a described type, for the describer's defaults. Private to json.
#pragma once

#include "json/schema.hpp"

namespace kameng::json {

void write_value(Writer& writer, const Type& type, const void* slot, Secrets secrets);

}  // namespace kameng::json
