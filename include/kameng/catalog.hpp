// catalog.hpp - the whole catalog: categories, goods and their SKUs.
#pragma once

#include <kameng/category.hpp>
#include <kameng/goods.hpp>
