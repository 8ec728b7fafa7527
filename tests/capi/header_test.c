/* The header alone, as C99. */
#include <kameng.h>

typedef int header_test_is_not_empty;
