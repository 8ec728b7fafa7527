// The header alone, as C++.
#include <kameng.h>

static_assert(noexcept(kameng_close(0)), "C++ callers see that nothing is thrown");
